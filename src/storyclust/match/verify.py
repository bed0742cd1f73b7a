"""From candidate pairs to links: exact shared shingles decide, passages are the evidence.

In: contents and candidate pairs of them. Out: the pairs that are copies, with their figures and runs.
A link is a pure function of the two contents and the settings; no estimate enters it.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Fractions, Integers, Numbers
from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.match.contents import Contents
from storyclust.match.figures_kernels import compare_figures
from storyclust.match.links import Links, Overlaps
from storyclust.match.overlap_kernels import shared_shingles
from storyclust.match.passages_kernels import runs_of
from storyclust.match.relation import are_alike, are_copies
from storyclust.parallel import Workers
from storyclust.settings import Settings


def verify(contents: Contents, one: Numbers, other: Numbers, settings: Settings, workers: Workers) -> Links:
    """The candidate pairs (contents `one[i]` and `other[i]`) that are copies of each other."""
    thresholds = settings.jaccard, settings.passage_share
    overlaps = count_shared(contents, one, other, settings.shingle_words, thresholds, workers)
    links = find_passages(contents, overlaps.take(are_alike(overlaps, settings)), settings.shingle_words, workers)
    return links.take(are_copies(links, settings))


def compare(contents: Contents, one: Numbers, other: Numbers, settings: Settings, workers: Workers) -> Links:
    """The figures of pairs, whether they are copies or not."""
    overlaps = count_shared(contents, one, other, settings.shingle_words, (0.0, 0.0), workers)
    return find_passages(contents, overlaps, settings.shingle_words, workers)


def count_shared(
    contents: Contents,
    one: Numbers,
    other: Numbers,
    size: int,
    thresholds: tuple[float, float],
    workers: Workers,
) -> Overlaps:
    """Count the shingles that pairs share; all figures are 0 for a pair that can reach neither threshold.

    `thresholds` are for the Jaccard similarity and for the passage share.
    """
    longer, shorter = _by_length(contents, one, other)
    shared, covered = np.empty(len(longer), np.int32), np.empty(len(longer), np.int32)
    largest = int(contents.shingle_counts.max(initial=0))

    def count(batch: tuple[int, int]) -> None:
        slots = np.empty(slots_for(largest), np.uint64)
        shingles = contents.shingles, contents.first_shingle, size
        shared_shingles(longer, shorter, *batch, *shingles, *thresholds, slots, shared, covered)

    workers.run(count, workers.split(len(longer), weights=contents.shingle_counts[shorter]))
    shared, covered = np.maximum(shared, 0), np.maximum(covered, 0)
    shingles = contents.shingle_counts
    return Overlaps(
        longer,
        shorter,
        shared,
        jaccard=_fraction(shared, shingles[longer] + shingles[shorter] - shared),
        containment=_fraction(shared, np.minimum(shingles[longer], shingles[shorter])),
        passage_share=_fraction(covered, shingles[shorter] + size - 1),
    )


def _by_length(contents: Contents, one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """Orient each pair, then sort the pairs by the longer, so that its table is built once."""
    words = contents.word_counts
    swap = (words[one] < words[other]) | ((words[one] == words[other]) & (one < other))
    longer, shorter = np.where(swap, other, one), np.where(swap, one, other)
    order = np.lexsort((shorter, longer))
    return longer[order], shorter[order]


def find_passages(contents: Contents, overlaps: Overlaps, size: int, workers: Workers) -> Links:
    """Find the runs of pairs, and what they say of narration, of figures and of phrases."""
    batches = workers.split(len(overlaps), weights=contents.word_counts[overlaps.longer])
    parts = list(workers.map(lambda batch: _find_runs(contents, overlaps, batch, size), batches))
    runs = np.concatenate([np.empty((0, 4), np.int32), *(part[0] for part in parts)])
    run_counts = np.concatenate([np.empty(0, np.int64), *(part[1] for part in parts)])
    other_figures = np.concatenate([np.empty(0, np.float64), *(part[2] for part in parts)])
    first_run = np.concatenate(([0], np.cumsum(run_counts)))
    longest_run = np.zeros(len(overlaps), np.int64)
    np.maximum.at(longest_run, np.repeat(np.arange(len(overlaps)), run_counts), runs[:, 2])
    words, narrated = (np.diff(np.concatenate(([0], np.cumsum(runs[:, part])))[first_run]) for part in (2, 3))
    return Links(
        *(getattr(overlaps, field.name) for field in fields(Overlaps)),
        share=_fraction(narrated, contents.narrated_counts[overlaps.shorter]),
        shared_words=narrated,
        quoted_words=words - narrated,
        longest_run=longest_run,
        other_figures=other_figures,
        runs=runs,
        first_run=first_run,
    )


def _find_runs(
    contents: Contents, overlaps: Overlaps, batch: tuple[int, int], size: int
) -> tuple[Numbers, Integers, Fractions]:
    """The runs of a batch of pairs; a pair each how many it has, and the share of other figures."""
    start, stop = batch
    pairs = overlaps.longer, overlaps.shorter, start, stop
    words = contents.word_counts
    # Memory that is not touched costs nothing, so there is room for the most that can be.
    longest = int(words[overlaps.longer[start:stop]].max(initial=0)) + 1
    runs = np.empty((int(np.sum(words[overlaps.shorter[start:stop]] // size + 1)), 4), np.int32)
    first_run = np.empty(stop - start + 1, np.int64)
    slots, following = np.empty(slots_for(longest), np.int32), np.empty(longest, np.int32)
    used = np.zeros(longest, np.bool_)
    texts = contents.hashes, contents.narrated, contents.first_word
    count = runs_of(*pairs, *texts, size, slots, following, used, runs, first_run)

    other_figures = np.empty(stop - start, np.float64)
    values, distinct, table = (np.empty(room, np.uint64) for room in (longest, longest, slots_for(longest)))
    texts = contents.hashes, contents.numerals, contents.first_word
    compare_figures(*pairs, runs, first_run, *texts, values, table, distinct, other_figures)
    return runs[:count].copy(), np.diff(first_run), other_figures


def _fraction(part: npt.NDArray[np.integer], whole: npt.NDArray[np.integer]) -> Fractions:
    """Part of whole, 0 where there is nothing; 1 at most."""
    return np.where(whole > 0, np.minimum(part / np.maximum(whole, 1), 1.0), 0.0)
