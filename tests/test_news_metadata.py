"""What a provider says of a story: carried from every table, and heeded in what is kept and where it came from."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from harbour import BRIDGE, CANCELED, CORRECTED, FIRST, PRINTED, STORIES
from storyclust import Settings, Story, StoryReader, cluster_stories, deduplicate
from storyclust.errors import DuplicateIdError, MissingColumnError, RecordError
from storyclust.io import Columns

ABOUT = ("agency", "language", "status", "version", "evolved_from")


def rows() -> list[dict[str, Any]]:
    return [asdict(story) | {"published": story.published and story.published.isoformat()} for story in STORIES]


def write_jsonl(path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows()))


def write_csv(path: Path) -> None:
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, list(rows()[0]))
        table.writeheader()
        table.writerows(rows())


def write_parquet(path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(rows()), path)


WRITERS: dict[str, Callable[[Path], None]] = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}


@pytest.mark.parametrize("ending", WRITERS)
def test_tables_carry_all_of_a_story(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"wire.{ending}"
    WRITERS[ending](path)
    assert [located.story for located in StoryReader(path)] == list(STORIES)


def test_dicts_carry_all_of_a_story() -> None:
    assert sorted(cluster_stories(rows()).stories, key=lambda s: s.id) == sorted(STORIES, key=lambda s: s.id)


@pytest.mark.parametrize("name", ABOUT)
def test_columns_of_other_names_are_asked_for(name: str, tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    value = "withheld" if name == "status" else "x1"
    path.write_text(json.dumps({"id": "a", "text": "The ferry sank.", "theirs": value}))
    [located] = StoryReader(path, columns=Columns(**{name: "theirs"}))
    assert getattr(located.story, name) == value
    with pytest.raises(MissingColumnError, match=rf"Columns\({name}=\.\.\.\)"):
        list(StoryReader(path, columns=Columns(**{name: "nowhere"})))


@pytest.mark.parametrize("value", [200, 1.5, True, None, "", ["en"], {"name": "dpa"}, "published"])
def test_what_others_keep_under_these_names_is_left_alone(value: object, tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    record = {"id": "a", "text": "The ferry sank.", **dict.fromkeys(ABOUT, value)}
    path.write_text(json.dumps(record))
    [located] = StoryReader(path)
    [story] = cluster_stories([record]).stories
    assert located.story == story
    wanted = {200: "200", "published": "published"}.get(value) if isinstance(value, (int, str)) else None  # type: ignore[call-overload]
    wanted = None if value is True else wanted
    assert (story.agency, story.language, story.version, story.evolved_from) == (wanted,) * 4
    assert story.status == "usable"


def test_a_status_that_is_asked_for_must_be_one(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_text(json.dumps({"id": "a", "text": "The ferry sank.", "status": 200}))
    with pytest.raises(RecordError, match="'status' is int 200; expected one of usable, withheld, canceled"):
        list(StoryReader(path, columns=Columns(status="status")))


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("canceled", "canceled"),
        ("Cancelled", "canceled"),
        ("stat:withheld", "withheld"),
        ("http://cv.iptc.org/newscodes/pubstatusg2/usable", "usable"),
    ],
)
def test_a_status_is_known_by_the_names_the_trade_has_for_it(written: str, status: str) -> None:
    [story] = cluster_stories([{"id": "a", "text": "The ferry sank.", "status": written}]).stories
    assert story.status == status


@pytest.mark.parametrize("name", ["agency", "language", "version", "evolved_from", "status"])
def test_a_story_takes_no_other_types(name: str) -> None:
    with pytest.raises(RecordError, match=f"a story's {name} is"):
        Story("a", "", **{name: 7})  # type: ignore[arg-type]


# What is kept


@pytest.mark.parametrize("rule", ["centroid", "earliest", "longest"])
@pytest.mark.parametrize("status", ["withheld", "canceled"])
def test_what_may_not_be_published_is_not_kept_while_another_may(rule: Any, status: Any) -> None:
    best = cluster_stories(STORIES, settings=Settings(canonical=rule)).cluster_of(FIRST.id).canonical
    stories = [replace(story, status=status if story.id == best else story.status) for story in STORIES]
    cluster = cluster_stories(stories, settings=Settings(canonical=rule)).cluster_of(FIRST.id)
    assert cluster.canonical not in (best, CANCELED.id)
    assert cluster.reason.startswith("2 withheld or canceled are left out; ")


def test_one_that_is_left_out_is_told_of() -> None:
    cluster = cluster_stories(STORIES).cluster_of(FIRST.id)
    assert CANCELED.id in cluster.members
    assert cluster.reason.startswith("1 withheld or canceled is left out; ")


def test_a_preferred_source_gives_no_leave_to_publish() -> None:
    ours = replace(PRINTED, status="withheld")
    settings = Settings(preferred_sources=(str(ours.source),))
    assert cluster_stories([FIRST, ours], settings=settings).cluster_of(ours.id).canonical == FIRST.id
    assert cluster_stories([FIRST, PRINTED], settings=settings).cluster_of(ours.id).canonical == ours.id


def test_where_none_is_usable_the_reason_says_so() -> None:
    pair = [replace(FIRST, status="withheld"), replace(PRINTED, status="canceled")]
    [cluster] = cluster_stories(pair)
    assert cluster.canonical == FIRST.id
    assert cluster.reason.startswith("none is usable, all are withheld or canceled; ")
    assert cluster_stories(STORIES).cluster_of(BRIDGE.id).reason.endswith("; it is withheld")


def test_deduplication_keeps_what_is_usable() -> None:
    assert deduplicate([CANCELED, FIRST, PRINTED]) == [FIRST]


# Where it came from


def test_a_story_comes_from_the_one_it_names() -> None:
    link = cluster_stories(STORIES).explain(CORRECTED.id, FIRST.id)
    assert (link.origin, link.origin_sign) == (FIRST.id, "evolved")
    later = [replace(FIRST, published=CORRECTED.published), replace(CORRECTED, published=FIRST.published)]
    assert cluster_stories(later).explain(CORRECTED.id, FIRST.id).origin == FIRST.id
    [row] = cluster_stories(later).links()
    assert (row.origin, row.origin_sign) == (FIRST.id, "evolved")


def test_two_that_name_each_other_say_nothing() -> None:
    pair = [replace(FIRST, evolved_from=PRINTED.id), PRINTED]
    link = cluster_stories(pair).explain(FIRST.id, PRINTED.id)
    assert link.origin_sign != "evolved"


# Versions of one item


def test_the_latest_version_of_an_item_stands_whatever_the_order() -> None:
    versions = [replace(FIRST, version=version, text=f"{FIRST.text} {version}") for version in (None, "2", "9", "10")]
    for order in itertools.permutations(versions):
        result = cluster_stories(order, on_error="skip")
        assert result.stories == (versions[3],)
        assert len(result.rejects) == 3
        assert all(FIRST.id in reject.reason for reject in result.rejects)


def test_equal_versions_with_different_texts_conflict_unless_a_later_one_came() -> None:
    first, second = (replace(FIRST, version="1", text=text) for text in (FIRST.text, BRIDGE.text))
    with pytest.raises(DuplicateIdError, match="stands for another text"):
        cluster_stories([first, second])
    for order in itertools.permutations([first, second, replace(FIRST, version="2")]):
        result = cluster_stories(order, on_error="skip")
        assert [story.version for story in result.stories] == ["2"]
        assert len(result.rejects) == 2
