"""What a story is found by: a content hash, band keys for the whole, window fingerprints for its parts.

In: the words of a batch. Out: per story everything the candidate search needs, and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Hashes
from storyclust.fingerprint.shingles_kernels import hash_contents
from storyclust.fingerprint.signatures import choose_bands, signatures
from storyclust.fingerprint.signatures_kernels import band_keys_of
from storyclust.fingerprint.windows import window_fingerprints
from storyclust.settings import Settings
from storyclust.text.words import Words
from storyclust.text.words_kernels import POSTED

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
    contents : uint64 array, one a story
        Equal for equal words with equal narrated flags.
    word_counts, story_counts : int64 arrays, one a story
        Its words, and those of them that are neither caption nor credit nor clutter.
    keys : uint64 array
        Band keys and window fingerprints of all stories, one story after another.
    first_key : int64 array, one more than stories
    """

    contents: npt.NDArray[np.uint64]
    word_counts: npt.NDArray[np.int64]
    story_counts: npt.NDArray[np.int64]
    keys: npt.NDArray[np.uint64]
    first_key: npt.NDArray[np.int64]

    @classmethod
    def concatenate(cls, parts: Sequence[Fingerprints]) -> Fingerprints:
        """The fingerprints of several batches as one."""
        nothing = np.empty(0, np.uint64)
        key_counts = np.concatenate([np.empty(0, np.int64), *(np.diff(part.first_key) for part in parts)])
        return cls(
            np.concatenate([nothing, *(part.contents for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.word_counts for part in parts)]),
            np.concatenate([np.empty(0, np.int64), *(part.story_counts for part in parts)]),
            np.concatenate([nothing, *(part.keys for part in parts)]),
            np.concatenate(([0], np.cumsum(key_counts))),
        )

    def distinct_contents(self, min_words: int) -> DistinctContents:
        """The contents of the stories that are long enough, each once, in the order of their hashes."""
        long_enough = np.flatnonzero(self.story_counts >= min_words)
        _, first, inverse, stories = np.unique(
            self.contents[long_enough], return_index=True, return_inverse=True, return_counts=True
        )
        of_story = np.full(len(self.contents), -1, np.int64)
        of_story[long_enough] = inverse
        return DistinctContents(long_enough[first], stories, of_story)

    def keys_of(self, stories: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        """The keys of some stories, one after another, and where those of each begin."""
        counts = np.diff(self.first_key)[stories]
        first = np.concatenate(([0], np.cumsum(counts)))
        places = np.arange(first[-1]) + np.repeat(self.first_key[stories] - first[:-1], counts)
        return self.keys[places], first


@dataclass(frozen=True, slots=True)
class DistinctContents:
    """Contents that stories bear, each once.

    Attributes
    ----------
    story : int64 array, one a content
        The first of its stories.
    stories : int64 array, one a content
        How many stories bear it.
    of_story : int64 array, one a story
        The content of each, -1 for a story too short to be compared.
    """

    story: npt.NDArray[np.int64]
    stories: npt.NDArray[np.int64]
    of_story: npt.NDArray[np.int64]


def hash_each_content(words: Words) -> Hashes:
    """The content hash of each text: equal for equal words with the same ones narrated."""
    contents = np.empty(len(words), np.uint64)
    hash_contents(words.hashes, words.narrated, words.first_word, contents)
    return contents


def fingerprint(words: Words, settings: Settings) -> Fingerprints:
    """Fingerprint the stories of a batch; stories of fewer than `Settings.min_words` words of their own get no keys."""
    contents = hash_each_content(words)
    bands, rows = choose_bands(max(settings.jaccard, BAND_JACCARD), BAND_RECALL)
    band_keys = np.empty((len(words), bands), np.uint64)
    band_keys_of(signatures(words, settings), rows, band_keys)

    windows, window_counts = window_fingerprints(words, settings.shingle_words, WINDOW)

    word_counts = np.diff(words.first_word)
    of_story = np.concatenate(([0], np.cumsum(words.kinds <= POSTED)))
    story_counts = np.diff(of_story[words.first_word])
    long_enough = story_counts >= settings.min_words
    chosen = np.repeat(long_enough, window_counts)
    key_counts = np.where(long_enough, bands + window_counts, 0)
    first_key = np.concatenate(([0], np.cumsum(key_counts)))
    keys = np.empty(first_key[-1], np.uint64)
    band_places = first_key[:-1][long_enough, None] + np.arange(bands)
    keys[band_places] = band_keys[long_enough]
    is_window = np.ones(len(keys), np.bool_)
    is_window[band_places] = False
    keys[is_window] = windows[chosen]
    return Fingerprints(contents, word_counts, story_counts, keys, first_key)
