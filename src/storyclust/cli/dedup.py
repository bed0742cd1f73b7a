"""``storyclust dedup``: the same records out, without the copies."""

from __future__ import annotations

from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import say_what_was_lost, speaking
from storyclust.cli.estimate import stages_of
from storyclust.cli.glance import glance
from storyclust.cli.outputs import outputs, reject_rows, write_rows, write_summary
from storyclust.io.formats import is_ninjs
from storyclust.progress import ANALYSING, COMPARING, FINDING, JOINING, LEARNING, READING, WRITING, Stages


def dedup(
    inputs: o.Inputs,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The records kept, as they came, or in a file that ends in .ninjs.json items; - is standard output.",
        ),
    ] = None,
    removed: Annotated[
        str | None, typer.Option("--removed", metavar="FILE", help="What was dropped, and for which story.")
    ] = None,
    summary: o.SummaryPath = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; say what would be saved.")] = False,
    keep: Annotated[
        o.Canonical | None,
        typer.Option(
            "--keep", help="Which story of a cluster is kept.", show_default="centroid", rich_help_panel=o.RULES
        ),
    ] = None,
    level: Annotated[
        o.Level, typer.Option("--level", help="Keep one story of each cluster at this level.", rich_help_panel=o.RULES)
    ] = o.Level.copy,
    min_words: o.MinWords = None,
    settings: o.SettingsPath = None,
    set_: o.SetOption = None,
    prefer: o.PreferSources = None,
    must_link: o.MustLink = None,
    cannot_link: o.CannotLink = None,
    rules: o.RulesPath = None,
    profile: o.ProfilePath = None,
    id: o.IdColumn = "id",
    text: o.TextColumn = "text",
    title: o.TitleColumn = None,
    source: o.SourceColumn = None,
    published: o.PublishedColumn = None,
    format: o.InputFormat = None,
    on_error: o.OnErrorOption = o.OnError.fail,
    rejects: o.RejectsPath = None,
    threads: o.Threads = None,
    memory: o.MemoryBound = None,
    quiet: o.Quiet = False,
) -> None:
    """Write the records of the stories to keep, in the order and with the fields they came in."""
    from storyclust.errors import UsageError

    if (output is None) != dry_run:
        raise UsageError(
            "neither --output nor --dry-run was given; expected the file to write the kept records to"
            if output is None
            else "--output and --dry-run were given together; expected one of them"
        )
    chosen = o.settings_of(
        settings=settings,
        set_=set_,
        rules=rules,
        min_words=min_words,
        canonical=keep,
        prefer=prefer,
        must_link=must_link,
        cannot_link=cannot_link,
    )
    known = o.read_profile(profile)
    reader = o.reader_of(
        inputs, id=id, text=text, title=title, source=source, published=published, format=format, on_error=on_error
    )
    metadata: dict[str, str] = {}
    expected = stages_of(*(READING, ANALYSING, LEARNING, FINDING, COMPARING, JOINING, WRITING), known=known)
    paths = [output, removed, summary, rejects]
    with speaking(quiet=quiet, stages=expected, outputs=paths) as speaker:
        # Loading these compiles the kernels the first time, and the user is told so.
        from storyclust import tables
        from storyclust.dedup import plan_deduplication

        with outputs(paths, inputs=inputs) as files:
            as_items = output is not None and is_ninjs(output)
            kept_items = files.lines(output if as_items else None)
            kept_records = files.records(None if as_items else output)
            removed_table = files.table(removed, tables.ASSIGNMENTS, metadata)
            reject_table = files.table(rejects, tables.REJECTS, {})
            summary_file = files.json(summary)
            plan = plan_deduplication(
                reader,
                level=level.value,
                settings=chosen,
                profile=known,
                threads=threads,
                memory=memory,
                on_error=on_error.value,
                progress=speaker.progress,
            )
            metadata.update(plan.result.metadata())
            stages = Stages(speaker.progress)
            stages.begin(WRITING)
            if kept_records is not None:
                for record in stages.over(plan.kept_records(reader), len(plan.kept_positions)):
                    kept_records.write(record)
            write_rows(kept_items, stages.over(plan.ninjs_items(), len(plan.kept_positions)))
            stages.end()
            if removed_table is not None:
                write_rows(removed_table, (row for row in plan.result.assignments() if not row["is_canonical"]))
            write_rows(reject_table, reject_rows(plan.result.rejects))
            write_summary(summary_file, plan.result.summary())
        # When the outputs are whole.
        say_what_was_lost(plan.result, speaker, rejects)
        speaker.say(str(plan))
        speaker.show(lambda width: glance(plan.result.overview, width))
