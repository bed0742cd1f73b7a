"""Bytes in: plain files, gzip files and standard input as one kind of buffered stream.

In: a path. Out: an ``io.BufferedReader`` that stands after any byte order mark. Bytes that are
whole lines before a break in a compressed file are all handed out before the break is reported, so
that a reader can say, to the line, how far the file is good. Pipes are copied to an anonymous
temporary file when first read, because stories are read more than once, unless the reader is told to read them once.
"""

from __future__ import annotations

import io
import os
import stat
import sys
import tempfile
import weakref
import zlib
from typing import IO, TYPE_CHECKING, BinaryIO, Literal

from storyclust.errors import DataError
from storyclust.io.formats import STANDARD_STREAM, is_compressed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_COMPRESSED_CHUNK = 1 << 16
_BUFFER = 1 << 18
_HEAD = 1 << 12

Pipes = Literal["keep", "stream"]
"""What comes through a pipe is kept, so that it can be read again; or it is read as it comes, once."""

STREAM_FAILURES = (OSError, EOFError, zlib.error)
"""What reading a stream can raise: the system's errors, an early end, damaged compressed data."""


class BrokenInput(Exception):  # noqa: N818 - a signal inside this room; users meet the DataError made of it
    """A file cannot be read beyond a line.

    ``line`` is the line after the last whole one, ``problem`` what was met there.
    """

    def __init__(self, line: int, problem: Exception) -> None:
        """Hold the place and the problem."""
        super().__init__(line, problem)
        self.line = line
        self.problem = problem


class GzipStream(io.RawIOBase):
    """The decompressed bytes of a gzip file.

    Unlike the standard library's reader it never drops bytes that were decompressed before a break.

    Raises
    ------
    EOFError
        When the file ends before its end mark.
    zlib.error
        When the data are damaged: header, body or checksum.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Read from a file, which is closed with the stream."""
        self._file = file
        self._member = zlib.decompressobj(wbits=31)
        self._pending = b""

    def readable(self) -> bool:
        """Tell that the stream is for reading."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer with the next bytes and return how many; 0 at the end."""
        view = memoryview(buffer)
        while True:
            if self._member.eof and not self._begin_member():
                return 0
            given = self._pending or self._file.read(_COMPRESSED_CHUNK)
            piece = self._member.decompress(given, len(view))
            self._pending = self._member.unconsumed_tail
            if piece:
                view[: len(piece)] = piece
                return len(piece)
            if not given:
                raise EOFError("the end mark is missing")

    def _begin_member(self) -> bool:
        # A gzip file may hold several members; zeros between and after them are padding.
        rest = self._member.unused_data.lstrip(b"\0")
        while not rest:
            chunk = self._file.read(_COMPRESSED_CHUNK)
            if not chunk:
                return False
            rest = chunk.lstrip(b"\0")
        self._member = zlib.decompressobj(wbits=31)
        self._pending = rest
        return True

    def close(self) -> None:
        """Close the stream and the file under it."""
        self._file.close()
        super().close()


class _AsItComes(io.RawIOBase):
    """What a pipe gives at this moment; the pipe is left open, since it is not ours."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        piece: bytes = self._pipe.read1(len(view))  # type: ignore[attr-defined]
        view[: len(piece)] = piece
        return len(piece)


class Inputs:
    """Opens the files of one reader, and keeps a copy of what can be read only once, if it is to be read again."""

    def __init__(self, pipes: Pipes = "keep") -> None:
        """Hold no copy yet."""
        self._pipes = pipes
        self._spooled: dict[str, IO[bytes]] = {}
        self._file: io.FileIO | None = None  # opened last

    def size(self, path: str) -> int | None:
        """How many bytes a file has as it is stored; None for a pipe before it is read, and for what is not there."""
        try:
            if path in self._spooled:
                return os.fstat(self._spooled[path].fileno()).st_size
            return None if path == STANDARD_STREAM or is_pipe(path) else os.stat(path).st_size
        except OSError:
            return None  # to be reported when it is opened

    @property
    def position(self) -> int:
        """How many stored bytes were read of the file opened last; 0 if it is closed."""
        return 0 if self._file is None or self._file.closed else self._file.tell()

    def head(self, path: str) -> bytes:
        """What a file begins with, of which nothing is lost; empty for a pipe, and for what cannot be opened."""
        try:
            if is_pipe(path) or os.path.isdir(path):
                return b""
            with self.open(path) as stream:
                return stream.peek(_HEAD)[:_HEAD]
        except STREAM_FAILURES:
            return b""  # to be reported when it is read

    def open(self, path: str) -> io.BufferedReader:
        """Open a path (``"-"`` is standard input) at its first byte after a byte order mark.

        Files are decompressed when they end in ``.gz`` or begin as gzip files do.

        Raises
        ------
        OSError, EOFError, zlib.error
            As met.
        """
        file = self._open_bytes(path)
        try:
            if is_compressed(path) or _begins_with(file, _GZIP_MAGIC):
                file = io.BufferedReader(GzipStream(file), _BUFFER)
            if _begins_with(file, _BYTE_ORDER_MARK):
                file.read(len(_BYTE_ORDER_MARK))
        except BaseException:
            file.close()
            raise
        return file

    def _open_bytes(self, path: str) -> io.BufferedReader:
        if path != STANDARD_STREAM and not is_pipe(path):
            return self._buffered(io.FileIO(path))
        if self._pipes == "stream":
            return io.BufferedReader(_AsItComes(sys.stdin.buffer) if path == STANDARD_STREAM else io.FileIO(path))
        if path not in self._spooled:
            self._spooled[path] = _spool(path)
            weakref.finalize(self, self._spooled[path].close)
        spooled = self._spooled[path]
        spooled.seek(0)
        return self._buffered(io.FileIO(spooled.fileno(), closefd=False))

    def _buffered(self, file: io.FileIO) -> io.BufferedReader:
        self._file = file
        return io.BufferedReader(file, _BUFFER)


def is_pipe(path: str) -> bool:
    """Tell whether a path names something that can be read only once."""
    mode = os.stat(path).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def _spool(path: str) -> IO[bytes]:
    if path == STANDARD_STREAM:
        return copy_to_temporary_file(sys.stdin.buffer)
    with open(path, "rb") as pipe:
        return copy_to_temporary_file(pipe)


def copy_to_temporary_file(stream: BinaryIO | io.BufferedReader) -> IO[bytes]:
    """Copy what is left of a stream to an anonymous file on disk that goes when it is closed.

    Raises
    ------
    DataError
        If the folder for temporary files takes no more.
    """
    # Closed when the reader that owns it is collected; a with statement would end before it is read.
    spooled = _temporary_file()
    try:
        while piece := stream.read(_BUFFER):
            _write_whole(spooled, piece)
        spooled.seek(0)
    except BaseException:
        spooled.close()
        raise
    return spooled


def _temporary_file() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile(buffering=0)
    except OSError as problem:
        raise _no_room(problem) from problem


def _write_whole(file: IO[bytes], piece: bytes) -> None:
    rest = memoryview(piece)
    try:
        while rest:  # a disk that is nearly full takes a part
            rest = rest[file.write(rest) :]
    except OSError as problem:
        raise _no_room(problem) from problem


def _no_room(problem: OSError) -> DataError:
    return DataError(
        f"cannot copy the input to a temporary file: {problem.strerror or problem}; expected room for all of it, "
        "because it is read more than once. Free some space, name another folder with the environment variable "
        "TMPDIR, or give the input as a file"
    )


def _begins_with(file: io.BufferedReader, mark: bytes) -> bool:
    return file.peek(len(mark))[: len(mark)] == mark


def unreadable(path: str, problem: OSError) -> DataError:
    """Word the system's reason for refusing a path."""
    return DataError(
        f"cannot read {path}: {problem.strerror or problem}; expected a file or folder that can be read. "
        "Check its permissions and the disk it is on"
    )
