"""The tables a result is written as: their columns, and how a row is made.

`docs/file-formats.md` describes them, with a JSON schema each.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Fractions, Integers
from storyclust.cluster.clustering import Clustering
from storyclust.coverage import Coverage
from storyclust.io import Field
from storyclust.io.columns import Column, Lists, Stretch
from storyclust.io.news.ninjs import ninjs_item
from storyclust.io.tables import PASSAGE_PARTS
from storyclust.match.links import COPY, NOT_LINKED, RELATIONS, Edges
from storyclust.match.story_links import StoryLinks
from storyclust.model import Cluster, Relation, Story
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.progress import WRITING_LINKS, Progress, Stages
from storyclust.settings import Settings
from storyclust.text.suppliers import agencies_of

FORMAT = "storyclust 1"

STORIES = (
    Field("id", "text"),
    Field("title", "text"),
    Field("source", "text"),
    Field("published", "text"),
    Field("agency", "text"),
    Field("language", "text"),
    Field("status", "text"),
    Field("version", "text"),
    Field("evolved_from", "text"),
    Field("text", "text"),
)

ASSIGNMENTS = (
    Field("id", "text"),
    Field("cluster", "text"),
    Field("canonical", "text"),
    Field("is_canonical", "flag"),
    Field("relation", "text"),
    Field("shared_words", "count"),
    Field("share", "fraction"),
    Field("version_cluster", "text"),
    Field("copy_cluster", "text"),
)

LINKS = (
    Field("id_a", "text"),
    Field("id_b", "text"),
    Field("relation", "text"),
    Field("shared_words", "count"),
    Field("share", "fraction"),
    Field("quoted_words", "count"),
    Field("jaccard", "fraction"),
    Field("containment", "fraction"),
    Field("passages", "offsets"),
    Field("origin", "text"),
    Field("passage_share", "fraction"),
    Field("longest_narrated", "count"),
    Field("likeness", "fraction"),
)

MATCHES = (
    Field("id", "text"),
    Field("match", "text"),
    Field("relation", "text"),
    Field("shared_words", "count"),
    Field("share", "fraction"),
    Field("matches", "count"),
)

CLUSTERS = (
    Field("cluster", "text"),
    Field("level", "text"),
    Field("size", "count"),
    Field("canonical", "text"),
    Field("reason", "text"),
    Field("first_published", "text"),
    Field("last_published", "text"),
    Field("sources", "texts"),
    Field("members", "texts"),
    Field("agencies", "texts"),
)

SOURCES = (Field("source", "text"), Field("agency", "text"), Field("stories", "count"))

REJECTS = (Field("file", "text"), Field("line", "count"), Field("id", "text"), Field("reason", "text"))

# Enough to tell any two apart, few enough to read.
DECIMALS = 6


def metadata(settings: Settings, profile: Profile) -> dict[str, str]:
    """What a file says of how it was made."""
    return {
        "storyclust_format": FORMAT,
        "storyclust_settings": json.dumps(settings.to_dict(), sort_keys=True),
        "storyclust_profile": profile.digest,
    }


@dataclass(frozen=True, slots=True)
class ToCanonical:
    """How each story is related to the canonical of its cluster; arrays, one a story.

    Attributes
    ----------
    relations : list of {"canonical", "copy", "version", "partial", "indirect"}
    shared_words : list of int or None
    shares : list of float or None
        None where there is no link to the canonical, or the story is it.
    """

    relations: list[str]
    shared_words: list[int | None]
    shares: list[float | None]


def figures_to_canonical(
    clustering: Clustering,
    canonicals: npt.NDArray[np.int64],
    content: npt.NDArray[np.int64],
    narrated: Integers,
    links: Edges,
) -> ToCanonical:
    """Look up the link of each story's content with that of its canonical; narrated: int64 array, one a content."""
    canonical = canonicals[clustering.of_story]
    own, other = content.astype(np.int64), content[canonical].astype(np.int64)
    is_canonical = canonical == np.arange(len(canonical))
    equal = (own == other) & ~is_canonical

    keys = np.minimum(links.longer, links.shorter) * np.int64(len(narrated)) + np.maximum(links.longer, links.shorter)
    order = np.argsort(keys)
    wanted = np.minimum(own, other) * len(narrated) + np.maximum(own, other)
    place = np.searchsorted(keys[order], wanted)
    candidate = order[np.minimum(place, len(keys) - 1)] if len(keys) else np.zeros(len(own), np.int64)
    linked = ~is_canonical & ~equal & (keys[candidate] == wanted if len(keys) else np.zeros(len(own), np.bool_))

    found = np.where(equal, COPY, np.where(linked, links.relation[candidate] if len(keys) else NOT_LINKED, NOT_LINKED))
    relations = np.where(is_canonical, "canonical", np.array(["indirect", *RELATIONS[1:]])[found])
    shared: list[int | None] = [None] * len(own)
    shares: list[float | None] = [None] * len(own)
    for story in np.flatnonzero(equal).tolist():
        shared[story], shares[story] = int(narrated[own[story]]), 1.0
    for story in np.flatnonzero(linked).tolist():
        link = candidate[story]
        shared[story], shares[story] = int(links.shared_words[link]), round(float(links.share[link]), DECIMALS)
    return ToCanonical(relations.tolist(), shared, shares)


def assignment_rows(
    ids: Sequence[str],
    clustering: Clustering,
    canonicals: npt.NDArray[np.int64],
    figures: ToCanonical,
    version_clusters: Sequence[str],
    copy_clusters: Sequence[str],
) -> Iterator[dict[str, Any]]:
    """The rows of `ASSIGNMENTS`, by cluster and rank; ids: of all stories, in order of rank."""
    first_members = clustering.members[clustering.first_member[:-1]].tolist()
    clusters, kept = clustering.of_story.tolist(), canonicals.tolist()
    for story in clustering.members.tolist():
        cluster = clusters[story]
        name, canonical = ids[first_members[cluster]], kept[cluster]
        yield {
            "id": ids[story],
            "cluster": name,
            "canonical": ids[canonical],
            "is_canonical": story == canonical,
            "relation": figures.relations[story],
            "shared_words": figures.shared_words[story],
            "share": figures.shares[story],
            "version_cluster": version_clusters[story],
            "copy_cluster": copy_clusters[story],
        }


def story_row(story: Story) -> dict[str, Any]:
    """The row of `STORIES` of one story."""
    published = None if story.published is None else story.published.isoformat()
    return {field.name: getattr(story, field.name) for field in STORIES} | {"published": published}


def ninjs_items(rows: Iterable[dict[str, Any]], story_of: Callable[[str], Story]) -> Iterator[dict[str, Any]]:
    """The rows of `ASSIGNMENTS` as items of ninjs, whose associations name the others of the cluster."""
    for _, cluster in groupby(rows, key=itemgetter("cluster")):
        members = list(cluster)
        others = [(row["relation"], row["id"]) for row in members if not row["is_canonical"]]
        for row in members:
            associations = others if row["is_canonical"] else [("canonical", row["canonical"])]
            yield ninjs_item(story_of(row["id"]), associations)


def link_columns(links: StoryLinks, threads: int | None, progress: Progress | None) -> Iterator[Stretch]:
    """The columns of `LINKS`, a stretch of pairs at a time: a stage of its own."""
    stages = Stages(progress)
    stages.begin(WRITING_LINKS)
    with Workers(threads, stages=stages) as workers:
        yield from link_stretches(links, workers)
    stages.end()


def link_stretches(links: StoryLinks, workers: Workers) -> Iterator[Stretch]:
    """The same by workers that there are, no stage of its own."""
    for table in links.tables(workers):
        passages = Lists(tuple(table.passages[part] for part in PASSAGE_PARTS), table.first_passage)
        shares = {field.name: rounded(table.columns[field.name]) for field in LINKS if field.kind == "fraction"}
        columns: dict[str, Column] = {**table.columns, **shares, "passages": passages}
        yield {field.name: columns[field.name] for field in LINKS}


def rounded(values: Fractions) -> Fractions:
    """Fractions with DECIMALS, each as `round` has it.

    >>> rounded(np.array([0.1234565, 2 / 3])).tolist()
    [0.123456, 0.666667]
    """
    scaled = values * 10**DECIMALS
    found: Fractions = np.rint(scaled) / 10**DECIMALS
    # Which way what lies half way goes is told by decimals that scaling loses.
    half = np.flatnonzero(np.abs(scaled % 1 - 0.5) < 1e-3)
    found[half] = [round(value, DECIMALS) for value in values[half].tolist()]
    return found


def match_row(
    story: Story,
    match: Story | None,
    relation: Relation | None,
    shared_words: int | None,
    share: float | None,
    matches: int,
) -> dict[str, Any]:
    """The row of `MATCHES` for one story: the one it matches best, if any, and how many it matches."""
    return {
        "id": story.id,
        "match": None if match is None else match.id,
        "relation": relation,
        "shared_words": shared_words,
        "share": None if share is None else round(share, DECIMALS),
        "matches": matches,
    }


def source_rows(stories: Iterable[Story]) -> Iterator[dict[str, Any]]:
    """The rows of `SOURCES`: how many stories of each agency an outlet carries, by outlet, most stories first.

    A story of two agencies counts for each; one of none counts for no agency.
    """
    counts = Counter((story.source, agency) for story in stories for agency in agencies_of(story) or (None,))
    rows = sorted((source is None, source or "", -number, agency or "") for (source, agency), number in counts.items())
    for is_unknown, source, number, agency in rows:
        yield {"source": None if is_unknown else source, "agency": agency or None, "stories": -number}


def cluster_row(cluster: Cluster, coverage: Coverage) -> dict[str, Any]:
    """The row of `CLUSTERS` for one cluster, whose stories are of this coverage."""
    return {
        "cluster": cluster.id,
        "level": cluster.level,
        "size": coverage.stories,
        "canonical": cluster.canonical,
        "reason": cluster.reason,
        "first_published": coverage.first and coverage.first.isoformat(),
        "last_published": coverage.last and coverage.last.isoformat(),
        "sources": list(coverage.outlets),
        "members": list(cluster.members),
        "agencies": list(coverage.agencies),
    }
