"""Which contents are one cluster at each level, built upward so that levels nest.

In: links with their relations, and the pairs that were compared. Out: a label a content for each level.

At each level the clusters of the one below are the nodes. Links of that relation or a stronger one join nodes if they
are borne out by the stories beside them (`support`) and by enough of the pairs between two clusters (`average`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.cluster.apart_kernels import APART, UNKNOWN, judge
from storyclust.cluster.average import Pairs, join
from storyclust.cluster.graph import graph_of
from storyclust.cluster.graph_kernels import Graph
from storyclust.cluster.joining_kernels import join_all
from storyclust.cluster.support import borne_out, least_likeness
from storyclust.match.candidates import Candidates
from storyclust.match.likeness import Vectors, likenesses
from storyclust.match.links import COPY, PARTIAL, VERSION, Edges
from storyclust.model import Level
from storyclust.parallel import Workers
from storyclust.settings import Settings

# Of the pairs between two clusters: most of them make copies, a good part versions and what takes from them.
LEVELS: tuple[tuple[Level, int, float], ...] = (
    ("copy", COPY, 1 / 2),
    ("version", VERSION, 1 / 4),
    ("partial", PARTIAL, 1 / 4),
)
# A level makes so many over its links and pairs.
PASSES = 3


@dataclass(frozen=True, slots=True)
class Levels:
    """The label of each content at each level, the smallest content of its cluster; and how many are digests.

    A digest is linked with several others that are unlike each other.
    """

    labels: dict[Level, Integers]
    digests: int


def build_levels(
    edges: Edges,
    candidates: Candidates,
    contents: int,
    vectors: Vectors,
    settings: Settings,
    workers: Workers,
) -> Levels:
    """The clusters of contents at every level."""
    nodes = np.arange(contents, dtype=np.int64)
    graph = graph_of(edges, contents)
    labels: dict[Level, Integers] = {}
    digests = np.zeros(contents, np.bool_)
    for level, relation, least in LEVELS:
        heard = edges.relation >= relation
        digests = np.zeros(contents, np.bool_)
        if (heard & (nodes[edges.longer] != nodes[edges.shorter])).any():
            joining, digests = borne_out(graph, heard, nodes, vectors, settings, workers)
            apart = _apart(nodes, graph, joining, candidates, vectors, settings, workers)
            nodes = nodes[join(contents, _pairs(nodes, edges, joining, apart), least)[nodes]]
        else:
            workers.stages.skip(PASSES)  # what is linked is together already
        labels[level] = nodes
    return Levels(labels, int(digests.sum()))


def _apart(
    nodes: Integers,
    graph: Graph,
    joining: Flags,
    candidates: Candidates,
    vectors: Vectors,
    settings: Settings,
    workers: Workers,
) -> tuple[Numbers, Numbers]:
    """Compared pairs of one component that do not belong together: linked, but not to be joined, or unlike."""
    components = nodes.copy()
    join_all(nodes[graph.longer[joining]], nodes[graph.shorter[joining]], components)
    one, other = candidates.earlier, candidates.later
    verdicts = np.zeros(len(one), np.uint8)
    judge(other, one, nodes, components, graph, joining, verdicts)
    apart, unknown = verdicts == APART, np.flatnonzero(verdicts == UNKNOWN)
    least = least_likeness(vectors.stories, settings)
    apart[unknown] = likenesses(one[unknown], other[unknown], vectors, workers) < least
    return one[apart], other[apart]


def _pairs(nodes: Integers, edges: Edges, joining: Flags, apart: tuple[Numbers, Numbers]) -> Pairs:
    """Links that join and pairs apart as pairs of nodes; those within a node are none."""
    one = nodes[np.concatenate((edges.longer[joining], apart[0]))]
    other = nodes[np.concatenate((edges.shorter[joining], apart[1]))]
    linked = np.arange(len(one)) < len(one) - len(apart[0])
    strength = np.concatenate((edges.share[joining], np.zeros(len(apart[0]))))
    between = one != other
    return Pairs(np.minimum(one, other)[between], np.maximum(one, other)[between], linked[between], strength[between])
