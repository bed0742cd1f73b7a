"""Pages taken apart: every character is somewhere, a page of one story stays whole, odd pages harm nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import storyclust as sc
from storyclust import errors
from storyclust.cli import main
from storyclust.pages.dates import printed_date
from storyclust.pages.lines import read_lines

SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"

LINES = (
    *("Fog shuts the harbour of Marrek", "Second day of fog at Marrek", "Home", "Posted on 9 March 2026"),
    *("By Ilse Brandt", "Continue Reading", "-----", "* * *", "Most read", "From: The Desk", "Subject: Fog at sea"),
    *(
        "MARREK (AP) — The harbour was closed by fog for a second day, said its master on Monday morning.",
        "",
        " ",
        "\r",
    ),
    *("(Marrek Courier)", "© 2026 Marrek Courier", "Photo by Ilse Brandt / Courier", "12 14 15 18", "。", "\ud800"),
    "The harbour of Marrek was closed by fog for another day, and sixty boats lay idle, said its master. " * 4,
)
PAGES = st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=40)), max_size=40).map("\n".join)


def pieces(page: sc.Page) -> list[tuple[int, int]]:
    found = [(each.start, each.stop) for each in (*page.stories, *page.dropped)]
    return sorted(found)


@given(PAGES)
@settings(max_examples=150, deadline=None)
def test_stories_and_what_was_dropped_are_the_whole_page(text: str) -> None:
    page = sc.split_page(text, name="p")
    bounds = [0, *(stop for _, stop in pieces(page))]
    assert [start for start, _ in pieces(page)] == bounds[:-1]
    assert bounds[-1] == len(text)
    assert all(start < stop for start, stop in pieces(page))
    for number, found in enumerate(page.stories, 1):
        assert found.story.text == text[found.start : found.stop]
        assert found.story.id == f"p-{number}"
    # What is called blank is, and whatever has a letter is told of.
    for each in page.dropped:
        assert (each.reason == "blank") == (not text[each.start : each.stop].strip())
    assert sc.split_page(text, name="p") == page


@given(PAGES)
@settings(max_examples=50, deadline=None)
def test_line_ends_of_another_system_make_no_other_stories(text: str) -> None:
    text = text.replace("\r", "")
    told = [found.story.text.split() for found in sc.split_page(text).stories]
    assert [found.story.text.split() for found in sc.split_page(text.replace("\n", "\r\n")).stories] == told


def test_an_empty_page_has_no_story() -> None:
    assert sc.split_page("").stories == sc.split_page("").dropped == ()
    assert [each.reason for each in sc.split_page(" \n\n").dropped] == ["blank"]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (None, "page", "the page is NoneType None; expected its text"),
        (b"fog", "page", "the page is bytes b'fog'; expected its text"),
        ("fog", "", "the name of the page is ''; expected text that the ids"),
        ("fog", 7, "the name of the page is 7; expected text that the ids"),
    ],
)
def test_what_is_no_page_is_named(text: Any, name: Any, message: str) -> None:
    with pytest.raises(errors.UsageError, match=message):
        sc.split_page(text, name=name)


@pytest.mark.parametrize(
    "unit",
    [
        "fog ",
        "fog. ",
        "Fog at sea again\n",
        "-",
        "\n",
        "\0",
        "\ud800",
        "Date: ",
        "- " * 30 + "\n",
        "9 March 2026 ",
        "雾",
        "F",
    ],
    ids=repr,
)
def test_time_is_linear(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * (length // len(unit) + 1))[:length]
        begun = time.process_time()
        page = sc.split_page(text)
        assert sum(stop - start for start, stop in pieces(page)) == length
        return time.process_time() - begun

    seconds(1000)
    assert seconds(200_000) < 25 * max(seconds(20_000), 0.01)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Posted on January 5, 2026 by admin", "2026-01-05 00:00"),
        ("Publié le 5 janvier 2026 à 14:02", "2026-01-05 14:02"),
        ("Veröffentlicht am 5. März 2026", "2026-03-05 00:00"),
        ("5 de marzo de 2026", "2026-03-05 00:00"),
        ("نشر في 5 مارس 2026", "2026-03-05 00:00"),
        ("发布时间：2026年3月5日 08:30", "2026-03-05 08:30"),
        ("2026년 3월 5일", "2026-03-05 00:00"),
        ("Mon, 05 Jan 2026 08:37:26 -0400", "2026-01-05 12:37"),
        ("05.03.2026", "2026-03-05 00:00"),
        ("16/03/2026 | 7:15 pm", "2026-03-16 19:15"),
        ("5 March 2026, 25:99", "2026-03-05 00:00"),
    ],
)
def test_dates_are_read_in_many_languages(line: str, day: str) -> None:
    date = printed_date(line)
    assert date is not None
    assert date.moment is not None
    assert f"{date.moment:%Y-%m-%d %H:%M}" == day


@pytest.mark.parametrize("line", ["07/01/2026", "31 February 2026", "99.99.2026"])
def test_a_date_that_is_not_certain_is_none(line: str) -> None:
    date = printed_date(line)
    assert date is not None
    assert date.moment is None


@pytest.mark.parametrize("line", ["", "The May ball of 2026", "12345678901", "Chapter 5.3"])
def test_what_is_no_date(line: str) -> None:
    assert printed_date(line) is None


def test_lines_broken_at_a_fixed_width_are_one() -> None:
    words = [
        "the",
        "harbour",
        "of",
        "Marrek",
        "was",
        "closed",
        "by",
        "fog",
        "again",
        "and",
        "sixty",
        "boats",
        "lay",
        "idle",
        "said",
        "its",
        "master",
    ]
    broken, line = [], ""
    for word in words * 3:
        if len(line) + len(word) + 1 > 60:
            broken.append(line)
            line = ""
        line = f"{line} {word}".strip()
    text = "\n".join([*broken, line, "", "Another line"])
    assert len(read_lines(text)) == 2


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return run


POST = "{title}\nPosted on {day} March 2026\n\n{text}\nContinue Reading\n\n"
FOG = (
    "The harbour of Marrek was closed by fog for another day, and sixty boats lay idle at the old quay. Its master "
    "said that nobody would sail before the evening tide. The lifeboat stood by, the market had no fish, and the "
    "school at the point sent its children home by the long road over the dunes, as it does every year in March."
)
GULLS = (
    "A gull that steals ice cream has been given a name by the town of Ostrel, and a plate of its own at the pier. "
    "The council hopes that it will leave the guests alone from now on. Two shops have put up signs, a painter sells "
    "its portrait, and the children of the town have written a song that the bird is said to dislike very much."
)
ROLL = POST.format(title="Fog shuts the harbour of Marrek", day=9, text=FOG) + POST.format(
    title="Town of Ostrel names its worst gull", day=11, text=GULLS
)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_command_writes_stories_and_what_was_dropped(run: Run, tmp_path: Path) -> None:
    page, stories, dropped = tmp_path / "roll.txt", tmp_path / "stories.jsonl", tmp_path / "dropped.jsonl"
    page.write_text(ROLL, encoding="utf-8")
    status, _, err = run("split", page, "-o", stories, "--dropped", dropped)
    assert status == 0, err
    assert err.splitlines() == [
        "1 page: 2 stories",
        f"4 words dropped (menu 4); written to {dropped}",
    ]
    assert [(row["id"], row["title"], row["published"], row["page"]) for row in rows(stories)] == [
        ("roll-1", "Fog shuts the harbour of Marrek", "2026-03-09T00:00:00+00:00", "roll"),
        ("roll-2", "Town of Ostrel names its worst gull", "2026-03-11T00:00:00+00:00", "roll"),
    ]
    joined = sorted([*rows(stories), *rows(dropped)], key=lambda row: row["start"])
    assert "".join(row["text"] for row in joined) == ROLL
    for name, table in (("page-story", stories), ("dropped", dropped)):
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
        for row in rows(table):
            jsonschema.validate(row, schema)
            for missing in row:
                spoilt = {name: value for name, value in row.items() if name != missing}
                assert not jsonschema.Draft202012Validator(schema).is_valid(spoilt)
    # The stories are stories to the other commands.
    assert [located.story.title for located in sc.StoryReader(stories)] == [row["title"] for row in rows(stories)]


def test_pages_may_be_records(run: Run, tmp_path: Path) -> None:
    page, stories = tmp_path / "pages.jsonl", tmp_path / "stories.csv"
    record = {"id": 7, "text": ROLL, "source": "Marrek Courier", "date": "2026-03-12"}
    page.write_text(json.dumps(record), encoding="utf-8")
    assert run("split", page, "-o", stories, "--quiet") == (0, "", "")
    found = [located.story for located in sc.StoryReader(stories)]
    assert [(story.id, story.source) for story in found] == [("7-1", "Marrek Courier"), ("7-2", "Marrek Courier")]
    assert [story.published and story.published.day for story in found] == [9, 11]


def test_pages_of_one_name_are_refused(run: Run, tmp_path: Path) -> None:
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "page.txt").write_text(ROLL, encoding="utf-8")
    status, _, err = run("split", tmp_path / "a" / "page.txt", tmp_path / "b" / "page.txt", "-o", tmp_path / "s.jsonl")
    assert status == 1
    assert "another page has given a story the id 'page-1'; expected pages of different names" in err
    assert not (tmp_path / "s.jsonl").exists()
    assert run("split", tmp_path, "-o", tmp_path / "s.jsonl", "--quiet")[0] == 0
    assert [row["id"] for row in rows(tmp_path / "s.jsonl")] == ["a/page-1", "a/page-2", "b/page-1", "b/page-2"]
