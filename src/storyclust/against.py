"""One collection against another: which stories of the new one stand in the old one, and how.

    collect both -> analyse text -> fingerprint -> candidates across -> verify -> relate

Neither collection is clustered, and no pair within one of them is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from storyclust import tables
from storyclust.arrays import Fractions, Hashes, Integers, Numbers
from storyclust.collect import Collected, Source, collect
from storyclust.errors import MissingColumnError
from storyclust.exports import Exports, Table, rows_of_stretches
from storyclust.fingerprint.kept import KeptWords
from storyclust.io import Columns
from storyclust.io.columns import Stretch
from storyclust.io.reader import OnError
from storyclust.learning.first_pass import FirstPass, analyse_and_learn
from storyclust.match.candidates import find_candidates_across
from storyclust.match.contents import Contents, DistinctContents
from storyclust.match.links import COPY, NOT_LINKED, PARTIAL, RELATIONS, VERSION, Links
from storyclust.match.story_links import StoryLinks, StoryPairs, pair_stories_across
from storyclust.match.verify import link_pairs
from storyclust.match.window import Spans
from storyclust.memory import Memory, release
from storyclust.model import Link, Reject, Story
from storyclust.overview import Figures, Notice, notices_of
from storyclust.parallel import Workers
from storyclust.pipeline import require_types
from storyclust.profile import Profile
from storyclust.progress import COMPARING, FINDING, READING, READING_OLD, Progress, Stages
from storyclust.settings import Settings

TableName = Literal["matches", "links", "rejects"]
"""The tables of a result."""


class StoryMatches(Exports[TableName]):
    """The links from one collection into another. Print it, and it tells you what you have.

    Attributes
    ----------
    stories, against : tuple of Story
        The new collection and the old one, each in order of rank: published, undated last, then id.
    settings : Settings
    profile : Profile
    rejects : tuple of Reject
        Records of either that did not become stories, with the reason.
    unread_dates : int
        Stories whose date could not be read, so that they count as undated.
    """

    def __init__(
        self,
        *,
        new: Collected,
        old: Collected,
        settings: Settings,
        profile: Profile,
        content: Integers,
        contents: Contents,
        links: Links,
        pairs: StoryPairs,
    ) -> None:
        """Hold what `match_stories` made."""
        self.stories = tuple(new.stories)
        self.against = tuple(old.stories)
        self.settings = settings
        self.profile = profile
        self.rejects: tuple[Reject, ...] = (*new.rejects, *old.rejects)
        self.unread_dates = new.unread_dates + old.unread_dates
        self.unread_date_examples = (*new.unread_date_examples, *old.unread_date_examples)
        self._pairs = pairs
        self._short = int(np.sum(content < 0))
        self._story_links = StoryLinks(pairs, links, contents, content, (*self.stories, *self.against), settings)

    def __str__(self) -> str:
        """How many stories of the new collection stand in the old one, and as what."""
        found = self._strongest()
        counted = [np.sum(found == relation) for relation in (COPY, VERSION, PARTIAL)]
        as_what = f"{counted[0]:,} as copies, {counted[1]:,} as versions, {counted[2]:,} in part"
        total = f"{np.sum(found > NOT_LINKED):,} of {len(self.stories):,} stories"
        return f"StoryMatches: {total} stand among {len(self.against):,}: {as_what}"

    __repr__ = __str__

    def __len__(self) -> int:
        """How many pairs are linked."""
        return len(self._pairs.a)

    def links(self, *, threads: int | None = None) -> Iterator[Link]:
        """All links, by rank of the new story and of the old one; ``id_a`` is that of the new story.

        Where more than 64 stories have the same words, the 4 first of them stand for all.
        """
        with Workers(threads) as workers:
            yield from self._story_links.each(workers)

    def link_columns(self, *, threads: int | None = None, progress: Progress | None = None) -> Iterator[Stretch]:
        """The same links as the columns of `storyclust.tables.LINKS`, a stretch at a time: quicker to write."""
        return tables.link_columns(self._story_links, threads, progress)

    def rows(self) -> Iterator[dict[str, Any]]:
        """One row a story of the new collection, by rank: the columns of `storyclust.tables.MATCHES`.

        Of several old stories the strongest relation is told, of equals the largest share, of equals the first in rank.
        """
        counts, (relation, share, shared_words) = self._counts(), self._figures()
        order = np.lexsort((self._pairs.b, -share, -relation, self._pairs.a))
        best = order[np.minimum(np.cumsum(counts) - counts, len(order) - 1)] if len(order) else counts
        for story, count, pair in zip(self.stories, counts.tolist(), best.tolist(), strict=True):
            if count == 0:
                yield tables.match_row(story, None, None, None, None, 0)
                continue
            old = self.against[self._pairs.b[pair] - len(self.stories)]
            figures = int(shared_words[pair]), float(share[pair])
            yield tables.match_row(story, old, RELATIONS[relation[pair]], *figures, count)

    def summary(self) -> dict[str, Any]:
        """Figures, settings and the profile's digest."""
        found = self._strongest()
        return {
            "format": tables.FORMAT,
            "stories": len(self.stories),
            "against": len(self.against),
            "matched": int(np.sum(found > NOT_LINKED)),
            **{f"as_{name}": int(np.sum(found == number)) for number, name in enumerate(RELATIONS) if name},
            "links": len(self._pairs.a),
            "links_unlisted": self._pairs.unlisted,
            "rejects": len(self.rejects),
            "unread_dates": self.unread_dates,
            "notices": [asdict(notice) for notice in self.notices],
            "settings": self.settings.to_dict(),
            "profile": self.profile.digest,
        }

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What to look at before the result is used; stories of both collections count."""
        return notices_of(
            Figures.of(
                (*self.stories, *self.against),
                self.settings,
                rejects=len(self.rejects),
                links=len(self),
                links_unlisted=self._pairs.unlisted,
                unread_dates=self.unread_dates,
                short=self._short,
            )
        )

    def metadata(self) -> dict[str, str]:
        """What is saved inside Parquet files: format version, settings, profile digest."""
        return tables.metadata(self.settings, self.profile)

    def _tables(self) -> Mapping[TableName, Table]:
        return {
            "matches": (tables.MATCHES, self.rows),
            "links": (tables.LINKS, lambda: rows_of_stretches(self.link_columns())),
            "rejects": (tables.REJECTS, lambda: map(asdict, self.rejects)),
        }

    def _counts(self) -> Integers:
        """How many links each story of the new collection has."""
        return np.bincount(self._pairs.a, minlength=len(self.stories))

    def _strongest(self) -> Integers:
        """The strongest relation of each story of the new collection, as `RELATIONS` numbers them."""
        strongest = np.full(len(self.stories), NOT_LINKED, np.int64)
        relation, _, _ = self._figures()
        np.maximum.at(strongest, self._pairs.a, relation)
        return strongest

    def _figures(self) -> tuple[Integers, Fractions, Integers]:
        """Of each pair of stories its relation, share and shared words."""
        figures = self._story_links.figures(self._pairs, ("relation", "share", "shared_words"))
        return figures["relation"].astype(np.int64), figures["share"], figures["shared_words"]


def match_stories(
    stories: Source,
    against: Source,
    *,
    columns: Columns | None = None,
    against_columns: Columns | None = None,
    settings: Settings | None = None,
    profile: Profile | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    on_error: OnError = "fail",
    progress: Progress | None = None,
) -> StoryMatches:
    """Find which stories of a collection stand in another: whole, as a version, or in part.

    What of the archive is in this training set; which of today's stories did we run before. Nothing is clustered, and
    stories of one collection are not compared with each other, so time grows with the two together and with what they
    share. The levels, canonicals and overrides of the settings play no part.

    Parameters
    ----------
    stories, against : iterable of Story or dict, data frame, data set, Texts, path, or list of paths
        The new collection and the old one, as for `cluster_stories`. An id may stand in both.
    columns : Columns, optional
        The names of the columns or keys of either, if they are others.
    against_columns : Columns, optional
        Those of the old collection, where they are not those of the new one.
    settings : Settings, optional
    profile : Profile, optional
        What is known of the corpus; learned from both collections where none is given.
    threads : int, optional
        How many threads to use, all processors by default. The result is the same for any number.
    memory : int or str, optional
        How much memory to take, as for `cluster_stories`.
    on_error : {"fail", "skip"}
        What to do with a record that cannot be used: raise, or keep it in ``result.rejects``.
    progress : callable, optional
        As for `cluster_stories`.

    Returns
    -------
    StoryMatches

    Raises
    ------
    DataError, UsageError
        As `cluster_stories`.

    Examples
    --------
    >>> lead = "The ferry Anselm ran aground off Marrek at dawn and all of her ninety passengers were taken off by "
    >>> archive = [{"id": "2025-7", "text": lead + "lifeboats from two harbours, the coastguard said on Monday."}]
    >>> today = [{"id": "t1", "text": lead + "lifeboats from two harbours."}, {"id": "t2", "text": "Chess tonight."}]
    >>> matches = match_stories(today, archive)
    >>> print(matches)
    StoryMatches: 1 of 2 stories stand among 1: 1 as copies, 0 as versions, 0 in part
    >>> [(row["id"], row["match"], row["relation"]) for row in matches.rows()]
    [('t1', '2025-7', 'copy'), ('t2', None, None)]
    """
    settings = Settings() if settings is None else settings
    require_types(settings, profile)
    stages = Stages(progress)
    with Workers(threads, Memory(memory), stages) as workers:
        stages.begin(READING)
        new = collect(stories, columns=columns, on_error=on_error, stages=stages)
        stages.begin(READING_OLD)
        old = _collect_old(against, against_columns or columns, on_error, stages)
        both = [*new.stories, *old.stories]
        first_pass, profile = analyse_and_learn(both, profile, settings, workers)
        found = _find_across(first_pass, both, len(new.stories), profile, settings, workers)
        del first_pass
        release()
        links = _link_across(found, profile, settings, workers)
        sides = found.sides
        pairs = pair_stories_across(links, sides.equal, sides.new.of_story, sides.old.of_story)
    stages.end()
    return StoryMatches(
        new=new,
        old=old,
        settings=settings,
        profile=profile,
        content=sides.content,
        contents=Contents.choose(found.words, found.story),
        links=links,
        pairs=pairs,
    )


def _collect_old(against: Source, columns: Columns | None, on_error: OnError, stages: Stages) -> Collected:
    """The stories of the old collection; a column that is not there is to be named for it alone."""
    try:
        return collect(against, columns=columns, on_error=on_error, stages=stages)
    except MissingColumnError as error:
        field = error.field
        remedy = f"Name the right one with against_columns=Columns({field}=...) (--against-column {field}=NAME)"
        raise MissingColumnError(error.problem, remedy, field) from error


@dataclass(frozen=True, slots=True)
class FoundAcross:
    """The contents of both collections, and which of them to compare.

    Attributes
    ----------
    words : KeptWords
        Of all stories, those of the new collection first, with what the profile knows flagged.
    sides : Sides
    story : int64 array, one a content
        A story that bears it; the contents of the new collection first.
    hashes : uint64 array, one a content
    one, other : int32 arrays, one a pair
        Numbers of contents, which have other words.
    """

    words: KeptWords
    sides: Sides
    story: Integers
    hashes: Hashes
    one: Numbers
    other: Numbers


def _find_across(
    first_pass: FirstPass, stories: Sequence[Story], news: int, profile: Profile, settings: Settings, workers: Workers
) -> FoundAcross:
    """The candidate pairs of a content of the first `news` of the stories and one of the others."""
    workers.stages.begin(FINDING)
    known = first_pass.recognise(profile, settings, workers)
    sides = Sides.of(known.contents, known.words.story_counts, news, settings.min_words)
    new_story, old_story = sides.new.story, sides.old.story + news
    old_then_new = np.concatenate((old_story, new_story))
    later, earlier = find_candidates_across(known.fingerprints.keys, old_then_new, len(old_story), workers)
    story = np.concatenate((new_story, old_story))
    other_words = sides.equal[later] != earlier
    one, other = later[other_words], earlier[other_words] + np.int32(len(new_story))
    if settings.window_days is not None:
        within = Spans.of(stories, sides.content, len(story)).within(one, other, settings.window_days)
        one, other = one[within], other[within]
    return FoundAcross(known.words, sides, story, known.contents[story], one, other)


def _link_across(found: FoundAcross, profile: Profile, settings: Settings, workers: Workers) -> Links:
    """The linked ones of the candidate pairs.

    For the time of it contents are numbered by their hashes, as in a clustering, so that of two with as many words the
    same one is the longer. The links are sorted by those numbers, not by the ones they are handed back with.
    """
    workers.stages.begin(COMPARING)
    order = np.argsort(found.hashes, kind="stable").astype(np.int32)
    place = np.empty_like(order)
    place[order] = np.arange(len(order), dtype=np.int32)
    contents, alone = Contents.choose(found.words, found.story[order]), np.zeros(len(order), np.bool_)
    links = link_pairs(contents, place[found.one], place[found.other], alone, profile, settings, workers).links
    return replace(links, longer=order[links.longer], shorter=order[links.shorter])


@dataclass(frozen=True, slots=True)
class Sides:
    """The distinct contents of either collection, and which of the old equals which of the new.

    Attributes
    ----------
    new, old : DistinctContents
        Stories and contents are numbered from 0 in each.
    equal : int64 array, one a content of the new collection
        The content of the old one with the same words, -1 if there is none.
    """

    new: DistinctContents
    old: DistinctContents
    equal: Integers

    @classmethod
    def of(cls, hashes: Hashes, story_counts: Integers, news: int, min_words: int) -> Sides:
        """The contents (hashes, one a story, those of the new collection first) of stories with words enough."""
        new = DistinctContents.of(hashes[:news], story_counts[:news], min_words)
        old = DistinctContents.of(hashes[news:], story_counts[news:], min_words)
        old_hashes = hashes[news:][old.story]
        place = np.searchsorted(old_hashes, hashes[new.story])
        found = np.minimum(place, max(len(old_hashes) - 1, 0))
        known = old_hashes[found] == hashes[new.story] if len(old_hashes) else np.zeros(len(new.story), np.bool_)
        return cls(new, old, np.where(known, found, -1))

    @property
    def content(self) -> Integers:
        """The content of each story, the new ones first; -1 for a story too short."""
        old = np.where(self.old.of_story >= 0, self.old.of_story + len(self.new.story), -1)
        return np.concatenate((self.new.of_story, old))
