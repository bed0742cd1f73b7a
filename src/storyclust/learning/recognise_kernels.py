"""Marks in a text what a profile knows: lines that its source repeats, and passages that everyone uses.

In: words and flags, lines, and tables of known lines and known window fingerprints. Out: the flags.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import fill_shingles, holds_value
from storyclust.fingerprint.windows_kernels import fill_window_minima
from storyclust.text.words_kernels import CLUTTER, FRESH, KIND_SHIFT, NARRATED, STOCK

CLUTTER_KIND = np.uint8(CLUTTER << KIND_SHIFT)
NOT_NARRATED = np.uint8(0xFF ^ NARRATED)


@kernel
def flag_furniture(
    first_word: Integers, keys: Hashes, stops: Numbers, first_line: Integers, slots: Hashes, flags: Bytes
) -> None:
    """Make clutter of the lines whose keys stand in `slots` (uint64, a table as long as it has places)."""
    for text in range(len(first_line) - 1):
        start = 0
        for line in range(first_line[text], first_line[text + 1]):
            if holds_value(slots, len(slots), keys[line]):
                for word in range(first_word[text] + start, first_word[text] + stops[line]):
                    flags[word] = (flags[word] & np.uint8(FRESH)) | CLUTTER_KIND
            start = stops[line]


@kernel
def flag_stock(
    hashes: Hashes,
    first_word: Integers,
    size: int,
    window: int,
    slots: Hashes,
    shingles: Hashes,
    places: Integers,
    flags: Bytes,
) -> None:
    """Flag the words of shingles whose hashes stand in `slots`, where they are window minima, and between two such.

    shingles uint64, places int64: scratch, as long as the longest text asks.
    """
    for text in range(len(first_word) - 1):
        start, stop = first_word[text], first_word[text + 1]
        count = fill_shingles(hashes, start, stop, size, shingles)
        found = fill_window_minima(shingles, count, window, places)
        reached, before = 0, False
        for index in range(found):
            known = holds_value(slots, len(slots), shingles[places[index]])
            if known:
                begin = reached if before else places[index]
                reached = min(places[index] + size, stop - start)
                for word in range(start + begin, start + reached):
                    flags[word] = (flags[word] & NOT_NARRATED) | np.uint8(STOCK)
            before = known
