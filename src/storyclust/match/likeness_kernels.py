"""How close two stories are in their words: a cosine whose weights leave out the stories compared.

So it says something in a corpus of five stories as in one of a million.

In: narrated terms of contents and how many stories have each. Out: a cosine a pair.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Fractions, Integers, Numbers, Words32
from storyclust.compile import kernel

# The plain cosine that unlike texts of one language do not reach.
PLAIN = 0.7


@kernel
def likeness(
    a: int, b: int, columns: Numbers, counts: Numbers, first_term: Integers, document_frequencies: Words32, stories: int
) -> float:
    """The cosine of the narrated words of contents a and b, each damped by its logarithm and weighed by
    ``log((n + 2) / (f + 1))``: n stories, f of them with the word, n / 2 at most, a and b left out.

    Where one story fills the corpus its words are the common ones, and weigh nothing; so two contents with PLAIN or
    more of their words in common, not weighed, are as like as that.
    """
    others = max(stories - 2, 0)
    dot, norm_a, norm_b = 0.0, 0.0, 0.0
    plain_dot, plain_a, plain_b = 0.0, 0.0, 0.0
    at_a, stop_a = first_term[a], first_term[a + 1]
    at_b, stop_b = first_term[b], first_term[b + 1]
    while at_a < stop_a or at_b < stop_b:
        from_a = at_a < stop_a and (at_b >= stop_b or columns[at_a] <= columns[at_b])
        from_b = at_b < stop_b and (at_a >= stop_a or columns[at_b] <= columns[at_a])
        column = columns[at_a] if from_a else columns[at_b]
        known = np.int64(document_frequencies[column]) - from_a - from_b
        weight = np.log((others + 2.0) / (min(max(known, 0), others / 2.0) + 1.0))
        damped_a = 1.0 + np.log(counts[at_a]) if from_a else 0.0
        damped_b = 1.0 + np.log(counts[at_b]) if from_b else 0.0
        plain_dot += damped_a * damped_b
        plain_a += damped_a * damped_a
        plain_b += damped_b * damped_b
        dot += weight * damped_a * weight * damped_b
        norm_a += weight * damped_a * weight * damped_a
        norm_b += weight * damped_b * weight * damped_b
        at_a += from_a
        at_b += from_b
    if norm_a == 0.0 or norm_b == 0.0:
        return 0.0
    plain = plain_dot / np.sqrt(plain_a * plain_b)
    return float(max(dot / np.sqrt(norm_a * norm_b), plain if plain >= PLAIN else 0.0))


@kernel
def likeness_of_pairs(
    a: Numbers,
    b: Numbers,
    columns: Numbers,
    counts: Numbers,
    first_term: Integers,
    document_frequencies: Words32,
    stories: int,
    cosines: Fractions,
) -> None:
    """The likeness of each pair into `cosines` (float64)."""
    for pair in range(len(a)):
        cosines[pair] = likeness(a[pair], b[pair], columns, counts, first_term, document_frequencies, stories)
