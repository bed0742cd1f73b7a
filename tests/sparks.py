"""Sessions of Spark as small as they can be, frames of stories, and jobs that something befalls.

Each of the latter is a scenario of its own process, since a session is one a process: ``python sparks.py NAME FOLDER``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import storyclust as sc
from storyclust import Story

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")

COLUMNS = ("id", "text", "title", "source", "published", "agency", "language", "status", "version", "evolved_from")


def session(master: str = "local[2]", **options: str) -> Any:
    """A session with little of everything."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("storyclust tests")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC",
        "spark.sql.session.timeZone": "UTC",
        **options,
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("OFF")
    return made


def frame_of(spark: Any, stories: Iterable[Story]) -> Any:
    """Stories as a frame, a column a field."""
    from pyspark.sql.types import StringType, StructField, StructType, TimestampType

    kinds = {name: TimestampType() if name == "published" else StringType() for name in COLUMNS}
    schema = StructType([StructField(name, kind) for name, kind in kinds.items()])
    return spark.createDataFrame([tuple(getattr(story, name) for name in COLUMNS) for story in stories], schema)


def assigned(result: Any) -> list[dict[str, Any]]:
    """The assignments of a result of Spark as rows of the one-machine job, in its order."""
    rows = result.assignments.orderBy("cluster_number", "number").toArrow().to_pylist()
    names = [field.name for field in sc.tables.ASSIGNMENTS]
    return [{name: row[name] for name in names} for row in rows]


def linked(links: Any) -> list[dict[str, Any]]:
    """Links of Spark as rows of the one-machine job."""
    rows = links.orderBy("id_a", "id_b").toArrow().to_pylist()
    return [{**row, "passages": [tuple(passage.values()) for passage in row["passages"]]} for row in rows]


def by_ids(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Links in the order of Spark, which is that of the bytes of the ids."""
    return sorted(rows, key=lambda row: (row["id_a"].encode(), row["id_b"].encode()))


# What may befall a job


def expect(rows: Sequence[dict[str, Any]]) -> None:
    """That rows are those of one machine."""
    assert list(rows) == list(sc.cluster_stories(sc.load_newsroom().stories).assignments())


def kill_worker(folder: Path) -> None:
    """A Python worker is killed three times at one task, of which there may be four attempts."""
    from storyclust.spark import cluster_stories, job
    from storyclust.spark.analysis import analyser

    marks = str(folder)

    def killed(settings: Any) -> Callable[[Iterator[Any]], Iterator[Any]]:
        analyse = analyser(settings)

        def analyse_or_die(batches: Iterator[Any]) -> Iterator[Any]:
            from pyspark import TaskContext

            context = TaskContext.get()
            for batch in analyse(batches):
                yield batch
                if context.attemptNumber() < 3:
                    Path(marks, f"killed-{context.partitionId()}-{context.attemptNumber()}").touch()
                    os.kill(os.getpid(), signal.SIGKILL)

        return analyse_or_die

    job.analyser = killed
    spark = session("local[2,4]")
    frame = frame_of(spark, sc.load_newsroom().stories)
    expect(assigned(cluster_stories(frame, work=f"file://{folder}/work")))
    assert len(list(folder.glob("killed-*"))) >= 3


def kill_executor(folder: Path) -> None:
    """One of two executors is killed while components are joined, round after round."""
    from storyclust.spark import cluster_stories, components

    components.MOST_ON_DRIVER = 0
    killed: list[int] = []

    def kill() -> None:
        while not (folder / "work" / "components-round-0" / "_SUCCESS").exists():
            time.sleep(0.01)
        found = subprocess.run(["pgrep", "-f", "CoarseGrainedExecutorBackend"], capture_output=True, text=True)
        own = [int(pid) for pid in found.stdout.split() if str(folder) in Path(f"/proc/{pid}/cmdline").read_text()]
        os.kill(own[0], signal.SIGKILL)
        killed.append(own[0])

    # The folder in their command line tells which executors are those of this session.
    options = {"spark.executor.memory": "1g", "spark.executor.extraJavaOptions": f"-Dstoryclust.folder={folder}"}
    spark = session("local-cluster[2,1,1024]", **options)
    watch = threading.Thread(target=kill, daemon=True)
    watch.start()
    frame = frame_of(spark, sc.load_newsroom().stories)
    expect(assigned(cluster_stories(frame, work=f"file://{folder}/work")))
    watch.join(1)
    assert killed


def spill(folder: Path) -> None:
    """24 million keys are sorted in a heap of 700 MB; one of them is borne by every content."""
    from pyspark.sql import functions as f

    from storyclust.spark.candidates import find_pairs

    spark = session("local[2]", **{"spark.driver.memory": "700m", "spark.sql.shuffle.partitions": "8"})
    contents, each = 200_000, 119
    keys = f.transform(f.sequence(f.lit(0), f.lit(each - 1)), lambda place: f.xxhash64(f.col("id"), place))
    frame = spark.range(contents).select(
        f.lit(0).alias("side"), f.col("id").alias("content"), f.col("id").alias("head"),
        f.concat(keys, f.array(f.lit(7).cast("long"))).alias("keys"),
    )  # fmt: skip
    # The content of the hot key that are first are paired with all others.
    assert find_pairs(frame).count() == 4 * contents - 10


SCENARIOS = {"kill-worker": kill_worker, "kill-executor": kill_executor, "spill": spill}

if __name__ == "__main__":
    SCENARIOS[sys.argv[1]](Path(sys.argv[2]))
