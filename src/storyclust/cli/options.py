"""The options that several commands take, and what they make of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from storyclust.io import Columns, StoryReader
from storyclust.rules import load_rules
from storyclust.settings import Settings

READING, RULES, RUNNING = "Reading", "Rules", "Running"


class Format(StrEnum):
    """A format of many records a file."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


class OnError(StrEnum):
    """What becomes of a record that cannot be used."""

    fail = "fail"
    skip = "skip"


class Canonical(StrEnum):
    """Which story of a cluster is kept."""

    centroid = "centroid"
    earliest = "earliest"
    longest = "longest"


class Level(StrEnum):
    """The level clusters are formed at."""

    copy = "copy"


Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="STORIES...",
        help="JSON lines, CSV or Parquet, plain or .gz; a folder of .txt files; or - for standard input.",
    ),
]
IdColumn = Annotated[str, typer.Option("--id", help="Column of the id.", rich_help_panel=READING)]
TextColumn = Annotated[str, typer.Option("--text", help="Column of the text.", rich_help_panel=READING)]
TitleColumn = Annotated[
    str | None, typer.Option("--title", help="Column of the headline.", show_default="title", rich_help_panel=READING)
]
SourceColumn = Annotated[
    str | None, typer.Option("--source", help="Column of the outlet.", show_default="source", rich_help_panel=READING)
]
PublishedColumn = Annotated[
    str | None,
    typer.Option("--published", help="Column of the time.", show_default="published, or date", rich_help_panel=READING),
]
InputFormat = Annotated[
    Format | None,
    typer.Option("--format", help="Format of the input, whatever its ending.", rich_help_panel=READING),
]
OnErrorOption = Annotated[
    OnError,
    typer.Option("--on-error", help="Stop at a record that cannot be used, or keep it aside.", rich_help_panel=READING),
]
RejectsPath = Annotated[
    str | None,
    typer.Option("--rejects", metavar="FILE", help="Where records set aside are written.", rich_help_panel=READING),
]
LevelOption = Annotated[
    Level, typer.Option("--level", help="How alike stories of a cluster are.", rich_help_panel=RULES)
]
MinWords = Annotated[int, typer.Option("--min-words", help="Shorter stories stand alone.", rich_help_panel=RULES)]
JaccardOption = Annotated[
    float, typer.Option("--jaccard", help="Shared shingles of all, to be a copy.", rich_help_panel=RULES)
]
PassageShare = Annotated[
    float,
    typer.Option("--passage-share", help="Or words of the shorter in shared passages.", rich_help_panel=RULES),
]
PreferSources = Annotated[
    list[str] | None,
    typer.Option(
        "--prefer", metavar="SOURCE", help="Outlet kept before others; repeat it, best first.", rich_help_panel=RULES
    ),
]
RulesPath = Annotated[
    str | None,
    typer.Option("--rules", metavar="FILE", help="Phrases that give away captions and clutter.", rich_help_panel=RULES),
]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        help="Threads; the result is the same for any number.",
        show_default="all processors",
        rich_help_panel=RUNNING,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=RUNNING)]

DEFAULTS = Settings()


def reader_of(
    inputs: list[str],
    *,
    id: str,
    text: str,
    title: str | None,
    source: str | None,
    published: str | None,
    format: Format | None,
    on_error: OnError,
) -> StoryReader:
    """The reader that the options of a command describe."""
    columns = Columns(id, text, title, source, published)
    return StoryReader(inputs, columns=columns, format=format.value if format else None, on_error=on_error.value)


def settings_of(
    *,
    level: Level,
    min_words: int,
    jaccard: float,
    passage_share: float,
    canonical: Canonical,
    prefer: list[str] | None,
    rules: str | None,
) -> Settings:
    """The settings that the options of a command describe."""
    return Settings(
        level=level.value,
        min_words=min_words,
        jaccard=jaccard,
        passage_share=passage_share,
        canonical=canonical.value,
        preferred_sources=tuple(prefer or ()),
        rules=() if rules is None else load_rules(rules),
    )
