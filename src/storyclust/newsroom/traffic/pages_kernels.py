"""Pages: what outlets make of pieces, with the menus, captions and other headlines that stand around it on their sites.

In: rows of the schedule and the pieces they draw on. Out: codes of every page and headline, one after another.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Integers, Numbers
from storyclust.compile import kernel
from storyclust.newsroom.traffic.prose_kernels import (
    FIRST_NAME,
    LEXICON,
    LINE,
    OPEN,
    OWN_WORDS,
    PARAGRAPH,
    START,
    STOP,
    WORD,
    after_next,
    copy_text,
    edit_text,
    end_text,
    fill_own_words,
    write_line,
    write_prose,
    write_sentence,
)
from storyclust.newsroom.traffic.random_kernels import (
    CAPTION,
    HEADLINE,
    OUTLET,
    PAGE,
    STEP,
    TEMPLATE,
    fraction,
    fraction_at,
    stream_of,
)
from storyclust.newsroom.traffic.schedule_kernels import (
    BRIEF,
    COPY,
    CUT,
    CUT_AND_EDITED,
    CUT_WITH_LOCAL_TEXT,
    EDITED,
    EVENT_NUMBER,
    KIND,
    LOCAL_TEXT,
    ORIGINAL,
    OUTLET_NUMBER,
    OUTLETS,
    PARAGRAPHS_DROPPED,
    PART,
    RECIPE,
    REPORT,
    SERIAL,
    STORIES_AN_EVENT,
    event_facts,
)
from storyclust.text.words_kernels import mix64

LONGEST_PAGE = 16_384  # codes that a page and its headline take at most
LEAD_WORDS, BRIEF_WORDS = 30, 45
DEEPEST_CUT, MIDDLING_CUT, SHALLOWEST_CUT = 0.3, 0.5, 0.9  # what is left; the middling of copies changed otherwise too
FEWEST_EDITS, MOST_EDITS, DROPPED_SHARE, TAKEN_SHARE, COMMENTED_SHARE = 0.02, 0.08, 0.2, 0.4, 0.5
SHORTEST_LOCAL, LONGEST_LOCAL = 40, 120
SHORTEST_PART, LONGEST_PART, LEAST_TAKEN, MOST_TAKEN, MOST_TAKEN_SHARE = 150, 400, 15, 80, 0.35
TEMPLATES, SHORTEST_REPORT, LONGEST_REPORT, SLOT_GAP = 20, 110, 240, (4, 12)
CAPTION_SHARE, OWN_HEADLINE_SHARE, OTHER_HEADLINES, RECENT = 0.35, 0.5, 5, 60
SHORTEST_HEADLINE, LONGEST_HEADLINE, CAPTION_WORDS = 6, 11, 16
SHORTEST_FURNITURE, LONGEST_FURNITURE, LONGEST_LINE = 2, 12, 9


@kernel
def write_pages(
    seed: np.uint64,
    rows: Integers,
    pieces: Numbers,
    piece_stops: Integers,
    drawn: Integers,
    drawn_stops: Integers,
    draw: Numbers,
    codes: Numbers,
    stops: Integers,
) -> int:
    """Write a page and a headline for every row while they surely fit; returns how many rows were done.

    Row r draws on the pieces drawn[drawn_stops[r - 1]:drawn_stops[r]]; stops get two entries a row.
    """
    own = np.empty(OWN_WORDS, np.int32)
    at = int(START)
    for number in range(len(rows)):
        if at + LONGEST_PAGE > len(codes):
            return number
        row = rows[number]
        event, outlet = row[EVENT_NUMBER], row[OUTLET_NUMBER]
        page = event * STORIES_AN_EVENT + row[SERIAL]
        stream = stream_of(seed, PAGE, -1 - page)
        if outlet < OUTLETS:
            at = write_furniture(codes, at, draw, stream_of(seed, OUTLET, 2 * outlet))
            if row[KIND] <= COPY and fraction(stream) < CAPTION_SHARE:
                at = write_caption(codes, at, own, seed, event)
        _, happened, topic = event_facts(seed, event)
        fill_own_words(own, seed, topic, happened)
        first = drawn_stops[number - 1] if number else 0
        which = drawn[first : drawn_stops[number]]
        at = write_body(codes, at, seed, row, pieces, piece_stops, which, own, draw, mix64(stream))
        if outlet < OUTLETS:
            codes[at - 1] |= LINE
            for _ in range(int(fraction_at(stream, 1) * OTHER_HEADLINES)):
                stream += STEP
                other = event - 1 - int(fraction(stream) * min(RECENT, event))
                at = write_headline(codes, at, own, seed, max(other, 0), int(START))
            at = write_furniture(codes, at, draw, stream_of(seed, OUTLET, 2 * outlet + 1))
        stops[2 * number] = at
        has_own_headline = row[SERIAL] > 0 and fraction_at(stream, 2) < OWN_HEADLINE_SHARE
        at = write_headline(codes, at, own, seed, event, row[SERIAL] * has_own_headline)
        stops[2 * number + 1] = at
    return len(rows)


@kernel
def write_furniture(codes: Numbers, at: int, draw: Numbers, stream: np.uint64) -> int:
    """An outlet's own lines, the same on every page: its menu, or its sign-up."""
    lines = SHORTEST_FURNITURE + int(fraction(stream) * (LONGEST_FURNITURE - SHORTEST_FURNITURE + 1))
    for _ in range(lines):
        stream += STEP
        at = write_line(codes, at, 1 + int(fraction(stream) * LONGEST_LINE), draw, mix64(stream))
    return at


@kernel
def write_caption(codes: Numbers, at: int, own: Numbers, seed: np.uint64, event: int) -> int:
    """The caption of the topic's picture, which all who write on the topic may print."""
    _, _, topic = event_facts(seed, event)
    fill_own_words(own, seed, topic, -1)
    return write_line(codes, at, CAPTION_WORDS, own, stream_of(seed, CAPTION, topic))


@kernel
def write_headline(codes: Numbers, at: int, own: Numbers, seed: np.uint64, event: int, serial: int) -> int:
    """The headline over a piece, or with a serial number an outlet's own over its copy."""
    _, happened, topic = event_facts(seed, event)
    fill_own_words(own, seed, topic, happened)
    stream = stream_of(seed, HEADLINE, event * STORIES_AN_EVENT + serial)
    words = SHORTEST_HEADLINE + int(fraction(stream) * (LONGEST_HEADLINE - SHORTEST_HEADLINE + 1))
    return write_line(codes, at, words, own, stream)


@kernel
def write_body(
    codes: Numbers,
    at: int,
    seed: np.uint64,
    row: Integers,
    pieces: Numbers,
    piece_stops: Integers,
    which: Integers,
    own: Numbers,
    draw: Numbers,
    stream: np.uint64,
) -> int:
    """A body in the manner of its kind; returns where it ends."""
    kind = row[KIND]
    if kind == REPORT:
        return write_report(codes, at, seed, own, draw, stream)
    start = piece_stops[which[0] - 1] if which[0] else 0
    stop = piece_stops[which[0]]
    if kind == COPY:
        return write_copy(codes, at, pieces, start, stop, row[RECIPE], own, draw, stream)
    if kind == PART:
        return write_part(codes, at, pieces, start, stop, own, draw, stream)
    if kind == ORIGINAL:
        return copy_text(pieces, start, stop, codes, at)
    for piece in which:  # a digest: the lead of each
        start = piece_stops[piece - 1] if piece else 0
        at = copy_text(pieces, start, lead_stop(pieces, start, piece_stops[piece], LEAD_WORDS), codes, at)
        stream += STEP
        if fraction(stream) < COMMENTED_SHARE:
            at = end_text(codes, at, write_sentence(codes, at, own, draw, mix64(stream)))
    return at


@kernel
def lead_stop(codes: Numbers, start: int, stop: int, words: int) -> int:
    """The end of the first paragraph with which there are so many words."""
    at = start
    while at < min(start + words, stop):
        at = after_next(PARAGRAPH, codes, at, stop)
    return at


@kernel
def write_copy(
    codes: Numbers,
    at: int,
    pieces: Numbers,
    start: int,
    stop: int,
    recipe: int,
    own: Numbers,
    draw: Numbers,
    stream: np.uint64,
) -> int:
    """What an outlet makes of a piece by a recipe: cut, edited, with text of its own above or below, or as it is."""
    if recipe == BRIEF:
        stop = lead_stop(pieces, start, stop, BRIEF_WORDS)
    elif recipe == CUT or recipe == CUT_AND_EDITED or recipe == CUT_WITH_LOCAL_TEXT:
        least = DEEPEST_CUT if recipe == CUT else MIDDLING_CUT
        share = least + (SHALLOWEST_CUT - least) * fraction(stream)
        stop = after_next(STOP, pieces, start + int(share * (stop - start)), stop)
    is_local = recipe == LOCAL_TEXT or recipe == CUT_WITH_LOCAL_TEXT
    stands_above = fraction_at(stream, 1) < 0.5
    local = SHORTEST_LOCAL + int(fraction_at(stream, 2) * (LONGEST_LOCAL - SHORTEST_LOCAL + 1))
    local = min(local, (stop - start) // 3)
    if is_local and stands_above:
        at = write_prose(codes, at, local, own, draw, mix64(stream))
    if recipe == EDITED or recipe == CUT_AND_EDITED:
        share = FEWEST_EDITS + (MOST_EDITS - FEWEST_EDITS) * fraction_at(stream, 3)
        at = edit_text(pieces, start, stop, codes, at, share, draw, mix64(stream + STEP))
    else:
        place = start
        while place < stop:
            end = after_next(PARAGRAPH, pieces, place, stop)
            stream += STEP
            if recipe != PARAGRAPHS_DROPPED or place == start or fraction(stream) >= DROPPED_SHARE:
                at = copy_text(pieces, place, end, codes, at)
            place = end
    if is_local and not stands_above:
        at = write_prose(codes, at, local, own, draw, mix64(stream))
    return at


@kernel
def write_part(
    codes: Numbers, at: int, pieces: Numbers, start: int, stop: int, own: Numbers, draw: Numbers, stream: np.uint64
) -> int:
    """An outlet's own story that takes some paragraphs of a piece, or if none is of a fit length its first words."""
    words = SHORTEST_PART + int(fraction(stream) * (LONGEST_PART - SHORTEST_PART + 1))
    at = write_prose(codes, at, words // 3, own, draw, mix64(stream))
    taken, most, place = 0, int(MOST_TAKEN_SHARE * min(words, stop - start)), start
    while place < stop:
        end = after_next(PARAGRAPH, pieces, place, stop)
        stream += STEP
        fits = LEAST_TAKEN <= end - place <= MOST_TAKEN and taken + end - place <= most
        if fits and not pieces[place] & OPEN and fraction(stream) < TAKEN_SHARE:
            at = copy_text(pieces, place, end, codes, at)
            at = end_text(codes, at, write_sentence(codes, at, own, draw, mix64(stream)))
            taken += end - place
        place = end
    if not taken:
        end = start
        while end < start + LEAST_TAKEN:
            end = after_next(STOP, pieces, end, stop)
        at = copy_text(pieces, start, end, codes, at)
    return write_prose(codes, at, words // 2, own, draw, mix64(stream + STEP))


@kernel
def write_report(codes: Numbers, at: int, seed: np.uint64, own: Numbers, draw: Numbers, stream: np.uint64) -> int:
    """A template refilled with other names and figures: the same sentences, another fact, no copy."""
    template = int(fraction(stream) * TEMPLATES)
    mould = stream_of(seed, TEMPLATE, template)
    fill_own_words(own, seed, -1 - template, -1)
    words = SHORTEST_REPORT + int(fraction(mould) * (LONGEST_REPORT - SHORTEST_REPORT))
    stop = write_prose(codes, at, words, own, draw, mix64(mould))
    place = at
    while True:
        mould += STEP
        stream += STEP
        place += SLOT_GAP[0] + int(fraction(mould) * (SLOT_GAP[1] - SLOT_GAP[0] + 1))
        if place >= stop:
            return stop
        codes[place] = (codes[place] & ~WORD) | np.int32(FIRST_NAME + int(fraction(stream) * (LEXICON - FIRST_NAME)))
