"""A figure that was measured: its value, how sure it is, and which way is better."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storyclust.model import Level

LEVELS: tuple[Level, ...] = ("copy", "version", "partial")
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class Figure:
    """A figure of a corpus; one of which neither way is better has no floor."""

    value: float
    deviation: float | None = None
    better: Better = "higher"

    def __str__(self) -> str:
        value = f"{self.value:,.0f}" if self.value == int(self.value) and self.value > 1 else f"{self.value:.3f}"
        return value if self.deviation is None else f"{value} ± {self.deviation:.3f}"


Figures = dict[str, Figure]


def share(right: int, all_of_them: int) -> Figure:
    """A share, with the deviation that so many trials have."""
    if not all_of_them:
        return Figure(0.0, 0.0)
    found = right / all_of_them
    return Figure(found, math.sqrt(found * (1 - found) / all_of_them))


def count(things: float, *, better: Better = "lower") -> Figure:
    """A number of things, which are faults unless said otherwise."""
    return Figure(float(things), None, better)


def digest(paths: Iterable[Path]) -> str:
    """The SHA-256 of some files, one after another, in hexadecimal."""
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()
