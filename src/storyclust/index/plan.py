"""Which units come and go when stories do.

In: stories that arrive and stories that leave. Out: the rows of `units` that change, the units that come with their
keys, and those that go with theirs. A unit stands for all stories of one content, and is told by the first in rank
whose text is there. Where another story takes its place and does not look the same, the unit is replaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from storyclust.index.buckets import Entries
from storyclust.index.shelf import Shelf
from storyclust.index.told import Told, tell

Rank = tuple[bool, int, bytes]


@dataclass(frozen=True, slots=True)
class Bearer:
    """A story that bears a unit: its number, when it appeared or else arrived, and where it stands in rank."""

    number: int
    moment: int
    rank: Rank

    @classmethod
    def of(cls, number: int, id: bytes, published: int | None, arrived: int) -> Bearer:
        """From a row of `stories`."""
        return cls(number, arrived if published is None else published, (published is None, published or 0, id))


@dataclass(slots=True)
class Plan:
    """What changes.

    Attributes
    ----------
    next_unit : int
        The number of the next unit that comes.
    came, gone : units, by number
    touched : units whose bearers changed
    repeated : units that more stories bear than before
    coming, going : list of Entries
    rows : dict from unit to the row of `Told` that tells it
    borne : dict from the number of an arriving story to the unit that it bears
    inserted : rows of `units`, of those that came
    """

    next_unit: int
    came: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    touched: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    coming: list[Entries] = field(default_factory=list)
    going: list[Entries] = field(default_factory=list)
    rows: dict[int, int] = field(default_factory=dict)
    borne: dict[int, int] = field(default_factory=dict)
    inserted: list[tuple[int | None, ...]] = field(default_factory=list)

    def write(self, shelf: Shelf) -> Plan:
        """The same plan, with the rows of the units that came written."""
        shelf.connection.executemany(_INSERT, self.inserted)
        return self


def plan_arrival(shelf: Shelf, arrivals: Sequence[Bearer], told: Told) -> Plan:
    """Stories arrive; `told` has them in the same order. Their own rows may be there or come later."""
    plan = Plan(shelf.next_number("units"))
    of_content: dict[int, list[int]] = defaultdict(list)
    hashes = told.hashes.view(np.int64).tolist()
    for place, compared in enumerate(told.compared.tolist()):
        if compared:
            of_content[hashes[place]].append(place)
        else:
            _insert(plan, None, [place], arrivals, told)
    known = {row[0]: row[1:] for row in shelf.rows(_KNOWN, of_content)}
    for content, places in of_content.items():
        places.sort(key=lambda place: arrivals[place].rank)
        if content in known:
            _join(shelf, plan, known[content], places, arrivals, told)
        else:
            _insert(plan, content, places, arrivals, told)
    return plan.write(shelf)


_KNOWN = (
    "SELECT hash, units.number, look, earliest, latest, bearers, teller, t.id, t.published, head, h.id, h.published, "
    "t.expired FROM (SELECT value FROM json_each(?)) JOIN units ON hash = value JOIN stories t ON t.number = teller "
    "JOIN stories h ON h.number = head"
)


@dataclass(frozen=True, slots=True)
class Borne:
    """Which story tells a unit and which is the first of those that bear it, how many do, and from when to when."""

    teller: int
    head: int
    bearers: int
    earliest: int
    latest: int

    @property
    def row(self) -> tuple[int, int, int, int, int]:
        """As the columns of `units` have it."""
        return self.teller, self.head, self.bearers, self.earliest, self.latest


def _insert(plan: Plan, content: int | None, places: list[int], arrivals: Sequence[Bearer], told: Told) -> None:
    """A unit that the arrivals at some places bear, by rank."""
    first, moments = arrivals[places[0]], [arrivals[place].moment for place in places]
    borne = Borne(first.number, first.number, len(places), min(moments), max(moments))
    unit = _come(plan, content, told, places[0], borne, NEW)
    plan.rows[unit] = places[0]
    plan.borne.update((arrivals[place].number, unit) for place in places)


NEW = 0, 0, 0  # what comes is in no cluster yet


def _come(plan: Plan, content: int | None, told: Told, place: int, borne: Borne, clusters: tuple[int, int, int]) -> int:
    """A unit comes, as told of the story at a place, into some clusters; its number."""
    unit, columns = plan.next_unit, (told.words.word_counts, told.words.story_counts, told.words.narrated_counts)
    plan.next_unit += 1
    counts = (int(column[place]) for column in columns)
    plan.inserted.append((unit, content, int(told.looks[place]), *borne.row, *counts, unit, *clusters))
    plan.came.append(unit)
    if content is not None:
        keys = told.keys_of(place)
        plan.coming.append(Entries(keys, np.full(len(keys), unit)))
        if borne.bearers > 1:
            plan.repeated.append(unit)
    return unit


_INSERT = (
    "INSERT INTO units (number, hash, look, teller, head, bearers, earliest, latest, words, story_words, narrated, "
    "component, copy, version, partial) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE = "UPDATE units SET teller = ?, head = ?, bearers = ?, earliest = ?, latest = ? WHERE number = ?"


def _join(
    shelf: Shelf, plan: Plan, known: tuple[int, ...], places: list[int], arrivals: Sequence[Bearer], told: Told
) -> None:
    """Arrivals bear a unit that is there."""
    unit, look, earliest, latest, bearers, teller, teller_id, teller_time, head, head_id, head_time, expired = known
    first, moments = arrivals[places[0]], [arrivals[place].moment for place in places]
    span = min(earliest, *moments), max(latest, *moments)
    leads = bool(expired) or first.rank < (teller_time is None, teller_time or 0, teller_id)
    heads = first.rank < (head_time is None, head_time or 0, head_id)
    teller, head = first.number if leads else teller, first.number if heads else head
    borne = Borne(teller, head, bearers + len(places), *span)
    numbers = [arrivals[place].number for place in places]
    moved = shelf.settings.window_days is not None and span != (earliest, latest)
    if expired or moved or (leads and look != told.looks[places[0]]):
        # One that had expired is found no more; it stands again as the story that came.
        if expired:
            plan.gone.append(unit)
        else:
            _retire(shelf, plan, unit)
        told_by, place = (told, places[0]) if leads else (_retold(shelf, [teller]), 0)
        new = _replace(shelf, plan, unit, told_by, place, borne)
        if leads:
            plan.rows[new] = places[0]
        plan.borne.update(dict.fromkeys(numbers, new))
        return
    shelf.connection.execute(_UPDATE, (*borne.row, unit))
    plan.touched.append(unit)
    plan.repeated.append(unit)
    plan.borne.update(dict.fromkeys(numbers, unit))


def plan_leave(shelf: Shelf, leaving: Sequence[int]) -> Plan:
    """Stories leave, whose rows and texts are there still."""
    plan = Plan(shelf.next_number("units"))
    rows = shelf.rows(
        "SELECT unit, number FROM (SELECT value FROM json_each(?)) JOIN stories ON number = value", leaving
    )
    of_unit: dict[int, set[int]] = defaultdict(set)
    for unit, story in rows:
        of_unit[unit].add(story)
    for unit, stories in of_unit.items():
        _leave(shelf, plan, unit, stories)
    return plan.write(shelf)


def _leave(shelf: Shelf, plan: Plan, unit: int, leaving: set[int]) -> None:
    query = "SELECT number, id, published, arrived, expired FROM stories WHERE unit = ?"
    rows = [row for row in shelf.connection.execute(query, (unit,)) if row[0] not in leaving]
    live = shelf.connection.execute(
        "SELECT hash, look, teller, expired FROM units JOIN stories ON stories.number = teller WHERE units.number = ?",
        (unit,),
    ).fetchone()
    content, look, teller, expired = live
    if not rows:
        plan.gone.append(unit)
        if not expired and content is not None:
            plan.going.append(_entries(shelf, unit, teller))
        return
    bearers = sorted((Bearer.of(*row[:4]) for row in rows), key=lambda bearer: bearer.rank)
    texts = {row[0] for row in rows if not row[4]}
    tellers = [bearer.number for bearer in bearers if bearer.number in texts] or [bearers[0].number]
    span = min(bearer.moment for bearer in bearers), max(bearer.moment for bearer in bearers)
    borne = Borne(tellers[0], bearers[0].number, len(bearers), *span)
    told = _retold(shelf, tellers[:1]) if tellers[0] != teller and texts else None
    before = shelf.connection.execute("SELECT earliest, latest FROM units WHERE number = ?", (unit,)).fetchone()
    moved = shelf.settings.window_days is not None and span != before and bool(texts)
    if moved or (told is not None and told.looks[0] != look):
        _retire(shelf, plan, unit)
        _replace(shelf, plan, unit, told or _retold(shelf, tellers[:1]), 0, borne)
        return
    if not texts and not expired:
        shelf.keys.expire(_entries(shelf, unit, teller))
    shelf.connection.execute(_UPDATE, (*borne.row, unit))
    plan.touched.append(unit)


def _retire(shelf: Shelf, plan: Plan, unit: int) -> None:
    """A unit goes, with the keys it is found by."""
    (teller,) = shelf.connection.execute("SELECT teller FROM units WHERE number = ?", (unit,)).fetchone()
    plan.gone.append(unit)
    plan.going.append(_entries(shelf, unit, teller))


def _entries(shelf: Shelf, unit: int, teller: int) -> Entries:
    """The keys that a unit is found by."""
    keys = _retold(shelf, [teller]).keys_of(0)
    return Entries(keys, np.full(len(keys), unit))


def _replace(shelf: Shelf, plan: Plan, unit: int, told: Told, place: int, borne: Borne) -> int:
    """A unit that stands where another stood; its number."""
    query = "SELECT copy, version, partial FROM units WHERE number = ?"
    clusters = shelf.connection.execute(query, (unit,)).fetchone()
    new = _come(plan, int(told.hashes.view(np.int64)[place]), told, place, borne, clusters)
    shelf.connection.execute("UPDATE stories SET unit = ? WHERE unit = ?", (new, unit))
    return new


def _retold(shelf: Shelf, stories: list[int]) -> Told:
    """Stories that are there, analysed again."""
    found = shelf.stories(stories)
    return tell([found[story] for story in stories], shelf.profile, shelf.settings, shelf.workers)


def entries_of(parts: Sequence[Entries]) -> Entries:
    """Entries one after another."""
    keys = np.concatenate([part.keys for part in parts] or [np.empty(0, np.uint64)])
    return Entries(keys, np.concatenate([part.units for part in parts] or [np.empty(0, np.int64)]))
