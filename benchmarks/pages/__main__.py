"""The command: ``python -m benchmarks.pages``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..quality.__main__ import print_figures
from ..quality.floors import NONE, read_floors, write_floors
from . import FICTION, FLOORS, SINGLE, measure_figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one Markdown table; 1 if a figure is worse than its floor, or the folder named is none."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpora", nargs="?", default=os.environ.get("STORYCLUST_CORPORA"))
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=(*FICTION, "pages", *SINGLE))
    parser.add_argument("--raise", action="store_true", dest="raising", help="write floors that were surpassed")
    options = parser.parse_args(arguments)
    folder = Path(options.corpora) if options.corpora else None
    if folder is not None and not folder.is_dir():
        print(f"no folder of corpora: {folder}; name another, or none for fiction alone", file=sys.stderr)
        return 1
    names = [*FICTION, *(name for name in ("pages", *SINGLE) if folder is not None and (folder / name).is_dir())]
    floors, faults = read_floors(FLOORS), []
    print("| pages | figure | measured | floor |\n| --- | --- | ---: | ---: |")
    for name in (name for name in names if not options.only or name in options.only):
        digest, figures = measure_figures(name, folder)
        own = floors.get(name, NONE)
        if options.raising:
            own = floors[name] = own.raised(digest, figures)
        print_figures(name, digest, figures, own)
        if own.digest not in ("", digest):
            faults.append(f"{name} has other bytes than its floors were measured on; measure them again with --raise")
        else:
            faults += [f"{name}: {fault}" for fault in own.fallen({key: each.value for key, each in figures.items()})]
    if options.raising:
        write_floors(floors, FLOORS)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
