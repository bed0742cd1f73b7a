"""Documents that are read whole, or an element at a time: never more of one than memory should hold.

In: a stream. Out: its bytes, or `TooLong`. What a small file unpacks to may be large, and what a broken one goes on for
too, so that every reader of such formats counts what it takes.
"""

from __future__ import annotations

import io

from storyclust.io.streams import STREAM_FAILURES, BrokenInput

# Above any page or item that holds a story, and below what a parser's tree of it makes uncomfortable.
LARGEST = 1 << 24


class TooLong(Exception):  # noqa: N818 - a signal inside this room; users meet the reject made of it
    """A document, or an element of one, has more bytes than are taken."""

    def __str__(self) -> str:
        return f"it has more than {LARGEST >> 20} MB, which no story has"


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
