"""A corpus: a folder of the library's synthetic wire. Contenders are given the stories alone; the truth is for scoring.

The digest is that of the stories, so that figures can be traced to the bytes they were measured on.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from storyclust.newsroom import write_wire

from .quality import read_column


@dataclass(frozen=True)
class Corpus:
    """What `write_wire` left in a folder."""

    folder: Path

    @property
    def stories(self) -> Path:
        """The file the contenders read: id, title, source, published and text."""
        return self.folder / "stories.jsonl"

    def truth(self) -> dict[str, str]:
        """From id to the piece a story is a copy of."""
        return read_column(self.folder / "truth.jsonl", "copy_cluster")

    def digest(self) -> str:
        """The SHA-256 of the stories."""
        return file_digest(self.stories)


def write_corpus(folder: Path, *, stories: int, seed: int) -> Corpus:
    """Write a wire of so many stories into a folder, which is made if need be."""
    write_wire(stories, folder, seed=seed)
    return Corpus(folder)


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
