"""Columns of a table: whole stretches of rows at once, of which each format makes what it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt


class Column(Protocol):
    """A NumPy array (numbers, or objects: text, None), or `Lists`."""

    def tolist(self) -> list[Any]:
        """The values as Python has them, one a row."""


Stretch = Mapping[str, Column]
"""A stretch of the rows of a table: its columns by name, all of one length."""


@dataclass(frozen=True, slots=True)
class Lists:
    """A column of lists whose items have the same parts.

    Attributes
    ----------
    parts : tuple of array, one item an item of any list
        The items of the first list, then those of the second.
    first : int64 array, one more than lists
        Where the items of each begin.

    >>> Lists((np.array([0, 9, 4]), np.array(["a", "b", "c"], object)), np.array([0, 2, 2, 3])).tolist()
    [[(0, 'a'), (9, 'b')], [], [(4, 'c')]]
    """

    parts: tuple[npt.NDArray[Any], ...]
    first: npt.NDArray[np.int64]

    def tolist(self) -> list[list[tuple[Any, ...]]]:
        """The lists, each item a tuple of its parts."""
        items = list(zip(*(part.tolist() for part in self.parts), strict=True))
        return [items[start:stop] for start, stop in pairwise(self.first.tolist())]


def rows_of(stretch: Stretch) -> Iterator[dict[str, Any]]:
    """The rows of a stretch, one by one."""
    names = tuple(stretch)
    for row in zip(*(column.tolist() for column in stretch.values()), strict=True):
        yield dict(zip(names, row, strict=True))
