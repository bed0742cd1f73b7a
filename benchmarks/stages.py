"""What part of a run each stage takes, and what stretch of a stage each of its passes, in one command.

    python -m benchmarks.stages stories.jsonl another.jsonl.gz

Clusters each input and writes assignments and links to a folder that goes, after a small job that loads the kernels.
The tables behind the progress bar are such figures: `storyclust.cli.estimate.SHARES`, `storyclust.progress.PASSES`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

from storyclust import cluster_stories, load_newsroom
from storyclust.progress import WRITING, WRITING_LINKS, Stages

Span = tuple[float, float]
OVER = Stages.over


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table of the stages of each input."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stages", description=__doc__.splitlines()[0])
    parser.add_argument("inputs", nargs="+", metavar="STORIES")
    options = parser.parse_args(arguments)
    cluster_stories(load_newsroom().stories)
    for path in options.inputs:
        stages, passes = measured(path)
        whole = sum(stop - start for start, stop in stages.values())
        print(f"\n{path}: {whole:.1f} s\n\n| stage | share | passes |\n| --- | ---: | --- |")
        for stage, (start, stop) in stages.items():
            seconds = max(stop - start, 1e-9)
            parts = [f"{(low - start) / seconds:.2f}-{(high - start) / seconds:.2f}" for low, high in passes[stage]]
            print(f"| {stage} | {seconds / whole:.3f} | {', '.join(parts)} |", flush=True)
    return 0


def measured(path: str) -> tuple[dict[str, Span], dict[str, list[Span]]]:
    """When each stage of a job began and ended, and when each of its passes did."""
    stages: dict[str, Span] = {}
    passes: dict[str, list[Span]] = defaultdict(list)

    def note(stage: str, _part: float) -> None:
        start, _ = stages.get(stage, (time.perf_counter(), 0.0))
        stages[stage] = start, time.perf_counter()

    def over(self: Stages, results: Iterator[object], whole: int) -> Iterator[object]:
        start = time.perf_counter()
        yield from OVER(self, results, whole)
        passes[list(stages)[-1]].append((start, time.perf_counter()))

    with tempfile.TemporaryDirectory() as folder, patch.object(Stages, "over", over):
        result = cluster_stories(path, on_error="skip", progress=note)
        told = Stages(note)
        told.begin(WRITING)
        result.write_assignments(Path(folder, "assignments.jsonl"))
        told.begin(WRITING_LINKS)
        result.write_links(Path(folder, "links.jsonl"))
        told.end()
    return stages, passes


if __name__ == "__main__":
    sys.exit(main())
