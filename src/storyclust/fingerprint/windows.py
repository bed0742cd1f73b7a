"""Window fingerprints of texts, as flat arrays over a batch; the idea is told in `windows_kernels`."""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers
from storyclust.fingerprint.kept import KeptWords
from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.fingerprint.windows_kernels import window_fingerprints_of
from storyclust.parallel import Workers
from storyclust.text.words import Words
from storyclust.text.words_kernels import KIND_SHIFT, POSTED, STOCK


def window_fingerprints(words: Words, size: int, window: int) -> tuple[Hashes, Integers]:
    """Each text's distinct window minima, text after text; and how many each text has.

    >>> from storyclust.text.words import analyse
    >>> _, counts = window_fingerprints(analyse(["one two three four five six", "one"]), 2, 3)
    >>> counts.min() >= 1
    np.True_
    """
    return _fingerprints(words.hashes, np.ones(len(words.hashes), np.bool_), words.first_word, size, window)


def story_fingerprints(words: KeptWords, size: int, window: int, workers: Workers) -> tuple[Hashes, Integers]:
    """As `window_fingerprints`, without those that stand in clutter and stock passages: these join no stories."""
    first_word = words.first_word

    def fingerprints_of(batch: tuple[int, int]) -> tuple[Hashes, Integers]:
        first = first_word[batch[0] : batch[1] + 1]
        own = slice(first[0], first[-1])
        of_story = (words.flags[own] >> np.uint8(KIND_SHIFT) <= POSTED) & (words.flags[own] & np.uint8(STOCK) == 0)
        return _fingerprints(words.hashes[own], of_story, first - first[0], size, window)

    return workers.gather(fingerprints_of, workers.split(len(words), weights=words.word_counts))


def _fingerprints(hashes: Hashes, kept: Flags, first_word: Integers, size: int, window: int) -> tuple[Hashes, Integers]:
    """The fingerprints of shingles with a word that is kept (bool, one a word)."""
    longest = int(np.diff(first_word).max(initial=0)) + 1
    fingerprints, counts = np.empty(len(hashes), np.uint64), np.empty(len(first_word) - 1, np.int64)
    scratch = (
        np.empty(longest, np.uint64),
        np.empty(longest, np.int64),
        np.empty(longest, np.uint64),
        np.empty(slots_for(longest), np.uint64),
    )
    count = window_fingerprints_of(hashes, kept, first_word, size, window, *scratch, fingerprints, counts)
    return fingerprints[:count].copy(), counts
