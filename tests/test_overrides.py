"""What a user knows better: pairs that belong together, and pairs that do not, at every level."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from edited import LEVELS, assert_nested, groups, partition
from storyclust import Settings, Story, StoryClusters, cluster_stories, deduplicate
from storyclust.errors import SettingsError
from strategies import CHESS, FERRY, HEAD, LIBRARY, NEWS, TAIL, stories_of

Pairs = list[tuple[str, str]]

# Copies, a version, cuts, two equal texts, unrelated stories and two that are too short to be compared.
TEXTS = {
    "ferry": FERRY,
    "ferry-copy": f"From our port desk. {FERRY}",
    "ferry-equal": FERRY.upper(),
    "full": f"{HEAD} {TAIL}",
    "head": HEAD,
    "tail": TAIL,
    "library": LIBRARY,
    "library-equal": LIBRARY,
    "chess": CHESS,
    "stub": "The ferry sank.",
    "stub-equal": "The ferry sank.",
}
IDS = sorted(TEXTS)


def job(must: Pairs, cannot: Pairs, texts: dict[str, str] | None = None, **chosen: Any) -> StoryClusters:
    settings = Settings(must_link=tuple(must), cannot_link=tuple(cannot), **chosen)
    return cluster_stories(stories_of(texts or TEXTS), settings=settings)


def together(result: StoryClusters, level: Any, a: str, b: str) -> bool:
    return any({a, b} <= members for members in partition(result, level))


def assert_honoured(result: StoryClusters, must: Pairs, cannot: Pairs) -> None:
    for level in LEVELS:
        assert all(together(result, level, *pair) for pair in must)
        assert not any(together(result, level, *pair) for pair in cannot)
    assert_nested(result)
    for cluster in result:
        assert cluster.canonical in cluster.members
        assert cluster.reason


def contradict(must: Pairs, cannot: Pairs) -> bool:
    """Whether a chain of pairs that belong together leads from one side of another pair to its other side."""
    reach = {id: {id} for id in IDS}
    for _ in IDS:
        for a, b in must:
            reach[a] |= reach[b]
            reach[b] |= reach[a]
    return any(b in reach[a] for a, b in cannot)


every_pair = st.sampled_from(list(combinations(IDS, 2)))
pair_lists = st.lists(every_pair, max_size=6, unique=True)


@given(pair_lists, pair_lists, st.sampled_from(LEVELS))
@hypothesis_settings(max_examples=40)
def test_pairs_are_honoured_at_every_level(must: Pairs, cannot: Pairs, level: Any) -> None:
    if contradict(must, cannot):
        with pytest.raises(SettingsError, match=r"cannot_link has .* bring together; expected lists that agree"):
            job(must, cannot, level=level)
        return
    assert_honoured(job(must, cannot, level=level), must, cannot)


@given(pair_lists, pair_lists, st.randoms(use_true_random=False), st.integers(1, 3))
@hypothesis_settings(max_examples=12)
def test_neither_the_order_of_stories_or_pairs_nor_threads_change_anything(
    must: Pairs, cannot: Pairs, order: random.Random, threads: int
) -> None:
    assume(not contradict(must, cannot))
    expected = job(must, cannot)
    turned = [pair[::-1] for pair in order.sample(must, len(must))]
    texts = {id: TEXTS[id] for id in order.sample(IDS, len(IDS))}
    settings = Settings(must_link=tuple(turned), cannot_link=tuple(order.sample(cannot, len(cannot))))
    result = cluster_stories(stories_of(texts), settings=settings, threads=threads)
    assert [result.at_level(level) for level in LEVELS] == [expected.at_level(level) for level in LEVELS]
    assert list(result.assignments()) == list(expected.assignments())


@given(pair_lists)
@hypothesis_settings(max_examples=15)
def test_pairs_that_hold_already_change_nothing(pairs: Pairs) -> None:
    plain = job([], [])
    must = [pair for pair in pairs if together(plain, "copy", *pair)]
    cannot = [pair for pair in pairs if not together(plain, "partial", *pair)]
    result = job(must, cannot)
    assert [result.at_level(level) for level in LEVELS] == [plain.at_level(level) for level in LEVELS]


@pytest.mark.parametrize(
    ("must", "cannot"),
    [
        ([("chess", "library")], []),
        ([("stub", "chess")], []),
        ([("stub", "stub-equal")], []),
        ([("chess", "stub"), ("ferry", "stub")], []),
        ([], [("library", "library-equal")]),
        ([], [("ferry", "ferry-equal"), ("ferry", "ferry-copy"), ("ferry-copy", "ferry-equal")]),
        ([], [("head", "tail")]),
        ([], [("full", "head")]),
        ([("chess", "ferry")], [("ferry", "ferry-copy")]),
        ([("chess", "ferry"), ("chess", "library")], [("ferry-copy", "library-equal")]),
    ],
)
def test_equal_short_and_chained_stories(must: Pairs, cannot: Pairs) -> None:
    result = job(must, cannot)
    assert_honoured(result, must, cannot)
    touched = {id for pair in must + cannot for id in pair}
    for level in LEVELS:
        # Clusters that no pair touches are as they were.
        before = {members for members in partition(job([], []), level) if not members & touched}
        assert {members for members in before if not any(members & set(grown) for grown in groups(result, level))} <= (
            partition(result, level)
        )


def test_a_story_kept_apart_leaves_the_others_together() -> None:
    texts = {f"outlet-{number}": f"Edition {number} of the port desk. {FERRY}" for number in range(6)} | NEWS
    plain = job([], [], texts)
    outlets = frozenset(id for id in texts if id.startswith("outlet")) | {"ferry"}
    assert groups(plain, "copy") == {outlets}
    result = job([], [("outlet-1", id) for id in sorted(outlets - {"outlet-1"})], texts)
    for level in LEVELS:
        assert groups(result, level) == {outlets - {"outlet-1"}}
        assert frozenset({"outlet-1"}) in partition(result, level)


def test_a_pair_kept_apart_divides_its_cluster_and_loses_nobody() -> None:
    texts = {f"outlet-{number}": f"Edition {number} of the port desk. {FERRY}" for number in range(6)} | NEWS
    result = job([], [("outlet-0", "outlet-1")], texts)
    for level in LEVELS:
        own = [members for members in partition(result, level) if any(id.startswith("outlet") for id in members)]
        assert len(own) == 2
        assert sum(map(len, own)) == 7


def test_contradictions_are_told_with_the_two_ids() -> None:
    with pytest.raises(SettingsError) as caught:
        job([("ferry", "chess"), ("chess", "library")], [("library", "ferry")])
    assert str(caught.value) == (
        "cannot_link has 'ferry' and 'library', which the pairs of must_link bring together; "
        "expected lists that agree, so drop one of the pairs"
    )


@pytest.mark.parametrize(
    ("must", "cannot", "missing"),
    [
        ([("ferry", "gone")], [], 1),
        ([("gone", "lost")], [("gone", "chess"), ("head", "tail")], 2),
        ([], [("ferry", "chess")], 0),
        ([("", "ferry")], [("Ferry", "ferry")], 2),
    ],
)
def test_ids_that_are_not_there_are_counted(must: Pairs, cannot: Pairs, missing: int) -> None:
    result = job(must, cannot)
    assert result.counts.overrides_unmatched == result.summary()["overrides_unmatched"] == missing
    known = [pair for pair in must if set(pair) <= set(IDS)]
    assert_honoured(result, known, [pair for pair in cannot if set(pair) <= set(IDS)])


def test_links_are_what_they_were() -> None:
    """Overrides say what belongs together, not what the texts share."""
    pairs: tuple[Pairs, Pairs] = ([("chess", "library")], [("ferry", "ferry-copy")])
    result, plain = job(*pairs), job([], [])
    assert list(result.links()) == list(plain.links())
    assert result.explain("chess", "library").relation is None
    assert result.explain("ferry", "ferry-copy").relation == "copy"
    relation = {row["id"]: row["relation"] for row in result.assignments()}
    assert {relation["chess"], relation["library"], relation["library-equal"]} <= {"canonical", "copy", "indirect"}


def test_deduplicate_honours_the_pairs() -> None:
    stories = stories_of(TEXTS)
    settings = Settings(must_link=(("chess", "library"),), cannot_link=(("ferry", "ferry-equal"),))
    kept = {story.id for story in deduplicate(stories, settings=settings)}
    plain = {story.id for story in deduplicate(stories)}
    assert len(kept & {"chess", "library", "library-equal"}) == 1
    assert len(plain & {"chess", "library", "library-equal"}) == 2
    assert len(kept & {"ferry", "ferry-equal", "ferry-copy"}) == 1 + len(plain & {"ferry", "ferry-equal", "ferry-copy"})


def test_a_chain_of_a_thousand_pairs_is_one_cluster() -> None:
    stories = [Story(f"s{number:04}", f"Note {number}.") for number in range(1001)]
    chain = tuple((f"s{number:04}", f"s{number + 1:04}") for number in range(1000))
    result = cluster_stories(stories, settings=Settings(must_link=chain))
    assert [len(result.at_level(level)) for level in LEVELS] == [1, 1, 1]
