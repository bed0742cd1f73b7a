"""The stages of the main job one by one, for tests that look at what one of them leaves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from storyclust import Settings, Story
from storyclust.fingerprint.fingerprints import Fingerprints
from storyclust.fingerprint.kept import KeptWords
from storyclust.learning.first_pass import FirstPass, analyse_all
from storyclust.match.contents import Contents
from storyclust.match.likeness import Vectors
from storyclust.match.links import Links
from storyclust.match.relation import relate
from storyclust.match.terms import Terms, count_terms
from storyclust.match.verify import compare
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.text.words import analyse


def kept_words(texts: Sequence[str], size: int = 5) -> KeptWords:
    """What is kept of the words of some texts."""
    return KeptWords.of(analyse(texts), size)


def content_hashes(texts: Sequence[str]) -> list[int]:
    with Workers(1) as workers:
        return kept_words(texts).content_hashes(workers).tolist()


def contents_of(texts: Sequence[str], size: int = 5) -> Contents:
    """Some texts as contents, in their own order."""
    return Contents.choose(kept_words(texts, size), np.arange(len(texts)))


def fingerprints_of(texts: Sequence[str], settings: Settings | None = None) -> Fingerprints:
    settings = settings or Settings()
    words = analyse(texts)
    return Fingerprints.of(
        words, settings, KeptWords.of(words, settings.shingle_words).story_counts >= settings.min_words
    )


def first_pass(stories: Sequence[Story], settings: Settings | None = None, threads: int = 1) -> FirstPass:
    with Workers(threads) as workers:
        return analyse_all(stories, settings or Settings(), workers)


def terms_of(texts: Sequence[str], chosen: set[int] | None = None) -> Terms:
    """The terms of some texts, or of those chosen among them."""
    is_chosen = np.array([chosen is None or content in chosen for content in range(len(texts))], np.bool_)
    with Workers(2) as workers:
        return count_terms(contents_of(texts), is_chosen, workers)


def compared(
    texts: Sequence[str], pairs: Sequence[tuple[int, int]], settings: Settings, profile: Profile | None = None
) -> Links:
    """Pairs of texts with their figures and relations, whatever they are."""
    contents = contents_of(texts, settings.shingle_words)
    columns = np.array(pairs, np.int32).reshape(-1, 2)
    with Workers(1) as workers:
        links = compare(contents, columns[:, 0], columns[:, 1], settings, workers)
        terms = count_terms(contents, np.ones(len(texts), np.bool_), workers)
        return relate(links, Vectors.of(terms, profile or Profile.empty(), workers), settings, workers)
