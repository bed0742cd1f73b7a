"""What two contents share, exactly: shingles, the words these cover, and how much of that is narrated.

In: candidate pairs and the words of every content. Out: a row of counts a pair, all 0 as soon as it is
certain that the pair can reach neither threshold.

The shorter is read once. Each of its shingles is looked up in a table of the longer; where the last one
was found, the place after it is tried first, so that a run costs one comparison a word. A pair costs
what its shorter side costs.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import fill_polynomials, leading_factor, polynomial, rolled, slots_for
from storyclust.text.words_kernels import FRESH, KIND_SHIFT, NARRATED, POSTED

# The columns of a row: distinct shingles shared; words of the shorter in them, narrated in both, quoted in one, and
# others; words of the longest run; and from which to which word of each side runs reach.
SHINGLES, NARRATED_WORDS, QUOTED_WORDS, OTHER_WORDS, LONGEST_RUN = 0, 1, 2, 3, 4
LONG_LOW, LONG_HIGH, SHORT_LOW, SHORT_HIGH, COLUMNS = 5, 6, 7, 8, 9

ROUNDING = 1e-9  # a threshold met exactly is met
SPARSE = 5  # times more slots than a table needs: most look-ups of what is not there end at once


@kernel
def index_shingles(
    hashes: Hashes, start: int, stop: int, size: int, values: Hashes, slots: Numbers, slot_count: int
) -> None:
    """Put the first place of each shingle into a table: slots holds places, -1 where empty.

    Shingles are told apart by their polynomials, which differ where the mixed hashes do.
    """
    for empty in range(slot_count):
        slots[empty] = -1
    mask = np.uint64(slot_count - 1)
    fill_polynomials(hashes, start, stop, size, values)
    for place in range(stop - start - size + 1):
        value = values[place]
        slot = value & mask
        while slots[slot] >= 0 and values[slots[slot]] != value:
            slot = (slot + np.uint64(1)) & mask
        if slots[slot] < 0:
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
    least_shingles: float,
    least_words: float,
    values: Hashes,
    slots: Numbers,
    slot_count: int,
    row: Numbers,
) -> None:
    """Fill the row of one pair, whose longer side is in the table."""
    long_count, count = long_stop - long_start - size + 1, short_stop - short_start - size + 1
    found, narrated, quoted, other, longest, run = 0, 0, 0, 0, 0, 0
    long_low, long_high, short_low, short_high = long_stop - long_start, 0, 0, 0
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
            run += 1
        else:
            there = find_shingle(value, values, slots, slot_count)
            run = size
        if there >= 0:
            found += (flags[short_start + place] & FRESH) != 0
            if short_high == 0:
                short_low = place
            for step in range(max(short_high - place, 0), size):
                here, over_there = flags[short_start + place + step], flags[long_start + there + step]
                both = (here & over_there & NARRATED) != 0
                # Posts are what everyone was given, as quotations are; what is neither has a higher kind.
                given = max(here >> KIND_SHIFT, over_there >> KIND_SHIFT) <= POSTED
                narrated += both
                quoted += given and not both
                other += not given
            short_high = place + size
            long_low, long_high = min(long_low, there), max(long_high, there + size)
            longest = max(longest, run)
        else:
            ahead = count - place - 1
            if found + ahead < least_shingles and narrated + quoted + ahead + size - 1 < least_words:
                row[:] = 0
                return
    row[SHINGLES], row[LONGEST_RUN] = found, longest
    row[NARRATED_WORDS], row[QUOTED_WORDS], row[OTHER_WORDS] = narrated, quoted, other
    row[LONG_LOW], row[LONG_HIGH], row[SHORT_LOW], row[SHORT_HIGH] = long_low, long_high, short_low, short_high


@kernel
def overlaps_of(
    longer: Numbers,
    shorter: Numbers,
    start: int,
    stop: int,
    hashes: Hashes,
    flags: Bytes,
    first: Integers,
    last: Integers,
    shingle_counts: Integers,
    story_counts: Integers,
    size: int,
    jaccard: float,
    passage_share: float,
    values: Hashes,
    slots: Numbers,
    rows: Numbers,
) -> None:
    """Fill the rows (int32, a pair by COLUMNS) of the pairs from start to stop, sorted by `longer`.

    first and last: the words of each content; values uint64 and slots int32: scratch, as long as the
    longest content asks.
    """
    held, slot_count = -1, 8
    for pair in range(start, stop):
        a, b = longer[pair], shorter[pair]
        if a != held:
            held = a
            slot_count = slots_for(SPARSE * (last[a] - first[a]))
            index_shingles(hashes, first[a], last[a], size, values, slots, slot_count)
        least_shingles = jaccard / (1.0 + jaccard) * (shingle_counts[a] + shingle_counts[b]) - ROUNDING
        least_words = passage_share * story_counts[b] - ROUNDING
        overlap(
            hashes,
            flags,
            first[a],
            last[a],
            first[b],
            last[b],
            size,
            least_shingles,
            least_words,
            values,
            slots,
            slot_count,
            rows[pair],
        )
