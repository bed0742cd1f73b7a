"""The passages of pairs of contents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.match.contents import Contents
from storyclust.match.passages_kernels import COLUMNS, passages_of
from storyclust.parallel import Workers
from storyclust.settings import Settings


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of pairs of contents, pair after pair, in the order of the shorter.

    Attributes
    ----------
    rows : int32 array of shape (passages, COLUMNS)
        As `passages_kernels` names the columns.
    first : int64 array, one more than pairs
        Where the passages of each pair begin.
    lead : int64 array, one a pair
        How many words the longer narrates before the first of them.
    """

    rows: Numbers
    first: Integers
    lead: Integers

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
        return Passages(self.rows[np.repeat(chosen, counts)], first, self.lead[chosen])


def find_passages(
    contents: Contents, longer: Numbers, shorter: Numbers, settings: Settings, workers: Workers
) -> Passages:
    """Find the passages of pairs sorted by their longer content; each word is used once on either side."""
    size, least = settings.shingle_words, settings.passage_words

    def find(batch: tuple[int, int]) -> tuple[Numbers, Integers, Integers]:
        start, stop = batch
        # Memory that is not touched costs nothing, so there is room for the most that can be.
        longest = int(contents.word_counts[longer[start:stop]].max(initial=0)) + 1
        rows = np.empty((int(np.sum(contents.word_counts[shorter[start:stop]] // size + 1)), COLUMNS), np.int32)
        first, lead = np.empty(stop - start + 1, np.int64), np.empty(stop - start, np.int64)
        slots, following = np.empty(slots_for(longest), np.int32), np.empty(longest, np.int32)
        used = np.zeros(longest, np.bool_)
        texts = contents.hashes, contents.flags, contents.figures, contents.start, contents.stop
        count = passages_of(
            longer, shorter, start, stop, *texts, size, least, slots, following, used, rows, first, lead
        )
        return rows[:count].copy(), np.diff(first), lead

    parts = list(workers.map(find, workers.split(len(longer), weights=contents.word_counts[longer])))
    rows = np.concatenate([np.empty((0, COLUMNS), np.int32), *(part[0] for part in parts)])
    counts, lead = (np.concatenate([np.empty(0, np.int64), *(part[place] for part in parts)]) for place in (1, 2))
    return Passages(rows, np.concatenate(([0], np.cumsum(counts))), lead)
