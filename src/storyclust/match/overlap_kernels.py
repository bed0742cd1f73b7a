"""How many shingles two contents share, exactly, and how much of the smaller these cover.

In: candidate pairs and the distinct shingles of every content. Out: the shingles shared and the words
they cover, or -1 as soon as it is certain that the pair can reach neither threshold.

Each pair is counted by looking the shingles of the one that has fewer up in a table of the other, so
a pair costs what its smaller side costs.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import EMPTY, holds_value, slot_of, slots_for

ROUNDING = 1e-9  # a threshold met exactly is met


@kernel
def shared_shingles(
    larger: Numbers,
    smaller: Numbers,
    start: int,
    stop: int,
    shingles: Hashes,
    first_shingle: Integers,
    size: int,
    jaccard: float,
    passage_share: float,
    slots: Hashes,
    shared: Numbers,
    covered: Numbers,
) -> None:
    """Fill `shared` and `covered` (int32) for the pairs from start to stop, which are sorted by `larger`.

    shared: shingles in both; covered: words of the smaller that stand in one of these; -1 in both where
    neither threshold can be reached. slots: uint64 scratch, as long as the largest content asks.
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
        by_jaccard = np.ceil(jaccard / (1.0 + jaccard) * (high - low + end - begin) - ROUNDING)
        by_passages = np.ceil(passage_share * (end - begin + size - 1) - ROUNDING)
        found, words, last = 0, 0, begin - size
        for index in range(begin, end):
            if holds_value(slots, slot_count, shingles[index]):
                found += 1
                words += min(size, index - last)
                last = index
            elif found + end - index - 1 < by_jaccard and words + end - index - 1 + size - 1 < by_passages:
                found, words = -1, -1
                break
        shared[pair], covered[pair] = found, words
