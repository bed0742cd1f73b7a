"""In how many texts each word stands, by hashed column."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.profile import COLUMNS
from storyclust.text.terms_kernels import count_stories
from storyclust.text.words import Words


def document_frequencies(words: Words) -> npt.NDArray[np.uint32]:
    """In how many of the texts a word of each column stands: a uint32 array of shape (2**20,)."""
    frequencies = np.zeros(COLUMNS, np.uint32)
    count_stories(words.hashes, words.first_word, np.full(COLUMNS, -1, np.int32), frequencies)
    return frequencies
