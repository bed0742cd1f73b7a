"""Whether two contents that share a text tell of the same figures.

In: the runs of pairs, and which words are numerals. Out: the share of the numerals about the shared text
that only one of the two has. A template refilled has others; a story cut or edited has the same.
"""

from __future__ import annotations

from storyclust.arrays import Flags, Fractions, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import fill_distinct, holds_value, slots_for

FEWEST = 2  # one figure is corrected now and then; a template changes several


@kernel
def numerals_between(hashes: Hashes, numerals: Flags, start: int, stop: int, values: Hashes) -> int:
    """Write the hashes of the numerals among some words; returns how many."""
    count = 0
    for word in range(start, stop):
        if numerals[word]:
            values[count] = hashes[word]
            count += 1
    return count


@kernel
def missing_numerals(
    hashes: Hashes,
    numerals: Flags,
    span_start: int,
    span_stop: int,
    other_start: int,
    other_stop: int,
    values: Hashes,
    slots: Hashes,
    distinct: Hashes,
) -> tuple[int, int]:
    """How many distinct numerals of a span another content has not, and how many there are."""
    in_span = numerals_between(hashes, numerals, span_start, span_stop, values)
    in_span = fill_distinct(values, in_span, slots, slots_for(in_span), distinct, 0)
    in_other = numerals_between(hashes, numerals, other_start, other_stop, values)
    slot_count = slots_for(in_other)
    fill_distinct(values, in_other, slots, slot_count, values, 0)
    missing = 0
    for index in range(in_span):
        missing += not holds_value(slots, slot_count, distinct[index])
    return missing, in_span


@kernel
def compare_figures(
    longer: Numbers,
    shorter: Numbers,
    start: int,
    stop: int,
    runs: Numbers,
    first_run: Integers,
    hashes: Hashes,
    numerals: Flags,
    first_word: Integers,
    values: Hashes,
    slots: Hashes,
    distinct: Hashes,
    other_figures: Fractions,
) -> None:
    """The share of numerals that differ, of the two sides the smaller, into `other_figures` (float64, a pair).

    Only what stands between a content's first and last run counts: what is around them is not the
    story both tell. 0 where fewer than FEWEST differ on a side. values and distinct (uint64) and slots
    (uint64): scratch, as long as the longest content asks.
    """
    for pair in range(start, stop):
        own = pair - start
        other_figures[own] = 0.0
        if first_run[own] == first_run[own + 1]:
            continue
        long_start, long_stop = first_word[longer[pair]], first_word[longer[pair] + 1]
        short_start, short_stop = first_word[shorter[pair]], first_word[shorter[pair] + 1]
        long_low, long_high, short_low, short_high = long_stop, long_start, short_stop, short_start
        for run in range(first_run[own], first_run[own + 1]):
            long_low = min(long_low, long_start + runs[run, 0])
            long_high = max(long_high, long_start + runs[run, 0] + runs[run, 2])
            short_low = min(short_low, short_start + runs[run, 1])
            short_high = max(short_high, short_start + runs[run, 1] + runs[run, 2])
        long_missing, long_all = missing_numerals(
            hashes, numerals, long_low, long_high, short_start, short_stop, values, slots, distinct
        )
        short_missing, short_all = missing_numerals(
            hashes, numerals, short_low, short_high, long_start, long_stop, values, slots, distinct
        )
        if min(long_missing, short_missing) >= FEWEST:
            other_figures[own] = min(long_missing / long_all, short_missing / short_all)
