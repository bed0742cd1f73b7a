"""The fiction: what the desk may write, what is true of it, and that it is as hard as it says."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC
from importlib.resources import files
from itertools import combinations
from pathlib import Path

import pytest

from storyclust import load_newsroom
from storyclust.newsroom import Newsroom, Origin
from storyclust.newsroom.markup import MarkupError
from storyclust.newsroom.newsroom import read_desk

NEWSROOM = load_newsroom()
TRUTH, STORIES = NEWSROOM.truth, {story.id: story for story in NEWSROOM.stories}
LABELS = {(pair.id_a, pair.id_b): pair.label for pair in NEWSROOM.pairs}
STRENGTH = {"COPY": 3, "VERSION": 2, "PARTIAL": 1, "QUOTES": 0, "NONE": 0}
LEVELS = {"copy": "copy_cluster", "version": "version_cluster", "partial": "cluster"}
Pair = tuple[str, str]


# What the desk may write


def draft(id: str, body: str, *headers: str) -> str:
    given = dict(header.split(": ", 1) for header in ("title: T", "source: S", "traps: copy", "note: n", *headers))
    published = {"published": "2026-03-10T09:00:00Z"}
    lines = [f"{name}: {value}" for name, value in (published | given).items()]
    return "\n".join([f"=== {id}", *lines, "", body, "", ""])


def newsroom_of(folder: Path, text: str) -> Newsroom:
    (folder / "desk.txt").write_text(text, "utf-8")
    (folder / "furniture.txt").write_text("=== top\nMenu\nOn “{title}”\n=== foot\nThe end\n", "utf-8")
    return Newsroom(read_desk(folder))


FERRY = draft("ferry", "The ferry sank. A tug came.\n\n{“We swam,”} he said, and swam on.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "desk.txt:1: expected a line '=== id' first"),
        (f"a word\n{FERRY}", "desk.txt:1: expected a line '=== id' first"),
        (draft("The Fire", ""), "desk.txt:1: the id is 'The Fire'; expected small letters, digits and hyphens"),
        (draft("a", "", "colour: red"), "desk.txt:1: 'colour: red' is no header; expected each of agency, breaks, "),
        ("=== a\nmarks: low\nmarks: low\n", "desk.txt:1: 'marks: low' is no header; expected each of agency, breaks, "),
        ("=== a\nmarks low\n", "desk.txt:1: 'marks low' is no header; expected each of agency, breaks, "),
        ("=== a\ntitle: T\ntraps: copy\n\nText.\n", "desk.txt:1: no header source, published, note"),
        (draft("a", "|Home\nNews"), "desk.txt:1: every line of the block '|Home\\nNews' must begin with '|'"),
        (draft("a", ">By me\nNews"), "desk.txt:1: every line of the block '>By me\\nNews' must begin with '>'"),
        (FERRY + draft("a", "@ferry"), "desk.txt:12: '@ferry' is no reference; expected '@id 3' or '@id 3-5'"),
        (FERRY + draft("a", "@ferry 1-2\nA ship."), ": '@ferry 1-2' is rewritten; expected one paragraph at a time"),
        (FERRY + draft("a", "@ferry 1\n- ferry"), "desk.txt:12: '- ferry' is no edit; expected '- old => new'"),
        (FERRY + draft("a", "@ferry 1\n- ship => boat"), "@ferry 1-1: 'ship' must stand there exactly once"),
        (FERRY + draft("a", "@ferry 1-2\n- ferry =>\n- sw => x"), "@ferry 1-2: 'sw' must stand there exactly once"),
        (FERRY + draft("a", "@ferry 2-3"), "desk.txt:12: @ferry 2-3: it has paragraphs 1 to 2"),
        (FERRY + draft("a", "@ferry 0"), "desk.txt:12: @ferry 0-0: it has paragraphs 1 to 2"),
        (FERRY + draft("a", "@ferry 2-1"), "desk.txt:12: @ferry 2-1: it has paragraphs 1 to 2"),
        (draft("a", "@nobody 1"), "desk.txt:1: a reference to 'nobody', which no file holds"),
        (draft("a", "@b 1") + draft("b", "@a 1"), "desk.txt:1: the references run in a circle: a > b > a"),
        (draft("a", "|@side"), "desk.txt:1: a reference to furniture 'side', which no file holds"),
        (draft("a", "It {“sank."), "desk.txt:1: braces or brackets that do not pair near '{“sank.'"),
        (draft("a", "It sank.} Then"), "desk.txt:1: braces or brackets that do not pair near '} Then'"),
        (draft("a", "[ORRIN — It sank."), "desk.txt:1: braces or brackets that do not pair near '[ORRIN — It sank.'"),
        (
            draft("a", "", "marks: wavy"),
            "desk.txt:1: marks is 'wavy'; expected one of curly, straight, ",
        ),
        (draft("a", "", "breaks: none"), "desk.txt:1: breaks is 'none'; expected one of double, single"),
        (draft("a", "", "keep: copy, all"), "desk.txt:1: keep names all; expected no, or copy, version, partial"),
        (draft("a", "", "original: b"), "desk.txt:1: original is 'b', which no file holds"),
        (draft("a", "", "running: b"), "desk.txt:1: running is 'b', which no file holds"),
        (draft("a", "", "family: b"), "desk.txt:1: family is 'b', which no file holds"),
        (
            draft("a", "", "running: b") + draft("b", "", "running: a"),
            "desk.txt:1: the headers run in a circle: a > b > a",
        ),
        ("=== a\ntitle: T\nsource: S\npublished: 2026-03-10\ntraps: \nnote: N\n", "desk.txt:1: no header traps"),
        (draft("a", "").replace("2026", "soon"), "desk.txt:1: "),
        (FERRY * 2, "desk.txt:12: 'ferry' is already at desk.txt:1"),
    ],
)
def test_a_desk_file_that_cannot_be_read_says_where_and_why(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(MarkupError) as caught:
        _ = newsroom_of(tmp_path, text).truth
    assert message in str(caught.value)
    assert re.match(r"desk\.txt:\d+: ", str(caught.value))


PAGE = """|@top
| Weather

>By Ada

[ORRIN —] It sank.
{“Help,”} they cried. {“Help.”}

^ A wreck. Photo: Bo

~ so sad

@ferry 1
- sank => was lost
- A tug came. =>

@echo 1
He swam, {“and I swam,”} on.

% Orrin is a port.
|@foot"""


def test_what_the_desk_writes_is_put_together(tmp_path: Path) -> None:
    echo = draft("echo", "@ferry 2", "original: ferry")
    page = draft("page", PAGE, "marks: straight", "breaks: single", "title: Sunk", "family: ferry", "keep: version")
    newsroom = newsroom_of(tmp_path, FERRY.replace("2026-03-10T09:00:00Z", "never") + echo + page)
    story = next(story for story in newsroom.stories if story.id == "page")
    cut = [(story.text[span.start : span.stop], span.kind, span.origin) for span in newsroom.truth["page"].spans]
    own = {number: Origin("page", number) for number in range(1, 6)}
    assert cut == [
        ('Menu\nOn "Sunk"', "clutter", None),
        ("Weather", "clutter", None),
        ("By Ada", "credit", None),
        *(("ORRIN —", "credit", own[1]), ("It sank.", "narrated", own[1]), ('"Help,"', "quoted", own[1])),
        *(("they cried.", "narrated", own[1]), ('"Help."', "quoted", own[1])),
        ("A wreck. Photo: Bo", "caption", None),
        ("so sad", "post", own[2]),
        ("The ferry was lost.", "narrated", Origin("ferry", 1)),
        ("He swam,", "narrated", Origin("ferry", 2)),
        *(('"and I swam,"', "quoted", Origin("ferry", 2)), ("on.", "narrated", Origin("ferry", 2))),
        ("Orrin is a port.", "stock", own[5]),
        ("The end", "clutter", None),
    ]
    quoting = 'ORRIN — It sank. "Help," they cried. "Help."\nA wreck. Photo: Bo\n'
    parts = 'so sad\nThe ferry was lost.\nHe swam, "and I swam," on.\nOrrin is a port.\n'
    assert story.text == f'Menu\nOn "Sunk"\nWeather\nBy Ada\n{quoting}{parts}The end'
    assert [story.id for story in newsroom.stories] == ["echo", "page"]
    told = [(truth.original, truth.relation, truth.copy_cluster, truth.cluster) for truth in newsroom.truth.values()]
    assert told == [("ferry", "copy", "echo", "echo"), ("ferry", "indirect", "page", "echo")]
    assert {id: truth.canonicals["version"] for id, truth in newsroom.truth.items()} == {"echo": (), "page": ("page",)}


# What stands where


DOUBLE_MARKS = {
    mark
    for mark in map(chr, range(0x3100))
    if "QUOTATION MARK" in unicodedata.name(mark, "") and "SINGLE" not in unicodedata.name(mark)
} | set("「」『』")


@pytest.mark.parametrize("id", STORIES)
def test_spans_cover_a_story_and_keep_quotations_apart(id: str) -> None:
    text, spans = STORIES[id].text, TRUTH[id].spans
    end = 0
    for number, span in enumerate(spans):
        piece = text[span.start : span.stop]
        assert end <= span.start < span.stop <= len(text)
        assert not re.search(r"\w", text[end : span.start])
        assert piece == piece.strip()
        if span.kind in ("narrated", "stock", "post"):
            assert not DOUBLE_MARKS & set(piece)
            assert re.search(r"\w", piece)
        if span.kind == "quoted":
            assert piece[0] in DOUBLE_MARKS
            # A quotation is left open only where the next paragraph goes on with it.
            following = spans[number + 1] if piece[-1] not in DOUBLE_MARKS else None
            assert following is None or following.kind == "quoted"
            assert following is None or re.fullmatch(r"\n+", text[span.stop : following.start])
        end = span.stop
    assert not re.search(r"\w", text[end:])


HOUSE_MARKS = {"straight": "\"\"''", "guillemets": "«»‘’", "low": "„“‘’", "curly": "“”‘’"}
SECTION = re.compile(r"^=== (.+)\n((?:(?!=== ).*\n?)*)", re.MULTILINE)


def read_plainly() -> Iterator[tuple[str, list[str], list[str]]]:
    """Id, quotations and lines of clutter of each story that takes nothing from others, read without the library."""
    desk = {path.name: path.read_text("utf-8") for path in (files("storyclust.newsroom") / "desk").iterdir()}
    sections = {name: SECTION.findall(text) for name, text in desk.items()}
    furniture = {site: lines for name in desk if name.startswith("furniture") for site, lines in sections[name]}
    for id, section in (found for name in desk if not name.startswith("furniture") for found in sections[name]):
        head, _, body = section.strip("\n").partition("\n\n")
        if re.search(r"^@", body, re.MULTILINE):
            continue
        headers = dict(line.split(": ", 1) for line in head.split("\n"))
        house = str.maketrans("“”‘’", HOUSE_MARKS[headers.get("marks", "curly")])
        for site in re.findall(r"^\|@(.+)", body, re.MULTILINE):
            lines = furniture[site].strip("\n").replace("{title}", headers["title"])
            body = body.replace(f"|@{site}", re.sub("^", "|", lines, flags=re.MULTILINE))
        body = body.translate(house)
        clutter = [line[1:].strip() for line in body.split("\n") if line.startswith("|")]
        told = re.sub(r"^[|>^].*$", "", body, flags=re.MULTILINE)
        yield id, re.findall(r"\{([^}]*)\}", told), clutter


def test_offsets_cut_what_another_reader_finds_in_the_desk_files() -> None:
    read = {id: (quoted, clutter) for id, quoted, clutter in read_plainly() if id in STORIES}
    assert len(read) > 100
    assert sum(len(quoted) for quoted, _ in read.values()) > 200
    assert sum(len(clutter) for _, clutter in read.values()) > 100
    for id, (quoted, clutter) in read.items():
        text, spans = STORIES[id].text, TRUTH[id].spans
        assert [text[span.start : span.stop] for span in spans if span.kind == "quoted"] == quoted
        cut = (text[span.start : span.stop].split("\n") for span in spans if span.kind == "clutter")
        assert [line.strip() for lines in cut for line in lines] == clutter


# What is true


def strength(one: str, other: str) -> int:
    return STRENGTH[LABELS[min(one, other), max(one, other)]]


def test_ids_and_times() -> None:
    assert len(STORIES) == len(NEWSROOM) == len(TRUTH)
    assert [story.rank for story in NEWSROOM.stories] == sorted(story.rank for story in NEWSROOM.stories)
    assert all(story.published is not None and story.published.tzinfo is UTC for story in NEWSROOM.stories)
    assert list(LABELS) == list(combinations(sorted(STORIES), 2))
    assert len(NEWSROOM.pairs) == len(LABELS)


def test_labels_and_clusters_agree() -> None:
    for (a, b), label in LABELS.items():
        if label == "COPY":
            assert TRUTH[a].copy_cluster == TRUTH[b].copy_cluster, (a, b)
        if label in ("COPY", "VERSION"):
            assert TRUTH[a].version_cluster == TRUTH[b].version_cluster, (a, b)
        if label == "PARTIAL" and TRUTH[a].cluster != TRUTH[b].cluster:
            assert "digest" in TRUTH[a].traps + TRUTH[b].traps, (a, b)


@pytest.mark.parametrize("level", LEVELS)
def test_clusters_hold_together_and_are_named_by_their_first(level: str) -> None:
    members = defaultdict(list)
    for story in NEWSROOM.stories:
        members[getattr(TRUTH[story.id], LEVELS[level])].append(story.id)
    needed = {"copy": 3, "version": 2, "partial": 1}[level]
    for cluster, ids in members.items():
        assert cluster == ids[0]
        assert TRUTH[cluster].canonicals[level]
        assert set(TRUTH[cluster].canonicals[level]) <= set(ids)
        assert {TRUTH[id].canonicals[level] for id in ids} == {TRUTH[cluster].canonicals[level]}
        for id in ids:
            assert len(ids) == 1 or max(strength(id, other) for other in ids if other != id) >= needed, (level, id)
    for id in STORIES:  # levels nest
        assert TRUTH[TRUTH[id].copy_cluster].version_cluster == TRUTH[id].version_cluster
        assert TRUTH[TRUTH[id].version_cluster].cluster == TRUTH[id].cluster


def test_originals_and_relations_agree_with_labels() -> None:
    relations = {3: "copy", 2: "version", 1: "partial", 0: "indirect"}
    unpublished = {truth.original for truth in TRUTH.values()} - TRUTH.keys()
    for id, truth in TRUTH.items():
        assert (truth.original == id) == (truth.relation == "original")
        if truth.original in unpublished:
            assert truth.relation in ("copy", "version", "partial")
        elif truth.original != id:
            assert truth.relation == relations[strength(id, truth.original)], id
            assert truth.cluster == TRUTH[truth.original].cluster, id
    assert 1 <= len(unpublished) <= 5
    assert Counter(truth.relation for truth in TRUTH.values())["indirect"] <= 10
