"""The passages of a pair: runs of words that stand in both, each word used once on either side.

In: the words of two contents, the longer and the shorter. Out: runs of at least a shingle's length.

The shorter is read from its start. Where a shingle of it stands in the longer, the run is continued as
far as the words agree; among several places the one that goes on from the last run is taken, or else
the longest of the first few. Linear: a place is tried a bounded number of times.
"""

from __future__ import annotations

import numpy as np

from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import shingle_count, shingle_hash, slots_for

PLACES_TRIED = 16
FEWEST_FIGURES = 2  # one figure is corrected now and then; a template changes several


@kernel
def run_length(long_words, short_words, long_place, short_place, used):
    """How many words agree from two places on, up to a word of the longer that another run has."""
    length = 0
    limit = min(len(long_words) - long_place, len(short_words) - short_place)
    while (
        length < limit
        and not used[long_place + length]
        and long_words[long_place + length] == short_words[short_place + length]
    ):
        length += 1
    return length


@kernel
def index_places(long_words, size, slots, following):
    """Chain the places of each shingle, first place first: slots holds the heads, -1 where empty."""
    slots[:] = -1
    mask = np.uint64(len(slots) - 1)
    for place in range(shingle_count(len(long_words), size) - 1, -1, -1):
        slot = shingle_hash(long_words, place, size) & mask
        following[place] = slots[slot]
        slots[slot] = place


@kernel
def find_runs(long_words, short_words, size, slots, following, used, runs):
    """Write the runs (long place, short place, length) to the first columns of `runs`; returns how many.

    slots and following as `index_places` left them; used: bool, a word of the longer, all False when handed in.
    """
    mask = np.uint64(len(slots) - 1)
    found = 0
    place, expected = 0, -1
    while place + size <= len(short_words):
        best, best_length = -1, size - 1
        if 0 <= expected < len(long_words):
            length = run_length(long_words, short_words, expected, place, used)
            if length > best_length:
                best, best_length = expected, length
        if best < 0:
            candidate = slots[shingle_hash(short_words, place, size) & mask]
            tried = 0
            while candidate >= 0 and tried < PLACES_TRIED:
                length = run_length(long_words, short_words, candidate, place, used)
                if length > best_length:
                    best, best_length = candidate, length
                candidate = following[candidate]
                tried += 1
        if best < 0:
            place += 1
            expected += 1 if expected >= 0 else 0
            continue
        runs[found, 0], runs[found, 1], runs[found, 2] = best, place, best_length
        found += 1
        used[best : best + best_length] = True
        place += best_length
        expected = best + best_length
    return found


@kernel
def grown_rows(array):
    """A copy with twice the rows."""
    longer = np.empty((2 * len(array) + 256, array.shape[1]), array.dtype)
    longer[: len(array)] = array
    return longer


@kernel
def runs_of(longer, shorter, start, stop, hashes, first_word, size):
    """The runs of the pairs from start to stop; returns them and, a pair each, where its runs begin.

    longer and shorter int32, pairs sorted by longer; hashes uint64; first_word int64.
    """
    runs = np.empty((1024, 4), np.int32)
    first_run = np.zeros(stop - start + 1, np.int64)
    held = -1
    slots, following = np.empty(8, np.int32), np.empty(8, np.int32)
    used = np.zeros(8, np.bool_)
    found = 0
    for pair in range(start, stop):
        long_words = hashes[first_word[longer[pair]] : first_word[longer[pair] + 1]]
        short_words = hashes[first_word[shorter[pair]] : first_word[shorter[pair] + 1]]
        if longer[pair] != held:
            held = longer[pair]
            slots, following = np.empty(slots_for(len(long_words)), np.int32), np.empty(len(long_words), np.int32)
            used = np.zeros(len(long_words), np.bool_)
            index_places(long_words, size, slots, following)
        while len(runs) - found < len(short_words) // size + 1:
            runs = grown_rows(runs)
        own = runs[found:]
        count = find_runs(long_words, short_words, size, slots, following, used, own)
        for index in range(count):
            used[own[index, 0] : own[index, 0] + own[index, 2]] = False
        found += count
        first_run[pair - start + 1] = found
    return runs[:found].copy(), first_run


@kernel
def count_narrated(longer, shorter, runs, first_run, narrated, first_word):
    """Fill the fourth column of `runs`: how many words of each run are narrated in both contents."""
    for pair in range(len(longer)):
        long_start, short_start = first_word[longer[pair]], first_word[shorter[pair]]
        for run in range(first_run[pair], first_run[pair + 1]):
            both = 0
            for step in range(runs[run, 2]):
                both += narrated[long_start + runs[run, 0] + step] and narrated[short_start + runs[run, 1] + step]
            runs[run, 3] = both


@kernel
def distinct_numerals(hashes, numerals, start, stop):
    """The hashes of the numerals among some words, each once, rising."""
    found = np.empty(stop - start, np.uint64)
    count = 0
    for word in range(start, stop):
        if numerals[word]:
            found[count] = hashes[word]
            count += 1
    found = np.sort(found[:count])
    distinct = 0
    for index in range(count):
        if index == 0 or found[index] != found[index - 1]:
            found[distinct] = found[index]
            distinct += 1
    return found[:distinct]


@kernel
def count_missing(values, others):
    """How many of some rising values are not among others, rising too."""
    missing, place = 0, 0
    for value in values:
        while place < len(others) and others[place] < value:
            place += 1
        missing += place == len(others) or others[place] != value
    return missing


@kernel
def compare_numerals(longer, shorter, runs, first_run, hashes, numerals, first_word, other_figures):
    """The share of the numerals between a content's first and last run that are not in the other.

    Of the two sides the smaller share, into `other_figures` (float64, a pair); 0 where fewer than
    FEWEST_FIGURES differ on a side. What stands outside the runs is not the story both tell.
    """
    for pair in range(len(longer)):
        other_figures[pair] = 0.0
        if first_run[pair] == first_run[pair + 1]:
            continue
        own = runs[first_run[pair] : first_run[pair + 1]]
        long_start, short_start = first_word[longer[pair]], first_word[shorter[pair]]
        long_all = distinct_numerals(hashes, numerals, long_start, first_word[longer[pair] + 1])
        short_all = distinct_numerals(hashes, numerals, short_start, first_word[shorter[pair] + 1])
        long_span = distinct_numerals(
            hashes, numerals, long_start + np.min(own[:, 0]), long_start + np.max(own[:, 0] + own[:, 2])
        )
        short_span = distinct_numerals(
            hashes, numerals, short_start + np.min(own[:, 1]), short_start + np.max(own[:, 1] + own[:, 2])
        )
        long_missing, short_missing = count_missing(long_span, short_all), count_missing(short_span, long_all)
        if min(long_missing, short_missing) >= FEWEST_FIGURES:
            other_figures[pair] = min(long_missing / len(long_span), short_missing / len(short_span))
