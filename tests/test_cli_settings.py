"""The options of the commands that choose settings, profiles and pairs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edited import link_row
from storyclust import Profile, Settings, cluster_stories, learn_profile
from storyclust.cli import main
from straits import STRAITS

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


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wire") / "wire.jsonl"
    records = [
        {
            "id": story.id,
            "text": story.text,
            "title": story.title,
            "source": story.source,
            "published": story.published and story.published.isoformat(),
        }
        for story in STRAITS
    ]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def assigned(**chosen: Any) -> list[dict[str, Any]]:
    return list(cluster_stories(STRAITS, settings=Settings(**chosen)).assignments())


# Settings

CHOSEN = {"copy_share": 0.97, "level": "copy", "canonical": "earliest"}


def test_settings_come_from_a_file_and_options_come_before_it(run: Run, wire: Path, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for content in (CHOSEN, {"settings": CHOSEN, "stories": 30}, Settings(**CHOSEN).to_dict()):  # type: ignore[arg-type]
        path.write_text(json.dumps(content))
        status, out, _ = run("cluster", wire, "-o", "-", "--settings", path)
        assert (status, rows(out)) == (0, assigned(**CHOSEN))
    options = ["--set", "copy_share=0.55", "--canonical", "longest", "--level", "version"]
    _, out, _ = run("cluster", wire, "-o", "-", "--settings", path, *options)
    assert rows(out) == assigned(copy_share=0.55, canonical="longest", level="version")


def test_the_summary_of_one_run_sets_another(run: Run, wire: Path, tmp_path: Path) -> None:
    summary, first, again = (tmp_path / name for name in ("summary.json", "first.jsonl", "again.jsonl"))
    assert run("cluster", wire, "-o", first, "--set", "copy_share=0.97", "--summary", summary)[0] == 0
    assert run("cluster", wire, "-o", again, "--settings", summary)[0] == 0
    assert first.read_bytes() == again.read_bytes()
    assert rows(first.read_text()) != assigned()


@pytest.mark.parametrize("command", ["cluster", "dedup", "explain"])
@pytest.mark.parametrize(
    ("content", "message", "status"),
    [
        ("{", "cannot read {path}: it is not JSON (Expecting property name", 1),
        ("[1, 2]", "{path} holds list; expected an object of settings by name", 1),
        ('{"settings": 5}', "{path} holds dict; expected an object of settings by name", 1),
        ('{"copy_share": 60}', "copy_share is 60; expected a number above 0 and at most 1", 2),
        ('{"speed": 9}', "unknown settings speed; the settings are alike", 2),
        ('{"must_link": [["a", "a"]]}', "must_link pairs 'a' with itself", 2),
        (None, "no such file: {path}; expected a file of settings, as JSON. Check the spelling", 2),
    ],
)
def test_settings_that_cannot_be_used(
    run: Run, wire: Path, tmp_path: Path, command: str, content: str | None, message: str, status: int
) -> None:
    path = tmp_path / "settings.json"
    if content is not None:
        path.write_text(content)
    beside = ["corvane-ferry", "oudra-flood"] if command == "explain" else ["-o", tmp_path / "out.jsonl"]
    done = run(command, wire, *beside, "--settings", path)
    assert done[:2] == (status, "")
    assert message.format(path=path) in " ".join(done[2].replace("│", " ").split())
    assert not (tmp_path / "out.jsonl").exists()


def test_dedup_works_at_the_level_copy_or_at_the_one_asked_for(run: Run, wire: Path) -> None:
    for options, level in (([], "copy"), (["--level", "partial"], "partial"), (["--set", "level=partial"], "copy")):
        _, out, _ = run("dedup", wire, "-o", "-", "--set", "copy_share=0.97", *options)
        clusters = cluster_stories(STRAITS, settings=Settings(copy_share=0.97, level=level))  # type: ignore[arg-type]
        assert {row["id"] for row in rows(out)} == {cluster.canonical for cluster in clusters}


# Profiles


def test_a_saved_profile_makes_the_same_links_in_another_run(run: Run, wire: Path, tmp_path: Path) -> None:
    profile, links = tmp_path / "wire.profile", tmp_path / "links.jsonl"
    assert run("cluster", wire, "-o", tmp_path / "a.jsonl", "--save-profile", profile)[0] == 0
    assert Profile.load(profile) == learn_profile(STRAITS)
    part = tmp_path / "part.jsonl"
    part.write_text("".join(wire.read_text().splitlines(keepends=True)[:12]))
    assert run("cluster", part, "-o", tmp_path / "b.jsonl", "--links", links, "--profile", profile)[0] == 0
    ids = [row["id"] for row in rows(part.read_text())]
    stories = [story for story in STRAITS if story.id in ids]
    known, fresh = (cluster_stories(stories, profile=each) for each in (learn_profile(STRAITS), None))
    assert rows(links.read_text()) == [json.loads(json.dumps(link_row(link))) for link in known.links()]
    assert list(known.links()) != list(fresh.links())


def test_explain_tells_the_link_of_a_clustering_of_the_same_input(run: Run, wire: Path, tmp_path: Path) -> None:
    result = cluster_stories(STRAITS)
    pair = ("corvane-ferry", "ostrel-today-ferry")
    likeness = f"likeness {result.explain(*pair).likeness:.2f}"
    assert likeness in run("explain", wire, *pair)[1]
    Profile.empty().save(tmp_path / "empty.profile")
    told = run("explain", wire, *pair, "--profile", tmp_path / "empty.profile")[1]
    unlearned = cluster_stories(STRAITS, profile=Profile.empty())
    assert f"likeness {unlearned.explain(*pair).likeness:.2f}" in told
    origin = result.explain(*pair).origin
    assert f"source: {origin} ({result.explain(*pair).origin_sign})" in told.splitlines()


@pytest.mark.parametrize("command", ["cluster", "dedup", "explain"])
@pytest.mark.parametrize("content", [None, b"", b"no profile", b"PK\x03\x04 and no more"])
def test_a_profile_that_cannot_be_used(
    run: Run, wire: Path, tmp_path: Path, command: str, content: bytes | None
) -> None:
    path = tmp_path / "wire.profile"
    if content is not None:
        path.write_bytes(content)
    beside = ["corvane-ferry", "oudra-flood"] if command == "explain" else ["-o", tmp_path / "out.jsonl"]
    status, out, err = run(command, wire, *beside, "--profile", path)
    assert (status, out) == (2 if content is None else 1, "")
    assert err.startswith("error: ")
    assert str(path) in err
    assert "expected a file" in err


def test_a_profile_that_cannot_be_saved_stops_before_the_work(run: Run, wire: Path, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "wire.profile"
    status, _, err = run("cluster", wire, "-o", tmp_path / "out.jsonl", "--save-profile", path)
    assert status == 1
    assert "nowhere" in err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("other", ["wire.jsonl", "out.jsonl"])
def test_a_profile_is_saved_over_neither_input_nor_output(run: Run, wire: Path, tmp_path: Path, other: str) -> None:
    stories = tmp_path / "wire.jsonl"
    stories.write_bytes(wire.read_bytes())
    status, _, err = run("cluster", stories, "-o", tmp_path / "out.jsonl", "--save-profile", tmp_path / other)
    assert status == 2
    assert other in err
    assert stories.read_bytes() == wire.read_bytes()


# Pairs


def test_pairs_in_files_are_honoured(run: Run, wire: Path, tmp_path: Path) -> None:
    must, cannot = tmp_path / "must.tsv", tmp_path / "cannot.tsv"
    must.write_text("id_b\tnote\tid_a\nlannow-post-chess\tseen by the desk\toudra-flood\n")
    cannot.write_text("id_a\tid_b\nivrel-star\tostrel-today-star\ngone\tivrel-star\n")
    summary = tmp_path / "summary.json"
    options = ["--must-link", must, "--cannot-link", cannot, "--summary", summary]
    status, out, err = run("cluster", wire, "-o", "-", *options)
    assert "1 pair of --must-link and --cannot-link left aside: no story has one of the ids" in err
    pairs = {
        "must_link": (("lannow-post-chess", "oudra-flood"),),
        "cannot_link": (("ivrel-star", "ostrel-today-star"), ("gone", "ivrel-star")),
    }
    assert (status, rows(out)) == (0, assigned(**pairs))
    assert json.loads(summary.read_text())["overrides_unmatched"] == 1
    kept = {row["id"] for row in rows(run("dedup", wire, "-o", "-", "--must-link", must, "--cannot-link", cannot)[1])}
    expected = cluster_stories(STRAITS, settings=Settings(level="copy", **pairs))  # type: ignore[arg-type]
    assert kept == {cluster.canonical for cluster in expected}


@pytest.mark.parametrize("command", ["cluster", "dedup"])
def test_an_outlet_to_prefer_that_no_story_names_is_told(run: Run, wire: Path, tmp_path: Path, command: str) -> None:
    summary, there = tmp_path / "summary.json", next(story.source for story in STRAITS if story.source)
    options = ["-o", "-", "--summary", summary, "--prefer", "Ostrel Herold", "--prefer", there]
    status, _, err = run(command, wire, *options)
    assert (status, json.loads(summary.read_text())["preferred_unmatched"]) == (0, 1)
    assert "--prefer left aside: no story is of Ostrel Herold; expected the name of an outlet" in err
    assert "--prefer" not in run(command, wire, "-o", "-", "--prefer", there)[2]


@pytest.mark.parametrize("option", ["--must-link", "--cannot-link"])
@pytest.mark.parametrize(
    ("content", "message", "status"),
    [
        ("a\tb\nc\td\n", "{path} has the columns a, b; expected id_a and id_b, separated by tabs", 1),
        ("id_a,id_b\na,b\n", "{path} has the columns id_a,id_b; expected id_a and id_b", 1),
        ("", "{path} has the columns none; expected id_a and id_b", 1),
        ("id_a\tid_b\na\tb\nc\n", "{path}:3: a pair lacks an id; expected two ids, separated by a tab", 1),
        ("id_a\tid_b\n\tb\n", "{path}:2: a pair lacks an id", 1),
        (b"id_a\tid_b\n\xff\tb\n", "cannot read {path}: it is not UTF-8 (byte 0xff); expected a file of pairs of", 1),
        (None, "no such file: {path}; expected a file of pairs of ids. Check the spelling", 2),
        ("id_a\tid_b\na\ta\n", "pairs 'a' with itself; expected the ids of two stories", 2),
    ],
)
def test_pairs_that_cannot_be_used(
    run: Run, wire: Path, tmp_path: Path, option: str, content: str | bytes | None, message: str, status: int
) -> None:
    path = tmp_path / "pairs.tsv"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for command in ("cluster", "dedup"):
        done = run(command, wire, "-o", tmp_path / "out.jsonl", option, path)
        assert done[:2] == (status, "")
        assert message.format(path=path) in " ".join(done[2].replace("│", " ").split())
        assert not (tmp_path / "out.jsonl").exists()


def test_pairs_that_contradict_each_other_are_refused(run: Run, wire: Path, tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("id_a\tid_b\noudra-flood\tivrel-star\n")
    status, out, err = run("cluster", wire, "-o", "-", "--must-link", path, "--cannot-link", path)
    assert (status, out) == (2, "")
    assert "cannot_link has 'ivrel-star' and 'oudra-flood'" in " ".join(err.replace("│", " ").split())
