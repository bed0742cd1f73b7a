"""An open index, for the functions that read and change it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from storyclust.errors import DamagedIndexError
from storyclust.index.keys import Keys
from storyclust.index.postings import Postings
from storyclust.index.profiles import read_profile
from storyclust.index.recent import Recent
from storyclust.model import Story
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings

# More takes three times as long, and a tenth of the room less.
COMPRESSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The connection to an index, with what holds for all of it."""

    connection: sqlite3.Connection
    keys: Keys
    settings: Settings
    profile: Profile
    workers: Workers
    recent: Recent

    @classmethod
    def read(cls, connection: sqlite3.Connection, postings: Postings, workers: Workers) -> Shelf:
        """What an index file says of itself."""
        (kept,) = connection.execute("SELECT value FROM about WHERE name = 'settings'").fetchone()
        settings, profile = Settings.from_dict(json.loads(kept)), read_profile(connection)
        return cls(connection, Keys(connection, postings), settings, profile, workers, Recent())

    def rows(self, query: str, numbers: Iterable[int]) -> list[Any]:
        """The rows of a query that joins a list of numbers, ``json_each(?)``."""
        return self.connection.execute(query, (json.dumps(list(numbers)),)).fetchall()

    def rows_of_names(self, query: str, names: Iterable[str]) -> list[Any]:
        """The rows of a query that asks for one name, for each of several."""
        return [row for name in names for row in self.connection.execute(query, (bytes_of_name(name),))]

    def next_number(self, table: str) -> int:
        """The first number that no row of a table ever had."""
        row = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        return 1 if row is None else int(row[0]) + 1

    def names(self, numbers: Iterable[int]) -> dict[int, str]:
        """The ids of stories by number."""
        query = "SELECT number, id FROM (SELECT value FROM json_each(?)) JOIN stories ON number = value"
        return {number: name_of(id) for number, id in self.rows(query, numbers)}

    def stories(self, numbers: Sequence[int]) -> dict[int, Story]:
        """The stories of these numbers, as they were added; those that have expired are not among them."""
        query = (
            f"SELECT number, text, {ABOUT} FROM (SELECT value FROM json_each(?)) "
            "JOIN stories ON number = value JOIN texts ON story = number"
        )
        return {number: story_of(about, read_text(text)) for number, text, *about in self.rows(query, numbers)}


# The columns of `stories` that a story is made of, beside its text. What is usable has no status there; its version is
# the edition, for `version` is a level.
ABOUT = "id, title, source, published, agency, language, status, edition, evolved_from"


def story_of(about: Sequence[Any], text: str) -> Story:
    """A story from its row: the columns of ABOUT."""
    id, title, source, published, agency, language, status, edition, evolved_from = about
    return Story(
        name_of(id),
        text,
        name_or_none(title),
        name_or_none(source),
        moment_of(published),
        agency=name_or_none(agency),
        language=name_or_none(language),
        status=status or "usable",
        version=name_or_none(edition),
        evolved_from=name_or_none(evolved_from),
    )


def about(story: Story) -> tuple[bytes | int | str | None, ...]:
    """The columns of ABOUT of a story."""
    labels = story.agency, story.language, story.version, story.evolved_from
    title, source, agency, language, version, evolved_from = (
        None if name is None else bytes_of_name(name) for name in (story.title, story.source, *labels)
    )
    status = None if story.status == "usable" else story.status
    return (
        *(bytes_of_name(story.id), title, source, story.moment),
        *(agency, language, status, version, evolved_from),
    )


def bytes_of_name(name: str) -> bytes:
    """An id, title or source as it is kept: in the order of code points, lone surrogates and all."""
    return name.encode("utf-8", "surrogatepass")


def name_of(kept: bytes) -> str:
    """What `bytes_of_name` was given."""
    return kept.decode("utf-8", "surrogatepass")


def name_or_none(kept: bytes | None) -> str | None:
    """What `bytes_of_name` was given, if it was."""
    return None if kept is None else name_of(kept)


def digest_of(text: str) -> bytes:
    """Tells whether a text is the one that was added before."""
    return hashlib.blake2b(bytes_of_name(text), digest_size=16).digest()


def write_text(text: str) -> bytes:
    """A text as it is kept, compressed."""
    return zlib.compress(bytes_of_name(text), COMPRESSION)


def read_text(kept: bytes) -> str:
    """What `write_text` was given.

    Raises
    ------
    DamagedIndexError
        If it is not as it was written.
    """
    try:
        return name_of(zlib.decompress(kept))
    except (zlib.error, UnicodeDecodeError) as problem:
        raise DamagedIndexError(f"the text of a story cannot be read ({problem})") from problem


def moment_of(kept: int | None) -> datetime | None:
    """A moment that is kept as microseconds since 1970."""
    return None if kept is None else _EPOCH + timedelta(microseconds=kept)
