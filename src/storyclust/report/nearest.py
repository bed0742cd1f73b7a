"""The pairs nearest to each threshold, on both sides of it: where another value would decide otherwise.

In: the evidence. Out: for each threshold the pairs that it alone decides, nearest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers
from storyclust.match.links import COPY, RELATIONS, VERSION, Links
from storyclust.report.evidence import Evidence

SHOWN = 6
# What each threshold is compared with, in words, and what it decides.
ASKED = {
    "sentence_words": ("longest_narrated", "narrated words in one passage", "a link, or none"),
    "partial_words": ("shared_words", "narrated words in all passages", "a link, or none"),
    "version_share": ("share", "part of the shorter story's narration", "a version, or partial reuse"),
    "copy_share": ("passage_share", "part of the shorter story in passages", "a copy, or a version"),
    "alike": ("likeness", "likeness of the words", "one thing, or two"),
}


@dataclass(frozen=True, slots=True)
class Near:
    """A pair near to a threshold: its stories by number, its figure, and how they are related."""

    stories: tuple[int, int]
    value: float
    relation: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A setting, what is compared with it, and the pairs nearest to it that reach it and that do not."""

    name: str
    value: float
    figure: str
    decides: str
    reached: Sequence[Near]
    missed: Sequence[Near]


def thresholds(evidence: Evidence) -> list[Threshold]:
    """The settings that decide a relation, each with the pairs that no other one decides as well."""
    links, missed, settings = evidence.links, evidence.missed, evidence.settings
    few = links.shared_words < settings.partial_words
    short = links.longest_narrated < settings.sentence_words
    told, alike = links.share >= settings.version_share, links.likeness >= settings.alike
    most = links.passage_share >= settings.copy_share
    is_version, is_copy = links.relation >= VERSION, links.relation == COPY
    every = np.ones(len(missed), np.bool_)
    sides: dict[str, tuple[tuple[Links, Flags], tuple[Links, Flags]]] = {
        "sentence_words": ((links, few), (missed, every)),
        "partial_words": ((links, short), (missed, every)),
        "version_share": ((links, is_version), (links, ~is_version & ~told & alike)),
        "copy_share": ((links, is_copy), (links, ~is_copy & ~most & told & alike)),
        "alike": ((links, is_version), (links, ~is_version & told & ~alike)),
    }
    bearers = _first_bearers(evidence)
    found = []
    for name, (above, below) in sides.items():
        figure, words, decides = ASKED[name]
        value = float(getattr(settings, name))
        reached = _nearest(above[0], above[1] & (getattr(above[0], figure) >= value), figure, value, bearers)
        not_reached = _nearest(below[0], below[1] & (getattr(below[0], figure) < value), figure, value, bearers)
        found.append(Threshold(name, value, words, decides, reached, not_reached))
    return found


def _nearest(links: Links, chosen: Flags, figure: str, value: float, bearers: Integers) -> list[Near]:
    """The pairs chosen whose figure is nearest to a value; of equally near ones the first."""
    values = getattr(links, figure)
    places = np.flatnonzero(chosen)
    ranked = places[np.argsort(np.abs(values[places] - value), kind="stable")][:SHOWN].tolist()
    return [
        Near(
            (int(bearers[links.shorter[place]]), int(bearers[links.longer[place]])),
            float(values[place]),
            RELATIONS[links.relation[place]] or "not linked",
        )
        for place in ranked
    ]


def _first_bearers(evidence: Evidence) -> Integers:
    """The first story in rank that has each content."""
    bearers = np.full(len(evidence.contents), -1)
    compared = np.flatnonzero(evidence.content >= 0)[::-1]
    bearers[evidence.content[compared]] = compared  # of several the last one written stays: the first in rank
    return bearers
