"""The distinct contents that are compared: their words as flat arrays.

In: the words of all stories, as the first pass left them. Out: which stretch of them each content is.
Shingles are worked out again where they are needed, which is cheaper than keeping them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers
from storyclust.fingerprint.shingles import mark_fresh_shingles
from storyclust.text.flags import FRESH, NARRATED
from storyclust.text.words import Words, analyse


@dataclass(frozen=True, slots=True)
class KeptWords:
    """The words of many texts, one text after another.

    Attributes
    ----------
    hashes : uint64 array, one a word
    flags : uint8 array, one a word
        NARRATED, NUMERAL and FRESH of `storyclust.text.flags`.
    first_word : int64 array, one more than texts
    """

    hashes: Hashes
    flags: Bytes
    first_word: Integers

    @classmethod
    def of(cls, words: Words, shingle_words: int) -> KeptWords:
        """What is kept of the words of a batch."""
        return cls(words.hashes, mark_fresh_shingles(words, shingle_words), words.first_word)

    @classmethod
    def concatenate(cls, parts: Sequence[KeptWords]) -> KeptWords:
        """The words of several batches as one."""
        counts = np.concatenate([np.empty(0, np.int64), *(np.diff(part.first_word) for part in parts)])
        return cls(
            np.concatenate([np.empty(0, np.uint64), *(part.hashes for part in parts)]),
            np.concatenate([np.empty(0, np.uint8), *(part.flags for part in parts)]),
            np.concatenate(([0], np.cumsum(counts))),
        )

    def count(self, flag: int) -> Integers:
        """How many words of each text bear a flag."""
        before = np.concatenate(([0], np.cumsum((self.flags & flag) != 0)))
        counts: Integers = np.diff(before[self.first_word])
        return counts


@dataclass(frozen=True, slots=True)
class Contents:
    """Contents, each a stretch of words from `start` to `stop` (exclusive).

    Attributes
    ----------
    hashes : uint64 array, flags : uint8 array, one a word
    start, stop : int64 arrays, one a content
    narrated_counts, shingle_counts : int64 arrays, one a content
        How many narrated words and how many distinct shingles it has.
    """

    hashes: Hashes
    flags: Bytes
    start: Integers
    stop: Integers
    narrated_counts: Integers
    shingle_counts: Integers

    @classmethod
    def choose(cls, words: KeptWords, texts: Integers) -> Contents:
        """The contents of some texts."""
        return cls(
            words.hashes,
            words.flags,
            words.first_word[texts],
            words.first_word[texts + 1],
            words.count(NARRATED)[texts],
            words.count(FRESH)[texts],
        )

    @classmethod
    def of_texts(cls, texts: Sequence[str], shingle_words: int) -> Contents:
        """The contents of texts, one each, equal or not."""
        return cls.choose(KeptWords.of(analyse(texts), shingle_words), np.arange(len(texts)))

    def __len__(self) -> int:
        """The number of contents."""
        return len(self.start)

    @property
    def word_counts(self) -> Integers:
        """The number of words of each content."""
        return self.stop - self.start

    def are_equal(self, one: int, other: int) -> bool:
        """Whether two contents have the same words with the same ones narrated."""
        a, b = (slice(self.start[content], self.stop[content]) for content in (one, other))
        same_narration = np.array_equal(self.flags[a] & NARRATED, self.flags[b] & NARRATED)
        return np.array_equal(self.hashes[a], self.hashes[b]) and same_narration
