"""From texts to words, marks and lines: one pass over the bytes of a batch, as flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Numbers, Words32
from storyclust.text.characters import character_table
from storyclust.text.words_kernels import MOST_WORDS, split_words


@dataclass(frozen=True, slots=True)
class SplitTexts:
    """The words of several texts, one after another, and how the texts are laid out.

    Attributes
    ----------
    hashes : uint64 array, starts, stops : uint32 arrays, figures : uint8 array; one a word
    first_word : int64 array, one more than texts
        Text ``i`` has the words ``first_word[i]`` to ``first_word[i + 1]`` (exclusive).
    marks : int32 array of shape (marks or more, 5), first_mark : int64 array
        Where quotation marks and at signs stand, as `words_kernels.split_words` leaves them.
    lines : int32 array of shape (lines or more, 3), line_bytes and first_line : int64 arrays
        Where lines end and how, and at which byte, likewise.
    data : uint8 array, bounds : int64 array, one more than texts
        The texts as UTF-8, and where each begins.
    """

    hashes: Hashes
    starts: Words32
    stops: Words32
    figures: Bytes
    first_word: Integers
    marks: Numbers
    first_mark: Integers
    lines: Numbers
    line_bytes: Integers
    first_line: Integers
    data: Bytes
    bounds: Integers


def split(texts: Sequence[str]) -> SplitTexts:
    """Split texts into words. Any string will do; lone surrogates separate words."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    bounds = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(piece) for piece in encoded], out=bounds[1:])
    data = np.frombuffer(b"".join(encoded), np.uint8)

    # A word and its separator take two bytes at least, but for the few characters that stand for several words.
    found, room = None, len(data) // 2 + len(bounds) + MOST_WORDS
    while found is None:
        found, room = _split(data, bounds, room), 4 * room
    return found


def _split(data: Bytes, bounds: Integers, room: int) -> SplitTexts | None:
    """Split, if the words have room; memory never touched costs nothing."""
    hashes, starts, stops = np.empty(room, np.uint64), np.empty(room, np.uint32), np.empty(room, np.uint32)
    figures = np.empty(room, np.uint8)
    marks, lines = np.empty((len(data) + 1, 5), np.int32), np.empty((room, 3), np.int32)
    line_bytes = np.empty(room, np.int64)
    first_word, first_mark, first_line = np.empty_like(bounds), np.empty_like(bounds), np.empty_like(bounds)
    words = hashes, starts, stops, figures, first_word
    if not split_words(data, bounds, character_table(), *words, marks, first_mark, lines, line_bytes, first_line):
        return None
    count = first_word[-1]
    return SplitTexts(
        hashes=hashes[:count].copy(),
        starts=starts[:count].copy(),
        stops=stops[:count].copy(),
        figures=figures[:count].copy(),
        first_word=first_word,
        marks=marks,
        first_mark=first_mark,
        lines=lines,
        line_bytes=line_bytes,
        first_line=first_line,
        data=data,
        bounds=bounds,
    )
