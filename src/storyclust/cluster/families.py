"""Which contents are one story at the level ``copy``, without chaining through a digest.

In: verified links. Out: a family for each content. Order-free and local: whether a link joins depends
on the two stories, on what else the longer of them takes in, and on what else takes the shorter in.

1. A link that covers most of its longer story joins: what is alike as a whole is one story.
2. Otherwise the shorter is a part of the longer. The parts of a full story are alike: they share text, or are
   close in their words. If the parts are not, the longer is a digest, and none of them joins it.
3. A part joins the story it shares most with, and others only if these share half of themselves with that
   one; so a caption that stands in two stories does not make them one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Fractions, Integers, Numbers
from storyclust.cluster.families_kernels import join_all, likeness_of_pairs
from storyclust.match.contents import Contents
from storyclust.match.links import Links
from storyclust.match.terms import Terms
from storyclust.match.verify import compare
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings

# The share of the longer story's shingles from which on a link stands for the whole of it. A digest
# of two items of one length is half of each, so this lies above a half.
WHOLE = 0.6

# Fitted to the likeness of unlike texts, and of the halves of one, in corpora of 3 to 600 stories.
SMALL_CORPUS = 0.75
PARTIES = 3  # two parts and what takes them in: no others to tell by which of their words are rare

# The share of the shorter's words from which on two parts share text, not a caption or a menu; and the share
# of the longer's shingles from which on two stories that take in one part are one story.
SHARED, HALF = 0.15, 0.5


def copy_families(
    links: Links, contents: Contents, terms: Terms, profile: Profile, settings: Settings, workers: Workers
) -> tuple[Integers, int]:
    """The family of each content, named by its smallest number, and how many digests were found."""
    families = np.arange(len(contents), dtype=np.int64)
    whole = links.shared_shingles >= WHOLE * contents.shingle_counts[links.longer]
    join_all(links.longer[whole], links.shorter[whole], families)

    order = np.lexsort((links.shorter, -links.shared_shingles, links.longer))
    largest_part = _first_of_each(links.longer, links.shorter, order)
    part, container = links.shorter[~whole], links.longer[~whole]
    order = np.lexsort((container, -links.shared_shingles[~whole], part))
    best_container = _first_of_each(part, container, order)

    parts = Pairs(part, largest_part[~whole], container)
    alike, _ = _share_text(parts, families, contents, settings, workers)
    alike[~alike] = _likeness(parts.take(~alike), terms, profile) >= least_likeness(profile.stories, settings)
    digest = np.zeros(len(contents), np.bool_)
    digest[container[~alike]] = True

    _, same = _share_text(Pairs(container, best_container, part), families, contents, settings, workers)
    joins = ~digest[container] & same
    join_all(container[joins], part[joins], families)
    return families, int(np.sum(digest))


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of contents, and for each pair the one that they meet in."""

    one: Numbers
    other: Numbers
    meeting: Numbers

    def take(self, chosen: Flags) -> Pairs:
        """The pairs chosen."""
        return Pairs(self.one[chosen], self.other[chosen], self.meeting[chosen])


def _first_of_each(groups: Numbers, values: Numbers, order: Integers) -> Numbers:
    """For each item the value of the first item of its group, in the order given, which keeps groups together."""
    groups, values = groups[order], values[order]
    begins = np.concatenate(([True], groups[1:] != groups[:-1]))[: len(groups)]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(groups)), 0))
    found = np.empty_like(values)
    found[order] = values[first]
    return found


def _share_text(
    pairs: Pairs, families: Integers, contents: Contents, settings: Settings, workers: Workers
) -> tuple[Flags, Flags]:
    """Which pairs share a good part of the shorter, and which half of the longer; so does all of a family.

    They are compared here, because the candidates need not hold them: hot keys pair a few only.
    """
    family: Flags = families[pairs.one] == families[pairs.other]
    strangers = _keys(pairs.one[~family], pairs.other[~family], contents)
    keys = np.unique(strangers)
    one, other = (keys // max(len(contents), 1)).astype(np.int32), (keys % max(len(contents), 1)).astype(np.int32)
    links = compare(contents, one, other, settings.shingle_words, SHARED, SHARED, workers)
    found = _keys(links.longer, links.shorter, contents)
    good_part, half = family.copy(), family.copy()
    good_part[~family] = np.isin(strangers, found[links.passage_share >= SHARED])
    covers = links.shared_shingles >= HALF * contents.shingle_counts[links.longer]
    half[~family] = np.isin(strangers, found[covers])
    return good_part, half


def _keys(one: Numbers, other: Numbers, contents: Contents) -> Integers:
    """One number for each pair, whichever way round."""
    keys: Integers = np.minimum(one, other).astype(np.int64) * len(contents) + np.maximum(one, other)
    return keys


def _likeness(pairs: Pairs, terms: Terms, profile: Profile) -> Fractions:
    """How close the two of each pair are in their words."""
    cosines = np.empty(len(pairs.one), np.float64)
    words = terms.columns, terms.counts, terms.first_term
    likeness_of_pairs(
        pairs.one, pairs.other, pairs.meeting, *words, profile.document_frequencies, profile.stories, cosines
    )
    return cosines


def least_likeness(stories: int, settings: Settings) -> float:
    """The least likeness of two parts of one story in a corpus of so many stories.

    In a small corpus common words look rare too, so unlike texts look alike: more is asked there.

    >>> round(least_likeness(1_000_000, Settings()), 3), round(least_likeness(10, Settings()), 3)
    (0.06, 0.143)
    """
    if stories <= PARTIES:
        return 1.0
    return settings.alike + SMALL_CORPUS / (stories - 1)
