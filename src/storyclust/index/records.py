"""What the rows of an index hold in blobs: pairs of units, and the terms of one.

A pair is kept with the later of its two units. Blobs are arrays in a fixed byte order, read without copying.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Integers, Numbers

# The earlier unit, how many keys speak for the pair, its relation and what clustering asks of a link.
PAIR = np.dtype([("other", "<u4"), ("keys", "<u4"), ("relation", "u1"), ("share", "<f8"), ("shared_words", "<u4")])
Pairs = npt.NDArray[np.void]

# SQLite's integers have a sign: what was kept as one is a hash again when it is cut to this.
WHOLE = (1 << 64) - 1

# A term is one number: its column in the low bits, how often it occurs above them. One that occurs more often than
# there is room for is there several times.
COLUMN_BITS = 20
MOST = (1 << 12) - 1


def read_pairs(blobs: Sequence[bytes | None]) -> tuple[Pairs, Integers]:
    """The pairs of several units, one unit after another, and how many each has."""
    sizes = np.array([len(blob) // PAIR.itemsize if blob else 0 for blob in blobs], np.int64)
    return np.frombuffer(b"".join(blob for blob in blobs if blob), PAIR), sizes


def write_terms(columns: Numbers, counts: Numbers, first: Integers) -> list[bytes]:
    """The terms of several units (int32 arrays, columns rising in each), and where those of each begin; a blob a unit.

    >>> read_terms(write_terms(np.array([3, 9], np.int32), np.array([1, 5000], np.int32), np.array([0, 2])))
    (array([3, 9], dtype=int32), array([   1, 5000], dtype=int32), array([0, 2]))
    """
    times = (counts + MOST - 1) // MOST
    place = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    left = np.minimum(np.repeat(counts, times) - place * MOST, MOST)
    packed: npt.NDArray[np.uint32] = left.astype("<u4") << COLUMN_BITS | np.repeat(columns, times).astype("<u4")
    written, ends = packed.tobytes(), packed.itemsize * np.concatenate(([0], np.cumsum(times)))[first]
    return [written[start:stop] for start, stop in pairwise(ends.tolist())]


def read_terms(blobs: Sequence[bytes | None]) -> tuple[Numbers, Numbers, Integers]:
    """The terms of several units, one unit after another: columns and counts (int32), and where those of each begin."""
    sizes = np.array([len(blob) // 4 if blob else 0 for blob in blobs], np.int64)
    packed = np.frombuffer(b"".join(blob for blob in blobs if blob), "<u4")
    columns, counts = (packed & ((1 << COLUMN_BITS) - 1)).astype(np.int32), (packed >> COLUMN_BITS).astype(np.int32)
    unit = np.repeat(np.arange(len(sizes)), sizes)
    new = np.ones(len(columns), np.bool_)
    new[1:] = (columns[1:] != columns[:-1]) | (unit[1:] != unit[:-1])
    if not new.all():
        counts = np.add.reduceat(counts, np.flatnonzero(new)).astype(np.int32)
    first = np.concatenate(([0], np.cumsum(np.bincount(unit[new], minlength=len(sizes)))))
    return columns[new], counts, first
