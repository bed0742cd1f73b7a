"""The outputs of a command, opened before the work and settled together after it.

All files are made beside their names first; a path that cannot be written stops the command before
it has read a story, and an error on the way leaves every older file as it was.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any, BinaryIO

import typer
from rich.text import Text

from storyclust.cli.console import console_on
from storyclust.cli.printable import printable, printable_json
from storyclust.errors import OutputError
from storyclust.io import Field, RecordWriter, TableWriter, check_outputs
from storyclust.io.atomic import output_file
from storyclust.io.jsonl import JsonLines, to_json
from storyclust.model import Reject

# Rows that are printed together.
ROWS_AT_ONCE = 1000


class Outputs:
    """Opens outputs, and settles them when its ``with`` block ends."""

    def __init__(self, stack: ExitStack) -> None:
        """Leave the closing to a stack."""
        self._stack = stack

    def table(self, path: str | None, fields: Sequence[Field], metadata: Mapping[str, str]) -> TableWriter | None:
        """A table, or None where none was asked for."""
        return self._stack.enter_context(TableWriter(path, fields, metadata=metadata)) if path else None

    def records(self, path: str | None) -> RecordWriter | None:
        """A file of input records, or None where none was asked for."""
        return self._stack.enter_context(RecordWriter(path)) if path else None

    def lines(self, path: str | None) -> JsonLines | None:
        """A file of JSON objects, one a line, or None where none was asked for."""
        return JsonLines(self._stack.enter_context(output_file(path))) if path else None

    def json(self, path: str | None) -> BinaryIO | None:
        """A JSON file, or None where none was asked for."""
        return self._stack.enter_context(output_file(path)) if path else None

    def page(self, path: str | None) -> BinaryIO | None:
        """A page of HTML, or None where none was asked for."""
        return self._stack.enter_context(output_file(path)) if path else None


@contextmanager
def outputs(paths: Iterable[str | None], *, inputs: Iterable[str]) -> Iterator[Outputs]:
    """Open the outputs of a command; no two may be one file, nor an input."""
    check_outputs([path for path in paths if path], inputs=inputs)
    with ExitStack() as stack:
        yield Outputs(stack)


def print_rows(rows: Iterable[Mapping[str, object]]) -> None:
    """Print rows to standard output as JSON lines, the errors those of `print_lines`."""
    waiting = iter(rows)
    while several := list(islice(waiting, ROWS_AT_ONCE)):
        _print(printable_json(b"\n".join(map(to_json, several))))


def print_lines(*lines: str) -> None:
    """Print to standard output, and wait until it is there.

    Raises
    ------
    OutputError
        If it takes no more, as where it leads to a full disk.
    BrokenPipeError
        If its reader has gone away.
    """
    _print(printable("\n".join(lines)))


def print_text(make: Callable[[int], Text]) -> None:
    """Print text with its styles, made for the width of standard output; the errors are those of `print_lines`."""
    with _telling_of_trouble():
        console = console_on(sys.stdout)
        console.print(make(console.width), soft_wrap=True)
        sys.stdout.flush()


def _print(message: str | bytes) -> None:
    with _telling_of_trouble():
        typer.echo(message)


@contextmanager
def _telling_of_trouble() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        flush_nothing_more()
        raise OutputError(
            f"cannot write standard output: {problem.strerror}. Check what it leads to, and the free space there"
        ) from problem


def flush_nothing_more() -> None:
    """Let what standard output still holds go nowhere, where it cannot go where it was to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_rows(table: TableWriter | JsonLines | None, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows, if the table was asked for."""
    if table is not None:
        table.write_all(rows)


def write_summary(output: BinaryIO | None, summary: Mapping[str, Any]) -> None:
    """Write the summary, if it was asked for."""
    if output is not None:
        output.write(json.dumps(summary, indent=2).encode() + b"\n")


def reject_rows(rejects: Iterable[Reject]) -> Iterator[dict[str, Any]]:
    """The rows of `tables.REJECTS`."""
    for reject in rejects:
        yield {"file": reject.file, "line": reject.line, "id": reject.id, "reason": reject.reason}
