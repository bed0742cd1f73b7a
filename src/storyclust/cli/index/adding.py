"""``storyclust index add``: from files in bulk, or from a pipe with an answer to each story at once."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from storyclust.cli import options as o
from storyclust.cli.console import counted, say_rejects, say_unread_dates, speaking
from storyclust.cli.index.opening import WAIT, Durability, IndexFile, Wait, opened, row_of
from storyclust.cli.outputs import outputs, print_rows, reject_rows, write_rows
from storyclust.errors import DuplicateIdError, EmptyInputError
from storyclust.io.formats import STANDARD_STREAM
from storyclust.io.jsonl import to_json
from storyclust.model import Reject
from storyclust.progress import READING

if TYPE_CHECKING:
    from storyclust.index.incoming import OnExisting
    from storyclust.index.index import StoryIndex
    from storyclust.io import LocatedStory
    from storyclust.model import Placement


def add(
    file: IndexFile,
    inputs: o.Inputs,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where each story stands, a JSON line each; - is standard output.",
            show_default="- for stories of standard input",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let a story take the place of one with its id and another text.")
    ] = False,
    commit_every: Annotated[
        int | None,
        typer.Option(
            "--commit-every",
            metavar="N",
            min=1,
            help="Stories that are added, kept and answered together.",
            show_default="1 from standard input, 5000 from files",
        ),
    ] = None,
    id: o.IdColumn = "id",
    text: o.TextColumn = "text",
    title: o.TitleColumn = None,
    source: o.SourceColumn = None,
    published: o.PublishedColumn = None,
    format: o.InputFormat = None,
    on_error: o.OnErrorOption = o.OnError.fail,
    rejects: o.RejectsPath = None,
    durability: Annotated[
        Durability,
        typer.Option(
            "--durability",
            help="What was answered outlives a power failure, or the end of the process.",
            rich_help_panel=o.RUNNING,
        ),
    ] = Durability.commit,
    wait: Wait = WAIT,
    threads: o.Threads = None,
    quiet: o.Quiet = False,
) -> None:
    """Add stories, and tell of each where it stands.

    From files it goes in bulk. Broken off, it goes on where it was when the same
    files are given again: stories that are there change nothing. From standard
    input (-) each story is kept and answered at once, for as long as they come;
    with --on-error skip a record that cannot be used is answered with the reason.
    """
    reader = o.reader_of(
        inputs,
        id=id,
        text=text,
        title=title,
        source=source,
        published=published,
        format=format,
        on_error=on_error,
        pipes="stream",
    )
    from_pipe = inputs == [STANDARD_STREAM]
    answered = output or (STANDARD_STREAM if from_pipe else None)
    # This may go on for ever: what commands of an end need not heed must be.
    gc.enable()
    with speaking(quiet=quiet, stages=() if from_pipe else (READING,), outputs=[answered, rejects]) as speaker:
        with (
            outputs([answered, rejects], inputs=[file, *inputs]) as files,
            opened(file, durability=durability, wait=wait, threads=threads) as index,
        ):
            from storyclust import tables
            from storyclust.index.index import COMMIT_EVERY

            reject_table = files.table(rejects, tables.REJECTS, {})
            answers = None if answered == STANDARD_STREAM else files.json(answered)
            loading = Loading(index, "replace" if replace else "fail", on_error)
            records = if_any(reader.records()) if from_pipe else reader.records()
            for told in loading.each(records, commit_every or (1 if from_pipe else COMMIT_EVERY)):
                if answered is not None:
                    answer(answers, map(row_of, told))
                speaker.progress(READING, reader.part_read or 0.0)
            write_rows(reject_table, reject_rows(loading.rejects))
            stories = len(index)
        say_rejects(loading.rejects, speaker, rejects)
        say_unread_dates(reader.unread_dates, reader.unread_date_examples, speaker)
        known = f", {loading.known:,} there before" if loading.known else ""
        speaker.say(f"{file}: {counted(loading.added, 'story', 'stories')} added{known}; {stories:,} in all")


def answer(stream: BinaryIO | None, rows: Iterable[Mapping[str, object]]) -> None:
    """Write answers to a file, or let those who wait at standard output have them at once."""
    if stream is None:
        print_rows(rows)
    else:
        stream.writelines(to_json(row) + b"\n" for row in rows)


def if_any(records: Iterator[LocatedStory | Reject]) -> Iterator[LocatedStory | Reject]:
    """Records, of which there may be none: a pipe through which nothing comes is no error."""
    with suppress(EmptyInputError):
        yield from records


class Loading:
    """Stories on their way into an index, and what became of them."""

    def __init__(self, index: StoryIndex, on_existing: OnExisting, on_error: o.OnError) -> None:
        """Nothing is on its way yet."""
        self._index = index
        self._on_existing = on_existing
        self._on_error = on_error
        self.added = 0
        self.known = 0
        self.rejects: list[Reject] = []

    def each(self, records: Iterable[LocatedStory | Reject], together: int) -> Iterator[list[Placement | Reject]]:
        """What is to be said of so many records, once it is true."""
        coming = iter(records)
        while met := list(islice(coming, together)):
            placed = iter(self._place([each for each in met if not isinstance(each, Reject)]))
            told = [each if isinstance(each, Reject) else next(placed) for each in met]
            for each in told:
                if isinstance(each, Reject):
                    self.rejects.append(each)
                elif each.is_new:
                    self.added += 1
                else:
                    self.known += 1
            yield told

    def _place(self, stories: Sequence[LocatedStory]) -> list[Placement | Reject]:
        """Add stories together; where one of them cannot be added, in halves, until it alone is left."""
        if not stories:
            return []
        try:
            given = (located.story for located in stories)
            return [*self._index.add_many(given, commit_every=len(stories), on_existing=self._on_existing)]
        except DuplicateIdError as problem:
            if self._on_error == o.OnError.fail:
                raise
            if len(stories) > 1:
                middle = len(stories) // 2
                return [*self._place(stories[:middle]), *self._place(stories[middle:])]
            (located,) = stories
            return [Reject(located.file, located.line, located.story.id, str(problem))]
