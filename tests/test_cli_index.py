"""The index from the command line: what each command prints and leaves, and how it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import storyclust as sc
from storyclust import Settings, Story, StoryIndex
from storyclust.cli import main
from straits import STRAITS

PROFILE = sc.learn_profile(STRAITS)
DATED = [story for story in STRAITS if story.published]
COMMANDS = [
    *("create", "add", "query", "remove", "expire", "refresh", "clusters", "cluster-of", "explain", "changes"),
    *("stats", "assignments", "export", "verify", "compact", "backup", "upgrade"),
]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["index", *(str(argument) for argument in arguments)])
        captured = capsys.readouterr()
        return Done(int(ended.value.code or 0), captured.out, captured.err)

    return run


def line_of(story: Story) -> str:
    fields = {"id": story.id, "text": story.text, "title": story.title, "source": story.source}
    return json.dumps({**fields, "date": story.published and story.published.isoformat()}) + "\n"


def written(path: Path, stories: list[Story]) -> Path:
    path.write_text("".join(map(line_of, stories)))
    return path


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("wire") / "wire.jsonl", STRAITS)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of no stories."""
    path = tmp_path / "wire.storyclust"
    StoryIndex.create(path, profile=PROFILE).close()
    return path


@pytest.fixture
def full(index: Path) -> Path:
    """An index of all stories."""
    with StoryIndex.open(index) as opened:
        list(opened.add_many(STRAITS))
    return index


# create


def test_create_keeps_settings_and_profile(run: Run, tmp_path: Path) -> None:
    PROFILE.save(tmp_path / "profile.json")
    (tmp_path / "settings.json").write_text('{"copy_share": 0.7, "window_days": 9}')
    options = ["--settings", tmp_path / "settings.json", "--set", "window_days=14", "--level", "copy"]
    options += ["--canonical", "earliest", "--prefer", "Quillon Wire", "--profile", tmp_path / "profile.json"]
    path = tmp_path / "wire.storyclust"
    assert run("create", path, *options) == Done(
        0, "", f"{path}: an index of no stories; storyclust index add puts some in\n"
    )
    with StoryIndex.open(path) as opened:
        assert opened.profile == PROFILE
        assert opened.settings == Settings(
            copy_share=0.7, window_days=14, level="copy", canonical="earliest", preferred_sources=("Quillon Wire",)
        )


def test_create_overwrites_nothing(run: Run, full: Path, tmp_path: Path) -> None:
    before = full.read_bytes()
    assert_refused(run("create", full), 1, f"{full}: there is such a file; nothing was overwritten")
    assert full.read_bytes() == before
    assert_refused(run("create", tmp_path / "no" / "wire.storyclust"), 1, "No such file or directory")
    assert_refused(run("create", tmp_path / "a.storyclust", "--set", 'must_link=[["a","b"]]'), 2, "for batch jobs")
    assert not (tmp_path / "a.storyclust").exists()


def assert_refused(done: Done, status: int, said: str) -> None:
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert said in done.err


# add


@pytest.mark.parametrize("options", [[], ["--commit-every", "7"], ["--durability", "process", "--threads", "1"]])
def test_files_in_bulk(run: Run, index: Path, wire: Path, options: list[str]) -> None:
    assert run("add", index, wire, *options) == Done(0, "", f"{index}: 30 stories added; 30 in all\n")
    with StoryIndex.open(index) as opened:
        assert list(opened.clusters()) == list(sc.cluster_stories(STRAITS).clusters)
        assert [opened.story(story.id) for story in STRAITS] == list(STRAITS)
    assert run("add", index, wire).err == f"{index}: 0 stories added, 30 there before; 30 in all\n"


def test_what_was_broken_off_goes_on(run: Run, index: Path, wire: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.jsonl"
    spoilt.write_text("".join(map(line_of, STRAITS[:20])) + "not a record\n" + "".join(map(line_of, STRAITS[20:])))
    assert_refused(run("add", index, spoilt, "--commit-every", "8"), 1, f"{spoilt}:21: not JSON")
    with StoryIndex.open(index) as opened:
        assert len(opened) == 16
    done = run("add", index, spoilt, "--on-error", "skip", "--rejects", tmp_path / "rejects.jsonl")
    assert done.status == 0
    assert done.err.startswith(f"1 record rejected; written to {tmp_path}/rejects.jsonl\n")
    assert done.err.endswith(f"{index}: 14 stories added, 16 there before; 30 in all\n")
    assert json.loads((tmp_path / "rejects.jsonl").read_text())["line"] == 21


def test_answers_are_what_the_library_tells(run: Run, index: Path, wire: Path, tmp_path: Path) -> None:
    with StoryIndex.create(tmp_path / "other.storyclust", profile=PROFILE) as other:
        told = [placement for each in STRAITS for placement in [other.add(each)]]
    done = run("add", index, wire, "-o", "-", "--commit-every", "1", "-q")
    assert (done.status, done.err) == (0, "")
    for row, placement in zip(done.rows, told, strict=True):
        expected = json.loads(json.dumps(asdict(placement)))
        assert row == {**expected, "share": expected["share"] and round(expected["share"], 6)}
    assert run("add", index, wire, "-o", tmp_path / "answers.jsonl", "-q") == Done(0, "", "")
    again = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert [row["id"] for row in again] == [story.id for story in STRAITS]
    assert not any(row["is_new"] for row in again)


def test_answers_are_as_their_schema_says(run: Run, index: Path, wire: Path) -> None:
    schema = json.loads((Path(__file__).parent.parent / "docs" / "schemas" / "placement.schema.json").read_text())
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    for row in run("add", index, wire, "-o", "-").rows:
        validator(schema).validate(row)
        assert not validator(schema).is_valid({name: value for name, value in row.items() if name != "size"})


def test_one_id_with_two_texts(run: Run, full: Path, tmp_path: Path) -> None:
    others = [Story(STRAITS[place].id, f"another text {place}") for place in (0, 7)]
    mixed = written(tmp_path / "mixed.jsonl", [others[0], Story("new", "a new one"), others[1], Story("last", "")])
    assert_refused(run("add", full, mixed), 1, f"the id {others[0].id!r} stands for another text in the index")
    done = run("add", full, mixed, "--on-error", "skip", "--rejects", tmp_path / "rejects.jsonl", "-o", "-")
    assert [next(iter(row)) for row in done.rows] == ["file", "id", "file", "id"]
    assert [row["id"] for row in done.rows] == [others[0].id, "new", others[1].id, "last"]
    assert (tmp_path / "rejects.jsonl").read_text().splitlines() == done.out.splitlines()[::2]
    assert done.err.endswith(f"{full}: 2 stories added; 32 in all\n")
    with StoryIndex.open(full) as opened:
        assert opened.story(others[0].id) == STRAITS[0]
    assert run("add", full, mixed, "--replace").err == f"{full}: 2 stories added, 2 there before; 32 in all\n"
    with StoryIndex.open(full) as opened:
        assert opened.story(others[0].id) == others[0]


def test_other_columns_and_dates_that_cannot_be_read(run: Run, index: Path, tmp_path: Path) -> None:
    path = tmp_path / "wire.csv"
    path.write_text("url,body,date\na,The ferry sank.,the day before\n")
    done = run("add", index, path, "--id", "url", "--text", "body")
    assert done.err == (
        f"1 date could not be read and count as none: {path}:2 'the day before'\n{index}: 1 story added; 1 in all\n"
    )


# add -


@dataclass
class Pipe:
    """A process that answers each line before the next is sent."""

    process: subprocess.Popen[str]

    def ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line)
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@pytest.fixture
def pipe(index: Path) -> Iterator[Pipe]:
    command = [sys.executable, "-m", "storyclust", "index", "add", str(index), "-", "--on-error", "skip"]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(command, **streams, text=True) as process:  # type: ignore[call-overload]
        yield Pipe(process)
        process.kill()


def test_every_line_is_answered_before_the_next_is_sent(pipe: Pipe, index: Path) -> None:
    first = pipe.ask(line_of(STRAITS[0]))
    assert (first["id"], first["size"], first["is_new"]) == (STRAITS[0].id, 1, True)
    # What was answered is there for others.
    with StoryIndex.open(index) as opened:
        assert len(opened) == 1
        assert pipe.ask("not a record\n")["reason"].startswith("not JSON")
        assert pipe.ask('{"text": "without an id"}\n') == {
            "file": "-",
            "line": 3,
            "id": None,
            "reason": "its id (column 'id') is missing; expected text or a number",
        }
        assert pipe.ask(line_of(STRAITS[0]))["is_new"] is False
        assert "stands for another text" in pipe.ask(line_of(Story(STRAITS[0].id, "another")))["reason"]
        for count, story in enumerate(STRAITS[1:], 2):
            assert pipe.ask(line_of(story))["id"] == story.id
            assert len(opened) == count
        assert list(opened.clusters()) == list(sc.cluster_stories(STRAITS).clusters)
    out, err = pipe.process.communicate()
    assert (pipe.process.returncode, out) == (0, "")
    assert err.startswith("3 records rejected; ")
    assert err.endswith(f"{index}: 30 stories added, 1 there before; 30 in all\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_pipe_that_is_cut_leaves_a_sound_index(pipe: Pipe, index: Path, number: signal.Signals, status: int) -> None:
    for story in STRAITS[:5]:
        pipe.ask(line_of(story))
    assert pipe.process.stdin is not None
    pipe.process.stdin.write("".join(map(line_of, STRAITS[5:])))
    pipe.process.stdin.flush()
    time.sleep(0.05)
    pipe.process.send_signal(number)
    assert pipe.process.wait(timeout=20) == status
    with StoryIndex.open(index) as opened:
        opened.verify()
        kept = len(opened)
        assert kept >= 5
        left = list(opened.add_many(STRAITS))
        assert [placement.is_new for placement in left] == [False] * kept + [True] * (len(STRAITS) - kept)
        assert list(opened.clusters()) == list(sc.cluster_stories(STRAITS).clusters)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Unix")
def test_a_reader_that_goes_away_ends_it(index: Path, wire: Path) -> None:
    command = [sys.executable, "-m", "storyclust", "index", "add", str(index), "-"]
    near, far = os.pipe()
    os.close(near)
    with wire.open("rb") as stories, open(far, "wb") as gone:
        done = subprocess.run(command, stdin=stories, stdout=gone, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    with StoryIndex.open(index) as opened:
        opened.verify()


# What it says


def test_questions(run: Run, full: Path, tmp_path: Path) -> None:
    (tmp_path / "draft.txt").write_text(STRAITS[0].text)
    with StoryIndex.open(full) as opened:
        found = [{**asdict(match), "share": round(match.share, 6)} for match in opened.query(STRAITS[0].text)]
        clusters = [cluster for cluster in opened.clusters() if len(cluster) > 1]
        changes, stats = list(opened.changes()), opened.stats()
        reason = opened.explain("corvane-ferry", "marrek-courier-ferry").reason
    assert found
    assert run("query", full, tmp_path / "draft.txt").rows == found
    assert [tuple(row["members"]) for row in run("clusters", full).rows] == [cluster.members for cluster in clusters]
    for cluster in clusters:
        (row,) = run("cluster-of", full, cluster.members[-1]).rows
        assert (row["cluster"], row["canonical"], row["reason"]) == (cluster.id, cluster.canonical, cluster.reason)
    assert reason in run("explain", full, "marrek-courier-ferry", "corvane-ferry").out.splitlines()
    assert run("changes", full).rows == changes
    assert run("changes", full, "--since", changes[4]["number"]).rows == changes[5:]
    assert run("stats", full, "--json").rows == [stats]
    table = dict(line.rsplit(maxsplit=1) for line in run("stats", full).out.splitlines())
    assert table["stories"] == "30"
    assert table["bytes"] == f"{stats['bytes']:,}"


def test_tables_are_those_of_a_batch_job(run: Run, full: Path, tmp_path: Path) -> None:
    result = sc.cluster_stories(STRAITS)
    result.write_assignments(tmp_path / "expected.jsonl")
    result.write_clusters(tmp_path / "expected-clusters.jsonl")
    assert run("assignments", full, "-o", tmp_path / "a.jsonl") == Done(0, "", "")
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "expected.jsonl").read_bytes()
    assert run("clusters", full, "-o", tmp_path / "c.jsonl") == Done(0, "", "")
    assert (tmp_path / "c.jsonl").read_bytes() == (tmp_path / "expected-clusters.jsonl").read_bytes()
    assert run("export", full, tmp_path / "s.csv.gz").err == f"{tmp_path}/s.csv.gz: 30 stories of 30\n"
    assert sc.cluster_stories(tmp_path / "s.csv.gz").clusters == result.clusters


# Over the years


def test_years(run: Run, full: Path, tmp_path: Path) -> None:
    middle = sorted(story.published for story in DATED if story.published)[len(DATED) // 2]
    expired = [story for story in DATED if story.published and story.published < middle]
    tables = [run("assignments", full, "-o", "-").out, run("clusters", full).out]
    said = f"{full}: {len(expired)} stories expired; compact gives the space back\n"
    assert run("expire", full, "--before", middle.isoformat()) == Done(0, "", said)
    # All that is known but the texts is told as before.
    assert [run("assignments", full, "-o", "-").out, run("clusters", full).out] == tables
    left = len(STRAITS) - len(expired)
    assert run("export", full, tmp_path / "left.jsonl").err.endswith(f"{left} stories of 30\n")
    assert_refused(run("explain", full, expired[0].id, STRAITS[0].id), 2, "has expired")
    assert run("remove", full, expired[0].id, DATED[-1].id).err == f"{full}: 2 stories removed; 28 in all\n"
    assert run("refresh", full).status == 0
    assert run("compact", full).status == 0
    assert run("backup", full, tmp_path / "copy.storyclust").err.endswith("a copy with 28 stories\n")
    for path in (full, tmp_path / "copy.storyclust"):
        assert run("verify", path) == Done(0, "", f"{path}: sound, with 28 stories\n")
    assert run("changes", tmp_path / "copy.storyclust").out == run("changes", full).out
    assert run("upgrade", full) == Done(0, "", f"{full}: up to date, with 0 changes\n")
    assert_refused(run("upgrade", tmp_path / "none"), 2, "no such file")


# What cannot be done


def test_unknown_ids(run: Run, full: Path) -> None:
    for command in (["cluster-of", "nobody"], ["explain", "nobody", STRAITS[0].id], ["remove", "nobody"]):
        assert_refused(run(command[0], full, *command[1:]), 2, "no story of the index has the id 'nobody'")
    assert_refused(run("remove", full, STRAITS[0].id, "nobody"), 2, "nothing was removed")
    with StoryIndex.open(full) as opened:
        assert len(opened) == 30


@pytest.mark.parametrize("command", ["verify", "stats", "refresh", "compact", "changes", "clusters"])
def test_files_that_are_no_index(run: Run, tmp_path: Path, wire: Path, full: Path, command: str) -> None:
    assert_refused(run(command, tmp_path / "nowhere"), 2, "no such file; expected an index, which storyclust index")
    assert_refused(run(command, wire), 1, "not an index of storyclust")
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE stories (id TEXT)")
    other.close()
    assert_refused(run(command, tmp_path / "other.db"), 1, "another SQLite database")
    newer = sqlite3.connect(full)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    assert_refused(run(command, full), 1, "an index of version 99")


def test_a_damaged_file(run: Run, full: Path, tmp_path: Path) -> None:
    with StoryIndex.open(full) as opened:
        opened.compact()
    sound = full.read_bytes()
    damaged = tmp_path / "damaged.storyclust"
    for start in range(4096, len(sound), len(sound) // 8):
        damaged.write_bytes(sound[:start] + bytes(range(256)) * 32 + sound[start + 8192 :])
        assert_refused(run("verify", damaged), 1, f"{damaged}: ")
    damaged.write_bytes(sound[: len(sound) // 2])
    assert_refused(run("verify", damaged), 1, f"{damaged}: damaged")
    for change in ("UPDATE posting_hand SET entries = NULL", "DELETE FROM posting_hand"):
        damaged.write_bytes(sound)
        with closing(sqlite3.connect(damaged)) as connection, connection:
            connection.execute(change)
        assert_refused(run("verify", damaged), 1, f"{damaged}: damaged: the row of the hand")


@pytest.mark.parametrize(
    "arguments",
    [
        ["INDEX", "--since", "-1"],
        ["INDEX", "--since", "yesterday"],
    ],
)
def test_bad_numbers(run: Run, index: Path, arguments: list[str]) -> None:
    done = run("changes", *(index if argument == "INDEX" else argument for argument in arguments))
    assert (done.status, done.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["add", "INDEX", "nowhere.jsonl"], 2, "no such file: nowhere.jsonl"),
        (["add", "INDEX", "INDEX", "--format", "jsonl"], 1, "not UTF-8"),
        (["add", "INDEX", "WIRE", "-o", "INDEX"], 2, "also the input"),
        (["add", "nowhere", "WIRE"], 2, "nowhere: no such file; expected an index"),
        (["expire", "INDEX", "--before", "yesterday"], 2, "--before: the date 'yesterday' cannot be read"),
        (["query", "INDEX", "nowhere.txt"], 2, "no such file: nowhere.txt"),
        (["query", "INDEX", "INDEX"], 1, "cannot read"),
        (["export", "INDEX", "INDEX"], 2, "also the input"),
        (["export", "INDEX", "stories.xml"], 2, "stories.xml"),
        (["backup", "INDEX", "INDEX"], 2, "also the input"),
        (["backup", "INDEX", "nowhere/copy"], 1, "There is no folder 'nowhere'"),
        (["create", "nowhere/x"], 1, "cannot write nowhere/x: No such file or directory. There is no folder 'nowhere'"),
        (["backup", "INDEX", "copy.gz"], 1, "cannot write copy.gz: expected the path of a plain file"),
        (["backup", "INDEX", "-"], 1, "cannot write -: expected the path of a plain file"),
    ],
)
def test_bad_usage(
    run: Run,
    index: Path,
    wire: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = index.read_bytes()
    given = {"INDEX": index, "WIRE": wire}
    assert_refused(run(*(given.get(argument, argument) for argument in arguments)), status, said)
    assert index.read_bytes() == before
    assert list(tmp_path.iterdir()) == [index]


def test_a_backup_replaces_no_index_that_is_in_use(run: Run, full: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.storyclust"
    assert run("backup", full, copy).status == 0
    with StoryIndex.open(copy) as opened:
        opened.remove(STRAITS[0].id)
        assert_refused(run("backup", full, copy), 1, "the index there is open, or was not closed")
    assert run("backup", full, copy).status == 0
    assert run("verify", copy).err == f"{copy}: sound, with 30 stories\n"
    assert sorted(tmp_path.iterdir()) == [copy, full]


def test_a_pipe_of_nothing_adds_nothing(run: Run, index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert run("add", index, "-") == Done(0, "", f"{index}: 0 stories added; 0 in all\n")
    (tmp_path / "empty.jsonl").touch()
    assert_refused(run("add", index, tmp_path / "empty.jsonl"), 1, "no records")


def test_another_process_that_writes(run: Run, full: Path) -> None:
    other = sqlite3.connect(full, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    done = run("remove", full, STRAITS[0].id, "--wait", "0.05")
    assert_refused(done, 1, "another process is writing to the index")
    assert len(run("assignments", full, "-o", "-").rows) == 30
    other.execute("ROLLBACK")
    other.close()
    assert run("remove", full, STRAITS[0].id).status == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(run: Run, command: str) -> None:
    done = run(command, "--help")
    assert (done.status, done.err) == (0, "")
    assert f"storyclust index {command}" in done.out
    assert "Example" in done.out
    assert f" {command} " in run("--help").out
