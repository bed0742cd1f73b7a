"""The distinct contents that are compared: their words as flat arrays.

In: the words of all stories, as kept. Out: which stories bear one content, and which stretch of the words it is.
Shingles are worked out again where they are needed, which is cheaper than keeping them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers
from storyclust.fingerprint.kept import KeptWords
from storyclust.text.words_kernels import NARRATED


@dataclass(frozen=True, slots=True)
class Contents:
    """Contents, each a stretch of words from `start` to `stop` (exclusive).

    Attributes
    ----------
    hashes : uint64 array, flags, figures : uint8 arrays, one a word
    start, stop : int64 arrays, one a content
    word_counts, told_counts, narrated_counts, story_counts, shingle_counts : int64 arrays, one a content
        As of `KeptWords`.
    """

    hashes: Hashes
    flags: Bytes
    figures: Bytes
    start: Integers
    stop: Integers
    word_counts: Integers
    told_counts: Integers
    narrated_counts: Integers
    story_counts: Integers
    shingle_counts: Integers

    @classmethod
    def choose(cls, words: KeptWords, texts: Integers) -> Contents:
        """The contents of some texts."""
        stop = np.cumsum(words.word_counts)
        return cls(
            words.hashes,
            words.flags,
            words.figures,
            (stop - words.word_counts)[texts],
            stop[texts],
            words.word_counts[texts],
            words.told_counts[texts],
            words.narrated_counts[texts],
            words.story_counts[texts],
            words.shingle_counts[texts],
        )

    def __len__(self) -> int:
        """The number of contents."""
        return len(self.start)

    def are_equal(self, one: int, other: int) -> bool:
        """Whether two contents have the same words with the same ones narrated."""
        a, b = (slice(self.start[content], self.stop[content]) for content in (one, other))
        same_narration = np.array_equal(self.flags[a] & NARRATED, self.flags[b] & NARRATED)
        return np.array_equal(self.hashes[a], self.hashes[b]) and same_narration


@dataclass(frozen=True, slots=True)
class DistinctContents:
    """Contents that stories bear, each once, in the order of their hashes.

    Attributes
    ----------
    story : int64 array, one a content
        The first of its stories.
    stories : int64 array, one a content
        How many stories bear it.
    of_story : int64 array, one a story
        The content of each, -1 for a story too short to be compared.
    """

    story: Integers
    stories: Integers
    of_story: Integers

    @classmethod
    def of(cls, hashes: Hashes, story_counts: Integers, min_words: int) -> DistinctContents:
        """The contents (hashes, one a story) of the stories with enough words of their own."""
        long_enough = np.flatnonzero(story_counts >= min_words)
        _, first, inverse, stories = np.unique(
            hashes[long_enough], return_index=True, return_inverse=True, return_counts=True
        )
        of_story = np.full(len(hashes), -1, np.int64)
        of_story[long_enough] = inverse
        return cls(long_enough[first], stories, of_story)
