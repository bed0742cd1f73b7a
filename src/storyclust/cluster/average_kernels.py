"""Joining the clusters that most of what lies between them speaks for, again and again.

In: pairs of nodes, linked or known not to belong together. Out: the joins, in the order they were made.

What lies between two clusters is a slot: how many pairs are linked, how many are known, and what the linked ones
share. A cluster is named by its smallest node and holds its slots in a list; of two that are joined, the one of the
larger name hands its slots over. A table finds the slot of two clusters (`slots_kernels`), and a tournament tells the
slot whose clusters are to be joined next: of each two slots that meet, the better one meets the next.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Fractions, Integers
from storyclust.cluster.slots_kernels import NONE, SLOT, Slots, empty_buckets, enter, find, leave
from storyclust.compile import kernel

DECIMALS = 9  # to which shares are compared: sums differ in the last bits by the order of adding
NOTHING = -1.0  # the share of linked pairs where there is no slot any more


@kernel
def comes_first(slot: int, other: int, slots: Slots) -> bool:
    """Whether the clusters of one slot are joined before those of the other."""
    if slots[slot].share != slots[other].share:
        return bool(slots[slot].share > slots[other].share)
    if slots[slot].strength != slots[other].strength:
        return bool(slots[slot].strength > slots[other].strength)
    one, another = slots[slot].ends, slots[other].ends
    if min(one[0], one[1]) != min(another[0], another[1]):
        return bool(min(one[0], one[1]) < min(another[0], another[1]))
    return bool(max(one[0], one[1]) < max(another[0], another[1]))


@kernel
def weigh(slot: int, least: float, slots: Slots) -> None:
    """Work out what is compared of a slot."""
    known = slots[slot].known
    share = slots[slot].linked / known
    slots[slot].share = share
    slots[slot].strength = round(slots[slot].shared / known, DECIMALS) if share >= least else 0.0


@kernel
def play(place: int, winners: Integers, slots: Slots) -> int:
    """Who wins at a place of the tournament: those who meet at place p come from 2 p and 2 p + 1."""
    one, other = winners[2 * place], winners[2 * place + 1]
    return int(one) if comes_first(one, other, slots) else int(other)


@kernel
def play_again(slot: int, winners: Integers, slots: Slots) -> None:
    """Set the tournament right after a slot has changed."""
    place = (len(winners) // 2 + slot) >> 1
    while place > 0:
        winner = play(place, winners, slots)
        if winner == winners[place] and winner != slot:
            return  # it would have won before too
        winners[place] = winner
        place >>= 1


@kernel
def gather(one: Integers, other: Integers, linked: Flags, strength: Fractions, slots: Slots, buckets: Integers) -> int:
    """Fill the slots of pairs ``one < other``; returns how many there are."""
    count = 0
    for pair in range(len(one)):
        slot = find(one[pair], other[pair], slots, buckets)
        if slot == NONE:
            slot = count
            slots[slot].ends[0], slots[slot].ends[1] = one[pair], other[pair]
            slots[slot].linked, slots[slot].known, slots[slot].shared = 0, 0, 0.0
            enter(slot, slots, buckets)
            count += 1
        slots[slot].linked += linked[pair]
        slots[slot].known += 1
        slots[slot].shared += strength[pair] if linked[pair] else 0.0
    return count


@kernel
def hold(node: int, slot: int, side: int, head: Integers, slots: Slots) -> None:
    """Put a slot at the front of the list of the node that is its end on a side."""
    slots[slot].following[side] = head[node]
    head[node] = 2 * slot + side


@kernel
def agglomerate(
    one: Integers, other: Integers, linked: Flags, strength: Fractions, least: float, joined: Integers
) -> int:
    """Write the pairs of clusters joined into `joined` (int64 of shape (nodes, 2)); returns how many joins there were.

    one and other int64, ``one < other``; least: the share of linked pairs that joins, more than 0.
    """
    buckets, slots = empty_buckets(len(one)), np.empty(len(one), SLOT)
    count = gather(one, other, linked, strength, slots, buckets)
    # Slots enter the tournament at their number and how many they are; the final is at place 1.
    head, winners = np.full(other.max() + 1, NONE, np.int64), np.empty(2 * count, np.int64)
    for slot in range(count):
        for side in range(2):
            hold(slots[slot].ends[side], slot, side, head, slots)
        weigh(slot, least, slots)
        winners[count + slot] = slot
    for place in range(count - 1, 0, -1):
        winners[place] = play(place, winners, slots)
    joins = 0
    while slots[winners[1]].share >= least:
        ends = slots[winners[1]].ends
        kept, gone = min(ends[0], ends[1]), max(ends[0], ends[1])
        joined[joins, 0], joined[joins, 1] = kept, gone
        joins += 1
        entry = head[gone]
        while entry != NONE:
            slot, side = entry >> 1, entry & 1
            entry = slots[slot].following[side]
            if slots[slot].share == NOTHING:
                continue  # it was added to another
            neighbour = slots[slot].ends[1 - side]
            into = NONE if neighbour == kept else find(kept, neighbour, slots, buckets)
            if neighbour != kept and into == NONE:
                leave(slot, slots, buckets)
                slots[slot].ends[side] = kept
                enter(slot, slots, buckets)
                hold(kept, slot, side, head, slots)
            else:
                slots[slot].share = NOTHING  # it may stay in the table: nobody asks for a name that is gone
            if into != NONE:
                slots[into].linked += slots[slot].linked
                slots[into].known += slots[slot].known
                slots[into].shared += slots[slot].shared
                weigh(into, least, slots)
                play_again(into, winners, slots)
            play_again(slot, winners, slots)
    return joins
