"""Which lines or passages many contents bear.

In: keys of texts, and which texts are of one content. Out: the frequent keys with the contents that bear them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers, Numbers
from storyclust.fingerprint.keys import Keys
from storyclust.learning.unlike_kernels import count_unlike
from storyclust.parallel import Workers

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
    def of(cls, keys: Keys, content: Integers, fewest: int, workers: Workers) -> Bearers:
        """The keys that at least so many contents bear; content int64: that of each text, whose first text is taken."""
        distinct, texts, counts = keys.bearers(content, fewest, workers)
        return cls(distinct, texts, np.concatenate(([0], np.cumsum(counts))))

    def of_many(self, fewest: int) -> Bearers:
        """Those of the keys that at least so many contents bear."""
        counts = self.counts
        kept = counts >= fewest
        first = np.concatenate(([0], np.cumsum(counts[kept])))
        return Bearers(self.keys[kept], self.texts[np.repeat(kept, counts)], first)

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
