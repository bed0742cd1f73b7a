"""Fiction that ships: invented stories by invented outlets, with labelled truth.

Nothing here happened. The stories are written as scraped pages are, and hold the traps of the wire: copies
under other headlines, cuts, local leads, site clutter, shared quotations, a digest, formula reports.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from storyclust.io import parse_date
from storyclust.model import Story


@dataclass(frozen=True, slots=True)
class SampleTruth:
    """What is true of one story of the sample.

    Attributes
    ----------
    cluster : str
        The id of the earliest story of its cluster; its own if it stands alone.
    relation : str
        What it is: the original, a copy, a cut, a brief, a copy with local lead, or alone.
    note : str
        The trap, in a clause.
    canonical : tuple of str
        The stories of the cluster that it is right to keep.
    """

    cluster: str
    relation: str
    note: str
    canonical: tuple[str, ...]


def load_sample() -> list[Story]:
    """The 30 stories of the sample, by time.

    >>> load_sample()[0].source
    'Corvane Telegraphic Service'
    """
    return [
        Story(row["id"], row["text"], row["title"], row["source"], parse_date(row["published"]))
        for row in _rows("stories.jsonl")
    ]


def load_sample_truth() -> dict[str, SampleTruth]:
    """The truth of the sample, by id.

    >>> load_sample_truth()["skarrow-echo-recall"].relation
    'brief'
    """
    return {
        row["id"]: SampleTruth(row["cluster"], row["relation"], row["note"], tuple(row["canonical"]))
        for row in _rows("truth.jsonl")
    }


def _rows(name: str) -> Iterator[dict[str, Any]]:
    text = files("storyclust.newsroom").joinpath("data", name).read_text(encoding="utf-8")
    return map(json.loads, text.splitlines())
