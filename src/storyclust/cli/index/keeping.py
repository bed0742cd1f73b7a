"""``storyclust index remove``, ``expire``, ``refresh``, ``upgrade``, ``verify``, ``compact`` and ``backup``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import counted, speaking
from storyclust.cli.index.opening import WAIT, IndexFile, Wait, opened
from storyclust.errors import RecordError, UnknownStoryError, UsageError
from storyclust.io import check_outputs, parse_date


class Undated(StrEnum):
    """What becomes of stories without a date."""

    keep = "keep"
    expire = "expire"


def remove(
    file: IndexFile,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="The ids of stories.")],
    wait: Wait = WAIT,
    quiet: o.Quiet = False,
) -> None:
    """Remove stories: the index is what it would be if they had never been added."""
    chosen = dict.fromkeys(ids)
    with speaking(quiet=quiet, stages=()) as speaker, opened(file, wait=wait) as index:
        unknown = [id for id in chosen if id not in index]
        if unknown:
            raise UnknownStoryError(f"no story of the index has the id {unknown[0]!r}; nothing was removed")
        for id in chosen:
            index.remove(id)
        speaker.say(f"{file}: {counted(len(chosen), 'story', 'stories')} removed; {len(index):,} in all")


def expire(
    file: IndexFile,
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="Those that appeared before it, such as 2026-03-10.")
    ],
    undated: Annotated[
        Undated, typer.Option("--undated", help="Keep stories without a date, or count from when they were added.")
    ] = Undated.keep,
    wait: Wait = WAIT,
    quiet: o.Quiet = False,
) -> None:
    """Let go of the texts of old stories; their ids and clusters are kept, and nothing new is compared with them."""
    try:
        moment = parse_date(before)
    except RecordError as problem:
        raise UsageError(f"--before: {problem}") from None
    with speaking(quiet=quiet, stages=()) as speaker, opened(file, wait=wait) as index:
        expired = index.expire(before=moment, undated=undated.value)
        speaker.say(f"{file}: {counted(expired, 'story', 'stories')} expired; compact gives the space back")


def refresh(file: IndexFile, wait: Wait = WAIT, threads: o.Threads = None, quiet: o.Quiet = False) -> None:
    """Learn the profile anew from all stories, and form all clusters by it, as a batch job would."""
    with speaking(quiet=quiet, stages=()) as speaker, opened(file, wait=wait, threads=threads) as index:
        speaker.say(f"{file}: {counted(index.refresh(), 'change', 'changes')} by what its stories teach")


def upgrade(file: IndexFile, wait: Wait = WAIT, threads: o.Threads = None, quiet: o.Quiet = False) -> None:
    """Bring an index up to date that an earlier version made; it takes as long as to refresh it."""
    from storyclust.index.index import StoryIndex

    with speaking(quiet=quiet, stages=()) as speaker:
        changes = StoryIndex.upgrade(file, wait=wait, threads=threads)
        speaker.say(f"{file}: up to date, with {counted(changes, 'change', 'changes')}")


def verify(file: IndexFile, quiet: o.Quiet = False) -> None:
    """Read the whole index, and end with status 1 where it is not as it was written."""
    with speaking(quiet=quiet, stages=()) as speaker, opened(file) as index:
        index.verify()
        speaker.say(f"{file}: sound, with {counted(len(index), 'story', 'stories')}")


def compact(file: IndexFile, wait: Wait = WAIT, quiet: o.Quiet = False) -> None:
    """Give the space back that removed and expired stories took; it takes as much room again while it works."""
    with speaking(quiet=quiet, stages=()) as speaker, opened(file, wait=wait) as index:
        before = index.stats()["bytes"]
        index.compact()
        speaker.say(f"{file}: {index.stats()['bytes']:,} bytes, which were {before:,}")


def backup(
    file: IndexFile,
    to: Annotated[str, typer.Argument(metavar="TO", help="The copy, whole or not at all.")],
    quiet: o.Quiet = False,
) -> None:
    """Copy the index as it stands, while others may go on writing to it."""
    check_outputs([to], inputs=[file])
    with speaking(quiet=quiet, stages=()) as speaker, opened(file) as index:
        index.backup(to)
        speaker.say(f"{to}: a copy with {counted(len(index), 'story', 'stories')}")
