"""How fast a wire streams, and that its memory does not grow with its length, in one command.

    python -m benchmarks.wire

Wires of several lengths, each in a process of its own that keeps no story. Seconds run from the call to the last story,
the rates are over all of them, and the part that goes by until the first story, while kernels load and the language is
invented, is shown too. Megabytes are those of the text in UTF-8. The peak is of anonymous memory, imports included. A
short wire runs before, unmeasured: kernels are then compiled.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from storyclust.newsroom import wire

from .speed.measure import run_command

LENGTHS = (10_000, 50_000, 200_000)
WARM_UP = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one Markdown table; 1 if a process failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wire", description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, nargs="+", default=LENGTHS, metavar="N", help="lengths of the wires")
    parser.add_argument("--seed", type=int, default=1, help="seed of the wires (1)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        try:
            _row(WARM_UP, options.seed, Path(folder))
            print("| stories | seconds | to the first | stories/s | MB/s | peak MB |")
            print("| ---: | ---: | ---: | ---: | ---: | ---: |")
            for length in options.stories:
                print(_row(length, options.seed, Path(folder)), flush=True)
        except ChildProcessError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def _row(length: int, seed: int, folder: Path) -> str:
    log = folder / f"{length}.log"
    script = f"from benchmarks.wire import stream; stream({length}, {seed})"
    run = run_command([sys.executable, "-c", script], log=log)
    if run.status:
        raise ChildProcessError(f"a wire of {length} stories failed: {run.errors.strip()}")
    figures = json.loads(log.read_text())
    seconds, megabytes = figures["seconds"], figures["megabytes"]
    peak = f"{run.peak_mb:.0f}" if run.peak_mb is not None else "-"
    rates = f"{length / seconds:,.0f} | {megabytes / seconds:.1f}"
    return f"| {length:,} | {seconds:.2f} | {figures['first']:.2f} | {rates} | {peak} |"


def stream(length: int, seed: int) -> None:
    """Stream a wire of one story or more, keep nothing, and print what it took as JSON."""
    start = time.perf_counter()
    stories = wire(length, seed=seed)
    size = len(next(stories).story.text.encode())
    first = time.perf_counter() - start
    size += sum(len(story.text.encode()) for story, _ in stories)
    print(json.dumps({"first": first, "seconds": time.perf_counter() - start, "megabytes": size / 1e6}))


if __name__ == "__main__":
    sys.exit(main())
