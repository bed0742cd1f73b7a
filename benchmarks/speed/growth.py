"""How time per story and memory grow with the corpus: wires of several lengths, each in a process of its own.

    python -m benchmarks.speed.growth --sizes 10000 30000 100000 300000 1000000 --memory 6G --repeats 1

A story's time is counted from the first one read to the last assignment written: what a process takes to start, to
load its kernels and to end is the same for any length, and would hide the growth. The rounds are interleaved and the
best of each length counts, for what else the machine does can only add to it. The figures are saved as JSON and drawn
as SVG. The exit status is 1 if a story of the longest wire takes more than MOST_RATIO times one of the shortest.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .corpus import Corpus, write_corpus
from .measure import ROOT
from .plot import draw_growth
from .quality import pairwise, read_column
from .report import save, surroundings
from .run import RESULTS, write_warm_up
from .stages import Staged, run_stages

SIZES = (10_000, 30_000, 100_000)
MOST_RATIO = 1.3


@dataclass(frozen=True)
class Point:
    """The best run on a wire of so many stories, and the pairwise F1 of its copies."""

    stories: int
    sha256: str
    best: Staged
    f1: float

    @property
    def story_ms(self) -> float:
        """Milliseconds of wall clock a story."""
        return self.best.working_s / self.stories * 1000

    def figures(self) -> dict[str, Any]:
        """What is saved and drawn."""
        run = self.best.run
        figures = {"stories": self.stories, "sha256": self.sha256, "story_ms": self.story_ms, "f1": self.f1}
        figures |= {"wall_s": run.wall, "cpu_s": run.cpu, "peak_mb": run.peak_mb}
        return figures | {"stages": [asdict(stage) for stage in self.best.stages], "pairs": self.best.pairs}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one Markdown table, save the figures and draw them."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as name:
        points = measure_growth(sorted(options.sizes), Path(name), options)
    ratio = points[-1].story_ms / points[0].story_ms
    print(markdown_growth(points))
    figures = [point.figures() for point in points]
    asked = {name: getattr(options, name) for name in ("seed", "repeats", "memory")}
    about = {**asked, "ratio": ratio, "most_ratio": MOST_RATIO}
    save(options.output, {**about, **surroundings(), "sizes": figures})
    draw_growth(figures, options.plot)
    print(f"saved {options.output} and {options.plot}", file=sys.stderr)
    reached = "no more than" if ratio <= MOST_RATIO else "more than"
    print(f"\na story of the longest wire takes {ratio:.2f} times one of the shortest, {reached} {MOST_RATIO:g}")
    return int(ratio > MOST_RATIO)


def measure_growth(sizes: Iterable[int], folder: Path, options: argparse.Namespace) -> list[Point]:
    """A point for each length, the shortest first, with the seed, the repeats and the memory of the options."""
    warm_up = write_warm_up(folder)
    corpora = {size: write_corpus(folder / str(size), stories=size, seed=options.seed) for size in sizes}
    _run(warm_up, options.memory)
    runs: dict[int, list[Staged]] = {size: [] for size in corpora}
    for number in range(options.repeats):
        for size, corpus in corpora.items():
            runs[size].append(_run(corpus, options.memory))
            print(f"round {number + 1}: {size:,} stories {runs[size][-1].run.wall:.2f} s", file=sys.stderr)
    return [_point(size, corpus, runs[size]) for size, corpus in corpora.items()]


def _run(corpus: Corpus, memory: str | None) -> Staged:
    return run_stages(corpus.stories, _assignments(corpus), memory=memory)


def _assignments(corpus: Corpus) -> Path:
    return corpus.folder / "assignments.jsonl"


def _point(size: int, corpus: Corpus, runs: Sequence[Staged]) -> Point:
    best = min(runs, key=lambda staged: staged.working_s)
    score = pairwise(corpus.truth(), read_column(_assignments(corpus), "copy_cluster"))
    return Point(size, corpus.digest(), best, score["f1"])


def markdown_growth(points: Sequence[Point]) -> str:
    """One row a length."""
    rows = ["| stories | wall s | ms a story | CPU s | peak MB | F1 |", "| ---: | ---: | ---: | ---: | ---: | ---: |"]
    for point in points:
        run = point.best.run
        peak = "-" if run.peak_mb is None else f"{run.peak_mb:,.0f}"
        times = f"{run.wall:.1f} | {point.story_ms:.3f} | {run.cpu:.1f}"
        rows.append(f"| {point.stories:,} | {times} | {peak} | {point.f1:.4f} |")
    return "\n".join(rows)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.growth", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="lengths of the wires")
    parser.add_argument("--seed", type=int, default=1, help="seed of the wires (1)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each length, of which the best counts (3)")
    parser.add_argument("--memory", help="how much memory each run aims at (a good part of what is free)")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS / "growth.json", help="the figures, as JSON")
    parser.add_argument("--plot", type=Path, default=ROOT / "docs" / "growth.svg", help="the drawing, as SVG")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
