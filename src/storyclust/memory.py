"""Arrays of whole collections: in memory as long as there is room, beyond it in temporary files mapped into memory.

In: the arrays that batches leave, one after another. Out: one array of all. It grows in place, so that nothing is held
twice, and what would pass the bound goes into a file without a name, which is gone with the process however that ends.
"""

from __future__ import annotations

import ctypes
import dataclasses
import mmap
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
import numpy.typing as npt

from storyclust.errors import DataError, UsageError

Rows = TypeVar("Rows")

SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE | re.ASCII)
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
ENDLESS = 1 << 62
M_ARENA_MAX = -8  # as malloc.h numbers it
GROUP = "/sys/fs/cgroup"
# By default a job takes so much of the memory that is free when it begins.
SHARE_OF_FREE = 0.6
# Columns leave the memory when this part of that is in use: the rest is for what a stage needs for a while.
SHARE_OF_COLUMNS = 0.5
# A file is not worth while for fewer bytes than this.
SMALLEST = 1 << 20


class Memory:
    """How much memory a job may take; columns that would take more lie in temporary files.

    Attributes
    ----------
    bound : int
        Bytes of anonymous memory that the process aims to stay below. It is no limit: the texts, the interpreter and
        what stages need for a while are not moved out, whatever it says. Where the system does not tell what a process
        takes, nothing is.
    """

    def __init__(self, bound: int | str | None = None) -> None:
        """Take so many bytes, written as a number or like "6G"; by default a good part of what is free."""
        held = anonymous_memory()
        self.bound = held + int(SHARE_OF_FREE * free_memory()) if bound is None else bytes_of(bound)
        self._columns = held + SHARE_OF_COLUMNS * (self.bound - held)

    def has_room_for(self, bytes: int) -> bool:
        """Whether a column may take so many more bytes of memory."""
        return anonymous_memory() + bytes <= self._columns

    def gather(self, nothing: Rows, parts: Iterable[Rows]) -> Rows:
        """Arrays, or tuples and dataclasses of arrays, one after another as one.

        >>> Memory("1G").gather((np.empty(0, np.int64),), [(np.arange(2),), (np.arange(3),)])
        (array([0, 1, 0, 1, 2]),)
        """
        with ExitStack() as stack:
            columns = [stack.enter_context(closing(Column(self, array))) for array in _arrays(nothing)]
            for part in parts:
                for column, rows in zip(columns, _arrays(part), strict=True):
                    column.append(rows)
            whole: Rows = _like(nothing, iter([column.finish() for column in columns]))
        return whole


class Column:
    """One array that grows by rows; the others of a table grow beside it."""

    def __init__(self, memory: Memory, nothing: npt.NDArray[Any]) -> None:
        """Begin with no rows, of the shape and type of those of an array."""
        self._memory = memory
        self._row = nothing.shape[1:]
        self._values = np.empty(0, nothing.dtype)
        self._file: IO[bytes] | None = None

    def append(self, rows: npt.NDArray[Any]) -> None:
        """Add rows."""
        rows = np.ascontiguousarray(rows, self._values.dtype)
        is_small = self._values.nbytes + rows.nbytes <= SMALLEST
        if self._file is None and not is_small and not self._memory.has_room_for(rows.nbytes):
            with _room_on_disk():
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the column
            _write(self._file, self._values)
            self._values = np.empty(0, self._values.dtype)
        if self._file is not None:
            _write(self._file, rows)
        else:
            # Grown in place: the system moves large blocks without copying them.
            before = len(self._values)
            self._values.resize(before + rows.size, refcheck=False)
            self._values[before:] = rows.ravel()

    def finish(self) -> npt.NDArray[Any]:
        """All rows; an array that can be written to, wherever it lies."""
        if self._file is not None:
            with _room_on_disk():
                self._values = np.frombuffer(mmap.mmap(self._file.fileno(), 0), self._values.dtype)
        return self._values.reshape(-1, *self._row)

    def close(self) -> None:
        """Close the file, if there is one; what is mapped stays."""
        if self._file is not None:
            self._file.close()


def _write(file: IO[bytes], rows: npt.NDArray[Any]) -> None:
    left = rows.reshape(-1).view(np.uint8).data
    with _room_on_disk():
        while len(left):
            left = left[file.write(left) :]


@contextmanager
def _room_on_disk() -> Iterator[None]:
    """Say what to do where a temporary file cannot be written."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{tempfile.gettempdir()}: cannot hold what does not fit into memory: {error.strerror or error}. Expected "
            "room for about twenty bytes a word; set TMPDIR to a folder with more of it, or allow more with --memory"
        ) from error


def bytes_of(size: int | str) -> int:
    """A size in bytes from a number or a text like "6G" (units of 1024).

    >>> bytes_of("1.5K"), bytes_of(7)
    (1536, 7)
    """
    if isinstance(size, int) and not isinstance(size, bool) and size > 0:
        return size
    found = SIZE.fullmatch(size.strip()) if isinstance(size, str) else None
    if found is None or float(found[1]) * UNITS[found[2].upper()] < 1:
        raise UsageError(f"memory is {size!r:.40}; expected a number of bytes, or one with a unit, such as 6G or 800M")
    return int(float(found[1]) * UNITS[found[2].upper()])


def free_memory() -> int:
    """Bytes that are free for this process: what the machine has, and what its group may still take.

    Of groups the one at the root of what the process sees is asked, as in a container. Where the system does not tell,
    there is room for everything.
    """
    free = [ENDLESS]
    if (found := _figure("/proc/meminfo", "MemAvailable:")) is not None:
        free.append(found << 10)
    limit, taken = _figure(f"{GROUP}/memory.max"), _figure(f"{GROUP}/memory.current")
    if limit is not None and taken is not None:
        # What was read from files is counted as taken, and given up when it is needed.
        cached = _figure(f"{GROUP}/memory.stat", "inactive_file") or 0
        free.append(max(limit - taken + cached, 0))
    return min(free)


def anonymous_memory() -> int:
    """Bytes of memory that this process takes, files apart; 0 where the system does not tell."""
    return (_figure("/proc/self/status", "RssAnon:") or 0) << 10


def release() -> None:
    """Give memory that was freed back to the system, where the C library keeps it for itself."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)


def share_one_heap() -> None:
    """Let all threads of this process, a command's, take memory from one heap, so that what one frees another takes.

    GNU's C library gives each thread a heap of its own, for programs that allocate all the time; ours do so by batches.
    """
    if sys.platform == "linux" and (set_option := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        set_option(M_ARENA_MAX, 1)


def _figure(path: str, name: str = "") -> int | None:
    """The whole number after a name in a file of the system; None where there is none."""
    try:
        found = re.search(rf"^{name}\s*(\d+)", Path(path).read_text(), re.MULTILINE)
    except OSError:
        return None
    return None if found is None else int(found[1])


def _arrays(rows: Any) -> list[npt.NDArray[Any]]:
    """The arrays of an array, a tuple or a dataclass, in order."""
    if isinstance(rows, np.ndarray):
        return [rows]
    parts = rows if isinstance(rows, tuple) else (getattr(rows, field.name) for field in dataclasses.fields(rows))
    return [array for part in parts for array in _arrays(part)]


def _like(rows: Any, arrays: Iterator[npt.NDArray[Any]]) -> Any:
    """The same tuple or dataclass of other arrays."""
    if isinstance(rows, np.ndarray):
        return next(arrays)
    if isinstance(rows, tuple):
        return tuple(_like(part, arrays) for part in rows)
    return type(rows)(*(_like(getattr(rows, field.name), arrays) for field in dataclasses.fields(rows)))
