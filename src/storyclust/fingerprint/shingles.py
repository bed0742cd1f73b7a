"""The distinct word shingles of texts, as flat arrays over a batch."""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes
from storyclust.fingerprint.shingles_kernels import flag_fresh, slots_for
from storyclust.text.words import Words
from storyclust.text.words_kernels import KIND_SHIFT, NARRATED


def mark_fresh_shingles(words: Words, size: int) -> Bytes:
    """The flags of each word: NARRATED, FRESH where a shingle begins that is new in its text; and its kind.

    >>> from storyclust.text.words import analyse
    >>> mark_fresh_shingles(analyse(["to be or not to be"]), 2).tolist()
    [3, 3, 3, 3, 1, 1]
    """
    flags = words.narrated * np.uint8(NARRATED) | words.kinds << np.uint8(KIND_SHIFT)
    shingles, slots = scratch(words)
    flag_fresh(words.hashes, words.first_word, size, shingles, slots, flags)
    return flags


def scratch(words: Words) -> tuple[Hashes, Hashes]:
    """Room for the shingles of the longest text, and for a hash table of them."""
    longest = int(np.diff(words.first_word).max(initial=0)) + 1
    return np.empty(longest, np.uint64), np.empty(slots_for(longest), np.uint64)
