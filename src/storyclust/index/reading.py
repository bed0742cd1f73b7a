"""What an index says: where a story stands, its clusters, the assignments of all.

In: an open index. Out: placements, clusters and rows, from the tables alone; no text is analysed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from storyclust import tables
from storyclust.cluster.canonical import why_alone
from storyclust.coverage import Coverage
from storyclust.index.changes import Change
from storyclust.index.records import read_pairs
from storyclust.index.shelf import ABOUT, Shelf, name_of, read_text, story_of
from storyclust.index.update import Outcome
from storyclust.match.links import RELATIONS
from storyclust.model import Cluster, Placement, Story
from storyclust.text.suppliers import agencies_of

# Clusters whose members are looked up at once.
AT_ONCE = 500


def placements(shelf: Shelf, asked: Sequence[tuple[str, bool]], outcome: Outcome) -> list[Placement]:
    """Where stories stand, each with whether it has just been added, and what was said to have changed."""
    query = (
        f"SELECT s.number, unit, {shelf.settings.level} FROM stories s JOIN units ON units.number = unit WHERE id = ?"
    )
    rows = shelf.rows_of_names(query, [id for id, _ in asked])
    places = places_of(shelf, {head for _, _, head in rows})
    figures = figures_to(shelf, [(places[head].kept_unit, unit) for _, unit, head in rows])
    told: dict[str, list[Change]] = defaultdict(list)
    for change in outcome.changes:
        told[change["cluster"]].append(change)
    found = []
    for (id, is_new), (number, _, head), to_kept in zip(asked, rows, figures, strict=True):
        place = places[head]
        relation, words, share = ("canonical", None, None) if number == place.kept else to_kept
        own = told[place.name]
        former = [change["was"] for change in own if change["what"] == "canonical" and change["was"] != place.canonical]
        found.append(
            Placement(
                id=id,
                cluster=place.name,
                canonical=place.canonical,
                relation=relation,
                shared_words=words,
                share=share,
                size=place.size,
                is_new=is_new,
                merged=tuple(change["was"] for change in own if change["what"] == "merged"),
                split=tuple(change["was"] for change in own if change["what"] == "split"),
                renamed=tuple((change["was"], place.name) for change in own if change["what"] == "renamed"),
                canonical_before=former[0] if former else None,
                touched=outcome.touched,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """A cluster without its members: its name, the story to keep by number, name and unit, and its size."""

    name: str
    kept: int
    canonical: str
    kept_unit: int
    size: int


def places_of(shelf: Shelf, heads: Iterable[int]) -> dict[int, Place]:
    """The clusters of these first stories."""
    level = shelf.settings.level
    query = (
        f"SELECT value, h.id, k.number, k.id, k.unit, (SELECT sum(bearers) FROM units WHERE {level} = value) "
        "FROM (SELECT value FROM json_each(?)) JOIN stories h ON h.number = value "
        "LEFT JOIN clusters ON head = value JOIN stories k ON k.number = coalesce(canonical, value)"
    )
    return {
        head: Place(name_of(name), kept, name_of(canonical), unit, size)
        for head, name, kept, canonical, unit, size in shelf.rows(query, heads)
    }


def head_of(shelf: Shelf, story: int) -> int:
    """The first story of the cluster of a story."""
    query = f"SELECT {shelf.settings.level} FROM stories JOIN units ON units.number = unit WHERE stories.number = ?"
    (head,) = shelf.connection.execute(query, (story,)).fetchone()
    return int(head)


def changes_since(shelf: Shelf, since: int) -> Iterator[Change]:
    """The changes after one of them, each with its number."""
    for number, what in shelf.connection.execute(
        "SELECT number, what FROM changes WHERE number > ? ORDER BY number", (since,)
    ):
        yield {"number": number, **json.loads(what)}


def figures(shelf: Shelf) -> dict[str, Any]:
    """How much there is."""

    def count(query: str) -> int:
        return int(shelf.connection.execute(query).fetchone()[0] or 0)

    level, stories = shelf.settings.level, count("SELECT count(*) FROM stories")
    pairs = np.zeros(2, np.int64)
    for (blob,) in shelf.connection.execute("SELECT pairs FROM units WHERE pairs IS NOT NULL"):
        found, _ = read_pairs([blob])
        pairs += np.array([len(found), np.count_nonzero(found["relation"])])
    return {
        "stories": stories,
        "expired": count("SELECT count(*) FROM stories WHERE expired"),
        "undated": count("SELECT count(*) FROM stories WHERE published IS NULL"),
        "clusters": count(f"SELECT count(DISTINCT {level}) FROM units"),
        "clusters_of_several": count("SELECT count(*) FROM clusters"),
        "largest_cluster": count(f"SELECT max(size) FROM (SELECT sum(bearers) AS size FROM units GROUP BY {level})"),
        "copies_to_drop": stories - count("SELECT count(DISTINCT copy) FROM units"),
        "candidate_pairs": int(pairs[0]),
        "linked_contents": int(pairs[1]),
        "hot_keys": count("SELECT count(*) FROM hot"),
        "changes": count("SELECT max(number) FROM changes"),
        "bytes": count("PRAGMA page_count") * count("PRAGMA page_size"),
        "settings": shelf.settings.to_dict(),
        "profile": shelf.profile.digest,
    }


def stories(shelf: Shelf) -> Iterator[Story]:
    """All stories that have a text, in the order in which they were added."""
    query = f"SELECT text, {ABOUT} FROM stories JOIN texts ON story = number ORDER BY number"
    for text, *about in shelf.connection.execute(query):
        yield story_of(about, read_text(text))


@dataclass(frozen=True, slots=True)
class Member:
    """A story as its cluster has it."""

    number: int
    id: str
    unit: int
    heads: dict[str, int]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A cluster with its members by rank, by number and name, and the number of the story to keep."""

    head: int
    members: list[Member]
    canonical: int
    reason: str

    @property
    def kept(self) -> Member:
        """The member to keep."""
        return next(member for member in self.members if member.number == self.canonical)


def heads_by_rank(shelf: Shelf) -> list[int]:
    """The first story of every cluster, in order of rank."""
    query = (
        f"SELECT number FROM (SELECT DISTINCT {shelf.settings.level} AS head FROM units) JOIN stories ON number = head "
        "ORDER BY published IS NULL, published, id"
    )
    return [number for (number,) in shelf.connection.execute(query)]


def gather(shelf: Shelf, heads: Sequence[int]) -> Iterator[Gathered]:
    """The clusters of these first stories, in their order."""
    level = shelf.settings.level
    query = (
        "SELECT stories.number, id, units.number, copy, version, partial FROM (SELECT value FROM json_each(?)) "
        f"JOIN units ON units.{level} = value JOIN stories ON unit = units.number "
        "ORDER BY published IS NULL, published, id"
    )
    for start in range(0, len(heads), AT_ONCE):
        own = heads[start : start + AT_ONCE]
        members: dict[int, list[Member]] = defaultdict(list)
        for number, id, unit, *labels in shelf.rows(query, own):
            by_level = dict(zip(("copy", "version", "partial"), labels, strict=True))
            members[by_level[level]].append(Member(number, name_of(id), unit, by_level))
        kept = {row[0]: row[1:] for row in shelf.rows(_CLUSTERS, own)}
        for head in own:
            canonical, reason = kept[head] if head in kept else (head, _alone(shelf, members[head][0].unit))
            yield Gathered(head, members[head], canonical, reason)


_CLUSTERS = "SELECT head, canonical, reason FROM (SELECT value FROM json_each(?)) JOIN clusters ON head = value"


def _alone(shelf: Shelf, unit: int) -> str:
    """Why a story is the only one of its cluster."""
    words, story_words, component, status = shelf.connection.execute(
        "SELECT words, story_words, component, status FROM units JOIN stories ON unit = units.number "
        "WHERE units.number = ?",
        (unit,),
    ).fetchone()
    query = "SELECT count(*) FROM (SELECT 1 FROM units WHERE component = ? LIMIT 2)"
    (there,) = shelf.connection.execute(query, (component,)).fetchone()
    return why_alone(words, story_words, shelf.settings.min_words, is_linked=there > 1, status=status or "usable")


def as_cluster(shelf: Shelf, gathered: Gathered) -> Cluster:
    """A cluster as a batch job tells it."""
    ids = tuple(member.id for member in gathered.members)
    return Cluster(ids[0], shelf.settings.level, gathered.kept.id, gathered.reason, ids)


def cluster_row(shelf: Shelf, gathered: Gathered) -> dict[str, Any]:
    """The row of `storyclust.tables.CLUSTERS` of one cluster, with what is known of stories that have expired too."""
    numbers = [member.number for member in gathered.members]
    stories = shelf.stories(numbers)
    agencies = {number: list(agencies_of(story)) for number, story in stories.items()}
    query = f"SELECT number, agencies, {ABOUT} FROM (SELECT value FROM json_each(?)) JOIN stories ON number = value"
    for number, kept, *about in shelf.rows(query, [number for number in numbers if number not in stories]):
        stories[number], agencies[number] = story_of(about, ""), json.loads(kept or "[]")
    coverage = Coverage.by(list(stories.values()), agencies.values())
    return tables.cluster_row(as_cluster(shelf, gathered), coverage)


def assignment_rows(shelf: Shelf, gathered: Gathered) -> Iterator[dict[str, Any]]:
    """The rows of `storyclust.tables.ASSIGNMENTS` of one cluster, by rank."""
    kept = gathered.kept
    figures = figures_to(shelf, [(kept.unit, member.unit) for member in gathered.members])
    names = shelf.names({head for member in gathered.members for head in member.heads.values()})
    for member, to_kept in zip(gathered.members, figures, strict=True):
        is_kept = member.number == kept.number
        relation, words, share = ("canonical", None, None) if is_kept else to_kept
        yield {
            "id": member.id,
            "cluster": gathered.members[0].id,
            "canonical": kept.id,
            "is_canonical": is_kept,
            "relation": relation,
            "shared_words": words,
            "share": None if share is None else round(share, tables.DECIMALS),
            "version_cluster": names[member.heads["version"]],
            "copy_cluster": names[member.heads["copy"]],
        }


Figures = tuple[str, int | None, float | None]


def figures_to(shelf: Shelf, asked: Sequence[tuple[int, int]]) -> list[Figures]:
    """The relation of pairs of units, those kept first: its name, the words shared and their share."""
    query = "SELECT number, pairs, narrated FROM (SELECT value FROM json_each(?)) JOIN units ON number = value"
    rows = {number: (blob, narrated) for number, blob, narrated in shelf.rows(query, {max(pair) for pair in asked})}
    return [
        ("copy", rows[unit][1], 1.0) if unit == kept else _figures(rows[max(kept, unit)][0], min(kept, unit))
        for kept, unit in asked
    ]


def _figures(blob: bytes | None, other: int) -> Figures:
    """What the pairs of a unit tell of an earlier one."""
    pairs, _ = read_pairs([blob])
    place = int(np.searchsorted(pairs["other"], other))
    if place == len(pairs) or pairs["other"][place] != other or pairs["relation"][place] == 0:
        return "indirect", None, None
    pair = pairs[place]
    return str(RELATIONS[pair["relation"]]), int(pair["shared_words"]), float(pair["share"])
