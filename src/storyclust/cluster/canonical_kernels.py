"""How near each member of a cluster lies to the cluster's centre: TF-IDF vectors and their mean.

In: the narrated terms of contents, a weight a column, and the clusters as lists of contents with their
number of stories. Out: a cosine a member, of its vector with the mean of all members' unit vectors.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Fractions, Integers, Numbers
from storyclust.compile import kernel

NONE = -1


@kernel
def length_of(columns: Numbers, counts: Numbers, start: int, stop: int, idf: Fractions) -> float:
    """The Euclidean length of a content's TF-IDF vector."""
    squares = 0.0
    for term in range(start, stop):
        weight = counts[term] * idf[columns[term]]
        squares += weight * weight
    return float(np.sqrt(squares))


@kernel
def place_of(column: int, held: Numbers, places: int) -> int:
    """The place of a column among so many, a power of two: the one that holds it, or that is empty for it.

    Columns are hashes themselves, so their last bits are as good as any. Where there is a place for every column, each
    has its own.
    """
    place = column & (places - 1)
    while held[place] != column and held[place] != NONE:
        place = (place + 1) & (places - 1)
    return int(place)


@kernel
def places_for(terms: int, columns: int) -> int:
    """Twice the places that so many terms need, or one for every column: a power of two."""
    places = 2
    while places < min(2 * terms, columns):
        places *= 2
    return places


@kernel
def centre_cosines(
    members: Numbers,
    stories: Integers,
    first_member: Integers,
    columns: Numbers,
    counts: Numbers,
    first_term: Integers,
    idf: Fractions,
    cosines: Fractions,
) -> None:
    """Fill `cosines` (float64), one a member.

    members int32: contents; stories int64: how many stories bear each; first_member int64: where each
    cluster begins in the two; idf float64, one a column, as many as a power of two.
    """
    terms = np.zeros(len(first_member) - 1, np.int64)
    for cluster in range(len(terms)):
        for member in members[first_member[cluster] : first_member[cluster + 1]]:
            terms[cluster] += first_term[member + 1] - first_term[member]
    # The columns that a cluster has are few: the centre is kept of these alone.
    room = places_for(terms.max() if len(terms) else 0, len(idf))
    held, centre = np.full(room, NONE, np.int32), np.empty(room, np.float64)
    lengths = np.empty(len(members), np.float64)
    for cluster in range(len(terms)):
        low, high = first_member[cluster], first_member[cluster + 1]
        places = places_for(terms[cluster], len(idf))
        held[:places] = NONE
        for member in range(low, high):
            start, stop = first_term[members[member]], first_term[members[member] + 1]
            lengths[member] = length = length_of(columns, counts, start, stop, idf)
            for term in range(start, stop):
                column = columns[term]
                place = place_of(column, held, places)
                if held[place] == NONE:
                    held[place], centre[place] = column, 0.0
                centre[place] += stories[member] * counts[term] * idf[column] / length
        squares = 0.0
        for member in range(low, high):
            start, stop = first_term[members[member]], first_term[members[member] + 1]
            length, dot = lengths[member], 0.0
            for term in range(start, stop):
                column = columns[term]
                value = centre[place_of(column, held, places)]
                dot += value * counts[term] * idf[column] / length
            cosines[member] = dot if length > 0.0 else 0.0
        # The square of the sum's length: each unit vector's product with the sum, added up.
        for member in range(low, high):
            squares += stories[member] * cosines[member]
        if squares > 0.0:
            cosines[low:high] /= np.sqrt(squares)
