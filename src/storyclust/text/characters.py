"""What each character is to the word splitter: a table over the first two planes of Unicode.

Each entry holds the kind of the character in its top byte and its simple case folding below. The
character classes are those of the `regex` package, so the table is the same on every Python.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from storyclust.text import quotations_kernels as marks
from storyclust.text import words_kernels as kinds

# Scripts written without spaces between words.
SINGLES = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tai_Le}\p{Javanese}]"

# Later rows win. Zero-width space ends a word; the tatweel only stretches one. A carriage return is a space,
# so that one line end is one, however it is written.
CLASSES = (
    (kinds.SPACE, r"[\p{White_Space}\u200b]"),
    (kinds.LEADING, r"[\p{Ps}\p{Pd}]"),
    (kinds.NEWLINE, r"[\n\u0085\u2028\u2029]"),
    (kinds.WORD, r"[\p{L}\p{N}\p{M}]"),
    (kinds.DIGIT, r"\p{Nd}"),
    (kinds.SINGLE, rf"[{SINGLES}&&[[\p{{L}}\p{{N}}]--\p{{Nd}}]]"),
    (kinds.IGNORED, r"[[\p{Default_Ignorable_Code_Point}--\u200b]\u0640]"),
    (marks.STRAIGHT, '["＂]'),
    (marks.CURLY_OPEN, "[“‟〝]"),
    (marks.CURLY_CLOSE, "[”〞〟]"),
    (marks.LOW_OPEN, "[„]"),
    (marks.ANGLE_LEFT, "[«《]"),
    (marks.ANGLE_RIGHT, "[»》]"),
    (marks.CORNER_OPEN, "[「]"),
    (marks.CORNER_CLOSE, "[」]"),
    (marks.WHITE_OPEN, "[『]"),
    (marks.WHITE_CLOSE, "[』]"),
    (marks.AT_SIGN, "[@＠]"),
)

# Letters whose folding is not one letter, or not the same one everywhere.
FOLDINGS = {"İ": "i", "ς": "σ", "ẞ": "ß"}


@cache
def character_table() -> npt.NDArray[np.uint32]:
    """The table, uint32, one entry a code point below `words_kernels.TABLE_SIZE`; built in 0.1 s, once."""
    everything = "".join(map(chr, range(kinds.TABLE_SIZE)))
    table = np.arange(kinds.TABLE_SIZE, dtype=np.uint32)
    for letter in regex.findall(r"\p{Changes_When_Casefolded}", everything):
        folded = FOLDINGS.get(letter) or letter.casefold()
        if len(folded) == 1:
            table[ord(letter)] = ord(folded)
    for kind, pattern in CLASSES:
        for run in regex.finditer(f"{pattern}+", everything, regex.VERSION1):
            table[run.start() : run.end()] = table[run.start() : run.end()] & 0xFFFFFF | kind << 24
    table.flags.writeable = False
    return table
