"""Corpora with labelled pairs: links and clusters against the labels, and what plain methods reach at their best."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import storyclust as sc
from storyclust.cli.labelled import read_pairs
from storyclust.metrics import LabelledPair, score_links

from .figures import LEVELS, Figure, Figures, count, digest
from .headlines import measure_headlines

THRESHOLDS = np.arange(0.02, 1.0, 0.02)
LARGEST = 3


def measure_labelled(folder: Path) -> tuple[str, Figures]:
    """The digest of a corpus and its figures, with the profile that it teaches and with the empty one."""
    stories, labels = folder / "stories.jsonl.gz", folder / "pairs.tsv"
    pairs = read_pairs(str(labels))
    figures: Figures = {}
    for profile, name in ((None, "learned profile"), (sc.Profile.empty(), "empty profile")):
        result = sc.cluster_stories(stories, profile=profile)
        links = {(link.id_a, link.id_b): link.relation or "" for link in result.links()}
        figures |= _scores(f"link F1, {name}", [(*ids, relation) for ids, relation in links.items()], pairs)
        figures |= _scores(f"cluster F1, {name}", joined(result, pairs), pairs)
        if profile is None:
            largest = sorted((len(cluster) for cluster in result), reverse=True)[:LARGEST]
            figures |= {f"largest cluster {n}": count(size, better="neither") for n, size in enumerate(largest, 1)}
            figures |= _plain(result, pairs)
            if folder.name == "saudinewsnet":
                figures |= measure_headlines(result, links)
    return digest([stories, labels]), figures


def joined(result: sc.StoryClusters, pairs: Sequence[LabelledPair]) -> list[tuple[str, str, str]]:
    """The labelled pairs that are in one cluster, with the strictest level at which they are."""
    of_level = {
        level: {id: number for number, members in enumerate(result.at_level(level)) for id in members}
        for level in LEVELS
    }
    found: list[tuple[str, str, str]] = []
    for pair in pairs:
        level = next((level for level, own in of_level.items() if own[pair.id_a] == own[pair.id_b]), None)
        if level is not None:
            found.append((pair.id_a, pair.id_b, level))
    return found


def _scores(name: str, links: Sequence[tuple[str, str, str]], pairs: Sequence[LabelledPair]) -> Figures:
    scores = score_links(links, pairs)
    return {f"{name}, {level}": Figure(scores[level]["f1"], scores[level]["f1_sd"]) for level in LEVELS}


def _plain(result: sc.StoryClusters, pairs: Sequence[LabelledPair]) -> Figures:
    """The best F1 that one threshold on exact similarity of 5-word shingles reaches, chosen on these very labels."""
    compared = [sc.compare_stories(result.story(pair.id_a), result.story(pair.id_b)) for pair in pairs]
    figures: Figures = {}
    for name, values in (
        ("Jaccard", [link.jaccard for link in compared]),
        ("containment", [link.containment for link in compared]),
    ):
        trials = [_linked_from(values, pairs, least) for least in THRESHOLDS.tolist()]
        for level in LEVELS:
            best = max(trial[level] for trial in trials)
            figures[f"plain {name} at its best, {level}"] = Figure(best, None, "neither")
    return figures


def _linked_from(values: Sequence[float], pairs: Sequence[LabelledPair], least: float) -> dict[str, float]:
    links = [(pair.id_a, pair.id_b, "copy") for pair, value in zip(pairs, values, strict=True) if value >= least]
    return {level: score["f1"] for level, score in score_links(links, pairs).items()}
