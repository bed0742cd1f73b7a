"""Clusters as runs of stories: named, ordered, and cut out of one array.

In: a label a story, stories in order of rank. Out: the clusters in the order of their first stories.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Integers


@dataclass(frozen=True, slots=True)
class Clustering:
    """A partition of stories that are numbered by rank.

    Attributes
    ----------
    of_story : int64 array, one a story
        Its cluster; clusters are numbered in the order of their first stories.
    members : int64 array, one a story
        All stories, cluster after cluster, each in order of rank.
    first_member : int64 array, one more than clusters
    """

    of_story: Integers
    members: Integers
    first_member: Integers

    @classmethod
    def from_labels(cls, labels: Integers) -> Clustering:
        """The clusters of the stories that bear equal labels.

        >>> Clustering.from_labels(np.array([7, 3, 7])).of_story.tolist()
        [0, 1, 0]
        """
        _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
        number = np.empty(len(first), np.int64)
        number[np.argsort(first)] = np.arange(len(first))
        of_story = number[inverse]
        sizes = np.bincount(of_story, minlength=len(first))
        return cls(of_story, np.argsort(of_story, kind="stable"), np.concatenate(([0], np.cumsum(sizes))))

    def __len__(self) -> int:
        """The number of clusters."""
        return len(self.first_member) - 1

    @property
    def sizes(self) -> Integers:
        """How many stories each cluster has."""
        return np.diff(self.first_member)

    def several(self) -> tuple[Integers, Integers, Integers]:
        """The clusters of two or more: their numbers, their members, and where each one's members begin."""
        chosen = self.sizes > 1
        members = self.members[np.repeat(chosen, self.sizes)]
        return np.flatnonzero(chosen), members, np.concatenate(([0], np.cumsum(self.sizes[chosen])))

    def largest(self, number: int) -> list[tuple[int, list[int]]]:
        """So many clusters of two or more at most, the largest first, of equals the first: number and members of each.

        >>> Clustering.from_labels(np.array([7, 3, 8, 3, 8, 3])).largest(5)
        [(1, [1, 3, 5]), (2, [2, 4])]
        """
        order = np.argsort(-self.sizes, kind="stable")[:number]
        edges = self.first_member
        chosen = order[self.sizes[order] > 1].tolist()
        return [(cluster, self.members[edges[cluster] : edges[cluster + 1]].tolist()) for cluster in chosen]
