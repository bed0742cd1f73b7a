"""Which pairs appeared near enough to each other in time to be compared.

In: when the stories of contents appeared. Out: a flag a pair. A content has a span, from its first story to its last;
two are compared if their spans lie no more than a number of days apart. One that bears an undated story is compared
with all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.model import Story

DAY = 86_400_000_000  # microseconds
EVER = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, slots=True)
class Spans:
    """When contents appeared first and last: int64 arrays, one a content, in microseconds since 1970."""

    earliest: Integers
    latest: Integers

    @classmethod
    def of(cls, stories: Sequence[Story], content: Integers, contents: int) -> Spans:
        """Those of contents, from the stories that bear them (-1 for none)."""
        dated = np.array([story.published is not None for story in stories], np.bool_)
        moments = np.array([story.moment or 0 for story in stories], np.int64)
        earliest, latest = np.full(contents, EVER), np.full(contents, -EVER)
        own = content >= 0
        np.minimum.at(earliest, content[own], np.where(dated, moments, -EVER)[own])
        np.maximum.at(latest, content[own], np.where(dated, moments, EVER)[own])
        return cls(earliest, latest)

    def within(self, one: Numbers | Integers, other: Numbers | Integers, days: int) -> Flags:
        """Which pairs of contents lie no more than so many days apart.

        >>> spans = Spans(np.array([0, 5 * DAY, 9 * DAY]), np.array([2 * DAY, 6 * DAY, 9 * DAY]))
        >>> spans.within(np.array([0, 0]), np.array([1, 2]), days=3)
        array([ True, False])
        """
        later_begin = np.maximum(self.earliest[one], self.earliest[other])
        earlier_end = np.minimum(self.latest[one], self.latest[other])
        found: Flags = later_begin - earlier_end <= days * DAY
        return found
