"""Groups the texts that bear a key, for the keys that many contents bear.

In: keys, the text of each, and the content of each text. Out: frequent keys, rising, and their bearers.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.words_kernels import HASH_FACTOR

FULL = 255
HALF = 32  # bits of a number for a text, and for a content


@kernel
def flag_frequent(keys: Hashes, fewest: int, counts: Bytes, frequent: Flags) -> None:
    """Flag the keys that occur `fewest` times or more, and a few of the others.

    Most keys are rare, and need not be sorted. counts: uint8, zeroed, a power of two long: keys that fall into one
    place are counted together, up to 255.
    """
    mask = np.uint64(len(counts) - 1)
    for key in keys:
        place = (key * HASH_FACTOR) >> np.uint64(32) & mask
        if counts[place] < FULL:
            counts[place] += np.uint8(1)
    for index in range(len(keys)):
        frequent[index] = counts[(keys[index] * HASH_FACTOR) >> np.uint64(32) & mask] >= min(fewest, FULL)


@kernel
def group_bearers(
    keys: Hashes,
    texts: Numbers,
    order: Integers,
    content: Integers,
    fewest: int,
    distinct: Hashes,
    borne: Numbers,
    first: Integers,
) -> int:
    """Write the keys that at least so many contents bear, and the first text of each of these; returns how many keys.

    keys uint64 and texts int32, one a place; order int64: the places by key; content int64, one a text; distinct
    uint64, borne int32 and first int64 (one more than keys): as long as the places.
    """
    start, found, written = 0, 0, 0
    first[0] = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and keys[order[stop]] == keys[order[start]]:
            stop += 1
        if stop - start >= fewest:
            group = np.empty(stop - start, np.int64)
            for index in range(start, stop):
                text = np.int64(texts[order[index]])
                group[index - start] = content[text] << HALF | text
            group.sort()
            begin, last = written, np.int64(-1)
            for bearer in group:
                if bearer >> HALF != last:
                    last = bearer >> HALF
                    borne[written] = np.int32(bearer & ((1 << HALF) - 1))
                    written += 1
            if written - begin >= fewest:
                distinct[found] = keys[order[start]]
                found += 1
                first[found] = written
            else:
                written = begin
        start = stop
    return found
