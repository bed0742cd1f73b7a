"""Who runs, and by which command: the floor, storyclust with and without links, and the rivals.

Every contender does the same job in a process of its own: read the stories, write a cluster for each. The floor writes
nothing; it is what any Python tool pays to read, parse and lower-case the file. With links, storyclust writes every
linked pair with its passages as well, of partial reuse too; its score is that of the copies still.
"""

import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .measure import python_module
from .rivals import RIVALS, installed

Command = Callable[[Path, Path], list[str]]


@dataclass(frozen=True)
class Contender:
    """A named way to do the job.

    Attributes:
        name: as printed in the table and given to `--contenders`.
        packages: the distributions that must be installed.
        command: from the path of the stories and the path for the assignments to the command.
        column: where its assignments say which stories are copies of each other; None if it writes none.
    """

    name: str
    packages: tuple[str, ...]
    command: Command
    column: str | None = "cluster"

    @property
    def is_installed(self) -> bool:
        """Whether all of its packages can be imported here."""
        return all(installed(package) for package in self.packages)


def _floor(stories: Path, _: Path) -> list[str]:
    return python_module("benchmarks.speed.floor", stories)


def _rival(name: str) -> Command:
    def command(stories: Path, assignments: Path) -> list[str]:
        return python_module("benchmarks.speed.rivals", name, stories, assignments)

    return command


def _cluster(stories: Path, assignments: Path) -> list[str]:
    script = Path(sysconfig.get_path("scripts")) / "storyclust"
    return [str(script), "cluster", str(stories), "-o", str(assignments)]


def _storyclust(stories: Path, assignments: Path) -> list[str]:
    return [*_cluster(stories, assignments), "--level", "copy"]


def _storyclust_links(stories: Path, assignments: Path) -> list[str]:
    links = assignments.with_suffix(".links.jsonl")
    return [*_cluster(stories, assignments), "--level", "partial", "--links", str(links)]


BASE = "storyclust"
CONTENDERS: tuple[Contender, ...] = (
    Contender("floor", (), _floor, column=None),
    Contender(BASE, ("storyclust",), _storyclust),
    Contender("storyclust-links", ("storyclust",), _storyclust_links, column="copy_cluster"),
    *(Contender(name, (rival.package,), _rival(name)) for name, rival in RIVALS.items()),
)
