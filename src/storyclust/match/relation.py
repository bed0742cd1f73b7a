"""The rules that turn a pair's figures into a relation, and into the sentence that says why.

- *partial*: a narrated sentence in one passage, or more words in pieces: no two writers write so much alike by chance;
- *version*: that is a good part of the shorter's narration, and both tell of one thing;
- *copy*: passages hold most of the shorter story, a good part of its narration among them, and both tell of one thing.

Quotations alone are no link, nor is a template filled with other facts or a table with other figures. The numbers are
those of `Settings`; ``benchmarks/thresholds.py`` derives them from labelled pairs.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from storyclust.arrays import Bytes, Flags, Fractions
from storyclust.match.likeness import Vectors, likenesses
from storyclust.match.links import COPY, NOT_LINKED, PARTIAL, RELATIONS, VERSION, Links
from storyclust.parallel import Workers
from storyclust.settings import Settings

# Figures that stay for each that is changed where a text is brought up to date, and the part of a table's figures that
# another state of it may lack.
KEPT_A_CHANGE, MISSING = 2, 0.25

# The part of a longer story that comes before what a brief of it, made from its beginning, takes.
LEAD = 0.25


def relate(links: Links, vectors: Vectors, settings: Settings, workers: Workers) -> Links:
    """The links with their likeness and relation."""
    links = replace(links, likeness=likenesses(links.longer, links.shorter, vectors, workers))
    return replace(links, relation=_relations(links, settings))


def may_be_linked(links: Links, settings: Settings) -> Flags:
    """Which pairs are linked if their words turn out to be alike."""
    alike = replace(links, likeness=np.ones(len(links)))
    linked: Flags = is_partial(alike, settings) | is_copy(alike, settings)  # a version is partial too
    return linked


def _relations(links: Links, settings: Settings) -> Bytes:
    """The strongest relation of each pair."""
    relations = np.full(len(links), NOT_LINKED, np.uint8)
    for rule, found in ((is_partial, PARTIAL), (is_version, VERSION), (is_copy, COPY)):
        relations[rule(links, settings)] = found
    return relations


def is_partial(links: Links, settings: Settings) -> Flags:
    """Which pairs share narrated words enough."""
    sentence = links.longest_narrated >= settings.sentence_words
    enough: Flags = sentence | (links.shared_words >= settings.partial_words)
    return enough & share_facts(links, settings)


def nearness(links: Links, settings: Settings) -> Fractions:
    """How much of the narrated words that a link asks for each pair shares; 1 and more is enough, but for figures."""
    sentence = links.longest_narrated / settings.sentence_words
    near: Fractions = np.maximum(sentence, links.shared_words / settings.partial_words)
    return near


def is_version(links: Links, settings: Settings) -> Flags:
    """Which pairs share a good part of the shorter's narration, and tell of one thing."""
    enough: Flags = is_partial(links, settings) & share_narration(links, settings) & ~is_item(links, settings)
    return enough & are_alike(links, settings)


def is_copy(links: Links, settings: Settings) -> Flags:
    """Which pairs share most of the shorter, a good part of its narration included, and tell of one thing."""
    most: Flags = (links.passage_share >= settings.copy_share) & share_narration(links, settings)
    most &= ~is_item(links, settings)
    whole: Flags = share_sentences(links, settings) & share_facts(links, settings)
    return most & whole & are_alike(links, settings)


def share_narration(links: Links, settings: Settings) -> Flags:
    """Which pairs share a good part of the shorter's narration."""
    good_part: Flags = links.share >= settings.version_share
    return good_part


def is_item(links: Links, settings: Settings) -> Flags:
    """Which shorter stories are an item in the longer: most of them stands in it, as a small part and not at its head.

    So a brief made of the beginning of a story is a copy of it, and what a round-up takes in is none.
    """
    little = (links.longer_share < settings.version_share) & (links.lead > LEAD)
    item: Flags = little & (links.passage_share >= settings.copy_share)
    return item


def are_alike(links: Links, settings: Settings) -> Flags:
    """Which pairs tell of one thing, by their words."""
    alike: Flags = links.likeness >= settings.alike
    return alike


def share_facts(links: Links, settings: Settings) -> Flags:
    """Which pairs tell of the same figures.

    A template filled anew has a figure changed for every sentence shared, and hardly one that stays; a corrected story
    has one or two in all, a page of statistics kept up to date many of either. A table is its figures.
    """
    few: Flags = links.changed_figures * settings.sentence_words < np.maximum(links.passage_words, 1)
    few |= (KEPT_A_CHANGE * links.changed_figures < links.kept_figures) & (links.table_figures == 0)
    return few & (links.missing_figures <= MISSING * links.table_figures)


def share_sentences(links: Links, settings: Settings) -> Flags:
    """Which pairs share more than the phrases of a template: a run of two phrases, or most of the shorter as it is.

    Of a report made of stock passages, a sentence must be left that is not, and a formula is half of a short notice.
    """
    more: Flags = (links.longest_run >= 2 * settings.passage_words) | (links.containment >= settings.copy_share)
    return more & share_own_words(links, settings) & share_notice(links, settings)


def share_notice(links: Links, settings: Settings) -> Flags:
    """Which pairs share a sentence, or all but little of a shorter that is hardly longer than one."""
    sentence: Flags = links.shared_words >= settings.sentence_words
    return sentence | (links.passage_share >= 1.0 - settings.version_share)


def share_own_words(links: Links, settings: Settings) -> Flags:
    """Which pairs share a sentence, or half of what the shorter tells, that is no stock passage."""
    enough: Flags = 2 * links.shared_words >= np.minimum(2 * settings.sentence_words, links.shorter_told)
    return enough


def why(links: Links, pair: int, narrated_words: int, settings: Settings) -> str:
    """The sentence for one pair, linked or not; the narrated words are those of the shorter story."""
    shared = int(links.shared_words[pair])
    narrated = f"{shared:,} of the shorter story's {narrated_words:,} narrated words"
    relation = RELATIONS[links.relation[pair]]
    if relation == "copy":
        return f"copy: {narrated}; passages hold {links.passage_share[pair]:.0%} of it"
    if relation == "version":
        return f"version: {narrated} ({links.share[pair]:.0%}), and they tell of one thing"
    if relation == "partial":
        return f"partial: {narrated} ({links.share[pair]:.0%})"
    return f"not linked: {_why_not(links.one(pair), narrated, settings)}"


def _why_not(pair: Links, narrated: str, settings: Settings) -> str:
    """What the pair lacks for the relation that asks least."""
    told, quoted, stock, other = (
        int(words[0]) for words in (pair.shared_words, pair.quoted_words, pair.stock_words, pair.other_words)
    )
    shared = told + quoted + stock + other
    if shared == 0:
        return f"they share no passage of {settings.passage_words} words"
    found = [(quoted, "quotations"), (stock, "stock phrases"), (other, "captions, credits and site lines")]
    beside = " and ".join(f"{words:,} of them {kind}" for words, kind in found if words)
    said = f"they share {shared:,} words, {beside}" if beside else f"they share {narrated}"
    if not share_facts(pair, settings)[0]:
        if pair.missing_figures[0] > MISSING * pair.table_figures[0]:
            missing = f"{pair.missing_figures[0]:,} of the shorter's {pair.table_figures[0]:,}"
            return f"{said}, but they are tables of other figures: the longer lacks {missing}"
        return f"{said}, but figures in between ({pair.changed_figures[0]:,}) are other ones, as in a template"
    if pair.passage_share[0] >= settings.copy_share and share_narration(pair, settings)[0]:
        if is_item(pair, settings)[0]:
            return f"{said}, but as an item within a page about something else"
        if not are_alike(pair, settings)[0]:
            return f"{said}, but the rest tells of something else"
        if not share_own_words(pair, settings)[0]:
            return f"{said}, but nothing like a sentence beside stock phrases"
        if not share_notice(pair, settings)[0]:
            return f"{said}, which is less than a sentence and less than most of the shorter"
        return f"{said}, but no run of more than {pair.longest_run[0]} words, as in a template"
    needed = f"{settings.sentence_words} narrated words in one passage, or {settings.partial_words} in several"
    return f"{said}; a link needs {needed}"
