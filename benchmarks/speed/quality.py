"""The score of a clustering: of the pairs it puts together, how many belong together, and of those that do, how many.

Pairs are counted from the sizes of the cells where a found and a true cluster overlap, so a cluster of 200 costs as
much as a lone story.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from storyclust.metrics import score_pairs


def pairwise(truth: dict[str, str], found: dict[str, str]) -> dict[str, float]:
    """Pairwise precision, recall and F1 of `found` against `truth`, both from id to cluster.

    Raises ValueError unless both are about the same stories: a lost story must not go unnoticed.
    """
    score = score_pairs(found, truth)
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}


def read_column(path: Path, column: str) -> dict[str, Any]:
    """From id to a column of a JSON lines file; ValueError on an id met twice."""
    values: dict[str, Any] = {}
    with path.open("rb") as file:
        for line in file:
            row = orjson.loads(line)
            if row["id"] in values:
                raise ValueError(f"the id {row['id']!r} is in {path.name} twice, expected every id exactly once")
            values[row["id"]] = row[column]
    return values


def cluster_statistics(truth: dict[str, str]) -> dict[str, object]:
    """How many stories, clusters and pairs there are, and how many clusters of which size."""
    sizes = Counter(truth.values())
    bounds = {"1": 1, "2": 2, "3-4": 4, "5-9": 9, "10-19": 19, "20-49": 49, "50-99": 99}
    histogram = dict.fromkeys([*bounds, "100 and more"], 0)
    for size in sizes.values():
        histogram[next((name for name, most in bounds.items() if size <= most), "100 and more")] += 1
    pairs = _pairs(sizes.values())
    return {"stories": len(truth), "clusters": len(sizes), "true_pairs": pairs, "clusters_by_size": histogram}


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
