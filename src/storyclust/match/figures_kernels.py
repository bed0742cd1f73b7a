"""Whether two contents that share a text tell of the same figures.

In: pairs and how far their shared text reaches on either side. Out: the share of the numerals in there
that only one of the two has. A template refilled has others; a story cut or edited has the same.
"""

from __future__ import annotations

from storyclust.arrays import Bytes, Fractions, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import fill_distinct, holds_value, slots_for
from storyclust.match.overlap_kernels import LONG_HIGH, LONG_LOW, SHORT_HIGH, SHORT_LOW
from storyclust.text.words_kernels import NUMERAL

FEWEST = 2  # one figure is corrected now and then; a template changes several


@kernel
def numerals_between(hashes: Hashes, flags: Bytes, start: int, stop: int, values: Hashes) -> int:
    """Write the hashes of the numerals among some words; returns how many."""
    count = 0
    for word in range(start, stop):
        if flags[word] & NUMERAL:
            values[count] = hashes[word]
            count += 1
    return count


@kernel
def missing_numerals(
    hashes: Hashes,
    flags: Bytes,
    span_start: int,
    span_stop: int,
    other_start: int,
    other_stop: int,
    values: Hashes,
    slots: Hashes,
    distinct: Hashes,
) -> tuple[int, int]:
    """How many distinct numerals of a span another content has not, and how many there are."""
    in_span = numerals_between(hashes, flags, span_start, span_stop, values)
    in_span = fill_distinct(values, in_span, slots, slots_for(in_span), distinct, 0)
    if in_span < FEWEST:
        return 0, in_span
    in_other = numerals_between(hashes, flags, other_start, other_stop, values)
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
    rows: Numbers,
    hashes: Hashes,
    flags: Bytes,
    first: Integers,
    last: Integers,
    values: Hashes,
    slots: Hashes,
    distinct: Hashes,
    other_figures: Fractions,
) -> None:
    """The share of numerals that differ, of the two sides the smaller, into `other_figures` (float64, a pair).

    rows: as `overlap_kernels` leaves them. Only what stands between a content's first and last shared
    word counts: what is around them is not the story both tell. 0 where fewer than FEWEST differ on a
    side. values, distinct and slots: uint64 scratch, as long as the longest content asks.
    """
    for pair in range(start, stop):
        a, b = longer[pair], shorter[pair]
        other_figures[pair] = 0.0
        short_missing, short_all = missing_numerals(
            hashes,
            flags,
            first[b] + rows[pair, SHORT_LOW],
            first[b] + rows[pair, SHORT_HIGH],
            first[a],
            last[a],
            values,
            slots,
            distinct,
        )
        if short_missing < FEWEST:
            continue
        long_missing, long_all = missing_numerals(
            hashes,
            flags,
            first[a] + rows[pair, LONG_LOW],
            first[a] + rows[pair, LONG_HIGH],
            first[b],
            last[b],
            values,
            slots,
            distinct,
        )
        if long_missing >= FEWEST:
            other_figures[pair] = min(long_missing / long_all, short_missing / short_all)
