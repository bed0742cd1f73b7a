"""The thresholds of a link, learned from pairs that somebody judged."""

from storyclust.tuning.judged import ALL_FIGURES, Judged
from storyclust.tuning.search import GRIDS, Search, grids_around
from storyclust.tuning.tuning import LOOSE, Estimate, Tuning, cross_validate, tune, tune_judged, with_thresholds

__all__ = [
    "ALL_FIGURES",
    "GRIDS",
    "LOOSE",
    "Estimate",
    "Judged",
    "Search",
    "Tuning",
    "cross_validate",
    "grids_around",
    "tune",
    "tune_judged",
    "with_thresholds",
]
