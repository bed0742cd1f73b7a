"""The command: ``python -m benchmarks.quality``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import storyclust as sc

from . import CORPORA, FICTION, Floors, measure_figures
from .figures import Figures
from .floors import NONE, read_floors, write_floors
from .headlines import print_misses

MISSES = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one Markdown table; 1 if a figure is worse than its floor, or the folder named is none."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpora", nargs="?", default=os.environ.get("STORYCLUST_CORPORA"))
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these corpora, or newsroom, wire-3000, wire-20000")
    parser.add_argument("--raise", action="store_true", dest="raising", help="write floors that were surpassed")
    parser.add_argument("--misses", action="store_true", help="print pairs of one headline that are not linked")
    options = parser.parse_args(arguments)
    folder = Path(options.corpora) if options.corpora else None
    if folder is not None and not folder.is_dir():
        print(f"no folder of corpora: {folder}; name another, or none for fiction alone", file=sys.stderr)
        return 1
    unknown = sorted(set(options.only or ()) - {*FICTION, *CORPORA})
    if unknown:
        parser.error(f"no corpus {', '.join(unknown)}; expected some of {', '.join((*FICTION, *CORPORA))}")
    if options.misses:
        if folder is None:
            parser.error("--misses was given without a folder of corpora; name it, or set STORYCLUST_CORPORA")
        print_misses(sc.cluster_stories(folder / "saudinewsnet" / "stories.jsonl.gz"), MISSES)
        return 0
    names = [name for name in names_in(folder) if not options.only or name in options.only]
    return measure_all(names, folder, options.raising)


def names_in(folder: Path | None) -> list[str]:
    """The fiction, and the corpora that are in the folder."""
    return [*FICTION, *(name for name in CORPORA if folder is not None and (folder / name).is_dir())]


def measure_all(names: Sequence[str], folder: Path | None, raising: bool) -> int:
    """Measure corpora and hold them against their floors."""
    floors, faults = read_floors(), []
    print("| corpus | figure | measured | floor |\n| --- | --- | ---: | ---: |")
    for name in names:
        begun = time.perf_counter()
        digest, figures = measure_figures(name, folder)
        own = floors.get(name, NONE)
        if raising:
            own = floors[name] = own.raised(digest, figures)
        print_figures(name, digest, figures, own)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        if own.digest not in ("", digest):
            faults.append(f"{name} has other bytes than its floors were measured on; measure them again with --raise")
        else:
            faults += [f"{name}: {fault}" for fault in own.fallen({key: each.value for key, each in figures.items()})]
    if raising:
        write_floors(floors)
    if folder is None:
        print("fiction alone; for real corpora name their folder, or set STORYCLUST_CORPORA", file=sys.stderr)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def print_figures(name: str, digest: str, figures: Figures, floors: Floors) -> None:
    """One row a figure; the digest stands beside the corpus."""
    for figure, found in figures.items():
        floor = floors.least.get(figure, floors.most.get(figure))
        print(f"| {name} {digest[:12]} | {figure} | {found} | {'-' if floor is None else f'{floor:g}'} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
