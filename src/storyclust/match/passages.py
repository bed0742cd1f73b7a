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

    def totals(self) -> Integers:
        """The sum of each column over the passages of each pair: int64 of shape (pairs, COLUMNS)."""
        return self._reduced(np.add)

    def longest(self) -> Integers:
        """The most that a passage of each pair has in each column, 0 for a pair without passages: of the same shape."""
        return self._reduced(np.maximum)

    def _reduced(self, together: np.ufunc) -> Integers:
        reduced = np.zeros((len(self.counts), self.rows.shape[1]), np.int64)
        several = self.counts > 0
        if several.any():
            reduced[several] = together.reduceat(self.rows, self.first[:-1][several], axis=0, dtype=np.int64)
        return reduced

    def take(self, chosen: Flags) -> Passages:
        """The passages of the pairs chosen (bool, one a pair)."""
        return Passages(self.rows[np.repeat(chosen, self.counts)], self.counts[chosen])
