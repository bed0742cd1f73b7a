"""From candidate pairs to links: exact shared shingles decide, passages are the evidence.

In: contents and candidate pairs of them. Out: the pairs that are copies, with their figures and runs.
A link is a pure function of the two contents and the settings; no estimate enters it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.match.contents import Contents
from storyclust.match.figures_kernels import compare_figures
from storyclust.match.links import Fractions, Links, Numbers
from storyclust.match.overlap_kernels import shared_shingles
from storyclust.match.passages_kernels import runs_of
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
    largest = int(contents.shingle_counts.max(initial=0))

    def count(batch: tuple[int, int]) -> None:
        slots = np.empty(slots_for(largest), np.uint64)
        shared_shingles(
            longer, shorter, *batch, contents.shingles, contents.first_shingle, jaccard, containment, slots, shared
        )

    workers.run(count, workers.split(len(longer), weights=contents.shingle_counts[shorter]))
    return shared


def measure(
    contents: Contents, longer: Numbers, shorter: Numbers, shared: Numbers, settings: Settings, workers: Workers
) -> Links:
    """Find the runs of pairs whose shared shingles are counted, and work out their figures."""
    batches = workers.split(len(longer), weights=contents.word_counts[longer])
    parts = list(
        workers.map(lambda batch: _find_runs(contents, longer, shorter, batch, settings.shingle_words), batches)
    )
    runs = np.concatenate([np.empty((0, 4), np.int32), *(part[0] for part in parts)])
    run_counts = np.concatenate([np.empty(0, np.int64), *(part[1] for part in parts)])
    other_figures = np.concatenate([np.empty(0, np.float64), *(part[2] for part in parts)])
    first_run = np.concatenate(([0], np.cumsum(run_counts)))
    longest_run = np.zeros(len(longer), np.int64)
    np.maximum.at(longest_run, np.repeat(np.arange(len(longer)), run_counts), runs[:, 2])
    words, narrated = (np.diff(np.concatenate(([0], np.cumsum(runs[:, part])))[first_run]) for part in (2, 3))

    shingles = contents.shingle_counts
    return Links(
        longer=longer,
        shorter=shorter,
        shared_shingles=shared,
        jaccard=_fraction(shared, shingles[longer] + shingles[shorter] - shared),
        containment=_fraction(shared, np.minimum(shingles[longer], shingles[shorter])),
        share=_fraction(narrated, contents.narrated_counts[shorter]),
        passage_share=_fraction(words, contents.word_counts[shorter]),
        shared_words=narrated,
        quoted_words=words - narrated,
        longest_run=longest_run,
        other_figures=other_figures,
        runs=runs,
        first_run=first_run,
        compared=len(longer),
    )


def _find_runs(
    contents: Contents, longer: Numbers, shorter: Numbers, batch: tuple[int, int], size: int
) -> tuple[Numbers, npt.NDArray[np.int64], Fractions]:
    """The runs of a batch of pairs; a pair each how many it has, and the share of other figures."""
    start, stop = batch
    words = contents.word_counts
    # Memory that is not touched costs nothing, so there is room for the most that can be.
    longest = int(words[longer[start:stop]].max(initial=0)) + 1
    runs = np.empty((int(np.sum(words[shorter[start:stop]] // size + 1)), 4), np.int32)
    first_run = np.empty(stop - start + 1, np.int64)
    slots, following, used = (
        np.empty(slots_for(longest), np.int32),
        np.empty(longest, np.int32),
        np.zeros(longest, np.bool_),
    )
    count = runs_of(
        longer,
        shorter,
        start,
        stop,
        contents.hashes,
        contents.narrated,
        contents.first_word,
        size,
        slots,
        following,
        used,
        runs,
        first_run,
    )
    other_figures = np.empty(stop - start, np.float64)
    values, distinct = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    compare_figures(
        longer,
        shorter,
        start,
        stop,
        runs,
        first_run,
        contents.hashes,
        contents.numerals,
        contents.first_word,
        values,
        np.empty(slots_for(longest), np.uint64),
        distinct,
        other_figures,
    )
    return runs[:count].copy(), np.diff(first_run), other_figures


def _fraction(part: npt.NDArray[np.integer], whole: npt.NDArray[np.integer]) -> Fractions:
    """Part of whole, 0 where there is nothing."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
