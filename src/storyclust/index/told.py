"""What analysis tells of stories that come, and of units that are looked at again.

In: stories. Out: their words as the profile knows them, their contents, and the keys they are found by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Hashes, Integers
from storyclust.fingerprint.kept import KeptWords
from storyclust.learning.first_pass import analyse_all
from storyclust.model import Story
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.settings import Settings


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of stories; arrays, one item a story.

    Attributes
    ----------
    words : KeptWords
    hashes : uint64 array
        Of contents.
    looks : int64 array
        Hashes of all else that comparing asks of a content: of equal contents with equal looks it does not matter which
        one is compared.
    compared : bool array
        Whether it has words enough.
    keys : uint64 array
        Those of all stories that are compared, each once a story.
    first_key : int64 array, one more than stories
    """

    words: KeptWords
    hashes: Hashes
    looks: Integers
    compared: Flags
    keys: Hashes
    first_key: Integers

    def keys_of(self, story: int) -> Hashes:
        """The keys of one story."""
        return self.keys[self.first_key[story] : self.first_key[story + 1]]


def tell(stories: Sequence[Story], profile: Profile, settings: Settings, workers: Workers) -> Told:
    """Analyse stories."""
    known = analyse_all(stories, settings, workers).recognise(profile, settings, workers)
    compared = known.words.story_counts >= settings.min_words
    all_keys, first_key = known.fingerprints.keys.of_each(compared)
    looks = np.empty(len(stories), np.int64)
    first = known.words.first_word
    for story in range(len(stories)):
        said = slice(first[story], first[story + 1])
        look = hashlib.blake2b(known.words.flags[said].tobytes(), digest_size=8)
        look.update(known.words.figures[said].tobytes())
        look.update(all_keys[first_key[story] : first_key[story + 1]].tobytes())
        looks[story] = int.from_bytes(look.digest(), "little", signed=True)
    return Told(known.words, known.contents, looks, compared, all_keys, first_key)
