"""Where the dateline of a line ends, and where the credit behind its last sentence begins.

In: the gaps of a line, as `gaps_kernels` reads them, and where an agency is named in it. Out: a word of the line.
A dateline is told by its signs alone: the agency set off before it, and a dash, a colon or a bracket behind.
"""

from __future__ import annotations

from storyclust.arrays import Flags, Integers
from storyclust.compile import kernel
from storyclust.text.gaps_kernels import (
    ASK,
    CAPITAL,
    CLOSE,
    COLON,
    COMMA,
    DASH,
    GAPS,
    LONG_DASH,
    OPEN,
    SLASH,
    SMALL,
    STOP,
)

DATELINE_WORDS = 14
BRACKET_WORDS, PLACE_WORDS, SMALL_WORDS, REPORTER_WORDS = 8, 5, 3, 12
CREDIT_WORDS = 8
CASELESS_WORDS = 7
READ_WORDS = 48  # of so many words the gaps matter: those of a dateline and what may follow it


@kernel
def count_gaps(gaps: Integers, start: int, stop: int, sign: int) -> int:
    """In front of how many words of a stretch a sign stands."""
    found = 0
    for word in range(start, stop):
        found += (gaps[word % GAPS] & sign) != 0
    return found


@kernel
def next_gap(gaps: Integers, start: int, stop: int, sign: int) -> int:
    """The first place from start to stop (inclusive) with a sign; -1 if there is none."""
    for word in range(start, stop + 1):
        if gaps[word % GAPS] & sign:
            return word
    return -1


@kernel
def with_place(gaps: Integers, numerals: Flags, first: int, end: int, words: int) -> int:
    """The end of a dateline with the place that follows the agency: "(ANSA) - ROMA, 5 GEN - "."""
    last = min(end + PLACE_WORDS, words - 1)
    stop = next_gap(gaps, end + 1, last, DASH | COLON)
    if (
        stop < 0
        or gaps[stop] & SMALL
        or count_gaps(gaps, end, stop, SMALL)
        or count_gaps(gaps, end + 1, stop, STOP | ASK)
    ):
        return end
    dated = numerals[first + end : first + stop].any()
    short = stop - end <= (3 if gaps[stop] & DASH else 2)
    return stop if dated or short else end


@kernel
def dateline_stop(gaps: Integers, numerals: Flags, first: int, words: int, start: int, stop: int) -> int:
    """The word after the dateline that names an agency from `start` to `stop`, counted from the line's first; 0: none.

    words: how many of the line were read, at least up to `stop` and its gap; first: the line's first among all.
    """
    bracketed = (gaps[0] & OPEN) != 0 and next_gap(gaps, 1, start, CLOSE) < 0
    set_off = start == 0 or (gaps[start] & (OPEN | SLASH | DASH | COMMA)) != 0
    end, closed = stop, False
    if bracketed or gaps[start] & OPEN:
        end = next_gap(gaps, stop, min(stop + BRACKET_WORDS, words), CLOSE)
        closed = end >= 0
        end = end if closed else stop
        set_off = set_off or (bracketed and end == stop)
    elif start == 0 and gaps[stop] & COMMA and not gaps[stop] & DASH:
        # An outlet, its city, a dash.
        end = max(stop, next_gap(gaps, stop + 1, min(stop + 2, words - 1), DASH))
    if not set_off or end > DATELINE_WORDS or count_gaps(gaps, 0, end, SMALL) > SMALL_WORDS:
        return 0
    dated = numerals[first : first + end].any()
    if end > CASELESS_WORDS and not dated and not count_gaps(gaps, 0, end, CAPITAL):
        return 0  # where no small letter tells a sentence from names, only few words are a dateline
    if end == words:
        cased = count_gaps(gaps, 0, end, SMALL)
        return end if not cased and start > 0 and (gaps[start] & (OPEN | SLASH | DASH)) != 0 else 0
    behind = gaps[end]
    if behind & SMALL:
        return 0
    slashed = (gaps[start] & SLASH) != 0 and (behind & SLASH) != 0
    caseless = closed and dated and not behind & CAPITAL
    if not (behind & (DASH | COLON) or slashed or (closed and bracketed) or caseless):
        return 0
    return with_place(gaps, numerals, first, end, words) if start <= 3 else end


@kernel
def reported_stop(gaps: Integers, stop: int, words: int) -> int:
    """The word after a dateline that ends at `stop` and after the reporter that a bracket behind it may name."""
    if not gaps[stop % GAPS] & OPEN:
        return stop
    return max(stop, next_gap(gaps, stop + 1, min(stop + REPORTER_WORDS, words), CLOSE))


@kernel
def credit_start(gaps: Integers, words: int, agency: int, stop: int, bracketed: bool) -> int:
    """Where the credit begins that names an agency from `agency` to `stop` and ends a line of `words`; -1 if none does.

    bracketed: the line ends with a closing bracket.
    """
    if bracketed:
        for start in range(agency, max(words - CREDIT_WORDS, 0) - 1, -1):
            if gaps[start % GAPS] & OPEN:
                return start if start == 0 or gaps[start % GAPS] & (STOP | ASK) else -1
            if gaps[start % GAPS] & CLOSE:
                return -1
        return -1
    gap = gaps[agency % GAPS]
    signed = stop == words and (gap & LONG_DASH) != 0 and (gap & (STOP | ASK)) != 0
    return agency if signed else -1
