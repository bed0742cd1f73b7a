"""Write, then read: what a result writes is what it says."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edited import TEXT, collections, cut, link_row, quickly
from storyclust import (
    Settings,
    Story,
    StoryClusters,
    StoryMatches,
    cluster_stories,
    load_newsroom,
    match_stories,
)
from storyclust.io.columns import rows_of
from storyclust.match import story_links
from storyclust.tables import rounded
from straits import STRAITS

# Write, then read

ODD_IDS = ('commas, "quotes"', "two\nlines", "Ωmega ☂", " spaces ", "=1+1", "null", "0007")
CELLS = {
    "true": True,
    "false": False,
    "": None,
}


def read_csv_cell(cell: str, like: object) -> object:
    """A cell as the value it was written from; `like` gives the type."""
    if isinstance(like, bool) or cell == "" or like is None:
        return CELLS[cell]
    if isinstance(like, list):
        return json.loads(cell)
    return type(like)(cell)


def read_back(path: Path, expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a file, read without storyclust."""
    opened = gzip.open if path.suffix == ".gz" else open
    if ".parquet" in path.name:
        with opened(path, "rb") as file:
            rows = pq.read_table(file).to_pylist()
        for row in rows:
            if "passages" in row:
                row["passages"] = [list(passage.values()) for passage in row["passages"]]
        return rows
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        if ".jsonl" in path.name:
            return [json.loads(line) for line in file.read().split("\n")[:-1]]
        return [
            {name: read_csv_cell(cell, expected[number][name]) for name, cell in row.items()}
            for number, row in enumerate(csv.DictReader(file))
        ]


@pytest.fixture(scope="module")
def oddly_named() -> StoryClusters:
    stories = [Story(id, TEXT["corvane-ferry"], source=f"The {id}") for id in ODD_IDS[:3]]
    stories += [Story(id, cut(TEXT["corvane-ferry"], 0, 70)) for id in ODD_IDS[3:]]
    return cluster_stories([*stories, *STRAITS])


@pytest.mark.parametrize("name", [f"out.{ending}{gz}" for ending in ("jsonl", "csv", "parquet") for gz in ("", ".gz")])
@pytest.mark.parametrize("table", ["assignments", "links", "clusters"])
def test_writing_then_reading_is_identity(table: str, name: str, oddly_named: StoryClusters, tmp_path: Path) -> None:
    result = oddly_named
    rows = {
        "assignments": lambda: list(result.assignments()),
        "links": lambda: [link_row(link) for link in result.links()],
        "clusters": lambda: list(result.cluster_rows()),
    }[table]()
    getattr(result, f"write_{table}")(tmp_path / name)
    read = read_back(tmp_path / name, rows)
    assert read == rows
    assert [list(row) for row in read] == [list(row) for row in rows]
    assert {"assignments": 37, "clusters": 6}.get(table, len(rows)) == len(rows) > 20 or table == "clusters"


def in_rows(result: StoryClusters | StoryMatches) -> list[dict[str, Any]]:
    """What `link_columns` says, row by row, as JSON reads it."""
    return [json.loads(json.dumps(row)) for stretch in result.link_columns() for row in rows_of(stretch)]


@quickly
@given(collections())
def test_columns_of_links_say_what_the_links_say(stories: list[Story]) -> None:
    for result in (cluster_stories(stories), match_stories(stories[::2], stories)):
        assert in_rows(result) == [link_row(link) for link in result.links()]


@pytest.mark.parametrize(("placed", "pairs"), [(1, 4096), (50, 7), (1 << 18, 64)])
def test_columns_of_links_are_the_same_in_any_stretches(
    placed: int, pairs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = cluster_stories(load_newsroom().stories)
    expected = [link_row(link) for link in result.links()]
    monkeypatch.setattr(story_links, "PLACED_AT_ONCE", placed)
    monkeypatch.setattr(story_links, "PAIRS_AT_ONCE", pairs)
    assert in_rows(result) == expected
    assert [link_row(link) for link in result.links()] == expected
    assert len(list(result.link_columns())) >= len(expected) / min(placed, pairs) > 5


@given(st.lists(st.floats(0, 1) | st.integers(0, 10**7).map(lambda number: number / 10**7), max_size=50))
def test_fractions_are_rounded_as_python_rounds_them(values: list[float]) -> None:
    assert rounded(np.array(values)).tolist() == [round(value, 6) for value in values]


def test_a_parquet_file_says_how_it_was_made(oddly_named: StoryClusters, tmp_path: Path) -> None:
    chosen = Settings(copy_share=0.5, preferred_sources=("The Delmora Ledger",))
    result = cluster_stories(STRAITS, settings=chosen)
    result.write_assignments(tmp_path / "out.parquet")
    metadata = pq.read_schema(tmp_path / "out.parquet").metadata
    assert Settings.from_dict(json.loads(metadata[b"storyclust_settings"])) == chosen
    assert metadata[b"storyclust_profile"].decode() == result.profile.digest != oddly_named.profile.digest
    assert metadata[b"storyclust_format"] == b"storyclust 1"
