"""Pairs brought together with what they are pairs of, so that nothing travels once a pair.

In: pairs, and a row for each thing that is paired. Out: cells, each with some pairs and each thing of them once, in one
task one after another. A thing is at home with the smallest of its partners and their partners, and a pair in the
greater of two homes; so the pairs within a group of things that are all alike are in one cell, and each travels once.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from storyclust.spark.tables import Tables

# A cell with more pairs is parted: those of one thing stay together.
MOST_PAIRS = 8192
# The rows of a cell: first the things, then the pairs.
THING, PAIR = 0, 1


def in_cells(name: str, pairs: DataFrame, things: DataFrame, tables: Tables) -> DataFrame:
    """Pairs and things as rows of one frame, sorted by cell, the things of a cell before its pairs.

    Parameters
    ----------
    name : str
        Of the table that the pairs with their cells are kept in: they are read several times.
    pairs : frame with the columns later and earlier
        Two things each.
    things : frame with the column thing
        Which names it: a whole number.

    Returns
    -------
    frame with the columns cell, what, and those of both, missing where they are of the other
    """
    placed = tables.keep(name, lambda: _with_cells(pairs))
    borne = placed.select("cell", f.explode(f.array("later", "earlier")).alias("thing")).distinct()
    rows = borne.join(things, "thing").withColumn("what", f.lit(THING))
    both = rows.unionByName(placed.withColumn("what", f.lit(PAIR)), allowMissingColumns=True)
    return both.repartition("cell").sortWithinPartitions("cell", "what")


def _with_cells(pairs: DataFrame) -> DataFrame:
    """Pairs with the number of their cell."""
    homes = _homes(pairs)
    later, earlier = (homes.select(f.col("one").alias(name), f.col("home").alias(f"{name}_home")) for name in _SIDES)
    placed = pairs.join(later, "later").join(earlier, "earlier")
    placed = placed.withColumn("home", f.greatest("later_home", "earlier_home"))
    parts = placed.groupBy("home").agg(f.ceil(f.count("*") / MOST_PAIRS).alias("parts"))
    cell = f.xxhash64("home", f.pmod(f.xxhash64("later"), "parts"))
    return placed.join(parts, "home").withColumn("cell", cell).drop("home", "parts", "later_home", "earlier_home")


def _homes(pairs: DataFrame) -> DataFrame:
    """The smallest thing that is a partner of each thing or of a partner of it: the columns one and home."""
    one, other = ((f.col(first).alias("one"), f.col(second).alias("other")) for first, second in (_SIDES, _SIDES[::-1]))
    itself = (f.col("one"), f.col("one").alias("other"))
    partners = pairs.select(*one).unionByName(pairs.select(*other))
    partners = partners.unionByName(partners.select(*itself).distinct())
    nearest = partners.groupBy("one").agg(f.min("other").alias("home"))
    return (
        partners.join(nearest.withColumnRenamed("one", "other"), "other")
        .groupBy("one")
        .agg(f.min("home").alias("home"))
    )


_SIDES = "later", "earlier"
