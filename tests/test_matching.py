from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import fields
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from stages import compared, contents_of, fingerprints_of, kept_words
from storyclust import cluster_stories, compare_stories
from storyclust.fingerprint.keys import Keys
from storyclust.match import candidates as candidates_module
from storyclust.match import verify as verify_module
from storyclust.match.candidates import find_candidates
from storyclust.match.candidates_kernels import HOT, LEADERS
from storyclust.match.contents import DistinctContents
from storyclust.match.links import PARTIAL, Links
from storyclust.match.story_pairs_kernels import count_pairs, list_pairs
from storyclust.match.verify import link_pairs
from storyclust.model import Story
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings
from straits import STRAITS
from strategies import CHESS, FERRY, INVENTED, LIBRARY, dockside_texts, numerous_words, stories_of, twin_words

# Candidates


def candidate_pairs(keys: list[list[int]], threads: int = 1) -> set[tuple[int, int]]:
    """The pairs found among contents with these keys, (earlier, later)."""
    flat = np.array([key for own in keys for key in own], np.uint64)
    first = np.concatenate(([0], np.cumsum([len(own) for own in keys]))).astype(np.int64)
    with Workers(threads) as workers:
        found = find_candidates(Keys.listed(flat, first), np.arange(len(keys)), workers)
    pairs = list(zip(found.earlier.tolist(), found.later.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert all(earlier < later for earlier, later in pairs)
    assert found.later.tolist() == sorted(found.later.tolist())
    assert found.hot_keys == sum(count > HOT for count in Counter(flat.tolist()).values())
    return set(pairs)


def twin_pairs(keys: list[list[int]]) -> set[tuple[int, int]]:
    """Every bucket by itself: all its pairs, or in a large one the pairs with one of its leaders."""
    pairs: set[tuple[int, int]] = set()
    for key in {key for own in keys for key in own}:
        members = [content for content, own in enumerate(keys) if key in own]
        leaders = set(members if len(members) <= HOT else members[:LEADERS])
        pairs.update(pair for pair in itertools.combinations(members, 2) if leaders & set(pair))
    return pairs


@st.composite
def key_lists(draw: st.DrawFn) -> list[list[int]]:
    """Contents with a few keys each; some keys are borne by many contents, around the limit too."""
    contents = draw(st.integers(0, HOT + 30))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    shares = draw(st.lists(st.sampled_from([0.02, 0.1, 0.5, 0.9, 0.97, 1.0]), max_size=6))
    held = [random.permutation(contents) < share * contents for share in shares]
    large = [np.uint64(random.integers(0, 2**64, dtype=np.uint64)).item() for _ in shares]
    keys = [[key for key, bearers in zip(large, held, strict=True) if bearers[content]] for content in range(contents)]
    return [
        random.permutation(np.array([*own, 2**40 + content], np.uint64)).tolist() for content, own in enumerate(keys)
    ]


@given(key_lists(), st.integers(1, 3))
def test_candidates_are_the_pairs_of_every_bucket(keys: list[list[int]], threads: int) -> None:
    assert candidate_pairs(keys, threads) == twin_pairs(keys)


@pytest.mark.parametrize("bearers", [2, HOT - 1, HOT, HOT + 1, 3 * HOT])
def test_a_bucket_pairs_all_up_to_the_limit_and_with_its_leaders_above(bearers: int) -> None:
    pairs = candidate_pairs([[7]] * bearers)
    every = bearers * (bearers - 1) // 2
    assert len(pairs) == (every if bearers <= HOT else LEADERS * (LEADERS - 1) // 2 + LEADERS * (bearers - LEADERS))
    assert {content for pair in pairs for content in pair} == set(range(bearers))


@given(key_lists())
def test_no_content_of_a_shared_bucket_is_left_out(keys: list[list[int]]) -> None:
    borne = Counter(key for own in keys for key in own)
    shared = {content for content, own in enumerate(keys) if any(borne[key] > 1 for key in own)}
    assert {content for pair in candidate_pairs(keys) for content in pair} == shared


@given(st.lists(st.sets(st.integers(0, 12), max_size=4), max_size=HOT), st.randoms(use_true_random=False))
def test_below_the_limit_numbering_does_not_matter(keys: list[set[int]], random: object) -> None:
    order = list(range(len(keys)))
    random.shuffle(order)  # type: ignore[attr-defined]
    renumbered = candidate_pairs([list(keys[content]) for content in order])
    back = {tuple(sorted((order[a], order[b]))) for a, b in renumbered}
    assert back == candidate_pairs([list(own) for own in keys])


@pytest.mark.parametrize("room", [1, 2, 100])
def test_batches_that_outgrow_their_room_are_done_again(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    keys = [[*random.choice(20, 5, replace=False).tolist()] for _ in range(150)]
    expected = twin_pairs(keys)
    monkeypatch.setattr(candidates_module, "ROOM", room)
    assert candidate_pairs(keys) == expected


@given(st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=10)
def test_above_the_limit_the_order_of_the_stories_does_not_matter(random: object) -> None:
    notice = "the harbour office in Halmstrand reminds all skippers that moorings on the north quay must be renewed"
    texts = [f"{notice} {' '.join(INVENTED[6 * number : 6 * number + 6])}" for number in range(HOT + 20)]

    def found(order: list[str]) -> set[frozenset[str]]:
        words = kept_words(order)
        with Workers(1) as workers:
            distinct = DistinctContents.of(words.content_hashes(workers), words.story_counts, 20)
            pairs = find_candidates(fingerprints_of(order).keys, distinct.story, workers)
        assert pairs.hot_keys > 0
        named = [order[story] for story in distinct.story.tolist()]
        return {
            frozenset((named[a], named[b])) for a, b in zip(pairs.earlier.tolist(), pairs.later.tolist(), strict=True)
        }

    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert found(shuffled) == found(texts)


# Figures of pairs of contents


def all_pairs(texts: list[str], size: int) -> Links:
    """All pairs of some texts compared."""
    pairs = list(itertools.combinations(range(len(texts)), 2))
    return compared(texts, pairs, Settings(shingle_words=size, passage_words=1))


def sides(links: Links, texts: list[str]) -> list[tuple[str, str]]:
    """The texts of each pair, the longer first."""
    pairs = zip(links.longer.tolist(), links.shorter.tolist(), strict=True)
    return [(texts[longer], texts[shorter]) for longer, shorter in pairs]


def tokens(text: str) -> list[str]:
    return [word.folded for word in twin_words(text)]


def shingle_set(text: str, size: int) -> set[tuple[str, ...]]:
    words = tokens(text)
    if len(words) < size:
        return {tuple(words)} if words else set()
    return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}


@given(st.lists(dockside_texts(6), min_size=2, max_size=6), st.integers(2, 6))
def test_shared_shingles_jaccard_and_containment_are_those_of_the_sets(texts: list[str], size: int) -> None:
    links = all_pairs(texts, size)
    assert len(links) == len(texts) * (len(texts) - 1) // 2
    for place, (long, short) in enumerate(sides(links, texts)):
        one, other = shingle_set(long, size), shingle_set(short, size)
        shared = len(one & other)
        assert len(tokens(long)) >= len(tokens(short))
        assert links.shared_shingles[place] == shared
        assert links.jaccard[place] == pytest.approx(shared / len(one | other))
        assert links.containment[place] == pytest.approx(shared / min(len(one), len(other)))


fractions = st.floats(0.05, 1)


@given(
    st.lists(dockside_texts(5, 30), min_size=2, max_size=6),
    st.tuples(fractions, fractions, fractions),
    st.tuples(*[st.integers(1, 12)] * 3),
    st.integers(2, 6),
    st.sampled_from([1, 4, 1 << 17]),
)
def test_verifying_finds_the_same_links_as_comparing_every_pair_whole(
    texts: list[str], shares: tuple[float, ...], counts: tuple[int, ...], size: int, at_once: int
) -> None:
    limits = dict(zip(("version_share", "copy_share", "alike"), shares, strict=True))
    words = dict(zip(("passage_words", "sentence_words", "partial_words"), counts, strict=True))
    settings = Settings(shingle_words=size, **limits, **words)  # type: ignore[arg-type]
    pairs = list(itertools.combinations(range(len(texts)), 2))
    expected = compared(texts, pairs, settings).at_least(PARTIAL)
    contents = contents_of(texts, size)
    columns = np.array(pairs, np.int32)[::-1]
    with Workers(2) as workers, patch.object(verify_module, "PAIRS_AT_ONCE", at_once):
        every = np.ones(len(texts), np.bool_)
        linked = link_pairs(contents, columns[:, 1], columns[:, 0], every, Profile.empty(), settings, workers)
    links = linked.links
    assert len(links) <= linked.aligned <= len(pairs)
    for field in fields(Links):
        if field.name != "passages":
            assert getattr(links, field.name).tolist() == getattr(expected, field.name).tolist()
    assert links.passages.rows.tolist() == expected.passages.rows.tolist()
    assert links.passages.first.tolist() == expected.passages.first.tolist()


# Pairs of stories behind pairs of contents


@given(st.lists(st.sampled_from([0, 1, 2, 5, HOT, HOT + 1, HOT + 9]), min_size=1, max_size=4), st.data())
@hypothesis_settings(max_examples=60)
def test_story_pairs_are_all_pairs_of_bearers_or_those_with_the_first(counts: list[int], data: st.DataObject) -> None:
    every_link = list(itertools.combinations(range(len(counts)), 2))
    links = data.draw(st.lists(st.sampled_from(every_link), unique=True)) if every_link else []
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    bearers = np.random.default_rng(sum(counts)).permutation(int(first[-1])).astype(np.int64)
    of_content = [bearers[start:stop].tolist() for start, stop in itertools.pairwise(first.tolist())]
    leading = [set(own if len(own) <= HOT else own[:LEADERS]) for own in of_content]

    expected = {
        (*pair, -1)
        for own, lead in zip(of_content, leading, strict=True)
        for pair in itertools.combinations(own, 2)
        if lead & set(pair)
    }
    every = sum(count * (count - 1) // 2 for count in counts)
    for number, (a, b) in enumerate(links):
        pairs = itertools.product(of_content[a], of_content[b])
        expected |= {(*pair, number) for pair in pairs if pair[0] in leading[a] or pair[1] in leading[b]}
        every += counts[a] * counts[b]

    longer, shorter = (np.array([link[side] for link in links], np.int32) for side in (0, 1))
    listed, possible = count_pairs(longer, shorter, first)
    one, other, link = (np.empty(listed, np.int64) for _ in range(3))
    assert list_pairs(longer, shorter, bearers, first, one, other, link) == listed == len(expected)
    assert set(zip(one.tolist(), other.tolist(), link.tolist(), strict=True)) == expected
    assert possible == every


def test_a_content_of_very_many_stories_has_pairs_linear_in_their_number() -> None:
    def pairs_of(count: int) -> int:
        first, nothing = np.array([0, count], np.int64), np.empty(0, np.int32)
        return int(count_pairs(nothing, nothing, first)[0])

    assert pairs_of(100_001) - pairs_of(100_000) == LEADERS
    assert pairs_of(100_000) < LEADERS * 100_000


# Links of stories


def test_links_of_the_straits_are_what_comparing_every_two_stories_gives() -> None:
    result = cluster_stories(STRAITS)
    linked = {(link.id_a, link.id_b): link for link in result.links()}
    assert len(linked) > 10
    for one, other in itertools.combinations(sorted(STRAITS, key=lambda story: story.id), 2):
        link = compare_stories(one, other, result.settings, result.profile)
        expected = linked.get((one.id, other.id))
        assert link == expected if expected is not None else link.relation is None


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(30, 120)), min_size=2, max_size=6), st.booleans())
@hypothesis_settings(max_examples=25)
def test_links_of_cuts_are_what_comparing_them_gives(cuts: list[tuple[int, int]], lead: bool) -> None:
    words = f"{FERRY} {LIBRARY}".split()
    texts = {f"cut-{number}": " ".join(words[start : start + count]) for number, (start, count) in enumerate(cuts)}
    if lead:
        texts["lead"] = f"{CHESS} {' '.join(words[:50])}"
    stories = {story.id: story for story in stories_of(texts)}
    result = cluster_stories(stories.values())
    for link in result.links():
        assert link == compare_stories(stories[link.id_a], stories[link.id_b], profile=result.profile)
        assert link.relation is not None


@pytest.mark.parametrize("ids", ["ab", "ba"])
@given(st.integers(20, 40), st.integers(0, 2**32))
@hypothesis_settings(max_examples=15)
def test_stories_of_one_length_have_one_link_however_they_are_compared(ids: str, words: int, seed: int) -> None:
    shared, (own, other) = numerous_words(seed, words), numerous_words(seed + 1, 2)
    plain = " ".join([*shared, own])
    quoting = f"{' '.join(shared[:12])} “{' '.join(shared[12:])}” {other}"
    stories = [Story(ids[0], plain), Story(ids[1], quoting)]
    result = cluster_stories(stories)
    link = compare_stories(*stories, profile=result.profile)
    assert list(result.links()) == ([link] if link.relation else [])
