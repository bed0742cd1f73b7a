"""Rules compiled to arrays for `lines_kernels`.

In: a user's own rules, which come first, and those of ``rules.tsv``. Out: arrays. Phrases go through the library's own
word splitter, so that they fold as texts do, and a line is looked at word by word without a pattern being run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from storyclust.arrays import Hashes, Numbers
from storyclust.rules import Rule, read_rules
from storyclust.text import lines_kernels as lines
from storyclust.text import words_kernels as words
from storyclust.text.splitting import split

KINDS: Mapping[str, int] = {
    "caption": words.CAPTION,
    "credit": words.CREDIT,
    "clutter": words.CLUTTER,
    "story": words.TOLD,
    "quotation": words.QUOTED,
}
PLACES: Mapping[str, int] = {
    "anywhere": lines.ANYWHERE,
    "start": lines.START,
    "tail": lines.TAIL,
    "whole": lines.WHOLE,
    "dateline": lines.DATELINE,
    "dated": lines.DATED,
    "dialogue": lines.DIALOGUE,
}


@dataclass(frozen=True, slots=True)
class CompiledRules:
    """Rules as `lines_kernels` reads them.

    Attributes
    ----------
    rules : int32 array of shape (rules, RULE_COLUMNS)
    slots : int32 array, a power of two long
        The first rule whose phrase begins with a word of that hash, -1 where there is none.
    phrase_words : uint64 array
        The words of all phrases.
    """

    rules: Numbers
    slots: Numbers
    phrase_words: Hashes


@cache
def own_rules() -> tuple[Rule, ...]:
    """The rules that come with the library."""
    return read_rules((files("storyclust.text") / "rules.tsv").read_text(encoding="utf-8"), "rules.tsv")


@cache
def compile_rules(before: tuple[Rule, ...]) -> CompiledRules:
    """The library's rules with others before them."""
    rules = (*before, *own_rules())
    phrases = split([rule.phrase for rule in rules])
    first = phrases.first_word
    rows = np.empty((len(rules), lines.RULE_COLUMNS), np.int32)
    slots = np.full(1 << (4 * len(rules)).bit_length(), -1, np.int32)
    for number in reversed(range(len(rules))):
        rule = rules[number]
        slot = int(phrases.hashes[first[number]]) & (len(slots) - 1)
        where = KINDS[rule.kind], PLACES[rule.place], rule.most, rule.ended == "no"
        rows[number] = *where, first[number], first[number + 1], slots[slot]
        slots[slot] = number
    return CompiledRules(rows, slots, phrases.hashes)
