"""What a user knows better: pairs of stories that belong together, and pairs that do not.

In: labels of stories at each level, links, and two lists of pairs. Out: labels that honour them, still nested.

Pairs that must be together are joined at every level. A cluster that holds a pair that must be apart is built anew: its
parts, clusters of the level below, are joined in the order of what they share, as far as no such pair comes together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Integers
from storyclust.errors import SettingsError
from storyclust.model import Level

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edge:
    """Two stories that share something: how strong their relation is, then how much they share."""

    one: int
    other: int
    relation: int
    share: float


def number_pairs(pairs: Iterable[tuple[str, str]], numbers: Mapping[str, int]) -> tuple[list[Pair], int]:
    """Pairs of ids as pairs of stories, and how many name a story that is not there."""
    known = [(numbers[a], numbers[b]) for a, b in pairs if a in numbers and b in numbers]
    return known, sum(1 for _ in pairs) - len(known)


def override(
    labels: Mapping[Level, Integers],
    relations: Mapping[Level, int],
    edges: Sequence[Edge],
    together: Sequence[Pair],
    apart: Sequence[Pair],
    ids: Sequence[str],
) -> dict[Level, Integers]:
    """Labels of stories (a number a story, level by level upward) that honour the pairs.

    Raises
    ------
    SettingsError
        If pairs that belong together bring together a pair that does not.
    """
    bound = _joined(np.arange(len(ids)), together)
    for a, b in apart:
        if bound[a] == bound[b]:
            raise SettingsError(
                f"cannot_link has {ids[a]!r} and {ids[b]!r}, which the pairs of must_link bring together; "
                "expected lists that agree, so drop one of the pairs"
            )
    below, found = bound, {}
    for level, own in labels.items():
        merged = _joined(own.copy(), together)
        for cluster in {int(merged[a]) for a, b in apart if merged[a] == merged[b]}:
            members = np.flatnonzero(merged == cluster)
            merged[members] = _rebuilt(members, below, edges, relations[level], apart) + len(ids) + merged.max()
        found[level] = below = merged
    return found


def _joined(labels: Integers, pairs: Sequence[Pair]) -> Integers:
    """Labels with those of each pair made one."""
    for a, b in pairs:
        low, high = sorted((labels[a], labels[b]))
        labels[labels == high] = low
    return labels


def _rebuilt(
    members: Integers, below: Integers, edges: Sequence[Edge], relation: int, apart: Sequence[Pair]
) -> Integers:
    """New labels of the members of one cluster."""
    inside = set(members.tolist())
    part = {story: int(below[story]) for story in inside}
    own = [edge for edge in edges if edge.one in inside and edge.other in inside and edge.relation >= relation]
    for edge in sorted(own, key=lambda edge: (-edge.relation, -edge.share, edge.one, edge.other)):
        one, other = part[edge.one], part[edge.other]
        torn = any({part.get(a), part.get(b)} == {one, other} for a, b in apart)
        if one != other and not torn:
            part = {story: one if label == other else label for story, label in part.items()}
    return np.array([part[story] for story in members.tolist()], np.int64)
