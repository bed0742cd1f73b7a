"""The few numbers that decide a result: frozen, checked, saved with every result.

A link is a pure function of two stories, these settings and a profile, so a result
can be made again from what is saved beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from typing import Any, Literal, Self, get_args

from storyclust.errors import DataError, SettingsError
from storyclust.model import Level
from storyclust.rules import Rule

CanonicalRule = Literal["centroid", "earliest", "longest"]

_CANONICAL_RULES = get_args(CanonicalRule)
_LEVELS = get_args(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides links, clusters and canonical stories.

    Parameters
    ----------
    level : {"partial", "version", "copy"}
        The level clusters are formed at.
    shingle_words : int, 2-16
        Words in a shingle, the shortest run of words that is compared.
    min_words : int, at least 1
        A story of fewer words stands alone, whatever it holds; captions, credits and clutter do not count.
    passage_words : int, at least 1
        Words that make a passage; what two stories share in fewer is chance.
    sentence_words, partial_words : int, at least 1
        Two stories are linked if one passage has as many narrated words as `sentence_words`, or all passages together
        as many as `partial_words`.
    version_share : float, 0-1, not 0
        They are versions if that is at least this fraction of the narrated words of the shorter, and they are alike.
    copy_share : float, 0-1, not 0
        They are copies if moreover passages hold at least this fraction of the shorter's story, narrated or quoted.
    alike : float, 0-1
        Two stories are alike if the cosine of their narrated words, weighed by rarity, is at least this.
    window_days : int, at least 0, optional
        Stories that appeared more days apart are not compared, however alike; those of the same words are one content
        all the same. Undated ones are compared with all. There is no such bound by default.
    canonical : {"centroid", "earliest", "longest"}
        Which story of a cluster is kept.
    preferred_sources : tuple of str
        Outlets whose stories are kept before all others, best first.
    must_link, cannot_link : tuple of pairs of ids
        Stories that belong to one cluster whatever they share, and stories that do not, at every level.
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
    >>> Settings(copy_share=0.6).copy_share
    0.6
    >>> Settings(copy_share=60)
    Traceback (most recent call last):
    ...
    storyclust.errors.SettingsError: copy_share is 60; expected a number above 0 and at most 1
    """

    level: Level = "partial"
    shingle_words: int = 5
    min_words: int = 20
    passage_words: int = 7
    sentence_words: int = 24
    partial_words: int = 36
    version_share: float = 0.2
    copy_share: float = 0.55
    alike: float = 0.29
    window_days: int | None = None
    canonical: CanonicalRule = "centroid"
    preferred_sources: tuple[str, ...] = ()
    must_link: tuple[tuple[str, str], ...] = ()
    cannot_link: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    seed: int = 1

    def __post_init__(self) -> None:
        if self.level not in _LEVELS:
            raise SettingsError(f"level is {self.level!r}; expected one of {', '.join(_LEVELS)}")
        _require_int("shingle_words", self.shingle_words, 2, 16)
        for name in ("min_words", "passage_words", "sentence_words", "partial_words"):
            _require_int(name, getattr(self, name), 1, 1_000_000)
        _require_int("seed", self.seed, 0, 2**32 - 1)
        for name in ("version_share", "copy_share"):
            _require_fraction(name, getattr(self, name), "above 0 and at most 1", zero="refused")
        _require_fraction("alike", self.alike, "from 0 to 1", zero="allowed")
        if self.window_days is not None:
            _require_int("window_days", self.window_days, 0, 1_000_000)
        if self.canonical not in _CANONICAL_RULES:
            raise SettingsError(f"canonical is {self.canonical!r}; expected one of {', '.join(_CANONICAL_RULES)}")
        sources: object = self.preferred_sources
        if not isinstance(sources, list | tuple) or not all(isinstance(source, str) for source in sources):
            raise SettingsError(f"preferred_sources is {sources!r}; expected several texts, such as ('AFP', 'Reuters')")
        object.__setattr__(self, "preferred_sources", tuple(sources))
        for name in ("must_link", "cannot_link"):
            object.__setattr__(self, name, _as_pairs(name, getattr(self, name)))
        object.__setattr__(self, "rules", _as_rules(self.rules))

    def to_dict(self) -> dict[str, Any]:
        """Every setting by name, as plain values that JSON can hold.

        >>> Settings().to_dict()["shingle_words"]
        5
        """
        plain: dict[str, Any] = {"preferred_sources": list(self.preferred_sources)}
        plain |= {name: [list(pair) for pair in getattr(self, name)] for name in ("must_link", "cannot_link")}
        return asdict(self) | plain | {"rules": [rule.row for rule in self.rules]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Settings from what `to_dict` gave; an unknown name is a SettingsError.

        >>> Settings.from_dict(Settings(seed=7).to_dict()) == Settings(seed=7)
        True
        """
        known = {field.name for field in fields(cls)}
        unknown = sorted(str(name) for name in set(values) - known)
        if unknown:
            near = [match for name in unknown for match in get_close_matches(name, sorted(known), 1)]
            meant = f". Did you mean {', '.join(dict.fromkeys(near))}?" if near else ""
            raise SettingsError(
                f"unknown settings {', '.join(unknown)}; the settings are {', '.join(sorted(known))}{meant}"
            )
        return cls(**dict(values))


def _as_pairs(name: str, pairs: object) -> tuple[tuple[str, str], ...]:
    """Pairs of ids, each in order, none twice."""
    sound = isinstance(pairs, list | tuple) and all(isinstance(pair, list | tuple) for pair in pairs)
    found = [tuple(pair) for pair in pairs] if sound else []  # type: ignore[attr-defined]
    if not sound or not all(len(pair) == 2 and all(isinstance(id, str) for id in pair) for pair in found):
        raise SettingsError(f"{name} is {pairs!r:.60}; expected pairs of ids, such as (('a1', 'b7'),)")
    for a, b in found:
        if a == b:
            raise SettingsError(f"{name} pairs {a!r} with itself; expected the ids of two stories")
    return tuple(sorted({(min(pair), max(pair)) for pair in found}))


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
