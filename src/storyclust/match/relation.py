"""The rules that turn a pair's figures into a relation, and into the sentence that says why.

Two stories are copies if they are alike as a whole or passages hold most of the shorter, and if what they
share is neither quotation alone, nor a template filled with other facts, nor stock phrases. The numbers
that are not settings were read off labelled pairs of two corpora, where they cost no pair that is a copy.
"""

from __future__ import annotations

from storyclust.arrays import Flags
from storyclust.match.links import Links
from storyclust.settings import Settings

# A template with other facts: at least this share of the numerals about the shared text differ ...
OTHER_FIGURES = 0.5
# ... or no phrase shared is longer than a template's, and it is not nearly all that is shared.
LONG_RUN = 15
NEARLY_ALL = 0.6


def are_alike(links: Links, settings: Settings) -> Flags:
    """Which pairs share enough to be copies: of both, or of the shorter."""
    alike: Flags = (links.jaccard >= settings.jaccard) | (links.passage_share >= settings.passage_share)
    return alike


def share_narration(links: Links, settings: Settings) -> Flags:
    """Which pairs share enough of the shorter's narrated words, so that it is not the quotations alone."""
    narrated: Flags = links.share >= settings.narrated_share
    return narrated


def share_facts(links: Links) -> Flags:
    """Which pairs tell of the same figures."""
    same: Flags = links.other_figures < OTHER_FIGURES
    return same


def share_sentences(links: Links) -> Flags:
    """Which pairs share more than phrases."""
    more: Flags = (links.longest_run >= LONG_RUN) | (links.containment >= NEARLY_ALL)
    return more


def are_copies(links: Links, settings: Settings) -> Flags:
    """Which pairs are copies."""
    copies: Flags = (
        are_alike(links, settings) & share_narration(links, settings) & share_facts(links) & share_sentences(links)
    )
    return copies


def why_copies(shared_words: int, narrated_words: int, passage_share: float, jaccard: float) -> str:
    """The sentence for a pair that is linked; the words and the share are those of the shorter story."""
    return (
        f"copy: {_of_narrated(shared_words, narrated_words)}; passages hold {passage_share:.0%} of it, "
        f"Jaccard {jaccard:.2f}"
    )


def why_not(pair: Links, narrated_words: int, settings: Settings) -> str | None:
    """The sentence for one pair that is not linked, by the rules of `are_copies`; None if it is."""
    shared, quoted, other = (int(words[0]) for words in (pair.shared_words, pair.quoted_words, pair.other_words))
    narrated = _of_narrated(shared, narrated_words)
    if pair.shared_shingles[0] == 0:
        return f"not linked: they share no run of {settings.shingle_words} words"
    if not are_alike(pair, settings)[0]:
        return (
            f"not linked: they share {narrated}{_beside(quoted, other)}; passages hold "
            f"{pair.passage_share[0]:.0%} of it, Jaccard {pair.jaccard[0]:.2f}, where a copy needs "
            f"{settings.passage_share:.0%} or {settings.jaccard:g}"
        )
    if not share_narration(pair, settings)[0]:
        return (
            f"not linked: they share {narrated}{_beside(quoted, other)}; that is less than the "
            f"{settings.narrated_share:.0%} that a copy needs"
        )
    if not share_facts(pair)[0]:
        return (
            f"not linked: they share {narrated}, but {pair.other_figures[0]:.0%} of the figures in between are "
            "other ones, as in a template"
        )
    if not share_sentences(pair)[0]:
        return f"not linked: they share {narrated}, but no phrase of more than {pair.longest_run[0]} words"
    return None


def _beside(quoted: int, other: int) -> str:
    """The words shared that are no narration."""
    found = [(quoted, "in quotations"), (other, "in captions, credits and site lines")]
    return "".join(f" and {words:,} words {where}" for words, where in found if words)


def _of_narrated(shared_words: int, narrated_words: int) -> str:
    return f"{shared_words:,} of the shorter story's {narrated_words:,} narrated words"
