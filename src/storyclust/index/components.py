"""Which units are one cluster, for the components that a change touches: the batch job's rules on a part of all.

In: units whose pairs have changed. Out: their components, and the cluster of each at every level. What clustering
decides in one component of linked units does not depend on any other, so these alone are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers
from storyclust.cluster.canonical import Members, choose_canonicals
from storyclust.cluster.joining_kernels import join_all
from storyclust.cluster.levels import LEVELS, build_levels
from storyclust.index.records import WHOLE, Pairs, read_pairs, read_terms
from storyclust.index.shelf import Shelf, name_or_none
from storyclust.match.candidates import Candidates
from storyclust.match.likeness import Vectors
from storyclust.match.links import Edges
from storyclust.match.terms import Terms
from storyclust.model import Level

COLUMNS = "number, hash, head, component, bearers, story_words, narrated, copy, version, partial, terms, pairs"


@dataclass(frozen=True, slots=True)
class Units:
    """The units of some components, those that are compared by content hash and then the others.

    Attributes
    ----------
    numbers, heads, components, bearers, story_words, narrated : int64 arrays, one a unit
        `heads`: the story first in rank of those that bear it.
    labels : dict from level to int64 array
        The first story of its cluster, 0 for a unit that has just come.
    compared : int
        How many of them are compared.
    terms : Terms
        Of the compared ones.
    pairs : structured array, and owners, others : int64 arrays
        The pairs of compared units, both among these, and their places.
    """

    numbers: Integers
    heads: Integers
    components: Integers
    bearers: Integers
    story_words: Integers
    narrated: Integers
    labels: dict[Level, Integers]
    compared: int
    terms: Terms
    pairs: Pairs
    owners: Integers
    others: Integers

    @classmethod
    def load(cls, shelf: Shelf, components: Iterable[int]) -> Units:
        """All units of some components."""
        query = f"SELECT {COLUMNS} FROM (SELECT value FROM json_each(?)) JOIN units ON component = value"
        rows = shelf.rows(query, components)
        rows.sort(key=lambda row: (row[1] is None, (row[1] or 0) & WHOLE, row[0]))
        numbers, _, heads, own, bearers, story_words, narrated, *labels = (
            np.array(column or [0], np.int64)[: len(rows)] if place != 1 else np.empty(0, np.int64)
            for place, column in enumerate(list(zip(*rows, strict=True))[:10] or [()] * 10)
        )
        compared = sum(row[1] is not None for row in rows)
        terms = Terms(*read_terms([row[10] for row in rows[:compared]]))
        pairs, sizes = read_pairs([row[11] for row in rows[:compared]])
        place = np.argsort(numbers)
        other = pairs["other"].astype(np.int64)
        found = (
            place[np.minimum(np.searchsorted(numbers, other, sorter=place), max(len(numbers) - 1, 0))]
            if len(other)
            else other
        )
        inside = numbers[found] == other if len(other) else np.zeros(0, np.bool_)
        owners = np.repeat(np.arange(compared), sizes)[inside]
        by_level = dict(zip((level for level, _, _ in LEVELS), labels, strict=True))
        return cls(
            numbers,
            heads,
            own,
            bearers,
            story_words,
            narrated,
            by_level,
            compared,
            terms,
            pairs[inside],
            owners,
            found[inside],
        )

    def __len__(self) -> int:
        """How many units."""
        return len(self.numbers)

    @property
    def linked(self) -> Flags:
        """Which of the pairs are linked."""
        flags: Flags = self.pairs["relation"] > 0
        return flags

    def edges(self) -> Edges:
        """The links, each from the longer unit to the shorter, sorted by these."""
        one, other, pairs = self.owners[self.linked], self.others[self.linked], self.pairs[self.linked]
        words = self.story_words
        swap = (words[one] < words[other]) | ((words[one] == words[other]) & (one < other))
        longer, shorter = np.where(swap, other, one), np.where(swap, one, other)
        order = np.argsort(longer * len(self) + shorter)
        columns = longer.astype(np.int32), shorter.astype(np.int32), *(pairs[name] for name in _FIGURES)
        share, shared_words, relation = (column[order] for column in columns[2:])
        return Edges(columns[0][order], columns[1][order], share, shared_words.astype(np.int64), relation)

    def candidates(self) -> Candidates:
        """All pairs that were compared."""
        later, earlier = np.maximum(self.owners, self.others), np.minimum(self.owners, self.others)
        order = np.argsort(later * len(self) + earlier)
        return Candidates(later[order].astype(np.int32), earlier[order].astype(np.int32), 0)

    def joined(self) -> Integers:
        """The component of each unit: its smallest unit. Units that are compared no more stay together."""
        parents = np.arange(len(self))
        _, first, own = np.unique(self.components[self.compared :], return_index=True, return_inverse=True)
        parents[self.compared :] = self.compared + first[own]
        join_all(self.owners[self.linked], self.others[self.linked], parents)
        smallest = np.full(len(self), np.iinfo(np.int64).max)
        np.minimum.at(smallest, parents, self.numbers)
        return smallest[parents]


_FIGURES = ("share", "shared_words", "relation")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where units stand now.

    Attributes
    ----------
    components : int64 array, one a unit
    labels : dict from level to int64 array
        The first story, in rank, of the cluster of each.
    canonicals : dict from int to (int, str)
        Of clusters of two or more at the level asked for, by their first story: the story to keep, and why.
    """

    components: Integers
    labels: dict[Level, Integers]
    canonicals: dict[int, tuple[int, str]]


def settle(shelf: Shelf, units: Units) -> Standing:
    """The clusters of whole components."""
    settings, workers, compared = shelf.settings, shelf.workers, units.compared
    edges = units.edges()
    related = units.bearers[:compared] > 1
    related[edges.longer] = related[edges.shorter] = True
    vectors = Vectors.of(_only(units.terms, related), shelf.profile, workers)
    levels = build_levels(edges, units.candidates(), compared, vectors, settings, workers)
    tellers = _tellers(shelf, units)
    labels = {
        level: _first_tellers(np.append(own, compared + _as_before(units.labels[level][compared:])), tellers)
        for level, own in levels.labels.items()
    }
    canonicals = _canonicals(units, labels[settings.level], tellers, vectors.terms, shelf)
    canonicals |= _canonicals_of_expired(shelf, units, labels[settings.level], canonicals)
    return Standing(units.joined(), labels, canonicals)


def _as_before(labels: Integers) -> Integers:
    """Numbers of clusters, from 0, of units that are not compared: those that were together are; new ones are alone."""
    own: Integers = np.unique(np.where(labels > 0, labels, -1 - np.arange(len(labels))), return_inverse=True)[1]
    return own


def _canonicals_of_expired(
    shelf: Shelf, units: Units, labels: Integers, chosen: dict[int, tuple[int, str]]
) -> dict[int, tuple[int, str]]:
    """The story to keep of clusters without any text: the one that was, or else the first in rank."""
    if units.compared == len(units):
        return {}
    former, now = units.labels[shelf.settings.level][units.compared :], labels[units.compared :]
    query = (
        "SELECT head, canonical, reason FROM (SELECT value FROM json_each(?)) JOIN clusters ON head = value "
        "JOIN stories ON number = canonical WHERE unit <> 0"
    )
    kept = {head: (canonical, reason) for head, canonical, reason in shelf.rows(query, set(former.tolist()))}
    return {
        head: kept.get(before, (head, "the earliest; the texts of all of them have expired"))
        for before, head in zip(former.tolist(), now.tolist(), strict=True)
        if head in chosen
    }


def _only(terms: Terms, chosen: Flags) -> Terms:
    """The terms of the contents chosen; the others have none, as in a batch."""
    counts = np.diff(terms.first_term)
    own = np.repeat(chosen, counts)
    return Terms(terms.columns[own], terms.counts[own], np.concatenate(([0], np.cumsum(np.where(chosen, counts, 0)))))


@dataclass(frozen=True, slots=True)
class Tellers:
    """Stories that stand for all of their units, in order of rank; arrays and lists, one item a story.

    Attributes
    ----------
    stories : int64 array
    units : int64 array
        The place of each one's unit.
    counts : int64 array
        How many stories it stands for.
    sources : list of str or None
    standings : list of int
        As of `storyclust.cluster.standing`.
    """

    stories: Integers
    units: Integers
    counts: Integers
    sources: list[str | None]
    standings: list[int]


def _tellers(shelf: Shelf, units: Units) -> Tellers:
    """The first stories of all units; all stories where it matters whose they are, or one stands unlike others."""
    place = {unit: place for place, unit in enumerate(units.numbers.tolist())}
    query = (
        "SELECT number, unit, published, id, source, standing FROM (SELECT value FROM json_each(?)) JOIN stories ON "
    )
    unlike = f"{query} unit = value WHERE standing <> 0 LIMIT 1"
    if shelf.settings.preferred_sources or shelf.rows(unlike, units.numbers.tolist()):
        rows = shelf.rows(query + "unit = value", units.numbers.tolist())
        counts = dict.fromkeys(place, 1)
    else:
        rows = shelf.rows(query + "number = value", units.heads.tolist())
        counts = dict(zip(place, units.bearers.tolist(), strict=True))
    rows.sort(key=lambda row: (row[2] is None, row[2] or 0, row[3]))
    return Tellers(
        np.array([row[0] for row in rows], np.int64),
        np.array([place[row[1]] for row in rows], np.int64),
        np.array([counts[row[1]] for row in rows], np.int64),
        [name_or_none(row[4]) for row in rows],
        [row[5] for row in rows],
    )


def _first_tellers(labels: Integers, tellers: Tellers) -> Integers:
    """Of each unit the story first in rank of those whose units have its label."""
    known, first = np.unique(labels[tellers.units], return_index=True)
    found: Integers = tellers.stories[first][np.searchsorted(known, labels)]
    return found


def _canonicals(
    units: Units, labels: Integers, tellers: Tellers, terms: Terms, shelf: Shelf
) -> dict[int, tuple[int, str]]:
    """The story to keep of each cluster of two or more, and why."""
    clusters = labels[tellers.units]
    order = np.argsort(clusters, kind="stable")
    heads, first, inverse = np.unique(clusters[order], return_index=True, return_inverse=True)
    several = np.bincount(inverse, weights=tellers.counts[order], minlength=len(heads)) > 1
    order = order[several[inverse]]
    sizes = np.diff(np.append(first, len(clusters)))[several]
    first = np.concatenate(([0], np.cumsum(sizes)))
    own = tellers.units[order]
    sources, standings = ([column[at] for at in order.tolist()] for column in (tellers.sources, tellers.standings))
    members = Members(np.where(own < units.compared, own, -1), sources, tellers.counts[order], first, standings)
    chosen = choose_canonicals(members, units.narrated[: units.compared], terms, shelf.profile, shelf.settings)
    stories = tellers.stories[order]
    return {
        head: (int(stories[start + place]), reason)
        for head, start, (place, reason) in zip(heads[several].tolist(), first.tolist(), chosen, strict=False)
    }
