"""Relations: which pairs are copies, versions, in part the same, or not linked; and the sentence that says why."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from edited import invented
from storyclust import Link, Profile, Settings, Story, cluster_stories, compare_stories, learn_profile
from storyclust.errors import UnknownStoryError
from straits import STRAITS
from strategies import CHESS, FERRY, HEAD, LIBRARY, NEWS, NOTICE, ORCHARD, TAIL, THEATRE, TUNNEL, stories_of, twin_words

# A corpus that knows which words are rare, and none of the pairs compared here.
PROFILE = learn_profile(STRAITS)
NEVER = 1_000_000


def link_of(one: str, other: str, **chosen: Any) -> Link:
    return compare_stories(Story("a", one), Story("b", other), Settings(**chosen), PROFILE)


def own_words(number: int, count: int) -> str:
    """So many words that stand nowhere else."""
    return " ".join(invented(10_000 * (number + 1) + word) for word in range(count))


# What each relation asks

# Two versions of one event: whole sentences taken over, others written anew.
FULL = f"{HEAD} {TAIL} {FERRY}"
VERSION = f"{own_words(1, 30)}. {HEAD} {own_words(2, 50)}"


@pytest.mark.parametrize(
    ("threshold", "figure", "beside", "met", "missed"),
    [
        ("sentence_words", "longest_narrated", {"partial_words": NEVER}, "version", None),
        ("partial_words", "shared_words", {"sentence_words": NEVER}, "version", None),
        ("version_share", "share", {}, "version", "partial"),
        ("alike", "likeness", {}, "version", "partial"),
        ("copy_share", "passage_share", {}, "copy", "version"),
    ],
)
def test_a_threshold_met_exactly_is_met(
    threshold: str, figure: str, beside: dict[str, Any], met: str, missed: str | None
) -> None:
    reached = getattr(link_of(FULL, VERSION), figure)
    assert reached > 0
    above = reached + 1 if isinstance(reached, int) else math.nextafter(reached, 2)
    exactly, short = (link_of(FULL, VERSION, **beside, **{threshold: value}) for value in (reached, above))
    assert (exactly.relation, short.relation) == (met, missed)


@given(st.integers(5, 90), st.integers(0, 120), st.integers(0, 300))
@hypothesis_settings(max_examples=60)
def test_the_relation_follows_from_the_figures(taken: int, own: int, more: int) -> None:
    """The first so many words of a story, in a page with words of its own, beside the story and more."""
    story = f"{HEAD} {TAIL}"
    page = f"{' '.join(story.split()[:taken])} {own_words(1, own)}"
    link = link_of(page, f"{story} {own_words(2, more)}")
    told = link.longest_narrated >= 24 or link.shared_words >= 36
    good_part = link.share >= 0.2 and link.likeness >= Settings().alike
    if taken + own < 20:
        assert link.relation is None
    elif link.passage_share >= 0.55 and good_part and taken >= 14:
        assert link.relation == "copy"
    elif told and good_part:
        assert link.relation == "version"
    else:
        assert link.relation == ("partial" if told else None)
    assert link.shared_words == (taken if taken >= 7 else 0)


@pytest.mark.parametrize("text", [HEAD, f"{HEAD} {TAIL}", " ".join(FERRY.split()[:40])])
def test_a_brief_of_a_full_story_is_a_copy(text: str) -> None:
    full = f"{text} {TAIL if text is HEAD else ''} The harbour master will hear the skippers of the fleet on Friday."
    assert link_of(text, full).relation == "copy"
    assert link_of(full, text).relation == "copy"


@pytest.mark.parametrize("name", list(NEWS)[2:])
def test_an_item_inside_a_round_up_is_partial(name: str) -> None:
    """The first quarter of a round-up might be the beginning of a story, of which a brief is a copy."""
    round_up = "\n\n".join([*NEWS.values(), HEAD, TAIL, NOTICE])
    assert link_of(NEWS[name], round_up).relation == "partial"


def test_a_sentence_taken_over_makes_a_page_partial() -> None:
    sentence = LIBRARY.split(";", maxsplit=1)[0]
    link = link_of(f"{CHESS} {sentence} {ORCHARD}", f"{LIBRARY} {TUNNEL} {THEATRE}", version_share=0.9)
    assert link.relation == "partial"
    assert link.shared_words == link.longest_narrated == len(twin_words(sentence))


# What is no link


@given(st.integers(1, 4), st.integers(20, 250), st.integers(8, 60), st.sampled_from(["“”", "«»", "„“", '""']))
@hypothesis_settings(max_examples=40)
def test_quotations_alone_never_link_however_many_and_long(count: int, words: int, own: int, marks: str) -> None:
    quotations = [f"{marks[0]}{own_words(5 + number, words)}{marks[1]}" for number in range(count)]
    one, other = (
        " ".join(f"{own_words(10 * side + number, own)} {said}." for number, said in enumerate(quotations))
        for side in (1, 2)
    )
    link = link_of(one, other)
    assert (link.relation, link.shared_words, link.quoted_words) == (None, 0, count * words)
    assert {passage.kind for passage in link.passages} == {"quoted"}
    result = cluster_stories([Story("a", one), Story("b", other), *stories_of(NEWS)])
    assert all(len(cluster) == 1 for cluster in result)


REPORT = (
    "Shares in {} closed {} on {}, with the index of forty companies {} {} points, or {} per cent, to end the session "
    "at {}. Turnover came to {} million crowns in {} trades. The crown bought {} of the northern mark late in the "
    "afternoon, against {} the day before, and oil for delivery in {} stood at {} marks a barrel."
)
FIGURES = st.integers(11, 9_999).map(str)


@given(st.lists(FIGURES, min_size=20, max_size=20, unique=True))
@hypothesis_settings(max_examples=40)
def test_a_template_filled_with_other_figures_is_no_link(figures: list[str]) -> None:
    words = (("Lannow", "higher", "Monday", "gaining"), ("Delmora", "lower", "Friday", "losing"))
    one, other = (
        REPORT.format(*own, *numbers[:7], ("March", "May")[side], *numbers[7:8])
        for side, (own, numbers) in enumerate(zip(words, (figures[:10], figures[10:]), strict=True))
    )
    assert link_of(one, other).relation is None


@given(FIGURES, st.integers(0, 2))
def test_a_corrected_figure_leaves_a_copy(figure: str, place: int) -> None:
    numbers = ["212", "2026", "41"]
    text = FERRY + " The hull, built in {}, carries {} plates; {} of them are torn."
    corrected = [*numbers[:place], figure, *numbers[place + 1 :]]
    assert link_of(text.format(*numbers), text.format(*corrected)).relation == "copy"


CATCH = ("herring", "cod", "saithe", "plaice", "ling", "turbot", "mackerel", "whiting", "haddock", "hake")


def landings(figures: list[int], heading: str = "Landings at the fleet's harbours by kind") -> str:
    """A table: for each fish the tonnes landed this week, the week before and a year before."""
    rows = [figures[place : place + 3] for place in range(0, 3 * len(CATCH), 3)]
    lines = [
        f"{fish} tonnes {' '.join(f'{figure / 100:.2f}' for figure in row)}"
        for fish, row in zip(CATCH, rows, strict=True)
    ]
    return f"{heading}, in thousands of tonnes, as counted by the board on Friday, are as follows. {' '.join(lines)}"


tables = st.lists(st.integers(1_000, 99_999), min_size=60, max_size=60, unique=True)


@given(tables, st.integers(0, 30))
@hypothesis_settings(max_examples=40)
def test_a_table_is_its_figures(figures: list[int], renewed: int) -> None:
    old, new = figures[:30], [*figures[30 : 30 + renewed], *figures[renewed:30]]
    link = link_of(landings(old), landings(new, "Fish brought into the harbours of the fleet, kind by kind"))
    if renewed == 0:
        assert link.relation == "copy"
    elif renewed >= 12:
        assert link.relation is None


def test_a_table_is_told_by_the_figures_that_are_missing() -> None:
    old, new = (landings(list(range(first, first + 30 * 137, 137))) for first in (1_011, 60_017))
    assert "but they are tables of other figures: the longer lacks " in link_of(old, new).reason


def test_statistics_kept_up_to_date_are_versions() -> None:
    """Many figures stay and some are renewed, one for fewer than 24 words."""
    line = (
        "In {} the parish of {} had {} hearths, {} of them on the north shore, and paid for {} boats; the register "
        "of {} names {} masters and the one of {} counts {} more."
    )
    rows = [[1600 + 7 * row, invented(row), *(row * 31 + step * 17 + 203 for step in range(7))] for row in range(8)]
    old = " ".join(line.format(*row) for row in rows)
    new = " ".join(line.format(*row[:-1], row[-1] + 5) for row in rows)
    assert link_of(old, new).relation == "copy"


def test_a_notice_is_no_copy_of_another_bank_s_notice() -> None:
    notice = "{} said it is raising its prime rate to 7-3/4 per cent from 7-1/2 per cent, effective {}."
    one = notice.format("Dunmarrow Savings and Loan, the largest in Pellam,", "today")
    other = notice.format("The Harbourmen's Trust, main branch of Tidewater Holdings,", "on Monday")
    link = link_of(one, other, alike=0.1)
    assert link.relation is None
    assert link.reason.endswith("which is less than a sentence and less than most of the shorter")
    assert link_of(one, one.replace("the largest in Pellam,", "")).relation == "copy"


@pytest.mark.parametrize("wordless", ["", " ", "\n", "“”", "—"])
def test_a_wordless_story_is_linked_with_nothing(wordless: str) -> None:
    for other in (FERRY, wordless + " ", ""):
        assert link_of(wordless, other).relation is None


# The sentence that says why


def reasons() -> dict[str, tuple[str, str, dict[str, Any], str]]:
    """Pairs, settings and the sentence, but for numbers."""
    said = " ".join(CHESS.split()[:20])
    quoting = [f"{' '.join(text.split()[:20])} “{said}”" for text in (FERRY, LIBRARY)]
    sentence = " ".join(TUNNEL.split()[:30])
    phrase = " ".join(TUNNEL.split()[:10])
    two = f"{FERRY} {LIBRARY}"
    head, library = len(twin_words(HEAD)), len(twin_words(LIBRARY))
    return {
        "equal": (FERRY, FERRY.upper(), {}, "copy: the same 69 words"),
        "copy": (
            FERRY,
            f"{FERRY} {' '.join(CHESS.split()[:20])}",
            {},
            "copy: 69 of the shorter story's 69 narrated words; passages hold 100% of it",
        ),
        "version": (
            FULL,
            VERSION,
            {},
            f"version: {head} of the shorter story's {head + 80} narrated words ({head / (head + 80):.0%}), and they "
            "tell of one thing",
        ),
        "partial": (
            f"{FERRY} {sentence}",
            f"{LIBRARY} {CHESS} {sentence}",
            {"version_share": 0.9},
            "partial: 30 of the shorter story's 99 narrated words (30%)",
        ),
        "strangers": (FERRY, LIBRARY, {}, "not linked: they share no passage of 7 words"),
        "short": (
            FERRY,
            "The ferry sank.",
            {},
            "not linked: one has 3 words, and stories of fewer than 20 stand alone",
        ),
        "quotations": (
            quoting[0],
            quoting[1],
            {},
            "not linked: they share 20 words, 20 of them quotations; a link needs 24 narrated words in one passage, "
            "or 36 in several",
        ),
        "phrase": (
            f"{FERRY} {phrase}",
            f"{LIBRARY} {phrase}",
            {},
            f"not linked: they share 10 of the shorter story's {library + 10} narrated words; a link needs 24 narrated "
            "words in one passage, or 36 in several",
        ),
        "unlike": (
            " ".join(FERRY.split()[:20]),
            two,
            {"alike": 1.0},
            "not linked: they share 20 of the shorter story's 20 narrated words, but the rest tells of something else",
        ),
    }


@pytest.mark.parametrize("kind", reasons())
def test_the_reason_says_why(kind: str) -> None:
    one, other, chosen, reason = reasons()[kind]
    assert link_of(one, other, **chosen).reason == reason


def test_a_template_is_told_by_its_figures() -> None:
    one = REPORT.format("Lannow", "higher", "Monday", "gaining", *(11, 12, 13, 14, 15, 16, 17), "March", 18)
    other = REPORT.format("Delmora", "lower", "Friday", "losing", *(21, 22, 23, 24, 25, 26, 27), "May", 28)
    reason = link_of(one, other).reason
    assert reason.startswith("not linked: they share ")
    assert reason.endswith("as in a template")


def test_captions_and_credits_are_told() -> None:
    line = "Photograph by Runa Eskil of the Corvane Telegraphic Service, all rights reserved, no use without consent"
    link = link_of(f"{FERRY}\n{line}\n", f"{LIBRARY}\n{line}\n")
    assert link.relation is None
    assert link.shared_words == 0
    assert "of them captions, credits and site lines" in link.reason


def test_explain_knows_what_the_corpus_taught() -> None:
    """The link that `explain` makes is the one the clustering found, by the profile of the result."""
    stories = [*STRAITS, *stories_of({"a": FULL, "b": VERSION})]
    for profile in (None, PROFILE, Profile.empty()):
        result = cluster_stories(stories, profile=profile)
        links = list(result.links())
        assert len(links) > 10
        assert all(
            result.explain(link.id_a, link.id_b) == link == result.explain(link.id_b, link.id_a) for link in links
        )
        assert result.explain("a", "b") == compare_stories(
            *stories_of({"a": FULL, "b": VERSION}), profile=result.profile
        )
    likenesses = {
        compare_stories(*stories_of({"a": FULL, "b": VERSION}), profile=profile).likeness
        for profile in (Profile.empty(), PROFILE)
    }
    assert len(likenesses) == 2


def test_explain_uses_the_settings_of_the_result() -> None:
    stories = stories_of({"a": FULL, "b": VERSION, **NEWS})
    for chosen, relation in (({}, "version"), ({"version_share": 0.9}, "partial"), ({"copy_share": 0.2}, "copy")):
        result = cluster_stories(stories, settings=Settings(**chosen))  # type: ignore[arg-type]
        assert result.explain("a", "b").relation == relation
    with pytest.raises(UnknownStoryError):
        result.explain("a", "c")


# Which of the two looks like the source

EARLY, LATE = (f"2026-03-1{day}T08:00:00+00:00" for day in (1, 2))
LONG, CUT = f"{FERRY} {LIBRARY}", FERRY


def dated(id: str, text: str, when: str | None = None, source: str | None = None) -> Story:
    from storyclust import parse_date

    return Story(id, text, source=source, published=parse_date(when) if when else None)


ORIGINS = {
    "credited": (dated("a", LONG, LATE, "Corvane Wire"), dated("b", f"(Corvane Wire) {CUT}", EARLY), "a", "credited"),
    "credited at the end": (dated("a", LONG, None, "Wire"), dated("b", f"{LONG} {CHESS} With WIRE."), "a", "credited"),
    "both credited": (
        dated("a", f"(Echo) {LONG}", EARLY, "Wire"),
        dated("b", f"(Wire) {LONG}", LATE, "Echo"),
        "a",
        "earlier",
    ),
    "part of a name": (dated("a", LONG, LATE, "Wire"), dated("b", f"Wireless news: {LONG}", EARLY), "b", "earlier"),
    "told of in the middle": (
        dated("a", LONG, LATE, "Wire"),
        dated("b", f"{LONG} The Wire was cut. {LIBRARY} {CHESS}", EARLY),
        "b",
        "earlier",
    ),
    "of one outlet": (dated("a", LONG, LATE, "Wire"), dated("b", f"(Wire) {LONG}", EARLY, "Wire"), "b", "earlier"),
    "earlier": (dated("a", LONG, EARLY), dated("b", f"{LONG} Fog fell.", LATE), "a", "earlier"),
    "earlier, but cut": (dated("a", LONG, LATE), dated("b", CUT, EARLY), None, None),
    "later and cut": (dated("a", LONG, EARLY), dated("b", CUT, LATE), "a", "earlier"),
    "more complete": (dated("a", CUT), dated("b", LONG), "b", "more complete"),
    "more complete at one time": (dated("a", CUT, EARLY), dated("b", LONG, EARLY), "b", "more complete"),
    "one undated": (dated("a", CUT, EARLY), dated("b", LONG), "b", "more complete"),
    "no sign": (dated("a", LONG), dated("b", f"{LONG} Fog fell."), None, None),
    "not linked": (dated("a", LONG, EARLY), dated("b", CHESS, LATE), None, None),
}


@pytest.mark.parametrize("kind", ORIGINS)
def test_the_source_is_told_by_its_signs_whichever_comes_first(kind: str) -> None:
    one, other, origin, sign = ORIGINS[kind]
    link = compare_stories(one, other, profile=PROFILE)
    assert (link.origin, link.origin_sign) == (origin, sign)
    assert compare_stories(other, one, profile=PROFILE) == link
    renamed = compare_stories(replace(one, id="b"), replace(other, id="a"), profile=PROFILE)
    assert (renamed.origin, renamed.origin_sign) == ({None: None, "a": "b", "b": "a"}[origin], sign)
