"""The tables of a job: each stage leaves its rows in Parquet, and one that is there whole is not made again.

In: a folder that all machines reach. Out: tables. So a job that was broken off goes on at the stage that was not
finished, and a machine that is lost takes nothing with it that could not be read again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema
from pyspark.sql.types import StructType

from storyclust.errors import UsageError

JOB = "job"


class Tables:
    """The tables of one job in a folder of its own."""

    def __init__(self, session: SparkSession, folder: str) -> None:
        """Begin in a folder, or go on there."""
        self.session = session
        self.folder = folder.rstrip("/")

    def keep(self, name: str, make: Callable[[], DataFrame]) -> DataFrame:
        """A table as it was left, or else made and left now, whole or not at all."""
        path = f"{self.folder}/{name}"
        if not self.has(name):
            make().write.mode("overwrite").parquet(path)
        return self.session.read.parquet(path)

    def has(self, name: str) -> bool:
        """Whether a table is there whole: Spark marks that with a file."""
        jvm: Any = self.session._jvm
        marker = jvm.org.apache.hadoop.fs.Path(f"{self.folder}/{name}/_SUCCESS")
        found: bool = marker.getFileSystem(self.session._jsc.hadoopConfiguration()).exists(marker)
        return found

    def drop(self) -> None:
        """Remove the folder and all tables in it."""
        jvm: Any = self.session._jvm
        path = jvm.org.apache.hadoop.fs.Path(self.folder)
        path.getFileSystem(self.session._jsc.hadoopConfiguration()).delete(path, True)

    def arrow(self, table: pa.Table) -> DataFrame:
        """Rows that the driver has as a frame."""
        return self.session.createDataFrame(table)

    def belongs_to(self, job: Mapping[str, Any]) -> None:
        """Make sure that the folder is new, or of the same job.

        Raises
        ------
        UsageError
            If it is of another.
        """
        told = json.dumps(job, sort_keys=True)
        row = self.keep(JOB, lambda: self.arrow(pa.table({"job": [told]}))).first()
        if row is None or row["job"] != told:
            before = json.loads(row["job"]) if row else {}
            unlike = sorted(name for name in {*before, *job} if before.get(name) != json.loads(told).get(name))
            raise UsageError(
                f"the folder {self.folder} holds the stages of another job, which has another {', '.join(unlike)}; "
                "expected a new folder or that of this job. Name another one"
            )


def schema_of(schema: pa.Schema) -> StructType:
    """The schema of Spark for one of Arrow."""
    return from_arrow_schema(schema)
