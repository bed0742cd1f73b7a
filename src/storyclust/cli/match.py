"""``storyclust match``: which stories of one collection stand in another."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from storyclust.cli import options as o
from storyclust.cli.console import say_rejects, say_unread_dates, speaking
from storyclust.cli.estimate import stages_of
from storyclust.cli.glance import look_at
from storyclust.cli.outputs import outputs, reject_rows, write_rows, write_summary
from storyclust.errors import UsageError
from storyclust.progress import (
    ANALYSING,
    COMPARING,
    FINDING,
    LEARNING,
    READING,
    READING_OLD,
    WRITING,
    WRITING_LINKS,
    Stages,
)


def match(
    inputs: o.Inputs,
    against: Annotated[
        list[str],
        typer.Option("--against", metavar="STORIES", help="The collection they are looked for in; repeat it."),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="One row a story, with its best match; - is standard output."
        ),
    ],
    links: Annotated[
        str | None, typer.Option("--links", metavar="FILE", help="All linked pairs, with their passages.")
    ] = None,
    summary: o.SummaryPath = None,
    min_words: o.MinWords = None,
    settings: o.SettingsPath = None,
    set_: o.SetOption = None,
    rules: o.RulesPath = None,
    profile: o.ProfilePath = None,
    id: o.IdColumn = "id",
    text: o.TextColumn = "text",
    title: o.TitleColumn = None,
    source: o.SourceColumn = None,
    published: o.PublishedColumn = None,
    against_column: o.AgainstColumn = None,
    format: o.InputFormat = None,
    on_error: o.OnErrorOption = o.OnError.fail,
    rejects: o.RejectsPath = None,
    threads: o.Threads = None,
    memory: o.MemoryBound = None,
    quiet: o.Quiet = False,
) -> None:
    """Find which stories stand in another collection: whole, as a version, or in part. Nothing is clustered."""
    if "-" in inputs and "-" in against:
        raise UsageError("both collections are standard input; expected one of them in files. Name its path")
    chosen = o.settings_of(settings=settings, set_=set_, rules=rules, min_words=min_words)
    known = o.read_profile(profile)
    columns: dict[str, Any] = {"id": id, "text": text, "title": title, "source": source, "published": published}
    new = o.reader_of(inputs, **columns, format=format, on_error=on_error)
    old = o.reader_of(against, **columns | o.columns_against(against_column), format=format, on_error=on_error)
    metadata: dict[str, str] = {}
    expected = stages_of(
        *(READING, READING_OLD, ANALYSING, LEARNING, FINDING, COMPARING, WRITING, links and WRITING_LINKS), known=known
    )
    paths = [output, links, summary, rejects]
    with speaking(quiet=quiet, stages=expected, outputs=paths) as speaker:
        # Loading these compiles the kernels the first time, and the user is told so.
        from storyclust import tables
        from storyclust.against import match_stories

        with outputs(paths, inputs=[*inputs, *against]) as files:
            match_table = files.table(output, tables.MATCHES, metadata)
            link_table = files.table(links, tables.LINKS, metadata)
            reject_table = files.table(rejects, tables.REJECTS, {})
            summary_file = files.json(summary)
            result = match_stories(
                new,
                old,
                settings=chosen,
                profile=known,
                threads=threads,
                memory=memory,
                on_error=on_error.value,
                progress=speaker.progress,
            )
            metadata.update(result.metadata())
            stages = Stages(speaker.progress)
            stages.begin(WRITING)
            write_rows(match_table, stages.over(result.rows(), len(result.stories)))
            stages.end()
            if link_table is not None:
                link_table.write_stretches(result.link_columns(threads=threads, progress=speaker.progress))
            write_rows(reject_table, reject_rows(result.rejects))
            write_summary(summary_file, result.summary())
        # When the outputs are whole.
        say_rejects(result.rejects, speaker, rejects)
        say_unread_dates(result.unread_dates, result.unread_date_examples, speaker)
        speaker.say(str(result))
        speaker.show(lambda width: look_at(result.notices, width))
