"""The benchmarks of quality run from end to end, in small, and count right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmarks import judged, quality, stages, thresholds
from benchmarks.judged import Verdict, draw_pairs, read_verdicts, stratum_of, write_pairs
from benchmarks.judged.__main__ import main as run_judged
from benchmarks.quality.__main__ import main as run_quality
from benchmarks.quality.clustered import measure_judged
from benchmarks.quality.figures import Figure
from benchmarks.quality.floors import NONE

import storyclust as sc
from storyclust.newsroom import write_wire

LEAD = "The ferry Anselm ran aground off Marrek at dawn and all of her ninety passengers were taken off by "
STORIES = [
    {"id": "wire", "text": f"{LEAD}lifeboats from two harbours, the coastguard said on Monday."},
    {"id": "echo", "text": f"FERRY AGROUND. {LEAD}lifeboats from two harbours."},
    {"id": "chess", "text": "Ten games into the final the champion has yet to move his rook, and nobody knows why."},
]


@pytest.fixture(autouse=True)
def _fiction_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORYCLUST_CORPORA", raising=False)


def test_quality_is_measured_against_its_floors(capsys: pytest.CaptureFixture[str]) -> None:
    status = run_quality(["--only", "newsroom"])
    out, err = capsys.readouterr()
    assert status == 0, err
    assert re.search(r"^\| newsroom \w{12} \| pairwise F1, copy \| 0\.\d{3} \| 0\.\d+ \|$", out, re.MULTILINE)
    measured = {line.split(" | ")[1] for line in out.splitlines()[2:]}
    assert measured == set(quality.floors()["newsroom"])


def test_thresholds_are_learned_from_the_fiction(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = sc.Settings().passage_words
    monkeypatch.setattr(thresholds, "PASSAGE_WORDS", (words,))
    monkeypatch.setattr("storyclust.tuning.tuning.RESAMPLES", 2)
    monkeypatch.setattr("storyclust.tuning.tuning.HALVINGS", 1)
    assert thresholds.main([]) == 0
    out = capsys.readouterr().out
    assert re.search(rf"^\| {words} \(chosen\) \|", out, re.MULTILINE)
    assert len(re.findall(r"^\| newsroom \| (?:copy|version|partial) \|(?: 0\.\d{3} \|){4}", out, re.MULTILINE)) == 3


def test_pairs_to_be_read_are_drawn_and_verdicts_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_wire(100, tmp_path, seed=1)
    drawn = tmp_path / "pairs.tsv"
    assert run_judged(["draw", str(tmp_path / "stories.jsonl"), "-o", str(drawn), "--each", "3"]) == 0
    said, rows = capsys.readouterr().out, drawn.read_text(encoding="utf-8").splitlines()
    assert said.startswith(f"{len(rows) - 1} pairs of ")
    assert len(rows) > 3
    verdicts = tmp_path / "verdicts.tsv"
    verdicts.write_text("id_a\tid_b\tverdict\treason\na\tb\ttrue\tone piece\na\tc\tfalse\ttwo\n", encoding="utf-8")
    assert run_judged(["count", str(verdicts)]) == 0
    assert capsys.readouterr().out == "1 of 2 pairs belong together\na\tc\ttwo\n"


def test_the_judged_pairs_say_what_the_clusters_are_now() -> None:
    verdicts = [
        Verdict("wire", "echo", True, ""),
        Verdict("echo", "wire", False, ""),
        Verdict("chess", "wire", True, ""),
        Verdict("chess", "echo", False, ""),
    ]
    result = sc.cluster_stories(STORIES)
    figures = {name: figure.value for name, figure in measure_judged(result, verdicts).items()}
    assert figures == {
        "judged pairs in one cluster": 2,
        "pairs in one cluster judged right": 0.5,
        "pairs judged right in one cluster": 0.5,
    }
    apart = sc.cluster_stories(STORIES, settings=sc.Settings(cannot_link=(("wire", "echo"),)))
    assert {figure.value for figure in measure_judged(apart, verdicts).values()} == {0}


def test_every_verdict_kept_can_be_read() -> None:
    kept = list(judged.VERDICTS.glob("*.tsv"))
    assert kept
    for path in kept:
        assert read_verdicts(path)
        assert path.stem in quality.CORPORA


def test_pairs_are_drawn_from_clusters_of_every_size(tmp_path: Path) -> None:
    sizes = [1] * 5 + [2] * 40 + [3] * 4 + [6, 30]
    clusters = [tuple(f"{number}-{member}" for member in range(size)) for number, size in enumerate(sizes)]
    drawn = draw_pairs(clusters, each=25)
    assert drawn == draw_pairs([members[::-1] for members in reversed(clusters)], each=25)
    assert drawn != draw_pairs(clusters, each=25, seed=2)
    counts = {name: sum(pair.stratum == name for pair in drawn) for name in ("2", "3-4", "5-8", "9+")}
    assert counts == {"2": 25, "3-4": 12, "5-8": 15, "9+": 25}
    assert len({(pair.id_a, pair.id_b) for pair in drawn}) == len(drawn)
    for pair in drawn:
        cluster = pair.id_a.split("-")[0]
        assert cluster == pair.id_b.split("-")[0]
        assert stratum_of(sizes[int(cluster)]) == pair.stratum
    write_pairs(drawn, tmp_path / "pairs.tsv")
    lines = (tmp_path / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    assert (lines[0], len(lines)) == ("id_a\tid_b\tstratum", len(drawn) + 1)
    (tmp_path / "v.tsv").write_text("id_a\tid_b\tverdict\treason\na\tb\ttrue\tone piece\na\tc\tfalse\ttwo\n")
    assert [verdict.right for verdict in read_verdicts(tmp_path / "v.tsv")] == [True, False]
    (tmp_path / "v.tsv").write_text("id_a\tid_b\tverdict\treason\na\tb\tperhaps\t\n")
    with pytest.raises(ValueError, match="the verdict is 'perhaps'; expected true or false"):
        read_verdicts(tmp_path / "v.tsv")


def test_floors_may_only_rise() -> None:

    def measured(f1: float, faults: float) -> dict[str, Figure]:
        return {"F1": Figure(f1, 0.03), "faults": Figure(faults, None, "lower"), "size": Figure(9, None, "neither")}

    first = NONE.raised("one", measured(0.91287, 3))
    assert (first.least, first.most) == ({"F1": 0.912}, {"faults": 3})
    assert first.raised("one", measured(0.8, 5)) == first
    assert first.raised("one", measured(0.95, 1)).most == {"faults": 1}
    assert first.raised("other", measured(0.8, 5)).least == {"F1": 0.8}
    assert first.fallen({"F1": 0.912, "faults": 3}) == []
    assert first.fallen({"F1": 0.91, "faults": 4}) == [
        "F1 is 0.9100; its floor is 0.912",
        "faults is 4.0000; it may be 3 at most",
    ]
    assert first.fallen({"F1": 1.0}) == ["faults was not measured"]


def test_stages_and_their_passes_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_wire(100, tmp_path, seed=1)
    assert stages.main([str(tmp_path / "stories.jsonl")]) == 0
    out = capsys.readouterr().out
    shares = [float(share) for share in re.findall(r"^\| [a-z ]+ \| (0\.\d{3}) \|", out, re.MULTILINE)]
    assert len(shares) == 8
    assert sum(shares) == pytest.approx(1, abs=0.01)
