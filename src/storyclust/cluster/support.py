"""Which links may join: those borne out by the other stories beside them.

In: the links of a level. Out: a flag a link.

A link of u and v is borne out if at least half of the other stories that u is linked with are like v, and half of
those of v like u: linked themselves, or close in their words. The parts of a digest are not alike, so it joins none of
them; the leaves of a bridge join through it if they are. A digest is found first, and then has no voice: that two
stories stand in one round-up says nothing against a link of theirs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from storyclust.arrays import Flags, Integers
from storyclust.cluster.support_kernels import ask_neighbours
from storyclust.match.likeness import Vectors
from storyclust.match.links import Edges
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
    links: Edges, nodes: Integers, vectors: Vectors, settings: Settings, workers: Workers
) -> tuple[Flags, Flags]:
    """Which links of a level are borne out (a flag a link), and which contents are digests (a flag a content).

    Only links between two nodes, the clusters of the level below (a label a content), are asked about.
    """
    contents, open_links = len(nodes), nodes[links.longer] != nodes[links.shorter]
    ask = _ballot(links, nodes, vectors, settings, workers)
    for_longer, for_shorter = np.ones(len(links), np.bool_), np.ones(len(links), np.bool_)
    ask(np.flatnonzero(open_links), np.zeros(contents, np.bool_), for_longer, for_shorter)
    sides = np.concatenate((links.longer[open_links], links.shorter[open_links]))
    said = np.concatenate((for_longer[open_links], for_shorter[open_links]))
    degrees, voices = np.bincount(sides, minlength=contents), np.bincount(sides[said], minlength=contents)
    digests: Flags = (degrees > 1) & (voices == 0)
    ask(np.flatnonzero(~(for_longer & for_shorter)), digests, for_longer, for_shorter)
    sound: Flags = for_longer & for_shorter & ~digests[links.longer] & ~digests[links.shorter]
    return sound, digests


def _ballot(
    links: Edges, nodes: Integers, vectors: Vectors, settings: Settings, workers: Workers
) -> Callable[[Integers, Flags, Flags, Flags], None]:
    """A function that asks the neighbours of both sides of some links, digests apart, and fills in what they say."""
    one, other = np.concatenate((links.longer, links.shorter)), np.concatenate((links.shorter, links.longer))
    shared = np.concatenate((links.shared_words, links.shared_words))
    first = np.concatenate(([0], np.cumsum(np.bincount(one, minlength=len(nodes)))))
    order = np.argsort(one.astype(np.int64) * len(nodes) + other)
    by_number, shared = other[order], shared[order]
    most = shared.max(initial=0) + 1
    by_strength = by_number[np.argsort((one[order] + 1) * most - shared, kind="stable")]  # of equals the first
    least = least_likeness(vectors.stories, settings)

    def ask(asked: Integers, digests: Flags, for_longer: Flags, for_shorter: Flags) -> None:
        def ask_batch(batch: tuple[int, int]) -> None:
            ask_neighbours(
                links.longer,
                links.shorter,
                asked[slice(*batch)],
                digests,
                by_number,
                by_strength,
                first,
                vectors.arrays,
                least,
                for_longer,
                for_shorter,
            )

        degrees = np.diff(first)
        weights = degrees[links.longer[asked]] + degrees[links.shorter[asked]]
        workers.run(ask_batch, workers.split(len(asked), weights=weights))

    return ask
