"""What joins and what does not: digests, halves, bridges, parts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from edited import LEVELS, groups, invented, partition
from storyclust import Settings, Story, cluster_stories, learn_profile
from storyclust.cluster.support import least_likeness
from straits import STRAITS
from strategies import CHESS, FERRY, HEAD, LIBRARY, NEWS, NOTICE, TAIL, THEATRE, TUNNEL, numerous_words, stories_of


def lead_in(name: str) -> str:
    return f"{name.capitalize()} news, brought to you by our own correspondent. "


def test_a_digest_of_five_stories_joins_none_and_chains_none() -> None:
    items = {name: text for name, text in NEWS.items() if name != "ferry"}
    copies = {f"{name}-copy": lead_in(name) + text for name, text in items.items()}
    result = cluster_stories(stories_of({"digest": "\n\n".join(items.values()), **items, **copies}))
    for level in LEVELS:
        assert groups(result, level) == {frozenset({name, f"{name}-copy"}) for name in items}
    assert result.counts.digests == 1
    assert all(result.explain("digest", name).relation is not None for name in items)


@pytest.mark.parametrize("names", list(itertools.combinations(NEWS, 2)))
def test_a_digest_of_two_stories_joins_neither(names: tuple[str, str]) -> None:
    stories = stories_of({**NEWS, "both": "\n\n".join(NEWS[name] for name in names)})
    profile = learn_profile([*STRAITS, *stories])
    result = cluster_stories(stories, profile=profile)
    assert [groups(result, level) for level in LEVELS] == [set()] * 3


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
    assert all(result.explain("notice", page).relation is not None for page in pages)
    # The pages share a notice, which is a part of both; they are no copies of each other.
    assert result.explain("east", "west").relation != "copy"
    assert not any({"east", "west"} <= members for members in partition(result, "copy"))


def test_a_part_joins_the_page_it_shares_most_with() -> None:
    cut = " ".join(NOTICE.split()[:25])
    pages = {"whole": f"{TUNNEL} {NOTICE}", "part": f"{FERRY} {cut} {LIBRARY}", "notice": NOTICE}
    result = cluster_stories(stories_of(pages))
    assert groups(result, "copy") == {frozenset({"whole", "notice"})}


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


@pytest.mark.parametrize("names", list(itertools.combinations(NEWS, 2)), ids="-".join)
def test_a_digest_of_two_stories_joins_neither_in_a_small_corpus(names: tuple[str, str]) -> None:
    both = "\n\n".join(NEWS[name] for name in names)
    result = cluster_stories(stories_of({**NEWS, "both": both}))
    assert [groups(result, level) for level in LEVELS] == [set()] * 3


@pytest.mark.parametrize("items", [2, 3, 4])
@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_digest_in_a_corpus_of_its_items_alone_joins_none(items: int, first: int) -> None:
    """Corpora of three, four and five stories."""
    names = list(NEWS)[first : first + items]
    result = cluster_stories(stories_of({**{name: NEWS[name] for name in names}, "digest": digest(names)}))
    assert [groups(result, level) for level in LEVELS] == [set()] * 3
    assert result.counts.digests == 1


@pytest.mark.parametrize(("items", "copies"), [(3, 1), (3, 3), (4, 2), (5, 3), (5, 4)])
def test_a_digest_among_copies_of_its_items_joins_none(items: int, copies: int) -> None:
    names = list(NEWS)[:items]
    stories = {name: NEWS[name] for name in names}
    stories |= {f"{name}-copy": lead_in(name) + NEWS[name] for name in names[:copies]}
    result = cluster_stories(stories_of(stories | {"digest": digest(names)}))
    for level in LEVELS:
        assert groups(result, level) == {frozenset({name, f"{name}-copy"}) for name in names[:copies]}


def digest(names: list[str]) -> str:
    return "\n\n".join(NEWS[name] for name in names)


@given(st.integers(0, 40), st.permutations(["left", "right", "bridge", *NEWS]), st.integers(1, 4))
@hypothesis_settings(max_examples=25)
def test_two_cuts_join_through_a_bridge_if_they_are_alike(own: int, order: list[str], threads: int) -> None:
    """Two pages take other parts of one piece and say the same of it; the piece itself lies between them."""
    words = numerous_words(own, 2 * own)
    stories = {
        **NEWS,
        "bridge": f"{HEAD} {TAIL}",
        "left": f"{HEAD} {' '.join(words[:own])}",
        "right": f"{TAIL} {' '.join(words[own:])}",
    }
    result = cluster_stories([Story(id, stories[id]) for id in order], threads=threads)
    cuts = result.explain("left", "right")
    assert cuts.relation is None
    assert all(result.explain("bridge", cut).relation is not None for cut in ("left", "right"))
    are_alike = cuts.likeness >= least_likeness(len(stories), Settings())
    assert are_alike or own > 0
    assert groups(result) == ({frozenset({"left", "right", "bridge"})} if are_alike else set())


@pytest.mark.parametrize("outlets", [2, 3, 4, 5, 10, 40])
@pytest.mark.parametrize("others", [0, 5])
def test_a_corpus_of_near_copies_is_one_cluster_of_copies(outlets: int, others: int) -> None:
    """However large a part of the corpus one story is, its copies are copies."""
    stories = [Story(f"outlet-{number}", f"{FERRY} {page(number)}") for number in range(outlets)]
    result = cluster_stories([*stories, *stories_of({name: NEWS[name] for name in list(NEWS)[1 : others + 1]})])
    for level in LEVELS:
        assert groups(result, level) == {frozenset(story.id for story in stories)}


def page(number: int) -> str:
    return " ".join(invented(1_000 * (number + 1) + word) for word in range(10))


def test_two_cuts_do_not_join_through_a_page_if_they_are_unlike() -> None:
    stories = {**NEWS, "bridge": f"{HEAD} {NOTICE}", "left": HEAD, "right": NOTICE}
    result = cluster_stories(stories_of(stories))
    assert [groups(result, level) for level in LEVELS] == [set()] * 3
