"""One collection against another: where no key is hot, the links that clustering both finds across, and no others."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from edited import invented
from storyclust import (
    Columns,
    Link,
    Profile,
    Settings,
    Story,
    cluster_stories,
    learn_profile,
    load_newsroom,
    match_stories,
)
from storyclust.cli import main
from storyclust.errors import DataError, MissingColumnError, UsageError
from storyclust.tables import DECIMALS
from storyclust.text.splitting import split
from strategies import CHESS, FERRY, HEAD, LIBRARY, TAIL, dockside_texts

NEWSROOM = load_newsroom().stories


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    return int(exit.value.code or 0)


def pairs_of(new: list[Story], old: list[Story], profile: Profile, settings: Settings | None = None) -> dict:
    matches = match_stories(new, old, settings=settings, profile=profile)
    return {(link.id_a, link.id_b): link for link in matches.links()}


# What it finds

SAME_WORDS = " ".join(f"word{number}" for number in range(8))


@example([SAME_WORDS, f"{SAME_WORDS[:-5]} “word7”"], [False, True, *[False] * 6])
@example([SAME_WORDS, f"{SAME_WORDS[:-5]} “word7”"], [True, *[False] * 7])
@given(st.lists(dockside_texts(8, 60), min_size=2, max_size=8), st.lists(st.booleans(), min_size=8, max_size=8))
@hypothesis_settings(max_examples=40)
def test_links_across_are_those_of_both_clustered_together(texts: list[str], sides: list[bool]) -> None:
    stories = [Story(str(number), text) for number, text in enumerate(texts)]
    new = [story for story, side in zip(stories, sides, strict=False) if side]
    old = [story for story in stories if story not in new]
    profile, settings = learn_profile(stories), Settings(min_words=5, sentence_words=8, partial_words=8)
    expected = {}
    for link in cluster_stories(stories, settings=settings, profile=profile).links():
        for a, b in ((link.id_a, link.id_b), (link.id_b, link.id_a)):
            if a in {story.id for story in new} and b in {story.id for story in old}:
                expected[a, b] = (link.relation, link.shared_words, link.share, link.likeness, link.reason, link.origin)
    found = pairs_of(new, old, profile, settings)
    assert {
        pair: (link.relation, link.shared_words, link.share, link.likeness, link.reason, link.origin)
        for pair, link in found.items()
    } == expected


def test_matches_of_the_newsroom_cut_the_same_words_from_both() -> None:
    half = len(NEWSROOM) // 2
    profile = learn_profile(NEWSROOM)
    found = pairs_of(list(NEWSROOM[:half]), list(NEWSROOM[half:]), profile)
    text = {story.id: story.text for story in NEWSROOM}
    assert len(found) > 50
    for (a, b), link in found.items():
        assert link.passages
        for passage in link.passages:
            one, other = text[a][passage.a_start : passage.a_stop], text[b][passage.b_start : passage.b_stop]
            hashes, first = (words := split([one, other])).hashes, words.first_word
            assert hashes[first[0]] == hashes[first[1]]
            assert hashes[first[1] - 1] == hashes[first[2] - 1]


def test_stories_of_one_collection_are_not_linked_with_each_other() -> None:
    new = [Story("n1", FERRY), Story("n2", FERRY), Story("n3", LIBRARY)]
    old = [Story("o1", CHESS), Story("o2", CHESS), Story("o3", LIBRARY.upper())]
    matches = match_stories(new, old)
    assert [(link.id_a, link.id_b, link.relation) for link in matches.links()] == [("n3", "o3", "copy")]
    assert matches.summary()["links"] == len(matches) == 1


def test_an_id_may_stand_in_both() -> None:
    matches = match_stories([Story("1", FERRY)], [Story("1", FERRY), Story("2", CHESS)])
    assert [(link.id_a, link.id_b) for link in matches.links()] == [("1", "1")]


def test_the_best_match_is_the_strongest_then_the_largest_then_the_first() -> None:
    story = f"{HEAD} {TAIL}"
    old = [
        Story("part", f"{' '.join(HEAD.split()[:26])} {' '.join(invented(number) for number in range(200))}"),
        Story("cut", " ".join(story.split()[:60])),
        Story("copy-2", story),
        Story("copy-1", story),
        Story("other", CHESS),
    ]
    matches = match_stories([Story("new", story), Story("none", LIBRARY), Story("short", "A ferry.")], old)
    rows = {row["id"]: row for row in matches.rows()}
    assert (rows["new"]["match"], rows["new"]["relation"], rows["new"]["share"]) == ("copy-1", "copy", 1.0)
    assert rows["new"]["matches"] == sum(link.id_a == "new" for link in matches.links()) >= 3
    assert rows["none"] == {
        **dict.fromkeys(("match", "relation", "shared_words", "share")),
        "id": "none",
        "matches": 0,
    }
    assert rows["short"]["match"] is None
    assert str(matches).startswith("StoryMatches: 1 of 3 stories stand among 5: 1 as copies")


def test_what_many_old_stories_have_is_paired_with_the_first_of_them() -> None:
    old = [Story(f"{number:03}", FERRY) for number in range(100)]
    matches = match_stories([Story("a", FERRY), Story("b", f"{FERRY} {CHESS}")], old)
    assert [(link.id_a, link.id_b) for link in matches.links()] == [
        (new, f"{number:03}") for new in "ab" for number in range(4)
    ]
    assert matches.summary()["links_unlisted"] == 2 * 96


@given(st.randoms(use_true_random=False), st.integers(1, 3))
@hypothesis_settings(max_examples=5, deadline=None)
def test_order_and_threads_change_nothing(order: random.Random, threads: int) -> None:
    new, old = list(NEWSROOM[::2]), list(NEWSROOM[1::2])
    expected = list(match_stories(new, old, threads=1).links())
    order.shuffle(new)
    order.shuffle(old)
    assert list(match_stories(new, old, threads=threads).links(threads=threads)) == expected


def test_each_row_is_the_best_of_its_links() -> None:
    matches = match_stories(NEWSROOM[::2], NEWSROOM[1::2])
    strength = {"copy": 3, "version": 2, "partial": 1}
    best: dict[str, Link] = {}
    for link in matches.links():
        other = best.setdefault(link.id_a, link)
        if (strength[str(link.relation)], link.share) > (strength[str(other.relation)], other.share):
            best[link.id_a] = link
    expected = {
        id: (link.id_b, link.relation, link.shared_words, round(link.share, DECIMALS)) for id, link in best.items()
    }
    names = "match", "relation", "shared_words", "share"
    found = {row["id"]: tuple(row[name] for name in names) for row in matches.rows() if row["match"] is not None}
    assert found == expected
    assert len(found) > 50


@pytest.mark.parametrize("wrong", [{"settings": {"min_words": 3}}, {"profile": "wire.profile"}])
def test_what_is_no_settings_and_no_profile_is_named(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(UsageError, match=rf"{name} is .*; expected a storyclust\.{name.capitalize()}"):
        match_stories([Story("1", FERRY)], [Story("2", FERRY)], **wrong)


@pytest.mark.parametrize(("new", "old"), [([], []), ([Story("1", FERRY)], []), ([], [Story("1", FERRY)])])
def test_nothing_matches_nothing(new: list[Story], old: list[Story]) -> None:
    matches = match_stories(new, old)
    assert list(matches.links()) == []
    assert [row["match"] for row in matches.rows()] == [None] * len(new)


# The command


def write(path: Path, stories: list[Story]) -> str:
    path.write_text("".join(json.dumps({"id": story.id, "text": story.text}) + "\n" for story in stories))
    return str(path)


def test_the_command_writes_what_the_library_finds(tmp_path: Path) -> None:
    new = [replace(story, source=None, published=None, title=None) for story in NEWSROOM[:120]]
    old = [replace(story, source=None, published=None, title=None) for story in NEWSROOM[120:]]
    today, archive = write(tmp_path / "today.jsonl", new), write(tmp_path / "archive.jsonl", old)
    matches, links, summary = (str(tmp_path / name) for name in ("m.jsonl", "l.jsonl", "s.json"))
    assert run("match", today, "--against", archive, "-o", matches, "--links", links, "--summary", summary) == 0
    found = match_stories(new, old)
    written = [json.loads(line) for line in Path(matches).read_text().splitlines()]
    assert written == list(found.rows())
    assert len(Path(links).read_text().splitlines()) == len(found)
    assert json.loads(Path(summary).read_text()) == found.summary()


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["{today}", "-o", "{out}"], 2, "--against"),
        (["{today}", "--against", "{out}.gone", "-o", "{out}"], 2, "no such file"),
        (["{today}", "--against", "{today}", "-o", "{today}"], 2, "today.jsonl"),
        (["{today}", "--against", "{bad}", "-o", "{out}"], 1, "bad.jsonl:1"),
        (["-", "--against", "-", "-o", "{out}"], 2, "both collections are standard input"),
    ],
)
def test_bad_input_is_told_and_writes_nothing(
    arguments: list[str], status: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"today": write(tmp_path / "today.jsonl", [Story("1", FERRY)]), "out": str(tmp_path / "out.jsonl")}
    names["bad"] = str(tmp_path / "bad.jsonl")
    Path(names["bad"]).write_text('{"id": 1,\n')
    assert run("match", *(argument.format(**names) for argument in arguments)) == status
    assert says in capsys.readouterr().err
    assert not Path(names["out"]).exists()


def test_the_old_collection_may_have_columns_of_other_names(tmp_path: Path) -> None:
    today, archive, out = (str(tmp_path / name) for name in ("today.jsonl", "archive.jsonl", "out.jsonl"))
    Path(today).write_text(json.dumps({"slug": "t1", "copy": FERRY}) + "\n")
    Path(archive).write_text(json.dumps({"slug": "o1", "body": FERRY, "lang": "en"}) + "\n")
    names = ["--id", "slug", "--text", "copy", "--against-column", "text=body", "--against-column", "language=lang"]
    assert run("match", today, "--against", archive, "-o", out, *names) == 0
    assert json.loads(Path(out).read_text())["match"] == "o1"
    new, old = Columns(id="slug", text="copy"), Columns(id="slug", text="body", language="lang")
    matches = match_stories(today, archive, columns=new, against_columns=old)
    assert [(row["match"], row["relation"]) for row in matches.rows()] == [("o1", "copy")]
    assert matches.against[0].language == "en"


@pytest.mark.parametrize("given", ["body=text", "text", "text="])
def test_what_names_no_column_of_the_old_collection_is_refused(
    given: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today = write(tmp_path / "today.jsonl", [Story("1", FERRY)])
    assert run("match", today, "--against", today, "-o", "-", "--against-column", given) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"error: --against-column {given}; expected FIELD=NAME, FIELD one of id, text, title, ")


@pytest.mark.parametrize("kind", ["file", "dicts"])
def test_a_column_the_old_collection_lacks_is_to_be_named_for_it_alone(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "archive.jsonl"
    path.write_text(json.dumps(row := {"id": "o1", "text": FERRY, "day": "Monday"}) + "\n")
    with pytest.raises(MissingColumnError) as raised:
        match_stories(
            [{"id": "n1", "text": FERRY, "paper": "Echo"}],
            str(path) if kind == "file" else [row],
            columns=Columns(source="paper"),
        )
    problem, remedy = str(raised.value).split(". ")
    assert problem.endswith("source column 'paper'; the columns there are: id, text, day")
    assert remedy == "Name the right one with against_columns=Columns(source=...) (--against-column source=NAME)"


def test_columns_are_no_dict() -> None:
    for named in ({"columns": {"text": "body"}}, {"against_columns": {"text": "body"}}):
        with pytest.raises(UsageError, match=r"^columns is dict .*; expected .*, such as Columns\(text='body'\)$"):
            match_stories([Story("1", FERRY)], [Story("2", FERRY)], **named)  # type: ignore[arg-type]


def test_what_is_no_collection_is_refused() -> None:
    with pytest.raises(UsageError, match="expected several stories"):
        match_stories([Story("1", FERRY)], Story("2", FERRY))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="'text'"):
        match_stories([{"id": "1"}], [])
