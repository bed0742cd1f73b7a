"""From whatever holds stories to a list of them, each id once.

In: paths, or what carries stories. Out: stories in order of rank, what was rejected and why. Every record
given is one or the other, whatever order they come in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from storyclust.carriers import Carrier, CarrierReader, carrier_of
from storyclust.carriers.reading import RecordReader
from storyclust.errors import DuplicateIdError, MissingFileError, RecordError, UsageError
from storyclust.io import Columns, StoryReader
from storyclust.io.formats import STANDARD_STREAM
from storyclust.io.reader import OnError
from storyclust.io.records import UnusableRecord, require_columns
from storyclust.model import Reject, Story
from storyclust.progress import Stages

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from narwhals.typing import IntoDataFrame, IntoLazyFrame, IntoSeries

    from storyclust.carriers.datasets import Dataset

Path = str | os.PathLike[str]
Source: TypeAlias = (
    "Path | Iterable[Story | Mapping[str, Any] | Path] | StoryReader | Carrier | Dataset"
    " | IntoDataFrame | IntoLazyFrame | IntoSeries | npt.NDArray[np.object_ | np.str_]"
)

# So many records are read before it is told how far the reading is.
TOLD_EVERY = 256


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


def collect(
    source: Source, *, columns: Columns | None = None, on_error: OnError = "fail", stages: Stages | None = None
) -> Collected:
    """Read the stories of a source, each id once, and tell how far that is where the source has a known size.

    Of records of one id the latest version is kept. Two of one version and one text are one story: the first in rank
    is kept, the other rejected. Two of one version and different texts are an error, or with ``on_error="skip"`` all
    rejected.

    Raises
    ------
    DuplicateIdError, RecordError
        With ``on_error="fail"``.
    MissingColumnError
        If the columns asked for are not there.
    """
    if on_error not in get_args(OnError):
        raise UsageError(f"on_error is {on_error!r}; expected one of {', '.join(get_args(OnError))}")
    reader, met = _read(source, columns, on_error, stages or Stages())
    rejects: list[Reject] = []
    kept: dict[str, _Found] = {}
    conflicting: dict[str, _Found] = {}
    for found in met:
        id = found.story.id
        same = kept.get(id) or conflicting.get(id)
        if same is None:
            kept[id] = found
        elif found.story.version_number < same.story.version_number:
            rejects.append(found.rejected(_replaced(same)))
        elif found.story.version_number > same.story.version_number:
            # Those in conflict are rejected already.
            rejects += [] if conflicting.pop(id, None) else [same.rejected(_replaced(found))]
            kept[id] = found
        elif id in conflicting:
            rejects.append(found.rejected(_conflict(id)))
        elif kept[id].story.text == found.story.text:
            first, second = sorted((kept[id], found), key=_precedence)
            kept[id] = first
            rejects.append(second.rejected(f"the id {id!r} came before with the same text, at {first.place}"))
        elif on_error == "fail":
            raise DuplicateIdError(
                f"{found.place}: the id {id!r} stands for another text at {kept[id].place}; expected one text an id. "
                "Give one of them another id, or go on without both: on_error='skip' (--on-error skip) keeps them in "
                "the rejects"
            )
        else:
            conflicting[id] = found
            rejects += [kept.pop(id).rejected(_conflict(id)), found.rejected(_conflict(id))]
    ranked = sorted(kept.values(), key=lambda found: found.story.rank)
    return Collected(
        [found.story for found in ranked],
        [found.position for found in ranked],
        [*reader.rejects, *rejects],
        reader.unread_dates,
        reader.unread_date_examples,
    )


def _precedence(found: _Found) -> tuple[Any, ...]:
    story = found.story
    return (*story.rank, story.title or "", story.source or "", found.position)


def _replaced(later: _Found) -> str:
    return f"the id {later.story.id!r} has a later version {later.story.version}, at {later.place}"


def _conflict(id: str) -> str:
    return f"the id {id!r} stands for different texts; expected one text an id"


def _read(
    source: Source, columns: Columns | None, on_error: OnError, stages: Stages
) -> tuple[StoryReader | CarrierReader, Iterator[_Found]]:
    """What tells of the reading once it is done, and the stories as they are met."""
    if columns is not None:
        require_columns(columns)
    if holds_paths(source):
        files = _file_reader(source, columns, on_error)
        return files, _from_files(files, stages)
    carrier = carrier_of(source)
    memory = CarrierReader(carrier, columns=columns or Columns(), on_error=on_error, stages=stages)
    return memory, (_Found(story, position, None, position + 1) for position, story in memory)


def holds_paths(source: object) -> bool:
    """Whether a source is read from files: a reader, a path, or a list or tuple of paths, which all strings are."""
    if isinstance(source, list | tuple):
        return bool(source) and all(isinstance(item, str | os.PathLike) for item in source)
    return isinstance(source, StoryReader | str | os.PathLike)


def _file_reader(source: Any, columns: Columns | None, on_error: OnError) -> StoryReader:
    if isinstance(source, StoryReader):
        if columns is not None:
            raise UsageError(f"columns is {columns!r}; expected none, since the reader given has its own")
        return source
    for path in [source] if isinstance(source, str | os.PathLike) else source:
        if path != STANDARD_STREAM and not os.path.exists(path):
            raise MissingFileError(
                f"no such file: {os.fspath(path):.200}; expected a file or folder that exists. "
                "Check the spelling, or give texts as storyclust.Texts(texts)"
            )
    return StoryReader(source, columns=columns or Columns(), on_error=on_error)


def _from_files(reader: StoryReader, stages: Stages) -> Iterator[_Found]:
    for position, located in enumerate(reader):
        if position % TOLD_EVERY == 0:
            stages.tell(reader.part_read or 0.0)
        yield _Found(located.story, position, located.file, located.line)


def stories_of(source: Source, *, columns: Columns | None = None) -> Iterator[Story]:
    """The stories of a source as they come, one after another, whatever their ids.

    As for `as_story`, a date that cannot be read is an error.

    Raises
    ------
    RecordError
        If a record is no story.
    MissingColumnError
        If the columns asked for are not there.

    >>> [story.id for story in stories_of(iter([{"id": 7, "text": "The ferry sank."}]))]
    ['7']
    """
    reader, met = _read(source, columns, "fail", Stages())
    for found in met:
        _refuse_unread_date(reader, found.story)
        yield found.story


def as_story(item: object) -> Story:
    """A story as it is, or from a mapping with the keys id, text, title, source, published, agency, language, status,
    version, evolved_from.

    The values may be what they may be in a file, except that a date that cannot be read is an error: there is no
    result to count it in. Other keys are left alone.

    >>> as_story({"id": 7, "text": "The ferry sank.", "published": "2026-01-05"}).id
    '7'
    """
    if isinstance(item, Story):
        return item
    reader = RecordReader(Columns())
    try:
        story = reader.read(item, 1)
    except UnusableRecord as problem:
        raise RecordError(problem.reason) from problem
    _refuse_unread_date(reader, story)
    return story


def _refuse_unread_date(reader: StoryReader | RecordReader, story: Story) -> None:
    if reader.unread_dates:
        raise RecordError(
            f"the date of the story {story.id!r} cannot be read: {reader.unread_date_examples[0]}; "
            "expected a datetime, or text such as 2026-01-05T14:02:00Z"
        )
