"""Pages are taken apart as well as ever: fiction by its habits, real pages, and stories that must stay whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from benchmarks.pages import FICTION, FLOORS, measure_figures
from benchmarks.pages.__main__ import main as run_pages
from benchmarks.pages.fiction import pages
from benchmarks.pages.habits import ONE, SEVERAL, Habit
from benchmarks.quality.floors import read_floors

import storyclust as sc

REAL = ("pages", "afp_coalition", "helsinki", "basil", "ecbplus", "wiki_versions")


@pytest.mark.parametrize("name", [*FICTION, *REAL])
def test_pages_stay_above_their_floors(name: str) -> None:
    folder = os.environ.get("STORYCLUST_CORPORA")
    if name in REAL and (folder is None or not Path(folder, name).is_dir()):
        pytest.skip(f"STORYCLUST_CORPORA names no folder with {name}")
    digest, figures = measure_figures(name, Path(folder) if folder else None)
    floors = read_floors(FLOORS)[name]
    assert digest == floors.digest, "other bytes than the floors were measured on; they must be measured again"
    assert floors.fallen({key: each.value for key, each in figures.items()}) == []


@pytest.mark.parametrize("habit", SEVERAL, ids=lambda habit: habit.name)
def test_no_habit_is_cut_at_a_wrong_place(habit: Habit) -> None:
    for page in pages(habit):
        begun = [found.start for found in sc.split_page(page.text).stories]
        assert all(any(low <= start <= high for low, high in page.starts) for start in begun[1:]), page.name


@pytest.mark.parametrize("habit", ONE, ids=lambda habit: habit.name)
def test_a_page_of_one_story_stays_whole(habit: Habit) -> None:
    for page in pages(habit, smallest=1, sizes=1):
        (found,) = sc.split_page(page.text).stories
        low, high = page.starts[0]
        assert found.start <= low <= high < found.stop


def test_the_command_prints_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("STORYCLUST_CORPORA", raising=False)
    assert run_pages(["--only", "one story"]) == 0
    out = capsys.readouterr().out
    assert "| boundaries false | 0" in out
    assert run_pages(["no-such-folder"]) == 1
