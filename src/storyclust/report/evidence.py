"""What a report is made of: the stories of a result, and the arrays that tell how they were clustered.

In: what the stages of a job left. Out: pairs compared, and the clusters at each level with the story to keep.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from storyclust.arrays import Flags, Integers
from storyclust.cluster.canonical import Members, choose_canonicals
from storyclust.cluster.clustering import Clustering
from storyclust.match.contents import Contents
from storyclust.match.links import Links
from storyclust.match.story_links import compare_stories, relate_stories
from storyclust.match.stretches import Stretch, find_stretches
from storyclust.match.terms import count_terms
from storyclust.model import Cluster, Level, Link, Reject, Story
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings

LEVELS: tuple[Level, ...] = ("partial", "version", "copy")


@dataclass(frozen=True, slots=True)
class Group:
    """Two stories or more that a level joins; stories by their numbers, members by rank."""

    members: tuple[int, ...]
    canonical: int
    reason: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two stories compared, and the stretches that each passage is made of."""

    link: Link
    stretches: Sequence[Sequence[Stretch]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A result, as far as a report tells of it.

    Attributes
    ----------
    stories : sequence of Story
        In order of rank; they are numbered from 0.
    settings : Settings
    profile : Profile
    content : int64 array, one a story
        Its content, -1 for one too short to be compared.
    contents : Contents
    word_counts : int64 array, one a story
    links, missed : Links
        The linked pairs of contents, and some that share nearly enough for a link.
    clusterings : dict of level to Clustering
    clusters : sequence of Cluster
        Those of the level asked for, with the story to keep.
    rejects : sequence of Reject
    figures : dict
        The summary of the result.
    """

    stories: Sequence[Story]
    settings: Settings
    profile: Profile
    content: Integers
    contents: Contents
    word_counts: Integers
    links: Links
    missed: Links
    clusterings: Mapping[Level, Clustering]
    clusters: Sequence[Cluster]
    rejects: Sequence[Reject]
    figures: Mapping[str, Any]

    def groups(self, level: Level, workers: Workers) -> list[Group]:
        """The clusters of two stories or more at a level, each with the story to keep of it, in order of rank."""
        clustering = self.clusterings[level]
        numbers, members, first = clustering.several()
        if level == self.settings.level:
            own = [self.clusters[number] for number in numbers.tolist()]
            chosen = [(cluster.members.index(cluster.canonical), cluster.reason) for cluster in own]
        else:
            choices = Members.of(clustering, self.stories, self.content)
            related = np.zeros(len(self.contents), np.bool_)
            related[self.content[members][self.content[members] >= 0]] = True
            terms = count_terms(self.contents, related, workers)
            chosen = choose_canonicals(choices, self.contents.narrated_counts, terms, self.profile, self.settings)
        runs = (tuple(members[start:stop].tolist()) for start, stop in pairwise(first.tolist()))
        return [Group(run, run[place], reason) for run, (place, reason) in zip(runs, chosen, strict=True)]

    def compare(self, pairs: Sequence[tuple[int, int]], workers: Workers) -> Iterator[Compared]:
        """Pairs of stories, linked or not, in the order given."""
        ordered = [sorted(pair, key=lambda story: self.stories[story].id) for pair in pairs]
        numbers = np.array(ordered, np.int64).reshape(-1, 2)
        comparable: Flags = np.all(self.content[numbers] >= 0, axis=1)
        a, b = np.ascontiguousarray(numbers[comparable].T)
        job = self.contents, self.content, self.stories, self.profile, self.settings, workers
        related = relate_stories(a, b, *job)
        compared = map(Compared, related.each(workers), find_stretches(related, workers))
        for (one, other), are_compared in zip(ordered, comparable.tolist(), strict=True):
            if are_compared:
                yield next(compared)
            else:  # one is too short to be compared, and was joined by request
                link = compare_stories(self.stories[one], self.stories[other], self.settings, self.profile)
                yield Compared(link, [[Stretch(*astuple(passage))] for passage in link.passages])
