"""A feed cut into its entries, so that a feed may be of any length, and a bad entry costs that entry alone.

In: a stream of RSS or Atom. Out: what stands before the first entry, then the bytes of each, as they came. Nothing is
parsed: an entry goes from its start tag to its end tag, wherever these are not inside a comment or a CDATA section.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from storyclust.io.news.documents import TooLong
from storyclust.io.streams import STREAM_FAILURES, BrokenInput

# An entry is parsed by Python at some microseconds a byte at worst.
LARGEST_ENTRY = 1 << 20

_MARK = re.compile(rb"<!\[CDATA\[|<!--|<(/?)((?:[\w.-]{1,40}:)?(?:item|entry))(?=[\s/>])")
_LONGEST_MARK = 64
_ENDS = {b"<![CDATA[": b"]]>", b"<!--": b"-->"}
_READ = 1 << 18


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a feed.

    Attributes
    ----------
    line : int
        The one it begins on, from 1.
    content : bytes
        Empty where something is wrong with it.
    fault : str or None
        What that is.
    """

    line: int
    content: bytes
    fault: str | None = None


def cut(stream: io.BufferedReader) -> Iterator[Piece]:
    """Yield what stands before the first entry, and then each entry; memory is bounded.

    >>> feed = io.BytesIO(b"<rss><channel><item>A</item><item><![CDATA[</item>]]></item></channel></rss>")
    >>> [piece.content.decode() for piece in cut(io.BufferedReader(feed))]
    ['<rss><channel>', '<item>A</item>', '<item><![CDATA[</item>]]></item>']
    """
    text = _Held(stream)
    name, is_head = b"", True
    while (mark := text.next_mark()) is not None:
        is_end, tag = bool(mark[1]), mark[2]
        if is_end and tag == name:
            yield text.take(mark.end(), b">")
            name = b""
        elif not is_end:
            # What stands between entries is of no interest; an entry that goes on into the next one has no end.
            before = text.take(mark.start())
            if is_head:
                yield before
            elif name:
                yield Piece(before.line, b"", f"it has no end tag </{name.decode('latin-1')}>")
            name, is_head = tag, False
    rest = text.take()
    if is_head:
        yield rest
    elif name:
        yield Piece(rest.line, b"", f"the file ends before its end tag </{name.decode('latin-1')}>")


class _Held:
    """The bytes that were read and not yet taken."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._text = b""
        self._place = 0  # how far it was searched
        self._line = 1  # where it begins
        self._begun = 1  # where the next piece begins, of which the first bytes may be gone
        self._dropped = False  # whether it was too long to be held

    def next_mark(self) -> re.Match[bytes] | None:
        """The next tag of an entry, or None where there is no more."""
        awaited = b""
        while True:
            if awaited:
                found = self._text.find(awaited, self._place)
                self._place = max(self._place, len(self._text) - len(awaited)) if found < 0 else found + len(awaited)
                awaited = awaited if found < 0 else b""
            mark = None if awaited else _MARK.search(self._text, self._place)
            if mark is not None:
                self._place = mark.end()
                awaited = _ENDS.get(mark[0], b"")
                if not awaited:
                    return mark
            elif not self._read():
                return None

    def _read(self) -> bool:
        try:
            piece = self._stream.read1(_READ)
        except STREAM_FAILURES as problem:
            raise BrokenInput(self._line + self._text.count(b"\n"), problem) from problem
        self._place = max(self._place, len(self._text) - _LONGEST_MARK)
        if len(self._text) > LARGEST_ENTRY + _LONGEST_MARK:
            self._dropped = True
            self._drop(self._place)
        self._text += piece
        return bool(piece)

    def take(self, stop: int | None = None, end: bytes = b"") -> Piece:
        """What is held up to a place, and what ends it."""
        stop = len(self._text) if stop is None else stop
        if self._dropped or stop > LARGEST_ENTRY:
            piece = Piece(self._begun, b"", str(TooLong(LARGEST_ENTRY)))
        else:
            piece = Piece(self._begun, self._text[:stop] + end)
        self._dropped = False
        self._drop(stop)
        self._begun = self._line
        return piece

    def _drop(self, stop: int) -> None:
        self._line += self._text.count(b"\n", 0, stop)
        self._text = self._text[stop:]
        self._place = max(0, self._place - stop)
