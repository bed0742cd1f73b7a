"""How close two stories are in their words: a cosine whose weights leave out the stories compared.

So it says something in a corpus of five stories as in one of a million.

In: narrated terms of contents and how many stories have each. Out: a cosine a pair.

A word weighs ``log((n + 2) / (f + 1))``: n stories, f of them with the word, n / 2 at most, the two compared left out.
The length of a story's vector is summed once, as if the other had none of its words; a pair then costs a walk along
two rising lists, and a correction for each word that both have.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storyclust.arrays import Fractions, Integers, Numbers, Words32
from storyclust.compile import kernel

# The plain cosine that unlike texts of one language do not reach.
PLAIN = 0.7
# What is sure to be reached before rounding is so after it.
SAFETY = 1.0 + 1e-9


class VectorArrays(NamedTuple):
    """The terms of contents and what they weigh, as `storyclust.match.likeness.Vectors` tells."""

    columns: Numbers
    counts: Numbers
    frequencies: Numbers
    first_term: Integers
    shared: Fractions
    damped: Fractions
    squares: Fractions
    plain_squares: Fractions
    growth: float


@kernel
def measure(
    columns: Numbers,
    counts: Numbers,
    first_term: Integers,
    document_frequencies: Words32,
    weights: Fractions,
    damped: Fractions,
    frequencies: Numbers,
    squares: Fractions,
    plain_squares: Fractions,
) -> None:
    """Fill how many stories have each term, and the squared lengths of contents (float64).

    The lengths are weighed as if no other content had the words, and not weighed. frequencies: int32, one a term, as
    far as they make a difference.
    """
    most = np.int64(len(weights) + 1)
    for content in range(len(first_term) - 1):
        weighed, plain = 0.0, 0.0
        for term in range(first_term[content], first_term[content + 1]):
            value = damped[counts[term]]
            frequencies[term] = min(np.int64(document_frequencies[columns[term]]), most)
            weight = weights[min(max(frequencies[term] - 1, 0), len(weights) - 1)]
            weighed += weight * weight * value * value
            plain += value * value
        squares[content], plain_squares[content] = weighed, plain


@kernel
def likeness(a: int, b: int, vectors: VectorArrays) -> float:
    """The cosine of the narrated words of contents a and b, each damped by its logarithm and weighed by its rarity.

    Where one story fills the corpus its words are the common ones, and weigh nothing; so two contents with PLAIN or
    more of their words in common, not weighed, are as like as that. Likeness is the same both ways to the last bit.
    """
    return likeness_up_to(np.inf, a, b, vectors)


@kernel
def likeness_up_to(enough: float, a: int, b: int, vectors: VectorArrays) -> float:
    """The likeness of two contents, or as soon as it is sure to be `enough`, that."""
    # The product only grows, and the lengths are known but for so much.
    sure = SAFETY * enough * vectors.growth * np.sqrt(vectors.squares[a] * vectors.squares[b])
    dot, plain_dot = 0.0, 0.0
    norm_a, norm_b = vectors.squares[a], vectors.squares[b]
    own_a = slice(vectors.first_term[a], vectors.first_term[a + 1])
    own_b = slice(vectors.first_term[b], vectors.first_term[b + 1])
    columns_a, counts_a, frequencies = vectors.columns[own_a], vectors.counts[own_a], vectors.frequencies[own_a]
    columns_b, counts_b = vectors.columns[own_b], vectors.counts[own_b]
    # Places without a sign are not looked at for counting from the end: the walk takes half the time.
    at_a, at_b = np.uint64(0), np.uint64(0)
    stop_a, stop_b = np.uint64(len(columns_a)), np.uint64(len(columns_b))
    while at_a < stop_a and at_b < stop_b:
        column, other = columns_a[at_a], columns_b[at_b]
        if column == other:
            value_a, value_b = vectors.damped[np.uint32(counts_a[at_a])], vectors.damped[np.uint32(counts_b[at_b])]
            frequency = np.uint32(frequencies[at_a])
            weight, more = vectors.shared[frequency, 0], vectors.shared[frequency, 1]
            dot += weight * (value_a * value_b)
            norm_a += more * value_a * value_a
            norm_b += more * value_b * value_b
            plain_dot += value_a * value_b
            if dot >= sure:
                return enough
        at_a += np.uint64(column <= other)
        at_b += np.uint64(other <= column)
    if norm_a <= 0.0 or norm_b <= 0.0:
        return 0.0
    plain = min(plain_dot / np.sqrt(vectors.plain_squares[a] * vectors.plain_squares[b]), 1.0)
    cosine = min(dot / np.sqrt(norm_a * norm_b), 1.0)
    return float(max(cosine, plain if plain >= PLAIN else 0.0))


@kernel
def likeness_of_pairs(a: Numbers, b: Numbers, vectors: VectorArrays, cosines: Fractions) -> None:
    """The likeness of each pair into `cosines` (float64)."""
    for pair in range(len(a)):
        cosines[pair] = likeness(a[pair], b[pair], vectors)
