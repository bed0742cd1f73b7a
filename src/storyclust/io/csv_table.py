"""CSV: a header, then one record a row, in and out.

In: a stream of bytes, or rows. Out: records whose values are text, or rows. Written cells are text
as it is; None is an empty cell; true and false are spelt so; lists and objects are JSON; lone
surrogates, which UTF-8 cannot hold, become ``\\udXXX`` escapes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from typing import BinaryIO

import numpy as np

from storyclust.errors import DataError, OutputError
from storyclust.io.columns import Column, Stretch
from storyclust.io.encodings import not_utf8
from storyclust.io.formats import with_commas
from storyclust.io.jsonl import to_json
from storyclust.io.records import Record, Unreadable
from storyclust.io.streams import STREAM_FAILURES, BrokenInput

# The csv module refuses cells over 128 KiB by default. Without any limit, one stray quotation mark
# would take the rest of the file into memory.
_LONGEST_CELL = 1 << 28

# What spreadsheets also write between columns.
_OTHER_SEPARATORS = MappingProxyType({";": "semicolons", "\t": "tabs"})


def read_csv(stream: io.BufferedReader, file: str) -> Iterator[Record | Unreadable]:
    """Yield the records of a CSV stream, each with the line it begins on; blank lines are passed over.

    Raises
    ------
    DataError
        If the header cannot be read or names a column twice.
    BrokenInput
        If the stream breaks.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    lines = _Lines(stream)
    rows = csv.reader(lines, strict=True)
    try:
        header = _read_header(rows, lines, file)
        while True:
            line = rows.line_num + 1
            try:
                row = next(rows, None)
            except csv.Error as problem:
                lines.take_fault()
                yield Unreadable(line, f"not a CSV row: {problem}; expected quotation marks in pairs, doubled in text")
                continue
            fault = lines.take_fault()
            if row is None:
                return
            if fault:
                yield Unreadable(line, fault)
            elif len(row) == len(header):
                yield Record(file, line, dict(zip(header, row, strict=True)))
            elif row:
                yield Unreadable(line, f"the row has {len(row)} fields; expected {len(header)}, as the header has")
    except STREAM_FAILURES as problem:
        raise BrokenInput(rows.line_num + 1, problem) from problem


class _Lines:
    """Decodes line by line, so that a fault costs one row and is known by its line."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._fault: str | None = None

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            try:
                yield line.decode()
            except UnicodeDecodeError as problem:
                self._fault = not_utf8(problem)
                yield line.decode(errors="replace")

    def take_fault(self) -> str | None:
        """Return what was wrong with the lines since the last call, if anything was."""
        fault, self._fault = self._fault, None
        return fault


def _read_header(rows: Iterator[list[str]], lines: _Lines, file: str) -> list[str]:
    try:
        header = next((row for row in rows if row), [])
    except csv.Error as problem:
        raise DataError(f"{file}:1: the header is not a CSV row: {problem}; expected column names") from None
    fault = lines.take_fault()
    if fault:
        raise DataError(f"{file}:1: the header is {fault}. Save the file as UTF-8")
    _require_commas(header, file)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise DataError(
            f"{file}:1: the header names {', '.join(map(repr, twice))} more than once; expected each column once. "
            "Rename or remove the others"
        )
    return header


def _require_commas(header: list[str], file: str) -> None:
    sign = next((sign for sign in _OTHER_SEPARATORS if len(header) == 1 and sign in header[0]), None)
    if sign:
        raise DataError(
            f"{file}:1: the header is one column, {header[0]!r:.60}; expected columns that commas separate, not "
            f"{_OTHER_SEPARATORS[sign]}. Save it with commas, for instance with: {with_commas(file, sign)}"
        )


def cell(value: object) -> str:
    """Write a value as the text of a CSV cell."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (date, time)):  # a datetime is a date
        return value.isoformat()
    try:
        return to_json(value).decode()
    except TypeError as problem:
        raise OutputError(
            f"cannot write a row as CSV: it holds {problem}; expected text, numbers, dates, true or false, lists and "
            "objects. Write Parquet instead"
        ) from None


def _cells(column: Column) -> Iterable[object]:
    """What the csv module writes as the cells of a column: text, None and numbers it writes as `cell` does."""
    plain = isinstance(column, np.ndarray) and column.dtype != np.bool_
    return column.tolist() if plain else map(cell, column.tolist())


class _LineFeeds:
    """Takes rows that end in CR LF, writes them with LF alone.

    The csv module quotes a cell for the characters of the line end only, and a lone carriage return
    must be quoted to be read back: so it is told CR LF.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, row: str, /) -> int:
        """Write one row."""
        return self._stream.write(row[:-2].encode("utf-8", "backslashreplace") + b"\n")


class CsvRows:
    """Writes rows of known columns as CSV in UTF-8, lines ended by a line feed."""

    def __init__(self, stream: BinaryIO, header: Sequence[str]) -> None:
        """Write the header."""
        self._rows = csv.writer(_LineFeeds(stream), lineterminator="\r\n")
        self._header = tuple(header)
        self._rows.writerow(self._header)

    def write(self, row: Mapping[str, object]) -> None:
        """Write one row; a column the row lacks is an empty cell.

        Raises
        ------
        OutputError
            If a value has no form in CSV.
        """
        self._rows.writerow([cell(row.get(name)) for name in self._header])

    def write_stretch(self, stretch: Stretch) -> None:
        """Write a stretch of rows, with all columns of the header."""
        self._rows.writerows(zip(*(_cells(stretch[name]) for name in self._header), strict=True))

    def finish(self) -> None:
        """Do nothing: CSV has no end mark."""

    def abandon(self) -> None:
        """Do nothing: no row is held back."""
