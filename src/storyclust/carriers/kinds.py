"""Which carrier a thing is, told by what it can do and never by a guess at what its strings mean.

In: anything. Out: its ``Carrier``, or a UsageError that says what could have been given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from storyclust.carriers.carrier import Carrier
from storyclust.carriers.datasets import Dataset, DatasetCarrier
from storyclust.carriers.items import Items
from storyclust.carriers.texts import Texts
from storyclust.errors import UsageError
from storyclust.model import Story


def carrier_of(source: Any) -> Carrier:
    """The carrier a source is, or is held in.

    Raises
    ------
    UsageError
        If it carries no stories.
    """
    if isinstance(source, Carrier):
        return source
    if isinstance(source, np.ndarray):
        return Texts(source)
    if not isinstance(source, list | tuple | Iterator | Mapping | Story | str | bytes):
        # Nobody who gives a list need wait for narwhals to load.
        from storyclust.carriers.frames import frame_carrier

        frame = frame_carrier(source)
        if frame is not None:
            return frame
        if isinstance(source, Dataset) and isinstance(source.column_names, list):
            return DatasetCarrier(source)
    if isinstance(source, Mapping | Story | str | bytes) or not isinstance(source, Iterable):
        raise UsageError(
            f"stories is {type(source).__name__} {source!r:.60}; expected several stories or dicts, "
            "or the path of a file, or a data frame, or storyclust.Texts"
        )
    return Items(source)
