"""What an index needs over the years: stories expire, the profile is learned anew, the tables are checked.

In: an open index, within a transaction. Out: its tables as they are to stand, or what is wrong with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

import numpy as np

from storyclust.errors import DamagedIndexError
from storyclust.index.buckets import Entries
from storyclust.index.changes import Change, canonical_changes, moves
from storyclust.index.plan import Bearer
from storyclust.index.profiles import write_profile
from storyclust.index.recent import Recent
from storyclust.index.shelf import Shelf, digest_of, name_of, read_text
from storyclust.index.told import tell
from storyclust.index.update import arrive_again, publish
from storyclust.model import Story
from storyclust.pipeline import learn_profile
from storyclust.text.suppliers import agencies_of

Undated = Literal["keep", "expire"]
# Stories that are looked at together.
AT_ONCE = 4096


def expire(shelf: Shelf, before: int, undated: Undated) -> list[Change]:
    """The texts of stories that appeared before a moment go, and what they are found by; every assignment stays."""
    level = shelf.settings.level
    moment = "s.published" if undated == "keep" else "coalesce(s.published, s.arrived)"
    rows = shelf.connection.execute(
        "SELECT s.number, s.id, s.unit, h.id FROM stories s JOIN units ON units.number = s.unit "
        f"JOIN stories h ON h.number = units.{level} WHERE NOT s.expired AND {moment} < ? ORDER BY s.number",
        (before,),
    ).fetchall()
    for start in range(0, len(rows), AT_ONCE):
        _expire(shelf, rows[start : start + AT_ONCE])
    # Of a component without any text nothing will ever be asked but where its stories stand.
    shelf.connection.execute(
        "UPDATE units SET hash = NULL, terms = NULL WHERE hash IS NOT NULL AND component NOT IN "
        "(SELECT component FROM units JOIN stories ON unit = units.number WHERE NOT expired)"
    )
    return publish(
        shelf, [{"what": "expired", "cluster": name_of(head), "story": name_of(id)} for _, id, _, head in rows]
    )


def _expire(shelf: Shelf, rows: list[tuple[int, bytes, int, bytes]]) -> None:
    numbers = [(row[0],) for row in rows]
    tellers = shelf.rows(
        "SELECT DISTINCT u.number, teller, hash FROM (SELECT value FROM json_each(?)) "
        "JOIN stories s ON s.number = value JOIN units u ON u.number = s.unit",
        [row[0] for row in rows],
    )
    texts = shelf.stories([teller for _, teller, _ in tellers])
    # Whom a story credits can be read as long as its text is there.
    credited = [
        (json.dumps(agencies_of(story)), number) for number, story in shelf.stories([row[0] for row in rows]).items()
    ]
    shelf.connection.executemany("UPDATE stories SET expired = 1, agencies = ? WHERE number = ?", credited)
    shelf.connection.executemany("DELETE FROM texts WHERE story = ?", numbers)
    unfound = []
    for unit, teller, content in tellers:
        live = shelf.connection.execute(
            "SELECT number FROM stories WHERE unit = ? AND NOT expired "
            "ORDER BY published IS NULL, published, id LIMIT 1",
            (unit,),
        ).fetchone()
        if live is not None:
            shelf.connection.execute("UPDATE units SET teller = ? WHERE number = ?", (live[0], unit))
        elif content is not None:
            unfound.append((unit, texts[teller]))
    if unfound:
        told = tell([story for _, story in unfound], shelf.profile, shelf.settings, shelf.workers)
        units = np.repeat(np.array([unit for unit, _ in unfound], np.int64), np.diff(told.first_key))
        shelf.keys.expire(Entries(told.keys, units))


def refresh(shelf: Shelf) -> tuple[Shelf, list[Change]]:
    """Learn the profile anew from all stories that have a text, and settle all clusters by it; what that changed."""
    numbers = [number for (number,) in shelf.connection.execute("SELECT story FROM texts ORDER BY story")]
    was, kept = _standing(shelf), dict(shelf.connection.execute("SELECT head, canonical FROM clusters"))
    profile = learn_profile(_stories(shelf, numbers), settings=shelf.settings)
    write_profile(shelf.connection, profile)
    shelf = replace(shelf, profile=profile, recent=Recent())
    for table in ("units", "clusters"):
        shelf.connection.execute(f"DELETE FROM {table}")
    shelf.keys.clear()
    query = "SELECT number, id, published, arrived FROM (SELECT value FROM json_each(?)) JOIN stories ON number = value"
    for start in range(0, len(numbers), AT_ONCE):
        own = numbers[start : start + AT_ONCE]
        bearers = {row[0]: Bearer.of(*row) for row in shelf.rows(query, own)}
        arrive_again(shelf, list(_stories(shelf, own)), [bearers[number] for number in own])
    _bury(shelf)
    now = _standing(shelf)
    stories = sorted(now)
    names = shelf.names(now)
    sides = [was[story] for story in stories], [now[story] for story in stories]

    def named(places: Iterable[int]) -> list[str]:
        return sorted(names[stories[place]] for place in places)

    after = dict(shelf.connection.execute("SELECT head, canonical FROM clusters"))
    changes = [
        *moves(*sides, names.__getitem__, named),
        *canonical_changes(*sides, kept, after, names.__getitem__),
    ]
    return shelf, publish(shelf, changes)


def _stories(shelf: Shelf, numbers: list[int]) -> Iterator[Story]:
    for start in range(0, len(numbers), AT_ONCE):
        own = numbers[start : start + AT_ONCE]
        found = shelf.stories(own)
        yield from (found[number] for number in own)


def _standing(shelf: Shelf) -> dict[int, int]:
    """The first story of the cluster of each story."""
    return dict(
        shelf.connection.execute(
            f"SELECT stories.number, {shelf.settings.level} FROM stories JOIN units ON units.number = unit"
        )
    )


def _bury(shelf: Shelf) -> None:
    """What has no text stands alone."""
    rows = shelf.connection.execute("SELECT number, coalesce(published, arrived) FROM stories WHERE expired").fetchall()
    for story, moment in rows:
        unit = shelf.connection.execute(
            "INSERT INTO units (look, teller, head, bearers, component, copy, version, partial, earliest, latest, "
            "words, story_words, narrated) VALUES (0, ?1, ?1, 1, 0, ?1, ?1, ?1, ?2, ?2, 0, 0, 0)",
            (story, moment),
        ).lastrowid
        shelf.connection.execute("UPDATE units SET component = number WHERE number = ?", (unit,))
        shelf.connection.execute("UPDATE stories SET unit = ? WHERE number = ?", (unit, story))


# What must hold of the tables, as queries that find what is wrong.
FAULTS = {
    "a story has no unit": "SELECT number FROM stories WHERE unit NOT IN (SELECT number FROM units)",
    "a story has no text and has not expired": (
        "SELECT number FROM stories WHERE NOT expired AND number NOT IN (SELECT story FROM texts)"
    ),
    "a text has no story": "SELECT story FROM texts WHERE story NOT IN (SELECT number FROM stories WHERE NOT expired)",
    "the stories of a unit are miscounted": (
        "SELECT units.number FROM units LEFT JOIN stories ON unit = units.number GROUP BY units.number "
        "HAVING count(stories.number) <> bearers"
    ),
    "a cluster is named by a story of another": (
        "SELECT u.number FROM units u LEFT JOIN stories s ON s.number = u.{level} "
        "LEFT JOIN units h ON h.number = s.unit WHERE h.{level} IS NOT u.{level}"
    ),
    "copies are in two clusters": (
        "SELECT copy FROM units GROUP BY copy HAVING count(DISTINCT version) > 1 OR count(DISTINCT partial) > 1"
    ),
    "versions are in two clusters": "SELECT version FROM units GROUP BY version HAVING count(DISTINCT partial) > 1",
    "the story to keep is of another cluster": (
        "SELECT clusters.head FROM clusters LEFT JOIN stories ON stories.number = canonical "
        "LEFT JOIN units ON units.number = unit WHERE units.{level} IS NOT clusters.head"
    ),
}


def find_faults(shelf: Shelf) -> None:
    """Read everything, and raise DamagedIndexError at what is not as it was written."""
    for (said,) in shelf.connection.execute("PRAGMA integrity_check(1)"):
        if said != "ok":
            raise DamagedIndexError(" ".join(said.split()))
    shelf.keys.check()
    for number, digest, text in shelf.connection.execute(
        "SELECT number, digest, text FROM stories JOIN texts ON story = number"
    ):
        if digest_of(read_text(text)) != digest:
            raise DamagedIndexError(f"the text of a story is another than was added (number {number})")
    for fault, query in FAULTS.items():
        row = shelf.connection.execute(query.format(level=shelf.settings.level)).fetchone()
        if row is not None:
            raise DamagedIndexError(f"{fault} (number {row[0]})")
