"""Records out: input records written again as they came, for the stories that are kept.

In: ``Record`` objects. Out: a file that appears whole or not at all. From JSON lines to JSON lines,
lines are copied byte for byte; otherwise the parsed fields are written.
"""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from storyclust.errors import OutputError
from storyclust.io.atomic import OutputFile
from storyclust.io.csv_table import CsvRows
from storyclust.io.formats import Format, writing_format
from storyclust.io.jsonl import JsonLines
from storyclust.io.parquet import ParquetRows, require_pyarrow
from storyclust.io.records import Record
from storyclust.io.tables import Rows, settle


class RecordWriter:
    """Writes records; use it in a ``with`` statement, as ``TableWriter``.

    Parameters
    ----------
    path : str or path
        As for ``TableWriter``.
    format : {"jsonl", "csv", "parquet"}, optional
        The format, whatever the ending; standard output is JSON lines by default.

    Raises
    ------
    FormatError, MissingDependencyError, OutputError, BrokenPipeError
        As for ``TableWriter``.

    Notes
    -----
    CSV has the columns of the first record, Parquet those of the first 4,096, with the types their
    values have. A later record with a further column, or a value of another type, is an
    ``OutputError``: JSON lines take any record. With no record at all there are no columns either.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "kept.jsonl")
    ...     with RecordWriter(path) as kept:
    ...         kept.write(Record("wire.csv", 2, {"id": "a1", "text": "The ferry sank."}))
    ...     print(path.read_text())
    {"id":"a1","text":"The ferry sank."}
    """

    def __init__(self, path: str | os.PathLike[str], *, format: Format | None = None) -> None:
        """Open the output."""
        self._format = writing_format(os.fspath(path), format)
        if self._format == "parquet":
            require_pyarrow()
        self._output = OutputFile(path)
        self._lines = JsonLines(self._output.stream)
        # The columns of CSV are known with the first record.
        self._table: Rows | None = ParquetRows(self._output.stream, None, {}) if self._format == "parquet" else None
        self._header: frozenset[str] = frozenset()

    def write(self, record: Record) -> None:
        """Write one record.

        Raises
        ------
        OutputError
            If it does not fit the table, or the disk is full.
        """
        if self._format != "jsonl":
            self._write_row(record)
        elif record.raw is not None:
            self._lines.write_line(record.raw)
        else:
            self._lines.write(record.fields)

    def _write_row(self, record: Record) -> None:
        if self._table is None:
            self._header = frozenset(record.fields)
            self._table = CsvRows(self._output.stream, tuple(record.fields))
        if self._format == "csv" and not self._header.issuperset(record.fields):
            column = next(name for name in record.fields if name not in self._header)
            raise OutputError(
                f"cannot write {self._output.path}: the record at {record.file}:{record.line} has a column {column!r} "
                "that the first record has not; expected the same columns in all. Write JSON lines instead"
            )
        self._table.write(record.fields)

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the file its name, or remove it if the block raised."""
        settle(self._output, self._table, problem)
