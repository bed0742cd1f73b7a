"""Which units bear a key, and for which pairs of them keys speak, kept up to date as units come and go.

In: the keys of units. Out: `Changes` of pairs. Bearers stand in the postings; of a hot key, so that a new bearer costs
the same however many there are, its leaders are kept at hand: the bearers of smallest content hash.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers
from storyclust.index.buckets import Changes, Entries, Part, pairs_of_bucket, parts_of_small
from storyclust.index.postings import Postings
from storyclust.index.records import WHOLE
from storyclust.index.tail import is_new
from storyclust.match.candidates_kernels import HOT, LEADERS

# So many units at once are added by going through all pages.
MANY = 1000
# Of so many keys at once it is faster to read all that are hot than to ask for each.
MANY_KEYS = 10_000
LEADER = np.dtype([("hash", "<u8"), ("unit", "<u4")])
NOBODY = np.iinfo(np.uint64).max  # comes after all content hashes


@dataclass(frozen=True, slots=True)
class Buckets:
    """The hot ones among some keys, rising; arrays, one item or row a key.

    Attributes
    ----------
    keys : uint64 array
    sizes : int64 array
        How many units have borne each.
    worn : bool array
        Whether some of these have expired.
    hashes, leaders : uint64 and int64 arrays of shape (keys, LEADERS)
        The bearers of smallest content hash, by it: hash and unit. NOBODY and 0 where there are fewer.
    """

    keys: Hashes
    sizes: Integers
    worn: Flags
    hashes: Hashes
    leaders: Integers

    @classmethod
    def of_rows(cls, rows: list[tuple[int, int, int, bytes]]) -> Buckets:
        """From the rows of `hot`."""
        rows = sorted(rows, key=lambda row: row[0] & WHOLE)
        hashes = np.full((len(rows), LEADERS), NOBODY, np.uint64)
        leaders = np.zeros((len(rows), LEADERS), np.int64)
        led = np.array([len(row[3]) // LEADER.itemsize for row in rows], np.int64)
        listed = np.frombuffer(b"".join(row[3] for row in rows), LEADER)
        there = np.arange(LEADERS) < led[:, None]
        hashes[there], leaders[there] = listed["hash"], listed["unit"]
        keys, sizes, worn = (np.array([row[column] for row in rows], np.int64) for column in range(3))
        return cls(keys.view(np.uint64), sizes, worn > 0, hashes, leaders)

    def take(self, chosen: Flags) -> Buckets:
        """Those chosen (bool, one a key)."""
        return Buckets(*(getattr(self, field.name)[chosen] for field in fields(self)))


class Keys:
    """The keys of all units of an index."""

    def __init__(self, connection: sqlite3.Connection, postings: Postings) -> None:
        """Of an open index."""
        self._connection = connection
        self._postings = postings

    def candidates(self, keys: Hashes) -> Integers:
        """The units that would be compared with one of these keys, rising."""
        keys = np.unique(keys)
        hot = self._hot(keys)
        bearers, _ = self._postings.bearers(keys[~_among(keys, hot.keys)])
        return np.unique(np.concatenate((bearers, hot.leaders[hot.leaders > 0])))

    def change(self, coming: Entries, going: Entries) -> Changes:
        """Units come with all of their keys, and others go with all of theirs; the rows of all of them are there.

        coming: unit after unit, rising; going: in any order.
        """
        by_unit, gone = coming, np.unique(going.units)
        (coming, order), (going, _) = coming.by_key(), going.by_key()
        keys = coming.keys if not len(gone) else np.sort(np.concatenate((coming.keys, going.keys)))
        keys = keys[is_new(keys)]
        hot = self._hot(keys)
        cold = keys[~_among(keys, hot.keys)]
        begins = np.flatnonzero(is_new(by_unit.units))
        listed = by_unit.keys, np.append(begins, len(by_unit.keys)), by_unit.units[begins]
        if len(begins) < MANY or len(gone):
            bearers, first = self._postings.bearers(cold)
            self._postings.add(*listed)
        else:
            bearers, first, own = self._postings.load(*listed)
            bearers, first = _chosen(bearers, first, own[order[np.searchsorted(coming.keys, cold)]])
        after = np.diff(first) + _counts(cold, coming) - _counts(cold, going)
        small = after <= HOT
        parts = self._heated(cold[~small], _chosen(bearers, first, np.flatnonzero(~small)), coming, going)
        parts += self._in_hot(hot, coming, going)
        few = cold[small]
        calm = (entries.take(_among(entries.keys, few)) for entries in (coming, going))
        parts += parts_of_small(_chosen(bearers, first, np.flatnonzero(small)), few, *calm)
        self._postings.remove(gone)
        return Changes.of(parts)

    def clear(self) -> None:
        """No unit bears any key."""
        self._connection.execute("DELETE FROM hot")
        self._postings.clear()

    def check(self) -> None:
        """Read all postings, and raise DamagedIndexError at what is not as it was written."""
        self._postings.check()

    def expire(self, going: Entries) -> None:
        """Units go without a change to any pair: what they were compared with stays as it is."""
        hot = self._hot(np.unique(going.keys))
        self._connection.executemany("UPDATE hot SET worn = 1 WHERE key = ?", [(key,) for key in _signed(hot.keys)])
        self._postings.remove(np.unique(going.units))

    def _heated(self, keys: Hashes, bearers: tuple[Integers, Integers], coming: Entries, going: Entries) -> list[Part]:
        """Keys become hot."""
        units, first = bearers
        parts: list[Part] = []
        if not len(keys):
            return parts
        hash_of = self._hashes(np.concatenate((units, coming.units)))
        for place, key in enumerate(keys):
            before = units[first[place] : first[place + 1]]
            after = np.union1d(np.setdiff1d(before, _of(going, key)), _of(coming, key))
            hashes = hash_of(after)
            self._keep(key, len(after), after, hashes, is_worn=False)
            parts += [(*pairs_of_bucket(before, _NO_MATTER[: len(before)]), -1), (*pairs_of_bucket(after, hashes), 1)]
        return parts

    def _in_hot(self, hot: Buckets, coming: Entries, going: Entries) -> list[Part]:
        """Keys that are hot gain and lose bearers."""
        if not len(hot.keys):
            return []
        coming, going = (entries.take(_among(entries.keys, hot.keys)) for entries in (coming, going))
        to, of = (np.searchsorted(hot.keys, entries.keys) for entries in (coming, going))
        came, went = (np.bincount(place, minlength=len(hot.keys)) for place in (to, of))
        sizes: Integers = hot.sizes + came - np.where(hot.worn, 0, went)
        led_otherwise = sizes <= HOT
        led_otherwise[to[self._hashes(coming.units)(coming.units) < hot.hashes[to, -1]]] = True
        led_otherwise[of[(hot.leaders[of] == going.units[:, None]).any(axis=1)]] = True
        same = ~led_otherwise
        self._connection.executemany(
            "UPDATE hot SET size = ? WHERE key = ?", zip(sizes[same].tolist(), _signed(hot.keys[same]), strict=True)
        )
        parts: list[Part] = []
        for entries, place, sign in ((coming, to, 1), (going, of, -1)):
            calm = same[place]
            parts.append((np.repeat(entries.units[calm], LEADERS), hot.leaders[place[calm]].ravel(), sign))
        return parts + self._led_otherwise(hot.take(led_otherwise), sizes[led_otherwise], coming, going)

    def _led_otherwise(self, hot: Buckets, sizes: Integers, coming: Entries, going: Entries) -> list[Part]:
        """Keys that were hot get other leaders, or are hot no more."""
        there, first = self._postings.bearers(hot.keys)
        hash_of = self._hashes(np.concatenate((there, coming.units)))
        parts: list[Part] = []
        for place, (key, size, worn) in enumerate(zip(hot.keys, sizes.tolist(), hot.worn.tolist(), strict=True)):
            new = _of(coming, key)
            before = np.setdiff1d(there[first[place] : first[place + 1]], new)
            after = np.union1d(np.setdiff1d(before, _of(going, key)), new)
            parts.append((*pairs_of_bucket(after, hash_of(after)), 1))
            # What expired was compared once and is no more: which pairs it spoke for cannot be told, so none is lost.
            if not worn:
                parts.append((*pairs_of_bucket(before, hash_of(before)), -1))
            if worn or size > HOT:
                self._keep(key, size, after, hash_of(after), is_worn=worn)
            else:
                self._connection.execute("DELETE FROM hot WHERE key = ?", _signed(np.array([key])))
        return parts

    def _hot(self, keys: Hashes) -> Buckets:
        """Those of the keys, rising, that are hot."""
        columns = "SELECT hot.key, size, worn, leaders FROM"
        if len(keys) < MANY_KEYS:
            query = f"{columns} (SELECT value FROM json_each(?)) JOIN hot ON hot.key = value"
            return Buckets.of_rows(self._connection.execute(query, (json.dumps(_signed(keys)),)).fetchall())
        hot = Buckets.of_rows(self._connection.execute(f"{columns} hot").fetchall())
        return hot.take(_among(hot.keys, keys))

    def _keep(self, key: np.uint64, size: int, bearers: Integers, hashes: Hashes, *, is_worn: bool) -> None:
        """Write that a key with these bearers is hot."""
        first = np.argsort(hashes, kind="stable")[:LEADERS]
        leaders = np.empty(len(first), LEADER)
        leaders["hash"], leaders["unit"] = hashes[first], bearers[first]
        row = *_signed(np.array([key])), size, is_worn, leaders.tobytes()
        self._connection.execute("REPLACE INTO hot VALUES (?, ?, ?, ?)", row)

    def _hashes(self, units: Integers) -> Callable[[Integers], Hashes]:
        """What gives the content hashes of any of these units."""
        asked = np.unique(units)
        rows = self._connection.execute(
            "SELECT number, hash FROM (SELECT value FROM json_each(?)) JOIN units ON number = value",
            (json.dumps(asked.tolist()),),
        )
        known = dict(rows.fetchall())
        hashes = np.array([known[unit] for unit in asked.tolist()], np.int64).view(np.uint64)

        def hash_of(some: Integers) -> Hashes:
            return hashes[np.searchsorted(asked, some)]

        return hash_of


_NO_MATTER = np.zeros(HOT, np.uint64)  # of few bearers all are paired, whatever their hashes


def _signed(keys: Hashes) -> list[int]:
    """Keys as SQLite's integers have them."""
    signed: list[int] = keys.view(np.int64).tolist()
    return signed


def _of(entries: Entries, key: np.uint64) -> Integers:
    """The units that bear a key; entries by key."""
    return entries.units[entries.keys.searchsorted(key) : entries.keys.searchsorted(key, "right")]


def _among(keys: Hashes, known: Hashes) -> Flags:
    """Which keys are among those known, which rise."""
    place = np.minimum(np.searchsorted(known, keys), max(len(known) - 1, 0))
    found: Flags = known[place] == keys if len(known) else np.zeros(len(keys), np.bool_)
    return found


def _counts(keys: Hashes, entries: Entries) -> Integers:
    """How many of the entries have each key (rising)."""
    own = entries.keys[_among(entries.keys, keys)]
    counts: Integers = np.bincount(np.searchsorted(keys, own), minlength=len(keys))
    return counts


def _chosen(bearers: Integers, first: Integers, lists: Integers) -> tuple[Integers, Integers]:
    """The bearers in the lists of these numbers, one list after another; and where those of each begin."""
    counts = np.diff(first)[lists]
    begin = np.repeat(first[lists] - np.cumsum(counts) + counts, counts)
    return bearers[begin + np.arange(counts.sum())], np.concatenate(([0], np.cumsum(counts)))
