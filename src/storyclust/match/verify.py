"""From candidate pairs to links: aligned passages decide.

In: contents and candidate pairs of them. Out: the pairs with passages enough for any relation, with their figures, and
of these the linked ones. They are a pure function of the two contents, the settings and the profile; no estimate enters
them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Flags, Fractions, Integers, Numbers
from storyclust.fingerprint.shingles_kernels import slots_for
from storyclust.match import overlap_kernels as overlap
from storyclust.match import passages_kernels as columns
from storyclust.match.contents import Contents
from storyclust.match.figures_kernels import compare_tables
from storyclust.match.likeness import Vectors
from storyclust.match.links import PARTIAL, Links
from storyclust.match.overlap_kernels import overlaps_of
from storyclust.match.passages import find_passages
from storyclust.match.relation import relate
from storyclust.match.terms import count_terms
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings


def link_pairs(
    contents: Contents,
    one: Numbers,
    other: Numbers,
    repeated: Flags,
    profile: Profile,
    settings: Settings,
    workers: Workers,
) -> tuple[Links, Vectors]:
    """The linked ones of candidate pairs, and the vectors of the contents that are in one or `repeated`."""
    links = verify(contents, one, other, settings, workers)
    related = repeated.copy()
    related[links.longer] = related[links.shorter] = True
    vectors = Vectors.of(count_terms(contents, related, workers), profile)
    return relate(links, vectors, settings, workers).at_least(PARTIAL), vectors


def verify(contents: Contents, one: Numbers, other: Numbers, settings: Settings, workers: Workers) -> Links:
    """The candidate pairs (contents `one[i]` and `other[i]`) that may be linked: none but these is aligned."""
    longer, shorter = order_pairs(contents, one, other)
    # No relation asks for less: some go by words, copies by the share alone.
    fewest = min(settings.sentence_words, settings.partial_words)
    least = np.maximum(np.minimum(fewest, settings.version_share * contents.narrated_counts[shorter]), 1.0)
    rows = _count_overlaps(contents, longer, shorter, least, settings.shingle_words, workers)
    met = rows[:, overlap.COVERED] > 0
    return align(contents, longer[met], shorter[met], rows[met, overlap.SHINGLES], settings, workers)


def compare(contents: Contents, one: Numbers, other: Numbers, settings: Settings, workers: Workers) -> Links:
    """The figures of pairs whatever they are."""
    longer, shorter = order_pairs(contents, one, other)
    rows = _count_overlaps(contents, longer, shorter, np.zeros(len(longer)), settings.shingle_words, workers)
    return align(contents, longer, shorter, rows[:, overlap.SHINGLES], settings, workers)


def align(
    contents: Contents, longer: Numbers, shorter: Numbers, shingles: Numbers, settings: Settings, workers: Workers
) -> Links:
    """Find the passages of pairs in order, that share so many shingles, and what they add up to."""
    passages = find_passages(contents, longer, shorter, settings, workers)
    shared = shingles.astype(np.int64)
    words, narrated, quoted, stock = (
        passages.total(column)
        for column in (columns.SHARED, columns.NARRATED_WORDS, columns.QUOTED_WORDS, columns.STOCK_WORDS)
    )
    counts = contents.shingle_counts
    table_figures, missing_figures = _compare_tables(contents, longer, shorter, workers)
    own_story = contents.story_counts[shorter] - contents.told_counts[shorter] + contents.narrated_counts[shorter]
    return Links(
        longer=longer,
        shorter=shorter,
        shared_shingles=shared,
        jaccard=_fraction(shared, counts[longer] + counts[shorter] - shared),
        containment=_fraction(shared, np.minimum(counts[longer], counts[shorter])),
        passage_share=_fraction(narrated + quoted, own_story),
        share=_fraction(narrated, contents.narrated_counts[shorter]),
        longer_share=_fraction(narrated, contents.narrated_counts[longer]),
        lead=_fraction(passages.lead, contents.narrated_counts[longer]),
        shorter_told=contents.told_counts[shorter],
        shared_words=narrated,
        quoted_words=quoted,
        stock_words=stock,
        other_words=words - narrated - quoted - stock,
        longest_run=passages.longest(columns.RUN),
        longest_narrated=passages.longest(columns.NARRATED_WORDS),
        kept_figures=passages.total(columns.KEPT),
        changed_figures=passages.total(columns.FIGURES),
        table_figures=table_figures,
        missing_figures=missing_figures,
        likeness=np.zeros(len(longer)),
        relation=np.zeros(len(longer), np.uint8),
        passages=passages,
    )


def order_pairs(contents: Contents, one: Numbers, other: Numbers) -> tuple[Numbers, Numbers]:
    """Orient each pair by the words of their stories, then sort by the longer, so that its table is built once."""
    words = contents.story_counts
    swap = (words[one] < words[other]) | ((words[one] == words[other]) & (one < other))
    longer, shorter = np.where(swap, other, one), np.where(swap, one, other)
    order = np.lexsort((shorter, longer))
    return longer[order], shorter[order]


def _count_overlaps(
    contents: Contents, longer: Numbers, shorter: Numbers, least_words: Fractions, size: int, workers: Workers
) -> Numbers:
    rows = np.empty((len(longer), overlap.COLUMNS), np.int32)
    texts = contents.hashes, contents.flags, contents.start, contents.stop

    def count(batch: tuple[int, int]) -> None:
        longest = _longest(contents, longer, batch)
        values, slots = np.empty(longest, np.uint64), np.empty(slots_for(overlap.SPARSE * longest), np.int32)
        bits = np.empty(max(1, overlap.BITS // 32 * longest), np.uint64)
        start, stop = batch
        overlaps_of(longer, shorter, start, stop, *texts, size, least_words, bits, values, slots, rows)

    workers.run(count, workers.split(len(longer), weights=contents.word_counts[shorter]))
    return rows


def _compare_tables(
    contents: Contents, longer: Numbers, shorter: Numbers, workers: Workers
) -> tuple[Integers, Integers]:
    told, missing = np.empty(len(longer), np.int64), np.empty(len(longer), np.int64)
    words = contents.hashes, contents.figures, contents.start, contents.stop

    def compare_batch(batch: tuple[int, int]) -> None:
        own = slice(*batch)
        compare_tables(longer[own], shorter[own], *words, told[own], missing[own])

    workers.run(compare_batch, workers.split(len(longer), weights=contents.word_counts[shorter]))
    return told, missing


def _longest(contents: Contents, longer: Numbers, batch: tuple[int, int]) -> int:
    """Room for the longest content of a batch of pairs."""
    return int(contents.word_counts[longer[slice(*batch)]].max(initial=0)) + 1


def _fraction(part: Integers, whole: npt.NDArray[np.integer]) -> Fractions:
    """Part of whole, 0 where there is nothing."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
