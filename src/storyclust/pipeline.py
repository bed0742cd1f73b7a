"""The main job on one screen: stories in, clusters with a canonical story out.

    collect -> analyse text -> fingerprint -> candidates -> verify -> cluster -> canonical

Every stage is a function over arrays; none depends on the order of the stories, on the size of a batch
or on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from storyclust.cluster.canonical import Members, choose_canonicals
from storyclust.cluster.families import copy_families
from storyclust.cluster.levels import Clustering
from storyclust.collect import Collected, Source, collect
from storyclust.errors import UsageError
from storyclust.fingerprint.fingerprints import Fingerprints, fingerprint
from storyclust.io.reader import OnError
from storyclust.match.candidates import find_candidates
from storyclust.match.contents import Contents, KeptWords
from storyclust.match.terms import count_terms
from storyclust.match.verify import verify
from storyclust.parallel import Workers
from storyclust.profile import COLUMNS, Profile
from storyclust.result import Counts, StoryClusters
from storyclust.settings import Settings
from storyclust.text.terms import document_frequencies
from storyclust.text.words import analyse

Progress = Callable[[str], None]


def cluster_stories(
    stories: Source,
    *,
    settings: Settings | None = None,
    profile: Profile | None = None,
    threads: int | None = None,
    on_error: OnError = "fail",
    progress: Progress | None = None,
) -> StoryClusters:
    """Find which stories are the same, and which one of each cluster to keep.

    Time and memory grow linearly with the words of the stories, however many are alike.

    Parameters
    ----------
    stories : iterable of Story or dict, path, or list of paths
        A dict has the keys id and text, and may have title, source and published. A path is read as
        `storyclust.io.StoryReader` reads it; give such a reader to name other columns.
    settings : Settings, optional
        The thresholds and rules.
    profile : Profile, optional
        What is known of the corpus; learned from the stories where none is given.
    threads : int, optional
        How many threads to use, all processors by default. The result is the same for any number.
    on_error : {"fail", "skip"}
        What to do with a record that cannot be used: raise, or keep it in ``result.rejects``.
    progress : callable, optional
        Called with the name of each stage as it begins.

    Returns
    -------
    StoryClusters

    Raises
    ------
    DataError
        A record that cannot be used (RecordError), one id with two texts (DuplicateIdError), or a file
        that cannot be read.
    UsageError
        An argument out of its range.

    Examples
    --------
    >>> lead = "The ferry Anselm ran aground off Marrek at dawn and all of her ninety passengers were taken off by "
    >>> result = cluster_stories([
    ...     {"id": "wire", "text": lead + "lifeboats from two harbours, the coastguard said on Monday."},
    ...     {"id": "echo", "text": "FERRY AGROUND. " + lead + "lifeboats from two harbours."},
    ...     {"id": "chess", "text": "Ten games into the final the champion has yet to move his rook."},
    ... ])
    >>> print(result)
    StoryClusters: 3 stories, 2 clusters, 1 copy to drop
    >>> result.cluster_of("echo").members
    ('echo', 'wire')
    """
    settings = Settings() if settings is None else settings
    _require_type("settings", settings, Settings)
    if profile is not None:
        _require_type("profile", profile, Profile)
    report = progress or _say_nothing
    with Workers(threads) as workers:
        report("reading stories")
        collected = collect(stories, on_error=on_error)
        report("analysing text")
        words, fingerprints, learned = analyse_all([story.text for story in collected.stories], settings, workers)
        return _cluster(
            collected, words, fingerprints, learned if profile is None else profile, settings, workers, report
        )


def learn_profile(stories: Source, *, threads: int | None = None, on_error: OnError = "fail") -> Profile:
    """Learn a profile from stories, to be given to jobs on others.

    >>> learn_profile([{"id": "1", "text": "The ferry sank."}]).stories
    1
    """
    with Workers(threads) as workers:
        texts = [story.text for story in collect(stories, on_error=on_error).stories]
        batches = workers.split(len(texts), weights=_lengths(texts))
        frequencies = np.zeros(COLUMNS, np.uint32)
        for counted in workers.map(lambda batch: document_frequencies(analyse(texts[slice(*batch)])), batches):
            frequencies += counted
        return Profile(len(texts), frequencies)


def analyse_all(texts: Sequence[str], settings: Settings, workers: Workers) -> tuple[KeptWords, Fingerprints, Profile]:
    """The first pass over all texts: their words, what each is found by, and what they teach together."""

    def first_pass(batch: tuple[int, int]) -> tuple[KeptWords, Fingerprints, npt.NDArray[np.uint32]]:
        words = analyse(texts[slice(*batch)], settings.rules)
        return KeptWords.of(words, settings.shingle_words), fingerprint(words, settings), document_frequencies(words)

    frequencies = np.zeros(COLUMNS, np.uint32)
    kept, parts = [], []
    for words, part, counted in workers.map(first_pass, workers.split(len(texts), weights=_lengths(texts))):
        kept.append(words)
        parts.append(part)
        frequencies += counted
    return KeptWords.concatenate(kept), Fingerprints.concatenate(parts), Profile(len(texts), frequencies)


def _require_type(name: str, value: object, expected: type) -> None:
    if not isinstance(value, expected):
        raise UsageError(f"{name} is {type(value).__name__} {value!r:.60}; expected a storyclust.{expected.__name__}")


def _say_nothing(_stage: str) -> None:
    """Report no progress."""


def _lengths(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def _cluster(
    collected: Collected,
    words: KeptWords,
    fingerprints: Fingerprints,
    profile: Profile,
    settings: Settings,
    workers: Workers,
    report: Progress,
) -> StoryClusters:
    """From fingerprints on; `content` is the number of each story's content, -1 for one too short."""
    report("finding candidates")
    distinct = fingerprints.distinct_contents(settings.min_words)
    candidates = find_candidates(*fingerprints.keys_of(distinct.story), workers)

    report("comparing pairs")
    contents = Contents.choose(words, distinct.story)
    links = verify(contents, candidates.later, candidates.earlier, settings, workers)

    report("joining clusters")
    content = distinct.of_story
    related = distinct.stories > 1
    related[links.longer] = related[links.shorter] = True
    terms = count_terms(contents, related, workers)
    families, digests = copy_families(links, contents, terms, profile, settings, workers)
    clustering = Clustering.from_labels(_labels(content, families))
    _, members, first_member = clustering.several()
    sources = [collected.stories[story].source for story in members.tolist()]
    choices = Members(content[members], sources, first_member)
    canonicals = choose_canonicals(choices, contents, terms, profile, settings)

    counts = Counts(
        candidate_pairs=len(candidates.later),
        linked_contents=len(links),
        hot_keys=candidates.hot_keys,
        digests=digests,
        unread_dates=collected.unread_dates,
    )
    return StoryClusters(
        collected=collected,
        settings=settings,
        profile=profile,
        content=content,
        word_counts=fingerprints.word_counts,
        story_counts=fingerprints.story_counts,
        contents=contents,
        links=links,
        clustering=clustering,
        canonicals=canonicals,
        counts=counts,
    )


def _labels(content: npt.NDArray[np.int64], families: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """A number a story, equal for stories of one cluster."""
    alone = len(families) + np.arange(len(content))
    return np.where(content >= 0, families[content] if len(families) else alone, alone)
