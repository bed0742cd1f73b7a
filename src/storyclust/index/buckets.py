"""How many keys speak for each pair of units, when units come and go.

In: the keys of units that come and go, and who bears these keys. Out: pairs, and by how much their number of keys
changes. A pair is compared as long as a key speaks for it, by the rule of `storyclust.match.candidates_kernels`: a key
with few bearers speaks for all pairs of them, one with many, which is hot, for those with its leaders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers
from storyclust.index.tail import is_new
from storyclust.match.candidates_kernels import HOT, LEADERS

LOW = np.int64((1 << 32) - 1)

# Pairs, by their two units, and what each of them gains.
Part = tuple[Integers, Integers, int]


@dataclass(frozen=True, slots=True)
class Entries:
    """Keys and who bears them: arrays, one item an entry.

    Attributes
    ----------
    keys : uint64 array
    units : int64 array
    """

    keys: Hashes
    units: Integers

    def by_key(self) -> tuple[Entries, Integers]:
        """The same entries, those of one key one after another; and which of these here each of those is."""
        order = np.argsort(self.keys)
        return Entries(self.keys[order], self.units[order]), order

    def take(self, chosen: Flags) -> Entries:
        """The entries chosen (bool, one an entry)."""
        return Entries(self.keys[chosen], self.units[chosen])


@dataclass(frozen=True, slots=True)
class Changes:
    """By how much the number of keys that speak for pairs changes.

    Attributes
    ----------
    low, high : int64 arrays, one a pair
        Units, ``low < high``.
    delta : int64 array, one a pair
        Not 0.
    """

    low: Integers
    high: Integers
    delta: Integers

    @classmethod
    def of(cls, parts: list[Part]) -> Changes:
        """The sum of pairs, each with what it adds."""
        gained, lost = (_counted([part for part in parts if part[2] == sign]) for sign in (1, -1))
        pairs, delta = gained
        if len(lost[0]):
            listed = np.concatenate((pairs, lost[0]))
            order = np.argsort(listed)
            listed, begins = listed[order], np.flatnonzero(is_new(listed[order]))
            delta = np.add.reduceat(np.concatenate((delta, -lost[1]))[order], begins)
            pairs, delta = listed[begins][delta != 0], delta[delta != 0]
        return cls(pairs >> 32, pairs & LOW, delta)


def _counted(parts: list[Part]) -> tuple[Integers, Integers]:
    """The distinct pairs of all parts, each as one number, rising; and how often each is there."""
    one, other = (np.concatenate([part[side] for part in parts] or [_NONE]) for side in (0, 1))
    listed = np.minimum(one, other) << 32 | np.maximum(one, other)
    listed.sort()
    begins = np.flatnonzero(is_new(listed))
    return listed[begins], np.diff(begins, append=len(listed))


_NONE = np.empty(0, np.int64)


def parts_of_small(bearers: tuple[Integers, Integers], keys: Hashes, coming: Entries, going: Entries) -> list[Part]:
    """What changes where a key has few bearers before and after.

    Parameters
    ----------
    bearers : tuple of int64 arrays
        The units that bear each key before, and from where on those of each.
    keys : uint64 array, rising
        Those of all entries.
    coming, going : Entries
        Of these keys, by key.
    """
    units, first = bearers
    stays = ~np.isin(units, going.units) if len(going.units) else np.ones(len(units), np.bool_)
    # An entry of a unit that goes is gone from all of its keys.
    staying, first = units[stays], np.concatenate(([0], np.cumsum(stays)))[first]
    parts: list[Part] = []
    for entries, sign in ((coming, 1), (going, -1)):
        place, own = np.searchsorted(keys, entries.keys), entries.units
        parts += [(*_across(own, first[place], first[place + 1], staying), sign), (*_among(own, place), sign)]
    return parts


def _across(units: Integers, start: Integers, stop: Integers, others: Integers) -> tuple[Integers, Integers]:
    """Each unit with its stretch of the others."""
    counts = stop - start
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - start, counts)
    return np.repeat(units, counts), others[place]


def _among(units: Integers, group: Integers) -> tuple[Integers, Integers]:
    """Each unit with those before it of its group; group rises."""
    begins = np.flatnonzero(np.concatenate(([True], group[1:] != group[:-1]))[: len(group)])
    sizes = np.diff(np.append(begins, len(group)))
    return _across(units, np.repeat(begins, sizes), np.arange(len(units)), units)


def pairs_of_bucket(members: Integers, hashes: Hashes) -> tuple[Integers, Integers]:
    """The pairs that one key speaks for, whose bearers have these content hashes."""
    if len(members) <= HOT:
        one, other = np.triu_indices(len(members), 1)
        return members[one], members[other]
    order = np.argsort(hashes, kind="stable")
    ranked = members[order]
    one, other = np.divmod(np.arange(LEADERS * len(ranked)), len(ranked))
    once = one < other  # a leader with itself, and with the leaders before it
    return ranked[one[once]], ranked[other[once]]
