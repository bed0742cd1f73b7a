"""The rows that say what a story tells of itself, and where their phrases stand in a line.

In: the tab-separated rows of ``credits.tsv``, and lines. Out: phrases found, and lines in which every name of an agency
or an outlet is one sign, so that the forms of credits are short patterns. A line is looked at word by word: most words
begin no phrase, and cost one look into a table.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise

import regex

AGENCY, OUTLET = "agency", "outlet"
# Scripts that put no spaces between words: there a phrase may stand within a run of letters.
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")
# What may stand between the words of a phrase, and between the letters of an abbreviation: "Thomson/Reuters", "d.p.a".
BETWEEN_WORDS, BETWEEN_LETTERS = r"[\s./_:–-]{1,3}", r"[\s./_–-]{0,3}"
WORD = re.compile(r"\w+")

# What stands for a name in a line: one that counts anywhere, one of two letters that does, one that must be set off.
FREE, BRIEF, SET_OFF = "\ue000", "\ue001", "\ue002"
NAME, FREE_NAME = f"[{FREE}{BRIEF}{SET_OFF}]", f"[{FREE}{BRIEF}]"
SIGNS = regex.compile(NAME)


@dataclass(frozen=True, slots=True)
class CreditRow:
    """A phrase, and what it tells where it stands in its place.

    Attributes
    ----------
    kind : {"agency", "outlet", "credit", "joint", "thanks", "dated", "stamp", "picture", "mark", "withdrawn"}
    name : str
        What is told: the name of an agency, or the mark of a version.
    place : str
        Where the phrase must stand.
    case : {"any", "exact"}
    language : str
        A tag of BCP 47; for the reader, since pages mix languages.
    phrase : str
    """

    kind: str
    name: str
    place: str
    case: str
    language: str
    phrase: str

    @property
    def sign(self) -> str:
        """What stands for the name in a line."""
        if self.place != "anywhere":
            return SET_OFF
        return BRIEF if len(self.phrase) == 2 else FREE


@cache
def credit_rows() -> tuple[CreditRow, ...]:
    """The rows that come with the library."""
    lines = (files("storyclust.text") / "credits.tsv").read_text(encoding="utf-8").splitlines()
    return tuple(CreditRow(*line.split("\t")) for line in lines if line and line[0] != "#")


def rows_of(*kinds: str, name: str | None = None, place: str | None = None) -> list[CreditRow]:
    """The rows of some kinds; of one name and of one place where these are given."""
    return [
        row for row in credit_rows() if row.kind in kinds and name in (None, row.name) and place in (None, row.place)
    ]


def any_of(rows: Iterable[CreditRow]) -> str:
    """A pattern of any of the phrases, the longest first; it matches no part of a longer word."""
    ordered = sorted(rows, key=lambda row: (-len(row.phrase), row.phrase))
    exact, folded = ("|".join(_phrase(row) for row in ordered if row.case == case) for case in ("exact", "any"))
    return f"(?>{exact or '(?!)'}|(?i:{folded or '(?!)'}))"


def _phrase(row: CreditRow) -> str:
    words = row.phrase.split()
    pattern = regex.escape(words[0])
    for before, word in pairwise(words):
        pattern += (BETWEEN_LETTERS if len(before) == len(word) == 1 else BETWEEN_WORDS) + regex.escape(word)
    return pattern if UNSPACED.search(row.phrase) else rf"(?<!\w){pattern}(?!\w)"


def bare(phrase: str) -> str:
    """The letters of a phrase, folded: the same however it is spaced.

    >>> bare("Thomson/Reuters") == bare("thomson reuters")
    True
    """
    return "".join(character for character in phrase.casefold() if character.isalnum())


class Phrases:
    """The phrases of some rows, to be found in lines.

    >>> [row.name for _, _, row in Phrases(rows_of("agency")).find("AFP and the Associated Press")]
    ['AFP', 'AP']
    """

    def __init__(self, rows: Iterable[CreditRow]) -> None:
        """Sort the phrases by their first words."""
        begun: defaultdict[str, list[CreditRow]] = defaultdict(list)
        self._rows: dict[str, CreditRow] = {}
        unspaced = []
        for row in rows:
            self._rows.setdefault(bare(row.phrase), row)
            if UNSPACED.search(row.phrase):
                unspaced.append(row)
            else:
                begun[WORD.search(row.phrase)[0].casefold()].append(row)  # type: ignore[index]
        self._begun = {word: regex.compile(any_of(own)) for word, own in begun.items()}
        self._unspaced = regex.compile(any_of(unspaced))
        self._first_words = frozenset(begun)

    def may_be_in(self, text: str) -> bool:
        """False where no phrase can be."""
        return not self._first_words.isdisjoint(WORD.findall(text.casefold())) or bool(UNSPACED.search(text))

    def find(self, line: str) -> Iterator[tuple[int, int, CreditRow]]:
        """Where phrases stand in a line, in its order, none within another, and the row of each."""
        stop = 0
        words = (
            pattern.match(line, word.start())
            for word in WORD.finditer(line)
            if (pattern := self._begun.get(word[0].casefold()))
        )
        found = chain(filter(None, words), self._unspaced.finditer(line) if UNSPACED.search(line) else ())
        for met in sorted(found, key=lambda met: (met.start(), -met.end())):
            if met.start() >= stop:
                stop = met.end()
                yield met.start(), stop, self._rows[bare(met[0])]


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line in which a sign stands for each name.

    Attributes
    ----------
    text : str
        The line, NAME for each name.
    rows : tuple of CreditRow
        What each sign stands for, in order.
    """

    text: str
    rows: tuple[CreditRow, ...]

    def rows_in(self, met: regex.Match[str], group: str = "names") -> tuple[CreditRow, ...]:
        """What the signs in a group of a match stand for."""
        first, last = (len(SIGNS.findall(self.text, 0, place)) for place in met.span(group))
        return self.rows[first:last]


@cache
def names() -> Phrases:
    """The agencies and outlets."""
    return Phrases(rows_of(AGENCY, OUTLET))


def name_line(line: str) -> NamedLine:
    """A line with a sign for each of its names.

    >>> line = name_line("(Reuters) - Ada Quill")
    >>> line.text == f"({FREE}) - Ada Quill", line.rows[0].name
    (True, 'Reuters')
    """
    text, rows, at = "", [], 0
    line = SIGNS.sub(" ", line)
    for start, stop, row in names().find(line):
        text += line[at:start] + row.sign
        rows.append(row)
        at = stop
    return NamedLine(text + line[at:], tuple(rows))


@cache
def list_of(name: str) -> str:
    """A pattern of names one behind another: "AFP, dpa and Reuters"; name: NAME, FREE_NAME or the like."""
    joint = rf"(?:\s?[,/&+;|·、，•–-]\s?|\s{any_of(rows_of('joint'))}\s)"
    return rf"{name}(?:{joint}(?i:the\s)?{name})*+"
