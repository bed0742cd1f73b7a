"""``storyclust split``: pages that hold several stories, taken apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import Speaker, counted, say_rejects, say_unread_dates, speaking
from storyclust.cli.outputs import outputs, reject_rows, write_rows
from storyclust.progress import READING

if TYPE_CHECKING:
    from storyclust.io import StoryReader
    from storyclust.pages.page import Page


def split(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="PAGES...",
            help="Text files, or a folder of them; or pages as JSON lines, CSV or Parquet, plain or .gz; - is standard "
            "input, JSON lines.",
        ),
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="One row a story; - is standard output.")
    ],
    dropped: Annotated[
        str | None,
        typer.Option("--dropped", metavar="FILE", help="What is in no story: menus, lists of headlines, dates."),
    ] = None,
    id: o.IdColumn = "id",
    text: o.TextColumn = "text",
    title: o.TitleColumn = None,
    source: o.SourceColumn = None,
    published: o.PublishedColumn = None,
    format: o.InputFormat = None,
    on_error: o.OnErrorOption = o.OnError.fail,
    rejects: o.RejectsPath = None,
    quiet: o.Quiet = False,
) -> None:
    """Take pages apart that hold several stories: rolls of posts, feeds, collections pasted or mailed.

    A page is cut only where a story certainly begins; a page of one story stays
    whole. A story without a source or time has that of its page, if it has one.
    """
    reader = o.reader_of(
        inputs, id=id, text=text, title=title, source=source, published=published, format=format, on_error=on_error
    )
    paths = [output, dropped, rejects]
    with speaking(quiet=quiet, stages=(READING,), outputs=paths) as speaker:
        # Loading these compiles the kernels the first time, and the user is told so.
        from storyclust import tables
        from storyclust.pages.page import DROPPED, STORIES

        words: Counter[str] = Counter()
        pages = stories = 0
        with outputs(paths, inputs=inputs) as files:
            story_table = files.table(output, STORIES, {})
            dropped_table = files.table(dropped, DROPPED, {})
            reject_table = files.table(rejects, tables.REJECTS, {})
            for page in pages_of(reader):
                write_rows(story_table, page.story_rows())
                write_rows(dropped_table, page.dropped_rows())
                words.update(page.dropped_words())
                pages, stories = pages + 1, stories + len(page)
                speaker.progress(READING, reader.part_read or 0.0)
            write_rows(reject_table, reject_rows(reader.rejects))
        # When the outputs are whole.
        say_rejects(reader.rejects, speaker, rejects)
        say_unread_dates(reader.unread_dates, reader.unread_date_examples, speaker)
        speaker.say(f"{counted(pages, 'page', 'pages')}: {counted(stories, 'story', 'stories')}")
        say_dropped(words, speaker, dropped)


def pages_of(reader: StoryReader) -> Iterator[Page]:
    """The pages of an input, taken apart; the ids of their stories are all different."""
    from dataclasses import replace

    from storyclust.errors import DuplicateIdError
    from storyclust.pages.cutting import split_page

    ids: set[str] = set()
    for located in reader:
        given = located.story
        page = split_page(given.text, name=given.id)
        found = []
        for each in page.stories:
            own = each.story
            if own.id in ids:
                raise DuplicateIdError(
                    f"{located.file}:{located.line}: another page has given a story the id {own.id!r}; expected "
                    "pages of different names. Rename one, or give the folder that both are below"
                )
            ids.add(own.id)
            story = replace(own, source=own.source or given.source, published=own.published or given.published)
            found.append(replace(each, story=story))
        yield replace(page, stories=tuple(found))


def say_dropped(words: Counter[str], speaker: Speaker, path: str | None) -> None:
    """How many words are in no story, and what they were."""
    if words:
        where = f"written to {path}" if path else "name a file with --dropped to keep them"
        what = ", ".join(f"{reason} {number:,}" for reason, number in words.most_common())
        speaker.say(f"{counted(sum(words.values()), 'word', 'words')} dropped ({what}); {where}")
