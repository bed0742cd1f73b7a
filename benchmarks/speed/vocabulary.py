"""An invented language: pronounceable words in Zipf's proportions, so that no real text has to be shipped or fetched.

Running text is an int32 array of codes. A code names a word and the form it takes (plain, capital, before a comma, at
the end of a sentence, in quotation marks...), so that edits are array operations and rendering is one table look-up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]

BACKGROUND, TOPICAL, NAMES, NUMERALS = 30_000, 15_000, 5_000, 2_000
WORDS = BACKGROUND + TOPICAL + NAMES + NUMERALS
TABLE_SIZE = 1 << 20

# A code is form + word. From STOP on a form ends a sentence, from PARAGRAPH on a paragraph too.
PLAIN, CAPITAL, COMMA, OPEN_QUOTE, STOP, CLOSE_QUOTE, PARAGRAPH, CLOSE_QUOTE_PARAGRAPH = range(0, 8 * WORDS, WORDS)

_ONSETS = (*"bcdfghjklmnprstvwzbdfglmnprstv", "br", "ch", "cl", "dr", "gr", "pl", "sh", "st", "th", "tr")
_NUCLEI = (*"aeiouaeioaeioae", "ai", "ea", "ou")
_CODAS = ("", "", "", "", "", "", "", "", "", *"nrstlmd", "nd", "st")


@dataclass(frozen=True)
class Vocabulary:
    """The words of one seed.

    Attributes:
        words: every word, in the order background (by falling frequency), topical, names, numerals.
        forms: object array, `forms[form + word]` is the word as printed in that form; all plain words lie together,
            which keeps most look-ups in the processor's cache.
        draw: int32 array of `TABLE_SIZE` background words; a uniform index into it is a draw by Zipf's law.
    """

    words: list[str]
    forms: NDArray[np.object_]
    draw: NDArray[np.int32]

    def render(self, codes: Codes) -> str:
        """Print `codes` as text: sentences, and a blank line between paragraphs."""
        return " ".join(self.forms[codes].tolist()).replace("\n\n ", "\n\n").rstrip()


def sentence_ends(codes: Codes) -> NDArray[np.int64]:
    """The places of the words that end a sentence."""
    return np.flatnonzero(codes >= STOP)


def paragraph_ends(codes: Codes) -> NDArray[np.int64]:
    """The places of the words that end a paragraph."""
    return np.flatnonzero(codes >= PARAGRAPH)


@lru_cache(maxsize=2)
def vocabulary(seed: int) -> Vocabulary:
    """Build the vocabulary of `seed`: about half a second."""
    rng = np.random.default_rng([seed, 0])
    words = _words(rng, BACKGROUND + TOPICAL)
    names = [word.capitalize() for word in _words(rng, NAMES)]
    words = words + names + [f"{number:,}" for number in rng.integers(2, 40_000, NUMERALS).tolist()]
    capitals = [word[0].upper() + word[1:] for word in words]
    columns = [
        words,
        capitals,
        [word + "," for word in words],
        ["“" + word for word in capitals],
        *([word + mark for word in words] for mark in (".", ".”", ".\n\n", ".”\n\n")),
    ]
    forms = np.array([word for column in columns for word in column], dtype=object)
    weights = 1 / (np.arange(BACKGROUND) + 2.7)  # Mandelbrot's offset: the first word is 4 % of running text, not 10 %
    edges = np.cumsum(weights / weights.sum())
    points = (np.arange(TABLE_SIZE) + 0.5) / TABLE_SIZE
    return Vocabulary(words=words, forms=forms, draw=np.searchsorted(edges, points).astype(np.int32))


def _words(rng: np.random.Generator, count: int) -> list[str]:
    """Distinct pseudo-words, the first (the most frequent) short, the later ones of two or three syllables."""
    made: dict[str, None] = {}
    while len(made) < count:
        most = 1 if len(made) < 300 else 2 if len(made) < 8_000 else 3
        syllables = int(rng.integers(min(2, most), most + 1))
        picks = rng.random((syllables, 3)).tolist()
        made["".join(_pick(_ONSETS, a) + _pick(_NUCLEI, b) + _pick(_CODAS, c) for a, b, c in picks)] = None
    return list(made)


def _pick(choices: Sequence[str], at: float) -> str:
    return choices[int(at * len(choices))]
