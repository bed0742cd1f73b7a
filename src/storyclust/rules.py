"""The rules that tell the lines of a page apart, as rows of a table: those of the library and a user's own.

In: tab-separated rows of kind, place, most, ended, language and phrase. Out: `Rule` objects, which settings hold and
`storyclust.text.rules` compiles.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from storyclust.errors import DataError
from storyclust.named_files import reading

KINDS = ("caption", "credit", "clutter", "story", "quotation")
PLACES = ("anywhere", "start", "tail", "whole", "dateline", "dated", "dialogue")
# Places in a line that is otherwise told: the rule is no judgement of the whole line.
PARTS = PLACES[4:]
ENDED = ("any", "no")
COLUMNS = ("kind", "place", "most", "ended", "language", "phrase")
LONGEST_LINE = 100_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A phrase that gives a line of a page away.

    Attributes
    ----------
    kind : {"caption", "credit", "clutter", "story", "quotation"}
        What a line with the phrase is; ``"story"`` keeps a line that other rules would take. ``"quotation"`` goes with
        the place ``"dialogue"`` alone.
    place : {"anywhere", "start", "tail", "whole", "dateline", "dated", "dialogue"}
        Where in the line the phrase must stand; the tail is the last ten words, and at the start something must follow.
        At three places the phrase gives a part of the line away: ``"dateline"``, an agency's name in a dateline or in
        the credit behind the last sentence; ``"dated"``, what ends a dateline that begins with such a name, in scripts
        without spaces; ``"dialogue"``, a verb of speaking set off in a line that begins with a dash.
    most : int, 1 to 100,000
        How many words the line may have; at ``"dateline"``, the dateline.
    ended : {"any", "no"}
        ``"no"``: only lines without a full stop or the like; not where the phrase gives away a part.
    language : str
        A tag of BCP 47; for the reader, since pages mix languages.
    phrase : str
        Words; case and punctuation do not count.

    Raises
    ------
    DataError
        If a value is none of these.

    Examples
    --------
    >>> Rule.read("caption\\ttail\\t60\\tno\\ten\\tcourtesy photo").phrase
    'courtesy photo'
    """

    kind: str
    place: str
    most: int
    ended: str
    language: str
    phrase: str

    def __post_init__(self) -> None:
        choices = ("kind", KINDS), ("place", PLACES), ("ended", ENDED)
        for name, allowed in choices:
            if getattr(self, name) not in allowed:
                raise DataError(f"{name} is {getattr(self, name)!r}; expected one of {', '.join(allowed)}")
        if (self.kind == "quotation") != (self.place == "dialogue"):
            raise DataError(
                f"kind is {self.kind!r} and place {self.place!r}; expected quotation with dialogue, or neither"
            )
        if self.place in PARTS and self.ended != "any":
            raise DataError(f"ended is {self.ended!r}; expected any, since the place is {self.place}")
        if isinstance(self.most, bool) or not isinstance(self.most, int) or not 1 <= self.most <= LONGEST_LINE:
            raise DataError(f"most is {self.most!r}; expected how many words the line may have, 1 to {LONGEST_LINE}")
        if not isinstance(self.phrase, str) or not any(character.isalnum() for character in self.phrase):
            raise DataError(f"the phrase is {self.phrase!r}; expected at least one word")

    @classmethod
    def read(cls, row: str, where: str = "rule") -> Self:
        """A rule from a row; `where` names the row in errors.

        Raises
        ------
        DataError
            If the row has other columns, or a cell another value than those named above.
        """
        cells = row.split("\t")
        if len(cells) != len(COLUMNS):
            raise DataError(f"{where}: {len(cells)} columns; expected {', '.join(COLUMNS)}, separated by tabs")
        kind, place, most, ended, language, phrase = cells
        try:
            return cls(kind, place, int(most) if most.isdecimal() else most, ended, language, phrase)  # type: ignore[arg-type]
        except DataError as error:
            raise DataError(f"{where}: {error}") from error

    @property
    def row(self) -> str:
        """The row that `read` reads."""
        return "\t".join((self.kind, self.place, str(self.most), self.ended, self.language, self.phrase))


def read_rules(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a table; empty lines and those that begin with ``#`` are none."""
    numbered = enumerate(text.splitlines(), 1)
    return tuple(Rule.read(row, f"{name}:{number}") for number, row in numbered if row.strip() and row[0] != "#")


def load_rules(path: str | os.PathLike[str]) -> tuple[Rule, ...]:
    """The rules of a file, for ``Settings(rules=...)``; they come before the library's own.

    Raises
    ------
    DataError
        If the file cannot be read, or a row is no rule.
    MissingFileError
        If there is no such file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "mine.tsv")
    ...     _ = path.write_text("clutter\\tanywhere\\t30\\tany\\ten\\tour autumn raffle")
    ...     load_rules(path)[0].kind
    'clutter'
    """
    with reading(path, "a file of rules"):
        text = Path(path).read_text(encoding="utf-8")
    return read_rules(text, os.fspath(path))
