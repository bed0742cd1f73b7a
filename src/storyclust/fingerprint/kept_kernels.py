"""How many words of each text are what, in one pass over their flags.

In: the flags of the words of several texts. Out: counts a text.
"""

from __future__ import annotations

from storyclust.arrays import Bytes, Integers
from storyclust.compile import kernel
from storyclust.text.words_kernels import FRESH, KIND_SHIFT, NARRATED, POSTED, TOLD

# The columns of a row of counts: words told, told and no stock passage's, of the story, and beginning a fresh shingle.
TOLD_WORDS, NARRATED_WORDS, STORY_WORDS, FRESH_WORDS, COUNTED = range(5)


@kernel
def count_flags(flags: Bytes, first_word: Integers, counts: Integers) -> None:
    """Fill the counts (int64, texts by COUNTED)."""
    for text in range(len(first_word) - 1):
        told, narrated, story, fresh = 0, 0, 0, 0
        for word in range(first_word[text], first_word[text + 1]):
            kind = flags[word] >> KIND_SHIFT
            told += kind == TOLD
            story += kind <= POSTED
            narrated += (flags[word] & NARRATED) != 0
            fresh += (flags[word] & FRESH) != 0
        counts[text, TOLD_WORDS], counts[text, NARRATED_WORDS] = told, narrated
        counts[text, STORY_WORDS], counts[text, FRESH_WORDS] = story, fresh
