"""How far apart in time stories may be that are compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import storyclust as sc
from storyclust import Settings, Story
from straits import STRAITS

FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)


# Stories of which no two have the same words.
EMPTY = sc.Profile.empty()
AGAIN = {
    link.id_b for link in sc.cluster_stories(STRAITS, profile=EMPTY).links() if link.reason.startswith("copy: the same")
}
UNLIKE = [story for story in STRAITS if story.id not in AGAIN]


def linked(stories: list[Story], days: int | None) -> set[tuple[str, str]]:
    result = sc.cluster_stories(stories, settings=Settings(window_days=days), profile=EMPTY)
    return {(link.id_a, link.id_b) for link in result.links()}


@pytest.mark.parametrize("days", [0, 3, 10, 1000])
def test_links_are_those_of_stories_near_enough(days: int) -> None:
    published = [FIRST + timedelta(days=5 * number % 17, seconds=number) for number in range(len(UNLIKE))]
    stories = [replace(story, published=own) for story, own in zip(UNLIKE, published, strict=True)]
    when = {story.id: story.published or FIRST for story in stories}
    near = {(a, b) for a, b in linked(stories, None) if abs(when[a] - when[b]) <= timedelta(days=days)}
    assert linked(stories, days) == near
    assert 0 < len(near) < len(linked(stories, None)) or days in (0, 1000)


def test_undated_stories_are_compared_with_all() -> None:
    undated = [replace(story, published=None) for story in STRAITS]
    assert linked(undated, 0) == linked(undated, None) != set()
    result = sc.cluster_stories(undated, settings=Settings(window_days=0))
    assert result.summary()["undated"] == len(STRAITS)


def test_equal_words_are_one_content_whenever_they_appeared() -> None:
    # A story that is run again a year later stands for both times: others are compared with it as it was and as it is.
    story = max(STRAITS, key=lambda own: len(own.text))
    runs = [replace(story, id=f"run-{year}", published=FIRST.replace(year=year)) for year in (2024, 2026)]
    cut = Story("cut", story.text[: 3 * len(story.text) // 4], published=FIRST.replace(year=2025))
    assert linked(runs, 0) == {("run-2024", "run-2026")}
    assert linked([*runs, cut], 0) == linked([*runs, cut], None)
    assert linked([runs[0], cut], 300) == set()


def test_matching_keeps_within_the_window() -> None:
    old = [replace(story, published=FIRST) for story in STRAITS]
    new = [replace(story, text=f"{story.text} Told again.", published=FIRST + timedelta(days=9)) for story in STRAITS]
    for days, some in ((8, False), (9, True)):
        matches = sc.match_stories(new, old, settings=Settings(window_days=days))
        assert bool(list(matches.links())) == some
