"""From the caller's frame to stories, each id once, numbered by rank: the rules of the one-machine job.

In: a frame of Spark. Out: a table of stories, numbered as the one-machine job numbers them, and one of rejects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from storyclust.carriers.reading import RecordReader
from storyclust.collect import collect
from storyclust.errors import DuplicateIdError, MissingColumnError, RecordError, UsageError
from storyclust.io import Columns
from storyclust.io.reader import OnError
from storyclust.io.records import UnusableRecord
from storyclust.model import Story
from storyclust.spark.rows import batch_of
from storyclust.spark.tables import Tables, schema_of

TEXTS = ("id", "text", "title", "source", "agency", "language", "status", "version", "evolved_from")
STORY = pa.schema(
    [*((name, pa.string()) for name in TEXTS), ("moment", pa.int64()), ("published", pa.timestamp("us", "UTC"))]
)
READ = pa.schema([*STORY, ("unread_date", pa.bool_()), ("reason", pa.string())])
NUMBERED = pa.schema([("number", pa.int64()), ("side", pa.int32()), *STORY])
# A number of a row of a partition, as Spark makes it: the partition is above these bits.
PARTITION_BITS = 33
Batches = Iterator[pa.RecordBatch]


def read_stories(frame: DataFrame, columns: Columns) -> DataFrame:
    """The rows of a frame as stories; a row that is none has a reason."""
    for option in fields(columns):
        name = getattr(columns, option.name)
        if name is not None and name not in frame.columns:
            raise MissingColumnError(
                f"no row of the frame has the column {name!r}, asked for as {option.name}; the columns there are: "
                f"{', '.join(frame.columns)}. Name the right one in columns=Columns({option.name}=...)"
            )
    return frame.mapInArrow(_reader(columns), schema_of(READ))


def _reader(columns: Columns) -> Callable[[Batches], Batches]:
    def read(batches: Batches) -> Batches:
        reader = RecordReader(columns)
        for batch in batches:
            yield batch_of(READ, _columns_of([_read_row(reader, row) for row in batch.to_pylist()]))

    return read


def _columns_of(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row.get(name) for row in rows] for name in READ.names}


def _read_row(reader: RecordReader, row: dict[str, Any]) -> dict[str, Any]:
    before = reader.unread_dates
    try:
        story = reader.read(row, 0)
    except UnusableRecord as problem:
        return {"id": problem.id, "reason": problem.reason}
    return row_of(story) | {"unread_date": reader.unread_dates > before}


def row_of(story: Story) -> dict[str, Any]:
    """A story as a row of STORY."""
    return {name: getattr(story, name) for name in (*TEXTS, "moment", "published")}


def story_of(row: dict[str, Any]) -> Story:
    """The story of a row of STORY."""
    return Story(**{name: row[name] for name in TEXTS}, published=row["published"])


def one_an_id(read: DataFrame, on_error: OnError) -> tuple[DataFrame, DataFrame]:
    """Stories with one row an id, and the rejects: their ids and reasons.

    Raises
    ------
    RecordError, DuplicateIdError
        With ``on_error="fail"``.
    """
    unusable = read.where(f.col("reason").isNotNull()).select("id", "reason")
    first = unusable.orderBy("reason", "id").first() if on_error == "fail" else None
    if first is not None:
        raise RecordError(f"a row with the id {first['id']!r}: {first['reason']}")
    stories = read.where(f.col("reason").isNull())
    several = stories.groupBy("id").count().where("count > 1").select("id")
    settled = stories.join(several, "id", "left_semi").groupBy("id").applyInArrow(_settle(on_error), schema_of(READ))
    if on_error == "fail":
        conflict = settled.where(f.col("reason").startswith(CONFLICT)).orderBy("id").first()
        if conflict is not None:
            raise DuplicateIdError(conflict["reason"].removeprefix(CONFLICT))
    once = stories.join(several, "id", "left_anti").unionByName(settled.where(f.col("reason").isNull()))
    return once, unusable.unionByName(settled.where(f.col("reason").isNotNull()).select("id", "reason"))


CONFLICT = "conflict: "


def _settle(on_error: OnError) -> Callable[[pa.Table], pa.Table]:
    """What becomes of the rows of one id."""

    def settle(rows: pa.Table) -> pa.Table:
        # In an order of their own, since that of Spark is nobody's.
        given = sorted(rows.to_pylist(), key=lambda row: [str(row[name]) for name in READ.names])
        try:
            collected = collect([story_of(row) for row in given], on_error=on_error)
        except DuplicateIdError as problem:
            kept, rejected = [], [(given[0]["id"], f"{CONFLICT}{problem}")]
        else:
            kept = [given[position] for position in collected.positions]
            rejected = [(reject.id, reject.reason) for reject in collected.rejects]
        told = [{"id": id, "reason": reason} for id, reason in rejected]
        return pa.Table.from_batches([batch_of(READ, _columns_of([*kept, *told]))])

    return settle


def number_stories(sides: list[DataFrame], tables: Tables) -> DataFrame:
    """The stories of one or two collections, numbered from 0: side after side, in each by rank."""
    undated = f.col("moment").isNull()
    together = [side.withColumn("side", f.lit(number)) for number, side in enumerate(sides)]
    every = together[0].unionByName(together[1]) if len(together) > 1 else together[0]
    order = "side", "undated", "moment", "id"
    ranked = (
        every.withColumn("undated", undated)
        .repartitionByRange(*order)
        .sortWithinPartitions(*order)
        .withColumn("row", f.monotonically_increasing_id())
    )
    placed = tables.keep("ranked", lambda: ranked.select("row", "side", *STORY.names))
    partition = f.shiftright("row", PARTITION_BITS)
    counts = {row["partition"]: row["count"] for row in placed.groupBy(partition.alias("partition")).count().collect()}
    first, offsets = 0, []
    for number in range(max(counts, default=-1) + 1):
        offsets.append(first)
        first += counts.get(number, 0)
    if not offsets:
        return placed.withColumn("number", f.col("row")).select(*NUMBERED.names)
    offset = f.element_at(f.array(*map(f.lit, offsets)), (partition + 1).cast("int"))
    place = (offset + f.col("row").bitwiseAND((1 << PARTITION_BITS) - 1)).cast("long")
    return placed.withColumn("number", place).select(*NUMBERED.names)


def require_frame(frame: object, name: str) -> DataFrame:
    """A frame of Spark, or a clear error."""
    if not isinstance(frame, DataFrame):
        raise UsageError(
            f"{name} is {type(frame).__name__}; expected a DataFrame of pyspark. "
            "storyclust.cluster_stories takes what one machine holds"
        )
    if not hasattr(frame, "_jdf"):
        raise UsageError(
            f"{name} is a DataFrame of Spark Connect, which broadcasts nothing; expected one of a session in this "
            "process. Start it with spark-submit, or with SparkSession.builder.master(...)"
        )
    return frame
