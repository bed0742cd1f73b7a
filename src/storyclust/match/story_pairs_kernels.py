"""From links of contents to links of stories: every pair of their bearers, within bounds.

A content that more than HOT stories bear would make pairs without end, so each of its stories is then
paired with the LEADERS first in rank only.
"""

from __future__ import annotations

from storyclust.arrays import Integers, Numbers
from storyclust.compile import kernel
from storyclust.match.candidates_kernels import HOT, LEADERS


@kernel
def listed(count: int) -> int:
    """How many of a content's stories stand for it in pairs."""
    return LEADERS if count > HOT else count


@kernel
def pairs_within(count: int) -> int:
    """How many pairs are listed of `count` stories of one content."""
    leaders = listed(count)
    return leaders * (leaders - 1) // 2 + leaders * (count - leaders)


@kernel
def pairs_between(count_a: int, count_b: int) -> int:
    """How many pairs are listed of the stories of two linked contents."""
    leaders_a, leaders_b = listed(count_a), listed(count_b)
    return leaders_a * count_b + leaders_b * count_a - leaders_a * leaders_b


@kernel
def count_pairs(longer: Numbers, shorter: Numbers, first_bearer: Integers) -> tuple[int, int]:
    """How many pairs will be listed, and how many there are."""
    pairs, every = 0, 0
    for content in range(len(first_bearer) - 1):
        count = first_bearer[content + 1] - first_bearer[content]
        pairs += pairs_within(count)
        every += count * (count - 1) // 2
    for link in range(len(longer)):
        count_a = first_bearer[longer[link] + 1] - first_bearer[longer[link]]
        count_b = first_bearer[shorter[link] + 1] - first_bearer[shorter[link]]
        pairs += pairs_between(count_a, count_b)
        every += count_a * count_b
    return pairs, every


@kernel
def list_pairs(
    longer: Numbers,
    shorter: Numbers,
    bearers: Integers,
    first_bearer: Integers,
    one: Integers,
    other: Integers,
    links: Integers,
) -> int:
    """Fill int64 arrays as long as `count_pairs` says: two stories, and their link, -1 for equal contents.

    Of a link's two stories, `one` bears the longer content.
    """
    pair = 0
    for content in range(len(first_bearer) - 1):
        start, stop = first_bearer[content], first_bearer[content + 1]
        for a in range(start, start + listed(stop - start)):
            for b in range(a + 1, stop):
                one[pair], other[pair], links[pair] = bearers[a], bearers[b], -1
                pair += 1
    for link in range(len(longer)):
        start_a, stop_a = first_bearer[longer[link]], first_bearer[longer[link] + 1]
        start_b, stop_b = first_bearer[shorter[link]], first_bearer[shorter[link] + 1]
        leaders_a, leaders_b = start_a + listed(stop_a - start_a), start_b + listed(stop_b - start_b)
        for a in range(start_a, stop_a):
            for b in range(start_b, stop_b if a < leaders_a else leaders_b):
                one[pair], other[pair], links[pair] = bearers[a], bearers[b], link
                pair += 1
    return pair
