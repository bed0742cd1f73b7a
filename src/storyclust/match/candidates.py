"""Which pairs to compare: those that share a band or a window fingerprint.

In: the distinct contents, numbered by their hash, and their keys. Out: pairs, each once, in an order
that does not depend on the input's. Linear in the number of keys; see `candidates_kernels` for large
buckets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers, Numbers
from storyclust.match.candidates_kernels import HOT, flag_repeated, pairs_of
from storyclust.parallel import Workers
from storyclust.text.words_kernels import HASH_FACTOR

# Pairs a batch makes room for at first; memory that is not touched costs nothing.
ROOM = 1 << 20

PLACES = np.uint64((1 << 32) - 1)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of contents that share a key.

    Attributes
    ----------
    later, earlier : int32 arrays, one a pair
        Numbers of contents; ``earlier < later``; sorted by later.
    shared_keys : int32 array, one a pair
        How many keys the two share (at least; hot keys count for their leaders only).
    hot_keys : int
        How many keys had more than HOT contents.
    """

    later: Numbers
    earlier: Numbers
    shared_keys: Numbers
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


def find_candidates_across(
    new: tuple[Hashes, Integers], old: tuple[Hashes, Integers], workers: Workers
) -> tuple[Numbers, Numbers]:
    """The pairs of a content of a new collection and one of an old that share a key: their numbers, int32 arrays.

    new and old: the keys of their contents and where those of each begin. A key that is hot in the old collection pairs
    each of the new contents with its leaders there.
    """
    (new_keys, first_new), (old_keys, first_old) = new, old
    olds = len(first_old) - 1
    keys, first_key = np.concatenate((old_keys, new_keys)), np.concatenate((first_old, first_old[-1] + first_new[1:]))
    first_bucket, buckets, first_member, members = _postings(keys, first_key)
    # The new come after all of the old, and none of the new is a member: so each is paired with the old only.
    before = np.concatenate(([0], np.cumsum(members < olds)))
    found = _find_pairs(olds, (first_bucket, buckets, before[first_member], members[members < olds]), workers)
    return found.later - np.int32(olds), found.earlier


def _find_pairs(first: int, postings: tuple[Integers, Integers, Integers, Numbers], workers: Workers) -> Candidates:
    """The pairs of the contents from `first` on with members of their buckets that come before them."""
    first_bucket, _, first_member, _ = postings
    contents = len(first_bucket) - 1
    batches = workers.split(contents - first, weights=np.diff(first_bucket)[first:])

    def pairs(batch: tuple[int, int]) -> tuple[Numbers, ...]:
        start, stop = batch
        shared = np.zeros(contents, np.int32)
        found, room = ROOM, 0
        while room < found:
            room = found
            later, earlier, counts = (np.empty(room, np.int32) for _ in range(3))
            found = pairs_of(first + start, first + stop, *postings, shared, later, earlier, counts)
        return later[:found], earlier[:found], counts[:found]

    found = list(workers.map(pairs, batches))
    later, earlier, shared_keys = (
        np.concatenate([np.empty(0, np.int32), *(batch[part] for batch in found)]) for part in range(3)
    )
    return Candidates(later, earlier, shared_keys, int(np.sum(np.diff(first_member) > HOT)))


def _postings(keys: Hashes, first_key: Integers) -> tuple[Integers, Integers, Integers, Numbers]:
    """Keys that several contents bear become buckets, listed by content and by bucket."""
    contents = len(first_key) - 1
    repeated = _repeated(keys)
    bearers = np.repeat(np.arange(contents, dtype=np.int32), np.diff(first_key))[repeated]
    keys = keys[repeated]
    # One plain sort of 64 bits, half of a key (its bits spread) and its place, is far faster than sorting places.
    # Keys alike in that half, one pair in 2**32, bring some strangers together, who are told apart when compared.
    in_order = np.sort(keys * HASH_FACTOR & ~PLACES | np.arange(len(keys), dtype=np.uint64))
    order, half_keys = (in_order & PLACES).astype(np.int64), in_order & ~PLACES
    fresh = np.concatenate(([True], half_keys[1:] != half_keys[:-1]))[: len(keys)]
    sizes = np.diff(np.append(np.flatnonzero(fresh), len(keys)))
    several = np.repeat(sizes > 1, sizes)

    first_member = np.concatenate(([0], np.cumsum(sizes[sizes > 1])))
    members = bearers[order[several]]
    # The bucket of each place in `keys`, -1 for a key that only one content bears.
    bucket_of = np.full(len(keys), -1, np.int64)
    bucket_of[order[several]] = np.repeat(np.arange(len(first_member) - 1), np.diff(first_member))
    shared = bucket_of >= 0
    first_bucket = np.concatenate(([0], np.cumsum(np.bincount(bearers[shared], minlength=contents))))
    return first_bucket, bucket_of[shared], first_member, members


def _repeated(keys: Hashes) -> Flags:
    """Which keys may occur more than once: all that do, and a few that do not."""
    size = 1 << max(10, len(keys).bit_length())
    repeated = np.empty(len(keys), np.bool_)
    flag_repeated(keys, np.zeros(size, np.uint8), np.zeros(size, np.uint8), repeated)
    return repeated
