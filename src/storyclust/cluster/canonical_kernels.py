"""How near each member of a cluster lies to the cluster's centre: TF-IDF vectors and their mean.

In: the narrated terms of contents, a weight a column, and the clusters as lists of contents with their
number of stories. Out: a cosine a member, of its vector with the mean of all members' unit vectors.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Fractions, Integers, Numbers
from storyclust.compile import kernel


@kernel
def length_of(columns: Numbers, counts: Numbers, start: int, stop: int, idf: Fractions) -> float:
    """The Euclidean length of a content's TF-IDF vector."""
    squares = 0.0
    for term in range(start, stop):
        weight = counts[term] * idf[columns[term]]
        squares += weight * weight
    return float(np.sqrt(squares))


@kernel
def centre_cosines(
    members: Numbers,
    stories: Integers,
    first_member: Integers,
    columns: Numbers,
    counts: Numbers,
    first_term: Integers,
    idf: Fractions,
    centre: Fractions,
    cosines: Fractions,
) -> None:
    """Fill `cosines` (float64), one a member.

    members int32: contents; stories int64: how many stories bear each; first_member int64: where each
    cluster begins in the two; idf float64, one a column; centre float64, one a column: scratch, all zero, and so
    again afterwards.
    """
    for cluster in range(len(first_member) - 1):
        low, high = first_member[cluster], first_member[cluster + 1]
        for place in range(low, high):
            start, stop = first_term[members[place]], first_term[members[place] + 1]
            length = length_of(columns, counts, start, stop, idf)
            for term in range(start, stop):
                centre[columns[term]] += stories[place] * counts[term] * idf[columns[term]] / length
        squares = 0.0
        for place in range(low, high):
            start, stop = first_term[members[place]], first_term[members[place] + 1]
            length = length_of(columns, counts, start, stop, idf)
            dot = 0.0
            for term in range(start, stop):
                column = columns[term]
                value = centre[column]
                dot += value * counts[term] * idf[column] / length
            cosines[place] = dot if length > 0.0 else 0.0
        # The square of the sum's length: each unit vector's product with the sum, added up.
        for place in range(low, high):
            squares += stories[place] * cosines[place]
        for place in range(low, high):
            if squares > 0.0:
                cosines[place] /= np.sqrt(squares)
            for term in range(first_term[members[place]], first_term[members[place] + 1]):
                centre[columns[term]] = 0.0
