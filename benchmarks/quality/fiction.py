"""The fiction that ships: the newsroom, whose truth is complete, and wires of any length."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import storyclust as sc
from storyclust.metrics import LabelledPair, score_links, score_pairs
from storyclust.model import Level
from storyclust.newsroom import Newsroom, load_newsroom, write_newsroom

from ..speed.corpus import write_corpus
from ..speed.quality import read_column
from .figures import Figure, Figures, digest, share

COLUMNS: Mapping[Level, str] = {"copy": "copy_cluster", "version": "version_cluster", "partial": "cluster"}


def measure_newsroom(folder: Path) -> tuple[str, Figures]:
    """The digest of the newsroom, written to a folder, and its figures."""
    newsroom = load_newsroom()
    write_newsroom(newsroom, folder)
    result = sc.cluster_stories(folder / "stories.jsonl")
    links = list(result.links())
    pairs = [LabelledPair(pair.id_a, pair.id_b, pair.label, 1.0, pair.label) for pair in newsroom.pairs]
    scores = score_links(((link.id_a, link.id_b, link.relation or "") for link in links), pairs)
    figures = _pairs_joined(result, folder)
    figures |= {f"link F1, {level}": Figure(score["f1"], score["f1_sd"]) for level, score in scores.items()}
    levels: tuple[Level, ...] = ("copy", "partial")
    for level in levels:
        figures[f"acceptable canonicals, {level}"] = _canonicals(folder, newsroom, level)
    return digest([folder / "stories.jsonl", folder / "truth.jsonl", folder / "pairs.tsv"]), figures | _origins(
        links, newsroom
    )


def measure_wire(length: int, folder: Path) -> tuple[str, Figures]:
    """The digest of a wire of so many stories, written to a folder, and its figures."""
    wire = write_corpus(folder, stories=length, seed=1)
    return digest([wire.stories]), _pairs_joined(sc.cluster_stories(wire.stories), folder)


def _pairs_joined(result: sc.StoryClusters, folder: Path) -> Figures:
    """Pairwise F1 of the clusters at each level."""
    figures = {}
    for level, column in COLUMNS.items():
        found = {id: members[0] for members in result.at_level(level) for id in members}
        figures[f"pairwise F1, {level}"] = Figure(score_pairs(found, read_column(folder / "truth.jsonl", column)).f1)
    return figures


def _canonicals(folder: Path, newsroom: Newsroom, level: Level) -> Figure:
    """How many canonical stories of several are among those that the desk would keep."""
    result = sc.cluster_stories(folder / "stories.jsonl", settings=sc.Settings(level=level))
    chosen = [cluster.canonical for cluster in result if len(cluster) > 1]
    kept = {story: truth.canonicals[level] for story, truth in newsroom.truth.items()}
    return share(sum(story in kept[story] for story in chosen), len(chosen))


def _origins(links: list[sc.Link], newsroom: Newsroom) -> Figures:
    """Of the links whose origin is known, because one was made from the other: how many are told, and told rightly."""
    known: Mapping[str, str] = {id: truth.original for id, truth in newsroom.truth.items() if truth.original != id}
    right = told = asked = 0
    for link in links:
        for made, source in (link.id_a, link.id_b), (link.id_b, link.id_a):
            if known.get(made) == source:
                asked += 1
                told += link.origin is not None
                right += link.origin == source
    untold = share(asked - told, asked)
    return {
        "origin right, of those told": share(right, told),
        "origin cannot be told": Figure(untold.value, untold.deviation, "lower"),
    }
