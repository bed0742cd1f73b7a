"""From the desk's drafts to stories as scraped, with the span and the origin of every part.

References are followed to the paragraph that was written first, however many hands it went through. What comes out is
the text an outlet's page would give, and spans which together cover it: what each part is, and whose paragraph it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from storyclust.newsroom.markup import Block, Draft, Furniture, MarkupError, Reference

SpanKind = Literal["narrated", "quoted", "post", "caption", "credit", "stock", "clutter"]

# How an outlet prints the marks “ ” ‘ ’ of the desk.
MARKS: Mapping[str, str] = {"curly": "“”‘’", "straight": "\"\"''", "guillemets": "«»‘’", "low": "„“‘’"}
BREAKS: Mapping[str, str] = {"double": "\n\n", "single": "\n"}

_INLINE = re.compile(r"\{(?P<quoted>[^{}]*)\}|\[(?P<credit>[^\[\]]*)\]|(?P<narrated>[^{}\[\]]+)")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Origin:
    """The paragraph that was written first: its story and its number there, from 1."""

    id: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a story's text, half-open in code points, and what it is.

    Attributes
    ----------
    start, stop : int
        ``text[start:stop]`` is the stretch, without space at either end.
    kind : {"narrated", "quoted", "post", "caption", "credit", "stock", "clutter"}
        Credits are datelines, bylines, sign-offs and copyright; a post is embedded without quotation marks; stock is
        an agency's background paragraph; clutter is what the site put there.
    origin : Origin or None
        Whose paragraph it is; None for clutter, captions and credits of the page.
    """

    start: int
    stop: int
    kind: SpanKind
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the desk wrote down: drafts by id, and the lines that sites print on every page, by name."""

    drafts: Mapping[str, Draft]
    furniture: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Paragraph:
    kind: SpanKind
    markup: str
    origin: Origin | None


def assemble(draft: Draft, desk: Desk) -> tuple[str, tuple[Span, ...]]:
    """The text of a draft as its outlet's page gives it, and the spans that cover it.

    Raises
    ------
    MarkupError
        If a reference leads nowhere, an edit finds its words not exactly once, or brackets do not pair.
    """
    marks = str.maketrans(MARKS["curly"], _choice(draft, "marks", MARKS))
    between = _choice(draft, "breaks", BREAKS)
    text, spans = "", []
    for paragraph in _paragraphs(draft, desk, ()):
        text += between if text else ""
        for kind, piece in _pieces(paragraph, draft.place):
            stripped = piece.strip()
            if _WORD.search(stripped) or kind != "narrated":
                start = len(text) + len(piece) - len(piece.lstrip())
                spans.append(Span(start, start + len(stripped), kind, paragraph.origin))
            text += piece
        text = text.rstrip()
    return text.translate(marks), tuple(spans)


def _choice(draft: Draft, header: str, choices: Mapping[str, str]) -> str:
    name = draft.headers.get(header, next(iter(choices)))
    if name not in choices:
        raise MarkupError(draft.place, f"{header} is {name!r}; expected one of {', '.join(choices)}")
    return choices[name]


def _paragraphs(draft: Draft, desk: Desk, path: tuple[str, ...]) -> Iterator[_Paragraph]:
    """The blocks of a draft with its references followed."""
    if draft.id in path:
        raise MarkupError(draft.place, f"the references run in a circle: {' > '.join((*path, draft.id))}")
    number = 0
    for block in draft.blocks:
        if isinstance(block, Block):
            number += block.is_paragraph
            yield _Paragraph(block.kind, block.text, Origin(draft.id, number) if block.is_paragraph else None)
        elif isinstance(block, Furniture):
            if block.name not in desk.furniture:
                raise MarkupError(draft.place, f"a reference to furniture {block.name!r}, which no file holds")
            lines = desk.furniture[block.name].replace("{title}", draft.headers["title"])
            yield _Paragraph("clutter", lines, None)
        else:
            number += block.last - block.first + 1
            yield from _referred(block, draft, desk, (*path, draft.id))


def _referred(reference: Reference, draft: Draft, desk: Desk, path: tuple[str, ...]) -> Iterator[_Paragraph]:
    if reference.id not in desk.drafts:
        raise MarkupError(draft.place, f"a reference to {reference.id!r}, which no file holds")
    found = [p for p in _paragraphs(desk.drafts[reference.id], desk, path) if p.origin is not None]
    chosen = found[reference.first - 1 : reference.last]
    if not 1 <= reference.first <= reference.last <= len(found):
        raise MarkupError(
            draft.place, f"@{reference.id} {reference.first}-{reference.last}: it has paragraphs 1 to {len(found)}"
        )
    markups = [reference.rewritten] if reference.rewritten else _edited(reference, chosen, draft.place)
    for paragraph, markup in zip(chosen, markups, strict=True):
        yield _Paragraph(paragraph.kind, markup, paragraph.origin)


def _edited(reference: Reference, paragraphs: list[_Paragraph], place: str) -> list[str]:
    markups = [paragraph.markup for paragraph in paragraphs]
    for old, new in reference.edits:
        found = [number for number, markup in enumerate(markups) if old in markup]
        if len(found) != 1 or markups[found[0]].count(old) != 1:
            raise MarkupError(
                place, f"@{reference.id} {reference.first}-{reference.last}: {old!r} must stand there exactly once"
            )
        markups[found[0]] = re.sub(" {2,}", " ", markups[found[0]].replace(old, new)).strip()
    return markups


def _pieces(paragraph: _Paragraph, place: str) -> Iterator[tuple[SpanKind, str]]:
    """The stretches of one kind of a paragraph: its own, and the quoted ones and datelines within."""
    if paragraph.origin is None:
        yield paragraph.kind, paragraph.markup
        return
    end = 0
    for match in _INLINE.finditer(paragraph.markup):
        if match.start() != end:
            break
        end = match.end()
        kind = match.lastgroup
        yield paragraph.kind if kind == "narrated" else "quoted" if kind == "quoted" else "credit", match[kind or 0]
    if end != len(paragraph.markup):
        raise MarkupError(place, f"braces or brackets that do not pair near {paragraph.markup[end : end + 40]!r}")
