"""Links as a graph: of each content the links that it has."""

from __future__ import annotations

import numpy as np

from storyclust.cluster.graph_kernels import Graph, list_links
from storyclust.match.links import Edges


def graph_of(edges: Edges, contents: int) -> Graph:
    """The graph of some links of so many contents."""
    first, own = np.zeros(contents + 1, np.int64), np.empty(2 * len(edges), np.int64)
    list_links(edges.longer, edges.shorter, first, own)
    return Graph(edges.longer, edges.shorter, edges.shared_words, first, own)
