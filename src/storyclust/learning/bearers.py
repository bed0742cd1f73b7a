"""Which lines or passages many contents bear.

In: keys of texts, and which texts are of one content. Out: the frequent keys with the contents that bear them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers, Numbers
from storyclust.fingerprint.keys_kernels import name_bearers
from storyclust.learning.bearers_kernels import flag_frequent, group_bearers
from storyclust.learning.unlike_kernels import count_unlike

TRIED = 64  # bearers looked at of each line or passage


@dataclass(frozen=True, slots=True)
class Bearers:
    """Things that several texts bear, and which texts these are, in the order of their contents' hashes.

    Attributes
    ----------
    keys : uint64 array, rising
    texts : int32 array
        The bearers of all keys, one key after another, each content once.
    first : int64 array, one more than keys
    """

    keys: Hashes
    texts: Numbers
    first: Integers

    @classmethod
    def of(cls, keys: Hashes, first: Integers, content: Integers, fewest: int) -> Bearers:
        """The keys (uint64, those of text i from ``first[i]`` on) that at least so many contents bear.

        content int64: that of each text. Of the texts of one content the first is taken.
        """
        often = np.empty(len(keys), np.bool_)
        flag_frequent(keys, fewest, np.zeros(1 << max(10, len(keys).bit_length()), np.uint8), often)
        keys, texts = keys[often], np.empty(np.count_nonzero(often), np.int32)
        name_bearers(often, first, texts)
        order = np.argsort(keys)
        distinct, borne = np.empty_like(keys), np.empty_like(texts)
        first_bearer = np.empty(len(keys) + 1, np.int64)
        found = group_bearers(keys, texts, order, content, fewest, distinct, borne, first_bearer)
        first_bearer = first_bearer[: found + 1].copy()
        return cls(distinct[:found].copy(), borne[: first_bearer[-1]].copy(), first_bearer)

    def among(self, chosen: Flags) -> Bearers:
        """The same keys with those of their bearers that are chosen (bool, one a text)."""
        own = chosen[self.texts]
        before = np.concatenate(([0], np.cumsum(own)))
        return Bearers(self.keys, self.texts[own], before[self.first])

    @property
    def counts(self) -> Integers:
        """How many contents bear each key."""
        return np.diff(self.first)

    def unlike(self, sketches: Hashes, least: int, enough: int) -> Flags:
        """Which keys so many contents bear whose sketches agree in fewer buckets than `least`."""
        unlike = np.empty(len(self.keys), np.int64)
        count_unlike(self.texts, self.first, sketches, least, enough, TRIED, unlike)
        return unlike >= enough
