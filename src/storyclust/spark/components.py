"""Which contents are connected by links: what clustering decides in one component does not depend on any other.

In: links. Out: for each content that has one, its component, named by its smallest head. Few links are joined by the
driver; many by large-star and small-star in turn (Kiveris, Lattanzi, Mirrokni, Rastogi and Vassilvitskii, "Connected
components in MapReduce and beyond", SoCC 2014), every round from one table to the next.
"""

from __future__ import annotations

from functools import partial
from itertools import count

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from storyclust.cluster.joining_kernels import join_all
from storyclust.spark.rows import integers
from storyclust.spark.tables import Tables

# So many links are no burden for a driver: 16 bytes each, and as much again for the contents they join.
MOST_ON_DRIVER = 5_000_000


def find_components(links: DataFrame, tables: Tables) -> DataFrame:
    """The component of each content of a link: a frame with the columns head and component."""
    edges = links.select(f.greatest("longer", "shorter").alias("u"), f.least("longer", "shorter").alias("v"))
    if edges.count() <= MOST_ON_DRIVER:
        return tables.keep("components", lambda: tables.arrow(_joined(edges.toArrow())))
    return tables.keep("components", lambda: _starred(edges, tables))


def _joined(edges: pa.Table) -> pa.Table:
    one, other = integers(edges["u"]), integers(edges["v"])
    heads = np.unique(np.concatenate((one, other)))
    parents = np.arange(len(heads))
    join_all(np.searchsorted(heads, one), np.searchsorted(heads, other), parents)
    return pa.table({"head": heads, "component": heads[parents]})


def _starred(edges: DataFrame, tables: Tables) -> DataFrame:
    """The same by rounds over tables, until a round changes nothing."""
    before = None
    for number in count():
        edges = tables.keep(f"components-round-{number}", partial(_round, edges))
        now = edges.agg(f.count("*"), f.sum(f.xxhash64("u", "v").cast("decimal(38)"))).first()
        if now == before:
            break
        before = now
    roots = edges.select(f.col("v").alias("u"), "v").distinct()
    return edges.unionByName(roots).select(f.col("u").alias("head"), f.col("v").alias("component")).distinct()


def _round(edges: DataFrame) -> DataFrame:
    return small_star(large_star(edges))


def large_star(edges: DataFrame) -> DataFrame:
    """Every greater neighbour of a node beside the smallest of the node and its neighbours."""
    both = edges.unionByName(edges.select(f.col("v").alias("u"), f.col("u").alias("v")))
    least = both.groupBy("u").agg(f.least("u", f.min("v")).alias("least"))
    return both.where("v > u").join(least, "u").select(f.col("v").alias("u"), f.col("least").alias("v")).distinct()


def small_star(edges: DataFrame) -> DataFrame:
    """A node and every smaller neighbour of it beside the smallest of these."""
    least = edges.groupBy("u").agg(f.min("v").alias("least"))
    smaller = edges.join(least, "u").where("v > least").select(f.col("v").alias("u"), f.col("least").alias("v"))
    return smaller.unionByName(least.select("u", f.col("least").alias("v"))).distinct()
