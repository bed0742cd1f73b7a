"""The commands, put together."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from storyclust.cli.cluster import cluster
from storyclust.cli.dedup import dedup
from storyclust.cli.demo import demo
from storyclust.cli.explain import explain
from storyclust.cli.match import match
from storyclust.cli.score import score
from storyclust.cli.tune import tune
from storyclust.errors import StoryclustError

INTERRUPTED = 130

Options = ParamSpec("Options")

app = typer.Typer(
    name="storyclust",
    help="Find which news stories are the same story, which one to keep, and why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def reporting(command: Callable[Options, None]) -> Callable[Options, None]:
    """The command, with its errors turned into one message and an exit status.

    Here and not around the whole, because the framework takes every EOFError, a file that ends early
    included, for an interruption, and interruptions for its own.
    """

    @wraps(command)
    def run(*values: Options.args, **options: Options.kwargs) -> None:
        try:
            command(*values, **options)
        except StoryclustError as error:
            print(f"error: {error}", file=sys.stderr)
            raise typer.Exit(error.exit_status) from None
        except MemoryError:
            print(
                "error: there is not enough memory for these stories; no file was written. Give the command more, or "
                "give it the stories in parts: match looks for new ones among old ones",
                file=sys.stderr,
            )
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            print("interrupted: no file was written", file=sys.stderr)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read the output has gone: nothing to say, and nothing more to flush.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None

    return run


for each in (cluster, dedup, match, explain, score, tune, demo):
    app.command()(reporting(each))


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
