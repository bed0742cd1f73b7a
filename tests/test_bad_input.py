"""What can be wrong with an input, an output or a call: each ends with its status, a message, and nothing half done."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storyclust import DataError, Settings, Story, StoryReader, cluster_stories
from storyclust.cli import main
from storyclust.errors import SettingsError
from storyclust.io.tables import TableWriter
from straits import STRAITS

FERRY = next(story.text for story in STRAITS if story.id == "corvane-ferry")
STAR = next(story.text for story in STRAITS if story.id == "ivrel-star")
ROWS = [{"id": "ferry", "text": FERRY}, {"id": "echo", "text": FERRY.upper()}, {"id": "star", "text": STAR}]
OLD = b"last week's result\n"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Done:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Done(int(ended.value.code or 0), captured.out, captured.err)

    return run


def write(path: Path, *rows: dict[str, Any] | bytes) -> Path:
    path.write_bytes(b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    return write(tmp_path / "wire.jsonl", *ROWS)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An output that is there already, and has to survive whatever goes wrong."""
    path = tmp_path / "out" / "old.jsonl"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def untouched(old: Path) -> bool:
    return old.read_bytes() == OLD and [path.name for path in old.parent.iterdir()] == [old.name]


@pytest.fixture
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stays empty as long as no story is read."""
    read: list[str] = []

    def refuse(reader: StoryReader) -> Iterator[Any]:
        read.append("a story")
        raise AssertionError("a story was read")

    monkeypatch.setattr(StoryReader, "__iter__", refuse)
    return read


# Inputs that cannot be used at all: status 1


def truncated_gzip(path: Path) -> Path:
    whole = gzip.compress(
        b"".join(json.dumps({"id": str(n), "text": f"{n} {FERRY}"}).encode() + b"\n" for n in range(50))
    )
    path.write_bytes(whole[: len(whole) // 2])
    return path


def parquet_without_text(path: Path) -> Path:
    pq.write_table(pa.table({"url": ["a"], "body": [FERRY]}), path)
    return path


NO_COLUMN = r"no record of \S+ has the {0} column '{1}'; the columns there are: {2}\. Name the right one with --{0}"
UNUSABLE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "empty": (lambda f: write(f / "in.jsonl"), r"no records in \S+in\.jsonl; expected at least one story"),
    "blank lines": (lambda f: write(f / "in.jsonl", b"", b" \t"), r"no records in"),
    "empty csv": (lambda f: write(f / "in.csv"), r"in\.csv"),
    "header alone": (lambda f: write(f / "in.csv", b"id,text"), r"no records in"),
    "no text": (
        lambda f: write(f / "in.jsonl", {"id": "a", "body": FERRY}),
        NO_COLUMN.format("text", "text", "id, body"),
    ),
    "no id": (lambda f: write(f / "in.csv", b"url,text", b"a,b"), NO_COLUMN.format("id", "id", "url, text")),
    "parquet": (lambda f: parquet_without_text(f / "in.parquet"), NO_COLUMN.format("id", "id", "url, body")),
    "malformed": (
        lambda f: write(f / "in.jsonl", *ROWS, b'{"id": "x", "text": '),
        r"in\.jsonl:4: not JSON: .* at character \d+ of the line; expected one JSON object\. .*--on-error skip",
    ),
    "not an object": (
        lambda f: write(f / "in.jsonl", b"[1, 2]"),
        r"in\.jsonl:1: the line holds \[1, 2\]; expected a JSON",
    ),
    "not UTF-8": (
        lambda f: write(f / "in.jsonl", *ROWS, b'{"id": "\xff"}'),
        r"in\.jsonl:4: not UTF-8: byte 0xff at byte 9",
    ),
    "an id that is a list": (lambda f: write(f / "in.jsonl", ROWS[0], {"id": [], "text": "a"}), r"in\.jsonl:2: .*id"),
    "an empty id": (lambda f: write(f / "in.jsonl", ROWS[0], {"id": "", "text": "a"}), r"in\.jsonl:2: .*id.*empty"),
    "a text that is a number": (
        lambda f: write(f / "in.jsonl", ROWS[0], {"id": "a", "text": 5}),
        r"in\.jsonl:2: .*text",
    ),
    "two texts": (
        lambda f: write(f / "in.jsonl", *ROWS, {"id": "ferry", "text": STAR}),
        r"in\.jsonl:4: the id 'ferry' stands for another text at \S+in\.jsonl:1; expected one text an id",
    ),
    "no gzip": (lambda f: write(f / "in.jsonl.gz", *ROWS), r"damaged or not gzip"),
    "no parquet": (lambda f: write(f / "in.parquet", *ROWS), r"in\.parquet"),
    "empty folder": (lambda f: f, r"holds no \.txt, .* file; expected one file a story"),
}


@pytest.mark.parametrize("command", ["cluster", "dedup", "explain"])
@pytest.mark.parametrize("kind", UNUSABLE)
def test_input_that_cannot_be_used(run: Run, kind: str, command: str, tmp_path: Path, old: Path) -> None:
    make, message = UNUSABLE[kind]
    folder = tmp_path / "in"
    folder.mkdir()
    done = run(command, make(folder), *(["ferry", "star"] if command == "explain" else ["-o", old]))
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert re.search(message, done.err)
    assert untouched(old)


# Calls that cannot be carried out: status 2, and no story read

MISUSED: dict[str, tuple[list[str], str]] = {
    "no such input": (["cluster", "GONE.jsonl", "-o", "OLD"], r"no such file: GONE\.jsonl; expected a file or folder"),
    "unknown input ending": (
        ["cluster", "wire.docx", "-o", "OLD"],
        r"cannot read wire\.docx: its ending '\.docx' names no",
    ),
    "no input ending": (["cluster", "wire", "-o", "OLD"], r"cannot read wire: it has no ending"),
    "unknown output ending": (
        ["cluster", "WIRE", "-o", "out/new.xlsx"],
        r"cannot write out/new\.xlsx: its ending '\.xlsx'",
    ),
    "unknown links ending": (["cluster", "WIRE", "-o", "OLD", "--links", "out/l.txt"], r"cannot write out/l\.txt"),
    "output is input": (["cluster", "WIRE", "-o", "WIRE"], r"is also the input .*; expected another path"),
    "output is input, spelt otherwise": (["dedup", "WIRE", "-o", "out/../wire.jsonl"], r"is also the input"),
    "rejects are input": (["dedup", "WIRE", "-o", "OLD", "--rejects", "wire.jsonl"], r"wire\.jsonl is also the input"),
    "one file twice": (["cluster", "WIRE", "-o", "OLD", "--links", "OLD"], r"two outputs are the same file"),
    "standard output twice": (
        ["cluster", "WIRE", "-o", "-", "--links", "-"],
        r"two outputs are the same file: - and -",
    ),
    "standard input twice": (["cluster", "-", "-", "-o", "OLD"], r"standard input \(-\) was given more than once"),
    "min words": (
        ["cluster", "WIRE", "-o", "OLD", "--min-words", "0"],
        r"min_words is 0; expected a whole number from 1",
    ),
    "no share": (
        ["cluster", "WIRE", "-o", "OLD", "--set", "version_share=0"],
        r"version_share is 0; expected a number above 0 and at most 1",
    ),
    "not a number": (["dedup", "WIRE", "-o", "OLD", "--set", "alike=NaN"], r"alike is nan; expected a number"),
    "percent": (
        ["dedup", "WIRE", "-o", "OLD", "--set", "copy_share=55"],
        r"copy_share is 55; expected a number above 0",
    ),
    "words for a number": (
        ["cluster", "WIRE", "-o", "OLD", "--set", "partial_words=many"],
        r"partial_words is 'many'; expected a whole number from 1",
    ),
    "no value": (["cluster", "WIRE", "-o", "OLD", "--set", "alike"], r"--set alike; expected NAME=VALUE, such as"),
    "an unknown setting": (
        ["cluster", "WIRE", "-o", "OLD", "--set", "jaccard=0.5"],
        r"unknown settings jaccard; the settings are alike, cannot_link",
    ),
    "an unknown level": (
        ["cluster", "WIRE", "-o", "OLD", "--set", "level=Copy"],
        r"level is 'Copy'; expected one of copy, version, partial",
    ),
    "explain's rules": (
        ["explain", "WIRE", "ferry", "star", "--set", "copy_share=2"],
        r"copy_share is 2; expected",
    ),
}


@pytest.mark.parametrize("kind", MISUSED)
def test_a_call_that_cannot_be_carried_out(
    run: Run, kind: str, wire: Path, old: Path, nothing_read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(wire.parent)
    for name in ("wire.docx", "wire"):
        (wire.parent / name).write_bytes(wire.read_bytes())
    before = wire.read_bytes()
    arguments, message = MISUSED[kind]
    done = run(*({"WIRE": wire, "OLD": old}.get(argument, argument) for argument in arguments))
    assert (done.status, done.out) == (2, "")
    assert re.search(message, done.err)
    assert nothing_read == []
    assert untouched(old)
    assert wire.read_bytes() == before


def test_threads_are_counted_from_one(run: Run, wire: Path, old: Path, nothing_read: list[str]) -> None:
    done = run("cluster", wire, "-o", old, "--threads", "0")
    assert (done.status, nothing_read) == (2, [])
    assert "threads is 0; expected a whole number of at least 1" in done.err
    assert untouched(old)


BAD_SETTINGS = {
    "level": ["Copy", "", None, 3, b"copy", "families"],
    "shingle_words": [1, 17, 5.0, "5", True, None],
    "min_words": [0, -1, 20.0, 1_000_001],
    "passage_words": [0, -1, 7.0, 1_000_001, "7", True, None],
    "sentence_words": [0, 24.5, None],
    "partial_words": [0, 36.5, None],
    "version_share": [0, -0.1, 1.1, "0.5", float("nan"), float("inf"), True, None],
    "copy_share": [0, 55, None],
    "must_link": ["ab", [("a",)], [("a", 1)], [("a", "b", "c")], 3, None],
    "window_days": [-1, 1.5, True, "7", 1_000_001],
    "cannot_link": ["ab", [("a",)], [("a", 1)], [["a", None]], 3, None],
    "alike": [-0.01, 1.01, float("nan"), None],
    "canonical": ["newest", "", None, 1],
    "preferred_sources": ["AFP", [1], [None]],
    "seed": [-1, 2**32, 1.0, None],
    "rules": ["caption", 3, [3], ["caption"], None],
}


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_settings_out_of_range(name: str) -> None:
    for value in BAD_SETTINGS[name]:
        with pytest.raises(SettingsError, match=re.escape(f"{name} is {value!r}; ")):
            Settings(**{name: value})
        with pytest.raises(ValueError, match=name):
            Settings.from_dict(Settings().to_dict() | {name: value})


def test_unknown_settings() -> None:
    with pytest.raises(
        SettingsError, match=r"unknown settings jacard, speed; the settings are alike, cannot_link, canonical"
    ):
        Settings.from_dict({"speed": 1, "jacard": 0.5})


# Outputs that cannot be written


@pytest.mark.parametrize("option", ["-o", "--links", "--clusters", "--summary", "--rejects"])
def test_an_output_that_cannot_be_written_stops_before_the_work(
    run: Run, option: str, wire: Path, old: Path, nothing_read: list[str]
) -> None:
    outputs = {"-o": old, option: wire.parent / "nowhere" / "out.jsonl"}
    done = run("cluster", wire, *(part for pair in outputs.items() for part in pair))
    assert (done.status, done.out, nothing_read) == (1, "", [])
    assert re.search(
        r"cannot write \S+nowhere/out\.jsonl: .*There is no folder .*create it, or name another path", done.err
    )
    assert untouched(old)
    assert not (wire.parent / "nowhere").exists()


@pytest.mark.parametrize("command", ["cluster", "dedup"])
def test_a_folder_is_no_output(run: Run, command: str, wire: Path, nothing_read: list[str]) -> None:
    folder = wire.parent / "folder.jsonl"
    folder.mkdir()
    done = run(command, wire, "-o", folder)
    assert (done.status, nothing_read) == (1, [])
    assert "folder.jsonl: it is a folder. Name a file in it instead" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission(run: Run, wire: Path, nothing_read: list[str]) -> None:
    folder = wire.parent / "locked"
    folder.mkdir(mode=0o500)
    done = run("cluster", wire, "-o", folder / "out.jsonl")
    assert (done.status, nothing_read) == (1, [])
    assert "Check the permissions" in done.err


@pytest.mark.parametrize("command", ["cluster", "dedup"])
def test_a_failure_while_writing_leaves_the_old_file(
    run: Run, command: str, wire: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rejects = old.parent / "rejects.jsonl"
    monkeypatch.setattr(TableWriter, "write_all", fail_after_two_rows)
    spoilt = write(wire.parent / "spoilt.jsonl", *ROWS, b"nothing", b"again nothing", b"and again")
    options = ["--on-error", "skip", "--rejects", rejects, "--removed" if command == "dedup" else "--links"]
    done = run(command, spoilt, "-o", old, *options, old.parent / "more.csv")
    assert done.status == 1
    assert "error: the disk is full" in done.err
    assert untouched(old)


def fail_after_two_rows(table: TableWriter, rows: Iterator[dict[str, Any]]) -> None:
    for number, row in enumerate(rows):
        if number == 2:
            raise DataError("the disk is full")
        table.write(row)


@pytest.mark.parametrize("option", ["-o", "--removed", "--rejects"])
def test_a_bad_record_after_good_ones_leaves_the_old_file(run: Run, option: str, wire: Path, old: Path) -> None:
    outputs = {"-o": wire.parent / "out" / "kept.jsonl", option: old}
    write(wire, *ROWS, b"{")
    done = run("dedup", wire, *(part for pair in outputs.items() for part in pair))
    assert done.status == 1
    assert "wire.jsonl:4: not JSON" in done.err
    assert untouched(old)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_the_program(old: Path) -> None:
    command = [sys.executable, "-m", "storyclust", "cluster", "-", "-o", str(old)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdin is not None
        assert program.stderr is not None
        program.stdin.write(b" " * 1_000_000)  # more than a pipe holds, so the outputs are open and it reads
        program.stdin.flush()
        time.sleep(0.5)  # until it waits for more: a signal on the way into a system call is seen after the call
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=20) == 130
        assert b"Traceback" not in program.stderr.read()
    assert untouched(old)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes")
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    rows = ({"id": f"story-{number}", "text": FERRY} for number in range(4000))
    wire = write(tmp_path / "wire.jsonl", *rows)
    program = shlex.join([sys.executable, "-m", "storyclust", "cluster", str(wire), "-o", "-", "-q"])
    done = subprocess.run(["/bin/sh", "-c", f"{program} | head -n 1"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["id"] == "story-0"
    assert done.stderr == ""


# Records that are odd, and those that are set aside: every one ends in the output or in the rejects


def test_every_record_is_in_the_output_or_in_the_rejects(run: Run, tmp_path: Path) -> None:
    lines: list[dict[str, Any] | bytes] = [
        *ROWS,
        b"{",
        {"id": "star", "text": STAR, "title": "Sent again"},
        {"id": "two", "text": FERRY},
        {"id": None, "text": FERRY},
        {"id": "two", "text": STAR},
        b"\xff\xfe",
        {"id": "empty", "text": ""},
        {"id": "listed", "text": [FERRY]},
        {"id": "last", "text": f"{STAR} More soon."},
    ]
    wire = write(tmp_path / "wire.jsonl", *lines)
    outputs = {name: tmp_path / f"{name}.jsonl" for name in ("kept", "removed", "rejects", "assigned")}
    skip = ["--on-error", "skip", "--rejects", outputs["rejects"]]
    done = run("dedup", wire, "-o", outputs["kept"], "--removed", outputs["removed"], *skip)
    assert done.status == 0
    rejected = {row["line"]: row for row in read(outputs["rejects"])}
    assert {line: row["id"] for line, row in rejected.items()} == {
        4: None, 5: "star", 6: "two", 7: None, 8: "two", 9: None, 11: "listed",
    }  # fmt: skip
    assert all(row["file"] == str(wire) and row["reason"] for row in rejected.values())
    assert len(read(outputs["kept"])) + len(read(outputs["removed"])) + len(rejected) == len(lines)
    assert f"7 records rejected; written to {outputs['rejects']}" in done.err
    assert done.err.count(str(wire)) == 3  # the first three, and then:
    assert "and 4 more" in done.err
    done = run("cluster", wire, "-o", outputs["assigned"], "--on-error", "skip", "--summary", tmp_path / "summary.json")
    assert len(read(outputs["assigned"])) + len(rejected) == len(lines)
    assert json.loads((tmp_path / "summary.json").read_text())["rejects"] == len(rejected)
    assert "7 records rejected; name a file with --rejects to keep them" in done.err


def test_what_precedes_a_break_can_be_used(run: Run, tmp_path: Path) -> None:
    broken = truncated_gzip(tmp_path / "wire.jsonl.gz")
    rejects = tmp_path / "rejects.csv"
    done = run("cluster", broken, "-o", "-", "--on-error", "skip", "--rejects", rejects)
    assert done.status == 0
    whole = [json.loads(line)["id"] for line in done.out.splitlines()]
    assert set(whole) == {str(number) for number in range(len(whole))}
    with rejects.open(newline="") as file:
        (reject,) = csv.DictReader(file)
    assert int(reject["line"]) == len(whole) + 1
    assert "the file ends early" in reject["reason"]
    assert "1 record rejected" in done.err


def test_a_missing_column_is_an_error_even_when_skipping(run: Run, tmp_path: Path, old: Path) -> None:
    wire = write(tmp_path / "wire.jsonl", {"id": "a", "body": FERRY}, {"id": "b", "body": STAR})
    done = run("dedup", wire, "-o", old, "--on-error", "skip")
    assert done.status == 1
    assert "the columns there are: id, body. Name the right one with --text" in done.err
    assert untouched(old)
    asked = run("dedup", wire, "-o", old, "--text", "body", "--source", "outlet")
    assert asked.status == 1
    assert "the source column 'outlet'; the columns there are: id, body" in asked.err


def test_numbers_as_ids(run: Run, tmp_path: Path) -> None:
    rows = [{"id": 7, "text": FERRY}, {"id": "8", "text": FERRY}, {"id": 2**70, "text": STAR}]
    done = run("cluster", write(tmp_path / "wire.jsonl", *rows), "-o", "-")
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == [str(2**70), "7", "8"]
    kept = run("dedup", tmp_path / "wire.jsonl", "-o", "-")
    assert kept.out == (tmp_path / "wire.jsonl").read_text().replace(json.dumps(rows[1]) + "\n", "")


def test_seven_and_its_text_are_one_id(run: Run, tmp_path: Path) -> None:
    rows = [{"id": 7, "text": FERRY}, {"id": "7", "text": STAR}]
    done = run("cluster", write(tmp_path / "wire.jsonl", *rows), "-o", tmp_path / "a.jsonl")
    assert done.status == 1
    assert "the id '7' stands for another text" in done.err


ODD_TEXTS = {
    "empty": "",
    "wordless": " \n\t…—!",
    "null": None,
    "NUL": FERRY.replace(" ", "\0", 7),
    "lone surrogates": f"\ud800{FERRY}\udfff \udc00",
    "long": "A word and another, and no line feed anywhere. " * 215_000,
}


@pytest.mark.parametrize("kind", ODD_TEXTS)
def test_odd_texts_come_through(run: Run, kind: str, tmp_path: Path) -> None:
    odd = ODD_TEXTS[kind]
    assert kind != "long" or len(odd or "") > 10_000_000
    wire = write(tmp_path / "wire.jsonl", *ROWS, {"id": "odd", "text": odd}, {"id": "odd again", "text": odd})
    done = run("cluster", wire, "-o", "-", "--links", tmp_path / "links.jsonl", "-q")
    assert (done.status, done.err) == (0, "")
    assigned = {row["id"]: row for row in map(json.loads, done.out.splitlines())}
    alike = {id for id, row in assigned.items() if row["cluster"] == assigned["odd"]["cluster"]}
    ferry_is_in_it = kind in ("NUL", "lone surrogates")
    words = kind not in ("empty", "wordless", "null")
    assert alike == {"odd", *(["odd again"] if words else []), *(["ferry", "echo"] if ferry_is_in_it else [])}
    texts = {"ferry": FERRY, "echo": FERRY.upper(), "odd": odd or "", "odd again": odd or ""}
    for link in read(tmp_path / "links.jsonl"):
        for a_start, a_stop, b_start, b_stop, *_ in link["passages"]:
            in_a, in_b = texts[link["id_a"]][a_start:a_stop], texts[link["id_b"]][b_start:b_stop]
            assert words_of(in_a) == words_of(in_b) != []
    kept = run("dedup", wire, "-o", tmp_path / "kept.jsonl", "-q")
    assert kept.status == 0
    assert set((tmp_path / "kept.jsonl").read_bytes().splitlines()) < set(wire.read_bytes().splitlines())


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def test_lone_surrogates_in_ids_come_back_as_they_were(run: Run, tmp_path: Path) -> None:
    rows = [{"id": "\ud800", "text": FERRY}, {"id": "plain", "text": FERRY}]
    done = run("cluster", write(tmp_path / "wire.jsonl", *rows), "-o", tmp_path / "a.jsonl")
    assert done.status == 0
    assert {row["id"] for row in read(tmp_path / "a.jsonl")} == {"\ud800", "plain"}


def test_standard_input_that_is_empty(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    done = run("cluster", "-", "-o", "-")
    assert (done.status, done.out) == (1, "")
    assert "no records in -; expected at least one story" in done.err


def test_a_library_call_leaves_no_thread_behind_when_it_fails() -> None:
    import threading

    before = threading.active_count()
    with pytest.raises(DataError):
        cluster_stories([Story("a", FERRY), Story("a", STAR)], threads=4)
    assert threading.active_count() == before
