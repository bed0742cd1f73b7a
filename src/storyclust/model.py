"""What goes in and what comes out: stories, passages, links, clusters, rejects.

Everything here is frozen, slotted and checked when it is made, so that no later
stage has to ask whether a value is sound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from storyclust.errors import RecordError

Level = Literal["copy", "version", "partial"]
Relation = Literal["copy", "version", "partial"]
PassageKind = Literal["narrated", "quoted", "caption", "boilerplate", "stock"]
OriginSign = Literal["evolved", "credited", "earlier", "more complete"]
Status = Literal["usable", "withheld", "canceled"]
"""Whether a story may be published: its provider's last word."""


@dataclass(frozen=True, slots=True)
class Story:
    """One news story.

    Parameters
    ----------
    id : str
        Names the story; kept as given; not empty.
    text : str
        The text as scraped. It may be empty: such a story matches nothing.
    title, source : str, optional
        Headline and outlet.
    published : datetime, optional
        When it appeared. A time without a zone is taken as UTC; others are turned into UTC.
    agency : str, optional
        Who supplied it to the outlet, or is credited with it: a news agency, as a rule.
    language : str, optional
        A BCP 47 tag, such as ``"en"`` or ``"pt-BR"``; it is carried, not read.
    status : {"usable", "withheld", "canceled"}
        What its provider says may be done with it. No other than a usable story is kept of a cluster that has one.
    version : str, optional
        Which version of the item that the id names. Of two that are numbers the greater one is the later.
    evolved_from : str, optional
        The id of the story that this one was made of, as its provider says.

    Raises
    ------
    RecordError
        If a field has another type, the id is empty, or the status is none of the three.

    Examples
    --------
    >>> from datetime import datetime
    >>> Story(id="a1", text="The ferry sank.", published=datetime(2026, 1, 5, 9, 30)).published
    datetime.datetime(2026, 1, 5, 9, 30, tzinfo=datetime.timezone.utc)
    """

    id: str
    text: str
    title: str | None = None
    source: str | None = None
    published: datetime | None = None
    agency: str | None = None
    language: str | None = None
    status: Status = "usable"
    version: str | None = None
    evolved_from: str | None = None

    def __post_init__(self) -> None:
        _require_text("id", self.id)
        _require_text("text", self.text)
        if not self.id:
            raise RecordError("a story's id is empty; every story needs an id of at least one character")
        for name in _LABELS:
            value = getattr(self, name)
            if value is not None:
                _require_text(name, value)
        if self.status not in _STATUSES:
            raise RecordError(f"a story's status is {self.status!r:.60}; expected one of {', '.join(_STATUSES)}")
        if self.published is not None:
            object.__setattr__(self, "published", _as_utc(self.published))

    @property
    def rank(self) -> tuple[bool, datetime, str]:
        """Sort key: published time, undated last, then id by code point."""
        return (self.published is None, self.published or _UNDATED, self.id)

    @property
    def moment(self) -> int | None:
        """When it appeared: microseconds since 1970; None if undated.

        >>> Story("a", "", published=datetime(1970, 1, 2)).moment
        86400000000
        """
        return None if self.published is None else (self.published - _EPOCH) // _MICROSECOND

    @property
    def version_number(self) -> int:
        """The version where it is a whole number, 0 otherwise.

        >>> Story("a", "", version="12").version_number
        12
        """
        return number_of_version(self.version)


def number_of_version(version: str | None) -> int:
    """A version where it is a whole number, 0 otherwise."""
    return int(version) if version and _WHOLE_NUMBER.fullmatch(version) else 0


_WHOLE_NUMBER = re.compile("[0-9]{1,18}")
_LABELS = ("title", "source", "agency", "language", "version", "evolved_from")
_STATUSES = get_args(Status)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNDATED = datetime.max.replace(tzinfo=UTC)


def _require_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise RecordError(f"a story's {name} is {type(value).__name__} {value!r:.60}; expected text (str)")


def _as_utc(moment: object) -> datetime:
    if not isinstance(moment, datetime):
        raise RecordError(
            f"a story's published time is {type(moment).__name__} {moment!r:.60}; expected a datetime "
            "(storyclust.parse_date reads the common written forms)"
        )
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise RecordError(
            f"a story's published time {moment.isoformat()} falls outside the years 1-9999 in UTC"
        ) from None


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that two stories share in one order, as long as it goes.

    Offsets are half-open, in code points, into the texts as given: ``a.text[a_start:a_stop]`` and
    ``b.text[b_start:b_stop]`` begin and end with the same words, and are the same but for small edits: a few words
    changed, or a clause that one lacks. ``words`` counts the words that are the same. ``kind`` says what most of
    them are: ``"narrated"``; or, in either story, ``"quoted"`` in quotation marks or a post, ``"caption"``,
    ``"boilerplate"``: bylines, copyright and the lines of a site; or ``"stock"``: a passage that many unlike stories
    of the profile have.
    """

    a_start: int
    a_stop: int
    b_start: int
    b_stop: int
    words: int
    kind: PassageKind


@dataclass(frozen=True, slots=True)
class Link:
    """A pair of stories compared: its relation and the evidence.

    Attributes
    ----------
    id_a, id_b : str
        The two ids, ``id_a`` first by code point.
    relation : {"copy", "version", "partial"} or None
        None if the two are not linked.
    shared_words : int
        Words in passages, narrated in both.
    share : float
        ``shared_words`` as a fraction (0-1) of the narrated words of the shorter story: the one with fewer
        words, captions, credits and clutter not counted.
    quoted_words : int
        Words in passages, in quotation marks or a post in at least one, and in neither a caption nor boilerplate.
    jaccard : float
        Shared word shingles over all shingles of the two (0-1), exact.
    containment : float
        Shared word shingles over those of the story that has fewer (0-1), exact.
    passage_share : float
        Words in passages as a fraction (0-1) of the shorter's story, narrated or quoted.
    longest_narrated : int
        The most narrated words of one passage.
    likeness : float
        The cosine (0-1) of the narrated words of the two, weighed by how rare they are in the profile.
    passages : tuple of Passage
        What is shared, in the order of story a.
    reason : str
        One sentence: why linked, or why not.
    origin : str or None
        The id of the story that looks like the source of what they share; None if it cannot be told.
    origin_sign : {"evolved", "credited", "earlier", "more complete"} or None
        What it was told by.
    """

    id_a: str
    id_b: str
    relation: Relation | None
    shared_words: int
    share: float
    quoted_words: int
    jaccard: float
    containment: float
    passage_share: float
    longest_narrated: int
    likeness: float
    passages: tuple[Passage, ...]
    reason: str
    origin: str | None
    origin_sign: OriginSign | None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Stories joined at a level, and the one to keep.

    Attributes
    ----------
    id : str
        The id of the member first in rank (published, undated last, then id).
    level : {"copy", "version", "partial"}
    canonical : str
        The id of the member to keep.
    reason : str
        Why that one.
    members : tuple of str
        All ids, canonical included, in order of rank.
    """

    id: str
    level: Level
    canonical: str
    reason: str
    members: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.members)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a story stands in an index, as of the moment it was added.

    Attributes
    ----------
    id : str
    cluster : str
        The name of its cluster: the id of the member first in rank.
    canonical : str
        The id of the story to keep of that cluster.
    relation : {"canonical", "copy", "version", "partial", "indirect"}
        How it is related to that story: it is that story, it is linked with it, or by way of others only.
    shared_words : int or None
    share : float or None, 0-1
        Narrated words shared with the canonical, and their part of the shorter's, where the two are linked.
    size : int
        How many stories the cluster has.
    is_new : bool
        False if the index had the very story before, so that nothing was changed.
    merged, split : tuple of str
        The clusters that are part of this one since, as a whole or with some of their stories.
    renamed : tuple of (str, str)
        The names that changed, old and new.
    canonical_before : str or None
        The story to keep before, if it is another one now.
    touched : int
        How many stories were looked at again: those that it, and what was added with it, is linked with by way of
        others.
    """

    id: str
    cluster: str
    canonical: str
    relation: str
    shared_words: int | None
    share: float | None
    size: int
    is_new: bool
    merged: tuple[str, ...]
    split: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    canonical_before: str | None
    touched: int


@dataclass(frozen=True, slots=True)
class Match:
    """A story of an index that a text would be linked with.

    Attributes
    ----------
    id : str
    relation : {"copy", "version", "partial"}
    shared_words : int
    share : float, 0-1
        Narrated words shared, and their part of the shorter's.
    cluster, canonical : str
        The cluster of the story, and the story to keep of that.
    """

    id: str
    relation: Relation
    shared_words: int
    share: float
    cluster: str
    canonical: str


@dataclass(frozen=True, slots=True)
class Reject:
    """An input record that did not become a story of the result.

    ``file`` is None for records given in memory; ``line`` counts from 1 (the record's number where a
    format has no lines); ``id`` is None where it could not be read.
    """

    file: str | None
    line: int
    id: str | None
    reason: str
