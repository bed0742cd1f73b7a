"""What a profile learns: furniture and stock against slow twins, and laws of clutter."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from edited import LEVELS, TEXT, UNRELATED, invented
from storyclust import Profile, Settings, Story, cluster_stories, learn_profile, load_newsroom, parallel
from storyclust.errors import DataError
from storyclust.fingerprint import keys
from storyclust.fingerprint.fingerprints import WINDOW
from storyclust.fingerprint.windows import window_fingerprints
from storyclust.learning.lines import Lines
from storyclust.text import terms
from storyclust.text.words import analyse
from strategies import CHESS, FERRY, LIBRARY, NEWS, THEATRE, TUNNEL, twin_words

# A line on so many unlike pages of one outlet is furniture, a passage in so many unlike stories of any is stock.
FURNITURE, STOCK = 4, 12


def page(number: int, words: int = 60) -> str:
    """A page of words that stand nowhere else."""
    return " ".join(invented(10_000 * (number + 1) + word) for word in range(words))


def line_keys(story: Story) -> dict[str, int]:
    """The key of each line of a story by its words."""
    words = analyse([story.text])
    lines = Lines.of(words, [story.source])
    folded = [word.folded for word in twin_words(story.text)]
    starts = [0, *lines.stops.tolist()[:-1]]
    bounds = zip(starts, lines.stops.tolist(), lines.keys.tolist(), strict=True)
    return {" ".join(folded[start:stop]): key for start, stop, key in bounds}


def is_furniture(line: str, source: str, profile: Profile) -> bool:
    key = line_keys(Story("asked", f"{line}\nand another line", source=source))
    return int(key[" ".join(word.folded for word in twin_words(line))]) in profile.furniture.tolist()


# Lines


@given(st.lists(st.text(st.sampled_from("ab,. \n"), max_size=30), min_size=1, max_size=4))
def test_lines_are_those_of_the_text_that_have_words(texts: list[str]) -> None:
    for text in texts:
        expected = [" ".join(word.folded for word in twin_words(line)) for line in text.split("\n")]
        expected = [line for line in expected if line]
        found = Lines.of(analyse([text]), ["Echo"])
        assert found.counts.tolist() == [len(expected) if len(expected) > 1 else 0]
        if len(expected) > 1:
            assert found.stops.tolist() == np.cumsum([len(line.split()) for line in expected]).tolist()
            by_words = defaultdict(set)
            for line, key in zip(expected, found.keys.tolist(), strict=True):
                by_words[line].add(key)
            assert all(len(keys) == 1 for keys in by_words.values())
            assert len({key for keys in by_words.values() for key in keys}) == len(by_words)
        assert Lines.of(analyse([text]), [None]).counts.tolist() == [0]
        assert not set(found.keys.tolist()) & set(Lines.of(analyse([text]), ["Post"]).keys.tolist())


# Furniture and stock against a twin, on pages that are either quite unlike or quite alike


@given(
    st.lists(
        st.tuples(st.sampled_from(["Echo", "Post", None]), st.integers(0, 9), st.sets(st.integers(0, 3), max_size=3)),
        min_size=1,
        max_size=24,
    )
)
@hypothesis_settings(max_examples=40)
def test_furniture_is_what_four_unlike_pages_of_an_outlet_bear(drawn: list[tuple[str | None, int, set[int]]]) -> None:
    """Pages with one of ten contents, and some of four lines of three words."""
    lines = [" ".join(invented(500 + 3 * number + word) for word in range(3)) for number in range(4)]
    stories = [
        Story(str(place), "\n".join([page(content), *(lines[line] for line in sorted(borne))]), source=source)
        for place, (source, content, borne) in enumerate(drawn)
    ]
    profile = learn_profile(stories)
    expected = set()
    for source in ("Echo", "Post"):
        for number, line in enumerate(lines):
            if len({content for own, content, borne in drawn if own == source and number in borne}) >= FURNITURE:
                expected.add((source, line))
    found = {(source, line) for source in ("Echo", "Post") for line in lines if is_furniture(line, source, profile)}
    assert found == expected
    assert len(profile.furniture) == len(expected)


@given(st.lists(st.tuples(st.integers(0, 19), st.booleans()), min_size=6, max_size=40))
@hypothesis_settings(max_examples=30)
def test_stock_is_what_twelve_unlike_stories_have(drawn: list[tuple[int, bool]]) -> None:
    """Stories of one of twenty contents, some of them with a passage of forty words at their end."""
    passage = page(77, 40)
    stories = [
        Story(str(place), f"{page(content, 80)} {passage if bears else ''}")
        for place, (content, bears) in enumerate(drawn)
    ]
    profile = learn_profile(stories)
    bearers = {content for content, bears in drawn if bears}
    of_passage = window_fingerprints(analyse([passage]), 5, WINDOW)[0].tolist()
    if len(bearers) >= STOCK + 4:  # a few may look alike by chance
        assert set(of_passage) <= set(profile.stock.tolist())
    elif len(bearers) < STOCK:
        assert profile.stock.tolist() == []


@pytest.mark.parametrize("mark", [" ", "\n"])
@pytest.mark.parametrize("source", [None, "Echo"])
def test_a_notice_longer_than_the_stories_it_stands_under_joins_none(mark: str, source: str | None) -> None:
    notice = page(77, 200)
    stories = [Story(str(number), f"{page(number, 150)}.{mark}{notice}", source=source) for number in range(20)]
    assert len(cluster_stories(stories)) == len(stories)


def test_a_story_with_other_words_of_each_outlet_is_no_stock() -> None:
    story = page(77, 200)
    stories = [Story(str(number), f"{story}.\n{page(number, 100)}", source=f"{number} Post") for number in range(20)]
    result = cluster_stories(stories)
    assert len(result) == 1
    assert result.profile.stock.tolist() == []


def test_versions_of_one_story_make_no_furniture() -> None:
    """Eight versions of one story count once beside pages about other things, also where they are most of the pages."""
    kicker = "Ferry aground off Halmstrand"
    telling = [FERRY, LIBRARY, CHESS]
    versions = [
        Story(
            f"v{number}",
            "\n".join([kicker, *telling[number % 3 :], page(number // 2, 30), page(number, 12)]),
            source="Echo",
        )
        for number in range(8)
    ]
    others = [Story(f"o{number}", f"{kicker}\n{page(100 + number)}", source="Echo") for number in range(2)]
    assert not is_furniture(FERRY, "Echo", learn_profile(versions + others))
    assert not is_furniture(LIBRARY, "Echo", learn_profile(versions + others))


def test_the_lines_of_another_outlet_are_not_furniture_there() -> None:
    line = page(400, 8)
    stories = [Story(f"e{number}", f"{page(number)}\n{line}", source="Echo") for number in range(5)]
    stories += [Story(f"p{number}", f"{page(50 + number)}\n{line}", source="Post") for number in range(3)]
    stories += [Story(f"n{number}", f"{page(80 + number)}\n{line}") for number in range(8)]
    profile = learn_profile(stories)
    assert [is_furniture(line, source, profile) for source in ("Echo", "Post")] == [True, False]
    # Told in a page of the Post the words are narrated, in one of the Echo they are not.
    texts = (f"{FERRY}\n{line} {line}\n{line}", f"{LIBRARY}\n{line} {line}\n{line}")
    shared = {}
    for source in ("Echo", "Post"):
        pair = [Story(str(side), text, source=source) for side, text in enumerate(texts)]
        result = cluster_stories(pair, profile=profile, settings=Settings(min_words=5))
        shared[source] = result.explain("0", "1").shared_words
    assert shared["Post"] - shared["Echo"] == len(line.split())


# Order, batches, threads, files


NEWSROOM = load_newsroom().stories


@pytest.mark.parametrize("batches", [1, 7, 1000])
def test_order_batches_and_threads_change_no_digest(batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = learn_profile(NEWSROOM, threads=1)
    assert len(expected.furniture) > 0
    monkeypatch.setattr(parallel, "BATCHES", batches)
    monkeypatch.setattr(parallel, "LIGHTEST", 1)
    for threads in (1, 3):
        shuffled = random.Random(batches + threads).sample(NEWSROOM, len(NEWSROOM))
        assert learn_profile(shuffled, threads=threads).digest == expected.digest


def test_a_learned_profile_comes_back_from_its_file(tmp_path: Path) -> None:
    stories = [
        Story(str(number), f"{page(number)}\nHome and abroad\n{page(99, 30)}", source="E") for number in range(14)
    ]
    profile = learn_profile(stories)
    assert len(profile.furniture) > 0
    profile.save(tmp_path / "a.profile")
    again = Profile.load(tmp_path / "a.profile")
    assert (again, again.digest) == (profile, profile.digest)
    again.save(tmp_path / "b.profile")
    assert (tmp_path / "a.profile").read_bytes() == (tmp_path / "b.profile").read_bytes()
    jobs = [list(cluster_stories(stories, profile=each).links()) for each in (profile, again, None)]
    assert jobs[0] == jobs[1] == jobs[2]


@pytest.mark.parametrize("place", [0, 30, 200, 1000, -30])
def test_a_damaged_profile_is_refused_by_name(place: int, tmp_path: Path) -> None:
    path = tmp_path / "town.profile"
    learn_profile(NEWSROOM[:40]).save(path)
    data = bytearray(path.read_bytes())
    data[place : place + 20 if place >= 0 else None] = b"\xff" * 20
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"town\.profile: not a profile"):
        Profile.load(path)


@pytest.mark.parametrize(("batches", "lightest"), [(1, 1), (7, 100), (32, 1)])
@pytest.mark.parametrize("threads", [1, 3])
def test_work_cut_otherwise_teaches_the_same(
    batches: int, lightest: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = learn_profile(NEWSROOM, threads=1)
    assert len(usual.furniture) > 0
    monkeypatch.setattr(parallel, "BATCHES", batches)
    monkeypatch.setattr(parallel, "LIGHTEST", 1)
    monkeypatch.setattr(keys, "LIGHTEST", lightest)
    monkeypatch.setattr(terms, "LIGHTEST", 1000 * lightest)
    assert learn_profile(NEWSROOM, threads=threads).digest == usual.digest


# Clutter changes no cluster


clutter_line = st.lists(st.integers(0, 10_000), min_size=5, max_size=40).map(
    lambda numbers: " ".join(invented(9_000_000 + number) for number in numbers)
)
SOURCES = ("Echo", "Post", "Wire")


def outlets(ids: list[str]) -> list[Story]:
    """Five unrelated stories of the Echo, and cuts and copies of them with the others."""
    stories = [Story(id, TEXT[id], source="Echo") for id in ids]
    stories += [Story(f"post-{id}", f"By our own writer\n{TEXT[id]}", source="Post") for id in ids[:3]]
    stories += [Story(f"wire-{id}", TEXT[id][: len(TEXT[id]) // 2], source="Wire") for id in ids[1:4]]
    return stories


def with_clutter(story: Story, above: list[str], below: list[str]) -> Story:
    return Story(story.id, "\n".join([*above, story.text, *below]), story.title, story.source, story.published)


@given(st.permutations(UNRELATED), st.lists(clutter_line, min_size=1, max_size=3), st.integers(0, 3))
@hypothesis_settings(max_examples=15)
def test_clutter_on_all_pages_of_a_source_changes_no_cluster(ids: list[str], lines: list[str], split: int) -> None:
    stories = outlets(list(ids[:5]))
    cluttered = [
        with_clutter(story, lines[:split], lines[split:]) if story.source == "Echo" else story for story in stories
    ]
    plain, spoilt = cluster_stories(stories), cluster_stories(cluttered)
    for level in LEVELS:
        assert spoilt.at_level(level) == plain.at_level(level)
    assert {(link.id_a, link.id_b, link.relation) for link in spoilt.links()} == {
        (link.id_a, link.id_b, link.relation) for link in plain.links()
    }


@given(
    st.lists(clutter_line, min_size=1, max_size=3), st.sampled_from(sorted({s.source for s in NEWSROOM if s.source}))
)
@hypothesis_settings(max_examples=6)
def test_clutter_of_an_outlet_of_the_newsroom_changes_no_cluster(lines: list[str], source: str) -> None:
    own = [story for story in NEWSROOM if story.source == source]
    contents = {story.text for story in own}
    if len(contents) < FURNITURE:
        return
    cluttered = [with_clutter(story, [], lines) if story.source == source else story for story in NEWSROOM]
    plain, spoilt = cluster_stories(NEWSROOM), cluster_stories(cluttered)
    for level in LEVELS:
        assert spoilt.at_level(level) == plain.at_level(level)


@pytest.mark.parametrize("contents", [4, 5, 8])
@pytest.mark.parametrize("count", [1, 3])
def test_pages_that_share_clutter_only_are_not_linked(contents: int, count: int) -> None:
    lines = [page(500 + number, 40) for number in range(count)]
    texts = [*NEWS.values(), TEXT[UNRELATED[0]], TEXT[UNRELATED[2]]][:contents]
    stories = [Story(str(number), "\n".join([text, *lines]), source="Echo") for number, text in enumerate(texts)]
    result = cluster_stories(stories)
    assert list(result.links()) == []
    link = result.explain("0", "1")
    assert (link.relation, link.shared_words) == (None, 0)
    assert {passage.kind for passage in link.passages} == {"boilerplate"}
    assert "of them captions, credits and site lines" in link.reason


def test_stock_links_nothing_and_is_told() -> None:
    stock = " ".join(f"{TUNNEL} {THEATRE}".split()[:60])
    stories = [Story(str(number), f"{page(number, 200)} {stock}") for number in range(2 * STOCK)]
    result = cluster_stories(stories)
    assert list(result.links()) == []
    link = result.explain("0", "1")
    assert link.relation is None
    assert [passage.kind for passage in link.passages] == ["stock"]
    assert "of them stock phrases" in link.reason
    assert list(cluster_stories(stories, profile=Profile.empty()).links()) != []
