"""Which contents are one cluster at each level, built upward so that levels nest.

In: links with their relations, and the pairs that were compared. Out: a label a content for each level.

At each level the clusters of the one below are the nodes. Links of that relation or a stronger one join nodes if they
are borne out by the stories beside them (`support`) and by enough of the pairs between two clusters (`average`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.cluster.average import Pairs, join
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
    labels: dict[Level, Integers] = {}
    digests = np.zeros(contents, np.bool_)
    for level, relation, least in LEVELS:
        own = edges.take(edges.relation >= relation)
        sound, digests = borne_out(own, nodes, vectors, settings, workers)
        joining = own.take(sound)
        apart = _apart(nodes, edges, joining, candidates, vectors, settings, workers)
        nodes = nodes[join(contents, _pairs(nodes, joining, apart), least)[nodes]]
        labels[level] = nodes
    return Levels(labels, int(digests.sum()))


def _apart(
    nodes: Integers,
    links: Edges,
    joining: Edges,
    candidates: Candidates,
    vectors: Vectors,
    settings: Settings,
    workers: Workers,
) -> tuple[Numbers, Numbers]:
    """Compared pairs of one component that do not belong together: linked, but not to be joined, or unlike."""
    components = nodes.copy()
    join_all(nodes[joining.longer], nodes[joining.shorter], components)
    one, other = candidates.earlier, candidates.later
    asked = (components[one] == components[other]) & (nodes[one] != nodes[other])
    one, other = one[asked], other[asked]
    keys = _keys(one, other, len(nodes))
    open_pairs = ~_among(keys, _keys(joining.longer, joining.shorter, len(nodes)))
    one, other, keys = one[open_pairs], other[open_pairs], keys[open_pairs]
    apart = _among(keys, _keys(links.longer, links.shorter, len(nodes)))
    apart[~apart] = likenesses(one[~apart], other[~apart], vectors, workers) < least_likeness(vectors.stories, settings)
    return one[apart], other[apart]


def _pairs(nodes: Integers, links: Edges, apart: tuple[Numbers, Numbers]) -> Pairs:
    """Links and pairs apart as pairs of nodes; those within a node are none."""
    one = nodes[np.concatenate((links.longer, apart[0]))]
    other = nodes[np.concatenate((links.shorter, apart[1]))]
    linked = np.arange(len(one)) < len(links)
    strength = np.concatenate((links.share, np.zeros(len(apart[0]))))
    between = one != other
    return Pairs(np.minimum(one, other)[between], np.maximum(one, other)[between], linked[between], strength[between])


def _among(keys: Integers, known: Integers) -> Flags:
    """Which keys are among those known."""
    known = np.append(np.sort(known), np.iinfo(np.int64).max)
    found: Flags = known[np.searchsorted(known[:-1], keys)] == keys
    return found


def _keys(one: Numbers, other: Numbers, contents: int) -> Integers:
    """One number for each pair, whichever way round."""
    keys: Integers = np.minimum(one, other).astype(np.int64) * contents + np.maximum(one, other)
    return keys
