"""Which links are borne out by the other stories beside them.

In: links of contents. Out: for either side of each link whether its neighbours are for it.

A neighbour of one side is for the link if it is like the other side: linked with it, or close in its words. All links
of one content are asked about in a row: what is known of it, of its neighbours from the start and of strangers once
they are measured, answers for all of them.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.cluster.graph_kernels import Graph, neighbour_by
from storyclust.compile import kernel
from storyclust.match.likeness_kernels import VectorArrays, likeness_up_to

# Neighbours asked about a link, those first that share most: so that what thousands are linked with costs what its few
# nearest cost.
ASKED = 16
MOST_NEEDED = ASKED // 2
# One more is kept: the other side of a link is not asked about it.
KEPT = ASKED + 1
NONE = -1

# What is known of a content and the one that is asked about.
UNLIKE, LIKE, STATES = 0, 1, 2


@kernel
def list_nearest(graph: Graph, heard: Flags, asked: Flags, digests: Flags, nearest: Numbers) -> None:
    """Fill the neighbours, KEPT at most, that share most with each content which a link is asked about of.

    heard, asked: bool, one a link: by which there are neighbours, and which are asked about; digests: bool, one a
    content: not asked. nearest: int32, as long as ``graph.own``: those of each content from its first link on, of
    equals the smaller numbers first, ended by NONE where there is room.
    """
    ranks = np.empty(KEPT, np.int64)
    for content in range(len(digests)):
        start, stop = graph.first[content], graph.first[content + 1]
        is_asked = False
        for place in range(start, stop):
            is_asked |= asked[graph.own[place]]
        if not is_asked:
            continue
        kept = 0
        for place in range(start, stop):
            link = graph.own[place]
            neighbour = neighbour_by(link, content, graph)
            if not heard[link] or digests[neighbour]:
                continue
            rank = (graph.shared_words[link] << 32) - neighbour
            if kept == KEPT and rank < ranks[KEPT - 1]:
                continue
            kept = min(kept + 1, KEPT)
            at = kept - 1
            while at > 0 and ranks[at - 1] < rank:
                ranks[at], nearest[start + at] = ranks[at - 1], nearest[start + at - 1]
                at -= 1
            ranks[at], nearest[start + at] = rank, neighbour
        if start + kept < stop:
            nearest[start + kept] = NONE


@kernel
def votes_of(strangers: Integers, needed: int, other: int, known: Integers, vectors: VectorArrays, least: float) -> int:
    """How many strangers are like `other`: a cosine has to be computed, so they are asked while they can decide."""
    votes = 0
    for place in range(len(strangers)):
        if votes >= needed or votes + len(strangers) - place < needed:
            break
        is_like = likeness_up_to(least, strangers[place], other, vectors) >= least
        known[strangers[place]] = STATES * other + (LIKE if is_like else UNLIKE)
        votes += is_like
    return votes


@kernel
def ask_neighbours(
    start: int,
    stop: int,
    graph: Graph,
    heard: Flags,
    asked: Flags,
    nearest: Numbers,
    vectors: VectorArrays,
    least: float,
    for_longer: Flags,
    for_shorter: Flags,
) -> None:
    """Fill two bool arrays for the links asked about: whether half of the nearest neighbours of either side, or all of
    none, are like the other side.

    That is, for the other sides from content `start` to `stop`. heard, asked, nearest: as `list_nearest` has them;
    least: the cosine that makes two close.
    """
    # Of each content and the one asked about: its number times STATES, and the state.
    known, strangers = np.full(len(graph.first) - 1, NONE, np.int64), np.empty(ASKED, np.int64)
    for other in range(start, stop):
        links = graph.own[graph.first[other] : graph.first[other + 1]]
        if not asked[links].any():
            continue
        for link in links:
            if heard[link]:
                known[neighbour_by(link, other, graph)] = STATES * other + LIKE
        for link in links:
            if not asked[link]:
                continue
            center = neighbour_by(link, other, graph)
            voters, votes, silent = 0, 0, 0
            for place in range(graph.first[center], min(graph.first[center + 1], graph.first[center] + KEPT)):
                neighbour = nearest[place]
                if neighbour == NONE or voters == ASKED or votes == MOST_NEEDED:
                    break
                if neighbour != other:
                    state = known[neighbour] - STATES * other
                    strangers[silent] = neighbour
                    voters += 1
                    votes += state == LIKE
                    silent += (state != LIKE) & (state != UNLIKE)
            needed = (voters + 1) // 2
            if votes < needed:
                votes += votes_of(strangers[:silent], needed - votes, other, known, vectors, least)
            if center == graph.longer[link]:
                for_longer[link] = votes >= needed
            else:
                for_shorter[link] = votes >= needed


@kernel
def find_digests(graph: Graph, asked: Flags, for_longer: Flags, for_shorter: Flags, digests: Flags) -> None:
    """Flag the contents with several links asked about, whose neighbours are for none of them."""
    for content in range(len(digests)):
        links, voices = 0, 0
        for link in graph.own[graph.first[content] : graph.first[content + 1]]:
            if asked[link]:
                links += 1
                voices += for_longer[link] if content == graph.longer[link] else for_shorter[link]
        digests[content] = links > 1 and voices == 0
