"""The report: everything is in it and in its place, whatever the stories hold; and it can load and run nothing else."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import storyclust as sc
from reports import BLOCK, HOSTILE, LEAD, TAIL, blocks_of, page_of
from storyclust import Settings, Story, errors
from storyclust.cli import main
from storyclust.model import Level
from storyclust.report import families as families_module
from storyclust.report import nearest, packing
from storyclust.report.packing import KINDS, Packer, pack, utf16_places
from storyclust.report.plots import heat_map

NEWS = sc.load_newsroom().stories
LEVELS: tuple[Level, ...] = ("partial", "version", "copy")


@pytest.fixture(scope="module")
def result() -> sc.StoryClusters:
    return sc.cluster_stories(NEWS)


def run(*arguments: object) -> int:
    """The exit status of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def page(result: sc.StoryClusters) -> str:
    return page_of(result)


class Tags(HTMLParser):
    """The tags of a page with their attributes, and what stands between."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self._open: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self._open = tag if tag in self.inside and dict(attributes).get("type") is None else None

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside[self._open].append(data)
            self._open = None
        else:
            self.text.append(data)


def in_browser(text: str, span: list[int]) -> str:
    """What a browser cuts out of a text."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * span[0] : 2 * span[1]].decode("utf-16-le", "surrogatepass")


# Everything is in it


@pytest.mark.parametrize("level", LEVELS)
def test_the_clusters_of_every_level_are_those_of_a_job_at_that_level(
    page: str, result: sc.StoryClusters, level: Level
) -> None:
    asked = sc.cluster_stories(NEWS, settings=Settings(level=level), profile=result.profile)
    catalogue = blocks_of(page)["catalogue"]
    ids = catalogue["stories"]["id"]
    told = {
        (ids[canonical], reason, tuple(ids[member] for member in members))
        for canonical, reason, members in catalogue["groups"][level]
    }
    assert told == {(each.canonical, each.reason, each.members) for each in asked if len(each) > 1}


def test_every_story_is_listed_with_its_facts_and_the_texts_of_clusters_are_packed(
    page: str, result: sc.StoryClusters
) -> None:
    blocks = blocks_of(page)
    catalogue = blocks["catalogue"]
    columns = catalogue["stories"]
    assert sorted(columns["id"]) == sorted(story.id for story in NEWS)
    for number, id in enumerate(columns["id"]):
        story = result.story(id)
        assert columns["title"][number] == " ".join((story.title or "").split())
        assert story.source == (
            None if columns["source"][number] < 0 else catalogue["names"][columns["source"][number]]
        )
        assert story.published is not None
        assert columns["time"][number] == int(story.published.timestamp())
    first = [0]
    for size in catalogue["families"]:
        first.append(first[-1] + size)
    for (start, stop), chunk in zip(pairwise(first), catalogue["chunks"], strict=True):
        texts = dict(blocks[f"chunk-{chunk}"]["texts"])
        assert [texts[number] for number in range(start, stop)] == [
            result.story(id).text for id in columns["id"][start:stop]
        ]
    sizes = catalogue["families"]
    assert sizes == sorted(sizes, reverse=True)


def test_every_member_stands_beside_the_story_to_keep_as_the_two_are_explained(
    page: str, result: sc.StoryClusters
) -> None:
    blocks = blocks_of(page)
    ids = blocks["catalogue"]["stories"]["id"]
    pairs = {}
    for name, block in blocks.items():
        if name.startswith("chunk"):
            texts = dict(block["texts"])
            for row in block["pairs"]:
                pairs[row[0], row[1]] = (row, texts)
    wanted = {
        (member, canonical)
        for groups in blocks["catalogue"]["groups"].values()
        for canonical, _, members in groups
        for member in members
        if member != canonical
    }
    assert set(pairs) == wanted
    for (member, canonical), (row, texts) in pairs.items():
        link = result.explain(ids[member], ids[canonical])
        assert row[2:5] == [link.relation, link.shared_words, round(link.share, 4)]
        assert (row[8], row[9]) == (link.reason, None if link.origin is None else int(link.origin == ids[canonical]))
        a_is_member = link.id_a == ids[member]
        told = Counter(
            (in_browser(texts[member], own[:2]), in_browser(texts[canonical], own[2:4]), own[4], KINDS[own[5]])
            for own in row[11]
        )
        words: Counter[str] = Counter()
        for *passage, parts in (own if len(own) == 7 else [*own, own] for own in row[11]):
            stretches = [parts[first : first + 6] for first in range(0, len(parts), 6)]
            assert sum(own[4] for own in stretches) == passage[4]
            for start, stop, other_start, other_stop, count, kind in stretches:
                assert passage[0] <= start < stop <= passage[1]
                assert passage[2] <= other_start < other_stop <= passage[3]
                words[KINDS[kind]] += count
        assert (words["narrated"], words["quoted"]) == (link.shared_words, link.quoted_words)
        a, b = result.story(link.id_a).text, result.story(link.id_b).text
        cuts = [(a[p.a_start : p.a_stop], b[p.b_start : p.b_stop]) for p in link.passages]
        sides = cuts if a_is_member else [(two, one) for one, two in cuts]
        assert told == Counter((*cut, p.words, p.kind) for cut, p in zip(sides, link.passages, strict=True))


def test_places_are_those_of_a_browser_whatever_a_text_holds() -> None:
    for text in ("", "plain", "a\U0001f6a2b\U0001f6a2", "\ud83d\ude00\U0001f6a2x", "\udfffé\0"):
        places = list(range(len(text) + 1))
        for start, stop in pairwise(utf16_places(text, places)):
            assert stop - start == (2 if text[places[0]] > "\uffff" else 1)
            places.pop(0)


# Nothing else is in it


def test_hostile_news_adds_no_tag_and_no_attribute() -> None:
    hostile = sc.cluster_stories(HOSTILE)
    assert max(map(len, hostile)) == 5
    page = page_of(hostile)
    meek = [
        replace(story, id=f"s{number}", title="Ferry", source="Echo", agency="Wire")
        for number, story in enumerate(HOSTILE)
    ]
    usual = Tags(page_of(sc.cluster_stories(meek)))
    tags = Tags(page)
    assert {tag for tag, _ in tags.tags} <= {tag for tag, _ in usual.tags}
    assert {name for _, own in tags.tags for name in own} <= {name for _, own in usual.tags for name in own}
    assert not {name for _, own in tags.tags for name in own if name.startswith("on") or name == "style"}
    assert sum(tag == "script" and "type" not in own for tag, own in tags.tags) == 1
    assert not any("broken" in script or "javascript:" in script for script in tags.inside["script"])
    assert all(own["href"].startswith(("#", "data:,")) for _, own in tags.tags if own.get("href"))


def test_hostile_texts_come_through_whole() -> None:
    hostile = sc.cluster_stories(HOSTILE)
    blocks = blocks_of(page_of(hostile))
    ids = blocks["catalogue"]["stories"]["id"]
    assert {ids[number]: text for number, text in blocks["chunk-0"]["texts"]} == {
        story.id: story.text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        for story in HOSTILE[:5]
    }
    for row in blocks["chunk-0"]["pairs"]:
        texts = dict(blocks["chunk-0"]["texts"])
        for own in row[11]:
            assert LEAD.split()[3] in in_browser(texts[row[0]], own[:2])
            assert in_browser(texts[row[0]], own[:2]).split()[0] == in_browser(texts[row[1]], own[2:4]).split()[0]


def test_the_page_lets_itself_load_nothing_and_run_its_own_script_alone(page: str) -> None:
    tags = Tags(page)
    (policy,) = (own["content"] for _, own in tags.tags if own.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    for name in ("script", "style"):
        (code,) = tags.inside[name]
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not {"src", "srcset", "action", "data"} & {name for _, own in tags.tags for name in own}
    (script,) = tags.inside["script"]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch\(", script
    )


# Small and large


def test_the_same_result_makes_the_same_bytes(page: str, result: sc.StoryClusters) -> None:
    assert page_of(result, threads=1) == page
    assert page_of(sc.cluster_stories(reversed(NEWS), threads=1)) == page
    assert pack([1]) == pack([1])


@pytest.mark.parametrize("limit", [0, 50_000])
def test_beyond_the_limit_the_smallest_clusters_go_without_texts_and_it_is_said(
    result: sc.StoryClusters, limit: int
) -> None:
    stream = io.BytesIO()
    with patch.object(packing, "CHUNK_CHARACTERS", 30_000):
        report = result.report(stream, text_bytes=limit)
    page = stream.getvalue().decode()
    blocks = blocks_of(page)
    flags = blocks["catalogue"]["texts"]
    assert flags == sorted(flags, reverse=True)  # the largest come first
    assert 0 < report.without_texts == flags.count(0)
    assert (report.without_texts == len(flags)) == (limit == 0)
    assert f"{report.without_texts:,} smallest clusters are left out" in " ".join(page.split())
    assert f"{report.without_texts} clusters without texts" in str(report)
    assert all(block["pairs"] for name, block in blocks.items() if name.startswith("chunk"))
    assert report.size == len(stream.getvalue())


def test_stories_beyond_what_a_browser_can_search_are_counted(result: sc.StoryClusters) -> None:
    stream = io.BytesIO()
    with patch.object(families_module, "MOST_LISTED", 40):
        report = result.report(stream)
    catalogue = blocks_of(stream.getvalue().decode())["catalogue"]
    assert len(catalogue["stories"]["id"]) == report.stories == 40
    assert report.unlisted == len(NEWS) - 40
    assert f"{report.unlisted} stories are not listed" in stream.getvalue().decode()
    assert f"{report.unlisted} stories not listed" in str(report)
    assert {len(group[2]) for group in catalogue["groups"]["partial"]} == set(catalogue["families"])


def test_a_chunk_ends_when_it_is_large_enough() -> None:
    packer = Packer(10**9)
    for number in range(6):
        packer.add([(number, "x" * 200_000)], [])
    packer.close()
    assert packer.chunk_of == [0, 0, 0, 1, 1, 1]
    assert packer.size == sum(map(len, packer.chunks))


ODD: dict[str, list[Story]] = {
    "one story": [Story("a", LEAD)],
    "an empty text": [Story("a", ""), Story("b", "")],
    "undated, without outlets": [Story("a", LEAD + TAIL), Story("b", LEAD + TAIL)],
    "one moment": [Story(id, LEAD + TAIL, None, "Echo", datetime(2026, 1, 1, tzinfo=UTC)) for id in "ab"],
    "far apart": [Story(id, LEAD, None, id, datetime(year, 1, 1, tzinfo=UTC)) for id, year in (("a", 1), ("b", 9999))],
}


@pytest.mark.parametrize("stories", ODD.values(), ids=ODD)
def test_odd_results_have_a_report_too(stories: list[Story]) -> None:
    result = sc.cluster_stories(stories)
    catalogue = blocks_of(page_of(result))["catalogue"]
    assert sum(catalogue["families"]) + len(catalogue["alone"]) == len(stories)


def test_stories_joined_by_request_are_compared_although_they_are_short() -> None:
    stories = [Story("a", "Chess tonight."), Story("b", "Ferry late."), Story("c", LEAD)]
    result = sc.cluster_stories(stories, settings=Settings(must_link=(("a", "b"), ("b", "c"))))
    (row, other) = blocks_of(page_of(result))["chunk-0"]["pairs"]
    assert (row[2], other[2]) == (None, None)


# What it tells


def test_pairs_near_a_threshold_are_on_their_sides_and_go_over_if_it_moves(result: sc.StoryClusters) -> None:
    evidence: list[Any] = []
    with patch.object(nearest, "_first_bearers", side_effect=lambda own: evidence.append(own) or _bearers(own)):
        page_of(result)
    moved = 0
    for threshold in nearest.thresholds(evidence[0]):
        assert all(pair.value < threshold.value for pair in threshold.missed)
        assert all(pair.value >= threshold.value for pair in threshold.reached)
        assert list(threshold.missed) == sorted(threshold.missed, key=lambda pair: -pair.value)
        for pair in threshold.missed[:2]:
            whole = threshold.name.endswith("words")
            settings = Settings(**{threshold.name: int(pair.value) if whole else pair.value * 0.9999})
            one, other = (result.stories[number] for number in pair.stories)
            link = sc.compare_stories(one, other, settings, result.profile)
            moved += (link.relation or "not linked") != pair.relation
    assert moved >= 7  # of ten; a table or a template stays what it is


_bearers = nearest._first_bearers


def test_a_heat_map_counts_every_pair_once() -> None:
    pairs = [(f"outlet {n % 20:02}", f"agency {n % 13:02}") for n in range(400)]
    found = heat_map(pairs)
    assert found is not None
    shown = [(row, column) for row in found.rows for column in found.columns]
    counts = Counter(pairs)
    assert [cell[0] for cells in found.cells for cell in cells] == [counts[pair] for pair in shown]
    assert all((shade > 0) == (count > 0) and shade <= 6 for cells in found.cells for count, shade in cells)
    assert found.more == (6, 3)


def test_the_figures_of_the_page_are_those_of_the_summary(page: str, result: sc.StoryClusters) -> None:
    told = " ".join(" ".join(Tags(page).text).split())
    summary = result.summary()
    for name in ("stories", "clusters_of_several", "copies_to_drop", "words_to_drop", "candidate_pairs", "digests"):
        assert f" {summary[name]:,} " in told
    assert result.profile.digest in told
    assert Tags(page).tags.count(("tr", {"class": "changed"})) == 0
    assert (
        Tags(page_of(sc.cluster_stories(NEWS[:9], settings=Settings(alike=0.4)))).tags.count(
            ("tr", {"class": "changed"})
        )
        == 1
    )


# On the way to a file


def test_the_command_writes_it_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories = tmp_path / "stories.jsonl"
    stories.write_text("".join(f'{{"id": "{id}", "text": "{LEAD}"}}\n' for id in "ab"))
    report = tmp_path / "report.html"
    assert run("cluster", stories, "-o", tmp_path / "a.jsonl", "--report", report) == 0
    assert f"{report}: 1 cluster, " in capsys.readouterr().err
    assert BLOCK.search(report.read_text())


@pytest.mark.parametrize(
    ("path", "said"), [("nowhere/r.html", "There is no folder"), ("stories.jsonl", "also the input")]
)
def test_a_report_that_cannot_be_written_stops_the_command_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str, said: str
) -> None:
    stories = tmp_path / "stories.jsonl"
    stories.write_text("no story at all")
    assert run("cluster", stories, "-o", tmp_path / "a.jsonl", "--report", tmp_path / path) != 0
    assert said in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["stories.jsonl"]


def test_a_report_that_fails_leaves_the_older_one(tmp_path: Path, result: sc.StoryClusters) -> None:
    path = tmp_path / "report.html"
    path.write_text("older")
    with patch("storyclust.report.page.thresholds", side_effect=RuntimeError), pytest.raises(RuntimeError):
        result.report(path)
    assert path.read_text() == "older"
    with pytest.raises(errors.OutputError, match="There is no folder"):
        result.report(tmp_path / "nowhere" / "report.html")
    assert result.report(path).size == path.stat().st_size
