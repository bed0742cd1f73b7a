"""The commands, put together."""

from __future__ import annotations

from collections.abc import Callable

import typer

from storyclust.cli.cluster import cluster
from storyclust.cli.dedup import dedup
from storyclust.cli.demo import demo
from storyclust.cli.examples import shown_below
from storyclust.cli.explain import explain
from storyclust.cli.index import INDEX_COMMANDS
from storyclust.cli.match import match
from storyclust.cli.reporting import reporting
from storyclust.cli.score import score
from storyclust.cli.spark_cluster import spark_cluster
from storyclust.cli.split import split
from storyclust.cli.tune import tune
from storyclust.cli.values import Command

app = typer.Typer(
    name="storyclust",
    help="Find which news stories are the same story, which one to keep, and why.",
    epilog="Begin with storyclust demo. The help of every command, storyclust COMMAND --help, ends with examples.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def prose(docstring: str) -> str:
    """Paragraphs without the line ends of the source, for a terminal of any width.

    >>> prose("Print it.\\n\\n    One paragraph\\n    of two lines.")
    'Print it.\\n\\nOne paragraph of two lines.'
    """
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in docstring.split("\n\n"))


def add_command(to: typer.Typer, command: Callable[..., None], *, under: str = "") -> None:
    """A command, with its help and its examples."""
    name = command.__name__.replace("_", "-")
    epilog = shown_below(f"{under}{name}")
    to.command(name, cls=Command, help=prose(command.__doc__ or ""), epilog=epilog)(reporting(command))


for each in (cluster, dedup, match, split, explain, score, tune, demo, spark_cluster):
    add_command(app, each)

index = typer.Typer(
    name="index",
    help="Keep stories on disk as they come, for years, with the clusters a batch job would give at every moment.",
    no_args_is_help=True,
)
for own in INDEX_COMMANDS:
    add_command(index, own, under="index ")
app.add_typer(index)


def _show_version(asked: bool) -> None:
    if asked:
        from storyclust import __version__

        typer.echo(f"storyclust {__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Print the version."),
) -> None:
    """Find which news stories are the same story, which one to keep, and why."""
