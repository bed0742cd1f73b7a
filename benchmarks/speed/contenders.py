"""Who runs, and by which command: the floor, storyclust with and without links, and the rivals.

Every contender does the same job in a process of its own: read the stories, write a cluster for each. The floor writes
nothing; it is what any Python tool pays to read, parse and lower-case the file.
"""

import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .rivals import RIVALS, installed

Command = Callable[[Path, Path], list[str]]


@dataclass(frozen=True)
class Contender:
    """A named way to do the job.

    Attributes:
        name: as printed in the table and given to `--contenders`.
        packages: the distributions that must be installed.
        command: from the path of the stories and the path for the assignments to the command.
        clusters: whether it writes assignments to be scored.
    """

    name: str
    packages: tuple[str, ...]
    command: Command
    clusters: bool = True

    @property
    def is_installed(self) -> bool:
        """Whether all of its packages can be imported here."""
        return all(installed(package) for package in self.packages)


def _floor(stories: Path, _: Path) -> list[str]:
    return [sys.executable, "-m", "benchmarks.speed.floor", str(stories)]


def _rival(name: str) -> Command:
    def command(stories: Path, assignments: Path) -> list[str]:
        return [sys.executable, "-m", "benchmarks.speed.rivals", name, str(stories), str(assignments)]

    return command


def _storyclust(*, links: bool) -> Command:
    def command(stories: Path, assignments: Path) -> list[str]:
        script = Path(sysconfig.get_path("scripts")) / "storyclust"
        asked = [str(script), "cluster", str(stories), "-o", str(assignments), "--level", "copy"]
        return [*asked, "--links", str(assignments.with_suffix(".links.jsonl"))] if links else asked

    return command


BASE = "storyclust"
CONTENDERS: tuple[Contender, ...] = (
    Contender("floor", (), _floor, clusters=False),
    Contender(BASE, ("storyclust",), _storyclust(links=False)),
    Contender("storyclust-links", ("storyclust",), _storyclust(links=True)),
    *(Contender(name, (rival.package,), _rival(name)) for name, rival in RIVALS.items()),
)
