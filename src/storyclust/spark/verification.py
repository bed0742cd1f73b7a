"""From candidate pairs to links, a cell at a time: aligned passages decide, by the functions of the library.

In: pairs and the contents they are of, in cells. Out: the linked pairs, with their figures and passages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark import Broadcast

from storyclust.match.contents import Contents
from storyclust.match.links import Links
from storyclust.match.passages import Passages
from storyclust.match.passages_kernels import COLUMNS
from storyclust.match.verify import link_pairs
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings
from storyclust.spark.analysis import words_of
from storyclust.spark.cells import THING
from storyclust.spark.reading import Batches
from storyclust.spark.rows import batch_of, binaries, integers, values_of, whole_groups

COUNTED = tuple(own.name for own in fields(Links) if own.type == "Integers")
MEASURED = tuple(own.name for own in fields(Links) if own.type == "Fractions")
LINKED = pa.schema(
    [
        *((name, pa.int64()) for name in ("later", "earlier", "longer", "shorter")),
        ("relation", pa.int32()),
        *((name, pa.int64()) for name in COUNTED),
        *((name, pa.float64()) for name in MEASURED),
        ("passages", pa.binary()),
    ]
)


def linker(profile: Broadcast[Profile], settings: Settings) -> Callable[[Batches], Batches]:
    """From cells of contents to batches of LINKED."""

    def link(batches: Batches) -> Batches:
        with Workers(1) as workers:
            for cells in whole_groups(batches, "cell"):
                yield _linked(cells, profile.value, settings, workers)

    return link


def _linked(cells: pa.Table, profile: Profile, settings: Settings, workers: Workers) -> pa.RecordBatch:
    is_thing = integers(cells["what"]) == THING
    things, pairs = cells.filter(pa.array(is_thing)), cells.filter(pa.array(~is_thing))
    heads = integers(things["thing"])
    # Contents are numbered by their hashes, as in the one-machine job; one that is in several cells is taken once.
    _, once = np.unique(heads, return_index=True)
    once = once[np.lexsort((heads[once], integers(things["content"])[once]))]
    contents = Contents.choose(words_of(things), once)
    place = np.argsort(heads[once])
    later, earlier = (
        place[np.searchsorted(heads[once], integers(pairs[name]), sorter=place)].astype(np.int32)
        for name in ("later", "earlier")
    )
    alone = np.zeros(len(contents), np.bool_)
    return packed_links(link_pairs(contents, later, earlier, alone, profile, settings, workers).links, heads[once])


def packed_links(links: Links, heads: np.ndarray) -> pa.RecordBatch:
    """Links as a batch of LINKED, contents by their heads."""
    return batch_of(
        LINKED,
        {
            "later": heads[np.maximum(links.longer, links.shorter)],
            "earlier": heads[np.minimum(links.longer, links.shorter)],
            "longer": heads[links.longer],
            "shorter": heads[links.shorter],
            "relation": links.relation.astype(np.int32),
            **{name: getattr(links, name) for name in (*COUNTED, *MEASURED)},
            "passages": binaries(links.passages.rows.ravel(), links.passages.counts * COLUMNS),
        },
    )


def links_of(table: pa.Table, longer: np.ndarray, shorter: np.ndarray) -> Links:
    """The links of rows of LINKED again, with these numbers for their contents."""
    rows, counts = values_of(table["passages"], np.int32)
    figures: dict[str, Any] = {name: integers(table[name]) for name in COUNTED}
    figures |= {name: table[name].to_numpy().astype(np.float64) for name in MEASURED}
    return Links(
        longer=longer.astype(np.int32),
        shorter=shorter.astype(np.int32),
        relation=integers(table["relation"]).astype(np.uint8),
        **figures,
        passages=Passages(rows.reshape(-1, COLUMNS), counts // COLUMNS),
    )
