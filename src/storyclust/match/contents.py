"""The distinct contents that are compared: their words, shingles and terms, as flat arrays.

In: one text of each content that shares a key with another. Out: what verifying, joining and choosing
need of them, and no more: offsets into texts are found again where passages are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storyclust.fingerprint.shingles import find_shingles
from storyclust.parallel import Workers
from storyclust.settings import Settings
from storyclust.text.terms import count_terms
from storyclust.text.words import analyse

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Contents:
    """Contents one after another: ``first_x[i]`` to ``first_x[i + 1]`` are those of content i.

    Attributes
    ----------
    hashes : uint64 array, one a word
    narrated : bool array, one a word
    numerals : bool array, one a word
    shingles : uint64 array, each of a content's shingles once
    columns, counts : int32 arrays, a content's narrated terms by rising column, and how often each
    narrated_counts : int64 array, one a content
        How many of its words are narrated.
    first_word, first_shingle, first_term : int64 arrays, one more than contents
    """

    hashes: npt.NDArray[np.uint64]
    narrated: npt.NDArray[np.bool_]
    numerals: npt.NDArray[np.bool_]
    shingles: npt.NDArray[np.uint64]
    columns: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    narrated_counts: Integers
    first_word: Integers
    first_shingle: Integers
    first_term: Integers

    def __len__(self) -> int:
        """The number of contents."""
        return len(self.first_word) - 1

    def are_equal(self, one: int, other: int) -> bool:
        """Whether two contents have the same words with the same narrated flags."""
        a, b = (slice(self.first_word[content], self.first_word[content + 1]) for content in (one, other))
        return np.array_equal(self.hashes[a], self.hashes[b]) and np.array_equal(self.narrated[a], self.narrated[b])

    @property
    def word_counts(self) -> Integers:
        """The number of words of each content."""
        return np.diff(self.first_word)

    @property
    def shingle_counts(self) -> Integers:
        """The number of distinct shingles of each content."""
        return np.diff(self.first_shingle)


def gather_contents(texts: Sequence[str], settings: Settings, workers: Workers) -> Contents:
    """Analyse one text of each content."""

    def analysed(batch: tuple[int, int]) -> tuple[npt.NDArray[np.generic], ...]:
        words = analyse(texts[slice(*batch)])
        shingles, shingle_counts = find_shingles(words, settings.shingle_words)
        columns, counts, term_counts = count_terms(words)
        word_counts = np.diff(words.first_word)
        narrated_before = np.concatenate(([0], np.cumsum(words.narrated)))
        narrated_counts = np.diff(narrated_before[words.first_word])
        return (
            words.hashes,
            words.narrated,
            words.numerals,
            shingles,
            columns,
            counts,
            narrated_counts,
            word_counts,
            shingle_counts,
            term_counts,
        )

    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    empty = analysed((0, 0))  # gives the types where there are no texts at all
    parts = [empty, *workers.map(analysed, workers.split(len(texts), weights=lengths))]
    *arrays, word_counts, shingle_counts, term_counts = (np.concatenate(part) for part in zip(*parts, strict=True))
    sizes = word_counts, shingle_counts, term_counts
    return Contents(*arrays, *(np.concatenate(([0], np.cumsum(size))) for size in sizes))
