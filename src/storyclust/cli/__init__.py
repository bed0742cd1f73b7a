"""The command line: one file a command, results to files, everything else to standard error.

Exit status: 0 done, 1 bad data, 2 bad usage, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from storyclust.errors import StoryclustError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; errors become one message and an exit status."""
    from storyclust.cli.app import app

    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="storyclust")
    except StoryclustError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        print("interrupted; no output was written", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has gone: nothing to say, and nothing more to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
