"""How good links and clusters are, on fiction and on real corpora, against floors that may only rise.

    python -m benchmarks.quality [CORPORA] [--raise] [--misses]

The fiction ships with the library. CORPORA is a folder of corpora, each a folder with ``stories.jsonl[.gz]`` and, where
pairs are labelled, ``pairs.tsv``; ``STORYCLUST_CORPORA`` names it where it is not given. Labelled sets are small, so a
figure comes with its deviation over resamples of the rows: a smaller change is none. Plain methods stand beside, exact
Jaccard similarity and containment of 5-word shingles, each at the threshold that is best for the very labels it is
scored on, which flatters them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from .clustered import (
    measure_coalition,
    measure_formulas,
    measure_independent,
    measure_topics,
    measure_versions,
)
from .fiction import measure_newsroom, measure_wire
from .figures import Figures
from .floors import NONE, Floors, floors, read_floors
from .labelled import measure_labelled

WIRES = {"wire-3000": 3_000, "wire-20000": 20_000}
FICTION = ("newsroom", *WIRES)
CORPORA: dict[str, Callable[[Path], tuple[str, Figures]]] = {
    "afp_coalition": measure_coalition,
    "helsinki": measure_labelled,
    "saudinewsnet": measure_labelled,
    "wiki_versions": measure_versions,
    "basil": measure_independent,
    "ecbplus": measure_topics,
    "reuters21578": measure_formulas,
}


def measure_figures(name: str, folder: Path | None) -> tuple[str, Figures]:
    """The digest of a corpus and its figures; the folder is that of all corpora, which the fiction does without."""
    if name in CORPORA:
        if folder is None:
            raise ValueError(f"{name} is a real corpus; expected the folder it is in")
        return CORPORA[name](folder / name)
    with tempfile.TemporaryDirectory() as own:
        return measure_newsroom(Path(own)) if name == "newsroom" else measure_wire(WIRES[name], Path(own))


def measure(name: str, folder: Path | None = None) -> dict[str, float]:
    """The figures of a corpus of the folder, or of fiction: newsroom, wire-3000, wire-20000."""
    return {figure: found.value for figure, found in measure_figures(name, folder)[1].items()}


def fallen(name: str, figures: Mapping[str, float]) -> list[str]:
    """In words, each figure of a corpus that is worse than its floor, or was not measured."""
    return read_floors().get(name, NONE).fallen(figures)


__all__ = ["CORPORA", "FICTION", "WIRES", "Floors", "fallen", "floors", "measure", "measure_figures"]
