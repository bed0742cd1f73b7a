"""Which links are borne out by the other stories beside them.

In: links of contents, also as lists of neighbours. Out: for either side of each link whether its neighbours are for it.

A neighbour of one side is for the link if it is like the other side: linked with it, or close in its words.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.compile import kernel
from storyclust.match.likeness_kernels import VectorArrays, likeness

# Neighbours asked about a link, those first that share most.
ASKED = 16


@kernel
def is_linked(one: int, other: int, by_number: Numbers, first: Integers) -> bool:
    """Whether two contents are linked; by_number: the neighbours of each, rising."""
    low, high = first[one], first[one + 1]
    while low < high:
        middle = (low + high) // 2
        if by_number[middle] < other:
            low = middle + 1
        else:
            high = middle
    return bool(low < first[one + 1] and by_number[low] == other)


@kernel
def is_for(
    center: int,
    other: int,
    digests: Flags,
    by_number: Numbers,
    by_strength: Numbers,
    first: Integers,
    vectors: VectorArrays,
    least: float,
) -> bool:
    """Whether half of the neighbours of `center`, digests not asked, are for its link; so if there are none."""
    asked, votes, silent = 0, 0, 0
    strangers = np.empty(ASKED, np.int64)
    for place in range(first[center], first[center + 1]):
        neighbour = by_strength[place]
        if neighbour == other or digests[neighbour]:
            continue
        asked += 1
        if is_linked(neighbour, other, by_number, first):
            votes += 1
        else:
            strangers[silent] = neighbour
            silent += 1
        if asked == ASKED:
            break  # so that what thousands are linked with costs what its few nearest cost
    # Links are known, a cosine has to be computed: so strangers are asked only as long as they can decide.
    place = 0
    while 2 * votes < asked and 2 * (votes + silent - place) >= asked:
        votes += likeness(strangers[place], other, vectors) >= least
        place += 1
    return 2 * votes >= asked


@kernel
def ask_neighbours(
    one: Numbers,
    other: Numbers,
    asked: Integers,
    digests: Flags,
    by_number: Numbers,
    by_strength: Numbers,
    first: Integers,
    vectors: VectorArrays,
    least: float,
    for_one: Flags,
    for_other: Flags,
) -> None:
    """Fill two bool arrays for the links asked about (int64): whether the neighbours of either side are for it.

    digests bool, one a content; by_number, by_strength int32: the neighbours of each, from `first` on, by number and
    by what they share; least: the cosine that makes two close.
    """
    for link in asked:
        neighbours = digests, by_number, by_strength, first
        for_one[link] = is_for(one[link], other[link], *neighbours, vectors, least)
        for_other[link] = is_for(other[link], one[link], *neighbours, vectors, least)
