"""The same stories in every kind of container, and what stands in each kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

Row = dict[str, Any]

LOCK = (
    "The old sea lock at Brenmouth gave way on Friday evening and let a whole tide into the inner basin, where forty "
    "boats broke their moorings and drifted under the swing bridge. Nobody was hurt. The harbour office closed the "
    "road for two days and asked owners to stay away until divers had cleared the channel of masts and rope."
)
CHOIR = (
    "A choir of bus drivers from Pellan won the winter song prize with a piece about timetables, beating two schools "
    "and a bank. They practise in the depot between the last tram and the first, and said that the echo is free."
)


def on_the_tenth(hour: int) -> datetime:
    return datetime(2026, 3, 10, hour, 30, 0, 250_000, tzinfo=UTC)


# Kept as copies go: one of the three on the lock, the choir, and the empty one; `pages` is nobody's business.
ROWS: list[Row] = [
    {"id": "echo", "text": LOCK + " More on page four.", "title": None, "published": on_the_tenth(15), "pages": 3},
    {"id": "wire", "text": LOCK, "title": "Lock gives way", "published": on_the_tenth(13), "pages": 1},
    {"id": "choir", "text": CHOIR, "title": "Drivers sing", "published": None, "pages": 8},
    {"id": "post", "text": "BRENMOUTH " + LOCK, "title": "Lock", "published": on_the_tenth(12), "pages": 2},
    {"id": "blank", "text": None, "title": None, "published": None, "pages": 9},
]


class HuggingDataset:
    """A plain twin of a Hugging Face data set: the part of its face that is used, and the rows as they would be."""

    def __init__(
        self, rows: Sequence[Row], column_names: list[str] | None = None, format: str | None = "numpy"
    ) -> None:
        self.rows = rows
        self.column_names = list(rows[0]) if column_names is None else column_names
        self.format = format

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        rows = ({name: row[name] for name in self.column_names} for row in self.rows)
        return rows if self.format is None else ({name: np.array(row[name]) for name in row} for row in rows)

    def with_format(self, type: str | None) -> HuggingDataset:
        return HuggingDataset(self.rows, self.column_names, type)

    def select_columns(self, column_names: list[str]) -> HuggingDataset:
        return HuggingDataset(self.rows, column_names, self.format)

    def select(self, indices: Sequence[int]) -> HuggingDataset:
        return HuggingDataset([self.rows[index] for index in indices], self.column_names, self.format)


@dataclass(frozen=True)
class Kind:
    """A kind of container: how rows are put into it, and how they are read from it."""

    name: str
    make: Callable[[Sequence[Row]], Any]
    rows: Callable[[Any], list[Row]]
    type: type


def columns_of(rows: Sequence[Row]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def pandas_rows(frame: pd.DataFrame) -> list[Row]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


KINDS = [
    Kind("list", list, list, list),
    Kind("tuple", tuple, list, tuple),
    Kind("pandas", pd.DataFrame, pandas_rows, pd.DataFrame),
    Kind("pandas objects", lambda rows: pd.DataFrame(rows, dtype=object), pandas_rows, pd.DataFrame),
    Kind("pandas nullable", lambda rows: pd.DataFrame(rows).convert_dtypes(), pandas_rows, pd.DataFrame),
    Kind(
        "pandas on arrow",
        lambda rows: pd.DataFrame(rows).convert_dtypes(dtype_backend="pyarrow"),
        pandas_rows,
        pd.DataFrame,
    ),
    Kind("polars", lambda rows: pl.DataFrame(rows), lambda frame: frame.to_dicts(), pl.DataFrame),
    Kind("polars lazy", lambda rows: pl.LazyFrame(rows), lambda frame: frame.collect().to_dicts(), pl.LazyFrame),
    Kind("pyarrow", lambda rows: pa.Table.from_pylist(list(rows)), lambda table: table.to_pylist(), pa.Table),
    Kind("data set", HuggingDataset, lambda dataset: list(dataset.with_format(None)), HuggingDataset),
]


def write_rows(path: Path, rows: Sequence[Row]) -> Path:
    """The same stories in a file, which no data frame library has touched."""
    path.write_text("".join(json.dumps(row, default=datetime.isoformat) + "\n" for row in rows))
    return path


def text_columns(texts: Sequence[str | None]) -> dict[str, Any]:
    """Texts without anything else, in whatever holds such."""
    return {
        "pandas": pd.Series(texts),
        "pandas categories": pd.Series(texts, dtype="category"),
        "polars": pl.Series(texts),
        "polars categories": pl.Series(texts).cast(pl.Categorical),
        "pyarrow": pa.chunked_array([texts]),
        "pyarrow dictionary": pa.chunked_array([pa.array(texts).dictionary_encode()]),
        "array": np.array(texts, object),
    }
