"""Learn a profile from stories on many machines: the rules of `storyclust.learning.learn`, and the same profile.

In: the first pass over all stories. Out: a `Profile`. Who bears a line or a passage is grouped and ranked by SQL, which
spills what does not fit; sketches of the bearers that are looked at decide, each group of them in one task.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa
from pyspark import Broadcast
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as f

from storyclust.arrays import Hashes
from storyclust.learning.bearers import TRIED, Bearers
from storyclust.learning.learn import (
    ALIKE,
    DAYS,
    FURNITURE,
    KIN,
    MOST_PAGES,
    OWN_PART,
    REST,
    SPREAD,
    STOCK,
    sketch,
    words_not_narrated,
    words_of_lines,
)
from storyclust.learning.recognise import recognise
from storyclust.learning.unlike_kernels import BUCKETS
from storyclust.parallel import Workers
from storyclust.profile import COLUMNS, Profile
from storyclust.settings import Settings
from storyclust.spark.analysis import first_pass_of
from storyclust.spark.reading import Batches
from storyclust.spark.rows import as_hashes, batch_of, binaries, integers, values_of, whole_groups
from storyclust.spark.tables import Tables, schema_of
from storyclust.text.terms import document_frequencies

FREQUENCIES = pa.schema([("column", pa.int64()), ("stories", pa.int64())])
# Two sketches of a story, and whether it counts where the second are compared.
SKETCHES = pa.schema([("number", pa.int64()), ("told", pa.bool_()), ("one", pa.binary()), ("two", pa.binary())])
VERDICTS = pa.schema([("key", pa.int64()), ("is_unlike", pa.bool_()), ("is_unlike_beside", pa.bool_())])
KEPT_PROFILE = pa.schema(
    [("stories", pa.int64()), ("frequencies", pa.binary()), ("furniture", pa.binary()), ("stock", pa.binary())]
)


def learn_profile(analysed: DataFrame, settings: Settings, tables: Tables) -> Profile:
    """What all stories teach together; the same as of one machine, to the digest."""

    def learned() -> DataFrame:
        first = Profile(analysed.count(), _frequencies(analysed))
        furniture = _furniture(analysed, settings, tables)
        stock = _stock(analysed, replace(first, furniture=furniture), settings, tables)
        return tables.arrow(pa.Table.from_batches([_packed(replace(first, furniture=furniture, stock=stock))]))

    row = tables.keep("profile", learned).toArrow()
    furniture, stock = (values_of(row[name], np.uint64)[0] for name in ("furniture", "stock"))
    return Profile(int(row["stories"][0].as_py()), values_of(row["frequencies"], np.uint32)[0], furniture, stock)


def _packed(profile: Profile) -> pa.RecordBatch:
    arrays: dict[str, np.ndarray] = {
        "frequencies": profile.document_frequencies,
        "furniture": profile.furniture,
        "stock": profile.stock,
    }
    packed = {name: binaries(own, np.array([len(own)])) for name, own in arrays.items()}
    return batch_of(KEPT_PROFILE, {"stories": [profile.stories], **packed})


def _frequencies(analysed: DataFrame) -> np.ndarray:
    """In how many stories a word of each column stands."""

    def count(batches: Batches) -> Batches:
        counts = np.zeros(COLUMNS, np.int64)
        with Workers(1) as workers:
            for batch in batches:
                hashes, words = values_of(batch["hashes"], np.uint64)
                counts += document_frequencies(hashes, np.concatenate(([0], np.cumsum(words))), workers)
        columns = np.flatnonzero(counts)
        yield batch_of(FREQUENCIES, {"column": columns, "stories": counts[columns]})

    counted = analysed.select("hashes").mapInArrow(count, schema_of(FREQUENCIES))
    found = counted.groupBy("column").agg(f.sum("stories").alias("stories")).toArrow()
    frequencies = np.zeros(COLUMNS, np.uint32)
    frequencies[integers(found["column"])] = integers(found["stories"])
    return frequencies


def _furniture(analysed: DataFrame, settings: Settings, tables: Tables) -> Hashes:
    """Keys of the lines that an outlet repeats on pages that are unlike each other."""
    lines = analysed.select("number", "content", "outlet", f.explode(f.array_distinct("lines")).alias("key"))
    bearers = tables.keep(
        "line_bearers", lambda: _placed(_bearers(lines, ["outlet"], FURNITURE)).where(f.col("place") <= TRIED)
    )
    repeated = _keys_of(bearers)
    shared = tables.session.sparkContext.broadcast(repeated)
    sketches = tables.keep(
        "line_sketches", lambda: analysed.mapInArrow(_line_sketcher(shared, settings), schema_of(SKETCHES))
    )
    verdicts = _verdicts(bearers.withColumn("place_told", f.col("place")), sketches, FURNITURE)
    pages = analysed.where(f.size("lines") > 0).groupBy("outlet").agg(f.count_distinct("content").alias("pages"))
    counted = bearers.where("place = 1").select("key", "bearers", "outlet").join(pages, "outlet")
    common = f.col("bearers") >= f.lit(MOST_PAGES) * f.col("pages")
    found = verdicts.join(counted, "key").where(f.col("is_unlike") | (common & f.col("is_unlike_beside")))
    return _keys_of(found)


def _stock(analysed: DataFrame, known: Profile, settings: Settings, tables: Tables) -> Hashes:
    """Window fingerprints of the passages that everyone uses, or that come back."""
    windows = analysed.select("number", "content", "day", f.explode("windows").alias("key"))
    bearers = tables.keep("window_bearers", lambda: _bearers(windows, ["day"], DAYS))
    days = bearers.groupBy("key").agg(
        f.size(f.collect_set("day")).alias("days"), (f.max("day") - f.min("day")).alias("spread")
    )
    formulas = _keys_of(days.where((f.col("days") >= DAYS) & (f.col("spread") >= SPREAD)))
    frequent = bearers.where(f.col("bearers") >= STOCK)
    shared = tables.session.sparkContext.broadcast(replace(known, stock=_keys_of(frequent)))
    sketches = tables.keep(
        "window_sketches", lambda: analysed.mapInArrow(_window_sketcher(shared, settings), schema_of(SKETCHES))
    )
    told = f.row_number().over(Window.partitionBy("key", "told").orderBy("content"))
    placed = _placed(frequent.join(sketches.select("number", "told"), "number"))
    placed = placed.withColumn("place_told", f.when(f.col("told"), told))
    looked_at = placed.where((f.col("place") <= TRIED) | (f.col("place_told") <= TRIED)).drop("told")
    unlike = _verdicts(looked_at, sketches, STOCK).where(f.col("is_unlike") | f.col("is_unlike_beside"))
    return np.union1d(_keys_of(unlike), formulas)


def _bearers(keys: DataFrame, beside: list[str], fewest: int) -> DataFrame:
    """Who bears each key that so many contents bear: of each content the first story, with columns of it."""
    first = f.min(f.struct("number", *beside)).alias("first")
    distinct = keys.repartition("key").groupBy("key", "content").agg(first)
    counted = distinct.withColumn("bearers", f.count("*").over(Window.partitionBy("key")))
    return counted.where(f.col("bearers") >= fewest).select("key", "content", "bearers", "first.*")


def _placed(bearers: DataFrame) -> DataFrame:
    """With the place of each among those of its key, in the order of the contents."""
    return bearers.withColumn("place", f.row_number().over(Window.partitionBy("key").orderBy("content")))


def _keys_of(frame: DataFrame) -> Hashes:
    """The keys of a frame, each once, rising."""
    return np.unique(as_hashes(integers(frame.select("key").distinct().toArrow()["key"])))


def _texts_with(keys: Hashes, counts: np.ndarray, known: Hashes) -> np.ndarray:
    """Which texts have one of some keys, which rise."""
    place = np.searchsorted(known, keys)
    is_known = known[np.minimum(place, len(known) - 1)] == keys if len(known) else np.zeros(len(keys), np.bool_)
    return np.flatnonzero(np.bincount(np.repeat(np.arange(len(counts)), counts)[is_known], minlength=len(counts)))


def _line_sketcher(repeated: Broadcast[Hashes], settings: Settings) -> Callable[[Batches], Batches]:
    """Sketches of the stories that have a line of many: whole, and without all such lines."""
    size = settings.shingle_words

    def sketch_batches(batches: Batches) -> Batches:
        with Workers(1) as workers:
            for batch in batches:
                own = first_pass_of(batch)
                texts = _texts_with(own.lines.keys, own.lines.counts, repeated.value)
                left_out = [words_of_lines(own.words, own.lines, keys) for keys in (repeated.value[:0], repeated.value)]
                one, two = (sketch(own.words, words, texts, size, workers) for words in left_out)
                yield _sketched(batch, texts, np.ones(len(texts), np.bool_), one, two)

    return sketch_batches


def _window_sketcher(known: Broadcast[Profile], settings: Settings) -> Callable[[Batches], Batches]:
    """Sketches of the stories that have a passage of many: without furniture, and without all such passages too."""
    size = settings.shingle_words

    def sketch_batches(batches: Batches) -> Batches:
        with Workers(1) as workers:
            for batch in batches:
                own, profile = first_pass_of(batch), known.value
                texts = _texts_with(own.fingerprints.windows, own.fingerprints.window_counts, profile.stock)
                rest = recognise(own.words, own.lines, profile, size, workers)
                told = rest.narrated_counts >= np.maximum(REST, OWN_PART * own.words.narrated_counts)
                left_out = words_of_lines(own.words, own.lines, profile.furniture), words_not_narrated(rest)
                one, two = (sketch(own.words, words, texts, size, workers) for words in left_out)
                yield _sketched(batch, texts, told[texts], one, two)

    return sketch_batches


def _sketched(batch: pa.RecordBatch, texts: np.ndarray, told: np.ndarray, one: Hashes, two: Hashes) -> pa.RecordBatch:
    counts = np.full(len(texts), BUCKETS)
    sketches = {name: binaries(sketches[texts].ravel(), counts) for name, sketches in (("one", one), ("two", two))}
    return batch_of(SKETCHES, {"number": integers(batch["number"])[texts], "told": told, **sketches})


def _verdicts(bearers: DataFrame, sketches: DataFrame, enough: int) -> DataFrame:
    """Which keys enough unlike stories bear, of those looked at: by the first sketches, and by the second."""

    def judge(batches: Batches) -> Batches:
        for table in whole_groups(batches, "key"):
            keys, key = np.unique(integers(table["key"]), return_inverse=True)
            verdicts = {
                name: _unlike(
                    keys, key, integers(table[place], TRIED + 1), values_of(table[marks], np.uint64)[0], *rule
                )
                for name, place, marks, *rule in (
                    ("is_unlike", "place", "one", ALIKE, enough),
                    ("is_unlike_beside", "place_told", "two", KIN, enough),
                )
            }
            yield batch_of(VERDICTS, {"key": keys, **verdicts})

    joined = bearers.select("key", "place", "place_told", "number").join(sketches.drop("told"), "number")
    rows = joined.drop("number").repartition("key").sortWithinPartitions("key", "place")
    return rows.mapInArrow(judge, schema_of(VERDICTS))


def _unlike(
    keys: np.ndarray, key: np.ndarray, places: np.ndarray, sketches: Hashes, least: int, enough: int
) -> np.ndarray:
    """Which keys so many of the rows bear whose sketches are unlike; those beyond the first TRIED do not count."""
    rows = np.flatnonzero(places <= TRIED)
    first = np.searchsorted(key[rows], np.arange(len(keys) + 1))
    return Bearers(as_hashes(keys), rows.astype(np.int32), first).unlike(sketches.reshape(-1, BUCKETS), least, enough)
