"""Learn a profile: how many stories have a word, which lines outlets repeat, which passages everyone uses.

In: what the first pass left of all stories. Out: a `Profile`. Free of the order of the stories.

What stands on many pages is clutter or a stock phrase only if the pages are unlike each other; else they are copies
and versions of one story. So bearers are counted that are mutually unlike, by sketches of their shingles.

1. *Furniture*: a line on FURNITURE or more unlike pages of one outlet. Pages made alike by their clutter are
   compared without the lines that the outlet repeats, where these stand on most of its pages; they must have nothing
   else in common then, since versions of a running story have, if little.
2. *Stock*: a passage, known by its window fingerprint, in STOCK or more unlike stories of any outlet, furniture apart;
   or in as many that are made alike by such passages, and have nothing in common in what they tell beside them.
3. *Formula*: a passage that comes back on DAYS or more days, SPREAD or more apart in all, in stories that are not the
   same: a daily report's. News is copied within days. Stock too, to those who ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers, Words32
from storyclust.fingerprint.fingerprints import Fingerprints
from storyclust.fingerprint.kept import KeptWords
from storyclust.fingerprint.keys import Keys
from storyclust.fingerprint.keys_kernels import HALF
from storyclust.learning.bearers import Bearers
from storyclust.learning.days_kernels import count_days
from storyclust.learning.lines import Lines
from storyclust.learning.recognise import recognise, table_of
from storyclust.learning.recognise_kernels import flag_furniture
from storyclust.learning.unlike_kernels import BUCKETS, sketch_texts
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.text.words_kernels import NARRATED

FURNITURE, STOCK = 4, 12
DAYS, SPREAD = 5, 10
MOST_PAGES = 0.6  # of an outlet's pages
# Buckets of 16 in which the sketches of two texts agree: a Jaccard similarity of about 0.3, and of any at all.
ALIKE, KIN = 5, 1
# What a story tells beside passages that it shares with many, if these are none of its own: so many words, and this
# part of all it tells. An outlet's own words around a piece of the wire are fewer.
REST, OWN_PART = 60, 0.4

LeftOut: TypeAlias = Callable[[int, int], Bytes]
"""Tells of each word of the texts from one to another (exclusive) whether it is left out: not 0 then."""


def learn(
    words: KeptWords,
    lines: Lines,
    fingerprints: Fingerprints,
    document_frequencies: Words32,
    days: Integers,
    size: int,
    workers: Workers,
) -> Profile:
    """Learn from all stories together; `days` numbers the day of each, UNDATED where it is not known; `size` is that of
    a shingle."""
    _, content = np.unique(words.content_hashes(workers), return_inverse=True)

    repeated = Bearers.of(Keys.listed(lines.keys, lines.first), content, FURNITURE, workers)
    nothing = words_of_lines(words, lines, repeated.keys[:0])
    furniture = repeated.unlike(sketch(words, nothing, repeated.texts, size, workers), ALIKE, FURNITURE)
    common = ~furniture & (repeated.counts >= MOST_PAGES * _pages_of_source(repeated, lines, content))
    outside = sketch(words, words_of_lines(words, lines, repeated.keys), repeated.texts, size, workers)
    furniture |= common & repeated.unlike(outside, KIN, FURNITURE)

    windows = Keys.listed(fingerprints.windows, fingerprints.first_window)
    recurrent = Bearers.of(windows, content, DAYS, workers)
    formulas = recurrent.keys[_comes_back(recurrent, days)]
    frequent = recurrent.of_many(STOCK)
    del recurrent  # far more than are frequent

    left_out = words_of_lines(words, lines, repeated.keys[furniture])
    stock = frequent.unlike(sketch(words, left_out, frequent.texts, size, workers), ALIKE, STOCK)
    known = Profile(len(words), document_frequencies, repeated.keys[furniture], frequent.keys)
    rest = recognise(words, lines, known, size, workers)
    told = frequent.among(rest.narrated_counts >= np.maximum(REST, OWN_PART * words.narrated_counts))
    stock |= told.unlike(sketch(words, words_not_narrated(rest), told.texts, size, workers), KIN, STOCK)
    return replace(known, stock=np.union1d(frequent.keys[stock], formulas))


def _comes_back(bearers: Bearers, days: Integers) -> Flags:
    """Which keys are borne on so many days, so far apart."""
    counts, spreads = np.empty(len(bearers.keys), np.int64), np.empty(len(bearers.keys), np.int64)
    count_days(bearers.texts, bearers.first, days, counts, spreads)
    return (counts >= DAYS) & (spreads >= SPREAD)


def sketch(words: KeptWords, left_out: LeftOut, bearers: Numbers, size: int, workers: Workers) -> Hashes:
    """Sketches of the texts named, without the words left out; a row a text, those of other texts not set."""
    sketches = np.empty((len(words), BUCKETS), np.uint64)
    chosen = np.zeros(len(words), np.bool_)
    chosen[bearers] = True
    first_word = words.first_word

    def sketch_batch(batch: tuple[int, int]) -> None:
        start, stop = batch
        first, texts = first_word[start : stop + 1], np.flatnonzero(chosen[start:stop])
        own, first = slice(first[0], first[-1]), first - first[0]
        sketch_texts(words.hashes[own], left_out(start, stop), first[:-1], first[1:], texts, size, sketches[start:stop])

    workers.run(sketch_batch, workers.split(len(words), weights=words.word_counts * chosen))
    return sketches


def words_of_lines(words: KeptWords, lines: Lines, keys: Hashes) -> LeftOut:
    """The words of the lines with these keys."""
    first_word, first_line, table = words.first_word, lines.first, table_of(keys)

    def left_out(start: int, stop: int) -> Bytes:
        first = first_word[start : stop + 1] - first_word[start]
        flags = np.zeros(first[-1], np.uint8)
        flag_furniture(first, lines.keys, lines.stops, first_line[start : stop + 1], table, flags)
        return flags

    return left_out


def words_not_narrated(words: KeptWords) -> LeftOut:
    """The words that are not narrated."""
    first_word = words.first_word
    return lambda start, stop: ~words.flags[first_word[start] : first_word[stop]] & np.uint8(NARRATED)


def _pages_of_source(repeated: Bearers, lines: Lines, content: Integers) -> Integers:
    """How many contents the outlet of each key has, of those that have lines."""
    paged = np.flatnonzero(lines.counts > 0)
    sources, source = np.unique(lines.sources[paged], return_inverse=True)
    pages = np.unique(source << HALF | content[paged])
    own = lines.sources[repeated.texts[repeated.first[:-1]]]
    of_source: Integers = np.bincount(pages >> HALF)[np.searchsorted(sources, own)]
    return of_source
