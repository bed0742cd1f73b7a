"""Pairs of contents that share a key, each once, without ever pairing a whole large bucket.

In: postings in both directions, the keys of each content and the contents of each key, contents
numbered by their hash. Out: pairs (later, earlier).

Up to HOT contents a key pairs all of them. A key with more is hot: it pairs each with the LEADERS
contents of smallest number. Numbers follow the content hash, so this is free of the input order,
linear in the postings, and never drops a content.
"""

from __future__ import annotations

from storyclust.arrays import Integers, Numbers
from storyclust.compile import kernel

HOT = 64
LEADERS = 4


@kernel
def list_buckets(first_member: Integers, members: Numbers, first_bucket: Integers, buckets: Numbers) -> None:
    """List by content what is listed by bucket: the buckets of each content, rising.

    first_member int64 and members int32: the contents of each bucket; first_bucket int64, zeroed, one more than
    contents; buckets int32, as long as the members.
    """
    for member in members:
        first_bucket[member + 1] += 1
    for content in range(1, len(first_bucket)):
        first_bucket[content] += first_bucket[content - 1]
    free = first_bucket.copy()
    for bucket in range(len(first_member) - 1):
        for place in range(first_member[bucket], first_member[bucket + 1]):
            buckets[free[members[place]]] = bucket
            free[members[place]] += 1


@kernel
def pairs_of(
    start: int,
    stop: int,
    first_bucket: Integers,
    buckets: Numbers,
    first_member: Integers,
    members: Numbers,
    met: Numbers,
    later: Numbers,
    earlier: Numbers,
) -> int:
    """The pairs of the contents from start to stop; returns how many there are.

    first_bucket int64 and buckets int32: the buckets of each content; first_member int64 and members
    int32, rising: the contents of each bucket; met int32, one a content: scratch, none of them from start
    to stop; later and earlier int32: filled as far as they reach. Where they are too short, call again
    with as much room as was returned.
    """
    found = 0
    for content in range(start, stop):
        for place in range(first_bucket[content], first_bucket[content + 1]):
            low, high = first_member[buckets[place]], first_member[buckets[place] + 1]
            if high - low > HOT:
                high = low + LEADERS
            for index in range(low, high):
                other = members[index]
                if other >= content:
                    break
                if met[other] != content:
                    met[other] = content
                    if found < len(later):
                        later[found], earlier[found] = content, other
                    found += 1
    return found
