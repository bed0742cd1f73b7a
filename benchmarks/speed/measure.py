"""Measures a command as the operating system saw it: wall clock, processor time and the peak of anonymous memory.

Anonymous memory (RssAnon of the process and all below it) is what a tool itself took; pages of files it read do not
count. The kernel keeps no peak of it, so it is sampled: a peak shorter than the interval can be missed. Linux only;
elsewhere the peak is None.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Sample:
    """Anonymous memory in MB of 10**6 bytes at a moment of `time.monotonic`, the clock that all processes share."""

    moment: float
    megabytes: float


@dataclass(frozen=True)
class Run:
    """One run of a command.

    Attributes:
        wall, cpu: seconds of wall clock and of processor (user and system).
        begun: the moment it began.
        samples: its memory as it went on.
        errors: what it printed, if it failed.
    """

    wall: float
    cpu: float
    status: int
    errors: str
    begun: float = 0.0
    samples: tuple[Sample, ...] = ()

    @property
    def peak_mb(self) -> float | None:
        """The most memory it had."""
        return max((sample.megabytes for sample in self.samples), default=0) or None

    @property
    def failure(self) -> str | None:
        """The last line of one that failed."""
        if self.status == 0:
            return None
        lines = self.errors.strip().splitlines() or [f"exit status {self.status}"]
        return f"failed: {lines[-1][:100]}".replace("|", "/")


def run_command(command: list[str], *, log: Path, cpus: set[int] | None = None) -> Run:
    """Run `command` to its end, its output and errors into `log`; `cpus` binds it to some processors.

    It finds the benchmarks from any folder. The fixed hash seed makes the rivals' word hashes, which are Python's, the
    same in every process.
    """
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": path}
    bind = (lambda: os.sched_setaffinity(0, cpus)) if cpus else None
    with log.open("wb") as output:
        begun = time.monotonic()
        try:
            process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, preexec_fn=bind)
        except OSError as error:
            message = f"cannot start {Path(command[0]).name}: {error.strerror}"
            return Run(wall=0.0, cpu=0.0, status=127, errors=message)
        sampler = _Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        sampler.finished.set()
        sampler.join()
    process.returncode = os.waitstatus_to_exitcode(status)  # it is reaped already: Popen must not wait for it
    return Run(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        status=process.returncode,
        errors=log.read_text(errors="replace") if process.returncode else "",
        begun=begun,
        samples=tuple(sampler.samples),
    )


def run_module(name: str, *arguments: object, cpus: set[int] | None = None) -> tuple[Run, dict[str, Any]]:
    """Run a module whose last line is JSON, and read that; ChildProcessError if it failed."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        run = run_command(python_module(name, *arguments), log=log, cpus=cpus)
        if run.failure:
            raise ChildProcessError(f"{name} {' '.join(map(str, arguments))} {run.failure}")
        figures: dict[str, Any] = json.loads(log.read_bytes().splitlines()[-1])
        return run, figures


def python_module(name: str, *arguments: object) -> list[str]:
    """The command that runs a module under this very Python."""
    return [sys.executable, "-m", name, *map(str, arguments)]


def anonymous_mb(pids: Sequence[int]) -> float:
    """The anonymous memory of some processes in MB of 10**6 bytes; that of one that is gone is 0."""
    return sum(map(_anonymous_kib, pids)) * 1024 / 1e6


class _Sampler(threading.Thread):
    """Adds up the memory of a process and its descendants every SAMPLE_SECONDS."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.samples: list[Sample] = []
        self.finished = threading.Event()

    def run(self) -> None:
        while not self.finished.is_set():
            self.samples.append(Sample(time.monotonic(), anonymous_mb(_family(self.pid))))
            self.finished.wait(SAMPLE_SECONDS)


def _family(pid: int) -> list[int]:
    """A process and everything it started, directly or not."""
    family = [pid]
    for parent in family:  # grows while it is walked
        for children in _threads(parent):
            with suppress(OSError):  # gone in the meantime
                family += map(int, (children / "children").read_text().split())
    return family


def _threads(pid: int) -> list[Path]:
    with suppress(OSError):
        return list(Path(f"/proc/{pid}/task").iterdir())
    return []


def _anonymous_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # gone in the meantime, or no Linux
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)
