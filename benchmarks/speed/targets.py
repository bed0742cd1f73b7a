"""What is asked of the speed of storyclust, as rows, and whether a run reached it.

A time is asked as a ratio to another contender of the same run, memory in MB. All of it is asked at STORIES stories: a
shorter wire is mostly the start of a process, and memory grows with the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .report import Outcome

STORIES = 20_000


@dataclass(frozen=True)
class Target:
    """The most that a contender may take: of the wall clock of another, or of memory where no other is named."""

    contender: str
    most: float
    other: str | None = None

    def __str__(self) -> str:
        return f"{self.contender} / {self.other}, wall s" if self.other else f"{self.contender}, peak MB"

    def measured(self, outcomes: Mapping[str, Outcome]) -> float | None:
        """What the contender took; None if it or the other did not run."""
        own, other = outcomes.get(self.contender), outcomes.get(self.other or self.contender)
        if own is None or own.note or other is None or other.note:
            return None
        return own.wall / other.wall if self.other else own.peak_mb


TARGETS = (
    Target("storyclust", 0.6, "gaoya"),
    Target("storyclust-links", 1.0, "gaoya"),
    Target("storyclust", 5.0, "floor"),
    Target("storyclust", 450),
    Target("storyclust-links", 450),
)


@dataclass(frozen=True)
class Answer:
    """A target and what was measured."""

    target: Target
    measured: float | None

    @property
    def reached(self) -> str:
        """yes, no, or not measured."""
        if self.measured is None:
            return "not measured"
        return "yes" if self.measured <= self.target.most else "no"


def answer_targets(outcomes: Sequence[Outcome], stories: int) -> list[Answer]:
    """Every target, held against the outcomes of a run on so many stories; not measured where they are not STORIES."""
    named = {outcome.name: outcome for outcome in outcomes} if stories == STORIES else {}
    return [Answer(target, target.measured(named)) for target in TARGETS]


def markdown_targets(answers: Sequence[Answer]) -> str:
    """One row a target."""
    rows = [f"| asked at {STORIES:,} stories | at most | measured | reached |", "| --- | ---: | ---: | --- |"]
    for answer in answers:
        measured = "-" if answer.measured is None else f"{answer.measured:.3g}"
        rows.append(f"| {answer.target} | {answer.target.most:g} | {measured} | {answer.reached} |")
    return "\n".join(rows)
