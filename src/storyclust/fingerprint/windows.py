"""Window fingerprints of texts, as flat arrays over a batch; the idea is told in `windows_kernels`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.fingerprint.shingles import scratch
from storyclust.fingerprint.windows_kernels import window_fingerprints_of
from storyclust.text.words import Words


def window_fingerprints(words: Words, size: int, window: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Each text's distinct window minima, text after text; and how many each text has.

    >>> from storyclust.text.words import analyse
    >>> _, counts = window_fingerprints(analyse(["one two three four five six", "one"]), 2, 3)
    >>> counts.min() >= 1
    np.True_
    """
    fingerprints, first = np.empty_like(words.hashes), np.empty_like(words.first_word)
    shingles, slots = scratch(words)
    minima, places = np.empty_like(shingles), np.empty(len(shingles), np.int64)
    count = window_fingerprints_of(
        words.hashes, words.first_word, size, window, shingles, places, minima, slots, fingerprints, first
    )
    return fingerprints[:count].copy(), np.diff(first)
