"""What is published next: the schedule of events after events, in the order of the clock.

In: a seed. Out: blocks of rows, for ever. Only rows whose time has not come are kept from block to block.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from storyclust.arrays import Integers
from storyclust.newsroom.traffic.schedule_kernels import (
    COLUMNS,
    EVENT_NUMBER,
    MINUTE,
    MINUTES_AN_EVENT,
    SERIAL,
    STORIES_AN_EVENT,
    clock,
    schedule,
)

EVENTS_A_BLOCK = 64


def publish(seed: int) -> Iterator[Integers]:
    """Rows of the schedule, shape (stories, COLUMNS), a block of events at a time, by time, event and serial number."""
    brought = np.empty((EVENTS_A_BLOCK * STORIES_AN_EVENT, COLUMNS), np.int64)
    waiting = brought[:0]
    for first in count(0, EVENTS_A_BLOCK):
        stop = first + EVENTS_A_BLOCK
        rows = np.concatenate((waiting, brought[: schedule(np.uint64(seed), first, stop, brought)]))
        is_due = rows[:, MINUTE] < clock(stop * MINUTES_AN_EVENT)
        waiting, due = rows[~is_due], rows[is_due]
        yield due[np.lexsort((due[:, SERIAL], due[:, EVENT_NUMBER], due[:, MINUTE]))]
