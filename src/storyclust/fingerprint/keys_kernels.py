"""The keys of stories as flat arrays, story after story, and who bears which.

In: keys and where those of each story begin. Out: keys in another order, and the stories that bear them.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel


@kernel
def list_keys(bands: Hashes, windows: Hashes, first_window: Integers, stories: Integers, keys: Hashes) -> None:
    """Write all keys of some stories, the bands (uint64, a row a story) and windows of each, one after another."""
    written = 0
    for story in stories:
        for band in range(bands.shape[1]):
            keys[written] = bands[story, band]
            written += 1
        for window in range(first_window[story], first_window[story + 1]):
            keys[written] = windows[window]
            written += 1


@kernel
def name_bearers(chosen: Flags, first_key: Integers, bearers: Numbers) -> None:
    """Write which story bears each key chosen (bool, one a key) into `bearers` (int32)."""
    written = 0
    for story in range(len(first_key) - 1):
        for place in range(first_key[story], first_key[story + 1]):
            if chosen[place]:
                bearers[written] = np.int32(story)
                written += 1
