"""Where storyclust's time and memory go: one job from stories to tables, stage by stage, in a process of its own.

    python -m benchmarks.speed.stages stories.jsonl assignments.jsonl [--links links.jsonl] [--memory 6G]

The library tells which stage begins; a stage is over when the next begins. The process says when each began, on a
clock it shares with the one that samples its memory, and how many pairs went which way: `emitted` as candidates,
`pruned` before their passages were sought, `aligned` to find these, `linked`. Kernels load when they are first called,
so the first few stories are clustered once beforehand: what loading takes is then told apart from what stories take.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice, pairwise
from pathlib import Path

import storyclust as sc
from storyclust.counts import Counts

from .measure import Run, anonymous_mb, run_module

Pairs = Mapping[str, int]
STARTING, LOADING, ENDING = "starting", "loading kernels", "ending"
FIRST_STORIES = 100


@dataclass(frozen=True)
class Mark:
    """What begins at a moment; processor seconds and anonymous MB at that moment."""

    stage: str
    moment: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class Stage:
    """Seconds of wall clock and processor that a stage took, and the most memory the process had in it, in MB."""

    name: str
    wall_s: float
    cpu_s: float
    peak_mb: float


@dataclass(frozen=True)
class Staged:
    """A run by its stages, and how many pairs went which way."""

    run: Run
    stages: tuple[Stage, ...]
    pairs: Pairs

    @property
    def working_s(self) -> float:
        """Seconds from the first story read to the last row written."""
        return sum(stage.wall_s for stage in self.stages if stage.name not in (STARTING, LOADING, ENDING))


def run_stages(
    stories: Path,
    assignments: Path,
    *,
    links: Path | None = None,
    memory: str | None = None,
    cpus: set[int] | None = None,
) -> Staged:
    """Run the job on some stories, within so much memory; ChildProcessError if it fails."""
    asked = [part for name, value in (("--links", links), ("--memory", memory)) if value for part in (name, value)]
    run, told = run_module("benchmarks.speed.stages", stories, assignments, *asked, cpus=cpus)
    return Staged(run, stages_of(run, [Mark(**mark) for mark in told["marks"]]), told["pairs"])


def stages_of(run: Run, marks: Sequence[Mark]) -> tuple[Stage, ...]:
    """The stages between the marks of a run, and what goes before the first and after the last."""
    begun = Mark(STARTING, run.begun, 0.0, 0.0)
    ended = Mark("", run.begun + run.wall, run.cpu, 0.0)
    return tuple(
        Stage(mark.stage, after.moment - mark.moment, after.cpu - mark.cpu, _peak(run, mark, after))
        for mark, after in pairwise((begun, *marks, ended))
    )


def _peak(run: Run, mark: Mark, after: Mark) -> float:
    """The most memory between two marks; a stage shorter than the samples are apart has that at its ends."""
    between = (sample.megabytes for sample in run.samples if mark.moment <= sample.moment <= after.moment)
    return max(mark.megabytes, after.megabytes, *between)


def markdown_stages(staged: Staged) -> str:
    """One row a stage, and one for all of them, with the pairs."""
    headings = ("stage of storyclust", "wall s", "CPU s", "peak MB", *staged.pairs)
    rows = [_row(stage, ["-"] * len(staged.pairs)) for stage in staged.stages]
    whole = Stage("end to end", staged.run.wall, staged.run.cpu, staged.run.peak_mb or 0.0)
    rows.append(_row(whole, [f"{count:,}" for count in staged.pairs.values()]))
    lines = [headings, ("---", *["---:"] * (len(headings) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(stage: Stage, pairs: Sequence[str]) -> tuple[str, ...]:
    peak = f"{stage.peak_mb:.0f}" if stage.peak_mb else "-"
    return (stage.name, f"{stage.wall_s:.2f}", f"{stage.cpu_s:.2f}", peak, *pairs)


class Diary:
    """Notes when each stage began."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []

    def begin(self, stage: str, *_done: object) -> None:
        """A stage begins, or goes on: it is told again with how much of it is done, and only its beginning counts."""
        if not self.marks or self.marks[-1].stage != stage:
            self.marks.append(Mark(stage, time.monotonic(), time.process_time(), anonymous_mb([os.getpid()])))


def main(arguments: Sequence[str] | None = None) -> None:
    """The job; prints marks and pairs as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.stages", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("stories")
    parser.add_argument("assignments")
    parser.add_argument("--links", help="where the links go, if they are written")
    parser.add_argument("--memory", help="how much memory to aim at (a good part of what is free)")
    options = parser.parse_args(arguments)
    gc.disable()  # as the command line does
    diary = Diary()
    diary.begin(LOADING)
    sc.cluster_stories([located.story for located in islice(sc.StoryReader(options.stories), FIRST_STORIES)])
    result = sc.cluster_stories(options.stories, memory=options.memory, progress=diary.begin)
    diary.begin("writing assignments")
    result.write_assignments(options.assignments)
    if options.links:
        diary.begin("writing links")
        result.write_links(options.links)
    diary.begin(ENDING)
    print(json.dumps({"marks": [asdict(mark) for mark in diary.marks], "pairs": count_pairs(result.counts)}))


def count_pairs(counts: Counts) -> dict[str, int]:
    """How many pairs went which way."""
    emitted, aligned = counts.candidate_pairs, counts.aligned_pairs
    return {"emitted": emitted, "pruned": emitted - aligned, "aligned": aligned, "linked": counts.linked_contents}


if __name__ == "__main__":
    main()
