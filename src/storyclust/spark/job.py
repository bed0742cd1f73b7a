"""The job on one screen, as of one machine, each stage from tables to a table.

number stories -> analyse text -> learn a profile -> recognise -> candidates -> verify -> components -> settle
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from pyspark import Broadcast
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from storyclust.errors import SettingsError
from storyclust.io import Columns
from storyclust.io.reader import OnError
from storyclust.match.window import EVER
from storyclust.profile import Profile
from storyclust.settings import Settings
from storyclust.spark.analysis import ANALYSED, RECOGNISED, analyser, recogniser
from storyclust.spark.candidates import find_pairs, find_pairs_across, within_window
from storyclust.spark.cells import in_cells
from storyclust.spark.learning import learn_profile
from storyclust.spark.linking import LINK_SCHEMA, story_linker
from storyclust.spark.reading import number_stories, one_an_id, read_stories
from storyclust.spark.tables import Tables, schema_of
from storyclust.spark.verification import LINKED, linker

STORY_COLUMNS = "number", "side", "id", "source", "standing", "content", "head"


@dataclass(frozen=True)
class Job:
    """The stages that every job has in common, of one collection or of two."""

    frames: Sequence[DataFrame]
    columns: Columns
    settings: Settings
    given: Profile | None
    on_error: OnError
    tables: Tables

    @cached_property
    def read(self) -> tuple[list[DataFrame], list[DataFrame]]:
        """The stories of each side, each id once, and what was rejected."""
        sides, rejects = [], []
        for number, frame in enumerate(self.frames):
            rows = self.tables.keep(f"read-{number}", partial(read_stories, frame, self.columns))
            stories, rejected = one_an_id(rows, self.on_error)
            sides.append(stories)
            rejects.append(rejected)
        return sides, rejects

    @cached_property
    def numbered(self) -> DataFrame:
        """All stories, numbered by rank."""
        return number_stories(self.read[0], self.tables)

    @cached_property
    def analysed(self) -> DataFrame:
        """Their words, lines and fingerprints."""
        return self.tables.keep(
            "analysed", lambda: self.numbered.mapInArrow(analyser(self.settings), schema_of(ANALYSED))
        )

    @cached_property
    def profile(self) -> Profile:
        """What is known of the corpus."""
        return self.given or learn_profile(self.analysed, self.settings, self.tables)

    @cached_property
    def shared(self) -> Broadcast[Profile]:
        """The same on every machine."""
        return self.tables.session.sparkContext.broadcast(self.profile)

    @cached_property
    def recognised(self) -> DataFrame:
        """The stories as the profile knows them."""
        return self.tables.keep(
            "recognised",
            lambda: self.analysed.mapInArrow(recogniser(self.shared, self.settings), schema_of(RECOGNISED)),
        )

    @cached_property
    def heads(self) -> DataFrame:
        """The contents that stories with enough words bear: of which story each is, by how many, and when."""
        long_enough = self.recognised.where(f.col("story") >= self.settings.min_words)
        first, last = (f.coalesce("moment", f.lit(ever)) for ever in (-EVER, EVER))
        return self.tables.keep(
            "heads",
            lambda: long_enough.groupBy("side", "content").agg(
                f.min("number").alias("head"),
                f.count("*").alias("bearers"),
                f.min(first).alias("first"),
                f.max(last).alias("last"),
            ),
        )

    @cached_property
    def stories(self) -> DataFrame:
        """Every story with the head of its content; none for one too short."""
        keys = self.heads.select("side", "content", "head")
        long_enough = f.col("story") >= self.settings.min_words
        own = self.recognised.withColumn("content", f.when(long_enough, f.col("content")))
        return self.tables.keep("stories", lambda: own.join(keys, ["side", "content"], "left").select(*STORY_COLUMNS))

    @cached_property
    def contents(self) -> DataFrame:
        """The distinct contents, each with the words of its first story."""
        heads = self.heads.drop("side", "content")
        return self.tables.keep(
            "contents", lambda: self.recognised.join(heads, f.col("number") == f.col("head")).drop(*_OF_STORIES)
        )

    @cached_property
    def pairs(self) -> DataFrame:
        """The pairs of contents to compare."""
        find = find_pairs if len(self.frames) == 1 else find_pairs_across
        return self.tables.keep("pairs", lambda: self._in_window(find(self.contents)))

    def _in_window(self, pairs: DataFrame) -> DataFrame:
        days = self.settings.window_days
        return pairs if days is None else within_window(pairs, self.heads, days)

    @cached_property
    def links(self) -> DataFrame:
        """The linked ones."""
        things = self.contents.withColumn("thing", f.col("head")).drop(
            "head", "side", "keys", "bearers", "first", "last"
        )

        def linked() -> DataFrame:
            cells = in_cells("pair-cells", self.pairs, things, self.tables)
            return cells.mapInArrow(linker(self.shared, self.settings), schema_of(LINKED))

        return self.tables.keep("links", linked)

    def story_links(self, pairs: DataFrame) -> DataFrame:
        """Pairs of stories with their passages placed in the texts; see `linking`."""

        def linked() -> DataFrame:
            counts = self.recognised.select("number", f.octet_length("flags").alias("words"), *_COUNTS)
            things = self.numbered.join(counts, "number").withColumn("thing", f.col("number")).drop("number", "side")
            later, earlier = f.greatest("a", "b").alias("later"), f.least("a", "b").alias("earlier")
            named = self.tables.keep("story-pairs", lambda: pairs.select("*", later, earlier))
            cells = in_cells("story-cells", named, things, self.tables)
            return cells.mapInArrow(story_linker(self.settings), schema_of(LINK_SCHEMA))

        return self.tables.keep("story-links", linked)


_OF_STORIES = "number", "id", "source", "moment", "standing"
_COUNTS = "told", "narrated", "story", "shingles"


def begin(
    frames: Sequence[DataFrame],
    columns: Columns | None,
    settings: Settings | None,
    profile: Profile | None,
    on_error: OnError,
    tables: Tables,
) -> Job:
    """A job in a folder that is new or its own.

    Raises
    ------
    SettingsError
        If the settings have pairs of stories that must or cannot be linked.
    """
    settings = settings or Settings()
    if settings.must_link or settings.cannot_link:
        raise SettingsError(
            f"must_link has {len(settings.must_link)} pairs and cannot_link {len(settings.cannot_link)}, which are for "
            "jobs on one machine; expected none. Take them out of the settings, or use storyclust.cluster_stories"
        )
    told: dict[str, Any] = {
        "settings": settings.to_dict(),
        "profile": None if profile is None else profile.digest,
        "columns": str(columns or Columns()),
        "on_error": on_error,
        "input": [{"columns": frame.dtypes, "files": sorted(frame.inputFiles())} for frame in frames],
    }
    tables.belongs_to(told)
    return Job(frames, columns or Columns(), settings, profile, on_error, tables)
