"""Labelled pairs with the figures of their links, and how well any thresholds do on them.

In: figures of links by pair of ids, and labelled pairs. Out: what `storyclust.match.relation` says of them under many
thresholds at once, and the weighted F1 of that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from types import SimpleNamespace
from typing import Any, Self, cast

import numpy as np
import numpy.typing as npt

from storyclust.arrays import Bytes, Flags, Fractions, Integers
from storyclust.errors import MissingColumnError, RecordError
from storyclust.match.links import COPY, NOT_LINKED, PARTIAL, VERSION, Links
from storyclust.match.relation import is_copy, is_partial, is_version
from storyclust.metrics import LABELS, STRENGTH, LabelledPair
from storyclust.model import Level, Link, Passage
from storyclust.settings import Settings

LEVELS: tuple[Level, ...] = ("copy", "version", "partial")

FIGURES = ("shared_words", "longest_narrated", "share", "passage_share", "likeness", "jaccard", "containment")
"""The columns of a table of links that tell what a pair shares."""

# What the rules may ask for, and a table need not have.
_NO_FIGURES = ("longer", "shorter", "relation", "passages")
ALL_FIGURES = tuple(field.name for field in fields(Links) if field.name not in _NO_FIGURES)

Figures = Mapping[str, float]


def figures_of(link: Mapping[str, Any] | Link) -> tuple[frozenset[str], Figures]:
    """The two ids of a link, or of a row of a table of links, and its figures.

    Whatever `storyclust.match.links.Links` has and the link tells is taken over. What it does not tell is worked out
    from its passages, the longest of which then counts as its longest run, or else counts as 0.

    >>> row = dict.fromkeys(FIGURES, 0.5) | {"id_a": "a1", "id_b": "b7", "longest_run": 20}
    >>> figures_of(row)[1]["longest_run"]
    20.0
    """
    row = {field.name: getattr(link, field.name) for field in fields(link)} if isinstance(link, Link) else link
    missing = [name for name in ("id_a", "id_b", *FIGURES) if name not in row]
    if missing:
        raise MissingColumnError(
            f"a link has no {', '.join(missing)}; expected a table of links that cluster --links wrote. "
            f"It has {', '.join(map(str, row)) or 'nothing'}"
        )
    a, b = str(row["id_a"]), str(row["id_b"])
    figures = {name: _number(row[name], name, a, b) for name in ALL_FIGURES if name in row}
    words = _passage_words(row.get("passages"), a, b) or [figures["longest_narrated"]]
    told = sum(figures.get(name, 0.0) for name in ("shared_words", "quoted_words", "stock_words"))
    figures = {"longest_run": max(words), "other_words": max(0.0, sum(words) - told)} | figures
    return frozenset((a, b)), figures


def _number(value: object, name: str, a: str, b: str) -> float:
    try:
        number = float(cast(str, value))
    except (TypeError, ValueError):
        number = float("nan")
    if not 0 <= number < float("inf"):
        raise RecordError(f"the link of {a!r} and {b!r} has the {name} {value!r:.60}; expected a number, 0 or more")
    return number


def _passage_words(passages: Any, a: str, b: str) -> list[float]:
    """The words of each passage: of objects, lists or structs, or of their JSON; none where none are told."""
    try:
        found = json.loads(passages) if isinstance(passages, str) else passages or ()
        return [
            float(one.words if isinstance(one, Passage) else one["words"] if isinstance(one, Mapping) else one[4])
            for one in found
        ]
    except (LookupError, TypeError, ValueError):
        raise RecordError(
            f"the link of {a!r} and {b!r} has the passages {passages!r:.60}; expected a list of them, as cluster writes"
        ) from None


@dataclass(frozen=True, slots=True)
class Judged:
    """Labelled pairs and what each shares; pairs with one label and the same figures are held together as a kind.

    Attributes
    ----------
    links : Links
        The figures, one item a kind; its contents say nothing, and it has no passages: the rules go by figures.
    equal : bool array, one a kind
        Whether the two have the same words, which makes them copies whatever the thresholds.
    strength : int64 array, one a kind
        What they are by their label: 0 no link, 1 partial, 2 version, 3 copy.
    formula : bool array, one a kind
        Whether they are labelled FORMULA, which is neither wanted nor wrong at the level partial.
    kind, stratum : int64 arrays, one a pair
    weights : float64 array, one a pair
    """

    links: Links
    equal: Flags
    strength: Integers
    formula: Flags
    kind: Integers
    stratum: Integers
    weights: Fractions

    @classmethod
    def of(cls, figures: Mapping[frozenset[str], Figures], pairs: Sequence[LabelledPair]) -> Self:
        """Labelled pairs with the figures of their links; 0 where there is no link, or it does not tell one."""
        ordered = sorted(pairs, key=_order)  # so that their order as given changes nothing, not even a rounding
        nothing: Figures = {}
        told = [figures.get(frozenset((pair.id_a, pair.id_b)), nothing) for pair in ordered]
        names = [field.name for field in fields(Links) if field.name != "passages"]  # those of no pair are 0
        rows = [
            [LABELS[pair.label], pair.label == "FORMULA", *(own.get(name, 0.0) for name in names)]
            for pair, own in zip(ordered, told, strict=True)
        ]
        kinds, kind = np.unique(np.array(rows, np.float64), axis=0, return_inverse=True)
        columns = dict(zip(names, kinds[:, 2:].T, strict=True))
        alike = [columns[name] >= 1 for name in ("jaccard", "share", "passage_share", "likeness")]
        return cls(
            links=Links(**cast(Any, columns), passages=cast(Any, None)),
            equal=np.logical_and.reduce(alike),
            strength=kinds[:, 0].astype(np.int64),
            formula=kinds[:, 1] > 0,
            kind=kind.reshape(-1),
            stratum=np.unique([pair.stratum for pair in ordered], return_inverse=True)[1],
            weights=np.array([pair.weight for pair in ordered], np.float64),
        )

    def relations(self, settings: Settings, thresholds: Mapping[str, npt.ArrayLike]) -> Bytes:
        """What each kind is under settings, some of them replaced by many thresholds at once.

        The thresholds are arrays of shape (n, 1) or numbers; the relations have the shape (n, kinds), or (kinds,).
        """
        # The rules compare, and what they compare with may as well be a column of numbers.
        tried = cast(Settings, SimpleNamespace(**asdict(settings) | dict(thresholds)))
        copy, version, partial = (rule(self.links, tried) for rule in (is_copy, is_version, is_partial))
        none, some, more, most = (np.uint8(relation) for relation in (NOT_LINKED, PARTIAL, VERSION, COPY))
        weaker = np.where(version, more, np.where(partial, some, none))
        relations: Bytes = np.where(copy | self.equal, most, weaker)
        return relations

    def f1(self, relations: Bytes, weights: Fractions) -> Fractions:
        """Weighted F1 at the levels copy, version and partial, of shape (..., 3), for rows of these weights.

        NaN at a level where no pair belongs together.
        """
        of_kind = np.bincount(self.kind, weights, minlength=len(self.strength))
        scores = np.full((*relations.shape[:-1], len(LEVELS)), np.nan)
        for place, level in enumerate(LEVELS):
            counted = np.where(self.formula & (level == "partial"), 0.0, of_kind)
            wanted = np.where(self.strength >= STRENGTH[level], counted, 0.0)
            if wanted.any():
                found = (relations >= STRENGTH[level]).astype(np.float64)
                scores[..., place] = 2 * (found @ wanted) / (found @ counted + wanted.sum())
        return scores

    def has(self, level: Level, weights: Fractions) -> bool:
        """Whether any row of these weights belongs together at a level."""
        return bool(weights[self.strength[self.kind] >= STRENGTH[level]].any())

    def count(self, level: Level) -> tuple[int, int]:
        """How many pairs belong together at a level, and how many do not."""
        together = self.strength[self.kind] >= STRENGTH[level]
        left_out = self.formula[self.kind] & (level == "partial")
        return int(together.sum()), int((~together & ~left_out).sum())

    def resample(self, draw: np.random.Generator) -> Fractions:
        """The weights of as many rows as there are, drawn again from each stratum."""
        times = np.zeros(len(self.weights))
        for stratum in range(int(self.stratum.max(initial=-1)) + 1):
            own = np.flatnonzero(self.stratum == stratum)
            times[own] = np.bincount(draw.integers(len(own), size=len(own)), minlength=len(own))
        return self.weights * times

    def halve(self, draw: np.random.Generator) -> tuple[Fractions, Fractions]:
        """The weights of one half of the rows of each stratum, and of the others."""
        # Shuffled, then sorted by stratum: every other one is a half of each.
        shuffled = draw.permutation(len(self.weights))
        first = np.zeros(len(self.weights), np.bool_)
        first[shuffled[np.argsort(self.stratum[shuffled], kind="stable")][draw.integers(2) :: 2]] = True
        return np.where(first, self.weights, 0.0), np.where(first, 0.0, self.weights)


def _order(pair: LabelledPair) -> tuple[str, str, str, float, str]:
    return min(pair.id_a, pair.id_b), max(pair.id_a, pair.id_b), pair.label, pair.weight, pair.stratum
