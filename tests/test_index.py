"""An index holds at every moment what a batch job would make of the same stories, with the same profile."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import storyclust as sc
from storyclust import Settings, Story, StoryIndex
from storyclust.index.shelf import write_text
from storyclust.model import Placement
from straits import STRAITS

PROFILE = sc.learn_profile(STRAITS)


def replayed(index: StoryIndex) -> tuple[dict[str, str], dict[str, str]]:
    """What a consumer of the feed knows: the cluster of each story, and the story to keep of each cluster."""
    cluster: dict[str, str] = {}
    kept: dict[str, str] = {}
    for change in index.changes():
        what, name = change["what"], change["cluster"]
        if what == "added":
            cluster[change["story"]] = name
        elif what == "removed":
            assert cluster.pop(change["story"]) == name
        elif what in ("renamed", "merged"):
            kept.pop(change["was"], None)
            moved = [story for story, own in cluster.items() if own == change["was"]]
            assert moved
            cluster |= dict.fromkeys(moved, name)
        elif what == "split":
            assert {cluster[story] for story in change["stories"]} == {change["was"]}
            cluster |= dict.fromkeys(change["stories"], name)
        elif what == "canonical":
            kept[name] = change["canonical"]
        else:
            assert what == "expired"
            assert cluster[change["story"]] == name
    return cluster, {name: kept.get(name, name) for name in set(cluster.values())}


def require_equal(index: StoryIndex, stories: Sequence[Story]) -> None:
    """The index is what the batch job makes, its feed leads to it, and its file is sound."""
    result = sc.cluster_stories(stories, settings=index.settings, profile=index.profile)
    assert list(index.clusters()) == list(result.clusters)
    assert list(index.assignments()) == list(result.assignments())
    of_story, kept = replayed(index)
    assert of_story == {id: cluster.id for cluster in result.clusters for id in cluster.members}
    assert kept == {cluster.id: cluster.canonical for cluster in result.clusters}
    index.verify()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wire.storyclust"


@pytest.mark.parametrize("level", ["copy", "version", "partial"])
@pytest.mark.parametrize(("seed", "batch"), [(1, 1), (2, 7), (3, 1000)])
def test_any_order_in_any_batches(path: Path, level: Any, seed: int, batch: int) -> None:
    order = random.Random(seed).sample(STRAITS, len(STRAITS))
    with StoryIndex.create(path, settings=Settings(level=level), profile=PROFILE) as index:
        for count, placement in enumerate(index.add_many(order, commit_every=batch), 1):
            assert placement.is_new
            if count in (10, 25):
                require_equal(index, order[: -(-count // batch) * batch])
        require_equal(index, order)


def edits(count: int, seed: int) -> list[Story]:
    """A story run by so many outlets, each with a few words of its own, in a few of which it is cut."""
    draw = random.Random(seed)
    words = [f"{draw.choice('bdfgklmnprst')}{draw.choice('aeiou')}{number}" for number in range(90)]
    found = []
    for number in range(count):
        own = list(words)
        for _ in range(4):
            own[draw.randrange(90)] = f"edit{draw.randrange(60)}"
        start = draw.choice([0, 0, 0, 30])
        published = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=draw.randrange(200))
        found.append(Story(f"e{number}", " ".join(own[start:]), published=published))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_passages_that_many_come_to_share_and_fewer_again(path: Path, seed: int) -> None:
    # More than 64 stories bear a fingerprint, and fewer again: then which pairs are compared changes for all of them.
    stories, draw = edits(110, seed), random.Random(seed)
    with StoryIndex.create(path, profile=PROFILE) as index:
        for batch in (1, 40, 20, 1, 1, 1, 2, 40):
            have = len(index)
            assert len(list(index.add_many(stories[have : have + batch], commit_every=batch))) > 0
            require_equal(index, stories[: have + batch])
        left = list(stories[: len(index)])
        for count in (5, 20, 15, 1, 1, 20):
            for _ in range(count):
                index.remove(left.pop(draw.randrange(len(left))).id)
            require_equal(index, left)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def variants() -> list[Story]:
    """Stories, some with the words of another: in other marks that change no word, of another outlet."""
    found = list(STRAITS[:24])
    for number, story in enumerate(STRAITS[:8]):
        found.append(replace(story, id=f"again-{number}", published=None))
        found.append(replace(story, id=f"spaced-{number}", text=story.text.replace(" ", "  "), source="Echo"))
        if number % 2:
            # First in rank, and not to be kept.
            found.append(replace(story, id=f"pulled-{number}", published=LONG_AGO, status="canceled"))
        else:
            found.append(replace(story, id=f"own-{number}", source="Reuters", title="CORRECTED-" * (number % 4 // 2)))
    return found


def test_of_one_id_the_latest_version_stands(path: Path) -> None:
    first, other = STRAITS[:2]
    second = replace(first, version="2", status="withheld")
    third = replace(other, id=first.id, version="10")
    for order in permutations([replace(first, version="1"), second, third]):
        path.unlink(missing_ok=True)
        with StoryIndex.create(path, profile=PROFILE) as index:
            newer = [index.add(story).is_new for story in order]
            assert newer == [
                story.version_number > max([0, *(s.version_number for s in order[:at])])
                for at, story in enumerate(order)
            ]
            assert index.story(first.id) == third
            require_equal(index, order)


def test_what_is_withheld_is_not_kept(path: Path) -> None:
    story = STRAITS[0]
    again = replace(story, id="again", published=None)
    with StoryIndex.create(path, profile=PROFILE) as index:
        index.add(again)
        assert index.add(replace(story, status="withheld", version="1")).canonical == "again"
        assert index.add(replace(story, version="2")).canonical == story.id
        pulled = index.add(replace(story, status="canceled", version="3"))
        assert (pulled.canonical, pulled.cluster, pulled.is_new) == ("again", story.id, True)
        require_equal(index, [again, replace(story, status="canceled", version="3")])


POOL = variants()
NUMBERS = st.integers(0, len(POOL) - 1)


class Wire(RuleBasedStateMachine):
    """An index beside the list of the stories that are in it."""

    folder: Path

    @initialize(level=st.sampled_from(["copy", "partial"]), source=st.sampled_from([(), ("Echo",)]))
    def create(self, level: Any, source: tuple[str, ...]) -> None:
        self.path = Path(tempfile.mkdtemp(dir=self.folder), "wire.storyclust")
        self.index = StoryIndex.create(
            self.path, settings=Settings(level=level, preferred_sources=source), profile=PROFILE
        )
        self.stories: dict[str, Story] = {}

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=12), batch=st.sampled_from([1, 5, 100]))
    def add(self, numbers: list[int], batch: int) -> None:
        chosen = [POOL[number] for number in numbers]
        added = self.index.add_many(chosen, commit_every=batch, on_existing="replace")
        for story, placement in zip(chosen, added, strict=True):
            assert placement.id == story.id
            self.stories[story.id] = self.stories[story.id] if self._has(story) else story

    @rule(one=NUMBERS, other=NUMBERS)
    def replace(self, one: int, other: int) -> None:
        story = replace(POOL[one], text=POOL[other].text)
        self.index.add(story, on_existing="replace")
        self.stories[story.id] = self.stories[story.id] if self._has(story) else story

    def _has(self, story: Story) -> bool:
        return story.id in self.stories and self.stories[story.id].text == story.text

    @precondition(lambda self: self.stories)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.stories)))
        self.index.remove(id)
        del self.stories[id]

    @rule()
    def open_again(self) -> None:
        self.index.close()
        self.index = StoryIndex.open(self.path)

    @invariant()
    def is_what_a_batch_job_makes(self) -> None:
        require_equal(self.index, list(self.stories.values()))

    def teardown(self) -> None:
        self.index.close()


def test_any_history(tmp_path: Path) -> None:
    Wire.folder = tmp_path
    machine = Wire.TestCase
    machine.settings = hypothesis_settings(max_examples=12, stateful_step_count=8, deadline=None)
    machine().runTest()


def test_the_same_story_again_changes_nothing(path: Path) -> None:
    with StoryIndex.create(path, profile=PROFILE) as index:
        first = list(index.add_many(STRAITS))
        before = list(index.changes())
        again = list(index.add_many(STRAITS))
        assert list(index.changes()) == before
        assert [placement.is_new for placement in again] == [False] * len(STRAITS)
        assert {standing(one) for one in first} == {standing(one) for one in again}


def standing(placement: Placement) -> tuple[Any, ...]:
    return placement.id, placement.cluster, placement.canonical, placement.relation, placement.share, placement.size


def test_expiry_changes_no_assignment(path: Path) -> None:
    dated = sorted((story for story in STRAITS if story.published), key=lambda story: story.rank)
    middle = dated[len(dated) // 2].published
    assert middle is not None
    with StoryIndex.create(path, profile=PROFILE) as index:
        list(index.add_many(STRAITS))
        before, clusters = list(index.assignments()), list(index.clusters())
        expired = {story.id for story in dated if story.published and story.published < middle}
        assert index.expire(before=middle) == len(expired)
        assert list(index.assignments()) == before
        assert list(index.clusters()) == clusters
        index.verify()
        assert all(match.id not in expired for match in index.query(dated[0].text))
        # What comes is compared with what has not expired, and the assignments of what has expired stay readable.
        index.add(replace(dated[-1], id="new"))
        assert index.cluster_of("new") == index.cluster_of(dated[-1].id)
        assert index.expire(before=middle) == 0
        index.verify()


def test_refreshing_leaves_what_a_batch_job_makes(path: Path) -> None:
    with StoryIndex.create(path) as index:
        list(index.add_many(STRAITS))
        assert index.profile == sc.Profile.empty()
        index.refresh()
        assert index.profile == PROFILE
        require_equal(index, STRAITS)
        assert index.refresh() == 0


@pytest.mark.parametrize("days", [0, 2, 400])
def test_a_window_bounds_what_is_compared(path: Path, days: int) -> None:
    dated = [story for story in STRAITS if story.published]
    late = [
        replace(s, id=f"late-{s.id}", published=s.published and s.published + timedelta(days=30)) for s in dated[:9]
    ]
    stories = random.Random(days).sample(dated + late, len(dated + late))
    with StoryIndex.create(path, settings=Settings(window_days=days), profile=PROFILE) as index:
        list(index.add_many(stories, commit_every=10))
        require_equal(index, stories)
        for story in stories[::3]:
            index.remove(story.id)
        require_equal(index, [story for number, story in enumerate(stories) if number % 3])


def test_what_a_text_would_be_linked_with(path: Path) -> None:
    with StoryIndex.create(path, profile=PROFILE) as index:
        list(index.add_many(STRAITS))
        for story in STRAITS[::4]:
            explained = ((other.id, index.explain(story.id, other.id).relation) for other in STRAITS if other != story)
            found = {match.id: match.relation for match in index.query(story.text, source=story.source)}
            assert found == {story.id: "copy"} | {id: relation for id, relation in explained if relation}
        assert index.query("Too short.") == ()
        assert len(index) == len(STRAITS)


def test_of_two_texts_in_one_batch_the_later_takes_the_place(path: Path) -> None:
    story = STRAITS[0]
    later = replace(story, text=STRAITS[1].text)
    with StoryIndex.create(path, profile=PROFILE) as index:
        for given in ([story, later], [story, later, story], [later]):
            placements = list(index.add_many(given, on_existing="replace"))
            assert [placement.id for placement in placements] == [story.id] * len(given)
            require_equal(index, given[-1:])
        with pytest.raises(sc.DataError, match="stands for another text"):
            list(index.add_many([STRAITS[2], replace(STRAITS[2], text="another")]))
        require_equal(index, [later])


def test_clusters_are_written_as_of_a_batch_job(path: Path, tmp_path: Path) -> None:
    result = sc.cluster_stories(STRAITS)
    with result.to_index(path) as index:
        index.write_clusters(tmp_path / "clusters.csv")
        assert list(index.cluster_rows()) == list(result.cluster_rows())
        assert [index.cluster_row(row["members"][-1]) for row in index.cluster_rows()] == list(result.cluster_rows())
    result.write_clusters(tmp_path / "expected.csv")
    assert (tmp_path / "clusters.csv").read_bytes() == (tmp_path / "expected.csv").read_bytes()


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(level="copy", canonical="earliest"), Settings(window_days=1)]
)
def test_a_result_becomes_an_index(path: Path, settings: Settings) -> None:
    early, late = STRAITS[:20], STRAITS[20:]
    result = sc.cluster_stories(early, settings=settings)
    with result.to_index(path) as index:
        assert (index.settings, index.profile) == (result.settings, result.profile)
        assert tuple(index.clusters()) == result.clusters
        require_equal(index, early)
        list(index.add_many(late))
        require_equal(index, STRAITS)


def test_a_result_that_cannot_become_an_index_leaves_none(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = ((STRAITS[0].id, STRAITS[1].id),)
    for settings in (Settings(must_link=pair), Settings(cannot_link=pair)):
        with pytest.raises(sc.UsageError, match="for batch jobs"):
            sc.cluster_stories(STRAITS, settings=settings).to_index(path)
    assert not list(path.parent.iterdir())
    result = sc.cluster_stories(STRAITS)
    monkeypatch.setattr("storyclust.index.index.arrive", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        result.to_index(path)
    assert not list(path.parent.iterdir())


def test_verify_reads_the_texts(path: Path) -> None:
    with StoryIndex.create(path, profile=PROFILE) as index:
        list(index.add_many(STRAITS))
        for spoilt in (b"no text", write_text("another text")):
            with closing(sqlite3.connect(path)) as other, other:
                other.execute("UPDATE texts SET text = ? WHERE story = 3", (spoilt,))
            with pytest.raises(sc.DataError, match="damaged: the text of a story"):
                index.verify()
