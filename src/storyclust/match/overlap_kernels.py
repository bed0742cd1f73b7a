"""How many shingles two contents share, exactly, and how many narrated words of the shorter these cover.

In: the words of two contents. Out: the counts, and where in the shorter shared shingles begin; nothing as soon as it is
certain that they cover too little. Such a pair is never aligned, because passages are made of shared shingles.

1. Most pairs share a menu or a phrase and nothing else. The shorter is read once against a field of bits in which
   those of the longer's shingles are set; what that leaves uncovered is uncovered, so most pairs end here.
2. Of the others each shingle of the shorter is looked up in a table of the longer; where the last one was found,
   the place after it is tried first, so that a run costs one comparison a word.

A pair costs what its shorter side costs.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import fill_polynomials, leading_factor, polynomial, rolled
from storyclust.text.words_kernels import FRESH, NARRATED

BITS = 256  # a shingle: of two hundred that are not there one seems to be
SPARSE = 5  # times more slots than a table needs: most look-ups of what is not there end at once


@kernel
def turned(value: np.uint64, places: int) -> np.uint64:
    """A value with its bits turned left."""
    left = np.uint64(places & 63)
    return np.uint64(value << left | value >> (np.uint64(64) - left & np.uint64(63)))


@kernel
def rolled_sum(value: np.uint64, left: np.uint64, entered: np.uint64, size: int) -> np.uint64:
    """A sum of turned word hashes one word on; cheaper than a polynomial, and good enough to look a bit up."""
    return turned(value, 1) ^ turned(left, size) ^ entered


@kernel
def first_sum(hashes: Hashes, start: int, size: int) -> np.uint64:
    """The sum for the words from `start` on, `size` of them."""
    value = np.uint64(0)
    for word in range(start, start + size):
        value = turned(value, 1) ^ hashes[word]
    return value


@kernel
def set_bits(hashes: Hashes, start: int, stop: int, size: int, bits: Hashes) -> int:
    """Set the bit of each shingle in a field of bits; returns how many words of the field are used, a power of two."""
    words = 1
    while 64 * words < BITS * (stop - start):
        words *= 2
    bits[:words] = 0
    mask = np.uint64(words - 1)
    count = stop - start - size + 1
    value = first_sum(hashes, start, size) if count > 0 else np.uint64(0)
    for place in range(count):
        bits[(value >> np.uint64(6)) & mask] |= np.uint64(1) << (value & np.uint64(63))
        if place + 1 < count:
            value = rolled_sum(value, hashes[start + place], hashes[start + place + size], size)
    return words


@kernel
def may_cover(
    hashes: Hashes, flags: Bytes, start: int, stop: int, size: int, least_words: float, bits: Hashes, words: int
) -> bool:
    """Whether the shingles of a content whose bits are set may cover so many narrated words of it."""
    count, mask = stop - start - size + 1, np.uint64(words - 1)
    covered, reached = 0, start
    value = first_sum(hashes, start, size) if count > 0 else np.uint64(0)
    for place in range(start, start + count):
        if bits[(value >> np.uint64(6)) & mask] >> (value & np.uint64(63)) & np.uint64(1):
            for word in range(max(reached, place), place + size):
                covered += flags[word] & NARRATED
            reached = place + size
            if covered >= least_words:
                return True
        elif covered + stop - max(reached, place + 1) < least_words:
            return False
        if place + size < stop:
            value = rolled_sum(value, hashes[place], hashes[place + size], size)
    return covered >= least_words


@kernel
def index_shingles(
    hashes: Hashes,
    start: int,
    stop: int,
    size: int,
    values: Hashes,
    slots: Numbers,
    slot_count: int,
    following: Numbers,
) -> None:
    """Put the first place of each shingle into a table, and chain the others to it, rising.

    slots and following hold places, -1 where empty and after the last. Shingles are told apart by their polynomials,
    which differ where the mixed hashes do.
    """
    for empty in range(slot_count):
        slots[empty] = -1
    mask = np.uint64(slot_count - 1)
    fill_polynomials(hashes, start, stop, size, values)
    for place in range(stop - start - size, -1, -1):
        value = values[place]
        slot = value & mask
        while slots[slot] >= 0 and values[slots[slot]] != value:
            slot = (slot + np.uint64(1)) & mask
        following[place] = slots[slot]
        slots[slot] = place


@kernel
def find_shingle(value: np.uint64, values: Hashes, slots: Numbers, slot_count: int) -> int:
    """The first place of a shingle, or -1."""
    mask = np.uint64(slot_count - 1)
    slot = value & mask
    place = int(slots[slot])
    while place >= 0 and values[np.uint64(place)] != value:
        slot = (slot + np.uint64(1)) & mask
        place = int(slots[slot])
    return place


@kernel
def overlap(
    hashes: Hashes,
    flags: Bytes,
    long_start: int,
    long_stop: int,
    short_start: int,
    short_stop: int,
    size: int,
    least_words: float,
    values: Hashes,
    slots: Numbers,
    slot_count: int,
    shared: Flags,
) -> tuple[int, int]:
    """How many shingles a pair shares, whose longer side is in the table, and how many narrated words they cover.

    shared (bool, a word of the shorter): whether a shared shingle begins there. Both counts are 0, and shared is not
    filled to the end, if less than `least_words` is covered.
    """
    long_count, count = long_stop - long_start - size + 1, short_stop - short_start - size + 1
    found, covered, reached = 0, 0, 0
    there = -1  # the place in the longer of the shingle before, if it was found
    leading = leading_factor(size)
    value = polynomial(hashes, short_start, size) if count > 0 else np.uint64(0)
    for place in range(count):
        if place > 0:
            left, entered = np.uint64(short_start + place - 1), np.uint64(short_start + place + size - 1)
            value = rolled(value, hashes[left], hashes[entered], leading)
        if (
            there >= 0
            and there + 1 < long_count
            and (hashes[long_start + there + size] == hashes[short_start + place + size - 1])
        ):
            there += 1
        else:
            there = find_shingle(value, values, slots, slot_count)
        shared[place] = there >= 0
        if there >= 0:
            found += (flags[short_start + place] & FRESH) != 0
            for step in range(max(reached - place, 0), size):
                covered += flags[short_start + place + step] & NARRATED
            reached = place + size
        elif covered + (count - place - 1) + size - 1 < least_words:
            break
    return (0, 0) if covered < least_words else (found, covered)
