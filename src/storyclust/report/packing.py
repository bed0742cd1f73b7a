"""Texts and comparisons, small: JSON in gzip chunks that the page unpacks when they are asked for.

In: families and their pairs compared. Out: chunks in base64, of families that stand beside each other in the list,
whose like texts shrink together. The texts of the families ranked last are left out where all would take too much.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field
from itertools import chain
from typing import Any, get_args

import numpy as np

from storyclust.match.stretches import Stretch
from storyclust.model import PassageKind, Story
from storyclust.report.evidence import Compared

# What is unpacked at a time: some hundred stories, in a twentieth of a second.
CHUNK_CHARACTERS = 500_000
ROW_CHARACTERS = 300  # about what a pair takes beside its texts
KINDS = get_args(PassageKind)
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def pack(value: Any) -> str:
    """A value as JSON, compressed, in base64: equal values give equal text.

    >>> pack([1]) == pack([1])
    True
    """
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Half of a character has no bytes in UTF-8; escaped it comes through whole.
    whole = _LONE_SURROGATES.sub(lambda half: f"\\u{ord(half[0]):04x}", written)
    return base64.b64encode(gzip.compress(whole.encode(), 6, mtime=0)).decode()


def utf16_places(text: str, places: Sequence[int]) -> list[int]:
    """Offsets in code points as offsets in the units that a browser counts in.

    >>> utf16_places("a\U0001d49cb", [0, 1, 2, 3])
    [0, 1, 3, 4]
    """
    if text.isascii() or len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):
        return list(places)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    units = np.concatenate(([0], np.cumsum(1 + (codes > 0xFFFF))))
    found: list[int] = units[np.array(places, np.int64)].tolist()
    return found


def pair_row(
    compared: Compared, member: Story, canonical: Story, places: tuple[int, int], *, passages: bool
) -> list[Any]:
    """A pair compared, member first: what the page reads of it, the passages with offsets in its own units."""
    link = compared.link
    return [
        *places,
        link.relation,
        link.shared_words,
        round(link.share, 4),
        link.quoted_words,
        round(link.passage_share, 4),
        round(link.likeness, 4),
        link.reason,
        None if link.origin is None else int(link.origin == canonical.id),
        link.origin_sign,
        packed_passages(compared, member, canonical) if passages else [],
    ]


def packed_passages(compared: Compared, member: Story, canonical: Story) -> list[list[Any]]:
    """The passages in the order of the member, each followed by its stretches, where it is not all of one kind.

    A passage and a stretch are six numbers: from where to where in the member and in the canonical, words, kind.
    """
    link = compared.link
    swapped = link.id_a != member.id
    every = [[Stretch(*astuple(passage)), *own] for passage, own in zip(link.passages, compared.stretches, strict=True)]
    marks = [mark for own in every for mark in own]
    a, b = [(mark.a_start, mark.a_stop) for mark in marks], [(mark.b_start, mark.b_stop) for mark in marks]
    texts = (member.text, b if swapped else a), (canonical.text, a if swapped else b)
    own, other = (utf16_places(text, [place for span in spans for place in span]) for text, spans in texts)
    rows = iter(
        [*own[2 * n : 2 * n + 2], *other[2 * n : 2 * n + 2], mark.words, KINDS.index(mark.kind)]
        for n, mark in enumerate(marks)
    )
    packed = ([next(rows) for _ in own] for own in every)
    return sorted(first if rest == [first] else [*first, list(chain(*rest))] for first, *rest in packed)


@dataclass(slots=True)
class Packer:
    """Takes families in the order of the list, and packs them.

    Attributes
    ----------
    limit : int
        How many bytes the packed texts may take; a chunk that goes beyond it is the last one with texts.
    chunks : list of str
    chunk_of, with_texts : lists, one item a family
        Where it is packed, and whether its texts are.
    size : int
        Bytes of all chunks with texts.
    """

    limit: int
    chunks: list[str] = field(default_factory=list)
    chunk_of: list[int] = field(default_factory=list)
    with_texts: list[bool] = field(default_factory=list)
    size: int = 0
    _texts: list[tuple[int, str]] = field(default_factory=list)
    _pairs: list[list[Any]] = field(default_factory=list)
    _characters: int = 0

    @property
    def takes_texts(self) -> bool:
        """Whether the texts of the next family are to be packed."""
        return self.size < self.limit

    def add(self, texts: Iterable[tuple[int, str]], pairs: Iterable[list[Any]]) -> None:
        """One family: its texts by their places in the list, if it is to have them, and its pairs."""
        own, rows = list(texts) if self.takes_texts else [], list(pairs)
        self._texts += own
        self._pairs += rows
        self.chunk_of.append(len(self.chunks))
        self.with_texts.append(bool(own))
        self._characters += sum(len(text) for _, text in own) + ROW_CHARACTERS * len(rows)
        if self._characters >= CHUNK_CHARACTERS:
            self.close()

    def close(self) -> None:
        """End the present chunk, if it has begun."""
        if self._texts or self._pairs:
            self.chunks.append(pack({"texts": self._texts, "pairs": self._pairs}))
            self.size += len(self.chunks[-1]) if self._texts else 0
            self._texts, self._pairs, self._characters = [], [], 0
