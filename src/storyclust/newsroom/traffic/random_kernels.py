"""Random numbers that belong to a thing: a stream for every event, piece, topic, outlet and page, named by its number.

A stream is a number that is stepped on and mixed (splitmix64). Streams are values: a part of a thing gets one of its
own, and the same seed gives the same numbers in any order of asking, with nothing kept.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Fractions
from storyclust.compile import kernel
from storyclust.text.words_kernels import mix64

STEP = np.uint64(0x9E3779B97F4A7C15)
KIND_FACTOR = np.uint64(0xD1342543DE82EF95)
NUMBER_FACTOR = np.uint64(0xF1357AEA2E62A9C5)
TO_FRACTION, FRACTION_SHIFT = 2.0**-53, np.uint64(11)

# What streams belong to. Numba compiles a function anew for every literal it is called with; these are none.
EVENT, PUBLISHING, PIECE, TOPIC, HAPPENING, QUOTATION = (np.int64(kind) for kind in range(1, 7))
CAPTION, HEADLINE, TEMPLATE, OUTLET, PAGE, NAME = (np.int64(kind) for kind in range(7, 13))


@kernel
def stream_of(seed: np.uint64, kind: np.int64, number: int) -> np.uint64:
    """The beginning of a thing's stream."""
    return mix64(mix64(seed + np.uint64(kind) * KIND_FACTOR) + np.uint64(number) * NUMBER_FACTOR)


@kernel
def fraction(stream: np.uint64) -> float:
    """The number in [0, 1) at a stream's place."""
    return float(mix64(stream) >> FRACTION_SHIFT) * TO_FRACTION


@kernel
def fraction_at(stream: np.uint64, number: int) -> float:
    """The number in [0, 1) so many steps on."""
    return fraction(stream + np.uint64(number) * STEP)


@kernel
def fill_fractions(seed: np.uint64, kind: np.int64, number: int, fractions: Fractions) -> None:
    """Fill an array with the numbers of a thing's stream."""
    stream = stream_of(seed, kind, number)
    for place in range(len(fractions)):
        stream += STEP
        fractions[place] = fraction(stream)
