"""Which narrated words a text holds, and how often, by hashed column: the counts that TF-IDF weighs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.profile import COLUMN_BITS, COLUMNS
from storyclust.text.terms_kernels import COLUMN_SHIFT, count_stories
from storyclust.text.words import Words

Integers = npt.NDArray[np.int32]


def count_terms(words: Words) -> tuple[Integers, Integers, npt.NDArray[np.int64]]:
    """Each text's narrated terms by rising column, how often it has each, and how many terms it has."""
    of_word = np.repeat(np.arange(len(words), dtype=np.uint64), np.diff(words.first_word))
    keys = of_word << np.uint64(COLUMN_BITS) | words.hashes >> COLUMN_SHIFT
    distinct, counts = np.unique(keys[words.narrated], return_counts=True)
    terms = np.bincount((distinct >> np.uint64(COLUMN_BITS)).astype(np.int64), minlength=len(words))
    columns = (distinct & np.uint64(COLUMNS - 1)).astype(np.int32)
    return columns, counts.astype(np.int32), terms.astype(np.int64)


def document_frequencies(words: Words) -> npt.NDArray[np.uint32]:
    """In how many of the texts a word of each column stands: a uint32 array of shape (2**20,)."""
    frequencies = np.zeros(COLUMNS, np.uint32)
    count_stories(words.hashes, words.first_word, np.full(COLUMNS, -1, np.int32), frequencies)
    return frequencies
