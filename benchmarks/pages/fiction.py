"""Pages made of the newsroom's stories by the habits of `habits`, with the places where each story begins."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from storyclust.model import Story
from storyclust.newsroom import Newsroom, load_newsroom

from .habits import MONTHS, Cut, Habit

WRITERS = ("Ilse Brandt", "Tom Rasko", "Maren Vold")
CITIES = ("LANNOW", "PORT AMBRY", "SKARROW")
LEAST_CHARACTERS = 320
PAGES, SMALLEST, SIZES = 12, 2, 5


@dataclass(frozen=True)
class TruePage:
    """A page, and of each story from where it may be said to begin, and to where."""

    name: str
    text: str
    starts: tuple[tuple[int, int], ...]


@cache
def pool(language: str) -> tuple[Story, ...]:
    """Originals of a language with a title, their text without what stands around it, long enough to be stories."""
    newsroom = load_newsroom()
    bare = (
        Story(story.id, bare_text(newsroom, story), story.title, story.source, story.published)
        for story in newsroom.stories
        if newsroom.truth[story.id].language == language
        and newsroom.truth[story.id].relation == "original"
        and story.title
    )
    return tuple(story for story in bare if len(story.text) >= LEAST_CHARACTERS or language in ("zh", "ja"))


def bare_text(newsroom: Newsroom, story: Story) -> str:
    """What a story tells, from the first word of it to the last."""
    told = [span for span in newsroom.truth[story.id].spans if span.kind in ("narrated", "quoted")]
    return story.text[told[0].start : told[-1].stop] if told else ""


def pages(habit: Habit, *, smallest: int = SMALLEST, sizes: int = SIZES) -> Iterator[TruePage]:
    """Pages of a habit, of `smallest` stories and more, so many sizes of them; each begins at another story."""
    stories = pool(habit.language)
    for number in range(PAGES):
        size = min(smallest + number % sizes, len(stories))
        chosen = [stories[(7 * number + step) % len(stories)] for step in range(size)]
        yield page(habit, f"{habit.name} {number + 1}", chosen)


def page(habit: Habit, name: str, stories: list[Story]) -> TruePage:
    """One page of a habit."""
    text, starts = habit.top, []
    for number, story in enumerate(stories):
        body = cut(story.text, habit.cut)
        set_ = habit.story.format(
            title=story.title,
            text=body,
            source=story.source,
            date=story.published,
            month=MONTHS[habit.language],
            writer=WRITERS[number % len(WRITERS)],
            city=CITIES[number % len(CITIES)],
            dek=story.text.split(".")[0] + ".",
        )
        starts.append((len(text), len(text) + set_.index(body)))
        text += set_
    return TruePage(name, text + habit.below, tuple(starts))


def cut(text: str, how: Cut) -> str:
    """What a page gives of a story."""
    first = text.split("\n\n")[0]
    match how:
        case "whole":
            return text
        case "brief":
            return first
        case "wrapped":
            return "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in text.split("\n\n"))
