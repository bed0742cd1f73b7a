"""Real corpora, where they are at hand: every story comes out, and the scores stay above their floors.

Floors may only rise. Each was measured on the very files whose digests stand beside it; on labelled pairs the
deviation of F1 is about 0.03, so a floor lies just below what was measured and a small gain proves nothing.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from storyclust import cluster_stories, metrics
from storyclust.cli.labelled import read_pairs
from storyclust.model import Level

VARIABLE = "STORYCLUST_CORPORA"


LEVELS: tuple[Level, ...] = ("copy", "version", "partial")


@dataclass(frozen=True)
class Corpus:
    """A corpus: its files, each with the SHA-256 of the bytes that the floors were measured on."""

    stories: str
    sha256: str
    pairs_sha256: str | None = None
    floors: Mapping[str, float] = field(default_factory=dict)


CORPORA = {
    "afp_coalition": Corpus("stories.jsonl", "330e17e33572fc12ce6b08b2335b46ee505fa634041c50c3219c375cf4addb5b"),
    "basil": Corpus("stories.jsonl.gz", "c7abe0283287c41e63a8b24c7ec9df41642f234a55fe285c933e19648ab33606"),
    "ecbplus": Corpus("stories.jsonl.gz", "e32fa3086b155b3544011b628b7530a6260b90da429582fb5bcca3217d937da9"),
    "helsinki": Corpus(
        "stories.jsonl.gz",
        "cc1e8722d6380390653a9ab7b078eedd0b60206a1c931ce9ef4c4339bd354889",
        pairs_sha256="b1fd67bb62ba6f7e441cc4d08535579b4d480088dcc7d17f3004823bf12fc180",
        floors={"copy": 0.905, "version": 0.91, "partial": 0.91},
    ),
    "reuters21578": Corpus("stories.jsonl.gz", "af695f400e665b2ccf7b51206dd2a76fe7d7c3038fa19c391e806311425e0a8b"),
    "saudinewsnet": Corpus(
        "stories.jsonl.gz",
        "2c2f635de4217dc1e377bb68e23ea769741821bedbb6a6d39f3d7a3548583a3a",
        pairs_sha256="53b8c7e2492b985a841cf6dedbdce497ad96191b2f8b0119fb7145816aa97df1",
        floors={"copy": 0.99, "version": 0.94, "partial": 0.97},
    ),
    "wiki_versions": Corpus(
        "stories.jsonl.gz",
        "3f3f26324315753364d6614361444c29a11d06d50358b1fd56b63d98c25c5978",
        floors={"version": 0.905},
    ),
}


def folder_of(name: str) -> Path:
    if VARIABLE not in os.environ:
        pytest.skip(f"{VARIABLE} names no folder of corpora")
    folder = Path(os.environ[VARIABLE], name)
    if not folder.is_dir():
        pytest.skip(f"no corpus {name} in the folder that {VARIABLE} names")
    return folder


def require_digest(path: Path, expected: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        pytest.fail(
            f"{path} has changed (SHA-256 {found}, not {expected}): its floors must be measured again", pytrace=False
        )


def records(name: str) -> Iterator[dict[str, Any]]:
    """The records of a corpus, read without storyclust."""
    path = folder_of(name) / CORPORA[name].stories
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        yield from map(json.loads, file)


@dataclass(frozen=True)
class Outcome:
    """What a run over a corpus gave."""

    assigned: list[tuple[str, str]]
    levels: Mapping[str, Mapping[str, str]]
    links: list[tuple[str, str, str]]
    rejects: int
    counts: Mapping[str, Any]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return {}


def outcome_of(name: str, outcomes: dict[str, Outcome]) -> Outcome:
    """Run a corpus, once a session; its digest is checked first."""
    if name not in outcomes:
        corpus = CORPORA[name]
        path = folder_of(name) / corpus.stories
        require_digest(path, corpus.sha256)
        result = cluster_stories(path)
        outcomes[name] = Outcome(
            [(row["id"], row["cluster"]) for row in result.assignments()],
            {level: {id: own[0] for own in result.at_level(level) for id in own} for level in LEVELS},
            [(link.id_a, link.id_b, link.relation or "") for link in result.links()],
            len(result.rejects),
            result.summary(),
        )
    return outcomes[name]


@pytest.mark.parametrize("name", CORPORA)
def test_every_record_is_assigned_once(name: str, outcomes: dict[str, Outcome]) -> None:
    outcome = outcome_of(name, outcomes)
    given = Counter(record["id"] for record in records(name))
    assert outcome.rejects == 0
    assert Counter(id for id, _ in outcome.assigned) == given
    assert set(given.values()) == {1}
    # A cluster is named by one of its own members.
    cluster_of = dict(outcome.assigned)
    assert all(cluster_of[cluster] == cluster for cluster in cluster_of.values())
    assert outcome.counts["stories"] == len(given)
    assert outcome.counts["clusters"] == len(set(cluster_of.values()))


FLOORS = [(name, level) for name, corpus in CORPORA.items() if corpus.pairs_sha256 for level in corpus.floors]


@pytest.mark.parametrize(("name", "relation"), FLOORS)
def test_links_stay_above_their_floor(name: str, relation: str, outcomes: dict[str, Outcome]) -> None:
    corpus, pairs = CORPORA[name], folder_of(name) / "pairs.tsv"
    assert corpus.pairs_sha256 is not None
    require_digest(pairs, corpus.pairs_sha256)
    score = metrics.score_links(outcome_of(name, outcomes).links, read_pairs(str(pairs)))[relation]
    assert score["f1"] >= corpus.floors[relation], score


def test_families_of_versions_stay_above_their_floor(outcomes: dict[str, Outcome]) -> None:
    truth = {record["id"]: record["cluster"] for record in records("wiki_versions")}
    for level, floor in CORPORA["wiki_versions"].floors.items():
        assert metrics.adjusted_rand_index(outcome_of("wiki_versions", outcomes).levels[level], truth) >= floor


def test_one_event_told_by_three_outlets_is_no_copy(outcomes: dict[str, Outcome]) -> None:
    events = Counter(record["event"] for record in records("basil"))
    assert set(events.values()) == {3}
    assert len(outcome_of("basil", outcomes).links) <= 6
    assert not [link for link in outcome_of("basil", outcomes).links if link[2] == "copy"]


def test_three_cuts_of_one_agency_piece_are_one_cluster_of_a_summit(outcomes: dict[str, Outcome]) -> None:
    outcome = outcome_of("afp_coalition", outcomes)
    cuts = {"coal_rfi", "coal_btb", "coal_alj"}
    clusters: dict[str, set[str]] = {}
    for id, cluster in outcome.levels["partial"].items():
        clusters.setdefault(cluster, set()).add(id)
    assert [members for members in clusters.values() if len(members) > 1] == [cuts]
    assert all({a, b} <= cuts for a, b, _ in outcome.links)
    assert outcome.links
    assert len(outcome.assigned) == 29


def test_stories_of_other_topics_are_never_linked(outcomes: dict[str, Outcome]) -> None:
    topic = {record["id"]: record["topic"] for record in records("ecbplus")}
    assert len(set(topic.values())) > 1
    assert not [link for link in outcome_of("ecbplus", outcomes).links if topic[link[0]] != topic[link[1]]]
