"""How far a job is: told by stage, never falling; and what a bar makes of it."""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import storyclust as sc
from storyclust.cli import bar, console, main
from storyclust.cli.bar import Bar
from storyclust.cli.estimate import SHARES, Estimate
from storyclust.newsroom import wire
from storyclust.progress import (
    COMPARING,
    JOINING,
    PASSES,
    READING,
    READING_OLD,
    WRITING,
    WRITING_LINKS,
    WRITING_REPORT,
    Stages,
)

NEWS = sc.load_newsroom().stories
JOBS: dict[str, Callable[[Any], object]] = {
    "cluster": lambda progress: sc.cluster_stories(NEWS, progress=progress, threads=2),
    "match": lambda progress: sc.match_stories(NEWS[:50], NEWS, progress=progress, threads=2),
    "dedup": lambda progress: sc.deduplicate(NEWS, progress=progress, threads=2),
    "learn": lambda progress: sc.learn_profile(NEWS, progress=progress, threads=2),
}


# The library


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_stage_is_told_from_0_to_1_and_never_falls(job: Callable[[Any], object]) -> None:
    told: list[tuple[str, float]] = []
    callers = set()

    def progress(stage: str, part: float) -> None:
        callers.add(threading.get_ident())
        told.append((stage, part))

    job(progress)
    stages = {stage: [part for _, part in of_stage] for stage, of_stage in groupby(told, lambda call: call[0])}
    assert [stage for stage, _ in groupby(told, lambda call: call[0])] == list(stages)  # none comes twice
    for parts in stages.values():
        assert (parts[0], parts[-1], parts.count(1.0)) == (0.0, 1.0, 1)
        assert all(before < after for before, after in pairwise(parts))
    assert max(map(len, stages.values())) > 20  # told while it runs, not at the ends alone
    assert callers == {threading.get_ident()}


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_a_stage_makes_the_passes_it_is_known_for(
    job: Callable[[Any], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: Counter[str] = Counter()
    begun: list[str] = []
    over = Stages.over

    def count(self: Stages, results: Iterator[object], whole: int) -> Iterator[object]:
        if begun and self._stage is not None:
            passes[self._stage] += 1
        return over(self, results, whole)

    monkeypatch.setattr(Stages, "over", count)
    job(lambda stage, part: begun.append(stage))
    known = {stage: len(PASSES[stage]) for stage in begun if stage in PASSES}
    assert {stage: passes[stage] for stage in known} == known


def test_passes_do_not_overlap() -> None:
    for passes in PASSES.values():
        edges = [edge for one in passes for edge in one]
        assert edges == sorted(edges)
        assert edges[0] >= 0.0
        assert edges[-1] <= 1.0


def test_passes_that_come_again_share_their_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PASSES, COMPARING, ((0.2, 0.4), (0.4, 0.6), (0.8, 0.9)))
    told: list[float] = []
    stages = Stages(lambda _, part: told.append(part))
    stages.begin(COMPARING)
    stages.repeat(2, times=4)
    for _ in range(9):
        assert list(stages.over(iter("ab"), 2)) == ["a", "b"]
    # Four turns of two passes, each of two halves, then the last pass, between what tells nothing.
    turns = [0.2 + 0.4 * half / 16 for half in range(1, 17)]
    assert told == pytest.approx([0.0, *turns, 0.85, 0.9])


def test_an_error_is_no_end() -> None:
    told: list[tuple[str, float]] = []
    with pytest.raises(sc.DataError):
        sc.cluster_stories([{"id": "a"}], progress=lambda *call: told.append(call))
    assert told == [(READING, 0.0)]


LINES = 4000


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_the_part_read_is_that_of_the_bytes(tmp_path: Path, ending: str) -> None:
    folder = [tmp_path / f"{name}{ending}" for name in "ab"]
    texts = os.urandom(LINES * 150).hex()  # of one length, and nearly so when compressed
    opened = gzip.open if ending.endswith(".gz") else open
    for place, path in enumerate(folder):
        with opened(path, "wt") as file:
            for line in range(LINES):
                number = place * LINES + line
                file.write(json.dumps({"id": f"{number:06}", "text": texts[line * 300 : line * 300 + 300]}) + "\n")
    reader = sc.StoryReader(folder)
    assert reader.part_read is None
    ahead = (1 << 18) / sum(path.stat().st_size for path in folder)  # what a buffer holds
    parts = []
    for number, _ in enumerate(reader, 1):
        assert reader.part_read is not None
        parts.append(reader.part_read)
        assert number / (2 * LINES) - 0.02 <= parts[-1] <= number / (2 * LINES) + 2 * ahead + 0.02
    assert parts == sorted(parts)
    assert len(set(parts)) > 5


def test_the_size_of_a_pipe_is_known_when_it_was_read(tmp_path: Path) -> None:
    pipe = tmp_path / "wire.jsonl"
    os.mkfifo(pipe)
    row = json.dumps({"id": "a", "text": "The ferry sank."})
    writer = threading.Thread(target=pipe.write_text, args=(row,))
    writer.start()
    reader = sc.StoryReader(pipe)
    assert [reader.part_read for _ in reader] == [None]
    writer.join()
    assert [reader.part_read for _ in reader] == [1.0]


# The estimate


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def simulated(seconds: dict[str, float], step: float = 0.1) -> list[tuple[float, float, float | None]]:
    """A run of stages that take so long: at each moment the part done, the true seconds left and those told."""
    clock = Clock()
    estimate = Estimate(list(seconds), clock)
    end, moments = clock.now + sum(seconds.values()), []
    for stage, length in seconds.items():
        estimate.tell(stage, 0.0)
        began = clock.now
        for tick in range(1, max(1, math.ceil(length / step)) + 1):
            clock.now = min(began + tick * step, began + length)
            estimate.tell(stage, (clock.now - began) / length if length else 1.0)
            moments.append((estimate.done, end - clock.now, estimate.left))
    return moments


LONG = [stage for stage in SHARES if stage not in (READING_OLD, WRITING_REPORT)]
RUNS = {
    "half of it writes links": {**dict.fromkeys(LONG, 4.0), WRITING_LINKS: 60.0},
    "all at once there": {**dict.fromkeys(LONG, 6.0), READING: 0.0},
    "a slow disk": {**dict.fromkeys(LONG, 1.0), READING: 90.0},
    "a stage that takes no time": {**dict.fromkeys(LONG, 3.0), COMPARING: 0.0, JOINING: 50.0},
    "most in the middle": {**dict.fromkeys(LONG, 2.0), COMPARING: 200.0},
}


def test_a_usual_run_is_foretold_from_the_start() -> None:
    whole = sum(SHARES[stage] for stage in LONG)
    moments = simulated({stage: 100 * SHARES[stage] / whole for stage in LONG})
    told = [(true, left) for _, true, left in moments if left is not None]
    assert len(told) > 0.8 * len(moments)
    assert max(abs(true - left) for true, left in told) < 0.01 * 100


@pytest.mark.parametrize("seconds", RUNS.values(), ids=RUNS)
def test_an_unusual_run_is_found_out(seconds: dict[str, float]) -> None:
    whole = sum(seconds.values())
    moments = simulated(seconds)
    assert all(left is None or left >= 0.0 for _, _, left in moments)
    assert [done for done, _, _ in moments] == sorted(done for done, _, _ in moments)
    assert moments[-1][0] == pytest.approx(1.0)
    errors = [(true, abs(true - left)) for _, true, left in moments if left is not None]
    assert max(error for true, error in errors if true < whole / 20) < whole / 15
    assert max(error for true, error in errors if true < whole / 100) < whole / 25
    assert errors[-1] == (pytest.approx(0.0), pytest.approx(0.0))


def test_other_stages_and_stages_gone_by_change_nothing() -> None:
    clock = Clock()
    estimate = Estimate([READING, COMPARING], clock)
    estimate.tell(COMPARING, 0.0)
    estimate.tell(COMPARING, 0.5)
    clock.now += 10
    before = estimate.done, estimate.left
    estimate.tell("something else", 0.0)
    estimate.tell(READING, 1.0)
    estimate.tell(COMPARING, 0.25)
    assert (estimate.stage, estimate.done, estimate.left) == (COMPARING, *before)


# The bar


def test_a_bar_shows_a_long_run_only() -> None:
    clock, file = Clock(), io.StringIO()
    with Bar(Console(file=file, force_terminal=True, width=120), Estimate([READING, COMPARING], clock)) as line:
        line.move(READING, 0.0)
        clock.now += bar.PATIENCE - 0.1
        line.move(READING, 1.0)
        assert file.getvalue() == ""
        line.move(COMPARING, 0.0)
        clock.now += 5
        line.move(COMPARING, 0.5)
    shown = file.getvalue()
    assert "comparing pairs" in shown
    assert "74%" in shown  # all of the reading, which is 14 of 29, and half of the rest
    assert "0:07" in shown
    assert "0:03 left" in shown  # by its own pace 5 seconds, by that of the reading 1


class Recorder:
    """Stands for a bar; keeps what it is told."""

    last: Recorder

    def __init__(self, _console: object, estimate: Estimate) -> None:
        self.expected = list(estimate._shares)
        self.told: list[str] = []
        Recorder.last = self

    def move(self, stage: str, part: float) -> None:
        self.told.append(stage)

    def stop(self) -> None:
        pass

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        pass


COMMANDS = {
    "cluster": ["cluster", "IN", "-o", "a.jsonl", "--links", "l.jsonl"],
    "cluster without links": ["cluster", "IN", "-o", "a.jsonl", "--profile", "p.npz"],
    "dedup": ["dedup", "IN", "-o", "k.jsonl"],
    "match": ["match", "IN", "--against", "IN", "-o", "m.jsonl", "--links", "l.jsonl"],
    "explain": ["explain", "IN", NEWS[0].id, NEWS[1].id],
    "explain with a profile": ["explain", "IN", NEWS[0].id, NEWS[1].id, "--profile", "p.npz"],
    "demo": ["demo"],
    "demo --write --wire": ["demo", "--write", "wire", "--wire", "30"],
}


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    sc.Profile.empty().save(folder / "p.npz")
    rows = ({"id": story.id, "text": story.text} for story in NEWS)
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_goes_through_the_stages_its_bar_expects(
    command: list[str], news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(news)
    monkeypatch.setattr(console, "Bar", Recorder)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with pytest.raises(SystemExit) as ended:
        main([part.replace("IN", "in.jsonl") for part in command])
    assert not ended.value.code
    told = [stage for stage, _ in groupby(Recorder.last.told)]
    assert told == Recorder.last.expected


@pytest.mark.parametrize(
    ("is_terminal", "options", "output"),
    [(False, [], "a.jsonl"), (True, ["--quiet"], "a.jsonl"), (True, [], "-")],
    ids=["no terminal", "quiet", "rows on the terminal"],
)
def test_no_bar(
    is_terminal: bool, options: list[str], output: str, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(news)
    monkeypatch.setattr(console, "Bar", lambda *_: pytest.fail("there is a bar"))
    monkeypatch.setenv("FORCE_COLOR", "1")
    for stream in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: is_terminal)
    with pytest.raises(SystemExit) as ended:
        main(["cluster", "in.jsonl", "-o", output, *options])
    assert not ended.value.code


def test_writing_is_told_by_the_stories(tmp_path: Path) -> None:
    from storyclust.newsroom.files import write_wire

    told: list[tuple[str, float]] = []
    write_wire(8, tmp_path, progress=lambda *call: told.append(call))
    assert told == [(WRITING, number / 8) for number in range(9)]
    assert len((tmp_path / "stories.jsonl").read_text().splitlines()) == len(list(wire(8)))
