"""On Spark, the same job: the same profile, the same clusters, the same links, row for row."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import storyclust as sc
from storyclust import Settings, Story, errors
from storyclust.exports import rows_of_stretches
from storyclust.newsroom import wire

pytest.importorskip("pyspark", reason="pyspark is not installed")
if shutil.which("java") is None:
    pytest.skip("Java is not installed", allow_module_level=True)

from sparks import assigned, by_ids, frame_of, linked, session
from storyclust.spark import cells, cluster_stories, components, deduplicate, match_stories, settling
from storyclust.spark.candidates import whole_runs

NEWS = sc.load_newsroom().stories
LEAD = "The night ferry to Orrin lost its rudder two miles off the breakwater and drifted for an hour until a trawler "


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    made = session()
    yield made
    made.stop()


def test_a_job_is_that_of_one_machine(spark: Any, tmp_path: Path) -> None:
    one = sc.cluster_stories(NEWS)
    result = cluster_stories(frame_of(spark, NEWS), work=f"file://{tmp_path}/work")
    assert result.profile == one.profile
    assert assigned(result) == list(one.assignments())
    told = {row["cluster"]: row["reason"] for row in result.assignments.where("reason <> ''").toArrow().to_pylist()}
    assert told == {cluster.id: cluster.reason for cluster in one if len(cluster) > 1}
    assert linked(result.links) == by_ids(rows_of_stretches(one.link_columns()))
    summary, expected = result.summary(), one.summary()
    assert summary == {name: expected[name] for name in summary}
    # All is there, so that a second job of the folder reads it; another job is not taken for it.
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").rglob("*.parquet")}
    again = cluster_stories(frame_of(spark, NEWS), work=f"file://{tmp_path}/work")
    assert assigned(again) == list(one.assignments())
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "work").rglob("*.parquet")}
    with pytest.raises(errors.UsageError, match="another job, which has another settings; expected a new folder"):
        cluster_stories(frame_of(spark, NEWS), settings=Settings(seed=7), work=f"file://{tmp_path}/work")


def test_a_job_goes_on_at_the_stage_that_is_not_there(spark: Any, tmp_path: Path) -> None:
    stories, work = NEWS[:60], tmp_path / "work"
    expected = list(sc.cluster_stories(stories).assignments())
    assert assigned(cluster_stories(frame_of(spark, stories), work=f"file://{work}")) == expected
    names = [path.name for path in sorted(work.iterdir(), key=lambda path: path.stat().st_mtime_ns)]
    for missing in ("settled", "pairs", "analysed"):
        before = {name: (work / name / "_SUCCESS").stat().st_mtime_ns for name in names}
        gone = names[names.index(missing) :]
        for name in gone:
            (work / name / "_SUCCESS").unlink()
        assert assigned(cluster_stories(frame_of(spark, stories), work=f"file://{work}")) == expected
        after = {name: (work / name / "_SUCCESS").stat().st_mtime_ns for name in names}
        assert [name for name in names if after[name] != before[name]] == gone


def test_a_corpus_too(spark: Any) -> None:
    folder = Path(os.environ.get("STORYCLUST_CORPORA", "nowhere"), "helsinki")
    if not folder.is_dir():
        pytest.skip("STORYCLUST_CORPORA names no folder with helsinki")
    one = sc.cluster_stories(str(folder / "stories.jsonl.gz"))
    result = cluster_stories(frame_of(spark, one.stories))
    assert result.profile == one.profile
    assert assigned(result) == list(one.assignments())
    assert linked(result.links) == by_ids(rows_of_stretches(one.link_columns()))


def test_a_wire_with_small_cells_components_by_rounds_and_large_ones_on_the_driver(
    spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = [story for story, _ in wire(int(os.environ.get("STORYCLUST_SPARK_STORIES", "240")), seed=3)]
    monkeypatch.setattr(cells, "MOST_PAIRS", 3)
    monkeypatch.setattr(components, "MOST_ON_DRIVER", 0)
    monkeypatch.setattr(settling, "MOST_IN_TASK", 12)
    settings = Settings(level="version", canonical="earliest", window_days=3)
    one = sc.cluster_stories(stories, settings=settings)
    result = cluster_stories(frame_of(spark, stories), settings=settings)
    assert assigned(result) == list(one.assignments())
    assert linked(result.links) == by_ids(rows_of_stretches(one.link_columns()))


def copies(count: int) -> list[Story]:
    """Equal stories, a few that differ a little, and one that is too short."""
    same = [Story(f"c{number:03}", LEAD + "came and took it in tow.", source="Echo") for number in range(count)]
    unlike = [Story(f"d{number}", f"{LEAD} number {number} came, and took it to the pier.") for number in range(4)]
    return [*same, *unlike, Story("short", "Ferry adrift."), Story("empty", "")]


def test_equal_stories_short_ones_and_a_given_profile(spark: Any) -> None:
    stories, profile = copies(70), sc.learn_profile(NEWS)
    one = sc.cluster_stories(stories, profile=profile)
    result = cluster_stories(frame_of(spark, stories), profile=profile)
    assert assigned(result) == list(one.assignments())
    assert linked(result.links) == by_ids(rows_of_stretches(one.link_columns()))


def test_no_story_at_all(spark: Any) -> None:
    result = cluster_stories(frame_of(spark, []))
    assert assigned(result) == []
    assert result.summary()["stories"] == 0


def test_de_duplication_keeps_the_rows_of_one_machine_with_all_their_columns(spark: Any) -> None:
    stories = NEWS[:120]
    frame = frame_of(spark, stories).withColumnRenamed("id", "url").withColumnRenamed("text", "body")
    kept = deduplicate(frame, level="version", keep="longest", columns=sc.Columns(id="url", text="body"))
    assert kept.columns == frame.columns
    expected = sc.deduplicate(stories, level="version", keep="longest")
    assert sorted(row["url"] for row in kept.collect()) == sorted(story.id for story in expected)


def test_one_collection_against_another(spark: Any) -> None:
    new, old = [*NEWS[:90], *copies(3)], [*NEWS[60:], *(replace(story, id=f"old-{story.id}") for story in copies(70))]
    one = sc.match_stories(new, old)
    result = match_stories(frame_of(spark, new), frame_of(spark, old))
    assert result.profile == one.profile
    found = sorted(result.matches.toArrow().to_pylist(), key=lambda row: row["id"])
    assert found == sorted(one.rows(), key=lambda row: row["id"])
    assert linked(result.links) == by_ids(rows_of_stretches(one.link_columns()))


# Input that is not as it should be


def test_rows_that_are_no_stories_are_told_or_kept_aside(spark: Any) -> None:
    text = LEAD + "came and took it in tow."
    rows = [
        ("a", text, "1"), ("a", text, "1"), ("b", None, None), (None, text, None), ("c", text, "1"),
        ("c", text + " Nobody was hurt.", "2"), ("e", text, None), ("e", "Another text. " + text, None),
    ]  # fmt: skip
    frame = spark.createDataFrame(rows, "id string, text string, version string")
    with pytest.raises(errors.RecordError, match="a row with the id"):
        cluster_stories(frame)
    with pytest.raises(errors.DuplicateIdError, match="the id 'e' stands for another text"):
        cluster_stories(frame.where("id is not null and text is not null"))
    result = cluster_stories(frame, on_error="skip")
    stories = [dict(zip(("id", "text", "version"), row, strict=True)) for row in rows]
    one = sc.cluster_stories(stories, on_error="skip")
    assert assigned(result) == list(one.assignments())
    told = sorted((row["id"] or "", row["reason"].split(",")[0]) for row in result.rejects.collect())
    assert [id for id, _ in told] == sorted(reject.id or "" for reject in one.rejects)
    kept = deduplicate(frame, level="copy", on_error="skip").collect()
    assert [row["text"] for row in kept if row["id"] == "c"] in ([], [text + " Nobody was hurt."])


def test_what_is_wrong_with_a_call_is_told_before_the_work(spark: Any) -> None:
    frame = frame_of(spark, NEWS[:3])
    with pytest.raises(errors.UsageError, match="frame is list; expected a DataFrame of pyspark"):
        cluster_stories([{"id": "a", "text": "b"}])  # type: ignore[arg-type]
    with pytest.raises(errors.MissingColumnError, match="'body', asked for as text; the columns there are: id, text"):
        cluster_stories(frame, columns=sc.Columns(text="body"))
    with pytest.raises(errors.SettingsError, match="must_link has 1 pairs"):
        cluster_stories(frame, settings=Settings(must_link=(("a", "b"),)))


def test_dates_are_read_as_everywhere(spark: Any) -> None:
    rows = [("a", "2026-03-01T08:00:00+01:00"), ("b", "1 March 2026"), ("c", "soon"), ("d", None)]
    frame = spark.createDataFrame(
        [(id, f"{LEAD} {id}", when) for id, when in rows], "id string, text string, date string"
    )
    result = cluster_stories(frame)
    one = sc.cluster_stories([{"id": id, "text": f"{LEAD} {id}", "date": when} for id, when in rows])
    assert assigned(result) == list(one.assignments())
    moments = {row["id"]: row["moment"] for row in result.job.numbered.select("id", "moment").collect()}
    assert moments["a"] == datetime(2026, 3, 1, 7, tzinfo=UTC).timestamp() * 1_000_000
    assert moments["c"] is None


def test_a_key_of_any_number_of_contents_is_streamed_in_pieces_that_begin_with_its_first() -> None:
    import pyarrow as pa

    keys = np.repeat(np.array([1, 2, 3]), [3, 1000, 2])
    rows = {"key": keys, "head": np.arange(len(keys)), "is_new": np.zeros(len(keys), np.int64)}
    batches = pa.Table.from_pydict(rows).to_batches(max_chunksize=50)
    seen: dict[int, set[int]] = {1: set(), 2: set(), 3: set()}
    for pieces in whole_runs(iter(batches), 65):
        for key in np.unique(pieces[0]).tolist():
            own = pieces[1][pieces[0] == key]
            assert own[:3].tolist() == np.flatnonzero(keys == key)[:3].tolist()[: len(own)]
            seen[key].update(own.tolist())
        assert len(pieces[0]) < 400
    assert {key: len(found) for key, found in seen.items()} == {1: 3, 2: 1000, 3: 2}
