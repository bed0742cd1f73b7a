"""The wire: laws of the generator, and the files that ``storyclust demo --write`` leaves."""

from __future__ import annotations

import hashlib
import json
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from dataclasses import astuple
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from storyclust import Settings, StoryReader, cluster_stories, load_newsroom, metrics
from storyclust.cli import main
from storyclust.errors import OutputError, UsageError
from storyclust.newsroom import WireStory, wire, write_newsroom, write_wire

BYTES_OF_300 = "283cd597929cfea4e365c58fe0a7242f8b650820503975981f58b37525b58496"  # of seed 7; the same on any machine


@pytest.fixture(scope="module")
def traffic() -> list[WireStory]:
    return list(wire(3000, seed=5))


# The generator


def as_bytes(stories: list[WireStory]) -> bytes:
    fields = (
        (
            story.id,
            story.title,
            story.source,
            story.published and story.published.isoformat(),
            story.text,
            *astuple(truth),
        )
        for story, truth in stories
    )
    return "\0".join(str(field) for row in fields for field in row).encode()


def test_one_seed_gives_the_same_bytes_anywhere() -> None:
    assert hashlib.sha256(as_bytes(list(wire(300, seed=7)))).hexdigest() == BYTES_OF_300


def test_a_shorter_wire_is_the_beginning_of_a_longer_one(traffic: list[WireStory]) -> None:
    for n in (0, 1, 2, 127, 128, 129, 1000):
        assert list(wire(n, seed=5)) == traffic[:n]


def test_another_seed_gives_another_wire(traffic: list[WireStory]) -> None:
    firsts = [[story.text for story, _ in wire(20, seed=seed)] for seed in (1, 2, 2**63 - 1)]
    firsts.append([story.text for story, _ in traffic[:20]])
    assert all(not set(one) & set(other) for one, other in combinations(firsts, 2))
    assert list(wire(20)) == list(wire(20, seed=1))


def test_ids_ascend_and_time_does_not_run_back(traffic: list[WireStory]) -> None:
    stories = [story for story, _ in traffic]
    assert all(one.id < other.id for one, other in pairwise(stories))
    assert [story.rank for story in stories] == sorted(story.rank for story in stories)
    assert all(story.published is not None and story.title and story.source and story.text for story in stories)


def test_truth_nests_and_names_what_came_before(traffic: list[WireStory]) -> None:
    published = {story.id: story.published for story, _ in traffic}
    truths = {story.id: truth for story, truth in traffic}
    for id, truth in truths.items():
        named = (truth.cluster, truth.version_cluster, truth.copy_cluster, truth.original)
        assert all(published[other] <= published[id] and other <= id for other in named)
        assert truths[truth.copy_cluster].version_cluster == truth.version_cluster
        assert truths[truth.version_cluster].cluster == truth.cluster
        made_from = truths[truth.original]
        assert (truth.relation == "original") == (truth.original == id)
        assert truth.cluster == made_from.cluster
        assert (truth.copy_cluster == made_from.copy_cluster) == (truth.relation in ("original", "copy"))
        assert (truth.version_cluster == made_from.version_cluster) == (truth.relation != "partial")
        assert (truth.relation, truth.agency) != ("copy", None) or made_from.agency is None
    assert {truth.relation for truth in truths.values()} == {"original", "copy", "version", "partial"}


@pytest.mark.parametrize("level", ["cluster", "version_cluster", "copy_cluster"])
def test_clusters_are_named_by_their_first_member(traffic: list[WireStory], level: str) -> None:
    members = defaultdict(list)
    for story, truth in traffic:
        members[getattr(truth, level)].append(story.id)
    assert all(cluster == ids[0] for cluster, ids in members.items())
    assert max(map(len, members.values())) >= 50


def test_labels_are_what_the_texts_share() -> None:
    """Share of the shorter text's five-word runs, without lines so short that they are menus and headlines."""
    stories = list(wire(400, seed=5))
    runs: dict[str, set[tuple[str, ...]]] = {}
    for story, _ in stories:
        body = " ".join(line for line in story.text.split("\n") if len(line.split()) >= 12)
        told = re.findall(r"\w+(?:,\w+)*", body.lower())
        runs[story.id] = {tuple(told[at : at + 5]) for at in range(len(told) - 4)}

    def share(one: str, other: str) -> float:
        return len(runs[one] & runs[other]) / min(len(runs[one]), len(runs[other]))

    shares = defaultdict(list)
    for story, truth in stories:
        shares[truth.relation].append(share(story.id, truth.original))
    alone = [story.id for story, truth in stories if truth.relation == "original"]
    strangers = [share(one, other) for one, other in combinations(alone, 2)]
    assert len(shares["copy"]) >= 100
    assert min(shares["copy"]) >= 0.5
    assert statistics.median(shares["copy"]) >= 0.9
    # Of reports that refill a template, and of digests, too.
    assert max(strangers) <= 0.55
    assert sum(shared >= 0.25 for shared in strangers) <= 0.003 * len(strangers)
    for relation in ("version", "partial"):
        assert len(shares[relation]) >= 8
        assert 0.1 <= statistics.median(shares[relation]) <= max(shares[relation]) <= 0.4


def test_an_empty_wire() -> None:
    assert list(wire(0)) == []


@pytest.mark.parametrize("n", [-1, 2.5, "3", None])
def test_a_bad_length(n: Any) -> None:
    with pytest.raises(UsageError, match=f"^n is {re.escape(repr(n))}; expected how many stories"):
        wire(n)


@pytest.mark.parametrize("seed", [-1, 2**63, 0.5, "1", None])
def test_a_bad_seed(seed: Any) -> None:
    with pytest.raises(UsageError, match=f"^the seed is {re.escape(repr(seed))}; expected a whole number from 0 to "):
        wire(3, seed=seed)


STREAM = """
import pathlib
from storyclust.newsroom import wire

def anonymous():
    return int(pathlib.Path("/proc/self/status").read_text().split("RssAnon:")[1].split()[0])

peak = 0
for number, _ in enumerate(wire(20_000, seed=3), 1):
    peak = max(peak, anonymous()) if number % 50 == 0 else peak
    if number == 1_000:
        print(peak)
print(peak)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the anonymous memory")
def test_a_long_wire_takes_no_more_memory() -> None:
    run = subprocess.run([sys.executable, "-c", STREAM], capture_output=True, text=True, check=True)
    short, long = map(int, run.stdout.split())
    print(f"\n{short:,} kB at 1,000 stories, {long:,} kB at 20,000")
    assert long - short < 60_000


def test_the_main_job_on_the_wire_stays_above_its_floor(traffic: list[WireStory]) -> None:
    result = cluster_stories([story for story, _ in traffic], settings=Settings(level="copy"))
    truth = {story.id: true.copy_cluster for story, true in traffic}
    score = metrics.score_pairs({id: result.cluster_of(id).id for id in truth}, truth)
    print(f"\npairwise F1 {score.f1:.4f}")
    assert score.f1 >= 0.99


# The files


def demo(*arguments: object) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", *map(str, arguments)])
    assert not ended.value.code


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "new" / "newsroom"
    demo("--write", folder, "-q")
    return folder


def test_the_newsroom_reads_back(written: Path) -> None:
    newsroom = load_newsroom()
    assert {path.name for path in written.iterdir()} == {"stories.jsonl", "truth.jsonl", "pairs.tsv"}
    assert tuple(located.story for located in StoryReader(written / "stories.jsonl")) == newsroom.stories
    rows = records(written / "truth.jsonl")
    assert [row["id"] for row in rows] == [story.id for story in newsroom.stories]
    for row in rows:
        truth = newsroom.truth[row["id"]]
        same = ("cluster", "version_cluster", "copy_cluster", "original", "relation", "agency", "language", "note")
        assert [row[name] for name in same] == [getattr(truth, name) for name in same]
        assert tuple(row["traps"]) == truth.traps
        kept = {"copy": "copy_canonicals", "version": "version_canonicals", "partial": "canonicals"}
        assert {level: tuple(row[name]) for level, name in kept.items()} == dict(truth.canonicals)
        assert row["spans"] == [[span.start, span.stop, span.kind] for span in truth.spans]
    header, *pairs = (line.split("\t") for line in (written / "pairs.tsv").read_text("utf-8").splitlines())
    assert header == ["id_a", "id_b", "label", "weight", "stratum"]
    assert pairs == [[pair.id_a, pair.id_b, pair.label, "1", "newsroom"] for pair in newsroom.pairs]


def test_score_reads_the_truth(written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: object) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        assert not ended.value.code
        return capsys.readouterr().out

    links, assignments = tmp_path / "links.jsonl", tmp_path / "assignments.jsonl"
    run("cluster", written / "stories.jsonl", "-o", assignments, "--links", links, "-q", "--level", "copy")
    newsroom = load_newsroom()
    linked = {(row["id_a"], row["id_b"]) for row in records(links) if row["relation"] == "copy"}
    copies = {(pair.id_a, pair.id_b) for pair in newsroom.pairs if pair.label == "COPY"}
    scores = json.loads(run("score", links, written / "pairs.tsv"))["copy"]
    assert scores["precision"] == pytest.approx(len(linked & copies) / len(linked))
    assert scores["recall"] == pytest.approx(len(linked & copies) / len(copies))
    found = {row["id"]: row["copy_cluster"] for row in records(assignments)}
    truth = {id: true.copy_cluster for id, true in newsroom.truth.items()}
    told = json.loads(run("score", assignments, written / "truth.jsonl", "--cluster", "copy_cluster"))
    assert told == pytest.approx(metrics.score_clusters(found, truth))


def test_the_wire_reads_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo("--write", tmp_path, "--wire", 40, "--seed", 9)
    assert capsys.readouterr().err == f"written to {tmp_path}: stories.jsonl, truth.jsonl\n"
    stories = list(wire(40, seed=9))
    assert [located.story for located in StoryReader(tmp_path / "stories.jsonl")] == [story for story, _ in stories]
    fields = ("cluster", "version_cluster", "copy_cluster", "original", "relation", "agency")
    expected = [{"id": story.id} | {name: getattr(truth, name) for name in fields} for story, truth in stories]
    assert records(tmp_path / "truth.jsonl") == expected
    demo("--write", tmp_path / "default", "--wire", 40, "-q")
    assert [row["text"] for row in records(tmp_path / "default" / "stories.jsonl")] == [s.text for s, _ in wire(40)]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for write in (
        lambda: write_newsroom(load_newsroom(), tmp_path / "file"),
        lambda: write_wire(3, tmp_path / "file" / "below"),
    ):
        with pytest.raises(OutputError, match=f"^cannot make the folder {re.escape(str(tmp_path / 'file'))}"):
            write()
    with pytest.raises(UsageError):
        write_wire(-1, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
