"""Which version of itself a story says it is: urgent, a lead, an update, corrected, withdrawn.

In: a title and a text. Out: the mark, the number that goes with it, and whether the story is withdrawn. A mark stands
where wires put it: at the start of the title or of the text, in brackets at the end of that line, or in a note to
editors. What a story tells of updates and corrections is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import regex

from storyclust.text.credit_rows import UNSPACED, CreditRow, any_of, bare, rows_of

Mark = Literal["urgent", "lead", "update", "correction", "repeat"]

# Notes to editors stand in lines of their own, at either end.
NOTED, NOTE_LINES = 500, 4
# Each takes the place of those before it; a story without a mark stands with a lead, which is a first full version.
ORDER: tuple[Mark | None, ...] = ("urgent", None, "repeat", "lead", "update", "correction")
MOST_UPDATES = 99
# The first word of a line, behind a number; and what is around the first of a note.
FIRST_WORD = re.compile(r"\W{0,4}(?:\d{1,2}[^\W\d]{0,3}\.?\s?)?([^\W\d]+)")
LONGEST_WORD, AROUND, UNSPACED_FROM = 24, "([（ :,.", "\u2e80"
NOTE_LENGTH = 160
WITHDRAWN = "withdrawn"
CLOSING = (")", "]", "）", "】")


@dataclass(frozen=True, slots=True)
class Version:
    """What a story says of its version.

    Attributes
    ----------
    mark : {"urgent", "lead", "update", "correction", "repeat"} or None
        The last that it says.
    number : int
        Which of its kind, 0 where that is not said.
    withdrawn : bool
        Whether it says that it is withdrawn.
    """

    mark: Mark | None = None
    number: int = 0
    withdrawn: bool = False

    @property
    def revision(self) -> int:
        """How late it is among the versions of a story: an urgent one is below one without a mark, 0.

        >>> [Version(mark).revision for mark in ("urgent", None, "update", "correction")]
        [-100, 0, 300, 400]
        """
        return (ORDER.index(self.mark) - ORDER.index(None)) * (MOST_UPDATES + 1) + min(self.number, MOST_UPDATES)


def read_version(title: str | None, text: str) -> Version:
    """What a story says of its version.

    >>> read_version("CORRECTED-UPDATE 2-Ferry runs aground", "MARREK, Jan 5 - The ferry ran aground.")
    Version(mark='correction', number=2, withdrawn=False)
    >>> read_version("Ferry runs aground", "(Adds details) The ferry ran aground.").mark
    'update'
    """
    head = text[:NOTED].lstrip()
    found = [*_marks_of(head.partition("\n")[0]), *_notes_of(head, text[max(len(text) - NOTED, NOTED) :])]
    if title:
        found += _marks_of(title)
    if not found:
        return Version()
    marks: list[Mark] = [name for name, _ in found if name != WITHDRAWN]
    mark = max(marks, key=ORDER.index, default=None)
    return Version(mark, max(number for _, number in found), len(marks) < len(found))


def _marks_of(line: str) -> Iterator[tuple[Any, int]]:
    """The marks a line begins with, one behind another, and the one in brackets at its end, with their numbers."""
    patterns, at = _patterns(), 0
    # Nearly every title begins with another word.
    while (begun := FIRST_WORD.match(line, at)) and begun[1] in patterns.first_words:
        met = patterns.start.match(line, at)
        if not met:
            break
        yield patterns.names[bare(met["phrase"])], int(met["before"] or met["after"] or 0)
        at = met.end()
    if line.rstrip()[-1:] in CLOSING and (met := patterns.end.search(line, max(len(line) - NOTE_LENGTH, 0))):
        yield patterns.names[bare(met["phrase"])], int(met["before"] or met["after"] or 0)


def _notes_of(head: str, tail: str) -> Iterator[tuple[Any, int]]:
    """The notes to editors in the first lines of a text and in the last."""
    patterns = _patterns()
    for line in (*head.split("\n", NOTE_LINES)[:NOTE_LINES], *tail.rsplit("\n", NOTE_LINES)[1:]):
        begun = line.lstrip()
        word = begun[:LONGEST_WORD].partition(" ")[0].strip(AROUND)
        # Nearly every line begins with another word; scripts without spaces have no words to tell it by.
        is_candidate = word.casefold() in patterns.note_words or word[:1] > UNSPACED_FROM
        if is_candidate and (met := patterns.note.match(begun)):
            yield patterns.notes[bare(met["phrase"] or met["line"])], 0


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What marks and notes are told by, and what each names."""

    start: regex.Pattern[str]
    end: regex.Pattern[str]
    note: regex.Pattern[str]
    first_words: frozenset[str]
    note_words: frozenset[str]
    names: dict[str, str]
    notes: dict[str, str]


@cache
def _patterns() -> _Patterns:
    starts, ends, notes = (rows_of("mark", WITHDRAWN, place=place) for place in ("title", "end", "note"))
    several = any_of(row for row in notes if len(row.phrase.split()) > 1 or UNSPACED.search(row.phrase))
    number = r"(?:(?P<before>\d{1,2})(?:st|nd|rd|th|er|e|ème|ª|º|\.)?\s?)?", r"\s?(?P<after>\d{1,2}(?!\d))?\s?"
    before, after = number
    return _Patterns(
        regex.compile(rf"\W{{0,4}}+{before}(?P<phrase>{any_of(starts)}){after}(?:[-–—:：+)\]】|／/]|$|(?=\())"),
        regex.compile(rf"[(\[（【]\s?{before}(?P<phrase>{any_of(ends)}){after}[)\]）】]\s*+$"),
        # A word alone says little but in brackets.
        regex.compile(rf"\s*+(?:[(\[（]\s?(?P<phrase>{any_of(notes)})|(?P<line>{several})(?!\w))"),
        *(
            frozenset(_first_word(row) for row in starts),
            frozenset(_first_word(row).casefold() for row in notes),
        ),
        {bare(row.phrase): row.name for row in (*starts, *ends)},
        {bare(row.phrase): row.name for row in notes},
    )


def _first_word(row: CreditRow) -> str:
    (word,) = re.findall(r"^[^\W\d_]+", row.phrase)
    return str(word)
