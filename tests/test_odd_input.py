"""Odd input: whatever comes in, something sound comes out."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edited import PLAIN_WORDS, STANDS_BY_ITSELF, TEXT, UNRELATED, invented, one_job, partition, quickly, written
from storyclust import Story, compare_stories
from strategies import DOCKSIDE

# Odd input


@quickly
@given(st.lists(st.text(st.characters(), max_size=300), max_size=6))
def test_any_text_will_do(texts: list[str]) -> None:
    long = TEXT[STANDS_BY_ITSELF]
    result = one_job(*texts, *(f"{long}\n{text}\n{long}" for text in texts), long)
    assert len(result.stories) == 2 * len(texts) + 1
    assert written(result)
    for number in range(len(texts)):
        # The story stands twice around each of the odd texts.
        assert len(result.explain(str(len(texts) + number), str(2 * len(texts))).passages) >= 1


@pytest.mark.parametrize("separator", ["\0", "\ud800", "\udfff ", " \0 \0 ", "\u2028", "\u200b"])
def test_odd_separators_stand_between_words_and_are_none(separator: str) -> None:
    words = PLAIN_WORDS[:200]
    odd, plain = separator.join(words), " ".join(words)
    result = one_job(odd, plain, TEXT[STANDS_BY_ITSELF])
    assert result.explain("0", "1").reason == "copy: the same 200 words"
    assert partition(result) == {frozenset("01"), frozenset("2")}
    (passage,) = result.explain("0", "1").passages
    assert odd[passage.a_start : passage.a_stop] == odd
    assert b"200" in written(result)


LONG_STORIES = {
    "one word": "storm " * 200_000,
    "one sentence": "The river rose again overnight and people left their homes. " * 5_000,
    "one line": " ".join(invented(number) for number in range(240_000)),
    "one word without an end": "a" * 2_000_000,
    "opening quotation marks": "“" * 500_000 + TEXT["corvane-ferry"],
    "lines": "\n" * 1_000_000 + TEXT["corvane-ferry"],
    "one sentence a hundred thousand times": "Fog fell over the quay at noon. " * 100_000,
    "one word a million times": "storm " * 1_000_000,
}


@pytest.mark.parametrize("kind", LONG_STORIES)
def test_long_and_monotonous_stories_are_clustered_like_others(kind: str) -> None:
    long = LONG_STORIES[kind]
    assert len(long) >= 300_000
    texts = [long, long.upper(), long[: len(long) * 2 // 3], *(TEXT[id] for id in UNRELATED[:2])]
    result = one_job(*texts)
    alike = next(members for members in result.at_level("copy") if "0" in members)
    if kind == "one word without an end":
        assert alike == ("0",)
    else:
        assert alike[:2] == ("0", "1")
        assert not {"3", "4"} & set(alike)
        assert result.explain("0", "1").jaccard == 1.0
    if kind in ("one word", "one sentence", "one line"):
        assert alike == ("0", "1", "2")


TEN_MEGABYTES = 10_000_000


def long_text(first: int) -> str:
    """Ten megabytes of a hundred thousand invented words in an order of their own."""
    words = np.array([invented(first + number) for number in range(100_000)])
    drawn = words[np.random.default_rng(first).integers(0, len(words), TEN_MEGABYTES // 7)].tolist()
    return " ".join(drawn)[:TEN_MEGABYTES]


def test_two_texts_of_ten_megabytes_with_equal_words() -> None:
    text = long_text(0)
    changed = text[: TEN_MEGABYTES // 2] + " reportedly " + text[TEN_MEGABYTES // 2 :]
    result = one_job(text, changed)
    assert result.counts.candidate_pairs == 1
    [link] = result.links()
    assert link.relation == "copy"
    assert link.share > 0.99


def test_two_texts_of_ten_megabytes_with_unlike_words() -> None:
    result = one_job(long_text(0), long_text(200_000))
    assert len(result) == 2
    assert list(result.links()) == []


def test_two_texts_of_the_same_words_in_another_order_are_compared_in_bounded_work() -> None:
    """Every shingle stands a thousand times in both: a place is tried a bounded number of times."""
    sentence = list(DOCKSIDE)
    draw = random.Random(3)
    texts = [" ".join(word for _ in range(8_000) for word in draw.sample(sentence, len(sentence))) for _ in range(2)]
    link = compare_stories(*(Story(str(side), text) for side, text in enumerate(texts)))
    words = [sum(passage.words for passage in link.passages)]
    assert words[0] <= min(len(text.split()) for text in texts)


def test_a_hundred_repetitive_texts_are_told_apart_or_joined() -> None:
    texts = [f"{'Fog fell over the quay at noon. ' * (50 + number)}" for number in range(100)]
    result = one_job(*texts)
    assert len(result.stories) == 100
    assert len({frozenset(cluster.members) for cluster in result}) == len(result)
