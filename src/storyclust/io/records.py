"""From a record to a story: which columns mean what, and what their values may be.

In: the fields of one record, as its format gave them. Out: a ``Story``, or ``UnusableRecord`` with
the reason. A date that cannot be read is no reason to lose a story: it is counted instead.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from storyclust.errors import RecordError, UsageError
from storyclust.io.dates import parse_date
from storyclust.model import Status, Story

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST_SECONDS: Final = 1e11  # the year 5138; larger numbers are milliseconds
_DATE_EXAMPLES: Final = 3
_ABOUT: Final = ("agency", "language", "version", "evolved_from")
_OPTIONAL: Final = ("title", "source", "published", "status", *_ABOUT)
# Also the ends of the IPTC's codes for them: stat:canceled, http://cv.iptc.org/newscodes/pubstatusg2/withheld.
_STATUSES: Final = MappingProxyType[str, Status](
    {"usable": "usable", "withheld": "withheld", "canceled": "canceled", "cancelled": "canceled"}
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns a story is made of.

    Parameters
    ----------
    id, text : str
        Each file must have both in at least one record.
    title, source : str, optional
        None stands for ``"title"`` and ``"source"``, which may be absent. A name given must occur.
    published : str, optional
        None stands for the first of ``"published"`` and ``"date"`` that has a value in the record.
    agency, language, status, version, evolved_from : str, optional
        None stands for these names, which may be absent; what is not text there, or no status, is left alone, because
        many use them for something else. A name given must occur, and its values be text.
    """

    id: str = "id"
    text: str = "text"
    title: str | None = None
    source: str | None = None
    published: str | None = None
    agency: str | None = None
    language: str | None = None
    status: str | None = None
    version: str | None = None
    evolved_from: str | None = None

    @property
    def asked_for(self) -> dict[str, str]:
        """The optional columns named by the user: column name to the option that named it."""
        given = {option: getattr(self, option) for option in _OPTIONAL}
        return {column: option for option, column in given.items() if column is not None}


def require_columns(given: object) -> Columns:
    """Return what is given for columns, and fail clearly if it is no Columns.

    >>> require_columns({"id": "guid"})
    Traceback (most recent call last):
    storyclust.errors.UsageError: columns is dict {'id': 'guid'}; expected a storyclust.Columns, ... Columns(id='guid')
    """
    if isinstance(given, Columns):
        return given
    such = next(iter(given.items())) if isinstance(given, dict) and given else ("id", "guid")
    raise UsageError(
        f"columns is {type(given).__name__} {given!r:.60}; expected a storyclust.Columns, such as "
        f"Columns({such[0]}={such[1]!r})"
    )


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an input, as it was parsed.

    Attributes
    ----------
    file : str
        The path as given; ``"-"`` is standard input.
    line : int
        From 1: the line the record begins on, or its number in a Parquet file.
    fields : dict
        Column names and values. An id written as a JSON number is replaced by its digits.
    raw : bytes or None
        The line as given, without its line feed; None for other formats than JSON lines.
    """

    file: str
    line: int
    fields: dict[str, object]
    raw: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record whose fields could not be parsed, and why; its id where that much was read."""

    line: int
    reason: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class LocatedStory:
    """A story, where it was read, and the record it was made of."""

    story: Story
    file: str
    line: int
    record: Record


class UnusableRecord(Exception):  # noqa: N818 - a signal inside this room; users meet the RecordError made of it
    """A record that was parsed and is no story; ``id`` is None where that is the trouble."""

    def __init__(self, reason: str, id: str | None) -> None:
        """Hold the reason, in words."""
        super().__init__(reason)
        self.reason = reason
        self.id = id


class StoryBuilder:
    """Turns records into stories; counts the dates it could not read.

    Attributes
    ----------
    unread_dates : int
        Stories left undated because their date could not be read.
    unread_date_examples : list of str
        The first of these, each ``"file:line 'value'"``.
    """

    def __init__(self, columns: Columns) -> None:
        """Settle the columns."""
        self._id = columns.id
        self._text = columns.text
        self._title = columns.title or "title"
        self._source = columns.source or "source"
        self._published = (columns.published,) if columns.published else ("published", "date")
        self._about = tuple((name, getattr(columns, name) or name) for name in _ABOUT)
        self._status = columns.status or "status"
        self._asked_for = columns.asked_for
        self.unread_dates = 0
        self.unread_date_examples: list[str] = []

    def build(self, record: Record) -> Story:
        """Make the story of a record.

        Raises
        ------
        UnusableRecord
            If the id is missing, or a value has a type its column cannot have.
        """
        fields = record.fields
        id = fields.get(self._id)
        if type(id) is not str or not id:
            id = fields[self._id] = self._read_id(record)
        text = fields.get(self._text)
        if type(text) is not str:
            text = self._read_text(text, id)
        title = fields.get(self._title)
        if title is not None and type(title) is not str:
            title = _read_label(self._title, title, id)
        source = fields.get(self._source)
        if source is not None and type(source) is not str:
            source = _read_label(self._source, source, id)
        published = self._read_published(record)
        about = {name: self._read_about(fields[column], column, id) for name, column in self._about if column in fields}
        status = self._read_status(fields[self._status], id) if self._status in fields else "usable"
        return Story(id, text, title or None, source or None, published, status=status, **about)

    def _read_about(self, value: object, column: str, id: str) -> str | None:
        if column in self._asked_for and value is not None and type(value) is not str:
            return _read_label(column, value, id)
        return read_label(value)

    def _read_status(self, value: object, id: str) -> Status:
        status = read_status(value)
        if status is None and value is not None and value != "" and self._status in self._asked_for:
            raise UnusableRecord(
                f"its {self._status!r} is {_describe(value)}; expected one of {', '.join(_STATUSES)}", id
            )
        return status or "usable"

    def _read_id(self, record: Record) -> str:
        value = record.fields.get(self._id)
        if type(value) is int and value != 0:  # in JSON, zero may be written -0
            return str(value)
        if value is None or value == "":
            found = "is empty" if self._id in record.fields else "is missing"
            raise UnusableRecord(f"its id (column {self._id!r}) {found}; expected text or a number", None)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            # A number beyond the range of floats is still an id if its digits were kept.
            digits = _digits_as_written(record, self._id)
            if digits is None:
                raise UnusableRecord(
                    f"its id (column {self._id!r}) is {_describe(value)}; expected text or a number", None
                )
            return digits
        return _digits_as_written(record, self._id) or repr(value)

    def _read_text(self, value: object, id: str) -> str:
        if value is None or _is_nan(value):
            return ""
        raise UnusableRecord(f"its text (column {self._text!r}) is {_describe(value)}; expected text", id)

    def _read_published(self, record: Record) -> datetime | None:
        fields = record.fields
        for column in self._published:
            value = fields.get(column)
            if value is not None and value != "" and not _is_nan(value):
                try:
                    return _read_moment(value)
                except RecordError:
                    self._count_unread(record, value)
                    return None
        return None

    def _count_unread(self, record: Record, value: object) -> None:
        self.unread_dates += 1
        if len(self.unread_date_examples) < _DATE_EXAMPLES:
            self.unread_date_examples.append(f"{record.file}:{record.line} {value!r:.60}")


def _digits_as_written(record: Record, column: str) -> str | None:
    # Parsed numbers have lost what an id must keep: trailing zeros and digits beyond 64 bits.
    if record.raw is None:
        return None
    fields: Mapping[str, object] = json.loads(record.raw, parse_int=str, parse_float=str)
    value = fields[column]
    return value if isinstance(value, str) else None


def _read_label(column: str, value: object, id: str) -> str | None:
    if _is_nan(value):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise UnusableRecord(f"its {column!r} is {_describe(value)}; expected text", id)


def read_label(value: object) -> str | None:
    """Text, or a number as text; None for all else, and for text that is empty.

    >>> read_label("dpa"), read_label(3), read_label({"name": "dpa"})
    ('dpa', '3', None)
    """
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) and value else None


def read_status(value: object) -> Status | None:
    """The status that a word, a QCode or a URI of the IPTC stands for; None if it stands for none.

    >>> read_status("stat:canceled"), read_status("Cancelled"), read_status(200)
    ('canceled', 'canceled', None)
    """
    if not isinstance(value, str):
        return None
    return _STATUSES.get(value.strip().lower().replace(":", "/").rpartition("/")[2])


def _is_nan(value: object) -> bool:
    # Tables turned into JSON by the common data frame libraries have NaN where a value is missing.
    return isinstance(value, float) and math.isnan(value)


def _read_moment(value: object) -> datetime:
    if isinstance(value, str):
        return parse_date(value)
    try:
        if isinstance(value, datetime):
            return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = value if abs(value) <= _LARGEST_SECONDS else value / 1000
            return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise RecordError(f"the date {value!r:.60} falls outside the years 1-9999") from None
    raise RecordError(f"a date cannot be read from {_describe(value)}")


def _describe(value: object) -> str:
    kind: str | Literal["an object"] = "an object" if isinstance(value, dict) else type(value).__name__
    return f"{kind} {value!r:.60}"
