"""What a change of an index did to its clusters, as a consumer can follow it.

In: where units stood and where they stand. Out: changes, each a small dict, that lead from the one to the other when
they are carried out in their order:

- ``removed`` and ``expired``: a story leaves its cluster, or stays in it without its text;
- ``split``: some stories of a cluster are another now; ``merged`` and ``renamed``: all stories of a cluster are in
  another, which has stories of others as well, or has not;
- ``added``: a story is in a cluster; ``canonical``: the story to keep of a cluster is another. A cluster that nothing
  was said of keeps the story it is named by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Change = dict[str, Any]


def moves(
    was: Sequence[int], now: Sequence[int], name: Callable[[int], str], stories: Callable[[Iterable[int]], list[str]]
) -> list[Change]:
    """The changes that lead from the clusters that units stood in, 0 for none, to those that they stand in.

    `name` names a cluster by the number of its first story; `stories` names those of units, by their places.
    """
    parts: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    origins: dict[int, set[int]] = defaultdict(set)
    for unit, (old, new) in enumerate(zip(was, now, strict=True)):
        if old:
            parts[old][new].append(unit)
            origins[new].add(old)
    splits, wholes = [], []
    for old, found in sorted(parts.items()):
        for new, units in sorted(found.items()):
            if new == old:
                continue
            change = {"what": "split", "cluster": name(new), "was": name(old)}
            if len(found) > 1:
                splits.append({**change, "stories": stories(units)})
            else:
                wholes.append({**change, "what": "merged" if len(origins[new]) > 1 else "renamed"})
    return splits + wholes


def canonical_changes(
    was: Sequence[int],
    now: Sequence[int],
    before: Mapping[int, int],
    after: Mapping[int, int],
    name: Callable[[int], str],
) -> list[Change]:
    """The clusters, by first story, whose story to keep is another than that of the cluster of this name before.

    was, now: as of `moves`; before, after: the story to keep of clusters of two or more. It is told which story was
    kept of what is this cluster now, or of the first part of it.
    """
    origins: dict[int, list[int]] = defaultdict(list)
    for old, new in zip(was, now, strict=True):
        if old:
            origins[new].append(old)
    changes = []
    for head in sorted(set(now)):
        kept = after.get(head, head)
        if kept != before.get(head, head):
            own = origins[head]
            old = head if head in own or not own else own[0]
            names = {"cluster": head, "was": before.get(old, old), "canonical": kept}
            changes.append({"what": "canonical", **{what: name(number) for what, number in names.items()}})
    return changes
