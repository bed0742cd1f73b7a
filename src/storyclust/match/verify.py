"""From candidate pairs to links: aligned passages decide.

In: contents and candidate pairs of them. Out: the pairs with passages enough for any relation, with their figures, and
of these the linked ones. They are a pure function of the two contents, the settings and the profile; no estimate enters
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Flags, Fractions, Integers, Numbers
from storyclust.match import compare_kernels as columns
from storyclust.match.contents import Contents
from storyclust.match.figures_kernels import compare_tables
from storyclust.match.likeness import Vectors
from storyclust.match.links import PARTIAL, Links
from storyclust.match.passages import Passages
from storyclust.match.passages_kernels import (
    COLUMNS,
    FIGURES,
    KEPT,
    NARRATED_WORDS,
    QUOTED_WORDS,
    RUN,
    SHARED,
    STOCK_WORDS,
)
from storyclust.match.relation import may_be_linked, nearness, relate
from storyclust.match.terms import count_terms
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings

# Pairs whose figures are held at once, linked or not; what is found of them is kept for those that may be linked.
PAIRS_AT_ONCE = 1 << 15
# Pairs that are kept of those that just miss being linked, for who looks for the right threshold.
MISSES = 64


@dataclass(frozen=True, slots=True)
class Linked:
    """The linked pairs of contents, the vectors of those that are in one, how many pairs were aligned, and the MISSES
    nearest to a link of those that share too few words for one."""

    links: Links
    vectors: Vectors
    aligned: int
    missed: Links


def link_pairs(
    contents: Contents,
    one: Numbers,
    other: Numbers,
    repeated: Flags,
    profile: Profile,
    settings: Settings,
    workers: Workers,
) -> Linked:
    """The linked ones of candidate pairs, and the vectors of the contents that are in one or `repeated`."""
    longer, shorter = order_pairs(contents, one, other)

    def linkable(start: int) -> tuple[Links, Links, Integers]:
        own = slice(start, start + PAIRS_AT_ONCE)
        links = verify(contents, longer[own], shorter[own], settings, workers)
        linked = may_be_linked(links, settings)
        return links.take(linked), _nearest(links.take(~linked), settings), np.array([len(links)])

    others = range(PAIRS_AT_ONCE, len(longer), PAIRS_AT_ONCE)
    workers.stages.repeat(2, 1 + len(others))
    first = linkable(0)
    # Of one stretch nothing needs to be gathered, as where a story comes alone.
    links, missed, aligned = workers.memory.gather(first, chain([first], map(linkable, others))) if others else first
    related = repeated.copy()
    related[links.longer] = related[links.shorter] = True
    vectors = Vectors.of(count_terms(contents, related, workers), profile, workers)
    links = relate(links, vectors, settings, workers).at_least(PARTIAL)
    return Linked(links, vectors, int(aligned.sum()), _nearest(missed, settings))


def _nearest(missed: Links, settings: Settings) -> Links:
    """The pairs nearest to a link of those with too few words, in the same order; of equally near ones the first."""
    near = nearness(missed, settings)
    ranked = np.argsort(-near, kind="stable")
    chosen = np.zeros(len(missed), np.bool_)
    chosen[ranked[near[ranked] < 1.0][:MISSES]] = True
    return missed.take(chosen)


def verify(contents: Contents, longer: Numbers, shorter: Numbers, settings: Settings, workers: Workers) -> Links:
    """The candidate pairs, in order, that share enough for any relation: none but these is aligned."""
    # No relation asks for less: some go by words, copies by the share alone.
    fewest = min(settings.sentence_words, settings.partial_words)
    least = np.maximum(np.minimum(fewest, settings.version_share * contents.narrated_counts[shorter]), 1.0)
    rows, passages = compare_contents(contents, longer, shorter, least, settings, workers)
    met = rows[:, columns.COVERED] > 0
    return measure(contents, longer[met], shorter[met], rows[met], passages.take(met), workers)


def compare(contents: Contents, one: Numbers, other: Numbers, settings: Settings, workers: Workers) -> Links:
    """The figures of pairs whatever they are."""
    longer, shorter = order_pairs(contents, one, other)
    rows, passages = compare_contents(contents, longer, shorter, np.zeros(len(longer)), settings, workers)
    return measure(contents, longer, shorter, rows, passages, workers)


def measure(
    contents: Contents, longer: Numbers, shorter: Numbers, rows: Numbers, passages: Passages, workers: Workers
) -> Links:
    """What the passages of pairs add up to; rows as of `compare_kernels`."""
    shared = rows[:, columns.SHINGLES].astype(np.int64)
    totals, longest = passages.totals(), passages.longest()
    words, narrated, quoted, stock = (
        totals[:, column].copy() for column in (SHARED, NARRATED_WORDS, QUOTED_WORDS, STOCK_WORDS)
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
        lead=_fraction(rows[:, columns.LEAD].astype(np.int64), contents.narrated_counts[longer]),
        shorter_told=contents.told_counts[shorter],
        shared_words=narrated,
        quoted_words=quoted,
        stock_words=stock,
        other_words=words - narrated - quoted - stock,
        longest_run=longest[:, RUN].copy(),
        longest_narrated=longest[:, NARRATED_WORDS].copy(),
        kept_figures=totals[:, KEPT].copy(),
        changed_figures=totals[:, FIGURES].copy(),
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


def compare_contents(
    contents: Contents, longer: Numbers, shorter: Numbers, least_words: Fractions, settings: Settings, workers: Workers
) -> tuple[Numbers, Passages]:
    """The rows of `compare_kernels` of pairs in order, and the passages of those that share so many words."""
    texts = columns.Texts(contents.hashes, contents.flags, contents.figures, contents.start, contents.stop)
    size, least = settings.shingle_words, settings.passage_words
    rows = np.empty((len(longer), columns.COLUMNS), np.int32)

    def compare_batch(batch: tuple[int, int]) -> tuple[Numbers, Integers]:
        own = slice(*batch)
        # The longer has more words of the story; of all words the shorter may have more.
        either = np.concatenate((longer[own], shorter[own]))
        room = columns.room_for(int(contents.word_counts[either].max(initial=0)) + 1)
        # Memory that is not touched costs nothing, so there is room for the most that can be.
        most = int(np.sum(contents.word_counts[shorter[own]] // size + 1))
        passages, first = np.empty((most, COLUMNS), np.int32), np.empty(batch[1] - batch[0] + 1, np.int64)
        pairs = longer[own], shorter[own], least_words[own]
        count = columns.compare_pairs(*pairs, texts, size, least, room, rows[own], passages, first)
        return passages[:count].copy(), np.diff(first)

    batches = workers.split(len(longer), weights=contents.word_counts[shorter])
    passages, counts = workers.gather(compare_batch, batches)
    return rows, Passages(passages, counts)


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


def _fraction(part: Integers, whole: npt.NDArray[np.integer]) -> Fractions:
    """Part of whole, 0 where there is nothing."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
