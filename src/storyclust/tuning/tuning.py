"""The five thresholds of a link, learned from pairs that somebody judged.

In: links with their figures, of a run with loose settings, and labelled pairs. Out: `Tuning`: for each threshold a
value and how sure it is, and what F1 to expect. The rules stand in `storyclust.match.relation` and nowhere else; here
they are asked what they say under other thresholds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from storyclust.arrays import Fractions
from storyclust.errors import DataError
from storyclust.metrics import LABELS, LabelledPair
from storyclust.model import Level, Link
from storyclust.settings import Settings
from storyclust.tuning.judged import LEVELS, Figures, Judged, figures_of
from storyclust.tuning.search import DECIDES, GRIDS, Search, grids_around

LOOSE: Mapping[str, float] = {
    "sentence_words": 12,
    "partial_words": 12,
    "version_share": 0.02,
    "copy_share": 0.02,
    "alike": 0,
}
"""Thresholds so loose that a run with them lists every pair that any value tried would link."""

RESAMPLES, HALVINGS, SEED = 200, 10, 0
FEW_PAIRS, FEW_OF_A_KIND = 30, 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure from 0 to 1 and its deviation."""

    value: float
    deviation: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ± {self.deviation:.3f}"


@dataclass(frozen=True, slots=True)
class Tuning:
    """What labelled pairs say of the thresholds. Print it, and it is a small table.

    Attributes
    ----------
    pairs : int
        How many labelled pairs there were.
    current, values : mapping of threshold to number
        The thresholds before, and as learned.
    intervals : mapping of threshold to two numbers
        From the 5th to the 95th percentile of what 200 resamples of the pairs, each stratum for itself, teach.
    f1_before, f1 : mapping of level to Estimate
        Weighted F1 of the links under the one and the other, with its deviation over the same resamples.
    cross_validated : mapping of level to Estimate
        F1 on one half of the pairs of thresholds learned from the other half, over 20 halves: what to expect of pairs
        that nobody labelled. A level at which no pair belongs together is in none of the three.
    warnings : tuple of str
        Where the pairs are too few to be believed, or teach nothing.
    """

    pairs: int
    current: Mapping[str, float]
    values: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    f1_before: Mapping[Level, Estimate]
    f1: Mapping[Level, Estimate]
    cross_validated: Mapping[Level, Estimate]
    warnings: tuple[str, ...]

    def settings(self, base: Settings | None = None) -> Settings:
        """Settings with the learned thresholds, all else as in `base` (the defaults, where it is not given)."""
        return with_thresholds(base or Settings(), self.values)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values that JSON can hold."""
        thresholds = {
            name: {"now": self.current[name], "learned": value, "interval": list(self.intervals[name])}
            for name, value in self.values.items()
        }
        columns = {"now": self.f1_before, "learned": self.f1, "held_out": self.cross_validated}
        scores = {
            level: {
                column: {"f1": estimates[level].value, "f1_sd": estimates[level].deviation}
                for column, estimates in columns.items()
                if level in estimates
            }
            for level in self.f1
        }
        return {"pairs": self.pairs, "thresholds": thresholds, "levels": scores, "warnings": list(self.warnings)}

    def __str__(self) -> str:
        lines = [f"{self.pairs:,} labelled pairs", "", f"{'threshold':<16}{'now':>8}{'learned':>9}   90 % of resamples"]
        for name, value in self.values.items():
            low, high = self.intervals[name]
            lines.append(f"{name:<16}{self.current[name]:>8g}{value:>9g}   {low:g} to {high:g}")
        if self.f1:
            lines += ["", f"{'weighted F1':<12}{'now':>15}{'learned':>16}{'on pairs held out':>20}"]
        for level, learned in self.f1.items():
            held_out = str(self.cross_validated.get(level, "-"))
            lines.append(f"{level:<12}{self.f1_before[level]!s:>15}{learned!s:>16}{held_out:>20}")
        return "\n".join([*lines, *(f"\nbeware: {warning}" for warning in self.warnings)])


def tune(
    links: Iterable[Mapping[str, Any] | Link], pairs: Sequence[LabelledPair], *, settings: Settings | None = None
) -> Tuning:
    """Learn the thresholds of a link from labelled pairs.

    They are those with the best mean, over the levels copy, version and partial, of the weighted F1 that
    `storyclust.metrics.score_links` gives. The search begins with the current ones and moves some of them at a time
    over the values of `storyclust.tuning.GRIDS`, until nothing gets better. Labels are few, so many values are equally
    good; of these the one nearest to the current is taken, but none at the edge of them, where a few other pairs would
    have made it wrong: it stays clear, by a quarter of the stretch, of an end at which F1 falls.

    Parameters
    ----------
    links : iterable of Link, or of rows of a table of links
        Of a run with loose settings, `storyclust.tuning.LOOSE`, so that pairs which are no links under the current
        settings are there too. A labelled pair that is not among them shares nothing.
    pairs : sequence of LabelledPair
    settings : Settings, optional
        Those the thresholds are to be part of. Their ``passage_words`` are to be those of the run.

    Returns
    -------
    Tuning
        The same for the same pairs and links, in whatever order they come. It takes some seconds for some hundred
        pairs.

    Raises
    ------
    DataError
        If there are no pairs or no links, they have no id in common, or a figure or a label cannot be read.

    Examples
    --------
    >>> figures = dict.fromkeys(("jaccard", "containment", "passage_share", "likeness"), 0.9)
    >>> figures |= {"shared_words": 80, "longest_narrated": 60}
    >>> links = [{"id_a": "wire", "id_b": f"copy {n}", "share": n / 20, **figures} for n in range(20)]
    >>> pairs = [LabelledPair("wire", f"copy {n}", "COPY" if n > 9 else "PARTIAL", 1, "all") for n in range(20)]
    >>> tuning = tune(links, pairs)
    >>> tuning.values["version_share"], tuning.f1["copy"].value
    (0.475, 1.0)
    """
    settings = settings or Settings()
    _require_sound(pairs)
    wanted = {frozenset((pair.id_a, pair.id_b)) for pair in pairs}
    ids = frozenset[str]().union(*wanted)
    found: dict[frozenset[str], Figures] = {}
    count, met, loose = 0, False, False
    for link in links:
        key, figures = figures_of(link)
        count, met = count + 1, met or not ids.isdisjoint(key)
        loose = loose or _is_below(figures, settings)
        if key in wanted:
            found[key] = figures
    if not count:
        raise DataError(f"there are no links; expected those of a run with loose settings: {_in_words(LOOSE)}")
    if not met:
        raise DataError(
            f"none of the {len(ids):,} ids of the labelled pairs, {min(ids)!r} for one, is in the links; "
            "expected links and pairs of the same stories. Check that their ids are spelt alike"
        )
    judged = Judged.of(found, pairs)
    if loose:
        return tune_judged([judged], settings)
    # What the run has left out cannot be learned: the thresholds that a link is found by can only rise.
    found_by, grids = ("sentence_words", "partial_words"), grids_around(settings)
    grids |= {name: tuple(value for value in grids[name] if value >= getattr(settings, name)) for name in found_by}
    tuning = _learn(Search([judged], settings, grids))
    return replace(tuning, warnings=(*tuning.warnings, _not_loose(settings)))


def _require_sound(pairs: Sequence[LabelledPair]) -> None:
    if not pairs:
        raise DataError("there are no labelled pairs; expected at least one, better some hundred")
    for pair in pairs:
        where = f"the pair of {pair.id_a!r} and {pair.id_b!r}"
        if pair.label not in LABELS:
            raise DataError(f"{where} is labelled {pair.label!r}; expected one of {', '.join(LABELS)}")
        if not 0 < pair.weight < float("inf"):
            raise DataError(f"{where} has the weight {pair.weight!r}; expected a number above 0")


def _is_below(figures: Figures, settings: Settings) -> bool:
    """Whether a pair shares too little to be linked under the settings."""
    sentence = figures["longest_narrated"] >= settings.sentence_words
    return not sentence and figures["shared_words"] < settings.partial_words


def _not_loose(settings: Settings) -> str:
    return (
        "each link shares enough for the current settings, so that no lower value than "
        f"{settings.sentence_words} of sentence_words and {settings.partial_words} of partial_words could be tried; "
        f"better links are those of a run with {_in_words(LOOSE)}"
    )


def _in_words(values: Mapping[str, float]) -> str:
    return " ".join(f"--set {name}={value:g}" for name, value in values.items())


def tune_judged(corpora: Sequence[Judged], settings: Settings | None = None) -> Tuning:
    """Learn the thresholds from labelled pairs of several corpora, each of which counts as much as any other.

    As `tune`, whose F1 this takes the mean of, over the corpora where any pair belongs together at the level.
    """
    return _learn(Search(corpora, settings or Settings()))


def _learn(search: Search) -> Tuning:
    """All that a search tells."""
    corpora, settings = search.corpora, search.settings
    draw = np.random.default_rng(SEED)
    weights = [judged.weights for judged in corpora]
    values = search.fit(weights)
    resamples = [[judged.resample(draw) for judged in corpora] for _ in range(RESAMPLES)]
    refits = [search.fit(own) for own in resamples]
    held_out = [_f1(corpora, other, learned) for learned, other in cross_validate(search)]

    def estimates(chosen: Settings) -> dict[Level, Estimate]:
        return _estimates([_f1(corpora, own, chosen) for own in resamples], _f1(corpora, weights, chosen))

    return Tuning(
        pairs=sum(len(own) for own in weights),
        current={name: getattr(settings, name) for name in GRIDS},
        values=values,
        intervals={name: _interval([refit[name] for refit in refits]) for name in GRIDS},
        f1_before=estimates(settings),
        f1=estimates(with_thresholds(settings, values)),
        cross_validated=_estimates(held_out),
        warnings=_warnings(corpora),
    )


def cross_validate(search: Search) -> Iterator[tuple[Settings, tuple[Fractions, ...]]]:
    """What one half of the pairs teaches, and the weights of the other half to try it on, one array a corpus.

    Pairs are halved ten times, always the same; either half teaches once.
    """
    draw = np.random.default_rng(SEED)
    for _ in range(HALVINGS):
        halves = list(zip(*(judged.halve(draw) for judged in search.corpora), strict=True))
        for fitted, other in (halves, halves[::-1]):
            yield with_thresholds(search.settings, search.fit(fitted)), other


def with_thresholds(settings: Settings, values: Mapping[str, float]) -> Settings:
    """The settings with other values for some of them."""
    return replace(settings, **dict(values))  # type: ignore[arg-type]


def _f1(corpora: Sequence[Judged], weights: Sequence[Fractions], settings: Settings) -> Fractions:
    """F1 at each level, the mean over the corpora that have any."""
    found = np.array(
        [judged.f1(judged.relations(settings, {}), own) for judged, own in zip(corpora, weights, strict=True)]
    )
    known = ~np.isnan(found)
    with np.errstate(invalid="ignore"):
        mean: Fractions = np.where(known, found, 0.0).sum(axis=0) / known.sum(axis=0)
    return mean


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """From the 5th to the 95th percentile, both of the values themselves."""
    low, high = np.percentile(np.array(values), (5, 95), method="nearest").tolist()
    return low, high


def _estimates(samples: Sequence[Fractions], whole: Fractions | None = None) -> dict[Level, Estimate]:
    """F1 at each level that has any: that of all pairs, or else the mean of the samples; and their deviation."""
    estimates: dict[Level, Estimate] = {}
    for place, level in enumerate(LEVELS):
        own = np.array([sample[place] for sample in samples])
        known = own[~np.isnan(own)]
        if len(known) and not (whole is not None and np.isnan(whole[place])):
            estimates[level] = Estimate(float(known.mean() if whole is None else whole[place]), float(known.std()))
    return estimates


def _warnings(corpora: Sequence[Judged]) -> tuple[str, ...]:
    """Where the pairs are few, or teach nothing."""
    warnings = []
    pairs = sum(len(judged.weights) for judged in corpora)
    if pairs < FEW_PAIRS:
        warnings.append(f"{pairs} pairs are few; with fewer than {FEW_PAIRS}, thresholds are little more than chance")
    for level in LEVELS:
        together, apart = np.sum([judged.count(level) for judged in corpora], axis=0).tolist()
        if not together:
            kept = " and ".join(name for name, decided in DECIDES.items() if decided == level)
            warnings.append(f"no pair is labelled {level.upper()} or closer, so {kept} were left as they are")
        elif min(together, apart) < FEW_OF_A_KIND:
            warnings.append(f"at the level {level}, {together} pairs belong together and {apart} do not, which is few")
    return tuple(warnings)
