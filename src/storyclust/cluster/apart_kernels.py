"""Which of the pairs compared may keep two clusters apart.

In: pairs that were compared, and links. Out: a verdict a pair.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Integers, Numbers
from storyclust.cluster.graph_kernels import Graph, neighbour_by
from storyclust.compile import kernel

# A pair that says nothing; one that does not belong together; one of which only its likeness can tell.
SILENT, APART, UNKNOWN = 0, 1, 2


@kernel
def judge(
    later: Numbers,
    earlier: Numbers,
    nodes: Integers,
    components: Integers,
    graph: Graph,
    joining: Flags,
    verdicts: Bytes,
) -> None:
    """Fill the verdict of each pair (uint8, all SILENT): of two nodes in one component, linked but not to be joined.

    later, earlier int32: contents, sorted by the first. nodes, components: int64, a label a content; joining: bool, one
    a link.
    """
    link_with = np.zeros(len(nodes), np.int64)
    owner = -1  # of the links known by the content at their other end
    for pair in range(len(later)):
        one, other = later[pair], earlier[pair]
        if nodes[one] == nodes[other] or components[one] != components[other]:
            continue
        if one != owner:
            for link in graph.own[graph.first[one] : graph.first[one + 1]]:
                link_with[neighbour_by(link, one, graph)] = link
            owner = one
        link = link_with[other]
        is_linked = graph.longer[link] + graph.shorter[link] == one + other and (
            graph.longer[link] == one or graph.shorter[link] == one
        )
        if not is_linked:
            verdicts[pair] = UNKNOWN
        elif not joining[link]:
            verdicts[pair] = APART
