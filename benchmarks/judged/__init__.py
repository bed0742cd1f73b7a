"""Pairs in one cluster, drawn to be read: how many of them belong together?

    python -m benchmarks.judged draw STORIES -o pairs.tsv
    python -m benchmarks.judged count verdicts.tsv

Where a corpus has no truth, a hundred pairs that were put into one cluster are drawn, as many from small clusters as
from large ones, and somebody reads them. The verdicts, tab-separated with the columns id_a, id_b, verdict (true or
false) and reason (a few words), are kept in this folder, named after the corpus.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

VERDICTS = Path(__file__).parent
# The least size of a cluster of each stratum; the largest stratum has no end.
STRATA: Mapping[str, int] = {"2": 2, "3-4": 3, "5-8": 5, "9+": 9}
PAIRS_EACH = 25
SEED = 1


@dataclass(frozen=True)
class Drawn:
    """A pair to be read, and how large its cluster is."""

    id_a: str
    id_b: str
    stratum: str


@dataclass(frozen=True)
class Verdict:
    """Whether a pair belongs together, and why."""

    id_a: str
    id_b: str
    right: bool
    reason: str


def stratum_of(size: int) -> str:
    """The stratum of clusters of a size, 2 or more.

    >>> [stratum_of(size) for size in (2, 4, 5, 8, 200)]
    ['2', '3-4', '5-8', '5-8', '9+']
    """
    return max((name for name, least in STRATA.items() if size >= least), key=STRATA.__getitem__)


def draw_pairs(clusters: Iterable[Sequence[str]], *, each: int = PAIRS_EACH, seed: int = SEED) -> list[Drawn]:
    """Pairs of one cluster, so many from each stratum, or what there is; the same for the same clusters.

    First a cluster is drawn and then a pair of it, so that the largest does not stand for all.
    """
    draw = random.Random(seed)
    strata: dict[str, list[list[str]]] = {name: [] for name in STRATA}
    for members in clusters:
        if len(members) > 1:
            strata[stratum_of(len(members))].append(sorted(members))
    found = []
    for name, own in strata.items():
        waiting = [list(combinations(members, 2)) for members in sorted(own)]
        for pairs in waiting:
            draw.shuffle(pairs)
        chosen: list[tuple[str, str]] = []
        while waiting and len(chosen) < each:
            # A round gives one pair of each cluster.
            draw.shuffle(waiting)
            chosen += [pairs.pop() for pairs in waiting[: each - len(chosen)]]
            waiting = [pairs for pairs in waiting if pairs]
        found += [Drawn(a, b, name) for a, b in sorted(chosen)]
    return found


def write_pairs(pairs: Iterable[Drawn], path: Path) -> None:
    """Write pairs to be read, tab-separated."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(("id_a", "id_b", "stratum"))
        rows.writerows((pair.id_a, pair.id_b, pair.stratum) for pair in pairs)


def read_verdicts(path: Path) -> list[Verdict]:
    """The verdicts of a file; ValueError on one that is neither true nor false."""
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        missing = {"id_a", "id_b", "verdict", "reason"} - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"{path}: no column {', '.join(sorted(missing))}; expected id_a, id_b, verdict, reason")
        for row in rows:
            if row["verdict"] not in ("true", "false"):
                raise ValueError(f"{path}:{rows.line_num}: the verdict is {row['verdict']!r}; expected true or false")
            found.append(Verdict(row["id_a"], row["id_b"], row["verdict"] == "true", row["reason"]))
    return found
