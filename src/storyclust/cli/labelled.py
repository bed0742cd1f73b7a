"""Labelled pairs of stories, as `score` and `tune` take them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import TYPE_CHECKING

from storyclust.errors import DataError, MissingColumnError, RecordError
from storyclust.named_files import reading

if TYPE_CHECKING:
    from storyclust.metrics import LabelledPair

REQUIRED = ("id_a", "id_b", "label")
ONE_STRATUM = "all"


def read_pairs(path: str) -> list[LabelledPair]:
    """Labelled pairs from tab-separated values; each of weight 1 and all of one stratum, where none is told."""
    with reading(path, "a file of labelled pairs"), open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        named = rows.fieldnames or ()
        missing = [column for column in REQUIRED if column not in named]
        if missing:
            raise MissingColumnError(
                f"{path}: no column {', '.join(missing)}; expected {', '.join(REQUIRED)}, separated by tabs, and "
                f"got {', '.join(named) or 'none'}"
            )
        found = [_labelled(row, f"{path}:{rows.line_num}") for row in rows]
    if not found:
        raise DataError(f"{path}: no labelled pairs; expected at least one row below the header")
    return found


def _labelled(row: Mapping[str, str | None], where: str) -> LabelledPair:
    from storyclust.metrics import LABELS, LabelledPair

    a, b, label = (row[column] for column in REQUIRED)
    if not a or not b or a == b:
        raise RecordError(f"{where}: the ids are {a!r} and {b!r}; expected those of two stories")
    if label not in LABELS:
        raise RecordError(f"{where}: the label is {label!r}; expected one of {', '.join(LABELS)}")
    told = row.get("weight") or "1"
    try:
        weight = float(told)
    except ValueError:
        weight = 0.0
    if not 0 < weight < float("inf"):
        raise RecordError(f"{where}: the weight is {told!r}; expected a number above 0")
    return LabelledPair(a, b, label, weight, row.get("stratum") or ONE_STRATUM)
