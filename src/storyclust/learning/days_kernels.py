"""On how many days each of several things is borne, and how far apart.

In: bearers, grouped, and the day of each text. Out: two numbers a group.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Integers, Numbers
from storyclust.compile import kernel
from storyclust.fingerprint.keys_kernels import sort_group

UNDATED = -(1 << 63)


@kernel
def count_days(texts: Numbers, first: Integers, days: Integers, counts: Integers, spreads: Integers) -> None:
    """Fill how many days the texts of each group are of, and from the first of these to the last (int64, one a group).

    texts int32, those of one group after those of another; first int64, one more than groups; days int64, one a text:
    those UNDATED do not count.
    """
    for group in range(len(first) - 1):
        own = days[texts[first[group] : first[group + 1]]]
        sort_group(own)
        known = np.searchsorted(own, UNDATED, side="right")
        counts[group], spreads[group] = 0, 0
        for place in range(known, len(own)):
            counts[group] += place == known or own[place] != own[place - 1]
        if known < len(own):
            spreads[group] = own[-1] - own[known]
