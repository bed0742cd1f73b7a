"""JSON lines: one JSON object a line, in and out.

In: a stream of bytes, or rows. Out: records with the line as given, or lines. Lone surrogates,
which JSON can escape and UTF-8 cannot hold, come in as they are and go out as escapes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import BinaryIO

import orjson

from storyclust.errors import FormatError, OutputError
from storyclust.io.columns import Stretch, rows_of
from storyclust.io.encodings import not_utf8
from storyclust.io.formats import STANDARD_STREAM, ending
from storyclust.io.records import Record, Unreadable
from storyclust.io.streams import STREAM_FAILURES, BrokenInput

# Where no ending can tell.
_OF_A_PIPE = ". Standard input is read as JSON lines; name another format with --format, such as --format csv"


def read_jsonl(stream: io.BufferedReader, file: str) -> Iterator[Record | Unreadable]:
    """Yield the records of a stream of JSON lines; blank lines are passed over.

    Raises
    ------
    FormatError
        If a ``.json`` file holds one array.
    BrokenInput
        If the stream breaks.
    """
    if ending(file) == ".json":
        _refuse_array(stream, file)
    yield from read_lines(stream, file)


def read_lines(lines: Iterable[bytes], file: str) -> Iterator[Record | Unreadable]:
    """Yield the records of lines, as `read_jsonl` does."""
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            try:
                fields = orjson.loads(line)
            except orjson.JSONDecodeError:
                if line.isspace():
                    continue
                # orjson is strict and quick; the standard library also takes lone surrogates, NaN
                # and Infinity, and says more exactly what is wrong.
                try:
                    fields = json.loads(line.rstrip(b"\r\n").decode())
                except (ValueError, RecursionError) as problem:
                    piped = file == STANDARD_STREAM and number == 1 and isinstance(problem, json.JSONDecodeError)
                    yield Unreadable(number, _reason(problem) + (_OF_A_PIPE if piped else ""))
                    continue
            if type(fields) is not dict:
                yield Unreadable(number, f"the line holds {fields!r:.60}; expected a JSON object")
                continue
            yield Record(file, number, fields, line[:-1] if line.endswith(b"\n") else line)
    except STREAM_FAILURES as problem:
        raise BrokenInput(number + 1, problem) from problem


def _refuse_array(stream: io.BufferedReader, file: str) -> None:
    try:
        head = stream.peek(1)
    except STREAM_FAILURES as problem:
        raise BrokenInput(1, problem) from problem
    if head.lstrip().startswith(b"["):
        raise FormatError(
            f"cannot read {file}: it begins with '[', so it holds one JSON array; expected JSON lines, one object "
            "a line. Convert it, for instance with: jq -c '.[]' file.json > file.jsonl"
        )


def _reason(problem: ValueError | RecursionError) -> str:
    if isinstance(problem, json.JSONDecodeError):
        fault = problem.msg.removesuffix(" at")
        return f"not JSON: {fault} at character {problem.colno} of the line; expected one JSON object"
    if isinstance(problem, UnicodeDecodeError):
        return not_utf8(problem)
    if isinstance(problem, RecursionError):
        return "the JSON is nested too deeply to be read; expected one flat JSON object"
    return f"not JSON that can be read: {problem}; expected one JSON object"


def to_json(value: object) -> bytes:
    """Write a value as compact JSON in UTF-8; lone surrogates become ``\\udXXX`` escapes.

    A high surrogate followed by a low one is read back as the one character the two stand for.

    Raises
    ------
    TypeError
        If the value has a type JSON has no form for, such as bytes.
    """
    try:
        return orjson.dumps(value, default=_plain)
    except orjson.JSONEncodeError:
        # Lone surrogates, integers beyond 64 bits and keys that are not text end here.
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
        return text.encode("utf-8", "backslashreplace")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} {value!r:.60}")


def _line(row: Mapping[str, object]) -> bytes:
    try:
        return to_json(row)
    except TypeError as problem:
        raise OutputError(
            f"cannot write a row as JSON: it holds {problem}; expected text, numbers, true or false, null, lists and "
            "objects. Write Parquet instead"
        ) from None


class JsonLines:
    """Writes rows as JSON lines, keys in the order of the row."""

    def __init__(self, stream: BinaryIO) -> None:
        """Write to a stream, which stays open."""
        self._stream = stream

    def write(self, row: Mapping[str, object]) -> None:
        """Write one row.

        Raises
        ------
        OutputError
            If a value has no form in JSON.
        """
        self.write_line(_line(row))

    def write_all(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Write many rows."""
        for row in rows:
            self.write(row)

    def write_stretch(self, stretch: Stretch) -> None:
        """Write a stretch of rows."""
        self._stream.write(b"".join(_line(row) + b"\n" for row in rows_of(stretch)))

    def write_line(self, line: bytes) -> None:
        """Write a line that is JSON already, without its line feed."""
        self._stream.write(line)
        self._stream.write(b"\n")

    def finish(self) -> None:
        """Do nothing: JSON lines have no end mark."""

    def abandon(self) -> None:
        """Do nothing: no row is held back."""
