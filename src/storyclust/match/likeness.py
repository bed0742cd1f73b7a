"""How close stories are in their narrated words, weighed by how rare these are in the corpus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from storyclust.arrays import Fractions, Numbers
from storyclust.match.likeness_kernels import VectorArrays, likeness_of_pairs, measure
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
    arrays : VectorArrays
        What the kernels read: of each term its column, how often its content has it and how many stories have it (int32
        arrays, the last as far as it makes a difference); where those of each content begin (int64); of a word that 0,
        1, 2 stories have, and so on, the squared weight where two compared have it, and how much more that is than
        where one of them has (float64 of shape (frequencies, 2)); what a word counts that a content has 0, 1, 2 times,
        and so on; of each content the squared length of its vector, as if no other had its words, and without
        weights (float64); and how many times the first of these the other content's words can make it (float).
    """

    terms: Terms
    stories: int
    arrays: VectorArrays

    @classmethod
    def of(cls, terms: Terms, profile: Profile, workers: Workers) -> Vectors:
        """The terms of contents, weighed by what a profile knows."""
        weights = _weights(profile.stories)
        damped = np.concatenate(([0.0], 1.0 + np.log(np.arange(1, terms.counts.max(initial=0) + 1))))
        contents = len(terms.first_term) - 1
        weighing = profile.document_frequencies, weights, damped

        def measure_batch(batch: tuple[int, int]) -> tuple[Numbers, Fractions, Fractions]:
            first = terms.first_term[batch[0] : batch[1] + 1]
            own = slice(first[0], first[-1])
            lengths = np.empty(len(first) - 1), np.empty(len(first) - 1)
            frequencies = np.empty(first[-1] - first[0], np.int32)
            measure(terms.columns[own], terms.counts[own], first - first[0], *weighing, frequencies, *lengths)
            return frequencies, *lengths

        batches = workers.split(contents, weights=np.diff(terms.first_term))
        frequencies, squares, plain_squares = workers.gather(measure_batch, batches)
        shared, growth = _shared(profile.stories)
        words = terms.columns, terms.counts, frequencies, terms.first_term
        return cls(terms, profile.stories, VectorArrays(*words, shared, damped, squares, plain_squares, growth))


@lru_cache(maxsize=2)  # the same for every job with one profile
def _weights(stories: int) -> Fractions:
    """What a word weighs that 0, 1, 2 of all other stories have, and so on."""
    others = max(stories - 2, 0)
    frequencies = np.append(np.arange(others // 2 + 1), others / 2)
    weights: Fractions = np.log((others + 2.0) / (frequencies + 1.0))
    return weights


@lru_cache(maxsize=2)
def _shared(stories: int) -> tuple[Fractions, float]:
    """What a word weighs, squared, that 0, 1, 2 of all stories have and two compared do, and how much that is more than
    if one of them did; and how many times as much it is at most."""
    weights = _weights(stories)
    frequencies = np.arange(len(weights) + 2)
    both, one = (weights[np.clip(frequencies - parties, 0, len(weights) - 1)] ** 2 for parties in (2, 1))
    return np.stack((both, both - one), axis=1), float((both / one).max())


def likenesses(one: Numbers, other: Numbers, vectors: Vectors, workers: Workers) -> Fractions:
    """The cosine of each pair of contents (int32 numbers), 0 where one has no terms."""
    cosines = np.empty(len(one), np.float64)

    def measure_batch(batch: tuple[int, int]) -> None:
        own = slice(*batch)
        likeness_of_pairs(one[own], other[own], vectors.arrays, cosines[own])

    terms = np.diff(vectors.terms.first_term)
    workers.run(measure_batch, workers.split(len(one), weights=terms[one] + terms[other]))
    return cosines
