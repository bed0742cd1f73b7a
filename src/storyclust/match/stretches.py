"""The stretches of passages: what the words in them are, placed in the texts as given.

In: pairs of stories compared. Out: for each passage its stretches, each of one kind, in order. What stands between two
is of one text only, an edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from storyclust.match import stretches_kernels as columns
from storyclust.match.story_links import PASSAGE_KINDS, StoryLinks, find_story_passages, place_words
from storyclust.model import PassageKind
from storyclust.parallel import Workers


class Stretch(NamedTuple):
    """Words that both stories have and that are of one kind; half-open offsets of code points in either text."""

    a_start: int
    a_stop: int
    b_start: int
    b_stop: int
    words: int
    kind: PassageKind


def find_stretches(compared: StoryLinks, workers: Workers) -> Iterator[list[list[Stretch]]]:
    """Pair by pair, for each of its passages in their order, the stretches that it is made of."""
    pairs, contents, content = compared.pairs, compared.contents, compared.content
    found = find_story_passages(pairs, compared.links, contents, content)
    pair = np.repeat(np.arange(len(pairs.a)), np.diff(found.first))
    a_is_longer = pairs.a_is_longer[pair]
    sides = (found.a_start, found.a_stop, content[pairs.a[pair]]), (found.b_start, found.b_stop, content[pairs.b[pair]])
    (long_start, long_stop, longer), (short_start, short_stop, shorter) = (
        tuple(np.where(a_is_longer, one, other) for one, other in zip(first, second, strict=True))
        for first, second in (sides, sides[::-1])
    )
    rows = np.empty((int(np.sum(short_stop - short_start)), columns.COLUMNS), np.int32)
    a, b = contents.start[longer], contents.start[shorter]
    edges = long_start + a, long_stop + a, short_start + b, short_stop + b
    size = compared.settings.shingle_words
    count = columns.find_stretches(contents.hashes, contents.flags, *edges, size, rows)
    passage, long_word, short_word, words, kind = rows[:count].T.astype(np.int64)
    swapped = ~a_is_longer[passage]
    a_word = found.a_start[passage] + np.where(swapped, short_word, long_word)
    b_word = found.b_start[passage] + np.where(swapped, long_word, short_word)
    stories = np.concatenate((pairs.a[pair[passage]], pairs.b[pair[passage]]))
    first, last = np.concatenate((a_word, b_word)), np.concatenate((a_word + words, b_word + words)) - 1
    starts, stops = place_words(stories, first, last, compared.stories, workers)
    (a_start, b_start), (a_stop, b_stop) = np.split(starts, 2), np.split(stops, 2)
    told = (column.tolist() for column in (a_start, a_stop, b_start, b_stop, words, PASSAGE_KINDS[kind]))
    every = [Stretch(*row) for row in zip(*told, strict=True)]
    first_of = np.searchsorted(passage, np.arange(len(pair) + 1)).tolist()
    of_passage = [every[start:stop] for start, stop in pairwise(first_of)]
    yield from (of_passage[start:stop] for start, stop in pairwise(found.first.tolist()))
