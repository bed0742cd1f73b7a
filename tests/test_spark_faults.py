"""What befalls machines costs time, and no row: each scenario of `sparks` in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyspark", reason="pyspark is not installed")
if shutil.which("java") is None:
    pytest.skip("Java is not installed", allow_module_level=True)

SPARKS = Path(__file__).with_name("sparks.py")


@pytest.mark.parametrize("scenario", ["kill-worker", "kill-executor", "spill"])
def test_a_job_ends_with_the_same_rows(scenario: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SPARKS), scenario, str(tmp_path)], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
