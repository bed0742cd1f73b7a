"""The first pass over all stories, with which every job begins, and what a profile knows of what it left.

In: stories. Out: their words, lines and fingerprints, then the same with furniture and stock passages recognised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from storyclust.arrays import Hashes, Integers
from storyclust.fingerprint.fingerprints import Fingerprints
from storyclust.fingerprint.kept import KeptWords
from storyclust.learning.days_kernels import UNDATED
from storyclust.learning.learn import learn
from storyclust.learning.lines import Lines
from storyclust.learning.recognise import recognise
from storyclust.memory import release
from storyclust.model import Story
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.progress import ANALYSING, LEARNING
from storyclust.settings import Settings
from storyclust.text.terms import document_frequencies
from storyclust.text.words import analyse


@dataclass(frozen=True, slots=True)
class Recognised:
    """Stories as a profile knows them.

    Attributes
    ----------
    words : KeptWords
        With what the profile knows flagged.
    contents : uint64 array, one a story
        Hashes, equal for equal contents.
    fingerprints : Fingerprints
        Without those of clutter and stock passages.
    """

    words: KeptWords
    contents: Hashes
    fingerprints: Fingerprints


@dataclass(frozen=True, slots=True)
class FirstPass:
    """What the first pass over all stories leaves: their words and lines, what each is found by, and its day."""

    words: KeptWords
    lines: Lines
    fingerprints: Fingerprints
    days: Integers

    def learn(self, settings: Settings, workers: Workers) -> Profile:
        """What these stories teach together."""
        size = settings.shingle_words
        frequencies = document_frequencies(self.words.hashes, self.words.first_word, workers)
        return learn(self.words, self.lines, self.fingerprints, frequencies, self.days, size, workers)

    def learned(self) -> FirstPass:
        """Without what is asked for by learning only: the windows, which a profile makes fewer."""
        return replace(self, fingerprints=self.fingerprints.without_windows())

    def recognise(self, profile: Profile, settings: Settings, workers: Workers) -> Recognised:
        """The stories as a profile knows them."""
        size = settings.shingle_words
        words = recognise(self.words, self.lines, profile, size, workers)
        contents = words.content_hashes(workers)
        return Recognised(words, contents, self.fingerprints.of_stories(words, size, workers))


def analyse_and_learn(
    stories: Sequence[Story], profile: Profile | None, settings: Settings, workers: Workers
) -> tuple[FirstPass, Profile]:
    """What the first pass leaves to those who know a profile, and the profile: learned from it where none is given."""
    workers.stages.begin(ANALYSING)
    first_pass = analyse_all(stories, settings, workers)
    release()
    if profile is None:
        workers.stages.begin(LEARNING)
        profile = first_pass.learn(settings, workers)
    first_pass = first_pass.learned()
    release()
    return first_pass, profile


def analyse_all(stories: Sequence[Story], settings: Settings, workers: Workers) -> FirstPass:
    """The first pass over all stories."""

    def analyse_batch(batch: tuple[int, int]) -> FirstPass:
        own = stories[slice(*batch)]
        words = analyse([story.text for story in own], settings.rules)
        kept = KeptWords.of(words, settings.shingle_words)
        return FirstPass(
            kept,
            Lines.of(words, [story.source for story in own]),
            Fingerprints.of(words, settings, kept.story_counts >= settings.min_words),
            np.array([_day(story) for story in own], np.int64),
        )

    lengths = np.fromiter((len(story.text) for story in stories), np.int64, len(stories))
    return workers.gather(analyse_batch, workers.split(len(stories), weights=lengths))


def recognise_words(stories: Sequence[Story], profile: Profile, settings: Settings, workers: Workers) -> KeptWords:
    """The words of stories with what the profile knows flagged, for those that need not be found."""
    words = analyse([story.text for story in stories], settings.rules)
    lines = Lines.of(words, [story.source for story in stories])
    kept = KeptWords.of(words, settings.shingle_words)
    return recognise(kept, lines, profile, settings.shingle_words, workers)


def _day(story: Story) -> int:
    """The number of the day a story appeared on."""
    return UNDATED if story.published is None else story.published.toordinal()
