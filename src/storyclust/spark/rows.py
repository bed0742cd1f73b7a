"""Arrays as columns of Arrow, and back: what travels between the machines of a cluster.

In: arrays of many stories, one story after another. Out: record batches, a row a story. Hashes travel as whole numbers
of 64 bits in the order of the hashes, since SQL knows no numbers without a sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from storyclust.arrays import Hashes, Integers
from storyclust.io.parquet import arrow_array

Scalar = TypeVar("Scalar", bound=np.generic)

SIGN = np.uint64(1 << 63)
# Rows in a batch that is handed on, and rows that whole groups are gathered to before they are worked on.
ROWS_AT_ONCE = 4096


def as_signed(hashes: Hashes) -> Integers:
    """Hashes as numbers with a sign, in the same order.

    >>> as_signed(np.array([0, 2**64 - 1], np.uint64)).tolist() == [-(2**63), 2**63 - 1]
    True
    """
    return (hashes ^ SIGN).view(np.int64)


def as_hashes(numbers: Integers) -> Hashes:
    """The hashes again."""
    return numbers.view(np.uint64) ^ SIGN


def binaries(values: npt.NDArray[Any], counts: Integers) -> pa.Array:
    """A column of bytes: of each row the next so many values."""
    offsets = np.concatenate(([0], np.cumsum(counts * values.itemsize)))
    parts = [pa.py_buffer(np.ascontiguousarray(part)) for part in (offsets.astype(np.int32), values)]
    return pa.BinaryArray.from_buffers(pa.binary(), len(counts), [None, *parts])


def values_of(column: pa.Array | pa.ChunkedArray, kind: type[Scalar]) -> tuple[npt.NDArray[Scalar], Integers]:
    """The values of all rows of a column of bytes, and how many each row has."""
    whole = _whole(column).cast(pa.large_binary())
    offsets = np.frombuffer(whole.buffers()[1], np.int64)[whole.offset : whole.offset + len(whole) + 1]
    if not len(whole):
        return np.empty(0, kind), np.empty(0, np.int64)
    content = whole.buffers()[2]
    raw = np.frombuffer(content, np.uint8)[offsets[0] : offsets[-1]] if content is not None else np.empty(0, np.uint8)
    # A copy, so that the values lie where their kind asks for.
    return np.frombuffer(raw.tobytes(), kind), np.diff(offsets) // np.dtype(kind).itemsize


def lists(values: Integers, counts: Integers) -> pa.Array:
    """A column of lists of whole numbers: of each row the next so many values."""
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values, pa.int64()))


def numbers_of(column: pa.Array | pa.ChunkedArray) -> tuple[Integers, Integers]:
    """The values of all rows of a column of lists, and how many each row has."""
    whole = _whole(column)
    counts = whole.value_lengths().to_numpy(zero_copy_only=False).astype(np.int64)
    return whole.flatten().to_numpy(zero_copy_only=False).astype(np.int64), counts


def integers(column: pa.Array | pa.ChunkedArray, missing: int = 0) -> Integers:
    """A column of whole numbers."""
    found: Integers = _whole(column).fill_null(missing).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def batch_of(schema: pa.Schema, columns: Mapping[str, Any]) -> pa.RecordBatch:
    """A record batch with the columns of a schema."""
    arrays = [
        column if isinstance(column, pa.Array) else arrow_array(column, field.name, field.type)
        for field, column in ((field, columns[field.name]) for field in schema)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def whole_groups(batches: Iterable[pa.RecordBatch], by: str, least: int = ROWS_AT_ONCE) -> Iterator[pa.Table]:
    """Rows that are sorted by a column as tables of about so many or more, rows of one value always in one table."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        if len(batch) == 0:
            continue
        held.append(batch)
        if sum(map(len, held)) < least or integers(held[0][by])[0] == integers(batch[by])[-1]:
            continue
        table = pa.Table.from_batches(held)
        values = integers(table[by])
        last = _last_run(values)
        if last:
            yield table.slice(0, last)
            held = table.slice(last).combine_chunks().to_batches()
    if held:
        yield pa.Table.from_batches(held)


def _last_run(values: Integers) -> int:
    """Where the run of the last value begins."""
    others = np.flatnonzero(values != values[-1])
    return int(others[-1]) + 1 if len(others) else 0


def _whole(column: pa.Array | pa.ChunkedArray) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
