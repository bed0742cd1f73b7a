"""Which words a text holds, and how often, by hashed column: the counts that TF-IDF weighs.

In: word hashes of several texts. Out: each text's columns, rising, with their counts.
"""

from __future__ import annotations

import numpy as np

from storyclust.compile import kernel

COLUMN_SHIFT = np.uint64(44)  # the top 20 bits of 64, as profile.COLUMN_BITS says


@kernel
def count_stories(hashes, first_word, last_seen, document_frequencies):
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
def count_terms(hashes, narrated, first_word, columns, counts, first_term):
    """Each text's narrated terms; returns how many in all.

    columns int32 and counts int32: as long as hashes; first_term int64, as first_word.
    """
    written = 0
    for text in range(len(first_word) - 1):
        first_term[text] = written
        start, stop = first_word[text], first_word[text + 1]
        own = np.empty(stop - start, np.int32)
        found = 0
        for word in range(start, stop):
            if narrated[word]:
                own[found] = np.int32(hashes[word] >> COLUMN_SHIFT)
                found += 1
        own = np.sort(own[:found])
        for index in range(found):
            if index == 0 or own[index] != own[index - 1]:
                columns[written], counts[written] = own[index], 0
                written += 1
            counts[written - 1] += 1
    first_term[len(first_word) - 1] = written
    return written
