"""The desk's markup: stories written down once, with what every part of them is.

A desk file holds stories; each begins with a line ``=== id`` and headers, ``key: value``, up to the first blank line.
The body is blocks with blank lines between them. The first character of a block says what it is:

====== ================================================================
``|``  clutter: menus, sign-up lines, related headlines, a line each;
       ``|@name`` puts a site's furniture there
``>``  credit: byline, time stamp, agency sign-off, copyright
``^``  caption, with its photo credit
``~``  a post embedded without quotation marks
``%``  stock: an agency's background paragraph
``@``  a passage of another story: ``@id 3`` or ``@id 3-5``
other  narrated text; ``{...}`` is quoted, ``[...]`` a dateline
====== ================================================================

Paragraphs are the blocks that are no clutter, credit or caption, numbered from 1. Under an ``@`` line stand either
edits, ``- old => new`` each, or the paragraph as it was rewritten. Either way the words stay known as that paragraph's.

In goes a file's text, out come drafts: headers and blocks, references not yet followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from storyclust.errors import DataError

BlockKind = Literal["clutter", "credit", "caption", "post", "stock", "narrated"]

HEADERS = frozenset(
    {"title", "source", "published", "agency", "language", "original", "running", "family"}
    | {"traps", "note", "keep", "marks", "breaks"}
)
REQUIRED = ("title", "source", "published", "traps", "note")
_KINDS: Mapping[str, BlockKind] = {"|": "clutter", ">": "credit", "^": "caption", "~": "post", "%": "stock"}
_PARAGRAPHS = frozenset({"post", "stock", "narrated"})
_REFERENCE = re.compile(r"@(?P<id>[a-z0-9-]+) (?P<first>\d+)(?:-(?P<last>\d+))?")
_EDIT = re.compile(r"- (?P<old>.+?) =>(?: (?P<new>.*))?")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a story's own text."""

    kind: BlockKind
    text: str

    @property
    def is_paragraph(self) -> bool:
        """Whether it has a number by which others can refer to it."""
        return self.kind in _PARAGRAPHS


@dataclass(frozen=True, slots=True)
class Reference:
    """Paragraphs of another story, as they stand there, with edits, or rewritten."""

    id: str
    first: int
    last: int
    edits: tuple[tuple[str, str], ...] = ()
    rewritten: str = ""


@dataclass(frozen=True, slots=True)
class Furniture:
    """Lines a site prints on every page, by their name in the furniture file; ``{title}`` stands for the headline."""

    name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A story as the desk wrote it down."""

    id: str
    place: str
    headers: Mapping[str, str]
    blocks: tuple[Block | Reference | Furniture, ...]


class MarkupError(DataError):
    """A desk file that cannot be read."""

    def __init__(self, place: str, problem: str) -> None:
        """Say where, and what was expected."""
        super().__init__(f"{place}: {problem}")


def read_drafts(text: str, name: str) -> Iterator[Draft]:
    """The stories of one desk file, in the order in which they stand there."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("=== ")]
    if not starts or any(line.strip() for line in lines[: starts[0]]):
        raise MarkupError(f"{name}:1", "expected a line '=== id' first")
    for start, stop in zip(starts, [*starts[1:], len(lines)], strict=True):
        place = f"{name}:{start + 1}"
        id = lines[start].removeprefix("=== ").strip()
        if not re.fullmatch(r"[a-z0-9-]+", id):
            raise MarkupError(place, f"the id is {id!r}; expected small letters, digits and hyphens")
        paragraphs = "\n".join(lines[start + 1 : stop]).strip("\n")
        head, _, body = paragraphs.partition("\n\n")
        blocks = tuple(block for lines in re.split(r"\n{2,}", body.strip("\n")) for block in _blocks(lines, place))
        yield Draft(id, place, _headers(head, place), blocks)


def _headers(head: str, place: str) -> dict[str, str]:
    headers = {}
    for line in head.splitlines():
        key, colon, value = line.partition(": ")
        if not colon or key not in HEADERS or key in headers:
            raise MarkupError(place, f"{line!r} is no header; expected each of {', '.join(sorted(HEADERS))} once")
        headers[key] = value.strip()
    missing = [key for key in REQUIRED if not headers.get(key)]
    if missing:
        raise MarkupError(place, f"no header {', '.join(missing)}")
    return headers


def read_furniture(text: str) -> dict[str, str]:
    """The lines of every site, by name: ``=== name`` and the lines under it."""
    return {
        name.strip(): lines.strip("\n")
        for name, _, lines in (section.partition("\n") for section in re.split(r"(?m)^=== ", text)[1:])
    }


def _blocks(text: str, place: str) -> Iterator[Block | Reference | Furniture]:
    if text.startswith("@"):
        yield _reference(text, place)
        return
    for furniture, lines in groupby(text.splitlines(), key=lambda line: line.startswith("|@")):
        if furniture:
            yield from (Furniture(line.removeprefix("|@").strip()) for line in lines)
        else:
            yield _block("\n".join(lines), place)


def _block(text: str, place: str) -> Block:
    kind = _KINDS.get(text[0], "narrated")
    lines = text.splitlines()
    if kind == "narrated":
        return Block(kind, " ".join(lines))
    mark = text[0]
    if kind in ("clutter", "credit"):
        if not all(line.startswith(mark) for line in lines):
            raise MarkupError(place, f"every line of the block {text!r:.60} must begin with {mark!r}")
        return Block(kind, "\n".join(line[1:].strip() for line in lines))
    return Block(kind, " ".join([lines[0][1:].strip(), *lines[1:]]))


def _reference(text: str, place: str) -> Reference:
    first, *rest = text.splitlines()
    match = _REFERENCE.fullmatch(first.strip())
    if match is None:
        raise MarkupError(place, f"{first!r} is no reference; expected '@id 3' or '@id 3-5'")
    start = int(match["first"])
    stop = int(match["last"] or start)
    if not rest:
        return Reference(match["id"], start, stop)
    if not rest[0].startswith("- "):
        if start != stop:
            raise MarkupError(place, f"{first!r} is rewritten; expected one paragraph at a time")
        return Reference(match["id"], start, stop, rewritten=" ".join(rest))
    edits = []
    for line in rest:
        edit = _EDIT.fullmatch(line)
        if edit is None:
            raise MarkupError(place, f"{line!r} is no edit; expected '- old => new'")
        edits.append((edit["old"], edit["new"] or ""))
    return Reference(match["id"], start, stop, edits=tuple(edits))
