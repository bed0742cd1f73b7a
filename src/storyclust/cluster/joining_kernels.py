"""Joining: connected components, by union-find."""

from __future__ import annotations

from storyclust.arrays import Integers
from storyclust.compile import kernel


@kernel
def root_of(parents: Integers, node: int) -> int:
    """The smallest member known of a node's family, shortening the way there."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@kernel
def join_all(one: Integers, other: Integers, parents: Integers) -> None:
    """Union-find over edges; afterwards every node's parent is the smallest of its family."""
    for edge in range(len(one)):
        a, b = root_of(parents, one[edge]), root_of(parents, other[edge])
        if a != b:
            parents[max(a, b)] = min(a, b)
    for node in range(len(parents)):
        parents[node] = root_of(parents, node)
