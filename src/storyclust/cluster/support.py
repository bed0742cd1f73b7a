"""Which links may join: those borne out by the other stories beside them.

In: the links of a level. Out: a flag a link.

A link of u and v is borne out if at least half of the other stories that u is linked with are like v, and half of
those of v like u: linked themselves, or close in their words. The parts of a digest are not alike, so it joins none of
them; the leaves of a bridge join through it if they are. A digest is found first, and then has no voice: that two
stories stand in one round-up says nothing against a link of theirs.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Integers
from storyclust.cluster.graph_kernels import Graph
from storyclust.cluster.support_kernels import ask_neighbours, find_digests, list_nearest
from storyclust.match.likeness import Vectors
from storyclust.parallel import Workers
from storyclust.settings import Settings

# Stories beside each other need not be as alike as those that are linked: this part of it is enough.
CLOSE = 0.8
# Two parts and what takes them in: there are no others to tell by which of their words are rare.
PARTIES = 3
NEVER = 2.0  # no cosine reaches it


def least_likeness(stories: int, settings: Settings) -> float:
    """The cosine from which on two stories are alike in a corpus of so many.

    In a small corpus common words look rare too, so unlike texts look alike: more is asked there.

    >>> round(least_likeness(1_000_000, Settings()), 2), round(least_likeness(10, Settings()), 2)
    (0.23, 0.33)
    """
    if stories == PARTIES:
        return NEVER
    return CLOSE * settings.alike + (1 / stories if stories else 0.0)


def borne_out(
    graph: Graph, heard: Flags, nodes: Integers, vectors: Vectors, settings: Settings, workers: Workers
) -> tuple[Flags, Flags]:
    """Which links of a level are borne out (a flag a link), and which contents are digests (a flag a content).

    heard: bool, one a link: those of the level; the others are none. Only links between two nodes, the clusters of the
    level below (a label a content), are asked about.
    """
    for_longer, for_shorter = heard.copy(), heard.copy()
    least = least_likeness(vectors.stories, settings)
    batches = workers.split(len(nodes), weights=np.diff(graph.first))

    def ask(asked: Flags, digests: Flags) -> None:
        nearest = np.empty(len(graph.own), np.int32)
        list_nearest(graph, heard, asked, digests, nearest)

        def ask_batch(batch: tuple[int, int]) -> None:
            ask_neighbours(*batch, graph, heard, asked, nearest, vectors.arrays, least, for_longer, for_shorter)

        workers.run(ask_batch, batches)

    between = heard & (nodes[graph.longer] != nodes[graph.shorter])
    digests = np.zeros(len(nodes), np.bool_)
    ask(between, digests)
    find_digests(graph, between, for_longer, for_shorter, digests)
    if not digests.any():
        workers.stages.skip(1)  # all have been heard
        return for_longer & for_shorter, digests
    ask(between & ~(for_longer & for_shorter), digests)
    sound: Flags = for_longer & for_shorter & ~(digests[graph.longer] | digests[graph.shorter])
    return sound, digests
