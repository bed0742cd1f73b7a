"""What a story is found by: band keys for the whole, window fingerprints for its parts.

In: the words of a batch. Out: per story everything the candidate search needs, and nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers
from storyclust.fingerprint.kept import KeptWords
from storyclust.fingerprint.keys import Keys
from storyclust.fingerprint.signatures import choose_bands, signatures
from storyclust.fingerprint.signatures_kernels import band_keys_of
from storyclust.fingerprint.windows import story_fingerprints, window_fingerprints
from storyclust.parallel import Workers
from storyclust.settings import Settings
from storyclust.text.words import Words

# Bands find pairs alike as a whole, from this Jaccard similarity on with this probability; below it,
# and for cut copies, the windows do, with certainty. Half is what a story shares with its own half.
BAND_JACCARD, BAND_RECALL = 0.5, 0.99

# A window of 8 shingles of 5 words: a shared run of 12 words is found for certain.
WINDOW = 8


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What the stories of a batch are found by.

    Attributes
    ----------
    bands : uint64 array of shape (stories, bands)
        Keys of the bands of each story's signature.
    windows : uint64 array
        The distinct window fingerprints of all stories, one story after another.
    window_counts : int64 array, one a story
    """

    bands: Hashes
    windows: Hashes
    window_counts: Integers

    @classmethod
    def of(cls, words: Words, settings: Settings, long_enough: Flags) -> Fingerprints:
        """The fingerprints of a batch; the stories that are not long enough to be compared have no windows."""
        bands, rows = choose_bands(BAND_JACCARD, BAND_RECALL)
        band_keys = np.empty((len(words), bands), np.uint64)
        band_keys_of(signatures(words, settings), rows, band_keys)
        windows, window_counts = window_fingerprints(words, settings.shingle_words, WINDOW)
        return cls(band_keys, windows[np.repeat(long_enough, window_counts)], np.where(long_enough, window_counts, 0))

    def of_stories(self, words: KeptWords, size: int, workers: Workers) -> Fingerprints:
        """The same bands, and the windows without those of clutter and stock passages, as the words are flagged."""
        return Fingerprints(self.bands, *story_fingerprints(words, size, WINDOW, workers))

    @property
    def first_window(self) -> Integers:
        """Where the windows of each story begin, and the last one's end: int64, one more than stories."""
        return np.concatenate(([0], np.cumsum(self.window_counts)))

    @property
    def keys(self) -> Keys:
        """All keys of the stories."""
        return Keys(self.bands, self.windows, self.first_window)

    def without_windows(self) -> Fingerprints:
        """The same bands alone."""
        return Fingerprints(self.bands, self.windows[:0].copy(), np.zeros_like(self.window_counts))
