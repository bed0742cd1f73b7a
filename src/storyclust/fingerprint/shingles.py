"""The distinct word shingles of texts, as flat arrays over a batch."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.fingerprint.shingles_kernels import distinct_shingles, slots_for
from storyclust.text.words import Words


def find_shingles(words: Words, size: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """The hashes of each text's shingles, each once, text after text; and how many each text has.

    >>> from storyclust.text.words import analyse
    >>> _, counts = find_shingles(analyse(["to be or not to be", "no", ""]), 2)
    >>> counts.tolist()
    [4, 1, 0]
    """
    shingles, first_shingle = np.empty_like(words.hashes), np.empty_like(words.first_word)
    with_repeats, slots = scratch(words)
    count = distinct_shingles(words.hashes, words.first_word, size, with_repeats, slots, shingles, first_shingle)
    return shingles[:count].copy(), np.diff(first_shingle)


def scratch(words: Words) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """Room for the shingles of the longest text, and for a hash table of them."""
    longest = int(np.diff(words.first_word).max(initial=0)) + 1
    return np.empty(longest, np.uint64), np.empty(slots_for(longest), np.uint64)
