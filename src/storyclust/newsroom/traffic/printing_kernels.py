"""Printing: codes as UTF-8 bytes, in the house style of the outlet.

In: codes of texts, end to end, and the lexicon. Out: bytes, end to end.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.newsroom.traffic.prose_kernels import CAPITAL, CLOSE, COMMA, LINE, OPEN, PARAGRAPH, STOP, WORD

SPACE, NEWLINE, COMMA_BYTE, STOP_BYTE = np.uint8(32), np.uint8(10), np.uint8(44), np.uint8(46)
FIRST_SMALL, LAST_SMALL, TO_CAPITAL = np.uint8(97), np.uint8(122), np.uint8(32)
MARK_BYTES = 4  # a mark of a house style, padded with zeros
MARK_STYLES, BREAK_STYLES = 3, 2
LONGEST_WORD = 24  # letters; no word of three syllables is longer
LONGEST_PRINT = 40  # bytes that a code takes at most: the longest word and all that its flags ask for


@kernel
def print_codes(
    codes: Numbers,
    stops: Integers,
    styles: Integers,
    letters: Bytes,
    starts: Integers,
    opening: Bytes,
    closing: Bytes,
    out: Bytes,
    out_stops: Integers,
) -> None:
    """Print texts end to end; out must have room for LONGEST_PRINT bytes a code.

    Word w is letters[starts[w]:starts[w + 1]], and LONGEST_WORD letters follow each start; opening and closing hold
    MARK_BYTES for each style of quotation marks.
    """
    at, place = 0, 0
    for text in range(len(stops)):
        marks = styles[text] % MARK_STYLES * MARK_BYTES
        breaks = 1 + styles[text] % BREAK_STYLES
        while place < stops[text]:
            code = codes[place]
            place += 1
            if code & OPEN:
                for mark in opening[marks : marks + MARK_BYTES]:
                    out[at] = mark
                    at += mark > 0
            word, first = code & WORD, at
            # As many letters as the longest word has: a fixed number is copied at once, if the places cannot be
            # negative. What is too many is written over.
            here, start = np.uint64(at), np.uint64(starts[word])
            for letter in range(LONGEST_WORD):
                out[here + np.uint64(letter)] = letters[start + np.uint64(letter)]
            at += starts[word + 1] - starts[word]
            if code <= WORD and place < stops[text]:
                out[at] = SPACE
                at += 1
                continue
            if code & CAPITAL and FIRST_SMALL <= out[first] <= LAST_SMALL:
                out[first] -= TO_CAPITAL
            if code & COMMA:
                out[at] = COMMA_BYTE
                at += 1
            if code & STOP:
                out[at] = STOP_BYTE
                at += 1
            if code & CLOSE:
                for mark in closing[marks : marks + MARK_BYTES]:
                    out[at] = mark
                    at += mark > 0
            if place == stops[text]:
                break
            if code & (LINE | PARAGRAPH):
                for _ in range(breaks if code & PARAGRAPH else 1):
                    out[at] = NEWLINE
                    at += 1
            else:
                out[at] = SPACE
                at += 1
        out_stops[text] = at
