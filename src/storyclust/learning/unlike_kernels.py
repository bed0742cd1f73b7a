"""Which of the texts that bear something are unlike each other: the sign of a line or phrase that everyone uses.

In: texts, with words to leave out, and what they bear. Out: which things many bear, sketches of the texts, and how many
bearers are mutually unlike.

A sketch is a small MinHash of one permutation: a text's shingles fall into BUCKETS by their hash, and each bucket
keeps its least. Li, Owen and Zhang, "One permutation hashing", NIPS 2012. Two texts agree in about as many
of the buckets that either fills as their Jaccard similarity says.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import shingle_count, shingle_hash

BUCKETS = 16
BUCKET_SHIFT = np.uint64(60)  # the top bits, as many as number the buckets
EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def sketch_texts(
    hashes: Hashes, left_out: Bytes, first: Integers, last: Integers, texts: Integers, size: int, sketches: Hashes
) -> None:
    """Fill the sketches (uint64, a text by BUCKETS) of the texts named; shingles with a word left out do not count."""
    for text in texts:
        sketches[text, :] = EMPTY
        count = last[text] - first[text]
        length, clear = min(size, count), 0
        for word in range(first[text], last[text]):
            clear = 0 if left_out[word] else clear + 1
            begin = word - length + 1
            if clear >= length and begin - first[text] < shingle_count(count, size):
                value = shingle_hash(hashes, begin, length)
                bucket = value >> BUCKET_SHIFT
                sketches[text, bucket] = min(sketches[text, bucket], value)


@kernel
def are_alike(one: Hashes, other: Hashes, least: int) -> bool:
    """Whether two sketches agree in `least` of BUCKETS; two texts without shingles do."""
    same, filled = 0, 0
    for bucket in range(BUCKETS):
        if one[bucket] != EMPTY or other[bucket] != EMPTY:
            filled += 1
            same += one[bucket] == other[bucket]
    return same * BUCKETS >= least * filled


@kernel
def count_unlike(
    bearers: Numbers,
    first_bearer: Integers,
    sketches: Hashes,
    least: int,
    enough: int,
    most_tried: int,
    unlike: Integers,
) -> None:
    """How many bearers of each group are mutually unlike, up to `enough`, into `unlike` (int64, one a group).

    bearers int32: texts, in an order that does not depend on the input's; of each group the first `most_tried` are
    looked at, and one is taken if it is like none taken before.
    """
    taken = np.empty(enough, np.int64)
    for group in range(len(first_bearer) - 1):
        found = 0
        for place in range(first_bearer[group], min(first_bearer[group + 1], first_bearer[group] + most_tried)):
            alike = False
            for index in range(found):
                alike = alike or are_alike(sketches[bearers[place]], sketches[taken[index]], least)
            if not alike:
                taken[found] = bearers[place]
                found += 1
                if found == enough:
                    break
        unlike[group] = found
