"""How far a job is: which stage it is in, and the part of that stage that is done.

In: what the stages say of themselves: that one begins, and that one batch more of a pass is done. Out: calls of the
user's function, from the thread that does the job, with a part that never falls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TypeVar

Progress = Callable[[str, float], None]
"""Called with the name of a stage and the part of it that is done: 0.0 as it begins, 1.0 when it has ended."""

Result = TypeVar("Result")
Passes = tuple[tuple[float, float], ...]

READING, READING_OLD = "reading stories", "reading the old stories"
ANALYSING, LEARNING = "analysing text", "learning the profile"
FINDING, COMPARING, JOINING = "finding candidates", "comparing pairs", "joining clusters"
WRITING, WRITING_LINKS, WRITING_REPORT = "writing", "writing links", "writing the report"

# A stage makes several passes over its batches, with work between them that tells nothing. So each pass stands for a
# stretch of the stage's time: measured on wires of 50,000 stories and 100,000, on two cores, by
# `python -m benchmarks.stages`.
PASSES: dict[str, Passes] = {
    ANALYSING: ((0.00, 0.93),),
    LEARNING: (
        *((0.00, 0.12), (0.12, 0.13)),  # words and contents
        *((0.14, 0.20), (0.20, 0.29), (0.32, 0.40)),  # lines
        *((0.41, 0.63), (0.66, 0.72), (0.77, 0.92), (0.93, 0.99)),  # passages
    ),
    FINDING: ((0.01, 0.23), (0.23, 0.26), (0.26, 0.49), (0.51, 0.85), (0.92, 0.99)),
    # Pairs are aligned and tables compared, stretch after stretch; then the words of what may be linked are weighed.
    COMPARING: ((0.01, 0.55), (0.56, 0.57), (0.58, 0.70), (0.70, 0.75), (0.75, 0.99)),
    # For each of three levels: all links are asked, then some again, then pairs are measured.
    JOINING: (
        *((0.03, 0.34), (0.34, 0.34), (0.37, 0.37)),
        *((0.56, 0.59), (0.59, 0.59), (0.61, 0.61)),
        *((0.64, 0.69), (0.70, 0.74), (0.77, 0.78)),
    ),
    WRITING_LINKS: ((0.15, 0.37), (0.37, 1.00)),  # of a stretch of pairs the passages are placed, then it is written
    WRITING_REPORT: ((0.03, 0.60), (0.63, 1.00)),  # of each story the agencies are read, then families are packed
}
ONE_PASS: Passes = ((0.0, 1.0),)

# A pass of many small steps tells no more often than this: nobody sees more, and it costs nothing so.
STEPS = 500


class Stages:
    """Tells how far a job is, stage by stage.

    >>> stages = Stages(lambda stage, part: print(f"{stage}: {part:.0%}"))
    >>> stages.begin("counting")
    counting: 0%
    >>> sum(stages.over(iter([3, 4]), 2))
    counting: 50%
    7
    >>> stages.end()
    counting: 100%
    """

    def __init__(self, progress: Progress | None = None) -> None:
        """Call a function, or nothing."""
        self._progress = progress or _say_nothing
        self._stage: str | None = None
        self._part = 0.0
        self._passes: Iterator[tuple[float, float]] = iter(ONE_PASS)

    def begin(self, stage: str) -> None:
        """A stage begins, and the one before has ended."""
        self.end()
        self._stage, self._part, self._passes = stage, 0.0, iter(PASSES.get(stage, ONE_PASS))
        self._progress(stage, 0.0)

    def tell(self, part: float) -> None:
        """So much of the stage is done; what is not more than before is not told."""
        if self._stage is not None and self._part < part < 1.0:
            self._part = part
            self._progress(self._stage, part)

    def over(self, results: Iterator[Result], whole: int) -> Iterator[Result]:
        """Hand on the results of the stage's next pass, so many in all, and tell how far it is."""
        start, stop = next(self._passes, (self._part, self._part))
        step = max(1, whole // STEPS)
        for done, result in enumerate(results, 1):
            if done % step == 0:
                self.tell(start + (stop - start) * done / max(whole, 1))
            yield result
        self.tell(stop)

    def repeat(self, passes: int, times: int) -> None:
        """The stage's next passes come so many times, one after another, and share their part of it."""
        own = [next(self._passes, (self._part, self._part)) for _ in range(passes)]
        low = own[0][0]
        turn = (own[-1][1] - low) / times
        stretches = (
            (low + number * turn + (start - low) / times, low + number * turn + (stop - low) / times)
            for number in range(times)
            for start, stop in own
        )
        self._passes = chain(stretches, self._passes)

    def skip(self, passes: int) -> None:
        """The stage's next passes have nothing to do."""
        for _ in range(passes):
            for _ in self.over(iter(()), 0):
                pass

    def end(self) -> None:
        """The stage has ended."""
        if self._stage is not None:
            self._progress(self._stage, 1.0)
        self._stage = None


def _say_nothing(_stage: str, _part: float) -> None:
    pass
