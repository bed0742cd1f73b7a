"""Indexes that an earlier version of this library made, brought up to date.

In: the path of an index. Out: the same file with the tables of today, all stories analysed anew, for what words hash to
and what a profile holds may be other than it was. It is brought up to date as a whole or left as it is.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from storyclust.cluster.standing import standing
from storyclust.index.postings import Postings
from storyclust.index.profiles import write_profile
from storyclust.index.shelf import Shelf
from storyclust.index.store import VERSION, configure, explained, find_file, version_of
from storyclust.index.upkeep import AT_ONCE, refresh
from storyclust.parallel import Workers
from storyclust.profile import Profile

# What leads from the tables of each version to those of the next.
STEPS = {
    1: (
        "ALTER TABLE stories ADD COLUMN agency BLOB",
        "ALTER TABLE stories ADD COLUMN language BLOB",
        "ALTER TABLE stories ADD COLUMN status TEXT",
        "ALTER TABLE stories ADD COLUMN edition BLOB",
        "ALTER TABLE stories ADD COLUMN evolved_from BLOB",
        "ALTER TABLE stories ADD COLUMN standing INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE stories ADD COLUMN agencies TEXT",
        "CREATE INDEX stories_by_standing ON stories (unit) WHERE standing <> 0",
    ),
    2: (),  # only what words hash to is another
}


def upgrade(path: Path, wait: float, threads: int | None) -> int:
    """Bring an index up to date; how many changes that made."""
    connection = find_file(path, wait)
    with explained(path), closing(connection), Workers(threads) as workers:
        configure(connection, "commit")
        connection.execute("BEGIN IMMEDIATE")
        version = version_of(connection)
        if version == VERSION:
            return 0
        for older in range(version, VERSION):
            for statement in STEPS[older]:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        # That of before may be of words as they were: it is learned anew.
        write_profile(connection, Profile.empty())
        shelf = Shelf.read(connection, Postings(connection), workers)
        _read_again(shelf)
        _, changes = refresh(shelf)
        connection.execute("COMMIT")
        return len(changes)


def _read_again(shelf: Shelf) -> None:
    """Read once more what stories say of themselves."""
    numbers = [number for (number,) in shelf.connection.execute("SELECT story FROM texts ORDER BY story")]
    for start in range(0, len(numbers), AT_ONCE):
        found = shelf.stories(numbers[start : start + AT_ONCE])
        shelf.connection.executemany(
            "UPDATE stories SET standing = ? WHERE number = ?",
            [(standing(story), number) for number, story in found.items()],
        )
