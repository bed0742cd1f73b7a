"""Stretches: every shared word of a passage is in one, and is there what it counts as."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

import storyclust as sc
from storyclust import Settings, Story
from storyclust.fingerprint.kept import KeptWords
from storyclust.learning.first_pass import recognise_words
from storyclust.match.contents import Contents, DistinctContents
from storyclust.match.story_links import relate_stories
from storyclust.match.stretches import Stretch, find_stretches
from storyclust.model import Link
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.text.words import analyse

NEWS = sc.load_newsroom().stories
SETTINGS = Settings()


def compared(stories: Sequence[Story], pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[Link, list[list[Stretch]]]]:
    """Pairs of stories, each with the stretches of its passages."""
    profile = Profile.empty()
    with Workers(2) as workers:
        words: KeptWords = recognise_words(stories, profile, SETTINGS, workers)
        distinct = DistinctContents.of(words.content_hashes(workers), words.story_counts, SETTINGS.min_words)
        contents = Contents.choose(words, distinct.story)
        a, b = np.array(pairs, np.int64).T
        job = contents, distinct.of_story, stories, profile, SETTINGS, workers
        related = relate_stories(np.ascontiguousarray(a), np.ascontiguousarray(b), *job)
        yield from zip(related.each(workers), find_stretches(related, workers), strict=True)


def words_of(text: str) -> list[int]:
    """The hashes of the words of a text, alone."""
    return analyse([text]).hashes.tolist()


@pytest.fixture(scope="module")
def newsroom() -> list[tuple[Link, list[list[Stretch]]]]:
    result = sc.cluster_stories(NEWS)
    ranks = {story.id: rank for rank, story in enumerate(result.stories)}
    pairs = [(ranks[link.id_a], ranks[link.id_b]) for link in result.links()]
    return list(compared(result.stories, pairs))


def test_the_words_of_stretches_are_those_of_the_figures(newsroom: list[tuple[Link, list[list[Stretch]]]]) -> None:
    assert len(newsroom) > 100
    for link, stretches in newsroom:
        words: Counter[str] = Counter()
        for passage, own in zip(link.passages, stretches, strict=True):
            assert sum(stretch.words for stretch in own) == passage.words
            assert (own[0].a_start, own[-1].a_stop) == (passage.a_start, passage.a_stop)
            assert (own[0].b_start, own[-1].b_stop) == (passage.b_start, passage.b_stop)
            for stretch in own:
                words[stretch.kind] += stretch.words
        assert (words["narrated"], words["quoted"]) == (link.shared_words, link.quoted_words)


def test_a_stretch_has_the_same_words_on_both_sides(newsroom: list[tuple[Link, list[list[Stretch]]]]) -> None:
    texts = {story.id: story.text for story in NEWS}
    for link, stretches in newsroom:
        for stretch in (stretch for own in stretches for stretch in own):
            one = words_of(texts[link.id_a][stretch.a_start : stretch.a_stop])
            assert one == words_of(texts[link.id_b][stretch.b_start : stretch.b_stop])
            assert len(one) == stretch.words


TOLD = "The night ferry to Orrin lost its rudder{} off the breakwater and drifted for an hour until a trawler came"
SAID = '"We gave everyone soup and blankets and counted them twice{} in the hall"'


@pytest.mark.parametrize(("first", "second"), [("", " two miles"), (" a mile", " some miles"), (" two", "")])
def test_an_edit_is_in_no_stretch_and_a_quotation_in_one_of_its_own(first: str, second: str) -> None:
    texts = [f"{TOLD.format(edit)}. {SAID.format(edit)}, the harbour master said." for edit in (first, second)]
    stories = [Story(id, text) for id, text in zip("ab", texts, strict=True)]
    ((link, (own,)),) = compared(stories, [(0, 1)])
    assert link.relation in {"version", "copy"}
    parts = [(stretch.kind, texts[0][stretch.a_start : stretch.a_stop]) for stretch in own]
    assert [kind for kind, _ in parts] == ["narrated", "narrated", "quoted", "quoted", "narrated"]
    assert parts[0][1].endswith("lost its rudder")
    assert parts[2][1].startswith("We gave everyone")
    assert parts[2][1].endswith("twice")
    assert parts[4][1] == "the harbour master said"
