"""The words of an invented language, in Zipf's proportions, and the names of its agencies and outlets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from storyclust.arrays import Bytes, Integers, Numbers
from storyclust.newsroom.traffic.printing_kernels import LONGEST_WORD, MARK_BYTES
from storyclust.newsroom.traffic.prose_kernels import (
    BACKGROUND,
    DRAWS,
    FIRST_NAME,
    FIRST_NUMERAL,
    NUMERALS,
)
from storyclust.newsroom.traffic.random_kernels import NAME, fill_fractions
from storyclust.newsroom.traffic.schedule_kernels import AGENCIES, OUTLETS

ONSETS = (*"bcdfghjklmnprstvwzbdfglmnprstv", "br", "ch", "cl", "dr", "gr", "pl", "sh", "st", "th", "tr")
NUCLEI = (*"aeiouaeioaeioae", "ai", "ea", "ou")
CODAS = ("", "", "", "", "", "", "", "", "", *"nrstlmd", "nd", "st")
MOST_SYLLABLES = 3
SHORT_WORDS, MIDDLING_WORDS = 300, 8_000  # the most frequent words are short
MANDELBROT = 2.7  # his offset: the first word is 4 % of running text, not 10 %
LARGEST_NUMERAL = 40_000
AGENCY_KINDS, OUTLET_KINDS = ("Wire", "Press Agency"), ("Post", "Courier", "Observer", "Today", "Ledger", "Tidings")
OPENING, CLOSING = '“"«', '”"»'


@dataclass(frozen=True, slots=True)
class Language:
    """A lexicon as the kernels read it, and the names of sources.

    Attributes
    ----------
    letters, starts : arrays
        Word w is ``letters[starts[w]:starts[w + 1]]``, in UTF-8; zeros follow the last.
    opening, closing : arrays of uint8
        Quotation marks by house style, ``MARK_BYTES`` each.
    draw : array of int32
        Words of running text; one drawn evenly from it is one drawn by Zipf's law.
    sources : tuple of str
        Outlets, then agencies, by their numbers in the schedule.
    """

    letters: Bytes
    starts: Integers
    opening: Bytes
    closing: Bytes
    draw: Numbers
    sources: tuple[str, ...]


def invent(seed: int) -> Language:
    """The language of a seed."""
    words = _words(seed)
    letters = [word.encode() for word in words]
    weights = 1 / (np.arange(BACKGROUND) + MANDELBROT)
    points = (np.arange(DRAWS) + 0.5) / DRAWS
    return Language(
        letters=np.frombuffer(b"".join([*letters, bytes(LONGEST_WORD)]), np.uint8),
        starts=np.concatenate(([0], np.cumsum([len(word) for word in letters], dtype=np.int64))),
        opening=_marks(OPENING),
        closing=_marks(CLOSING),
        draw=np.searchsorted(np.cumsum(weights / weights.sum())[:-1], points).astype(np.int32),
        sources=_sources(words[FIRST_NAME : FIRST_NAME + OUTLETS + AGENCIES]),
    )


def _words(seed: int) -> list[str]:
    """Distinct words: running text and topics, names with a capital, then numerals."""
    fractions = np.empty(2 * MOST_SYLLABLES * FIRST_NUMERAL)  # twice what is needed: some words come up again
    fill_fractions(np.uint64(seed), NAME, 0, fractions)
    syllables = ["".join(parts) for parts in product(ONSETS, NUCLEI, CODAS)]
    drawn = iter([syllables[place] for place in (fractions * len(syllables)).astype(int).tolist()])
    made: dict[str, None] = {}
    while len(made) < SHORT_WORDS:
        made[next(drawn)] = None
    while len(made) < MIDDLING_WORDS:
        made[next(drawn) + next(drawn)] = None
    while len(made) < FIRST_NAME:
        made[next(drawn) + next(drawn) + next(drawn)] = None
    while len(made) < FIRST_NUMERAL:
        made[(next(drawn) + next(drawn) + next(drawn)).capitalize()] = None
    return [*made, *(f"{2 + int(lot * LARGEST_NUMERAL):,}" for lot in fractions[:NUMERALS])]


def _sources(names: list[str]) -> tuple[str, ...]:
    kinds = [OUTLET_KINDS] * OUTLETS + [AGENCY_KINDS] * AGENCIES
    return tuple(
        f"{name} {kind[number % len(kind)]}" for number, (name, kind) in enumerate(zip(names, kinds, strict=True))
    )


def _marks(marks: str) -> Bytes:
    return np.frombuffer(b"".join(mark.encode().ljust(MARK_BYTES, b"\0") for mark in marks), np.uint8)
