"""The lines of a page, each with one letter that says what it looks like.

In: the text of a page. Out: where its lines stand, how long they are, and a string of letters, one a line that has any
character but white space:

    P prose: a long line that ends as a sentence does     q  a short one that does
    D prose that begins with a dateline                   H  a headline: some words without a full stop
    Z a headline that comes again before any prose        T  a word or two, as in a menu
    N a row of figures                                    A  a caption
    S a stamp: when something was published               C  a credit
    B a byline                                            U  site clutter
    E a header of a letter: sender, subject               F  what stands under a post: comments, tags
    M a link to the rest: "Continue reading"              L  what a list of headlines is headed with
    R a rule, of dashes or stars                          K  other marks

What captions, credits and clutter are is told by the rules of `storyclust.text`, the rest by ``phrases.tsv``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import regex

from storyclust.pages.dates import printed_date
from storyclust.pages.phrases import label, opening_phrase
from storyclust.text.characters import SINGLES
from storyclust.text.words import Words, analyse
from storyclust.text.words_kernels import CAPTION, CLUTTER, CREDIT

# A line is looked at as far as this for phrases and dates.
LOOKED_AT = 400
HEADLINE_WORDS, HEADLINE_LETTERS, LONGEST_HEADLINE = 4, 26, 30
PROSE_WORDS = 12
STAMP_WORDS, STAMP_REST, BYLINE_WORDS, SIGNED_WORDS, CREDIT_WORDS, LABEL_REST = 20, 3, 12, 12, 8, 2
# So much of a line has figures, in a table.
FIGURES = 0.34
LINES_AT_ONCE = 20_000
# A headline that is printed twice comes again within so many lines.
AGAIN = 8
# A page that is broken at a fixed width has no longer lines, and no shorter width.
NARROWEST, WIDEST = 40, 120
BROKEN_LINES, BROKEN_SHARE, FULL, FULL_SHARE, INDENTED = 5, 0.5, 0.8, 0.6, 20

LETTER = regex.compile(r"\p{L}")
SINGLE = regex.compile(SINGLES)
RULE = regex.compile(r"(?:(\S)\s{0,3})(?:\1\s{0,3}){2,}")
STOPPED = regex.compile(r"[.。．…।۔:：;；,،][\"'”’»)\]」』）]{0,3}$|[.。!?！？؟][\"'”’»」』]$")
# A full stop inside that is no abbreviation's.
SENTENCES = regex.compile(r"(?:\p{Ll}{4}|\d{4}|\p{Lo}{3})\.[\"'”’»)]{0,2}\s+[\p{Lu}\p{Lo}\"'“‘«]|。.")
DATELINE = regex.compile(r"\p{Lu}[\p{Lu}\s.'’/-]{2,40}(?:,[^\n—–(-]{1,40})?(?:\s?\([^()]{2,40}\))?\s?[—–-]{1,2}\s")
SIGNATURE = regex.compile(r"[(\[（][^()（）]*[)\]）]|.*\p{L}--\p{Lu}+")
# What signs somebody's post, or leads to one.
ADDRESS = regex.compile(r"(?<![^\s(])@\w|://|www\.\w|pic\.twitter")
ARROW = regex.compile(r"(?:[→»›>…]|\.\.\.|\[…\])\s*$")


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a page that are not blank; what was broken at a fixed width is one.

    Attributes
    ----------
    text : str
        The page.
    starts, stops : list of int
        Half-open code-point offsets, white space around a line left out.
    sizes : list of int
        Words; two characters of a script without spaces count as one.
    kinds : str
        A letter a line.
    """

    text: str
    starts: list[int]
    stops: list[int]
    sizes: list[int]
    kinds: str

    def __len__(self) -> int:
        """The number of lines."""
        return len(self.starts)

    def __getitem__(self, number: int) -> str:
        """A line."""
        return self.text[self.starts[number] : self.stops[number]]


def read_lines(text: str) -> Lines:
    """The lines of a page; linear in its characters."""
    spans = list(_unbroken(text, list(_spans(text))))
    lines = [text[start:stop] for start, stop in spans]
    sizes: list[int] = []
    kinds: list[str] = []
    for first in range(0, len(lines), LINES_AT_ONCE):
        for size, letter in _told(lines[first : first + LINES_AT_ONCE]):
            sizes.append(size)
            kinds.append(letter)
    _mark_twins(lines, kinds)
    starts, stops = ([span[side] for span in spans] for side in (0, 1))
    return Lines(text, starts, stops, sizes, "".join(kinds))


def _told(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The size and the letter of each of some lines."""
    # Each as a page of its own, since what stands around a line is looked at later; a page has a second line.
    words = analyse([f"{line.replace(chr(10), ' ')}\nx." for line in lines])
    counts = np.diff(words.first_word) - 1
    figures = (_shares(words.figures > 0, words, counts) > FIGURES).tolist()
    for line, count, kind, figure in zip(lines, counts.tolist(), _main_kinds(words, counts), figures, strict=True):
        size = _size(line, count)
        yield size, letter_of(line, size, kind, figure)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    place = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            start = place + len(line) - len(line.lstrip())
            yield start, start + len(stripped)
        place += len(line)


def _width(text: str, spans: list[tuple[int, int]]) -> int:
    """The width that a page was broken at, 0 if it was not: that of lines that go on, most nearly as long."""
    beside = [(stop - start, after) for (start, stop), (after, _) in pairwise(spans) if _adjoin(text, stop, after)]
    if len(beside) < max(BROKEN_SHARE * len(spans), BROKEN_LINES):
        return 0
    # In scripts with small letters, those that begin with one go on for certain.
    small = [length for length, after in beside if text[after].islower()]
    lengths = small if len(small) >= BROKEN_LINES else [length for length, _ in beside]
    width = max(lengths)
    full = sum(length >= FULL * width for length in lengths)
    return width if NARROWEST <= width <= WIDEST and full >= FULL_SHARE * len(lengths) else 0


def _unbroken(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The lines, those put together that were broken because the next word did not fit the width of the page."""
    width = _width(text, spans)
    if not width:
        yield from spans
        return
    begun = spans[0][0]
    for (start, stop), (after, end) in pairwise([*spans, (len(text), len(text))]):
        word = text[after:end].split(maxsplit=1)
        broken = word and stop - start <= width < stop - start + 1 + len(word[0])
        if not (broken and _adjoin(text, stop, after)):
            yield begun, stop
            begun = after


def _adjoin(text: str, stop: int, after: int) -> bool:
    """Whether no blank line lies between two lines."""
    return after - stop <= INDENTED and len(text[stop:after].splitlines()) <= 2


def _shares(flags: npt.NDArray[np.bool_], words: Words, counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How much of each line is flagged, its second line left out."""
    sums = np.concatenate([[0], np.cumsum(flags)])
    shares: npt.NDArray[np.float64] = (sums[words.first_word[1:] - 1] - sums[words.first_word[:-1]]) / np.maximum(
        counts, 1
    )
    return shares


def _main_kinds(words: Words, counts: npt.NDArray[np.int64]) -> list[str]:
    """A letter for lines that are mostly of one kind, D for those that begin with a credit, else none."""
    found = np.where(words.kinds[words.first_word[:-1]] == CREDIT, "D", "")
    for kind, letter in (CLUTTER, "U"), (CREDIT, "C"), (CAPTION, "A"):
        found[_shares(words.kinds == kind, words, counts) > 1 / 2] = letter
    letters: list[str] = found.tolist()
    return letters


def _size(line: str, words: int) -> int:
    head = line[:LOOKED_AT]
    singles = 0 if head.isascii() else len(SINGLE.findall(head))
    return words - words * singles // (2 * len(head))


def letter_of(line: str, size: int, kind: str, figures: bool) -> str:
    """The letter of a line by itself; kind: what the rules of the text make of it, a letter or none."""
    head = line[:LOOKED_AT]
    if not size:
        return "R" if RULE.fullmatch(head) else "K"
    if head.startswith("©") or (size <= CREDIT_WORDS and SIGNATURE.fullmatch(head)):
        return "C"
    stopped = STOPPED.search(line[-8:]) is not None
    told = letter_by_phrase(line, size, stopped) if len(line) <= LOOKED_AT else ""
    if told or kind in ("A", "C", "U"):
        return told or kind
    if ADDRESS.search(head):
        return "U"
    if figures and not stopped:
        return "N"
    sentences = stopped or SENTENCES.search(head) is not None
    if size > LONGEST_HEADLINE or (size >= PROSE_WORDS and sentences):
        return "D" if kind == "D" or DATELINE.match(head) else "P"
    if sentences:
        return "q"
    return "H" if size >= HEADLINE_WORDS or len(LETTER.findall(head)) >= HEADLINE_LETTERS else "T"


def letter_by_phrase(line: str, size: int, stopped: bool) -> str:
    """The letter that the phrase a line begins with gives it, or a date; empty if there is none."""
    if size <= STAMP_WORDS and any(label(sign, line) for sign in ("sender", "subject", "receiver")):
        return "E"
    if size <= STAMP_WORDS and _is_stamp(line, size, stopped):
        return "S"
    if size <= SIGNED_WORDS and opening_phrase("signed").match(line):
        return "F"
    byline = opening_phrase("byline").match(line)
    if byline and byline.end() < len(line) and size <= BYLINE_WORDS and not stopped:
        return "B"
    for sign, letter in ("more", "M"), ("list", "L"), ("footer", "F"):
        phrase = opening_phrase(sign).match(line)
        if phrase and size <= LONGEST_HEADLINE:
            alone = len(line[phrase.end() :].split()) <= LABEL_REST and (not stopped or line[-1] in ":：.…")
            linked = letter == "M" and ARROW.search(line)
            labelled = letter == "F" and ":" in phrase.group() and not stopped
            if alone or linked or labelled:
                return letter
    return ""


def _is_stamp(line: str, size: int, stopped: bool) -> bool:
    """Whether a line says when something was published, or would if the page had not lost the date."""
    if (stopped and line[-1] not in ":：") or ADDRESS.search(line):
        return False
    date, stamp = printed_date(line), opening_phrase("stamp").match(line)
    if date is None:
        return stamp is not None and (size <= STAMP_REST + 2 or ":" in stamp.group())
    rest = line[: date.start] + line[date.stop :]
    named = stamp or opening_phrase("byline").match(line)
    return named is not None or len(rest.split()) <= STAMP_REST


def _mark_twins(lines: list[str], kinds: list[str]) -> None:
    """Mark headlines that come again soon, and captions that are printed twice, once for who sees no picture."""
    for number in range(1, len(lines)):
        if kinds[number] in "PDHq" and lines[number] == lines[number - 1]:
            kinds[number - 1] = kinds[number] = "A"
    for number, kind in enumerate(kinds):
        for other in range(number + 1, min(number + 1 + AGAIN, len(lines)) if kind == "H" else 0):
            if kinds[other] in "PD":
                break
            if lines[other] == lines[number]:
                kinds[number] = "Z"
                break
