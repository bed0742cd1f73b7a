"""Which pairs to compare: those that share a band or a window fingerprint.

In: the distinct contents, numbered by their hash, and their keys. Out: pairs, each once, in an order
that does not depend on the input's. Linear in the number of keys; see `candidates_kernels` for large
buckets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers, Numbers
from storyclust.fingerprint.keys_kernels import name_bearers
from storyclust.match.candidates_kernels import HOT, flag_repeated, fold_keys, list_buckets, pairs_of
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


def find_candidates(keys: Hashes, first_key: Integers, workers: Workers) -> Candidates:
    """The pairs of contents that share a key.

    Parameters
    ----------
    keys : uint64 array
        The keys of all contents, one content after another.
    first_key : int64 array, one more than contents
    """
    postings = _postings(keys, first_key)
    return _find_pairs(0, postings, workers)


def find_candidates_across(keys: Hashes, first_key: Integers, olds: int, workers: Workers) -> tuple[Numbers, Numbers]:
    """The pairs of a content of a new collection and one of an old that share a key: their numbers, int32 arrays.

    The keys are those of the contents of the old collection, so many, and then those of the new; in the pairs contents
    are numbered from 0 in each. A key that is hot in the old collection pairs each of the new contents with its leaders
    there.
    """
    first_bucket, buckets, first_member, members = _postings(keys, first_key)
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


def _postings(keys: Hashes, first_key: Integers) -> tuple[Integers, Numbers, Integers, Numbers]:
    """Keys that several contents bear become buckets, listed by content and by bucket."""
    contents = len(first_key) - 1
    repeated = _repeated(keys)
    bearers, keys = np.empty(np.count_nonzero(repeated), np.int32), keys[repeated]
    name_bearers(repeated, first_key, bearers)
    # One plain sort of 64 bits, half of a key (its bits spread) and its place, is far faster than sorting places.
    # Keys alike in that half, one pair in 2**32, bring some strangers together, who are told apart when compared.
    fold_keys(keys)
    keys.sort()
    bucket_of, members = np.full(len(keys), -1, np.int32), np.empty(len(keys), np.int32)
    first_member = np.empty(len(keys) + 1, np.int64)
    found = list_buckets(keys, bearers, bucket_of, first_member, members)
    first_member = first_member[: found + 1].copy()
    shared = bucket_of >= 0
    first_bucket = np.concatenate(([0], np.cumsum(np.bincount(bearers[shared], minlength=contents))))
    return first_bucket, bucket_of[shared], first_member, members[: first_member[-1]].copy()


def _repeated(keys: Hashes) -> Flags:
    """Which keys may occur more than once: all that do, and a few that do not."""
    size = 1 << max(10, len(keys).bit_length())
    repeated = np.empty(len(keys), np.bool_)
    flag_repeated(keys, np.zeros(size, np.uint8), np.zeros(size, np.uint8), repeated)
    return repeated
