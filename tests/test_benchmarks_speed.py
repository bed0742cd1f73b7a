"""The benchmarks of speed run from end to end, in small. Nothing here depends on how long it takes."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from benchmarks import wire
from benchmarks.speed import cliffs, index, run, stages
from benchmarks.speed.contenders import CONTENDERS
from benchmarks.speed.corpus import write_corpus
from benchmarks.speed.measure import Run, Sample, run_command, run_module
from benchmarks.speed.quality import pairwise, read_column
from benchmarks.speed.report import Outcome
from benchmarks.speed.rivals import RIVALS, run_rival
from benchmarks.speed.stages import Mark, stages_of
from benchmarks.speed.targets import STORIES, TARGETS, answer_targets, markdown_targets

from storyclust.cli import main as storyclust

NO_MATPLOTLIB = "matplotlib is not installed; it comes with the extra bench"
FIRST_STAGES = ("starting", "loading kernels", "reading stories", "analysing text", "learning the profile")
LAST_STAGES = ("finding candidates", "comparing pairs", "joining clusters", "writing assignments", "writing links")
STAGES = [*FIRST_STAGES, *LAST_STAGES, "ending"]


def run_here(name: str, *arguments: object, **_: object) -> tuple[Run, dict[str, Any]]:
    """What a module prints, run in this process: kernels are loaded once for all."""
    begun, cpu = time.monotonic(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        importlib.import_module(name).main([*map(str, arguments)])
    spent = Run(time.monotonic() - begun, time.process_time() - cpu, 0, "", begun)
    return spent, json.loads(printed.getvalue().splitlines()[-1])


def run_command_here(command: list[str], *, log: Path, cpus: set[int] | None = None) -> Run:
    """The command line of storyclust, run in this process, and others as they are."""
    if Path(command[0]).name != "storyclust":
        return run_command(command, log=log, cpus=cpus)
    with pytest.raises(SystemExit) as ended:
        storyclust(command[1:])
    return Run(1.0, 1.0, int(ended.value.code or 0), "")


@pytest.fixture
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "run_command", run_command_here)
    monkeypatch.setattr(run, "WARM_UP_STORIES", 20)
    for module in (cliffs, index, stages, wire):
        monkeypatch.setattr(module, "run_module", run_here)


@pytest.mark.usefixtures("_no_processes")
def test_the_speed_of_all_stages_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "figures" / "200.json"
    asked = [
        "--stories",
        "200",
        "--repeats",
        "1",
        "--contenders",
        "floor",
        "storyclust",
        "storyclust-links",
        "--strict",
        "-o",
        str(saved),
    ]
    assert run.main(asked) == 1  # gaoya was not measured
    out, figures = capsys.readouterr().out, json.loads(saved.read_text(encoding="utf-8"))
    assert "| storyclust / gaoya, wall s | 0.6 | - | not measured |" in out
    scores = [figures["contenders"][name]["score"] for name in ("storyclust", "storyclust-links")]
    assert scores[0] == scores[1]  # of copies, whatever the level asked for
    assert scores[0]["f1"] > 0.8
    assert figures["contenders"]["floor"]["median"]["wall_s"] > 0
    (staged,) = figures["stages"]
    assert [stage["name"] for stage in staged["stages"]] == STAGES
    rows = out.split("\n\n")[1].splitlines()[2:]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == [*STAGES, "end to end"]
    pairs = staged["pairs"]
    assert pairs["emitted"] == pairs["pruned"] + pairs["aligned"]
    assert pairs["emitted"] >= pairs["aligned"] >= pairs["linked"] > 0


@pytest.mark.parametrize("name", RIVALS)
def test_a_rival_does_the_same_job(name: str, tmp_path: Path) -> None:
    if not {contender.name: contender for contender in CONTENDERS}[name].is_installed:
        pytest.skip(f"{RIVALS[name].package} is not installed; it comes with the extra bench")
    corpus = write_corpus(tmp_path, stories=200, seed=1)
    run_rival(name, corpus.stories, tmp_path / "out.jsonl")
    assert pairwise(corpus.truth(), read_column(tmp_path / "out.jsonl", "cluster"))["f1"] > 0.5


def test_a_stage_is_over_when_the_next_begins() -> None:
    samples = tuple(Sample(moment, 10 * moment) for moment in range(100, 111))
    marks = [Mark("reading", 102.0, 1.0, 3.0), Mark("comparing", 105.0, 2.5, 2000.0), Mark("ending", 109.0, 8.0, 5.0)]
    found = stages_of(Run(wall=10.0, cpu=9.0, status=0, errors="", begun=100.0, samples=samples), marks)
    assert [(stage.name, stage.wall_s, stage.cpu_s, stage.peak_mb) for stage in found] == [
        ("starting", 2.0, 1.0, 1020.0),
        ("reading", 3.0, 1.5, 2000.0),
        ("comparing", 4.0, 5.5, 2000.0),
        ("ending", 1.0, 1.0, 1100.0),
    ]


def outcomes(walls: dict[str, float], megabytes: float) -> list[Outcome]:
    samples = (Sample(0.0, megabytes),)
    return [Outcome(name, runs=[Run(wall, wall, 0, "", 0.0, samples)]) for name, wall in walls.items()]


def test_targets_are_reached_or_not() -> None:
    names = {contender.name for contender in CONTENDERS}
    assert {name for target in TARGETS for name in (target.contender, target.other or "floor")} <= names
    found = outcomes({"floor": 1.0, "storyclust": 5.0, "storyclust-links": 9.0, "gaoya": 9.0}, 450.0)
    assert [answer.reached for answer in answer_targets(found, STORIES)] == ["yes"] * len(TARGETS)
    slower = outcomes({"floor": 0.9, "storyclust": 6.0, "storyclust-links": 9.1, "gaoya": 9.0}, 451.0)
    assert [answer.reached for answer in answer_targets(slower, STORIES)] == ["no"] * len(TARGETS)
    slower[-1].note = "not installed"
    assert {answer.reached for answer in answer_targets(found, 100)} == {"not measured"}
    answers = answer_targets(slower, STORIES)
    assert [answer.reached for answer in answers] == ["not measured", "not measured", "no", "no", "no"]
    assert "| storyclust / floor, wall s | 5 | 6.67 | no |" in markdown_targets(answers)


def test_a_module_that_fails_says_why() -> None:
    with pytest.raises(ChildProcessError, match=r"benchmarks\.speed\.floor /none failed: FileNotFoundError"):
        run_module("benchmarks.speed.floor", "/none")


@pytest.mark.usefixtures("_no_processes")
@pytest.mark.parametrize(("most", "status"), [(1e9, 0), (1e-9, 1)])
def test_growth_is_measured_and_drawn(
    most: float, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    growth = pytest.importorskip("benchmarks.speed.growth", reason=NO_MATPLOTLIB, exc_type=ImportError)
    saved, drawn = tmp_path / "growth.json", tmp_path / "growth.svg"
    asked = ["--sizes", "200", "100", "--repeats", "1", "--memory", "900M", "-o", str(saved), "--plot", str(drawn)]
    monkeypatch.setattr(growth, "MOST_RATIO", most)  # of so few stories the time is chance
    assert growth.main(asked) == status
    figures = json.loads(saved.read_text(encoding="utf-8"))
    assert [(point["stories"], point["f1"] > 0.5) for point in figures["sizes"]] == [(100, True), (200, True)]
    assert "a story of the longest wire takes" in capsys.readouterr().out
    assert drawn.read_text(encoding="utf-8").startswith("<?xml")


def test_the_same_figures_draw_the_same_bytes(tmp_path: Path) -> None:
    plot = pytest.importorskip("benchmarks.speed.plot", reason=NO_MATPLOTLIB, exc_type=ImportError)
    sizes = [{"stories": 10**power, "story_ms": 0.3, "peak_mb": 100.0 * power} for power in (3, 4, 5)]
    plot.draw_growth(sizes, tmp_path / "one.svg")
    plot.draw_growth(sizes, tmp_path / "two.svg")
    text = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert text == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert ">100k<" in text


@pytest.mark.parametrize("name", cliffs.SIZES)
def test_every_text_built_to_be_slow_is_clustered(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cliffs.main(["--case", name, "--size", "20"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert 1 <= figures["clusters"] <= figures["stories"] <= 20


@pytest.mark.usefixtures("_no_processes")
def test_a_text_is_timed_at_a_size_and_at_twice_the_size(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cliffs, "SIZES", {"identical": 10})
    assert cliffs.main([]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("| 0 | 1 of 20 |")


@pytest.mark.usefixtures("_no_processes")
def test_a_wire_is_streamed(capsys: pytest.CaptureFixture[str]) -> None:
    assert wire.main(["--stories", "50"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("| 50 | ")


@pytest.mark.usefixtures("_no_processes")
def test_an_index_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(index, "SINGLY", 4)
    monkeypatch.setattr(index, "LEARNED", 50)
    saved = tmp_path / "index.json"
    assert index.main(["--stories", "30", "-o", str(saved)]) == 0
    rows = json.loads(saved.read_text(encoding="utf-8"))["indexes"]
    assert [(row["stories"], row["durability"]) for row in rows] == [(30, "commit"), (30, "process")]
    assert all(row["touched_max"] >= 1 and row["fingerprint_bytes"] > 4 for row in rows)
    assert capsys.readouterr().out.startswith("| stories | durability |")
