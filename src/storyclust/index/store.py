"""The file of an index: one SQLite database, its tables, and what may be wrong with it.

In: a path. Out: a connection whose tables are there and of this version, or an error that says what the file is. The
tables: `about` (settings, format), `profile`, `stories` with their `texts`, `units` (the contents that stories bear,
and what is known of pairs of them), `clusters` of two or more, `changes`, and the postings.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path
from typing import Literal

from storyclust.errors import DamagedIndexError, DataError, MissingFileError, OutputError, UsageError
from storyclust.index.postings import Postings
from storyclust.io.atomic import remedy
from storyclust.model import Level

Durability = Literal["commit", "process"]

APPLICATION = 0x53_43_49_58  # how SQLite files say whose they are: "SCIX"
VERSION = 3
PAGE_BYTES = 8192
WAIT_MOST = 1_000_000
# The system writes a page when it likes, or at each commit: then what was acknowledged outlives a power failure.
SYNCHRONOUS = {"commit": "FULL", "process": "NORMAL"}

TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE profile (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE stories (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    title BLOB,
    source BLOB,
    published INTEGER,
    agency BLOB,
    language BLOB,
    status TEXT,
    edition BLOB,
    evolved_from BLOB,
    standing INTEGER NOT NULL DEFAULT 0,
    agencies TEXT,
    arrived INTEGER NOT NULL,
    digest BLOB NOT NULL,
    expired INTEGER NOT NULL DEFAULT 0,
    unit INTEGER NOT NULL
);
CREATE INDEX stories_of_unit ON stories (unit);
CREATE INDEX stories_by_standing ON stories (unit) WHERE standing <> 0;
CREATE TABLE texts (story INTEGER PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE units (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    hash INTEGER,
    look INTEGER NOT NULL,
    teller INTEGER NOT NULL,
    head INTEGER NOT NULL,
    bearers INTEGER NOT NULL,
    component INTEGER NOT NULL,
    copy INTEGER NOT NULL,
    version INTEGER NOT NULL,
    partial INTEGER NOT NULL,
    earliest INTEGER NOT NULL,
    latest INTEGER NOT NULL,
    words INTEGER NOT NULL,
    story_words INTEGER NOT NULL,
    narrated INTEGER NOT NULL,
    terms BLOB,
    pairs BLOB
);
CREATE INDEX units_by_hash ON units (hash) WHERE hash IS NOT NULL;
CREATE INDEX units_of_component ON units (component);
CREATE TABLE clusters (head INTEGER PRIMARY KEY, canonical INTEGER NOT NULL, reason TEXT NOT NULL);
CREATE TABLE hot (key INTEGER PRIMARY KEY, size INTEGER NOT NULL, worn INTEGER NOT NULL, leaders BLOB NOT NULL);
CREATE TABLE changes (number INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL);
"""


def create_file(path: Path, level: Level, durability: Durability, wait: float) -> sqlite3.Connection:
    """A new index file with empty tables, in a transaction that is not yet committed.

    Raises
    ------
    OutputError
        If there is such a file, or it cannot be made.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:
        raise OutputError(f"{path}: there is such a file; nothing was overwritten. Open it, or name another") from None
    except OSError as problem:
        raise OutputError(f"cannot write {path}: {problem.strerror}. {remedy(str(path))}") from problem
    try:
        with explained(path):
            return _with_tables(_connect(path, wait), level, durability)
    except BaseException:
        path.unlink()
        raise


def _with_tables(connection: sqlite3.Connection, level: Level, durability: Durability) -> sqlite3.Connection:
    with closed_on_error(connection):
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        configure(connection, durability)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        for statement in TABLES.split(";"):
            connection.execute(statement)
        # Members of a cluster are looked up at the level that clusters are formed at.
        connection.execute(f"CREATE INDEX units_of_cluster ON units ({level})")
        Postings.create(connection)
    return connection


def open_file(path: Path, durability: Durability, wait: float) -> sqlite3.Connection:
    """An index file as it stands.

    Raises
    ------
    MissingFileError
    DataError
        If it is no index, one of another version, or damaged.
    """
    connection = find_file(path, wait)
    with explained(path), closed_on_error(connection):
        version = version_of(connection)
        if version < VERSION:
            raise DataError(
                f"{path}: an index of version {version}, made by an earlier storyclust; expected version {VERSION}. "
                "Bring it up to date: storyclust index upgrade FILE, or StoryIndex.upgrade"
            )
        configure(connection, durability)
    return connection


def find_file(path: Path, wait: float) -> sqlite3.Connection:
    """An index file of this version or an earlier one; errors as of `open_file`."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFileError(
            f"{path}: no such file; expected an index, which storyclust index create makes"
        ) from None
    except OSError as problem:
        raise OutputError(
            f"{path}: cannot be opened ({problem.strerror}); check the permissions of it and its folder"
        ) from problem
    if stat.S_ISDIR(mode):
        raise DataError(f"{path}: it is a folder; expected an index, which storyclust index create makes")
    with explained(path):
        connection = _connect(path, wait)
        with closed_on_error(connection):
            _require_index(connection, path)
    return connection


def version_of(connection: sqlite3.Connection) -> int:
    """The version of the tables of an index."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _require_index(connection: sqlite3.Connection, path: Path) -> None:
    application, version, tables = (connection.execute(query).fetchone()[0] for query in _MARKS)
    if not (application or version or tables):
        raise DataError(
            f"{path}: an empty file, or an index whose making was broken off; remove it and create the index again"
        )
    if application != APPLICATION:
        raise DataError(f"{path}: not an index of storyclust, but another SQLite database; nothing was changed")
    if version > VERSION:
        raise DataError(
            f"{path}: an index of version {version}; this storyclust reads up to {VERSION}. Use a newer storyclust"
        )


_MARKS = "PRAGMA application_id", "PRAGMA user_version", "SELECT count(*) FROM sqlite_master"


def _connect(path: Path, wait: float) -> sqlite3.Connection:
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait < WAIT_MOST:
        raise UsageError(f"wait is {wait!r}; expected a number of seconds, from 0 to below {WAIT_MOST}")
    return sqlite3.connect(path, timeout=wait, isolation_level=None, cached_statements=256)


def configure(connection: sqlite3.Connection, durability: Durability) -> None:
    """Settle what holds for a connection, not for the file."""
    if durability not in SYNCHRONOUS:
        raise UsageError(f"durability is {durability!r}; expected one of {', '.join(SYNCHRONOUS)}")
    connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS[durability]}")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -32768")


@contextmanager
def closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """A connection is closed if what is done with it first fails."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, which say what to do; of damage, in which file it is."""
    try:
        yield
    except DamagedIndexError as problem:
        if str(problem).startswith(f"{path}: "):
            raise
        raise DamagedIndexError(f"{path}: {_DAMAGED.format(problem=problem)}") from problem
    except sqlite3.ProgrammingError as problem:
        said = _OF_ANOTHER_THREAD if "thread" in str(problem) else _CLOSED
        raise UsageError(f"{path}: {said}") from problem
    except sqlite3.Error as problem:
        kind, what = _WORDS.get(_code(problem), (DataError, "cannot be used ({problem})"))
        raise kind(f"{path}: {what.format(problem=problem)}") from problem
    except (zlib.error, UnicodeDecodeError, JSONDecodeError) as problem:
        raise DataError(f"{path}: {_DAMAGED.format(problem=problem)}") from problem


def _code(problem: sqlite3.Error) -> int:
    """SQLite's primary code of an error, without what it adds to it."""
    return getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


_CLOSED = "the index is closed; expected one that is open. Open it again with StoryIndex.open"
_OF_ANOTHER_THREAD = (
    "the index is of another thread; expected to be used by the thread that opened it. Open it in each thread with "
    "StoryIndex.open: any number may read, and writers wait for each other"
)
_DAMAGED = "damaged: {problem}; nothing was changed. Go back to a backup, or make the index anew from the stories"
_WORDS: dict[int, tuple[type[DataError] | type[OutputError], str]] = {
    sqlite3.SQLITE_CORRUPT: (DamagedIndexError, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (DataError, "not an index of storyclust ({problem}); nothing was changed"),
    sqlite3.SQLITE_BUSY: (
        OutputError,
        "another process is writing to the index, and has not let go of it in the time given to wait; try again",
    ),
    sqlite3.SQLITE_LOCKED: (OutputError, "the index is in use ({problem}); end what reads from it, and try again"),
    sqlite3.SQLITE_FULL: (OutputError, "cannot write: no space left on the disk; what was acknowledged is kept"),
    sqlite3.SQLITE_IOERR: (OutputError, "cannot read or write ({problem}); what was acknowledged is kept"),
    sqlite3.SQLITE_READONLY: (OutputError, "cannot write: the file is read-only; check its permissions"),
    sqlite3.SQLITE_CANTOPEN: (OutputError, "cannot be opened ({problem}); check the permissions of it and its folder"),
    sqlite3.SQLITE_PERM: (OutputError, "cannot be opened ({problem}); check its permissions"),
}
