"""Which story of a cluster to keep, and why.

In: clusters as runs of stories in order of rank, with their contents. Out: the place of the canonical
in each cluster and one sentence of reason.

The centre of a cluster is the mean of its stories' unit TF-IDF vectors over narrated words, with document
frequencies from the profile (the smoothed form, ``log((1 + n) / (1 + f)) + 1``, of scikit-learn). The
story nearest to it, by cosine, wins. Cosines are rounded before they are compared, because many
are ties but for the last digits; ties go to the most complete, then to a later or corrected version, then to
an agency's own copy, then to the first in rank. Two stories alone are always tied: their centre lies half way.
What its provider has withheld or canceled, and what says that it is withdrawn, is not chosen where another
member is usable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from storyclust.cluster.canonical_kernels import centre_cosines
from storyclust.cluster.clustering import Clustering
from storyclust.cluster.standing import PLAIN, UNUSABLE, standing, version_of
from storyclust.match.terms import Terms
from storyclust.model import Status, Story
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
    stories : int64 array, one a member
        How many stories it stands for, of which it is the first in rank: all others have its content, and its source as
        far as that matters.
    first_member : int64 array, one more than clusters
    standings : list of int, one a member, optional
        As `storyclust.cluster.standing` gives them; all stand alike where none is given. What a member stands for has
        its own.
    """

    contents: npt.NDArray[np.int64]
    sources: Sequence[str | None]
    stories: npt.NDArray[np.int64]
    first_member: npt.NDArray[np.int64]
    standings: Sequence[int] | None = None

    @classmethod
    def of(cls, clustering: Clustering, stories: Sequence[Story], content: npt.NDArray[np.int64]) -> Members:
        """The stories of the clusters of two or more, each for itself; content: that of each story."""
        _, members, first_member = clustering.several()
        own = [stories[story] for story in members.tolist()]
        sources, standings = [story.source for story in own], [standing(story) for story in own]
        return cls(content[members], sources, np.ones(len(members), np.int64), first_member, standings)


def canonical_stories(clustering: Clustering, chosen: Sequence[tuple[int, str]]) -> npt.NDArray[np.int64]:
    """The number of each cluster's canonical story; chosen: of those of two or more, as `choose_canonicals` has it."""
    places = np.zeros(len(clustering), np.int64)
    places[clustering.several()[0]] = [place for place, _ in chosen]
    canonicals: npt.NDArray[np.int64] = clustering.members[clustering.first_member[:-1] + places]
    return canonicals


def choose_canonicals(
    members: Members, narrated_counts: npt.NDArray[np.int64], terms: Terms, profile: Profile, settings: Settings
) -> list[tuple[int, str]]:
    """For each cluster, the canonical's place among its members and the reason.

    narrated_counts: int64 array, one a content.
    """
    cosines = _cosines(members, terms, profile) if settings.canonical == "centroid" else np.zeros(len(members.contents))
    # What is too short to be compared, -1, is only in a cluster by request: it counts as empty.
    lengths = np.append(narrated_counts, 0)[members.contents]
    choose = _RULES[settings.canonical]
    chosen = []
    for start, stop in pairwise(members.first_member.tolist()):
        places, left_out = _usable(members, start, stop)
        places, preference = _preferred(places, members.sources[start:stop], settings.preferred_sources)
        figures = (column[start:stop].tolist() for column in (cosines, lengths, members.stories))
        place, reason = choose(_Choice(places, _standings(members, start, stop), *figures))
        chosen.append((place, left_out + preference + reason))
    return chosen


@dataclass(frozen=True, slots=True)
class _Choice:
    """The members of a cluster that may be chosen, by rank, and the figures of all members: how each stands among
    equals, how near it is to the centre, how many words it narrates, and how many stories it stands for."""

    places: list[int]
    standings: Sequence[int]
    cosines: list[float]
    lengths: list[int]
    stories: list[int]

    def count(self, places: list[int]) -> int:
        """How many stories some members are."""
        return sum(self.stories[place] for place in places)


def _usable(members: Members, start: int, stop: int) -> tuple[list[int], str]:
    """The members of a cluster that may be published, or all of them where none may."""
    every, standings = list(range(stop - start)), _standings(members, start, stop)
    places = [place for place in every if standings[place] != UNUSABLE]
    if len(places) == len(every):
        return every, ""
    if not places:
        return every, "none is usable, all are withheld or canceled; "
    left_out = sum(members.stories[start + place] for place in every if standings[place] == UNUSABLE)
    return places, f"{left_out} withheld or canceled {'is' if left_out == 1 else 'are'} left out; "


def _standings(members: Members, start: int, stop: int) -> Sequence[int]:
    return (PLAIN,) * (stop - start) if members.standings is None else members.standings[start:stop]


def _preferred(places: list[int], sources: Sequence[str | None], preferred: tuple[str, ...]) -> tuple[list[int], str]:
    """Those of the members that are of the best preferred source, or all of them."""
    for source in preferred:
        own = [place for place in places if sources[place] == source]
        if own:
            return own, f"from the preferred source {source}; " if len(own) < len(places) else ""
    return places, ""


def why_alone(words: int, story_words: int, fewest: int, *, is_linked: bool, status: Status) -> str:
    """Why a story is a cluster of its own: its words, those of them that are no captions and clutter, the fewest that
    are compared, whether it is linked, and whether it may be published."""
    beside = " beside captions, credits and site lines" if story_words < words else ""
    if story_words < fewest:
        reason = f"alone: it has {story_words} words{beside}, and stories of fewer than {fewest} stand alone"
    elif is_linked:
        reason = "alone: what it shares with others is a part of them or of it, and does not make them one story"
    else:
        reason = "alone: it shares with no other story enough to be linked"
    return reason if status == "usable" else f"{reason}; it is {status}"


def _nearest(choice: _Choice) -> tuple[int, str]:
    if choice.count(choice.places) == 1:
        return choice.places[0], "the only one to choose from"
    best = max(choice.cosines[place] for place in choice.places)
    nearest = [place for place in choice.places if choice.cosines[place] == best]
    count, of = choice.count(nearest), choice.count(choice.places)
    if count == 1:
        return nearest[0], f"nearest to the centre of the cluster (cosine {best:.3f})"
    tied = "all" if count == of else f"{count} of {of}"
    place, reason = _complete(nearest, choice)
    return place, f"{tied} are equally near to the centre (cosine {best:.3f}); {reason}"


def _complete(places: list[int], choice: _Choice) -> tuple[int, str]:
    most = max(choice.lengths[place] for place in places)
    complete = [place for place in places if choice.lengths[place] >= COMPLETE * most]
    count = choice.count(complete)
    if count == 1:
        return complete[0], f"this one is the most complete ({most} narrated words)"
    place, reason = _best_standing(complete, choice, f"{count} that are complete")
    return place, f"this one is {reason}"


def _best_standing(places: list[int], choice: _Choice, equals: str) -> tuple[int, str]:
    """Of members that are as good, the first in rank of those that stand best."""
    best = max(choice.standings[place] for place in places)
    standing = [place for place in places if choice.standings[place] == best]
    lowest = min(choice.standings[place] for place in places)
    if best == lowest:
        return standing[0], f"the earliest of {equals}"
    what = "a later or corrected version" if version_of(best) > version_of(lowest) else "the agency's own"
    if choice.count(standing) == 1:
        return standing[0], f"{what}, of {equals}"
    return standing[0], f"{what}, the earliest such of {equals}"


def _longest(choice: _Choice) -> tuple[int, str]:
    most = max(choice.lengths[place] for place in choice.places)
    longest = [place for place in choice.places if choice.lengths[place] == most]
    count = choice.count(longest)
    if count == 1:
        return longest[0], f"it has the most narrated words ({most})"
    return _best_standing(longest, choice, f"{count} with the most narrated words ({most})")


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
    distinct, place_of = np.unique(keys, return_inverse=True)
    stories = np.bincount(place_of, weights=members.stories, minlength=len(distinct)).astype(np.int64)
    first = np.searchsorted(distinct, np.arange(len(members.first_member)) * contents)
    cosines = np.empty(len(distinct), np.float64)
    centre_cosines(
        (distinct % contents).astype(np.int32),
        stories,
        first,
        terms.columns,
        terms.counts,
        np.append(terms.first_term, terms.first_term[-1]),
        profile.idf,
        cosines,
    )
    rounded: npt.NDArray[np.float64] = np.round(cosines, DECIMALS)[place_of]
    return rounded
