"""Which format a path has: its ending says, or the user does; where one ending serves several, the first bytes do.

In: a path and the format named by hand, if any. Out: the format's name. Every ending may carry a
further ``.gz``. Reading and writing ask here, so that both know the same endings.
"""

from __future__ import annotations

import os
import re
from pathlib import PurePath
from types import MappingProxyType
from typing import Literal, NoReturn, TypeVar, get_args

from storyclust.errors import FormatError

Format = Literal["jsonl", "csv", "parquet"]
"""A format of tables, read and written: a record a row."""

NewsFormat = Literal["ninjs", "newsml", "feed", "html", "warc"]
"""A format that carries news with its metadata."""

ReadFormat = Literal[Format, NewsFormat]
"""A format that stories are read in, when it is named by hand."""

F = TypeVar("F", bound=str)

TAB = "\t"
STANDARD_STREAM = "-"
"""The path that stands for standard input or standard output."""

_WRITTEN = MappingProxyType[str, Format](
    {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"},
)
_READ = MappingProxyType[str, Literal[ReadFormat, "text"]](
    {
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        ".json": "jsonl",
        ".csv": "csv",
        ".parquet": "parquet",
        ".txt": "text",
        ".ninjs": "ninjs",
        ".xml": "newsml",
        ".html": "html",
        ".htm": "html",
        ".xhtml": "html",
        ".warc": "warc",
        ".rss": "feed",
        ".atom": "feed",
    },
)
# JSON lines have an id each, items of ninjs a uri.
# What a folder holds of a format that is named; of tables, one a path.
_IN_FOLDERS = MappingProxyType[str | None, tuple[str, ...]](
    {
        "ninjs": (".ninjs", ".json", ".jsonl"),
        "newsml": (".xml",),
        "feed": (".rss", ".atom", ".xml"),
        "html": (".html", ".htm", ".xhtml"),
        "warc": (".warc",),
    }
)
_FEED = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|RDF)[\s>]")
_NINJS = re.compile(rb'^[\s\[]*\{(?=.*"uri"\s*:)(?!.*"id"\s*:)', re.DOTALL)


def reading_format(path: str, format: ReadFormat | None, *, head: bytes = b"") -> Literal[ReadFormat, "text"]:
    """Name the format a file is read in; standard input is JSON lines unless the user says otherwise.

    ``head`` is what the file begins with, where it could be looked at.

    Raises
    ------
    FormatError
        If the ending is unknown and no format was named, or the format named is unknown.

    Examples
    --------
    >>> reading_format("wire/monday.json", None, head=b'{"uri": "urn:wire:7", "headlines": [')
    'ninjs'
    """
    if format is not None or path == STANDARD_STREAM:
        return _named(format, get_args(ReadFormat)) or "jsonl"
    if is_ninjs(path) or (ending(path) == ".json" and _NINJS.match(head)):
        return "ninjs"
    if ending(path) == ".xml" and _FEED.search(head):
        return "feed"
    return _READ.get(ending(path)) or _refuse(path, "read")


def writing_format(path: str, format: Format | None) -> Format:
    """Name the format a file is written in; standard output is JSON lines unless the user says otherwise.

    Raises
    ------
    FormatError
        If the ending is unknown and no format was named, or the format named is unknown.
    """
    named = _named(format, get_args(Format)) or ("jsonl" if path == STANDARD_STREAM else _WRITTEN.get(ending(path)))
    return named or _refuse(path, "write")


def is_ninjs(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path ends in ``.ninjs``, or in ``.ninjs`` and what says that it is JSON.

    >>> is_ninjs("out.ninjs.json.gz"), is_ninjs("out.json")
    (True, False)
    """
    return ".ninjs" in (ending(path), ending(PurePath(without_gz(path)).with_suffix("")))


def folder_endings(format: ReadFormat | None) -> tuple[tuple[str, ...], ...]:
    """Name the endings of the files that a folder is read for: those of the first kind that it holds.

    >>> folder_endings("feed")
    (('.rss', '.atom', '.xml'),)
    """
    return (_IN_FOLDERS[format],) if format in _IN_FOLDERS else ((".txt",), _IN_FOLDERS["html"])


def ending(path: str | os.PathLike[str]) -> str:
    """Return the last ending of a path in lower case, a final ``.gz`` set aside.

    >>> ending("wire/monday.JSONL.gz")
    '.jsonl'
    """
    return PurePath(without_gz(path)).suffix.lower()


def without_gz(path: str | os.PathLike[str]) -> str:
    """Return the path without a final ``.gz``."""
    text = os.fspath(path)
    return text[:-3] if is_compressed(text) else text


def is_compressed(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path ends in ``.gz``."""
    return os.fspath(path).lower().endswith(".gz")


def with_commas(path: str, sign: str) -> str:
    """Name the command that makes CSV of a table with another sign between columns; Python is there for sure.

    >>> print(with_commas("wire.tsv", TAB))
    python -c "import csv, sys; csv.writer(sys.stdout).writerows(csv.reader(sys.stdin, delimiter='\\t'))"
    < wire.tsv > wire-commas.csv
    """
    copy = f"csv.writer(sys.stdout).writerows(csv.reader(sys.stdin, delimiter={sign!r}))"
    written = f'python -c "import csv, sys; {copy}"'
    if path == STANDARD_STREAM:
        return f"{written} > stories-commas.csv"
    fed = f"gunzip < {path} | {written}" if is_compressed(path) else f"{written} < {path}"
    return f"{fed} > {PurePath(without_gz(path)).stem}-commas.csv"


def _named(format: F | None, known: tuple[F, ...]) -> F | None:
    if format is not None and format not in known:
        raise FormatError(f"the format {format!r} is not known; expected one of {', '.join(known)}")
    return format


def _refuse(path: str, verb: Literal["read", "write"]) -> NoReturn:
    known = _READ if verb == "read" else _WRITTEN
    got = f"its ending {ending(path)!r}" if ending(path) else "it has no ending, and that"
    if verb == "read" and ending(path) == ".tsv":
        raise FormatError(
            f"cannot read {path}: tabs separate its columns; expected columns that commas separate, as in .csv. "
            f"Save it with commas, for instance with: {with_commas(path, TAB)}"
        )
    # The option names the format of the input alone.
    or_else = f", or name its format with --format {{{','.join(get_args(ReadFormat))}}}" if verb == "read" else ""
    raise FormatError(
        f"cannot {verb} {path}: {got} names no known format; expected {', '.join(known)}, plain or with .gz. "
        f"Rename the file{or_else}"
    )
