"""Opening and closing an index, and its transactions."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Self

from storyclust.errors import OutputError, SettingsError, UsageError
from storyclust.index.keys import Keys
from storyclust.index.postings import Postings
from storyclust.index.profiles import read_profile, write_profile
from storyclust.index.shelf import Shelf
from storyclust.index.store import Durability, create_file, explained, open_file, writing
from storyclust.io.atomic import output_path
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings

# How long a writer waits for another to finish, in seconds.
WAIT = 10.0
FilePath = str | os.PathLike[str]


class Session:
    """An index file that is open."""

    def __init__(self, path: Path, connection: sqlite3.Connection, threads: int | None) -> None:
        """Hold an open file; use `create` or `open`."""
        self.path = path
        self._connection = connection
        self._postings = Postings(connection)
        self._workers = Workers(threads)
        self._shelf = self._read_shelf()
        self._seen = self._version()

    @classmethod
    def create(
        cls,
        path: FilePath,
        *,
        settings: Settings | None = None,
        profile: Profile | None = None,
        durability: Durability = "commit",
        wait: float = WAIT,
        threads: int | None = None,
    ) -> Self:
        """Make a new index.

        Parameters
        ----------
        path : path of a file that is not there
        settings : Settings, optional
            Kept with the index. `must_link` and `cannot_link` are for batch jobs.
        profile : Profile, optional
            What is known of the corpus; the one that knows nothing by default. `refresh` learns it from the stories.
        durability : {"commit", "process"}
            What is acknowledged outlives a power failure, or the end of the process, however it comes.
        wait : float
            Seconds to wait for another process that writes.
        threads : int, optional
            How many threads to use, all processors by default.

        Raises
        ------
        OutputError
            If there is such a file, or it cannot be made.
        SettingsError
            If the settings have pairs of stories that must or cannot be linked.
        """
        settings, profile = settings or Settings(), profile or Profile.empty()
        if settings.must_link or settings.cannot_link:
            raise SettingsError(
                "must_link and cannot_link are for batch jobs; expected settings without them for an index"
            )
        file = Path(path)
        connection = create_file(file, settings.level, durability, wait)
        try:
            with explained(file):
                connection.execute("INSERT INTO about VALUES ('settings', ?)", (json.dumps(settings.to_dict()),))
                write_profile(connection, profile)
                connection.execute("COMMIT")
                return cls(file, connection, threads)
        except BaseException:
            connection.close()
            file.unlink()
            raise

    @classmethod
    def open(
        cls,
        path: FilePath,
        *,
        settings: Settings | None = None,
        durability: Durability = "commit",
        wait: float = WAIT,
        threads: int | None = None,
    ) -> Self:
        """Open an index; its settings come from the file, and others asked for are an error.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        DataError
            If it is no index, one of a newer version, or damaged.
        SettingsError
            If it was made with other settings than those asked for.
        """
        file = Path(path)
        connection = open_file(file, durability, wait)
        try:
            with explained(file):
                index = cls(file, connection, threads)
            if settings is not None:
                index._require(settings)
        except BaseException:
            connection.close()
            raise
        return index

    def _require(self, settings: Settings) -> None:
        own = self.settings
        names = [field.name for field in fields(Settings)]
        differing = [name for name in names if getattr(settings, name) != getattr(own, name)]
        if differing:
            named = ", ".join(f"{name} ({getattr(own, name)!r}, not {getattr(settings, name)!r})" for name in differing)
            raise SettingsError(
                f"{self.path}: the index was made with other settings: {named}. Open it without, or make another index"
            )

    def _read_shelf(self) -> Shelf:
        (kept,) = self._connection.execute("SELECT value FROM about WHERE name = 'settings'").fetchone()
        keys = Keys(self._connection, self._postings)
        settings = Settings.from_dict(json.loads(kept))
        return Shelf(self._connection, keys, settings, read_profile(self._connection), self._workers)

    @property
    def settings(self) -> Settings:
        """The settings it was made with."""
        return self._shelf.settings

    @property
    def profile(self) -> Profile:
        """What is known of the corpus."""
        return self._shelf.profile

    def __enter__(self) -> Self:
        """Return the index."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close the file; what was added is there. Nothing else can be asked of the index then."""
        self._workers.close()
        with explained(self.path):
            self._connection.close()

    def compact(self) -> None:
        """Give the space back that removed and expired stories took. It takes as much room again while it works."""
        with explained(self.path):
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def backup(self, path: FilePath) -> None:
        """Copy the index to another file, as it stands, whole or not at all; others may go on writing meanwhile.

        Raises
        ------
        OutputError
            If the path cannot be written.
        """
        if Path(path).exists() and Path(path).samefile(self.path):
            raise OutputError(f"cannot write {path}: it is the index itself; expected another path")
        if Path(f"{path}-wal").exists():
            raise OutputError(
                f"cannot write {path}: it is an index that is in use, or was left so; expected another path"
            )
        with output_path(path) as copy, explained(self.path), closing(sqlite3.connect(copy)) as other:
            # What is not whole goes anyway.
            other.execute("PRAGMA journal_mode = OFF")
            self._connection.backup(other)

    @contextmanager
    def _writing(self) -> Iterator[Shelf]:
        """A transaction that changes the index: all of it or nothing."""
        if self._connection.in_transaction:
            raise UsageError("the index is being read; let the loop over it end before it is changed")
        try:
            with writing(self._connection, self.path):
                self._catch_up()
                yield self._shelf
        except BaseException:
            with suppress(sqlite3.Error):
                self._postings.reload()
            raise

    @contextmanager
    def _reading(self) -> Iterator[Shelf]:
        """One moment of the index, however long it is read."""
        with explained(self.path), closing(self._connection.cursor()):
            begins = not self._connection.in_transaction
            if begins:
                self._connection.execute("BEGIN")
            try:
                if begins:
                    self._catch_up()
                yield self._shelf
            finally:
                if begins:
                    self._connection.execute("COMMIT")

    def _catch_up(self) -> None:
        """Follow what other processes have written."""
        seen = self._version()
        if seen != self._seen:
            self._postings.refresh()
            self._shelf = self._read_shelf()
            self._seen = seen

    def _version(self) -> int:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)
