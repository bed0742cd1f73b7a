"""What every carrier of stories can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from storyclust.io import Columns


class Carrier(ABC):
    """Carries stories."""

    @property
    @abstractmethod
    def size(self) -> int | None:
        """How many records it carries; None if nobody knows before they have been read."""

    @abstractmethod
    def records(self, columns: Columns) -> Iterator[object]:
        """The records in order: stories, mappings with the columns, or what is neither and will be rejected."""

    @abstractmethod
    def keep(self, positions: Sequence[int]) -> Any:
        """The same kind of container with the records at these places alone, which rise from 0."""
