"""Data sets with the face of Hugging Face's: known by what they can do, so that nothing of theirs is imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, Self, runtime_checkable

from storyclust.carriers.carrier import Carrier
from storyclust.carriers.named import present_columns
from storyclust.io import Columns


@runtime_checkable
class Dataset(Protocol):
    """Rows of named columns, which can be chosen from by column and by place."""

    @property
    def column_names(self) -> list[str]:
        """The names of the columns."""

    def __len__(self) -> int:
        """How many rows there are."""

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """The rows."""

    def with_format(self, type: None) -> Self:
        """The same rows with plain Python values, in dicts."""

    def select_columns(self, column_names: list[str]) -> Self:
        """The same rows with these columns alone."""

    def select(self, indices: Sequence[int]) -> Self:
        """The rows at these places."""


class DatasetCarrier(Carrier):
    """Carries the rows of a data set."""

    def __init__(self, dataset: Dataset) -> None:
        """Hold the data set."""
        self._dataset = dataset

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self._dataset)

    def records(self, columns: Columns) -> Iterator[object]:
        """The rows as dicts; the place of a row is its id where there is no such column."""
        names = present_columns(self._dataset.column_names, columns)
        # Whatever else a row holds, pictures perhaps, is not decoded, and rows of tensors are dicts again.
        rows = self._dataset.with_format(None).select_columns(names)
        if columns.id in names:
            return iter(rows)
        return ({**row, columns.id: str(place)} for place, row in enumerate(rows))

    def keep(self, positions: Sequence[int]) -> Any:
        """A data set of the same kind with all its columns."""
        return self._dataset.select(list(positions))
