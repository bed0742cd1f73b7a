"""What stands between the words of one line: dashes, brackets, commas and stops, as bits.

In: the bytes of a line. Out: for each word the signs in front of it, and those behind the last. Only lines that may
hold a dateline or dialogue are read so, a second time: they are few, and the pass over all characters stays short.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers
from storyclust.compile import kernel
from storyclust.text.words_kernels import CAPITAL as CAPITAL_LETTER
from storyclust.text.words_kernels import (
    COMBINING,
    DIGIT,
    EXPANDED,
    IGNORED,
    NEWLINE,
    SINGLE,
    SPACE,
    WORD,
    kind_of,
    letter_of,
    read,
    weight_of,
)
from storyclust.text.words_kernels import SMALL as SMALL_LETTER

# A dash or equals sign that is no hyphen; an em or en dash or a bar; brackets; the rest by name. ASK: also ! and …
DASH, LONG_DASH, COLON, OPEN, CLOSE, SLASH, COMMA, STOP, ASK = 1, 2, 4, 8, 16, 32, 64, 128, 256
# How the last dash stands: after a stop or comma, after a space, before a space.
PAUSED, SPACED_BEFORE, SPACED_AFTER = 512, 1024, 2048
# The letter behind the gap.
SMALL, CAPITAL = 4096, 8192

GAPS = 256  # of so many words the gaps are kept, a power of two

OPENING = np.array([ord(sign) for sign in "([（【［〔"], np.int64)
CLOSING = np.array([ord(sign) for sign in ")]）】］〕"], np.int64)
LONG = np.array([ord(sign) for sign in "—–―"], np.int64)
SHORT = np.array([ord(sign) for sign in "-‐‑−－"], np.int64)
EQUALS = np.array([ord(sign) for sign in "=＝"], np.int64)
COLONS = np.array([ord(sign) for sign in ":："], np.int64)
SLASHES = np.array([ord(sign) for sign in "/／|"], np.int64)
COMMAS = np.array([ord(sign) for sign in ",،、，"], np.int64)
STOPS = np.array([ord(sign) for sign in ".。۔।"], np.int64)
ASKS = np.array([ord(sign) for sign in "?!…؟？！"], np.int64)


@kernel
def is_among(character: int, marks: Integers) -> bool:
    """Whether a character is one of a few."""
    found = False
    for mark in marks:
        found |= character == mark
    return found


@kernel
def sign_of(character: int) -> int:
    """The bit of a sign; 0 for hyphens, which need their neighbours, and for all that does not matter."""
    if is_among(character, LONG):
        return DASH | LONG_DASH
    if is_among(character, OPENING):
        return OPEN
    if is_among(character, CLOSING):
        return CLOSE
    if is_among(character, COMMAS):
        return COMMA
    if is_among(character, STOPS):
        return STOP
    if is_among(character, ASKS):
        return ASK
    if is_among(character, COLONS):
        return COLON
    if is_among(character, SLASHES):
        return SLASH
    return DASH if is_among(character, EQUALS) else 0


@kernel
def with_sign(gap: int, character: int, kind: int, bare: bool, hyphens: int) -> int:
    """A gap with one more character; bare: it follows a letter; hyphens: how many stand right before it."""
    if kind in (SPACE, NEWLINE):
        return gap | (SPACED_AFTER if gap & DASH else SPACED_BEFORE) | (DASH if hyphens else 0)
    sign = sign_of(character)
    if is_among(character, SHORT) and (hyphens or not bare):
        # Two hyphens are a dash; one is, unless it stands between two letters.
        sign = DASH | LONG_DASH if hyphens else DASH
    if sign & DASH:
        paused = PAUSED if gap & (COMMA | STOP | ASK) else 0
        gap = (gap & ~(SPACED_AFTER | PAUSED)) | paused
    return gap | sign


@kernel
def read_next(
    data: Bytes, position: int, table: Hashes, pending: int, last_pending: int
) -> tuple[np.uint64, int, int, int]:
    """The next entry of a text, its length in bytes, and where in the table those pending behind it begin and end.

    A character that stands for several gives them one by one, the later ones without a length.
    """
    if pending < last_pending:
        return table[pending], 0, pending + 1, last_pending
    entry, width = read(data, position, table)
    if kind_of(entry) == EXPANDED:
        first = letter_of(entry)
        return table[first], width, first + 1, first + int(weight_of(entry))
    return entry, width, pending, last_pending


@kernel
def read_gaps(data: Bytes, begin: int, end: int, table: Hashes, most: int, gaps: Integers) -> int:
    """Fill ``gaps[number % GAPS]`` for the words of a line, and one for its end; stop when `most` words are read.

    data, table as for `words_kernels.split_words`; gaps int64, GAPS long. Returns how many words were read.
    """
    words, gap, hyphens = 0, 0, 0
    in_word, bare = False, False
    position, pending, last_pending = begin, 0, 0
    while position < end or pending < last_pending:
        entry, width, pending, last_pending = read_next(data, position, table, pending, last_pending)
        kind = kind_of(entry)
        position += width
        if kind in (IGNORED, COMBINING):
            continue
        if kind in (WORD, DIGIT, SINGLE):
            if kind == SINGLE or not in_word:
                if words == most:
                    return words
                if entry & np.uint64(CAPITAL_LETTER):
                    gap |= CAPITAL
                elif entry & np.uint64(SMALL_LETTER):
                    gap |= SMALL
                gaps[words % GAPS] = gap
                words += 1
            gap, hyphens, in_word, bare = 0, 0, kind != SINGLE, True
        else:
            sign = letter_of(entry)
            gap = with_sign(gap, sign, kind, bare, hyphens)
            hyphens = hyphens + 1 if is_among(sign, SHORT) else 0
            in_word, bare = False, False
    gaps[words % GAPS] = gap
    return words


@kernel
def line_begin(data: Bytes, begin: int, end: int, table: Hashes) -> tuple[int, int]:
    """Where the line begins that ends at a byte, and its first character that is no space.

    begin: where the line with words before it ends; lines without words between the two are passed over.
    """
    if begin + 1 < end and data[begin] == 0x0A and 0x61 <= data[begin + 1] | 0x20 <= 0x7A:
        return begin + 1, int(data[begin + 1])  # as most lines do, it begins with a letter right away
    position, first, pending, last_pending = begin, 0, 0, 0
    while position < end or pending < last_pending:
        entry, width, pending, last_pending = read_next(data, position, table, pending, last_pending)
        kind = kind_of(entry)
        position += width
        if kind == NEWLINE:
            begin, first = position, 0
        elif first == 0 and kind not in (SPACE, IGNORED, COMBINING):
            first = letter_of(entry)
        if kind in (WORD, DIGIT, SINGLE):
            break
    return begin, first
