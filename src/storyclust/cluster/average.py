"""Joining by average link: two clusters become one if enough of the pairs between them are linked.

In: nodes, the pairs of them that are linked, and those known not to belong together. Out: a label a node. Pairs that
nobody compared, or that are not linked but alike, are unknown and count neither way.

The clusters with the largest share of linked pairs are joined first, of equals those that share most, and of these
those with the smallest numbers; so the result does not depend on the order of the input. Sokal and Michener, "A
statistical method for evaluating systematic relationships", 1958. Only what is connected is looked at, and what is
wholly linked needs no look.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Fractions, Integers
from storyclust.cluster.average_kernels import agglomerate
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


def join(nodes: int, pairs: Pairs, least: float) -> Integers:
    """The label of each node, the smallest node of its cluster; `least` is the share of linked pairs that joins."""
    labels = np.arange(nodes, dtype=np.int64)
    join_all(pairs.one[pairs.linked], pairs.other[pairs.linked], labels)
    inside = labels[pairs.one] == labels[pairs.other]
    apart = pairs.one[inside & ~pairs.linked]
    if len(apart) == 0:
        return labels
    contested = np.zeros(nodes, np.bool_)
    contested[labels[apart]] = True
    own = inside & contested[labels[pairs.one]]
    labels[contested[labels]] = np.flatnonzero(contested[labels])
    joined = np.empty((nodes, 2), np.int64)
    joins = agglomerate(pairs.one[own], pairs.other[own], pairs.linked[own], pairs.strength[own], least, joined)
    join_all(joined[:joins, 0], joined[:joins, 1], labels)
    return labels
