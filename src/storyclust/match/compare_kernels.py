"""Pairs compared: their overlap, and the passages of those that share enough.

In: candidate pairs sorted by their longer content, and the words of every content. Out: a row of counts a pair, and
passages. What is looked up of the longer, the bits and the table of its shingles, is made once for all of its pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storyclust.arrays import Bytes, Flags, Fractions, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.match.overlap_kernels import BITS, SPARSE, index_shingles, may_cover, overlap, set_bits
from storyclust.match.passages_kernels import count_lead, find_passages

# The columns of a row: distinct shingles shared, narrated words of the shorter in shared shingles, and narrated words
# of the longer before its first passage.
SHINGLES, COVERED, LEAD, COLUMNS = 0, 1, 2, 3

ROUNDING = 1e-9  # a threshold met exactly is met


class Texts(NamedTuple):
    """The words of contents: hashes uint64, flags and figures uint8, one a word; where each content begins and ends."""

    hashes: Hashes
    flags: Bytes
    figures: Bytes
    first: Integers
    last: Integers


class Room(NamedTuple):
    """Scratch, as long as the longest content asks: see `room_for`."""

    bits: Hashes
    values: Hashes
    slots: Numbers
    following: Numbers
    shared: Flags
    used: Flags


def room_for(longest: int) -> Room:
    """Scratch for contents of so many words at most."""
    return Room(
        bits=np.empty(max(1, BITS // 32 * longest), np.uint64),
        values=np.empty(longest, np.uint64),
        slots=np.empty(slots_for(SPARSE * longest), np.int32),
        following=np.empty(longest, np.int32),
        shared=np.empty(longest, np.bool_),
        used=np.zeros(longest, np.bool_),
    )


@kernel
def compare_pairs(
    longer: Numbers,
    shorter: Numbers,
    least_words: Fractions,
    texts: Texts,
    size: int,
    least: int,
    room: Room,
    rows: Numbers,
    passages: Numbers,
    first_passage: Integers,
) -> int:
    """Fill the rows (int32, a pair by COLUMNS) of pairs, all 0 for those that share too little, and their passages.

    longer and shorter int32, sorted by `longer`; least_words float64, a pair: how many narrated words shared shingles
    must cover; least: the words of the shortest passage; passages int32 of `passages_kernels.COLUMNS`; first_passage
    int64, one more than pairs. Returns how many passages there are.
    """
    held, indexed, words, slot_count, found = -1, -1, 1, 8, 0
    first_passage[0] = 0
    for pair in range(len(longer)):
        a, b = longer[pair], shorter[pair]
        long_start, long_stop, start, stop = texts.first[a], texts.last[a], texts.first[b], texts.last[b]
        fewest = least_words[pair] - ROUNDING
        rows[pair] = 0
        first_passage[pair + 1] = found
        if a != held:
            held = a
            words = set_bits(texts.hashes, long_start, long_stop, size, room.bits)
        if not may_cover(texts.hashes, texts.flags, start, stop, size, fewest, room.bits, words):
            continue
        if a != indexed:
            indexed = a
            slot_count = slots_for(SPARSE * (long_stop - long_start))
            index_shingles(
                texts.hashes, long_start, long_stop, size, room.values, room.slots, slot_count, room.following
            )
        table = room.values, room.slots, slot_count
        spans = long_start, long_stop, start, stop
        shingles, covered = overlap(texts.hashes, texts.flags, *spans, size, fewest, *table, room.shared)
        if covered < fewest:
            continue
        found = find_passages(
            texts.hashes,
            texts.flags,
            texts.figures,
            *spans,
            size,
            least,
            room.shared,
            *table,
            room.following,
            room.used,
            passages,
            found,
        )
        rows[pair, SHINGLES], rows[pair, COVERED] = shingles, covered
        rows[pair, LEAD] = count_lead(texts.flags, long_start, long_stop, passages, first_passage[pair], found)
        first_passage[pair + 1] = found
    return found
