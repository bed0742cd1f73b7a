"""Stories in: any number of files, folders and pipes as one stream of stories.

In: paths. Out: stories with the place they were read, one at a time; what could not be read is kept
with its line and reason, or raised. No record is lost without a word.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from storyclust.errors import (
    DataError,
    EmptyInputError,
    MissingColumnError,
    MissingFileError,
    RecordError,
    TruncatedFileError,
    UsageError,
)
from storyclust.io.csv_table import read_csv
from storyclust.io.encodings import refuse_utf16
from storyclust.io.formats import STANDARD_STREAM, NewsFormat, ReadFormat, folder_endings, reading_format
from storyclust.io.jsonl import read_jsonl
from storyclust.io.news.feed import read_feed, require_feedparser
from storyclust.io.news.newsml import read_newsml, require_lxml
from storyclust.io.news.ninjs import read_ninjs
from storyclust.io.news.page import read_page, require_trafilatura
from storyclust.io.news.warc import read_warc, require_warcio
from storyclust.io.parquet import read_parquet, require_pyarrow
from storyclust.io.records import (
    Columns,
    LocatedStory,
    Record,
    StoryBuilder,
    Unreadable,
    UnusableRecord,
    require_columns,
)
from storyclust.io.streams import STREAM_FAILURES, BrokenInput, Inputs, Pipes, unreadable
from storyclust.io.text_folder import lone_id, read_text, story_files
from storyclust.model import Reject

OnError = Literal["fail", "skip"]
"""What becomes of a record that cannot be read: an error, or a reject."""

_REMEDY = "Correct it, or go on without it: on_error='skip' (--on-error skip) keeps it in the rejects"
_RENEW = "Fetch or write the file again, or use what precedes the break: on_error='skip' (--on-error skip)"
_REQUIRED = MappingProxyType(
    {
        "parquet": require_pyarrow,
        "newsml": require_lxml,
        "feed": require_feedparser,
        "html": require_trafilatura,
        "warc": require_warcio,
    }
)
_OPTIONS = ("id", "text", "title", "source", "published")  # of the command line
_COLUMNS_NAMED = 40  # in a message; records with a key of their own each must not fill the memory


class StoryReader:
    """Reads stories from files, folders and standard input.

    It can be iterated again, and reads its input anew each time. Iterate it one loop at a time.

    Parameters
    ----------
    paths : path or sequence of paths
        JSON lines (``.jsonl``, ``.ndjson``, ``.json``), ``.csv`` or ``.parquet``, one record a
        story; ``.ninjs`` or ``.json`` with items of IPTC ninjs, ``.xml`` of NewsML-G2, RSS or Atom; ``.warc``;
        ``.html``, ``.htm``, ``.xhtml`` or ``.txt``, one story; each plain or with ``.gz``; a folder, whose ``.txt``
        files at any depth are a story each, or its pages where it has none; ``"-"``, standard input, JSON lines by
        default.
    columns : Columns
        The columns the stories are made of.
    format : {"jsonl", "csv", "parquet", "ninjs", "newsml", "feed", "html", "warc"}, optional
        The format of all files given, whatever their endings. Of a folder, the files that have its endings; text and
        pages where it is a table's, or none is named.
    on_error : {"fail", "skip"}
        Whether a record that cannot be read is raised or kept in ``rejects``.
    pipes : {"keep", "stream"}
        What comes through a pipe, standard input among them, is kept in a temporary file, so that it can be read
        again; or each story is given as soon as it has come, and they are read once.

    Attributes
    ----------
    rejects : list of Reject
        The records skipped, in the order met. This and the next two start anew with each iteration.
    unread_dates : int
        Stories left undated because their date could not be read.
    unread_date_examples : list of str
        The first three of these, each ``"file:line 'value'"``.

    Yields
    ------
    LocatedStory
        In the order of the input, a few microseconds each. Memory is bounded by the longest record.

    Raises
    ------
    MissingFileError
        When made: a path does not exist.
    UsageError
        When made: standard input is named twice.
    FormatError
        When made: an ending is unknown. While reading: a ``.json`` file is one array.
    MissingDependencyError
        When made: a format needs what is not installed; of ninjs, while reading, bodies in HTML do.
    RecordError
        While reading, with ``on_error="fail"``: a record cannot become a story.
    TruncatedFileError
        Likewise: a compressed file ends early; all stories before the break have been yielded.
    MissingColumnError
        While reading: no record of a file has the id or text column, or none of the whole input has
        another column asked for by name.
    DataError
        While reading: there are no records, or a file cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "wire.jsonl")
    ...     _ = path.write_text('{"id": 7, "text": "The ferry sank.", "date": "2026-01-05"}')
    ...     for located in StoryReader(path):
    ...         print(located.line, located.story.id, located.story.published)
    1 7 2026-01-05 00:00:00+00:00
    """

    def __init__(
        self,
        paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        *,
        columns: Columns = Columns(),  # noqa: B008 - frozen
        format: ReadFormat | None = None,
        on_error: OnError = "fail",
        pipes: Pipes = "keep",
    ) -> None:
        """Check that the paths exist and their formats are known; nothing is read yet."""
        if on_error not in get_args(OnError):
            raise UsageError(f"on_error is {on_error!r}; expected one of {', '.join(get_args(OnError))}")
        if pipes not in get_args(Pipes):
            raise UsageError(f"pipes is {pipes!r}; expected one of {', '.join(get_args(Pipes))}")
        given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
        self._paths = tuple(os.fspath(path) for path in given)
        self._columns = require_columns(columns)
        self._format = format
        self._on_error = on_error
        self._pipes = pipes
        self._inputs = Inputs(pipes)
        self._check_paths()
        self._start()

    def _check_paths(self) -> None:
        if not self._paths:
            raise UsageError("no input was given; expected at least one file, folder or - for standard input")
        if self._paths.count(STANDARD_STREAM) > 1:
            raise UsageError("standard input (-) was given more than once; expected once, since it is read once")
        for path in self._paths:
            if path != STANDARD_STREAM and not os.path.exists(path):
                raise MissingFileError(
                    f"no such file: {path}; expected a file or folder that exists. Check the spelling"
                )
            if needed := _REQUIRED.get((self._format or "text") if os.path.isdir(path) else self._format_of(path)):
                needed()

    def _format_of(self, path: str) -> Literal[ReadFormat, "text"]:
        return reading_format(path, self._format, head=b"" if path == STANDARD_STREAM else self._inputs.head(path))

    def _start(self) -> None:
        self.rejects: list[Reject] = []
        self._builder = StoryBuilder(self._columns)
        self._records = 0  # met in the whole input, read or rejected
        self._bytes: int | None = None  # of the whole input
        self._bytes_before = 0  # the file that is read
        self._absent = self._columns.asked_for
        self._seen: dict[str, None] = {}

    @property
    def unread_dates(self) -> int:
        """Stories left undated because their date could not be read."""
        return self._builder.unread_dates

    @property
    def unread_date_examples(self) -> list[str]:
        """The first three dates that could not be read, each ``"file:line 'value'"``."""
        return self._builder.unread_date_examples

    @property
    def part_read(self) -> float | None:
        """The part (0-1) of the input's bytes that this iteration has read, compressed ones as they are stored.

        None before the iteration, and where it reads a pipe, whose size nobody knows.
        """
        if self._bytes is None:
            return None
        return min(1.0, (self._bytes_before + self._inputs.position) / max(self._bytes, 1))

    def __iter__(self) -> Iterator[LocatedStory]:
        """Yield the stories, from the start of the input."""
        return (met for met in self.records() if isinstance(met, LocatedStory))

    def records(self) -> Iterator[LocatedStory | Reject]:
        """Yield the stories and, where they were met, the rejects, from the start of the input."""
        self._start()
        sources = list(self._sources())
        sizes = [self._inputs.size(source.file) for source in sources]
        known = [size for size in sizes if size is not None]
        self._bytes = sum(known) if len(known) == len(sizes) else None
        for source, size in zip(sources, sizes, strict=True):
            yield from self._stories(source)
            self._bytes_before += size or 0
        if not self._records and not self.rejects:
            raise EmptyInputError(
                f"no records in {', '.join(self._paths)}; expected at least one story. Check the input"
            )
        for column, option in self._absent.items():
            raise _missing(column, option, "the input", self._seen)

    def _sources(self) -> Iterator[_Source]:
        for path in self._paths:
            if path != STANDARD_STREAM and os.path.isdir(path):
                named = self._format if self._format in get_args(NewsFormat) else None
                for id, file in story_files(path, folder_endings(named)):
                    yield _Source(file, reading_format(file, named), id)
            else:
                yield _Source(path, self._format_of(path), lone_id(path))

    def _stories(self, source: _Source) -> Iterator[LocatedStory | Reject]:
        columns = _ColumnsMet(source, self._columns, self._absent, self._seen)
        wanting = True
        before = self._records
        build = self._builder.build
        try:
            with closing(self._open(source)) as records:
                for record in records:
                    self._records += 1
                    if isinstance(record, Unreadable):
                        yield self._refuse(source, record.line, record.id, record.reason)
                        continue
                    if wanting:
                        wanting = columns.meet(record.fields)
                    try:
                        story = build(record)
                    except UnusableRecord as problem:
                        # Nobody knows when a pipe will have more to look at.
                        if self._on_error == "fail" and self._pipes == "keep":
                            columns.look_ahead(records)
                        yield self._refuse(source, record.line, problem.id, problem.reason)
                        continue
                    yield LocatedStory(story, source.file, record.line, record)
        except BrokenInput as broken:
            yield self._report_break(source, broken, self._records - before)
        columns.check()

    def _open(self, source: _Source) -> Generator[Record | Unreadable, None, None]:
        try:
            stream = self._inputs.open(source.file)
        except STREAM_FAILURES as problem:
            raise BrokenInput(1, problem) from problem
        with stream:
            if source.format in ("jsonl", "csv"):
                refuse_utf16(stream, source.file)
            match source.format:
                case "jsonl":
                    yield from read_jsonl(stream, source.file)
                case "csv":
                    yield from read_csv(stream, source.file)
                case "parquet":
                    yield from read_parquet(stream, source.file, self._columns)
                case "ninjs":
                    yield from read_ninjs(stream, source.file, self._columns)
                case "newsml":
                    yield from read_newsml(stream, source.file, self._columns)
                case "feed":
                    yield from read_feed(stream, source.file, self._columns)
                case "html":
                    yield from read_page(stream, source.file, source.id, self._columns)
                case "warc":
                    yield from read_warc(stream, source.file, self._columns)
                case "text":
                    yield from read_text(stream, source.file, source.id, self._columns)

    def _refuse(self, source: _Source, line: int, id: str | None, reason: str) -> Reject:
        if self._on_error == "fail":
            raise RecordError(f"{source.file}:{line}: {reason}. {_REMEDY}")
        return self._rejected(Reject(source.file, line, id, reason))

    def _rejected(self, reject: Reject) -> Reject:
        self.rejects.append(reject)
        return reject

    def _report_break(self, source: _Source, broken: BrokenInput, whole: int) -> Reject:
        if isinstance(broken.problem, EOFError):
            reason = f"the file ends early, after line {broken.line - 1}"
            error: DataError = TruncatedFileError(f"{source.file}: {reason}; expected a gzip end mark. {_RENEW}")
        elif isinstance(broken.problem, OSError) and broken.problem.errno is not None:
            reason = f"the file cannot be read: {broken.problem.strerror}"
            error = unreadable(source.file, broken.problem)
        else:
            kind = "Parquet" if source.format == "parquet" else "gzip"
            reason = f"the file is damaged or not {kind}, after line {broken.line - 1}: {broken.problem}"
            error = DataError(f"{source.file}: {reason}; expected whole {kind} data. {_RENEW}")
        if self._on_error == "fail":
            raise error from broken.problem
        reason = f"{reason}; {whole} records before it were read"
        return self._rejected(Reject(source.file, broken.line, None, reason))


@dataclass(frozen=True, slots=True)
class _Source:
    """One file to read; ``id`` names the story of a text file."""

    file: str
    format: Literal[ReadFormat, "text"]
    id: str


class _ColumnsMet:
    """Watches which columns the records of one file have, until all that are wanted were met."""

    def __init__(self, source: _Source, columns: Columns, absent: dict[str, str], seen: dict[str, None]) -> None:
        self._source = source
        self._required = {columns.id: "id", columns.text: "text"}
        self._absent = absent  # of the whole input, as is what was seen there
        self._seen_anywhere = seen
        self._seen_here: dict[str, None] = {}

    def meet(self, fields: dict[str, object]) -> bool:
        """Take note of a record's columns; return whether any column is still to be met."""
        first = not self._seen_here
        for wanted in (self._required, self._absent):
            for column in [column for column in wanted if column in fields]:
                del wanted[column]
        for seen in (self._seen_here, self._seen_anywhere):
            if len(seen) < _COLUMNS_NAMED:
                seen.update(dict.fromkeys(fields))
        # JSON lines may differ in their keys; the records of a table do not.
        if first and self._source.format != "jsonl":
            self.check()
        return bool(self._required or self._absent)

    def look_ahead(self, records: Iterator[Record | Unreadable]) -> None:
        """Find out, at a record to be refused, whether the whole file lacks the column: that is the better error."""
        for record in records:
            if not self._required:
                return
            if isinstance(record, Record):
                self.meet(record.fields)
        self.check()

    def check(self) -> None:
        """Raise MissingColumnError if no record had a required column; a file of no records passes."""
        if self._seen_here:
            for column, option in self._required.items():
                raise _missing(column, option, self._source.file, self._seen_here)


def _missing(column: str, option: str, where: str, seen: dict[str, None]) -> MissingColumnError:
    named = f"Columns({option}=...)"
    by = f"--{option} ({named})" if option in _OPTIONS else named
    return MissingColumnError(
        f"no record of {where} has the {option} column {column!r}; the columns there are: {', '.join(seen) or 'none'}",
        f"Name the right one with {by}",
        option,
    )
