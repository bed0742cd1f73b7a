"""How long a command will yet take: from what its stages usually take, and from the pace of this very run.

In: the stages a command goes through, and how far they are. Out: the part of the whole that is done, and the time left.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import takewhile

from storyclust.progress import (
    ANALYSING,
    COMPARING,
    FINDING,
    JOINING,
    LEARNING,
    READING,
    READING_OLD,
    WRITING,
    WRITING_LINKS,
    WRITING_REPORT,
)

# What each stage takes of a run that goes through them all: a wire of 50,000 stories and two corpora of news, 21,600
# stories in English and 31,000 in Arabic, taken together, on two cores, by `python -m benchmarks.stages`. Reading the
# old stories is taken for as long as reading the new ones. A report takes longer than all else: who supplied each story
# is read from its text.
SHARES = {
    READING: 0.14,
    READING_OLD: 0.14,
    ANALYSING: 0.14,
    LEARNING: 0.11,
    FINDING: 0.07,
    COMPARING: 0.15,
    JOINING: 0.07,
    WRITING: 0.02,
    WRITING_LINKS: 0.15,
    WRITING_REPORT: 1.5,
}

# Reading goes by the disk and the format. Of the stages that compute it says this part of what one of them says.
READING_TELLS = 0.25

# Before this part of the work is done, reading counted so, and so many seconds of it, no pace is known.
LEAST_WEIGHT, LEAST_SECONDS = 0.06, 1.0


def stages_of(*stages: str | None, known: object) -> tuple[str, ...]:
    """The stages named, without the learning where a profile is known."""
    return tuple(stage for stage in stages if stage and not (stage == LEARNING and known is not None))


class Estimate:
    """Follows the stages of one run.

    The pace, seconds for a share of the whole, is the median over the stages: one that is unlike the usual, such as
    the reading from a slow disk, says little of the others. Of the stage it is in, its own pace counts by the part that
    is done, and that of the others by the part that is not: so a stage that takes other than its share is found out
    while it runs.
    """

    def __init__(self, stages: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        """Expect these stages, in order; others are not followed."""
        whole = sum(SHARES[stage] for stage in stages)
        self._shares = {stage: SHARES[stage] / whole for stage in stages}
        self._clock = clock
        self._began = self._first_began = self._stage_began = clock()
        self._share_before = self._part = 0.0
        self._ended: list[tuple[float, float]] = []  # of each stage the pace, and what it weighs
        self.stage: str | None = None

    def tell(self, stage: str, part: float) -> None:
        """So much of a stage is done; what is before that in the run changes nothing."""
        if stage == self.stage:
            self._part = max(self._part, part)
        elif stage in self._shares and self._share_ahead_of(stage) >= self._share_before:
            self._turn_to(stage)

    def _turn_to(self, stage: str) -> None:
        now = self._clock()
        if self.stage is None:
            self._first_began = now
        else:
            self._ended.append(((now - self._stage_began) / self._shares[self.stage], self._weight(self.stage)))
        self.stage, self._stage_began, self._part = stage, now, 0.0
        self._share_before = self._share_ahead_of(stage)

    def _weight(self, stage: str) -> float:
        return self._shares[stage] * (READING_TELLS if stage in (READING, READING_OLD) else 1.0)

    def _share_ahead_of(self, stage: str) -> float:
        return sum(self._shares[each] for each in takewhile(lambda each: each != stage, self._shares))

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._began

    @property
    def done(self) -> float:
        """The part (0-1) of the usual work that is done; it never falls."""
        return 0.0 if self.stage is None else self._share_before + self._shares[self.stage] * self._part

    @property
    def left(self) -> float | None:
        """Seconds left, never below 0; None where the pace is not known yet."""
        stage, part, ended = self.stage, self._part, tuple(self._ended)
        now = self._clock()
        if stage is None or now - self._first_began < LEAST_SECONDS:
            return None
        known = self._weight(stage) * part
        if sum(weight for _, weight in ended) + known < LEAST_WEIGHT:
            return None
        share, seconds = self._shares[stage], now - self._stage_began
        usual = share * _median(ended) if ended else seconds / part
        rest = (1.0 - part) * (seconds + (1.0 - part) * usual)
        pace = _median([*ended, ((seconds + rest) / share, known)])
        return rest + pace * max(0.0, 1.0 - self._share_before - share)


def _median(paces: Sequence[tuple[float, float]]) -> float:
    """The pace that half of the weights do not exceed; of two, the slower."""
    half = sum(weight for _, weight in paces) / 2
    reached = 0.0
    for pace, weight in sorted(paces):
        reached += weight
        if reached > half:
            return pace
    return max(paces)[0]
