"""Opening an index for a command: the arguments that all take, and the rows that several print."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from storyclust.cli import options as o
from storyclust.model import Match, Placement, Reject

if TYPE_CHECKING:
    from storyclust.index.index import StoryIndex


class Durability(StrEnum):
    """What an acknowledged story outlives."""

    commit = "commit"
    process = "process"


IndexFile = Annotated[str, typer.Argument(metavar="FILE", help="An index, made by storyclust index create.")]
Wait = Annotated[
    float,
    typer.Option(
        "--wait",
        metavar="SECONDS",
        min=0,
        help="How long to wait for another process that writes.",
        rich_help_panel=o.RUNNING,
    ),
]
# As `storyclust.index.session.WAIT`, which takes long to load.
WAIT = 10.0


@contextmanager
def opened(
    file: str, *, durability: Durability = Durability.commit, wait: float = WAIT, threads: int | None = None
) -> Iterator[StoryIndex]:
    """Open an index for the time of a block."""
    # Loading this compiles the kernels the first time.
    from storyclust.index.index import StoryIndex

    with StoryIndex.open(file, durability=durability.value, wait=wait, threads=threads) as index:
        yield index


def row_of(told: Placement | Match | Reject) -> dict[str, Any]:
    """What is told, as a row: `docs/file-formats.md` has the columns."""
    from storyclust.tables import DECIMALS

    row = asdict(told)
    if row.get("share") is not None:
        row["share"] = round(row["share"], DECIMALS)
    return row
