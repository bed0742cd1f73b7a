"""Which story of a cluster to keep, and why.

In: clusters as runs of stories in order of rank, with their contents. Out: the place of the canonical
in each cluster and one sentence of reason.

The centre of a cluster is the mean of its stories' unit TF-IDF vectors over narrated words, with document
frequencies from the profile (the smoothed form, ``log((1 + n) / (1 + f)) + 1``, of scikit-learn). The
story nearest to it, by cosine, wins. Cosines are rounded before they are compared, because many
are ties but for the last digits; ties go to the most complete, then to the first in rank. Two stories
alone are always tied: their centre lies half way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from storyclust.cluster.canonical_kernels import centre_cosines
from storyclust.match.contents import Contents
from storyclust.match.terms import Terms
from storyclust.profile import Profile
from storyclust.settings import Settings

# Half of a thousandth of cosine is below what one changed word makes in a long story.
DECIMALS = 3

# Menus and captions around a story add up to half to its words and nothing to the story; so one that
# has this fraction of the most narrated words is as complete as the one that has the most.
COMPLETE = 2 / 3


@dataclass(frozen=True, slots=True)
class Members:
    """The stories of the clusters of two or more, a cluster after another, each in order of rank.

    Attributes
    ----------
    contents : int64 array, one a member
        -1 for one too short to be compared.
    sources : list of str or None, one a member
    first_member : int64 array, one more than clusters
    """

    contents: npt.NDArray[np.int64]
    sources: Sequence[str | None]
    first_member: npt.NDArray[np.int64]


def choose_canonicals(
    members: Members, contents: Contents, terms: Terms, profile: Profile, settings: Settings
) -> list[tuple[int, str]]:
    """For each cluster, the canonical's place among its members and the reason."""
    cosines = _cosines(members, terms, profile) if settings.canonical == "centroid" else np.zeros(len(members.contents))
    # What is too short to be compared, -1, is only in a cluster by request: it counts as empty.
    lengths = np.append(contents.narrated_counts, 0)[members.contents]
    choose = _RULES[settings.canonical]
    chosen = []
    for start, stop in pairwise(members.first_member.tolist()):
        places, preference = _preferred(members.sources[start:stop], settings.preferred_sources)
        place, reason = choose(_Choice(places, cosines[start:stop].tolist(), lengths[start:stop].tolist()))
        chosen.append((place, preference + reason))
    return chosen


@dataclass(frozen=True, slots=True)
class _Choice:
    """The members of a cluster that may be chosen, by rank, and the figures of all members."""

    places: list[int]
    cosines: list[float]
    lengths: list[int]


def _preferred(sources: Sequence[str | None], preferred: tuple[str, ...]) -> tuple[list[int], str]:
    """The members of the best preferred source, or all of them."""
    for source in preferred:
        places = [place for place, own in enumerate(sources) if own == source]
        if places:
            return places, f"from the preferred source {source}; " if len(places) < len(sources) else ""
    return list(range(len(sources))), ""


def _nearest(choice: _Choice) -> tuple[int, str]:
    if len(choice.places) == 1:
        return choice.places[0], "the only one to choose from"
    best = max(choice.cosines[place] for place in choice.places)
    nearest = [place for place in choice.places if choice.cosines[place] == best]
    if len(nearest) == 1:
        return nearest[0], f"nearest to the centre of the cluster (cosine {best:.3f})"
    tied = "all" if len(nearest) == len(choice.places) else f"{len(nearest)} of {len(choice.places)}"
    place, reason = _complete(nearest, choice.lengths)
    return place, f"{tied} are equally near to the centre (cosine {best:.3f}); {reason}"


def _complete(places: list[int], lengths: list[int]) -> tuple[int, str]:
    most = max(lengths[place] for place in places)
    complete = [place for place in places if lengths[place] >= COMPLETE * most]
    if len(complete) == 1:
        return complete[0], f"this one is the most complete ({most} narrated words)"
    return complete[0], f"this one is the earliest of {len(complete)} that are complete"


def _longest(choice: _Choice) -> tuple[int, str]:
    most = max(choice.lengths[place] for place in choice.places)
    longest = [place for place in choice.places if choice.lengths[place] == most]
    tied = f"the earliest of {len(longest)} with" if len(longest) > 1 else "it has"
    return longest[0], f"{tied} the most narrated words ({most})"


def _earliest(choice: _Choice) -> tuple[int, str]:
    return choice.places[0], "the earliest"


_RULES: dict[str, Callable[[_Choice], tuple[int, str]]] = {
    "centroid": _nearest,
    "longest": _longest,
    "earliest": _earliest,
}


def _cosines(members: Members, terms: Terms, profile: Profile) -> npt.NDArray[np.float64]:
    """Each member's cosine with its cluster's centre, rounded.

    Equal contents are carried once, with their number, so that a story run word for word by a
    thousand outlets costs what one costs.
    """
    clusters = np.repeat(np.arange(len(members.first_member) - 1), np.diff(members.first_member))
    # The content after the last has no terms: it stands for what is too short to be compared.
    contents = len(terms.first_term)
    keys = clusters * contents + np.where(members.contents < 0, contents - 1, members.contents)
    distinct, place_of, stories = np.unique(keys, return_inverse=True, return_counts=True)
    first = np.searchsorted(distinct, np.arange(len(members.first_member)) * contents)
    idf = np.log((1.0 + profile.stories) / (1.0 + profile.document_frequencies)) + 1.0
    cosines = np.empty(len(distinct), np.float64)
    centre_cosines(
        (distinct % contents).astype(np.int32),
        stories,
        first,
        terms.columns,
        terms.counts,
        np.append(terms.first_term, terms.first_term[-1]),
        idf,
        cosines,
    )
    rounded: npt.NDArray[np.float64] = np.round(cosines, DECIMALS)[place_of]
    return rounded
