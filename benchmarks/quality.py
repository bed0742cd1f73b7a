"""How good links and clusters are, on fiction and on labelled corpora, in one command.

    python -m benchmarks.quality [CORPORA]

The fiction ships with the library, the newsroom and wires of several lengths: clusters are scored by the pairs they put
together, against the truth at the level copy, and in the newsroom also by how many of the canonical stories are among
those it is right to keep.

CORPORA is a folder of corpora, each a folder with ``stories.jsonl.gz`` and, where pairs are labelled, ``pairs.tsv``;
``STORYCLUST_CORPORA`` names it where it is not given. Plain methods stand beside: exact Jaccard similarity and exact
containment of 5-word shingles, each at the threshold that is best for the very labels it is scored on, which flatters
them. Labelled sets are small: F1 comes with its deviation over resamples of the rows.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import storyclust as sc
from storyclust.metrics import LabelledPair, score_clusters, score_links, score_pairs
from storyclust.newsroom import load_newsroom, write_newsroom

from .speed.corpus import Corpus, file_digest, write_corpus
from .speed.quality import read_column

WIRES = (3_000, 20_000)
LABELLED = ("helsinki", "saudinewsnet")
CLUSTERED = ("wiki_versions",)
INDEPENDENT = ("basil",)
THRESHOLDS = np.arange(0.02, 1.0, 0.02)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one Markdown table; 1 if the folder of corpora named is none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpora", nargs="?", default=os.environ.get("STORYCLUST_CORPORA"))
    parser.add_argument("--wires", type=int, nargs="*", default=WIRES, metavar="N", help="stories in each wire")
    options = parser.parse_args(arguments)
    if options.corpora is not None and not Path(options.corpora).is_dir():
        print(f"no folder of corpora: {options.corpora}; name another, or none for fiction alone", file=sys.stderr)
        return 1
    print("| corpus | digest | figure | storyclust | best Jaccard | best containment |")
    print("| --- | --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        _print_newsroom(Path(folder) / "newsroom")
        for length in options.wires:
            wire = write_corpus(Path(folder) / f"wire-{length}", stories=length, seed=1)
            _print_pairs(f"wire of {length:,}", wire, sc.cluster_stories(wire.stories))
    if options.corpora is None:
        print("fiction alone; for labelled corpora name their folder, or set STORYCLUST_CORPORA", file=sys.stderr)
    else:
        _print_corpora(Path(options.corpora))
    return 0


def _print_newsroom(folder: Path) -> None:
    write_newsroom(load_newsroom(), folder)
    newsroom = Corpus(folder)
    result = sc.cluster_stories(newsroom.stories)
    _print_pairs("newsroom", newsroom, result)
    acceptable = read_column(folder / "truth.jsonl", "copy_canonicals")
    chosen = [cluster.canonical for cluster in result if len(cluster) > 1]
    right = sum(story in acceptable[story] for story in chosen)
    share = f"{right / len(chosen):.3f} ({right} of {len(chosen)})"
    print(f"| newsroom | {_digest(newsroom.stories)} | acceptable canonicals | {share} | - | - |")


def _print_pairs(name: str, corpus: Corpus, result: sc.StoryClusters) -> None:
    score = score_pairs(_found(result), corpus.truth())
    found = f"{score.f1:.3f} (P {score.precision:.3f}, R {score.recall:.3f})"
    print(f"| {name} | {_digest(corpus.stories)} | pairwise F1 of copies | {found} | - | - |", flush=True)


def _print_corpora(folder: Path) -> None:
    for name in LABELLED:
        _print_labelled(folder / name)
    for name in CLUSTERED:
        _print_clustered(folder / name)
    for name in INDEPENDENT:
        path = _stories(folder / name)
        print(f"| {name} | {_digest(path)} | false links | {len(list(sc.cluster_stories(path).links()))} | - | - |")


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
    found = _found(sc.cluster_stories(path))
    print(f"| {folder.name} | {_digest(path)} | ARI | {score_clusters(found, truth)['ari']:.3f} | - | - |")


def _found(result: sc.StoryClusters) -> dict[str, str]:
    return {id: cluster.id for cluster in result for id in cluster.members}


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
    return file_digest(path)[:12]


if __name__ == "__main__":
    sys.exit(main())
