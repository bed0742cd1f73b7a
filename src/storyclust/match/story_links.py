"""Links of stories, with their passages placed in the texts as given.

In: the links of contents and which stories bear each. Out: columns, or `Link` objects, by pair of ids. Equal contents
may be written differently, so offsets are found in each story's own text, once a story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Flags, Integers
from storyclust.learning.first_pass import recognise_words
from storyclust.match.candidates_kernels import HOT, LEADERS
from storyclust.match.contents import Contents
from storyclust.match.direction import SIGNS, Bylines, find_origins
from storyclust.match.likeness import Vectors
from storyclust.match.links import COPY, RELATIONS, Edges, Links
from storyclust.match.passages_kernels import (
    KIND,
    LONG_START,
    LONG_STOP,
    NARRATED_WORDS,
    SHARED,
    SHORT_START,
    SHORT_STOP,
)
from storyclust.match.relation import relate, why
from storyclust.match.story_pairs_kernels import count_pairs, list_pairs
from storyclust.match.terms import count_terms
from storyclust.match.verify import compare
from storyclust.model import Link, Passage, Story
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings
from storyclust.text.splitting import split
from storyclust.text.words_kernels import QUOTED

SPANS = LONG_START, LONG_STOP, SHORT_START, SHORT_STOP
PAIRS_AT_ONCE = 4096
# Pairs whose passages are placed at once: the texts of a stretch are split into words again.
PLACED_AT_ONCE = 1 << 18
# The figures of `Links` that a `Link` tells.
FIGURES = (
    *("shared_words", "share", "quoted_words", "jaccard", "containment"),
    *("passage_share", "longest_narrated", "likeness"),
)
# What a passage is called after the kind of its words; what was told in both and is not narrated is everyone's.
PASSAGE_KINDS = np.array(["stock", "quoted", "quoted", "caption", "boilerplate", "boilerplate", "narrated"], object)


@dataclass(frozen=True, slots=True)
class StoryPairs:
    """Linked pairs of stories, sorted by the two ids.

    Attributes
    ----------
    a, b : int64 arrays, one a pair
        Numbers of stories; the id of a comes first by code point.
    links : int64 array, one a pair
        The link of their contents, -1 where the contents are equal.
    a_is_longer : bool array, one a pair
        Whether a bears the longer content of the link.
    unlisted : int
        Pairs left out because more stories bear a content than are paired with each other.
    """

    a: Integers
    b: Integers
    links: Integers
    a_is_longer: Flags
    unlisted: int

    def stretch(self, own: slice) -> StoryPairs:
        """Some of the pairs, in the same order."""
        return StoryPairs(self.a[own], self.b[own], self.links[own], self.a_is_longer[own], self.unlisted)


@dataclass(frozen=True, slots=True)
class StoryPassages:
    """The passages of pairs of stories, pair after pair, each in the order of story a.

    Attributes
    ----------
    a_start, a_stop, b_start, b_stop : int64 arrays, one a passage
        From which to which word (exclusive) of either story.
    words, narrated, kind : int64 arrays, one a passage
        Words shared, how many of them are narrated in both, and the kind of most of the others.
    first : int64 array, one more than pairs
    """

    a_start: Integers
    a_stop: Integers
    b_start: Integers
    b_stop: Integers
    words: Integers
    narrated: Integers
    kind: Integers
    first: Integers


def pair_stories(links: Edges, content: Integers, contents: int, ids: Sequence[str]) -> StoryPairs:
    """The pairs of stories behind the links of their contents (-1 for a story without one)."""
    bearers, first_bearer = _by_content(content, contents)
    listed, every = count_pairs(links.longer, links.shorter, first_bearer)
    one, other, link = (np.empty(listed, np.int64) for _ in range(3))
    list_pairs(links.longer, links.shorter, bearers, first_bearer, one, other, link)

    place = np.empty(len(ids), np.int64)
    place[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    one_first = place[one] < place[other]
    a, b = np.where(one_first, one, other), np.where(one_first, other, one)
    order = np.lexsort((place[b], place[a]))
    return StoryPairs(a[order], b[order], link[order], one_first[order], every - listed)


def pair_stories_across(links: Links, equal: Integers, new: Integers, old: Integers) -> StoryPairs:
    """The pairs of a story of a new collection and one of an old behind the links of their contents.

    Contents and stories of the old collection are numbered after those of the new. equal: the old content (numbered
    from 0) of each new one's words, -1 if there is none; new and old: the content of each story (numbered from 0 in
    each collection), -1 for one without. Of an old content that more than HOT stories bear the LEADERS are paired.
    """
    first_old = len(equal)
    same = np.flatnonzero(equal >= 0)
    is_longer = links.longer < first_old
    new_content = np.concatenate((same, np.where(is_longer, links.longer, links.shorter)))
    old_content = np.concatenate((equal[same], np.where(is_longer, links.shorter, links.longer) - first_old))
    link = np.concatenate((np.full(len(same), -1), np.arange(len(links))))
    bearers, first = _by_content(new, first_old)
    old_bearers, first_bearer = _by_content(old, int(old.max(initial=-1)) + 1)
    counts, old_counts = np.diff(first)[new_content], np.diff(first_bearer)[old_content]
    listed = np.where(old_counts > HOT, LEADERS, old_counts)
    pairs = np.repeat(np.arange(len(link)), counts * listed)
    place = np.arange(len(pairs)) - np.repeat(np.cumsum(counts * listed) - counts * listed, counts * listed)
    a = bearers[first[new_content[pairs]] + place // listed[pairs]]
    b = old_bearers[first_bearer[old_content[pairs]] + place % listed[pairs]] + len(new)
    order = np.lexsort((b, a))
    longer = np.concatenate((np.ones(len(same), np.bool_), is_longer))
    unlisted = int(np.sum(counts * (old_counts - listed)))
    return StoryPairs(a[order], b[order], link[pairs][order], longer[pairs][order], unlisted)


def _by_content(content: Integers, contents: int) -> tuple[Integers, Integers]:
    """The stories that bear each content, one content after another, and where those of each begin."""
    bearers = np.argsort(content, kind="stable")[np.sum(content < 0) :]
    return bearers, np.concatenate(([0], np.cumsum(np.bincount(content[content >= 0], minlength=contents))))


def find_story_passages(pairs: StoryPairs, links: Links, contents: Contents, content: Integers) -> StoryPassages:
    """The passages of each pair of stories, that of equal contents being one of all words."""
    equal = pairs.links < 0
    link = np.where(equal, 0, pairs.links)
    counts = np.minimum(contents.word_counts[content[pairs.a]], 1)  # two empty texts share no passage
    counts[~equal] = links.passages.counts[link[~equal]]
    first = np.concatenate(([0], np.cumsum(counts)))
    of_passage = np.repeat(np.arange(len(counts)), counts)

    bearer = content[pairs.a[of_passage]]
    whole, narrated = contents.word_counts[bearer], contents.narrated_counts[bearer]
    start, kind = np.zeros_like(whole), np.full_like(whole, QUOTED)  # the most there is beside narration, if any
    rows = np.column_stack((start, whole, start, whole, whole, narrated, kind))
    linked = ~equal[of_passage]
    place = np.arange(first[-1]) - np.repeat(first[:-1] - links.passages.first[link], counts)
    rows[linked] = links.passages.rows[place[linked]][:, [*SPANS, SHARED, NARRATED_WORDS, KIND]]
    swap = ~pairs.a_is_longer[of_passage] & linked
    rows[swap, :4] = rows[swap][:, [2, 3, 0, 1]]
    columns = np.ascontiguousarray(rows[np.lexsort((rows[:, 0], of_passage))].T)
    a_start, a_stop, b_start, b_stop, words, told, others = columns
    return StoryPassages(a_start, a_stop, b_start, b_stop, words, told, others, first)


def place_words(
    stories: Integers, first: Integers, last: Integers, all_stories: Sequence[Story], workers: Workers
) -> tuple[Integers, Integers]:
    """Where runs from word `first` to word `last` (included) of each story begin and end in its text."""
    starts, stops = np.empty(len(stories), np.int64), np.empty(len(stories), np.int64)
    order = np.argsort(stories, kind="stable")
    needed, begin = np.unique(stories[order], return_index=True)
    begin = np.append(begin, len(order))
    texts = [all_stories[story].text for story in needed.tolist()]

    def place(batch: tuple[int, int]) -> None:
        words = split(texts[slice(*batch)])
        asked = order[begin[batch[0]] : begin[batch[1]]]
        offset = np.repeat(words.first_word[:-1], np.diff(begin[batch[0] : batch[1] + 1]))
        starts[asked] = words.starts[offset + first[asked]]
        stops[asked] = words.stops[offset + last[asked]]

    workers.run(place, workers.split(len(texts), weights=np.fromiter(map(len, texts), np.int64, len(texts))))
    return starts, stops


@dataclass(frozen=True, slots=True)
class LinkTable:
    """Pairs of stories as columns.

    Attributes
    ----------
    pairs : StoryPairs
    columns : dict of str to array, one item a pair
        What a `Link` says, but for its passages and its reason. Names are objects, None where there is none.
    passages : dict of str to array, one item a passage
        What a `Passage` says; those of the first pair, then those of the second.
    first_passage : int64 array, one more than pairs
    """

    pairs: StoryPairs
    columns: dict[str, npt.NDArray[Any]]
    passages: dict[str, npt.NDArray[Any]]
    first_passage: Integers


@dataclass(frozen=True, slots=True)
class StoryLinks:
    """Pairs of stories and all that there is to tell of them, of `stories` and their contents."""

    pairs: StoryPairs
    links: Links
    contents: Contents
    content: Integers
    stories: Sequence[Story]
    settings: Settings

    def tables(self, workers: Workers) -> Iterator[LinkTable]:
        """All pairs in their order, PAIRS_AT_ONCE a table; memory grows with the passages of PLACED_AT_ONCE of them."""
        ids = np.array([story.id for story in self.stories] + [None], object)  # none is the last, which is also -1
        bylines, narrated = Bylines.of(self.stories), self.contents.narrated_counts
        stretches = range(0, len(self.pairs.a), PLACED_AT_ONCE)
        workers.stages.repeat(2, max(len(stretches), 1))
        for low in stretches:
            placed = self.pairs.stretch(slice(low, low + PLACED_AT_ONCE))
            passages, first = self._place_passages(placed, workers)
            starts = range(0, len(placed.a), PAIRS_AT_ONCE)
            for start in workers.stages.over(iter(starts), len(starts)):
                own = placed.stretch(slice(start, start + PAIRS_AT_ONCE))
                figures = self.figures(own, ("relation", *FIGURES))
                told, told_by_b = (narrated[self.content[side]] for side in (own.a, own.b))
                origin, sign = find_origins(own.a, own.b, figures["relation"], told, told_by_b, self.stories, bylines)
                names = {"relation": np.array(RELATIONS, object)[figures["relation"]]}
                origins = {"origin": ids[origin], "origin_sign": np.array(SIGNS, object)[sign]}
                columns = {"id_a": ids[own.a], "id_b": ids[own.b], **figures, **names, **origins}
                edges = first[start : start + PAIRS_AT_ONCE + 1]
                of_own = {name: column[edges[0] : edges[-1]] for name, column in passages.items()}
                yield LinkTable(own, columns, of_own, edges - edges[0])

    def each(self, workers: Workers) -> Iterator[Link]:
        """All pairs in their order, one by one."""
        for table in self.tables(workers):
            rows = zip(*(column.tolist() for column in table.passages.values()), strict=True)
            passages, edges = [Passage(*row) for row in rows], pairwise(table.first_passage.tolist())
            columns: dict[str, Iterable[Any]] = {
                **{name: column.tolist() for name, column in table.columns.items()},
                "passages": (tuple(passages[start:stop]) for start, stop in edges),
                "reason": self._reasons(table.pairs),
            }
            for row in zip(*(columns[field.name] for field in fields(Link)), strict=True):
                yield Link(*row)

    def figures(self, pairs: StoryPairs, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        """Columns of `Links` for pairs of stories; equal contents are copies and share all that they tell."""
        bearers = self.content[pairs.a]
        told = self.contents.narrated_counts[bearers]
        quoted = self.contents.story_counts[bearers] - self.contents.told_counts[bearers]
        words = {"shared_words": told, "quoted_words": quoted, "longest_narrated": told}
        equal: dict[str, npt.ArrayLike] = {"relation": np.uint8(COPY), **words}
        columns = {name: np.array(np.broadcast_to(equal.get(name, 1.0), len(pairs.a))) for name in names}
        linked = np.flatnonzero(pairs.links >= 0)
        for name, column in columns.items():
            column[linked] = getattr(self.links, name)[pairs.links[linked]]
        return columns

    def _place_passages(self, pairs: StoryPairs, workers: Workers) -> tuple[dict[str, npt.NDArray[Any]], Integers]:
        """The passages of pairs of stories, column by column, with their places in the texts."""
        found = find_story_passages(pairs, self.links, self.contents, self.content)
        of_passage = np.repeat(np.arange(len(pairs.a)), np.diff(found.first))
        starts, stops = place_words(
            np.concatenate((pairs.a[of_passage], pairs.b[of_passage])),
            np.concatenate((found.a_start, found.b_start)),
            np.concatenate((found.a_stop, found.b_stop)) - 1,
            self.stories,
            workers,
        )
        (a_start, b_start), (a_stop, b_stop) = np.split(starts, 2), np.split(stops, 2)
        kinds = PASSAGE_KINDS[np.where(2 * found.narrated >= found.words, -1, found.kind)]
        columns = a_start, a_stop, b_start, b_stop, found.words, kinds
        return dict(zip((field.name for field in fields(Passage)), columns, strict=True)), found.first

    def _reasons(self, pairs: StoryPairs) -> Iterator[str]:
        """Why each pair is linked, or why not."""
        words, narrated = self.contents.word_counts[self.content[pairs.a]].tolist(), self.contents.narrated_counts
        for link, same in zip(pairs.links.tolist(), words, strict=True):
            if link < 0:
                yield f"copy: the same {same:,} words"
            else:
                yield why(self.links, link, int(narrated[self.links.shorter[link]]), self.settings)


def relate_stories(
    a: Integers,
    b: Integers,
    contents: Contents,
    content: Integers,
    stories: Sequence[Story],
    profile: Profile,
    settings: Settings,
    workers: Workers,
) -> StoryLinks:
    """Pairs of stories compared, linked or not, in the order given.

    a, b: numbers of stories that have a content each; the id of a comes first by code point.
    """
    own, other = content[a], content[b]
    keys = np.minimum(own, other) * len(contents) + np.maximum(own, other)
    distinct = np.unique(keys[own != other])
    lesser, greater = (side.astype(np.int32) for side in np.divmod(distinct, max(len(contents), 1)))
    links = compare(contents, lesser, greater, settings, workers)
    related = np.zeros(len(contents), np.bool_)
    related[lesser] = related[greater] = True
    links = relate(links, Vectors.of(count_terms(contents, related, workers), profile, workers), settings, workers)
    found = np.minimum(links.longer, links.shorter).astype(np.int64) * len(contents)
    place = np.empty(len(distinct), np.int64)
    place[np.searchsorted(distinct, found + np.maximum(links.longer, links.shorter))] = np.arange(len(distinct))
    link = np.full(len(a), -1)
    link[own != other] = place[np.searchsorted(distinct, keys[own != other])]
    a_is_longer = np.ones(len(a), np.bool_)
    a_is_longer[link >= 0] = links.longer[link[link >= 0]] == own[link >= 0]
    return StoryLinks(StoryPairs(a, b, link, a_is_longer, 0), links, contents, content, stories, settings)


def compare_stories(one: Story, other: Story, settings: Settings | None = None, profile: Profile | None = None) -> Link:
    """Compare two stories, linked or not: the figures, the passages and why.

    The link is the one that clustering finds: a pure function of the two stories, the settings and the profile, which
    is empty where none is given.

    >>> ferry = "The ferry ran aground off Marrek at dawn with ninety people on board, none of whom was hurt, "
    >>> long, cut = Story("b", ferry + "and was towed free on the evening tide."), Story("a", ferry + "police said.")
    >>> link = compare_stories(long, cut)
    >>> link.relation, [long.text[p.b_start : p.b_stop] for p in link.passages]
    ('copy', ['The ferry ran aground off Marrek at dawn with ninety people on board, none of whom was hurt'])
    """
    settings, profile = settings or Settings(), profile or Profile.empty()
    stories = sorted((one, other), key=lambda story: story.id)
    with Workers(1) as workers:
        words = recognise_words(stories, profile, settings, workers)
        # Contents are numbered by their hashes, as in a clustering, so that the link is the same to the offset.
        order = np.argsort(words.content_hashes(workers), kind="stable")
        contents, content = Contents.choose(words, order), np.argsort(order)
        one_content, other_content = np.split(content.astype(np.int32), 2)
        links = compare(contents, one_content, other_content, settings, workers)
        terms = count_terms(contents, np.ones(2, np.bool_), workers)
        links = relate(links, Vectors.of(terms, profile, workers), settings, workers)
        equal = contents.are_equal(0, 1) and contents.word_counts[0] > 0
        pairs = StoryPairs(np.array([0]), np.array([1]), np.array([-1 if equal else 0]), links.longer == one_content, 0)
        (link,) = StoryLinks(pairs, links, contents, content, stories, settings).each(workers)
    fewest = int(contents.story_counts.min())
    if fewest >= settings.min_words:
        return link
    reason = f"not linked: one has {fewest} words, and stories of fewer than {settings.min_words} stand alone"
    return replace(link, relation=None, reason=reason, origin=None, origin_sign=None)
