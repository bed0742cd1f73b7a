"""The passages of a pair: runs of words that stand in both, each word used once on either side.

In: the words of two contents, the longer and the shorter. Out: runs of at least a shingle's length.

The shorter is read from its start. Where a shingle of it stands in the longer, the run is continued as
far as the words agree; among several places the one that goes on from the last run is taken, or else
the longest of the first few. Linear: a place is tried a bounded number of times.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import shingle_count, shingle_hash, slots_for
from storyclust.text.words_kernels import KIND_SHIFT, KINDS, NARRATED

PLACES_TRIED = 16


@kernel
def run_length(
    hashes: Hashes,
    long_place: int,
    long_stop: int,
    short_place: int,
    short_stop: int,
    used: Flags,
    used_start: int,
) -> int:
    """How many words agree from two places on, up to a word of the longer that another run has."""
    length = 0
    while (
        long_place + length < long_stop
        and short_place + length < short_stop
        and not used[long_place + length - used_start]
        and hashes[long_place + length] == hashes[short_place + length]
    ):
        length += 1
    return length


@kernel
def index_places(
    hashes: Hashes,
    start: int,
    stop: int,
    size: int,
    slots: Numbers,
    slot_count: int,
    following: Numbers,
) -> None:
    """Chain the places of each shingle, first place first: slots holds the heads, -1 where empty."""
    for empty in range(slot_count):
        slots[empty] = -1
    mask = np.uint64(slot_count - 1)
    for place in range(start + shingle_count(stop - start, size) - 1, start - 1, -1):
        slot = shingle_hash(hashes, place, min(size, stop - start)) & mask
        following[place - start] = slots[slot]
        slots[slot] = place - start


@kernel
def find_runs(
    hashes: Hashes,
    long_start: int,
    long_stop: int,
    short_start: int,
    short_stop: int,
    size: int,
    slots: Numbers,
    slot_count: int,
    following: Numbers,
    used: Flags,
    runs: Numbers,
    found: int,
) -> int:
    """Write the runs of a pair from row `found` of `runs` on; returns the row after the last.

    slots and following as `index_places` left them; used: all False for the words of the longer.
    """
    mask = np.uint64(slot_count - 1)
    place, expected = short_start, -1
    while place + size <= short_stop:
        best, best_length = -1, size - 1
        if expected >= 0 and expected < long_stop:
            length = run_length(hashes, expected, long_stop, place, short_stop, used, long_start)
            if length > best_length:
                best, best_length = expected, length
        if best < 0:
            candidate = slots[shingle_hash(hashes, place, size) & mask]
            tried = 0
            while candidate >= 0 and tried < PLACES_TRIED:
                there = long_start + candidate
                length = run_length(hashes, there, long_stop, place, short_stop, used, long_start)
                if length > best_length:
                    best, best_length = there, length
                candidate = following[candidate]
                tried += 1
        if best < 0:
            place += 1
            expected += 1 if expected >= 0 else 0
            continue
        runs[found, 0], runs[found, 1], runs[found, 2] = best - long_start, place - short_start, best_length
        found += 1
        for word in range(best - long_start, best - long_start + best_length):
            used[word] = True
        place += best_length
        expected = best + best_length
    return found


@kernel
def runs_of(
    longer: Numbers,
    shorter: Numbers,
    start: int,
    stop: int,
    hashes: Hashes,
    flags: Bytes,
    first: Integers,
    last: Integers,
    size: int,
    slots: Numbers,
    following: Numbers,
    used: Flags,
    runs: Numbers,
    first_run: Integers,
) -> int:
    """Write the runs of the pairs from start to stop, and a pair each where they end; returns how many.

    longer and shorter int32, pairs sorted by longer; first and last: the words of each content; slots and
    following int32 and used bool, all False: scratch, as long as the longest content asks; runs int32 of
    five columns: word of the longer, word of the shorter, words, words narrated in both, and what most of the others
    are, the higher kind of the two; first_run int64, one more than pairs.
    """
    others = np.zeros(KINDS, np.int64)
    held, found, slot_count = -1, 0, 8
    first_run[0] = 0
    for pair in range(start, stop):
        a, b = longer[pair], shorter[pair]
        if a != held:
            held = a
            slot_count = slots_for(last[a] - first[a])
            index_places(hashes, first[a], last[a], size, slots, slot_count, following)
        begin = found
        found = find_runs(
            hashes,
            first[a],
            last[a],
            first[b],
            last[b],
            size,
            slots,
            slot_count,
            following,
            used,
            runs,
            found,
        )
        for run in range(begin, found):
            both = 0
            others[:] = 0
            for step in range(runs[run, 2]):
                used[runs[run, 0] + step] = False
                one, other = flags[first[a] + runs[run, 0] + step], flags[first[b] + runs[run, 1] + step]
                both += one & other & NARRATED
                others[max(one >> KIND_SHIFT, other >> KIND_SHIFT)] += 1
            runs[run, 3] = both
            runs[run, 4] = 1 + np.argmax(others[1:])
        first_run[pair - start + 1] = found
    return found
