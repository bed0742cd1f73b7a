"""What the words of a passage are, in the order of the text.

In: the words of two contents and where their passages are. Out: stretches of words that both share and that are of
one kind on both sides together. The runs of a passage are found again, as they were found when it was aligned.
"""

from __future__ import annotations

from storyclust.arrays import Bytes, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.match.passages_kernels import CHANGED, DROPPED
from storyclust.text.words_kernels import KIND_SHIFT, KINDS, NARRATED

# The columns of a stretch: its passage, its first word in the longer and in the shorter, its words, and their kind,
# which is TOLD where both tell what is everyone's.
PASSAGE, LONG_WORD, SHORT_WORD, LENGTH, KIND, COLUMNS = range(6)
NARRATED_KIND = KINDS


@kernel
def kind_of(one: int, other: int) -> int:
    """What a word is that stands in two contents with these flags."""
    if one & other & NARRATED:
        return NARRATED_KIND
    return int(max(one >> KIND_SHIFT, other >> KIND_SHIFT))


@kernel
def agrees(hashes: Hashes, a: int, a_stop: int, b: int, b_stop: int, size: int) -> bool:
    """Whether `size` words are the same from two places on."""
    length = 0
    while length < size and a + length < a_stop and b + length < b_stop and hashes[a + length] == hashes[b + length]:
        length += 1
    return length == size


@kernel
def next_run(hashes: Hashes, a: int, a_stop: int, b: int, b_stop: int, size: int) -> tuple[int, int]:
    """Where the words agree again after an edit in the longer (a), the shorter (b) or both: b is left as late as a run
    of it was; the ends if they never do."""
    for dropped in range(DROPPED + 1):
        if agrees(hashes, a + dropped, a_stop, b + dropped, b_stop, size) and dropped <= CHANGED:
            return a + dropped, b + dropped
        most = DROPPED if dropped == 0 else CHANGED if dropped <= CHANGED else 0
        for added in range(most + 1):
            if agrees(hashes, a + added, a_stop, b + dropped, b_stop, size):
                return a + added, b + dropped
    return a_stop, b_stop


@kernel
def find_stretches(
    hashes: Hashes,
    flags: Bytes,
    long_start: Integers,
    long_stop: Integers,
    short_start: Integers,
    short_stop: Integers,
    size: int,
    stretches: Numbers,
) -> int:
    """Write the stretches of passages (from which to which word of all) in order; returns how many there are.

    stretches int32, with a row for every word of the shorter that there may be.
    """
    found = 0
    for passage in range(len(long_start)):
        a, a_stop, b, b_stop = long_start[passage], long_stop[passage], short_start[passage], short_stop[passage]
        before = -1
        while a < a_stop and b < b_stop:
            if hashes[a] != hashes[b]:
                a, b = next_run(hashes, a, a_stop, b, b_stop, size)
                before = -1
                continue
            kind = kind_of(flags[a], flags[b])
            if kind != before:
                stretches[found, PASSAGE], stretches[found, KIND], stretches[found, LENGTH] = passage, kind, 0
                stretches[found, LONG_WORD] = a - long_start[passage]
                stretches[found, SHORT_WORD] = b - short_start[passage]
                found += 1
                before = kind
            stretches[found - 1, LENGTH] += 1
            a, b = a + 1, b + 1
    return found
