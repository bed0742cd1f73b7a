"""In how many texts each word stands, by hashed column."""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Hashes, Integers, Words32
from storyclust.profile import COLUMNS
from storyclust.text.terms_kernels import count_stories


def document_frequencies(hashes: Hashes, first_word: Integers) -> Words32:
    """In how many texts a word of each column stands: a uint32 array of shape (2**20,).

    hashes uint64, one a word; first_word int64, one more than texts.
    """
    frequencies = np.zeros(COLUMNS, np.uint32)
    count_stories(hashes, first_word, np.full(COLUMNS, -1, np.int32), frequencies)
    return frequencies
