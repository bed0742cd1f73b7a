"""Parquet: typed columns in row groups, in and out; needs pyarrow.

In: a stream of bytes, or rows. Out: records, or row groups of bounded size with the metadata in the
schema. Lone surrogates, which Parquet text cannot hold, are written as ``\\udXXX`` escapes.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any, BinaryIO

from storyclust.errors import DataError, MissingDependencyError, OutputError
from storyclust.io.columns import Lists, Stretch
from storyclust.io.records import Columns, Record, Unreadable
from storyclust.io.streams import STREAM_FAILURES, BrokenInput, copy_to_temporary_file

_ROWS_READ = 1024
_ROWS_CONVERTED = 4096
_ROW_GROUP_ROWS = 1 << 16
_ROW_GROUP_BYTES = 1 << 26


def require_pyarrow() -> Any:
    """Import pyarrow, with its Parquet part.

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    try:
        importlib.import_module("pyarrow.parquet")
    except ImportError as problem:
        raise MissingDependencyError(
            f"Parquet files need pyarrow, which cannot be imported: {problem}. "
            'Install it with: pip install "storyclust[parquet]"'
        ) from problem
    return importlib.import_module("pyarrow")


def read_parquet(stream: io.BufferedReader, file: str, columns: Columns) -> Iterator[Record | Unreadable]:
    """Yield the records of a Parquet file, batch by batch, numbered from 1.

    A compressed stream is first copied to a temporary file, because Parquet is read from its end.
    Times finer than a microsecond lose what is finer.

    Raises
    ------
    DataError
        If the id or the text is in a column whose type cannot hold it.
    BrokenInput
        If the file is damaged, or no Parquet.
    """
    arrow = require_pyarrow()
    number = 0
    with ExitStack() as stack:
        try:
            seekable: IO[bytes] = stream
            if not stream.seekable():
                seekable = stack.enter_context(copy_to_temporary_file(stream))
            table = stack.enter_context(arrow.parquet.ParquetFile(seekable))
            _check_types(arrow, table.schema_arrow, file, columns)
            for batch in table.iter_batches(batch_size=_ROWS_READ):
                for fields in _rows(arrow, batch):
                    number += 1
                    if isinstance(fields, dict):
                        yield Record(file, number, fields)
                    else:
                        yield Unreadable(number, f"a value cannot be read: {fields}; expected text in UTF-8")
        except arrow.ArrowMemoryError:
            raise  # no fault of the file
        except (*STREAM_FAILURES, arrow.ArrowException) as problem:
            raise BrokenInput(number + 1, problem) from problem


def _check_types(arrow: Any, schema: Any, file: str, columns: Columns) -> None:
    kinds = arrow.types
    for option, column in (("id", columns.id), ("text", columns.text)):
        if schema.names.count(column) > 1:
            raise DataError(f"{file} has {schema.names.count(column)} columns named {column!r}; expected one")
        if column not in schema.names:
            continue  # the reader reports it, with the columns there are
        kind = schema.field(column).type
        held = kind.value_type if kinds.is_dictionary(kind) else kind
        readable = kinds.is_string(held) or kinds.is_large_string(held) or kinds.is_null(held)
        readable = readable or str(held) == "string_view"
        if option == "id":
            readable = readable or kinds.is_integer(held) or kinds.is_floating(held)
        if not readable:
            wanted = "text or integers" if option == "id" else "text"
            raise DataError(
                f"{file}: the {option} column {column!r} is of type {kind}; expected {wanted}. "
                f"Convert it, or name another column with --{option}"
            )


def _rows(arrow: Any, batch: Any) -> list[Any]:
    """Turn a batch into dicts; a row that cannot be turned becomes the exception it raised."""
    for index, field in enumerate(batch.schema):
        if arrow.types.is_timestamp(field.type) and field.type.unit == "ns":
            # Python's datetime ends at microseconds, and pyarrow refuses to round by itself.
            coarse = batch.column(index).cast(arrow.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(index, field.name, coarse)
    unreadable = (ValueError, OverflowError, arrow.ArrowException)  # UnicodeDecodeError is a ValueError
    try:
        return list(batch.to_pylist())
    except unreadable:
        rows = []
        for index in range(batch.num_rows):
            try:
                rows.extend(batch.slice(index, 1).to_pylist())
            except unreadable as problem:
                rows.append(problem)
        return rows


class ParquetRows:
    """Writes rows as Parquet.

    Parameters
    ----------
    stream : binary file
        Where the bytes go; it need not be seekable.
    types : mapping of str to pyarrow.DataType, optional
        The columns. None learns them from the first rows.
    metadata : mapping of str to str
        Kept in the schema, as it is when the first row group is written.
    """

    def __init__(self, stream: BinaryIO, types: Mapping[str, Any] | None, metadata: Mapping[str, str]) -> None:
        """Write nothing yet: the first row group settles the columns."""
        self._arrow = require_pyarrow()
        self._stream = stream
        self._metadata = metadata
        self._schema: Any = None if types is None else self._arrow.schema(list(types.items()))
        self._writer: Any = None
        self._waiting: list[Mapping[str, object]] = []
        self._batches: list[Any] = []

    def write(self, row: Mapping[str, object]) -> None:
        """Write one row.

        Raises
        ------
        OutputError
            If the rows do not fit the types of their columns.
        """
        self._waiting.append(row)
        if len(self._waiting) >= _ROWS_CONVERTED:
            self._convert()

    def write_stretch(self, stretch: Stretch) -> None:
        """Write a stretch of rows, with all columns of the table, whose types are known.

        Raises
        ------
        OutputError
            If a column does not fit its type.
        """
        self._convert()
        self._add(stretch)

    def finish(self) -> None:
        """Write what is waiting, and the end of the file."""
        if self._waiting or self._schema is None:
            self._convert()
        self._write_group()
        self._writer.close()

    def abandon(self) -> None:
        """Let go of the file; what is still written to the stream is of no use."""
        if self._writer is not None:
            self._writer.close()

    def _convert(self) -> None:
        if self._schema is None:
            self._schema = self._learn_schema()
        unknown = sorted({name for row in self._waiting for name in row}.difference(self._schema.names))
        if unknown:
            raise OutputError(
                f"cannot write Parquet: the column {unknown[0]!r} first occurs after the columns were settled; "
                "expected every column in the first rows. Write JSON lines instead"
            )
        waiting, self._waiting = self._waiting, []
        self._add({name: [row.get(name) for row in waiting] for name in self._schema.names})

    def _add(self, columns: Mapping[str, Any]) -> None:
        arrays = [arrow_array(columns[field.name], field.name, field.type) for field in self._schema]
        self._batches.append(self._arrow.RecordBatch.from_arrays(arrays, schema=self._schema))
        rows, size = sum(len(batch) for batch in self._batches), sum(batch.nbytes for batch in self._batches)
        if rows >= _ROW_GROUP_ROWS or size >= _ROW_GROUP_BYTES:
            self._write_group()

    def _learn_schema(self) -> Any:
        names = dict.fromkeys(name for row in self._waiting for name in row)
        fields = []
        for name in names:
            kind = arrow_array([row.get(name) for row in self._waiting], name, None).type
            # A column with no value yet: text is what it most likely turns out to hold.
            fields.append((name, self._arrow.string() if self._arrow.types.is_null(kind) else kind))
        return self._arrow.schema(fields)

    def _write_group(self) -> None:
        if self._writer is None:
            self._writer = self._arrow.parquet.ParquetWriter(
                self._stream, self._schema.with_metadata(dict(self._metadata))
            )
        if self._batches:
            self._writer.write_table(self._arrow.Table.from_batches(self._batches), row_group_size=_ROW_GROUP_ROWS * 2)
            self._batches = []


def arrow_array(values: Any, name: str, kind: Any) -> Any:
    """A column as an array of Arrow of a type, or, where none is given, of the one its values have.

    Raises
    ------
    OutputError
        If a value does not fit.
    """
    arrow = require_pyarrow()
    if isinstance(values, Lists):
        parts = zip(values.parts, kind.value_type, strict=True)
        arrays = [arrow_array(part, f"{name}.{field.name}", field.type) for part, field in parts]
        items = arrow.StructArray.from_arrays(arrays, fields=list(kind.value_type))
        return arrow.ListArray.from_arrays(values.first.astype("int32"), items, type=kind)
    try:
        try:
            return arrow.array(values, type=kind)
        except UnicodeEncodeError:
            return arrow.array([without_surrogates(value) for value in values], type=kind)
    except (arrow.ArrowException, TypeError, ValueError, OverflowError) as problem:
        expected = f"values of type {kind}, as in the first rows" if kind else "values of one type"
        raise OutputError(
            f"cannot write Parquet: the values of column {name!r} do not fit: {problem}; expected {expected}. "
            "Write JSON lines instead"
        ) from problem


def without_surrogates(value: object) -> object:
    """A value with the lone surrogates of every text in it as escapes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_surrogates(item) for item in value]
    return value
