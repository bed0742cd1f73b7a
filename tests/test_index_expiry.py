"""Expiry changes no assignment, and whatever comes, goes or is learned afterwards, the index stays sound."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storyclust import Settings, Story, StoryIndex
from test_index import POOL, PROFILE, edits, replayed

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
# Each of the pool on a day of its own, so that every expiry divides it elsewhere; some hours hold edits that crowd.
STORIES = [
    *(replace(story, published=BEGIN + timedelta(days=7 * number % 41)) for number, story in enumerate(POOL)),
    *(replace(story, published=BEGIN + timedelta(days=number % 41)) for number, story in enumerate(edits(90, 4))),
]
NUMBERS = st.integers(0, len(STORIES) - 1)


def standing(index: StoryIndex) -> list[dict[str, Any]]:
    return list(index.assignments())


class Years(RuleBasedStateMachine):
    """An index that stories come to, go from and expire in, beside the ids that it has."""

    folder: Path

    @initialize(days=st.sampled_from([None, 10]), sources=st.sampled_from([(), ("Echo",)]))
    def create(self, days: int | None, sources: tuple[str, ...]) -> None:
        path = Path(tempfile.mkdtemp(dir=self.folder), "wire.storyclust")
        settings = Settings(window_days=days, preferred_sources=sources)
        self.index = StoryIndex.create(path, settings=settings, profile=PROFILE)
        self.ids: dict[str, bool] = {}

    @rule(first=NUMBERS, count=st.integers(1, 80))
    def add(self, first: int, count: int) -> None:
        self.came(STORIES[first : first + count])

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=6))
    def add_one_by_one(self, numbers: list[int]) -> None:
        for number in numbers:
            self.came([STORIES[number]])

    def came(self, stories: list[Story]) -> None:
        before = dict.fromkeys(self.ids)
        list(self.index.add_many(stories, on_existing="replace"))
        self.ids |= {story.id: False for story in stories if story.id not in before}

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), count=st.integers(1, 5))
    def remove(self, data: st.DataObject, count: int) -> None:
        for _ in range(min(count, len(self.ids))):
            id = data.draw(st.sampled_from(sorted(self.ids)))
            together = [set(cluster.members) - {id} for cluster in self.index.clusters()]
            gone_before = all(self.ids.values())
            self.index.remove(id)
            del self.ids[id]
            if gone_before:  # of what has no text nothing else is known than where it stood
                assert sorted(map(sorted, filter(None, together))) == sorted(
                    sorted(cluster.members) for cluster in self.index.clusters()
                )

    @rule(day=st.integers(0, 45))
    def expire(self, day: int) -> None:
        before, clusters = standing(self.index), list(self.index.clusters())
        moment = BEGIN + timedelta(days=day)
        self.index.expire(before=moment)
        assert standing(self.index) == before
        assert list(self.index.clusters()) == clusters
        for id in self.ids:
            row = self.index._connection.execute("SELECT expired FROM stories WHERE id = ?", (id.encode(),)).fetchone()
            self.ids[id] = bool(row[0])

    @rule()
    def refresh(self) -> None:
        self.index.refresh()

    @rule(number=NUMBERS)
    def ask(self, number: int) -> None:
        assert not [match for match in self.index.query(STORIES[number].text) if self.ids[match.id]]

    @invariant()
    def is_sound(self) -> None:
        self.index.verify()
        rows = standing(self.index)
        assert {row["id"] for row in rows} == set(self.ids)
        cluster, kept = replayed(self.index)
        assert cluster == {row["id"]: row["cluster"] for row in rows}
        assert kept == {row["cluster"]: row["canonical"] for row in rows}

    def teardown(self) -> None:
        self.index.close()


def test_any_years(tmp_path: Path) -> None:
    Years.folder = tmp_path
    machine = Years.TestCase
    machine.settings = hypothesis_settings(max_examples=20, stateful_step_count=10, deadline=None)
    machine().runTest()


def test_what_has_expired_stays_together_when_some_of_it_is_removed(tmp_path: Path) -> None:
    with StoryIndex.create(tmp_path / "wire.storyclust", profile=PROFILE) as index:
        list(index.add_many(replace(story, published=BEGIN) for story in POOL))
        largest = max(index.clusters(), key=lambda cluster: len(cluster.members))
        assert index.expire(before=BEGIN + timedelta(days=1)) == len(POOL)
        left, kept = list(largest.members), largest.canonical
        for id in [left[0], kept, left[-1]] if kept != left[0] else [left[0], left[1]]:
            left.remove(id)
            index.remove(id)
            cluster = index.cluster_of(left[0])
            assert list(cluster.members) == left
            assert cluster.canonical == (kept if kept in left else left[0])
            index.verify()
        assert replayed(index)[0] == {row["id"]: row["cluster"] for row in index.assignments()}


def test_what_has_expired_is_told_by_a_story_of_the_same_words(tmp_path: Path) -> None:
    old, again = STORIES[0], replace(STORIES[0], id="again", published=BEGIN + timedelta(days=9))
    with StoryIndex.create(tmp_path / "wire.storyclust", profile=PROFILE) as index:
        list(index.add_many([old, again]))
        index.expire(before=BEGIN + timedelta(days=5))
        assert [match.id for match in index.query(old.text)] == ["again"]


def test_what_expired_and_was_removed_does_no_harm_to_what_it_was_compared_with(tmp_path: Path) -> None:
    first, second, third = (
        replace(story, published=BEGIN + timedelta(days=day)) for day, story in enumerate(edits(3, 4))
    )
    with StoryIndex.create(tmp_path / "wire.storyclust", profile=PROFILE) as index:
        for story in (first, second, third):
            index.add(story)
        index.expire(before=BEGIN + timedelta(hours=12))
        for story in (first, third, second):
            index.remove(story.id)
            index.verify()
        assert len(index) == 0
