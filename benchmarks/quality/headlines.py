"""Stories of different outlets under one headline, most of which are one story: how many of these pairs are linked.

Nobody labelled them, so the share has no right value; but what is lost by a change shows here first, on a thousand
pairs and more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import combinations

import numpy as np

import storyclust as sc
from storyclust.text.words import analyse

from .figures import Figures, count, share

TITLE_WORDS, TEXT_WORDS = 3, 30


def pairs_of_one_headline(stories: Collection[sc.Story]) -> Iterator[tuple[sc.Story, sc.Story]]:
    """Pairs of different sources whose headlines have the same words, three or more, and texts of thirty or more."""
    titles = analyse([story.title or "" for story in stories])
    lengths = np.diff(analyse([story.text for story in stories]).first_word).tolist()
    of_title: dict[bytes, list[sc.Story]] = defaultdict(list)
    for number, (story, length) in enumerate(zip(stories, lengths, strict=True)):
        words = titles.hashes[titles.first_word[number] : titles.first_word[number + 1]]
        if len(words) >= TITLE_WORDS and length >= TEXT_WORDS:
            of_title[words.tobytes()].append(story)
    for own in of_title.values():
        for one, other in combinations(sorted(own, key=lambda story: story.id), 2):
            if one.source != other.source:
                yield one, other


def measure_headlines(result: sc.StoryClusters, links: Collection[tuple[str, str]]) -> Figures:
    """The share of such pairs that are linked at any level."""
    pairs = list(pairs_of_one_headline(result.stories))
    linked = sum((one.id, other.id) in links for one, other in pairs)
    return {
        "pairs of one headline": count(len(pairs), better="neither"),
        "of one headline, linked": share(linked, len(pairs)),
    }


def print_misses(result: sc.StoryClusters, most: int) -> None:
    """Print pairs of one headline that are not linked, and why."""
    links = {(link.id_a, link.id_b) for link in result.links()}
    misses = [pair for pair in pairs_of_one_headline(result.stories) if (pair[0].id, pair[1].id) not in links]
    # Every so manieth, so that they come from everywhere.
    for one, other in misses[:: max(1, len(misses) // most)][:most]:
        print(f"\n{one.id} ({one.source}), {other.id} ({other.source}): {one.title}")
        print(f"  {result.explain(one.id, other.id).reason}")
        for story in (one, other):
            print(f"  {story.id}: {' '.join(story.text.split())[:200]}")
