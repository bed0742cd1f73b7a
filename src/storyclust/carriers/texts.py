"""Texts without anything else: each is a story, named by its place.

A list of strings is a list of paths wherever stories are asked for, so texts are said to be texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from storyclust.carriers.carrier import Carrier
from storyclust.errors import UsageError
from storyclust.io import Columns


class Texts(Carrier):
    """Texts that are stories themselves; their ids are ``"0"``, ``"1"`` and so on.

    Strings given to `storyclust.cluster_stories` and its like are paths of files; wrapped in this they are texts. An
    array of NumPy and a column of a data frame hold texts without it.

    Parameters
    ----------
    texts : iterable of str
        None stands for an empty text, which matches nothing.

    Raises
    ------
    UsageError
        If it is one string, a mapping, an array of several dimensions, or nothing that can be iterated.

    Examples
    --------
    >>> from storyclust import Texts, deduplicate
    >>> lead = "The ferry Anselm ran aground off Marrek at dawn and all of her ninety passengers were taken off by "
    >>> kept = deduplicate(Texts([lead + "lifeboats.", "Chess tonight.", lead + "lifeboats."]))
    >>> len(kept), kept[1]
    (2, 'Chess tonight.')
    """

    def __init__(self, texts: Iterable[object]) -> None:
        """Hold the texts."""
        if isinstance(texts, str | bytes | Mapping) or not isinstance(texts, Iterable):
            raise UsageError(f"texts is {type(texts).__name__} {texts!r:.60}; expected several texts, as in a list")
        if isinstance(texts, np.ndarray) and texts.ndim != 1:
            raise UsageError(f"texts is an array of the shape {texts.shape}; expected one dimension, a text an item")
        self._texts = texts if isinstance(texts, list | tuple | np.ndarray) else list(texts)

    def __repr__(self) -> str:
        return f"Texts({len(self._texts)} texts)"

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self._texts)

    @property
    def size(self) -> int:
        """How many texts there are."""
        return len(self._texts)

    def records(self, columns: Columns) -> Iterator[object]:
        """A dict a text."""
        return ({columns.id: str(place), columns.text: text} for place, text in enumerate(self._texts))

    def keep(self, positions: Sequence[int]) -> Any:
        """The very texts, in a tuple or an array if they came in one and in a list otherwise."""
        if isinstance(self._texts, np.ndarray):
            return self._texts[np.array(positions, np.intp)]
        kept = [self._texts[position] for position in positions]
        return tuple(kept) if isinstance(self._texts, tuple) else kept
