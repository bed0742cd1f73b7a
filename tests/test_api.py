"""The face of the library: what goes in, what comes back, and how good it is by the metrics."""

from __future__ import annotations

import json
import math
import random
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

import storyclust as sc
from storyclust import Settings, Story, StoryReader, errors, metrics
from storyclust.collect import as_story
from storyclust.dedup import deduplicate, plan_deduplication
from straits import STRAITS

TEXT = {story.id: story.text for story in STRAITS}
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)

# Words without apostrophes or hyphens, so that they can be counted by hand.
LOCK = (
    "The old sea lock at Brenmouth gave way on Friday evening and let a whole tide into the inner basin, where forty "
    "boats broke their moorings and drifted under the swing bridge. Nobody was hurt. The harbour office closed the "
    "road for two days and asked owners to stay away until divers had cleared the channel of masts and rope."
)
LOCK_WORDS = len(LOCK.split())
CHOIR = (
    "A choir of bus drivers from Pellan won the winter song prize with a piece about timetables, beating two schools "
    "and a bank. They practise in the depot between the last tram and the first, and said that the echo is free."
)
CHOIR_WORDS = len(CHOIR.split())
LOCKS = [
    {"id": "echo", "text": LOCK + " More on page four.", "source": "Echo", "published": "2026-03-10T15:00:00Z"},
    {"id": "wire", "text": LOCK, "source": "Wire", "published": "2026-03-10T13:00:00Z"},
    {"id": "choir", "text": CHOIR, "source": "Wire", "published": "2026-03-10T11:00:00Z"},
    {"id": "post", "text": "BRENMOUTH " + LOCK, "source": "Post", "published": "2026-03-10T12:00:00Z"},
]


def as_stories(rows: Iterable[dict[str, Any]]) -> list[Story]:
    return [Story(row["id"], row["text"], None, row["source"], sc.parse_date(row["published"])) for row in rows]


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def members(result: sc.StoryClusters) -> list[tuple[str, ...]]:
    return [cluster.members for cluster in result]


# The package


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, storyclust; storyclust.__version__; dir(storyclust); "
        "heavy = {'numpy', 'numba', 'sklearn', 'scipy', 'narwhals', 'pyarrow', 'typer', 'rich'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_public_names_resolve_and_are_listed() -> None:
    assert len(sc.__all__) == len(set(sc.__all__)) > 20
    for name in set(sc.__all__) - {"deduplicate"}:
        assert getattr(sc, name).__name__ == name
        assert name in dir(sc)
        assert getattr(sc, name).__doc__
    with pytest.raises(AttributeError, match="module 'storyclust' has no attribute 'cluster_story'"):
        sc.cluster_story  # noqa: B018


# What can be clustered


@pytest.mark.parametrize(
    "given",
    [
        lambda folder: LOCKS,
        lambda folder: tuple(LOCKS),
        lambda folder: as_stories(LOCKS),
        lambda folder: [*as_stories(LOCKS[:2]), *LOCKS[2:]],
        lambda folder: (row for row in LOCKS),
        lambda folder: {row["id"]: row for row in LOCKS}.values(),
        lambda folder: write_rows(folder / "all.jsonl", LOCKS),
        lambda folder: str(write_rows(folder / "all.jsonl", LOCKS)),
        lambda folder: [write_rows(folder / "a.jsonl", LOCKS[:1]), str(write_rows(folder / "b.jsonl", LOCKS[1:]))],
        lambda folder: StoryReader(write_rows(folder / "all.jsonl", LOCKS)),
    ],
    ids=["dicts", "tuple", "stories", "mixed", "generator", "view", "Path", "str", "paths", "reader"],
)
def test_stories_come_in_many_shapes(given: Callable[[Path], Any], tmp_path: Path) -> None:
    result = sc.cluster_stories(given(tmp_path))
    assert list(result.stories) == sorted(as_stories(LOCKS), key=lambda story: story.rank)
    assert members(result) == [("choir",), ("post", "wire", "echo")]
    assert [story.id for story in result.kept_stories()] == ["wire", "choir"] or len(result.kept_stories()) == 2


def test_a_dict_may_hold_more_and_less() -> None:
    rows = [
        {"id": 7, "text": LOCK, "desk": "night", "title": "", "source": None, "published": ""},
        {"id": "none", "text": None},
    ]
    result = sc.cluster_stories(rows)
    assert result.stories == (Story("7", LOCK), Story("none", ""))


def test_dicts_are_read_by_the_rules_of_files(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1.5, "text": LOCK, "title": 5, "published": 1773144000},
        {"id": 0, "text": CHOIR, "date": "10 March 2026"},
        {"id": "c", "text": LOCK, "published": "soon"},
        {"id": "d", "text": LOCK, "source": math.nan, "published": None, "date": "2026-03-10T12:00:00+02:00"},
    ]
    result = sc.cluster_stories(rows)
    assert result.stories == sc.cluster_stories(write_rows(tmp_path / "all.jsonl", rows)).stories
    assert result.counts.unread_dates == 1
    assert result.unread_date_examples == ("record:3 'soon'",)
    # An index takes the same dicts, except that it has no place to tell of a date.
    for row in [rows[0], rows[1], rows[3]]:
        assert as_story(row) == result.story(str(row["id"]))
    with pytest.raises(errors.RecordError, match="date of the story 'c' cannot be read: record:1 'soon'"):
        as_story(rows[2])


def test_no_stories_at_all() -> None:
    result = sc.cluster_stories([])
    assert (len(result), result.clusters, list(result.links()), list(result.assignments())) == (0, (), [], [])
    assert str(result) == "StoryClusters: 0 stories, 0 clusters, 0 copies to drop"
    assert result.summary()["stories"] == 0
    assert deduplicate([]) == []


@pytest.mark.parametrize(
    ("stories", "error", "message"),
    [
        (None, errors.UsageError, "stories is NoneType None; expected several stories or dicts, or the path of a file"),
        (12, errors.UsageError, "stories is int 12; expected"),
        (["no-such-wire.jsonl"], errors.UsageError, "no such file: no-such-wire.jsonl; expected a file"),
        ("no-such-wire.jsonl", errors.UsageError, "no such file: no-such-wire.jsonl; expected a file"),
        ([LOCKS[0], LOCK], errors.RecordError, f"record 2: a story is str {LOCK[:20]!r}"[:-1]),
        ([LOCKS[0], None], errors.RecordError, "record 2: a story is NoneType None; expected a Story or a dict"),
        ([{"id": "a"}], errors.RecordError, "record 1: a story has no 'text' but id; expected id and text"),
        ([{"text": LOCK, "url": 1}], errors.RecordError, "record 1: a story has no 'id' but text, url; expected id"),
        ([{}], errors.RecordError, "record 1: a story has no 'id' but nothing"),
        (
            [{"id": True, "text": LOCK}],
            errors.RecordError,
            "record 1: its id (column 'id') is bool True; expected",
        ),
        ([{"id": "", "text": LOCK}], errors.RecordError, "record 1: its id (column 'id') is empty; expected text"),
        ([{"id": "a", "text": 12}], errors.RecordError, "record 1: its text (column 'text') is int 12; expected text"),
        ([{"id": "a", "text": LOCK, "title": [5]}], errors.RecordError, "record 1: its 'title' is list [5]; expected"),
    ],
)
def test_what_is_no_story_is_named(stories: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=re.escape(message)) as caught:
        sc.cluster_stories(stories)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, errors.StoryclustError)


def test_what_is_no_story_can_be_skipped() -> None:
    rows = [{"id": "a"}, *LOCKS, None, {"id": 3, "text": []}]
    result = sc.cluster_stories(rows, on_error="skip")
    assert len(result.stories) == len(LOCKS)
    assert [(reject.file, reject.line, reject.id) for reject in result.rejects] == [
        (None, 1, "a"),
        (None, 6, None),
        (None, 7, "3"),
    ]
    assert all("expected" in reject.reason for reject in result.rejects)
    assert deduplicate(rows, on_error="skip") == deduplicate(LOCKS)


@pytest.mark.parametrize("threads", [0, -1, "2", 1.0, True])
def test_threads_are_a_whole_number(threads: Any) -> None:
    with pytest.raises(errors.UsageError, match=f"threads is {threads!r}; expected a whole number of at least 1"):
        sc.cluster_stories(LOCKS, threads=threads)


def test_progress_is_told_by_stage() -> None:
    stages: list[str] = []

    def begin(stage: str, part: float) -> None:
        if part == 0.0:
            stages.append(stage)

    sc.cluster_stories(LOCKS, progress=begin)
    beginning = ["reading stories", "analysing text"]
    matching = ["finding candidates", "comparing pairs", "joining clusters"]
    assert stages == [*beginning, "learning the profile", *matching]
    stages.clear()
    sc.cluster_stories(LOCKS, profile=sc.Profile.empty(), progress=begin)
    assert stages == [*beginning, *matching]


# The result


@pytest.fixture(scope="module")
def result() -> sc.StoryClusters:
    return sc.cluster_stories(STRAITS)


def test_clusters_can_be_counted_walked_and_looked_up(result: sc.StoryClusters) -> None:
    assert len(result) == len(list(result)) == len(result.clusters) == len(result.at_level("partial"))
    assert len(result.at_level("copy")) == 17
    assert list(result) == list(result.clusters)
    for cluster in result:
        assert len(cluster) == len(cluster.members)
        assert all(result.cluster_of(id) is cluster for id in cluster.members)
    assert {story.id for story in result.stories} == {id for cluster in result for id in cluster.members}
    for story in STRAITS:
        assert result.story(story.id) is story


@pytest.mark.parametrize("id", ["nobody", "", 7, None, ["oudra-flood"]])
def test_an_unknown_id(result: sc.StoryClusters, id: Any) -> None:
    asking: list[Callable[[], object]] = [
        lambda: result.story(id),
        lambda: result.cluster_of(id),
        lambda: result.explain(id, "oudra-flood"),
        lambda: result.explain("oudra-flood", id),
    ]
    message = f"no story has the id {id!r}; expected one of the 30 ids of this result, as text"
    for ask in asking:
        with pytest.raises(errors.UnknownStoryError) as caught:
            ask()
        assert str(caught.value) == message
        assert isinstance(caught.value, KeyError)
        assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([LOCK], "1 story, 1 cluster, 0 copies to drop"),
        ([LOCK, LOCK], "2 stories, 1 cluster, 1 copy to drop"),
        ([LOCK, CHOIR], "2 stories, 2 clusters, 0 copies to drop"),
        ([LOCK] * 3, "3 stories, 1 cluster, 2 copies to drop"),
        ([LOCK] * 1200, "1,200 stories, 1 cluster, 1,199 copies to drop"),
    ],
)
def test_a_result_says_what_it_is(texts: list[str], expected: str) -> None:
    result = sc.cluster_stories({"id": str(number), "text": text} for number, text in enumerate(texts))
    assert str(result) == repr(result) == f"StoryClusters: {expected}"


def test_explain_tells_linked_and_not_linked(result: sc.StoryClusters) -> None:
    linked = result.explain("skarrow-echo-recall", "dovrel-recall")
    assert (linked.id_a, linked.id_b, linked.relation) == ("dovrel-recall", "skarrow-echo-recall", "copy")
    assert linked.reason.startswith(f"copy: {linked.shared_words} of the shorter story's ")
    assert linked in list(result.links())
    speech = result.explain("delmora-pensions", "ambry-observer-pensions")
    assert (speech.relation, speech.shared_words) == (None, 0)
    assert {passage.kind for passage in speech.passages} == {"quoted"}
    assert f"they share {speech.quoted_words} words, {speech.quoted_words} of them quotations" in speech.reason
    assert result.explain("lannow-post-chess", "oudra-flood").reason == "not linked: they share no passage of 7 words"
    stub = result.explain("ambry-observer-stub", "oudra-flood")
    assert stub.relation is None
    assert "stories of fewer than 20 stand alone" in stub.reason


def test_the_template_with_other_facts_is_told(result: sc.StoryClusters) -> None:
    link = result.explain("lannow-market-tuesday", "lannow-market-wednesday")
    assert link.relation is None
    assert link.reason.startswith("not linked: ")


def test_summary_adds_up(result: sc.StoryClusters) -> None:
    summary = result.summary()
    several = [cluster for cluster in result if len(cluster) > 1]
    assert summary["stories"] == 30
    assert summary["clusters"] == len(result)
    assert summary["clusters_of_several"] == len(several)
    assert summary["largest_cluster"] == max(map(len, result))
    assert summary["copies_to_drop"] == sum(len(cluster) - 1 for cluster in result.at_level("copy"))
    assert summary["links"] == len(list(result.links()))
    assert (summary["links_unlisted"], summary["rejects"], summary["unread_dates"]) == (0, 0, 0)
    assert summary["settings"] == Settings().to_dict()
    assert summary["profile"] == result.profile.digest
    assert json.loads(json.dumps(summary)) == summary


@pytest.mark.parametrize("table", ["assignments", "links", "clusters"])
def test_results_are_written_whole_or_not_at_all(result: sc.StoryClusters, table: str, tmp_path: Path) -> None:
    write = getattr(result, f"write_{table}")
    write(tmp_path / "out.jsonl")
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) > 5
    with pytest.raises(errors.FormatError, match=r"out\.xlsx"):
        write(tmp_path / "out.xlsx")
    with pytest.raises(errors.OutputError, match="There is no folder"):
        write(tmp_path / "nowhere" / "out.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def test_cluster_rows_describe_clusters_of_several(result: sc.StoryClusters) -> None:
    rows = {row["cluster"]: row for row in result.cluster_rows()}
    assert list(rows) == [cluster.id for cluster in result if len(cluster) > 1]
    for id, row in rows.items():
        cluster = result.cluster_of(id)
        stories = [result.story(member) for member in cluster.members]
        assert row["members"] == list(cluster.members)
        assert row["size"] == len(cluster)
        assert (row["canonical"], row["reason"], row["level"]) == (cluster.canonical, cluster.reason, "partial")
        times = [story.published for story in stories if story.published]
        assert datetime.fromisoformat(row["first_published"]) == min(times)
        assert datetime.fromisoformat(row["last_published"]) == max(times)
        assert row["sources"] == sorted({story.source for story in stories if story.source})


# De-duplication


@pytest.mark.parametrize("make", [list, tuple])
@pytest.mark.parametrize("rows", [LOCKS, as_stories(LOCKS)], ids=["dicts", "stories"])
def test_deduplicate_gives_the_very_items_back_in_order(make: type, rows: list[Any]) -> None:
    for order in permutations(rows):
        given = make(order)
        kept = deduplicate(given)
        assert type(kept) is make
        assert len(kept) == 2
        places = [next(place for place, item in enumerate(given) if item is own) for own in kept]
        assert places == sorted(places)
        assert len(given) == 4


def test_deduplicate_a_generator_a_path_paths_and_a_reader(tmp_path: Path) -> None:
    path, other = write_rows(tmp_path / "a.jsonl", LOCKS[:2]), write_rows(tmp_path / "b.jsonl", LOCKS[2:])
    expected = deduplicate(as_stories(LOCKS))
    assert deduplicate(story for story in as_stories(LOCKS)) == expected
    assert deduplicate([str(path), other]) == expected
    assert deduplicate(StoryReader([path, other])) == expected
    assert deduplicate(path) == deduplicate(as_stories(LOCKS[:2]))


@pytest.mark.parametrize(("keep", "expected"), [("earliest", "post"), ("longest", "echo")])
def test_keep_says_which_story_of_a_cluster(keep: Any, expected: str) -> None:
    assert [row["id"] for row in deduplicate(LOCKS, keep=keep)] in ([expected, "choir"], ["choir", expected])
    # In place of the settings' rule, and of nothing else in them.
    chosen = Settings(canonical="centroid", preferred_sources=("Wire",))
    kept = deduplicate(LOCKS, keep=keep, settings=chosen)
    assert [row["id"] for row in kept] == ["wire", "choir"]


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(
        errors.SettingsError, match="canonical is 'newest'; expected one of centroid, earliest, longest"
    ):
        deduplicate(LOCKS, keep="newest")  # type: ignore[arg-type]


def test_a_plan_counts_what_would_go() -> None:
    plan = plan_deduplication(LOCKS, keep="earliest")
    # Kept: post (one word more than the lock story) and choir. Dropped: echo (four words more) and wire.
    words = (LOCK_WORDS + 4) + LOCK_WORDS + CHOIR_WORDS + (LOCK_WORDS + 1)
    dropped = (LOCK_WORDS + 4) + LOCK_WORDS
    assert (LOCK_WORDS, CHOIR_WORDS) == (60, 42)
    assert plan.kept_positions == [2, 3]
    assert plan.result.summary()["words"] == words == 227
    assert plan.result.summary()["words_to_drop"] == dropped == 124
    expected = "2 of 4 stories to keep, 2 to drop as copies; that saves 124 of 227 words (54.6%)"
    assert str(plan) == repr(plan) == f"Deduplication: {expected}"


def test_a_plan_reads_the_records_to_keep_again(tmp_path: Path) -> None:
    reader = StoryReader(write_rows(tmp_path / "all.jsonl", LOCKS))
    plan = plan_deduplication(reader, keep="earliest")
    assert [json.loads(record.raw or b"") for record in plan.kept_records(reader)] == LOCKS[2:]


# Ids


def test_one_id_and_one_text_is_one_story_whatever_the_order() -> None:
    early, late, undated = (
        Story("wire", LOCK, title, published=when)
        for title, when in (("Early", NOON), ("Late", NOON + timedelta(hours=1)), ("Undated", None))
    )
    for order in permutations([early, late, undated, Story("choir", CHOIR)]):
        result = sc.cluster_stories(order)
        assert result.story("wire") is early
        assert len(result.stories) == 2
        assert [reject.id for reject in result.rejects] == ["wire", "wire"]
        place = order.index(early) + 1
        assert {reject.line for reject in result.rejects} == {1, 2, 3, 4} - {
            place,
            order.index(result.story("choir")) + 1,
        }
        assert all("the id 'wire' came before with the same text" in reject.reason for reject in result.rejects)
        assert deduplicate(order) == tuple(story for story in order if story in (early, result.story("choir")))


def test_one_id_and_two_texts_is_an_error() -> None:
    with pytest.raises(errors.DuplicateIdError) as caught:
        sc.cluster_stories([Story("wire", LOCK), Story("choir", CHOIR), Story("wire", CHOIR)])
    assert str(caught.value) == (
        "record 3: the id 'wire' stands for another text at record 1; expected one text an id. Give one of them "
        "another id, or go on without both: on_error='skip' (--on-error skip) keeps them in the rejects"
    )
    assert isinstance(caught.value, errors.DataError)


def test_one_id_and_two_texts_are_all_skipped_whatever_the_order() -> None:
    rows = [Story("wire", LOCK), Story("wire", LOCK, "Again"), Story("wire", CHOIR), Story("choir", CHOIR)]
    for order in permutations(rows):
        result = sc.cluster_stories(order, on_error="skip")
        assert [story.id for story in result.stories] == ["choir"]
        assert sorted((reject.id, reject.line) for reject in result.rejects) == [
            ("wire", place + 1) for place, story in enumerate(order) if story.id == "wire"
        ]


def test_duplicate_ids_in_files_are_named_by_line(tmp_path: Path) -> None:
    one = write_rows(tmp_path / "one.jsonl", LOCKS)
    other = write_rows(tmp_path / "other.jsonl", [{"id": "new", "text": LOCK}, {"id": "wire", "text": CHOIR}])
    with pytest.raises(errors.DuplicateIdError) as caught:
        sc.cluster_stories([one, other])
    assert str(caught.value).startswith(f"{other}:2: the id 'wire' stands for another text at {one}:2; expected")


# Profiles


def test_a_job_learns_the_profile_that_learn_profile_learns(result: sc.StoryClusters) -> None:
    learned = sc.learn_profile(STRAITS)
    assert learned.stories == 30
    assert learned.digest == result.profile.digest == sc.learn_profile(STRAITS[::-1], threads=3).digest
    given = sc.cluster_stories(STRAITS, profile=learned)
    assert given.profile is learned
    assert given.summary() == result.summary()
    assert list(given.cluster_rows()) == list(result.cluster_rows())


def test_a_profile_counts_the_stories_a_word_stands_in() -> None:
    words = {"lock": 3, "lock lock choir": 2, "bridge": 1}
    texts = [text for text, times in words.items() for _ in range(times)]
    profile = sc.learn_profile([{"id": str(number), "text": text} for number, text in enumerate(texts)])
    assert sorted(profile.document_frequencies[profile.document_frequencies > 0].tolist()) == [1, 2, 5]


def test_another_profile_changes_what_is_central_and_alike(result: sc.StoryClusters) -> None:
    other = sc.cluster_stories(STRAITS, profile=sc.Profile.empty())
    assert other.summary()["profile"] == sc.Profile.empty().digest != result.profile.digest
    likenesses = [{(link.id_a, link.id_b): link.likeness for link in job.links()} for job in (result, other)]
    shared = likenesses[0].keys() & likenesses[1].keys()
    assert len(shared) > 10
    assert any(likenesses[0][pair] != likenesses[1][pair] for pair in shared)
    assert [row["reason"] for row in other.cluster_rows()] != [row["reason"] for row in result.cluster_rows()]


def test_a_profile_is_saved_and_loaded(result: sc.StoryClusters, tmp_path: Path) -> None:
    path = tmp_path / "wire.profile"
    result.profile.save(path)
    loaded = sc.Profile.load(path)
    assert loaded.digest == result.profile.digest
    assert (loaded.stories, loaded.document_frequencies.sum()) == (30, result.profile.document_frequencies.sum())
    assert [path.name for path in tmp_path.iterdir()] == ["wire.profile"]
    with pytest.raises(ValueError, match="read-only"):
        loaded.document_frequencies[0] = 1
    path.write_text(LOCK)
    with pytest.raises(errors.DataError, match=r"wire\.profile: not a profile"):
        sc.Profile.load(path)
    with pytest.raises(errors.UsageError, match="0 stories cannot hold a word 1 times"):
        sc.Profile(0, np.eye(1, 1 << 20, dtype=np.uint32)[0])


# Metrics, against what they are by definition

CLUSTERINGS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from("abcde")), min_size=1, max_size=25)
by_definition = settings(max_examples=60, deadline=None)


def clusterings(drawn: list[tuple[int, str]]) -> tuple[dict[str, int], dict[str, str]]:
    ids = [f"story-{number}" for number in range(len(drawn))]
    return dict(zip(ids, (found for found, _ in drawn), strict=True)), dict(
        zip(ids, (true for _, true in drawn), strict=True)
    )


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def harmonic(precision: float, recall: float) -> float:
    return ratio(2 * precision * recall, precision + recall)


@by_definition
@given(CLUSTERINGS)
def test_pairwise_scores_count_pairs(drawn: list[tuple[int, str]]) -> None:
    found, truth = clusterings(drawn)
    in_found = {pair for pair in combinations(found, 2) if found[pair[0]] == found[pair[1]]}
    in_truth = {pair for pair in combinations(truth, 2) if truth[pair[0]] == truth[pair[1]]}
    precision, recall = (ratio(len(in_found & in_truth), len(pairs)) for pairs in (in_found, in_truth))
    scores = metrics.score_clusters(found, truth)
    assert scores["pairwise_precision"] == pytest.approx(precision)
    assert scores["pairwise_recall"] == pytest.approx(recall)
    assert scores["pairwise_f1"] == pytest.approx(harmonic(precision, recall))


@by_definition
@given(CLUSTERINGS)
def test_bcubed_scores_are_means_over_stories(drawn: list[tuple[int, str]]) -> None:
    found, truth = clusterings(drawn)
    precisions, recalls = [], []
    for id in found:
        beside = {other for other in found if found[other] == found[id]}
        wanted = {other for other in truth if truth[other] == truth[id]}
        precisions.append(len(beside & wanted) / len(beside))
        recalls.append(len(beside & wanted) / len(wanted))
    precision, recall = statistics.fmean(precisions), statistics.fmean(recalls)
    scores = metrics.score_clusters(found, truth)
    assert scores["bcubed_precision"] == pytest.approx(precision)
    assert scores["bcubed_recall"] == pytest.approx(recall)
    assert scores["bcubed_f1"] == pytest.approx(harmonic(precision, recall))


@by_definition
@given(CLUSTERINGS)
def test_the_adjusted_rand_index_is_scikit_learns(drawn: list[tuple[int, str]]) -> None:
    found, truth = clusterings(drawn)
    expected = adjusted_rand_score([true for _, true in drawn], [own for own, _ in drawn])
    assert metrics.score_clusters(found, truth)["ari"] == pytest.approx(expected)
    assert metrics.adjusted_rand_index(dict(reversed(found.items())), truth) == pytest.approx(expected)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_singletons_and_single_clusters(count: int) -> None:
    ids = [str(number) for number in range(count)]
    apart, together = dict(zip(ids, ids, strict=True)), dict.fromkeys(ids, 0)
    assert metrics.score_clusters(apart, apart) == {
        **dict.fromkeys(("pairwise_precision", "pairwise_recall", "pairwise_f1"), 0.0),
        **dict.fromkeys(("bcubed_precision", "bcubed_recall", "bcubed_f1", "ari"), 1.0),
    }
    merged = metrics.score_clusters(together, apart)
    assert merged["bcubed_recall"] == 1.0
    assert merged["bcubed_precision"] == pytest.approx(1 / count)


def test_cluster_names_of_several_types_are_told_apart() -> None:
    assert metrics.score_clusters({"a": 1, "b": "1", "c": None}, {"a": "x", "b": "y", "c": "z"})["ari"] == 1.0


@pytest.mark.parametrize(
    ("found", "truth", "message"),
    [
        ({}, {}, "there are no stories to score; expected at least one"),
        ({"a": 1}, {"b": 1}, "1 of 1 ids, 'a' the first, are not in the truth; expected the same ids in both"),
        ({"a": 1}, {"a": 1, "b": 1, "c": 2}, "2 of 3 ids, 'b' the first, are not among the stories clustered"),
    ],
)
def test_a_score_needs_the_same_ids(found: dict[str, int], truth: dict[str, int], message: str) -> None:
    with pytest.raises(errors.DataError, match=re.escape(message)):
        metrics.score_clusters(found, truth)


LABELS = ("COPY", "VERSION", "PARTIAL", "QUOTES", "FORMULA", "NONE")
PAIRS = st.lists(
    st.tuples(
        st.sampled_from(LABELS),
        st.floats(0.1, 900),
        st.sampled_from("123"),
        st.sampled_from(["copy", "version", "partial", None]),
    ),
    max_size=30,
)
WANTED = {"copy": {"COPY"}, "version": {"COPY", "VERSION"}, "partial": {"COPY", "VERSION", "PARTIAL"}}
COUNTS_AS = {"copy": {"copy"}, "version": {"copy", "version"}, "partial": {"copy", "version", "partial"}}


@settings(max_examples=40, deadline=None)
@given(PAIRS, st.booleans())
def test_link_scores_weigh_the_labelled_pairs(drawn: list[tuple[str, float, str, str | None]], turned: bool) -> None:
    pairs = [
        metrics.LabelledPair(f"a{number}", f"b{number}", label, weight, stratum)
        for number, (label, weight, stratum, _) in enumerate(drawn)
    ]
    ends = [("b", "a") if turned else ("a", "b")] * len(drawn)
    links = [
        (f"{one}{number}", f"{other}{number}", relation)
        for number, ((one, other), (*_, relation)) in enumerate(zip(ends, drawn, strict=True))
        if relation
    ]
    scores = metrics.score_links([*links, ("unlabelled", "pair", "copy")], pairs)
    assert list(scores) == ["copy", "version", "partial"]
    for level, score in scores.items():
        counted = [row for row in drawn if not (row[0] == "FORMULA" and level == "partial")]
        found = sum(weight for _, weight, _, relation in counted if relation in COUNTS_AS[level])
        true = sum(weight for label, weight, _, _ in counted if label in WANTED[level])
        both = sum(weight for label, weight, _, own in counted if label in WANTED[level] and own in COUNTS_AS[level])
        precision, recall = ratio(both, found), ratio(both, true)
        assert score["precision"] == pytest.approx(precision)
        assert score["recall"] == pytest.approx(recall)
        assert score["f1"] == pytest.approx(harmonic(precision, recall))
        assert score["f1_sd"] >= 0.0


def test_of_two_links_of_a_pair_the_stronger_counts() -> None:
    pairs = [metrics.LabelledPair("a", "b", "COPY", 1.0, "1")]
    for links in permutations([("a", "b", "copy"), ("b", "a", "partial")]):
        assert metrics.score_links(links, pairs)["copy"]["recall"] == 1.0


def test_the_deviation_is_that_of_resampling_within_strata() -> None:
    draw = random.Random(9)
    rows = [(draw.random() < 0.6, draw.random() < 0.7, draw.choice([1.0, 5.0, 40.0])) for _ in range(60)]
    pairs = [
        metrics.LabelledPair(f"a{n}", f"b{n}", "COPY" if true else "NONE", weight, str(weight))
        for n, (true, _, weight) in enumerate(rows)
    ]
    links = [(f"a{n}", f"b{n}", "copy") for n, (_, found, _) in enumerate(rows) if found]
    strata = [[row for row in rows if row[2] == weight] for weight in (1.0, 5.0, 40.0)]
    figures = []
    for _ in range(4000):
        chosen = [draw.choice(own) for own in strata for _ in own]
        both, found, true = (
            sum(weight for *flags, weight in chosen if all(flags[k] for k in wanted)) for wanted in ((0, 1), (1,), (0,))
        )
        figures.append(harmonic(ratio(both, found), ratio(both, true)))
    score = metrics.score_links(links, pairs)["copy"]
    assert score["f1_sd"] == pytest.approx(statistics.stdev(figures), rel=0.15)
    assert metrics.score_links(links, pairs)["copy"] == score
    # One row a stratum leaves nothing to draw.
    alone = [metrics.LabelledPair(p.id_a, p.id_b, p.label, p.weight, p.id_a) for p in pairs]
    assert metrics.score_links(links, alone)["copy"]["f1_sd"] == 0.0
