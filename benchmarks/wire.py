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
import time
from collections.abc import Sequence

from storyclust.newsroom import wire

from .speed.measure import run_module

LENGTHS = (10_000, 50_000, 200_000)
WARM_UP = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one Markdown table; 1 if a process failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wire", description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, nargs="+", default=LENGTHS, metavar="N", help="lengths of the wires")
    parser.add_argument("--seed", type=int, default=1, help="seed of the wires (1)")
    parser.add_argument("--one", type=int, metavar="N", help="one length alone, in this process, as JSON")
    options = parser.parse_args(arguments)
    if options.one:
        print(json.dumps(stream(options.one, options.seed)))
        return 0
    try:
        _row(WARM_UP, options.seed)
        print("| stories | seconds | to the first | stories/s | MB/s | peak MB |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: |")
        for length in options.stories:
            print(_row(length, options.seed), flush=True)
    except ChildProcessError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _row(length: int, seed: int) -> str:
    run, figures = run_module("benchmarks.wire", "--one", length, "--seed", seed)
    seconds, megabytes = figures["seconds"], figures["megabytes"]
    peak = f"{run.peak_mb:.0f}" if run.peak_mb is not None else "-"
    rates = f"{length / seconds:,.0f} | {megabytes / seconds:.1f}"
    return f"| {length:,} | {seconds:.2f} | {figures['first']:.2f} | {rates} | {peak} |"


def stream(length: int, seed: int) -> dict[str, float]:
    """Stream a wire of one story or more, keep nothing, and tell what it took."""
    start = time.perf_counter()
    stories = wire(length, seed=seed)
    size = len(next(stories).story.text.encode())
    first = time.perf_counter() - start
    size += sum(len(story.text.encode()) for story, _ in stories)
    return {"first": first, "seconds": time.perf_counter() - start, "megabytes": size / 1e6}


if __name__ == "__main__":
    sys.exit(main())
