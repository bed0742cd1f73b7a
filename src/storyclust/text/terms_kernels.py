"""In how many texts each word stands, by hashed column: the document frequencies of a profile.

In: word hashes of several texts. Out: a count a column.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Hashes, Integers, Numbers, Words32
from storyclust.compile import kernel

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
