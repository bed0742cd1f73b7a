from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storyclust import errors
from storyclust.io import Columns, LocatedStory, StoryReader

SKIP_REMEDY = "on_error='skip' (--on-error skip)"
FERRY = "The night ferry to Halmstrand ran aground on a sandbank. All 212 passengers were taken off by dawn."
MAYOR = "Mayor Ilse Tarn said the harbour would reopen on Thursday, once divers had inspected the hull."


def stories(paths: object, **options: object) -> list[LocatedStory]:
    return list(StoryReader(paths, **options))  # type: ignore[arg-type]


def write_lines(path: Path, *lines: object) -> Path:
    encoded = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"".join(line + b"\n" for line in encoded))
    return path


def failure(error: type[Exception], paths: object, **options: object) -> str:
    with pytest.raises(error) as caught:
        stories(paths, **options)
    return str(caught.value)


# JSON lines


def test_a_story_keeps_its_place_its_fields_and_its_line(tmp_path: Path) -> None:
    line = '{"id": "wire-1",  "text": "FERRY", "title": "Ferry aground", "source": "Halmstrand Post", "desk": 4}'
    line = line.replace("FERRY", FERRY)
    path = tmp_path / "wire.jsonl"
    path.write_text("\n" + line + "\r\n  \n")
    [located] = stories(str(path))
    story = located.story
    assert (story.id, story.text, story.title, story.source) == ("wire-1", FERRY, "Ferry aground", "Halmstrand Post")
    assert (located.file, located.line) == (str(path), 2)
    assert located.record.raw == line.encode() + b"\r"
    assert located.record.fields["desk"] == 4


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json", "a.JSONL", "a.jsonl.gz", "a.jsonl.GZ"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_endings_compression_and_byte_order_marks(tmp_path: Path, name: str, mark: bytes) -> None:
    content = mark + json.dumps({"id": "f1", "text": FERRY}).encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.lower().endswith("gz") else content)
    [located] = stories(path)
    assert located.story.text == FERRY
    assert located.record.raw == content.removeprefix(mark)


def test_gzip_is_known_by_its_first_bytes_and_may_have_members_and_padding(tmp_path: Path) -> None:
    parts = [json.dumps({"id": f"f{n}", "text": FERRY}).encode() + b"\n" for n in range(3)]
    path = tmp_path / "wire.jsonl"
    path.write_bytes(b"\0\0".join(map(gzip.compress, parts)) + b"\0" * 512)
    assert [located.story.id for located in stories(path)] == ["f0", "f1", "f2"]


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("12", "12"),
        ("0", "0"),
        ("-0", "-0"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("1.50", "1.50"),
        ("1e400", "1e400"),
        ('" 12 "', " 12 "),
        ('"é\\u0000"', "é\0"),
    ],
)
def test_ids_are_kept_to_the_digit(tmp_path: Path, written: str, id: str) -> None:
    [located] = stories(write_lines(tmp_path / "a.jsonl", f'{{"id": {written}, "text": "{FERRY}"}}'.encode()))
    assert located.story.id == id
    assert located.record.fields["id"] == id


@pytest.mark.parametrize("id", ["null", '""', "true", "[1]", "{}", "NaN", "Infinity"])
@pytest.mark.parametrize("rest", ['"text": "Divers inspected the hull."'])
def test_what_is_no_id_is_a_record_error(tmp_path: Path, id: str, rest: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"id": "1", "text": ""}, f'{{"id": {id}, {rest}}}'.encode())
    message = failure(errors.RecordError, path)
    assert message.startswith(f"{path}:2: its id (column 'id') is ")
    assert "expected text or a number" in message
    assert SKIP_REMEDY in message


def test_odd_text_comes_in_as_it_is(tmp_path: Path) -> None:
    lone = rb'{"id": "a", "text": "Tarn: \ud83d said \u0000 no more", "reads": NaN, "rank": -Infinity}'
    long = {"id": "b", "text": FERRY * 110_000}
    first, second = stories(write_lines(tmp_path / "a.jsonl", lone, long))
    assert first.story.text == "Tarn: \ud83d said \0 no more"
    assert first.record.raw == lone
    assert second.story.text == long["text"]
    assert len(long["text"]) > 10_000_000


def test_missing_values(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.jsonl",
        {"id": "a"},
        {"id": "b", "text": None, "title": None, "source": "", "date": None},
        {"id": "c", "text": FERRY, "title": 7, "source": 2.5, "published": "", "date": "2026-01-05"},
        b'{"id": "d", "text": NaN, "title": NaN, "date": NaN}',
    )
    reader = StoryReader(path)
    a, b, c, d = (located.story for located in reader)
    assert a.text == b.text == d.text == ""
    assert b.title is b.source is b.published is d.title is d.published is None
    assert (c.title, c.source, c.published) == ("7", "2.5", datetime(2026, 1, 5, tzinfo=UTC))
    assert reader.unread_dates == 0


@pytest.mark.parametrize(
    ("line", "reason", "expected"),
    [
        (b'{"id": "x", "text": 5}', "its text (column 'text') is int 5", "expected text"),
        (b'{"id": "x", "text": ["a"]}', "its text (column 'text') is list ['a']", "expected text"),
        (b'{"id": "x", "text": "", "title": ["a"]}', "its 'title' is list ['a']", "expected text"),
        (b'{"id": "x", "text": "", "source": true}', "its 'source' is bool True", "expected text"),
        (b'{"text": "no id"}', "its id (column 'id') is missing", "expected text or a number"),
        (b'["x", "y"]', "the line holds ['x', 'y']", "expected a JSON object"),
        (b'"x"', "the line holds 'x'", "expected a JSON object"),
        (
            b'{"id": "x", "text": "cut of',
            "not JSON: Unterminated string starting at character 21",
            "one JSON object",
        ),
        (b"id,text", "not JSON: Expecting value at character 1", "one JSON object"),
        (b'{"id": "x", "text": "caf\xe9"}', "not UTF-8: byte 0xe9 at byte 25", "encoded as UTF-8"),
        (b'{"id": "x", "t": ' + b"[" * 100_000, "nested too deeply", "one flat JSON object"),
        (b'{"id": "x", "n": NaN, "m": ' + b"9" * 5000 + b"}", "not JSON that can be read", "one JSON object"),
    ],
)
def test_bad_records_fail_or_are_kept_as_rejects(tmp_path: Path, line: bytes, reason: str, expected: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"id": "1", "text": FERRY}, b"", line, {"id": "2", "text": MAYOR})
    message = failure(errors.RecordError, path)
    assert message.startswith(f"{path}:3: ")
    assert reason in message
    assert expected in message
    assert SKIP_REMEDY in message
    reader = StoryReader(path, on_error="skip")
    for _ in range(2):  # the rejects start anew
        assert [located.story.id for located in reader] == ["1", "2"]
        [reject] = reader.rejects
        assert (reject.file, reject.line) == (str(path), 3)
        assert reason in reject.reason
        assert reject.id == ("x" if line.startswith(b'{"id": "x", "') and "its " in reason else None)


def test_a_json_array_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "wire.json"
    path.write_text(' \n[{"id": 1, "text": ""}]')
    message = failure(errors.FormatError, path)
    assert str(path) in message
    assert "'['" in message
    assert "expected JSON lines" in message
    assert "jq" in message


# Dates


def test_dates_of_all_types_and_those_that_cannot_be_read(tmp_path: Path) -> None:
    given = ["2026-01-05T14:02:11Z", 1767621731, 1767621731.0, 1767621731000, "soon", "05/01/2026", True, 1e300, [1]]
    path = write_lines(tmp_path / "a.jsonl", *({"id": n, "text": FERRY, "date": d} for n, d in enumerate(given)))
    reader = StoryReader(path)
    moments = [located.story.published for located in reader]
    assert moments == [datetime(2026, 1, 5, 14, 2, 11, tzinfo=UTC)] * 4 + [None] * 5
    assert reader.unread_dates == 5
    assert reader.unread_date_examples == [f"{path}:5 'soon'", f"{path}:6 '05/01/2026'", f"{path}:7 True"]
    list(reader)
    assert reader.unread_dates == 5


def test_published_goes_before_date(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"id": 1, "text": "", "date": "2026-01-05", "published": "2026-01-06"})
    assert stories(path)[0].story.published == datetime(2026, 1, 6, tzinfo=UTC)
    [dated] = stories(path, columns=Columns(published="date"))
    assert dated.story.published == datetime(2026, 1, 5, tzinfo=UTC)


# Columns


def test_columns_by_other_names(tmp_path: Path) -> None:
    row = {"key": 1, "body": FERRY, "head": "Ferry", "outlet": "Post", "when": "2026-01-05"}
    columns = Columns(id="key", text="body", title="head", source="outlet", published="when")
    story = stories(write_lines(tmp_path / "a.jsonl", row), columns=columns)[0].story
    assert (story.id, story.text, story.title, story.source) == ("1", FERRY, "Ferry", "Post")
    assert story.published == datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("on_error", ["fail", "skip"])
@pytest.mark.parametrize("option", ["id", "text", "title", "source", "published"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_a_column_no_record_has(tmp_path: Path, name: str, option: str, on_error: str) -> None:
    rows = [{"id": "1", "text": FERRY, "day": "x"}, {"id": "2", "text": MAYOR, "day": "y"}]
    path = WRITE[name[1:]](tmp_path / name, rows)
    message = failure(errors.MissingColumnError, path, columns=Columns(**{option: "nowhere"}), on_error=on_error)
    assert f"the {option} column 'nowhere'" in message
    assert "the columns there are: id, text, day" in message
    assert f"--{option}" in message


def test_id_and_text_are_required_of_each_file_other_columns_of_the_whole_input(tmp_path: Path) -> None:
    good = write_lines(tmp_path / "good.jsonl", {"id": 1, "text": FERRY, "head": "Ferry"})
    late = write_lines(tmp_path / "late.jsonl", {"id": 2}, {"id": 3, "text": MAYOR})
    bad = write_lines(tmp_path / "bad.jsonl", {"id": 4, "body": MAYOR})
    assert [s.story.title for s in stories([good, late], columns=Columns(title="head"))] == ["Ferry", None, None]
    assert f"no record of {bad} has the text column" in failure(errors.MissingColumnError, [good, bad])


def test_one_record_without_an_id_is_a_record_error_if_others_have_it(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"text": FERRY}, b"broken", {"id": 1, "text": MAYOR})
    assert f"{path}:1: its id (column 'id') is missing" in failure(errors.RecordError, path)


# CSV


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


def write_parquet(path: Path, rows: list[dict[str, str]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


WRITE: dict[str, Callable[[Path, list[dict[str, str]]], Path]] = {
    ".jsonl": lambda path, rows: write_lines(path, *rows),
    ".csv": write_csv,
    ".parquet": write_parquet,
}


def test_csv_with_quoted_lines_long_cells_nuls_and_a_byte_order_mark(tmp_path: Path) -> None:
    long = FERRY * 3000
    content = f'\ufeffid,text,title\r\n1,"{FERRY}\n\n""{MAYOR}""",\r\n\r\n007,"{long}",a\0b\r\n'
    path = tmp_path / "a.csv"
    path.write_bytes(content.encode())
    first, second = stories(path)
    assert (first.line, first.story.text, first.story.title) == (2, f'{FERRY}\n\n"{MAYOR}"', None)
    assert (second.line, second.story.id, second.story.text, second.story.title) == (6, "007", long, "a\0b")
    assert first.record.raw is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"2,a,b,c", "the row has 4 fields; expected 3"),
        (b"2,a", "the row has 2 fields; expected 3"),
        (b'2,"a" b,c', "not a CSV row: "),
        (b"2,caf\xe9,c", "not UTF-8: byte 0xe9 at byte 6"),
        (b",a,b", "its id (column 'id') is empty"),
        (b"a\rb,a,b", "not a CSV row: "),
    ],
)
def test_bad_csv_rows(tmp_path: Path, row: bytes, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,text,date\n1,"x\ny",\n' + row + b"\n3,z,\n")
    message = failure(errors.RecordError, path)
    assert message.startswith(f"{path}:4: {reason}")
    assert "expected" in message
    assert SKIP_REMEDY in message
    reader = StoryReader(path, on_error="skip")
    assert [located.story.id for located in reader] == ["1", "3"]
    assert [reject.line for reject in reader.rejects] == [4]


def test_an_open_quotation_mark_is_reported_where_it_opens(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,x\n2,"y\n3,z\n')
    assert f"{path}:3: not a CSV row: unexpected end of data" in failure(errors.RecordError, path)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"id,text,id", "names 'id' more than once"),
        (b"id,caf\xe9", "not UTF-8: byte 0xe9"),
        (b'id,"te"xt', "not a CSV row"),
    ],
)
def test_bad_csv_headers(tmp_path: Path, header: bytes, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(header + b"\n1,2,3\n")
    message = failure(errors.DataError, path, on_error="skip")
    assert message.startswith(f"{path}:1: the header")
    assert reason in message


# Parquet


def test_parquet_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, 2, 2**62], pa.int64()),
            "text": pa.array([FERRY, None, MAYOR]).dictionary_encode(),
            "title": pa.array([None, "Ferry", ""], pa.large_string()),
            "published": pa.array([1767621731123456789, None, 0], pa.timestamp("ns", "Europe/Paris")),
            "date": pa.array([None, date(2026, 1, 5), None]),
        }
    )
    for name in ("a.parquet", "a.parquet.gz"):
        sink = io.BytesIO()
        pq.write_table(table, sink)
        content = sink.getvalue()
        (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
        read = stories(tmp_path / name)
        assert [s.line for s in read] == [1, 2, 3]
        assert [s.story.id for s in read] == ["1", "2", str(2**62)]
        assert [s.story.text for s in read] == [FERRY, "", MAYOR]
        assert [s.story.title for s in read] == [None, "Ferry", None]
        assert [s.story.published for s in read] == [
            datetime(2026, 1, 5, 14, 2, 11, 123456, tzinfo=UTC),
            datetime(2026, 1, 5, tzinfo=UTC),
            datetime(1970, 1, 1, tzinfo=UTC),
        ]


@pytest.mark.parametrize(
    ("column", "values", "wanted"),
    [("id", [[1]], "text or integers"), ("id", [b"x"], "text or integers"), ("text", [5], "text")],
)
def test_parquet_columns_of_a_wrong_type(tmp_path: Path, column: str, values: list[object], wanted: str) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["1"], "text": [FERRY]} | {column: values}), path)
    message = failure(errors.DataError, path, on_error="skip")
    assert str(path) in message
    assert f"the {column} column '{column}' is of type" in message
    assert f"expected {wanted}." in message
    assert f"--{column}" in message


def test_parquet_text_that_is_not_utf8_costs_one_record(tmp_path: Path) -> None:
    bad = pa.array([FERRY.encode(), b"caf\xe9", MAYOR.encode()]).cast(pa.binary()).view(pa.string())
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ["1", "2", "3"], "text": bad}), path)
    assert f"{path}:2: a value cannot be read" in failure(errors.RecordError, path)
    reader = StoryReader(path, on_error="skip")
    assert [located.story.id for located in reader] == ["1", "3"]
    assert [reject.line for reject in reader.rejects] == [2]


@pytest.mark.parametrize("name", ["a.parquet", "a.parquet.gz"])
def test_damaged_parquet(tmp_path: Path, name: str) -> None:
    content = b"PAR1 this is no table PAR1"
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    message = failure(errors.DataError, path)
    assert f"{path}: the file is damaged or not Parquet" in message
    assert "expected whole Parquet data" in message


def test_parquet_without_pyarrow_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.parquet").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(errors.MissingDependencyError, match=r'pip install "storyclust\[parquet\]"'):
        StoryReader(tmp_path / "a.parquet")


# Text


def test_a_folder_of_text_files(tmp_path: Path) -> None:
    (tmp_path / "wire" / "north").mkdir(parents=True)
    (tmp_path / "wire" / "b.txt").write_bytes(b"\xef\xbb\xbf" + FERRY.encode() + b"\r\n")
    (tmp_path / "wire" / "north" / "a.v2.txt.gz").write_bytes(gzip.compress(MAYOR.encode()))
    (tmp_path / "wire" / "notes.md").write_text("not a story")
    read = stories(tmp_path / "wire", columns=Columns(id="key"))
    assert [(s.story.id, s.story.text) for s in read] == [("b", FERRY + "\r\n"), ("north/a.v2", MAYOR)]
    assert read[0].file == str(tmp_path / "wire" / "b.txt")
    assert read[0].record.fields == {"key": "b", "text": FERRY + "\r\n"}
    [lone] = stories(tmp_path / "wire" / "north" / "a.v2.txt.gz")
    assert lone.story.id == "a.v2"


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.txt"])
def test_a_file_in_another_encoding_is_told_how_to_convert(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes("id,text\n1,Grüße".encode("utf-16"))
    assert re.search("UTF-16.* -f UTF-16 -t UTF-8", failure(errors.DataError, path))
    path.write_bytes("id,text\n1,Grüße".encode("latin-1"))
    if name == "a.jsonl":
        path.write_bytes('{"id": "1", "text": "Grüße"}'.encode("latin-1"))
    assert "in Latin-1 is converted first (iconv -f LATIN1 -t UTF-8)" in failure(errors.RecordError, path)


@pytest.mark.parametrize(("sign", "named"), [(";", "semicolons"), ("\t", "tabs")])
def test_columns_that_no_commas_separate(tmp_path: Path, sign: str, named: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'id{sign}text\n1{sign}"The ferry, {sign} aground"\n')
    message = failure(errors.DataError, path)
    assert f"is one column, {f'id{sign}text'!r}; expected columns that commas separate, not {named}. Save" in message
    command = message.partition("for instance with: ")[2]
    subprocess.run(command.replace("python", sys.executable, 1), shell=True, check=True, cwd=tmp_path)
    [story] = stories(tmp_path / "a-commas.csv")
    assert (story.story.id, story.story.text) == ("1", f"The ferry, {sign} aground")


@pytest.mark.parametrize("compressed", ["", ".gz"])
def test_a_table_with_tabs_is_told_how_to_save_it(tmp_path: Path, compressed: str) -> None:
    path = tmp_path / f"a.tsv{compressed}"
    table = b"id\ttext\n1\tThe ferry, aground\n"
    path.write_bytes(gzip.compress(table) if compressed else table)
    message = failure(errors.FormatError, path)
    assert f"a.tsv{compressed}: tabs separate its columns; expected columns that commas separate, as in .csv" in message
    command = message.partition("for instance with: ")[2]
    subprocess.run(command.replace("python", sys.executable, 1), shell=True, check=True, cwd=tmp_path)
    assert stories(tmp_path / "a-commas.csv")[0].story.text == "The ferry, aground"


def test_text_that_is_not_utf8_and_folders_without_text(tmp_path: Path) -> None:
    message = failure(errors.DataError, tmp_path)
    assert f"the folder {tmp_path} holds no .txt, .html, .htm, .xhtml file" in message
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    (tmp_path / "b.txt").write_text(FERRY)
    message = failure(errors.RecordError, tmp_path)
    assert "a.txt:1: not UTF-8: byte 0xe9 at byte 4; expected text encoded as UTF-8" in message
    assert SKIP_REMEDY in message
    reader = StoryReader(tmp_path, on_error="skip")
    assert [located.story.id for located in reader] == ["b"]
    assert len(reader.rejects) == 1


# Breaks


def truncated(tmp_path: Path) -> Path:
    # Random-looking text, so that the compressed file holds many lines up to any point.
    lines = [{"id": n, "text": FERRY, "key": os.urandom(200).hex()} for n in range(2000)]
    content = gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    path = tmp_path / "wire.jsonl.gz"
    path.write_bytes(content[: len(content) // 2])
    return path


def test_a_truncated_file_fails_after_the_last_whole_line(tmp_path: Path) -> None:
    path = truncated(tmp_path)
    read = []
    with pytest.raises(errors.TruncatedFileError) as caught:
        read.extend(iter(StoryReader(path)))
    assert isinstance(caught.value, EOFError)
    reader = StoryReader(path, on_error="skip")
    read = list(reader)
    assert 900 < len(read) < 1100
    assert f"{path}: the file ends early, after line {len(read)};" in str(caught.value)
    assert SKIP_REMEDY in str(caught.value)
    [reject] = reader.rejects
    assert reject.line == len(read) + 1
    assert reject.reason == f"the file ends early, after line {len(read)}; {len(read)} records before it were read"


@pytest.mark.parametrize("name", ["a.csv.gz", "a.txt.gz", "a.parquet.gz"])
def test_all_formats_notice_truncation(tmp_path: Path, name: str) -> None:
    content = gzip.compress(b'id,text\n1,"' + os.urandom(5000).hex().encode() + b'"\n')
    (tmp_path / name).write_bytes(content[:-20])
    assert "the file ends early" in failure(errors.TruncatedFileError, tmp_path / name)
    assert f"{name}: the file ends early" in failure(errors.TruncatedFileError, tmp_path / name)
    (tmp_path / name).write_bytes(b"")
    assert "the file ends early" in failure(errors.TruncatedFileError, tmp_path / name)


def test_damaged_gzip(tmp_path: Path) -> None:
    line = json.dumps({"id": "1", "text": FERRY}).encode() + b"\n"
    good = bytearray(gzip.compress(line))
    checksum = good.copy()
    checksum[-8] ^= 0xFF
    path = tmp_path / "a.jsonl.gz"
    for content in (line, bytes(good) + b"tail", bytes(checksum)):
        path.write_bytes(content)
        message = failure(errors.DataError, path)
        assert f"{path}: the file is damaged or not gzip" in message
        assert "expected whole gzip data" in message
        reader = StoryReader(path, on_error="skip")
        assert len(list(reader)) + 1 == reader.rejects[0].line
        assert len(reader.rejects) == 1


# Paths


def test_paths_are_checked_when_the_reader_is_made(tmp_path: Path) -> None:
    for paths, error, parts in (
        ([tmp_path / "none.jsonl"], errors.UsageError, ["no such file", "none.jsonl", "Check the spelling"]),
        ([], errors.UsageError, ["no input was given"]),
        (["-", "-"], errors.UsageError, ["more than once"]),
    ):
        with pytest.raises(error) as caught:
            StoryReader(paths)
        assert all(part in str(caught.value) for part in parts)
    with pytest.raises(errors.UsageError, match="on_error is 'ignore'; expected one of fail, skip"):
        StoryReader("-", on_error="ignore")  # type: ignore[arg-type]
    for name in ("a.docx", "a.xlsx.gz", "plain"):
        (tmp_path / name).write_text("")
        with pytest.raises(errors.FormatError, match=r"expected \.jsonl, .*\.txt, .*plain or with \.gz.*--format"):
            StoryReader(tmp_path / name)
    with pytest.raises(errors.FormatError, match="'xml' is not known; expected one of jsonl, csv, parquet"):
        StoryReader(tmp_path / "a.docx", format="xml")  # type: ignore[arg-type]


def test_the_format_named_goes_before_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "stories.txt"
    path.write_text(f"id,text\n1,{FERRY}\n")
    assert [s.story.id for s in stories(path, format="csv")] == ["1"]


def test_no_records_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n\n")
    (tmp_path / "b.csv").write_text("id,text\n")
    message = failure(errors.DataError, [tmp_path / "a.jsonl", tmp_path / "b.csv"])
    assert "no records in" in message
    assert "a.jsonl" in message


def test_a_file_that_goes_away_is_a_data_error(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"id": 1, "text": FERRY})
    reader = StoryReader(path)
    path.unlink()
    with pytest.raises(errors.DataError, match=r"cannot read .*a\.jsonl: No such file or directory; expected"):
        list(reader)


class FakeStdin:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.mark.parametrize("compressed", ["plain", "gzip"])
@pytest.mark.parametrize("format", [None, "jsonl", "csv", "parquet"])
def test_standard_input_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format: str | None, compressed: str
) -> None:
    path = WRITE[f".{format or 'jsonl'}"](tmp_path / "x", [{"id": "1", "text": FERRY}, {"id": "2", "text": MAYOR}])
    content = path.read_bytes()
    monkeypatch.setattr(sys, "stdin", FakeStdin(gzip.compress(content) if compressed == "gzip" else content))
    reader = StoryReader("-", format=format)  # type: ignore[arg-type]
    for _ in range(2):
        assert [(s.file, s.story.id, s.story.text) for s in reader] == [("-", "1", FERRY), ("-", "2", MAYOR)]


class Trickle(io.BytesIO):
    """Standard input that gives a line at a time, and says how many were taken."""

    taken = 0

    def read1(self, size: int | None = -1, /) -> bytes:
        self.taken += 1
        return self.readline()


def test_a_stream_gives_each_record_as_soon_as_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    trickle = Trickle(b'{"id": 1, "text": "a"}\nno record\n{"text": "b"}\n{"id": 4, "text": "c"}\n')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(trickle))
    reader = StoryReader("-", on_error="skip", pipes="stream")
    for taken, met in enumerate(reader.records(), 1):
        assert trickle.taken == taken
        assert met.line == taken
        assert isinstance(met, LocatedStory) == (taken in (1, 4))
    assert [reject.line for reject in reader.rejects] == [2, 3]
    assert not trickle.closed


def test_a_stream_is_not_looked_ahead_in(monkeypatch: pytest.MonkeyPatch) -> None:
    trickle = Trickle(b'{"name": 1}\n{"name": 2}\n')
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(trickle))
    with pytest.raises(errors.RecordError, match="is missing; expected text or a number"):
        list(StoryReader("-", pipes="stream"))
    assert trickle.taken == 1
    with pytest.raises(errors.UsageError, match="pipes is 'spool'; expected one of keep, stream"):
        StoryReader("-", pipes="spool")  # type: ignore[arg-type]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_is_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)
    line = json.dumps({"id": "1", "text": FERRY}).encode()
    feeder = threading.Thread(target=path.write_bytes, args=(line,))
    feeder.start()
    reader = StoryReader(path)
    assert [len(list(reader)) for _ in range(2)] == [1, 1]
    feeder.join()


def test_reading_is_streamed(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"id": 1, "text": FERRY}, b"broken")
    first = next(iter(StoryReader(path)))
    assert first.story.text == FERRY
