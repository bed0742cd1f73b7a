"""What lies between two clusters, and a table that finds it, whichever of the two is named first.

In: slots, each with two ends. Out: the slot of two ends, if there is one. Slots whose ends have the same hash stand in
one bucket, a list.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Integers
from storyclust.compile import kernel

NONE = -1
# Knuth's multiplicative hashing: the slots of clusters next to each other come to lie far apart, those of one cluster
# side by side.
GOLDEN = np.uint64(0x9E3779B97F4A7C15)

# One record, so that a slot lies in one place of the memory, and is handed to a function as one array.
SLOT = np.dtype(
    [
        ("ends", np.int64, (2,)),  # the two clusters
        ("linked", np.int64),  # pairs between them
        ("known", np.int64),
        ("shared", np.float64),  # the sum of what the linked ones share
        ("share", np.float64),  # what is compared: the part of the pairs that is linked,
        ("strength", np.float64),  # and what each shares, rounded; only where the first is enough for a join
        ("next", np.int64),  # the slot after it in its bucket
        ("following", np.int64, (2,)),  # and in the lists of its clusters
    ]
)
Slots: TypeAlias = npt.NDArray[Any]


@kernel
def empty_buckets(slots: int) -> Integers:
    """Buckets for so many slots: the first slot of each."""
    buckets = 2
    while buckets < slots:
        buckets *= 2
    return np.full(buckets, NONE, np.int64)


@kernel
def bucket_of(one: int, other: int, buckets: Integers) -> int:
    """The bucket of the slot between two clusters."""
    low, high = np.uint64(min(one, other)), np.uint64(max(one, other))
    return int(((low * GOLDEN >> np.uint64(32)) + high) & np.uint64(len(buckets) - 1))


@kernel
def find(one: int, other: int, slots: Slots, buckets: Integers) -> int:
    """The slot between two clusters, or NONE."""
    slot = buckets[bucket_of(one, other, buckets)]
    while slot != NONE:
        first, second = slots[slot].ends[0], slots[slot].ends[1]
        if (first == one and second == other) or (first == other and second == one):
            break
        slot = slots[slot].next
    return int(slot)


@kernel
def enter(slot: int, slots: Slots, buckets: Integers) -> None:
    """Put a slot into the bucket of its ends."""
    bucket = bucket_of(slots[slot].ends[0], slots[slot].ends[1], buckets)
    slots[slot].next = buckets[bucket]
    buckets[bucket] = slot


@kernel
def leave(slot: int, slots: Slots, buckets: Integers) -> None:
    """Take a slot out of the bucket of its ends."""
    bucket = bucket_of(slots[slot].ends[0], slots[slot].ends[1], buckets)
    place = buckets[bucket]
    if place == slot:
        buckets[bucket] = slots[slot].next
        return
    while slots[place].next != slot:
        place = slots[place].next
    slots[place].next = slots[slot].next
