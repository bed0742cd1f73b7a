"""``storyclust index clusters``, ``assignments`` and ``export``: the tables an index is written as."""

from __future__ import annotations

from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import counted, speaking
from storyclust.cli.index.opening import IndexFile, opened
from storyclust.io import check_outputs
from storyclust.io.formats import STANDARD_STREAM


def clusters(
    file: IndexFile,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="OUT", help="Where they are written; - is standard output.")
    ] = STANDARD_STREAM,
    quiet: o.Quiet = False,
) -> None:
    """Write the clusters of two stories or more."""
    check_outputs([output], inputs=[file])
    with speaking(quiet=quiet, stages=()), opened(file) as index:
        index.write_clusters(output)


def assignments(
    file: IndexFile,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="OUT", help="Assignments, one row a story; - is standard output.")
    ],
    quiet: o.Quiet = False,
) -> None:
    """Write where every story stands, as storyclust cluster does."""
    check_outputs([output], inputs=[file])
    with speaking(quiet=quiet, stages=()), opened(file) as index:
        index.write_assignments(output)


def export(
    file: IndexFile,
    output: Annotated[str, typer.Argument(metavar="OUT", help="The stories; - is standard output.")],
    quiet: o.Quiet = False,
) -> None:
    """Write all stories that have a text to a file, as any command reads them."""
    check_outputs([output], inputs=[file])
    with speaking(quiet=quiet, stages=()) as speaker, opened(file) as index:
        written = index.export(output)
        speaker.say(f"{output}: {counted(written, 'story', 'stories')} of {len(index):,}")
