"""What a profile knows of the words of texts: furniture of their outlet, stock passages of everyone."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from storyclust.arrays import Hashes
from storyclust.fingerprint.fingerprints import WINDOW
from storyclust.fingerprint.kept import KeptWords
from storyclust.fingerprint.kept_kernels import COUNTED, count_flags
from storyclust.fingerprint.shingles_kernels import fill_distinct, slots_for
from storyclust.learning.lines import Lines
from storyclust.learning.recognise_kernels import flag_furniture, flag_stock
from storyclust.parallel import Workers
from storyclust.profile import Profile


def recognise(words: KeptWords, lines: Lines, profile: Profile, size: int, workers: Workers) -> KeptWords:
    """The words with furniture and stock flagged; the profile that knows none leaves them as they are.

    Parameters
    ----------
    words, lines : of the same texts
    size : int
        Words in a shingle.
    """
    if len(profile.furniture) == 0 and len(profile.stock) == 0:
        return words
    flags = workers.memory.gather(words.flags[:0], [words.flags])
    counts = np.empty((len(words), COUNTED), np.int64)
    first_word, first_line = words.first_word, np.concatenate(([0], np.cumsum(lines.counts)))
    furniture, stock = _tables_of(profile)

    def flag(batch: tuple[int, int]) -> None:
        start, stop = batch
        own = first_word[start : stop + 1]
        if len(profile.furniture):
            flag_furniture(own, lines.keys, lines.stops, first_line[start : stop + 1], furniture, flags)
        if len(profile.stock):
            longest = int(np.diff(own).max(initial=0)) + 1
            shingles, places = np.empty(longest, np.uint64), np.empty(longest, np.int64)
            flag_stock(words.hashes, own, size, WINDOW, stock, shingles, places, flags)
        count_flags(flags, own, counts[start:stop])

    workers.run(flag, workers.split(len(words), weights=words.word_counts))
    return replace(words, flags=flags).with_counts(counts)


@lru_cache(maxsize=2)  # the same for every story of an index
def _tables_of(profile: Profile) -> tuple[Hashes, Hashes]:
    """Furniture and stock as tables."""
    return table_of(profile.furniture), table_of(profile.stock)


def table_of(values: Hashes) -> Hashes:
    """Values as an open hash table."""
    slots = np.empty(slots_for(len(values)), np.uint64)
    fill_distinct(values, len(values), slots, len(slots), np.empty_like(values), 0)
    return slots
