"""A result as files: its tables, and its stories as items of ninjs.

In: the rows that a result makes. Out: files that appear whole or not at all, with settings and profile told inside.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from storyclust import tables
from storyclust.exports import Exports, Table, rows_of_stretches
from storyclust.io import Field, TableWriter
from storyclust.io.atomic import output_file
from storyclust.io.columns import Stretch
from storyclust.io.jsonl import JsonLines
from storyclust.model import Reject, Story

Path = str | os.PathLike[str]

TableName = Literal["assignments", "links", "clusters", "rejects"]
"""The tables of a result."""


class ResultFiles(Exports[TableName]):
    """What makes the rows of the tables, and writes them."""

    rejects: tuple[Reject, ...]

    @abstractmethod
    def story(self, id: str) -> Story:
        """The story of an id."""

    @abstractmethod
    def assignments(self) -> Iterator[dict[str, Any]]:
        """One row a story."""

    @abstractmethod
    def link_columns(self) -> Iterator[Stretch]:
        """The linked pairs, a stretch of columns at a time."""

    @abstractmethod
    def cluster_rows(self) -> Iterator[dict[str, Any]]:
        """One row a cluster of two stories or more."""

    def write_assignments(self, path: Path) -> None:
        """Write `assignments` to a file: ``.jsonl``, ``.csv`` or ``.parquet``, plain or ``.gz``."""
        self._write(path, tables.ASSIGNMENTS, self.assignments())

    def ninjs_items(self) -> Iterator[dict[str, Any]]:
        """The stories as items of IPTC ninjs 3.1, in the order of `assignments`, with all that is known of each.

        The ``associations`` of the story to keep name the others of its cluster by what they are to it: copy, version,
        partial or indirect. Each of those has one association, with its canonical.
        """
        return tables.ninjs_items(self.assignments(), self.story)

    def write_ninjs(self, path: Path) -> None:
        """Write `ninjs_items` to a file, one a line; `StoryReader` reads the same stories from it.

        >>> import tempfile
        >>> from storyclust import StoryReader, cluster_stories, load_newsroom
        >>> result = cluster_stories(load_newsroom().stories)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     result.write_ninjs(f"{folder}/wire.ninjs.json")
        ...     read = [located.story for located in StoryReader(f"{folder}/wire.ninjs.json")]
        >>> sorted(read, key=lambda story: story.rank) == list(result.stories)
        True
        """
        with output_file(path) as stream:
            JsonLines(stream).write_all(self.ninjs_items())

    def write_links(self, path: Path) -> None:
        """Write `links` to a file, as `write_assignments`."""
        with TableWriter(path, tables.LINKS, metadata=self.metadata()) as table:
            table.write_stretches(self.link_columns())

    def write_clusters(self, path: Path) -> None:
        """Write the clusters of two or more stories to a file, as `write_assignments`."""
        self._write(path, tables.CLUSTERS, self.cluster_rows())

    def _tables(self) -> Mapping[TableName, Table]:
        return {
            "assignments": (tables.ASSIGNMENTS, self.assignments),
            "links": (tables.LINKS, lambda: rows_of_stretches(self.link_columns())),
            "clusters": (tables.CLUSTERS, self.cluster_rows),
            "rejects": (tables.REJECTS, lambda: map(asdict, self.rejects)),
        }

    def _write(self, path: Path, fields: Sequence[Field], rows: Iterator[dict[str, Any]]) -> None:
        with TableWriter(path, fields, metadata=self.metadata()) as table:
            table.write_all(rows)
