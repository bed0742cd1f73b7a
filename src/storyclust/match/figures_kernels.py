"""Which figures of a table another one has too.

In: the words of two contents. Out: how many distinct figures the shorter has, if figures are a good part of its
words, and how many of them the longer lacks. The rows of a table are named alike whatever is counted, so that two
tables of one make are long passages of each other; what they tell are their figures.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.words_kernels import HASH_FACTOR

# A text is a table if one word of so many is a figure: of prose it is one of twenty, of pages of statistics of eight.
WORDS_A_FIGURE = 3


@kernel
def figures_of(hashes: Hashes, figures: Bytes, start: int, stop: int) -> Hashes:
    """The distinct figures of a content, rising, each with the one after it: 14.54 is two words, and so is 54 14."""
    held = np.empty(stop - start, np.uint64)
    count = 0
    for word in range(start, stop):
        if figures[word]:
            following = hashes[word + 1] if word + 1 < stop and figures[word + 1] else np.uint64(0)
            held[count] = hashes[word] * HASH_FACTOR + following
            count += 1
    held[:count].sort()
    distinct = 0
    for place in range(count):
        if distinct == 0 or held[place] != held[distinct - 1]:
            held[distinct] = held[place]
            distinct += 1
    return held[:distinct]


@kernel
def is_table(figures: Bytes, start: int, stop: int) -> bool:
    """Whether a content is a table."""
    return bool(np.count_nonzero(figures[start:stop]) * WORDS_A_FIGURE >= max(stop - start, 1))


@kernel
def compare_tables(
    longer: Numbers,
    shorter: Numbers,
    hashes: Hashes,
    figures: Bytes,
    first: Integers,
    last: Integers,
    told: Integers,
    missing: Integers,
) -> None:
    """Write the distinct figures of each pair's shorter, 0 where it is no table, and how many the longer lacks.

    longer and shorter int32; figures uint8, one a word; first and last: the words of each content; told and missing
    int64, one a pair.
    """
    for pair in range(len(longer)):
        a, b = longer[pair], shorter[pair]
        told[pair], missing[pair] = 0, 0
        if not is_table(figures, first[b], last[b]):
            continue
        own = figures_of(hashes, figures, first[b], last[b])
        others = figures_of(hashes, figures, first[a], last[a])
        told[pair] = len(own)
        place = 0
        for figure in own:
            while place < len(others) and others[place] < figure:
                place += 1
            missing[pair] += place == len(others) or others[place] != figure
