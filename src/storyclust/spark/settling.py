"""The clusters of whole components and the story to keep of each: the rules of the one-machine job on a part of all.

In: the stories, contents and pairs of components, one component after another. Out: a row a story. A component with
more contents than a task should hold is settled by the driver, whose arrays lie in files where they are too large.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from storyclust import tables as columns
from storyclust.arrays import Integers
from storyclust.cluster.canonical import Members, canonical_stories, choose_canonicals
from storyclust.cluster.clustering import Clustering
from storyclust.cluster.levels import build_levels
from storyclust.io.tables import arrow_types
from storyclust.match.candidates import Candidates
from storyclust.match.contents import Contents
from storyclust.match.likeness import Vectors
from storyclust.match.links import NOT_LINKED, Edges
from storyclust.match.terms import Terms, count_terms
from storyclust.memory import Memory
from storyclust.model import Level
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings
from storyclust.spark.analysis import words_of
from storyclust.spark.reading import Batches
from storyclust.spark.rows import batch_of, binaries, integers, values_of, whole_groups
from storyclust.spark.tables import Tables, schema_of

# Contents of a component that one task holds: some 3 KB each, with their pairs.
MOST_IN_TASK = 300_000
FETCHED_AT_ONCE = 100_000
STORY, CONTENT, PAIR = 0, 1, 2
TERMED = pa.schema(
    [
        *((name, pa.int64()) for name in ("head", "content")),
        ("narrated", pa.int32()),
        ("terms", pa.binary()),
        ("term_counts", pa.binary()),
    ]
)
ASSIGNED = pa.schema(
    [
        ("number", pa.int64()),
        ("cluster_number", pa.int64()),
        ("reason", pa.string()),
        *arrow_types(columns.ASSIGNMENTS).items(),
    ]
)


def count_terms_of(contents: DataFrame) -> DataFrame:
    """Contents with their terms in place of their words: the columns head, content, narrated and those."""
    return contents.mapInArrow(_count_batches, schema_of(TERMED))


def _count_batches(batches: Batches) -> Batches:
    with Workers(1) as workers:
        for batch in batches:
            words = words_of(batch)
            contents = Contents.choose(words, np.arange(len(words)))
            terms = count_terms(contents, np.ones(len(contents), np.bool_), workers)
            counts = np.diff(terms.first_term)
            packed = {"terms": binaries(terms.columns, counts), "term_counts": binaries(terms.counts, counts)}
            yield batch_of(TERMED, {name: batch[name] for name in TERMED.names if name not in packed} | packed)


def members_of(components: DataFrame, heads: DataFrame) -> DataFrame:
    """The contents of components: those of links, and those that several stories bear, each of a component of its own.

    components : frame with the columns head, component; heads : frame with the columns head, bearers
    """
    alike = heads.where("bearers > 1").select("head").join(components, "head", "left_anti")
    return components.unionByName(alike.withColumn("component", f.col("head")))


def component_rows(stories: DataFrame, contents: DataFrame, pairs: DataFrame, members: DataFrame) -> DataFrame:
    """All that settles components, as rows of one frame with the columns component and what.

    Parameters
    ----------
    stories : frame with the columns number, id, source, standing, head
    contents : frame of TERMED
    pairs : frame with the columns later, earlier, longer, relation, share, shared_words
        All that were compared, those that are not linked without the last four.
    members : frame with the columns head, component
    """
    later = members.withColumnsRenamed({"head": "later"})
    earlier = members.withColumnsRenamed({"head": "earlier", "component": "other"})
    within = pairs.join(later, "later").join(earlier, "earlier").where("component = other").drop("other")
    rows = stories.join(members, "head").withColumn("what", f.lit(STORY))
    for kind, others in ((CONTENT, contents.join(members, "head")), (PAIR, within)):
        rows = rows.unionByName(others.withColumn("what", f.lit(kind)), allowMissingColumns=True)
    return rows


def settle_components(
    rows: DataFrame, members: DataFrame, profile: Broadcast[Profile], settings: Settings, tables: Tables
) -> DataFrame:
    """The rows of ASSIGNED of all components."""
    sizes = members.groupBy("component").count().where(f.col("count") > MOST_IN_TASK)
    large = {row["component"]: row["count"] for row in sizes.collect()}
    is_large = f.col("component").isin(list(large))
    ordered = rows.where(~is_large).repartition("component").sortWithinPartitions("component", "what")
    settled = ordered.mapInArrow(_settler(profile, settings), schema_of(ASSIGNED))
    for component, contents in large.items():
        own = tables.keep(f"component-{component}", partial(_only, rows, component))
        with Workers(None, Memory()) as workers:
            table = pa.Table.from_batches([settle(_fetched(own, contents), profile.value, settings, workers)])
        settled = settled.unionByName(tables.arrow(table))
    return settled


def _only(rows: DataFrame, component: int) -> DataFrame:
    return rows.where(f.col("component") == component)


def _fetched(rows: DataFrame, contents: int) -> pa.Table:
    """All rows of a component on the driver, in pieces: Spark bounds what one job may send it."""
    pieces = -(-contents // FETCHED_AT_ONCE)
    piece = f.pmod(f.xxhash64("number", "head", "later", "earlier"), f.lit(pieces))
    return pa.concat_tables(rows.where(piece == number).toArrow() for number in range(pieces))


def _settler(profile: Broadcast[Profile], settings: Settings) -> Callable[[Batches], Batches]:
    def settle_batches(batches: Batches) -> Batches:
        with Workers(1) as workers:
            for table in whole_groups(batches, "component"):
                yield settle(table, profile.value, settings, workers)

    return settle_batches


def settle(rows: pa.Table, profile: Profile, settings: Settings, workers: Workers) -> pa.RecordBatch:
    """The stories of whole components with their clusters and canonicals."""
    part = Part.of(rows)
    vectors = Vectors.of(part.terms, profile, workers)
    levels = build_levels(part.edges, part.candidates, len(part.narrated), vectors, settings, workers)
    clusterings = {level: Clustering.from_labels(own[part.content]) for level, own in levels.labels.items()}
    clustering = clusterings[settings.level]
    _, members, first = clustering.several()
    own = members.tolist()
    sources, standings = ([column[story] for story in own] for column in (part.sources, part.standings))
    alone = np.ones(len(own), np.int64)
    chosen = choose_canonicals(
        Members(part.content[members], sources, alone, first, standings),
        part.narrated,
        vectors.terms,
        profile,
        settings,
    )
    return _assigned(part, clusterings, clustering, chosen)


@dataclass(frozen=True, slots=True)
class Part:
    """Whole components: stories in order of rank, contents in order of their hashes.

    Attributes
    ----------
    numbers : int64 array, ids, sources, standings : lists, one a story
    content : int64 array, one a story
        The place of its content.
    narrated : int64 array, one a content
    terms : Terms
    edges : Edges
    candidates : Candidates
        All pairs that were compared.
    """

    numbers: Integers
    ids: list[str]
    sources: list[str | None]
    standings: list[int]
    content: Integers
    narrated: Integers
    terms: Terms
    edges: Edges
    candidates: Candidates

    @classmethod
    def of(cls, rows: pa.Table) -> Part:
        """From the rows of components."""
        what = integers(rows["what"])
        stories, contents, pairs = (rows.filter(pa.array(what == kind)) for kind in (STORY, CONTENT, PAIR))
        stories = stories.sort_by("number")
        contents = contents.sort_by([("content", "ascending"), ("head", "ascending")])
        heads = integers(contents["head"])
        order = np.argsort(heads)

        def place(column: Any) -> Integers:
            found: Integers = order[np.searchsorted(heads, integers(column), sorter=order)]
            return found

        terms, counts = values_of(contents["terms"], np.int32)
        first = np.concatenate(([0], np.cumsum(counts)))
        return cls(
            numbers=integers(stories["number"]),
            ids=stories["id"].to_pylist(),
            sources=stories["source"].to_pylist(),
            standings=stories["standing"].to_pylist(),
            content=place(stories["head"]),
            narrated=integers(contents["narrated"]),
            terms=Terms(terms, values_of(contents["term_counts"], np.int32)[0], first),
            edges=_edges(pairs, place),
            candidates=_candidates(place(pairs["later"]), place(pairs["earlier"])),
        )


def _edges(pairs: pa.Table, place: Callable[[Any], Integers]) -> Edges:
    """The links among pairs, sorted by the longer content, then the shorter."""
    linked = pairs.filter(pa.array(integers(pairs["relation"], NOT_LINKED) != NOT_LINKED))
    longer, later, earlier = (place(linked[name]) for name in ("longer", "later", "earlier"))
    shorter = np.where(longer == later, earlier, later)
    order = np.lexsort((shorter, longer))
    return Edges(
        longer[order].astype(np.int32),
        shorter[order].astype(np.int32),
        linked["share"].to_numpy().astype(np.float64)[order],
        integers(linked["shared_words"])[order],
        integers(linked["relation"]).astype(np.uint8)[order],
    )


def _candidates(later: Integers, earlier: Integers) -> Candidates:
    order = np.lexsort((earlier, later))
    return Candidates(later[order].astype(np.int32), earlier[order].astype(np.int32), 0)


def _assigned(
    part: Part, clusterings: dict[Level, Clustering], clustering: Clustering, chosen: list[tuple[int, str]]
) -> pa.RecordBatch:
    """The rows of ASSIGNED of a part."""
    canonicals = canonical_stories(clustering, chosen)
    figures = columns.figures_to_canonical(clustering, canonicals, part.content, part.narrated, part.edges)
    names = {level: [part.ids[head] for head in _heads(own).tolist()] for level, own in clusterings.items()}
    rows = list(columns.assignment_rows(part.ids, clustering, canonicals, figures, names["version"], names["copy"]))
    reasons = np.full(len(clustering), "", object)
    reasons[clustering.several()[0]] = [reason for _, reason in chosen]
    told = {field.name: [row[field.name] for row in rows] for field in columns.ASSIGNMENTS}
    numbers = {
        "number": part.numbers[clustering.members],
        "cluster_number": part.numbers[_heads(clustering)[clustering.members]],
        "reason": reasons[clustering.of_story[clustering.members]].tolist(),
    }
    return batch_of(ASSIGNED, numbers | told)


def _heads(clustering: Clustering) -> Integers:
    """The first story of the cluster of each story."""
    heads: Integers = clustering.members[clustering.first_member[:-1]][clustering.of_story]
    return heads
