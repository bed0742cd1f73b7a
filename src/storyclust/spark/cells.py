"""Pairs brought together with what they are pairs of, so that nothing travels once a pair.

In: pairs, and a row for each thing that is paired. Out: cells, each with some pairs and each thing of them once, in one
task one after another. The pairs of a thing are in the cell of its smallest partner; so the pairs within a group of
things that are all alike are in one cell, and each of these travels once.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

# A cell with more pairs is parted: those of one thing stay together.
MOST_PAIRS = 2048
# The rows of a cell: first the things, then the pairs.
THING, PAIR = 0, 1


def in_cells(pairs: DataFrame, things: DataFrame) -> DataFrame:
    """Pairs and things as rows of one frame, sorted by cell, the things of a cell before its pairs.

    Parameters
    ----------
    pairs : frame with the columns later and earlier
        Two things each.
    things : frame with the column thing
        Which names it: a whole number.

    Returns
    -------
    frame with the columns cell, what, and those of both, missing where they are of the other
    """
    placed = _with_cells(pairs)
    borne = placed.select("cell", f.explode(f.array("later", "earlier")).alias("thing")).distinct()
    rows = borne.join(things, "thing").withColumn("what", f.lit(THING))
    both = rows.unionByName(placed.withColumn("what", f.lit(PAIR)), allowMissingColumns=True)
    return both.repartition("cell").sortWithinPartitions("cell", "what")


def _with_cells(pairs: DataFrame) -> DataFrame:
    """Pairs with the number of their cell."""
    mirrored = pairs.select(f.col("earlier").alias("later"), f.col("later").alias("earlier"))
    partners = pairs.select("later", "earlier").unionByName(mirrored)
    homes = partners.groupBy("later").agg(f.least("later", f.min("earlier")).alias("home"))
    placed = pairs.join(homes, "later")
    parts = placed.groupBy("home").agg(f.ceil(f.count("*") / MOST_PAIRS).alias("parts"))
    part = f.pmod(f.xxhash64("later"), "parts")
    return placed.join(parts, "home").withColumn("cell", f.xxhash64("home", part)).drop("home", "parts")
