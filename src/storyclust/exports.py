"""Results as data frames: the tables that files hold, for pandas, polars and pyarrow.

In: a table's fields and its rows. Out: a frame of the library asked for, with the columns and types of the files; see
`docs/file-formats.md`. A library is loaded when its frame is asked for.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from storyclust.errors import MissingDependencyError, UsageError
from storyclust.io import Field
from storyclust.io.columns import Stretch, rows_of
from storyclust.io.parquet import without_surrogates
from storyclust.io.tables import PASSAGE_PARTS

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Row = Mapping[str, Any]
Values = dict[str, list[Any]]
"""The values of a table, column by column."""

Table = tuple[Sequence[Field], Callable[[], Iterable[Row]]]
"""The columns of a table, and what makes its rows."""

Name = TypeVar("Name", bound=str)

# The extra that installs each library.
_EXTRAS = {"pandas": "pandas", "polars": "polars", "pyarrow": "parquet"}


class Exports(ABC, Generic[Name]):
    """What has tables, and gives them as frames."""

    @abstractmethod
    def _tables(self) -> Mapping[Name, Table]:
        """The tables there are. The first is the one meant by default."""

    @abstractmethod
    def metadata(self) -> dict[str, str]:
        """What a file, and a table of pyarrow, tells of how it was made."""

    def to_pandas(self, table: Name | None = None) -> pd.DataFrame:
        """A table as a frame of pandas.

        Parameters
        ----------
        table : str, optional
            "assignments" (the default), "links", "clusters" or "rejects" of a `StoryClusters`; "matches" (the
            default), "links" or "rejects" of a `StoryMatches`. The columns are those of the files.

        Returns
        -------
        pandas.DataFrame
            Counts are "Int64", which can be missing; a fraction that is missing is NaN; lists are objects, each
            passage a dict. What pandas cannot hold of a text, a lone surrogate, is written as an escape.

        Raises
        ------
        UsageError
            If there is no such table.
        MissingDependencyError
            If pandas is not installed.

        Examples
        --------
        >>> import storyclust as sc
        >>> text = "One ferry, two outlets, the same words. " * 5
        >>> result = sc.cluster_stories(sc.Texts([text, "Chess tonight.", text]))
        >>> result.to_pandas()[["id", "cluster", "relation"]]
          id cluster   relation
        0  0       0  canonical
        1  2       0       copy
        2  1       1  canonical
        """
        frame: pd.DataFrame = self._as_frame("pandas", table, _pandas_frame)
        return frame

    def to_polars(self, table: Name | None = None) -> pl.DataFrame:
        """A table as a frame of polars, as `to_pandas`; passages are lists of structs."""
        frame: pl.DataFrame = self._as_frame("polars", table, _narwhals_frame)
        return frame

    def to_arrow(self, table: Name | None = None) -> pa.Table:
        """A table as one of pyarrow, as `to_pandas`; what a Parquet file holds, with its metadata."""
        found: pa.Table = self._as_frame("pyarrow", table, _narwhals_frame)
        return found.replace_schema_metadata(self.metadata())

    def _as_frame(
        self,
        library: Literal["pandas", "polars", "pyarrow"],
        table: Name | None,
        build: Callable[[Any, Sequence[Field], Values], Any],
    ) -> Any:
        tables = self._tables()
        chosen = next(iter(tables)) if table is None else table
        if chosen not in tables:
            raise UsageError(f"table is {table!r}; expected one of {', '.join(tables)}")
        loaded = _load(library)
        fields, rows = tables[chosen]
        values = _values(fields, rows())
        try:
            "".join(_texts(fields, values)).encode()
        except UnicodeEncodeError:
            # Pandas before 3 would take half of a character; a frame holds the same whichever there is.
            values = {name: [without_surrogates(value) for value in values[name]] for name in values}
        return build(loaded, fields, values)


def rows_of_stretches(stretches: Iterable[Stretch]) -> Iterator[Row]:
    """The rows of a table that is made stretch by stretch."""
    return chain.from_iterable(map(rows_of, stretches))


def _values(fields: Sequence[Field], rows: Iterable[Row]) -> Values:
    """The values of a table column by column, each passage a dict."""
    known = list(rows)
    values = {field.name: [row[field.name] for row in known] for field in fields}
    for field in fields:
        if field.kind == "offsets":
            values[field.name] = [
                [dict(zip(PASSAGE_PARTS, passage, strict=True)) for passage in passages]
                for passages in values[field.name]
            ]
    return values


def _texts(fields: Sequence[Field], values: Values) -> Iterator[str]:
    """Every text of a table."""
    for field in fields:
        if field.kind == "text":
            yield from filter(None, values[field.name])
        elif field.kind == "texts":
            yield from chain.from_iterable(values[field.name])


def _load(library: str) -> Any:
    try:
        return importlib.import_module(library)
    except ImportError as problem:
        raise MissingDependencyError(
            f"a frame of {library} needs {library}, which cannot be imported: {problem}. "
            f'Install it with: pip install "storyclust[{_EXTRAS[library]}]"'
        ) from problem


def _pandas_frame(pandas: Any, fields: Sequence[Field], values: Values) -> Any:
    # Text is a type of its own since pandas 3; before, what is missing would become the word None.
    text = "str" if int(pandas.__version__.partition(".")[0]) >= 3 else "object"
    types = {"text": text, "flag": "bool", "count": "Int64", "fraction": "float64"}
    series = pandas.Series
    return pandas.DataFrame(
        {field.name: series(values[field.name], dtype=types.get(field.kind, "object")) for field in fields}
    )


def _narwhals_frame(library: Any, fields: Sequence[Field], values: Values) -> Any:
    import narwhals.stable.v2 as nw

    passage = [nw.Field(part, nw.String() if part == "kind" else nw.Int64()) for part in PASSAGE_PARTS]
    types = {
        "text": nw.String(),
        "flag": nw.Boolean(),
        "count": nw.Int64(),
        "fraction": nw.Float64(),
        "offsets": nw.List(nw.Struct(passage)),
        "texts": nw.List(nw.String()),
    }
    schema = {field.name: types[field.kind] for field in fields}
    return nw.from_dict(values, schema, backend=library.__name__).to_native()
