"""Stories that come: which of them are new, and the rows that they take.

In: stories as they are given. Out: those that are not there, with a number each; and, when it is known which unit each
of them bears, their rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from storyclust.cluster.standing import standing
from storyclust.errors import DuplicateIdError
from storyclust.index.plan import Bearer
from storyclust.index.shelf import ABOUT, Shelf, about, bytes_of_name, digest_of, name_or_none, write_text
from storyclust.model import Story, number_of_version

OnExisting = Literal["fail", "replace"]


@dataclass(frozen=True, slots=True)
class New:
    """A story that is not there, and what tells its text from another."""

    story: Story
    digest: bytes

    @property
    def state(self) -> State:
        """What an id stands for with it."""
        return State(self.story.version_number, self.digest)


class State(NamedTuple):
    """What an id stands for: a version, and what tells its text from another."""

    version: int
    digest: bytes


def sort_out(shelf: Shelf, stories: Sequence[Story], on_existing: OnExisting) -> tuple[list[New], list[int]]:
    """Those of some stories that are new, and the numbers of those whose place they take.

    Of one id a later version takes the place of an earlier one, which is not new where it comes after it.

    Raises
    ------
    DuplicateIdError
        With ``on_existing="fail"``, where an id stands for another text of the same version.
    """
    known: dict[bytes, tuple[int, State | None]] = {
        id: (number, State(number_of_version(name_or_none(edition)), digest))
        for id, number, edition, digest in shelf.rows_of_names(_KNOWN, [story.id for story in stories])
    }
    new: dict[str, New] = {}
    replaced = []
    for story in stories:
        given = New(story, digest_of(story.text))
        number, before = known.get(bytes_of_name(story.id), (0, None))
        if story.id in new:
            before = new[story.id].state
        if before is not None and (given.state == before or given.state.version < before.version):
            continue
        if before is not None and given.state.version == before.version and on_existing == "fail":
            raise DuplicateIdError(
                f"the id {story.id!r} stands for another text in the index; expected one text an id. "
                "Give it another id, or let it take the other's place: on_existing='replace' (--replace)"
            )
        if number and story.id not in new:
            replaced.append(number)
        new[story.id] = given
    return list(new.values()), replaced


_KNOWN = "SELECT id, number, edition, digest FROM stories WHERE id = ?"


def number(shelf: Shelf, new: Sequence[New], arrived: int) -> list[Bearer]:
    """New stories as bearers of units, with numbers that no story ever had."""
    first = shelf.next_number("stories")
    return [
        Bearer.of(first + place, bytes_of_name(each.story.id), each.story.moment, arrived)
        for place, each in enumerate(new)
    ]


def insert(shelf: Shelf, new: Sequence[New], bearers: Sequence[Bearer], arrived: int, units: Mapping[int, int]) -> None:
    """Write the rows of new stories; `units` has the unit that each number bears."""
    columns = f"{ABOUT}, standing, number, arrived, digest, unit"
    shelf.connection.executemany(
        f"INSERT INTO stories ({columns}) VALUES ({', '.join('?' * len(columns.split(',')))})",
        [
            (*about(each.story), standing(each.story), bearer.number, arrived, each.digest, units[bearer.number])
            for bearer, each in zip(bearers, new, strict=True)
        ],
    )
    texts = _compressed(shelf, [each.story.text for each in new])
    shelf.connection.executemany(
        "INSERT INTO texts VALUES (?, ?)", zip((bearer.number for bearer in bearers), texts, strict=True)
    )


def _compressed(shelf: Shelf, texts: Sequence[str]) -> list[bytes]:
    def compress(batch: tuple[int, int]) -> list[bytes]:
        return [write_text(text) for text in texts[slice(*batch)]]

    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    parts = shelf.workers.map(compress, shelf.workers.split(len(texts), weights=lengths))
    return [blob for part in parts for blob in part]
