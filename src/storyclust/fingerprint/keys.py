"""The keys of many texts, and who bears which.

In: keys, those of one text after those of another. Out: the keys that several contents bear, and their bearers. All
keys there can be are cut into ranges, and each range is gathered, sorted and grouped by itself: so threads share the
work, and only a small part of the keys is held twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers, Numbers
from storyclust.fingerprint import keys_kernels as kernels
from storyclust.parallel import Workers

# Every range is looked for among all keys: it is not worth while for fewer than this.
LIGHTEST = 1 << 16
# Places to count a key in: the more, the fewer rare keys are taken for frequent ones and sorted in vain.
PLACES = 4


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of many texts, each a hash.

    Attributes
    ----------
    rows : uint64 array of shape (texts, any)
        Those that every text has as many of.
    values : uint64 array
        The others, one text after another.
    first : int64 array, one more than texts
        Where the values of each text begin, and the last one's end.
    """

    rows: Hashes
    values: Hashes
    first: Integers

    @classmethod
    def listed(cls, values: Hashes, first: Integers) -> Self:
        """Keys of which texts have as many as they happen to have."""
        return cls(np.empty((len(first) - 1, 0), np.uint64), values, first)

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.first) - 1

    def of_each(self, chosen: Flags) -> tuple[Hashes, Integers]:
        """The keys of the texts chosen (bool, one a text), rising and each once in a text; and where each text's begin.

        uint64, and int64, one more than texts: a text that is not chosen has none.

        >>> keys, first = Keys.listed(np.array([5, 9, 5, 7], np.uint64), np.array([0, 3, 4])).of_each(np.ones(2, bool))
        >>> keys.tolist(), first.tolist()
        ([5, 9, 7], [0, 2, 3])
        """
        keys = np.empty(self.rows.size + len(self.values), np.uint64)
        first = np.zeros(len(self) + 1, np.int64)
        kernels.list_of_each(self.rows, self.values, self.first, chosen, keys, first)
        return keys[: first[-1]], first

    def bearers(self, content: Integers, fewest: int, workers: Workers) -> tuple[Hashes, Numbers, Numbers]:
        """The keys that at least so many contents bear (uint64, rising), the texts that bear them, and how many do.

        The texts (int32), those of one key after those of another, stand in the order of their contents; of the texts
        of one content the first is taken. How many: int32, one a key.

        Parameters
        ----------
        content : int64 array, one a text
            The number of its content; -1 for a text that is left out.

        >>> keys = Keys.listed(np.array([5, 9, 9, 5, 7, 9], np.uint64), np.array([0, 2, 4, 6]))
        >>> with Workers(2) as workers:
        ...     distinct, texts, counts = keys.bearers(np.array([2, 1, 0]), 2, workers)
        >>> distinct.tolist(), texts.tolist(), counts.tolist()
        ([5, 9], [1, 0, 2, 1, 0], [2, 3])
        """
        own = self.rows, self.values, self.first, content
        per_slice = np.zeros(kernels.SLICES, np.int64)
        kernels.count_slices(*own, per_slice)

        def bearers_of_range(slices: tuple[int, int]) -> tuple[Hashes, Numbers, Numbers]:
            start, stop = slices
            count = per_slice[start:stop].sum()
            keys, texts, frequent = np.empty(count, np.uint64), np.empty(count, np.int32), np.empty(count, np.bool_)
            kernels.list_slices(*own, start, stop, keys, texts)
            places = np.zeros(PLACES << len(keys).bit_length(), np.uint8)
            kernels.flag_frequent(keys, fewest, places, frequent)
            keys, texts = keys[frequent], texts[frequent]
            distinct, borne, counts = np.empty_like(keys), np.empty_like(texts), np.empty_like(texts)
            order = _order_of(keys, start, stop)
            found, written = kernels.group_bearers(keys, texts, order, content, fewest, distinct, borne, counts)
            return distinct[:found].copy(), borne[:written].copy(), counts[:found].copy()

        ranges = workers.split_coarsely(kernels.SLICES, weights=per_slice, lightest=LIGHTEST)
        return workers.gather(bearers_of_range, ranges)


def _order_of(keys: Hashes, start: int, stop: int) -> Integers:
    """A stable argsort of the keys of some slices.

    One plain sort of 64 bits, most of a key and its place, is far faster than sorting places.
    """
    alike = kernels.SLICE_BITS - (start ^ (stop - 1)).bit_length()
    bits, folded = len(keys).bit_length(), np.empty_like(keys)
    kernels.fold_places(keys, alike, bits, folded)
    folded.sort()
    kernels.unfold_places(folded, keys, bits)
    return folded.view(np.int64)
