"""Which narrated words a content holds, and how often, by hashed column: the counts that TF-IDF weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.match.contents import Contents
from storyclust.parallel import Workers
from storyclust.text.terms_kernels import count_terms_of


@dataclass(frozen=True, slots=True)
class Terms:
    """The narrated terms of contents: content i has those from ``first_term[i]`` to ``first_term[i + 1]``.

    Attributes
    ----------
    columns, counts : int32 arrays, one a term
        Its column, rising within a content, and how often the content has it.
    first_term : int64 array, one more than contents
    """

    columns: Numbers
    counts: Numbers
    first_term: Integers


def count_terms(contents: Contents, chosen: Flags, workers: Workers) -> Terms:
    """The terms of the contents chosen (bool, one a content); the others have none."""
    numbers = np.flatnonzero(chosen)

    def counted(batch: tuple[int, int]) -> tuple[Numbers, Numbers, Integers]:
        own = numbers[slice(*batch)]
        words = contents.start[own], contents.stop[own]
        columns, counts = (np.empty(np.sum(contents.word_counts[own]), np.int32) for _ in range(2))
        terms = np.empty(len(own), np.int64)
        written = count_terms_of(contents.hashes, contents.flags, *words, columns, counts, terms)
        return columns[:written], counts[:written], terms

    batches = workers.split(len(numbers), weights=contents.word_counts[numbers])
    columns, counts, terms = workers.gather(counted, batches)
    of_content = np.zeros(len(contents), np.int64)
    of_content[numbers] = terms
    return Terms(columns, counts, np.concatenate(([0], np.cumsum(of_content))))
