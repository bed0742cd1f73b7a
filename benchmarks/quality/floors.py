"""The floors: what each figure was, on which bytes, and may not be worse than.

They stand in ``floors.json`` beside this file. A figure of which lower is better has a floor too, the most it may be.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .figures import Figures

FLOORS = Path(__file__).parent / "floors.json"
# Floors are kept in thousandths, on the safe side of what was measured.
STEPS = 1000
ROUNDING = 1e-9


@dataclass(frozen=True)
class Floors:
    """The floors of a corpus.

    Attributes
    ----------
    digest : str
        The SHA-256 of the files they were measured on.
    least, most : mapping of figure to number
        What a figure may not fall below, and what it may not rise above.
    """

    digest: str
    least: Mapping[str, float]
    most: Mapping[str, float]

    def fallen(self, figures: Mapping[str, float]) -> list[str]:
        """In words, each figure that is worse than its floor, or was not measured."""
        asked = (*self.least, *self.most)
        found = [f"{name} was not measured" for name in asked if name not in figures]
        for name in asked:
            value = figures.get(name)
            if value is not None and value < self.least.get(name, -math.inf) - ROUNDING:
                found.append(f"{name} is {value:.4f}; its floor is {self.least[name]:g}")
            if value is not None and value > self.most.get(name, math.inf) + ROUNDING:
                found.append(f"{name} is {value:.4f}; it may be {self.most[name]:g} at most")
        return found

    def raised(self, digest: str, figures: Figures) -> Floors:
        """The floors with each that was surpassed raised to what was measured; all anew for other bytes."""
        least, most = (dict(self.least), dict(self.most)) if digest == self.digest else ({}, {})
        for name, figure in figures.items():
            if figure.better == "higher":
                least[name] = max(least.get(name, -math.inf), math.floor(figure.value * STEPS + ROUNDING) / STEPS)
            if figure.better == "lower":
                most[name] = min(most.get(name, math.inf), math.ceil(figure.value * STEPS - ROUNDING) / STEPS)
        return replace(self, digest=digest, least=least, most=most)


NONE = Floors("", {}, {})


def read_floors(path: Path = FLOORS) -> dict[str, Floors]:
    """The floors of each corpus; none, if there is no such file."""
    if not path.exists():
        return {}
    return {name: Floors(**own) for name, own in json.loads(path.read_text(encoding="utf-8")).items()}


def write_floors(floors: Mapping[str, Floors], path: Path = FLOORS) -> None:
    """Write the floors of each corpus."""
    rows = {name: {"digest": own.digest, "least": own.least, "most": own.most} for name, own in sorted(floors.items())}
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def floors() -> dict[str, dict[str, float]]:
    """The floor of each figure of each corpus, those that may only fall among them."""
    return {name: {**own.least, **own.most} for name, own in read_floors().items()}
