from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfTransformer

from stages import terms_of
from storyclust import cluster_stories, learn_profile
from storyclust.cluster.canonical_kernels import centre_cosines
from storyclust.cluster.clustering import Clustering
from storyclust.cluster.joining_kernels import join_all
from storyclust.match.likeness import Vectors, likenesses
from storyclust.match.likeness_kernels import PLAIN, likeness, likeness_up_to
from storyclust.model import Story
from storyclust.newsroom.strategies import texts
from storyclust.parallel import Workers
from storyclust.profile import COLUMNS, Profile
from storyclust.settings import Settings
from storyclust.text.words import analyse
from strategies import (
    CHESS,
    FERRY,
    HEAD,
    LIBRARY,
    NEWS,
    NOTICE,
    ORCHARD,
    TAIL,
    THEATRE,
    TUNNEL,
    dockside_texts,
    stories_of,
    twin_word_hash,
    twin_words,
)

# Clusters from labels and edges


@given(st.lists(st.integers(-3, 8), max_size=30))
def test_clusters_are_numbered_by_their_first_story_and_keep_its_order(labels: list[int]) -> None:
    groups: dict[int, list[int]] = {}
    for story, label in enumerate(labels):
        groups.setdefault(label, []).append(story)
    expected = list(groups.values())
    clustering = Clustering.from_labels(np.array(labels, np.int64))
    members = np.split(clustering.members, clustering.first_member[1:-1])
    assert [own.tolist() for own in members] == (expected or [[]])
    assert len(clustering) == len(expected)
    assert [labels[expected[cluster][0]] for cluster in clustering.of_story.tolist()] == labels

    numbers, several, first = clustering.several()
    assert numbers.tolist() == [number for number, own in enumerate(expected) if len(own) > 1]
    assert several.tolist() == [story for own in expected if len(own) > 1 for story in own]
    assert np.diff(first).tolist() == [len(own) for own in expected if len(own) > 1]


@given(st.integers(1, 15), st.data())
def test_joining_gives_each_node_the_smallest_it_can_reach(nodes: int, data: st.DataObject) -> None:
    edges = data.draw(st.lists(st.tuples(*[st.integers(0, nodes - 1)] * 2), max_size=20))
    reach = {node: {node} for node in range(nodes)}
    for _ in range(nodes):
        for a, b in edges:
            reach[a] |= reach[b]
            reach[b] |= reach[a]
    parents = np.arange(nodes, dtype=np.int64)
    join_all(*(np.array([edge[side] for edge in edges], np.int32) for side in (0, 1)), parents)
    assert parents.tolist() == [min(reach[node]) for node in range(nodes)]


# Terms


def column_of(word: str) -> int:
    return twin_word_hash(word) >> 44


def twin_terms(text: str) -> Counter[int]:
    """How often a text has each narrated word, by column."""
    flags = analyse([text]).narrated.tolist()
    return Counter(column_of(word.folded) for word, narrated in zip(twin_words(text), flags, strict=True) if narrated)


@given(st.lists(st.one_of(texts(20), dockside_texts()), max_size=5), st.sets(st.integers(0, 4)))
def test_terms_are_the_narrated_words_counted_of_the_contents_chosen(batch: list[str], chosen: set[int]) -> None:
    terms = terms_of(batch, chosen)
    for content, text in enumerate(batch):
        own = slice(terms.first_term[content], terms.first_term[content + 1])
        found = list(zip(terms.columns[own].tolist(), terms.counts[own].tolist(), strict=True))
        assert found == (sorted(twin_terms(text).items()) if content in chosen else [])


@given(st.lists(st.one_of(texts(20), dockside_texts()), max_size=6), st.integers(1, 3))
@hypothesis_settings(max_examples=40)
def test_a_profile_counts_the_stories_of_each_word_quoted_ones_too(batch: list[str], threads: int) -> None:
    profile = learn_profile([Story(str(number), text) for number, text in enumerate(batch)], threads=threads)
    expected = Counter(column for text in batch for column in {column_of(word.folded) for word in twin_words(text)})
    known = np.flatnonzero(profile.document_frequencies)
    assert profile.stories == len(batch)
    assert dict(zip(known.tolist(), profile.document_frequencies[known].tolist(), strict=True)) == expected


# Likeness


def twin_likeness(a: str, b: str, profile: Profile) -> float:
    """The cosine of damped counts, weighed by how rare a word is in the stories other than these two."""
    one_terms, other_terms = twin_terms(a), twin_terms(b)

    def weight(column: int) -> float:
        elsewhere = int(profile.document_frequencies[column]) - (column in one_terms) - (column in other_terms)
        others = max(profile.stories - 2, 0)
        return math.log((others + 2) / (min(max(elsewhere, 0), others / 2) + 1))

    def cosine(weigh: Callable[[int], float]) -> float:
        one, other = (
            {column: weigh(column) * (1 + math.log(count)) for column, count in own.items()}
            for own in (one_terms, other_terms)
        )
        norms = math.hypot(*one.values()) * math.hypot(*other.values())
        return sum(one[column] * other[column] for column in one.keys() & other.keys()) / norms if norms else 0.0

    plain = cosine(lambda column: 1.0)
    return max(cosine(weight), plain if plain >= PLAIN else 0.0)


@given(st.lists(dockside_texts(), min_size=3, max_size=3), st.lists(dockside_texts(), max_size=5), st.booleans())
@hypothesis_settings(max_examples=50)
def test_likeness_is_a_cosine_weighed_by_the_other_stories(three: list[str], corpus: list[str], learned: bool) -> None:
    known = three + corpus if learned else corpus
    profile = learn_profile([Story(str(number), text) for number, text in enumerate(known)])
    pairs = list(itertools.permutations(range(3), 2))
    one, other = (np.array(column, np.int32) for column in zip(*pairs, strict=True))
    expected = [twin_likeness(three[a], three[b], profile) for a, b in pairs]
    with Workers(2) as workers:
        cosines = likenesses(one, other, Vectors.of(terms_of(three), profile, workers), workers)
    assert cosines.tolist() == pytest.approx(expected, abs=1e-12)


@given(st.lists(dockside_texts(), min_size=2, max_size=2), st.lists(dockside_texts(), max_size=5))
@hypothesis_settings(max_examples=50)
def test_a_likeness_that_is_enough_is_known_before_the_end(two: list[str], corpus: list[str]) -> None:
    profile = learn_profile([Story(str(number), text) for number, text in enumerate([*two, *corpus])])
    with Workers(1) as workers:
        vectors = Vectors.of(terms_of(two), profile, workers).arrays
    whole = likeness(0, 1, vectors)
    for enough in (0.0, 0.01, 0.2, whole * (1 - 1e-6), whole, whole * (1 + 1e-6) + 1e-12, 1.1):
        found = likeness_up_to(enough, 0, 1, vectors)
        assert found in (enough, whole)
        assert (found >= enough) == (whole >= enough)


# The story to keep


def scikit_cosines(batch: list[str], profile: Profile) -> np.ndarray:
    """Each text's cosine with the mean of all, by scikit-learn's own weighing."""
    rows = [twin_terms(text) for text in batch]
    entries = [(count, row, column) for row, terms in enumerate(rows) for column, count in terms.items()]
    counts, row_numbers, columns = (np.array(part) for part in zip(*entries, strict=True))
    weighing = TfidfTransformer().fit(csr_array((1, COLUMNS)))
    weighing.idf_ = np.log((1 + profile.stories) / (1 + profile.document_frequencies)) + 1
    vectors = weighing.transform(csr_array((counts, (row_numbers, columns)), shape=(len(batch), COLUMNS), dtype=float))
    centre = np.asarray(vectors.mean(axis=0)).ravel()
    return vectors @ (centre / np.linalg.norm(centre))


@given(st.lists(st.lists(dockside_texts(1, 40), min_size=1, max_size=5), min_size=1, max_size=3))
@hypothesis_settings(max_examples=12)
def test_cosines_with_the_centre_are_those_scikit_learn_gives(clusters: list[list[str]]) -> None:
    batch = [text for own in clusters for text in [*own, "fog lay over the quay"]]
    profile = learn_profile([Story(str(number), text) for number, text in enumerate([*batch, *NEWS.values()])])
    clusters = [[*own, "fog lay over the quay"] for own in clusters]
    terms = terms_of(batch)
    stories = np.array([1 + number % 3 for number in range(len(batch))], np.int64)
    first = np.concatenate(([0], np.cumsum([len(own) for own in clusters]))).astype(np.int64)
    idf = np.log((1 + profile.stories) / (1 + profile.document_frequencies)) + 1
    cosines = np.empty(len(batch), np.float64)
    members = np.arange(len(batch), dtype=np.int32)
    centre_cosines(members, stories, first, terms.columns, terms.counts, terms.first_term, idf, cosines)
    for start, stop in itertools.pairwise(first.tolist()):
        borne = np.repeat(np.arange(start, stop), stories[start:stop])
        expected = dict(zip(borne.tolist(), scikit_cosines([batch[member] for member in borne], profile), strict=True))
        narrated = [member for member in range(start, stop) if twin_terms(batch[member])]
        assert cosines[narrated].tolist() == pytest.approx([expected[member] for member in narrated], abs=1e-9)
        assert not cosines[[member for member in range(start, stop) if member not in narrated]].any()


EXTRAS = [sentence.strip() + "." for text in (ORCHARD, TUNNEL, THEATRE) for sentence in text.split(".") if sentence]


@given(st.lists(st.sets(st.sampled_from(EXTRAS[:4]), max_size=3), min_size=3, max_size=6))
@hypothesis_settings(max_examples=15)
def test_the_centroid_rule_keeps_the_nearest_then_the_most_complete_then_the_first(extras: list[set[str]]) -> None:
    base = f"{HEAD} {TAIL} {FERRY} {LIBRARY} {CHESS}"
    batch = [" ".join([base, *sorted(own)]) for own in extras]
    result = cluster_stories([Story(f"outlet-{number}", text) for number, text in enumerate(batch)])
    [cluster] = result.clusters
    cosines = np.round(scikit_cosines(batch, result.profile), 3)
    nearest = [number for number, cosine in enumerate(cosines) if cosine == cosines.max()]
    lengths = {number: sum(twin_terms(batch[number]).values()) for number in nearest}
    complete = [number for number in nearest if lengths[number] >= 2 / 3 * max(lengths.values())]
    assert cluster.canonical == f"outlet-{complete[0]}"
    assert f"(cosine {cosines.max():.3f})" in cluster.reason
    assert cluster.canonical in cluster.members


DAY = datetime(2026, 3, 2, 6, tzinfo=UTC)


def wire(versions: dict[str, tuple[str, int]]) -> list[Story]:
    """Stories by outlet: what each ran, and how many hours into the day."""
    return [
        Story(outlet.lower(), text, source=outlet, published=DAY + timedelta(hours=hour))
        for outlet, (text, hour) in versions.items()
    ]


VERSIONS = {
    "Agency": (f"{HEAD} {TAIL}", 2),
    "Courier": (HEAD, 0),
    "Gazette": (f"{HEAD} {TAIL} {FERRY}", 3),
    "Herald": (f"{HEAD.upper()} {TAIL}", 4),
}


@pytest.mark.parametrize(
    ("options", "canonical", "reason"),
    [
        ({"canonical": "earliest"}, "courier", "the earliest"),
        ({"canonical": "longest"}, "gazette", "it has the most narrated words"),
        ({}, "agency", "2 of 4 are equally near to the centre"),
        ({"preferred_sources": ("Herald",)}, "herald", "from the preferred source Herald; the only one to choose from"),
        ({"preferred_sources": ("Nobody", "Gazette", "Herald")}, "gazette", "from the preferred source Gazette"),
        ({"preferred_sources": ("Nobody",)}, "agency", "2 of 4 are equally near to the centre"),
        ({"preferred_sources": ("Herald",), "canonical": "longest"}, "herald", "from the preferred source Herald; "),
    ],
)
def test_the_rule_for_the_canonical_and_its_reason(options: dict, canonical: str, reason: str) -> None:
    background = [Story(name, text, published=DAY) for name, text in NEWS.items() if name != "ferry"]
    result = cluster_stories([*wire(VERSIONS), *background], settings=Settings(**options))
    cluster = result.cluster_of("agency")
    assert set(cluster.members) == {outlet.lower() for outlet in VERSIONS}
    assert cluster.canonical == canonical
    assert cluster.reason.startswith(reason)


@pytest.mark.parametrize("hours", [(0, 5), (5, 0)])
def test_of_two_the_complete_one_is_kept_whichever_came_first(hours: tuple[int, int]) -> None:
    result = cluster_stories(wire({"Courier": (HEAD, hours[0]), "Agency": (f"{HEAD} {TAIL}", hours[1])}))
    [cluster] = result.clusters
    assert cluster.canonical == "agency"
    assert cluster.reason.startswith("all are equally near to the centre")
    assert "this one is the most complete" in cluster.reason


def test_of_two_that_are_complete_the_earlier_is_kept() -> None:
    result = cluster_stories(wire({"Agency": (f"{HEAD} {TAIL} {NOTICE}", 5), "Courier": (f"{HEAD} {TAIL}", 1)}))
    [cluster] = result.clusters
    assert cluster.canonical == "courier"
    assert "this one is the earliest of 2 that are complete" in cluster.reason


def test_the_longest_of_several_as_long_is_the_earliest_of_them() -> None:
    versions = {"Herald": (HEAD, 5), "Courier": (HEAD.lower(), 1), "Agency": (HEAD.upper(), 3)}
    result = cluster_stories(wire(versions), settings=Settings(canonical="longest"))
    assert result.clusters[0].canonical == "courier"
    assert result.clusters[0].reason.startswith("the earliest of 3 with the most narrated words")


def test_a_lone_story_says_why_it_is_alone() -> None:
    result = cluster_stories(stories_of({"chess": CHESS, "stub": "The ferry sank."}))
    reasons = {cluster.id: cluster.reason for cluster in result}
    assert reasons == {
        "chess": "alone: it shares with no other story enough to be linked",
        "stub": "alone: it has 3 words, and stories of fewer than 20 stand alone",
    }
