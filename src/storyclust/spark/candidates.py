"""Which pairs of contents to compare: those that share a key, however many bear it.

In: contents with their keys. Out: pairs, each once. The keys are sorted within partitions and streamed: of a key no
more is held than the contents that are needed, so a bucket of any size costs linear time and bounded memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from storyclust.arrays import Integers
from storyclust.match.candidates_kernels import HOT
from storyclust.match.window import DAY
from storyclust.spark.buckets_kernels import pairs_across_runs, pairs_of_runs
from storyclust.spark.reading import Batches
from storyclust.spark.rows import batch_of, integers
from storyclust.spark.tables import schema_of

# A pair of contents, each named by the number of its first story; the later one has the greater hash.
PAIRS = pa.schema([("later", pa.int64()), ("earlier", pa.int64())])
Postings = tuple[Integers, Integers, Integers]
"""Keys, contents and whether these are new, sorted by key, by whether they are new, and by the contents' hashes."""


def find_pairs(contents: DataFrame) -> DataFrame:
    """The pairs of contents of one collection."""
    return _streamed(contents.withColumn("is_new", f.lit(0)), _pairs_within)


def find_pairs_across(contents: DataFrame) -> DataFrame:
    """The pairs of a content of the new collection (side 0), called the later, and another of the old (side 1)."""
    found = _streamed(contents.withColumn("is_new", 1 - f.col("side")), _pairs_across)
    new, old = (
        contents.where(f.col("side") == side).select("content", f.col("head").alias(name))
        for side, name in enumerate(PAIRS.names)
    )
    return found.join(new.join(old, "content"), PAIRS.names, "left_anti")


def _streamed(contents: DataFrame, pairs: Callable[[Batches], Batches]) -> DataFrame:
    postings = contents.select("is_new", "content", "head", f.explode("keys").alias("key"))
    ordered = postings.repartition("key").sortWithinPartitions("key", "is_new", "content")
    return ordered.drop("content").mapInArrow(pairs, schema_of(PAIRS)).distinct()


def _pairs_within(batches: Batches) -> Batches:
    for keys, heads, _ in whole_runs(batches, HOT + 1):
        yield _filled(partial(pairs_of_runs, run_edges(keys), heads))


def _pairs_across(batches: Batches) -> Batches:
    for keys, heads, is_new in whole_runs(batches, HOT + 1):
        yield _filled(partial(pairs_across_runs, run_edges(keys), heads, is_new))


def _filled(fill: Callable[[Integers, Integers], int]) -> pa.RecordBatch:
    """What a function writes into two columns that have room enough."""
    later, earlier = np.empty(1 << 16, np.int64), np.empty(1 << 16, np.int64)
    found = fill(later, earlier)
    if found > len(later):
        later, earlier = np.empty(found, np.int64), np.empty(found, np.int64)
        fill(later, earlier)
    return batch_of(PAIRS, {"later": later[:found], "earlier": earlier[:found]})


def run_edges(keys: Integers) -> Integers:
    """Where each run of equal keys begins, and the last one ends."""
    return np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1, [len(keys)]))


def whole_runs(batches: Batches, most: int) -> Iterator[Postings]:
    """Postings with each key in one piece, or, if more contents than `most` bear it, in pieces that begin with the
    first so many of them: whoever is paired with the first ones is so in every piece, and with none twice."""
    held: Postings = (np.empty(0, np.int64),) * 3
    for batch in batches:
        keys, heads, news = (
            np.concatenate((before, integers(batch[name])))
            for before, name in zip(held, ("key", "head", "is_new"), strict=True)
        )
        if not len(keys):
            continue
        last = int(np.searchsorted(keys, keys[-1]))
        held = keys[last:], heads[last:], news[last:]
        if len(keys) - last > 2 * most:
            yield keys, heads, news
            held = held[0][:most], held[1][:most], held[2][:most]
        elif last:
            yield keys[:last], heads[:last], news[:last]
    if len(held[0]):
        yield held


def within_window(pairs: DataFrame, contents: DataFrame, days: int) -> DataFrame:
    """The pairs whose contents appeared no more than so many days apart, as `storyclust.match.window` has it."""
    later, earlier = (
        contents.select(
            f.col("head").alias(name), f.col("first").alias(f"{name}_first"), f.col("last").alias(f"{name}_last")
        )
        for name in PAIRS.names
    )
    joined = pairs.join(later, "later").join(earlier, "earlier")
    apart = f.greatest("later_first", "earlier_first") - f.least("later_last", "earlier_last")
    return joined.where(apart <= days * DAY).select(*PAIRS.names)
