"""Errors of a command become one message and an exit status."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from storyclust.cli.outputs import flush_nothing_more
from storyclust.cli.printable import printable
from storyclust.errors import StoryclustError

# The errors of a disk, or a user's part of it, that is full.
FULL = (errno.ENOSPC, errno.EDQUOT)

Options = ParamSpec("Options")


def reporting(command: Callable[Options, None]) -> Callable[Options, None]:
    """The command, with its errors turned into one message and an exit status.

    Here and not around the whole, because the framework takes every EOFError, a file that ends early
    included, for an interruption.
    """

    @wraps(command)
    def run(*values: Options.args, **options: Options.kwargs) -> None:
        try:
            command(*values, **options)
        except StoryclustError as error:
            print(printable(f"error: {error}"), file=sys.stderr)
            raise typer.Exit(error.exit_status) from None
        except MemoryError:
            print(
                "error: there is not enough memory for these stories; no file was written. Give the command more, or "
                "give it the stories in parts: match looks for new ones among old ones",
                file=sys.stderr,
            )
            raise typer.Exit(1) from None
        except BrokenPipeError:
            # Whoever read the output has gone: nothing to say.
            flush_nothing_more()
            raise typer.Exit(1) from None
        except OSError as error:
            # Of an output, an OutputError says it. This one is of a file beside, such as that of compiled kernels.
            if error.errno not in FULL:
                raise
            where = f" at {error.filename}" if error.filename else ""
            print(
                printable(f"error: the disk is full{where}; no file was written. Free some space there"),
                file=sys.stderr,
            )
            raise typer.Exit(1) from None

    return run
