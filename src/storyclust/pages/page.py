"""A page taken apart: its stories and what was dropped between them, which together are the whole page.

In: nothing. Out: frozen rows with offsets into the text of the page, in code points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from storyclust.io import Field
from storyclust.model import Story

Reason = Literal["menu", "headline list", "date and byline", "masthead", "blank"]
"""What a dropped stretch is: short lines of a site, links and rules; headlines without their stories; what a story is
dated and signed with in front of its title; text too short for a story; white space."""


STORIES = (
    Field("id", "text"),
    Field("title", "text"),
    Field("source", "text"),
    Field("published", "text"),
    Field("text", "text"),
    Field("page", "text"),
    Field("start", "count"),
    Field("stop", "count"),
)
DROPPED = (
    Field("page", "text"),
    Field("start", "count"),
    Field("stop", "count"),
    Field("reason", "text"),
    Field("text", "text"),
)


@dataclass(frozen=True, slots=True)
class PageStory:
    """A story of a page, and where it stands: ``page.text[start:stop]`` is the text of the story."""

    story: Story
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of a page that is in no story, and what it is."""

    start: int
    stop: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Page:
    """A page taken apart; every character is in one of its stories or in one of the stretches dropped.

    Attributes
    ----------
    name : str
        What the ids of the stories begin with.
    text : str
        The page as given.
    stories : tuple of PageStory
        In the order of the page.
    dropped : tuple of Dropped
        Likewise.
    """

    name: str
    text: str
    stories: tuple[PageStory, ...]
    dropped: tuple[Dropped, ...]

    def story_rows(self) -> Iterator[dict[str, Any]]:
        """The rows of `STORIES`: one a story."""
        for found in self.stories:
            story = found.story
            yield {
                "id": story.id,
                "title": story.title,
                "source": story.source,
                "published": None if story.published is None else story.published.isoformat(),
                "text": story.text,
                "page": self.name,
                "start": found.start,
                "stop": found.stop,
            }

    def dropped_rows(self) -> Iterator[dict[str, Any]]:
        """The rows of `DROPPED`: one a stretch."""
        for each in self.dropped:
            text = self.text[each.start : each.stop]
            yield {"page": self.name, "start": each.start, "stop": each.stop, "reason": each.reason, "text": text}

    def dropped_words(self) -> dict[str, int]:
        """How many words were dropped for each reason; white space has none."""
        words: dict[str, int] = {}
        for each in self.dropped:
            found = len(self.text[each.start : each.stop].split())
            if found:
                words[each.reason] = words.get(each.reason, 0) + found
        return words

    def __len__(self) -> int:
        """The number of stories."""
        return len(self.stories)

    def __repr__(self) -> str:
        """How many stories and how much else."""
        stories = f"{len(self.stories):,} {'story' if len(self.stories) == 1 else 'stories'}"
        return f"Page: {stories}, {sum(self.dropped_words().values()):,} of {len(self.text.split()):,} words dropped"
