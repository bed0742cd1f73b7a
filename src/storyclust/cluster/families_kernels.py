"""Joining: connected components, and the likeness of two stories' words.

Components by union-find; the likeness by a cosine whose weights leave out the stories compared, so
that it says something in a corpus of five stories as in one of a million.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Fractions, Integers, Numbers, Words32
from storyclust.compile import kernel


@kernel
def root_of(parents: Integers, node: int) -> int:
    """The smallest member known of a node's family, shortening the way there."""
    while parents[node] != node:
        parents[node] = parents[parents[node]]
        node = parents[node]
    return node


@kernel
def join_all(one: Numbers, other: Numbers, parents: Integers) -> None:
    """Union-find over edges; afterwards every node's parent is the smallest of its family."""
    for edge in range(len(one)):
        a, b = root_of(parents, one[edge]), root_of(parents, other[edge])
        if a != b:
            parents[max(a, b)] = min(a, b)
    for node in range(len(parents)):
        parents[node] = root_of(parents, node)


@kernel
def likeness(
    a: int,
    b: int,
    container: int,
    columns: Numbers,
    counts: Numbers,
    first_term: Integers,
    document_frequencies: Words32,
    stories: int,
) -> float:
    """The cosine of the narrated words of contents a and b, each damped by its logarithm and weighed by
    ``log((n + 2) / (f + 1))``: n stories, f of them with the word, a, b and their container left out."""
    others = max(stories - 3, 0)
    dot, norm_a, norm_b = 0.0, 0.0, 0.0
    at_container, stop_container = first_term[container], first_term[container + 1]
    at_a, stop_a = first_term[a], first_term[a + 1]
    at_b, stop_b = first_term[b], first_term[b + 1]
    while at_a < stop_a or at_b < stop_b:
        from_a = at_a < stop_a and (at_b >= stop_b or columns[at_a] <= columns[at_b])
        from_b = at_b < stop_b and (at_a >= stop_a or columns[at_b] <= columns[at_a])
        column = columns[at_a] if from_a else columns[at_b]
        while at_container < stop_container and columns[at_container] < column:
            at_container += 1
        from_container = at_container < stop_container and columns[at_container] == column
        known = np.int64(document_frequencies[column]) - from_a - from_b - from_container
        weight = np.log((others + 2.0) / (max(known, 0) + 1.0))
        weight_a = weight * (1.0 + np.log(counts[at_a])) if from_a else 0.0
        weight_b = weight * (1.0 + np.log(counts[at_b])) if from_b else 0.0
        dot += weight_a * weight_b
        norm_a += weight_a * weight_a
        norm_b += weight_b * weight_b
        at_a += from_a
        at_b += from_b
    if norm_a == 0.0 or norm_b == 0.0:
        return 0.0
    return float(dot / np.sqrt(norm_a * norm_b))


@kernel
def likeness_of_pairs(
    a: Numbers,
    b: Numbers,
    container: Numbers,
    columns: Numbers,
    counts: Numbers,
    first_term: Integers,
    document_frequencies: Words32,
    stories: int,
    cosines: Fractions,
) -> None:
    """The likeness of each pair into `cosines` (float64)."""
    for pair in range(len(a)):
        cosines[pair] = likeness(
            a[pair], b[pair], container[pair], columns, counts, first_term, document_frequencies, stories
        )
