"""Keys of many texts, and the texts that bear each key that many contents bear.

In: keys, those of one text after those of another, and the content of each text. Out: a range of the keys, in order;
the frequent keys of the range, rising, and their bearers.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.words_kernels import HASH_FACTOR

SLICE_BITS = 12
SLICES = 1 << SLICE_BITS  # all keys there can be, by their top bits
SLICE_SHIFT = np.uint64(64 - SLICE_BITS)
FULL = 255
FEW = 32
HALF = 32  # bits of a number for a text, and for a content


@kernel
def count_slices(rows: Hashes, values: Hashes, first: Integers, content: Integers, counts: Integers) -> None:
    """Add to `counts` (int64, one a slice) the keys of the texts that have a content; see `list_slices`."""
    for text in range(len(content)):
        if content[text] >= 0:
            for column in range(rows.shape[1]):
                counts[rows[text, column] >> SLICE_SHIFT] += 1
            for place in range(first[text], first[text + 1]):
                counts[values[place] >> SLICE_SHIFT] += 1


@kernel
def list_slices(
    rows: Hashes,
    values: Hashes,
    first: Integers,
    content: Integers,
    start: int,
    stop: int,
    keys: Hashes,
    texts: Numbers,
) -> None:
    """Write the keys of the slices from start to stop (exclusive) into `keys` (uint64), whose each is into `texts`.

    rows uint64, texts by any number, and values uint64, those of text i from first[i] (int64) on: the keys of each
    text; content int64, one a text: -1 for those that are left out; texts int32.
    """
    written = 0
    low, width = np.uint64(start), np.uint64(stop - start)  # one comparison tells both ends: below wraps around
    for text in range(len(content)):
        if content[text] >= 0:
            for column in range(rows.shape[1]):
                if (rows[text, column] >> SLICE_SHIFT) - low < width:
                    keys[written], texts[written] = rows[text, column], text
                    written += 1
            for place in range(first[text], first[text + 1]):
                if (values[place] >> SLICE_SHIFT) - low < width:
                    keys[written], texts[written] = values[place], text
                    written += 1


@kernel
def flag_frequent(keys: Hashes, fewest: int, counts: Bytes, frequent: Flags) -> None:
    """Flag the keys that occur `fewest` times or more, and a few of the others.

    Most keys are rare, and need not be sorted. counts: uint8, zeroed, a power of two long: keys that fall into one
    place are counted together, up to 255.
    """
    mask = np.uint64(len(counts) - 1)
    for key in keys:
        place = (key * HASH_FACTOR) >> np.uint64(32) & mask
        if counts[place] < FULL:
            counts[place] += np.uint8(1)
    for index in range(len(keys)):
        frequent[index] = counts[(keys[index] * HASH_FACTOR) >> np.uint64(32) & mask] >= min(fewest, FULL)


@kernel
def fold_places(keys: Hashes, alike: int, bits: int, folded: Hashes) -> None:
    """Write the top bits of each key, but for the first that are alike in all, and its place in the `bits` below."""
    for place in range(len(keys)):
        folded[place] = keys[place] << np.uint64(alike) >> np.uint64(bits) << np.uint64(bits) | np.uint64(place)


@kernel
def unfold_places(folded: Hashes, keys: Hashes, bits: int) -> None:
    """Replace what was folded and sorted by the places alone, in the order of the keys and, of equal keys, of places.

    Few keys differ in their last bits only, and these are moved one by one.
    """
    mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    for index in range(len(folded)):
        place, own = folded[index] & mask, index
        while own > 0 and keys[folded[own - 1]] > keys[place]:
            folded[own] = folded[own - 1]
            own -= 1
        folded[own] = place


@kernel
def sort_group(values: Integers) -> None:
    """Sort a few numbers, or many: setting up a general sort takes longer than sorting a few."""
    if len(values) > FEW:
        values.sort()
        return
    for index in range(1, len(values)):
        value, own = values[index], index
        while own > 0 and values[own - 1] > value:
            values[own] = values[own - 1]
            own -= 1
        values[own] = value


@kernel
def group_bearers(
    keys: Hashes,
    texts: Numbers,
    order: Integers,
    content: Integers,
    fewest: int,
    distinct: Hashes,
    borne: Numbers,
    counts: Numbers,
) -> tuple[int, int]:
    """Write the keys that at least so many contents bear, and the first text of each of these, by content.

    Returns how many keys, and how many bearers in all. keys uint64 and texts int32, one a place; order int64: the
    places by key; content int64, one a text; distinct uint64, borne and counts (the bearers of each key) int32: as
    long as the places.
    """
    group = np.empty(len(order), np.int64)
    start, found, written = 0, 0, 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and keys[order[stop]] == keys[order[start]]:
            stop += 1
        if stop - start >= fewest:
            for index in range(start, stop):
                text = np.int64(texts[order[index]])
                group[index] = content[text] << HALF | text
            sort_group(group[start:stop])
            begin, last = written, np.int64(-1)
            for index in range(start, stop):
                if group[index] >> HALF != last:
                    last = group[index] >> HALF
                    borne[written] = np.int32(group[index] & ((1 << HALF) - 1))
                    written += 1
            if written - begin >= fewest:
                distinct[found], counts[found] = keys[order[start]], written - begin
                found += 1
            else:
                written = begin
        start = stop
    return found, written


@kernel
def list_of_each(
    rows: Hashes, values: Hashes, first: Integers, chosen: Flags, keys: Hashes, first_key: Integers
) -> None:
    """Write the keys of the texts chosen, rising and each once in a text, and where those of each text begin.

    keys uint64, as many as all texts have; first_key int64, zeroed, one more than texts.
    """
    columns, written = rows.shape[1], 0
    for text in range(len(chosen)):
        if chosen[text]:
            own = np.empty(columns + first[text + 1] - first[text], np.uint64)
            own[:columns] = rows[text]
            own[columns:] = values[first[text] : first[text + 1]]
            own.sort()
            for place in range(len(own)):
                if place == 0 or own[place] != own[place - 1]:
                    keys[written] = own[place]
                    written += 1
        first_key[text + 1] = written
