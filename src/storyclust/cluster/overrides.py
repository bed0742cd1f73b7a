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
from storyclust.cluster.joining_kernels import join_all
from storyclust.cluster.levels import LEVELS
from storyclust.errors import SettingsError
from storyclust.match.links import COPY, Edges
from storyclust.match.story_links import pair_stories
from storyclust.model import Level
from storyclust.settings import Settings

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bond:
    """Two stories that share something: how strong their relation is, then how much they share."""

    one: int
    other: int
    relation: int
    share: float


def honour(
    labels: Mapping[Level, Integers], ids: Sequence[str], content: Integers, links: Edges, settings: Settings
) -> tuple[Mapping[Level, Integers], int]:
    """The labels of stories that honour what the settings say of pairs, and how many pairs name no story of `ids`."""
    if not settings.must_link and not settings.cannot_link:
        return labels, 0
    numbers = {id: number for number, id in enumerate(ids)}
    together, missed = number_pairs(settings.must_link, numbers)
    apart, missing = number_pairs(settings.cannot_link, numbers)
    pairs = pair_stories(links, content, int(content.max(initial=-1)) + 1, ids)
    # Stories of one content have no link, which is numbered -1, and are one more than any link is.
    relation, share = np.append(links.relation, np.uint8(COPY)), np.append(links.share, 1.0)
    columns = pairs.a.tolist(), pairs.b.tolist(), relation[pairs.links].tolist(), share[pairs.links].tolist()
    edges = [Bond(*row) for row in zip(*columns, strict=True)]
    relations = {level: relation for level, relation, _ in LEVELS}
    return override(labels, relations, edges, together, apart, ids), missed + missing


def number_pairs(pairs: Iterable[tuple[str, str]], numbers: Mapping[str, int]) -> tuple[list[Pair], int]:
    """Pairs of ids as pairs of stories, and how many name a story that is not there."""
    known = [(numbers[a], numbers[b]) for a, b in pairs if a in numbers and b in numbers]
    return known, sum(1 for _ in pairs) - len(known)


def override(
    labels: Mapping[Level, Integers],
    relations: Mapping[Level, int],
    edges: Sequence[Bond],
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
        merged = _joined(own, together)
        for cluster in {int(merged[a]) for a, b in apart if merged[a] == merged[b]}:
            members = np.flatnonzero(merged == cluster)
            merged[members] = _rebuilt(members, below, edges, relations[level], apart) + len(ids) + merged.max()
        found[level] = below = merged
    return found


def _joined(labels: Integers, pairs: Sequence[Pair]) -> Integers:
    """Labels with those of each pair made one."""
    one, other = (labels[np.array([pair[side] for pair in pairs], np.int64)] for side in (0, 1))
    heads = np.arange(labels.max(initial=-1) + 1)
    join_all(one, other, heads)
    return heads[labels]


def _rebuilt(
    members: Integers, below: Integers, edges: Sequence[Bond], relation: int, apart: Sequence[Pair]
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
