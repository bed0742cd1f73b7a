"""Links of stories with their passages placed in the texts as given, by the functions of the one-machine job.

In: links of contents, the stories that bear these, and the texts. Out: the columns of `storyclust.tables.LINKS`.
Stories of one content are copies. Of a content that many bear, the first stand for all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as f

from storyclust.io.tables import arrow_types
from storyclust.match.candidates_kernels import HOT, LEADERS
from storyclust.match.contents import Contents
from storyclust.match.links import NOT_LINKED
from storyclust.match.story_links import StoryLinks, StoryPairs
from storyclust.parallel import Workers
from storyclust.settings import Settings
from storyclust.spark.analysis import COUNTS
from storyclust.spark.cells import THING
from storyclust.spark.reading import Batches, story_of
from storyclust.spark.rows import batch_of, integers, whole_groups
from storyclust.spark.verification import LINKED, links_of
from storyclust.tables import LINKS, link_stretches

LINK_SCHEMA = pa.schema([("a", pa.int64()), ("b", pa.int64()), *arrow_types(LINKS).items()])


def bearers_of(stories: DataFrame) -> DataFrame:
    """Each story with its content, its place among the stories of this, by rank, and how many of them are paired.

    stories: frame with the columns number, side, id, head.
    """
    own = Window.partitionBy("head")
    bearers = f.count("*").over(own)
    return (
        stories.where(f.col("head").isNotNull())
        .select("number", "side", "id", "head")
        .withColumn("place", f.row_number().over(own.orderBy("number")))
        .withColumn("listed", f.when(bearers > HOT, LEADERS).otherwise(bearers))
    )


def pair_stories(links: DataFrame, bearers: DataFrame) -> DataFrame:
    """The pairs of stories behind links, as `storyclust.match.story_links.pair_stories` lists them: a has the lesser
    id. With the columns of the links, missing where the two are of one content."""
    linked = links.join(_as(bearers, "longer"), "longer").join(_as(bearers, "shorter"), "shorter")
    linked = linked.where("longer_place <= longer_listed or shorter_place <= shorter_listed")
    first, second = _as(bearers, "longer"), _as(bearers, "shorter")
    equal = first.join(second, f.col("longer") == f.col("shorter"))
    equal = equal.where("longer_place < shorter_place and longer_place <= longer_listed")
    both = linked.unionByName(equal, allowMissingColumns=True)
    return _oriented(both, f.col("longer_id") < f.col("shorter_id"))


def pair_stories_across(links: DataFrame, bearers: DataFrame) -> DataFrame:
    """The pairs of a new story (side 0), which is a, and an old one; equal contents as
    `storyclust.match.story_links.pair_stories_across` pairs them. bearers: with the column content."""
    new, old = (bearers.where(f.col("side") == side) for side in (0, 1))
    old = old.where("place <= listed")
    sides = _as(new, "new"), _as(old, "old")
    # The new stories are numbered first.
    named = links.withColumn("new", f.least("later", "earlier")).withColumn("old", f.greatest("later", "earlier"))
    linked = named.join(sides[0], "new").join(sides[1], "old")
    equal = sides[0].join(sides[1], f.col("new_content") == f.col("old_content"))
    both = linked.unionByName(equal, allowMissingColumns=True)
    is_longer = f.coalesce(f.col("longer") == f.col("new"), f.lit(True)).alias("a_is_longer")
    return both.select(f.col("new_number").alias("a"), f.col("old_number").alias("b"), is_longer, *_FIGURES)


_FIGURES = [name for name in LINKED.names if name not in {"later", "earlier", "longer", "shorter"}]


def _as(bearers: DataFrame, name: str) -> DataFrame:
    columns = [f.col(column).alias(f"{name}_{column}") for column in bearers.columns if column != "head"]
    return bearers.select(f.col("head").alias(name), *columns)


def _oriented(pairs: DataFrame, longer_first: Column) -> DataFrame:
    a, b = (
        f.when(first, f.col("longer_number")).otherwise(f.col("shorter_number"))
        for first in (longer_first, ~longer_first)
    )
    return pairs.select(a.alias("a"), b.alias("b"), longer_first.alias("a_is_longer"), *_FIGURES)


def story_linker(settings: Settings) -> Callable[[Batches], Batches]:
    """From cells of stories to batches of LINK_SCHEMA."""

    def link(batches: Batches) -> Batches:
        with Workers(1) as workers:
            for cells in whole_groups(batches, "cell"):
                yield from _link_cells(cells, settings, workers)

    return link


def _link_cells(cells: pa.Table, settings: Settings, workers: Workers) -> Batches:
    is_thing = integers(cells["what"]) == THING
    things, pairs = cells.filter(pa.array(is_thing)), cells.filter(pa.array(~is_thing))
    _, once = np.unique(integers(things["thing"]), return_index=True)
    things = things.take(once)
    numbers = integers(things["thing"])
    a, b = (np.searchsorted(numbers, integers(pairs[name])) for name in ("a", "b"))
    relation = integers(pairs["relation"], NOT_LINKED)
    linked = np.flatnonzero(relation != NOT_LINKED)
    a_is_longer = pairs["a_is_longer"].to_numpy(zero_copy_only=False).astype(np.bool_)
    longer, shorter = np.where(a_is_longer, a, b), np.where(a_is_longer, b, a)
    own = pairs.take(linked)
    link = np.full(len(relation), -1)
    link[linked] = np.arange(len(linked))
    # A story stands for its content here: what is told of the one is told of the other.
    nothing = np.empty(0, np.uint64), np.empty(0, np.uint8), np.empty(0, np.uint8)
    places = np.zeros(len(numbers), np.int64)
    contents = Contents(
        *nothing, places, places, integers(things["words"]), *(integers(things[name]) for name in COUNTS)
    )
    story_links = StoryLinks(
        StoryPairs(a, b, link, a_is_longer, 0),
        links_of(own, longer[linked], shorter[linked]),
        contents,
        np.arange(len(numbers)),
        [story_of(row) for row in things.to_pylist()],
        settings,
    )
    done = 0
    for stretch in link_stretches(story_links, workers):
        rows = len(stretch["id_a"].tolist())
        keys = {name: integers(pairs[name])[done : done + rows] for name in ("a", "b")}
        yield batch_of(LINK_SCHEMA, keys | dict(stretch))
        done += rows
