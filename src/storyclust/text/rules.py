"""The rules that tell the lines of a page apart: phrases as data, compiled to arrays.

In: the rows of ``rules.tsv``. Out: arrays for `lines_kernels`. Phrases go through the library's own word splitter, so
that they fold as texts do, and a line is looked at word by word without a pattern being run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from storyclust.arrays import Hashes, Numbers
from storyclust.errors import DataError
from storyclust.text import lines_kernels as lines
from storyclust.text import words_kernels as words

KINDS: Mapping[str, int] = {"caption": words.CAPTION, "credit": words.CREDIT, "clutter": words.CLUTTER}
PLACES: Mapping[str, int] = {
    "anywhere": lines.ANYWHERE,
    "start": lines.START,
    "tail": lines.TAIL,
    "whole": lines.WHOLE,
}
ENDED: Mapping[str, bool] = {"any": False, "no": True}
COLUMNS = ("kind", "place", "most", "ended", "language", "phrase")


@dataclass(frozen=True, slots=True)
class Rule:
    """A phrase that gives a line away.

    Attributes
    ----------
    kind : {"caption", "credit", "clutter"}
        What a line with the phrase is.
    place : {"anywhere", "start", "tail", "whole"}
        Where in the line it must stand: the tail is the last ten words.
    most : int
        How many words the line may have.
    unended : bool
        Whether the line must lack a full stop.
    language : str
        A tag of BCP 47; for the reader, since pages mix languages.
    phrase : str
        Words; case and punctuation do not count.
    """

    kind: str
    place: str
    most: int
    unended: bool
    language: str
    phrase: str

    @classmethod
    def read(cls, row: str, place: str) -> Rule:
        """A rule from a row of tab-separated columns; `place` names the row in errors."""
        cells = row.split("\t")
        if len(cells) != len(COLUMNS):
            raise DataError(f"{place}: {len(cells)} columns; expected {', '.join(COLUMNS)}, separated by tabs")
        kind, where, most, ended, language, phrase = cells
        for name, value, choices in (("kind", kind, KINDS), ("place", where, PLACES), ("ended", ended, ENDED)):
            if value not in choices:
                raise DataError(f"{place}: {name} is {value!r}; expected one of {', '.join(choices)}")
        if not most.isdecimal():
            raise DataError(f"{place}: most is {most!r}; expected how many words the line may have")
        return cls(kind, where, int(most), ENDED[ended], language, phrase)


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """Rules as `lines_kernels` reads them.

    Attributes
    ----------
    rules : int32 array of shape (rules, RULE_COLUMNS)
    slots : int32 array, a power of two long
        The first rule whose phrase begins with a word of that hash, -1 where there is none.
    phrase_words : uint64 array
        The words of all phrases.
    """

    rules: Numbers
    slots: Numbers
    phrase_words: Hashes


def read_rules(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a table; empty lines and those that begin with ``#`` are none.

    >>> read_rules("caption\\ttail\\t60\\tno\\ten\\tcourtesy photo", "mine.tsv")[0].phrase
    'courtesy photo'
    """
    numbered = enumerate(text.splitlines(), 1)
    return tuple(Rule.read(row, f"{name}:{number}") for number, row in numbered if row.strip() and row[0] != "#")


@cache
def own_rules() -> CompiledRules:
    """The rules that come with the library."""
    text = (files("storyclust.text") / "rules.tsv").read_text(encoding="utf-8")
    return compile_rules(read_rules(text, "rules.tsv"))


def compile_rules(rules: Sequence[Rule]) -> CompiledRules:
    """Rules as arrays; where several match a line, the first given decides."""
    # Imported here because splitting into words asks for the rules.
    from storyclust.text.words import split

    phrases = split([rule.phrase for rule in rules])
    first = phrases.first_word
    rows = np.empty((len(rules), lines.RULE_COLUMNS), np.int32)
    slots = np.full(1 << (4 * len(rules)).bit_length(), -1, np.int32)
    for number in reversed(range(len(rules))):
        rule = rules[number]
        slot = int(phrases.hashes[first[number]]) & (len(slots) - 1)
        where = KINDS[rule.kind], PLACES[rule.place], rule.most, rule.unended
        rows[number] = *where, first[number], first[number + 1], slots[slot]
        slots[slot] = number
    return CompiledRules(rows, slots, phrases.hashes)
