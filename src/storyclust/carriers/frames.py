"""Data frames and their columns, of pandas, polars, pyarrow and whatever else narwhals knows.

In: a frame, eager or lazy, or one column of texts. Out: rows with the values that Python has for them, whatever the
library's own; and the same kind of frame, with its index and all its columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import narwhals.stable.v2 as nw
from narwhals.exceptions import DuplicateError

from storyclust.carriers.carrier import Carrier
from storyclust.carriers.named import missing_column, present_columns
from storyclust.errors import DataError, MissingColumnError
from storyclust.io import Columns

AnyFrame: TypeAlias = "nw.DataFrame[Any]"
AnySeries: TypeAlias = "nw.Series[Any]"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def frame_carrier(source: Any) -> FrameCarrier | SeriesCarrier | None:
    """The carrier of a frame or of a column; None for anything else."""
    try:
        known: Any = nw.from_native(source, pass_through=True, allow_series=True)
    except DuplicateError as error:
        raise DataError(f"two columns have one name: {' '.join(str(error).split())}. Rename one of them") from error
    if isinstance(known, nw.LazyFrame):
        return FrameCarrier(known.collect(), lazy=known)
    if isinstance(known, nw.DataFrame):
        return FrameCarrier(known)
    return SeriesCarrier(known) if isinstance(known, nw.Series) else None


class FrameCarrier(Carrier):
    """Carries the rows of a frame; a lazy one has been collected, whole, so that it is computed once."""

    def __init__(self, frame: AnyFrame, *, lazy: nw.LazyFrame[Any] | None = None) -> None:
        """Hold the frame, and the lazy one it was collected from."""
        self._frame = frame
        self._lazy = lazy

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self._frame)

    def records(self, columns: Columns) -> Iterator[object]:
        """The rows as dicts of the columns a story is made of."""
        frame, index = self._frame, nw.maybe_get_index(self._frame)
        levels = [] if index is None else [level for level in index.names if level is not None]
        names = present_columns([*frame.columns, *levels], columns)
        values = [_python_values(frame[name] if name in frame.columns else _level(index, name)) for name in names]
        if columns.id not in names:
            names.append(columns.id)
            values.append(_row_names(frame, columns.id))
        return (dict(zip(names, row, strict=True)) for row in zip(*values, strict=True))

    def keep(self, positions: Sequence[int]) -> Any:
        """A frame of the same kind, lazy again if it was."""
        kept = _keep(self._frame, positions)
        if self._lazy is None:
            return kept.to_native()
        return kept.lazy(backend=self._lazy.implementation).to_native()


class SeriesCarrier(Carrier):
    """Carries a column of texts."""

    def __init__(self, texts: AnySeries) -> None:
        """Hold the column."""
        self._texts = texts

    @property
    def size(self) -> int:
        """How many texts there are."""
        return len(self._texts)

    def records(self, columns: Columns) -> Iterator[object]:
        """A dict a text."""
        names = _row_names(self._texts, columns.id)
        return ({columns.id: name, columns.text: text} for name, text in zip(names, self.values(), strict=True))

    def values(self) -> list[object]:
        """The texts; None for one that is missing."""
        return _python_values(self._texts)

    def keep(self, positions: Sequence[int]) -> Any:
        """A column of the same kind."""
        return _keep(self._texts, positions).to_native()


def _keep(rows: Any, positions: Sequence[int]) -> Any:
    """The rows at some places."""
    # By flags: gathering makes one array of a column, and more than 2 GB of text do not fit one of pyarrow's.
    flags = [False] * len(rows)
    for position in positions:
        flags[position] = True
    return rows.filter(flags) if flags else rows


def _python_values(column: AnySeries) -> list[object]:
    """The values of a column; None for what its library holds to be missing."""
    if column.dtype == nw.Date:
        column = column.cast(nw.Datetime("us"))
    values = iter(_present_values(column.drop_nulls()))
    return [None if missing else next(values) for missing in column.is_null().to_list()]


def _present_values(column: AnySeries) -> list[object]:
    """The values of a column that misses none."""
    if column.dtype == nw.Datetime:
        # Python's datetime is coarser than some units and narrower than others, so none is made on the way.
        return [_moment(moment) for moment in column.dt.timestamp("us").to_list()]
    return column.to_list()


def _level(index: Any, name: str) -> AnySeries:
    """A level of an index as a column."""
    return nw.from_native(index.get_level_values(name).to_series(), series_only=True)


def _moment(microseconds: int) -> datetime | str:
    """The time so long after 1970, or words for one that no datetime can hold."""
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return f"{microseconds} microseconds after 1970"


def _row_names(rows: AnyFrame | AnySeries, id: str) -> list[object]:
    """What the rows are called where no column says so: by the index, or by their places where there is none.

    Raises
    ------
    MissingColumnError, DataError
        If the index cannot name a row, or names two rows alike.
    """
    index: Any = nw.maybe_get_index(rows)
    if index is None:
        return [str(place) for place in range(len(rows))]
    if index.nlevels > 1 or index.inferred_type not in ("integer", "string", "empty"):
        there = rows.columns if isinstance(rows, nw.DataFrame) else []
        error = missing_column(there, id, "id")
        or_else = f"Or give whole numbers or texts as the index, in place of {index[:1]!r:.80}"
        raise MissingColumnError(error.problem, f"{error.remedy} {or_else}", error.field)
    if not index.is_unique:
        raise DataError(
            f"there is no id column {id!r}, and the index names two rows {index[index.duplicated()].tolist()[0]!r}; "
            "expected one name a row. Number the rows with reset_index(drop=True), or name the column that tells them "
            "apart: columns=storyclust.Columns(id=...)"
        )
    return list(index.tolist())
