"""An inverted index in a SQLite database: which units bear a key.

In: the keys of one unit after another. Out: the units of each key asked for.

Additions are small and fall everywhere, so writing each entry where it belongs would rewrite as many pages as a unit
has keys. Entries stand in two places instead:

*pages*, rows of sorted entries, at rest. A key is mixed by an odd factor, for fingerprints are minima and crowd among
the small numbers, and what comes out is its *place*, the order of all entries. All entries of a place stand in one
page, and a page holds the places from its own first place up to the next page's, so a look-up is one seek.

the *tail*, a row an addition, also held in memory (see `tail`). With every addition a hand goes on around the circle of
places and brings what the tail holds there into the pages. How far it goes with each entry added is such that the tail
stays within its bound: a row is deleted when the hand has been all around since it was written. Rows are numbered by
where the hand stood then, counted on from round to round. Until then an entry may stand in both, and counts once.

A removal is a row of the tail too, of units alone. As long as it is there they count nowhere, and as the hand comes by
the pages it passes are rewritten without them. So it need not be known which keys a unit had.

The caller owns the connection and its transactions; nothing here commits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Words32
from storyclust.errors import DamagedIndexError, UsageError
from storyclust.index import postings_kernels as kernels
from storyclust.index.postings_kernels import FIRST_PLACE, LAST_PLACE
from storyclust.index.tail import NOTHING, Run, Tail, in_order, is_new
from storyclust.text.words_kernels import HASH_FACTOR

# A page is cut where it would hold more entries, unless they are of one key. Look-ups read a page a key, the hand
# rewrites some at a time: fewer entries make the first faster, more the second.
PAGE_ENTRIES = 256
# The tail may hold one entry for so many in the pages, within these bounds: who opens the index reads it whole.
PAGES_TO_TAIL, TAIL_LEAST, TAIL_MOST = 16, 1 << 16, 1_000_000
# A run of the tail is at most this part of its bound.
RUNS_TO_TAIL = 4
# With a removal the hand goes on as with so many entries added: about what a unit has.
REMOVAL_ENTRIES = 128
# So many rows are read at a time.
ROWS = 256

# The hand goes around in so many steps, each so many places wide.
ROUND, PLACES_A_STEP = 1 << 40, 1 << 24

Effect = Literal["add", "remove"]
Page = tuple[int, bytes]


TABLES = (
    "CREATE TABLE posting_pages (first_place INTEGER PRIMARY KEY, entries BLOB NOT NULL)",
    "CREATE TABLE posting_tail (number INTEGER PRIMARY KEY, effect TEXT NOT NULL, entries BLOB NOT NULL)",
    "CREATE TABLE posting_hand (steps INTEGER, pages INTEGER, entries INTEGER)",
)
# The page of each place of a list written as JSON: one statement costs less than one a place.
PAGES_OF = (
    "SELECT (SELECT entries FROM posting_pages WHERE first_place <= value ORDER BY first_place DESC LIMIT 1) "
    "FROM json_each(?)"
)
PAGES_BETWEEN = (
    "SELECT first_place, entries FROM posting_pages WHERE first_place <= ?2 AND first_place >= "
    "(SELECT max(first_place) FROM posting_pages WHERE first_place <= ?1) ORDER BY first_place LIMIT ?3"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some neighbouring pages, what they hold, and which of the places asked for, from start to last, belong there."""

    start: int
    last: int
    pages: list[Page]
    counts: Integers
    places: Integers
    units: Words32


@dataclass(slots=True)
class Figures:
    """How large an index is.

    Attributes
    ----------
    steps : int
        How far the hand has gone.
    pages, entries : int
        How many pages there are, and the entries in them.
    """

    steps: int
    pages: int
    entries: int

    @property
    def bound(self) -> int:
        """How many entries the tail may hold."""
        return min(max(self.entries // PAGES_TO_TAIL, TAIL_LEAST), TAIL_MOST)


class Postings:
    """Which units bear a key.

    Another process may write: call `refresh` at the beginning of every transaction, and `reload` after a rollback.

    >>> connection = sqlite3.connect(":memory:")
    >>> postings = Postings.create(connection)
    >>> postings.add(np.array([7, 8, 8], np.uint64), np.array([0, 2, 3]), np.array([1, 2]))
    >>> postings.bearers(np.array([8, 9], np.uint64))
    (array([1, 2]), array([0, 2, 2]))
    >>> postings.remove(np.array([1]))
    >>> postings.bearers(np.array([8, 9], np.uint64))
    (array([2]), array([0, 1, 1]))
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Open the index of a database that has one, as `create` makes it."""
        self._connection = connection
        self.reload()

    @classmethod
    def create(cls, connection: sqlite3.Connection) -> Self:
        """Make the tables of an empty index."""
        for table in TABLES:
            connection.execute(table)
        _begin(connection, 0)
        return cls(connection)

    def clear(self) -> None:
        """Remove all units."""
        for table in ("posting_pages", "posting_tail", "posting_hand"):
            self._connection.execute(f"DELETE FROM {table}")
        # The hand stays where it is: by the numbers of rows others tell what is new, and what is no more.
        _begin(self._connection, self.figures.steps)
        self.reload()

    def bearers(self, keys: Hashes) -> tuple[Integers, Integers]:
        """All units of each key: int64, rising; and where those of each key begin, one more than keys.

        One seek a key, and a search in the tail.

        keys: uint64 array, in any order.
        """
        places = _places(keys)
        order = np.argsort(places)
        wanted = places[order]
        pages = self._connection.execute(PAGES_OF, (str(wanted.tolist()),)).fetchall()
        borne = np.concatenate(
            [kernels.bearers_in_pages(*_joined(page for (page,) in pages), wanted), *self.tail.bearers(wanted)]
        )
        units = borne & kernels.UNIT
        borne = np.sort((order[borne >> kernels.HALF] << kernels.HALF | units)[self.tail.stays(units)])
        borne = borne[is_new(borne)]
        return borne & kernels.UNIT, _first_of(borne, len(keys))

    def add(self, keys: Hashes, first: Integers, units: Integers) -> None:
        """Add a few units. For thousands `load` is faster.

        The cost is that of a row and of the pages the hand comes by, some for a hundred keys.

        Parameters
        ----------
        keys : uint64 array
            All keys of one unit after the other; a key may occur twice.
        first : int64 array, one more than units
            Where the keys of each unit begin.
        units : integer array
            The numbers of the units, rising, from 1 to below 2**32; none of them was ever added before.
        """
        _, _, entries = _batch(_places(keys), first, units)
        if len(units):
            self._append("add", *entries, len(entries[0]))

    def remove(self, units: Integers) -> None:
        """Remove units, whatever their keys: from now on no key has them.

        units: integer array, in any order; numbers that were never added do nothing.
        """
        numbers = np.unique(units).astype(np.uint32)
        if len(numbers):
            self._append("remove", np.zeros(len(numbers), np.int64), numbers, REMOVAL_ENTRIES * len(numbers))

    def load(self, keys: Hashes, first: Integers, units: Integers) -> tuple[Integers, Integers, Integers]:
        """Add thousands of units at once: all pages are read and written once, and the tail is empty afterwards.

        Returns who bore the keys *before*: the units and where those of each list begin, as of `bearers`, and for each
        key given which list is its own, all int64. Keys that are equal have one list together.
        """
        wanted, lists, added = _batch(_places(keys), first, units)
        borne = [np.empty(0, np.int64)]
        for stretch in self._stretches(FIRST_PLACE, LAST_PLACE):
            before = self._with_tail(stretch)
            low, high = wanted.searchsorted(stretch.start), wanted.searchsorted(stretch.last, "right")
            borne.append(kernels.bearers_in_entries(*before, wanted[low:high], np.arange(low, high)))
            self._replace(stretch, *kernels.merge(*before, *kernels.between(*added, stretch.start, stretch.last)))
        self._connection.execute("DELETE FROM posting_tail")
        self._write_figures()
        self.tail = Tail()
        together = np.concatenate(borne)
        begins = _first_of(together, len(wanted))
        together &= kernels.UNIT
        return together, begins, lists

    def reload(self) -> None:
        """Forget what is in memory and read it again: after a rollback."""
        self.tail = Tail()
        self.refresh()

    def refresh(self) -> None:
        """Follow what other processes have committed; the cost is that of the rows of the tail that are new."""
        row = self._connection.execute("SELECT steps, pages, entries FROM posting_hand").fetchone() or (None,)
        _demand(all(isinstance(figure, int) for figure in row), "the row of the hand", "is not as it was written")
        self.figures = Figures(*row)
        (oldest,) = self._connection.execute("SELECT min(number) FROM posting_tail").fetchone()
        self.tail.drop_before(self.figures.steps if oldest is None else oldest)
        known = self.tail.runs[-1].last if self.tail.runs else -1
        rows = self._connection.execute("SELECT number, effect, entries FROM posting_tail WHERE number > ?", (known,))
        while some := rows.fetchmany(ROWS):
            self.tail.append(_run_of(some), self.figures.bound // RUNS_TO_TAIL)

    def check(self) -> None:
        """Read everything, and raise DamagedIndexError at what is not as it was written."""
        pages = entries = 0
        for stretch in self._stretches(FIRST_PLACE, LAST_PLACE):
            bases = np.array([base for base, _ in stretch.pages])
            owner, lasts = np.repeat(np.arange(len(bases)), stretch.counts), np.append(bases[1:] - 1, stretch.last)
            own = (bases[owner] <= stretch.places) & (stretch.places <= lasts[owner])
            _demand(bool(own.all()), f"a page from {bases[0]} on", "holds what belongs into another")
            _demand(_are_in_order(stretch.places, stretch.units), f"a page from {bases[0]} on", "is not in order")
            pages, entries = pages + len(bases), entries + len(stretch.places)
        noted = self.figures.pages, self.figures.entries
        _demand((pages, entries) == noted, f"{pages} pages of {entries} entries", "were {} of {}".format(*noted))
        for number, effect, blob in self._connection.execute("SELECT number, effect, entries FROM posting_tail"):
            row, steps = f"row {number} of the tail", self.figures.steps
            _demand(steps - ROUND < number < steps, row, f"does not go with a hand at {steps}")
            _demand(effect in get_args(Effect), row, f"has the effect {effect!r}")
            run = _run_of([(number, effect, blob)])
            _demand(_are_in_order(run.places, run.units), row, "is not in order")

    def _append(self, effect: Effect, places: Integers, units: Words32, pace: int) -> None:
        """Write a row of the tail, and let the hand go on as for so many entries."""
        number, bound = self.figures.steps, self.figures.bound
        blob, _ = kernels.pack(places, units, np.zeros(1, np.int64), np.array([FIRST_PLACE]))
        self._connection.execute("INSERT INTO posting_tail VALUES (?, ?, ?)", (number, effect, blob))
        removed = np.unique(units) if effect == "remove" else units[:0]
        self.tail.append(Run(places, units, removed, number), bound // RUNS_TO_TAIL)
        self._go_on(min(max(pace * ROUND // bound, 1), ROUND))
        expired = self.figures.steps - ROUND
        self._connection.execute("DELETE FROM posting_tail WHERE number <= ?", (expired,))
        self.tail.drop_before(expired + 1)
        self._write_figures()

    def _go_on(self, steps: int) -> None:
        """Bring what the tail holds into the pages, so many steps of the hand; the last round ends where it began."""
        begin = self.figures.steps % ROUND
        for start, stop in ((begin, min(begin + steps, ROUND)), (0, begin + steps - ROUND)):
            if start < stop:
                for stretch in self._stretches(_place_at(start), _place_at(stop) - 1):
                    self._replace(stretch, *self._with_tail(stretch))
        self.figures.steps += steps

    def _stretches(self, start: int, last: int) -> Iterator[Stretch]:
        """The pages that hold the places from start to last, some at a time."""
        while start <= last:
            pages = self._connection.execute(PAGES_BETWEEN, (start, last, ROWS + 1)).fetchall()
            _demand(len(pages) > 0, f"the page of place {start}", "is missing")
            following = pages.pop()[0] if len(pages) > ROWS else last + 1
            yield Stretch(start, following - 1, pages, *_unpacked(blob for _, blob in pages))
            start = following

    def _with_tail(self, stretch: Stretch) -> tuple[Integers, Words32]:
        """The entries of the pages, and those of the tail that belong into them, without those of removed units."""
        places, units = self.tail.between(stretch.start, stretch.last)
        if len(places):
            places, units = kernels.merge(stretch.places, stretch.units, places, units)
        else:
            places, units = stretch.places, stretch.units
        if len(self.tail.removed):
            stays = self.tail.stays(units)
            places, units = places[stays], units[stays]
        return places, units

    def _replace(self, stretch: Stretch, places: Integers, units: Words32) -> None:
        """Put these entries into pages where those of a stretch were."""
        if np.array_equal(places, stretch.places) and np.array_equal(units, stretch.units):
            return
        starts = kernels.cut(places, PAGE_ENTRIES)
        bases = np.append(stretch.pages[0][0], places[starts[1:]])
        data, first = kernels.pack(places, units, starts, bases)
        blobs = map(data.data.__getitem__, map(slice, first[:-1].tolist(), first[1:].tolist()))
        self._connection.execute(
            "DELETE FROM posting_pages WHERE first_place BETWEEN ? AND ?", (stretch.pages[0][0], stretch.pages[-1][0])
        )
        self._connection.executemany("INSERT INTO posting_pages VALUES (?, ?)", zip(bases.tolist(), blobs, strict=True))
        self.figures.pages += len(bases) - len(stretch.pages)
        self.figures.entries += len(places) - len(stretch.places)

    def _write_figures(self) -> None:
        figures = self.figures
        self._connection.execute(
            "UPDATE posting_hand SET steps = ?, pages = ?, entries = ?", (figures.steps, figures.pages, figures.entries)
        )


def _begin(connection: sqlite3.Connection, steps: int) -> None:
    """One empty page, and how far the hand has gone."""
    connection.execute("INSERT INTO posting_hand VALUES (?, 1, 0)", (steps,))
    blob, _ = kernels.pack(*NOTHING, np.zeros(1, np.int64), np.array([FIRST_PLACE]))
    connection.execute("INSERT INTO posting_pages VALUES (?, ?)", (FIRST_PLACE, blob))


def _places(keys: Hashes) -> Integers:
    """The places of keys: an odd factor loses nothing, and spreads them over all of the circle."""
    return (keys * HASH_FACTOR).view(np.int64)


def _place_at(step: int) -> int:
    return FIRST_PLACE + step * PLACES_A_STEP


def _batch(places: Integers, first: Integers, units: Integers) -> tuple[Integers, Integers, tuple[Integers, Words32]]:
    """The distinct places of units, rising; which of them each place is; and the entries, in order, each once."""
    if len(units) and not (units[0] > 0 and (units[1:] > units[:-1]).all() and units[-1] <= kernels.UNIT):
        raise UsageError(f"the numbers of units are {units}; expected rising ones from 1 to {kernels.UNIT}")
    order = np.argsort(places)
    new = is_new(places[order])
    distinct, which = places[order[new]], np.empty(len(places), np.int64)
    which[order] = np.cumsum(new, dtype=np.int64) - 1
    borne = which << kernels.HALF
    borne |= np.repeat(units, first[1:] - first[:-1])
    borne.sort()
    borne = borne[is_new(borne)]
    return distinct, which, (distinct[borne >> kernels.HALF], (borne & kernels.UNIT).astype(np.uint32))


def _first_of(borne: Integers, count: int) -> Integers:
    """Where the bearers of each of so many places begin, and the last one's end."""
    return borne.searchsorted(np.arange(count + 1) << kernels.HALF)


def _joined(blobs: Iterable[bytes]) -> tuple[Bytes, Integers, Integers]:
    """Packed entries one after another: the bytes, where those of each blob begin, and how many entries they are."""
    blobs = list(blobs)
    try:
        data = np.frombuffer(b"".join(blobs), np.uint8)
    except TypeError:
        raise DamagedIndexError("a page or row of the tail is missing") from None
    first = np.zeros(len(blobs) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, blobs), np.int64, len(blobs)), out=first[1:])
    counts = kernels.count_packed(data, first)
    _demand(bool((counts >= 0).all()), "a page or row of the tail", "is not packed as it was written")
    return data, first, counts


def _unpacked(blobs: Iterable[bytes]) -> tuple[Integers, Integers, Words32]:
    """How many entries each blob packs, and the places and units of all."""
    data, first, counts = _joined(blobs)
    return counts, *kernels.unpack(data, first, counts)


def _run_of(rows: list[tuple[int, Effect, bytes]]) -> Run:
    """Some rows of the tail as one run."""
    counts, places, units = _unpacked(blob for _, _, blob in rows)
    removed = np.unique(units[np.repeat([effect == "remove" for _, effect, _ in rows], counts)])
    if len(rows) > 1:
        places, units = in_order(places, units)
    return Run(places, units, removed, rows[-1][0])


def _are_in_order(places: Integers, units: Words32) -> bool:
    """Whether entries are in the order of place and then unit, each once, and no unit is 0."""
    beyond, same = places[1:] > places[:-1], places[1:] == places[:-1]
    return bool((beyond | same & (units[1:] > units[:-1])).all() and (units > 0).all())


def _demand(holds: bool, what: str, fault: str) -> None:
    if not holds:
        raise DamagedIndexError(f"{what} {fault}")
