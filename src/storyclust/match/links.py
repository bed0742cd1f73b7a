"""Pairs of contents with their figures: what counting shingles leaves, and what finding passages adds."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from storyclust.arrays import Flags, Fractions, Integers, Numbers


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs of contents and the shingles they share, sorted by longer, then shorter.

    Attributes
    ----------
    longer, shorter : int32 arrays, one a pair
        Numbers of contents; the longer has more words, or as many and the larger number.
    shared_shingles : int32 array
    jaccard, containment : float64 arrays, 0-1
        Shared shingles over all, and over those of the content that has fewer.
    passage_share : float64 array, 0-1
        The part of the shorter's words that stands in shared shingles.
    """

    longer: Numbers
    shorter: Numbers
    shared_shingles: Numbers
    jaccard: Fractions
    containment: Fractions
    passage_share: Fractions

    def __len__(self) -> int:
        """The number of pairs."""
        return len(self.longer)

    def take(self, chosen: Flags) -> Overlaps:
        """The pairs chosen (bool, one a pair), in the same order."""
        return Overlaps(*(getattr(self, field.name)[chosen] for field in fields(Overlaps)))


@dataclass(frozen=True, slots=True)
class Links(Overlaps):
    """Overlaps with their evidence.

    Attributes
    ----------
    share : float64 array, 0-1
        The part of the shorter's narrated words that is shared.
    shared_words, quoted_words : int64 arrays
        Words in runs: narrated in both contents, and the others.
    longest_run : int64 array
        Words of the longest run.
    other_figures : float64 array, 0-1
        The share of the numerals between the first and the last run that the other content has not.
    runs : int32 array of shape (runs, 4)
        Word of the longer, word of the shorter, words, and how many of them are narrated in both.
    first_run : int64 array, one more than pairs
    """

    share: Fractions
    shared_words: Integers
    quoted_words: Integers
    longest_run: Integers
    other_figures: Fractions
    runs: Numbers
    first_run: Integers

    def take(self, chosen: Flags) -> Links:
        """The pairs chosen (bool, one a pair), in the same order, with their runs."""
        run_counts = np.diff(self.first_run)
        per_pair = [field.name for field in fields(Links) if field.name not in ("runs", "first_run")]
        return Links(
            *(getattr(self, name)[chosen] for name in per_pair),
            runs=self.runs[np.repeat(chosen, run_counts)],
            first_run=np.concatenate(([0], np.cumsum(run_counts[chosen]))),
        )
