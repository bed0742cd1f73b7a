"""The search for thresholds: the best on labelled pairs, and of equally good ones the safest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from storyclust.arrays import Bytes, Flags, Fractions, Integers
from storyclust.model import Level
from storyclust.settings import Settings
from storyclust.tuning.judged import Judged

Grid = tuple[float, ...]

_FRACTIONS = tuple(round(0.025 * step, 3) for step in range(41))

GRIDS: Mapping[str, Grid] = {
    "sentence_words": (*range(12, 40, 2), *range(40, 81, 5)),
    "partial_words": (*range(12, 60, 3), *range(60, 121, 10)),
    "version_share": _FRACTIONS[1:29],
    "copy_share": _FRACTIONS[4:40],
    "alike": _FRACTIONS[:29],
}
"""The values tried of each threshold; the current one is tried with them."""

DECIDES: Mapping[str, Level] = {
    "sentence_words": "partial",
    "partial_words": "partial",
    "version_share": "version",
    "alike": "version",
    "copy_share": "copy",
}
"""At which level a threshold decides: where no pair belongs together at it, the threshold is left alone."""

# Thresholds that can make up for one another are moved together.
BLOCKS = (("copy_share",), ("version_share", "alike"), ("sentence_words", "partial_words"))

SWEEPS = 20
MOST_KEPT = 100_000_000  # bytes
TIE = 1e-9


def grids_around(settings: Settings) -> dict[str, Grid]:
    """The values to try of each threshold, rising, the current one among them."""
    return {name: tuple(sorted({*grid, getattr(settings, name)})) for name, grid in GRIDS.items()}


class Search:
    """Searches the thresholds that do best on labelled pairs of one or several corpora, for any weights of the pairs.

    Never worse than the settings it begins with; `storyclust.tuning.tune` tells how ties are broken.
    """

    def __init__(self, corpora: Sequence[Judged], settings: Settings, grids: Mapping[str, Grid] | None = None) -> None:
        """Search around these settings, over these values or those of `grids_around`."""
        self.corpora = tuple(corpora)
        self.settings = settings
        self._grids = grids_around(settings) if grids is None else dict(grids)
        self._said: dict[object, tuple[Bytes, ...]] = {}

    def fit(self, weights: Sequence[Fractions]) -> dict[str, float]:
        """The thresholds for rows of these weights, one array a corpus."""
        values: dict[str, float] = {name: getattr(self.settings, name) for name in GRIDS}
        rows = list(zip(self.corpora, weights, strict=True))
        free = [name for name, level in DECIDES.items() if any(judged.has(level, own) for judged, own in rows)]
        blocks = [block for block in BLOCKS if set(block) <= set(free)]
        best = float(self._scores(values, (), weights)[0])
        for _ in range(SWEEPS):
            before = best
            for block in blocks:
                scores = self._scores(values, block, weights)
                if scores.max() > best + TIE:
                    best = float(scores.max())
                    values |= self._nearest(block, np.flatnonzero(scores >= best - TIE))
            if best <= before + TIE:
                break
        for name in free:
            equal = self._scores(values, (name,), weights) >= best - TIE
            values[name] = _clear_of_edges(equal, self._grids[name], values[name], getattr(self.settings, name))
        return values

    def _scores(self, values: Mapping[str, float], block: tuple[str, ...], weights: Sequence[Fractions]) -> Fractions:
        """The mean F1 of each combination of a block, the other thresholds having the values given."""
        said = self._relations(values, block)
        # A level that nothing is known of is left out of the mean of its corpus; a corpus without any, altogether.
        rows = zip(self.corpora, said, weights, strict=True)
        return _mean_known(np.column_stack([_mean_known(judged.f1(found, own)) for judged, found, own in rows]))

    def _relations(self, values: Mapping[str, float], block: tuple[str, ...]) -> tuple[Bytes, ...]:
        """What each kind of pair is under each combination of a block; resamples ask for the same ones often."""
        key = block, tuple(value for name, value in sorted(values.items()) if name not in block)
        found = self._said.get(key)
        if found is None:
            tried = self._combinations(block)
            columns = {name: np.array(self._grids[name])[tried[:, [place]]] for place, name in enumerate(block)}
            found = tuple(
                np.broadcast_to(said, (len(tried), said.shape[-1]))
                for said in (judged.relations(self.settings, {**values, **columns}) for judged in self.corpora)
            )
            if sum(said.nbytes for kept in self._said.values() for said in kept) > MOST_KEPT:
                self._said.clear()
            self._said[key] = found
        return found

    def _nearest(self, block: tuple[str, ...], places: Integers) -> dict[str, float]:
        """Of some combinations, that which is the fewest steps away from the current values."""
        current = [self._grids[name].index(getattr(self.settings, name)) for name in block]
        tried = self._combinations(block)[places]
        chosen = tried[np.abs(tried - current).sum(axis=1).argmin()]
        return {name: self._grids[name][place] for name, place in zip(block, chosen.tolist(), strict=True)}

    def _combinations(self, block: tuple[str, ...]) -> Integers:
        """Places in the grids of a block, one row a combination."""
        shape = tuple(len(self._grids[name]) for name in block)
        return np.indices(shape).reshape(len(shape), -1).T if shape else np.empty((1, 0), np.int64)


def _mean_known(table: Fractions) -> Fractions:
    """The mean of each row without what is not known; 0 where nothing is."""
    known = ~np.isnan(table)
    mean: Fractions = np.where(known, table, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return mean


def _clear_of_edges(equal: Flags, grid: Grid, value: float, current: float) -> float:
    """Of the stretch of equally good values around one, that nearest to the current and clear of where F1 falls.

    >>> _clear_of_edges(np.array([False, True, True, True, True, True, False]), (1, 2, 3, 4, 5, 6, 7), 2, 1)
    3
    """
    place = grid.index(value)
    worse = np.flatnonzero(~equal)
    low = int(worse[worse < place].max(initial=-1)) + 1
    high = int(worse[worse > place].min(initial=len(grid))) - 1
    margin = (high - low) // 4
    # Where the values to try end, F1 does not fall.
    low += margin if low > 0 else 0
    high -= margin if high < len(grid) - 1 else 0
    return grid[int(np.clip(grid.index(current), low, high))]
