"""In how many texts each word stands, by hashed column."""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Hashes, Integers, Words32
from storyclust.parallel import Workers
from storyclust.profile import COLUMNS
from storyclust.text.terms_kernels import count_stories

# Each batch fills and adds up all columns: it is not worth while for fewer words.
LIGHTEST = 4 * COLUMNS


def document_frequencies(hashes: Hashes, first_word: Integers, workers: Workers) -> Words32:
    """In how many texts a word of each column stands: a uint32 array of shape (2**20,).

    hashes uint64, one a word; first_word int64, one more than texts.
    """

    def frequencies_in(batch: tuple[int, int]) -> Words32:
        start, stop = batch
        frequencies = np.zeros(COLUMNS, np.uint32)
        count_stories(hashes, first_word[start : stop + 1], np.full(COLUMNS, -1, np.int32), frequencies)
        return frequencies

    batches = workers.split_coarsely(len(first_word) - 1, weights=np.diff(first_word), lightest=LIGHTEST)
    whole = np.zeros(COLUMNS, np.uint32)
    for frequencies in workers.map(frequencies_in, batches):
        whole += frequencies
    return whole
