"""Documents that are read whole, or a piece at a time: never more of one than memory should hold.

In: a stream. Out: its bytes, or `TooLong`. What a small file unpacks to may be large, and what a broken one goes on for
too, so that every reader of such formats counts what it takes.
"""

from __future__ import annotations

import io

from storyclust.io.streams import STREAM_FAILURES, BrokenInput

# Above any page or item that holds a story, and below what a parser's tree of it makes uncomfortable.
LARGEST = 1 << 24


class TooLong(Exception):  # noqa: N818 - a signal inside this room; users meet the reject made of it
    """A document, or a piece of one, has more bytes than are taken."""

    def __init__(self, most: int = LARGEST) -> None:
        """Tell how many are."""
        super().__init__(f"it has more than {most >> 20} MB, which no story has")


def read_document(stream: io.BufferedReader, *, begun: bytes = b"") -> bytes:
    """The bytes of a stream after those that were read of it.

    Raises
    ------
    TooLong
        If they are more than LARGEST.
    BrokenInput
        If the stream breaks.
    """
    try:
        rest = stream.read(max(0, LARGEST - len(begun)) + 1)
    except STREAM_FAILURES as problem:
        raise BrokenInput(1, problem) from problem
    if len(begun) + len(rest) > LARGEST:
        raise TooLong
    return begun + rest


class Meter:
    """A stream of which no more bytes are taken from one `renew` to the next than it allows, at first LARGEST.

    Raises
    ------
    TooLong
        By `read`, if they are more.
    BrokenInput
        By `read`, if the stream breaks; the line is not known here.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        """Read from a stream, which stays open."""
        self._stream = stream
        self.renew()

    def renew(self, most: int = LARGEST) -> None:
        """Count from here."""
        self._left = most

    def read(self, size: int = -1) -> bytes:
        """Read at most so many bytes; none at the end."""
        try:
            # One read at a time: what came before a break is not lost to it.
            piece = self._stream.read1(min(size, self._left + 1) if size >= 0 else self._left + 1)
        except STREAM_FAILURES as problem:
            raise BrokenInput(1, problem) from problem
        self._left -= len(piece)
        if self._left < 0:
            raise TooLong
        return piece


def last_word(role: object) -> str:
    """A role without the vocabulary it is of, in small letters.

    >>> last_word("irel:evolvedFrom"), last_word("http://cv.iptc.org/newscodes/itemrelation/evolvedFrom")
    ('evolvedfrom', 'evolvedfrom')
    """
    return role.replace(":", "/").rpartition("/")[2].lower() if isinstance(role, str) else ""
