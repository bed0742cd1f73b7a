"""``storyclust spark-cluster``: the same job on Apache Spark, for spark-submit."""

from __future__ import annotations

from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.io import Columns


def spark_cluster(
    inputs: Annotated[
        list[str], typer.Argument(metavar="STORIES...", help="Parquet, JSON lines or CSV, or folders of them.")
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Where assignments, links and rejects are written, as Parquet."
        ),
    ],
    work: Annotated[
        str | None,
        typer.Option("--work", metavar="FOLDER", help="Where the stages are kept, which a later run goes on from."),
    ] = None,
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
    rules: o.RulesPath = None,
    profile: o.ProfilePath = None,
    id: o.IdColumn = "id",
    text: o.TextColumn = "text",
    title: o.TitleColumn = None,
    source: o.SourceColumn = None,
    published: o.PublishedColumn = None,
    on_error: o.OnErrorOption = o.OnError.fail,
) -> None:
    """Cluster stories on Apache Spark: the rows of cluster, for collections that one machine does not hold.

    The session is that of spark-submit; else one is started, on this machine unless Spark is set up otherwise.
    """
    chosen = o.settings_of(
        settings=settings,
        set_=set_,
        prefer=prefer,
        rules=rules,
        canonical=canonical,
        level=level,
        min_words=min_words,
    )
    known = o.read_profile(profile)
    from storyclust.spark.requirements import require_java, require_spark

    require_spark()
    require_java()
    from storyclust.spark import cluster_stories
    from storyclust.spark.files import read_frame, require_free, session_here, write_result

    named = Columns(id=id, text=text, title=title, source=source, published=published)
    session = session_here()
    require_free(session, output)
    frame = read_frame(session, inputs)
    result = cluster_stories(
        frame, columns=named, settings=chosen, profile=known, on_error=on_error.value, work=work or f"{output}/_stages"
    )
    figures = result.summary()
    write_result(result, output, keep_stages=work is not None)
    if save_profile is not None:
        result.profile.save(save_profile)
    typer.echo(f"{figures['stories']:,} stories, {figures['clusters']:,} clusters, in {output}", err=True)
