"""The headline figures of a report, and what else a job met, in words.

In: the summary of a result. Out: labels with values, ready to be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storyclust.settings import Settings


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, what it counts, and what it says beside others; `name` tells figures apart."""

    name: str
    value: str
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting, its value, and whether that is the one it has by default."""

    name: str
    value: str
    is_default: bool


def headline_figures(figures: Mapping[str, Any]) -> list[Figure]:
    """The four figures that a report opens with."""
    several, stories, words = (figures[name] for name in ("clusters_of_several", "stories", "words"))
    lone = figures["clusters"] - several
    return [
        Figure("stories", f"{stories:,}", "stories", f"{words:,} words"),
        Figure("clusters", f"{several:,}", "clusters of two or more", f"and {counted(lone, 'story', 'stories')} alone"),
        Figure(
            "copies",
            f"{figures['copies_to_drop']:,}",
            "copies to drop",
            f"{part(figures['copies_to_drop'], stories)} of the stories",
        ),
        Figure(
            "saved",
            f"{figures['words_to_drop']:,}",
            "words saved",
            f"{part(figures['words_to_drop'], words)} of the words, keeping one story a cluster",
        ),
    ]


def met_figures(figures: Mapping[str, Any]) -> list[Figure]:
    """What the job met on its way: what was compared, left aside, capped or rejected."""
    found = [
        ("largest_cluster", "stories in the largest cluster", ""),
        ("links", "linked pairs", ""),
        ("links_unlisted", "pairs not listed", "of more than 64 stories with the same words"),
        ("candidate_pairs", "candidate pairs", "share a band or a window fingerprint"),
        ("aligned_pairs", "pairs aligned", "share enough for any relation"),
        ("hot_keys", "hot fingerprints", "more than 64 stories each; paired with a few of the others"),
        ("digests", "digests", "share with stories unlike each other; not joined to them"),
        ("rejects", "records rejected", ""),
        ("undated", "undated stories", ""),
        ("unread_dates", "dates that could not be read", ""),
        ("overrides_unmatched", "overrides without their stories", ""),
        ("preferred_unmatched", "preferred outlets without a story", ""),
    ]
    return [Figure(name, f"{figures[name]:,}", label, note) for name, label, note in found]


def setting_rows(settings: Settings) -> list[SettingRow]:
    """Every setting with its value, lists by their length."""
    usual = Settings().to_dict()
    return [SettingRow(name, _shown(value), value == usual[name]) for name, value in settings.to_dict().items()]


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) if len(value) <= 3 and value else f"{len(value):,} given" if value else "none"
    return "none" if value is None else str(value)


def part(some: int, of: int) -> str:
    """A part of a whole in percent.

    >>> part(1, 3), part(0, 0)
    ('33%', 'none')
    """
    return f"{some / of:.0%}" if of else "none"


def counted(number: int, one: str, several: str) -> str:
    """A number of things.

    >>> counted(1, "story", "stories"), counted(1200, "story", "stories")
    ('1 story', '1,200 stories')
    """
    return f"{number:,} {one if number == 1 else several}"
