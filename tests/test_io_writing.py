from __future__ import annotations

import errno
import gc
import gzip
import io
import json
import os
import stat
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyclust import errors
from storyclust.io import Columns, Field, Record, RecordWriter, StoryReader, TableWriter, check_outputs
from storyclust.io import atomic as atomic_module
from storyclust.io import parquet as parquet_module
from storyclust.io.columns import Column, Lists

FERRY = "The night ferry to Halmstrand ran aground on a sandbank."
FIELDS = [
    Field("id", "text"),
    Field("kept", "flag"),
    Field("shared_words", "count"),
    Field("share", "fraction"),
    Field("passages", "offsets"),
    Field("members", "texts"),
]
ROW = {
    "id": "wire-é",
    "kept": True,
    "shared_words": 12,
    "share": 0.1,
    "passages": [[0, 5, 7, 12, 1, "narrated"]],
    "members": ["wire-é", "b"],
}
EMPTY = dict.fromkeys(ROW)
ALL_NAMES = [f"out.{ending}{gz}" for ending in ("jsonl", "csv", "parquet") for gz in ("", ".gz")]


def content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def write(path: Path, *rows: dict[str, Any], **options: Any) -> Path:
    with TableWriter(path, FIELDS, **options) as table:
        table.write_all(rows)
    return path


# What is written


def test_json_lines_keep_order_letters_and_floats(tmp_path: Path) -> None:
    backwards = dict(reversed(ROW.items()))
    assert content(write(tmp_path / "out.jsonl", backwards, EMPTY)).decode().splitlines() == [
        '{"id":"wire-é","kept":true,"shared_words":12,"share":0.1,'
        '"passages":[[0,5,7,12,1,"narrated"]],"members":["wire-é","b"]}',
        '{"id":null,"kept":null,"shared_words":null,"share":null,"passages":null,"members":null}',
    ]


def test_csv_cells(tmp_path: Path) -> None:
    odd = ROW | {"id": 'a,"b"\nc\rd\ud800', "kept": False}
    assert content(write(tmp_path / "out.csv", ROW, EMPTY, odd)).decode() == (
        "id,kept,shared_words,share,passages,members\n"
        'wire-é,true,12,0.1,"[[0,5,7,12,1,""narrated""]]","[""wire-é"",""b""]"\n'
        ",,,,,\n"
        '"a,""b""\nc\rd\\ud800",false,12,0.1,"[[0,5,7,12,1,""narrated""]]","[""wire-é"",""b""]"\n'
    )


def test_parquet_has_typed_columns_and_metadata(tmp_path: Path) -> None:
    path = write(tmp_path / "out.parquet", ROW, EMPTY, ROW | {"members": ["\ud800"]}, metadata={"version": "1"})
    table = pq.read_table(path)
    passage = dict(zip(["a_start", "a_stop", "b_start", "b_stop", "words", "kind"], ROW["passages"][0], strict=True))
    first, second, third = table.to_pylist()
    assert first == ROW | {"passages": [passage]}
    assert second == EMPTY
    assert third["members"] == ["\\ud800"]
    assert table.schema.metadata[b"version"] == b"1"
    kinds = [str(field.type) for field in table.schema]
    assert kinds[:4] == ["string", "bool", "int64", "double"]
    assert kinds[4].startswith("list<")
    assert "a_start: int64" in kinds[4]


@pytest.mark.parametrize("name", ALL_NAMES)
def test_equal_rows_give_equal_bytes(tmp_path: Path, name: str) -> None:
    (tmp_path / "other").mkdir()
    first, second = write(tmp_path / name, ROW), write(tmp_path / "other" / f"x{name}", ROW)
    assert first.read_bytes() == second.read_bytes()
    if name.endswith("gz"):
        assert first.read_bytes()[3] == 0  # no name in the header
        assert first.read_bytes()[4:8] == bytes(4)  # no time


@pytest.mark.parametrize("name", ALL_NAMES)
def test_stretches_are_written_as_their_rows(tmp_path: Path, name: str) -> None:
    stretch: dict[str, Column] = {
        "id": np.array(["a", None, 'x,"y"\n\r\ud800', ""], object),
        "kept": np.array([True, False, True, False]),
        "shared_words": np.array([0, -5, 2**40, 7]),
        "share": np.array([0.1, 1.0, 1e-6, 2 / 3]),
        "passages": Lists((*np.arange(20).reshape(5, 4), np.array([*"ab\udc00d"], object)), np.array([0, 1, 1, 3, 4])),
        "members": Names([["a", "\ud800"], None, [], ["b"]]),
    }
    rows = [dict(zip(stretch, row, strict=True)) for row in zip(*(c.tolist() for c in stretch.values()), strict=True)]
    assert rows[2]["passages"] == [(1, 5, 9, 13, 17, "b"), (2, 6, 10, 14, 18, "\udc00")]
    (tmp_path / "rows").mkdir()
    by_rows = write(tmp_path / "rows" / name, ROW, *rows, EMPTY, *rows)
    with TableWriter(tmp_path / name, FIELDS) as table:
        table.write(ROW)
        table.write_stretches([stretch])
        table.write(EMPTY)
        table.write_stretches([stretch])
    if "parquet" in name:
        by_stretches, expected = (pq.read_table(io.BytesIO(content(path))) for path in (tmp_path / name, by_rows))
        assert by_stretches.equals(expected)
        assert by_stretches.num_rows == 10
    else:
        assert content(tmp_path / name) == content(by_rows)
    wrong = pytest.raises(errors.UsageError, match="the columns are id; expected id, kept")
    with wrong, TableWriter(tmp_path / name, FIELDS) as table:
        table.write_stretches([{"id": stretch["id"]}])


class Names(list[Any]):
    """A column of lists of text."""

    def tolist(self) -> list[Any]:
        return self


def test_parquet_is_written_in_bounded_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "_ROWS_CONVERTED", 10)
    monkeypatch.setattr(parquet_module, "_ROW_GROUP_ROWS", 50)
    path = write(tmp_path / "out.parquet", *({**ROW, "shared_words": n} for n in range(123)))
    file = pq.ParquetFile(path)
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [50, 50, 23]
    assert file.read().column("shared_words").to_pylist() == list(range(123))


@pytest.mark.parametrize("row", [{"id": "a"}, ROW | {"more": 1}, {**EMPTY, "x": 1} | {}])
def test_a_row_has_the_columns_of_the_table(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(errors.UsageError, match=r"a row has the columns id.*; expected id, kept"):
        write(tmp_path / "out.jsonl", row)


@pytest.mark.parametrize(
    ("name", "value"), [("out.jsonl", b"bytes"), ("out.csv", b"bytes"), ("out.parquet", "twelve"), ("out.csv", [b"x"])]
)
def test_a_value_that_does_not_fit(tmp_path: Path, name: str, value: object) -> None:
    with pytest.raises(errors.OutputError, match=r"cannot write .*expected .*Write (Parquet|JSON lines) instead"):
        write(tmp_path / name, ROW | {"shared_words": value})
    assert list(tmp_path.iterdir()) == []


# Write, then read: identity

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    [FERRY, "\0", "\r", "\n", '"', '""', "a\r\nb", ",", "\ufeff", "\u2028", " ", "\x1e\x1a", "🛳"]
)
LONE_SURROGATES = st.text(st.sampled_from("\ud800\udbffé\n"), max_size=10)
MOMENTS = st.none() | st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))


def rows_of(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    ids = texts.filter(bool)
    row = st.fixed_dictionaries(
        {"id": ids, "text": texts, "title": st.none() | ids, "source": st.none() | ids, "published": MOMENTS}
    )
    return st.lists(row, min_size=1, max_size=6)


def round_trip(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    path = folder / name
    names = ("id", "text", "title", "source", "published")
    with TableWriter(path, [Field(column, "text") for column in names]) as table:
        for row in rows:
            published = row["published"]
            table.write(row | {"published": published and published.isoformat()})
    for source in (path, copy_records(path, folder / f"copy-{name}")):
        read = list(StoryReader(source))
        assert [{column: getattr(s.story, column) for column in names} for s in read] == rows


def copy_records(source: Path, target: Path) -> Path:
    with RecordWriter(target) as kept:
        for located in StoryReader(source):
            kept.write(located.record)
    return target


@pytest.mark.parametrize("name", ALL_NAMES)
def test_write_then_read_is_identity(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("trip")

    @settings(max_examples=40, deadline=None)
    @given(rows_of(TEXTS))
    def law(rows: list[dict[str, Any]]) -> None:
        round_trip(folder, name, rows)

    law()


def test_lone_surrogates_survive_json_lines(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("trip")

    @settings(max_examples=40, deadline=None)
    @given(rows_of(LONE_SURROGATES))
    def law(rows: list[dict[str, Any]]) -> None:
        round_trip(folder, "out.jsonl", rows)

    law()


# Records


def test_json_lines_are_copied_byte_for_byte(tmp_path: Path) -> None:
    lines = [
        b'{"id":   1.50, "text": "\\u0066\\ud800", "n": 123456789012345678901234567890}',
        b'{ "text":"", "id":"b", "extra": [1e2, NaN] }\r',
    ]
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(lines))
    assert copy_records(tmp_path / "in.jsonl", tmp_path / "out.jsonl").read_bytes() == b"\n".join(lines) + b"\n"


def test_records_change_their_format(tmp_path: Path) -> None:
    first = {"id": 1, "text": FERRY, "desk": None, "tags": ["sea"], "live": True, "rank": 0.5, "place": {"town": "Ö"}}
    (tmp_path / "in.jsonl").write_text(json.dumps(first) + '\n{"id": 12345678901234567890123, "text": null}\n')
    table = copy_records(tmp_path / "in.jsonl", tmp_path / "out.csv")
    assert table.read_text(encoding="utf-8").splitlines() == [
        "id,text,desk,tags,live,rank,place",
        f'1,{FERRY},,"[""sea""]",true,0.5,"{{""town"":""Ö""}}"',
        "12345678901234567890123,,,,,,",
    ]
    parquet = copy_records(tmp_path / "in.jsonl", tmp_path / "out.parquet")
    assert pq.read_table(parquet).to_pylist()[0] == first | {"id": "1"}
    back = copy_records(parquet, tmp_path / "back.jsonl")
    assert json.loads(back.read_bytes().splitlines()[0]) == first | {"id": "1"}


def test_records_with_dates_become_iso_text(tmp_path: Path) -> None:
    moment = datetime(2026, 1, 5, 14, 2, tzinfo=UTC)
    record = Record("wire.parquet", 1, {"id": "a", "at": moment, "day": moment.date(), "note": "\ud800"})
    for name in ("out.jsonl", "out.csv"):
        with RecordWriter(tmp_path / name) as kept:
            kept.write(record)
    assert json.loads((tmp_path / "out.jsonl").read_bytes()) == {
        "id": "a",
        "at": "2026-01-05T14:02:00+00:00",
        "day": "2026-01-05",
        "note": "\ud800",
    }
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "a,2026-01-05T14:02:00+00:00,2026-01-05,\\ud800"


def test_a_record_with_a_further_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "_ROWS_CONVERTED", 1)
    for name in ("out.csv", "out.parquet"):
        with pytest.raises(errors.OutputError, match=r"column 'desk'.*Write JSON lines instead"):
            write_records(tmp_path / name, {"id": "a"}, {"id": "b", "desk": 4})
    with pytest.raises(errors.OutputError, match=r"column 'id' do not fit.*type int64"):
        write_records(tmp_path / "out.parquet", {"id": 1}, {"id": "b"})
    assert list(tmp_path.iterdir()) == []


def write_records(path: Path, *rows: dict[str, Any]) -> None:
    with RecordWriter(path) as kept:
        for line, row in enumerate(rows, 1):
            kept.write(Record("wire.jsonl", line, row))


@pytest.mark.parametrize("name", ALL_NAMES)
def test_no_records_at_all_make_a_file_that_says_so(tmp_path: Path, name: str) -> None:
    with RecordWriter(tmp_path / name):
        pass
    with pytest.raises(errors.DataError, match="no records in"):
        list(StoryReader(tmp_path / name))


# Whole or not at all


@pytest.mark.parametrize("name", ALL_NAMES)
@pytest.mark.parametrize("older", ["older", None])
def test_an_exception_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, older: str | None
) -> None:
    monkeypatch.setattr(parquet_module, "_ROW_GROUP_ROWS", 50)  # some are written when the exception comes
    path = tmp_path / name
    if older:
        path.write_text(older)

    def break_off(writer: TableWriter) -> None:
        writer.write_all([ROW] * 5000)
        assert len(list(tmp_path.iterdir())) == (2 if older else 1)
        assert not path.exists() or path.read_text() == older
        raise KeyError("halfway")

    with pytest.raises(KeyError, match="halfway"), TableWriter(path, FIELDS) as writer:
        break_off(writer)
    del writer
    gc.collect()
    assert [file.name for file in tmp_path.iterdir()] == ([name] if older else [])
    assert not older or path.read_text() == older


def test_a_writer_left_alone_leaves_no_trace(tmp_path: Path) -> None:
    for name in ALL_NAMES:
        TableWriter(tmp_path / name, FIELDS).write(ROW)
    gc.collect()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX systems")
def test_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    before = os.umask(0o027)
    try:
        assert stat.S_IMODE(write(path, ROW).stat().st_mode) == 0o640
    finally:
        os.umask(before)
    path.chmod(0o604)
    assert stat.S_IMODE(write(path, ROW).stat().st_mode) == 0o604


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "out.jsonl"
    link.symlink_to(tmp_path / "real" / "target.jsonl")
    write(link, ROW)
    assert link.is_symlink()
    assert [file.name for file in (tmp_path / "real").iterdir()] == ["target.jsonl"]


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("missing/out.jsonl", "create it, or name another path"),
        ("folder.jsonl", "Name a file in it instead"),
        ("file.txt/out.jsonl", "name another path"),
        ("new.jsonl/", "name another path"),
    ],
)
def test_what_cannot_be_written_is_known_at_once(tmp_path: Path, target: str, remedy: str) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "file.txt").write_text("a file")
    path = f"{tmp_path}/{target}"
    for make in (lambda: TableWriter(path, FIELDS, format="jsonl"), lambda: RecordWriter(path, format="jsonl")):
        with pytest.raises(errors.OutputError) as caught:
            make()
        assert str(caught.value).startswith(f"cannot write {path}: ")
        assert remedy in str(caught.value)
        assert isinstance(caught.value, OSError)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file.txt", "folder.jsonl"]


def test_unknown_endings_and_formats(tmp_path: Path) -> None:
    with pytest.raises(errors.FormatError, match=r"cannot write .*'\.xlsx'.*expected \.jsonl.*Rename the file$"):
        TableWriter(tmp_path / "out.xlsx", FIELDS)
    with pytest.raises(errors.FormatError, match="it has no ending"):
        RecordWriter(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


class FullDisk(io.RawIOBase):
    def __init__(self, path: str, mode: str, buffering: int = 0) -> None:
        self.inner = open(path, mode, buffering=buffering)  # noqa: SIM115

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fileno(self) -> int:
        return self.inner.fileno()

    def close(self) -> None:
        self.inner.close()


@pytest.mark.parametrize("rows", [1, 20_000])
@pytest.mark.parametrize("name", ALL_NAMES)
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, rows: int) -> None:
    path = tmp_path / name
    path.write_text("older")
    monkeypatch.setattr(atomic_module, "open", FullDisk, raising=False)
    with pytest.raises(errors.OutputError, match=r"cannot write .*: No space left on device\. Check.*free space"):
        write(path, *[ROW] * rows)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert path.read_text() == "older"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no device that is always full")
def test_devices_are_written_directly() -> None:
    write(Path("/dev/null"), ROW, format="csv")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    with pytest.raises(errors.OutputError, match="cannot write /dev/full: No space left on device"):
        write(Path("/dev/full"), ROW, format="jsonl")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_a_pipe_is_written_directly(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"pipe.{ending}"
    os.mkfifo(path)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()))
    reader.start()
    write(path, ROW)
    reader.join()
    if ending == "jsonl":
        assert json.loads(got[0]) == ROW
    else:
        assert pq.read_table(io.BytesIO(got[0])).num_rows == 1


# Standard output


class FakeStdout:
    def __init__(self, buffer: io.IOBase) -> None:
        self.buffer = buffer


@pytest.mark.parametrize("format", [None, "jsonl", "csv", "parquet"])
def test_standard_output(monkeypatch: pytest.MonkeyPatch, format: Any) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", FakeStdout(out))
    write(Path("-"), ROW, format=format)
    assert not out.closed
    if format == "parquet":
        assert pq.read_table(io.BytesIO(out.getvalue())).num_rows == 1
    else:
        assert out.getvalue().startswith(b"id,kept" if format == "csv" else b'{"id":')


class GonePipe(io.BytesIO):
    def write(self, data: Any) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_a_reader_that_has_gone_away(monkeypatch: pytest.MonkeyPatch, format: Any) -> None:
    monkeypatch.setattr(sys, "stdout", FakeStdout(GonePipe()))
    with pytest.raises(BrokenPipeError) as caught:
        write(Path("-"), *[ROW] * 10_000, format=format)
    assert not isinstance(caught.value, errors.StoryclustError)


# Outputs together


def test_outputs_that_would_overwrite_something(tmp_path: Path) -> None:
    story, other = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    story.write_text("")
    link = tmp_path / "link.jsonl"
    link.symlink_to(story)
    check_outputs([other, tmp_path / "links.csv", "-"], inputs=[story, "-"])
    check_outputs(["/dev/null", "/dev/null"])
    for outputs, inputs, reason in (
        ([other, f"{tmp_path}/./out.jsonl"], [], "two outputs are the same file"),
        (["-", "-"], [], "two outputs are the same file: - and -"),
        ([story, link], [], "two outputs are the same file"),
        ([link], [story], "is also the input"),
        ([story], [other, story], "is also the input"),
    ):
        with pytest.raises(errors.UsageError, match=reason) as caught:
            check_outputs(outputs, inputs=inputs)
        assert "Rename" in str(caught.value)


def test_columns_say_what_was_asked_for() -> None:
    assert Columns().asked_for == {}
    assert Columns(title="head").asked_for == {"head": "title"}
