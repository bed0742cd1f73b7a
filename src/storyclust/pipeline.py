"""The main job on one screen: stories in, clusters with a canonical story out.

    collect -> analyse text -> fingerprint -> candidates -> verify -> cluster -> canonical

Every stage is a function over arrays; none depends on the order of the stories, on the size of a batch
or on the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from storyclust.arrays import Integers
from storyclust.cluster.canonical import Members, choose_canonicals
from storyclust.cluster.clustering import Clustering
from storyclust.cluster.levels import build_levels
from storyclust.cluster.overrides import honour
from storyclust.collect import Collected, Source, collect
from storyclust.counts import Counts
from storyclust.errors import UsageError
from storyclust.fingerprint.kept import KeptWords
from storyclust.io import Columns
from storyclust.io.reader import OnError
from storyclust.learning.first_pass import FirstPass, analyse_and_learn
from storyclust.match.candidates import Candidates, find_candidates
from storyclust.match.contents import Contents, DistinctContents
from storyclust.match.verify import link_pairs
from storyclust.match.window import Spans
from storyclust.memory import Memory, release
from storyclust.model import Story
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.progress import COMPARING, FINDING, JOINING, READING, Progress, Stages
from storyclust.result import StoryClusters
from storyclust.settings import Settings


def cluster_stories(
    stories: Source,
    *,
    columns: Columns | None = None,
    settings: Settings | None = None,
    profile: Profile | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    on_error: OnError = "fail",
    progress: Progress | None = None,
) -> StoryClusters:
    """Find which stories are the same, and which one of each cluster to keep.

    Time and memory grow linearly with the words of the stories, however many are alike.

    Parameters
    ----------
    stories : iterable of Story or dict, data frame, data set, Texts, path, or list of paths
        A dict has the keys id and text, and may have title, source and published, or date; so have the rows of a frame
        (pandas, polars, pyarrow, or another that narwhals knows; eager or lazy) and of a Hugging Face data set. Rows
        without an id are named by the index of pandas, or else by their places from "0". A path is read as
        `storyclust.StoryReader` reads it, and so is each of a list of strings; `storyclust.Texts`, an array and a
        column of a frame hold texts themselves.
    columns : Columns, optional
        The names of the columns or keys, if they are others.
    settings : Settings, optional
        The thresholds and rules.
    profile : Profile, optional
        What is known of the corpus; learned from the stories where none is given.
    threads : int, optional
        How many threads to use, all processors by default. The result is the same for any number.
    memory : int or str, optional
        How much memory to aim at, in bytes or as in "6G"; by default a good part of what is free. Arrays that would
        take more lie in temporary files; the result is the same. The texts themselves stay in memory.
    on_error : {"fail", "skip"}
        What to do with a record that cannot be used: raise, or keep it in ``result.rejects``.
    progress : callable, optional
        Called with the name of a stage and the part of it that is done, from 0.0 as it begins to 1.0 when it has
        ended. The part never falls. All calls come from the thread that called this function.

    Returns
    -------
    StoryClusters

    Raises
    ------
    DataError
        A record that cannot be used (RecordError), one id with two texts (DuplicateIdError), no such column
        (MissingColumnError), or a file that cannot be read.
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

    Show how far a long job is:

    >>> def show(stage, part):
    ...     if part == 1.0:
    ...         print(stage, "done")
    >>> result = cluster_stories([{"id": "wire", "text": lead}], progress=show)
    reading stories done
    analysing text done
    learning the profile done
    finding candidates done
    comparing pairs done
    joining clusters done
    """
    settings = Settings() if settings is None else settings
    require_types(settings, profile)
    stages = Stages(progress)
    with Workers(threads, Memory(memory), stages) as workers:
        stages.begin(READING)
        collected = collect(stories, columns=columns, on_error=on_error, stages=stages)
        first_pass, profile = analyse_and_learn(collected.stories, profile, settings, workers)
        found = find_pairs(first_pass, profile, settings, workers)
        del first_pass
        release()
        result = _cluster(collected, found, profile, settings, workers)
    stages.end()
    return result


def learn_profile(
    stories: Source,
    *,
    columns: Columns | None = None,
    settings: Settings | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    on_error: OnError = "fail",
    progress: Progress | None = None,
) -> Profile:
    """Learn a profile from stories, to be given to jobs on others with the same settings; arguments as there.

    >>> learn_profile([{"id": "1", "text": "The ferry sank."}]).stories
    1
    """
    settings = Settings() if settings is None else settings
    require_types(settings, None)
    stages = Stages(progress)
    with Workers(threads, Memory(memory), stages) as workers:
        stages.begin(READING)
        collected = collect(stories, columns=columns, on_error=on_error, stages=stages)
        _, profile = analyse_and_learn(collected.stories, None, settings, workers)
    stages.end()
    return profile


def require_types(settings: object, profile: object) -> None:
    """Fail clearly on what is given for settings or profile and is none."""
    for name, value, expected in (("settings", settings, Settings), ("profile", profile, Profile)):
        if not isinstance(value, expected) and not (value is None and name == "profile"):
            raise UsageError(
                f"{name} is {type(value).__name__} {value!r:.60}; expected a storyclust.{expected.__name__}"
            )


@dataclass(frozen=True, slots=True)
class Found:
    """The distinct contents of the stories, and which of them to compare.

    Attributes
    ----------
    words : KeptWords
        Of all stories, with what the profile knows flagged.
    distinct : DistinctContents
    contents : Contents
    candidates : Candidates
    """

    words: KeptWords
    distinct: DistinctContents
    contents: Contents
    candidates: Candidates


def find_pairs(first_pass: FirstPass, profile: Profile, settings: Settings, workers: Workers) -> Found:
    """From the first pass to candidate pairs: the contents as a profile knows them, and what they are found by."""
    workers.stages.begin(FINDING)
    known = first_pass.recognise(profile, settings, workers)
    distinct = DistinctContents.of(known.contents, known.words.story_counts, settings.min_words)
    candidates = find_candidates(known.fingerprints.keys, distinct.story, workers)
    return Found(known.words, distinct, Contents.choose(known.words, distinct.story), candidates)


def _cluster(
    collected: Collected, found: Found, profile: Profile, settings: Settings, workers: Workers
) -> StoryClusters:
    """From candidate pairs on; `content` is the number of each story's content, -1 for one too short."""
    content, contents = found.distinct.of_story, found.contents
    candidates = _in_window(found.candidates, collected.stories, content, len(contents), settings)

    workers.stages.begin(COMPARING)
    repeated = found.distinct.stories > 1
    pairs = candidates.later, candidates.earlier
    linked = link_pairs(contents, *pairs, repeated, profile, settings, workers)
    links, vectors = linked.links, linked.vectors

    release()
    workers.stages.begin(JOINING)
    levels = build_levels(links.edges, candidates, len(contents), vectors, settings, workers)
    joined = {level: _labels(content, own) for level, own in levels.labels.items()}
    labels, unmatched = honour(joined, [story.id for story in collected.stories], content, links.edges, settings)
    clusterings = {level: Clustering.from_labels(own) for level, own in labels.items()}
    choices = Members.of(clusterings[settings.level], collected.stories, content)
    canonicals = choose_canonicals(choices, contents.narrated_counts, vectors.terms, profile, settings)

    counts = Counts(
        candidate_pairs=len(candidates.later),
        aligned_pairs=linked.aligned,
        linked_contents=len(links),
        hot_keys=candidates.hot_keys,
        digests=levels.digests,
        overrides_unmatched=unmatched,
        preferred_unmatched=len(set(settings.preferred_sources) - {story.source for story in collected.stories}),
        unread_dates=collected.unread_dates,
        undated=sum(story.published is None for story in collected.stories),
    )
    return StoryClusters(
        collected=collected,
        settings=settings,
        profile=profile,
        content=content,
        word_counts=found.words.word_counts,
        story_counts=found.words.story_counts,
        contents=contents,
        links=links,
        missed=linked.missed,
        clusterings=clusterings,
        canonicals=canonicals,
        counts=counts,
    )


def _in_window(
    candidates: Candidates, stories: Sequence[Story], content: Integers, contents: int, settings: Settings
) -> Candidates:
    """The pairs that appeared near enough to each other to be compared."""
    if settings.window_days is None:
        return candidates
    within = Spans.of(stories, content, contents).within(candidates.later, candidates.earlier, settings.window_days)
    return replace(candidates, later=candidates.later[within], earlier=candidates.earlier[within])


def _labels(content: Integers, of_content: Integers) -> Integers:
    """A number a story, equal for stories of one cluster."""
    alone = len(of_content) + np.arange(len(content))
    return np.where(content >= 0, of_content[content] if len(of_content) else alone, alone)
