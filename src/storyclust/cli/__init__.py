"""The command line: one file a command, results to files, everything else to standard error.

Exit status: 0 done, 1 bad data, 2 bad usage, 129 hung up, 130 interrupted, 143 terminated.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence

from storyclust.cli.interruption import ending_at_once


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit; errors become one message and an exit status."""
    # A command makes many small objects and few cycles: looking for these takes longer than the work.
    gc.disable()
    # Else Numba, where it finds colorama, sends a terminal a reset of colours as the process ends, wanted or not.
    os.environ.setdefault("NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING", "1")
    # A lone surrogate in a headline must not end the program that prints it.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    with ending_at_once():
        from storyclust.cli.app import app
        from storyclust.memory import share_one_heap

        share_one_heap()
        app(args=arguments, prog_name="storyclust")
