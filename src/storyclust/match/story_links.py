"""Links of stories, with their passages placed in the texts as given.

In: the links of contents and which stories bear each. Out: `Link` objects by pair of ids. Equal
contents may be written differently, so offsets are found in each story's own text, once a story.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from storyclust.arrays import Flags, Integers
from storyclust.fingerprint.fingerprints import hash_each_content
from storyclust.match.contents import Contents
from storyclust.match.links import Links
from storyclust.match.passages import Runs, find_runs
from storyclust.match.relation import why_copies, why_not
from storyclust.match.story_pairs_kernels import count_pairs, list_pairs
from storyclust.match.verify import compare
from storyclust.model import Link, Passage, Story
from storyclust.parallel import Workers
from storyclust.settings import Settings
from storyclust.text.words import analyse
from storyclust.text.words_kernels import QUOTED

PAIRS_AT_ONCE = 4096
# What a passage is called after the kind of its words.
PASSAGE_KINDS = np.array(["narrated", "quoted", "quoted", "caption", "boilerplate", "boilerplate"])


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


@dataclass(frozen=True, slots=True)
class StoryRuns:
    """The runs of pairs of stories, pair after pair, each in the order of story a.

    Attributes
    ----------
    a_word, b_word, words, narrated, kind : int64 arrays, one a run
        First word in either story, words, how many of them are narrated in both, and the kind of most of the others.
    first_run : int64 array, one more than pairs
    """

    a_word: Integers
    b_word: Integers
    words: Integers
    narrated: Integers
    kind: Integers
    first_run: Integers


def pair_stories(links: Links, content: Integers, contents: int, ids: Sequence[str]) -> StoryPairs:
    """The pairs of stories behind the links of their contents (-1 for a story without one)."""
    bearers = np.argsort(content, kind="stable")[np.sum(content < 0) :]
    first_bearer = np.concatenate(([0], np.cumsum(np.bincount(content[content >= 0], minlength=contents))))
    listed, every = count_pairs(links.longer, links.shorter, first_bearer)
    one, other, link = (np.empty(listed, np.int64) for _ in range(3))
    list_pairs(links.longer, links.shorter, bearers, first_bearer, one, other, link)

    place = np.empty(len(ids), np.int64)
    place[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    one_first = place[one] < place[other]
    a, b = np.where(one_first, one, other), np.where(one_first, other, one)
    order = np.lexsort((place[b], place[a]))
    return StoryPairs(a[order], b[order], link[order], one_first[order], every - listed)


def find_story_runs(pairs: StoryPairs, runs: Runs, contents: Contents, content: Integers) -> StoryRuns:
    """The runs of each pair of stories, those of equal contents being one run of all words."""
    equal = pairs.links < 0
    link = np.where(equal, 0, pairs.links)
    counts = np.minimum(contents.word_counts[content[pairs.a]], 1)  # two empty texts share no run
    counts[~equal] = np.diff(runs.first_run)[link[~equal]]
    first_run = np.concatenate(([0], np.cumsum(counts)))
    of_run = np.repeat(np.arange(len(counts)), counts)

    bearer = content[pairs.a[of_run]]
    whole = contents.word_counts[bearer]
    narrated = contents.narrated_counts[bearer]
    kinds = np.full(len(of_run), QUOTED)  # of equal stories, the quotations are the most there is beside narration
    rows = np.column_stack((np.zeros((len(of_run), 2), np.int64), whole, narrated, kinds))
    linked = ~equal[of_run]
    place = np.arange(first_run[-1]) - np.repeat(first_run[:-1] - runs.first_run[link], counts)
    rows[linked] = runs.rows[place[linked]]
    swap = ~pairs.a_is_longer[of_run] & linked
    rows[swap, :2] = rows[swap, 1::-1]
    a_word, b_word, words, narrated, kind = np.ascontiguousarray(rows[np.lexsort((rows[:, 0], of_run))].T)
    return StoryRuns(a_word, b_word, words, narrated, kind, first_run)


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
        words = analyse(texts[slice(*batch)])
        asked = order[begin[batch[0]] : begin[batch[1]]]
        offset = np.repeat(words.first_word[:-1], np.diff(begin[batch[0] : batch[1] + 1]))
        starts[asked] = words.starts[offset + first[asked]]
        stops[asked] = words.stops[offset + last[asked]]

    workers.run(place, workers.split(len(texts), weights=np.fromiter(map(len, texts), np.int64, len(texts))))
    return starts, stops


def iterate_links(
    pairs: StoryPairs,
    links: Links,
    contents: Contents,
    content: Integers,
    stories: Sequence[Story],
    size: int,
    workers: Workers,
) -> Iterator[Link]:
    """The pairs of stories as links, one by one; memory grows with the passages, not with the texts."""
    runs = find_story_runs(pairs, find_runs(contents, links, size, workers), contents, content)
    of_run = np.repeat(np.arange(len(pairs.a)), np.diff(runs.first_run))
    a_places = place_words(pairs.a[of_run], runs.a_word, runs.a_word + runs.words - 1, stories, workers)
    b_places = place_words(pairs.b[of_run], runs.b_word, runs.b_word + runs.words - 1, stories, workers)
    word_counts, narrated_counts = contents.word_counts, contents.narrated_counts
    rows = zip(
        pairs.a.tolist(), pairs.b.tolist(), pairs.links.tolist(), _passages(runs, *a_places, *b_places), strict=True
    )
    for a, b, link, passages in rows:
        if link < 0:
            words, narrated = int(word_counts[content[a]]), int(narrated_counts[content[a]])
            quoted = int(contents.story_counts[content[a]]) - narrated
            yield Link(
                id_a=stories[a].id,
                id_b=stories[b].id,
                relation="copy",
                shared_words=narrated,
                share=1.0,
                quoted_words=quoted,
                jaccard=1.0,
                containment=1.0,
                passages=passages,
                reason=f"copy: the same {words:,} words",
            )
        else:
            narrated = int(narrated_counts[links.shorter[link]])
            shared, jaccard = int(links.shared_words[link]), float(links.jaccard[link])
            yield Link(
                id_a=stories[a].id,
                id_b=stories[b].id,
                relation="copy",
                shared_words=shared,
                share=float(links.share[link]),
                quoted_words=int(links.quoted_words[link]),
                jaccard=jaccard,
                containment=float(links.containment[link]),
                passages=passages,
                reason=why_copies(shared, narrated, float(links.passage_share[link]), jaccard),
            )


def _passages(
    runs: StoryRuns, a_start: Integers, a_stop: Integers, b_start: Integers, b_stop: Integers
) -> Iterator[tuple[Passage, ...]]:
    """The passages of each pair; arrays become objects a stretch of pairs at a time."""
    for low in range(0, len(runs.first_run) - 1, PAIRS_AT_ONCE):
        first = runs.first_run[low : low + PAIRS_AT_ONCE + 1]
        own = slice(first[0], first[-1])
        kinds = np.where(2 * runs.narrated[own] >= runs.words[own], "narrated", PASSAGE_KINDS[runs.kind[own]])
        columns = a_start[own], a_stop[own], b_start[own], b_stop[own], runs.words[own], kinds
        rows = list(zip(*(column.tolist() for column in columns), strict=True))
        for start, stop in pairwise((first - first[0]).tolist()):
            yield tuple(Passage(*row) for row in rows[start:stop])


def compare_stories(one: Story, other: Story, settings: Settings | None = None) -> Link:
    """Compare two stories, linked or not: the figures, the passages and why.

    The link is the one that clustering finds: a pure function of the two stories and the settings.

    >>> ferry = "The ferry ran aground off Marrek at dawn with ninety people on board, none of whom was hurt, "
    >>> long, cut = Story("b", ferry + "and was towed free on the evening tide."), Story("a", ferry + "police said.")
    >>> link = compare_stories(long, cut)
    >>> link.relation, [long.text[p.b_start : p.b_stop] for p in link.passages]
    ('copy', ['The ferry ran aground off Marrek at dawn with ninety people on board, none of whom was hurt'])
    """
    settings = settings or Settings()
    stories = sorted((one, other), key=lambda story: story.id)
    # Contents are numbered by their hashes, as in a clustering, so that the link is the same to the offset.
    order = np.argsort(hash_each_content(analyse([story.text for story in stories], settings.rules)), kind="stable")
    texts = [stories[number].text for number in order]
    contents = Contents.of_texts(texts, settings.shingle_words, settings.rules)
    content = np.argsort(order)
    one_content, other_content = np.split(content.astype(np.int32), 2)
    with Workers(1) as workers:
        links = compare(contents, one_content, other_content, settings.shingle_words, 0.0, 0.0, workers)
        equal = contents.are_equal(0, 1) and contents.word_counts[0] > 0
        pairs = StoryPairs(np.array([0]), np.array([1]), np.array([-1 if equal else 0]), links.longer == one_content, 0)
        (link,) = iterate_links(pairs, links, contents, content, stories, settings.shingle_words, workers)
    fewest = int(contents.story_counts.min())
    if fewest < settings.min_words:
        reason = f"not linked: one has {fewest} words, and stories of fewer than {settings.min_words} stand alone"
        return replace(link, relation=None, reason=reason)
    not_linked = None if equal else why_not(links, int(contents.narrated_counts[links.shorter[0]]), settings)
    return replace(link, relation=None, reason=not_linked) if not_linked else link
