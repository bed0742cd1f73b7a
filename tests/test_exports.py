"""Results as data frames hold what the files hold, in every library, whatever the result."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest

import storyclust as sc
from carried import CHOIR, LOCK, ROWS
from storyclust import errors
from straits import STRAITS

REJECTED: list[dict[str, Any]] = [{"id": "a", "text": LOCK}, {"id": None, "text": LOCK}, {"id": "a", "text": LOCK}]
RESULTS = {
    "many": lambda: sc.cluster_stories(STRAITS),
    "none": lambda: sc.cluster_stories([]),
    "rejects": lambda: sc.cluster_stories(REJECTED, on_error="skip"),
    "odd": lambda: sc.cluster_stories([{"id": f"{name}\ud800", "text": LOCK, "source": "\udcff"} for name in "ab"]),
}
WRITERS = {"assignments": "write_assignments", "links": "write_links", "clusters": "write_clusters"}
results = pytest.mark.parametrize("name", RESULTS)


@pytest.fixture(scope="module")
def made() -> dict[str, sc.StoryClusters]:
    return {name: make() for name, make in RESULTS.items()}


@results
@pytest.mark.parametrize("table", WRITERS)
def test_frames_hold_what_a_parquet_file_holds(
    made: dict[str, sc.StoryClusters], name: str, table: Any, tmp_path: Path
) -> None:
    result = made[name]
    path = tmp_path / "table.parquet"
    getattr(result, WRITERS[table])(path)
    written = pyarrow.parquet.read_table(path)
    arrow, polars, pandas = result.to_arrow(table), result.to_polars(table), result.to_pandas(table)
    assert (type(arrow), type(polars), type(pandas)) == (pa.Table, pl.DataFrame, pd.DataFrame)
    assert arrow.to_pylist() == polars.to_dicts() == written.to_pylist()
    assert arrow.schema.equals(written.schema)
    assert arrow.schema.metadata == written.schema.metadata
    assert pandas.columns.tolist() == written.column_names
    plain = pandas.astype(object).where(pandas.notna(), None)
    assert plain.to_dict("records") == written.to_pylist()


@results
def test_types_do_not_hang_on_what_a_table_holds(made: dict[str, sc.StoryClusters], name: str) -> None:
    assert made[name].to_polars("links").schema == made["many"].to_polars("links").schema
    text = "str" if int(pd.__version__.partition(".")[0]) >= 3 else "object"
    others = {"is_canonical": "bool", "shared_words": "Int64", "share": "float64"}
    for column, dtype in made[name].to_pandas().dtypes.items():
        assert dtype == others.get(str(column), text)


def test_assignments_are_the_table_by_default(made: dict[str, sc.StoryClusters]) -> None:
    result = made["many"]
    assert result.to_polars().to_dicts() == list(result.assignments())
    matches = sc.match_stories(STRAITS[:5], STRAITS[5:])
    assert matches.to_polars().to_dicts() == list(matches.rows())


def test_matches_and_their_links() -> None:
    matches = sc.match_stories([*ROWS[:1], {"id": "new", "text": CHOIR}], ROWS[1:])
    assert matches.to_pandas()["match"].isna().tolist() == [False, False]
    assert matches.to_arrow().to_pylist() == list(matches.rows())
    links = matches.to_arrow("links")
    assert list(zip(links["id_a"].to_pylist(), links["id_b"].to_pylist(), strict=True)) == [
        (link.id_a, link.id_b) for link in matches.links()
    ]
    assert links.schema.metadata[b"storyclust_profile"].decode() == matches.profile.digest
    assert matches.to_pandas("rejects").empty


def test_rejects_are_a_table(made: dict[str, sc.StoryClusters]) -> None:
    for frame in (made["rejects"].to_polars("rejects").to_dicts(), made["rejects"].to_arrow("rejects").to_pylist()):
        assert [(row["file"], row["line"], row["id"]) for row in frame] == [(None, 2, None), (None, 3, "a")]
        assert all("id" in row["reason"] for row in frame)


def test_passages_are_those_of_the_links(made: dict[str, sc.StoryClusters]) -> None:
    result = made["many"]
    parts = ("a_start", "a_stop", "b_start", "b_stop", "words", "kind")
    expected = [
        [{part: getattr(passage, part) for part in parts} for passage in link.passages] for link in result.links()
    ]
    assert sum(len(passages) for passages in expected) > 30
    for frame in (result.to_pandas("links"), result.to_polars("links"), result.to_arrow("links").to_pydict()):
        assert [list(passages) for passages in frame["passages"]] == expected


def test_assignments_join_the_frame_they_came_from() -> None:
    frame = pl.DataFrame(ROWS)
    joined = frame.join(sc.cluster_stories(frame).to_polars(), on="id", how="left")
    assert joined["cluster"].to_list() == ["post", "post", "choir", "post", "blank"]


@pytest.mark.parametrize("method", ["to_pandas", "to_polars", "to_arrow"])
def test_an_unknown_table_is_refused(made: dict[str, sc.StoryClusters], method: str) -> None:
    with pytest.raises(
        errors.UsageError, match="table is 'pairs'; expected one of assignments, links, clusters, rejects"
    ):
        getattr(made["none"], method)("pairs")


@pytest.mark.parametrize(
    ("method", "library", "extra"),
    [("to_pandas", "pandas", "pandas"), ("to_polars", "polars", "polars"), ("to_arrow", "pyarrow", "parquet")],
)
def test_a_library_that_is_missing_is_named_with_what_installs_it(
    made: dict[str, sc.StoryClusters], monkeypatch: pytest.MonkeyPatch, method: str, library: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(errors.MissingDependencyError, match=rf'pip install "storyclust\[{extra}\]"') as caught:
        getattr(made["none"], method)()
    assert isinstance(caught.value, ImportError)
    assert str(caught.value).startswith(f"a frame of {library} needs {library}, which cannot be imported")
