"""The job on Spark beside that of one machine, on wires of several lengths, in one command.

    python -m benchmarks.spark --stories 50000 200000

For each length both cluster the same file and write assignments and links, each in processes of its own, Spark in local
mode with as many threads as there are processors. Seconds run from the call to the last row written; the session has
started and the kernels are compiled. The peak is of anonymous memory of the process and all below it, the Java machine
and the Python workers included. Shuffled bytes are what Spark wrote for other stages to read, compressed. How often a
text is sent is how many cells of pairs it is in. A digest of all rows tells whether the assignments are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from storyclust.newsroom import write_wire
from storyclust.tables import ASSIGNMENTS

from .speed.measure import Run, run_module

LENGTHS = (50_000, 200_000, 1_000_000)
HEAP = "4g"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print Markdown: a row a length, and what each stage of Spark took; 1 if the rows are not the same."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spark", description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, nargs="+", default=LENGTHS, metavar="N", help="lengths of the wires")
    parser.add_argument("--seed", type=int, default=1, help="seed of the wires (1)")
    parser.add_argument("--heap", default=HEAP, help=f"heap of the Java machine ({HEAP})")
    parser.add_argument("--one", nargs=3, metavar=("WHO", "FILE", "FOLDER"), help="one job alone, in this process")
    options = parser.parse_args(arguments)
    if options.one:
        who, stories, folder = options.one
        job = on_spark if who == "spark" else on_one_machine
        print(json.dumps(job(stories, Path(folder), options.heap)))
        return 0
    print("| stories | one machine | peak | Spark | peak | shuffled | texts sent | largest component | same rows |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    same, stages = True, []
    for length in options.stories:
        one, figures, spark, others = compare(length, options.seed, options.heap)
        is_same = figures["digest"] == others["digest"]
        same = same and is_same
        stages.append((length, others["stages"]))
        print(
            f"| {length:,} | {figures['seconds']:.0f} s | {one.peak_mb or 0:,.0f} MB | {others['seconds']:.0f} s "
            f"| {spark.peak_mb or 0:,.0f} MB | {others['shuffled'] / length / 1000:.1f} KB a story "
            f"| {others['sent']:.2f} times | {others['largest']:,} | {'yes' if is_same else 'NO'} |",
            flush=True,
        )
    for length, seconds in stages:
        told = ", ".join(f"{name} {own:.0f} s" for name, own in seconds.items() if own >= 1)
        print(f"\n{length:,}: {told}")
    return 0 if same else 1


def compare(length: int, seed: int, heap: str) -> tuple[Run, dict[str, Any], Run, dict[str, Any]]:
    """Both jobs on one wire."""
    with tempfile.TemporaryDirectory() as folder:
        write_wire(length, Path(folder), seed=seed)
        stories = f"{folder}/stories.jsonl"
        name = "benchmarks.spark"
        one = run_module(name, "--one", "one", stories, folder)
        spark = run_module(name, "--heap", heap, "--one", "spark", stories, folder)
    return *one, *spark


def on_one_machine(stories: str, folder: Path, _heap: str) -> dict[str, Any]:
    """The job of one machine."""
    from storyclust import cluster_stories, load_newsroom

    cluster_stories(load_newsroom().stories)
    start = time.perf_counter()
    result = cluster_stories(stories)
    result.write_assignments(folder / "assignments.parquet")
    result.write_links(folder / "links.parquet")
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "digest": digest(result.assignments())}


def on_spark(stories: str, folder: Path, heap: str) -> dict[str, Any]:
    """The job of Spark in local mode."""
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    from storyclust.spark import cluster_stories

    os.environ["PYSPARK_PYTHON"] = sys.executable
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": heap,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.sql.shuffle.partitions": "32",
    }
    builder = SparkSession.builder.master("local[*]")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    frame = session.read.schema("id string, title string, source string, published string, text string").json(stories)
    with timed_stages() as seconds:
        start = time.perf_counter()
        result = cluster_stories(frame, work=f"file://{folder}/work")
        result.assignments.write.parquet(f"file://{folder}/assignments")
        result.links.write.parquet(f"file://{folder}/links")
        whole = time.perf_counter() - start
    rows = result.assignments.orderBy("cluster_number", "number").select(*(field.name for field in ASSIGNMENTS))
    sizes = result.job.tables.keep("components", lambda: frame).groupBy("component").count()
    largest = sizes.agg(f.max("count")).first()
    contents = result.job.heads
    cells = result.job.tables.keep("pair-cells", lambda: frame)
    sent = cells.select("cell", f.explode(f.array("later", "earlier"))).distinct().count() / max(contents.count(), 1)
    return {
        "seconds": whole,
        "digest": digest(row.asDict() for row in rows.toLocalIterator()),
        "stages": seconds,
        "shuffled": shuffled(session),
        "largest": largest[0] if largest else 0,
        "sent": sent,
    }


@contextmanager
def timed_stages() -> Iterator[dict[str, float]]:
    """Note how long each table took to be made."""
    from storyclust.spark.tables import Tables

    seconds: dict[str, float] = {}
    keep = Tables.keep

    def kept(self: Tables, name: str, make: Any) -> Any:
        inside = sum(seconds.values())
        start = time.perf_counter()
        table = keep(self, name, make)
        # Tables that this one asked for are told by themselves.
        seconds[name] = time.perf_counter() - start - (sum(seconds.values()) - inside)
        return table

    with patch.object(Tables, "keep", kept):
        yield seconds


def shuffled(session: Any) -> int:
    """Bytes that stages wrote to be read by others."""
    context = session.sparkContext
    quantiles = context._gateway.new_array(context._jvm.double, 0)
    nothing = context._jvm.java.util.ArrayList()
    stages = context._jsc.sc().statusStore().stageList(nothing, False, False, quantiles, nothing)
    return sum(stages.apply(place).shuffleWriteBytes() for place in range(stages.size()))


def digest(rows: Iterable[dict[str, Any]]) -> str:
    """A digest of rows in their order."""
    whole = hashlib.sha256()
    for row in rows:
        whole.update(json.dumps([row[field.name] for field in ASSIGNMENTS]).encode())
    return whole.hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
