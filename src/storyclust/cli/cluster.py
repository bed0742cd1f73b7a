"""``storyclust cluster``: stories in, clusters out."""

from __future__ import annotations

from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import say_what_was_lost, speaking
from storyclust.cli.estimate import stages_of
from storyclust.cli.glance import glance
from storyclust.cli.outputs import outputs, reject_rows, write_rows, write_summary
from storyclust.io.formats import is_ninjs
from storyclust.progress import (
    ANALYSING,
    COMPARING,
    FINDING,
    JOINING,
    LEARNING,
    READING,
    WRITING,
    WRITING_LINKS,
    WRITING_REPORT,
    Stages,
)


def cluster(
    inputs: o.Inputs,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Assignments, one row a story, or in a file that ends in .ninjs.json items; - is standard output.",
        ),
    ],
    links: Annotated[
        str | None, typer.Option("--links", metavar="FILE", help="Linked pairs, with their passages.")
    ] = None,
    clusters: Annotated[
        str | None, typer.Option("--clusters", metavar="FILE", help="Clusters of two stories or more.")
    ] = None,
    sources: Annotated[
        str | None, typer.Option("--sources", metavar="FILE", help="How many stories of each agency an outlet carries.")
    ] = None,
    summary: o.SummaryPath = None,
    report: o.ReportPath = None,
    save_profile: Annotated[
        str | None,
        typer.Option("--save-profile", metavar="FILE", help="What was learned, for --profile of other runs."),
    ] = None,
    canonical: o.CanonicalOption = None,
    level: o.LevelOption = None,
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
    """Find which stories are the same, and which one of each cluster to keep."""
    chosen = o.settings_of(
        settings=settings,
        set_=set_,
        rules=rules,
        level=level,
        min_words=min_words,
        canonical=canonical,
        prefer=prefer,
        must_link=must_link,
        cannot_link=cannot_link,
    )
    known = o.read_profile(profile)
    reader = o.reader_of(
        inputs, id=id, text=text, title=title, source=source, published=published, format=format, on_error=on_error
    )
    metadata: dict[str, str] = {}
    asked = links and WRITING_LINKS, report and WRITING_REPORT
    expected = stages_of(READING, ANALYSING, LEARNING, FINDING, COMPARING, JOINING, WRITING, *asked, known=known)
    paths = [output, links, clusters, sources, summary, report, rejects, save_profile]
    with speaking(quiet=quiet, stages=expected, outputs=paths) as speaker:
        # Loading these compiles the kernels the first time, and the user is told so.
        from storyclust import tables
        from storyclust.pipeline import cluster_stories

        with outputs(paths, inputs=inputs) as files:
            as_items = is_ninjs(output)
            items = files.lines(output if as_items else None)
            assignment_table = files.table(None if as_items else output, tables.ASSIGNMENTS, metadata)
            link_table = files.table(links, tables.LINKS, metadata)
            cluster_table = files.table(clusters, tables.CLUSTERS, metadata)
            source_table = files.table(sources, tables.SOURCES, metadata)
            reject_table = files.table(rejects, tables.REJECTS, {})
            summary_file = files.json(summary)
            report_file = files.page(report)
            result = cluster_stories(
                reader,
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
            rows = result.ninjs_items() if as_items else result.assignments()
            write_rows(items or assignment_table, stages.over(rows, len(result.stories)))
            stages.end()
            if link_table is not None:
                link_table.write_stretches(result.link_columns(threads=threads, progress=speaker.progress))
            if cluster_table is not None:
                write_rows(cluster_table, result.cluster_rows())
            if source_table is not None:
                write_rows(source_table, result.source_rows())
            write_rows(reject_table, reject_rows(result.rejects))
            write_summary(summary_file, result.summary())
            if report_file is not None:
                page = result.report(report_file, threads=threads, progress=speaker.progress)
            if save_profile is not None:
                result.profile.save(save_profile)
        # When the outputs are whole.
        say_what_was_lost(result, speaker, rejects)
        speaker.say(str(result))
        if report_file is not None:
            speaker.say(f"{report}: {page}")
        speaker.show(lambda width: glance(result.overview, width))
