from __future__ import annotations

import itertools
import math
from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfTransformer

from storyclust import StoryClusters, cluster_stories, learn_profile
from storyclust.cluster.canonical_kernels import centre_cosines
from storyclust.cluster.families_kernels import join_all, likeness_of_pairs
from storyclust.cluster.levels import Clustering
from storyclust.match.contents import Contents
from storyclust.match.terms import Terms, count_terms
from storyclust.model import Story
from storyclust.newsroom.strategies import texts
from storyclust.parallel import Workers
from storyclust.profile import COLUMNS, Profile
from storyclust.settings import Settings
from storyclust.text.words import analyse
from straits import STRAITS
from strategies import (
    CHESS,
    FERRY,
    LIBRARY,
    NEWS,
    ORCHARD,
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


def terms_of(batch: list[str], chosen: set[int] | None = None) -> Terms:
    """The terms of some texts, or of those chosen among them."""
    is_chosen = np.array([chosen is None or content in chosen for content in range(len(batch))], np.bool_)
    with Workers(2) as workers:
        return count_terms(Contents.of_texts(batch, 5), is_chosen, workers)


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


def twin_likeness(a: str, b: str, container: str, profile: Profile) -> float:
    """The cosine of damped counts, weighed by how rare a word is in the stories other than these three."""
    terms = [twin_terms(text) for text in (a, b, container)]

    def weight(column: int) -> float:
        elsewhere = int(profile.document_frequencies[column]) - sum(column in own for own in terms)
        return math.log((max(profile.stories - 3, 0) + 2) / (max(elsewhere, 0) + 1))

    one, other = (
        {column: weight(column) * (1 + math.log(count)) for column, count in own.items()} for own in terms[:2]
    )
    norms = math.hypot(*one.values()) * math.hypot(*other.values())
    return sum(one[column] * other[column] for column in one.keys() & other.keys()) / norms if norms else 0.0


@given(st.lists(dockside_texts(), min_size=3, max_size=3), st.lists(dockside_texts(), max_size=5), st.booleans())
@hypothesis_settings(max_examples=50)
def test_likeness_is_a_cosine_weighed_by_the_other_stories(three: list[str], corpus: list[str], learned: bool) -> None:
    known = three + corpus if learned else corpus
    profile = learn_profile([Story(str(number), text) for number, text in enumerate(known)])
    terms = terms_of(three)
    pairs = list(itertools.permutations(range(3)))
    cosines = np.empty(len(pairs), np.float64)
    likeness_of_pairs(
        *(np.array(column, np.int32) for column in zip(*pairs, strict=True)),
        terms.columns,
        terms.counts,
        terms.first_term,
        profile.document_frequencies,
        profile.stories,
        cosines,
    )
    expected = [twin_likeness(three[a], three[b], three[container], profile) for a, b, container in pairs]
    assert cosines.tolist() == pytest.approx(expected, abs=1e-12)


# What joins and what does not

HEAD = (
    "Skippers of the herring fleet at Orrevik refused to leave harbour on Monday because the fisheries ministry had "
    "cut the quota for the third year running. About sixty boats blocked the entrance with nets strung between "
    "buoys, and a herring auction planned for the afternoon was called off, the fleet committee said."
)
TAIL = (
    "The fisheries ministry answered that herring stocks in the sound have halved since the quota was introduced. "
    "Fleet committee chairwoman Runa Eskil wants a count by independent biologists before any skippers return to "
    "sea, and the Orrevik blockade will be lifted for boats that carry medicine or mail to the islands."
)
NOTICE = (
    "Readers are reminded that clocks go forward on Sunday, that the swing bridge stays shut to lorries while its "
    "bearings are greased, and that rubbish in the old quarter will be fetched one day later than usual throughout "
    "the holiday week."
)


def groups(result: StoryClusters) -> set[frozenset[str]]:
    return {frozenset(cluster.members) for cluster in result if len(cluster) > 1}


def lead_in(name: str) -> str:
    return f"{name.capitalize()} news, brought to you by our own correspondent. "


def test_a_digest_of_five_stories_joins_none_and_chains_none() -> None:
    items = {name: text for name, text in NEWS.items() if name != "ferry"}
    copies = {f"{name}-copy": lead_in(name) + text for name, text in items.items()}
    result = cluster_stories(stories_of({"digest": "\n\n".join(items.values()), **items, **copies}))
    assert groups(result) == {frozenset({name, f"{name}-copy"}) for name in items}
    assert len(result.cluster_of("digest")) == 1
    assert result.counts.digests == 1
    assert all(result.explain("digest", name).relation == "copy" for name in items)


@pytest.mark.parametrize("names", list(itertools.combinations(NEWS, 2)))
def test_a_digest_of_two_stories_joins_neither(names: tuple[str, str]) -> None:
    stories = stories_of({**NEWS, "both": "\n\n".join(NEWS[name] for name in names)})
    profile = learn_profile([*STRAITS, *stories])
    assert groups(cluster_stories(stories, profile=profile)) == set()


def test_halves_join_through_the_story_that_holds_both() -> None:
    stories = {"head": HEAD, "tail": TAIL, **NEWS}
    assert groups(cluster_stories(stories_of(stories))) == set()
    result = cluster_stories(stories_of({**stories, "full": f"{HEAD}\n\n{TAIL}"}))
    assert groups(result) == {frozenset({"head", "tail", "full"})}
    assert result.cluster_of("head").canonical == "full"
    assert result.counts.digests == 0


def test_a_brief_in_two_unrelated_pages_does_not_merge_them() -> None:
    pages = {"east": f"{FERRY} {NOTICE} {LIBRARY}", "west": f"{TUNNEL} {NOTICE} {THEATRE}"}
    result = cluster_stories(stories_of({**pages, "notice": NOTICE}))
    assert all(result.explain("notice", page).relation == "copy" for page in pages)
    assert result.cluster_of("east") != result.cluster_of("west")


def test_a_part_joins_the_page_it_shares_most_with() -> None:
    cut = " ".join(NOTICE.split()[:25])
    pages = {"whole": f"{TUNNEL} {NOTICE}", "part": f"{FERRY} {cut} {LIBRARY}", "notice": NOTICE}
    assert groups(cluster_stories(stories_of(pages))) == {frozenset({"whole", "notice"})}


@pytest.mark.parametrize(("alike", "joined"), [(0.0, True), (1.0, False)])
def test_the_setting_alike_decides_about_unlike_parts(alike: float, joined: bool) -> None:
    stories = {"head": HEAD, "tail": TAIL, "full": f"{HEAD}\n\n{TAIL}", **NEWS}
    result = cluster_stories(stories_of(stories), settings=Settings(alike=alike))
    assert groups(result) == ({frozenset({"head", "tail", "full"})} if joined else set())


def test_a_thousand_stories_of_equal_words_are_one_cluster() -> None:
    stories = [Story(f"outlet-{number:03}", FERRY if number % 2 else FERRY.upper()) for number in range(1000)]
    result = cluster_stories([*stories, Story("chess", CHESS)])
    assert [len(cluster) for cluster in result] == [1, 1000]
    assert result.clusters[1].canonical == "outlet-000"
    assert len(list(result.links())) + result.summary()["links_unlisted"] == 1000 * 999 // 2


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
        "chess": "alone: it is a copy of no other story",
        "stub": "alone: it has 3 words, and stories of fewer than 20 stand alone",
    }


@pytest.mark.parametrize("names", list(itertools.combinations(NEWS, 2)), ids="-".join)
def test_a_digest_of_two_stories_joins_neither_in_a_small_corpus(names: tuple[str, str]) -> None:
    both = "\n\n".join(NEWS[name] for name in names)
    assert all(len(cluster) == 1 for cluster in cluster_stories(stories_of({**NEWS, "both": both})))
