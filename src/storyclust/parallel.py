"""Our own threads over kernels that release the GIL: the same results for any number of them, and any memory.

Work is cut into batches by its size, never by the number of threads, and results come back in order.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from storyclust.errors import UsageError
from storyclust.memory import Memory, Rows
from storyclust.progress import Stages

Item = TypeVar("Item")
Result = TypeVar("Result")

# Enough batches to keep a handful of threads busy to the end, none so heavy that many of them fill the memory, and none
# so light that handing it to a thread takes as long as the work.
BATCHES, HEAVIEST, LIGHTEST = 32, 1 << 19, 1 << 13


class Workers:
    """A pool of threads for one job, and the memory it may take; no thread outlives the ``with`` block.

    >>> with Workers(2) as workers:
    ...     list(workers.map(abs, [-3, 4]))
    [3, 4]
    """

    def __init__(self, threads: int | None = None, memory: Memory | None = None, stages: Stages | None = None) -> None:
        """Use so many threads, or one for each processor this process may run on, and so much memory.

        How far each pass over batches is, is told to `stages`.
        """
        if threads is not None and (isinstance(threads, bool) or not isinstance(threads, int) or threads < 1):
            raise UsageError(
                f"threads is {threads!r}; expected a whole number of at least 1, or nothing for all processors"
            )
        self.threads = threads or len(
            os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
        )
        self.memory = memory or Memory()
        self.stages = stages or Stages()
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="storyclust")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the threads, which finish the batches they are at."""
        # Batches that wait are dropped, so that an error or Ctrl-C ends the job after those that run.
        self._pool.shutdown(wait=True, cancel_futures=True)

    def map(self, function: Callable[[Item], Result], items: Collection[Item]) -> Iterator[Result]:
        """The results in the order of the items, which are taken as they are needed, a few ahead: one pass of a stage.

        Raises
        ------
        MemoryError
            If there is no room for a thread.
        """
        yield from self.stages.over(self._in_order(function, items), len(items))

    def _in_order(self, function: Callable[[Item], Result], items: Collection[Item]) -> Iterator[Result]:
        if len(items) == 1:
            # Handing one batch to a thread and waiting for it takes longer than many a batch.
            yield from map(function, items)
            return
        ahead: deque[Future[Result]] = deque()
        for item in items:
            ahead.append(self._submit(function, item))
            if len(ahead) > 2 * self.threads:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    def _submit(self, function: Callable[[Item], Result], item: Item) -> Future[Result]:
        try:
            return self._pool.submit(function, item)
        except RuntimeError as problem:  # which says that no thread can be started, and not why
            raise MemoryError(str(problem)) from problem

    def run(self, function: Callable[[Item], None], items: Collection[Item]) -> None:
        """Call a function that leaves its results behind itself, on every item."""
        for _ in self.map(function, items):
            pass

    def gather(self, function: Callable[[tuple[int, int]], Rows], batches: Collection[tuple[int, int]]) -> Rows:
        """The results of all batches as one, row after row: arrays, or tuples or dataclasses of arrays.

        The function is asked for the empty batch too, which tells types and shapes, unless there is one batch only.

        >>> with Workers(2) as workers:
        ...     workers.gather(lambda batch: np.arange(*batch), [(0, 2), (2, 5)])
        array([0, 1, 2, 3, 4])
        """
        if len(batches) == 1:
            (whole,) = self.map(function, batches)
            return whole
        return self.memory.gather(function((0, 0)), self.map(function, batches))

    def split(self, count: int, *, weights: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
        """Cut 0..count into half-open batches of about equal weight; the same for any number of threads."""
        weight = count + int(weights.sum())
        return _cut(count, weights, max(min(BATCHES, 1 + weight // LIGHTEST), weight // HEAVIEST))

    def split_coarsely(self, count: int, *, weights: npt.NDArray[np.int64], lightest: int) -> list[tuple[int, int]]:
        """As `split`, into BATCHES at most, and fewer where they would be lighter than this."""
        return _cut(count, weights, min(BATCHES, 1 + int(weights.sum()) // lightest))


def _cut(count: int, weights: npt.NDArray[np.int64], batches: int) -> list[tuple[int, int]]:
    if batches == 1:
        return [(0, count)] if count else []
    ends = np.cumsum(weights + 1)
    weight = int(ends[-1]) if count else 0
    cuts = np.searchsorted(ends, np.linspace(0, weight, batches + 1)[1:-1])
    edges = sorted({0, count, *cuts.tolist()})
    return list(pairwise(edges))
