"""Joining the clusters that most of what lies between them speaks for, again and again.

In: pairs of nodes, linked or known not to belong together. Out: the joins, in the order they were made.

What lies between two clusters is a slot: how many pairs are linked, how many are known, and what the linked ones
share. A cluster is named by its smallest node and holds its slots in a list; of two that are joined, the one of the
larger name hands its slots over. A table finds the slot of two clusters (`slots_kernels`), and a tournament tells the
slot whose clusters are to be joined next: of each two slots that meet, the better one meets the next.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storyclust.arrays import Flags, Fractions, Integers
from storyclust.cluster.slots_kernels import NONE, Table, empty_table, enter, find, leave
from storyclust.compile import kernel

DECIMALS = 9  # to which shares are compared: sums differ in the last bits by the order of adding
NOTHING = -1.0  # the share of linked pairs where there is no slot any more


class Standings(NamedTuple):
    """What is known of slots, and who wins where they meet.

    Attributes
    ----------
    linked, known : int64 arrays, one a slot
        Pairs between the two clusters.
    shared : float64 array, one a slot
        The sum of what the linked ones share.
    share, strength : float64 arrays, one a slot
        What is compared: the part of the pairs that is linked, and what each shares, rounded; the last only where the
        first is enough for a join.
    winners : int64 array, two a slot
        The slot that wins at each place of the tournament: those who meet at place p come from 2 p and 2 p + 1, slots
        enter at their number and that of all slots, and place 1 is the final.
    """

    linked: Integers
    known: Integers
    shared: Fractions
    share: Fractions
    strength: Fractions
    winners: Integers


@kernel
def comes_first(slot: int, other: int, standings: Standings, table: Table) -> bool:
    """Whether the clusters of one slot are joined before those of the other."""
    if standings.share[slot] != standings.share[other]:
        return bool(standings.share[slot] > standings.share[other])
    if standings.strength[slot] != standings.strength[other]:
        return bool(standings.strength[slot] > standings.strength[other])
    one, another = table.ends[slot], table.ends[other]
    if min(one[0], one[1]) != min(another[0], another[1]):
        return bool(min(one[0], one[1]) < min(another[0], another[1]))
    return bool(max(one[0], one[1]) < max(another[0], another[1]))


@kernel
def weigh(slot: int, least: float, standings: Standings) -> None:
    """Work out what is compared of a slot."""
    known = standings.known[slot]
    share = standings.linked[slot] / known
    standings.share[slot] = share
    standings.strength[slot] = round(standings.shared[slot] / known, DECIMALS) if share >= least else 0.0


@kernel
def play(place: int, standings: Standings, table: Table) -> int:
    """Who wins at a place of the tournament."""
    one, other = standings.winners[2 * place], standings.winners[2 * place + 1]
    return int(one) if comes_first(one, other, standings, table) else int(other)


@kernel
def play_again(slot: int, slots: int, standings: Standings, table: Table) -> None:
    """Set the tournament right after a slot has changed."""
    place = (slots + slot) >> 1
    while place > 0:
        winner = play(place, standings, table)
        if winner == standings.winners[place] and winner != slot:
            return  # it would have won before too
        standings.winners[place] = winner
        place >>= 1


@kernel
def gather(one: Integers, other: Integers, linked: Flags, strength: Fractions, table: Table, sums: Standings) -> int:
    """Fill the slots of pairs ``one < other``; returns how many there are."""
    slots = 0
    for pair in range(len(one)):
        slot = find(one[pair], other[pair], table)
        if slot == NONE:
            slot = slots
            table.ends[slot, 0], table.ends[slot, 1] = one[pair], other[pair]
            enter(slot, table)
            sums.linked[slot], sums.known[slot], sums.shared[slot] = 0, 0, 0.0
            slots += 1
        sums.linked[slot] += linked[pair]
        sums.known[slot] += 1
        sums.shared[slot] += strength[pair] if linked[pair] else 0.0
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

    one and other int64, ``one < other``; least: the share of linked pairs that joins, more than 0.
    """
    pairs = len(one)
    table, counts, figures = empty_table(pairs), np.empty((2, pairs), np.int64), np.empty((3, pairs))
    standings = Standings(counts[0], counts[1], figures[0], figures[1], figures[2], np.empty(2 * pairs, np.int64))
    slots = gather(one, other, linked, strength, table, standings)
    head, following = np.full(other.max() + 1, NONE, np.int64), np.empty((slots, 2), np.int64)
    for slot in range(slots):
        for side in range(2):
            hold(table.ends[slot, side], slot, side, head, following)
        weigh(slot, least, standings)
        standings.winners[slots + slot] = slot
    for place in range(slots - 1, 0, -1):
        standings.winners[place] = play(place, standings, table)
    joins = 0
    while standings.share[standings.winners[1]] >= least:
        best = standings.winners[1]
        kept, gone = min(table.ends[best, 0], table.ends[best, 1]), max(table.ends[best, 0], table.ends[best, 1])
        joined[joins, 0], joined[joins, 1] = kept, gone
        joins += 1
        entry = head[gone]
        while entry != NONE:
            slot, side = entry >> 1, entry & 1
            entry = following[slot, side]
            if standings.share[slot] == NOTHING:
                continue  # it was added to another
            leave(slot, table)
            neighbour = table.ends[slot, 1 - side]
            into = NONE if neighbour == kept else find(kept, neighbour, table)
            if neighbour != kept and into == NONE:
                table.ends[slot, side] = kept
                enter(slot, table)
                hold(kept, slot, side, head, following)
            else:
                standings.share[slot] = NOTHING
            if into != NONE:
                standings.linked[into] += standings.linked[slot]
                standings.known[into] += standings.known[slot]
                standings.shared[into] += standings.shared[slot]
                weigh(into, least, standings)
                play_again(into, slots, standings, table)
            play_again(slot, slots, standings, table)
    return joins
