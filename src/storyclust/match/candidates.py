"""Which pairs to compare: those that share a band or a window fingerprint.

In: the distinct contents, numbered by their hash, and their keys. Out: pairs, each once, in an order
that does not depend on the input's. Linear in the number of keys; see `candidates_kernels` for large
buckets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Integers, Numbers
from storyclust.fingerprint.keys import Keys
from storyclust.match.candidates_kernels import HOT, list_buckets, pairs_of
from storyclust.parallel import Workers

# Pairs a batch makes room for at first; memory that is not touched costs nothing.
ROOM = 1 << 20


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of contents that share a key.

    Attributes
    ----------
    later, earlier : int32 arrays, one a pair
        Numbers of contents; ``earlier < later``; sorted by later.
    hot_keys : int
        How many keys had more than HOT contents.
    """

    later: Numbers
    earlier: Numbers
    hot_keys: int


def find_candidates(keys: Keys, stories: Integers, workers: Workers) -> Candidates:
    """The pairs of contents that share a key.

    Parameters
    ----------
    keys : Keys
        Of all stories.
    stories : int64 array, one a content
        The story that stands for it, by its keys.
    """
    return _find_pairs(0, _postings(keys, stories, workers), workers)


def find_candidates_across(keys: Keys, stories: Integers, olds: int, workers: Workers) -> tuple[Numbers, Numbers]:
    """The pairs of a content of a new collection and one of an old that share a key: their numbers, int32 arrays.

    The stories are those of the contents of the old collection, so many, and then those of the new; in the pairs
    contents are numbered from 0 in each. A key that is hot in the old collection pairs each of the new contents with
    its leaders there.
    """
    first_bucket, buckets, first_member, members = _postings(keys, stories, workers)
    # The new come after all of the old, and none of the new is a member: so each is paired with the old only.
    before = np.concatenate(([0], np.cumsum(members < olds)))
    found = _find_pairs(olds, (first_bucket, buckets, before[first_member], members[members < olds]), workers)
    return found.later - np.int32(olds), found.earlier


def _find_pairs(first: int, postings: tuple[Integers, Numbers, Integers, Numbers], workers: Workers) -> Candidates:
    """The pairs of the contents from `first` on with members of their buckets that come before them."""
    first_bucket, _, first_member, _ = postings
    contents = len(first_bucket) - 1
    batches = workers.split(contents - first, weights=np.diff(first_bucket)[first:])

    def pairs(batch: tuple[int, int]) -> tuple[Numbers, Numbers]:
        start, stop = batch
        found, room = ROOM, 0
        while room < found:
            room = found
            later, earlier = np.empty(room, np.int32), np.empty(room, np.int32)
            met = np.full(contents, -1, np.int32)
            found = pairs_of(first + start, first + stop, *postings, met, later, earlier)
        return later[:found], earlier[:found]

    return Candidates(*workers.gather(pairs, batches), int(np.sum(np.diff(first_member) > HOT)))


def _postings(keys: Keys, stories: Integers, workers: Workers) -> tuple[Integers, Numbers, Integers, Numbers]:
    """Keys that several contents bear become buckets, listed by content and by bucket."""
    content = np.full(len(keys), -1, np.int64)
    content[stories] = np.arange(len(stories))
    _, bearers, counts = keys.bearers(content, 2, workers)
    first_member, members = np.concatenate(([0], np.cumsum(counts))), content.astype(np.int32)[bearers]
    first_bucket, buckets = np.zeros(len(stories) + 1, np.int64), np.empty_like(members)
    list_buckets(first_member, members, first_bucket, buckets)
    return first_bucket, buckets, first_member, members
