"""``storyclust demo``: the fiction that ships, clustered and one cluster explained."""

from __future__ import annotations

import typer

from storyclust.cli import options as o
from storyclust.cli.console import speaking

# A brief of a recall story beside the agency's own: linked; two reports of one speech: not.
LINKED = ("dovrel-recall", "skarrow-echo-recall")
NOT_LINKED = ("delmora-pensions", "ambry-observer-pensions")


def demo(threads: o.Threads = None, quiet: o.Quiet = False) -> None:
    """Cluster thirty invented stories that ship with storyclust, and explain two pairs of them."""
    from storyclust.cli.explain import describe

    with speaking(quiet=quiet) as speaker:
        # Loading these compiles the kernels the first time, and the user is told so.
        from storyclust.newsroom import load_sample
        from storyclust.pipeline import cluster_stories

        result = cluster_stories(load_sample(), threads=threads, progress=speaker.progress)
    typer.echo(f"{result}\n")
    for cluster in result:
        if len(cluster) > 1:
            typer.echo(f"{result.story(cluster.canonical).title}")
            for id in cluster.members:
                mark = "keep" if id == cluster.canonical else "drop"
                typer.echo(f"  {mark}  {id} [{result.story(id).source}]")
            typer.echo(f"  why: {cluster.reason}\n")
    alone = sum(len(cluster) == 1 for cluster in result)
    typer.echo(f"{alone} stories stand alone.\n")
    stories = {story.id: story for story in result.stories}
    for pair in (LINKED, NOT_LINKED):
        typer.echo("\n".join(describe(result.explain(*pair), stories)) + "\n")
