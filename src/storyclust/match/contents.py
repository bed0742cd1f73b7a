"""The distinct contents that are compared: their words as flat arrays.

In: the words of all stories, as the first pass left them. Out: which stretch of them each content is.
Shingles are worked out again where they are needed, which is cheaper than keeping them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers
from storyclust.fingerprint.shingles import mark_fresh_shingles
from storyclust.rules import Rule
from storyclust.text.words import Words, analyse
from storyclust.text.words_kernels import FRESH, NARRATED, POSTED


@dataclass(frozen=True, slots=True)
class KeptWords:
    """The words of many texts, one text after another.

    Attributes
    ----------
    hashes : uint64 array, one a word
    flags : uint8 array, one a word
        NARRATED, NUMERAL and FRESH of `storyclust.text.words_kernels`, and above them the kind of the word.
    word_counts, narrated_counts, story_counts, shingle_counts : int64 arrays, one a text
        How many words it has, how many narrated ones, how many of the story (narrated, quoted or posted), and how
        many distinct shingles.
    """

    hashes: Hashes
    flags: Bytes
    word_counts: Integers
    narrated_counts: Integers
    story_counts: Integers
    shingle_counts: Integers

    @classmethod
    def of(cls, words: Words, shingle_words: int) -> KeptWords:
        """What is kept of the words of a batch."""
        flags = mark_fresh_shingles(words, shingle_words)
        chosen = words.narrated, words.kinds <= POSTED, (flags & FRESH) != 0
        counts = (_count(each, words.first_word) for each in chosen)
        return cls(words.hashes, flags, np.diff(words.first_word), *counts)

    @classmethod
    def concatenate(cls, parts: Sequence[KeptWords]) -> KeptWords:
        """The words of several batches as one."""
        parts = [NO_WORDS, *parts]
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


def _count(chosen: Flags, first_word: Integers) -> Integers:
    """How many words of each text are chosen."""
    before = np.concatenate(([0], np.cumsum(chosen)))
    counts: Integers = np.diff(before[first_word])
    return counts


NO_WORDS = KeptWords(np.empty(0, np.uint64), np.empty(0, np.uint8), *(np.empty(0, np.int64) for _ in range(4)))


@dataclass(frozen=True, slots=True)
class Contents:
    """Contents, each a stretch of words from `start` to `stop` (exclusive).

    Attributes
    ----------
    hashes : uint64 array, flags : uint8 array, one a word
    start, stop : int64 arrays, one a content
    narrated_counts, story_counts, shingle_counts : int64 arrays, one a content
        How many narrated words it has, how many of the story, and how many distinct shingles.
    """

    hashes: Hashes
    flags: Bytes
    start: Integers
    stop: Integers
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
            (stop - words.word_counts)[texts],
            stop[texts],
            words.narrated_counts[texts],
            words.story_counts[texts],
            words.shingle_counts[texts],
        )

    @classmethod
    def of_texts(cls, texts: Sequence[str], shingle_words: int, rules: tuple[Rule, ...] = ()) -> Contents:
        """The contents of texts, one each, equal or not."""
        return cls.choose(KeptWords.of(analyse(texts, rules), shingle_words), np.arange(len(texts)))

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
