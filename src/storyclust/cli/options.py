"""The options that several commands take, and what they make of them."""

from __future__ import annotations

import csv
import json
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from storyclust.errors import DataError, UsageError
from storyclust.io import Columns, StoryReader
from storyclust.io.streams import Pipes
from storyclust.named_files import reading
from storyclust.profile import Profile
from storyclust.rules import load_rules
from storyclust.settings import Settings

READING, RULES, RUNNING = "Reading", "Rules", "Running"


class Format(StrEnum):
    """A format that stories are read in."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    ninjs = "ninjs"
    newsml = "newsml"
    feed = "feed"
    html = "html"
    warc = "warc"


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

    partial = "partial"
    version = "version"
    copy = "copy"


_READ = (
    "JSON lines, CSV, Parquet, ninjs, NewsML-G2, feeds, pages, WARC, plain or .gz; a folder of .txt or .html; or - for "
    "standard input."
)
Inputs = Annotated[list[str], typer.Argument(metavar="STORIES...", help=_READ)]
# None may be given where other arguments follow: then the command can say which of them is wanting.
InputsFirst = Annotated[
    list[str], typer.Argument(metavar="STORIES...", help=_READ, default_factory=list, show_default=False)
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
AgainstColumn = Annotated[
    list[str] | None,
    typer.Option(
        "--against-column",
        metavar="FIELD=NAME",
        help="Column of a field in --against, such as text=body; repeat it.",
        show_default="as in STORIES",
        rich_help_panel=READING,
    ),
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
SummaryPath = Annotated[
    str | None,
    typer.Option(
        "--summary", metavar="FILE", help="Figures, what to look at, and settings, as JSON; - is standard output."
    ),
]


def _names_of_settings(begun: str) -> list[str]:
    """What a setting that is begun may be called."""
    return [f"{field.name}=" for field in fields(Settings) if f"{field.name}=".startswith(begun)]


ReportPath = Annotated[
    str | None, typer.Option("--report", metavar="FILE", help="A page of HTML to look at, with the texts in it.")
]
LevelOption = Annotated[
    Level | None,
    typer.Option("--level", help="How alike stories of a cluster are.", show_default="partial", rich_help_panel=RULES),
]
MinWords = Annotated[
    int | None,
    typer.Option("--min-words", help="Shorter stories stand alone.", show_default="20", rich_help_panel=RULES),
]
CanonicalOption = Annotated[
    Canonical | None,
    typer.Option(
        "--canonical",
        help="Which story of a cluster is the one to keep.",
        show_default="centroid",
        rich_help_panel=RULES,
    ),
]
SettingsPath = Annotated[
    str | None,
    typer.Option("--settings", metavar="FILE", help="Settings, as JSON; tune writes them.", rich_help_panel=RULES),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="One setting, such as copy_share=0.6; repeat it.",
        rich_help_panel=RULES,
        autocompletion=_names_of_settings,
    ),
]
MustLink = Annotated[
    str | None,
    typer.Option("--must-link", metavar="FILE", help="Pairs of ids that belong together.", rich_help_panel=RULES),
]
CannotLink = Annotated[
    str | None,
    typer.Option("--cannot-link", metavar="FILE", help="Pairs of ids that do not.", rich_help_panel=RULES),
]
ProfilePath = Annotated[
    str | None,
    typer.Option(
        "--profile", metavar="FILE", help="What an earlier run learned.", show_default="learned", rich_help_panel=RULES
    ),
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
MemoryBound = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help="Memory to aim at, such as 6G: what does not fit lies in temporary files. The result is the same.",
        show_default="a good part of what is free",
        rich_help_panel=RUNNING,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=RUNNING)]


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
    pipes: Pipes = "keep",
    **about: str,
) -> StoryReader:
    """The reader that the options of a command describe; `about` names columns that no option of their own names."""
    columns = Columns(id, text, title, source, published, **about)
    return StoryReader(
        inputs, columns=columns, format=format.value if format else None, on_error=on_error.value, pipes=pipes
    )


def columns_against(given: list[str] | None) -> dict[str, str]:
    """The names of columns by field, as --against-column gives them."""
    known = [field.name for field in fields(Columns)]
    named = {}
    for each in given or ():
        field, _, name = each.partition("=")
        if field not in known or not name:
            raise UsageError(f"--against-column {each}; expected FIELD=NAME, FIELD one of {', '.join(known)}")
        named[field] = name
    return named


def settings_of(
    *,
    settings: str | None,
    set_: list[str] | None,
    rules: str | None,
    level: Level | None = None,
    min_words: int | None = None,
    canonical: Canonical | None = None,
    prefer: list[str] | None = None,
    must_link: str | None = None,
    cannot_link: str | None = None,
) -> Settings:
    """The settings that the options of a command describe: those of a file, with what else is given in their place."""
    values = {} if settings is None else read_settings(settings)
    values |= dict(_setting(given) for given in set_ or ())
    given = {
        "level": level.value if level else None,
        "min_words": min_words,
        "canonical": canonical.value if canonical else None,
        "preferred_sources": tuple(prefer) if prefer else None,
        "must_link": None if must_link is None else read_id_pairs(must_link),
        "cannot_link": None if cannot_link is None else read_id_pairs(cannot_link),
        "rules": None if rules is None else load_rules(rules),
    }
    return Settings.from_dict(values | {name: value for name, value in given.items() if value is not None})


def read_settings(path: str) -> dict[str, Any]:
    """The settings in a JSON file: an object of settings, or a summary that holds one."""
    expected = "a file of settings, as JSON"
    with reading(path, expected):
        text = Path(path).read_text(encoding="utf-8")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise DataError(f"cannot read {path}: it is not JSON ({error}); expected {expected}") from error
    values = found.get("settings", found) if isinstance(found, dict) else found
    if not isinstance(values, dict):
        raise DataError(f"{path} holds {type(found).__name__}; expected an object of settings by name")
    return values


def _setting(given: str) -> tuple[str, Any]:
    """One setting from NAME=VALUE; the value as JSON, or else as text."""
    name, equals, value = given.partition("=")
    if not equals:
        raise UsageError(f"--set {given}; expected NAME=VALUE, such as copy_share=0.6")
    try:
        return name.strip(), json.loads(value)
    except ValueError:
        return name.strip(), value


def read_id_pairs(path: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a tab-separated file with the columns id_a and id_b."""
    with reading(path, "a file of pairs of ids"), open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t")
        if not {"id_a", "id_b"} <= set(reader.fieldnames or ()):
            named = ", ".join(reader.fieldnames or ()) or "none"
            raise DataError(f"{path} has the columns {named}; expected id_a and id_b, separated by tabs")
        pairs = [(row["id_a"], row["id_b"]) for row in reader]
    for line, pair in enumerate(pairs, 2):
        if not all(pair):
            raise DataError(f"{path}:{line}: a pair lacks an id; expected two ids, separated by a tab")
    return tuple(pairs)


def read_profile(path: str | None) -> Profile | None:
    """The profile of a file, None where no file is named."""
    return None if path is None else Profile.load(path)
