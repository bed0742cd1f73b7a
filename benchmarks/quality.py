"""How good links and clusters are, on labelled corpora, in one command.

    python -m benchmarks.quality CORPORA

CORPORA is a folder of corpora, each a folder with ``stories.jsonl.gz`` and, where pairs are labelled, ``pairs.tsv``;
``STORYCLUST_CORPORA`` names it where it is not given. Plain methods stand beside: exact Jaccard similarity and exact
containment of 5-word shingles, each at the threshold that is best for the very labels it is scored on, which flatters
them. Labelled sets are small: F1 comes with its deviation over resamples of the rows.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import storyclust as sc
from storyclust.metrics import LabelledPair, score_clusters, score_links

LABELLED = ("helsinki", "saudinewsnet")
CLUSTERED = ("wiki_versions",)
INDEPENDENT = ("basil",)
THRESHOLDS = np.arange(0.02, 1.0, 0.02)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one Markdown table; 1 if no corpus was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpora", nargs="?", default=os.environ.get("STORYCLUST_CORPORA"))
    folder = parser.parse_args(arguments).corpora
    if folder is None or not Path(folder).is_dir():
        print(f"no folder of corpora: {folder}; name one, or set STORYCLUST_CORPORA", file=sys.stderr)
        return 1
    print("| corpus | digest | figure | storyclust | best Jaccard | best containment |")
    print("| --- | --- | --- | ---: | ---: | ---: |")
    for name in LABELLED:
        _print_labelled(Path(folder) / name)
    for name in CLUSTERED:
        _print_clustered(Path(folder) / name)
    for name in INDEPENDENT:
        path = _stories(Path(folder) / name)
        print(f"| {name} | {_digest(path)} | false links | {len(list(sc.cluster_stories(path).links()))} | - | - |")
    return 0


def _print_labelled(folder: Path) -> None:
    pairs = _pairs(folder / "pairs.tsv")
    result = sc.cluster_stories(_stories(folder))
    score = score_links(((link.id_a, link.id_b, "copy") for link in result.links()), pairs)["copy"]
    compared = [result.explain(pair.id_a, pair.id_b) for pair in pairs]
    plain = [_best([getattr(link, figure) for link in compared], pairs) for figure in ("jaccard", "containment")]
    found = f"{score['f1']:.3f} ± {score['f1_sd']:.3f} (P {score['precision']:.3f}, R {score['recall']:.3f})"
    digest = _digest(_stories(folder))
    print(f"| {folder.name} | {digest} | weighted F1 of copies | {found} | {plain[0]:.3f} | {plain[1]:.3f} |")


def _print_clustered(folder: Path) -> None:
    path = _stories(folder)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        truth = {row["id"]: row["cluster"] for row in map(json.loads, file)}
    found = {id: cluster.id for cluster in sc.cluster_stories(path) for id in cluster.members}
    print(f"| {folder.name} | {_digest(path)} | ARI | {score_clusters(found, truth)['ari']:.3f} | - | - |")


def _best(figures: Sequence[float], pairs: Sequence[LabelledPair]) -> float:
    """The best weighted F1 of copies that one threshold on a figure reaches."""

    def f1(linked: Callable[[float], bool]) -> float:
        links = [(p.id_a, p.id_b, "copy") for p, figure in zip(pairs, figures, strict=True) if linked(figure)]
        return score_links(links, pairs)["copy"]["f1"]

    return max(f1(lambda figure, least=threshold: figure >= least) for threshold in THRESHOLDS)  # type: ignore[misc]


def _pairs(path: Path) -> list[LabelledPair]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            LabelledPair(row["id_a"], row["id_b"], row["label"], float(row["weight"]), row["stratum"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


def _stories(folder: Path) -> Path:
    return folder / "stories.jsonl.gz"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main())
