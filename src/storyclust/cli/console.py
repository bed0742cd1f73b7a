"""What a command says while it works: on standard error, and little of it where nobody is watching."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.text import Text

from storyclust.cli.bar import Bar
from storyclust.cli.estimate import Estimate
from storyclust.cli.printable import printable
from storyclust.io.formats import STANDARD_STREAM
from storyclust.model import Reject

if TYPE_CHECKING:
    from storyclust.result import StoryClusters

REJECTS_SHOWN = 3

# Who reads a pipe wants each line whole, however long.
UNBROKEN = 1_000_000
USUAL_WIDTH = 80
USUAL_HEIGHT = 25


def console_on(stream: TextIO, *, quiet: bool = False) -> Console:
    """A console as wide as COLUMNS says, or else the terminal it is on; lines are never broken in a file or a pipe.

    NO_COLOR, FORCE_COLOR and TERM are heeded as rich does.
    """
    # With a height beside it, the width holds on a dumb terminal too.
    return Console(file=stream, quiet=quiet, width=_width_of(stream), height=USUAL_HEIGHT)


def _width_of(stream: TextIO) -> int:
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL_WIDTH
    except (OSError, ValueError):  # no terminal, or no file at all
        return UNBROKEN


class Speaker:
    """Says what goes on, or nothing."""

    def __init__(self, console: Console, bar: Bar | None) -> None:
        """Speak on a console; move a bar if there is one."""
        self._console = console
        self._bar = bar

    def progress(self, stage: str, part: float) -> None:
        """Show how far a stage is, where somebody is watching: to be called as `storyclust.progress.Progress`."""
        if self._bar is not None:
            self._bar.move(stage, part)

    def say(self, line: str) -> None:
        """Say one line, as the work is done."""
        if self._bar is not None:
            self._bar.stop()
        _say(self._console, line)

    def show(self, make: Callable[[int], Sequence[Text]]) -> None:
        """Show lines that are made for the width there is, and only where they are wanted."""
        if not self._console.quiet:
            for line in make(self._console.width):
                self._console.print(line, soft_wrap=True)


@contextmanager
def speaking(*, quiet: bool, stages: Sequence[str], outputs: Sequence[str | None] = ()) -> Iterator[Speaker]:
    """Speak on standard error for the time of a command that goes through some stages, the library's log included.

    A bar is shown on a terminal, unless one of the outputs goes there too.
    """
    console = console_on(sys.stderr, quiet=quiet)
    handler = _Handler(console)
    logger = logging.getLogger("storyclust")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    taken = STANDARD_STREAM in outputs and sys.stdout.isatty()
    # What rich takes for a terminal may be a log in colour.
    watched = sys.stderr.isatty() and not quiet and not taken
    try:
        with ExitStack() as stack:
            yield Speaker(console, stack.enter_context(Bar(console, Estimate(stages))) if watched else None)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


class _Handler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        _say(self._console, record.getMessage())


def _say(console: Console, line: str) -> None:
    console.print(printable(line), highlight=False, markup=False, soft_wrap=True)


def say_what_was_lost(result: StoryClusters, speaker: Speaker, rejects_path: str | None) -> None:
    """Rejects, dates that could not be read, overrides of no story: nothing goes without a word."""
    say_rejects(result.rejects, speaker, rejects_path)
    say_unread_dates(result.counts.unread_dates, result.unread_date_examples, speaker)
    if result.counts.overrides_unmatched:
        unmatched = counted(result.counts.overrides_unmatched, "pair", "pairs")
        speaker.say(f"{unmatched} of --must-link and --cannot-link left aside: no story has one of the ids")
    if result.counts.preferred_unmatched:
        named = {story.source for story in result.stories}
        unmatched = ", ".join(source for source in result.settings.preferred_sources if source not in named)
        speaker.say(
            f"--prefer left aside: no story is of {unmatched}; expected the name of an outlet as --source has it"
        )


def say_rejects(rejects: Sequence[Reject], speaker: Speaker, rejects_path: str | None) -> None:
    """How many records were rejected, and the first of them with the reason."""
    if rejects:
        where = f"written to {rejects_path}" if rejects_path else "name a file with --rejects to keep them"
        speaker.say(f"{counted(len(rejects), 'record', 'records')} rejected; {where}")
        for reject in rejects[:REJECTS_SHOWN]:
            speaker.say(f"  {_place(reject)}: {reject.reason}")
        if len(rejects) > REJECTS_SHOWN:
            speaker.say(f"  and {len(rejects) - REJECTS_SHOWN:,} more")


def say_unread_dates(count: int, examples: Sequence[str], speaker: Speaker) -> None:
    """How many dates could not be read, and some of them."""
    if count:
        speaker.say(f"{counted(count, 'date', 'dates')} could not be read and count as none: {'; '.join(examples)}")


def _place(reject: Reject) -> str:
    return f"{reject.file}:{reject.line}" if reject.file is not None else f"record {reject.line}"


def counted(number: int, one: str, several: str) -> str:
    """A number of things.

    >>> counted(1, "story", "stories"), counted(1200, "story", "stories")
    ('1 story', '1,200 stories')
    """
    return f"{number:,} {one if number == 1 else several}"
