"""The inverted index on disk: whatever is added, removed, rolled back and swept, it says what a dict of sets says."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storyclust.errors import DataError, UsageError
from storyclust.index import postings as module
from storyclust.index import postings_kernels as kernels
from storyclust.index.postings import Postings
from storyclust.text.words_kernels import HASH_FACTOR

FIRST, LAST = -(1 << 63), (1 << 63) - 1
# The keys whose places are the first and the last, and some that many units bear.
INVERSE = pow(int(HASH_FACTOR), -1, 1 << 64)
COMMON = [place * INVERSE % (1 << 64) for place in (FIRST, LAST, 0, 1)] + [0, 1, 2, 3, (1 << 64) - 1]
KEYS = st.lists(st.sampled_from(COMMON) | st.integers(0, (1 << 64) - 1), max_size=8)
UNITS = st.lists(st.tuples(st.integers(1, 9), KEYS), min_size=1, max_size=4)


def uint64(keys: list[int]) -> np.ndarray:
    return np.array(keys, np.uint64)


def arrays(units: dict[int, list[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What `add` takes."""
    keys = uint64([key for own in units.values() for key in own])
    return keys, np.cumsum([0, *map(len, units.values())]), np.array(list(units), np.int64)


def lists(units: np.ndarray, first: np.ndarray) -> list[list[int]]:
    return [units[start:stop].tolist() for start, stop in pairwise(first)]


@pytest.fixture(autouse=True)
def _pages_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PAGE_ENTRIES": 4, "TAIL_LEAST": 16, "PAGES_TO_TAIL": 2, "ROWS": 3}.items():
        monkeypatch.setattr(module, name, value)


class Life(RuleBasedStateMachine):
    """A writer and a reader of one file, and what they ought to find."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name, "postings")
        self.connection, self.other = (sqlite3.connect(path, isolation_level=None) for _ in range(2))
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = OFF")
        self.postings, self.last = Postings.create(self.connection), 0
        self.reader = Postings(self.other)
        self.units: dict[int, list[int]] = {}
        self.connection.execute("BEGIN")
        self.committed = dict(self.units)

    def teardown(self) -> None:
        self.connection.close()
        self.other.close()
        self.folder.cleanup()

    def bearers(self, keys: list[int], units: dict[int, list[int]]) -> list[list[int]]:
        return [[unit for unit, own in sorted(units.items()) if key in own] for key in keys]

    def numbered(self, units: list[tuple[int, list[int]]]) -> dict[int, list[int]]:
        numbers = (self.last + np.cumsum([step for step, _ in units])).tolist()
        self.last = numbers[-1]
        return dict(zip(numbers, (keys for _, keys in units), strict=True))

    @rule(units=UNITS)
    def add(self, units: list[tuple[int, list[int]]]) -> None:
        added = self.numbered(units)
        self.postings.add(*arrays(added))
        self.units |= added

    @rule(units=UNITS)
    def load(self, units: list[tuple[int, list[int]]]) -> None:
        added = self.numbered(units)
        keys, first, numbers = arrays(added)
        *borne, which = self.postings.load(keys, first, numbers)
        before = lists(*borne)
        assert [before[number] for number in which] == self.bearers(keys.tolist(), self.units)
        self.units |= added
        assert len(self.postings.tail) == 0

    @precondition(lambda self: self.units)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        gone = data.draw(st.lists(st.sampled_from(sorted(self.units)), min_size=1, max_size=3, unique=True))
        self.postings.remove(np.array(gone))
        self.units = {unit: keys for unit, keys in self.units.items() if unit not in gone}

    @rule()
    def commit(self) -> None:
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN")
        self.committed = dict(self.units)

    @rule()
    def roll_back(self) -> None:
        self.connection.execute("ROLLBACK")
        self.connection.execute("BEGIN")
        self.postings.reload()
        self.units = dict(self.committed)
        self.last = max([0, *self.units])

    @rule()
    def open_again(self) -> None:
        self.postings = Postings(self.connection)

    @rule(keys=KEYS)
    def read_elsewhere(self, keys: list[int]) -> None:
        self.other.execute("BEGIN")
        self.reader.refresh()
        keys = keys + COMMON
        assert lists(*self.reader.bearers(uint64(keys))) == self.bearers(keys, self.committed)
        self.other.execute("COMMIT")

    @rule()
    def check(self) -> None:
        self.postings.check()

    @invariant()
    def every_key_has_its_units(self) -> None:
        keys = [key for own in self.units.values() for key in own] + COMMON + COMMON[:2]
        assert lists(*self.postings.bearers(uint64(keys))) == self.bearers(keys, self.units)

    @invariant()
    def the_tail_is_bounded(self) -> None:
        rows = [blob for (blob,) in self.connection.execute("SELECT entries FROM posting_tail")]
        assert sum(module._unpacked(rows)[0]) <= 3 * self.postings.figures.bound


Life.TestCase.settings = hypothesis_settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase


@pytest.fixture
def postings() -> Iterator[Postings]:
    connection = sqlite3.connect(":memory:")
    yield Postings.create(connection)
    connection.close()


def fill(postings: Postings, units: int, keys: int = 5) -> dict[int, list[int]]:
    random = np.random.default_rng(units)
    own = {unit: random.integers(0, 1 << 64, keys, np.uint64).tolist() for unit in range(1, units + 1)}
    for unit in own:
        postings.add(*arrays({unit: own[unit]}))
    return own


def test_an_addition_rewrites_few_pages_however_many_there_are(
    postings: Postings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = fill(postings, 200)
    rewritten: list[int] = []
    replace = Postings._replace
    monkeypatch.setattr(
        Postings,
        "_replace",
        lambda self, stretch, *new: rewritten.append(len(stretch.pages)) or replace(self, stretch, *new),
    )
    monkeypatch.setattr(module, "ROWS", 1000)
    for unit in range(201, 401):
        rewritten.append(0)
        postings.add(uint64([unit]), np.array([0, 1]), np.array([unit]))
    assert postings.figures.pages > 250
    assert max(rewritten) < 10
    assert len(own) == 200


def test_a_unit_that_was_removed_leaves_the_pages(postings: Postings) -> None:
    own = fill(postings, 90)
    pages = postings.figures.pages
    postings.remove(np.array([*own]))
    none = uint64([])
    postings.load(none, np.array([0]), np.array([], np.int64))
    assert postings.figures.entries == 0
    assert postings.figures.pages < pages / 2  # an empty one of each stretch
    postings.check()


def test_a_key_of_many_units_has_a_page_of_its_own(postings: Postings) -> None:
    postings.load(np.arange(1000, dtype=np.uint64), np.array([0, 1000]), np.array([1]))
    pages = postings.figures.pages
    for unit in range(2, 300):
        postings.add(uint64([7]), np.array([0, 1]), np.array([unit]))
    postings.load(uint64([]), np.array([0]), np.array([], np.int64))
    assert pages <= postings.figures.pages <= pages + 3
    assert lists(*postings.bearers(uint64([6, 7, 8]))) == [[1], list(range(1, 300)), [1]]
    sizes = [len(blob) for (blob,) in postings._connection.execute("SELECT entries FROM posting_pages")]
    assert sorted(sizes)[-2] < 100


@pytest.mark.parametrize("units", [[0], [2, 2], [3, 1], [1 << 32]])
def test_units_are_numbered_upward(postings: Postings, units: list[int]) -> None:
    with pytest.raises(UsageError, match=r"expected rising ones from 1 to 4294967295"):
        postings.add(uint64([5] * len(units)), np.arange(len(units) + 1), np.array(units))


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("DELETE FROM posting_pages WHERE first_place < 0", "the page of place -9223372036854775808 is missing"),
        ("DELETE FROM posting_pages", "is missing"),
        ("UPDATE posting_pages SET entries = x'08'", "is not packed as it was written"),
        ("UPDATE posting_pages SET entries = x'09000000000000000000'", "is not packed as it was written"),
        ("UPDATE posting_pages SET entries = zeroblob(10)", "is not packed as it was written"),
        ("UPDATE posting_pages SET entries = substr(entries, 1, length(entries) - 1)", "not packed as it was written"),
        (
            "UPDATE posting_pages SET entries = CAST(x'0104' || substr(entries, 3, 8) || zeroblob(5) AS BLOB)",
            "is not in order",
        ),
        ("UPDATE posting_pages SET first_place = first_place + 1 WHERE first_place > 0", "belongs into another"),
        ("UPDATE posting_hand SET entries = entries + 1", "entries were"),
        ("UPDATE posting_tail SET number = number + 100000000000000", "does not go with a hand at"),
        ("UPDATE posting_tail SET effect = 'swap'", "has the effect 'swap'"),
        (
            "UPDATE posting_tail SET entries = CAST(x'0104' || substr(entries, 3, 8) || zeroblob(5) AS BLOB)",
            "tail is not in order",
        ),
    ],
)
def test_damage_is_found(postings: Postings, damage: str, found: str) -> None:
    fill(postings, 40)
    postings.check()
    postings._connection.execute(damage)
    with pytest.raises(DataError, match=found):
        Postings(postings._connection).check()


PLACES = st.integers(FIRST, LAST) | st.sampled_from([FIRST, LAST, -1, 0, 1])
ENTRIES = st.lists(st.tuples(PLACES, st.integers(1, (1 << 32) - 1)), max_size=30, unique=True).map(sorted)


def columns(entries: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([place for place, _ in entries], np.int64), np.array([unit for _, unit in entries], np.uint32)


def rows(places: np.ndarray, units: np.ndarray) -> list[tuple[int, int]]:
    return list(zip(places.tolist(), units.tolist(), strict=True))


@hypothesis_settings(deadline=None)  # kernels are compiled in the first call
@given(ENTRIES, ENTRIES)
def test_merged_are_the_entries_of_both(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    assert rows(*kernels.merge(*columns(some), *columns(others))) == sorted({*some, *others})


@hypothesis_settings(deadline=None)
@given(ENTRIES, st.integers(1, 5))
def test_unpacked_is_what_was_packed_and_no_place_is_cut(entries: list[tuple[int, int]], most: int) -> None:
    places, units = columns(entries)
    starts = kernels.cut(places, most)
    bases = np.append(FIRST, places[starts[1:]])
    data, first = kernels.pack(places, units, starts, bases)
    counts = kernels.count_packed(data, first)
    assert rows(*kernels.unpack(data, first, counts)) == entries
    assert starts.tolist() == np.cumsum([0, *counts[:-1]]).tolist()
    for start, count in zip(starts, counts, strict=True):
        page = places[start : start + count]
        assert not len(page) or len({*page.tolist()}.intersection(places[start + count :].tolist())) == 0
        assert count <= 2 * most or len({*page.tolist()}) == 1


@hypothesis_settings(deadline=None)
@given(ENTRIES, st.lists(PLACES, min_size=2, max_size=9).map(sorted))
def test_a_place_is_found_where_it_stands(entries: list[tuple[int, int]], wanted: list[int]) -> None:
    places, units = columns(entries)
    wanted = sorted({*wanted, *places[:3].tolist()})
    borne = kernels.bearers_in_entries(places, units, np.array(wanted, np.int64), np.arange(len(wanted)))
    expected = [(wanted.index(place), unit) for place, unit in entries if place in wanted]
    assert rows(borne >> 32, borne & ((1 << 32) - 1)) == expected
    between = [entry for entry in entries if wanted[0] <= entry[0] <= wanted[-1]]
    assert rows(*kernels.between(places, units, wanted[0], wanted[-1])) == between
