"""Every command in README and docs runs, and prints what they say it prints."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOT_RUN = re.compile(r"<!-- not run: .{10,} -->\n\Z")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@dataclass(frozen=True)
class Command:
    """A command of a console block, and what it is said to print."""

    line: str
    printed: str


def commands(block: str) -> list[Command]:
    """A line that begins with ``$`` is a command, lines with ``>`` go on with it, the rest is its output."""
    found: list[Command] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:], ""))
        elif line.startswith("> "):
            found[-1] = Command(f"{found[-1].line}\n{line[2:]}", "")
        else:
            found[-1] = Command(found[-1].line, f"{found[-1].printed}{line}\n")
    return found


def commands_of(page: Path) -> list[Command]:
    """The commands of a page, block after block."""
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [command for language, block in blocks if language == "console" for command in commands(block)]


WITH_COMMANDS = [pytest.param(page, id=page.stem) for page in PAGES if commands_of(page)]


def test_there_are_commands_to_run() -> None:
    assert len(WITH_COMMANDS) > 5


@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_commands_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    if page.stem == "spark" and shutil.which("java") is None:
        pytest.skip("Java is not installed")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    for command in commands_of(page):
        run = subprocess.run(
            ["bash", "-c", command.line],
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "COLUMNS": "120"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        wanted = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        assert doctest.OutputChecker().check_output(command.printed, run.stdout, wanted), run.stdout


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_every_block_runs_or_says_why_not(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.count("```") == 2 * len(BLOCK.findall(text)), "a block without a language"
    for block in BLOCK.finditer(text):
        language, shown = block.groups()
        if language in ("python", "pycon"):
            # pytest runs the prompts of every page; a block without one would run nowhere.
            assert shown.startswith(">>> "), shown
        elif language == "console":
            assert shown.startswith("$ "), shown
        elif language != "text":
            assert NOT_RUN.search(text[: block.start()]), f"{language}: mark it <!-- not run: why -->\n{shown}"


def test_figures_beside_the_alternatives_are_those_measured() -> None:
    figures = re.compile(r"\b[0-9]+\.[0-9]+\b")
    measured = {
        figure
        for page in (ROOT / "README.md", ROOT / "docs" / "performance.md")
        for figure in figures.findall(page.read_text(encoding="utf-8"))
    }
    tables = re.findall(r"^\|.*", (ROOT / "docs" / "alternatives.md").read_text(encoding="utf-8"), re.MULTILINE)
    shown = {figure for row in tables for figure in figures.findall(row)}
    assert len(shown) > 30
    assert shown <= measured, shown - measured


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
