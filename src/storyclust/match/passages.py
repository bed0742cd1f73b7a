"""The passages of pairs of contents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of pairs of contents, pair after pair, in the order of the shorter.

    Attributes
    ----------
    rows : int32 array of shape (passages, COLUMNS)
        As `passages_kernels` names the columns.
    counts : int64 array, one a pair
        How many each pair has.
    """

    rows: Numbers
    counts: Integers

    @property
    def first(self) -> Integers:
        """Where the passages of each pair begin, and the last one's end: int64, one more than pairs."""
        return np.concatenate(([0], np.cumsum(self.counts)))

    def total(self, column: int) -> Integers:
        """The sum of a column over the passages of each pair."""
        before = np.concatenate(([0], np.cumsum(self.rows[:, column], dtype=np.int64)))
        first = self.first
        totals: Integers = before[first[1:]] - before[first[:-1]]
        return totals

    def longest(self, column: int) -> Integers:
        """The most a passage of each pair has in a column, 0 for a pair without passages."""
        longest = np.zeros(len(self.counts), np.int64)
        several = self.counts > 0
        if several.any():
            longest[several] = np.maximum.reduceat(self.rows[:, column], self.first[:-1][several])
        return longest

    def take(self, chosen: Flags) -> Passages:
        """The passages of the pairs chosen (bool, one a pair)."""
        return Passages(self.rows[np.repeat(chosen, self.counts)], self.counts[chosen])
