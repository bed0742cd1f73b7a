"""Passages: the alignment of two stories against a slow twin, and what small edits do to it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from stages import compared, contents_of
from storyclust import Link, Settings, compare_stories
from storyclust.match.passages_kernels import LONG_START, LONG_STOP, NARRATED_WORDS, SHARED, SHORT_START, SHORT_STOP
from storyclust.model import Passage, Story
from storyclust.text.words import analyse
from strategies import (
    CHESS,
    FERRY,
    INVENTED,
    LIBRARY,
    NEWS,
    dockside_texts,
    longest_common_subsequence,
    numerous_words,
    twin_words,
)

# What the design calls a small edit: words changed on both sides, or a clause that one side lacks.
CHANGED, DROPPED = 3, 12

ANYTHING = Settings(shingle_words=3, passage_words=1)


def tokens(text: str) -> list[str]:
    return [word.folded for word in twin_words(text)]


# The alignment


@dataclass
class TwinPassage:
    """A passage as the twin finds it: places in the longer and in the shorter, and which pairs of words are shared."""

    long: tuple[int, int]
    short: tuple[int, int]
    pairs: list[tuple[int, int]]


def twin_runs(long: list[str], short: list[str], size: int) -> list[list[tuple[int, int]]]:
    """Runs of equal words: from each place of the shorter, where the last one left off or else the longest there is.

    Only for texts none of whose shingles stands in the longer more than 16 times.
    """
    used: set[int] = set()
    runs: list[list[tuple[int, int]]] = []
    place, expected = 0, None

    def run_at(there: int) -> int:
        length = 0
        while place + length < len(short) and there + length < len(long):
            if there + length in used or long[there + length] != short[place + length]:
                break
            length += 1
        return length

    while place + size <= len(short):
        # What goes on from the last run is taken before what is longer elsewhere.
        places = [there for there in range(len(long)) if run_at(there) >= size]
        chosen = expected if expected in places else max(places, key=run_at, default=None)
        if chosen is None:
            place += 1
            expected = None if expected is None else expected + 1
            continue
        length = run_at(chosen)
        runs.append([(chosen + step, place + step) for step in range(length)])
        used |= set(range(chosen, chosen + length))
        place, expected = place + length, chosen + length
    return runs


def twin_passages(long: list[str], short: list[str], size: int, least: int) -> list[TwinPassage]:
    """Runs joined over small edits, where they are long enough."""
    joined: list[list[tuple[int, int]]] = []
    for run in twin_runs(long, short, size):
        if joined:
            (long_stop, short_stop), (long_start, short_start) = joined[-1][-1], run[0]
            gaps = sorted((long_start - long_stop - 1, short_start - short_stop - 1))
            small = gaps[1] <= CHANGED or (gaps[0] == 0 and gaps[1] <= DROPPED)
            if gaps[0] >= 0 and small:
                joined[-1] += run
                continue
        joined.append(list(run))
    return [
        TwinPassage((pairs[0][0], pairs[-1][0] + 1), (pairs[0][1], pairs[-1][1] + 1), pairs)
        for pairs in joined
        if len(pairs) >= least
    ]


edited_words = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 14), st.integers(0, 14)), max_size=6)


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[str, str]:
    """Words of a small vocabulary and the same with stretches replaced, dropped, put in or moved."""
    words = [INVENTED[number] for number in draw(st.lists(st.integers(0, 200), min_size=8, max_size=90))]
    other = list(words)
    fresh = iter(INVENTED[300:])
    for place, gone, new in draw(edited_words):
        other[place : place + gone] = itertools.islice(fresh, new)
    if draw(st.booleans()):
        cut = draw(st.integers(0, len(other)))
        other = other[cut:] + other[:cut]
    return " ".join(words), " ".join(other)


def sides(one: str, other: str, size: int, least: int) -> tuple[list[str], list[str], list[list[int]]]:
    """The longer's words, the shorter's, and the rows of their passages."""
    links = compared([one, other], [(0, 1)], Settings(shingle_words=size, passage_words=least))
    texts = [tokens(one), tokens(other)]
    return texts[int(links.longer[0])], texts[int(links.shorter[0])], links.passages.rows.tolist()


@given(st.one_of(rewritten(), st.tuples(*[dockside_texts(4, 50)] * 2)), st.integers(2, 6), st.integers(1, 12))
@hypothesis_settings(max_examples=40)
def test_passages_are_runs_joined_over_small_edits(texts: tuple[str, str], size: int, least: int) -> None:
    long, short, rows = sides(*texts, size, least)
    expected = twin_passages(long, short, size, least)
    found = [[row[column] for column in (LONG_START, LONG_STOP, SHORT_START, SHORT_STOP, SHARED)] for row in rows]
    assert found == [[*twin.long, *twin.short, len(twin.pairs)] for twin in expected]


def twin_figures(words: list[str]) -> set[tuple[str, str]]:
    """Each figure with the one right after it, if there is one."""
    after = [word if word.isdigit() else "" for word in [*words[1:], ""]]
    return {pair for pair in zip(words, after, strict=True) if pair[0].isdigit()}


rows_of_a_table = st.lists(st.sampled_from(["cod", "ling", "hake", "7", "12", "33", "405"]), min_size=1, max_size=40)


@given(rows_of_a_table, rows_of_a_table)
def test_figures_of_a_table_are_compared_in_pairs(one: list[str], other: list[str]) -> None:
    links = compared([" ".join(one), " ".join(other)], [(0, 1)], Settings(min_words=1))
    texts = [one, other]
    long, short = texts[int(links.longer[0])], texts[int(links.shorter[0])]
    is_table = 3 * sum(word.isdigit() for word in short) >= len(short)
    figures = twin_figures(short) if is_table else set()
    assert links.table_figures.tolist() == [len(figures)]
    assert links.missing_figures.tolist() == [len(figures - twin_figures(long))]


@given(dockside_texts(8, 50), dockside_texts(8, 50), st.integers(2, 5))
def test_words_of_a_passage_are_narrated_if_they_are_in_both(one: str, other: str, size: int) -> None:
    links = compared([one, other], [(0, 1)], Settings(shingle_words=size, passage_words=1))
    texts = [one, other]
    long, short = texts[int(links.longer[0])], texts[int(links.shorter[0])]
    narrated = [analyse([text]).narrated.tolist() for text in (long, short)]
    told = [
        sum(narrated[0][a] and narrated[1][b] for a, b in twin.pairs)
        for twin in twin_passages(tokens(long), tokens(short), size, 1)
    ]
    assert [row[NARRATED_WORDS] for row in links.passages.rows.tolist()] == told
    assert links.shared_words.tolist() == [sum(told)]
    assert links.longest_narrated.tolist() == [max(told, default=0)]
    fewer = int(contents_of([short]).narrated_counts[0])
    assert links.share.tolist() == pytest.approx([sum(told) / fewer if fewer else 0])


@given(dockside_texts(1, 60), dockside_texts(1, 60), st.integers(2, 6), st.integers(1, 9))
def test_passages_cut_equal_ends_and_use_no_word_twice(one: str, other: str, size: int, least: int) -> None:
    settings = Settings(shingle_words=size, passage_words=least)
    link = compare_stories(Story("a", one), Story("b", other), settings)
    assert list(link.passages) == sorted(link.passages, key=lambda passage: passage.a_start)
    for passage in link.passages:
        in_a, in_b = one[passage.a_start : passage.a_stop], other[passage.b_start : passage.b_stop]
        words = tokens(in_a), tokens(in_b)
        assert words[0][:size] == words[1][:size]
        assert words[0][-size:] == words[1][-size:]
        assert passage.words <= longest_common_subsequence(*words)
        # Equal texts are one passage, however short.
        assert passage.words >= max(least, size) or tokens(one) == tokens(other)
    for start, stop in (("a_start", "a_stop"), ("b_start", "b_stop")):
        bounds = sorted((getattr(passage, start), getattr(passage, stop)) for passage in link.passages)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(bounds))


def mirrored(link: Link) -> Link:
    passages = [Passage(p.b_start, p.b_stop, p.a_start, p.a_stop, p.words, p.kind) for p in link.passages]
    origin = {None: None, "a": "b", "b": "a"}[link.origin]
    return replace(link, passages=tuple(sorted(passages, key=lambda passage: passage.a_start)), origin=origin)


@given(st.one_of(rewritten(), st.tuples(*[dockside_texts(1, 60)] * 2)), st.integers(2, 6))
def test_a_link_is_the_same_whichever_story_comes_first(texts: tuple[str, str], size: int) -> None:
    settings = Settings(shingle_words=size)
    link = compare_stories(Story("a", texts[0]), Story("b", texts[1]), settings)
    assert compare_stories(Story("b", texts[1]), Story("a", texts[0]), settings) == link
    assert mirrored(compare_stories(Story("b", texts[0]), Story("a", texts[1]), settings)) == link


# Small edits


def the_passage(one: str, other: str) -> tuple[str, str, int]:
    """The one passage of two texts, as it is cut from either, and its words."""
    [passage] = compare_stories(Story("a", one), Story("b", other)).passages
    return one[passage.a_start : passage.a_stop], other[passage.b_start : passage.b_stop], passage.words


@pytest.mark.parametrize("name", NEWS)
@given(st.integers(5, 45), st.integers(1, CHANGED), st.integers(0, CHANGED))
@hypothesis_settings(max_examples=12)
def test_a_few_changed_words_keep_one_passage(name: str, place: int, gone: int, new: int) -> None:
    words = tokens(NEWS[name])
    edited = [*words[:place], *INVENTED[:new], *words[place + gone :]]
    one, other, count = the_passage(" ".join(words), " ".join(edited))
    assert tokens(one) == tokens(" ".join(words))
    assert tokens(other) == tokens(" ".join(edited))
    assert count == longest_common_subsequence(tokens(one), tokens(other))


@given(st.integers(5, 40), st.integers(1, DROPPED))
def test_a_dropped_clause_keeps_one_passage(place: int, dropped: int) -> None:
    words = tokens(FERRY)
    one, other, count = the_passage(" ".join(words), " ".join(words[:place] + words[place + dropped :]))
    assert (len(tokens(one)), len(tokens(other)), count) == (len(words), len(words) - dropped, len(words) - dropped)


SPELLINGS = {
    "neighbouring": "neighboring",
    "centre": "center",
    "cancelled": "canceled",
    "programme": "program",
    "colour": "color",
    "organisers": "organizers",
    "grey": "gray",
    "aluminium": "aluminum",
    "travelled": "traveled",
    "theatre": "theater",
}


def test_a_british_and_an_american_copy_share_one_passage() -> None:
    british = (
        "The neighbouring harbour centre has cancelled its programme of colour films, the organisers said, because "
        "grey smoke from the burnt aluminium plough travelled as far as the theatre and the labour office."
    )
    american = british
    for one, other in SPELLINGS.items():
        american = american.replace(one, other)
    # Where spellings stand closer together than a shingle is long, no run lies between them.
    lead, tail = f"{LIBRARY.split('.', maxsplit=1)[0]} ", f" {CHESS.split('.', maxsplit=1)[0]}"
    link = compare_stories(Story("a", lead + british + tail), Story("b", lead + american + tail))
    assert link.relation == "copy"
    for word in ("cancelled", "travelled"):
        text = FERRY.replace("brought ashore", f"{word} ashore")
        assert the_passage(text, text.replace(word, word.replace("ll", "l")))[2] == len(tokens(FERRY)) - 1


@pytest.mark.parametrize(
    ("gone", "new"), [(CHANGED + 1, CHANGED + 1), (1, CHANGED + 1), (DROPPED + 1, 0), (0, DROPPED + 1)]
)
def test_a_larger_edit_parts_passages(gone: int, new: int) -> None:
    words = tokens(FERRY)
    edited = [*words[:25], *INVENTED[:new], *words[25 + gone :]]
    link = compare_stories(Story("a", " ".join(words)), Story("b", " ".join(edited)))
    assert [passage.words for passage in link.passages] == [25, len(words) - 25 - gone]


@given(st.integers(0, 2**32), st.integers(1, 20))
def test_fewer_words_than_a_passage_has_are_no_passage(seed: int, least: int) -> None:
    words = numerous_words(seed, 60)
    own, other = " ".join(INVENTED[-40:-20]), " ".join(INVENTED[-20:])
    texts = [f"{own} {' '.join(words[:count])}" for count in (least - 1, least, least + 7)]
    settings = Settings(passage_words=least, shingle_words=2, min_words=1)
    for count, text in zip((least - 1, least, least + 7), texts, strict=True):
        link = compare_stories(Story("a", text), Story("b", f"{other} {' '.join(words[:count])}"), settings)
        shared = [passage.words for passage in link.passages]
        assert shared == ([count] if count >= max(least, 2) else [])
        assert link.longest_narrated == sum(shared)


@st.composite
def rearrangements(draw: st.DrawFn) -> tuple[list[str], list[str], list[tuple[int, int]]]:
    """Words that are all different, the same in other blocks with fourteen words between, and the blocks."""
    count = draw(st.integers(5, 60))
    edges = sorted({0, count, *draw(st.lists(st.integers(0, count), max_size=5))})
    blocks = list(itertools.pairwise(edges))
    fresh = iter(INVENTED[count:])
    written: list[str] = []
    for start, stop in draw(st.permutations(blocks)):
        written += [*itertools.islice(fresh, DROPPED + 2), *INVENTED[start:stop]]
    return list(INVENTED[:count]), written, blocks


@given(rearrangements(), st.integers(2, 6))
def test_blocks_in_another_order_are_found_whole(
    case: tuple[list[str], list[str], list[tuple[int, int]]], size: int
) -> None:
    original, written, blocks = case
    one, other = " ".join(original), " ".join(written)
    link = compare_stories(Story("a", one), Story("b", other), Settings(shingle_words=size, passage_words=1))
    found = [(p.words, one[p.a_start : p.a_stop], other[p.b_start : p.b_stop]) for p in link.passages]
    runs = [" ".join(original[start:stop]) for start, stop in blocks if stop - start >= size]
    assert found == [(len(run.split()), run, run) for run in runs]


def test_passages_are_placed_in_texts_that_are_written_differently() -> None:
    one = f"“Ready?”\n\n{FERRY}"
    other = FERRY.upper().replace("SANDBANK", "SAND\u00adBANK").replace(" ", "\u00a0 ") + " (hk/it)"
    assert the_passage(one, other) == (
        FERRY.rstrip("."),
        other.removesuffix(". (hk/it)").removesuffix(" (hk/it)").rstrip("."),
        len(tokens(FERRY)),
    )


@given(dockside_texts(20, 60))
def test_a_text_and_itself_share_one_passage_over_everything(text: str) -> None:
    link = compare_stories(Story("a", text), Story("b", f"\n{text.upper()}!"))
    words, quoted = len(tokens(text)), int((~analyse([text]).narrated).sum())
    stop = int(analyse([text]).stops[-1])
    start = int(analyse([text]).starts[0])
    kind = "narrated" if 2 * (words - quoted) >= words else "quoted"
    assert link.passages == (Passage(start, stop, start + 1, stop + 1, words, kind),)
    assert (link.relation, link.shared_words, link.quoted_words) == ("copy", words - quoted, quoted)
    assert (link.jaccard, link.containment, link.share, link.passage_share, link.likeness) == (1.0,) * 5
