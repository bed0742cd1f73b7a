"""The passages of a pair: words that stand in both in one order, each word used once on either side.

In: the words of two contents, the longer and the shorter. Out: passages, and what their words are.

1. The shorter is read from its start. Where a shingle of it stands in the longer, the run is continued as
   far as the words agree; among several places the one that goes on from the last run is taken, or else
   the longest of the first few. Linear: a place is tried a bounded number of times.
2. Runs that a small edit parts are one passage: a few words changed on both sides, or a clause dropped from one.
3. What stands between two runs may be other figures in the same places, the sign of a template filled anew.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import polynomial
from storyclust.match.overlap_kernels import find_shingle
from storyclust.text.words_kernels import DIGIT_SUM, KIND_SHIFT, KINDS, NARRATED, POSTED, QUOTED, TOLD

PLACES_TRIED = 16

# Words that an edit may change on both sides, and those of a clause that one side lacks.
CHANGED, DROPPED = 3, 12

# Words between two runs that are looked through for figures.
BETWEEN = 12

# The columns of a passage: from which to which word of the longer and of the shorter; words shared; of these, narrated
# in both, quoted or posted in one, and of a stock passage in one; the words of its longest run; figures among the words
# shared, and figures changed in it or before it; and the kind of most of its words that are not narrated.
LONG_START, LONG_STOP, SHORT_START, SHORT_STOP, SHARED, NARRATED_WORDS, QUOTED_WORDS, STOCK_WORDS = range(8)
RUN, KEPT, FIGURES, KIND, COLUMNS = 8, 9, 10, 11, 12


@kernel
def run_length(
    hashes: Hashes,
    long_place: int,
    long_stop: int,
    short_place: int,
    short_stop: int,
    used: Flags,
    used_start: int,
) -> int:
    """How many words agree from two places on, up to a word of the longer that another run has."""
    length = 0
    while (
        long_place + length < long_stop
        and short_place + length < short_stop
        and not used[long_place + length - used_start]
        and hashes[long_place + length] == hashes[short_place + length]
    ):
        length += 1
    return length


@kernel
def find_runs(
    hashes: Hashes,
    long_start: int,
    long_stop: int,
    short_start: int,
    short_stop: int,
    size: int,
    shared: Flags,
    values: Hashes,
    slots: Numbers,
    slot_count: int,
    following: Numbers,
    used: Flags,
    runs: Numbers,
    found: int,
) -> int:
    """Write the runs of a pair, each a passage of its own, from row `found` of `runs` on; returns the next row.

    shared as `overlap` left it, values, slots and following as `index_shingles` did; used: all False for the words of
    the longer before and after.
    """
    begin = found
    place, expected = short_start, -1
    while place + size <= short_stop:
        best, best_length = -1, size - 1
        if not shared[place - short_start]:
            place += 1
            expected += 1 if expected >= 0 else 0
            continue
        if expected >= 0 and expected < long_stop:
            length = run_length(hashes, expected, long_stop, place, short_stop, used, long_start)
            if length > best_length:
                best, best_length = expected, length
        if best < 0:
            candidate = find_shingle(polynomial(hashes, place, size), values, slots, slot_count)
            tried = 0
            while candidate >= 0 and tried < PLACES_TRIED:
                there = long_start + candidate
                length = run_length(hashes, there, long_stop, place, short_stop, used, long_start)
                if length > best_length:
                    best, best_length = there, length
                candidate = following[candidate]
                tried += 1
        if best < 0:
            place += 1
            expected += 1 if expected >= 0 else 0
            continue
        runs[found, LONG_START], runs[found, LONG_STOP] = best - long_start, best - long_start + best_length
        runs[found, SHORT_START], runs[found, SHORT_STOP] = place - short_start, place - short_start + best_length
        found += 1
        for word in range(best - long_start, best - long_start + best_length):
            used[word] = True
        place += best_length
        expected = best + best_length
    for run in range(begin, found):
        used[runs[run, LONG_START] : runs[run, LONG_STOP]] = False
    return found


@kernel
def count_words(
    flags: Bytes, figures: Bytes, long_start: int, short_start: int, passage: Numbers, others: Integers
) -> None:
    """Count what the words of a run are, into its row; others int64, one a kind: scratch, left with the counts."""
    length = passage[LONG_STOP] - passage[LONG_START]
    narrated, quoted, stock, kept = 0, 0, 0, 0
    for step in range(length):
        one = flags[long_start + passage[LONG_START] + step]
        other = flags[short_start + passage[SHORT_START] + step]
        kind = max(one >> KIND_SHIFT, other >> KIND_SHIFT)
        kept += figures[short_start + passage[SHORT_START] + step] != 0
        if one & other & NARRATED:
            narrated += 1
        else:
            # What is neither narrated nor of another kind was told, but is everyone's.
            others[kind] += 1
            quoted += kind == QUOTED or kind == POSTED
            stock += kind == TOLD
    passage[SHARED], passage[NARRATED_WORDS], passage[QUOTED_WORDS] = length, narrated, quoted
    passage[STOCK_WORDS], passage[RUN], passage[KEPT], passage[FIGURES] = stock, length, kept, 0


@kernel
def is_edit(before: Numbers, after: Numbers) -> bool:
    """Whether what parts two runs is a small edit."""
    long_gap, short_gap = after[LONG_START] - before[LONG_STOP], after[SHORT_START] - before[SHORT_STOP]
    if long_gap < 0:
        return False
    dropped = min(long_gap, short_gap) == 0 and max(long_gap, short_gap) <= DROPPED
    return bool(dropped or max(long_gap, short_gap) <= CHANGED)


@kernel
def count_others(
    hashes: Hashes, figures: Bytes, start: int, stop: int, other_start: int, other_stop: int
) -> tuple[int, int]:
    """How many numerals among some words are not among some others, and the sum of their digits' weights."""
    count, digits = 0, 0
    for word in range(start, stop):
        if figures[word]:
            digits += figures[word] & DIGIT_SUM
            found = False
            for other in range(other_start, other_stop):
                found = found or hashes[other] == hashes[word]
            count += not found
    return count, digits & DIGIT_SUM


@kernel
def count_changed_figures(
    hashes: Hashes, figures: Bytes, long_start: int, short_start: int, before: Numbers, after: Numbers
) -> int:
    """How many numerals of both contents stand between two runs where the other has something else.

    The same digits written otherwise, in another script or with another mark between, are no change.
    """
    a, b = long_start + before[LONG_STOP], short_start + before[SHORT_STOP]
    a_stop, b_stop = long_start + after[LONG_START], short_start + after[SHORT_START]
    if not (0 < a_stop - a <= BETWEEN and 0 < b_stop - b <= BETWEEN):
        return 0
    of_a, digits_of_a = count_others(hashes, figures, a, a_stop, b, b_stop)
    of_b, digits_of_b = count_others(hashes, figures, b, b_stop, a, a_stop)
    return 0 if digits_of_a == digits_of_b else of_a + of_b


@kernel
def find_passages(
    hashes: Hashes,
    flags: Bytes,
    figures: Bytes,
    long_start: int,
    long_stop: int,
    short_start: int,
    short_stop: int,
    size: int,
    least: int,
    shared: Flags,
    values: Hashes,
    slots: Numbers,
    slot_count: int,
    following: Numbers,
    used: Flags,
    passages: Numbers,
    begin: int,
) -> int:
    """Write the passages of a pair from row `begin` on, those of `least` words or more; returns the row after the last.

    The arguments are those of `find_runs`; flags and figures uint8, one a word.
    """
    stop = find_runs(
        hashes,
        long_start,
        long_stop,
        short_start,
        short_stop,
        size,
        shared,
        values,
        slots,
        slot_count,
        following,
        used,
        passages,
        begin,
    )
    others = np.zeros(KINDS, np.int64)
    kept, run, changed = begin, begin, 0
    while run < stop:
        others[:] = 0
        passage = passages[run].copy()
        count_words(flags, figures, long_start, short_start, passage, others)
        following_run = run + 1
        while following_run < stop:
            after = passages[following_run]
            changed += count_changed_figures(hashes, figures, long_start, short_start, passage, after)
            if not is_edit(passage, after):
                break
            count_words(flags, figures, long_start, short_start, after, others)
            passage[LONG_STOP], passage[SHORT_STOP] = after[LONG_STOP], after[SHORT_STOP]
            passage[RUN] = max(passage[RUN], after[RUN])
            for column in range(SHARED, RUN):
                passage[column] += after[column]
            passage[KEPT] += after[KEPT]
            following_run += 1
        passage[KIND] = np.argmax(others)
        if passage[SHARED] >= least:
            passage[FIGURES], changed = changed, 0
            passages[kept] = passage
            kept += 1
        run = following_run
    if kept > begin:
        passages[kept - 1, FIGURES] += changed
    return kept


@kernel
def count_lead(flags: Bytes, start: int, stop: int, passages: Numbers, begin: int, end: int) -> int:
    """How many words a content, the longer of a pair, narrates before the first of its passages."""
    earliest = stop
    for passage in range(begin, end):
        earliest = min(earliest, start + passages[passage, LONG_START])
    narrated = 0
    for word in range(start, earliest):
        narrated += flags[word] & NARRATED
    return narrated
