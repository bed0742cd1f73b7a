"""Which narrated words a content holds, and how often, by hashed column: the counts that TF-IDF weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.match.contents import Contents
from storyclust.parallel import Workers
from storyclust.profile import COLUMN_BITS, COLUMNS
from storyclust.text.terms_kernels import COLUMN_SHIFT
from storyclust.text.words_kernels import NARRATED


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
        lengths = contents.word_counts[own]
        of_word = np.repeat(np.arange(len(own), dtype=np.uint64), lengths)
        before = np.cumsum(lengths) - lengths
        places = np.arange(len(of_word)) + np.repeat(contents.start[own] - before, lengths)
        keys = of_word << np.uint64(COLUMN_BITS) | contents.hashes[places] >> COLUMN_SHIFT
        distinct, counts = np.unique(keys[(contents.flags[places] & NARRATED) != 0], return_counts=True)
        terms = np.bincount((distinct >> np.uint64(COLUMN_BITS)).astype(np.int64), minlength=len(own))
        return (distinct & np.uint64(COLUMNS - 1)).astype(np.int32), counts.astype(np.int32), terms

    parts = list(workers.map(counted, workers.split(len(numbers), weights=contents.word_counts[numbers])))
    columns, counts = (np.concatenate([np.empty(0, np.int32), *(part[index] for part in parts)]) for index in (0, 1))
    of_content = np.zeros(len(contents), np.int64)
    of_content[numbers] = np.concatenate([np.empty(0, np.int64), *(part[2] for part in parts)])
    return Terms(columns, counts, np.concatenate(([0], np.cumsum(of_content))))
