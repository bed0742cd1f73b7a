"""The same stories are the same clusters whatever carried them, and what comes back is of the kind that was given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storyclust as sc
from carried import CHOIR, KINDS, LOCK, ROWS, Kind, Row, text_columns, write_rows
from storyclust import Columns, Texts, errors

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
frames = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.name not in ("list", "tuple")], ids=lambda kind: kind.name
)
TEXTS = [LOCK, None, CHOIR, LOCK]


def story(stories: Any, **options: Any) -> sc.Story:
    (only,) = sc.cluster_stories(stories, **options).stories
    return only


# The same clusters


@every_kind
def test_the_clusters_are_those_of_the_same_stories_in_a_file(kind: Kind, tmp_path: Path) -> None:
    expected = sc.cluster_stories(write_rows(tmp_path / "all.jsonl", ROWS))
    result = sc.cluster_stories(kind.make(ROWS))
    assert result.stories == expected.stories
    assert [type(story.published) for story in result.stories] == [datetime] * 3 + [type(None)] * 2
    assert result.clusters == expected.clusters
    assert list(result.links()) == list(expected.links())
    assert list(result.assignments()) == list(expected.assignments())
    assert result.profile.digest == expected.profile.digest


@every_kind
def test_what_comes_back_is_of_the_same_kind_with_all_its_columns(kind: Kind) -> None:
    before = kind.make(ROWS)
    kept = sc.deduplicate(before)
    assert type(kept) is kind.type
    ids = [row["id"] for row in kind.rows(kept)]
    assert len(ids) == 3
    assert {"choir", "blank"} < set(ids)
    assert kind.rows(kept) == [row for row in ROWS if row["id"] in ids]
    assert kind.rows(before) == ROWS
    assert [row["id"] for row in kind.rows(sc.deduplicate(before, keep="earliest"))] == ["choir", "post", "blank"]


@every_kind
def test_an_index_takes_any_kind(kind: Kind, tmp_path: Path) -> None:
    expected = sc.cluster_stories(kind.make(ROWS), profile=sc.Profile.empty())
    with sc.StoryIndex.create(tmp_path / "wire.storyclust") as index:
        assert [placement.id for placement in index.add_many(kind.make(ROWS))] == [row["id"] for row in ROWS]
        assert [story.id for story in expected.stories] == [index.story(story.id).id for story in expected.stories]
        assert all(index.story(story.id) == story for story in expected.stories)
        assert list(index.clusters()) == list(expected.clusters)


def test_an_index_takes_files_texts_and_named_columns(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "all.jsonl", ROWS)
    with sc.StoryIndex.create(tmp_path / "wire.storyclust") as index:
        assert len(list(index.add_many(path))) == len(ROWS)
        list(index.add_many([{"uri": "new", "body": LOCK}], columns=Columns(id="uri", text="body")))
        assert index.story("new").text == LOCK
        list(index.add_many(Texts([CHOIR])))
        assert index.story("0").text == CHOIR
        with pytest.raises(errors.UsageError, match="no such file"):
            list(index.add_many("nothing.jsonl"))
        with pytest.raises(errors.RecordError, match="the date of the story 'late' cannot be read"):
            list(index.add_many(pd.DataFrame({"id": ["late"], "text": [LOCK], "published": ["soon"]})))
        assert "late" not in index


@every_kind
def test_columns_of_other_names(kind: Kind) -> None:
    renamed = {"id": "guid", "text": "body", "title": "headline", "pages": "outlet", "published": "issued"}
    others = [{renamed[name]: value for name, value in row.items()} for row in ROWS]
    columns = Columns(id="guid", text="body", title="headline", source="outlet", published="issued")
    stories = sc.cluster_stories(kind.make(others), columns=columns).stories
    expected = [
        sc.Story(row["id"], row["text"] or "", row["title"], str(row["pages"]), row["published"]) for row in ROWS
    ]
    assert list(stories) == sorted(expected, key=lambda story: story.rank)
    assert len(kind.rows(sc.deduplicate(kind.make(others), columns=columns))) == 3
    assert sc.learn_profile(kind.make(others), columns=columns).stories == 5


@every_kind
def test_one_collection_against_another_of_any_kind(kind: Kind) -> None:
    matches = sc.match_stories(kind.make(ROWS[:1]), kind.make(ROWS[1:]))
    assert [(row["id"], row["relation"], row["matches"]) for row in matches.rows()] == [("echo", "copy", 2)]
    assert list(matches.rows()) == list(sc.match_stories(ROWS[:1], ROWS[1:]).rows())


@frames
def test_rows_without_an_id_are_named_by_their_places(kind: Kind) -> None:
    rows = [{name: value for name, value in row.items() if name != "id"} for row in ROWS]
    result = sc.cluster_stories(kind.make(rows))
    assert sorted(story.id for story in result.stories) == ["0", "1", "2", "3", "4"]
    assert result.story("2").title == "Drivers sing"
    assert [row["pages"] for row in kind.rows(sc.deduplicate(kind.make(rows), keep="earliest"))] == [8, 2, 9]


@frames
def test_no_rows_at_all(kind: Kind) -> None:
    if kind.name == "data set":
        none = kind.make(ROWS).select([])
    else:
        none = nw.from_native(kind.make(ROWS)).head(0).to_native()  # type: ignore[attr-defined]
    assert sc.cluster_stories(none).stories == ()
    kept = sc.deduplicate(none)
    assert type(kept) is kind.type
    assert kind.rows(kept) == []


# pandas: the index


def test_the_index_and_the_types_of_columns_are_kept() -> None:
    frame = pd.DataFrame(ROWS, index=[50, 40, 30, 20, 10]).astype({"pages": "int16", "title": "category"})
    frame.attrs["desk"] = "night"
    kept = sc.deduplicate(frame, keep="earliest")
    pd.testing.assert_frame_equal(kept, frame.loc[[30, 20, 10]])
    assert kept.attrs == {"desk": "night"}


def test_an_index_called_id_holds_the_ids() -> None:
    frame = pd.DataFrame(ROWS).set_index("id")
    expected = sc.cluster_stories(ROWS)
    assert sc.cluster_stories(frame).clusters == expected.clusters
    assert sc.deduplicate(frame, keep="earliest").index.tolist() == ["choir", "post", "blank"]
    several = pd.DataFrame(ROWS).set_index(["pages", "id"])
    assert sc.cluster_stories(several).clusters == expected.clusters
    guid = frame.rename_axis("guid")
    assert sc.cluster_stories(guid, columns=Columns(id="guid")).clusters == expected.clusters
    dated = pd.DataFrame(ROWS).set_index("published")
    assert sc.cluster_stories(dated).stories == expected.stories


def test_without_an_id_the_index_names_the_rows() -> None:
    frame = pd.DataFrame([{"text": LOCK}, {"text": CHOIR}, {"text": CHOIR}], index=[7, 3, 5])
    assert [cluster.members for cluster in sc.cluster_stories(frame)] == [("3", "5"), ("7",)]
    assert sc.deduplicate(frame["text"]).index.tolist() == [7, 3]
    assert {story.id for story in sc.cluster_stories(frame.set_axis(["x", "y", "z"])).stories} == {"x", "y", "z"}


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ([1, 2, 1], "there is no id column 'id', and the index names two rows 1; expected one name a row. Number the"),
        ([1.5, 2.5, 3.5], "the stories have no id column 'id'; the columns there are: text. Name the right one: "),
        (pd.date_range("2026-01-01", periods=3), "the stories have no id column 'id'; the columns there are: text"),
        (pd.MultiIndex.from_product([["a"], [1, 2, 3]]), "the stories have no id column 'id'; the columns there are"),
    ],
)
def test_an_index_that_names_no_rows_is_refused(index: Any, message: str) -> None:
    frame = pd.DataFrame({"text": [LOCK, CHOIR, CHOIR]}).set_axis(index)
    with pytest.raises(errors.DataError, match=re.escape(message)):
        sc.cluster_stories(frame)
    with pytest.raises(errors.DataError, match="id column 'id'"):
        sc.deduplicate(frame["text"])


# Values


MOMENT = datetime(2026, 1, 5, 9, 30, 1, 123_456, tzinfo=UTC)
BERLIN = pd.Timestamp("2026-01-05T10:30:01.123456789", tz="Europe/Berlin")
BERLIN_NS = pa.array([BERLIN.value], pa.timestamp("ns", "Europe/Berlin"))


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (pd.Series([BERLIN]), MOMENT),
        (pd.Series([BERLIN], dtype=object), MOMENT),
        (pd.Series([BERLIN.tz_localize(None)]).astype("datetime64[s]"), datetime(2026, 1, 5, 10, 30, 1, tzinfo=UTC)),
        (pd.Series([MOMENT.isoformat()], dtype="category"), MOMENT),
        (pd.Series([date(2026, 1, 5)]), datetime(2026, 1, 5, tzinfo=UTC)),
        (pd.Series([date(2026, 1, 5)], dtype="date32[pyarrow]"), datetime(2026, 1, 5, tzinfo=UTC)),
        (pd.Series([1767605401]), MOMENT.replace(microsecond=0)),
        (pd.Series([1767605401.0, np.nan])[:1], MOMENT.replace(microsecond=0)),
        (pl.Series([MOMENT]).cast(pl.Datetime("ms", "Asia/Tokyo")), MOMENT.replace(microsecond=123_000)),
        (pl.Series([MOMENT]).cast(pl.Datetime("us")), MOMENT),
        (pl.Series([MOMENT]).cast(pl.Datetime("ns", "UTC")), MOMENT),
        (pl.Series([date(2026, 1, 5)]), datetime(2026, 1, 5, tzinfo=UTC)),
        (pl.Series([datetime(1969, 12, 31, 23, 59, 59)]), datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (pa.chunked_array([BERLIN_NS]), MOMENT),
        (pa.chunked_array([[date(2026, 1, 5)]]), datetime(2026, 1, 5, tzinfo=UTC)),
        (pa.chunked_array([["5 Jan 2026"]]), datetime(2026, 1, 5, tzinfo=UTC)),
    ],
)
def test_every_kind_of_time(published: Any, expected: datetime) -> None:
    if isinstance(published, pd.Series):
        frame: Any = pd.DataFrame({"id": ["a"], "text": [LOCK], "published": published})
    elif isinstance(published, pl.Series):
        frame = pl.DataFrame({"id": ["a"], "text": [LOCK], "published": published})
    else:
        frame = pa.table({"id": ["a"], "text": [LOCK], "published": published})
    found = story(frame).published
    assert found == expected
    assert type(found) is datetime
    dated = nw.from_native(frame).rename({"published": "date"}).to_native()
    assert story(dated).published == expected


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.none() | st.datetimes(timezones=st.just(UTC)), min_size=1, max_size=5),
    st.sampled_from(["ms", "us"]),
)
def test_every_moment_python_knows_goes_through_every_library(moments: Sequence[datetime | None], unit: Any) -> None:
    column = pl.Series(moments, dtype=pl.Datetime("us", "UTC")).cast(pl.Datetime(unit, "UTC"))
    frame = pl.DataFrame({"text": "", "published": column})
    expected = dict(enumerate(column.to_list()))
    for carried in (frame, frame.to_arrow(), frame.to_pandas()):
        assert {int(story.id): story.published for story in sc.cluster_stories(carried).stories} == expected


@pytest.mark.parametrize(
    "published",
    [
        pl.Series([10**15, None]).cast(pl.Datetime("ms")),
        pa.chunked_array([pa.array([10**15, None], pa.timestamp("ms"))]),
        pd.Series(np.array([10**12, "NaT"], "datetime64[s]")),
        pd.Series(["soon", None]),
        pl.Series([timedelta(days=1), None]),
        pl.Series([[1], None]),
    ],
)
def test_a_date_that_cannot_be_read_leaves_a_story_undated_and_is_counted(published: Any) -> None:
    data = {"id": ["a", "b"], "text": [LOCK, CHOIR], "published": published}
    library: Any = pd.DataFrame if isinstance(published, pd.Series) else pl.DataFrame
    frame = pa.table(data) if isinstance(published, pa.ChunkedArray) else library(data)
    result = sc.cluster_stories(frame)
    assert [story.published for story in result.stories] == [None, None]
    assert result.counts.unread_dates == 1
    assert result.unread_date_examples[0].startswith("record:1 ")


MISSING = [None, float("nan"), np.float64("nan"), pd.NA, pd.NaT, np.datetime64("NaT")]


@pytest.mark.parametrize("missing", MISSING, ids=repr)
def test_whatever_stands_for_nothing_is_nothing(missing: Any) -> None:
    row = {"id": "a", "text": missing, "title": missing, "source": missing, "published": missing}
    frame = pd.DataFrame({name: pd.Series([value], dtype=object) for name, value in row.items()})
    for carried in ([row], frame):
        assert story(carried) == sc.Story("a", "")
        assert sc.cluster_stories(carried).counts.unread_dates == 0
    with pytest.raises(errors.RecordError, match=r"record 1: its id \(column 'id'\) is (empty|float nan)"):
        story([{**row, "id": missing}])


def test_numbers_and_categories_as_ids_and_labels() -> None:
    numbers = {"id": [2**53 + 1], "text": [LOCK], "source": [7]}
    expected = sc.Story("9007199254740993", LOCK, source="7")
    assert story(pd.DataFrame(numbers)) == story(pl.DataFrame(numbers)) == story(pa.table(numbers)) == expected
    assert story(pd.DataFrame(numbers).astype({"id": "Int64"})) == expected
    assert story(pd.DataFrame(numbers).to_dict("records")) == expected
    assert story([{name: np.array(value)[0] for name, value in numbers.items()}]) == expected
    words = {"id": ["a"], "text": [LOCK], "source": ["Wire"]}
    for frame in (
        pd.DataFrame(words, dtype="category"),
        pl.DataFrame(words, schema=dict.fromkeys(words, pl.Categorical)),
    ):
        assert story(frame) == sc.Story("a", LOCK, source="Wire")


def test_lone_surrogates_and_nuls_go_through() -> None:
    frame = pd.DataFrame({"id": ["a", "b"], "text": [LOCK + "\ud800", "\0"]}, dtype=object)
    assert sc.cluster_stories(frame).story("a").text == LOCK + "\ud800"
    assert len(sc.deduplicate(frame)) == 2


# Texts


@pytest.mark.parametrize("name", text_columns(TEXTS))
def test_a_column_of_texts(name: str) -> None:
    texts = text_columns(TEXTS)[name]
    result = sc.cluster_stories(texts)
    assert [(story.id, story.text) for story in result.stories] == [("0", LOCK), ("1", ""), ("2", CHOIR), ("3", LOCK)]
    assert [cluster.members for cluster in result] == [("0", "3"), ("1",), ("2",)]
    kept = sc.deduplicate(texts)
    assert type(kept) is type(texts)
    as_list = kept.to_pylist() if isinstance(kept, pa.ChunkedArray) else list(kept)
    assert [text if isinstance(text, str) else None for text in as_list] == TEXTS[:3]


@pytest.mark.parametrize("container", [list, tuple, np.array, iter], ids=["list", "tuple", "array", "iterator"])
def test_texts_are_said_to_be_texts(container: Any) -> None:
    texts = Texts(container([LOCK, CHOIR, LOCK]))
    assert len(texts) == 3
    assert repr(texts) == "Texts(3 texts)"
    assert [cluster.members for cluster in sc.cluster_stories(texts)] == [("0", "2"), ("1",)]
    kept = sc.deduplicate(texts)
    assert type(kept) is {tuple: tuple, np.array: np.ndarray}.get(container, list)
    assert list(kept) == [LOCK, CHOIR]
    matches = sc.match_stories(Texts([CHOIR]), texts)
    assert [row["match"] for row in matches.rows()] == ["1"]


@pytest.mark.parametrize("texts", [LOCK, None, 7, {"a": LOCK}, np.array([[LOCK]])])
def test_what_is_not_several_texts_is_refused(texts: Any) -> None:
    with pytest.raises(errors.UsageError, match="texts is "):
        Texts(texts)


def test_strings_that_are_no_paths_are_told_what_to_be() -> None:
    for stories in (LOCK, [LOCK, CHOIR], ["no\0such", LOCK]):
        with pytest.raises(errors.UsageError, match=r"or give texts as storyclust\.Texts") as caught:
            sc.cluster_stories(stories)
        assert len(str(caught.value)) < 400
    with pytest.raises(errors.RecordError, match=r"record 1: a story is str .*, or texts as storyclust\.Texts"):
        sc.cluster_stories({LOCK})


# What cannot be used


@frames
def test_a_column_that_is_not_there_is_named_with_those_that_are(kind: Kind) -> None:
    rows = [{"id": row["id"], "body": row["text"]} for row in ROWS]
    message = "the stories have no {} column {!r}; the columns there are: id, body. Name the right one: "
    for columns, option, missing in [
        (None, "text", "text"),
        (Columns(text="body", id="guid"), "id", "guid"),
        (Columns(text="body", title="headline"), "title", "headline"),
    ]:
        with pytest.raises(errors.MissingColumnError, match=re.escape(message.format(option, missing))):
            sc.cluster_stories(kind.make(rows), columns=columns)


def test_a_key_asked_for_that_no_dict_has_is_named() -> None:
    with pytest.raises(errors.MissingColumnError, match="no source column 'outlet'; the columns there are: id, text"):
        sc.cluster_stories(ROWS, columns=Columns(source="outlet"))
    some: list[Row] = [{"id": "a", "text": LOCK}, {"id": "b", "text": CHOIR, "outlet": "Wire"}]
    assert sc.cluster_stories(some, columns=Columns(source="outlet")).story("b").source == "Wire"


def test_columns_go_to_files_too(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "all.jsonl", [{"guid": "a", "text": LOCK}])
    assert story(path, columns=Columns(id="guid")).id == "a"
    with pytest.raises(
        errors.UsageError, match=r"columns is Columns\(.*; expected none, since the reader given has its"
    ):
        sc.cluster_stories(sc.StoryReader(path), columns=Columns(id="guid"))


@frames
def test_rows_that_are_no_stories_are_told_by_number(kind: Kind) -> None:
    rows = [
        {"id": "a", "text": LOCK},
        {"id": None, "text": CHOIR},
        {"id": "a", "text": LOCK},
        {"id": "c", "text": CHOIR},
    ]
    with pytest.raises(errors.RecordError, match=r"record 2: its id \(column 'id'\) is empty"):
        sc.cluster_stories(kind.make(rows))
    plan = sc.plan_deduplication(kind.make(rows), on_error="skip")
    assert sorted((reject.file, reject.line, reject.id) for reject in plan.result.rejects) == [
        (None, 2, None),
        (None, 3, "a"),
    ]
    assert plan.kept_positions == [0, 3]
    assert kind.rows(sc.deduplicate(kind.make(rows), on_error="skip")) == [rows[0], rows[3]]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_text_column_of_numbers_is_refused(library: str) -> None:
    frame = {"pandas": pd, "polars": pl}[library].DataFrame({"id": ["a"], "text": [5]})  # type: ignore[attr-defined]
    with pytest.raises(errors.RecordError, match=r"record 1: its text \(column 'text'\) is int 5; expected text"):
        sc.cluster_stories(frame)


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame([["a", LOCK, CHOIR]], columns=["id", "text", "text"])
    with pytest.raises(errors.DataError, match=r"two columns have one name: .*'text' 2 times\. Rename one"):
        sc.cluster_stories(frame)


def test_columns_whose_names_are_no_text_are_left_alone() -> None:
    frame = pd.DataFrame([["a", LOCK, 1], ["b", LOCK, 2]], columns=["id", "text", 7])
    assert sc.deduplicate(frame).columns.tolist() == ["id", "text", 7]
    with pytest.raises(errors.MissingColumnError, match="the columns there are: 0, 1"):
        sc.cluster_stories(pd.DataFrame([["a", LOCK]]))
