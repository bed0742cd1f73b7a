"""Families: the clusters of the widest level, which hold those of the narrower ones, ranked as the report shows them.

In: the evidence. Out: which stories the report lists and in what order, the clusters of each level among them, and
which pairs are to be compared so that every member stands beside the story to keep of its cluster, at every level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from storyclust.model import Level, Story
from storyclust.parallel import Workers
from storyclust.progress import Stages
from storyclust.report.evidence import LEVELS, Evidence, Group
from storyclust.text.suppliers import UNNAMED, agencies_of

# More stories than a browser should be given to search.
MOST_LISTED = 100_000
HEADLINE = 110


@dataclass(frozen=True, slots=True)
class Families:
    """The stories that a report lists, and how they belong together; stories by their numbers in the result.

    Attributes
    ----------
    families : list of list of int
        The members of each cluster of the widest level that has several, by rank; the largest cluster first.
    lone : list of int
        Stories that are alone at every level, by rank.
    left_out : int
        Stories that are not listed, because there are more than MOST_LISTED.
    groups : dict of level to list of Group
        The clusters of several at each level, among the families listed.
    agencies : dict of int to tuple of str
        Those that supplied each member of a family.
    """

    families: Sequence[Sequence[int]]
    lone: Sequence[int]
    left_out: int
    groups: Mapping[Level, Sequence[Group]]
    agencies: Mapping[int, tuple[str, ...]]

    @classmethod
    def of(cls, evidence: Evidence, workers: Workers, stages: Stages) -> Families:
        """Those of a result."""
        groups = {level: evidence.groups(level, workers) for level in LEVELS}
        ranked = sorted((list(group.members) for group in groups[LEVELS[0]]), key=len, reverse=True)
        fit = int(np.searchsorted(np.cumsum([0, *map(len, ranked)]), MOST_LISTED, side="right")) - 1
        families = ranked[:fit]
        listed = {story for family in families for story in family}
        joined = {story for family in ranked for story in family}
        every = [story for story in range(len(evidence.stories)) if story not in joined]
        lone = every[: MOST_LISTED - len(listed)]
        own = {level: [group for group in of if group.canonical in listed] for level, of in groups.items()}
        members = stages.over(iter(sorted(listed)), len(listed))
        agencies = {story: named_agencies(evidence.stories[story]) for story in members}
        return cls(families, lone, len(evidence.stories) - len(listed) - len(lone), own, agencies)

    @property
    def listed(self) -> list[int]:
        """All stories that are listed, in the order of the list."""
        return [story for family in self.families for story in family] + list(self.lone)

    def pairs(self) -> list[list[tuple[int, int]]]:
        """For each family the pairs of a member and the story to keep of its cluster, at any level, each once."""
        family_of = {story: number for number, family in enumerate(self.families) for story in family}
        found: list[dict[tuple[int, int], None]] = [{} for _ in self.families]
        for level in LEVELS:
            for group in self.groups[level]:
                own = ((member, group.canonical) for member in group.members if member != group.canonical)
                found[family_of[group.canonical]].update(dict.fromkeys(own))
        return [list(pairs) for pairs in found]


def named_agencies(story: Story) -> tuple[str, ...]:
    """The agencies of a story that have a name."""
    return tuple(agency for agency in agencies_of(story) if agency != UNNAMED)


def headline(story: Story) -> str:
    """The title of a story, or else how it begins.

    >>> headline(Story("a", "The ferry  sank\\nat dawn.")), headline(Story("a", "", title="Ferry sinks"))
    ('The ferry sank at dawn.', 'Ferry sinks')
    """
    if story.title and story.title.strip():
        return " ".join(story.title.split())
    opening = " ".join(story.text[: 4 * HEADLINE].split())
    return opening if len(opening) <= HEADLINE else f"{opening[:HEADLINE].rstrip()}…"


def facts(evidence: Evidence, story: int) -> dict[str, Any]:
    """What is told of a story wherever it is shown; its time in seconds since 1970."""
    own = evidence.stories[story]
    return {
        "id": own.id,
        "title": headline(own),
        "source": own.source,
        "time": None if own.moment is None else own.moment // 1_000_000,
        "words": int(evidence.word_counts[story]),
    }


def catalogue(evidence: Evidence, families: Families, chunks: Sequence[int], with_texts: Sequence[bool]) -> Any:
    """The list of the report as columns, for its search; stories by their places in it.

    chunks, with_texts: where the details of each family are packed, and whether its texts are.
    """
    listed = families.listed
    place = {story: number for number, story in enumerate(listed)}
    names: dict[str, int] = {}
    rows = [facts(evidence, story) for story in listed]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in ("id", "title", "time", "words")}
    columns["source"] = [-1 if row["source"] is None else names.setdefault(row["source"], len(names)) for row in rows]
    agencies = (families.agencies.get(story, ()) for story in listed)
    columns["agencies"] = [[names.setdefault(agency, len(names)) for agency in own] for own in agencies]
    groups = {
        level: [[place[group.canonical], group.reason, [place[member] for member in group.members]] for group in of]
        for level, of in families.groups.items()
    }
    alone = {cluster.id: cluster.reason for cluster in evidence.clusters if len(cluster) == 1}
    reasons = [alone.get(row["id"], "") for row in rows[len(rows) - len(families.lone) :]]
    return {
        "level": evidence.settings.level,
        "names": list(names),
        "stories": columns,
        "families": [len(family) for family in families.families],
        "chunks": list(chunks),
        "texts": [int(flag) for flag in with_texts],
        "groups": groups,
        "alone": reasons,
    }
