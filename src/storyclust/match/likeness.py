"""How close stories are in their narrated words, weighed by how rare these are in the corpus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Fractions, Integers, Numbers, Words32
from storyclust.match.likeness_kernels import likeness_of_pairs, measure
from storyclust.match.terms import Terms
from storyclust.parallel import Workers
from storyclust.profile import Profile


@dataclass(frozen=True, slots=True)
class Vectors:
    """The terms of contents, and what they weigh by a profile.

    Attributes
    ----------
    terms : Terms
    stories : int
        How many stories the profile knows.
    document_frequencies : uint32 array, one a column
    weights : float64 array
        The weight of a word that 0, 1, 2 stories have, and so on; the last is that of all more frequent ones.
    damped : float64 array
        What a word counts that a content has 0, 1, 2 times, and so on.
    squares, plain_squares : float64 arrays, one a content
        The squared length of its vector, as if no other had its words, and without weights.
    """

    terms: Terms
    stories: int
    document_frequencies: Words32
    weights: Fractions
    damped: Fractions
    squares: Fractions
    plain_squares: Fractions

    @classmethod
    def of(cls, terms: Terms, profile: Profile) -> Vectors:
        """The terms of contents, weighed by what a profile knows."""
        others = max(profile.stories - 2, 0)
        frequencies = np.append(np.arange(others // 2 + 1), others / 2)
        weights = np.log((others + 2.0) / (frequencies + 1.0))
        damped = np.concatenate(([0.0], 1.0 + np.log(np.arange(1, terms.counts.max(initial=0) + 1))))
        squares, plain_squares = (np.empty(len(terms.first_term) - 1) for _ in range(2))
        frequent = profile.document_frequencies
        measure(terms.columns, terms.counts, terms.first_term, frequent, weights, damped, squares, plain_squares)
        return cls(terms, profile.stories, frequent, weights, damped, squares, plain_squares)

    @property
    def arrays(self) -> tuple[Numbers, Numbers, Integers, Words32, Fractions, Fractions, Fractions, Fractions]:
        """What the kernels read, in their order."""
        terms = self.terms
        words = terms.columns, terms.counts, terms.first_term, self.document_frequencies
        return *words, self.weights, self.damped, self.squares, self.plain_squares


def likenesses(one: Numbers, other: Numbers, vectors: Vectors, workers: Workers) -> Fractions:
    """The cosine of each pair of contents (int32 numbers), 0 where one has no terms."""
    cosines = np.empty(len(one), np.float64)
    low, high = np.minimum(one, other), np.maximum(one, other)

    def measure_batch(batch: tuple[int, int]) -> None:
        own = slice(*batch)
        likeness_of_pairs(low[own], high[own], *vectors.arrays, cosines[own])

    terms = np.diff(vectors.terms.first_term)
    workers.run(measure_batch, workers.split(len(one), weights=terms[one] + terms[other]))
    return cosines
