"""Which units bear a key, and for which pairs of them keys speak, kept up to date as units come and go.

In: the keys of units. Out: `Changes` of pairs. Bearers stand in the postings; of a hot key, so that a new bearer costs
the same however many there are, its leaders are kept at hand: the bearers of smallest content hash.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers
from storyclust.index.buckets import Changes, Entries, Part, pairs_of_bucket, parts_of_small
from storyclust.index.postings import Postings
from storyclust.index.records import WHOLE
from storyclust.index.tail import is_new
from storyclust.match.candidates_kernels import HOT, LEADERS

# So many units at once are added by going through all pages.
MANY = 1000
LEADER = np.dtype([("hash", "<u8"), ("unit", "<u4")])


@dataclass(frozen=True, slots=True)
class Bucket:
    """A hot key: how many units have borne it, its leaders (units, by content hash), and whether some have expired."""

    size: int
    worn: bool
    hashes: Hashes
    leaders: Integers

    @classmethod
    def of(cls, members: Integers, hashes: Hashes) -> Bucket:
        """The bucket of these bearers."""
        first = np.argsort(hashes, kind="stable")[:LEADERS]
        return cls(len(members), False, hashes[first], members[first])


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
        bearers, _ = self._postings.bearers(keys[~np.isin(keys, _keys_of(hot))])
        return np.unique(np.concatenate((bearers, *(bucket.leaders for bucket in hot.values()))))

    def change(self, coming: Entries, going: Entries) -> Changes:
        """Units come with all of their keys, and others go with all of theirs; the rows of all of them are there."""
        coming, going = coming.by_key(), going.by_key()
        keys = np.sort(np.concatenate((coming.keys, going.keys)))
        keys = keys[is_new(keys)]
        hot = self._hot(keys)
        is_cold = np.ones(len(keys), np.bool_)
        is_cold[np.searchsorted(keys, _keys_of(hot))] = False
        cold = keys[is_cold]
        bearers, first = self._before(cold, coming, going)
        after = np.diff(first) + _counts(cold, coming) - _counts(cold, going)
        small = after <= HOT
        parts = self._heated(cold[~small], _chosen(bearers, first, ~small), coming, going)
        for key, bucket in hot.items():
            parts += self._changed(key, bucket, _of(coming, key), _of(going, key))
        few = cold[small]
        calm = (entries.take(_among(entries.keys, few)) for entries in (coming, going))
        parts += parts_of_small(_chosen(bearers, first, small), few, *calm)
        self._postings.remove(np.unique(going.units))
        return Changes.of(parts)

    def clear(self) -> None:
        """No unit bears any key."""
        self._connection.execute("DELETE FROM hot")
        self._postings.clear()

    def check(self) -> None:
        """Read all postings, and raise DamagedIndexError at what is not as it was written."""
        self._postings.check()

    def _before(self, keys: Hashes, coming: Entries, going: Entries) -> tuple[Integers, Integers]:
        """The bearers of some keys, and where those of each begin; those that come are added, but not among them."""
        listed = _by_unit(coming)
        if len(listed[2]) < MANY or len(going.keys):
            found = self._postings.bearers(keys)
            self._postings.add(*listed)
            return found
        bearers, first, lists = self._postings.load(*listed)
        given, place = np.unique(listed[0], return_index=True)
        own = lists[place[np.searchsorted(given, keys)]]
        counts = np.diff(first)[own]
        begin = np.repeat(first[own] - np.cumsum(counts) + counts, counts)
        return bearers[begin + np.arange(counts.sum())], np.concatenate(([0], np.cumsum(counts)))

    def expire(self, going: Entries) -> None:
        """Units go without a change to any pair: what they were compared with stays as it is."""
        for key, bucket in self._hot(np.unique(going.keys)).items():
            self._keep(key, replace(bucket, worn=True))
        self._postings.remove(np.unique(going.units))

    def _heated(self, keys: Hashes, bearers: tuple[Integers, Integers], coming: Entries, going: Entries) -> list[Part]:
        """Keys become hot."""
        units, first = bearers
        parts = []
        for place, key in enumerate(keys):
            before = units[first[place] : first[place + 1]]
            after = np.union1d(np.setdiff1d(before, _of(going, key)), _of(coming, key))
            hashes = self._hashes(after)
            self._keep(int(key), Bucket.of(after, hashes))
            parts += [(*pairs_of_bucket(before, _NO_MATTER[: len(before)]), -1), (*pairs_of_bucket(after, hashes), 1)]
        return parts

    def _changed(self, key: int, bucket: Bucket, coming: Integers, going: Integers) -> list[Part]:
        """A key that is hot gains and loses bearers."""
        ranked = np.concatenate((bucket.leaders, coming))
        hashes = np.concatenate((bucket.hashes, self._hashes(coming)))
        new = Bucket.of(ranked, hashes)
        size = bucket.size + len(coming) - (0 if bucket.worn else len(going))
        same_leaders = np.array_equal(new.leaders, bucket.leaders) and not np.isin(going, bucket.leaders).any()
        if same_leaders and size > HOT:
            self._keep(key, replace(bucket, size=size))
            leaders = bucket.leaders
            return [
                (np.repeat(units, len(leaders)), np.tile(leaders, len(units)), sign)
                for units, sign in ((coming, 1), (going, -1))
            ]
        there, _ = self._postings.bearers(np.array([key], np.uint64))
        before = np.setdiff1d(there, coming)
        after = np.union1d(np.setdiff1d(before, going), coming)
        hashes = self._hashes(after)
        parts = [(*pairs_of_bucket(after, hashes), 1)]
        if bucket.worn:
            # What expired was compared once and is no more: which pairs it spoke for cannot be told, so none is lost.
            self._keep(key, replace(Bucket.of(after, hashes), size=size, worn=True))
            return parts
        if size > HOT:
            self._keep(key, Bucket.of(after, hashes))
        else:
            self._connection.execute("DELETE FROM hot WHERE key = ?", (_signed(key),))
        return [*parts, (*pairs_of_bucket(before, self._hashes(before)), -1)]

    def _hot(self, keys: Hashes) -> dict[int, Bucket]:
        """Those of the keys that are hot."""
        rows = self._connection.execute(
            "SELECT hot.key, size, worn, leaders FROM (SELECT value FROM json_each(?)) JOIN hot ON hot.key = value",
            (json.dumps(keys.view(np.int64).tolist()),),
        )
        found = {}
        for key, size, worn, blob in rows:
            leaders = np.frombuffer(blob, LEADER)
            bucket = Bucket(size, bool(worn), leaders["hash"].copy(), leaders["unit"].astype(np.int64))
            found[key & WHOLE] = bucket
        return found

    def _keep(self, key: int, bucket: Bucket) -> None:
        leaders = np.empty(len(bucket.leaders), LEADER)
        leaders["hash"], leaders["unit"] = bucket.hashes, bucket.leaders
        row = _signed(key), bucket.size, bucket.worn, leaders.tobytes()
        self._connection.execute("REPLACE INTO hot VALUES (?, ?, ?, ?)", row)

    def _hashes(self, units: Integers) -> Hashes:
        """The content hashes of units."""
        if len(units) == 0:
            return np.empty(0, np.uint64)
        rows = self._connection.execute(
            "SELECT number, hash FROM (SELECT value FROM json_each(?)) JOIN units ON number = value",
            (json.dumps(units.tolist()),),
        )
        known = dict(rows.fetchall())
        return np.array([known[unit] for unit in units.tolist()], np.int64).view(np.uint64)


_NO_MATTER = np.zeros(HOT, np.uint64)  # of few bearers all are paired, whatever their hashes


def _signed(key: int) -> int:
    """A key as SQLite's integers have it."""
    return int(np.uint64(key).view(np.int64))


def _keys_of(hot: dict[int, Bucket]) -> Hashes:
    return np.array(list(hot), np.uint64)


def _of(entries: Entries, key: int) -> Integers:
    """The units that bear a key; entries by key."""
    value = np.uint64(key)
    return entries.units[entries.keys.searchsorted(value) : entries.keys.searchsorted(value, "right")]


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


def _by_unit(entries: Entries) -> tuple[Hashes, Integers, Integers]:
    """Keys, those of one unit after those of another; where those of each unit begin; the units, rising."""
    order = np.argsort(entries.units, kind="stable")
    units, first = np.unique(entries.units[order], return_index=True)
    return entries.keys[order], np.append(first, len(order)), units


def _chosen(bearers: Integers, first: Integers, chosen: Flags) -> tuple[Integers, Integers]:
    """The bearers of the keys chosen."""
    counts = np.diff(first)
    return bearers[np.repeat(chosen, counts)], np.concatenate(([0], np.cumsum(counts[chosen])))
