"""Measures a command as the operating system saw it: wall clock, processor time and the peak of anonymous memory.

Anonymous memory (RssAnon of the process and all below it) is what a tool itself took; pages of files it read do not
count. The kernel keeps no peak of it, so it is sampled: a peak shorter than the interval can be missed. Linux only;
elsewhere the peak is None.
"""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLE_SECONDS = 0.02


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds of wall clock and processor (user and system), peak in MB of 10**6 bytes."""

    wall: float
    cpu: float
    peak_mb: float | None
    status: int
    errors: str


def run_command(command: list[str], *, log: Path, cpus: set[int] | None = None) -> Run:
    """Run `command` to its end, its output and errors into `log`; `cpus` binds it to some processors.

    It finds the benchmarks from any folder. The fixed hash seed makes the rivals' word hashes, which are Python's, the
    same in every process.
    """
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": path}
    bind = (lambda: os.sched_setaffinity(0, cpus)) if cpus else None
    with log.open("wb") as output:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(command, stdout=output, stderr=output, env=environment, preexec_fn=bind)
        except OSError as error:
            message = f"cannot start {Path(command[0]).name}: {error.strerror}"
            return Run(wall=0.0, cpu=0.0, peak_mb=None, status=127, errors=message)
        sampler = _Sampler(process.pid)
        sampler.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        sampler.finished.set()
        sampler.join()
    process.returncode = os.waitstatus_to_exitcode(status)  # it is reaped already: Popen must not wait for it
    return Run(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mb=sampler.peak_kib * 1024 / 1e6 if sampler.peak_kib else None,
        status=process.returncode,
        errors=log.read_text(errors="replace") if process.returncode else "",
    )


class _Sampler(threading.Thread):
    """Adds up RssAnon of a process and its descendants every SAMPLE_SECONDS, and keeps the peak."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak_kib = 0
        self.finished = threading.Event()

    def run(self) -> None:
        while not self.finished.is_set():
            self.peak_kib = max(self.peak_kib, sum(_anonymous_kib(pid) for pid in _family(self.pid)))
            self.finished.wait(SAMPLE_SECONDS)


def _family(pid: int) -> list[int]:
    """A process and everything it started, directly or not."""
    family = [pid]
    for parent in family:  # grows while it is walked
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                family += map(int, children.read_text().split())
            except OSError:  # gone in the meantime
                continue
    return family


def _anonymous_kib(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # gone in the meantime, or no Linux
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)
