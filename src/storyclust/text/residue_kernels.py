"""Which lines are script, style sheet, data or markup that a scraper left on the page.

In: the bytes of a line. Out: whether it is code. Code is told by signs that prose has no use for, and by how close
they stand: a sentence that quotes a line of code is prose.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes
from storyclust.compile import kernel

# A line is only looked at if it ends in one of these, or begins with one.
CODE_ENDS = np.array([ord(sign) for sign in "{}[]();,>"], np.int64)
CODE_STARTS = np.array([ord(sign) for sign in "{}<[$"], np.int64)

CODE_SIGNS, SIGN_BYTES = 2, 24

LEFT_BRACE, RIGHT_BRACE, EQUALS, BAR, SEMICOLON, LESS, GREATER = (
    np.uint8(0x7B),
    np.uint8(0x7D),
    np.uint8(0x3D),
    np.uint8(0x7C),
    np.uint8(0x3B),
    np.uint8(0x3C),
    np.uint8(0x3E),
)
LEFT_ROUND, RIGHT_ROUND, LEFT_SQUARE, RIGHT_SQUARE = np.uint8(0x28), np.uint8(0x29), np.uint8(0x5B), np.uint8(0x5D)
DOUBLE, SINGLE, COLON, BLANK = np.uint8(0x22), np.uint8(0x27), np.uint8(0x3A), np.uint8(0x20)
SLASH, BANG = np.uint8(0x2F), np.uint8(0x21)


@kernel
def begins_markup(after: np.uint8) -> bool:
    """Whether a sign that is less than another opens a tag: a small letter, a slash or a bang follows."""
    return bool(0x61 <= after <= 0x7A or after == SLASH or after == BANG)


@kernel
def is_code(data: Bytes, begin: int, end: int) -> bool:
    """Whether the line of bytes from begin to end is code: signs of code, one in SIGN_BYTES bytes at least."""
    signs, seen, tags = 0, 0, 0
    before, first = BLANK, BLANK
    for position in range(begin, end):
        byte = data[position]
        after = data[position + 1] if position + 1 < end else BLANK
        if byte <= BLANK:
            continue
        if seen == 0:
            first = byte
        seen += 1
        if byte in (LEFT_BRACE, RIGHT_BRACE, EQUALS, BAR):
            signs += 1
        elif byte == SEMICOLON:
            signs += before in (RIGHT_ROUND, RIGHT_BRACE, RIGHT_SQUARE, DOUBLE, SINGLE) or signs > 0
        elif byte == LESS and begins_markup(after):
            signs, tags = signs + 1, tags + 1
        elif (byte == GREATER and tags > 0) or (byte == LEFT_ROUND and after in (RIGHT_ROUND, LEFT_BRACE)):
            signs += 1
        elif byte == DOUBLE and after == COLON:
            signs += 1 + (first in (DOUBLE, LEFT_BRACE, LEFT_SQUARE))
        before = byte
    # Nothing but code ends in an opened brace.
    signs += before in (LEFT_BRACE, RIGHT_BRACE)
    return signs >= CODE_SIGNS and signs * SIGN_BYTES >= seen
