"""Links as a graph: of each content the links that it has.

In: the two ends of each link. Out: the numbers of the links, content after content.
"""

from __future__ import annotations

from typing import NamedTuple

from storyclust.arrays import Integers, Numbers
from storyclust.compile import kernel


class Graph(NamedTuple):
    """Links, and which of them each content has: those from ``first[i]`` to ``first[i + 1]`` in `own`.

    Attributes
    ----------
    longer, shorter : int32 arrays, one a link
    shared_words : int64 array, one a link
    first : int64 array, one more than contents
    own : int64 array, one a side of a link
        Numbers of links.
    """

    longer: Numbers
    shorter: Numbers
    shared_words: Integers
    first: Integers
    own: Integers


@kernel
def neighbour_by(link: int, content: int, graph: Graph) -> int:
    """The content at the other end of a content's link."""
    return int(graph.longer[link]) + int(graph.shorter[link]) - content


@kernel
def list_links(longer: Numbers, shorter: Numbers, first: Integers, own: Integers) -> None:
    """Fill where the links of each content begin (int64, all 0, one more than contents), and their numbers (int64)."""
    for link in range(len(longer)):
        first[longer[link]] += 1
        first[shorter[link]] += 1
    before = 0
    for content in range(len(first)):
        before += first[content]
        first[content] = before
    # Filled from the back, each beginning moves to where it belongs.
    for link in range(len(longer) - 1, -1, -1):
        for content in (longer[link], shorter[link]):
            first[content] -= 1
            own[first[content]] = link
