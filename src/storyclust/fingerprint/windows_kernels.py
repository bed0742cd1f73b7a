"""Window fingerprints: the least shingle hash of every window of shingles (winnowing).

Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003.

In: word hashes of several texts. Out: each text's distinct window minima. Two texts that share a run
of ``window + size - 1`` words share a whole window, so they have a fingerprint in common: certainly,
not probably. A text with fewer shingles than a window has the minimum of those it has.
"""

from __future__ import annotations

from storyclust.arrays import Bytes, Hashes, Integers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import fill_distinct, fill_shingles, slots_for
from storyclust.text.words_kernels import KIND_SHIFT, POSTED, STOCK


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
    first_word: Integers,
    size: int,
    window: int,
    shingles: Hashes,
    places: Integers,
    minima: Hashes,
    slots: Hashes,
    fingerprints: Hashes,
    first_fingerprint: Integers,
) -> int:
    """Each text's fingerprints, each once, one text after another; returns how many in all.

    hashes uint64, a word; first_word int64; shingles, minima and slots uint64 and places int64: scratch, as
    long as the longest text asks; fingerprints uint64, as long as hashes; first_fingerprint int64, as first_word.
    """
    written = 0
    for text in range(len(first_word) - 1):
        first_fingerprint[text] = written
        count = fill_shingles(hashes, first_word[text], first_word[text + 1], size, shingles)
        found = fill_window_minima(shingles, count, window, places)
        for index in range(found):
            minima[index] = shingles[places[index]]
        written = fill_distinct(minima, found, slots, slots_for(found), fingerprints, written)
    first_fingerprint[len(first_word) - 1] = written
    return written


@kernel
def is_of_story(flags: Bytes, start: int, stop: int) -> bool:
    """Whether any of some words belongs to the story, quoted or told, and to no stock passage."""
    found = False
    for word in range(start, stop):
        found = found or (flags[word] >> KIND_SHIFT <= POSTED and not flags[word] & STOCK)
    return found


@kernel
def story_fingerprints_of(
    hashes: Hashes,
    flags: Bytes,
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
    """As `window_fingerprints_of`, without minima that stand in clutter and stock passages; counts int64, a text."""
    written = 0
    for text in range(len(first_word) - 1):
        start, stop = first_word[text], first_word[text + 1]
        count = fill_shingles(hashes, start, stop, size, shingles)
        found, kept = fill_window_minima(shingles, count, window, places), 0
        for index in range(found):
            begin = start + places[index]
            if is_of_story(flags, begin, min(begin + size, stop)):
                minima[kept] = shingles[places[index]]
                kept += 1
        before = written
        written = fill_distinct(minima, kept, slots, slots_for(kept), fingerprints, written)
        counts[text] = written - before
    return written
