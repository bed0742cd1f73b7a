"""What is true of the newsroom: the relation of every pair and the cluster of every story, from who wrote what.

A pair's relation follows from the paragraphs both took from one hand: the narrated words they share, as a share of the
shorter story's narrated words, and whether the desk files them as one running story. The levels follow from the desk's
headers: ``original`` names the written original whose copy a story is, ``running`` the story it is a version of,
``family`` the one it took a part from. Nothing here looks for likeness in the text of strangers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations
from typing import Literal

import regex

from storyclust.model import Level, Relation
from storyclust.newsroom.assemble import Origin, Span

COPY_SHARE = 0.5  # of the shorter story's narrated words
VERSION_WORDS = 25  # several sentences
PARTIAL_WORDS = 10  # one sentence
QUOTES_WORDS = 5  # a run that no two writers choose by chance

Label = Literal["COPY", "VERSION", "PARTIAL", "QUOTES", "NONE"]
RELATIONS: Mapping[Label, Relation] = {"COPY": "copy", "VERSION": "version", "PARTIAL": "partial"}
LEVELS: tuple[Level, ...] = ("copy", "version", "partial")

_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*")


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one story.

    Attributes
    ----------
    cluster, version_cluster, copy_cluster : str
        Its cluster at the levels partial, version and copy, named by the id of the member first in rank.
    original : str
        The id of the story it was made from; its own if it was written for itself.
    relation : {"original", "copy", "version", "partial", "indirect"}
        To that story; ``"indirect"`` if only stories between them share words with both.
    agency : str or None
        Whose text it carries.
    """

    cluster: str
    version_cluster: str
    copy_cluster: str
    original: str
    relation: str
    agency: str | None


@dataclass(frozen=True, slots=True)
class PairTruth:
    """What is true of a pair of stories.

    Attributes
    ----------
    id_a, id_b : str
        ``id_a`` first by code point.
    label : {"COPY", "VERSION", "PARTIAL", "QUOTES", "NONE"}
        COPY: half or more of the shorter story's narrated words stand in the other, and both tell one running story.
        VERSION: several sentences of a running story. PARTIAL: a sentence or more of one hand in different stories.
        QUOTES: nothing but quotations, posts, captions, credits, stock or clutter. NONE: nothing.
    shared_words : int
        Narrated words of one hand that stand in both.
    share : float
        Of the narrated words of the story that has fewer (0-1).
    """

    id_a: str
    id_b: str
    label: Label
    shared_words: int
    share: float

    @property
    def relation(self) -> Relation | None:
        """The relation that links the pair, or None."""
        return RELATIONS.get(self.label)


@dataclass(frozen=True, slots=True)
class Filed:
    """A story as filed: its text, its spans and where the desk puts it.

    One never published is an original that only its copies let us know of: it is no story of the newsroom.
    """

    id: str
    text: str
    published: datetime | None
    spans: tuple[Span, ...]
    original: str
    running: str
    family: str


def words(text: str) -> list[str]:
    """The words of a text, casefolded; scripts without spaces give one a character."""
    return [match[0].casefold().replace("’", "'") for match in _WORD.finditer(text)]


def narrated_words(story: Filed) -> int:
    """How many words of a story are its writers' own telling."""
    return sum(len(words(story.text[span.start : span.stop])) for span in story.spans if span.kind == "narrated")


def pair_truths(stories: Sequence[Filed]) -> Iterator[PairTruth]:
    """The truth of every pair, by ids: n (n - 1) / 2 of them."""
    ordered = sorted(stories, key=lambda story: story.id)
    narrated = {story.id: _by_origin(story) for story in ordered}
    lengths = {story.id: narrated_words(story) for story in ordered}
    given = _sharing_given_words(ordered)
    for a, b in combinations(ordered, 2):
        shared = _shared_words(narrated[a.id], narrated[b.id])
        share = shared / max(1, min(lengths[a.id], lengths[b.id]))
        yield PairTruth(a.id, b.id, _label(a, b, shared, share, (a.id, b.id) in given), shared, round(share, 6))


def _label(a: Filed, b: Filed, shared: int, share: float, shares_given_words: bool) -> Label:
    one_story = a.running == b.running
    if one_story and share >= COPY_SHARE:
        return "COPY"
    if one_story and shared >= VERSION_WORDS:
        return "VERSION"
    if shared >= PARTIAL_WORDS:
        return "PARTIAL"
    return "QUOTES" if shares_given_words or shared else "NONE"


def _by_origin(story: Filed) -> dict[Origin, list[str]]:
    told: dict[Origin, list[str]] = defaultdict(list)
    for span in story.spans:
        if span.kind == "narrated" and span.origin is not None:
            told[span.origin] += words(story.text[span.start : span.stop])
    return told


def _shared_words(a: Mapping[Origin, list[str]], b: Mapping[Origin, list[str]]) -> int:
    return sum(_matching(a[origin], b[origin]) for origin in a.keys() & b.keys())


def _matching(a: list[str], b: list[str]) -> int:
    """Words of a paragraph that stand in another rendering of it, in their order."""
    if a == b:
        return len(a)
    return sum(block.size for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks())


def _sharing_given_words(stories: Sequence[Filed]) -> set[tuple[str, str]]:
    """Pairs with a run of words in common that is narrated in neither or in one of them only."""
    bearers: dict[tuple[str, ...], set[tuple[str, bool]]] = defaultdict(set)
    for story in stories:
        for span in story.spans:
            told = words(story.text[span.start : span.stop])
            for start in range(len(told) - QUOTES_WORDS + 1):
                bearers[tuple(told[start : start + QUOTES_WORDS])].add((story.id, span.kind == "narrated"))
    return {
        (min(a, b), max(a, b))
        for holders in bearers.values()
        for (a, a_told), (b, b_told) in combinations(sorted(holders), 2)
        if a != b and not (a_told and b_told)
    }


def clusters(stories: Sequence[Filed]) -> dict[Level, dict[str, str]]:
    """The cluster of every published story at every level, named by the member first in time, then id."""
    keys = {"copy": "original", "version": "running", "partial": "family"}
    ranked = sorted((story.published, story.id, story) for story in stories if story.published is not None)
    named: dict[Level, dict[str, str]] = {}
    for level in LEVELS:
        heads: dict[str, str] = {}
        named[level] = {id: heads.setdefault(getattr(story, keys[level]), id) for _, id, story in ranked}
    return named
