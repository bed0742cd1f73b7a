"""Laws of links: what must hold for any two stories."""

from __future__ import annotations

import random
import re
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edited import EDITED, PLAIN_WORDS, TEXT, collections, cut, invented, many, one_job, partition, quickly, strangers
from storyclust import (
    Link,
    Story,
    cluster_stories,
    compare_stories,
    load_newsroom,
)
from storyclust.match import story_links
from strategies import longest_common_subsequence, twin_words

# Links


@quickly
@given(collections())
def test_links_are_what_comparing_the_two_stories_gives(stories: list[Story]) -> None:
    result = cluster_stories(stories)
    links = list(result.links())
    assert [(link.id_a, link.id_b) for link in links] == sorted({(link.id_a, link.id_b) for link in links})
    for link in links:
        assert link.id_a < link.id_b
        assert link == result.explain(link.id_a, link.id_b)
        assert link.relation in ("copy", "version", "partial")
        assert link.passages


def figures_of(link: Link) -> tuple[Any, ...]:
    """All that a link says but for places and names."""
    left_out = ("id_a", "id_b", "passages", "origin")
    return tuple(getattr(link, field.name) for field in fields(link) if field.name not in left_out)


@many
@given(EDITED, EDITED)
def test_links_are_symmetric(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    first, second = (edit(story.text, a, b) for story, edit, a, b in (one, other))
    assume(first or second)
    link = compare_stories(Story("a", first), Story("b", second))
    assert compare_stories(Story("b", second), Story("a", first)) == link
    renamed = compare_stories(Story("b", first), Story("a", second))
    assert figures_of(renamed) == figures_of(link)
    mirrored = {
        replace(p, a_start=p.b_start, a_stop=p.b_stop, b_start=p.a_start, b_stop=p.a_stop) for p in link.passages
    }
    assert set(renamed.passages) == mirrored
    assert renamed.origin == {None: None, "a": "b", "b": "a"}[link.origin]


@many
@given(EDITED, EDITED)
def test_offsets_cut_the_same_words_from_both_texts(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    first, second = (edit(story.text, a, b) for story, edit, a, b in (one, other))
    assume(first or second)
    link = compare_stories(Story("a", first), Story("b", second))
    for passage in link.passages:
        in_a, in_b = first[passage.a_start : passage.a_stop], second[passage.b_start : passage.b_stop]
        assert in_a == in_a.strip()
        assert in_b == in_b.strip()
        words_a, words_b = ([word.folded for word in twin_words(text)] for text in (in_a, in_b))
        # A run of a shingle or more stands at either end.
        assert words_a[:5] == words_b[:5]
        assert words_a[-5:] == words_b[-5:]
        assert 7 <= passage.words <= longest_common_subsequence(words_a, words_b)
    assert link.shared_words + link.quoted_words <= sum(passage.words for passage in link.passages)
    assert link.longest_narrated <= link.shared_words
    assert link.longest_narrated <= max((passage.words for passage in link.passages), default=0)
    for side in ("a", "b"):
        bounds = sorted((getattr(p, f"{side}_start"), getattr(p, f"{side}_stop")) for p in link.passages)
        assert all(stop <= start for (_, stop), (start, _) in pairwise(bounds))


MARKS = ("“”", '""', "«»", "„“", "„”", "「」", "»«")
NARRATION = st.integers(8, 40)


@quickly
@given(st.sampled_from(MARKS), st.integers(0, 40), st.integers(60, 300), NARRATION, NARRATION, st.booleans())
def test_quoted_text_alone_links_nothing(
    marks: str, start: int, words: int, narration_a: int, narration_b: int, bare: bool
) -> None:
    quotation = " ".join(PLAIN_WORDS[start : start + words])
    told = {
        "a": [invented(number) for number in range(narration_a)],
        "b": [invented(number) for number in range(5000, 5000 + narration_b)],
    }
    stories = []
    for id, own in told.items():
        # One of the two may run the quotation without its marks.
        said = quotation if bare and id == "b" else f"{marks[0]}{quotation}{marks[1]}"
        stories.append(Story(id, f"{' '.join(own[:6])}: {said} {' '.join(own[6:])}."))
    result = cluster_stories(stories)
    link = result.explain("a", "b")
    assert link.quoted_words == len(quotation.split())
    assert link.shared_words == 0
    assert link.relation is None
    bare_texts = [re.sub('[“”"«»„「」]', "", story.text) for story in stories]
    # But for the marks they would be linked.
    assert compare_stories(Story("a", bare_texts[0]), Story("b", bare_texts[1])).relation is not None
    assert list(result.links()) == []
    assert len(result) == 2


@pytest.mark.parametrize(("shared", "found"), [(0, 0), (4, 0), (12, 400), (13, 400), (30, 400)])
def test_stories_that_share_twelve_words_are_compared(shared: int, found: int) -> None:
    """Four hundred pairs, each with words of its own in common, at any place of stories of any length."""
    draw = random.Random(shared)
    numbers = iter(range(10**6))
    texts = []
    for _ in range(400):
        in_common = [invented(next(numbers)) for _ in range(shared)]
        for _ in range(2):
            own = [invented(next(numbers)) for _ in range(draw.randint(20, 140))]
            place = draw.randint(0, len(own))
            texts.append(" ".join([*own[:place], *in_common, *own[place:]]))
    counts = one_job(*texts).counts
    assert (counts.candidate_pairs, counts.hot_keys) == (found, 0)


@pytest.mark.parametrize("half", [(0, 50), (50, 100)])
@pytest.mark.parametrize("id", [id for id in TEXT if id != "ambry-observer-stub"])
def test_a_story_cut_in_half_is_found(id: str, half: tuple[int, int]) -> None:
    result = cluster_stories([Story("whole", TEXT[id]), Story("half", cut(TEXT[id], *half)), *strangers(id)])
    assert frozenset(("half", "whole")) in partition(result, "copy")


@pytest.mark.parametrize("at_once", [1, 7])
def test_links_are_the_same_however_many_are_placed_at_once(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    result = cluster_stories(load_newsroom().stories)
    expected = list(result.links())
    monkeypatch.setattr(story_links, "PLACED_AT_ONCE", at_once)
    assert list(result.links()) == expected
    assert len(expected) > 100
