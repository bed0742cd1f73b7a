"""What the lines of a page are: the rules one by one, and on the newsroom, where it is known what every word is."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyclust import DataError, Settings, Story, cluster_stories, compare_stories, load_newsroom
from storyclust.errors import SettingsError
from storyclust.newsroom.strategies import newsroom_stories
from storyclust.rules import COLUMNS, PARTS, Rule, load_rules, read_rules
from storyclust.text.rules import compile_rules, own_rules
from storyclust.text.words import analyse
from storyclust.text.words_kernels import CAPTION, CLUTTER, CREDIT, POSTED, QUOTED, TOLD
from strategies import ORCHARD, twin_words

LEAD = "The night ferry ran aground off Halmstrand on Tuesday and everyone was brought ashore."


def kinds_of(line: str, *, after: str = LEAD) -> set[int]:
    """What the words of a line are that stands on a page after another line and before a third."""
    page = f"{after}\n{line}\nDivers found a gash of four metres in the hull."
    analysed = analyse([page])
    start, count = len(twin_words(after)), len(twin_words(line))
    return set(analysed.kinds[start : start + count].tolist())


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("The ferry on the bank. (AP Photo/Lena Fiorsk)", CAPTION),
        ("Divers at the quay on Tuesday. Photograph: Jun Halvers/Quillon Wire", CAPTION),
        ("FILE - In this May 4 picture the ferry leaves Orrevik", CAPTION),
        ("Пассажиры на причале. Фото: Вера Тамм", CAPTION),
        ("By Lena Fiorsk and Jun Halvers", CREDIT),
        ("(Reporting by Lena Fiorsk; editing by Marit Osk)", CREDIT),
        ("© 2026 Halmstrand Post. All rights reserved.", CREDIT),
        ("Sign up for our newsletter and read the harbour news over breakfast.", CLUTTER),
        ("Advertisement", CLUTTER),
        ("The fog was thick as wool, and so was I — Sven (@sventhepilot) March 10, 2026", POSTED),
        ("Home\nSport\nTide tables\nJobs", CLUTTER),
        # What looks like one of these, and tells the story.
        ("The photographer said that she had seen nobody on deck before the ship struck.", TOLD),
        ("By midnight the last of the passengers had been counted and given soup.", TOLD),
        ("Subscribers to the ferry company's bonds will be asked to wait, the receiver said.", TOLD),
        ("She wrote to harbour@halmstrand.example and had no answer until the Thursday after that", TOLD),
        ("Home\nSport", TOLD),
        ("and the storm had\nmoved off to the\nnorth by then with\nall its rain", TOLD),
    ],
)
def test_lines_are_told_apart(line: str, kind: int) -> None:
    assert kinds_of(line) == {kind}


def test_a_signature_makes_the_line_before_it_a_post() -> None:
    signature = "— Sven Orbeck (@sventhepilot) March 10, 2026"
    analysed = analyse([f"{LEAD}\nThe fog was thick as wool and so was I\n{signature}\nHe was found at noon."])
    told = Counter(analysed.kinds.tolist())
    assert told == {TOLD: 14 + 5, POSTED: 9 + 7}


def test_a_text_of_one_line_and_a_page_of_short_lines_alone_are_stories() -> None:
    assert set(analyse(["Photograph by Jun Halvers/Quillon Wire"]).kinds.tolist()) == {TOLD}
    assert set(analyse(["Fog on the sound\nA bell\nNobody answers\nMorning"]).kinds.tolist()) == {TOLD}


# The twin: rules tried one by one on lists of words


RULES = [rule for rule in own_rules() if rule.place not in PARTS]
PHRASES = [[word.folded for word in twin_words(rule.phrase)] for rule in RULES]
NAMED = {"caption": CAPTION, "credit": CREDIT, "clutter": CLUTTER}


def twin_kind(line: str) -> int:
    words = [word.folded for word in twin_words(line)]
    ended = line.rstrip()[-1] in ".!?…。！？؟۔।"
    for place in range(len(words)):
        for rule, phrase in zip(RULES, PHRASES, strict=True):
            wanted = {
                "anywhere": True,
                "start": place == 0 and len(words) > len(phrase),
                "tail": place >= len(words) - 10,
                "whole": words == phrase,
            }
            fits = words[place : place + len(phrase)] == phrase and len(words) <= rule.most
            if fits and wanted[rule.place] and not (rule.ended == "no" and ended):
                return NAMED[rule.kind]
    return TOLD


def twin_kinds(lines: list[str]) -> list[int]:
    """The kind of each word of a page of lines without quotation marks and at signs."""
    if len(lines) < 2:
        return [TOLD for line in lines for _ in twin_words(line)]
    kinds = [twin_kind(line) for line in lines]
    short = [
        len(twin_words(line)) <= 9 and not line.strip()[0].islower() and line.strip()[-1] not in ".!?…。！？؟۔।)）;"
        for line in lines
    ]
    runs = [[*run] for is_short, run in groupby(range(len(lines)), short.__getitem__) if is_short]
    menus = {line for run in runs if len(run) >= 3 for line in run}
    if any(kind <= POSTED for line, kind in enumerate(kinds) if line not in menus):
        kinds = [CLUTTER if line in menus else kind for line, kind in enumerate(kinds)]
    return [kind for line, kind in zip(lines, kinds, strict=True) for _ in twin_words(line)]


PLAIN_LINES = [
    line
    for story in load_newsroom().stories
    for line in story.text.split("\n")
    if re.search(r"^\s*\w", line) and not set('"“”«»《》〝〞„「」『』@') & set(line)
]


@given(st.lists(st.sampled_from(range(len(PLAIN_LINES))), max_size=12))
def test_kinds_are_those_the_rules_give_one_by_one(chosen: list[int]) -> None:
    lines = [PLAIN_LINES[number] for number in chosen]
    assert analyse(["\n".join(lines)]).kinds.tolist() == twin_kinds(lines)


@given(newsroom_stories())
def test_kinds_change_no_word_and_no_offset(story: Story) -> None:
    analysed = analyse([story.text])
    twins = twin_words(story.text)
    assert analysed.starts.tolist() == [word.start for word in twins]
    assert analysed.narrated.tolist() == (analysed.kinds == TOLD).tolist()


@given(st.permutations(range(6)))
def test_a_page_is_analysed_alike_in_any_company(order: list[int]) -> None:
    texts = [story.text for story in load_newsroom().stories[40:46]]
    alone = [analyse([text]).kinds.tolist() for text in texts]
    together = analyse([texts[number] for number in order])
    found = [
        together.kinds[start:stop].tolist()
        for start, stop in zip(together.first_word[:-1], together.first_word[1:], strict=True)
    ]
    assert found == [alone[number] for number in order]


def test_the_newsroom_is_told_apart() -> None:
    """Hardly a word of any story is lost, every quotation is found, and half of what the sites add."""
    newsroom = load_newsroom()
    analysed = analyse([story.text for story in newsroom.stories])
    seen: Counter[tuple[str, int]] = Counter()
    for number, story in enumerate(newsroom.stories):
        spans = newsroom.truth[story.id].spans
        words = slice(analysed.first_word[number], analysed.first_word[number + 1])
        for start, kind in zip(analysed.starts[words].tolist(), analysed.kinds[words].tolist(), strict=True):
            span = next(span for span in spans if start < span.stop)
            seen[span.kind, kind] += 1

    def share(true: str, *found: int) -> float:
        return sum(seen[true, kind] for kind in found) / sum(count for (kind, _), count in seen.items() if kind == true)

    assert share("narrated", TOLD) >= 0.999
    assert share("quoted", QUOTED) == 1.0
    assert share("caption", CAPTION) >= 0.88
    assert share("post", POSTED) >= 0.55
    assert share("clutter", CAPTION, CREDIT, CLUTTER) >= 0.45


def test_a_shared_caption_alone_links_nothing() -> None:
    caption = (
        "Grower Maud Ellery looks over blossom killed by frost above the Sarne in April. Photograph: Jun Halvers/QW"
    )
    pages = [f"{text}\n{caption}\n{text}" for text in (LEAD, "Pupils brought a petition to the library at Brennick.")]
    link = compare_stories(Story("a", pages[0] + "\n" + ORCHARD), Story("b", pages[1]))
    assert (link.relation, link.shared_words, link.quoted_words) == (None, 0, 0)
    assert [passage.kind for passage in link.passages] == ["caption"]


def test_pages_that_hold_no_story_stand_alone() -> None:
    wall = "This page is for subscribers only and so is the next.\nLog in\nSubscribe\nContact us\nPrivacy policy\n"
    pages = [Story(id, wall + "We use cookies to remember that you were here before.\n" * 4) for id in "ab"]
    result = cluster_stories(pages)
    assert [cluster.members for cluster in result] == [("a",), ("b",)]
    assert "beside captions, credits and site lines" in result.clusters[0].reason


# The table of rules


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("caption\ttail\t60\tno\ten", "mine.tsv:2: 5 columns; expected kind, place, most, ended, language, phrase"),
        (
            "headline\ttail\t60\tno\ten\tphoto",
            "mine.tsv:2: kind is 'headline'; expected one of caption, credit, clutter, story, quotation",
        ),
        (
            "caption\tend\t60\tno\ten\tphoto",
            "mine.tsv:2: place is 'end'; expected one of anywhere, start, tail, whole, dateline, dated, dialogue",
        ),
        ("caption\ttail\tten\tno\ten\tphoto", "mine.tsv:2: most is 'ten'; expected how many words the line may have"),
        ("caption\ttail\t0\tno\ten\tphoto", "mine.tsv:2: most is 0; expected how many words the line may have"),
        ("caption\ttail\t60\tno\ten\t-", "mine.tsv:2: the phrase is '-'; expected at least one word"),
        ("caption\ttail\t60\tyes\ten\tphoto", "mine.tsv:2: ended is 'yes'; expected one of any, no"),
    ],
)
def test_a_rule_that_cannot_be_read_says_where_and_why(row: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_rules(f"# mine\n{row}\n", "mine.tsv")
    assert str(caught.value).startswith(message)


def test_every_rule_of_the_library_has_a_phrase() -> None:
    rules = compile_rules(())
    assert len(rules.rules) == len(own_rules())
    assert (rules.rules[:, 5] > rules.rules[:, 4]).all()
    assert len(rules.phrase_words) == rules.rules[-1, 5]


def test_own_rules_add_to_the_librarys_and_can_keep_a_line(tmp_path: Path) -> None:
    page = f"{LEAD}\nOur autumn raffle is drawn on Sunday.\nSign up for the lifeboat if you can row.\n{ORCHARD}"
    path = tmp_path / "mine.tsv"
    path.write_text(
        "# ours\nclutter\tanywhere\t20\tany\ten\tautumn RAFFLE\nstory\tanywhere\t20\tany\ten\tthe lifeboat\n", "utf-8"
    )
    kinds = [set(analyse([page], rules).kinds[14:29].tolist()) for rules in ((), load_rules(path))]
    assert kinds == [{TOLD, CLUTTER}, {TOLD, CLUTTER}]
    plain, ours = (analyse([page], rules).kinds for rules in ((), load_rules(path)))
    assert plain[14:21].tolist() == [TOLD] * 7
    assert ours[14:21].tolist() == [CLUTTER] * 7
    assert plain[21:30].tolist() == [CLUTTER] * 9
    assert ours[21:30].tolist() == [TOLD] * 9


def test_rules_go_through_settings_and_files_unchanged(tmp_path: Path) -> None:
    rows = ("clutter\tanywhere\t20\tany\ten\tautumn raffle", "story\twhole\t9\tno\tde\tFoto")
    settings = Settings(rules=rows)
    assert [rule.row for rule in settings.rules] == list(rows)
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings
    assert Settings(rules=settings.rules) == settings
    for wrong in ("clutter", 3, [3]):
        with pytest.raises(SettingsError, match=r"^rules is .*; expected several rules"):
            Settings(rules=wrong)
    with pytest.raises(SettingsError, match=r"^rules is .*; rule: 1 columns; expected kind, place, "):
        Settings(rules=("clutter",))
    with pytest.raises(FileNotFoundError, match=r"^no such file: .*nowhere.tsv; expected a file of rules"):
        load_rules(tmp_path / "nowhere.tsv")


def test_a_rule_that_was_never_written_down_is_checked_too() -> None:
    for wrong in (("photo", "tail", 60), ("caption", "end", 60), ("caption", "tail", "60"), ("caption", "tail", True)):
        with pytest.raises(DataError, match="expected"):
            Rule(*wrong, "no", "en", "courtesy photo")


@given(st.sampled_from(own_rules()))
def test_a_rule_reads_back_from_its_row(rule: Rule) -> None:
    assert Rule.read(rule.row) == rule
    assert len(rule.row.split("\t")) == len(COLUMNS)
