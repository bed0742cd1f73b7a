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

from dataclasses import replace

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers, Words32
from storyclust.fingerprint.fingerprints import Fingerprints
from storyclust.fingerprint.kept import KeptWords
from storyclust.learning.bearers import Bearers
from storyclust.learning.lines import Lines
from storyclust.learning.recognise import recognise, table_of
from storyclust.learning.recognise_kernels import flag_known
from storyclust.learning.unlike_kernels import BUCKETS, mark_stretches, sketch_texts
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.text.words_kernels import NARRATED

FURNITURE, STOCK = 4, 12
DAYS, SPREAD = 5, 10
UNDATED = np.iinfo(np.int64).min
DAY_BITS = 22  # the last day of the year 9999 is number 3,652,059
MOST_PAGES = 0.6  # of an outlet's pages
# Buckets of 16 in which the sketches of two texts agree: a Jaccard similarity of about 0.3, and of any at all.
ALIKE, KIN = 5, 1
# What a story tells beside passages that it shares with many, if these are none of its own: so many words, and this
# part of all it tells. An outlet's own words around a piece of the wire are fewer.
REST, OWN_PART = 60, 0.4


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
    nothing = np.zeros(len(words.hashes), np.uint8)

    repeated = Bearers.of(lines.keys, lines.first, content, FURNITURE)
    furniture = repeated.unlike(_sketch(words, nothing, repeated.texts, size, workers), ALIKE, FURNITURE)
    common = ~furniture & (repeated.counts >= MOST_PAGES * _pages_of_source(repeated, lines, content))
    outside = _sketch(words, _words_of_lines(words, lines, repeated.keys), repeated.texts, size, workers)
    furniture |= common & repeated.unlike(outside, KIN, FURNITURE)

    windows = fingerprints.windows, fingerprints.first_window, content
    frequent = Bearers.of(*windows, STOCK)
    left_out = _words_of_lines(words, lines, repeated.keys[furniture])
    stock = frequent.unlike(_sketch(words, left_out, frequent.texts, size, workers), ALIKE, STOCK)
    known = Profile(len(words), document_frequencies, repeated.keys[furniture], frequent.keys)
    rest = recognise(words, lines, known, size, workers)
    told = frequent.among(rest.narrated_counts >= np.maximum(REST, OWN_PART * words.narrated_counts))
    beside = _sketch(words, (rest.flags & np.uint8(NARRATED)) ^ np.uint8(NARRATED), told.texts, size, workers)
    stock |= told.unlike(beside, KIN, STOCK)

    recurrent = Bearers.of(*windows, DAYS)
    formulas = recurrent.keys[_comes_back(recurrent, days)]
    everyones = np.union1d(frequent.keys[stock], formulas)
    return replace(known, stock=everyones)


def _comes_back(bearers: Bearers, days: Integers) -> Flags:
    """Which keys are borne on so many days, so far apart."""
    own = days[bearers.texts]
    known = own != UNDATED
    group, own = np.repeat(np.arange(len(bearers.keys)), bearers.counts)[known], own[known]
    dated = np.sort(group << DAY_BITS | own)  # one sort of numbers, a key's days one after another
    dated = dated[np.concatenate(([True], dated[1:] != dated[:-1]))[: len(dated)]]
    count = np.bincount(dated >> DAY_BITS, minlength=len(bearers.keys))
    first = np.concatenate(([0], np.cumsum(count)))
    several = count >= DAYS
    spread = np.zeros(len(bearers.keys), np.int64)
    spread[several] = dated[first[1:][several] - 1] - dated[first[:-1][several]]
    return spread >= SPREAD


def _sketch(words: KeptWords, left_out: Bytes, bearers: Numbers, size: int, workers: Workers) -> Hashes:
    """Sketches of the texts named, without the words left out; a row a text, those of other texts not set."""
    sketches = np.empty((len(words), BUCKETS), np.uint64)
    chosen = np.zeros(len(words), np.bool_)
    chosen[bearers] = True
    texts, first = np.flatnonzero(chosen), words.first_word

    def sketch(batch: tuple[int, int]) -> None:
        sketch_texts(words.hashes, left_out, first[:-1], first[1:], texts[slice(*batch)], size, sketches)

    workers.run(sketch, workers.split(len(texts), weights=words.word_counts[texts]))
    return sketches


def _words_of_lines(words: KeptWords, lines: Lines, keys: Hashes) -> Bytes:
    """1 for the words of the lines with these keys."""
    chosen = np.empty(len(lines.keys), np.bool_)
    flag_known(lines.keys, table_of(keys), chosen)
    before = words.first_word[:-1][lines.texts[chosen]]
    marks = np.zeros(len(words.hashes), np.uint8)
    mark_stretches(before + lines.starts[chosen], before + lines.stops[chosen], marks)
    return marks


def _pages_of_source(repeated: Bearers, lines: Lines, content: Integers) -> Integers:
    """How many contents the outlet of each key has, of those that have lines."""
    paged = np.flatnonzero(lines.counts > 0)
    pages = np.unique(np.column_stack((lines.sources[paged], content[paged].astype(np.uint64))), axis=0)
    sources, counts = np.unique(pages[:, 0], return_counts=True)
    own = lines.sources[repeated.texts[repeated.first[:-1]]]
    of_source: Integers = counts[np.searchsorted(sources, own)] if len(own) else np.empty(0, np.int64)
    return of_source
