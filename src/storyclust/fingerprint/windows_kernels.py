"""Window fingerprints: the least shingle hash of every window of shingles (winnowing).

Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003.

In: word hashes of several texts. Out: each text's distinct window minima. Two texts that share a run
of ``window + size - 1`` words share a whole window, so they have a fingerprint in common: certainly,
not probably. A text with fewer shingles than a window has the minimum of those it has.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import fill_distinct, fill_shingles, slots_for


@kernel
def fill_window_minima(shingles: Hashes, count: int, window: int, places: Integers) -> int:
    """Write where the minima of successive windows stand, each run of one minimum once; returns how many."""
    written = 0
    least = -1
    for stop in range(min(window, count), count + 1):
        start = max(stop - window, 0)
        if least < start:
            # The old minimum has left the window (or there was none): look through all of it.
            least = start
            for index in range(start + 1, stop):
                if shingles[index] <= shingles[least]:
                    least = index
        elif shingles[stop - 1] <= shingles[least]:
            least = stop - 1
        else:
            continue
        if stop > start:
            places[written] = least
            written += 1
    return written


@kernel
def window_fingerprints_of(
    hashes: Hashes,
    kept: Flags,
    first_word: Integers,
    size: int,
    window: int,
    shingles: Hashes,
    places: Integers,
    minima: Hashes,
    slots: Hashes,
    fingerprints: Hashes,
    counts: Integers,
) -> int:
    """Each text's fingerprints, each once, one text after another; returns how many in all.

    A fingerprint is one of a shingle with a word that is kept. hashes uint64 and kept bool, a word; first_word int64;
    shingles, minima and slots uint64 and places int64: scratch, as long as the longest text asks; fingerprints uint64,
    as long as the words; counts int64, one a text.
    """
    written = 0
    for text in range(len(first_word) - 1):
        start, stop = first_word[text], first_word[text + 1]
        count = fill_shingles(hashes, start, stop, size, shingles)
        found, chosen = fill_window_minima(shingles, count, window, places), 0
        for index in range(found):
            begin = start + places[index]
            if np.any(kept[begin : min(begin + size, stop)]):
                minima[chosen] = shingles[places[index]]
                chosen += 1
        before = written
        written = fill_distinct(minima, chosen, slots, slots_for(chosen), fingerprints, written)
        counts[text] = written - before
    return written
