"""From the records of a carrier to stories, by the rules that hold for files.

In: a carrier. Out: stories with their places, and the rejects. The same record makes the same story wherever it stood:
in a file, in a list of dicts or in a frame.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import NoneType

import numpy as np

from storyclust.carriers.carrier import Carrier
from storyclust.carriers.named import missing_column, story_columns
from storyclust.errors import RecordError
from storyclust.io import Columns
from storyclust.io.reader import OnError
from storyclust.io.records import Record, StoryBuilder, UnusableRecord
from storyclust.model import Reject, Story
from storyclust.progress import Stages

_KEYS_NAMED = 40  # in a message; records with a key of their own each must not fill the memory

# Most values; a subclass may be another library's.
_PYTHONS_OWN = frozenset({NoneType, str, int, float, datetime})


class RecordReader:
    """Makes the story of a record held in memory, as `storyclust.io.records.StoryBuilder` does of one in a file."""

    def __init__(self, columns: Columns) -> None:
        """Settle the columns."""
        self._required = columns.id, columns.text
        self._names = story_columns(columns)
        self._builder = StoryBuilder(columns)

    @property
    def unread_dates(self) -> int:
        """Stories left undated because their date could not be read."""
        return self._builder.unread_dates

    @property
    def unread_date_examples(self) -> list[str]:
        """The first three dates that could not be read, each ``"record:number 'value'"``."""
        return self._builder.unread_date_examples

    def read(self, item: object, number: int) -> Story:
        """The story a record is or makes.

        Raises
        ------
        UnusableRecord
            If it is neither.
        """
        if isinstance(item, Story):
            return item
        if not isinstance(item, Mapping):
            reason = f"a story is {type(item).__name__} {item!r:.60}; expected a Story or a dict with id and text"
            raise UnusableRecord(reason + (", or texts as storyclust.Texts" if isinstance(item, str) else ""), None)
        fields = {name: _plain(item[name]) for name in self._names if name in item}
        id, _ = self._required
        for name in self._required:
            if name not in fields:
                there, given = ", ".join(map(str, item)) or "nothing", fields.get(id)
                reason = f"a story has no {name!r} but {there}; expected {' and '.join(self._required)}"
                raise UnusableRecord(reason, given if isinstance(given, str) else None)
        return self._builder.build(Record("record", number, fields))


class CarrierReader(RecordReader):
    """Reads the stories of a carrier, once.

    Attributes
    ----------
    rejects : list of Reject
        The records skipped, in the order met.
    """

    def __init__(self, carrier: Carrier, *, columns: Columns, on_error: OnError, stages: Stages) -> None:
        """Read nothing yet."""
        super().__init__(columns)
        self.rejects: list[Reject] = []
        self._carrier = carrier
        self._columns = columns
        self._on_error = on_error
        self._stages = stages

    def __iter__(self) -> Iterator[tuple[int, Story]]:
        """Yield the stories with their places, counted from 0.

        Raises
        ------
        RecordError
            With ``on_error="fail"``: a record cannot become a story.
        MissingColumnError
            If no record has a column that was asked for by name.
        """
        absent, seen = self._columns.asked_for, dict[str, None]()
        records, size = self._carrier.records(self._columns), self._carrier.size
        for position, record in enumerate(records if size is None else self._stages.over(records, size)):
            if absent and isinstance(record, Mapping):
                if len(seen) < _KEYS_NAMED:
                    seen |= dict.fromkeys(map(str, record))
                absent = {column: option for column, option in absent.items() if column not in record}
            try:
                story = self.read(record, position + 1)
            except UnusableRecord as problem:
                if self._on_error == "fail":
                    raise RecordError(f"record {position + 1}: {problem.reason}") from problem
                self.rejects.append(Reject(None, position + 1, problem.id, problem.reason))
                continue
            yield position, story
        for column, option in absent.items() if seen else ():
            raise missing_column(seen, column, option)


def _plain(value: object) -> object:
    """A value of NumPy or pandas as Python has it; None for what they hold to be missing."""
    if type(value) in _PYTHONS_OWN:
        return value
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[us]")
    if isinstance(value, np.generic):
        value = value.item()
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return value
    if value is pandas.NA or value is pandas.NaT:
        return None
    if isinstance(value, pandas.Timestamp):
        try:
            return value.to_pydatetime(warn=False)
        except (ValueError, OverflowError):
            return str(value)
    return value
