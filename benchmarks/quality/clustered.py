"""Corpora whose stories carry a truth, or of which it is known what must not be linked."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import storyclust as sc
from storyclust.metrics import adjusted_rand_index

from ..judged import VERDICTS, Verdict, read_verdicts
from .figures import LEVELS, Figure, Figures, count, digest, share

LARGEST = 3


def _column(path: Path, column: str) -> dict[str, str]:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return {row["id"]: str(row[column]) for row in map(json.loads, text.splitlines())}


def measure_coalition(folder: Path) -> tuple[str, Figures]:
    """One agency piece in three hands, among stories of the same event that are nobody's copy."""
    path = folder / "stories.jsonl"
    truth, result = _column(path, "cluster"), sc.cluster_stories(path)
    wanted: dict[str, set[str]] = {}
    for id, cluster in truth.items():
        wanted.setdefault(cluster, set()).add(id)
    found = {frozenset(members) for members in result.at_level("partial")}
    exact = found == {frozenset(members) for members in wanted.values()}
    others = sum(truth[link.id_a] != truth[link.id_b] for link in result.links())
    return digest([path]), {"clusters exact, partial": Figure(float(exact)), "links beside the family's": count(others)}


def measure_versions(folder: Path) -> tuple[str, Figures]:
    """Families of heavily edited versions."""
    path = folder / "stories.jsonl.gz"
    truth, result = _column(path, "cluster"), sc.cluster_stories(path)
    figures = {}
    for level in LEVELS:
        found = {id: members[0] for members in result.at_level(level) for id in members}
        figures[f"ARI, {level}"] = Figure(adjusted_rand_index(found, truth))
    return digest([path]), figures


def measure_independent(folder: Path) -> tuple[str, Figures]:
    """Events that three outlets told each for itself: a link is a false one."""
    path = folder / "stories.jsonl.gz"
    return digest([path]), {"links": count(sum(1 for _ in sc.cluster_stories(path).links()))}


def measure_topics(folder: Path) -> tuple[str, Figures]:
    """Short items on several topics: a link of two topics is a false one."""
    path = folder / "stories.jsonl.gz"
    topics = _column(path, "topic")
    links = list(sc.cluster_stories(path).links())
    across = sum(topics[link.id_a] != topics[link.id_b] for link in links)
    return digest([path]), {"links": count(len(links), better="neither"), "links of two topics": count(across)}


def measure_formulas(folder: Path) -> tuple[str, Figures]:
    """Reports from templates, which must not come together; and what became of the pairs that somebody read."""
    stories, verdicts = folder / "stories.jsonl.gz", VERDICTS / f"{folder.name}.tsv"
    result = sc.cluster_stories(stories)
    sizes = sorted((len(cluster) for cluster in result), reverse=True)[:LARGEST]
    figures = {f"largest cluster {n}": count(size, better="neither") for n, size in enumerate(sizes, 1)}
    figures |= measure_judged(result, read_verdicts(verdicts))
    return digest([stories, verdicts]), figures


def measure_judged(result: sc.StoryClusters, verdicts: Sequence[Verdict]) -> Figures:
    """How many of the judged pairs that are in one cluster are right to be, and how many of the right ones are."""
    cluster = {id: members[0] for members in result.at_level("partial") for id in members}
    joined = [verdict for verdict in verdicts if cluster[verdict.id_a] == cluster[verdict.id_b]]
    right = sum(verdict.right for verdict in joined)
    return {
        "judged pairs in one cluster": count(len(joined), better="neither"),
        "pairs in one cluster judged right": share(right, len(joined)),
        "pairs judged right in one cluster": share(right, sum(verdict.right for verdict in verdicts)),
    }
