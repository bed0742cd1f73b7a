"""What people see: colours and widths of real terminals, evidence in context, text that must not drive them."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storyclust import Link, Settings, Story, cluster_stories, compare_stories, load_newsroom, match_stories
from storyclust.cli.evidence import CONTEXT, EITHER_END, body_of, evidence, excerpt
from storyclust.cli.glance import glance, look_at
from storyclust.cli.printable import one_line, printable, printable_json
from storyclust.model import PassageKind
from storyclust.overview import ENOUGH, Notice
from straits import STRAITS

NEWS = {story.id: story for story in load_newsroom().stories}
SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3\d|9\d|38;[\d;]+)m")
STYLE = re.compile(r"\x1b\[[\d;]*m")
# What a terminal obeys: controls, of both sets, and what turns the direction of text round.
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

LEAD = (
    "The night ferry from Ostrel ran on to the sands below Marrek light a little after four on Thursday, and her two "
    "hundred passengers sat down to breakfast while the crew waited for the tide"
)
HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\x7f\u202e\u2066\r\x08"
HOSTILES = [
    Story(f"one{HOSTILE}", f"{HOSTILE}{LEAD}{HOSTILE} to lift her off again.", f"Aground{HOSTILE}", f"Echo{HOSTILE}"),
    Story(f"two{HOSTILE}", f"{LEAD}. {HOSTILE}", f"Ferry\n{HOSTILE}\nfast", f"Post{HOSTILE}"),
]
WIDE = [
    Story("宽-1", "", title="渡轮在浓雾中搁浅，两百名乘客在船上吃早餐等待涨潮" * 3, source="海峡日报"),
    Story("عبّارة", "", title="عبّارة تجنح قرب منارة مارّيك وعلى متنها مئتا راكب " * 3, source="صدى المضيق"),
    Story("e\u0301" * 12, "", title="e\u0301te\u0301 " * 40, source="Écho"),
]


def cells(line: str) -> int:
    """What a line takes of a terminal, by the Unicode database alone; a mark is part of its letter."""
    marks = ("Mn", "Me", "Mc", "Cf")
    return sum(
        0 if unicodedata.category(char) in marks else 1 + (unicodedata.east_asian_width(char) in "WF") for char in line
    )


def write_lines(path: Path, stories: list[Story]) -> Path:
    fields = ("id", "text", "title", "source")
    rows = [{name: getattr(story, name) for name in fields} for story in stories]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lines(tmp_path_factory.mktemp("wire") / "wire.jsonl", STRAITS)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lines(tmp_path_factory.mktemp("hostile") / "wire.jsonl", HOSTILES)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process, of which nothing tells about colours or widths."""
    told = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "COLORTERM", "TTY_COMPATIBLE", "PY_COLORS")
    return {name: value for name, value in os.environ.items() if name not in told} | dict(settings)


def in_terminal(columns: int, *arguments: object, **settings: str) -> str:
    """What a command shows on a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command = [sys.executable, "-m", "storyclust", *map(str, arguments)]
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment({"TERM": "xterm-256color"} | settings)
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # the other side is closed
        pass
    finally:
        os.close(ours)
    assert process.wait(60) == 0, shown.decode()
    return shown.decode().replace("\r\n", "\n")


def in_pipe(*arguments: object, **settings: str) -> tuple[str, str]:
    """What a command prints to a pipe and says to another."""
    command = [sys.executable, "-m", "storyclust", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, env=environment(settings), check=True)
    return done.stdout.decode(), done.stderr.decode()


def plain(shown: str) -> str:
    """What is left to be read of what was shown: without styles, and without a progress bar that has gone."""
    parts = re.split(r"\r|\x1b\[2K|\x1b\[1A|\x1b\[\?25[lh]", STYLE.sub("", shown))
    return "".join(part for part in parts if "━" not in part)


PAIR = ("dovrel-recall", "skarrow-echo-recall")


# Real terminals


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_nothing_is_wider_than_the_terminal(wire: Path, columns: int, tmp_path: Path) -> None:
    for shown in (
        in_terminal(columns, "explain", wire, *PAIR),
        in_terminal(columns, "cluster", wire, "-o", tmp_path / "a.jsonl"),
    ):
        assert COLOUR.search(shown)
        # The first line of a summary is left to the terminal to break.
        lines = [line for line in plain(shown).splitlines() if not line.startswith("StoryClusters: ")]
        assert len(lines) > 5
        assert max(map(cells, lines)) <= columns
        assert max(map(cells, lines)) > 0.7 * min(columns, 100)  # and uses what is there


def test_columns_go_before_the_terminal(wire: Path) -> None:
    shown = plain(in_terminal(160, "explain", wire, *PAIR, COLUMNS="50"))
    assert shown == plain(in_terminal(50, "explain", wire, *PAIR))
    assert in_pipe("explain", wire, *PAIR, COLUMNS="50")[0] == shown


def test_colour_adds_nothing_to_the_words(wire: Path) -> None:
    coloured = in_terminal(80, "explain", wire, *PAIR)
    uncoloured = in_terminal(80, "explain", wire, *PAIR, NO_COLOR="1")
    dumb = in_terminal(80, "explain", wire, *PAIR, TERM="dumb")
    assert COLOUR.search(coloured)
    assert not COLOUR.search(uncoloured)
    assert "\x1b" not in dumb
    assert plain(coloured) == plain(uncoloured) == dumb


def test_a_pipe_is_plain_and_its_lines_are_whole(wire: Path, tmp_path: Path) -> None:
    out, _ = in_pipe("explain", wire, *PAIR)
    _, err = in_pipe("cluster", wire, "-o", tmp_path / "a.jsonl")
    assert "\x1b" not in out + err
    link = compare_stories(*(NEWS[id] for id in PAIR))
    (passage,) = [passage for passage in link.passages if passage.words > 50]
    assert len([line for line in out.splitlines() if one_line(NEWS[PAIR[0]].text[passage.a_start :])[:60] in line]) == 1
    assert str(NEWS["corvane-ferry"].title) in err
    forced = in_pipe("explain", wire, *PAIR, FORCE_COLOR="1")[0]
    assert COLOUR.search(forced)
    assert STYLE.sub("", forced) == out
    assert not COLOUR.search(in_pipe("explain", wire, *PAIR, FORCE_COLOR="1", NO_COLOR="1")[0])


def test_quiet_says_nothing(wire: Path, tmp_path: Path) -> None:
    for command in (["cluster", wire, "-o", tmp_path / "a.jsonl"], ["dedup", wire, "-o", tmp_path / "kept.jsonl"]):
        assert in_terminal(80, *command, "--quiet") == ""
    assert in_pipe("match", wire, "--against", wire, "-o", tmp_path / "m.jsonl", "--quiet") == ("", "")


# Text that must not drive the terminal


@given(st.text(st.characters(exclude_categories=()), max_size=60))
@example(HOSTILE)
@example("\ud800")
def test_what_is_printable_is_obeyed_by_no_terminal(text: str) -> None:
    shown = printable(text)
    assert not OBEYED.search(shown)
    assert shown.encode().decode() == printable(shown) == shown
    assert "\n" not in one_line(text)
    kept = [char for char in text if not OBEYED.match(char) and not "\ud800" <= char <= "\udfff"]
    places = iter(shown)
    assert all(char in places for char in kept)  # in order, and none is lost


@given(st.lists(st.text()))
@example([HOSTILE])
def test_json_says_the_same_and_is_obeyed_by_no_terminal(texts: list[str]) -> None:
    shown = printable_json(json.dumps(texts, ensure_ascii=False).encode())
    assert json.loads(shown) == texts
    assert not OBEYED.search(shown.decode())


def test_a_hostile_story_is_shown_and_not_obeyed(hostile: Path, tmp_path: Path) -> None:
    ids = [story.id for story in HOSTILES]
    a = tmp_path / "a.jsonl"
    for arguments in (["explain", hostile, *ids], ["cluster", hostile, "-o", a], ["dedup", hostile, "--dry-run"]):
        shown = in_terminal(80, *arguments)
        assert not OBEYED.search(plain(shown).replace("\n", ""))
        out, err = in_pipe(*arguments)
        assert not OBEYED.search((out + err).replace("\n", ""))
        assert "␛[2J" in out + err
    out, _ = in_pipe("explain", hostile, *ids, "--json")
    assert not OBEYED.search(out.replace("\n", ""))
    assert {story["title"] for story in json.loads(out)["stories"]} == {story.title for story in HOSTILES}


def test_a_hostile_record_is_not_obeyed_in_errors(tmp_path: Path) -> None:
    path = tmp_path / f"wire{HOSTILE.replace('/', '')}.jsonl"
    path.write_text(json.dumps({"id": HOSTILE, "text": [HOSTILE]}) + "\n" + json.dumps({"id": "a", "text": "b"}) + "\n")
    for arguments in ([path, "-o", "-", "--on-error", "skip"], [path, "-o", tmp_path / "a.jsonl"]):
        command = [sys.executable, "-m", "storyclust", "cluster", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.stderr
        assert not OBEYED.search(done.stderr.decode().replace("\n", ""))


# Evidence


@pytest.fixture(scope="module")
def links() -> list[Link]:
    """Links of the newsroom with passages of every kind that it has, and some that are no links."""
    result = cluster_stories(NEWS.values())
    found = list(result.links())
    pairs = [("delmora-pensions", "ambry-observer-pensions"), ("lannow-post-chess", "ambry-observer-stub")]
    return [*(link for link in found if link.id_a[0] in "acdk"), *(result.explain(*pair) for pair in pairs)]


def kind_of(link: Link) -> set[PassageKind]:
    return {passage.kind for passage in link.passages}


def test_an_excerpt_is_the_text_around_a_passage(links: list[Link]) -> None:
    met, shortened = set(), 0
    for link in links:
        met |= kind_of(link)
        for id, side in ((link.id_a, "a"), (link.id_b, "b")):
            text = NEWS[id].text
            body = body_of(text)
            spans = [(getattr(each, f"{side}_start"), getattr(each, f"{side}_stop")) for each in link.passages]
            for start, stop in spans:
                cut = excerpt(body, start, stop, spans, "shortened")
                whole = excerpt(body, start, stop, spans, "whole")
                assert (whole.shared, whole.left_out, whole.rest) == (text[start:stop], 0, "")
                inside = sum(start <= word and end <= stop for word, end in zip(body.starts, body.stops, strict=True))
                shown = inside if not cut.left_out else 2 * EITHER_END
                assert shown + cut.left_out == inside
                assert text[start:stop].startswith(cut.shared)
                assert text[start:stop].endswith(cut.rest)
                shortened += bool(cut.left_out)
                before, after = cut.before.removeprefix("... "), cut.after.removesuffix(" ...")
                assert text[:start].endswith(before)
                assert text[stop:].startswith(after)
                assert sum(start - len(before) <= word < start for word in body.starts) <= CONTEXT
                assert sum(stop <= word < stop + len(after) for word in body.starts) <= CONTEXT
                around = range(start - len(before), start), range(stop, stop + len(after))
                assert not any(
                    place in around[0] or place in around[1] for one, end in spans for place in (one, end - 1)
                )
    assert {"narrated", "quoted"} <= met
    assert shortened > 10


def test_everything_is_shown_that_is_shared(links: list[Link]) -> None:
    for link in links:
        shown = evidence(link, NEWS, "whole", 1_000_000).plain
        for passage in link.passages:
            assert f"\n{passage.words:,} {'word' if passage.words == 1 else 'words'}, {passage.kind}:\n" in shown
            assert f"[{one_line(NEWS[link.id_a].text[passage.a_start : passage.a_stop])}]" in shown
            assert f"\n  {link.id_b} {passage.b_start}:{passage.b_stop}\n" in shown
        assert link.reason in shown
        for id in (link.id_a, link.id_b):
            story = NEWS[id]
            assert story.published
            assert f"{story.title or '(no headline)'} [{story.source}, {story.published:%Y-%m-%d %H:%M}]" in shown
        legend = {kind for kind in ("narrated", "quoted", "caption", "boilerplate", "stock") if f"  [{kind}] " in shown}
        assert legend == kind_of(link)


@pytest.mark.parametrize("width", [20, 40, 79, 200])
@pytest.mark.parametrize("script", ["ARABIC", "CYRILLIC", "CJK", "HIRAGANA", "DEVANAGARI", "GREEK"])
def test_lines_of_any_script_fit(script: str, width: int) -> None:
    written = [story for story in NEWS.values() if script in unicodedata.name(story.text[len(story.text) // 2], "")]
    assert written
    for story in written:
        other = Story("whole", f"{story.text}\n{LEAD}", story.title, story.source)
        link = compare_stories(story, other, Settings(min_words=1))
        assert link.passages
        lines = evidence(link, {story.id: story, "whole": other}, "whole", width).plain.splitlines()
        assert max(map(cells, lines)) <= width


def test_kinds_have_inks_of_their_own() -> None:
    from storyclust.cli.evidence import INKS, MEANINGS

    assert set(INKS) == set(MEANINGS) == set(PassageKind.__args__)  # type: ignore[attr-defined]
    assert len(set(INKS.values())) == len(INKS)


def test_an_explanation_is_as_its_schema_says(wire: Path) -> None:
    schema = json.loads((SCHEMAS / "explanation.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for pair in (PAIR, ("delmora-pensions", "ambry-observer-pensions")):
        out, err = in_pipe("explain", wire, *pair, "--json")
        told = json.loads(out)
        assert err == ""
        jsonschema.Draft202012Validator(schema).validate(told)
        texts = {story["id"]: story["text"] for story in told["stories"]}
        assert texts == {id: NEWS[id].text for id in pair}
        assert told["passages"]
        for passage in told["passages"]:
            assert passage["a_text"] == texts[told["id_a"]][passage["a_start"] : passage["a_stop"]]
            assert passage["b_text"] == texts[told["id_b"]][passage["b_start"] : passage["b_stop"]]
    assert told["relation"] is None


# A result at a glance


def copies(count: int, **fields: Any) -> list[Story]:
    return [Story(f"s{number}", LEAD + " to lift her off again.", **fields) for number in range(count)]


def others(count: int) -> list[Story]:
    """Stories of nothing in common."""
    return [
        Story(f"o{number}", " ".join(f"word{number}x{place}" for place in range(30)), source=f"Outlet {number % 7}")
        for number in range(count)
    ]


def with_boilerplate(count: int) -> list[Story]:
    """Stories with two paragraphs of everyone's to one of their own."""
    notice = " ".join(f"notice{place}" for place in range(60))
    return [replace(other, text=f"{other.text}. {notice}.", **DATED) for other in others(count)]


DATED: dict[str, Any] = {"source": "Echo", "published": datetime(2026, 3, 10, tzinfo=UTC)}


def test_an_overview_counts_what_is_there() -> None:
    result = cluster_stories(NEWS.values())
    overview = result.overview
    several = sorted((cluster for cluster in result if len(cluster) > 1), key=len, reverse=True)
    assert [(large.cluster, large.canonical, large.coverage.stories) for large in overview.largest] == [
        (cluster.id, cluster.canonical, len(cluster)) for cluster in several[:5]
    ]
    for large in overview.largest:
        assert large.coverage.outlets == result.coverage(large.canonical).outlets
    by_hand: dict[str | None, int] = {}
    for story in NEWS.values():
        by_hand[story.source] = by_hand.get(story.source, 0) + 1
    assert [carried.stories for carried in overview.sources] == sorted(by_hand.values(), reverse=True)[:5]
    assert all(by_hand[carried.name] == carried.stories for carried in overview.sources)


def test_a_headline_that_an_outlet_has_on_several_clusters_names_none() -> None:
    text = f"MARREK - {LEAD} to lift her off again."
    site = {"source": "Echo", "title": "Echo: Front"}
    ferry = [Story("a", text, **site), Story("b", text, title="Ferry aground"), Story("c", text, title="Ferry aground")]
    elsewhere = replace(others(1)[0], **site)
    settings = Settings(canonical="earliest")
    (large,) = cluster_stories([*ferry, elsewhere], settings=settings).overview.largest
    assert (large.canonical, large.title) == ("a", "Ferry aground")
    # Alone with it, it is what the outlet calls the story; where nobody has another, it must do.
    (large,) = cluster_stories(ferry, settings=settings).overview.largest
    assert large.title == "Echo: Front"
    (large,) = cluster_stories([ferry[0], replace(ferry[0], id="d"), elsewhere], settings=settings).overview.largest
    assert large.title == "Echo: Front"


def test_agencies_are_those_of_the_stories_to_keep() -> None:
    text = f"MARREK (Reuters) - {LEAD} to lift her off again."
    stories = [Story(f"r{number}", text, source=f"Outlet {number}") for number in range(3)]
    (reuters,) = cluster_stories([*stories, *others(3)]).overview.agencies
    assert (reuters.name, reuters.stories) == ("Reuters", 3)


@pytest.mark.parametrize(
    ("kind", "number", "given"),
    [
        ("nothing_linked", 25, others(25)),
        ("rejected", 3, [*copies(30, **DATED), *({"id": f"r{number}", "text": 5} for number in range(3))]),
        ("too_short", 10, [*copies(15, **DATED), *(Story(f"t{n}", f"Short {n}.") for n in range(10))]),
        ("unread_dates", 25, [{"id": one.id, "text": one.text, "date": "soon"} for one in copies(25)]),
        ("undated", 25, copies(25, source="Echo")),
        ("no_sources", 25, copies(25)),
        ("one_cluster", 25, [*copies(25, **DATED), *others(30)]),
        ("hot_keys", None, with_boilerplate(90)),
        ("links_unlisted", None, copies(80, **DATED)),
    ],
)  # fmt: skip
def test_what_to_look_at_is_said_where_it_is_so(kind: str, number: int | None, given: list[Any]) -> None:
    result = cluster_stories(given, on_error="skip")
    (notice,) = [notice for notice in result.overview.notices if notice.kind == kind]
    assert notice.number == (result.summary()[kind] if number is None else number)
    assert re.search(r"--[a-z]+|storyclust \w+|The clusters", notice.message)  # says what to do
    assert result.summary()["notices"][0].keys() == {"kind", "number", "message"}
    assert cluster_stories(given[: ENOUGH - 1], on_error="skip").overview.notices == ()


def test_that_all_stories_are_too_short_is_said_of_few() -> None:
    short = [Story("a", "Ferry aground."), Story("b", "Chess tonight."), Story("c", " — ")]
    (notice,) = cluster_stories(short).overview.notices
    assert (notice.kind, notice.number) == ("too_short", 3)
    told = "3 of 3 stories have fewer than 20 words, and stand alone; 1 of these has no text at all. Check that --text"
    assert notice.message.startswith(told)
    assert match_stories(short[:1], short[1:]).notices == (notice,)
    (notice,) = cluster_stories(short[:2]).overview.notices
    assert "no text at all" not in notice.message
    assert cluster_stories(short[:1]).overview.notices == ()
    assert cluster_stories([*short, *others(1)]).overview.notices == ()


def test_of_a_sound_result_nothing_is_said() -> None:
    assert cluster_stories(NEWS.values()).overview.notices == ()
    assert match_stories(list(NEWS.values())[:60], list(NEWS.values())[60:]).notices == ()


def test_a_match_of_nothing_is_said() -> None:
    (notice,) = [
        each for each in match_stories(others(15), copies(15, **DATED)).notices if each.kind == "nothing_linked"
    ]
    assert notice.number == 30


@pytest.mark.parametrize("width", [24, 40, 80, 200])
def test_a_glance_fits_any_width(width: int) -> None:
    body = LEAD + " to lift her off again."
    stories = [Story(f"{one.id}{copy}", body, one.title, one.source) for one in [*WIDE, *HOSTILES] for copy in "ab"]
    result = cluster_stories([*stories, *others(25)])
    kept = result.story(result.clusters[-1].canonical)
    lines = glance(result.overview, width)
    shown = "\n".join(line.plain for line in lines)
    assert max(cells(line.plain) for line in lines) <= width
    assert not OBEYED.search(shown.replace("\n", ""))
    assert "".join(one_line(kept.id).split()) in "".join(shown.split()) or len(result.clusters) > 1
    for notice in result.overview.notices:
        assert "".join(notice.message.split()) in "".join(shown.split())


@given(st.text(max_size=200), st.integers(1, 90))
def test_a_notice_is_broken_and_never_cut(message: str, width: int) -> None:
    lines = look_at([Notice("rejected", 1, message)], max(width, 15))
    assert "".join("".join(line.plain.split()) for line in lines[2:]) == "!" + "".join(one_line(message).split())


def test_a_headline_without_end_is_cut() -> None:
    body = LEAD + " to lift her off again."
    result = cluster_stories([Story(id, body, "crash " * 10_000, "Echo " * 10_000) for id in "ab"])
    assert max(len(line.plain) for line in glance(result.overview, 1_000_000)) < 200


def test_nothing_to_look_at_takes_no_line() -> None:
    assert look_at([], 80) == []
    assert isinstance(glance(cluster_stories([]).overview, 80), list)


SUMMARIES = {
    "cluster": (["cluster", "WIRE", "-o", "OUT"], "summary"),
    "dedup": (["dedup", "WIRE", "--dry-run"], "summary"),
    "match": (["match", "WIRE", "--against", "WIRE", "-o", "OUT"], "summary-of-matches"),
}


@pytest.mark.parametrize("command", SUMMARIES)
def test_a_summary_is_as_its_schema_says(command: str, wire: Path, tmp_path: Path) -> None:
    arguments, name = SUMMARIES[command]
    places = {"WIRE": wire, "OUT": tmp_path / "out.jsonl"}
    out, err = in_pipe(*(places.get(argument, argument) for argument in arguments), "--summary", "-", "--quiet")
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    summary = json.loads(out)
    assert err == ""
    jsonschema.Draft202012Validator(schema).validate(summary)
    for name in summary:
        spoilt = {other: value for other, value in summary.items() if other != name}
        assert not jsonschema.Draft202012Validator(schema).is_valid(spoilt), name
