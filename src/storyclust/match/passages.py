"""The passages of linked pairs, found when they are to be shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Integers, Numbers
from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.match.contents import Contents
from storyclust.match.links import Links
from storyclust.match.passages_kernels import runs_of
from storyclust.parallel import Workers


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of pairs of contents, pair after pair, in the order of the shorter.

    Attributes
    ----------
    rows : int32 array of shape (runs, 5)
        Word of the longer, word of the shorter, words, how many of them are narrated in both, and the kind of most of
        the others.
    first_run : int64 array, one more than pairs
    """

    rows: Numbers
    first_run: Integers


def find_runs(contents: Contents, links: Links, size: int, workers: Workers) -> Runs:
    """Find the runs of at least `size` words that pairs share, each word used once on either side."""

    def runs(batch: tuple[int, int]) -> tuple[Numbers, Integers]:
        start, stop = batch
        pairs = links.longer, links.shorter, start, stop
        # Memory that is not touched costs nothing, so there is room for the most that can be.
        longest = int(contents.word_counts[links.longer[start:stop]].max(initial=0)) + 1
        rows = np.empty((int(np.sum(contents.word_counts[links.shorter[start:stop]] // size + 1)), 5), np.int32)
        first_run = np.empty(stop - start + 1, np.int64)
        slots, following = np.empty(slots_for(longest), np.int32), np.empty(longest, np.int32)
        texts = contents.hashes, contents.flags, contents.start, contents.stop
        count = runs_of(*pairs, *texts, size, slots, following, np.zeros(longest, np.bool_), rows, first_run)
        return rows[:count].copy(), np.diff(first_run)

    parts = list(workers.map(runs, workers.split(len(links), weights=contents.word_counts[links.longer])))
    rows = np.concatenate([np.empty((0, 5), np.int32), *(part[0] for part in parts)])
    counts = np.concatenate([np.empty(0, np.int64), *(part[1] for part in parts)])
    return Runs(rows, np.concatenate(([0], np.cumsum(counts))))
