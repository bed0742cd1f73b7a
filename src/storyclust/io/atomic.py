"""Bytes out: a file appears whole under its name, or not at all.

In: a path. Out: a stream whose bytes go to a hidden file beside the target, which takes the
target's name at the end. Paths that cannot be written are refused at once, before hours of work.
Standard output, pipes and devices have no name to take, and are written directly.
"""

from __future__ import annotations

import gzip
import io
import os
import secrets
import stat
import sys
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from storyclust.errors import OutputError, UsageError
from storyclust.io.formats import STANDARD_STREAM, is_compressed

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_BUFFER = 1 << 18

# The hidden files that are neither whole nor gone. The lock is held while one is made or takes its name.
_unfinished: set[str] = set()
_making = threading.Lock()


def drop_unfinished() -> None:
    """Remove every file that is not whole, from any thread, for a process that is about to end.

    No file can be made or take its name from then on: who tries waits for the end.
    """
    _making.acquire()
    for path in tuple(_unfinished):
        with suppress(OSError):
            os.unlink(path)


class OutputFile:
    """A place for bytes that is settled by ``commit`` or ``abandon``.

    Parameters
    ----------
    path : str or path
        ``"-"`` is standard output. A path that ends in ``.gz`` is compressed, with no time and no
        name inside, so that equal contents give equal bytes.

    Attributes
    ----------
    stream : binary file
        Takes the bytes. A reader of a pipe that has gone away is a ``BrokenPipeError``.

    Raises
    ------
    OutputError
        At once if the path cannot be written; later if the disk is full or fails.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Open the path, or a file beside it."""
        self.path = os.fspath(path)
        # A link stays a link: what it points to is replaced.
        self._target = os.path.realpath(self.path)
        self._temporary: str | None = None
        with _worded(self.path):
            self._file = self._open()
        self._bytes = _CheckedWrites(self._file, self.path)
        # Also when the file is neither committed nor abandoned, at the latest when the program ends.
        self._settle = weakref.finalize(self, _discard, self._bytes, self._temporary)
        self._layers: list[io.BufferedWriter | gzip.GzipFile] = [_buffered(self._bytes)]
        if is_compressed(self.path):
            self._layers.append(gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._layers[0], mtime=0))
            self._layers.append(_buffered(cast("io.RawIOBase", self._layers[-1])))
        self.stream = cast("BinaryIO", self._layers[-1])

    def _open(self) -> IO[bytes]:
        if self.path == STANDARD_STREAM:
            return sys.stdout.buffer
        if not os.path.basename(self.path):
            raise IsADirectoryError(0, "the path names no file")
        try:
            mode = os.stat(self.path).st_mode
        except FileNotFoundError:
            return self._open_beside(None)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(0, "it is a folder")
        if not stat.S_ISREG(mode):
            return open(self.path, "wb", buffering=0)
        if not os.access(self.path, os.W_OK):
            raise PermissionError(0, "the file there may not be written")
        return self._open_beside(stat.S_IMODE(mode))

    def _open_beside(self, mode: int | None) -> IO[bytes]:
        # Opened by the builtin, which leaves permissions to the umask, as for any new file.
        name = f".storyclust-{secrets.token_hex(8)}.part"
        self._temporary = os.path.join(os.path.dirname(self._target), name)
        with _making:
            file = open(self._temporary, "xb", buffering=0)  # noqa: SIM115 - closed by commit or abandon
            _unfinished.add(self._temporary)
        if mode is not None:
            with suppress(OSError):  # a file system without permissions
                os.chmod(self._temporary, mode)
        return file

    def commit(self) -> None:
        """Write out all bytes and give the file its name.

        Raises
        ------
        OutputError
            If that fails; nothing is left behind then, and an older file stays as it was.
        """
        try:
            for layer in reversed(self._layers):
                layer.close()
            with _worded(self.path):
                if self._temporary is None:
                    self._file.flush()
                else:
                    os.fsync(self._file.fileno())
                    self._file.close()
                    with _making:
                        os.replace(self._temporary, self._target)
                        _unfinished.discard(self._temporary)
                    self._temporary = None
        except BaseException:
            self.abandon()
            raise
        self._settle.detach()
        self._bytes.close_file()

    @property
    def temporary(self) -> str | None:
        """The hidden file that is to take the name; None for streams and devices."""
        return self._temporary

    def discard(self) -> None:
        """Let all further bytes go nowhere."""
        self._bytes.discarding = True

    def abandon(self) -> None:
        """Leave no trace: an older file stays as it was."""
        self.discard()
        for layer in reversed(self._layers):
            with suppress(OSError, ValueError):
                layer.close()
        self._settle()


@contextmanager
def output_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Give a stream for a file that takes its name when the block ends well, and leaves no trace otherwise."""
    output = OutputFile(path)
    try:
        yield output.stream
    except BaseException:
        output.abandon()
        raise
    output.commit()


@contextmanager
def output_path(path: str | os.PathLike[str]) -> Iterator[str]:
    """Give the path of an empty file for those who open it themselves; else as `output_file`.

    Raises
    ------
    OutputError
        If the path is a stream or a device, or ends in ``.gz``, or cannot be written.
    """
    output = OutputFile(path)
    try:
        if output.temporary is None or is_compressed(path):
            raise OutputError(f"cannot write {path}: expected the path of a plain file, which is not compressed")
        yield output.temporary
    except BaseException:
        output.abandon()
        raise
    output.commit()


class _CheckedWrites(io.RawIOBase):
    """Passes bytes on; failures name the path."""

    def __init__(self, file: IO[bytes], path: str) -> None:
        self._file = file
        self._path = path
        self.discarding = False  # whether further bytes go nowhere

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        if self.discarding:
            return memoryview(data).nbytes
        with _worded(self._path):
            return self._file.write(data)

    def close_file(self) -> None:
        """Close the file under this one, unless it is standard output, which others still need."""
        if self._path != STANDARD_STREAM:
            self._file.close()


def _buffered(file: io.RawIOBase) -> io.BufferedWriter:
    return io.BufferedWriter(file, _BUFFER)


def _discard(file: _CheckedWrites, temporary: str | None) -> None:
    file.discarding = True
    with suppress(OSError):
        file.close_file()
    if temporary is not None:
        with suppress(OSError):
            os.unlink(temporary)
        _unfinished.discard(temporary)


@contextmanager
def _worded(path: str) -> Iterator[None]:
    """Turn the system's errors into one that names the path and the remedy."""
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has had enough: no fault of the output
    except OSError as problem:
        name = "standard output" if path == STANDARD_STREAM else path
        raise OutputError(f"cannot write {name}: {problem.strerror or problem}. {remedy(path)}") from problem


def remedy(path: str) -> str:
    """What to do where a path cannot be written."""
    if path == STANDARD_STREAM:
        return "Check what it leads to, and the free space there"
    folder = os.path.dirname(path) or os.curdir
    if os.path.isdir(path):
        return "Name a file in it instead"
    if not os.path.isdir(folder):
        return f"There is no folder {folder!r}: create it, or name another path"
    return "Check the permissions and the free space there, or name another path"


def check_outputs(outputs: Iterable[str | os.PathLike[str]], *, inputs: Iterable[str | os.PathLike[str]] = ()) -> None:
    """Refuse outputs that would overwrite one another, or an input.

    Raises
    ------
    UsageError
        If two outputs are one file (however it is spelt, links included), or one is an input.

    Examples
    --------
    >>> check_outputs(["clusters.jsonl", "./clusters.jsonl"])
    Traceback (most recent call last):
    storyclust.errors.UsageError: two outputs are the same file: clusters.jsonl and ./clusters.jsonl...
    """
    read = {_identity(path): os.fspath(path) for path in inputs if path != STANDARD_STREAM}
    written: dict[object, str] = {}
    for output in outputs:
        path = os.fspath(output)
        identity = _identity(path)
        if identity in written and not _is_device(path):
            raise UsageError(
                f"two outputs are the same file: {written[identity]} and {path}; expected a path for each. Rename one"
            )
        if identity in read and not _is_device(path):
            raise UsageError(
                f"the output {path} is also the input {read[identity]}; expected another path, because it would be "
                "overwritten. Rename the output"
            )
        written[identity] = path


def _identity(path: str | os.PathLike[str]) -> object:
    if path == STANDARD_STREAM:
        return STANDARD_STREAM
    try:
        found = os.stat(path)
    except OSError:
        return os.path.realpath(path)
    return found.st_dev, found.st_ino


def _is_device(path: str) -> bool:
    # Two outputs may both go to /dev/null; standard output takes one table only.
    return path != STANDARD_STREAM and os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
