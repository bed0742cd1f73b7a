"""``storyclust cluster``: stories in, clusters out."""

from __future__ import annotations

from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import say_what_was_lost, speaking
from storyclust.cli.outputs import link_rows, outputs, reject_rows, write_rows, write_summary


def cluster(
    inputs: o.Inputs,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Assignments, one row a story; - is standard output.")
    ],
    links: Annotated[
        str | None, typer.Option("--links", metavar="FILE", help="Linked pairs, with their passages.")
    ] = None,
    clusters: Annotated[
        str | None, typer.Option("--clusters", metavar="FILE", help="Clusters of two stories or more.")
    ] = None,
    summary: Annotated[
        str | None, typer.Option("--summary", metavar="FILE", help="Figures and settings, as JSON.")
    ] = None,
    canonical: Annotated[
        o.Canonical,
        typer.Option("--canonical", help="Which story of a cluster is the one to keep.", rich_help_panel=o.RULES),
    ] = o.Canonical.centroid,
    level: o.LevelOption = o.Level.copy,
    min_words: o.MinWords = o.DEFAULTS.min_words,
    jaccard: o.JaccardOption = o.DEFAULTS.jaccard,
    passage_share: o.PassageShare = o.DEFAULTS.passage_share,
    prefer: o.PreferSources = None,
    rules: o.RulesPath = None,
    id: o.IdColumn = "id",
    text: o.TextColumn = "text",
    title: o.TitleColumn = None,
    source: o.SourceColumn = None,
    published: o.PublishedColumn = None,
    format: o.InputFormat = None,
    on_error: o.OnErrorOption = o.OnError.fail,
    rejects: o.RejectsPath = None,
    threads: o.Threads = None,
    quiet: o.Quiet = False,
) -> None:
    """Find which stories are the same, and which one of each cluster to keep.

    Example: storyclust cluster wire.jsonl.gz -o assignments.jsonl --links links.jsonl
    """
    settings = o.settings_of(
        level=level,
        min_words=min_words,
        jaccard=jaccard,
        passage_share=passage_share,
        canonical=canonical,
        prefer=prefer,
        rules=rules,
    )
    reader = o.reader_of(
        inputs, id=id, text=text, title=title, source=source, published=published, format=format, on_error=on_error
    )
    metadata: dict[str, str] = {}
    with speaking(quiet=quiet) as speaker:
        # Loading these compiles the kernels the first time, and the user is told so.
        from storyclust import tables
        from storyclust.pipeline import cluster_stories

        with outputs([output, links, clusters, summary, rejects], inputs=inputs) as files:
            assignment_table = files.table(output, tables.ASSIGNMENTS, metadata)
            link_table = files.table(links, tables.LINKS, metadata)
            cluster_table = files.table(clusters, tables.CLUSTERS, metadata)
            reject_table = files.table(rejects, tables.REJECTS, {})
            summary_file = files.json(summary)
            result = cluster_stories(
                reader, settings=settings, threads=threads, on_error=on_error.value, progress=speaker.progress
            )
            metadata.update(result.metadata())
            speaker.progress("writing")
            write_rows(assignment_table, result.assignments())
            if link_table is not None:
                write_rows(link_table, link_rows(result, threads))
            if cluster_table is not None:
                write_rows(cluster_table, result.cluster_rows())
            write_rows(reject_table, reject_rows(result.rejects))
            if summary_file is not None:
                write_summary(summary_file, result.summary())
            say_what_was_lost(result, speaker, rejects)
            speaker.say(str(result))
