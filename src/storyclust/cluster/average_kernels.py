"""Joining the clusters that most of what lies between them speaks for, again and again.

In: pairs of nodes, linked or known not to belong together. Out: the joins, in the order they were made.

What lies between two clusters is a slot: how many pairs are linked, how many are known, and what the linked ones
share. A cluster is named by its smallest node and holds its slots in a list; of two that are joined, the one of the
larger name hands its slots over. A heap has the slot whose clusters are to be joined next, and may have it several
times: only what it stands at now counts.
"""

from __future__ import annotations

import heapq

import numpy as np

from storyclust.arrays import Flags, Fractions, Integers
from storyclust.compile import kernel

DECIMALS = 9  # to which shares are compared: sums differ in the last bits by the order of adding
NONE = -1


@kernel
def order_of(linked: int, known: int, strength: float) -> tuple[float, float]:
    """Sorts what is to be joined first to the front."""
    return -linked / known, -round(strength / known, DECIMALS)


@kernel
def gather(
    nodes: int,
    one: Integers,
    other: Integers,
    linked: Flags,
    strength: Fractions,
    slot_of: dict[int, int],
    ends: Integers,
    counts: Integers,
    shares: Fractions,
) -> int:
    """Fill the slots of pairs ``one < other``; returns how many there are.

    slot_of: from ``one * nodes + other``, to be filled; ends and counts int64 of shape (pairs, 2): the two clusters,
    and the pairs linked and known between them; shares float64: the sum of what the linked ones share.
    """
    slots = 0
    for pair in range(len(one)):
        key = one[pair] * nodes + other[pair]
        if key not in slot_of:
            slot_of[key] = slots
            ends[slots, 0], ends[slots, 1] = one[pair], other[pair]
            counts[slots], shares[slots] = 0, 0.0
            slots += 1
        slot = slot_of[key]
        counts[slot, 0] += linked[pair]
        counts[slot, 1] += 1
        shares[slot] += strength[pair] if linked[pair] else 0.0
    return slots


@kernel
def hold(node: int, slot: int, side: int, head: Integers, following: Integers) -> None:
    """Put a slot at the front of the list of the node that is its end on a side."""
    following[slot, side] = head[node]
    head[node] = 2 * slot + side


@kernel
def agglomerate(
    one: Integers, other: Integers, linked: Flags, strength: Fractions, least: float, joined: Integers
) -> int:
    """Write the pairs of clusters joined into `joined` (int64 of shape (nodes, 2)); returns how many joins there were.

    one and other int64, ``one < other``; least: the share of linked pairs that joins.
    """
    nodes = max(one.max(), other.max()) + 1
    slot_of = {one[0]: one[0]}  # so the types are known
    slot_of.clear()
    ends, counts = np.empty((len(one), 2), np.int64), np.empty((len(one), 2), np.int64)
    shares = np.empty(len(one))
    slots = gather(nodes, one, other, linked, strength, slot_of, ends, counts, shares)
    head, following = np.full(nodes, NONE, np.int64), np.empty((slots, 2), np.int64)
    heap = [(0.0, 0.0, 0, 0) for _ in range(0)]
    for slot in range(slots):
        for side in range(2):
            hold(ends[slot, side], slot, side, head, following)
        share, shared = order_of(counts[slot, 0], counts[slot, 1], shares[slot])
        heap.append((share, shared, ends[slot, 0], ends[slot, 1]))
    heapq.heapify(heap)
    joins = 0
    while len(heap) > 0 and -heap[0][0] >= least:
        share, shared, kept, gone = heapq.heappop(heap)
        key = kept * nodes + gone
        if key not in slot_of:
            continue  # one of the two has been joined since
        slot = slot_of[key]
        if (share, shared) != order_of(counts[slot, 0], counts[slot, 1], shares[slot]):
            continue  # another pair lies between the two now
        joined[joins, 0], joined[joins, 1] = kept, gone
        joins += 1
        entry = head[gone]
        while entry != NONE:
            slot, side = entry >> 1, entry & 1
            entry = following[slot, side]
            neighbour = ends[slot, 1 - side]
            if neighbour == NONE:
                continue  # it was added to another
            del slot_of[min(gone, neighbour) * nodes + max(gone, neighbour)]
            if neighbour == kept:
                ends[slot, :] = NONE
                continue
            key = min(kept, neighbour) * nodes + max(kept, neighbour)
            if key in slot_of:
                into = slot_of[key]
                counts[into, 0] += counts[slot, 0]
                counts[into, 1] += counts[slot, 1]
                shares[into] += shares[slot]
                ends[slot, :] = NONE
                slot = into
            else:
                slot_of[key] = slot
                ends[slot, side] = kept
                hold(kept, slot, side, head, following)
            share, shared = order_of(counts[slot, 0], counts[slot, 1], shares[slot])
            heapq.heappush(heap, (share, shared, min(kept, neighbour), max(kept, neighbour)))
    return joins
