"""Prose of an invented language: sentences, paragraphs, quotations, and the edits that copies go through.

Running text is an array of codes. The low bits name a word of the lexicon; flags say how it is printed: with a capital,
before a comma, at the end of a sentence, paragraph or line, in quotation marks. In: a stream, the words of the story,
the table of draws. Out: codes, and where they end.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Numbers
from storyclust.compile import kernel
from storyclust.newsroom.traffic.random_kernels import (
    HAPPENING,
    STEP,
    TOPIC,
    fraction,
    stream_of,
)
from storyclust.text.words_kernels import mix64

WORD_BITS = 17
WORD = np.int32((1 << WORD_BITS) - 1)
CAPITAL, COMMA, STOP, PARAGRAPH, LINE = (np.int32(1 << (WORD_BITS + bit)) for bit in range(5))
OPEN, CLOSE = np.int32(1 << (WORD_BITS + 5)), np.int32(1 << (WORD_BITS + 6))
START = np.int64(0)  # where codes begin; a literal would have everything compiled twice

# The lexicon: words of running text by falling frequency, words of topics, names, numerals.
BACKGROUND, TOPICAL, NAMES, NUMERALS = 30_000, 15_000, 5_000, 2_000
FIRST_NAME = BACKGROUND + TOPICAL
FIRST_NUMERAL = FIRST_NAME + NAMES
LEXICON = FIRST_NUMERAL + NUMERALS
DRAWS_BITS = 18
DRAWS = 1 << DRAWS_BITS

# A story's own words: those of its topic, then those of what happened. A quarter of running text is drawn from them.
TOPIC_WORDS, EVENT_WORDS, NAME_EVERY = 72, 24, 6
OWN_WORDS = TOPIC_WORDS + EVENT_WORDS
OWN_BITS = 14
OWN_LOTS, ALL_LOTS = 1 << OWN_BITS, 1 << (OWN_BITS + 2)
EVENT_LOTS, COMMA_LOTS = 77, 6  # of 256: of the own words; of all, on 127
SHORTEST_SENTENCE, LONGEST_SENTENCE, MOST_SENTENCES, MOST_QUOTED_SENTENCES = 8, 29, 4, 3
REPLACED, DROPPED, ADDED = 0.6, 0.8, 1.0  # of what editors change


@kernel
def fill_own_words(own: Numbers, seed: np.uint64, topic: int, happened: int) -> None:
    """The words of a topic and of what happened; every sixth is a name. With happened = -1, the topic's alone."""
    stream = stream_of(seed, TOPIC, topic)
    for place in range(OWN_WORDS):
        if place == TOPIC_WORDS and happened >= 0:
            stream = stream_of(seed, HAPPENING, happened)
        stream += STEP
        lot = fraction(stream)
        own[place] = FIRST_NAME + int(lot * NAMES) if place % NAME_EVERY == 0 else BACKGROUND + int(lot * TOPICAL)


@kernel
def write_sentence(codes: Numbers, at: int, own: Numbers, draw: Numbers, stream: np.uint64) -> int:
    """A sentence: words by Zipf's law, a quarter of them the story's own, some of these far more often than others."""
    stop = at + SHORTEST_SENTENCE + int(fraction(stream) * (LONGEST_SENTENCE - SHORTEST_SENTENCE + 1))
    for place in range(at, stop):
        stream += STEP
        bits = np.int64(mix64(stream) >> np.uint64(1))
        lot = bits & (ALL_LOTS - 1)
        if lot >= OWN_LOTS:
            word = draw[(bits >> 16) & (DRAWS - 1)]
        else:
            uneven = (lot * ((bits >> 16) & (OWN_LOTS - 1))) >> OWN_BITS
            if (bits >> 40) & 255 < EVENT_LOTS:
                word = own[TOPIC_WORDS + (uneven * EVENT_WORDS >> OWN_BITS)]
            else:
                word = own[uneven * TOPIC_WORDS >> OWN_BITS]
        codes[place] = word | COMMA if (bits >> 56) < COMMA_LOTS else word
    codes[at] |= CAPITAL
    codes[stop - 1] = codes[stop - 1] & ~COMMA | STOP
    return stop


@kernel
def write_prose(codes: Numbers, at: int, words: int, own: Numbers, draw: Numbers, stream: np.uint64) -> int:
    """Paragraphs of one to four sentences until there are so many words; returns where they end."""
    stop = at + words
    while at < stop:
        stream += STEP
        for _ in range(1 + int(fraction(stream) * MOST_SENTENCES)):
            stream += STEP
            at = write_sentence(codes, at, own, draw, mix64(stream))
        codes[at - 1] |= PARAGRAPH
    return at


@kernel
def write_quotation(codes: Numbers, at: int, spoken: Numbers, draw: Numbers, stream: np.uint64) -> int:
    """One to three sentences in quotation marks, a paragraph of their own; returns where they end."""
    start = at
    for _ in range(1 + int(fraction(stream) * MOST_QUOTED_SENTENCES)):
        stream += STEP
        at = write_sentence(codes, at, spoken, draw, mix64(stream))
    codes[start] |= OPEN
    codes[at - 1] |= PARAGRAPH | CLOSE
    return at


@kernel
def write_line(codes: Numbers, at: int, words: int, choice: Numbers, stream: np.uint64) -> int:
    """So many words of a choice on a line of their own; returns where it ends."""
    for place in range(at, at + words):
        stream += STEP
        codes[place] = choice[int(fraction(stream) * len(choice))]
    codes[at] |= CAPITAL
    codes[at + words - 1] |= LINE
    return at + words


@kernel
def after_next(flag: np.int32, codes: Numbers, at: int, stop: int) -> int:
    """The place after the next code that bears a flag, as STOP or PARAGRAPH."""
    while at < stop and not codes[at] & flag:
        at += 1
    return min(at + 1, stop)


@kernel
def end_text(codes: Numbers, start: int, stop: int) -> int:
    """End codes[start:stop] as a text ends: a full stop, and a quotation that was cut into closed. Returns stop."""
    codes[stop - 1] |= STOP | PARAGRAPH
    for place in range(stop - 1, start - 1, -1):
        if codes[place] & CLOSE:
            break
        if codes[place] & OPEN:
            codes[stop - 1] |= CLOSE
            break
    return stop


@kernel
def copy_text(source: Numbers, start: int, stop: int, codes: Numbers, at: int) -> int:
    """Copy source[start:stop] to codes[at:] as a text of its own; returns where it ends."""
    for place in range(stop - start):
        codes[at + place] = source[start + place]
    return end_text(codes, at, at + stop - start)


@kernel
def edit_text(
    source: Numbers, start: int, stop: int, codes: Numbers, at: int, share: float, draw: Numbers, stream: np.uint64
) -> int:
    """Copy with `share` of the words changed: three of five replaced, one dropped, one put in. Returns the end."""
    first = at
    for place in range(start, stop):
        code = source[place]
        stream += STEP
        lot = fraction(stream) / share
        other = draw[np.int64(mix64(stream) & np.uint64(DRAWS - 1))]
        if lot < REPLACED:
            code = (code & ~WORD) | other
        elif lot < DROPPED:
            if code <= WORD:
                continue
        elif lot < ADDED:
            codes[at] = code & (WORD | CAPITAL | OPEN)
            code = other | (code & ~(WORD | CAPITAL | OPEN))
            at += 1
        codes[at] = code
        at += 1
    return end_text(codes, first, at)
