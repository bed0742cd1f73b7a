"""How close stories are in their narrated words, weighed by how rare these are in the corpus."""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Fractions, Numbers
from storyclust.match.likeness_kernels import likeness_of_pairs
from storyclust.match.terms import Terms
from storyclust.profile import Profile


def likenesses(one: Numbers, other: Numbers, terms: Terms, profile: Profile) -> Fractions:
    """The cosine of each pair of contents (int32 numbers), 0 where one has no terms."""
    cosines = np.empty(len(one), np.float64)
    words = terms.columns, terms.counts, terms.first_term
    likeness_of_pairs(
        np.minimum(one, other),
        np.maximum(one, other),
        *words,
        profile.document_frequencies,
        profile.stories,
        cosines,
    )
    return cosines
