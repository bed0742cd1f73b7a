"""Ctrl-C and the request to end, at any moment; full disks; too little memory. All in real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from storyclust.newsroom import wire
from storyclust.parallel import Workers
from storyclust.progress import ANALYSING, COMPARING, FINDING, JOINING, LEARNING, READING, WRITING, WRITING_LINKS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, limits and devices of Linux")

OLD = "last week's result\n"
STORIES = 400

# Runs commands in processes forked from one that has loaded all there is. The first word of a request is what is done
# to the command: a signal sent as a stage begins, or so many bytes more than it has.
DRIVER = """
import os, resource, signal, sys
import scipy.linalg  # which waits for ever if its own start finds too little memory
import storyclust as sc
from storyclust.cli import main
from storyclust.cli.app import app
from storyclust.progress import Stages

# What started the tests may ignore them.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
sc.cluster_stories(sc.load_newsroom().stories)
try:
    main(["cluster", "nowhere.jsonl", "-o", "nothing.jsonl"])
except SystemExit:
    print("ready", flush=True)
begin = Stages.begin

def strike(number, at):
    def begin_struck(stages, stage):
        begin(stages, stage)
        if stage == at:
            os.kill(os.getpid(), number)
    Stages.begin = begin_struck

def limit(more):
    size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + more, resource.RLIM_INFINITY))

def ignore(number, at):
    signal.signal(number, signal.SIG_IGN)
    strike(number, at)

for request in sys.stdin:
    what, arguments = eval(request)
    process = os.fork()
    if not process:
        eval(what)
        main(arguments)
    status = os.waitpid(process, 0)[1]
    sys.stderr.flush()
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


@dataclass
class Driver:
    process: subprocess.Popen[str]
    errors: Path
    folder: Path

    def run(self, what: str, *arguments: object) -> tuple[int, str]:
        """The exit status of a command that something is done to, and what it says."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        said = self.errors.stat().st_size
        self.process.stdin.write(repr((what, [str(argument) for argument in arguments])) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline()), self.errors.read_text()[said:]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    folder = tmp_path_factory.mktemp("driver")
    (folder / "temporary").mkdir()
    rows = ({"id": story.id, "text": story.text, "source": story.source} for story, _ in wire(STORIES))
    (folder / "wire.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with (
        open(folder / "errors", "w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", DRIVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, "TMPDIR": str(folder / "temporary")},
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Driver(process, folder / "errors", folder)
        process.stdin.close()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An output of an earlier run, alone in its folder."""
    path = tmp_path / "assignments.jsonl"
    path.write_text(OLD)
    return path


def untouched(old: Path, driver: Driver) -> bool:
    alone = list(old.parent.iterdir()) == [old]
    return alone and old.read_text() == OLD and not list((driver.folder / "temporary").iterdir())


STAGES = [READING, ANALYSING, LEARNING, FINDING, COMPARING, JOINING, WRITING, WRITING_LINKS]


@pytest.mark.parametrize(
    ("stage", "number", "status", "said"),
    [
        *((stage, 2, 130, "interrupted") for stage in STAGES),
        (COMPARING, 15, 143, "terminated"),
        (COMPARING, 1, 129, "hung up"),
    ],
)
def test_a_signal_ends_every_stage(driver: Driver, old: Path, stage: str, number: int, status: int, said: str) -> None:
    links = old.parent / "links.csv.gz"
    struck = f"strike({number}, {stage!r})"
    command = ["cluster", driver.folder / "wire.jsonl", "-o", old, "--links", links]
    assert driver.run(struck, *command) == (status, f"{said}: no file was left half written\n")
    assert untouched(old, driver)


def test_a_signal_that_is_ignored_stays_so(driver: Driver, old: Path) -> None:
    status, said = driver.run("ignore(2, 'comparing pairs')", "cluster", driver.folder / "wire.jsonl", "-o", old)
    assert (status, said[:14]) == (0, "StoryClusters:")
    assert len(old.read_text().splitlines()) == STORIES


# Kernels of many seconds in the main thread and in a pool, for whose threads an interpreter that ends would wait.
ENDLESS = """
from concurrent.futures import ThreadPoolExecutor
from storyclust.cli.interruption import ending_at_once
from storyclust.compile import kernel

@kernel
def spin(rounds):
    state = 1
    for _ in range(rounds):
        state = (state * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFF
    return state

spin(1)
with ending_at_once(), ThreadPoolExecutor(2) as pool:
    for _ in range(4):
        pool.submit(spin, 10**11)
    print("ready", flush=True)
    spin(10**11)
"""


def test_kernels_that_cannot_be_asked_do_not_hold_the_end_up() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        struck = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert time.monotonic() - struck < 2
        assert process.stderr.read() == "interrupted: no file was left half written\n"


def test_the_library_raises_and_drops_the_batches_that_wait() -> None:
    begun: list[int] = []

    def batch(number: int) -> None:
        begun.append(number)
        if number == 5:  # both threads are at work
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        time.sleep(0.05)

    with pytest.raises(KeyboardInterrupt), Workers(2) as workers:
        workers.run(batch, range(100))
    assert len(begun) < 15
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("storyclust")]


# A full disk


@pytest.mark.parametrize(("command", "option"), [("cluster", "--links"), ("dedup", "-o")])
def test_a_full_disk_is_said_in_one_line(driver: Driver, old: Path, command: str, option: str) -> None:
    full = driver.folder / "full.jsonl"
    full.unlink(missing_ok=True)
    full.symlink_to("/dev/full")
    outputs = {"-o": old, option: full}
    arguments = [part for pair in outputs.items() for part in pair]
    status, said = driver.run("None", command, driver.folder / "wire.jsonl", *arguments)
    assert status == 1
    assert said.splitlines() == [
        f"error: cannot write {full}: No space left on device. Check the permissions and the free space there, or name "
        "another path"
    ]
    assert untouched(old, driver)


PAIR = [story.id for story, _ in wire(2)]
FULL_OUTPUT = "os.dup2(os.open('/dev/full', os.O_WRONLY), 1)"


MATCH = ["match", "wire.jsonl", "-q", "-o", "-", "--against", "wire.jsonl"]


@pytest.mark.parametrize("command", [MATCH, ["explain", "wire.jsonl", *PAIR]], ids=["rows", "lines"])
def test_a_full_disk_behind_standard_output(driver: Driver, command: list[str]) -> None:
    arguments = [driver.folder / part if part == "wire.jsonl" else part for part in command]
    assert driver.run(FULL_OUTPUT, *arguments) == (
        1,
        "error: cannot write standard output: No space left on device. Check what it leads to, and the free space "
        "there\n",
    )


def test_no_room_for_what_comes_through_a_pipe(driver: Driver, old: Path) -> None:
    full = (
        "import tempfile\n"
        "tempfile.TemporaryFile = lambda buffering: open('/dev/full', 'r+b', buffering)\n"
        f"os.dup2(os.open({str(driver.folder / 'wire.jsonl')!r}, os.O_RDONLY), 0)"
    )
    status, said = driver.run(f"exec({full!r})", "cluster", "-", "-o", old)
    assert status == 1
    assert said.startswith("error: cannot copy the input to a temporary file: No space left on device; expected")
    assert "TMPDIR" in said
    assert untouched(old, driver)


# Too little memory


@pytest.mark.parametrize("megabytes", [64, 128])
def test_too_little_memory_is_said_in_one_line(driver: Driver, old: Path, tmp_path: Path, megabytes: int) -> None:
    # One story of so many words that no memory held from earlier jobs makes up for what is missing.
    large = tmp_path / "large.jsonl"
    large.write_text(json.dumps({"id": "1", "text": "fog " * 6_000_000}))
    status, said = driver.run(f"limit({megabytes << 20})", "cluster", large, "-o", old)
    large.unlink()
    assert status == 1
    assert len(said.splitlines()) == 1
    assert said.startswith("error: there is not enough memory for these stories; no file was written.")
    assert untouched(old, driver)
