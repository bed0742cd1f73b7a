"""What each character is to the word splitter: a table over the first three planes of Unicode.

In: Unicode's own classes and decompositions. Out: an entry a character: its kind, its case, the letter it folds to and
the weight of the marks it carries. Characters that stand for several (ligatures, ½, ㎏) point to entries that stand
behind those of the characters.

Folding is compatibility decomposition with full case folding, then the habits of scripts in `LETTERS`. Marks add up,
so that one character with an accent, a letter with the accent behind it, and accents in any order are one.

The character classes are those of the `regex` package, and decompositions never change once they are made, so the table
is the same on every Python.
"""

from __future__ import annotations

import inspect
import sys
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from storyclust.text import quotations_kernels as marks
from storyclust.text import words_kernels as kinds

# Scripts written without spaces between words.
SINGLES = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tai_Le}\p{Javanese}]"

# Arabic and Hebrew are written without points nearly always, and with them in quotations from scripture.
POINTS = r"[\p{M}&&[\u0590-\u06FF\u0750-\u077F\u0870-\u08FF\uFB1E]]"

# Later rows win. Zero-width space ends a word; the tatweel only stretches one. A carriage return is a space,
# so that one line end is one, however it is written. Apostrophes part words, those that Unicode calls letters too; the
# stroke of a fraction does not. Vowels and final consonants of Hangul hang on the letter before them.
CLASSES = (
    (kinds.SPACE, r"[\p{White_Space}\u200B]"),
    (kinds.LEADING, r"[\p{Ps}\p{Pd}]"),
    (kinds.WORD, r"[[\p{L}\p{N}\u2044]--[\u02BB\u02BC]]"),
    (kinds.DIGIT, r"\p{Nd}"),
    (kinds.SINGLE, rf"[{SINGLES}&&[[\p{{L}}\p{{N}}]--\p{{Nd}}]]"),
    (kinds.COMBINING, r"[\p{M}\u1160-\u11FF\uD7B0-\uD7FF]"),
    (kinds.IGNORED, rf"[[\p{{Default_Ignorable_Code_Point}}--\u200B]\u0640{POINTS}]"),
)
SIGNS = (
    (kinds.NEWLINE, "\n\u0085\u2028\u2029"),
    (marks.STRAIGHT, '"＂'),
    (marks.CURLY_OPEN, "“‟〝"),
    (marks.CURLY_CLOSE, "”〞〟"),
    (marks.LOW_OPEN, "„"),
    (marks.ANGLE_LEFT, "«《"),
    (marks.ANGLE_RIGHT, "»》"),
    (marks.CORNER_OPEN, "「"),
    (marks.CORNER_CLOSE, "」"),
    (marks.WHITE_OPEN, "『"),
    (marks.WHITE_CLOSE, "』"),
    (marks.AT_SIGN, "@＠"),
)
CASES = (
    (kinds.SMALL, r"[\p{Ll}&&[\p{Latin}\p{Greek}\p{Cyrillic}]]"),
    (kinds.CAPITAL, r"[\p{Uppercase}\p{Lt}]"),
)

# What keyboards and newsrooms write in more than one way beside Unicode's own equivalences: the Turkish i; alef wasla,
# alef maksura, teh marbuta, and the kaf, ya and ha of Persian, Urdu and Kurdish; the Romanian comma as a cedilla.
LETTERS = {"ı": "i", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك"} | dict.fromkeys("ةہەۃ", "ه") | {"\u0327": "\u0326"}

# Characters with decompositions or case that came after Unicode 14, which the oldest Python knows: left as they are.
NEWER = (
    r"[\u0558\u058B\u058C\u1C89\u209D-\u209F\uA7CB-\uA7CF\uA7D2\uA7D4\uA7DA-\uA7F1\uAB6C\uAB6D\U000105C0-\U000105FF"
    r"\U000107BB-\U000107BF\U00010D50-\U00010D65\U00011380-\U000113FF\U00016100-\U0001613F\U00016D40-\U00016D7F"
    r"\U00016EA0-\U00016EB8\U0001B123-\U0001B126\U0001CCD6-\U0001CCF9\U0001D6A6\U0001DF00-\U0001DFFF"
    r"\U0001E030-\U0001E06D]"
)
HANGUL, HANGUL_STOP = 0xAC00, 0xD7A4
CHANGING = rf"[\p{{NFKD_QC=No}}\p{{Changes_When_Casefolded}}--{NEWER}--[\uAC00-\uD7A3]]"

# As Python: the first call of a kernel takes longer than the whole table.
_is_silent = inspect.unwrap(kinds.is_silent)

CLASSED = 0x20000  # the third plane is all Han
UTF_32 = "utf-32-le" if sys.byteorder == "little" else "utf-32-be"
CASE = kinds.SMALL | kinds.CAPITAL
WORDLIKE = (kinds.WORD, kinds.DIGIT, kinds.SINGLE, kinds.COMBINING)


@cache
def character_table() -> npt.NDArray[np.uint64]:
    """The table, uint64; built in 0.1 s, once.

    An entry a code point below `words_kernels.TABLE_SIZE`, laid out as `words_kernels` says, then those that entries
    of the kind EXPANDED point to: their letter is where the first one stands, their weight how many there are.
    """
    everything = np.arange(kinds.TABLE_SIZE, dtype=np.uint32).tobytes().decode(UTF_32, "surrogatepass")
    table = _plain_entries(everything[:CLASSED])
    _set_hangul(table)
    plain, behind = table.copy(), list[int]()
    changing = regex.findall(CHANGING, everything, regex.VERSION1)
    for character, parts in zip(changing, decomposed(changing), strict=True):
        own = int(plain[ord(character)])
        entries = [int(plain[ord(part)]) for part in parts]
        if len(entries) > 1:
            entries = _joined(entries)
        if _kind(own) not in WORDLIKE and not any(_kind(entry) in WORDLIKE for entry in entries):
            continue  # it parts words, as what it stands for does
        entries[0] = entries[0] & ~CASE | own & CASE
        if len(entries) == 1:
            table[ord(character)] = entries[0]
        else:
            first = len(table) + len(behind)
            table[ord(character)] = kinds.EXPANDED << kinds.KIND_BITS | len(entries) << kinds.WEIGHT_BITS | first
            behind += entries
    whole = np.append(table, np.array(behind, np.uint64))
    whole.flags.writeable = False
    return whole


def decomposed(characters: Sequence[str]) -> list[str]:
    """What each character stands for, folded.

    >>> decomposed("ﬁẞ㎏É") == ["fi", "ss", "kg", "e\u0301"]
    True
    """
    separator = "\uffff"  # no character, and never will be
    together = unicodedata.normalize("NFKD", separator.join(characters)).casefold()
    return unicodedata.normalize("NFKD", together).split(separator)


def mark_weight(marks: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """What combining marks add to a word's hash: 28 bits, so that the marks of a letter have room to add up.

    Two marks are not to weigh what two others do, so weights must not follow from code points in a line.
    """
    low = np.uint64(0xFFFFFFFF)
    scattered = marks * np.uint64(0x9E3779B1) & low
    scattered = (scattered ^ scattered >> np.uint64(15)) * np.uint64(0x85EBCA6B) & low
    weights: npt.NDArray[np.uint64] = scattered >> np.uint64(4)
    return weights


def _plain_entries(everything: str) -> npt.NDArray[np.uint64]:
    """Kind, case, letter and weight of characters that stand for themselves; everything: those with classes."""
    letters = np.arange(kinds.TABLE_SIZE, dtype=np.uint64)
    bits = np.full(kinds.TABLE_SIZE, kinds.SINGLE << kinds.KIND_BITS, np.uint64)
    bits[: len(everything)] = kinds.SEPARATOR
    for kind, pattern in CLASSES:
        for run in regex.finditer(f"{pattern}+", everything, regex.VERSION1):
            bits[run.start() : run.end()] = kind << kinds.KIND_BITS
    for kind, signs in SIGNS:
        bits[[ord(sign) for sign in signs]] = kind << kinds.KIND_BITS
    for digits in regex.finditer(r"\p{Nd}+", everything):
        # The digits of a script stand in a row, from zero on.
        letters[digits.start() : digits.end()] = ord("0") + np.arange(digits.end() - digits.start()) % 10
    for letter, written in LETTERS.items():
        letters[ord(letter)] = ord(written)
    combining = bits == np.uint64(kinds.COMBINING << kinds.KIND_BITS)
    bits[combining] |= mark_weight(letters[combining]) << np.uint64(kinds.WEIGHT_BITS)
    for case, pattern in CASES:
        for run in regex.finditer(f"{pattern}+", everything, regex.VERSION1):
            bits[run.start() : run.end()] |= np.uint64(case)
    return bits | letters


def _set_hangul(table: npt.NDArray[np.uint64]) -> None:
    """A syllable is its first consonant, with the weights of its vowel and of its last consonant if it has one."""
    number = np.arange(HANGUL_STOP - HANGUL)
    entries = table[0x1100 + number // 588] + _weight_part(table[0x1161 + number // 28 % 21])
    table[HANGUL:HANGUL_STOP] = entries + np.where(number % 28 > 0, _weight_part(table[0x11A7 + number % 28]), 0)


def _weight_part(entries: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    part: npt.NDArray[np.uint64] = entries & np.uint64(kinds.WEIGHT_MASK << kinds.WEIGHT_BITS)
    return part


def _kind(entry: int) -> int:
    return entry >> kinds.KIND_BITS


def _joined(entries: list[int]) -> list[int]:
    """Entries without those ignored, and marks within the letters they hang on."""
    joined: list[int] = []
    letters = kinds.WORD, kinds.DIGIT, kinds.SINGLE
    for entry in entries:
        before = joined[-1] if joined else 0
        if _kind(entry) == kinds.IGNORED:
            continue
        if _kind(entry) != kinds.COMBINING or _kind(before) not in letters:
            joined.append(entry)
        elif not _is_silent(before & kinds.LETTER_MASK, entry & kinds.LETTER_MASK):
            joined[-1] += entry & kinds.WEIGHT_MASK << kinds.WEIGHT_BITS
    return joined or [kinds.IGNORED << kinds.KIND_BITS]
