"""Stories and dicts in a list, a tuple, or whatever else can be iterated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any

from storyclust.carriers.carrier import Carrier
from storyclust.io import Columns


class Items(Carrier):
    """Carries what an iterable gives, which may be read once only where it is kept from."""

    def __init__(self, items: Iterable[object]) -> None:
        """Hold the items; those of an iterator are not yet taken."""
        self._items = items

    @property
    def size(self) -> int | None:
        """How many items there are, if they are counted."""
        return len(self._items) if isinstance(self._items, Sized) else None

    def records(self, columns: Columns) -> Iterator[object]:  # noqa: ARG002 - dicts name their own
        """The items as they are."""
        return iter(self._items)

    def keep(self, positions: Sequence[int]) -> Any:
        """The very items, in a tuple if they came in one and in a list otherwise."""
        items = self._items if isinstance(self._items, list | tuple) else list(self._items)
        kept = [items[position] for position in positions]
        return tuple(kept) if isinstance(items, tuple) else kept
