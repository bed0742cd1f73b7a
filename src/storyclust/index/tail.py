"""The entries that are not in their pages yet, in memory: a few sorted runs, however many additions they came from.

In: the entries of one addition after another. Out: the entries of a stretch of places, and the units at some of them.

Two neighbouring runs become one when the older is not twice as long as the newer, so that there are few runs and each
entry is copied a few times only; but no run becomes so long that much of it is at rest before it is dropped as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Words32
from storyclust.index import postings_kernels as kernels

NOTHING = np.empty(0, np.int64), np.empty(0, np.uint32)


@dataclass(frozen=True, slots=True)
class Run:
    """Entries of neighbouring rows of the tail.

    Attributes
    ----------
    places : int64 array, one an entry
    units : uint32 array, one an entry
        In the order of place and then unit, each entry once.
    removed : uint32 array
        The units, rising, that these rows remove. Their entries, here and wherever they stand, are void.
    last : int
        The number of the newest row.
    """

    places: Integers
    units: Words32
    removed: Words32
    last: int

    def __len__(self) -> int:
        """The number of entries."""
        return len(self.places)

    def followed_by(self, newer: Run) -> Run:
        """Both as one."""
        places, units = kernels.merge(self.places, self.units, newer.places, newer.units)
        return Run(places, units, _rising(self.removed, newer.removed), newer.last)


@dataclass(slots=True)
class Tail:
    """The runs, oldest first, the units that any of them removes, rising, and marks of the places that may be there.

    Most keys asked for stand in no run; the marks spare them the search in each.
    """

    runs: list[Run] = field(default_factory=list)
    removed: Words32 = field(default_factory=lambda: np.empty(0, np.uint32))
    marks: Bytes = field(default_factory=lambda: np.zeros(kernels.MARKS, np.uint8))

    def __len__(self) -> int:
        """The number of entries in memory; those at rest in a page too are among them for a while."""
        return sum(map(len, self.runs))

    def append(self, run: Run, longest: int) -> None:
        """Take the entries of newer rows; no run becomes longer than the longest by joining."""
        self.removed = _rising(self.removed, run.removed)
        kernels.mark(run.places, self.marks)
        while self.runs and len(self.runs[-1]) < 2 * len(run) and len(self.runs[-1]) + len(run) <= longest:
            run = self.runs.pop().followed_by(run)
        self.runs.append(run)

    def drop_before(self, oldest: int) -> None:
        """Forget the runs whose rows are all older than this one.

        A unit stays removed as long as a run that may hold entries of it: these are older than its removal.
        """
        stay = [run for run in self.runs if run.last >= oldest]
        if len(stay) < len(self.runs):
            self.runs = stay
            self.removed = _rising(*(run.removed for run in stay))
            self.marks[:] = 0
            for run in stay:
                kernels.mark(run.places, self.marks)

    def between(self, start: int, last: int) -> tuple[Integers, Words32]:
        """The places from start to last, and their units, in order, those of removed units among them."""
        slices = [kernels.between(run.places, run.units, start, last) for run in self.runs]
        places = np.concatenate([NOTHING[0], *(places for places, _ in slices)])
        units = np.concatenate([NOTHING[1], *(units for _, units in slices)])
        return in_order(places, units)

    def bearers(self, wanted: Integers) -> list[Integers]:
        """The units at the places wanted, rising places, as `bearers_in_entries` gives them, for each run."""
        numbers = kernels.marked(wanted, self.marks)
        wanted = wanted[numbers]
        return [kernels.bearers_in_entries(run.places, run.units, wanted, numbers) for run in self.runs]

    def stays(self, units: Integers | Words32) -> Flags:
        """Whether each unit is not removed."""
        if not len(self.removed):
            return np.ones(len(units), np.bool_)
        at = np.minimum(self.removed.searchsorted(units), len(self.removed) - 1)
        stays: Flags = self.removed[at] != units
        return stays


def in_order(places: Integers, units: Words32) -> tuple[Integers, Words32]:
    """Entries in the order of place and then unit, each once."""
    order = np.lexsort((units, places))
    places, units = places[order], units[order]
    new = is_new(places) | is_new(units)
    return places[new], units[new]


def is_new(numbers: Integers | Words32 | Hashes) -> Flags:
    """Whether each of some numbers is another one than that before it."""
    new = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=new[1:])
    return new


def _rising(*removed: Words32) -> Words32:
    """The units of all, rising, each once."""
    some = [units for units in removed if len(units)]
    return np.unique(np.concatenate(some)) if len(some) > 1 else some[0] if some else NOTHING[1]
