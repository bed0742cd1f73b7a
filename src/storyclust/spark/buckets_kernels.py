"""Pairs of contents that share a key, from the postings of many keys one after another, sorted.

In: runs of contents, each run those of one key, rising. Out: pairs (later, earlier), once a run. The rule for hot keys
is that of `storyclust.match.candidates_kernels`.
"""

from __future__ import annotations

from storyclust.arrays import Integers
from storyclust.compile import kernel
from storyclust.match.candidates_kernels import HOT, LEADERS


@kernel
def pairs_of_runs(first: Integers, members: Integers, later: Integers, earlier: Integers) -> int:
    """Write the pairs of each run, as far as they fit; returns how many there are."""
    found = 0
    for run in range(len(first) - 1):
        count = first[run + 1] - first[run]
        for place in range(1, count):
            partners = min(place, LEADERS) if count > HOT else place
            for partner in range(partners):
                if found < len(later):
                    later[found], earlier[found] = members[first[run] + place], members[first[run] + partner]
                found += 1
    return found


@kernel
def pairs_across_runs(first: Integers, members: Integers, is_new: Integers, news: Integers, olds: Integers) -> int:
    """Write the pairs of a new content (is_new 1) and an old one of each run, the old ones first in it; returns how
    many there are."""
    found = 0
    for run in range(len(first) - 1):
        old = 0
        while first[run] + old < first[run + 1] and not is_new[first[run] + old]:
            old += 1
        partners = LEADERS if old > HOT else old
        for place in range(first[run] + old, first[run + 1]):
            for partner in range(partners):
                if found < len(news):
                    news[found], olds[found] = members[place], members[first[run] + partner]
                found += 1
    return found
