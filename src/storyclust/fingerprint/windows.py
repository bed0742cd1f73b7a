"""Window fingerprints of texts, as flat arrays over a batch; the idea is told in `windows_kernels`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.fingerprint.kept import KeptWords
from storyclust.fingerprint.shingles import scratch
from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.fingerprint.windows_kernels import story_fingerprints_of, window_fingerprints_of
from storyclust.parallel import Workers
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


def story_fingerprints(
    words: KeptWords, size: int, window: int, workers: Workers
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """As `window_fingerprints`, without those that stand in clutter and stock passages: these join no stories."""
    first_word, counts = words.first_word, np.empty(len(words), np.int64)

    def fingerprints_of(batch: tuple[int, int]) -> npt.NDArray[np.uint64]:
        start, stop = batch
        own = first_word[start : stop + 1]
        longest = int(np.diff(own).max(initial=0)) + 1
        shingles, minima = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
        slots, places = np.empty(slots_for(longest), np.uint64), np.empty(longest, np.int64)
        found = np.empty(own[-1] - own[0], np.uint64)
        scratch = shingles, places, minima, slots
        count = story_fingerprints_of(words.hashes, words.flags, own, size, window, *scratch, found, counts[start:stop])
        return found[:count].copy()

    parts = workers.map(fingerprints_of, workers.split(len(words), weights=words.word_counts))
    return np.concatenate([np.empty(0, np.uint64), *parts]), counts
