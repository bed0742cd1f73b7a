"""A hash for each line of a page, mixed with that of its source.

In: word hashes, where lines stop, and a seed a text. Out: a key a line.
"""

from __future__ import annotations

from storyclust.arrays import Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import polynomial
from storyclust.text.words_kernels import mix64


@kernel
def hash_lines(
    hashes: Hashes,
    first_word: Integers,
    line_stops: Numbers,
    first_line: Integers,
    seeds: Hashes,
    keys: Hashes,
    stops: Numbers,
) -> None:
    """Fill `keys` (uint64) and `stops` (int32, counted from the text's first word), an item a line."""
    for text in range(len(first_word) - 1):
        start = first_word[text]
        for line in range(first_line[text], first_line[text + 1]):
            stop = line_stops[line]
            keys[line] = mix64(polynomial(hashes, start, stop - start) ^ seeds[text])
            stops[line] = stop - first_word[text]
            start = stop
