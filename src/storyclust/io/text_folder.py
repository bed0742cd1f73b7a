"""Files that hold one story each: plain text, and the folders that such files are in.

In: a path. Out: one record a file, with an id and a text, under the names the reader's columns have.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from storyclust.errors import DataError
from storyclust.io.encodings import not_utf8
from storyclust.io.formats import ending, without_gz
from storyclust.io.records import Columns, Record, Unreadable
from storyclust.io.streams import STREAM_FAILURES, BrokenInput, unreadable


def story_files(folder: str, kinds: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """List the files under a folder that have the endings of the first kind it holds, each with its id, in order of id.

    The id is the path below the folder with forward slashes and without the ending, nor ``.gz``.

    Raises
    ------
    DataError
        If a folder cannot be listed, or none holds such a file.
    """
    files = [os.path.join(parent, name) for parent, _, names in os.walk(folder, onerror=_refuse) for name in names]
    for endings in kinds:
        found = [path for path in files if ending(path) in endings]
        if found:
            return sorted((_without_ending(PurePath(path).relative_to(folder).as_posix()), path) for path in found)
    named = ", ".join(one for endings in kinds for one in endings)
    raise DataError(
        f"the folder {folder} holds no {named} file; expected one file a story, in it or in folders under it. "
        "Files of other formats are given by their own paths, or their format is named with --format"
    )


def lone_id(path: str) -> str:
    """Name the story of a file given by itself: the file's name without its ending."""
    return _without_ending(Path(path).name)


def read_text(stream: io.BufferedReader, file: str, id: str, columns: Columns) -> Iterator[Record | Unreadable]:
    """Yield the one record of a text file.

    Raises
    ------
    BrokenInput
        If the stream breaks.
    """
    try:
        content = stream.read()
    except STREAM_FAILURES as problem:
        raise BrokenInput(1, problem) from problem
    try:
        text = content.decode()
    except UnicodeDecodeError as problem:
        yield Unreadable(1, not_utf8(problem, ""))
    else:
        yield Record(file, 1, {columns.id: id, columns.text: text})


def _without_ending(path: str) -> str:
    return without_gz(path).removesuffix(PurePath(without_gz(path)).suffix)


def _refuse(problem: OSError) -> None:
    raise unreadable(os.fspath(problem.filename), problem) from problem
