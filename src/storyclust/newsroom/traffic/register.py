"""The register of a wire: ids in the order of publication, and the truth about each story.

In: rows as they are published. Out: entries. It remembers the pieces of the last days, which later copies will name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from storyclust.arrays import Integers
from storyclust.newsroom.traffic.schedule_kernels import (
    COPY,
    EVENT_NUMBER,
    LONGEST_DELAY,
    MINUTES_AN_EVENT,
    MOST_VERSIONS,
    ORIGINAL,
    OUTLETS,
    PART,
    SWING,
    VERSION_GAP,
)
from storyclust.newsroom.truth import Truth

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
# Nothing about an event is published after so many further events.
REMEMBERED = int((LONGEST_DELAY + MOST_VERSIONS * sum(VERSION_GAP) + 2 * SWING) / MINUTES_AN_EVENT)


class Register:
    """Numbers the stories of a wire and remembers whose copies they are.

    Parameters
    ----------
    sources : tuple of str
        The names of outlets and agencies, by number.
    """

    def __init__(self, sources: tuple[str, ...]) -> None:
        """Begin with number 0."""
        self._sources = sources
        self._pieces: dict[tuple[int, int], tuple[str, str | None]] = {}  # (event, version) -> id, agency
        self.stories = 0

    def enter(self, rows: Integers) -> Iterator[tuple[str, str, datetime, Truth]]:
        """The id, source, time and truth of each row."""
        for minute, event, version, kind, _, outlet, _ in rows.tolist():
            id = f"w{self.stories:08d}"
            self.stories += 1
            agency = self._sources[outlet] if outlet >= OUTLETS else None
            if kind == ORIGINAL:
                self._pieces[event, version] = id, agency
            truth = self._truth(id, event, version, kind, agency)
            yield id, self._sources[outlet], FIRST_DAY + timedelta(minutes=minute), truth
        if len(rows):
            self._forget(int(rows[-1, EVENT_NUMBER]) - REMEMBERED)

    def _truth(self, id: str, event: int, version: int, kind: int, agency: str | None) -> Truth:
        if kind not in (ORIGINAL, COPY, PART):
            return Truth(id, id, id, id, "original", agency)
        piece, piece_agency = self._pieces[event, version]
        first, _ = self._pieces[event, 0]
        if kind == COPY:
            return Truth(first, first, piece, piece, "copy", piece_agency)
        if kind == PART:
            return Truth(first, id, id, piece, "partial", None)
        if version == 0:
            return Truth(id, id, id, id, "original", agency)
        former, _ = self._pieces[event, version - 1]
        return Truth(first, first, id, former, "version", agency)

    def _forget(self, oldest: int) -> None:
        while self._pieces and (first := next(iter(self._pieces)))[0] < oldest:
            del self._pieces[first]
