"""Pairs of contents that share a key, each once, without ever pairing a whole large bucket.

In: postings in both directions, the keys of each content and the contents of each key, contents
numbered by their hash. Out: pairs (later, earlier) and how many keys each shares.

Up to HOT contents a key pairs all of them. A key with more is hot: it pairs each with the LEADERS
contents of smallest number. Numbers follow the content hash, so this is free of the input order,
linear in the postings, and never drops a content.
"""

from __future__ import annotations

import numpy as np

from storyclust.compile import kernel

HOT = 64
LEADERS = 8


@kernel
def pairs_of(start, stop, first_bucket, buckets, first_member, members, shared, room):
    """The pairs of the contents from start to stop; returns arrays of later, earlier and shared keys.

    first_bucket int64 and buckets int64: the buckets of each content; first_member int64 and members
    int32, rising: the contents of each bucket; shared int32, one a content, all zero before and after;
    room: a first guess at the number of pairs.
    """
    later, earlier = np.empty(room, np.int32), np.empty(room, np.int32)
    counts = np.empty(room, np.int32)
    found = 0
    for content in range(start, stop):
        begin = found
        for place in range(first_bucket[content], first_bucket[content + 1]):
            bucket = buckets[place]
            low, high = first_member[bucket], first_member[bucket + 1]
            if high - low > HOT:
                high = low + LEADERS
            for index in range(low, high):
                other = members[index]
                if other >= content:
                    break
                if shared[other] == 0:
                    if found == len(later):
                        later, earlier = grown(later), grown(earlier)
                        counts = grown(counts)
                    later[found], earlier[found] = content, other
                    found += 1
                shared[other] += 1
        for pair in range(begin, found):
            counts[pair] = shared[earlier[pair]]
            shared[earlier[pair]] = 0
    return later[:found], earlier[:found], counts[:found]


@kernel
def grown(array):
    """A copy with twice the room."""
    longer = np.empty(2 * len(array) + 1024, array.dtype)
    longer[: len(array)] = array
    return longer
