"""The words of the stories that were looked at last, so that a text that is compared again is not analysed again.

In: stories, by number, and their words. Out: the words of those that are still known. A wire comes back to what it
said lately.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from storyclust.fingerprint.kept import KeptWords

# So many words are held, each of ten bytes.
MOST_WORDS = 1 << 20


class Recent:
    """The words of some stories, those that were not asked for longest being forgotten first.

    >>> import numpy as np
    >>> recent, word = Recent(most=1), np.ones(1, np.int64)
    >>> for story in (7, 8):
    ...     recent.keep(story, KeptWords(np.array([story], np.uint64), *np.zeros((2, 1), np.uint8), *[word] * 5))
    >>> sorted(recent.known([7, 8]))
    [8]
    """

    def __init__(self, most: int = MOST_WORDS) -> None:
        """Hold so many words."""
        self._words: OrderedDict[int, KeptWords] = OrderedDict()
        self._most = most
        self._held = 0

    def known(self, stories: Sequence[int]) -> dict[int, KeptWords]:
        """Those of the stories that are known, with their words: one text each."""
        found = {story: self._words[story] for story in stories if story in self._words}
        for story in found:
            self._words.move_to_end(story)
        return found

    def keep(self, story: int, words: KeptWords) -> None:
        """Hold the words of a story, which is a text alone."""
        if story not in self._words:
            self._held += len(words.hashes)
        self._words[story] = words
        while self._held > self._most:
            _, oldest = self._words.popitem(last=False)
            self._held -= len(oldest.hashes)

    def forget(self) -> None:
        """Know nothing, as after a change that was undone: its numbers are given again."""
        self._words.clear()
        self._held = 0
