"""From candidate pairs to links: exact shared shingles decide, passages are the evidence.

In: contents and candidate pairs of them. Out: the pairs that are copies, with their figures and runs.
A link is a pure function of the two contents and the settings; no estimate enters it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.match.contents import Contents
from storyclust.match.links import Fractions, Links, Numbers
from storyclust.match.overlap_kernels import shared_shingles
from storyclust.match.passages_kernels import compare_numerals, count_narrated, runs_of
from storyclust.match.relation import are_copies, least_containment
from storyclust.parallel import Workers
from storyclust.settings import Settings


def verify(contents: Contents, one: Numbers, other: Numbers, settings: Settings, workers: Workers) -> Links:
    """The candidate pairs (contents `one[i]` and `other[i]`) that are copies of each other."""
    longer, shorter = _by_length(contents, one, other)
    shared = _count_shared(contents, longer, shorter, settings.jaccard, least_containment(settings), workers)
    reached = shared >= 0  # -1: cannot reach a threshold
    links = measure(contents, longer[reached], shorter[reached], shared[reached], settings, workers)
    return links.take(are_copies(links, settings))


def compare(contents: Contents, one: Numbers, other: Numbers, settings: Settings, workers: Workers) -> Links:
    """The figures of pairs, whether they are copies or not."""
    longer, shorter = _by_length(contents, one, other)
    shared = _count_shared(contents, longer, shorter, 0.0, 0.0, workers)
    return measure(contents, longer, shorter, np.maximum(shared, 0), settings, workers)


def _by_length(contents: Contents, one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """Orient each pair, then sort the pairs by the longer, so that its table is built once."""
    words = contents.word_counts
    swap = (words[one] < words[other]) | ((words[one] == words[other]) & (one < other))
    longer, shorter = np.where(swap, other, one), np.where(swap, one, other)
    order = np.lexsort((shorter, longer))
    return longer[order], shorter[order]


def _count_shared(
    contents: Contents, longer: Numbers, shorter: Numbers, jaccard: float, containment: float, workers: Workers
) -> Numbers:
    shared = np.empty(len(longer), np.int32)

    def count(batch: tuple[int, int]) -> None:
        start, stop = batch
        shared_shingles(
            longer, shorter, start, stop, contents.shingles, contents.first_shingle, jaccard, containment, shared
        )

    weights = contents.shingle_counts[shorter]
    for _ in workers.map(count, workers.split(len(longer), weights=weights)):
        pass
    return shared


def measure(
    contents: Contents, longer: Numbers, shorter: Numbers, shared: Numbers, settings: Settings, workers: Workers
) -> Links:
    """Find the runs of pairs whose shared shingles are counted, and work out their figures."""
    shingles = contents.shingle_counts
    fewer = np.minimum(shingles[longer], shingles[shorter])
    every = shingles[longer] + shingles[shorter] - shared

    def runs(batch: tuple[int, int]) -> tuple[Numbers, npt.NDArray[np.int64], Fractions]:
        start, stop = batch
        found, first = runs_of(
            longer, shorter, start, stop, contents.hashes, contents.first_word, settings.shingle_words
        )
        pairs = longer[start:stop], shorter[start:stop], found, first
        count_narrated(*pairs, contents.narrated, contents.first_word)
        other_figures = np.empty(stop - start, np.float64)
        compare_numerals(*pairs, contents.hashes, contents.numerals, contents.first_word, other_figures)
        return found, np.diff(first), other_figures

    batches = workers.split(len(longer), weights=contents.word_counts[longer])
    parts = list(workers.map(runs, batches))
    found = np.concatenate([np.empty((0, 4), np.int32), *(part[0] for part in parts)])
    run_counts = np.concatenate([np.empty(0, np.int64), *(part[1] for part in parts)])
    other_figures = np.concatenate([np.empty(0, np.float64), *(part[2] for part in parts)])
    first_run = np.concatenate(([0], np.cumsum(run_counts)))
    longest_run = np.zeros(len(longer), np.int64)
    np.maximum.at(longest_run, np.repeat(np.arange(len(longer)), run_counts), found[:, 2])
    words, narrated = (np.concatenate(([0], np.cumsum(found[:, column])))[first_run] for column in (2, 3))
    shared_words = np.diff(narrated)
    return Links(
        longer,
        shorter,
        shared,
        _fraction(shared, every),
        _fraction(shared, fewer),
        _fraction(shared_words, contents.narrated_counts[shorter]),
        _fraction(np.diff(words), contents.word_counts[shorter]),
        shared_words,
        np.diff(words) - shared_words,
        longest_run,
        other_figures,
        found,
        first_run,
        len(longer),
    )


def _fraction(part: npt.NDArray[np.integer], whole: npt.NDArray[np.integer]) -> Fractions:
    """Part of whole, 0 where there is nothing."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
