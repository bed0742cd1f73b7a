"""Pairs of contents that share a key, each once, without ever pairing a whole large bucket.

In: postings in both directions, the keys of each content and the contents of each key, contents
numbered by their hash. Out: pairs (later, earlier).

Up to HOT contents a key pairs all of them. A key with more is hot: it pairs each with the LEADERS
contents of smallest number. Numbers follow the content hash, so this is free of the input order,
linear in the postings, and never drops a content.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.words_kernels import HASH_FACTOR

HOT = 64
LEADERS = 4

PLACES = np.uint64((1 << 32) - 1)  # the half of a sorted key that tells its place


@kernel
def flag_repeated(keys: Hashes, seen: Bytes, seen_twice: Bytes, repeated: Flags) -> None:
    """Flag the keys that occur more than once, and a few of the others.

    Most keys have one bearer only, and need not be sorted. seen and seen_twice: uint8, zeroed, a power
    of two long; a bit a value, so that some single keys are taken for repeated ones.
    """
    mask = np.uint64(8 * len(seen) - 1)
    for key in keys:
        place, bit = (key & mask) >> np.uint64(3), np.uint8(1) << np.uint8(key & np.uint64(7))
        seen_twice[place] |= seen[place] & bit
        seen[place] |= bit
    for index in range(len(keys)):
        place, bit = (keys[index] & mask) >> np.uint64(3), np.uint8(1) << np.uint8(keys[index] & np.uint64(7))
        repeated[index] = seen_twice[place] & bit != 0


@kernel
def fold_keys(keys: Hashes) -> None:
    """Keep half of each key, its bits spread, and put its place into the other half."""
    for place in range(len(keys)):
        keys[place] = keys[place] * HASH_FACTOR & ~PLACES | np.uint64(place)


@kernel
def list_buckets(
    in_order: Hashes, bearers: Numbers, bucket_of: Numbers, first_member: Integers, members: Numbers
) -> int:
    """Make a bucket of each key that several places have; returns how many there are.

    in_order uint64, sorted: half of a key, and its place in PLACES; bearers int32, one a place; bucket_of int32, one a
    place, -1 for a key that stands alone; first_member int64 and members int32: the bearers of each bucket.
    """
    start, found, written = 0, 0, 0
    first_member[0] = 0
    while start < len(in_order):
        stop = start + 1
        while stop < len(in_order) and (in_order[start] ^ in_order[stop]) <= PLACES:
            stop += 1
        if stop - start > 1:
            for index in range(start, stop):
                place = np.int64(in_order[index] & PLACES)
                members[written], bucket_of[place] = bearers[place], found
                written += 1
            found += 1
            first_member[found] = written
        start = stop
    return found


@kernel
def pairs_of(
    start: int,
    stop: int,
    first_bucket: Integers,
    buckets: Numbers,
    first_member: Integers,
    members: Numbers,
    met: Numbers,
    later: Numbers,
    earlier: Numbers,
) -> int:
    """The pairs of the contents from start to stop; returns how many there are.

    first_bucket int64 and buckets int32: the buckets of each content; first_member int64 and members
    int32, rising: the contents of each bucket; met int32, one a content: scratch, none of them from start
    to stop; later and earlier int32: filled as far as they reach. Where they are too short, call again
    with as much room as was returned.
    """
    found = 0
    for content in range(start, stop):
        for place in range(first_bucket[content], first_bucket[content + 1]):
            low, high = first_member[buckets[place]], first_member[buckets[place] + 1]
            if high - low > HOT:
                high = low + LEADERS
            for index in range(low, high):
                other = members[index]
                if other >= content:
                    break
                if met[other] != content:
                    met[other] = content
                    if found < len(later):
                        later[found], earlier[found] = content, other
                    found += 1
    return found
