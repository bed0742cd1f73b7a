"""What came out: one table in Markdown for people, one JSON document for machines."""

import json
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .contenders import BASE
from .measure import Run

PACKAGES = ("storyclust", "datasketch", "rensa", "gaoya", "numpy", "numba", "scipy", "scikit-learn", "orjson")
HEADINGS = ("contender", "wall s (min-max)", "x storyclust", "CPU s", "peak MB", "precision", "recall", "F1")


@dataclass
class Outcome:
    """All runs of one contender, and the score of what it wrote.

    Attributes:
        note: why there are no figures ("not installed", the last line of an error), or None.
        outputs: the SHA-256 of the assignments of each run; more than one means that runs differed.
    """

    name: str
    note: str | None = None
    runs: list[Run] = field(default_factory=list)
    score: dict[str, float] | None = None
    outputs: set[str] = field(default_factory=set)

    @property
    def wall(self) -> float:
        """The median wall clock in seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """The median processor time in seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def peak_mb(self) -> float | None:
        """The median of the peaks of anonymous memory, in MB of 10**6 bytes."""
        peaks = [run.peak_mb for run in self.runs if run.peak_mb is not None]
        return statistics.median(peaks) if peaks else None


def markdown_table(outcomes: Sequence[Outcome]) -> str:
    """One row a contender, in the order given; those that did not run say why."""
    base = next((outcome.wall for outcome in outcomes if outcome.name == BASE and not outcome.note), None)
    rows = [HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 1)), *(_cells(outcome, base) for outcome in outcomes)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(outcome: Outcome, base: float | None) -> tuple[str, ...]:
    if outcome.note:
        return (outcome.name, outcome.note, *["-"] * (len(HEADINGS) - 2))
    walls = [run.wall for run in outcome.runs]
    score = outcome.score or {}
    return (
        outcome.name,
        f"{outcome.wall:.2f} ({min(walls):.2f}-{max(walls):.2f})",
        f"{outcome.wall / base:.2f}" if base else "-",
        f"{outcome.cpu:.2f}",
        f"{outcome.peak_mb:.0f}" if outcome.peak_mb is not None else "-",
        *(f"{score[key]:.4f}" if key in score else "-" for key in ("precision", "recall", "f1")),
    )


def document(outcomes: Iterable[Outcome], **about: Any) -> dict[str, Any]:
    """Everything needed to judge and repeat the run: machine, versions, corpus, settings, and every single run."""
    return {**about, **surroundings(), "contenders": {outcome.name: _figures(outcome) for outcome in outcomes}}


def surroundings() -> dict[str, Any]:
    """The machine and the versions that figures were measured with."""
    return {
        "machine": {"cpu": cpu_model(), "cpus": os.cpu_count(), "system": platform.system()},
        "python": platform.python_version(),
        "packages": {package: _version(package) for package in PACKAGES},
    }


def _figures(outcome: Outcome) -> dict[str, Any]:
    if outcome.note:
        return {"note": outcome.note}
    return {
        "median": {"wall_s": outcome.wall, "cpu_s": outcome.cpu, "peak_mb": outcome.peak_mb},
        "score": outcome.score,
        "same_output_every_run": len(outcome.outputs) <= 1,
        "runs": [{"wall_s": run.wall, "cpu_s": run.cpu, "peak_mb": run.peak_mb} for run in outcome.runs],
    }


def save(path: Path, results: dict[str, Any]) -> None:
    """Write the results, floats at four decimals, and make the folder if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_rounded(results), indent=2) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def cpu_model() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
