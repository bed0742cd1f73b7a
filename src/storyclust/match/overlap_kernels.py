"""How many shingles two contents share, exactly.

In: candidate pairs and the distinct shingles of every content. Out: the number shared, or -1 as soon
as it is certain that the pair can reach neither threshold.

Each pair is counted by looking the shingles of the one that has fewer up in a table of the other, so
a pair costs what its smaller side costs.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import EMPTY, holds_value, slot_of, slots_for


@kernel
def fewest_needed(count_a: int, count_b: int, jaccard: float, containment: float) -> int:
    """The fewest shared shingles with which a pair reaches a threshold."""
    by_jaccard = np.ceil(jaccard / (1.0 + jaccard) * (count_a + count_b) - 1e-9)
    by_containment = np.ceil(containment * min(count_a, count_b) - 1e-9)
    return max(1, int(min(by_jaccard, by_containment)))


@kernel
def shared_shingles(
    larger: Numbers,
    smaller: Numbers,
    start: int,
    stop: int,
    shingles: Hashes,
    first_shingle: Integers,
    jaccard: float,
    containment: float,
    slots: Hashes,
    shared: Numbers,
) -> None:
    """Fill `shared` (int32) for the pairs from start to stop, which are sorted by `larger` (int32).

    slots: uint64 scratch, as long as the largest content asks.
    """
    held, slot_count = -1, 8
    for pair in range(start, stop):
        low, high = first_shingle[larger[pair]], first_shingle[larger[pair] + 1]
        if larger[pair] != held:
            held = larger[pair]
            slot_count = slots_for(high - low)
            for slot in range(slot_count):
                slots[slot] = EMPTY
            for index in range(low, high):
                slots[slot_of(slots, slot_count, shingles[index])] = shingles[index]
        begin, end = first_shingle[smaller[pair]], first_shingle[smaller[pair] + 1]
        needed = fewest_needed(high - low, end - begin, jaccard, containment)
        found = 0
        for index in range(begin, end):
            if holds_value(slots, slot_count, shingles[index]):
                found += 1
            elif found + end - index - 1 < needed:
                found = -1
                break
        shared[pair] = found
