"""``storyclust index query``, ``cluster-of``, ``explain``, ``changes`` and ``stats``: what an index says."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from storyclust.cli import options as o
from storyclust.cli.console import speaking
from storyclust.cli.explain import AsJson, Full, print_evidence
from storyclust.cli.index.opening import IndexFile, opened, row_of
from storyclust.cli.outputs import print_lines, print_rows


def query(
    file: IndexFile,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="A file of text in UTF-8, plain or .gz; or - for standard input.")
    ] = "-",
    source: Annotated[
        str | None, typer.Option("--source", help="The outlet it is from, whose page may have lines of its own.")
    ] = None,
    threads: o.Threads = None,
    quiet: o.Quiet = False,
) -> None:
    """Print the stories that a text is linked with, a JSON line each, the strongest relation first.

    Nothing is added. Stories of the same words are told once, by the first of them in rank whose text has not
    expired; index cluster-of lists the others.
    """
    asked = read_text(text)
    with speaking(quiet=quiet, stages=()), opened(file, threads=threads) as index:
        print_rows(map(row_of, index.query(asked, source=source)))


def read_text(path: str) -> str:
    """The whole text of a file, or of standard input."""
    import os

    from storyclust.errors import DataError, UsageError
    from storyclust.io.formats import STANDARD_STREAM
    from storyclust.io.streams import STREAM_FAILURES, Inputs

    if path != STANDARD_STREAM and not os.path.exists(path):
        raise UsageError(f"no such file: {path}; expected a file of text that exists. Check the spelling")
    try:
        with Inputs("stream").open(path) as stream:
            return stream.read().decode()
    except (*STREAM_FAILURES, UnicodeDecodeError) as problem:
        raise DataError(f"cannot read {path}: {problem}; expected a readable file of text in UTF-8") from problem


def cluster_of(file: IndexFile, id: Annotated[str, typer.Argument(help="The id of a story.")]) -> None:
    """Print the cluster a story is in, as a JSON line."""
    with speaking(quiet=False, stages=()), opened(file) as index:
        print_rows([index.cluster_row(id)])


def explain(
    file: IndexFile,
    id_a: Annotated[str, typer.Argument(help="The id of a story.")],
    id_b: Annotated[str, typer.Argument(help="The id of another.")],
    as_json: AsJson = False,
    full: Full = False,
) -> None:
    """Print what two stories share, and why they are linked or not."""
    with speaking(quiet=False, stages=()), opened(file) as index:
        stories = {id: index.story(id) for id in (id_a, id_b)}
        print_evidence(index.explain(id_a, id_b), stories, as_json=as_json, full=full)


def changes(
    file: IndexFile,
    since: Annotated[int, typer.Option("--since", metavar="N", min=0, help="The number of the last one you have.")] = 0,
) -> None:
    """Print what changed in the clusters, in order, a JSON line each."""
    with speaking(quiet=False, stages=()), opened(file) as index:
        print_rows(index.changes(since=since))


def stats(
    file: IndexFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, with the settings, not a table.")] = False,
) -> None:
    """Print how much there is: stories, clusters, links, bytes."""
    with speaking(quiet=False, stages=()), opened(file) as index:
        figures = index.stats()
    if as_json:
        print_rows([figures])
    else:
        print_lines(*(_figure(name, value) for name, value in figures.items() if name != "settings"))


def _figure(name: str, value: Any) -> str:
    shown = f"{value:,}" if isinstance(value, int) else str(value)
    return f"{name.replace('_', ' '):<20}{shown:>18}"
