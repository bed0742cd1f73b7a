"""Pairs of contents with their figures and passages, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from storyclust.arrays import Bytes, Flags, Fractions, Integers, Numbers
from storyclust.match.passages import Passages
from storyclust.model import Relation

# The relations, each stronger than the one before, and what they are called.
NOT_LINKED, PARTIAL, VERSION, COPY = range(4)
RELATIONS: tuple[Relation | None, ...] = (None, "partial", "version", "copy")


@dataclass(frozen=True, slots=True)
class Edges:
    """What clustering asks of links: arrays, one item a pair, as of `Links`."""

    longer: Numbers
    shorter: Numbers
    share: Fractions
    shared_words: Integers
    relation: Bytes

    def __len__(self) -> int:
        """The number of pairs."""
        return len(self.longer)

    def take(self, chosen: Flags) -> Edges:
        """The pairs chosen (bool, one a pair), in the same order."""
        return Edges(*(getattr(self, field.name)[chosen] for field in fields(self)))


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
        The part of the shorter's story, narrated or quoted, that stands in passages; stock passages apart.
    share : float64 array, 0-1
        The part of the shorter's narrated words that does, narrated in both.
    longer_share, lead : float64 arrays, 0-1
        The same part of the longer's narrated words, and the part of these that comes before the first passage.
    shorter_told : int64 array
        Words that the shorter tells, stock passages among them.
    shared_words, quoted_words, stock_words, other_words : int64 arrays
        Words in passages: narrated in both contents; in quotation marks or a post in one, if not in both; of a stock
        passage in one; and in a caption, a credit or clutter in one.
    longest_run, longest_narrated : int64 arrays
        The most words that passages share without an edit, and the most narrated words of one passage.
    kept_figures, changed_figures : int64 arrays
        Numerals in passages, and those of both contents, between passages, in whose places the other has something
        else.
    table_figures, missing_figures : int64 arrays
        The distinct figures of the shorter, 0 where it is no table, and those of them that the longer lacks.
    likeness : float64 array, 0-1
        The cosine of the narrated words of the two, weighed by rarity.
    relation : uint8 array
        NOT_LINKED, PARTIAL, VERSION or COPY.
    passages : Passages
        Those of every pair.
    """

    longer: Numbers
    shorter: Numbers
    shared_shingles: Integers
    jaccard: Fractions
    containment: Fractions
    passage_share: Fractions
    share: Fractions
    longer_share: Fractions
    lead: Fractions
    shorter_told: Integers
    shared_words: Integers
    quoted_words: Integers
    stock_words: Integers
    other_words: Integers
    longest_run: Integers
    longest_narrated: Integers
    kept_figures: Integers
    changed_figures: Integers
    table_figures: Integers
    missing_figures: Integers
    likeness: Fractions
    relation: Bytes
    passages: Passages

    def __len__(self) -> int:
        """The number of pairs."""
        return len(self.longer)

    def take(self, chosen: Flags) -> Links:
        """The pairs chosen (bool, one a pair), in the same order."""
        figures = {field.name: getattr(self, field.name) for field in fields(self)}
        taken = {name: values[chosen] for name, values in figures.items() if isinstance(values, np.ndarray)}
        return replace(self, **taken, passages=self.passages.take(chosen))

    @property
    def edges(self) -> Edges:
        """The same pairs without their figures and passages."""
        return Edges(*(getattr(self, field.name) for field in fields(Edges)))

    @property
    def passage_words(self) -> Integers:
        """Words in passages, of whatever kind."""
        words: Integers = self.shared_words + self.quoted_words + self.stock_words + self.other_words
        return words

    def one(self, pair: int) -> Links:
        """One pair alone."""
        return self.take(np.arange(len(self)) == pair)

    def at_least(self, relation: int) -> Links:
        """The pairs of this relation or a stronger one."""
        return self.take(self.relation >= relation)
