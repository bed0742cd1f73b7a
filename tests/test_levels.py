"""Levels: what bears a link out, and joining by average link, each against a slow twin."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from edited import LEVELS, assert_nested, partition
from stages import compared, terms_of
from storyclust import Settings, Story, cluster_stories, learn_profile
from storyclust.cluster.average import Pairs, join
from storyclust.cluster.graph import graph_of
from storyclust.cluster.slots_kernels import NONE, SLOT, empty_buckets, enter, find, leave
from storyclust.cluster.support import borne_out, least_likeness
from storyclust.match.likeness import Vectors, likenesses
from storyclust.match.links import COPY, PARTIAL, Edges
from storyclust.parallel import Workers
from storyclust.profile import Profile
from strategies import NEWS, dockside_texts, stories_of

# Joining by average link

Edge = tuple[int, int, bool, float]


def twin_join(nodes: int, edges: list[Edge], least: float) -> set[frozenset[int]]:
    """Join the two clusters with the largest share of linked pairs among those known, over and over."""
    clusters = [frozenset([node]) for node in range(nodes)]

    def standing(one: frozenset[int], other: frozenset[int]) -> tuple[Fraction, float] | None:
        known = [
            edge for edge in edges if (edge[0] in one and edge[1] in other) or (edge[1] in one and edge[0] in other)
        ]
        if not any(edge[2] for edge in known):
            return None
        share = Fraction(sum(edge[2] for edge in known), len(known))
        return share, round(sum(edge[3] for edge in known if edge[2]) / len(known), 9)

    while True:
        found = [
            (-rank[0], -rank[1], *sorted((min(one), min(other))), one, other)
            for one, other in combinations(clusters, 2)
            if (rank := standing(one, other)) is not None and rank[0] >= least
        ]
        if not found:
            return set(clusters)
        *_, one, other = min(found, key=lambda option: option[:4])
        clusters = [cluster for cluster in clusters if cluster not in (one, other)] + [one | other]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    nodes = draw(st.integers(1, 9))
    edges = draw(
        st.lists(
            st.tuples(
                *[st.integers(0, nodes - 1)] * 2, st.booleans(), st.sampled_from([0.25, 0.5, 1.0, 0.125, 0.75])
            ).filter(lambda edge: edge[0] != edge[1]),
            max_size=22,
        )
    )
    # A pair may be there several times, as pairs of contents within the two nodes.
    return nodes, [(min(a, b), max(a, b), linked, strength if linked else 0.0) for a, b, linked, strength in edges]


def join_of(nodes: int, edges: list[Edge], least: float) -> list[int]:
    columns = list(zip(*edges, strict=True)) or [(), (), (), ()]
    types = (np.int64, np.int64, np.bool_, np.float64)
    arrays = [np.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return join(nodes, Pairs(*arrays), least).tolist()  # type: ignore[arg-type]


@given(graphs(), st.sampled_from([0.25, 0.5, 1.0]), st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=250)
def test_joining_is_by_the_largest_share_of_linked_pairs(
    graph: tuple[int, list[Edge]], least: float, order: random.Random
) -> None:
    nodes, edges = graph
    labels = join_of(nodes, edges, least)
    expected = {node: min(cluster) for cluster in twin_join(nodes, edges, least) for node in cluster}
    assert labels == [expected[node] for node in range(nodes)]
    assert join_of(nodes, order.sample(edges, len(edges)), least) == labels


def test_of_equal_joins_that_of_the_smallest_members_comes_first() -> None:
    for seed in range(400):
        order = random.Random(seed)
        nodes = order.randint(4, 9)
        pairs = order.choices(list(combinations(range(nodes), 2)), k=order.randint(6, 24))
        edges = [(a, b, linked, linked * 0.5) for a, b in pairs for linked in [order.random() < 0.6]]
        expected = {node: min(cluster) for cluster in twin_join(nodes, edges, 0.5) for node in cluster}
        assert join_of(nodes, edges, 0.5) == [expected[node] for node in range(nodes)], edges


def test_a_clique_known_to_be_apart_from_another_is_not_joined_by_one_link() -> None:
    cliques = [(a, b, True, 1.0) for half in (range(4), range(4, 8)) for a, b in combinations(half, 2)]
    across = [(a, b, False, 0.0) for a in range(4) for b in range(4, 8) if (a, b) != (0, 4)]
    assert join_of(8, [*cliques, (0, 4, True, 0.9)], 0.25) == [0] * 8
    assert join_of(8, [*cliques, (0, 4, True, 0.9), *across], 0.25) == [0] * 4 + [4] * 4


# Which links are borne out


def twin_borne_out(
    contents: int, links: Edges, is_open: list[bool], is_close: Callable[[int, int], bool]
) -> tuple[list[bool], set[int]]:
    """Both sides' other neighbours are asked about an open link, and half of them must be for it.

    Of many, the 16 are asked that share most. Who has several open links and whose neighbours are for none of them is a
    digest: it joins nothing, and where others ask again it is not heard.
    """
    pairs = list(zip(links.longer.tolist(), links.shorter.tolist(), strict=True))
    shared = dict(zip(map(frozenset, pairs), links.shared_words.tolist(), strict=True))
    neighbours = {node: [a + b - node for a, b in pairs if node in (a, b)] for node in range(contents)}

    def are_for(center: int, other: int, unheard: set[int]) -> bool:
        willing = set(neighbours[center]) - {other} - unheard
        asked = sorted(willing, key=lambda each: (-shared[frozenset((center, each))], each))[:16]
        votes = sum(frozenset((each, other)) in shared or is_close(each, other) for each in asked)
        return 2 * votes >= len(asked)

    asked = [pair for pair, is_asked in zip(pairs, is_open, strict=True) if is_asked]
    digests = set()
    for node in range(contents):
        own = [pair for pair in asked if node in pair]
        if len(own) > 1 and not any(are_for(node, a + b - node, set()) for a, b in own):
            digests.add(node)
    sound = []
    for (a, b), is_asked in zip(pairs, is_open, strict=True):
        said = [all(are_for(*sides, unheard) for sides in ((a, b), (b, a))) for unheard in (set(), digests)]
        sound.append((not is_asked or any(said)) and not {a, b} & digests)
    return sound, digests


@given(
    st.lists(dockside_texts(8, 40), min_size=2, max_size=8),
    st.floats(0, 1),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
@hypothesis_settings(max_examples=60)
def test_links_are_borne_out_by_half_of_the_stories_beside_them(
    texts: list[str], alike: float, threads: int, order: random.Random
) -> None:
    every = list(combinations(range(len(texts)), 2))
    chosen = order.sample(every, order.randint(1, len(every)))
    settings = Settings(alike=alike, passage_words=1)
    links = compared(texts, chosen, settings).edges
    nodes = np.array([order.randrange(2 * len(texts)) for _ in texts], np.int64)
    is_open = (nodes[links.longer] != nodes[links.shorter]).tolist()
    profile = learn_profile(stories_of({str(number): text for number, text in enumerate(texts)}))
    graph, heard = graph_of(links, len(texts)), np.ones(len(links), np.bool_)
    with Workers(threads) as workers:
        vectors = Vectors.of(terms_of(texts), profile, workers)
        sound, digests = borne_out(graph, heard, nodes, vectors, settings, workers)

        def is_close(a: int, b: int) -> bool:
            cosine = likenesses(np.array([a], np.int32), np.array([b], np.int32), vectors, workers)[0]
            return profile.stories != 3 and bool(cosine >= least_likeness(profile.stories, settings))

        expected, known = twin_borne_out(len(texts), links, is_open, is_close)
    assert np.flatnonzero(digests).tolist() == sorted(known)
    assert sound.tolist() == expected


def drawn_links(contents: int, order: random.Random) -> Edges:
    """Links of two families, which some contents belong to both of; many share as much as others."""
    families = [{order.randrange(2)} | {order.randrange(8)} & {0, 1} for _ in range(contents)]
    pairs = [
        order.sample(pair, 2)
        for pair in combinations(range(contents), 2)
        if order.random() < (0.8 if families[pair[0]] & families[pair[1]] else 0.1)
    ]
    columns = np.array(pairs, np.int32).reshape(-1, 2)
    words = np.array([order.choice([20, 30, 200]) for _ in pairs], np.int64)
    relation = np.array([order.choice([PARTIAL, COPY]) for _ in pairs], np.uint8)
    return Edges(columns[:, 0].copy(), columns[:, 1].copy(), np.ones(len(pairs)), words, relation)


@given(st.integers(2, 44), st.sampled_from([PARTIAL, COPY]), st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=60)
def test_of_many_neighbours_those_that_share_most_are_asked(contents: int, relation: int, order: random.Random) -> None:
    """Contents without words are close to none, so links alone speak; those of a weaker relation are not there."""
    links = drawn_links(contents, order)
    heard = links.relation >= relation
    nodes = np.array([order.randrange(2 * contents) for _ in range(contents)], np.int64)
    with Workers(1) as workers:
        vectors = Vectors.of(terms_of([""] * contents), Profile.empty(), workers)
        sound, digests = borne_out(graph_of(links, contents), heard, nodes, vectors, Settings(), workers)
    own = links.take(heard)
    is_open = (nodes[own.longer] != nodes[own.shorter]).tolist()
    expected, known = twin_borne_out(contents, own, is_open, lambda _a, _b: False)
    assert np.flatnonzero(digests).tolist() == sorted(known)
    assert sound[heard].tolist() == expected
    assert not sound[~heard].any()


@given(st.integers(2, 12), st.randoms(use_true_random=False))
def test_a_graph_has_the_links_of_each_content(contents: int, order: random.Random) -> None:
    links = drawn_links(contents, order)
    graph = graph_of(links, contents)
    ends = list(zip(links.longer.tolist(), links.shorter.tolist(), strict=True))
    for content in range(contents):
        own = graph.own[graph.first[content] : graph.first[content + 1]].tolist()
        assert own == [number for number, link in enumerate(ends) if content in link]


@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_a_table_finds_the_slots_that_are_in_it(slots: int, order: random.Random) -> None:
    table, buckets, known = np.empty(slots, SLOT), empty_buckets(slots), {}
    ends = order.sample(list(combinations(range(10), 2)), slots)
    for slot, pair in enumerate(ends):
        table[slot]["ends"] = order.sample(pair, 2)
    for _ in range(3 * slots):
        slot = order.randrange(slots)
        if slot in known:
            leave(slot, table, buckets)
            del known[slot]
        else:
            enter(slot, table, buckets)
            known[slot] = ends[slot]
    for pair in combinations(range(10), 2):
        expected = next((slot for slot, own in known.items() if own == pair), NONE)
        assert find(*pair, table, buckets) == find(*pair[::-1], table, buckets) == expected


# Levels of whole jobs

SENTENCES = [
    f"{sentence.strip()}." for text in NEWS.values() for sentence in text.replace(";", ".").split(".") if sentence
]


@st.composite
def sentence_stories(draw: st.DrawFn) -> list[Story]:
    """Stories put together from sentences of the news: copies, cuts, digests and bridges of all kinds."""
    chosen = st.lists(st.integers(0, len(SENTENCES) - 1), min_size=1, max_size=7, unique=True)
    drawn = draw(st.lists(chosen, min_size=2, max_size=14))
    return [
        Story(f"s{place:02}", " ".join(SENTENCES[number] for number in numbers)) for place, numbers in enumerate(drawn)
    ]


@given(sentence_stories(), st.randoms(use_true_random=False), st.integers(1, 3))
@hypothesis_settings(max_examples=40)
def test_levels_nest_whatever_the_stories_and_their_order(
    stories: list[Story], order: random.Random, threads: int
) -> None:
    result = cluster_stories(stories)
    assert_nested(result)
    shuffled = cluster_stories(order.sample(stories, len(stories)), threads=threads)
    assert [shuffled.at_level(level) for level in LEVELS] == [result.at_level(level) for level in LEVELS]
    linked = {(link.id_a, link.id_b) for link in result.links()}
    for level in LEVELS:
        for members in partition(result, level):
            # A cluster hangs together by links.
            reached, grown = {min(members)}, True
            while grown:
                more = {id for pair in linked if set(pair) & reached for id in pair if id in members} - reached
                grown = bool(more)
                reached |= more
            assert reached == members


@pytest.mark.parametrize("level", LEVELS)
def test_stories_with_a_relation_are_together_at_its_level_where_nothing_else_is(level: str) -> None:
    """A pair among strangers: joined at the level of its relation and those above, not below."""
    lead = " ".join(SENTENCES[:2])
    pages = {
        "copy": (lead, f"{lead} {SENTENCES[2]}"),
        "version": (f"{lead} {' '.join(NEWS['tunnel'].split()[:20])}", f"{lead} {NEWS['theatre']}"),
    }
    for relation, (one, other) in pages.items():
        stories = stories_of({"one": one, "other": other, "chess": NEWS["chess"], "orchard": NEWS["orchard"]})
        settings = Settings(copy_share=0.9 if relation == "version" else 0.55)
        result = cluster_stories(stories, settings=settings)
        assert result.explain("one", "other").relation == relation
        expected = LEVELS.index(level) >= LEVELS.index(relation)  # type: ignore[arg-type]
        assert (frozenset({"one", "other"}) in partition(result, level)) == expected  # type: ignore[arg-type]
