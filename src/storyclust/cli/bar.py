"""The progress bar: one line that says what goes on, how far the whole is, and how long it will yet take."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from storyclust.cli.estimate import SHARES, Estimate

# Who waits no longer than this needs no bar.
PATIENCE = 2.0
# Drawing takes one to two milliseconds, whatever the size of the job: far below a hundredth of the time.
DRAWN_A_SECOND = 2
BAR_WIDTH = 30
STAGE_WIDTH = max(map(len, SHARES))  # so that the bar stands still


class Bar:
    """Moves when it is told, and draws itself from time to time; gone when its ``with`` block ends."""

    def __init__(self, console: Console, estimate: Estimate) -> None:
        """Draw on a console what an estimate says."""
        self._estimate = estimate
        # The streams are left alone: rows go to standard output, and the log to this console.
        self._live = Live(
            get_renderable=self._line,
            console=console,
            transient=True,
            refresh_per_second=DRAWN_A_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def move(self, stage: str, part: float) -> None:
        """Show how far a stage is, once the run has taken longer than anybody's patience."""
        self._estimate.tell(stage, part)
        if not self._live.is_started and self._estimate.elapsed > PATIENCE:
            self._live.start(refresh=True)

    def stop(self) -> None:
        """Leave the terminal to what is said at the end."""
        self._live.stop()

    def _line(self) -> Table:
        estimate = self._estimate
        left = estimate.left
        line = Table.grid(padding=(0, 2))
        line.add_row(
            Text(f"{estimate.stage or '':<{STAGE_WIDTH}}", no_wrap=True),
            ProgressBar(total=1.0, completed=estimate.done, width=BAR_WIDTH),
            Text(f"{estimate.done:4.0%}", no_wrap=True),
            Text(clock_time(estimate.elapsed), no_wrap=True),
            Text("" if left is None else f"about {clock_time(left)} left", no_wrap=True),
        )
        return line

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def clock_time(seconds: float) -> str:
    """Hours, minutes and seconds as a clock has them.

    >>> clock_time(7.4), clock_time(3_601)
    ('0:07', '1:00:01')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
