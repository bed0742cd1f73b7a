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
    first : int64 array, one more than pairs
        Where the passages of each pair begin.
    """

    rows: Numbers
    first: Integers

    def total(self, column: int) -> Integers:
        """The sum of a column over the passages of each pair."""
        before = np.concatenate(([0], np.cumsum(self.rows[:, column], dtype=np.int64)))
        totals: Integers = before[self.first[1:]] - before[self.first[:-1]]
        return totals

    def longest(self, column: int) -> Integers:
        """The most a passage of each pair has in a column, 0 for a pair without passages."""
        longest = np.zeros(len(self.first) - 1, np.int64)
        several = np.diff(self.first) > 0
        if several.any():
            longest[several] = np.maximum.reduceat(self.rows[:, column], self.first[:-1][several])
        return longest

    def take(self, chosen: Flags) -> Passages:
        """The passages of the pairs chosen (bool, one a pair)."""
        counts = np.diff(self.first)
        first = np.concatenate(([0], np.cumsum(counts[chosen])))
        return Passages(self.rows[np.repeat(chosen, counts)], first)
