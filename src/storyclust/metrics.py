"""How good a clustering, or a set of links, is against the truth.

In: mappings of ids to clusters, or links and labelled pairs. Out: figures from 0 to 1.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.errors import DataError

STRENGTH = {"partial": 1, "version": 2, "copy": 3}
LABELS = {"NONE": 0, "QUOTES": 0, "FORMULA": 0, "PARTIAL": 1, "VERSION": 2, "COPY": 3}

# Resamples for the deviation of F1; the same ones for the same rows.
RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean, each from 0 to 1; 0 where nothing was found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A pair of stories that somebody judged.

    `label` is COPY, VERSION, PARTIAL, QUOTES, FORMULA or NONE; `weight` how many pairs the row stands
    for; rows of one `stratum` were sampled alike.
    """

    id_a: str
    id_b: str
    label: str
    weight: float
    stratum: str


def score_clusters(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> dict[str, float]:
    """Pairwise and B-cubed scores and the adjusted Rand index of a clustering.

    Parameters
    ----------
    found, truth : mapping of id to cluster
        The same ids in both.

    Returns
    -------
    dict
        ``pairwise_precision``, ``pairwise_recall``, ``pairwise_f1``; ``bcubed_precision``,
        ``bcubed_recall``, ``bcubed_f1`` (Bagga and Baldwin, 1998); ``ari`` (Hubert and Arabie, 1985).

    Raises
    ------
    DataError
        If the ids differ, or there are none.

    Examples
    --------
    >>> score_clusters({"a": 1, "b": 1, "c": 2}, {"a": 1, "b": 1, "c": 1})["pairwise_recall"]
    0.3333333333333333
    """
    _require_same_ids(found, truth)
    both = Counter((found[id], truth[id]) for id in found)
    of_found, of_truth = Counter(found.values()), Counter(truth.values())
    pairwise = score_pairs(found, truth)
    bcubed = Score(
        sum(count * count / of_found[cluster] for (cluster, _), count in both.items()) / len(found),
        sum(count * count / of_truth[cluster] for (_, cluster), count in both.items()) / len(found),
    )
    return {
        "pairwise_precision": pairwise.precision,
        "pairwise_recall": pairwise.recall,
        "pairwise_f1": pairwise.f1,
        "bcubed_precision": bcubed.precision,
        "bcubed_recall": bcubed.recall,
        "bcubed_f1": bcubed.f1,
        "ari": adjusted_rand_index(found, truth),
    }


def score_pairs(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Score:
    """Pairwise precision and recall: of the pairs put together, and of those that belong together."""
    _require_same_ids(found, truth)
    together = _pairs(Counter((found[id], truth[id]) for id in found))
    in_found, in_truth = _pairs(Counter(found.values())), _pairs(Counter(truth.values()))
    return Score(together / in_found if in_found else 0.0, together / in_truth if in_truth else 0.0)


def adjusted_rand_index(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> float:
    """The adjusted Rand index, from below 0 (worse than chance) to 1.

    >>> adjusted_rand_index({"a": 1, "b": 1, "c": 2}, {"a": "x", "b": "x", "c": "y"})
    1.0
    """
    from sklearn.metrics import adjusted_rand_score

    _require_same_ids(found, truth)
    ids = list(found)
    return float(adjusted_rand_score([hash_free(truth[id]) for id in ids], [hash_free(found[id]) for id in ids]))


def hash_free(cluster: Hashable) -> str:
    """A cluster's name as text, so that names of mixed types can be told apart and sorted."""
    return f"{type(cluster).__name__}:{cluster}"


def score_links(links: Iterable[tuple[str, str, str]], pairs: Sequence[LabelledPair]) -> dict[str, dict[str, float]]:
    """Weighted precision, recall and F1 of links against labelled pairs, at each level.

    A pair counts as found at a level if its relation is at least that strong: copy, then version, then
    partial. Pairs labelled FORMULA are wrong as copies and versions, and neither wanted nor wrong below.

    Parameters
    ----------
    links : iterable of (id, id, relation)
    pairs : sequence of LabelledPair

    Returns
    -------
    dict
        For each level ``precision``, ``recall``, ``f1`` and ``f1_sd``, its deviation over 500 resamples of
        the rows within their strata.

    Raises
    ------
    DataError
        If a relation or a label is not one of those named here.
    """
    for pair in pairs:
        if pair.label not in LABELS:
            raise DataError(f"a pair is labelled {pair.label!r}; expected one of {', '.join(LABELS)}")
    strength: dict[frozenset[str], int] = {}
    for id_a, id_b, relation in links:
        if relation not in STRENGTH:
            raise DataError(
                f"the link of {id_a!r} and {id_b!r} has the relation {relation!r}; "
                f"expected one of {', '.join(STRENGTH)}"
            )
        key = frozenset((id_a, id_b))
        strength[key] = max(strength.get(key, 0), STRENGTH[relation])
    return {level: _score_level(strength, pairs, level) for level in ("copy", "version", "partial")}


@dataclass(frozen=True, slots=True)
class _Judged:
    """The weights one row adds: to what was found rightly, found wrongly, and missed."""

    hit: float
    false: float
    missed: float


def _score_level(strength: Mapping[frozenset[str], int], pairs: Sequence[LabelledPair], level: str) -> dict[str, float]:
    strata: dict[str, list[_Judged]] = {}
    for pair in pairs:
        if pair.label == "FORMULA" and level == "partial":
            continue
        found = strength.get(frozenset((pair.id_a, pair.id_b)), 0) >= STRENGTH[level]
        true = LABELS[pair.label] >= STRENGTH[level]
        judged = _Judged(
            pair.weight if found and true else 0.0,
            pair.weight if found and not true else 0.0,
            pair.weight if true and not found else 0.0,
        )
        strata.setdefault(pair.stratum, []).append(judged)
    score = _total([(judged, 1) for own in strata.values() for judged in own])
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1, "f1_sd": _deviation(strata.values())}


def _deviation(strata: Iterable[Sequence[_Judged]]) -> float:
    """The deviation of F1 over resamples of the rows of each stratum.

    Rows that were judged alike are drawn together: how often each kind comes up is what a resample is.
    """
    draw = np.random.default_rng(0)
    kinds: list[_Judged] = []
    counts = [np.empty((RESAMPLES, 0), np.int64)]
    for rows in strata:
        alike = Counter(rows)
        kinds += alike
        shares = np.array(list(alike.values())) / len(rows)
        counts.append(draw.multinomial(len(rows), shares, size=RESAMPLES))
    resamples = np.hstack(counts).tolist()
    return statistics.stdev(_total(list(zip(kinds, counted, strict=True))).f1 for counted in resamples)


def _total(judged: Sequence[tuple[_Judged, int]]) -> Score:
    """The score of kinds of rows, each so many times."""
    hit = sum(row.hit * times for row, times in judged)
    false, missed = (sum(getattr(row, part) * times for row, times in judged) for part in ("false", "missed"))
    return Score(hit / (hit + false) if hit else 0.0, hit / (hit + missed) if hit else 0.0)


def _pairs(sizes: Mapping[Hashable, int] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _require_same_ids(found: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> None:
    if not found:
        raise DataError("there are no stories to score; expected at least one")
    for one, other, where in ((found, truth, "in the truth"), (truth, found, "among the stories clustered")):
        missing = [id for id in one if id not in other]
        if missing:
            raise DataError(
                f"{len(missing):,} of {len(one):,} ids, {missing[0]!r} the first, are not {where}; "
                "expected the same ids in both"
            )
