"""Which lines are speech that begins with a dash, as Spanish, French, Polish, Russian and Turkish write it.

In: the bytes of the lines that begin with an em or en dash or a bar, and the verbs of speaking in `rules`. Out: the
words spoken. A dash inside such a line opens the attribution, and the next one lets the speaker go on.

Lists begin with dashes too. So a line is speech only with evidence: a dash that sets off an attribution, a verb of
speaking behind a comma, the Spanish dash that touches its word; or where another line of its text has such evidence.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.gaps_kernels import (
    ASK,
    CAPITAL,
    COMMA,
    DASH,
    GAPS,
    LONG,
    LONG_DASH,
    PAUSED,
    SMALL,
    SPACED_AFTER,
    SPACED_BEFORE,
    is_among,
    line_begin,
    read_gaps,
)
from storyclust.text.lines_kernels import DIALOGUE, SENTENCE_ENDS, phrase_at

LONGEST_SPEECH = 200  # words; no longer than gaps are kept
TOUCHING_WORDS = 4

NONE, LIKELY, CERTAIN = 0, 1, 2


@kernel
def turns_aside(gap: int, first: int, said: bool) -> bool:
    """Whether a dash within speech opens an attribution; first: the gap before the line's first word."""
    if not gap & LONG_DASH or not gap & SMALL:
        return False
    touches = gap & SPACED_BEFORE and not gap & SPACED_AFTER and not first & SPACED_AFTER
    return said or (gap & PAUSED) != 0 or touches != 0


@kernel
def speech_of(
    hashes: Hashes,
    start: int,
    stop: int,
    ended: bool,
    gaps: Integers,
    rules: Numbers,
    slots: Numbers,
    phrase_words: Hashes,
    spoken: Flags,
) -> int:
    """Whether a line that begins with a dash is speech: NONE, LIKELY or CERTAIN; `spoken`: which of its words are."""
    evidence, speaking, first = NONE, True, gaps[0]
    for word in range(stop - start):
        gap = gaps[word]
        set_off = word > 0 and (gap & (COMMA | DASH | ASK)) != 0
        said = set_off and phrase_at(hashes, start + word, stop, DIALOGUE, rules, slots, phrase_words) >= 0
        if not speaking:
            speaking = (gap & LONG_DASH) != 0
        elif word > 0 and turns_aside(gap, first, said):
            speaking, evidence = False, CERTAIN
        elif said:
            evidence = CERTAIN
        spoken[word] = speaking
    if evidence == NONE and ended and first & CAPITAL:
        touches = not first & SPACED_AFTER and stop - start >= TOUCHING_WORDS
        evidence = CERTAIN if touches else LIKELY
    return evidence


@kernel
def flag_dialogue(
    data: Bytes,
    bounds: Integers,
    table: Hashes,
    hashes: Hashes,
    first_word: Integers,
    lines: Numbers,
    line_bytes: Integers,
    first_line: Integers,
    rules: Numbers,
    slots: Numbers,
    phrase_words: Hashes,
    narrated: Flags,
) -> None:
    """Set the words of speech to False in `narrated` (bool, one a word).

    data, bounds, table, lines and line_bytes as for `words_kernels.split_words`; rules and the arrays after them as for
    `lines_kernels.flag_lines`.
    """
    gaps, spoken = np.zeros(GAPS, np.int64), np.zeros(GAPS, np.bool_)
    for text in range(len(first_word) - 1):
        first, last = first_line[text], first_line[text + 1]
        # First whether the text has dialogue at all, then which words: lines with less evidence go along.
        certain = False
        for turn in range(2):
            start, byte = first_word[text], bounds[text]
            for line in range(first, last if turn == 0 or certain else first):
                stop, last_character, _ = lines[line]
                end = line_bytes[line]
                begin, character = line_begin(data, byte, end, table)
                if stop - start <= LONGEST_SPEECH and is_among(character, LONG):
                    read_gaps(data, begin, end, table, GAPS, gaps)
                    ended = is_among(last_character, SENTENCE_ENDS)
                    found = speech_of(hashes, start, stop, ended, gaps, rules, slots, phrase_words, spoken)
                    certain = certain or found == CERTAIN
                    for word in range(stop - start if turn == 1 and found != NONE else 0):
                        narrated[start + word] = narrated[start + word] and not spoken[word]
                start, byte = stop, end
