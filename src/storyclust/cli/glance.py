"""A result at a glance, as a terminal shows it.

In: an overview and a width. Out: text with styles, a line a thing, which says the same without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from storyclust.cli.printable import one_line

if TYPE_CHECKING:
    from storyclust.overview import Carried, LargeCluster, Notice, Overview

HEADING, NAME, ASIDE, WARNING = "bold", "cyan", "dim", "yellow"
# A headline has at least so many cells beside what is known of its cluster, or a line of its own.
HEADLINE_WIDTH = 30
# However wide the terminal, no headline and no name of an outlet is shown beyond these.
LONGEST_HEADLINE, LONGEST_NAME = 160, 60


def glance(overview: Overview, width: int) -> list[Text]:
    """The lines of an overview, each as wide as the terminal at most where it may be cut."""
    return [
        *_largest(overview.largest, width),
        *_carried("Outlets of most stories", overview.sources, width),
        *_carried("Agencies of the largest clusters, by stories", overview.agencies, width),
        *look_at(overview.notices, width),
    ]


def look_at(notices: Sequence[Notice], width: int) -> list[Text]:
    """What to look at, under a heading; nothing where all is well."""
    if not notices:
        return []
    bullets = [Text.assemble(("! ", WARNING), one_line(notice.message)) for notice in notices]
    return [*_heading("What to look at", width), *hanging(bullets, width, 4)]


def _largest(clusters: Sequence[LargeCluster], width: int) -> list[Text]:
    if not clusters:
        return []
    rows = [_known(cluster) for cluster in clusters]
    columns = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = _heading("Largest clusters, and the story of each to keep", width)
    beside = width - 2 - sum(columns) - 3 * 2 >= HEADLINE_WIDTH
    for (size, outlets, id), cluster in zip(rows, clusters, strict=True):
        headline = _cut(Text(one_line(cluster.title or "(no headline)")), LONGEST_HEADLINE)
        number = Text.assemble("  ", (f"{size:>{columns[0]}}", HEADING), "  ")
        if beside:
            carried = (_filled(outlets, columns[1]) + "  " if columns[1] else "", ASIDE)
            lines.append(_cut(Text.assemble(number, carried, (_filled(id, columns[2]), NAME), "  ", headline), width))
        else:
            indent = len(number)
            lines += hanging([Text.assemble(number, (id, NAME))], width, indent)
            carried = (f"{outlets}: " if outlets else "", ASIDE)
            lines.append(_cut(Text.assemble(" " * indent, carried, headline), width))
    return lines


def _filled(text: str, cells: int) -> str:
    return text + " " * (cells - cell_len(text))


def _known(cluster: LargeCluster) -> tuple[str, str, str]:
    coverage = cluster.coverage
    outlets = len(coverage.outlets)
    named = f"{outlets:,} {'outlet' if outlets == 1 else 'outlets'}" if outlets else ""
    return f"{coverage.stories:,}", named, one_line(cluster.canonical)


def _carried(heading: str, carried: Sequence[Carried], width: int) -> list[Text]:
    if not carried:
        return []
    listed = [
        Text.assemble((f"{each.stories:,} ", HEADING), _cut(Text(one_line(each.name)), LONGEST_NAME))
        for each in carried
    ]
    return [*_heading(heading, width), *hanging([Text.assemble("  ", Text(", ").join(listed))], width, 2)]


def _heading(words: str, width: int) -> list[Text]:
    return [Text(), *hanging([Text(words, HEADING)], width, 0)]


def hanging(texts: Iterable[Text], width: int, indent: int) -> list[Text]:
    """Texts broken into lines of a width, all but the first of each set in by some cells."""
    console = Console(width=width)
    lines: list[Text] = []
    for text in texts:
        broken = text.wrap(console, max(width - indent, 1))
        for place, line in enumerate(broken):
            line.rstrip()
            lines.append(Text.assemble(" " * indent, line) if place else line)
    return lines


def _cut(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    return line
