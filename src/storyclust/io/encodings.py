"""Text is read as UTF-8; what is not is told with how to make it so."""

from __future__ import annotations

import io

from storyclust.errors import DataError
from storyclust.io.streams import STREAM_FAILURES, BrokenInput

# What a file in UTF-16 begins with, whichever of two bytes comes first.
_UTF16_MARKS = b"\xff\xfe", b"\xfe\xff"


def not_utf8(problem: UnicodeDecodeError, within: str = " of the line") -> str:
    """Say which byte is not UTF-8, counted from 1, and what to do.

    >>> not_utf8(UnicodeDecodeError("utf-8", b"caf\\xe9", 3, 4, ""))
    'not UTF-8: byte 0xe9 at byte 4 of the line; expected text encoded as UTF-8, ... (iconv -f LATIN1 -t UTF-8)'
    """
    byte = problem.object[problem.start]
    encoding, option = ("UTF-16", "UTF-16") if problem.object.startswith(_UTF16_MARKS) else ("Latin-1", "LATIN1")
    return (
        f"not UTF-8: byte 0x{byte:02x} at byte {problem.start + 1}{within}; expected text encoded as UTF-8, to which a "
        f"file in {encoding} is converted first (iconv -f {option} -t UTF-8)"
    )


def refuse_utf16(stream: io.BufferedReader, file: str) -> None:
    """Raise DataError for a stream that says it is UTF-16: every line of it would be told to be wrong."""
    try:
        head = stream.peek(2)
    except STREAM_FAILURES as problem:
        raise BrokenInput(1, problem) from problem
    if head.startswith(_UTF16_MARKS):
        raise DataError(
            f"cannot read {file}: it is encoded as UTF-16; expected UTF-8. Convert it, for instance with: "
            f"iconv -f UTF-16 -t UTF-8 {file} > utf8-{file.rpartition('/')[2]}"
        )
