"""Word shingles: a 64-bit hash of every run of k words.

In: word hashes of several texts. Out: shingle hashes in the order of the text, all of them or each
once. A text of fewer than k words, but at least one, has one shingle: all its words.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers
from storyclust.compile import kernel
from storyclust.text.words_kernels import FRESH, NARRATED, mix64

SHINGLE_FACTOR = np.uint64(0xD6E8FEB86659FD93)
CONTENT_FACTOR = np.uint64(0xA0761D6478BD642F)
QUOTED_MARK = np.uint64(0x5851F42D4C957F2D)
EMPTY = np.uint64(0)


@kernel
def shingle_count(words: int, size: int) -> int:
    """How many shingles a text of so many words has."""
    return words - size + 1 if words >= size else min(words, 1)


@kernel
def polynomial(hashes: Hashes, start: int, size: int) -> np.uint64:
    """The polynomial in the hashes of the words from `start` on, `size` of them."""
    value = np.uint64(0)
    for index in range(start, start + size):
        value = value * SHINGLE_FACTOR + hashes[index]
    return value


@kernel
def leading_factor(size: int) -> np.uint64:
    """What the first of `size` words is multiplied by in their polynomial."""
    factor = np.uint64(1)
    for _ in range(size - 1):
        factor *= SHINGLE_FACTOR
    return factor


@kernel
def rolled(value: np.uint64, left: np.uint64, entered: np.uint64, leading: np.uint64) -> np.uint64:
    """The polynomial one word on: without the word that is left behind, with the one that is entered."""
    return (value - left * leading) * SHINGLE_FACTOR + entered


@kernel
def shingle_hash(hashes: Hashes, start: int, size: int) -> np.uint64:
    """The hash of a shingle: the polynomial in its words' hashes, mixed."""
    return mix64(polynomial(hashes, start, size))


@kernel
def fill_polynomials(hashes: Hashes, start: int, stop: int, size: int, values: Hashes) -> int:
    """Write the polynomials of the shingles of the words from start to stop; returns how many there are."""
    count = shingle_count(stop - start, size)
    length = min(size, stop - start)
    leading = leading_factor(length)
    value = polynomial(hashes, start, length)
    for index in range(count):
        values[index] = value
        if index + 1 < count:
            value = rolled(value, hashes[start + index], hashes[start + index + length], leading)
    return count


@kernel
def fill_shingles(hashes: Hashes, start: int, stop: int, size: int, shingles: Hashes) -> int:
    """Write the shingles of the words from start to stop; returns how many there are."""
    count = fill_polynomials(hashes, start, stop, size, shingles)
    for index in range(count):
        shingles[index] = mix64(shingles[index])
    return count


@kernel
def slots_for(count: int) -> int:
    """The length of a hash table for so many values, at most two thirds full: a power of two."""
    size = 8
    while 2 * size < 3 * count + 2:
        size *= 2
    return size


@kernel
def slot_of(slots: Hashes, slot_count: int, value: np.uint64) -> np.uint64:
    """Where a value stands in a hash table, or may be put: the first slot that holds it or is EMPTY."""
    mask = np.uint64(slot_count - 1)
    slot = value & mask
    while slots[slot] != EMPTY and slots[slot] != value:
        slot = (slot + np.uint64(1)) & mask
    return slot


@kernel
def holds_value(slots: Hashes, slot_count: int, value: np.uint64) -> bool:
    """Whether a value stands in a hash table. EMPTY itself, one hash in 2**64, counts as absent."""
    return bool(value != EMPTY and slots[slot_of(slots, slot_count, value)] == value)


@kernel
def fill_distinct(values: Hashes, count: int, slots: Hashes, slot_count: int, distinct: Hashes, written: int) -> int:
    """Write each of the first `count` values once, in order, from place `written` on; returns the place after.

    slots: uint64 scratch; its first `slot_count` places, a power of two, become a table of the values.
    """
    for place in range(slot_count):
        slots[place] = EMPTY
    for index in range(count):
        value = values[index]
        slot = slot_of(slots, slot_count, value)
        if slots[slot] == EMPTY:
            slots[slot] = value
            distinct[written] = value
            written += 1
    return written


@kernel
def flag_fresh(hashes: Hashes, first_word: Integers, size: int, shingles: Hashes, slots: Hashes, flags: Bytes) -> None:
    """Add FRESH to the flags of the words that begin a shingle their text has not had before.

    shingles and slots: uint64 scratch, as long as the longest text asks.
    """
    for text in range(len(first_word) - 1):
        start = first_word[text]
        count = fill_shingles(hashes, start, first_word[text + 1], size, shingles)
        slot_count = slots_for(count)
        for place in range(slot_count):
            slots[place] = EMPTY
        for index in range(count):
            slot = slot_of(slots, slot_count, shingles[index])
            if slots[slot] == EMPTY:
                slots[slot] = shingles[index]
                flags[start + index] |= np.uint8(FRESH)


@kernel
def hash_contents(hashes: Hashes, flags: Bytes, first_word: Integers, contents: Hashes) -> None:
    """One hash a text of all its words and which are narrated, in order, into `contents` (uint64)."""
    for text in range(len(first_word) - 1):
        value = np.uint64(first_word[text + 1] - first_word[text])
        for word in range(first_word[text], first_word[text + 1]):
            mark = EMPTY if flags[word] & NARRATED else QUOTED_MARK
            value = (value ^ hashes[word] ^ mark) * CONTENT_FACTOR
            value ^= value >> np.uint64(32)
        contents[text] = mix64(value)
