"""Files in and out: what the command line reads and leaves."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from storyclust.errors import FormatError, OutputError, UsageError
from storyclust.spark.clusters import SparkClusters

FORMATS = {".parquet": "parquet", ".jsonl": "json", ".ndjson": "json", ".json": "json", ".csv": "csv"}
TABLES = ("assignments", "links", "rejects")
# Texts have line ends and quotes in them; a cell of CSV with either is in quotes, which are doubled.
CSV = {"header": "true", "multiLine": "true", "quote": '"', "escape": '"'}


def session_here() -> SparkSession:
    """The session of spark-submit, or one that is started now."""
    # The workers run what this process runs, unless spark-submit or the user says otherwise.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return SparkSession.builder.appName("storyclust").getOrCreate()


def read_frame(session: SparkSession, inputs: Sequence[str]) -> DataFrame:
    """Stories in files of one format, which their ending tells; a folder without one holds Parquet.

    Raises
    ------
    FormatError
        If they are of several formats.
    UsageError
        If there is no such file.
    """
    formats = sorted({_format_of(path) for path in inputs})
    if len(formats) > 1:
        raise FormatError(f"the inputs are of the formats {', '.join(formats)}; expected one. Cluster them converted")
    reader = session.read.format(formats[0])
    if formats[0] == "csv":
        reader = reader.options(**CSV)
    try:
        return reader.load(list(inputs))
    except AnalysisException as problem:
        raise UsageError(
            f"cannot read {', '.join(inputs):.200}: {str(problem).splitlines()[0]:.200}; "
            "expected files or folders that Spark reaches. Check the spelling"
        ) from problem


def _format_of(path: str) -> str:
    name = path.rstrip("/").removesuffix(".gz")
    ending = name[name.rfind(".") :].lower() if "." in name.rsplit("/", 1)[-1] else ".parquet"
    if ending not in FORMATS:
        raise FormatError(
            f"cannot read {path}: {ending} names no format that Spark reads for storyclust; "
            f"expected {', '.join(FORMATS)}, or a folder of Parquet. Convert it"
        )
    return FORMATS[ending]


def write_result(result: SparkClusters, folder: str, *, keep_stages: bool) -> None:
    """Write the tables of a result, sorted as those of one machine, then drop the stages unless they are to stay."""
    assignments = result.assignments.orderBy("cluster_number", "number").drop("cluster_number", "number")
    frames = assignments, result.links.orderBy("id_a", "id_b"), result.rejects
    for name, frame in zip(TABLES, frames, strict=True):
        frame.write.mode("overwrite").parquet(f"{folder}/{name}")
    if not keep_stages:
        result.job.tables.drop()


def require_free(session: SparkSession, folder: str) -> None:
    """Make sure that no table stands in a folder, before the work.

    Raises
    ------
    OutputError
        If one does.
    """
    jvm: Any = session._jvm
    for name in TABLES:
        path = jvm.org.apache.hadoop.fs.Path(f"{folder}/{name}")
        try:
            exists = path.getFileSystem(session._jsc.hadoopConfiguration()).exists(path)
        except Py4JError as problem:
            raise OutputError(f"cannot write {folder}: {str(problem).splitlines()[-1]:.200}") from problem
        if exists:
            raise OutputError(f"cannot write {folder}/{name}: it is there; expected a new folder. Name another one")
