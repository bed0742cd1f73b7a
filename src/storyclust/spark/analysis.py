"""The first pass over all stories, and what a profile knows of them: the functions of the library over record batches.

In: numbered stories. Out: a row a story with its words, flags, lines and fingerprints; then the distinct contents.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from pyspark import Broadcast

from storyclust.cluster.standing import standing
from storyclust.fingerprint.fingerprints import Fingerprints
from storyclust.fingerprint.kept import KeptWords
from storyclust.learning.days_kernels import UNDATED
from storyclust.learning.first_pass import FirstPass, analyse_all
from storyclust.learning.lines import Lines
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings
from storyclust.spark.reading import Batches, story_of
from storyclust.spark.rows import as_hashes, as_signed, batch_of, binaries, integers, lists, numbers_of, values_of

COUNTS = ("told", "narrated", "story", "shingles")
WORDS = pa.schema(
    [
        ("hashes", pa.binary()),
        ("flags", pa.binary()),
        ("figures", pa.binary()),
        *((name, pa.int32()) for name in COUNTS),
    ]
)
OWN = pa.schema(
    [
        ("number", pa.int64()),
        ("side", pa.int32()),
        ("id", pa.string()),
        ("source", pa.string()),
        ("moment", pa.int64()),
        ("standing", pa.int32()),
    ]
)
ANALYSED = pa.schema(
    [
        *OWN,
        ("day", pa.int64()),
        ("outlet", pa.int64()),
        ("content", pa.int64()),
        *WORDS,
        ("lines", pa.list_(pa.int64())),
        ("line_stops", pa.binary()),
        ("bands", pa.list_(pa.int64())),
        ("windows", pa.list_(pa.int64())),
    ]
)
RECOGNISED = pa.schema([*OWN, ("content", pa.int64()), *WORDS, ("keys", pa.list_(pa.int64()))])


def analyser(settings: Settings) -> Callable[[Batches], Batches]:
    """From batches of NUMBERED to batches of ANALYSED."""

    def analyse(batches: Batches) -> Batches:
        with Workers(1) as workers:
            for batch in batches:
                stories = [story_of(row) for row in batch.to_pylist()]
                first_pass = analyse_all(stories, settings, workers)
                fingerprints, days = first_pass.fingerprints, first_pass.days
                bands = np.full(len(stories), fingerprints.bands.shape[1])
                columns = {
                    **{name: batch[name] for name in ("number", "side", "id", "source", "moment")},
                    "standing": [standing(story) for story in stories],
                    "day": pa.array(days, pa.int64(), mask=days == UNDATED),
                    "outlet": as_signed(first_pass.lines.sources),
                    "content": as_signed(first_pass.words.content_hashes(workers)),
                    **columns_of_words(first_pass.words),
                    "lines": lists(as_signed(first_pass.lines.keys), first_pass.lines.counts),
                    "line_stops": binaries(first_pass.lines.stops, first_pass.lines.counts),
                    "bands": lists(as_signed(fingerprints.bands.ravel()), bands),
                    "windows": lists(as_signed(fingerprints.windows), fingerprints.window_counts),
                }
                yield batch_of(ANALYSED, columns)

    return analyse


def first_pass_of(batch: pa.RecordBatch | pa.Table) -> FirstPass:
    """What the first pass left of the stories of a batch of ANALYSED."""
    keys, counts = numbers_of(batch["lines"])
    stops, _ = values_of(batch["line_stops"], np.int32)
    lines = Lines(as_hashes(keys), stops, counts, as_hashes(integers(batch["outlet"])))
    bands, _ = numbers_of(batch["bands"])
    windows, window_counts = numbers_of(batch["windows"])
    rows = as_hashes(bands).reshape(batch.num_rows, -1) if batch.num_rows else np.empty((0, 0), np.uint64)
    fingerprints = Fingerprints(rows, as_hashes(windows), window_counts)
    return FirstPass(words_of(batch), lines, fingerprints, integers(batch["day"], UNDATED))


def columns_of_words(words: KeptWords) -> dict[str, pa.Array]:
    """The columns of WORDS."""
    counts = words.told_counts, words.narrated_counts, words.story_counts, words.shingle_counts
    return {
        **{name: binaries(getattr(words, name), words.word_counts) for name in ("hashes", "flags", "figures")},
        **{name: pa.array(count, pa.int32()) for name, count in zip(COUNTS, counts, strict=True)},
    }


def words_of(batch: pa.RecordBatch | pa.Table) -> KeptWords:
    """The words of the rows of a batch that has the columns of WORDS."""
    hashes, counts = values_of(batch["hashes"], np.uint64)
    flags, figures = (values_of(batch[name], np.uint8)[0] for name in ("flags", "figures"))
    return KeptWords(hashes, flags, figures, counts, *(integers(batch[name]) for name in COUNTS))


def recogniser(profile: Broadcast[Profile], settings: Settings) -> Callable[[Batches], Batches]:
    """From batches of ANALYSED to batches of RECOGNISED."""

    def recognise(batches: Batches) -> Batches:
        with Workers(1) as workers:
            for batch in batches:
                yield batch_of(RECOGNISED, _recognised(batch, profile.value, settings, workers))

    return recognise


def _recognised(batch: pa.RecordBatch, profile: Profile, settings: Settings, workers: Workers) -> dict[str, pa.Array]:
    known = first_pass_of(batch).recognise(profile, settings, workers)
    every = np.ones(batch.num_rows, np.bool_)
    keys, first = known.fingerprints.keys.of_each(every)
    return {
        **{name: batch[name] for name in OWN.names},
        "content": as_signed(known.contents),
        **columns_of_words(known.words),
        "keys": lists(as_signed(keys), np.diff(first)),
    }
