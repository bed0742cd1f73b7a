"""From candidate pairs to links: exact shared shingles decide.

In: contents and candidate pairs of them. Out: the pairs that are copies, with their figures. A link is a
pure function of the two contents and the settings; no estimate enters it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Fractions, Integers, Numbers
from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.match import overlap_kernels as columns
from storyclust.match.contents import Contents
from storyclust.match.figures_kernels import compare_figures
from storyclust.match.links import Links
from storyclust.match.overlap_kernels import overlaps_of
from storyclust.match.relation import are_copies
from storyclust.parallel import Workers
from storyclust.settings import Settings


def verify(contents: Contents, one: Numbers, other: Numbers, settings: Settings, workers: Workers) -> Links:
    """The candidate pairs (contents `one[i]` and `other[i]`) that are copies of each other."""
    links = compare(contents, one, other, settings.shingle_words, settings.jaccard, settings.passage_share, workers)
    return links.take(are_copies(links, settings))


def compare(
    contents: Contents,
    one: Numbers,
    other: Numbers,
    size: int,
    jaccard: float,
    passage_share: float,
    workers: Workers,
) -> Links:
    """The figures of pairs; those that can reach neither threshold, known by a Jaccard of 0, are left out.

    With thresholds of 0 the figures of every pair come back.
    """
    longer, shorter = _by_length(contents, one, other)
    rows = _count_overlaps(contents, longer, shorter, size, (jaccard, passage_share), workers)
    met = (rows[:, columns.SHINGLES] > 0) | (jaccard == 0)
    longer, shorter, rows = longer[met], shorter[met], rows[met]
    other_figures = _compare_figures(contents, longer, shorter, rows, workers)

    counts = columns.SHINGLES, columns.NARRATED_WORDS, columns.QUOTED_WORDS, columns.OTHER_WORDS, columns.LONGEST_RUN
    shared, narrated, quoted, other_words, longest_run = (rows[:, column].astype(np.int64) for column in counts)
    shingles = contents.shingle_counts
    return Links(
        longer=longer,
        shorter=shorter,
        shared_shingles=shared,
        jaccard=_fraction(shared, shingles[longer] + shingles[shorter] - shared),
        containment=_fraction(shared, np.minimum(shingles[longer], shingles[shorter])),
        passage_share=_fraction(narrated + quoted, contents.story_counts[shorter]),
        share=_fraction(narrated, contents.narrated_counts[shorter]),
        shared_words=narrated,
        quoted_words=quoted,
        other_words=other_words,
        longest_run=longest_run,
        other_figures=other_figures,
    )


def _by_length(contents: Contents, one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """Orient each pair by the words of their stories, then sort by the longer, so that its table is built once."""
    words = contents.story_counts
    swap = (words[one] < words[other]) | ((words[one] == words[other]) & (one < other))
    longer, shorter = np.where(swap, other, one), np.where(swap, one, other)
    order = np.lexsort((shorter, longer))
    return longer[order], shorter[order]


def _count_overlaps(
    contents: Contents,
    longer: Numbers,
    shorter: Numbers,
    size: int,
    thresholds: tuple[float, float],
    workers: Workers,
) -> Numbers:
    rows = np.empty((len(longer), columns.COLUMNS), np.int32)
    texts = contents.hashes, contents.flags, contents.start, contents.stop
    counts = contents.shingle_counts, contents.story_counts

    def count(batch: tuple[int, int]) -> None:
        longest = _longest(contents, longer, batch)
        values, slots = np.empty(longest, np.uint64), np.empty(slots_for(columns.SPARSE * longest), np.int32)
        start, stop = batch
        overlaps_of(longer, shorter, start, stop, *texts, *counts, size, *thresholds, values, slots, rows)

    workers.run(count, workers.split(len(longer), weights=contents.word_counts[shorter]))
    return rows


def _compare_figures(
    contents: Contents, longer: Numbers, shorter: Numbers, rows: Numbers, workers: Workers
) -> Fractions:
    other_figures = np.empty(len(longer), np.float64)
    texts = contents.hashes, contents.flags, contents.start, contents.stop

    def figures(batch: tuple[int, int]) -> None:
        longest = _longest(contents, longer, batch)
        values, distinct, slots = (np.empty(room, np.uint64) for room in (longest, longest, slots_for(longest)))
        start, stop = batch
        compare_figures(longer, shorter, start, stop, rows, *texts, values, slots, distinct, other_figures)

    workers.run(figures, workers.split(len(longer), weights=contents.word_counts[longer]))
    return other_figures


def _longest(contents: Contents, longer: Numbers, batch: tuple[int, int]) -> int:
    """Room for the longest content of a batch of pairs."""
    return int(contents.word_counts[longer[slice(*batch)]].max(initial=0)) + 1


def _fraction(part: Integers, whole: npt.NDArray[np.integer]) -> Fractions:
    """Part of whole, 0 where there is nothing."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
