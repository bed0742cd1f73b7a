"""Who bears which key: against slow twins, whatever ranges of keys and batches the work is cut into."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyclust import parallel
from storyclust.fingerprint import keys as keys_module
from storyclust.fingerprint.keys import Keys
from storyclust.fingerprint.keys_kernels import FEW, FULL, SLICES
from storyclust.learning.bearers import Bearers
from storyclust.learning.days_kernels import UNDATED, count_days
from storyclust.parallel import Workers
from storyclust.text import terms as terms_module
from storyclust.text.terms import document_frequencies

LAST = 2**64 - 1
# Alike in their first bits or in their last, at the ends of all there are and on both sides of ranges.
KEYS = [0, 1, 2, LAST - 1, LAST, *(edge + step for edge in (2**52, 2**63, 5 * 2**60, 2**40) for step in (-1, 0, 1))]

cuts = st.sampled_from([(1, 1), (2, 1), (3, 40), (32, 1), (SLICES, 1), (32, keys_module.LIGHTEST)])


def bearers(
    rows: list[list[int]], lists: list[list[int]], content: list[int], fewest: int, cut: tuple[int, int], threads: int
) -> dict[int, list[int]]:
    """The bearers of each frequent key, found in ranges: at most so many, of so many keys at least."""
    values = np.array([key for own in lists for key in own], np.uint64)
    first = np.cumsum([0, *map(len, lists)])
    keys = Keys(np.array(rows, np.uint64).reshape(len(lists), -1 if lists else 0), values, first)
    batches, lightest = cut
    with (
        patch.object(parallel, "BATCHES", batches),
        patch.object(parallel, "LIGHTEST", 1),
        patch.object(keys_module, "LIGHTEST", lightest),
        Workers(threads) as workers,
    ):
        distinct, texts, counts = keys.bearers(np.array(content, np.int64), fewest, workers)
    assert distinct.tolist() == sorted(set(distinct.tolist()))
    assert sum(counts.tolist()) == len(texts)
    ends = np.cumsum(counts)
    parts = [texts[end - count : end].tolist() for end, count in zip(ends, counts, strict=True)]
    return dict(zip(distinct.tolist(), parts, strict=True))


def twin_bearers(
    rows: list[list[int]], lists: list[list[int]], content: list[int], fewest: int
) -> dict[int, list[int]]:
    """The first text of each content that bears a key, by content, for the keys that enough contents bear."""
    borne: dict[int, dict[int, int]] = defaultdict(dict)
    for text, (row, own) in enumerate(zip(rows, lists, strict=True)):
        for key in row + own:
            if content[text] >= 0:
                borne[key].setdefault(content[text], text)
    return {key: [own[each] for each in sorted(own)] for key, own in borne.items() if len(own) >= fewest}


@given(st.data(), st.integers(0, 2), st.integers(1, 4), cuts, st.integers(1, 3))
def test_bearers_are_those_of_every_key_by_itself(
    data: st.DataObject, columns: int, fewest: int, cut: tuple[int, int], threads: int
) -> None:
    key = st.one_of(st.sampled_from(KEYS), st.integers(0, LAST))
    lists = data.draw(st.lists(st.lists(key, max_size=6), max_size=12))
    rows = [data.draw(st.lists(key, min_size=columns, max_size=columns)) for _ in lists]
    content = [data.draw(st.integers(-1, 8)) for _ in lists]
    assert bearers(rows, lists, content, fewest, cut, threads) == twin_bearers(rows, lists, content, fewest)


@given(st.integers(0, 2**32), cuts, st.integers(1, 3))
def test_many_bearers_stand_in_the_order_of_their_contents(seed: int, cut: tuple[int, int], threads: int) -> None:
    random = np.random.default_rng(seed)
    lists = [
        random.choice(np.array(KEYS[:7], np.uint64), random.integers(7), replace=False).tolist() for _ in range(4 * FEW)
    ]
    content, rows = random.permutation(4 * FEW).tolist(), [[]] * (4 * FEW)
    assert bearers(rows, lists, content, 2, cut, threads) == twin_bearers(rows, lists, content, 2)


@pytest.mark.parametrize("count", [FULL - 1, FULL, FULL + 1, FULL + 50])
def test_more_contents_may_be_asked_for_than_are_counted(count: int) -> None:
    for asked in (count, count + 1):
        found = bearers([[]] * count, [[7]] * count, list(range(count)), asked, (32, 1), 1)
        assert found == ({7: list(range(count))} if asked == count else {})


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=8, unique=True), max_size=10), st.integers(1, 9))
def test_the_keys_of_more_contents_are_among_those_of_fewer(texts: list[list[int]], fewest: int) -> None:
    keys = Keys.listed(np.array(list(chain(*texts)), np.uint64), np.cumsum([0, *map(len, texts)]))
    content = np.arange(len(texts))
    with Workers(1) as workers:
        some, expected = Bearers.of(keys, content, 1, workers), Bearers.of(keys, content, fewest, workers)
    found = some.of_many(fewest)
    for name in ("keys", "texts", "first"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()


@given(st.lists(st.lists(st.integers(0, LAST), max_size=9), max_size=9), cuts, st.integers(1, 3))
def test_document_frequencies_are_those_of_all_batches(
    texts: list[list[int]], cut: tuple[int, int], threads: int
) -> None:
    expected = Counter(column for text in texts for column in {word >> 44 for word in text})
    batches, lightest = cut
    words = np.array(list(chain(*texts)), np.uint64)
    with (
        patch.object(parallel, "BATCHES", min(batches, 5)),
        patch.object(parallel, "LIGHTEST", 1),
        patch.object(terms_module, "LIGHTEST", lightest),
        Workers(threads) as workers,
    ):
        found = document_frequencies(words, np.cumsum([0, *map(len, texts)]), workers)
    assert {column: found[column] for column in np.flatnonzero(found).tolist()} == expected


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(-9, 9)), max_size=2 * FEW), max_size=4))
def test_days_are_counted_once_and_spread_from_the_first_to_the_last(groups: list[list[int | None]]) -> None:
    days = np.array([UNDATED if day is None else day for group in groups for day in group], np.int64)
    counts, spreads = np.full(len(groups), -1), np.full(len(groups), -1)
    texts, first = np.arange(len(days), dtype=np.int32), np.cumsum([0, *map(len, groups)])
    count_days(texts, first, days, counts, spreads)
    known = [sorted({day for day in group if day is not None}) for group in groups]
    assert counts.tolist() == [len(own) for own in known]
    assert spreads.tolist() == [own[-1] - own[0] if own else 0 for own in known]
