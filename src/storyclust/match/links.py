"""Pairs of contents with their figures: what verifying leaves, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Fractions = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of contents with their figures, sorted by longer, then shorter.

    Attributes
    ----------
    longer, shorter : int32 arrays, one a pair
        Numbers of contents; the longer has more words, or as many and the larger number.
    shared_shingles : int32 array
    jaccard, containment : float64 arrays, 0-1
        Shared shingles over all, and over those of the content that has fewer.
    share, passage_share : float64 arrays, 0-1
        The part of the shorter's narrated words, and of all its words, that stands in runs.
    shared_words, quoted_words : int64 arrays
        Words in runs: narrated in both contents, and the others.
    longest_run : int64 array
        Words of the longest run.
    other_figures : float64 array, 0-1
        The share of the numerals between the first and the last run that the other content has not.
    runs : int32 array of shape (runs, 4)
        Word of the longer, word of the shorter, words, and how many of them are narrated in both.
    first_run : int64 array, one more than pairs
    compared : int
        How many pairs were looked at whole, these included.
    """

    longer: Numbers
    shorter: Numbers
    shared_shingles: Numbers
    jaccard: Fractions
    containment: Fractions
    share: Fractions
    passage_share: Fractions
    shared_words: npt.NDArray[np.int64]
    quoted_words: npt.NDArray[np.int64]
    longest_run: npt.NDArray[np.int64]
    other_figures: Fractions
    runs: Numbers
    first_run: npt.NDArray[np.int64]
    compared: int

    def __len__(self) -> int:
        """The number of pairs."""
        return len(self.longer)

    def take(self, chosen: npt.NDArray[np.bool_]) -> Links:
        """The pairs chosen (bool, one a pair), in the same order."""
        run_counts = np.diff(self.first_run)
        return Links(
            self.longer[chosen],
            self.shorter[chosen],
            self.shared_shingles[chosen],
            self.jaccard[chosen],
            self.containment[chosen],
            self.share[chosen],
            self.passage_share[chosen],
            self.shared_words[chosen],
            self.quoted_words[chosen],
            self.longest_run[chosen],
            self.other_figures[chosen],
            self.runs[np.repeat(chosen, run_counts)],
            np.concatenate(([0], np.cumsum(run_counts[chosen]))),
            self.compared,
        )
