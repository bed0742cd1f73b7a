"""Ctrl-C, a terminal that hangs up, the system's request to end: the command ends at once, with nothing half done.

Python calls a handler of its own between two steps of the main thread, and one step may be a kernel that runs for
seconds; then the interpreter would wait for the batches in other threads. But the system's handler writes the number of
the signal to a socket at once, and no kernel holds the lock that a thread needs to run. So a thread waits at that
socket. It removes the outputs that are not whole and ends the process without asking the other threads, which have
nothing else to put in order.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

SAID = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
if hasattr(signal, "SIGHUP"):
    SAID[signal.SIGHUP] = "hung up"
EXIT_STATUS = 128  # and the number of the signal, as shells have it: 129, 130 and 143
# Back to the start of the line, without what is in it, and the cursor shown: there may be a progress bar.
CLEAR_LINE = "\r\x1b[2K\x1b[?25h"


@contextmanager
def ending_at_once() -> Iterator[None]:
    """End the process at once on a signal during the block; signals that are ignored stay so."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are for the main thread to set, and it has not called this
        return
    near, far = socket.socketpair()
    far.setblocking(False)
    former_socket = signal.set_wakeup_fd(far.fileno(), warn_on_full_buffer=False)
    # A handler that was not set from Python could not be put back.
    heeded = [number for number in SAID if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    former = {number: signal.signal(number, _leave_it_to_the_watcher) for number in heeded}
    watcher = threading.Thread(target=_watch, args=(near,), name="storyclust-signals", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(former_socket)
        far.close()
        watcher.join()


def _leave_it_to_the_watcher(_number: int, _frame: FrameType | None) -> None:
    pass


def _watch(near: socket.socket) -> None:
    """End the process on the first signal of ours; return when the other end is closed."""
    with near:
        while numbers := near.recv(1):
            if numbers[0] in SAID:
                _end(signal.Signals(numbers[0]))


def _end(number: signal.Signals) -> None:
    # Loaded here, so that a signal is heeded before anything else is.
    from storyclust.io.atomic import drop_unfinished

    drop_unfinished()
    with suppress(OSError, ValueError, AttributeError):  # standard error may be closed, or not there
        clear = CLEAR_LINE if sys.stderr.isatty() and os.environ.get("TERM") != "dumb" else ""
        # Not by way of Python's stream, whose lock the main thread may hold.
        os.write(sys.stderr.fileno(), f"{clear}{SAID[number]}: no file was left half written\n".encode())
    os._exit(EXIT_STATUS + number)
