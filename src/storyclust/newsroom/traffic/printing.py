"""Pages of scheduled stories, a batch at a time: pieces written, pages made of them, codes printed.

In: rows. Out: their headlines and texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from storyclust.arrays import Integers, Numbers
from storyclust.newsroom.traffic.lexicon import Language
from storyclust.newsroom.traffic.pages_kernels import LONGEST_PAGE, write_pages
from storyclust.newsroom.traffic.pieces_kernels import LONGEST_PIECE, write_pieces
from storyclust.newsroom.traffic.printing_kernels import LONGEST_PRINT, print_codes
from storyclust.newsroom.traffic.schedule_kernels import MOST_ITEMS, OUTLET_NUMBER, list_pieces

ROWS_A_BATCH = 128
PAGES_AT_LEAST = 16  # that find room in the codes of a batch, should all of them be longest


def print_pages(seed: int, rows: Integers, language: Language) -> Iterator[tuple[str, str]]:
    """The headline and the text of every row, in order."""
    codes = np.empty(PAGES_AT_LEAST * LONGEST_PAGE, np.int32)
    while len(rows):
        batch = rows[:ROWS_A_BATCH]
        stops = _write(seed, batch, language, codes)
        yield from _print(codes, stops, batch, language)
        rows = rows[len(stops) // 2 :]


def _write(seed: int, rows: Integers, language: Language, codes: Numbers) -> Integers:
    """Write page and headline of as many rows as find room; where each ends."""
    drawn = np.empty(len(rows) * MOST_ITEMS, np.int64)
    drawn_stops = np.empty(len(rows), np.int64)
    keys = drawn[: list_pieces(np.uint64(seed), rows, drawn, drawn_stops)]
    keys, drawn = np.unique(keys, return_inverse=True)
    pieces = np.empty(len(keys) * LONGEST_PIECE, np.int32)
    piece_stops = np.empty(len(keys), np.int64)
    write_pieces(np.uint64(seed), keys, language.draw, pieces, piece_stops)
    stops = np.empty(2 * len(rows), np.int64)
    written = write_pages(np.uint64(seed), rows, pieces, piece_stops, drawn, drawn_stops, language.draw, codes, stops)
    return stops[: 2 * written]


def _print(codes: Numbers, stops: Integers, rows: Integers, language: Language) -> Iterator[tuple[str, str]]:
    """Pages and headlines as text."""
    styles = np.repeat(rows[: len(stops) // 2, OUTLET_NUMBER], 2)
    printed = np.empty((stops[-1] + 1) * LONGEST_PRINT, np.uint8)
    ends = np.empty(len(stops), np.int64)
    spelling = language.letters, language.starts, language.opening, language.closing
    print_codes(codes, stops, styles, *spelling, printed, ends)
    whole = printed[: ends[-1]].tobytes()
    pieces = (whole[start:stop].decode() for start, stop in pairwise([0, *ends.tolist()]))
    for text, headline in zip(pieces, pieces, strict=True):
        yield headline, text
