"""The few numbers that decide a result: frozen, checked, saved with every result.

A link is a pure function of two stories, these settings and a profile, so a result
can be made again from what is saved beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

from storyclust.errors import DataError, SettingsError
from storyclust.rules import Rule

CanonicalRule = Literal["centroid", "earliest", "longest"]
LevelBuilt = Literal["copy"]

_CANONICAL_RULES = ("centroid", "earliest", "longest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides links, clusters and canonical stories.

    Parameters
    ----------
    level : {"copy"}
        The level clusters are formed at.
    shingle_words : int, 2-16
        Words in a shingle, the run of words that is compared.
    min_words : int, at least 1
        A story of fewer words stands alone, whatever it holds; captions, credits and clutter do not count.
    jaccard : float, 0-1, not 0
        Two stories are copies if they share at least this fraction of all their shingles ...
    passage_share : float, 0-1, not 0
        ... or if passages, runs of shared shingles, hold at least this fraction of the shorter's story, narrated or
        quoted,
    narrated_share : float, 0-1, not 0
        ... and at least this fraction of its narrated words (neither quoted, nor caption, credit or clutter).
    alike : float, 0-1
        Two stories that a longer one takes in are joined through it only if they share shingles or
        the cosine of their words (weighed by rarity) is at least this; else the longer is a digest.
    canonical : {"centroid", "earliest", "longest"}
        Which story of a cluster is kept.
    preferred_sources : tuple of str
        Outlets whose stories are kept before all others, best first.
    rules : tuple of Rule, or of their rows
        Phrases that give away lines which are no story, beside the library's own; `storyclust.load_rules` reads them.
    seed : int, 0 to 2**32 - 1
        Draws the permutations of the MinHash signatures.

    Raises
    ------
    SettingsError
        If a value is out of its range or of another type.

    Examples
    --------
    >>> Settings(passage_share=0.6).passage_share
    0.6
    >>> Settings(passage_share=60)
    Traceback (most recent call last):
    ...
    storyclust.errors.SettingsError: passage_share is 60; expected a number above 0 and at most 1
    """

    level: LevelBuilt = "copy"
    shingle_words: int = 5
    min_words: int = 20
    jaccard: float = 0.3
    passage_share: float = 0.55
    narrated_share: float = 0.3
    alike: float = 0.06
    canonical: CanonicalRule = "centroid"
    preferred_sources: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    seed: int = 1

    def __post_init__(self) -> None:
        if self.level != "copy":
            raise SettingsError(
                f"level is {self.level!r}; this version joins stories at the level 'copy' only, so leave it out"
            )
        _require_int("shingle_words", self.shingle_words, 2, 16)
        _require_int("min_words", self.min_words, 1, 1_000_000)
        _require_int("seed", self.seed, 0, 2**32 - 1)
        for name in ("jaccard", "passage_share", "narrated_share"):
            _require_fraction(name, getattr(self, name), "above 0 and at most 1", zero="refused")
        _require_fraction("alike", self.alike, "from 0 to 1", zero="allowed")
        if self.canonical not in _CANONICAL_RULES:
            raise SettingsError(f"canonical is {self.canonical!r}; expected one of {', '.join(_CANONICAL_RULES)}")
        sources: object = self.preferred_sources
        if not isinstance(sources, list | tuple) or not all(isinstance(source, str) for source in sources):
            raise SettingsError(f"preferred_sources is {sources!r}; expected several texts, such as ('AFP', 'Reuters')")
        object.__setattr__(self, "preferred_sources", tuple(sources))
        object.__setattr__(self, "rules", _as_rules(self.rules))

    def to_dict(self) -> dict[str, Any]:
        """Every setting by name, as plain values that JSON can hold.

        >>> Settings().to_dict()["shingle_words"]
        5
        """
        plain = {"preferred_sources": list(self.preferred_sources), "rules": [rule.row for rule in self.rules]}
        return asdict(self) | plain

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Settings from what `to_dict` gave; an unknown name is a SettingsError.

        >>> Settings.from_dict(Settings(seed=7).to_dict()) == Settings(seed=7)
        True
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(str(name) for name in set(values) - known)
        if unknown:
            raise SettingsError(f"unknown settings {', '.join(unknown)}; the settings are {', '.join(sorted(known))}")
        return cls(**dict(values))


def _as_rules(rules: object) -> tuple[Rule, ...]:
    """Rules from rules or their rows."""
    if not isinstance(rules, list | tuple) or not all(isinstance(rule, Rule | str) for rule in rules):
        raise SettingsError(f"rules is {rules!r:.60}; expected several rules, as storyclust.load_rules gives them")
    try:
        return tuple(Rule.read(rule) if isinstance(rule, str) else rule for rule in rules)
    except DataError as error:
        raise SettingsError(f"rules is {rules!r:.60}; {error}") from error


def _require_int(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SettingsError(f"{name} is {value!r}; expected a whole number from {low} to {high}")


def _require_fraction(name: str, value: object, expected: str, *, zero: Literal["allowed", "refused"]) -> None:
    sound = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    if not sound or (zero == "refused" and value == 0):
        raise SettingsError(f"{name} is {value!r}; expected a number {expected}")
