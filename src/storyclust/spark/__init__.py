"""The same job on Apache Spark, for collections that one machine does not hold.

In: frames of the caller's session. Out: frames with the rows and columns of the one-machine job, story for story. Needs
the extra ``storyclust[spark]`` and Java. `docs/spark.md` tells how large a cluster should be, and when one machine is
the better choice.
"""

from __future__ import annotations

from storyclust.spark.requirements import require_spark

require_spark()

from storyclust.spark.clusters import (  # noqa: E402  pyspark is there now
    SparkClusters,
    SparkMatches,
    cluster_stories,
    deduplicate,
    match_stories,
)

__all__ = ["SparkClusters", "SparkMatches", "cluster_stories", "deduplicate", "match_stories"]
