"""One change of an index: stories arrive, or stories leave, and the clusters they touch are settled anew.

In: stories. Out: the rows of all tables as they are to stand, and the changes that a consumer follows. All of it
happens within a transaction that the caller opens.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.index.changes import Change, canonical_changes, moves
from storyclust.index.components import Standing, Units, settle
from storyclust.index.incoming import New, insert, number
from storyclust.index.pairs import Analysed, PairChanges, apply
from storyclust.index.plan import Bearer, Plan, entries_of, plan_arrival, plan_leave
from storyclust.index.shelf import Shelf, name_of
from storyclust.index.told import tell
from storyclust.model import Level, Story


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change of stories changed, and how many stories stand in the components that were settled anew."""

    changes: list[Change]
    touched: int


def arrive(shelf: Shelf, new: Sequence[New], moment: int) -> Outcome:
    """Stories that are not there are added; what that changed."""
    arrivals, stories = number(shelf, new, moment), [each.story for each in new]
    told = tell(stories, shelf.profile, shelf.settings, shelf.workers)
    plan = plan_arrival(shelf, arrivals, told)
    insert(shelf, new, arrivals, moment, plan.borne)
    for arrival, words in zip(arrivals, told.words.apart(), strict=True):
        shelf.recent.keep(arrival.number, words)
    outcome = _carry_out(shelf, plan, Analysed(told.words, plan.rows))
    heads = shelf.rows(_CLUSTERS_OF[shelf.settings.level], [arrival.number for arrival in arrivals])
    names = shelf.names({head for _, head in heads})
    cluster = {number: names[head] for number, head in heads}
    added = [
        {"what": "added", "cluster": cluster[arrival.number], "story": story.id}
        for arrival, story in zip(arrivals, stories, strict=True)
    ]
    moved = [change for change in outcome.changes if change["what"] != "canonical"]
    changes = publish(shelf, [*moved, *added, *outcome.changes[len(moved) :]])
    return Outcome(changes, outcome.touched)


def arrive_again(shelf: Shelf, stories: Sequence[Story], arrivals: Sequence[Bearer]) -> None:
    """Stories whose rows are there come into units, pairs and clusters."""
    told = tell(stories, shelf.profile, shelf.settings, shelf.workers)
    plan = plan_arrival(shelf, arrivals, told)
    units = [(unit, story) for story, unit in plan.borne.items()]
    shelf.connection.executemany("UPDATE stories SET unit = ? WHERE number = ?", units)
    _carry_out(shelf, plan, Analysed(told.words, plan.rows))


def leave(shelf: Shelf, stories: Sequence[int]) -> list[Change]:
    """Stories are removed, as if they had never been added; what that changed."""
    rows = shelf.rows(_IDS_AND_CLUSTERS[shelf.settings.level], stories)
    removed = [{"what": "removed", "cluster": name_of(head), "story": name_of(id)} for _, id, head in sorted(rows)]
    plan = plan_leave(shelf, stories)
    # Their rows are wanted for the names of clusters still.
    shelf.connection.executemany("UPDATE stories SET unit = 0 WHERE number = ?", [(story,) for story in stories])
    told = tell([], shelf.profile, shelf.settings, shelf.workers)
    outcome = _carry_out(shelf, plan, Analysed(told.words, plan.rows))
    for table, column in (("texts", "story"), ("stories", "number")):
        shelf.connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(story,) for story in stories])
    return publish(shelf, [*removed, *outcome.changes])


_LEVELS: tuple[Level, ...] = ("copy", "version", "partial")
_CLUSTERS_OF = {
    level: f"SELECT stories.number, {level} FROM (SELECT value FROM json_each(?)) "
    "JOIN stories ON stories.number = value JOIN units ON units.number = unit"
    for level in _LEVELS
}
_IDS_AND_CLUSTERS = {
    level: "SELECT s.number, s.id, h.id FROM (SELECT value FROM json_each(?)) JOIN stories s ON s.number = value "
    f"JOIN units ON units.number = s.unit JOIN stories h ON h.number = units.{level}"
    for level in _LEVELS
}


def _carry_out(shelf: Shelf, plan: Plan, analysed: Analysed) -> Outcome:
    """Pairs, components and clusters follow the units that come and go."""
    counted = shelf.keys.change(entries_of(plan.coming), entries_of(plan.going))
    pairs = apply(shelf, counted, plan.gone, plan.repeated, analysed)
    components = _components(shelf, plan, pairs)
    shelf.connection.executemany("DELETE FROM units WHERE number = ?", [(unit,) for unit in plan.gone])
    units = Units.load(shelf, components)
    changes = _write(shelf, units, settle(shelf, units))
    return Outcome(changes, int(units.bearers.sum()))


def _components(shelf: Shelf, plan: Plan, pairs: PairChanges) -> list[int]:
    """The components that a change may change: those of linked pairs that came or went, or that lie within one."""
    touched = np.unique(np.concatenate((pairs.low, pairs.high)))
    asked = {*touched.tolist(), *plan.came, *plan.gone, *plan.touched}
    component = dict(
        shelf.rows("SELECT number, component FROM (SELECT value FROM json_each(?)) JOIN units ON number = value", asked)
    )
    # Of one that expired and was removed afterwards, others may still have a pair; it lies nowhere.
    low, high = (
        np.array([component.get(unit, 0) for unit in side.tolist()], np.int64) for side in (pairs.low, pairs.high)
    )
    matters = (pairs.linked | (low == high)) & (low > 0) & (high > 0)
    sure = (component[unit] for unit in (*plan.came, *plan.gone, *plan.touched))
    return sorted({*low[matters].tolist(), *high[matters].tolist(), *sure})


def _write(shelf: Shelf, units: Units, standing: Standing) -> list[Change]:
    """Write where units stand, and tell what is other than it was."""
    level, connection = shelf.settings.level, shelf.connection
    was, now = units.labels[level].tolist(), standing.labels[level].tolist()
    heads = {*was, *now} - {0}
    before = dict(
        shelf.rows("SELECT head, canonical FROM (SELECT value FROM json_each(?)) JOIN clusters ON head = value", heads)
    )
    after = {head: kept for head, (kept, _) in standing.canonicals.items()}
    names = shelf.names({*heads, *before.values(), *after.values()})

    def stories(places: Iterable[int]) -> list[str]:
        own = [int(units.numbers[place]) for place in places]
        rows = shelf.rows("SELECT id FROM (SELECT value FROM json_each(?)) JOIN stories ON unit = value", own)
        return sorted(name_of(id) for (id,) in rows)

    connection.executemany("DELETE FROM clusters WHERE head = ?", [(head,) for head in heads])
    connection.executemany(
        "INSERT INTO clusters VALUES (?, ?, ?)", [(head, *kept) for head, kept in standing.canonicals.items()]
    )
    columns = [standing.components, *(standing.labels[name] for name in _LEVELS)]
    former = [units.components, *(units.labels[name] for name in _LEVELS)]
    other = np.any([new != old for new, old in zip(columns, former, strict=True)], axis=0)
    connection.executemany(
        "UPDATE units SET component = ?, copy = ?, version = ?, partial = ? WHERE number = ?",
        zip(*(column[other].tolist() for column in (*columns, units.numbers)), strict=True),
    )
    return [
        *moves(was, now, names.__getitem__, stories),
        *canonical_changes(was, now, before, after, names.__getitem__),
    ]


def publish(shelf: Shelf, changes: list[Change]) -> list[Change]:
    """Put changes into the feed."""
    shelf.connection.executemany(
        "INSERT INTO changes (what) VALUES (?)", [(json.dumps(change, separators=(",", ":")),) for change in changes]
    )
    return changes
