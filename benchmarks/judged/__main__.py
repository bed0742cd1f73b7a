"""The command: ``python -m benchmarks.judged``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import storyclust as sc

from . import PAIRS_EACH, SEED, draw_pairs, read_verdicts, write_pairs


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw pairs, or count verdicts; 1 if the file of verdicts cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judged", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    draw = commands.add_parser("draw", help="cluster stories and draw pairs of one cluster")
    draw.add_argument("stories", type=Path)
    draw.add_argument("-o", "--output", type=Path, required=True, help="id_a, id_b, stratum, tab-separated")
    draw.add_argument("--each", type=int, default=PAIRS_EACH, help="pairs of each stratum")
    draw.add_argument("--seed", type=int, default=SEED)
    count = commands.add_parser("count", help="count verdicts")
    count.add_argument("verdicts", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "draw":
        clusters = sc.cluster_stories(options.stories).at_level("partial")
        pairs = draw_pairs(clusters, each=options.each, seed=options.seed)
        write_pairs(pairs, options.output)
        print(f"{len(pairs)} pairs of {sum(len(members) > 1 for members in clusters):,} clusters")
        return 0
    try:
        verdicts = read_verdicts(options.verdicts)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    right = sum(verdict.right for verdict in verdicts)
    print(f"{right} of {len(verdicts)} pairs belong together")
    for verdict in verdicts:
        if not verdict.right:
            print(f"{verdict.id_a}\t{verdict.id_b}\t{verdict.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
