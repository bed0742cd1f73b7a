"""The lines of each page, by the outlet whose page it is.

In: the words of a batch and where its lines end. Out: a key for each line, equal for equal lines of one outlet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Hashes, Integers, Numbers
from storyclust.learning.lines_kernels import hash_lines
from storyclust.text.words import Words


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of many texts, one text after another; a text of one line or of no source has none.

    Attributes
    ----------
    keys : uint64 array, one a line
        Equal for equal lines of one source.
    stops : int32 array, one a line
        How many words of the text stand before its end; a line begins where the one before it stops.
    counts : int64 array, one a text
        How many lines it has.
    sources : uint64 array, one a text
        Equal for texts of one source.
    """

    keys: Hashes
    stops: Numbers
    counts: Integers
    sources: Hashes

    @classmethod
    def of(cls, words: Words, sources: Sequence[str | None]) -> Lines:
        """The lines of a batch whose texts are of these sources."""
        counts = np.diff(words.first_line)
        known = np.array([source is not None for source in sources], np.bool_)
        chosen = known & (counts > 1)
        seeds = np.array([_seed(source) for source in sources], np.uint64)
        keys, stops = np.empty(len(words.line_stops), np.uint64), np.empty(len(words.line_stops), np.int32)
        hash_lines(words.hashes, words.first_word, words.line_stops, words.first_line, seeds, keys, stops)
        kept = np.repeat(chosen, counts)
        return cls(keys[kept], stops[kept], np.where(chosen, counts, 0), seeds)

    @property
    def first(self) -> Integers:
        """Where the lines of each text begin, and the last one's end: int64, one more than texts."""
        return np.concatenate(([0], np.cumsum(self.counts)))


def _seed(source: str | None) -> int:
    name = "" if source is None else source
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
