"""Two stories and what they share, as a terminal shows it.

In: a link, its stories, and a width. Out: text with styles: who, why, and every passage within the words around it in
either story. What is shared stands in brackets and has its kind above it, so that nothing is lost without colour.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich.text import Text

from storyclust.cli.glance import ASIDE, HEADING, NAME, hanging
from storyclust.cli.printable import one_line
from storyclust.model import Link, PassageKind, Story

Showing = Literal["shortened", "whole"]

# Words around a passage, and words of it that are shown before and after what is left out in the middle.
CONTEXT, EITHER_END = 12, 24

INKS: dict[PassageKind, str] = {
    "narrated": "bold green",
    "quoted": "cyan",
    "caption": "yellow",
    "boilerplate": "magenta",
    "stock": "blue",
}
MEANINGS: dict[PassageKind, str] = {
    "narrated": "told by the writer, which links stories",
    "quoted": "in quotation marks or a post, which alone links none",
    "caption": "of a picture, or its credit: counts for nothing",
    "boilerplate": "bylines, copyright, lines of a site: count for nothing",
    "stock": "a passage of many unlike stories: counts for nothing",
}


@dataclass(frozen=True, slots=True)
class Body:
    """A text and where its words are: half-open offsets, rising."""

    text: str
    starts: Sequence[int]
    stops: Sequence[int]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage within the words around it.

    Attributes
    ----------
    before, after : str
        Up to CONTEXT words that are not shared, with dots where the text goes on.
    shared : str
        The passage, or its beginning.
    left_out : int
        Words left out after that.
    rest : str
        Its end, if any are.
    """

    before: str
    shared: str
    left_out: int
    rest: str
    after: str


def body_of(text: str) -> Body:
    """A text with its words as the comparison has them, so that scripts without spaces have words too."""
    from storyclust.text.words import analyse

    words = analyse([text])
    return Body(text, words.starts.tolist(), words.stops.tolist())


def excerpt(body: Body, start: int, stop: int, shared: Sequence[tuple[int, int]], showing: Showing) -> Excerpt:
    """The passage from one offset to another, within words that no passage in ``shared`` has.

    >>> body = body_of("At dawn the ferry Anselm ran aground off Marrek.")
    >>> excerpt(body, 8, 36, [(8, 36)], "shortened")
    Excerpt(before='At dawn ', shared='the ferry Anselm ran aground', left_out=0, rest='', after=' off Marrek.')
    """
    text = body.text
    floor = max((other for _, other in shared if other <= start), default=0)
    ceiling = min((other for other, _ in shared if other >= stop), default=len(text))
    first, end = bisect_left(body.starts, start), bisect_right(body.stops, stop)
    lowest = max(first - CONTEXT, bisect_left(body.starts, floor))
    highest = min(end + CONTEXT, bisect_right(body.stops, ceiling))
    left = body.starts[lowest] if first - lowest == CONTEXT else floor
    right = body.stops[highest - 1] if highest - end == CONTEXT else ceiling
    before = f"{'... ' if text[:left].strip() else ''}{text[left:start]}"
    after = f"{text[stop:right]}{' ...' if text[right:].strip() else ''}"
    left_out = end - first - 2 * EITHER_END
    if showing == "whole" or left_out <= 0:
        return Excerpt(before, text[start:stop], 0, "", after)
    head, tail = body.stops[first + EITHER_END - 1], body.starts[end - EITHER_END]
    return Excerpt(before, text[start:head], left_out, text[tail:stop], after)


def evidence(link: Link, stories: Mapping[str, Story], showing: Showing, width: int) -> Text:
    """Who, why, the figures, and each passage in both stories."""
    ids = link.id_a, link.id_b
    lines = hanging([_headline(stories[id]) for id in ids], width, 4)
    lines += [Text(), *hanging([Text(link.reason, HEADING)], width, 4), Text(), *hanging(_figures(link), width, 4)]
    kinds = [kind for kind in INKS if any(passage.kind == kind for passage in link.passages)]
    if kinds:
        lines += [Text(), *hanging([Text("Shared words stand in [brackets]:")], width, 0)]
        legend = [Text.assemble("  ", (f"[{kind}]", INKS[kind]), f" {MEANINGS[kind]}") for kind in kinds]
        lines += hanging(legend, width, 4)
    bodies = {id: body_of(stories[id].text) for id in ids}
    spans = {
        link.id_a: [(passage.a_start, passage.a_stop) for passage in link.passages],
        link.id_b: [(passage.b_start, passage.b_stop) for passage in link.passages],
    }
    for number, passage in enumerate(link.passages):
        ink = INKS[passage.kind]
        lines += [Text(), *hanging([Text(f"{_words(passage.words)}, {passage.kind}:", ink)], width, 0)]
        shown_before = None
        for id in ids:
            start, stop = spans[id][number]
            shared = one_line(bodies[id].text[start:stop])
            cut = excerpt(bodies[id], start, stop, spans[id], showing)
            in_context = _in_context(cut, ink, "the same" if shared == shown_before else None)
            shown_before = shared
            lines += hanging([Text.assemble("  ", (one_line(id), NAME), (f" {start}:{stop}", ASIDE))], width, 4)
            lines += [Text.assemble("    ", line) for line in hanging([in_context], max(width - 4, 1), 0)]
    return Text("\n").join(lines)


def _in_context(cut: Excerpt, ink: str, instead: str | None) -> Text:
    """A passage in brackets between the words around it, or what is said instead of it."""
    shown = Text()
    before, after = _edges(cut)
    shown.append(before)
    if instead is not None:
        shown.append(f"[{instead}]", f"{ink} italic")
    else:
        shown.append(f"[{one_line(cut.shared)}", ink)
        if cut.left_out:
            shown.append(f" ... {_words(cut.left_out)} left out ... ", ASIDE)
            shown.append(one_line(cut.rest), ink)
        shown.append("]", ink)
    return shown.append(after)


def _edges(cut: Excerpt) -> tuple[str, str]:
    """The words before and after in one line, with a space to the passage where the text has white space there."""
    before, after = one_line(cut.before), one_line(cut.after)
    return (
        f"{before} " if before and cut.before[-1:].isspace() else before,
        f" {after}" if after and cut.after[:1].isspace() else after,
    )


def _figures(link: Link) -> list[Text]:
    told = [
        Text(
            f"shared: {link.shared_words:,} narrated and {link.quoted_words:,} quoted words "
            f"({link.share:.0%} of the shorter story's narration); "
            f"Jaccard {link.jaccard:.2f}, containment {link.containment:.2f}, likeness {link.likeness:.2f}"
        )
    ]
    if link.origin is not None:
        told.append(Text.assemble("source: ", (one_line(link.origin), NAME), f" ({link.origin_sign})"))
    return told


def _headline(story: Story) -> Text:
    when = story.published.strftime("%Y-%m-%d %H:%M") if story.published else "undated"
    title, source = one_line(story.title or "(no headline)"), one_line(story.source or "no source")
    return Text.assemble((one_line(story.id), NAME), ": ", (title, HEADING), (f" [{source}, {when}]", ASIDE))


def _words(number: int) -> str:
    return f"{number:,} {'word' if number == 1 else 'words'}"


def as_json(link: Link, stories: Mapping[str, Story]) -> dict[str, Any]:
    """The link and its two stories as one object, each passage with its text in both: see ``docs/file-formats.md``."""
    from storyclust.tables import DECIMALS, story_row

    a, b = stories[link.id_a], stories[link.id_b]
    fractions = ("share", "jaccard", "containment", "passage_share", "likeness")
    return {
        **asdict(link),
        **{name: round(getattr(link, name), DECIMALS) for name in fractions},
        "passages": [
            {
                **asdict(passage),
                "a_text": a.text[passage.a_start : passage.a_stop],
                "b_text": b.text[passage.b_start : passage.b_stop],
            }
            for passage in link.passages
        ],
        "stories": [story_row(a), story_row(b)],
    }
