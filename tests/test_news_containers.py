"""The same stories and the same clusters, whichever container carried them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from containers import FORMATS, WRITERS
from harbour import STORIES
from storyclust import Story, StoryReader, cluster_stories

# What a format has no word for.
FEED = {"status": "usable", "version": None}
NOT_CARRIED: dict[str, dict[str, Any]] = {"feed.rss": FEED, "feed.atom": FEED}


def without(story: Story, name: str) -> Story:
    return dataclasses.replace(story, **NOT_CARRIED.get(name, {}))


def by_id(stories: Any) -> list[Story]:
    return sorted(stories, key=lambda story: story.id)


@pytest.mark.parametrize("name", WRITERS)
def test_a_container_carries_all_that_its_format_has_words_for(name: str) -> None:
    read = [located.story for located in StoryReader(FORMATS / name)]
    assert by_id(read) == by_id(without(story, name) for story in STORIES)


def content(path: Path) -> Any:
    """What a file holds; of an archive the pages as its library unpacks them, since one may pack in several ways."""
    if ".warc" not in path.name:
        return path.read_bytes()
    with path.open("rb") as stream:
        return [(held.rec_headers["WARC-Target-URI"], held.content_stream().read()) for held in ArchiveIterator(stream)]


@pytest.mark.parametrize("name", WRITERS)
def test_containers_are_as_the_library_of_their_format_writes_them(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path)
    for path in sorted(file for file in (tmp_path / name, *(tmp_path / name).rglob("*")) if file.is_file()):
        assert content(FORMATS / path.relative_to(tmp_path)) == content(path)


@pytest.mark.parametrize("name", WRITERS)
def test_clusters_are_the_same_whichever_container_carried_the_stories(name: str) -> None:
    def clusters(result: Any) -> Any:
        return [(cluster.id, cluster.members) for cluster in result], [
            result.at_level(level) for level in ("version", "copy")
        ]

    assert clusters(cluster_stories(FORMATS / name)) == clusters(cluster_stories(STORIES))
