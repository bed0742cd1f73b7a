"""Candidates by windows: a shared run is compared, in large buckets too, and the work stays linear."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from edited import LEVELS, TEXT, UNRELATED, cut, invented, one_job, partition, reworded
from stages import fingerprints_of
from storyclust import Profile, Settings, Story, cluster_stories
from storyclust.fingerprint.fingerprints import WINDOW
from storyclust.learning.learn import STOCK
from storyclust.match.candidates import find_candidates
from storyclust.match.candidates_kernels import HOT, LEADERS
from storyclust.parallel import Workers
from strategies import NEWS

RUN = WINDOW + Settings().shingle_words - 1  # a run so long holds a whole window


def own(number: int, count: int) -> str:
    return " ".join(invented(1_000 * (number + 1) + word) for word in range(count))


def test_a_whole_window_is_twelve_words() -> None:
    assert RUN == 12


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
@hypothesis_settings(max_examples=40)
def test_two_stories_that_share_twelve_words_are_compared(before: int, after: int, above: int, below: int) -> None:
    run = own(900, RUN)
    one = f"{own(1, before)} {run} {own(2, after)} {own(3, 20)}"
    other = f"{own(4, above)} {run} {own(5, below)} {own(6, 20)}"
    assert one_job(one, other).counts.candidate_pairs == 1


def bearing(run: str, bearers: int, beside: int = 20) -> list[Story]:
    """So many stories with a run of words in their middle and nothing else in common."""
    sides = ((own(2 * number, beside), own(2 * number + 1, beside)) for number in range(bearers))
    texts = (f"{before} {run} {after}" for before, after in sides)
    return [Story(str(number), text) for number, text in enumerate(texts)]


def test_what_everyone_uses_brings_nobody_together() -> None:
    """Where a passage is known, only the windows at its ends, which are not everyone's, still find candidates."""
    run, bearers = own(900, 3 * RUN), 4 * STOCK
    every = bearers * (bearers - 1) // 2
    unknown = cluster_stories(bearing(run, bearers, 200), profile=Profile.empty())
    assert unknown.counts.candidate_pairs == every
    assert cluster_stories(bearing(run, bearers, 200)).counts.candidate_pairs < every / 4
    pages = [Story(story.id, f"{story.text}\n{run}", source="Echo") for story in bearing("", bearers, 200)]
    assert cluster_stories(pages).counts.candidate_pairs == 0


@pytest.mark.parametrize("bearers", [2, HOT - 1, HOT, HOT + 1, HOT + 2, 3 * HOT])
def test_all_bearers_of_a_passage_are_compared_on_both_sides_of_the_limit(bearers: int) -> None:
    """One passage of twelve words in so many stories: each is paired with all the others, or with a few of them."""
    result = cluster_stories(bearing(own(900, RUN), bearers), profile=Profile.empty())
    every = bearers * (bearers - 1) // 2
    pairs = result.counts.candidate_pairs
    if bearers <= HOT:
        assert (pairs, result.counts.hot_keys) == (every, 0)
    else:
        assert result.counts.hot_keys > 0
        # Every window of the run has leaders of its own, no more windows than the run has shingles.
        assert bearers - 1 <= pairs <= min(every, LEADERS * bearers * (RUN - 4))


def run_by(outlets: int, seed: int, least: int = 25) -> Iterator[str]:
    """One story as so many outlets run it: cut a little, words changed here and there, paragraphs of their own."""
    draw = random.Random(seed)
    for outlet in range(outlets):
        kept = cut(TEXT["oudra-flood"], draw.randint(0, 6), draw.randint(85, 100))
        yield f"{reworded(kept, draw.randint(least, 60), outlet, 50 + outlet)}\n\n{own(outlet, draw.randint(0, 60))}"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_story_run_by_three_hundred_outlets_is_one_cluster(seed: int) -> None:
    copies = [Story(f"outlet-{number}", text) for number, text in enumerate(run_by(300, seed))]
    others = [Story(id, TEXT[id]) for id in UNRELATED if id != "oudra-flood"]
    result = cluster_stories([*copies, *others])
    assert result.counts.hot_keys > 0
    every = frozenset(copy.id for copy in copies)
    assert {id for link in result.links() for id in (link.id_a, link.id_b)} >= every
    for level in LEVELS:
        assert every in partition(result, level)


def candidate_pairs(texts: list[str]) -> tuple[int, int]:
    """How many pairs of some different texts are candidates, and how many keys the texts have."""
    with Workers(1) as workers:
        keys = fingerprints_of(texts).keys
        return len(find_candidates(keys, np.arange(len(texts)), workers).later), keys.rows.size + len(keys.values)


def test_the_work_grows_with_the_stories() -> None:
    """Twice as many outlets make twice as many pairs, once their windows are hot."""
    texts = [f"{reworded(NEWS['ferry'], 17, number, number)} {own(number, 30)}" for number in range(4000)]
    (pairs, keys), (twice, _) = candidate_pairs(texts[:2000]), candidate_pairs(texts)
    assert 2000 - 1 <= pairs <= LEADERS * keys
    assert twice <= 2.1 * pairs


def test_a_story_found_by_a_hot_window_only_is_reached() -> None:
    """A hundred outlets run one sentence in pages of their own: each is linked with somebody."""
    sentence = " ".join(NEWS["ferry"].split()[:36])
    texts = [f"{own(2 * number, 40)} {sentence} {own(2 * number + 1, 40)}" for number in range(HOT + 36)]
    stories = [Story(str(number), text) for number, text in enumerate(texts)]
    profile_free = cluster_stories(stories, profile=cluster_stories(stories[:2]).profile)
    linked = {id for link in profile_free.links() for id in (link.id_a, link.id_b)}
    assert linked == {story.id for story in stories}
    assert len(list(profile_free.links())) < len(list(combinations(stories, 2)))
