"""What users of Spark call: clusters, what to keep of a frame, and one collection against another."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f

from storyclust import tables as columns_of
from storyclust.errors import UsageError
from storyclust.io import Columns
from storyclust.io.reader import OnError
from storyclust.io.tables import arrow_types
from storyclust.match.links import COPY, RELATIONS
from storyclust.model import Level
from storyclust.profile import Profile
from storyclust.settings import CanonicalRule, Settings
from storyclust.spark.components import find_components
from storyclust.spark.job import Job, begin
from storyclust.spark.linking import bearers_of, pair_stories, pair_stories_across
from storyclust.spark.reading import Batches, require_frame
from storyclust.spark.rows import batch_of
from storyclust.spark.settling import ASSIGNED, component_rows, count_terms_of, members_of, settle_components
from storyclust.spark.tables import Tables, schema_of

NAMES = [field.name for field in columns_of.ASSIGNMENTS]
LINK_NAMES = [field.name for field in columns_of.LINKS]
MATCHES = pa.schema(list(arrow_types(columns_of.MATCHES).items()))


@dataclass(frozen=True)
class SparkClusters:
    """Clusters of stories as frames of Spark; what is not asked for is not made.

    Attributes
    ----------
    settings : Settings
    profile : Profile
        Given, or learned from the stories.
    assignments : DataFrame
        One row a story: the columns of `storyclust.tables.ASSIGNMENTS`, and the reason for the story to keep where a
        cluster has several. Sort them by cluster_number and number, and they stand as in the files of one machine.
    rejects : DataFrame
        The ids of rows that did not become stories, and why.
    """

    settings: Settings
    profile: Profile
    assignments: DataFrame
    rejects: DataFrame
    job: Job

    @property
    def links(self) -> DataFrame:
        """All linked pairs of stories with their passages: the columns of `storyclust.tables.LINKS`."""
        bearers = bearers_of(self.job.stories)
        return self.job.story_links(pair_stories(self.job.links, bearers)).select(*LINK_NAMES)

    def summary(self) -> dict[str, Any]:
        """Figures, settings and the profile's digest, as of one machine as far as a cluster knows them."""
        clusters = self.assignments.groupBy("cluster").count()
        sizes = clusters.agg(f.count("*"), f.sum((f.col("count") > 1).cast("int")), f.max("count")).first()
        number, several, largest = sizes or (0, 0, 0)
        return {
            "format": columns_of.FORMAT,
            "stories": self.assignments.count(),
            "clusters": number,
            "clusters_of_several": several or 0,
            "largest_cluster": largest or 0,
            "rejects": self.rejects.count(),
            "candidate_pairs": self.job.pairs.count(),
            "linked_contents": self.job.links.count(),
            "settings": self.settings.to_dict(),
            "profile": self.profile.digest,
        }


@dataclass(frozen=True)
class SparkMatches:
    """The links from one collection into another as frames of Spark.

    Attributes
    ----------
    settings : Settings
    profile : Profile
    matches : DataFrame
        One row a story of the new collection: the columns of `storyclust.tables.MATCHES`.
    rejects : DataFrame
        The ids of rows of either that did not become stories, and why.
    """

    settings: Settings
    profile: Profile
    matches: DataFrame
    rejects: DataFrame
    job: Job

    @property
    def links(self) -> DataFrame:
        """All linked pairs with their passages: the columns of `storyclust.tables.LINKS`; id_a is the new story."""
        return self.job.story_links(_pairs_across(self.job)).select(*LINK_NAMES)


def cluster_stories(
    frame: DataFrame,
    *,
    columns: Columns | None = None,
    settings: Settings | None = None,
    profile: Profile | None = None,
    on_error: OnError = "fail",
    work: str | None = None,
) -> SparkClusters:
    """Find which stories of a frame are the same, and which one of each cluster to keep: `storyclust.cluster_stories`.

    The clusters, the stories to keep, the links and the learned profile are those of one machine, row for row.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
        A row a story, with the columns id and text, and it may be title, source, published, and so on.
    columns : Columns, optional
        The names of the columns, if they are others.
    settings : Settings, optional
        All but `must_link` and `cannot_link`.
    profile : Profile, optional
        What is known of the corpus; learned from the stories where none is given.
    on_error : {"fail", "skip"}
        What to do with a row that is no story: raise, or keep its id in ``rejects``.
    work : str, optional
        A folder of this job that all machines reach, where each stage leaves its tables: ``"s3a://bucket/job-7"``. A
        job that was broken off goes on there. In local mode a temporary one where none is named,
        gone when Python ends.

    Returns
    -------
    SparkClusters

    Raises
    ------
    UsageError
        No frame, a folder of another job, or none where one is needed (SettingsError: settings that Spark has not).
    DataError
        A row that is no story, one id with two texts, or no such column.

    Examples
    --------
    >>> from storyclust.spark import cluster_stories
    >>> frame = spark.read.parquet("s3a://archive/2026/")  # doctest: +SKIP
    >>> result = cluster_stories(frame, work="s3a://archive/jobs/2026")  # doctest: +SKIP
    >>> result.assignments.write.parquet("s3a://archive/clusters/2026")  # doctest: +SKIP
    """
    session = require_frame(frame, "frame").sparkSession
    job = begin([frame], columns, settings, profile, on_error, Tables(session, work or _own_folder(session)))
    assigned = job.tables.keep("assigned", lambda: _assigned(job))
    rows = assigned.select(*NAMES, "reason", "cluster_number", "number")
    return SparkClusters(job.settings, job.profile, rows, job.read[1][0], job)


def _assigned(job: Job) -> DataFrame:
    """The rows of ASSIGNED of all stories: those of components, and those that are alone."""
    stories, contents = job.stories, job.contents
    terms = contents.select("head", "content", "narrated", "hashes", "flags", "figures", *_COUNTED)
    links = job.links.select("later", "earlier", "longer", "relation", "share", "shared_words")
    pairs = job.pairs.join(links, ["later", "earlier"], "left")
    components = find_components(job.links, job.tables)
    members = job.tables.keep("members", lambda: members_of(components, job.heads))
    rows = component_rows(stories, count_terms_of(terms), pairs, members)
    settled = job.tables.keep("settled", lambda: settle_components(rows, members, job.shared, job.settings, job.tables))
    alone = stories.join(settled, "number", "left_anti")
    own, nothing = f.col("id"), f.lit(None)
    told = {
        "number": f.col("number"),
        "cluster_number": f.col("number"),
        "reason": f.lit(""),
        **dict.fromkeys(("id", "cluster", "canonical", "version_cluster", "copy_cluster"), own),
        "is_canonical": f.lit(True),
        "relation": f.lit("canonical"),
        "shared_words": nothing.cast("long"),
        "share": nothing.cast("double"),
    }
    return settled.unionByName(alone.select(*(told[name].alias(name) for name in ASSIGNED.names)))


_COUNTED = "told", "story", "shingles"


def deduplicate(
    frame: DataFrame,
    *,
    level: Level = "copy",
    keep: CanonicalRule | None = None,
    columns: Columns | None = None,
    settings: Settings | None = None,
    profile: Profile | None = None,
    on_error: OnError = "fail",
    work: str | None = None,
) -> DataFrame:
    """The rows of a frame without copies, with all their columns: `storyclust.deduplicate`.

    Parameters
    ----------
    level : {"copy", "version", "partial"}
        One story is kept of each cluster at this level, whatever that of the settings.
    keep : {"centroid", "earliest", "longest"}, optional
        Which story of a cluster is kept, in place of ``settings.canonical``.
    frame, columns, settings, profile, on_error, work
        As for `cluster_stories`.
    """
    chosen = replace(settings or Settings(), level=level)
    if keep is not None:
        chosen = replace(chosen, canonical=keep)
    named = columns or Columns()
    result = cluster_stories(frame, columns=columns, settings=chosen, profile=profile, on_error=on_error, work=work)
    texts = result.job.numbered.select("number", f.xxhash64("text").alias("_text"))
    kept = result.assignments.where("is_canonical").select(f.col("id").alias("_id"), "number").join(texts, "number")
    # Of rows with one id, those with another text are not the story.
    marked = frame.withColumn("_id", f.col(named.id).cast("string")).withColumn("_text", f.xxhash64(named.text))
    return marked.join(kept, ["_id", "_text"], "left_semi").dropDuplicates(["_id"]).drop("_id", "_text")


def match_stories(
    frame: DataFrame,
    against: DataFrame,
    *,
    columns: Columns | None = None,
    settings: Settings | None = None,
    profile: Profile | None = None,
    on_error: OnError = "fail",
    work: str | None = None,
) -> SparkMatches:
    """Find which stories of a frame stand in another: `storyclust.match_stories`.

    Parameters
    ----------
    frame, against : pyspark.sql.DataFrame
        The new collection and the old one. An id may stand in both.
    columns, settings, profile, on_error, work
        As for `cluster_stories`.
    """
    session = require_frame(frame, "frame").sparkSession
    frames = [frame, require_frame(against, "against")]
    job = begin(frames, columns, settings, profile, on_error, Tables(session, work or _own_folder(session)))
    matches = job.tables.keep("matches", lambda: _matches(job))
    new, old = job.read[1]
    return SparkMatches(job.settings, job.profile, matches, new.unionByName(old), job)


def _pairs_across(job: Job) -> DataFrame:
    contents = job.recognised.select("number", "content")
    return pair_stories_across(job.links, bearers_of(job.stories).join(contents, "number"))


def _matches(job: Job) -> DataFrame:
    """The best match of each new story, and how many it has."""
    narrated = job.recognised.select(f.col("number").alias("a"), "narrated")
    pairs = _pairs_across(job).join(narrated, "a").select(
        "a", "b",
        f.coalesce("relation", f.lit(COPY)).alias("strength"),
        f.coalesce("share", f.lit(1.0)).alias("share"),
        f.coalesce("shared_words", "narrated").cast("long").alias("shared_words"),
    )  # fmt: skip
    own = Window.partitionBy("a")
    best = own.orderBy(f.desc("strength"), f.desc("share"), "b")
    ranked = pairs.withColumn("matches", f.count("*").over(own)).withColumn("place", f.row_number().over(best))
    names = f.element_at(f.array(*(f.lit(name) for name in RELATIONS)), f.col("strength") + 1)
    first = ranked.where("place = 1").withColumn("relation", names)
    new, old = (job.stories.where(f.col("side") == side).select("number", "id") for side in (0, 1))
    first = first.join(old.withColumnsRenamed({"number": "b", "id": "match"}), "b")
    every = new.withColumnRenamed("number", "a").join(first, "a", "left").fillna(0, ["matches"])
    return every.select(*MATCHES.names).mapInArrow(_round, schema_of(MATCHES))


def _round(batches: Batches) -> Batches:
    """Fractions as all tables have them."""
    for batch in batches:
        known = batch["share"].is_valid()
        shares = columns_of.rounded(batch["share"].fill_null(0.0).to_numpy(zero_copy_only=False))
        rounded = pa.array(shares, mask=~known.to_numpy(zero_copy_only=False))
        yield batch_of(MATCHES, {**{name: batch[name] for name in MATCHES.names}, "share": rounded})


def _own_folder(session: SparkSession) -> str:
    """A temporary folder, in local mode.

    Raises
    ------
    UsageError
        On a cluster, whose machines do not reach it.
    """
    master = session.sparkContext.master or ""
    if not master.startswith("local"):
        raise UsageError(
            f"work is None and the master is {master!r}; expected a folder that all machines reach, "
            "such as work='s3a://bucket/job' or 'hdfs:///jobs/7'"
        )
    folder = tempfile.mkdtemp(prefix="storyclust-spark-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return f"file://{folder}"
