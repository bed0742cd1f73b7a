"""What is kept of the words of every text after the first pass: hashes and flags, one text after another.

In: the words of a batch. Out: arrays that later stages cut contents from. Offsets are not kept: they are found again
for the few stories whose passages are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Self

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers
from storyclust.fingerprint import kept_kernels as kernels
from storyclust.fingerprint.shingles import mark_fresh_shingles
from storyclust.fingerprint.shingles_kernels import hash_contents
from storyclust.parallel import Workers
from storyclust.text.words import Words


@dataclass(frozen=True, slots=True)
class KeptWords:
    """The words of many texts, one text after another.

    Attributes
    ----------
    hashes : uint64 array, one a word
    flags : uint8 array, one a word
        NARRATED, FRESH and STOCK of `storyclust.text.words_kernels`, and above them the kind of the word.
    figures : uint8 array, one a word
        As of `Words`.
    word_counts, told_counts, narrated_counts, story_counts, shingle_counts : int64 arrays, one a text
        How many words it has, how many are told, how many of these are its writer's own and no stock passage's, how
        many are of the story (told, quoted or posted), and how many distinct shingles there are.
    """

    hashes: Hashes
    flags: Bytes
    figures: Bytes
    word_counts: Integers
    told_counts: Integers
    narrated_counts: Integers
    story_counts: Integers
    shingle_counts: Integers

    @classmethod
    def of(cls, words: Words, shingle_words: int) -> Self:
        """What is kept of the words of a batch."""
        flags = mark_fresh_shingles(words, shingle_words)
        unknown = np.zeros(len(words), np.int64)
        counts = unknown, unknown, unknown, unknown
        kept = cls(words.hashes, flags, words.figures, np.diff(words.first_word), *counts)
        counted = np.empty((len(kept), kernels.COUNTED), np.int64)
        kernels.count_flags(flags, words.first_word, counted)
        return kept.with_counts(counted)

    def with_counts(self, counts: Integers) -> Self:
        """The same words, counted by their flags: int64, a row a text, as `kept_kernels` fills it."""
        return replace(
            self,
            told_counts=counts[:, kernels.TOLD_WORDS].copy(),
            narrated_counts=counts[:, kernels.NARRATED_WORDS].copy(),
            story_counts=counts[:, kernels.STORY_WORDS].copy(),
            shingle_counts=counts[:, kernels.FRESH_WORDS].copy(),
        )

    @classmethod
    def joined(cls, parts: Sequence[KeptWords]) -> Self:
        """The texts of all parts, of which there is at least one, one part after another."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def apart(self) -> Iterator[KeptWords]:
        """Each text alone."""
        first = self.first_word.tolist()
        for text, (start, stop) in enumerate(pairwise(first)):
            words = (getattr(self, name)[start:stop].copy() for name in ("hashes", "flags", "figures"))
            counts = self.word_counts, self.told_counts, self.narrated_counts, self.story_counts, self.shingle_counts
            yield KeptWords(*words, *(column[text : text + 1].copy() for column in counts))

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.word_counts)

    @property
    def first_word(self) -> Integers:
        """Where each text begins, and the last one ends: int64, one more than texts."""
        return np.concatenate(([0], np.cumsum(self.word_counts)))

    def content_hashes(self, workers: Workers) -> Hashes:
        """One hash a text, equal for equal words with the same ones narrated."""
        contents, first_word = np.empty(len(self), np.uint64), self.first_word

        def hash_batch(batch: tuple[int, int]) -> None:
            start, stop = batch
            hash_contents(self.hashes, self.flags, first_word[start : stop + 1], contents[start:stop])

        workers.run(hash_batch, workers.split(len(self), weights=self.word_counts))
        return contents
