"""From whatever holds stories to a list of them, each id once.

In: stories, dicts or paths. Out: stories in order of rank, what was rejected and why. Every record
given is one or the other, whatever order they come in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from typing import Any, get_args

from storyclust.errors import DuplicateIdError, RecordError, UsageError
from storyclust.io import StoryReader, parse_date
from storyclust.io.reader import OnError
from storyclust.model import Reject, Story
from storyclust.progress import Stages

Path = str | os.PathLike[str]
Source = Path | Iterable[Story | Mapping[str, Any] | Path] | StoryReader

# So many records are read before it is told how far the reading is.
TOLD_EVERY = 256

_FIELDS = ("id", "text", "title", "source", "published")


@dataclass(frozen=True, slots=True)
class Collected:
    """Stories ready to be compared.

    Attributes
    ----------
    stories : list of Story
        In order of rank: published, undated last, then id.
    positions : list of int
        Where each stood in the input, counted from 0 over the records that could be read.
    rejects : list of Reject
    unread_dates : int
        Stories whose date could not be read, so that they count as undated.
    unread_date_examples : list of str
    """

    stories: list[Story]
    positions: list[int]
    rejects: list[Reject]
    unread_dates: int
    unread_date_examples: list[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A story where it was met."""

    story: Story
    position: int
    file: str | None
    line: int

    @property
    def place(self) -> str:
        return f"record {self.line}" if self.file is None else f"{self.file}:{self.line}"

    def rejected(self, reason: str) -> Reject:
        return Reject(self.file, self.line, self.story.id, reason)


def collect(source: Source, *, on_error: OnError = "fail", stages: Stages | None = None) -> Collected:
    """Read the stories of a source, each id once, and tell how far that is where the source has a known size.

    Two records of one id and one text are one story: the first in rank is kept, the other rejected. Two
    of one id and different texts are an error, or with ``on_error="skip"`` all rejected.

    Raises
    ------
    DuplicateIdError, RecordError
        With ``on_error="fail"``.
    """
    if on_error not in get_args(OnError):
        raise UsageError(f"on_error is {on_error!r}; expected one of {', '.join(get_args(OnError))}")
    reader = _reader_of(source, on_error)
    rejects: list[Reject] = []
    stages = stages or Stages()
    met = _from_reader(reader, stages) if reader is not None else _from_memory(source, on_error, rejects, stages)
    kept: dict[str, _Found] = {}
    conflicting: set[str] = set()
    for found in met:
        id = found.story.id
        if id in conflicting:
            rejects.append(found.rejected(_conflict(id)))
        elif id not in kept:
            kept[id] = found
        elif kept[id].story.text == found.story.text:
            first, second = sorted((kept[id], found), key=_precedence)
            kept[id] = first
            rejects.append(second.rejected(f"the id {id!r} came before with the same text, at {first.place}"))
        elif on_error == "fail":
            raise DuplicateIdError(
                f"{found.place}: the id {id!r} stands for another text at {kept[id].place}; expected one text an id. "
                "Give one of them another id, or go on without both: --on-error skip keeps them in the rejects"
            )
        else:
            conflicting.add(id)
            rejects += [kept.pop(id).rejected(_conflict(id)), found.rejected(_conflict(id))]
    ranked = sorted(kept.values(), key=lambda found: found.story.rank)
    return Collected(
        [found.story for found in ranked],
        [found.position for found in ranked],
        (reader.rejects if reader is not None else []) + rejects,
        reader.unread_dates if reader is not None else 0,
        reader.unread_date_examples if reader is not None else [],
    )


def _precedence(found: _Found) -> tuple[Any, ...]:
    story = found.story
    return (*story.rank, story.title or "", story.source or "", found.position)


def _conflict(id: str) -> str:
    return f"the id {id!r} stands for different texts; expected one text an id"


def _reader_of(source: Source, on_error: OnError) -> StoryReader | None:
    if isinstance(source, StoryReader):
        return source
    if isinstance(source, str | os.PathLike):
        return StoryReader(source, on_error=on_error)
    if isinstance(source, list | tuple) and source and all(isinstance(item, str | os.PathLike) for item in source):
        return StoryReader(source, on_error=on_error)
    return None


def _from_reader(reader: StoryReader, stages: Stages) -> Iterator[_Found]:
    for position, located in enumerate(reader):
        if position % TOLD_EVERY == 0:
            stages.tell(reader.part_read or 0.0)
        yield _Found(located.story, position, located.file, located.line)


def _from_memory(source: Any, on_error: OnError, rejects: list[Reject], stages: Stages) -> Iterator[_Found]:
    if isinstance(source, Mapping | Story) or not isinstance(source, Iterable):
        raise UsageError(
            f"stories is {type(source).__name__} {source!r:.60}; "
            "expected several stories or dicts, or the path of a file"
        )
    items = stages.over(iter(source), len(source)) if isinstance(source, Sized) else iter(source)
    for position, item in enumerate(items):
        try:
            yield _Found(as_story(item), position, None, position + 1)
        except RecordError as error:
            if on_error == "fail":
                raise RecordError(f"record {position + 1}: {error}") from error
            given = item.get("id") if isinstance(item, Mapping) else None
            rejects.append(Reject(None, position + 1, given if isinstance(given, str) else None, str(error)))


def as_story(item: object) -> Story:
    """A story as it is, or from a mapping with the keys id, text, title, source, published.

    Numbers become ids as text; a missing text is empty; a date may be text; other keys are left alone.

    >>> as_story({"id": 7, "text": "The ferry sank.", "published": "2026-01-05"}).id
    '7'
    """
    if isinstance(item, Story):
        return item
    if not isinstance(item, Mapping):
        raise RecordError(f"a story is {type(item).__name__} {item!r:.60}; expected a Story or a dict with id and text")
    if "id" not in item or "text" not in item:
        missing = "id" if "id" not in item else "text"
        raise RecordError(
            f"a story has no {missing!r} but {', '.join(map(str, item)) or 'nothing'}; expected id and text"
        )
    id, text, title, source, published = (item.get(name) for name in _FIELDS)
    if isinstance(id, int) and not isinstance(id, bool):
        id = str(id)
    if isinstance(published, str):
        published = parse_date(published) if published.strip() else None
    return Story(id, "" if text is None else text, title or None, source or None, published)  # type: ignore[arg-type]
