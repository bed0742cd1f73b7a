"""Joining by average link: two clusters become one if enough of the pairs between them are linked.

In: nodes, the pairs of them that are linked, and those known not to belong together. Out: a label a node. Pairs that
nobody compared, or that are not linked but alike, are unknown and count neither way.

The clusters with the largest share of linked pairs are joined first, of equals those that share most, and of these
those with the smallest numbers; so the result does not depend on the order of the input. Sokal and Michener, "A
statistical method for evaluating systematic relationships", 1958. Only what is connected is looked at, and what is
wholly linked needs no look.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Fractions, Integers
from storyclust.cluster.joining_kernels import join_all


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of nodes that are linked, or known not to belong together.

    Attributes
    ----------
    one, other : int64 arrays, ``one < other``
    linked : bool array
    strength : float64 array
        How much a linked pair shares, 0-1.
    """

    one: Integers
    other: Integers
    linked: Flags
    strength: Fractions


@dataclass(slots=True)
class _Between:
    """What lies between two clusters: pairs linked, pairs known, and the strengths of the linked ones."""

    linked: int
    known: int
    strength: float

    @property
    def order(self) -> tuple[float, float]:
        """Sorts what is to be joined first to the front."""
        return (-self.linked / self.known, -round(self.strength / self.known, 9))

    def add(self, other: _Between) -> None:
        self.linked += other.linked
        self.known += other.known
        self.strength += other.strength


def join(nodes: int, pairs: Pairs, least: float) -> Integers:
    """The label of each node, the smallest node of its cluster; `least` is the share of linked pairs that joins."""
    labels = np.arange(nodes, dtype=np.int64)
    join_all(pairs.one[pairs.linked], pairs.other[pairs.linked], labels)
    inside = labels[pairs.one] == labels[pairs.other]
    contested = np.zeros(nodes, np.bool_)
    contested[labels[pairs.one[inside & ~pairs.linked]]] = True
    open_pairs = inside & contested[labels[pairs.one]]
    order = np.argsort(labels[pairs.one[open_pairs]], kind="stable")
    one, other, linked, strength = (
        column[open_pairs][order] for column in (pairs.one, pairs.other, pairs.linked, pairs.strength)
    )
    components = labels[one]
    edges = np.flatnonzero(np.concatenate(([True], components[1:] != components[:-1], [True]))[: len(one) + 1])
    labels[contested[labels]] = np.flatnonzero(contested[labels])
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        own = slice(start, stop)
        columns = one[own].tolist(), other[own].tolist(), linked[own].tolist(), strength[own].tolist()
        for head, members in _agglomerate(list(zip(*columns, strict=True)), least).items():
            labels[members] = head
    return labels


def _agglomerate(pairs: list[tuple[int, int, bool, float]], least: float) -> dict[int, list[int]]:
    """The clusters of one component by their smallest nodes."""
    between: dict[int, dict[int, _Between]] = {}
    for one, other, linked, strength in pairs:
        own = between.setdefault(one, {}).setdefault(other, _Between(0, 0, 0.0))
        own.add(_Between(int(linked), 1, strength if linked else 0.0))
        between.setdefault(other, {})[one] = own
    members = {node: [node] for node in between}
    heap = [(*pair.order, one, other) for one in between for other, pair in between[one].items() if one < other]
    heapq.heapify(heap)
    while heap and -heap[0][0] >= least:
        *order, one, other = heapq.heappop(heap)
        standing = between.get(one, {}).get(other)
        if standing is None or standing.order != tuple(order):
            continue  # one of the two has been joined since
        # What has fewer neighbours moves, so that a node moves a logarithmic number of times.
        kept, gone = (one, other) if len(between[one]) >= len(between[other]) else (other, one)
        members[kept] += members.pop(gone)
        for neighbour, pair in between.pop(gone).items():
            del between[neighbour][gone]
            if neighbour != kept:
                own = between[kept].setdefault(neighbour, _Between(0, 0, 0.0))
                own.add(pair)
                between[neighbour][kept] = own
                heapq.heappush(heap, (*own.order, min(kept, neighbour), max(kept, neighbour)))
    return {min(nodes): nodes for nodes in members.values()}
