"""The commands, put together."""

from __future__ import annotations

import typer

from storyclust.cli.cluster import cluster
from storyclust.cli.dedup import dedup
from storyclust.cli.demo import demo
from storyclust.cli.explain import explain
from storyclust.cli.score import score

app = typer.Typer(
    name="storyclust",
    help="Find which news stories are the same story, which one to keep, and why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (cluster, dedup, explain, score, demo):
    app.command()(command)


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
