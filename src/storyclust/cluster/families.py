"""Which contents are one story at the level ``copy``, without chaining through a digest.

In: verified links. Out: a family for each content. Order-free and local: whether a link joins depends
on the two stories and on what else the longer of them takes in.

1. A link that covers most of its longer story joins: what is alike as a whole is one story.
2. Otherwise the shorter is a part of the longer. All parts of one story must be alike themselves: of
   one family by rule 1, or close in their words. If they are, the longer is the full story and each
   part joins it. If not, the longer is a digest and none of its parts joins it.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.cluster.families_kernels import join_all, likeness_of_pairs
from storyclust.match.contents import Contents
from storyclust.match.links import Links
from storyclust.match.terms import Terms
from storyclust.profile import Profile
from storyclust.settings import Settings

# The share of the longer story's shingles from which on a link stands for the whole of it. A digest
# of two items of one length is half of each, so this lies above a half.
WHOLE = 0.6

# Fitted to the likeness of unlike texts, and of the halves of one, in corpora of 3 to 600 stories.
SMALL_CORPUS = 0.5


def copy_families(
    links: Links, contents: Contents, terms: Terms, profile: Profile, settings: Settings
) -> tuple[Integers, int]:
    """The family of each content, named by its smallest number, and how many digests were found."""
    parents = np.arange(len(contents), dtype=np.int64)
    covered = links.shared_shingles / contents.shingle_counts[links.longer]
    whole = covered >= WHOLE
    join_all(links.longer[whole], links.shorter[whole], parents)

    longer, shorter = links.longer[~whole], links.shorter[~whole]
    digest = _holds_unlike_parts(longer, shorter, links.shared_shingles[~whole], parents, terms, profile, settings)
    joins = ~digest[longer] & _largest_whole(longer, shorter, links.shared_shingles[~whole])
    join_all(longer[joins], shorter[joins], parents)
    return parents, int(np.sum(digest))


def least_likeness(stories: int, settings: Settings) -> float:
    """The least likeness of two parts of one story in a corpus of so many stories.

    In a small corpus many a common word looks rare, so unlike texts look alike: more is asked there.

    >>> least_likeness(1_000_000, Settings()), least_likeness(10, Settings())
    (0.0600005..., 0.1155...)
    """
    return settings.alike + SMALL_CORPUS / max(stories - 1, 1)


def _largest_whole(longer: Numbers, shorter: Numbers, shared: Integers) -> Flags:
    """For each link, whether its longer story is the one that the shorter shares most with."""
    order = np.lexsort((longer, -shared, shorter))
    chosen = np.zeros(len(shorter), np.bool_)
    chosen[order] = np.concatenate(([True], shorter[order][1:] != shorter[order][:-1]))[: len(shorter)]
    return chosen


def _holds_unlike_parts(
    longer: Numbers,
    shorter: Numbers,
    shared: Integers,
    families: Integers,
    terms: Terms,
    profile: Profile,
    settings: Settings,
) -> Flags:
    """For each content, whether the parts it takes in are not all alike: compared with the largest part."""
    digest = np.zeros(len(families), np.bool_)
    order = np.lexsort((shorter, -shared, longer))
    longer, shorter = longer[order], shorter[order]
    first = np.concatenate(([True], longer[1:] != longer[:-1]))[: len(longer)]
    largest_part = shorter[np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))]
    strangers = families[shorter] != families[largest_part]
    part, largest, container = shorter[strangers], largest_part[strangers], longer[strangers]
    cosines = np.empty(len(part), np.float64)
    likeness_of_pairs(
        part,
        largest,
        container,
        terms.columns,
        terms.counts,
        terms.first_term,
        profile.document_frequencies,
        profile.stories,
        cosines,
    )
    digest[container[cosines < least_likeness(profile.stories, settings)]] = True
    return digest
