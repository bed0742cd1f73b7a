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
from typing import Never, Self

from storyclust.errors import OutputError, SettingsError, UsageError
from storyclust.index.postings import Postings
from storyclust.index.profiles import read_digest, write_profile
from storyclust.index.shelf import Shelf
from storyclust.index.store import Durability, closed_on_error, create_file, explained, open_file
from storyclust.index.upgrading import upgrade
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
        self._workers = Workers(threads)
        self._readers = 0
        # What is in memory must be of one moment: another process may write meanwhile.
        connection.execute("BEGIN")
        self._postings = Postings(connection)
        self._shelf = Shelf.read(connection, self._postings, self._workers)
        # The state of the file that memory follows; None after a transaction that was undone.
        self._seen: int | None = self._version()
        connection.execute("COMMIT")

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
        **others: Never,
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
        for name in others:
            own = name in {field.name for field in fields(Settings)}
            where = f", which is a setting: settings=Settings({name}=...)" if own else ""
            raise TypeError(f"StoryIndex.create() got an unexpected keyword argument {name!r}{where}")
        settings, profile = settings or Settings(), profile or Profile.empty()
        if settings.must_link or settings.cannot_link:
            raise SettingsError(
                f"must_link has {len(settings.must_link)} pairs and cannot_link {len(settings.cannot_link)}, which are "
                "for batch jobs; expected none for an index. Leave them out, or cluster the stories in a batch job"
            )
        file = Path(path)
        connection = create_file(file, settings.level, durability, wait)
        try:
            with explained(file), closed_on_error(connection):
                connection.execute("INSERT INTO about VALUES ('settings', ?)", (json.dumps(settings.to_dict()),))
                write_profile(connection, profile)
                connection.execute("COMMIT")
                return cls(file, connection, threads)
        except BaseException:
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
        MissingFileError
            If there is no such file.
        DataError
            If it is no index, one of another version, or damaged.
        SettingsError
            If it was made with other settings than those asked for.
        """
        file = Path(path)
        connection = open_file(file, durability, wait)
        with explained(file), closed_on_error(connection):
            index = cls(file, connection, threads)
            if settings is not None:
                index._require(settings)
        return index

    @staticmethod
    def upgrade(path: FilePath, *, wait: float = WAIT, threads: int | None = None) -> int:
        """Bring an index up to date that an earlier version of this library made; how many changes that made.

        Its stories are analysed anew and the profile is learned anew, which takes as long as `refresh`. One that is up
        to date stays as it is. As a whole or not at all.

        Raises
        ------
        MissingFileError
        DataError
            If it is no index, one of a newer version, or damaged.
        """
        return upgrade(Path(path), wait, threads)

    def _require(self, settings: Settings) -> None:
        own = self.settings
        names = [field.name for field in fields(Settings)]
        differing = [name for name in names if getattr(settings, name) != getattr(own, name)]
        if differing:
            named = ", ".join(f"{name} ({getattr(own, name)!r}, not {getattr(settings, name)!r})" for name in differing)
            raise SettingsError(
                f"{self.path}: the index was made with other settings: {named}. Open it without, or make another index"
            )

    @property
    def settings(self) -> Settings:
        """The settings it was made with."""
        return self._shelf.settings

    @property
    def profile(self) -> Profile:
        """What is known of the corpus, as another process may have learned it anew."""
        with self._reading() as shelf:
            return shelf.profile

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
        with explained(self.path):
            self._connection.close()
        self._workers.close()

    def compact(self) -> None:
        """Give the space back that removed and expired stories took. It takes as much room again while it works."""
        with self._using():
            self._require_unread()
            # The room it takes is on the disk, not in memory as for the small tables of queries.
            self._connection.execute("PRAGMA temp_store = FILE")
            try:
                self._connection.execute("VACUUM")
            finally:
                self._connection.execute("PRAGMA temp_store = MEMORY")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def backup(self, path: FilePath) -> None:
        """Copy the index to another file, as it stands, whole or not at all; others may go on writing meanwhile.

        Raises
        ------
        OutputError
            If the path cannot be written.
        """
        target = Path(path)
        if target.exists() and target.samefile(self.path):
            raise OutputError(f"cannot write {path}: it is the index itself; expected another path")
        log = Path(f"{os.path.realpath(path)}-wal")
        if log.exists():
            # SQLite would carry out on the copy what the log of the file before it says.
            raise OutputError(
                f"cannot write {path}: the index there is open, or was not closed ({log.name}); close it, or open and "
                "close it, or name another path"
            )
        with self._using(), output_path(path) as copy, closing(sqlite3.connect(copy)) as other:
            # What is not whole goes anyway.
            other.execute("PRAGMA journal_mode = OFF")
            self._connection.backup(other)

    @contextmanager
    def _writing(self) -> Iterator[Shelf]:
        """A transaction that changes the index: all of it or nothing, whatever ends it."""
        with self._using():
            self._require_unread()
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._catch_up()
                yield self._shelf
                self._connection.execute("COMMIT")
            except BaseException:
                # What broke the transaction may have ended it already.
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                self._seen = None
                raise

    @contextmanager
    def _reading(self) -> Iterator[Shelf]:
        """One moment of the index, however long it is read; who reads meanwhile reads the same moment."""
        with self._using():
            if not self._readers:
                self._connection.execute("BEGIN")
            self._readers += 1
            try:
                if self._readers == 1:
                    self._catch_up()
                yield self._shelf
            finally:
                self._readers -= 1
                with suppress(sqlite3.ProgrammingError):  # the index was closed meanwhile
                    if not self._readers and self._connection.in_transaction:
                        self._connection.execute("COMMIT")

    @contextmanager
    def _using(self) -> Iterator[None]:
        """What SQLite refuses is told in our words: first of all an index that is closed, or another thread's."""
        with explained(self.path):
            self._connection.cursor().close()
            yield

    def _require_unread(self) -> None:
        if self._connection.in_transaction:
            raise UsageError("the index is being read; let the loop over it end before it is changed")

    def _catch_up(self) -> None:
        """Follow what other processes have written, and forget what was undone."""
        seen, now = self._seen, self._version()
        if seen == now:
            return
        self._seen = None
        if seen is None:
            self._postings.reload()
            self._shelf.recent.forget()
        else:
            self._postings.refresh()
        if read_digest(self._connection) != self._shelf.profile.digest:
            self._shelf = Shelf.read(self._connection, self._postings, self._workers)
        self._seen = now

    def _version(self) -> int:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)
