"""Pairs of contents with their figures, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields

from storyclust.arrays import Flags, Fractions, Integers, Numbers


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of contents and what they share, sorted by longer, then shorter; arrays, one item a pair.

    Attributes
    ----------
    longer, shorter : int32 arrays
        Numbers of contents; the longer has more words of the story, or as many and the larger number.
    shared_shingles : int64 array
    jaccard, containment : float64 arrays, 0-1
        Shared shingles over all, and over those of the content that has fewer.
    passage_share : float64 array, 0-1
        The part of the shorter's story, narrated or quoted, that stands in shared shingles.
    share : float64 array, 0-1
        The part of the shorter's narrated words that does, narrated in both.
    shared_words, quoted_words, other_words : int64 arrays
        Words in shared shingles: narrated in both contents; in quotation marks or a post in one, if not in both; and in
        a caption, a credit or clutter in one.
    longest_run : int64 array
        Words of the longest run.
    other_figures : float64 array, 0-1
        The share of the numerals about the shared text that the other content has not.
    """

    longer: Numbers
    shorter: Numbers
    shared_shingles: Integers
    jaccard: Fractions
    containment: Fractions
    passage_share: Fractions
    share: Fractions
    shared_words: Integers
    quoted_words: Integers
    other_words: Integers
    longest_run: Integers
    other_figures: Fractions

    def __len__(self) -> int:
        """The number of pairs."""
        return len(self.longer)

    def take(self, chosen: Flags) -> Links:
        """The pairs chosen (bool, one a pair), in the same order."""
        return Links(*(getattr(self, field.name)[chosen] for field in fields(self)))
