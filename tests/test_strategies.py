"""The strategies that ship keep what they promise; what they draw shows what the library finds and what it cannot."""

from __future__ import annotations

import re
import subprocess
import sys
from difflib import SequenceMatcher
from itertools import combinations
from typing import TypeVar

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from storyclust import Story, cluster_stories, compare_stories, load_newsroom
from storyclust.errors import UsageError
from storyclust.newsroom.edits import BRIEF_WORDS, KINDS, SPELLINGS, WORDS_PER_CHANGE, Edit
from storyclust.newsroom.strategies import (
    copied_pairs,
    edits,
    newsroom_slices,
    newsroom_stories,
    stories,
    strangers,
    texts,
    words,
)
from strategies import twin_words

few = settings(max_examples=8)
some = settings(max_examples=15)

Copied = tuple[Story, Story, Edit]
Drawn = TypeVar("Drawn")


def words_of(text: str) -> list[str]:
    return [word.folded for word in twin_words(text)]


def all_drawn(strategy: st.SearchStrategy[Drawn]) -> list[Drawn]:
    """What a hundred examples of a strategy are."""
    drawn = []

    @settings(max_examples=100)
    @given(strategy)
    def keep(one: Drawn) -> None:
        drawn.append(one)

    keep()
    return drawn


def words_in_common(one: list[str], other: list[str]) -> int:
    """Words of one that stand in the other in the same order: at least so many."""
    return sum(block.size for block in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks())


# What edits promise, checked on the words as the tests' own twin splits them


@some
@given(copied_pairs(*(kind for kind in KINDS if kind != "brief")))
def test_a_copy_holds_half_of_the_originals_words_in_their_order(pair: Copied) -> None:
    before, after = words_of(pair[0].text), words_of(pair[1].text)
    assert 2 * words_in_common(before, after) >= len(before)


@some
@given(copied_pairs("full", "cut", "brief"))
def test_a_full_copy_a_cut_and_a_brief_are_the_top(pair: Copied) -> None:
    original, copy, edit = pair
    before, after = words_of(original.text), words_of(copy.text)
    assert before[: len(after)] == after
    if edit.kind == "full":
        assert copy.text == original.text
    elif edit.kind == "brief":
        assert len(after) >= min(BRIEF_WORDS, len(before))
        paragraph = copy.text.rpartition("\n")[0]
        assert copy.text == original.text or len(words_of(paragraph)) < BRIEF_WORDS


@some
@given(copied_pairs("local text", "furniture"))
def test_what_is_added_stands_between_the_originals_words(pair: Copied) -> None:
    original, copy, edit = pair
    before, after = words_of(original.text), words_of(copy.text)
    added = [words_of(text) for text in edit.added]
    if edit.kind == "furniture":
        above, below = added
        assert after == above + before + below
    else:
        [own] = added
        assert any(after == before[:place] + own + before[place:] for place in range(1, len(before) + 1))


@some
@given(copied_pairs("words changed"))
def test_of_twenty_words_one_is_changed_at_most_and_no_figure(pair: Copied) -> None:
    original, copy, edit = pair
    before, after = words_of(original.text), words_of(copy.text)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) <= len(before) / WORDS_PER_CHANGE
    assert not any(character.isdigit() for old, _ in changed for character in old)
    assert {new for _, new in changed} <= {word for _, word in edit.changes}


@some
@given(copied_pairs("paragraph dropped"))
def test_a_paragraph_dropped_leaves_all_that_stood_around_it(pair: Copied) -> None:
    before, after = words_of(pair[0].text), words_of(pair[1].text)
    gap = len(before) - len(after)
    assert any(before[:place] + before[place + gap :] == after for place in range(len(after) + 1))
    assert gap or len([line for line in pair[0].text.splitlines() if words_of(line)]) < 3


@some
@given(copied_pairs("respelled"))
def test_respelling_changes_spelling_and_marks_alone(pair: Copied) -> None:
    before, after = words_of(pair[0].text), words_of(pair[1].text)
    pairs = {(tuple(british.split()), (american,)) for british, american in SPELLINGS.items()}
    for tag, start, stop, other_start, other_stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        assert tag == "equal" or (tuple(before[start:stop]), tuple(after[other_start:other_stop])) in pairs
    assert not set("“”‘’") & set(pair[1].text)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (Edit("full"), "One two.\n\n“Three” per cent\nGREY four."),
        (Edit("cut"), "One two.\n\n“Three” per cent"),
        (Edit("cut", place=7), "One two.\n\n“Three” per cent"),
        (Edit("brief"), "One two.\n\n“Three” per cent\nGREY four."),
        (Edit("local text", added=("Our own.",)), "One two.\n\nOur own.\n\n“Three” per cent\nGREY four."),
        (Edit("local text", place=5, added=("Our own.",)), "One two.\n\n“Three” per cent\nGREY four.\n\nOur own."),
        (Edit("words changed", changes=((0, "Six"),)), "One two.\n\n“Three” per cent\nGREY four."),
        (Edit("paragraph dropped"), "“Three” per cent\nGREY four."),
        (Edit("paragraph dropped", place=4), "One two.\n\nGREY four."),
        (Edit("furniture", added=("Menu", "Log in")), "Menu\nOne two.\n\n“Three” per cent\nGREY four.\nLog in"),
        (Edit("furniture"), "One two.\n\n“Three” per cent\nGREY four."),
        (Edit("respelled"), 'One two.\n\n"Three" percent\nGray four.'),
    ],
    ids=repr,
)
def test_edits_of_a_small_text(edit: Edit, expected: str) -> None:
    assert edit.apply("One two.\n\n“Three” per cent\nGREY four.") == expected


@pytest.mark.parametrize("place", range(4))
def test_half_of_the_words_stay_wherever_it_is_cut(place: int) -> None:
    thirds = "one two three\nfour five six\nseven eight nine"
    assert Edit("cut", place).apply(thirds) == "one two three\nfour five six"
    assert Edit("paragraph dropped", place).apply("one\ntwo three four") == "two three four"


def test_a_word_is_only_spelled_in_another_way() -> None:
    for british, american in SPELLINGS.items():
        assert british[0] == american[0]
        assert SequenceMatcher(None, british, american).ratio() > 0.5


def test_words_are_changed_counted_round_and_figures_stay() -> None:
    text = "7 " + "port " * 39
    edit = Edit("words changed", changes=((40, "no"), (81, "quay"), (5, "never")))
    assert edit.apply(text) == "7 quay " + "port " * 38
    assert Edit("words changed", changes=((2, "港"),)).apply("船" * 20) == "船船港" + "船" * 17


@given(st.one_of(texts(), texts().map("\n".join)), edits())
@example("", Edit("words changed", changes=((0, "quay"),)))
@example("", Edit("local text", added=("Our own.",)))
def test_every_edit_is_defined_for_any_text(text: str, edit: Edit) -> None:
    edited = edit.apply(text)
    assert edited == edit.apply(text)
    assert all(added.strip("\n") in edited for added in edit.added)


def test_another_kind_of_edit_is_refused() -> None:
    with pytest.raises(UsageError, match="an edit's kind is 'rewritten'; expected one of full, cut, brief"):
        Edit("rewritten")  # type: ignore[arg-type]


# What the stories promise


@some
@given(copied_pairs())
def test_a_copy_is_another_story_of_a_later_time(pair: Copied) -> None:
    original, copy, edit = pair
    assert copy.text == edit.apply(original.text)
    assert copy.id != original.id
    assert copy.id not in load_newsroom().truth
    assert copy.rank > original.rank
    assert not any(span.kind == "clutter" for span in load_newsroom().truth[original.id].spans)


@some
@given(st.data(), st.integers(0, 6), st.integers(0, 6))
def test_slices_are_distinct_stories_within_bounds(data: st.DataObject, low: int, more: int) -> None:
    drawn = data.draw(newsroom_slices(low, low + more))
    assert low <= len(drawn) <= low + more
    assert len({story.id for story in drawn}) == len(drawn)
    assert set(drawn) <= set(load_newsroom().stories)


def test_slices_reach_copies_before_their_originals() -> None:
    copies = {(pair.id_a, pair.id_b) for pair in load_newsroom().pairs if pair.label == "COPY"}

    def holds_a_copy_before_its_original(drawn: list[Story]) -> bool:
        return any(
            one.rank > other.rank and (min(one.id, other.id), max(one.id, other.id)) in copies
            for one, other in combinations(drawn, 2)
        )

    assert any(map(holds_a_copy_before_its_original, all_drawn(newsroom_slices())))


@some
@given(strangers())
def test_strangers_are_labelled_none_and_neither_is_a_formula(pair: tuple[Story, Story]) -> None:
    one, other = sorted(pair, key=lambda story: story.id)
    assert [found.label for found in load_newsroom().pairs if (found.id_a, found.id_b) == (one.id, other.id)] == [
        "NONE"
    ]
    assert not any("formula" in load_newsroom().truth[story.id].traps for story in pair)


@few
@given(st.lists(stories(), max_size=5, unique_by=lambda story: story.id))
def test_stories_of_any_kind_can_be_clustered(drawn: list[Story]) -> None:
    assert sorted(id for cluster in cluster_stories(drawn) for id in cluster.members) == sorted(s.id for s in drawn)


def test_stories_come_with_each_field_and_without() -> None:
    drawn = all_drawn(stories(words()))
    for field in ("title", "source", "published"):
        assert {getattr(story, field) is None for story in drawn} == {True, False}


# What the library finds of it


@some
@given(copied_pairs("full", "words changed", "furniture", "respelled", "local text"))
def test_the_copy_of_a_story_of_a_hundred_words_is_found(pair: Copied) -> None:
    original, copy, _ = pair
    assume(len(twin_words(original.text)) >= 100)
    assert compare_stories(original, copy).relation == "copy"


@some
@given(copied_pairs("cut", "brief", "paragraph dropped"))
def test_a_part_of_a_story_is_found(pair: Copied) -> None:
    original, copy, _ = pair
    assume(len(twin_words(original.text)) >= 100)
    assert compare_stories(original, copy).relation == "copy"


@few
@given(copied_pairs("full", "furniture"), st.integers(1, 19))
def test_exception_no_copy_of_fewer_than_twenty_words_is_found(pair: Copied, count: int) -> None:
    original, _, edit = pair
    text = " ".join(words_of(original.text)[:count])
    link = compare_stories(Story("stub", text), Story("copy", edit.apply(text)))
    assert link.relation is None
    # A line of the stub may be clutter, which does not count.
    assert re.search(r"one has \d+ words, and stories of fewer than 20 stand alone", link.reason)
    assert int(re.findall(r"one has (\d+)", link.reason)[0]) <= count


def with_every_word_changed(text: str, every: int) -> str:
    """Each word that is so many words after the last is another one; figures stay."""
    edited, end = "", 0
    for word in twin_words(text)[every - 1 :: every]:
        if not any(map(str.isdigit, word.folded)):
            edited += text[end : word.start] + "reportedly"
            end = word.stop
    return edited + text[end:]


@some
@given(newsroom_stories(), st.integers(13, 40))
def test_changes_at_even_distances_of_thirteen_words_or_more_hide_no_copy(story: Story, every: int) -> None:
    assume(len(twin_words(story.text)) >= 100)
    assert compare_stories(story, Story("copy", with_every_word_changed(story.text, every))).relation == "copy"


@some
@given(newsroom_stories(), st.integers(6, 12))
def test_exception_closer_changes_can_hide_a_copy_as_they_leave_phrases_alone(story: Story, every: int) -> None:
    link = compare_stories(story, Story("copy", with_every_word_changed(story.text, every)))
    # Runs of five words or more stand between the changes, so there are passages; but none has two phrases in a row.
    assert link.passages or len(twin_words(story.text)) < 100
    short = "fewer than 20" in link.reason or len(twin_words(story.text)) < 100
    assert link.relation in ("copy", "version") or short


@some
@given(strangers())
def test_strangers_are_never_linked(pair: tuple[Story, Story]) -> None:
    assert compare_stories(*pair).relation is None


@few
@given(newsroom_slices(min_size=2).flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))))
def test_the_order_of_a_slice_changes_no_cluster(orders: tuple[list[Story], list[Story]]) -> None:
    one, other = map(cluster_stories, orders)
    assert one.clusters == other.clusters
    assert list(one.links()) == list(other.links())


# The extra


def test_the_newsroom_needs_no_hypothesis_and_its_strategies_name_the_extra() -> None:
    code = (
        "import sys, storyclust.newsroom, storyclust.newsroom.edits\n"
        "print('hypothesis' in sys.modules)\n"
        "sys.modules['hypothesis'] = None\n"
        "try:\n    import storyclust.newsroom.strategies\n"
        "except storyclust.errors.MissingDependencyError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded, message = done.stdout.splitlines()
    assert loaded == "False"
    assert message.startswith("storyclust.newsroom.strategies needs hypothesis, which cannot be imported: ")
    assert message.endswith('Install it with: pip install "storyclust[strategies]"')


@pytest.mark.parametrize(
    "strategy", [newsroom_stories(), newsroom_slices(), stories(), strangers(), edits(), copied_pairs()], ids=range(6)
)
def test_a_strategy_does_not_print_the_newsroom(strategy: st.SearchStrategy[object]) -> None:
    strategy.validate()  # which is when it learns what to draw from
    assert len(repr(strategy)) < 10_000
