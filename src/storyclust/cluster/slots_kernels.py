"""A table that finds the slot between two clusters, whichever of them is named first.

In: slots, each with two ends. Out: the slot of two ends, if there is one. Slots whose ends have the same hash stand in
one bucket, a list.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storyclust.arrays import Integers
from storyclust.compile import kernel

NONE = -1
# Knuth's multiplicative hashing: the slots of clusters next to each other come to lie far apart, those of one cluster
# side by side.
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Table(NamedTuple):
    """Slots by their ends.

    Attributes
    ----------
    ends : int64 array of shape (slots, 2)
    buckets : int64 array
        The first slot of each bucket; there are two or a larger power of two.
    following : int64 array, one a slot
        The next slot of the same bucket.
    """

    ends: Integers
    buckets: Integers
    following: Integers


@kernel
def empty_table(slots: int) -> Table:
    """A table with room for so many slots."""
    buckets = 2
    while buckets < slots:
        buckets *= 2
    return Table(np.empty((slots, 2), np.int64), np.full(buckets, NONE, np.int64), np.empty(slots, np.int64))


@kernel
def bucket_of(one: int, other: int, table: Table) -> int:
    """The bucket of the slot between two clusters."""
    low, high = np.uint64(min(one, other)), np.uint64(max(one, other))
    return int(((low * GOLDEN >> np.uint64(32)) + high) & np.uint64(len(table.buckets) - 1))


@kernel
def find(one: int, other: int, table: Table) -> int:
    """The slot between two clusters, or NONE."""
    slot = table.buckets[bucket_of(one, other, table)]
    while slot != NONE:
        first, second = table.ends[slot, 0], table.ends[slot, 1]
        if (first == one and second == other) or (first == other and second == one):
            break
        slot = table.following[slot]
    return int(slot)


@kernel
def enter(slot: int, table: Table) -> None:
    """Put a slot into the bucket of its ends."""
    bucket = bucket_of(table.ends[slot, 0], table.ends[slot, 1], table)
    table.following[slot] = table.buckets[bucket]
    table.buckets[bucket] = slot


@kernel
def leave(slot: int, table: Table) -> None:
    """Take a slot out of the bucket of its ends."""
    bucket = bucket_of(table.ends[slot, 0], table.ends[slot, 1], table)
    place = table.buckets[bucket]
    if place == slot:
        table.buckets[bucket] = table.following[slot]
        return
    while table.following[place] != slot:
        place = table.following[place]
    table.following[place] = table.following[slot]
