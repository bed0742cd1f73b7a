"""Words by hashed column: in how many texts each stands, and how often in one.

In: word hashes of several texts. Out: a count a column, the document frequencies of a profile; the terms of texts.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Numbers, Words32
from storyclust.compile import kernel
from storyclust.text.words_kernels import NARRATED

COLUMN_SHIFT = np.uint64(44)  # the top 20 bits of 64, as profile.COLUMN_BITS says


@kernel
def count_stories(hashes: Hashes, first_word: Integers, last_seen: Numbers, document_frequencies: Words32) -> None:
    """Add one to each column for every text that has a word of it.

    last_seen int32, one a column, all -1 when handed in; document_frequencies uint32, one a column.
    """
    for text in range(len(first_word) - 1):
        for word in range(first_word[text], first_word[text + 1]):
            column = hashes[word] >> COLUMN_SHIFT
            if last_seen[column] != text:
                last_seen[column] = text
                document_frequencies[column] += np.uint32(1)


@kernel
def count_terms_of(
    hashes: Hashes,
    flags: Bytes,
    first: Integers,
    last: Integers,
    columns: Numbers,
    counts: Numbers,
    term_counts: Integers,
) -> int:
    """Write the columns of the narrated words, rising in each text, and how often it has each; returns how many.

    flags uint8, one a word; first and last: the words of each text; columns and counts int32, as long as the words;
    how many terms each text has into term_counts (int64).
    """
    written = 0
    for text in range(len(first)):
        begin = written
        for word in range(first[text], last[text]):
            if flags[word] & NARRATED:
                columns[written] = hashes[word] >> COLUMN_SHIFT
                written += 1
        columns[begin:written].sort()
        found = begin
        for place in range(begin, written):
            if place > begin and columns[place] == columns[found - 1]:
                counts[found - 1] += 1
            else:
                columns[found], counts[found] = columns[place], 1
                found += 1
        term_counts[text] = found - begin
        written = found
    return written
