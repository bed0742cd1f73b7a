"""Arrays in memory and beyond it: the same, whatever may be held."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from storyclust import Story, cluster_stories, load_newsroom, match_stories, memory
from storyclust.cli import main
from storyclust.errors import DataError, UsageError
from storyclust.fingerprint.fingerprints import Fingerprints
from storyclust.memory import Memory, anonymous_memory, bytes_of, free_memory
from storyclust.parallel import Workers
from strategies import FERRY

NEWSROOM = load_newsroom().stories


@pytest.fixture(autouse=True)
def _nothing_is_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SMALLEST", 0)


BOUNDS = st.sampled_from(["1", "1M", "1T"])


@given(st.lists(st.integers(0, 2000), max_size=8), BOUNDS)
def test_what_is_gathered_is_what_is_concatenated(lengths: list[int], bound: str) -> None:
    starts = np.cumsum([0, *lengths])
    numbers = [np.arange(start, start + length) for start, length in zip(starts, lengths, strict=False)]
    parts = [(own, Fingerprints(np.repeat(own[:, None], 3, axis=1).astype(np.uint64), own, own)) for own in numbers]
    none = np.empty(0, np.int64)
    alone, prints = Memory(bound).gather((none, Fingerprints(np.empty((0, 3), np.uint64), none, none)), parts)
    assert alone.tolist() == list(range(sum(lengths)))
    assert prints.bands.tolist() == [[number] * 3 for number in range(sum(lengths))]
    assert prints.bands.dtype == np.uint64
    for array in (alone, prints.bands, prints.windows):
        array += array.dtype.type(1)  # wherever it lies, it can be written to
    assert alone.tolist() == list(range(1, sum(lengths) + 1))


@pytest.mark.parametrize("bound", ["1", "1T"])
def test_the_rows_of_every_column_stay_together(bound: str) -> None:
    with Workers(2, Memory(bound)) as workers:
        found, beside = workers.gather(
            lambda batch: (np.arange(*batch), np.arange(*batch) * 2), workers.split(999, weights=np.ones(999, np.int64))
        )
    assert (2 * found == beside).all()
    assert len(found) == 999


def test_memory_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    temporary_file = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **options: opened.append(1) or temporary_file(**options))
    usual, tight = cluster_stories(NEWSROOM), cluster_stories(NEWSROOM, memory=1)
    assert len(opened) > 10
    assert list(tight.links()) == list(usual.links())
    assert [cluster.canonical for cluster in tight] == [cluster.canonical for cluster in usual]
    new, old = NEWSROOM[::2], NEWSROOM[1::2]
    assert list(match_stories(new, old, memory="1K").links()) == list(match_stories(new, old).links())


def test_temporary_files_have_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen, opened = [], []
    temporary_file = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **options: opened.append(1) or temporary_file(**options))

    def watch(_stage: str, _part: float) -> None:
        seen.append(os.listdir(tmp_path))

    result = cluster_stories(NEWSROOM[:60], memory=1, progress=watch)
    assert len(result.stories) == 60
    assert len(seen) > 3
    assert len(opened) > 3
    assert not any(seen)


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda buffering: open("/dev/full", "w+b", buffering))  # noqa: SIM115
    with pytest.raises(DataError, match=r"cannot hold what does not fit into memory: No space left.*TMPDIR.*--memory"):
        cluster_stories(NEWSROOM, memory=1)


def test_a_folder_for_temporary_files_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(DataError, match=r"gone: cannot hold what does not fit into memory: No such file"):
        cluster_stories(NEWSROOM, memory=1)


@given(st.integers(1, 10**6), st.sampled_from(["K", "M", "G", "T", "k", "GB", "GiB", " M"]))
def test_sizes_are_read_in_units_of_1024(number: int, unit: str) -> None:
    power = "KMGT".index(unit.strip()[0].upper()) + 1
    assert bytes_of(f"{number}{unit}") == number * 1024**power
    assert bytes_of(str(number)) == bytes_of(number) == number


@pytest.mark.parametrize("size", ["", "much", "0", "0.5", "-1G", "1X", "1,5G", 0, -3, True, 1.5, "٣G"])
def test_what_is_no_size_is_an_error(size: object) -> None:
    with pytest.raises(UsageError, match=r"memory is .*; expected a number of bytes, or one with a unit"):
        cluster_stories([Story("1", FERRY)], memory=size)  # type: ignore[arg-type]


def test_the_command_names_what_is_no_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stories = tmp_path / "s.jsonl"
    stories.write_text('{"id": "1", "text": "The ferry sank."}\n')
    with pytest.raises(SystemExit) as exit:
        main(["cluster", str(stories), "-o", str(tmp_path / "a.jsonl"), "--memory", "plenty"])
    assert exit.value.code == 2
    assert "memory is 'plenty'; expected a number of bytes" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["s.jsonl"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_the_system_tells_what_is_taken() -> None:
    held = anonymous_memory()
    block = np.ones(256 << 20, np.uint8)
    assert anonymous_memory() - held > 128 << 20
    assert block.any()


def test_what_is_free_is_what_the_machine_and_the_group_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "GROUP", str(tmp_path))
    of_machine = free_memory()
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text(f"{900 << 20}\n")
    assert abs(free_memory() - of_machine) < of_machine / 2
    (tmp_path / "memory.max").write_text(f"{1000 << 20}\n")
    assert free_memory() == min(100 << 20, free_memory())
    (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {30 << 20}\nactive_file 7\n")
    assert free_memory() <= 130 << 20
    (tmp_path / "memory.current").write_text(f"{2000 << 20}\n")
    assert free_memory() == 0


def test_what_was_taken_before_leaves_a_job_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1000)
    monkeypatch.setattr(memory, "anonymous_memory", lambda: 10**12)
    usual, told = Memory(), Memory("1G")
    assert (usual.bound, usual.has_room_for(300), usual.has_room_for(301)) == (10**12 + 600, True, False)
    assert not told.has_room_for(1)


def test_small_columns_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SMALLEST", 1 << 20)
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: pytest.fail("a file for next to nothing"))
    (gathered,) = Memory(1).gather((np.empty(0, np.int64),), [(np.arange(1000),)] * 100)
    assert len(gathered) == 100_000


@pytest.mark.parametrize("bound", [1, "1T"])
def test_rows_of_another_type_become_those_of_the_column(bound: int | str) -> None:
    gathered = Memory(bound).gather(np.empty(0, np.int64), [np.arange(3, dtype=np.int32), np.arange(2)])
    assert gathered.tolist() == [0, 1, 2, 0, 1]


@given(BOUNDS)
@hypothesis_settings(max_examples=3, deadline=None)
def test_no_stories_need_no_memory(bound: str) -> None:
    assert len(cluster_stories([], memory=bound).clusters) == 0
