"""What outlets do to a text, as values: the truth of a copy is what was done to it.

In goes a text, out comes what an outlet makes of it. An edit is a pure function, defined for any text; where there is
nothing for it to do, as with a text of one paragraph to drop paragraphs from, the text comes out as it went in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, get_args

import regex

from storyclust.errors import UsageError
from storyclust.newsroom.assemble import MARKS

EditKind = Literal["full", "cut", "brief", "local text", "words changed", "paragraph dropped", "furniture", "respelled"]
KINDS: tuple[EditKind, ...] = get_args(EditKind)

BRIEF_WORDS = 25
# Fewer than a sentence has, so that most sentences stay whole.
WORDS_PER_CHANGE = 20
_SPELLED = """
cancelled/canceled, catalogue/catalog, centre/center, colour/color, defence/defense, favour/favor, grey/gray,
harbour/harbor, honour/honor, kilometres/kilometers, labour/labor, litres/liters, metres/meters, neighbours/neighbors,
organise/organize, organised/organized, organisers/organizers, per cent/percent, plough/plow, programme/program,
theatre/theater, tonnes/tons, travelled/traveled
"""
SPELLINGS: Mapping[str, str] = dict(pair.strip().split("/") for pair in _SPELLED.split(","))

# Scripts without spaces give a word a character, so that no change swallows a sentence of them.
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{N}]+")
_PARAGRAPH = re.compile(r"[^\n]+\n*|\n+")
_BRITISH = re.compile(rf"\b(?:{'|'.join(SPELLINGS)})\b", re.IGNORECASE)
_AMERICAN_MARKS = str.maketrans(MARKS["curly"], MARKS["straight"])


@dataclass(frozen=True, slots=True)
class Edit:
    """What an outlet does to a story's text.

    Parameters
    ----------
    kind : {"full", "cut", "brief", "local text", "words changed", "paragraph dropped", "furniture", "respelled"}
        ``"full"`` changes nothing. ``"cut"`` keeps the paragraphs from the top that hold half the words or more,
        ``"brief"`` those that hold 25. ``"local text"`` puts paragraphs of the outlet's own between others or at the
        end. ``"words changed"`` replaces one word in 20 at most, none with a digit. ``"paragraph dropped"`` leaves out
        one that holds half the words or fewer. ``"furniture"`` puts the lines of the site above and below.
        ``"respelled"`` turns British spelling into American and typographic quotation marks into straight ones.
    place : int, at least 0
        Which paragraph is dropped or followed by local text, or how far below half a cut is made; of so many
        choices as the text gives, counted round.
    added : tuple of str
        The outlet's own paragraphs, or the lines of its site: the first goes above, the others below.
    changes : tuple of (int, str)
        Which words are changed, counted round, and what each becomes; those beyond one in 20 are left alone.

    Raises
    ------
    UsageError
        If the kind is none of these.

    Examples
    --------
    >>> Edit("furniture", added=("Menu", "Sign up")).apply("The ferry sank.")
    'Menu\\nThe ferry sank.\\nSign up'
    """

    kind: EditKind
    place: int = 0
    added: tuple[str, ...] = ()
    changes: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UsageError(f"an edit's kind is {self.kind!r}; expected one of {', '.join(KINDS)}")

    def apply(self, text: str) -> str:
        """What the outlet makes of a text.

        >>> Edit("respelled").apply("“Forty per cent of the harbour”")
        '"Forty percent of the harbor"'
        """
        return _EDITORS[self.kind](self, text)


def _full(_edit: Edit, text: str) -> str:
    return text


def _cut(edit: Edit, text: str) -> str:
    paragraphs, counted = _paragraphs(text)
    stops = [number for number, words in enumerate(counted[:-1], 1) if 2 * words >= counted[-1]]
    return "".join(paragraphs[: stops[edit.place % len(stops)]]).rstrip("\n") if stops else text


def _brief(_edit: Edit, text: str) -> str:
    paragraphs, counted = _paragraphs(text)
    stop = next((number for number, words in enumerate(counted[:-1], 1) if words >= BRIEF_WORDS), None)
    return text if stop is None else "".join(paragraphs[:stop]).rstrip("\n")


def _with_local_text(edit: Edit, text: str) -> str:
    paragraphs, _ = _paragraphs(text)
    stop = 1 + edit.place % max(1, len(paragraphs))
    parts = "".join(paragraphs[:stop]), *edit.added, "".join(paragraphs[stop:])
    return "\n\n".join(stripped for part in parts if (stripped := part.strip("\n")))


def _with_words_changed(edit: Edit, text: str) -> str:
    found = list(_WORD.finditer(text))
    allowed = edit.changes[: len(found) // WORDS_PER_CHANGE]
    changes = {place % len(found): word for place, word in allowed}
    edited, end = "", 0
    for number in sorted(changes):
        # Another figure would be another fact, which no outlet means to print.
        if not any(map(str.isdigit, found[number][0])):
            edited += text[end : found[number].start()] + changes[number]
            end = found[number].end()
    return edited + text[end:]


def _without_a_paragraph(edit: Edit, text: str) -> str:
    paragraphs, counted = _paragraphs(text)
    sizes = [words - before for before, words in zip([0, *counted], counted, strict=False)]
    small = [number for number, size in enumerate(sizes) if 0 < 2 * size <= counted[-1]]
    if not small:
        return text
    dropped = small[edit.place % len(small)]
    return "".join(paragraphs[:dropped] + paragraphs[dropped + 1 :])


def _in_furniture(edit: Edit, text: str) -> str:
    return "\n".join([*edit.added[:1], text, *edit.added[1:]])


def _respelled(_edit: Edit, text: str) -> str:
    return _BRITISH.sub(_in_american, text).translate(_AMERICAN_MARKS)


def _in_american(british: re.Match[str]) -> str:
    return british[0][0] + SPELLINGS[british[0].lower()][1:]


def _paragraphs(text: str) -> tuple[list[str], Sequence[int]]:
    """The lines of a text with the breaks after them, and how many words there are up to the end of each."""
    paragraphs = _PARAGRAPH.findall(text)
    return paragraphs, list(accumulate(len(_WORD.findall(paragraph)) for paragraph in paragraphs))


_EDITORS: Mapping[EditKind, Callable[[Edit, str], str]] = {
    "full": _full,
    "cut": _cut,
    "brief": _brief,
    "local text": _with_local_text,
    "words changed": _with_words_changed,
    "paragraph dropped": _without_a_paragraph,
    "furniture": _in_furniture,
    "respelled": _respelled,
}
