from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyclust import Profile, Settings, Story, StoryclustError, learn_profile
from storyclust.errors import DataError, OutputError, RecordError, SettingsError, UsageError
from storyclust.model import Cluster, Link, Passage, Reject
from storyclust.newsroom.strategies import odd_characters
from storyclust.profile import COLUMNS, FORMAT
from strategies import FERRY, NEWS

MORNING = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)

# Stories


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"id": 17}, "a story's id is int 17; expected text (str)"),
        ({"id": None}, "a story's id is NoneType None; expected text (str)"),
        ({"id": ""}, "a story's id is empty; every story needs an id of at least one character"),
        ({"text": None}, "a story's text is NoneType None; expected text (str)"),
        ({"text": b"The ferry sank."}, "a story's text is bytes b'The ferry sank.'; expected text (str)"),
        ({"title": 3.5}, "a story's title is float 3.5; expected text (str)"),
        ({"source": ["Courier"]}, "a story's source is list ['Courier']; expected text (str)"),
        (
            {"published": "2026-03-02"},
            "published time is str '2026-03-02'; expected a datetime (storyclust.parse_date reads",
        ),
        ({"published": date(2026, 3, 2)}, "published time is date datetime.date(2026, 3, 2); expected a datetime"),
        ({"published": 1772433000}, "published time is int 1772433000; expected a datetime"),
        (
            {"published": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))},
            "published time 0001-01-01T00:00:00+05:00 falls outside the years 1-9999 in UTC",
        ),
    ],
)
def test_a_story_that_is_none_is_refused_with_what_was_met(values: dict[str, Any], message: str) -> None:
    with pytest.raises(RecordError) as caught:
        Story(**{"id": "ferry", "text": FERRY} | values)
    assert message in str(caught.value)


def test_what_is_met_is_shown_in_part_when_it_is_long() -> None:
    with pytest.raises(RecordError) as caught:
        Story("ferry", FERRY.encode() * 1000)  # type: ignore[arg-type]
    assert len(str(caught.value)) < 200


@given(st.text(odd_characters(), min_size=1), st.text(odd_characters()), st.none() | st.text(odd_characters()))
def test_any_text_will_do_and_is_kept_as_given(id: str, text: str, title: str | None) -> None:
    story = Story(id, text, title, title)
    assert (story.id, story.text, story.title, story.source, story.published) == (id, text, title, title, None)


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.none() | zones)


@given(moments)
def test_times_are_turned_into_utc_and_those_without_a_zone_are_taken_as_utc(moment: datetime) -> None:
    published = Story("ferry", FERRY, published=moment).published
    assert published is not None
    assert published.tzinfo is UTC
    assert published == (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def test_rank_is_by_time_then_undated_then_id_by_code_point() -> None:
    stories = [
        Story("b", "", published=MORNING),
        Story("é", "", published=MORNING),
        Story("a", "", published=datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=1)))),
        Story("z", "", published=datetime.max),
        Story("B", ""),
        Story("a10", ""),
        Story("a2", ""),
    ]
    shuffled = stories[3:] + stories[:3]
    assert sorted(shuffled, key=lambda story: story.rank) == stories


PASSAGE = Passage(0, 5, 2, 7, 1, "narrated")
SAMPLES = (
    Story("ferry", FERRY),
    PASSAGE,
    Link(
        *("a", "b", "copy"),
        shared_words=1,
        share=0.5,
        quoted_words=0,
        jaccard=0.25,
        containment=0.5,
        passage_share=0.5,
        longest_narrated=1,
        likeness=0.75,
        passages=(PASSAGE,),
        reason="copy: the same 1 words",
        origin="b",
        origin_sign="earlier",
    ),
    Cluster("a", "copy", "b", "the earliest", ("a", "b")),
    Reject("wire.jsonl", 3, None, "no id"),
    Settings(),
    Profile.empty(),
)


@pytest.mark.parametrize("record", SAMPLES, ids=lambda record: type(record).__name__)
def test_nothing_can_be_changed_once_it_is_made(record: Any) -> None:
    for field in fields(record):
        with pytest.raises(FrozenInstanceError):
            setattr(record, field.name, None)


@pytest.mark.parametrize("record", SAMPLES[:-1], ids=lambda record: type(record).__name__)
def test_records_are_values(record: Any) -> None:
    twin = type(record)(**{field.name: getattr(record, field.name) for field in fields(record)})
    assert twin == record
    assert hash(twin) == hash(record)


def test_the_length_of_a_cluster_is_its_number_of_stories() -> None:
    assert len(Cluster("a", "copy", "a", "the earliest", ("a", "b", "c"))) == 3


# Settings

WORD_COUNTS = ("min_words", "passage_words", "sentence_words", "partial_words")
COUNTS = {"shingle_words": (2, 16), **dict.fromkeys(WORD_COUNTS, (1, 1_000_000)), "seed": (0, 2**32 - 1)}
SHARES = ("version_share", "copy_share")


@pytest.mark.parametrize(("name", "limits"), COUNTS.items())
def test_whole_numbers_have_limits_and_the_message_gives_them(name: str, limits: tuple[int, int]) -> None:
    low, high = limits
    assert [getattr(Settings(**{name: limit}), name) for limit in limits] == [low, high]
    for refused in (low - 1, high + 1, 5.0, "5", True, None):
        with pytest.raises(SettingsError) as caught:
            Settings(**{name: refused})
        assert str(caught.value) == f"{name} is {refused!r}; expected a whole number from {low} to {high}"


@pytest.mark.parametrize("name", SHARES)
def test_fractions_are_above_zero_and_at_most_one(name: str) -> None:
    assert [getattr(Settings(**{name: value}), name) for value in (1e-9, 0.5, 1, 1.0)] == [1e-9, 0.5, 1, 1.0]
    for refused in (0, 0.0, -0.1, 1.0001, 60, float("nan"), float("inf"), "0.5", True, None):
        with pytest.raises(SettingsError) as caught:
            Settings(**{name: refused})
        assert str(caught.value) == f"{name} is {refused!r}; expected a number above 0 and at most 1"


def test_likeness_may_be_zero_too() -> None:
    assert (Settings(alike=0).alike, Settings(alike=1).alike) == (0, 1)
    with pytest.raises(SettingsError, match=r"^alike is -0\.1; expected a number from 0 to 1$"):
        Settings(alike=-0.1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"canonical": "newest"}, "canonical is 'newest'; expected one of centroid, earliest, longest"),
        ({"canonical": None}, "canonical is None; expected one of centroid, earliest, longest"),
        ({"level": "Copy"}, "level is 'Copy'; expected one of copy, version, partial"),
        ({"level": None}, "level is None; expected one of copy, version, partial"),
        (
            {"preferred_sources": "Courier"},
            "preferred_sources is 'Courier'; expected several texts, such as ('AFP', 'Reuters')",
        ),
        ({"preferred_sources": ("Courier", 7)}, "preferred_sources is ('Courier', 7); expected several texts"),
        ({"preferred_sources": None}, "preferred_sources is None; expected several texts"),
        ({"preferred_sources": 5}, "preferred_sources is 5; expected several texts"),
        *(
            ({name: pairs}, f"{name} is {pairs!r}; expected pairs of ids, such as (('a1', 'b7'),)")
            for name in ("must_link", "cannot_link")
            for pairs in ("ab", None, 5, ["ab"], [("a",)], [("a", "b", "c")], [("a", 1)], [["a", None]])
        ),
        ({"must_link": [("a", "b"), ("c", "c")]}, "must_link pairs 'c' with itself; expected the ids of two stories"),
        ({"cannot_link": [("", "")]}, "cannot_link pairs '' with itself"),
    ],
)
def test_other_settings_out_of_range(values: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(**values)
    assert message in str(caught.value)


def test_pairs_of_ids_are_kept_in_order_and_once() -> None:
    chosen = Settings(must_link=[["b", "a"], ("a", "b"), ("0", "a")])  # type: ignore[arg-type, list-item]
    assert chosen.must_link == (("0", "a"), ("a", "b"))
    assert chosen == Settings(must_link=(("a", "b"), ("a", "0")))


id_pairs = st.lists(
    st.tuples(st.text(st.characters(codec="utf-8")), st.integers(0, 9).map(str)).filter(lambda pair: pair[0] != pair[1])
).map(tuple)

all_settings = st.builds(
    Settings,
    **{name: st.integers(low, high) for name, (low, high) in COUNTS.items()},
    **{name: st.floats(0, 1, exclude_min=True) for name in SHARES},
    level=st.sampled_from(["copy", "version", "partial"]),
    alike=st.floats(0, 1),
    must_link=id_pairs,
    cannot_link=id_pairs,
    canonical=st.sampled_from(["centroid", "earliest", "longest"]),
    preferred_sources=st.lists(st.text(st.characters(codec="utf-8"))).map(tuple),
)


@given(all_settings)
def test_settings_come_back_from_json_as_they_were(given_settings: Settings) -> None:
    values = json.loads(json.dumps(given_settings.to_dict()))
    assert set(values) == {field.name for field in fields(Settings)}
    assert Settings.from_dict(values) == given_settings
    assert hash(Settings.from_dict(values)) == hash(given_settings)


def test_settings_left_out_are_the_defaults() -> None:
    assert Settings.from_dict({"seed": 9}) == Settings(seed=9)


def test_unknown_settings_are_named_with_the_known_ones() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_dict({"seed": 9, "treshold": 0.4, "jacard": 1})
    assert str(caught.value).startswith(
        "unknown settings jacard, treshold; the settings are alike, cannot_link, canonical, copy_share, "
    )


def test_the_nearest_setting_is_suggested() -> None:
    with pytest.raises(SettingsError, match=r"window_days\. Did you mean copy_share, min_words\?$"):
        Settings.from_dict({"copy_shares": 1, "minwords": 4, "zzz": 0})
    with pytest.raises(SettingsError, match=r"window_days$"):
        Settings.from_dict({"zzz": 0})


def test_settings_taken_over_are_checked_again() -> None:
    with pytest.raises(SettingsError, match="copy_share is 2"):
        replace(Settings(), copy_share=2)
    with pytest.raises(SettingsError, match="min_words is 0"):
        Settings.from_dict({"min_words": 0})


# Profiles


def profile_of(stories: int, **counted: int) -> Profile:
    frequencies = np.zeros(COLUMNS, np.uint32)
    for name, count in counted.items():
        frequencies[int(name.removeprefix("column_"))] = count
    return Profile(stories, frequencies)


def furnished(furniture: list[int], stock: list[int]) -> Profile:
    nothing = np.zeros(COLUMNS, np.uint32)
    return Profile(9, nothing, np.array(furniture, np.uint64), np.array(stock, np.uint64))


@pytest.fixture(scope="module")
def learned() -> Profile:
    return learn_profile([Story(name, text) for name, text in NEWS.items()])


def test_a_profile_keeps_a_copy_that_cannot_be_written() -> None:
    frequencies = np.zeros(COLUMNS, np.uint32)
    profile = Profile(3, frequencies)
    frequencies[7] = 3
    assert profile.document_frequencies[7] == 0
    with pytest.raises(ValueError, match="read-only"):
        profile.document_frequencies[7] = 3


@pytest.mark.parametrize(
    ("stories", "frequencies", "message"),
    [
        (1, np.zeros(8, np.uint32), r"shape \(8,\) and type uint32; expected \(1048576,\) and uint32"),
        (1, np.zeros(COLUMNS, np.int64), r"type int64; expected \(1048576,\) and uint32"),
        (1, np.zeros((2, COLUMNS), np.uint32), r"shape \(2, 1048576\)"),
        (4, np.full(COLUMNS, 5, np.uint32), "4 stories cannot hold a word 5 times; expected at least so many"),
        (-1, np.zeros(COLUMNS, np.uint32), "-1 stories"),
    ],
)
def test_frequencies_of_another_kind_are_refused(stories: int, frequencies: np.ndarray, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Profile(stories, frequencies)


@pytest.mark.parametrize(
    "make",
    [Profile.empty, lambda: profile_of(9, column_0=9, column_1048575=1), lambda: furnished([1, 2**64 - 1], [0, 5])],
)
def test_a_profile_is_saved_and_loaded_as_it_is(make: Any, tmp_path: Path) -> None:
    profile = make()
    path = tmp_path / "town.profile"
    profile.save(path)
    again = Profile.load(str(path))
    assert again.stories == profile.stories
    assert np.array_equal(again.document_frequencies, profile.document_frequencies)
    assert (again.furniture.tolist(), again.stock.tolist()) == (profile.furniture.tolist(), profile.stock.tolist())
    assert again.digest == profile.digest
    assert again == profile
    assert [found.name for found in tmp_path.iterdir()] == ["town.profile"]


def test_saving_again_puts_the_new_profile_in_the_place_of_the_old(learned: Profile, tmp_path: Path) -> None:
    path = tmp_path / "town.profile"
    Profile.empty().save(path)
    learned.save(path)
    assert Profile.load(path).digest == learned.digest


def test_digests_name_all_that_a_profile_holds(learned: Profile) -> None:
    profiles = [
        Profile.empty(),
        profile_of(1),
        profile_of(2),
        profile_of(2, column_3=1),
        profile_of(2, column_4=1),
        furnished([], []),
        furnished([7], []),
        furnished([], [7]),
        furnished([7, 8], []),
        furnished([7], [8]),
        learned,
    ]
    digests = {profile.digest for profile in profiles}
    assert len(digests) == len(profiles)
    assert all(len(digest) == 16 and int(digest, 16) >= 0 for digest in digests)
    assert profile_of(2, column_3=1).digest == profile_of(2, column_3=1).digest


def write_archive(path: Path, **changed: Any) -> None:
    values: dict[str, Any] = {
        "format": FORMAT,
        "stories": 2,
        "document_frequencies": np.zeros(COLUMNS, np.uint32),
        "furniture": np.zeros(0, np.uint64),
        "stock": np.zeros(0, np.uint64),
    }
    with path.open("wb") as file:
        np.savez(file, **{name: value for name, value in (values | changed).items() if value is not None})


def write_damaged(path: Path, damage: Callable[[bytes], bytes]) -> None:
    profile_of(9, column_5=4).save(path)
    path.write_bytes(damage(path.read_bytes()))


FOREIGN = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text(FERRY),
    "settings": lambda path: path.write_text(json.dumps(Settings().to_dict())),
    "an array": lambda path: path.write_bytes(b"\x93NUMPY\x01\x00" + bytes(90)),
    "no format": lambda path: write_archive(path, format=None),
    "no stories": lambda path: write_archive(path, stories=None),
    "no frequencies": lambda path: write_archive(path, document_frequencies=None),
    "short frequencies": lambda path: write_archive(path, document_frequencies=np.zeros(3, np.uint32)),
    "too few stories": lambda path: write_archive(path, document_frequencies=np.full(COLUMNS, 3, np.uint32)),
    "no furniture": lambda path: write_archive(path, furniture=None),
    "no stock": lambda path: write_archive(path, stock=None),
    "signed furniture": lambda path: write_archive(path, furniture=np.array([-1])),
    "fractional stock": lambda path: write_archive(path, stock=np.array([0.5])),
    "a table of stock": lambda path: write_archive(path, stock=np.zeros((2, 2), np.uint64)),
    "objects": lambda path: write_archive(path, stories=np.array([{}], object)),
    "other bytes": lambda path: write_damaged(path, lambda data: data[:600] + b"\xff" * 50 + data[650:]),
    "other name": lambda path: write_damaged(path, lambda data: data.replace(b"stories", b"storiez", 1)),
}


WHAT = {"empty": "an empty file", "text": "text", "settings": "JSON", "an array": "a file of another kind"}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_that_is_no_profile_is_refused_by_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "town.profile"
    FOREIGN[kind](path)
    with pytest.raises(DataError) as caught:
        Profile.load(path)
    assert str(caught.value).startswith(f"{path}: not a profile, ")
    assert str(caught.value).endswith("; expected a file that --save-profile or Profile.save wrote")
    assert not re.search("pickle|archive", str(caught.value))
    assert (kind in WHAT) == (f"but {WHAT.get(kind)};" in str(caught.value))


def test_a_profile_of_another_format_is_refused_with_both_names(tmp_path: Path) -> None:
    path = tmp_path / "town.profile"
    for other in ("storyclust profile 1", "storyclust profile 7"):
        write_archive(path, format=other, **({"furniture": None, "stock": None} if other.endswith("1") else {}))
        with pytest.raises(DataError) as caught:
            Profile.load(path)
        assert str(caught.value) == (
            f"{path}: a profile of the format {other!r}; this version reads {FORMAT!r}. Learn it again from its stories"
        )


def test_a_missing_profile_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"^no such file: .*nowhere\.profile; expected a file that") as raised:
        Profile.load(tmp_path / "nowhere.profile")
    assert isinstance(raised.value, StoryclustError)
    with pytest.raises(DataError, match=r"^cannot read .*: Is a directory; expected a file that"):
        Profile.load(tmp_path)


def test_a_profile_that_cannot_be_written_says_where(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "town.profile"
    with pytest.raises(OutputError, match="nowhere"):
        Profile.empty().save(path)


def test_profiles_are_values() -> None:
    assert Profile.empty() == Profile.empty()
    assert len({Profile.empty(), Profile.empty()}) == 1


def test_a_profile_of_half_a_story_is_refused() -> None:
    with pytest.raises(UsageError, match=r"1\.5"):
        Profile(1.5, np.zeros(COLUMNS, np.uint32))  # type: ignore[arg-type]


@pytest.mark.parametrize("cut", [1, 200])
def test_a_profile_cut_short_is_refused_by_name(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "town.profile"
    Profile.empty().save(path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(DataError, match="not a profile"):
        Profile.load(path)


def test_an_unknown_setting_of_any_type_is_refused() -> None:
    with pytest.raises(SettingsError, match="unknown settings 1"):
        Settings.from_dict({1: 2})  # type: ignore[dict-item]
