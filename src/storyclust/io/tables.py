"""Tables out: rows of named, typed columns as JSON lines, CSV or Parquet.

In: rows as mappings. Out: a file that appears whole or not at all. What a column holds is said once,
as a ``Field``, and each format makes of it what it can.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any, BinaryIO, Literal, Protocol, Self

from storyclust.errors import UsageError
from storyclust.io.atomic import OutputFile
from storyclust.io.columns import Stretch
from storyclust.io.csv_table import CsvRows
from storyclust.io.formats import Format, writing_format
from storyclust.io.jsonl import JsonLines
from storyclust.io.parquet import ParquetRows, require_pyarrow

FieldKind = Literal["text", "flag", "count", "fraction", "offsets", "texts"]
"""What a column holds: str, bool, int, float, passages as lists ``[a_start, a_stop, b_start, b_stop, words, kind]``,
or a list of str. Any of them may be None."""

PASSAGE_PARTS = ("a_start", "a_stop", "b_start", "b_stop", "words", "kind")
"""The parts of a passage, in the order they are written; the names of the struct's fields in Parquet."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table: its name and what it holds."""

    name: str
    kind: FieldKind


class Rows(Protocol):
    """Writes rows in one format."""

    def write(self, row: Mapping[str, object]) -> None:
        """Write one row."""

    def write_stretch(self, stretch: Stretch) -> None:
        """Write a stretch of rows."""

    def finish(self) -> None:
        """Write what ends the format."""

    def abandon(self) -> None:
        """Let go of the stream, whose bytes no longer count."""


class TableWriter:
    """Writes a table; use it in a ``with`` statement.

    The file is made when the writer is, under a hidden name beside the target, so that a path that
    cannot be written is known before the work. It takes its name when the block ends well, and is
    removed when it ends in an error.

    Parameters
    ----------
    path : str or path
        ``.jsonl``, ``.ndjson``, ``.csv`` or ``.parquet``, plain or with ``.gz``; ``"-"`` is standard
        output, JSON lines by default.
    fields : sequence of Field
        The columns, in order.
    metadata : mapping of str to str
        Kept in the schema of a Parquet file. JSON lines and CSV hold rows alone. It may be filled
        after the writer is made, before the first row.
    format : {"jsonl", "csv", "parquet"}, optional
        The format, whatever the ending.

    Raises
    ------
    FormatError, MissingDependencyError
        When made: the ending is unknown, or pyarrow is needed and not installed.
    OutputError
        When made: the path cannot be written. Later: the disk is full, or a value does not fit.
    BrokenPipeError
        If the reader of a pipe has gone away.

    Notes
    -----
    CSV cells: None is empty, flags are ``true`` and ``false``, lists are JSON. Lone surrogates
    are written as ``\\\\udXXX``: in JSON an escape that is read back as it was, in CSV and Parquet
    those six characters. Memory is bounded: Parquet is written in row groups of about 65,000 rows.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "clusters.csv")
    ...     with TableWriter(path, [Field("id", "text"), Field("kept", "flag")]) as table:
    ...         table.write({"id": "a1", "kept": True})
    ...     print(path.read_text())
    id,kept
    a1,true
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        fields: Sequence[Field],
        *,
        metadata: Mapping[str, str] = MappingProxyType({}),
        format: Format | None = None,
    ) -> None:
        """Open the output."""
        self._names = tuple(field.name for field in fields)
        self._nested = tuple(field.name for field in fields if field.kind == "offsets")
        self._format = writing_format(os.fspath(path), format)
        if self._format == "parquet":
            require_pyarrow()
        self._output = OutputFile(path)
        self._rows = self._open_rows(self._output.stream, fields, metadata)

    def _open_rows(self, stream: BinaryIO, fields: Sequence[Field], metadata: Mapping[str, str]) -> Rows:
        if self._format == "jsonl":
            return JsonLines(stream)
        if self._format == "csv":
            return CsvRows(stream, self._names)
        return ParquetRows(stream, arrow_types(fields), metadata)

    def write(self, row: Mapping[str, object]) -> None:
        """Write one row, which has the columns of the table and no others."""
        if len(row) != len(self._names) or any(name not in row for name in self._names):
            raise UsageError(f"a row has the columns {', '.join(row)}; expected {', '.join(self._names)}")
        ordered = {name: row[name] for name in self._names}
        if self._format == "parquet":
            for name in self._nested:
                ordered[name] = _as_structs(ordered[name])
        self._rows.write(ordered)

    def write_all(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Write many rows."""
        for row in rows:
            self.write(row)

    def write_stretches(self, stretches: Iterable[Stretch]) -> None:
        """Write many rows, a stretch at a time, with the columns of the table in its order."""
        for stretch in stretches:
            if tuple(stretch) != self._names:
                raise UsageError(f"the columns are {', '.join(stretch)}; expected {', '.join(self._names)}")
            self._rows.write_stretch(stretch)

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the file its name, or remove it if the block raised."""
        settle(self._output, self._rows, problem)


def settle(output: OutputFile, rows: Rows | None, problem: BaseException | None) -> None:
    """End a file of rows: whole under its name if there was no problem, gone otherwise."""
    if problem is not None:
        _drop(output, rows)
        return
    try:
        if rows is not None:
            rows.finish()
        output.commit()
    except BaseException:
        _drop(output, rows)
        raise


def _drop(output: OutputFile, rows: Rows | None) -> None:
    output.discard()
    if rows is not None:
        rows.abandon()
    output.abandon()


def _as_structs(passages: object) -> object:
    if not isinstance(passages, (list, tuple)):
        return passages
    return [dict(zip(PASSAGE_PARTS, passage, strict=True)) for passage in passages]


def arrow_types(fields: Sequence[Field]) -> dict[str, Any]:
    """The type in Arrow of each column of a table."""
    arrow = require_pyarrow()
    passage = [(part, arrow.string() if part == "kind" else arrow.int64()) for part in PASSAGE_PARTS]
    types = {
        "text": arrow.string(),
        "flag": arrow.bool_(),
        "count": arrow.int64(),
        "fraction": arrow.float64(),
        "offsets": arrow.list_(arrow.struct(passage)),
        "texts": arrow.list_(arrow.string()),
    }
    return {field.name: types[field.kind] for field in fields}
