"""The project's own rules: style, types, imports, and what ships."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOOLS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
    ],
    ids=" ".join,
)
def test_the_checkers_find_nothing(command: list[str]) -> None:
    run = subprocess.run([TOOLS / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_files_fit_in_a_head() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 400, f"{path} has {len(lines)} lines"


def test_spark_is_asked_for_in_its_room_alone() -> None:
    imported = re.compile(r"^\s*(from|import) (pyspark|py4j)", re.MULTILINE)
    rooms = {path.parent for path in (ROOT / "src").rglob("*.py") if imported.search(path.read_text(encoding="utf-8"))}
    assert rooms == {ROOT / "src" / "storyclust" / "spark"}


def test_every_module_opens_with_its_idea() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        assert path.read_text(encoding="utf-8").startswith('"""'), path


def test_the_version_is_the_same_everywhere() -> None:
    import storyclust

    metadata = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{storyclust.__version__}"' in metadata
    assert f"## {storyclust.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_readme_and_the_continuous_integration_run_the_same_tests() -> None:
    command = "pip install --editable '.[dev]' && pytest"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    assert command in re.sub(r" --quiet", "", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
