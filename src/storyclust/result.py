"""What came out: look up, iterate, explain, export.

`StoryClusters` holds the stories and the arrays the stages left; clusters and links become objects
when they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import numpy.typing as npt

from storyclust import tables
from storyclust.cluster.canonical import canonical_stories, why_alone
from storyclust.cluster.clustering import Clustering
from storyclust.collect import Collected
from storyclust.counts import Counts
from storyclust.coverage import Coverage
from storyclust.errors import UnknownStoryError, UsageError
from storyclust.io.columns import Stretch
from storyclust.match.contents import Contents
from storyclust.match.links import Links
from storyclust.match.story_links import StoryLinks, StoryPairs, compare_stories, pair_stories
from storyclust.model import Cluster, Level, Link, Reject, Story
from storyclust.overview import CREDITED, Figures, Overview
from storyclust.parallel import Workers
from storyclust.profile import Profile
from storyclust.progress import Progress
from storyclust.result_files import Path, ResultFiles
from storyclust.settings import Settings

if TYPE_CHECKING:
    from storyclust.index.index import StoryIndex
    from storyclust.report import Report


class StoryClusters(ResultFiles):
    """The clusters of a collection of stories. Print it, and it tells you what you have.

    Iterating gives the clusters in order of rank; ``len`` counts them.

    Attributes
    ----------
    stories : tuple of Story
        In order of rank: published, undated last, then id.
    positions : tuple of int
        Where each of them stood in the input, counted from 0 over the records that could be read.
    settings : Settings
    profile : Profile
    rejects : tuple of Reject
        Records that did not become stories, with the reason.
    counts : Counts
    """

    def __init__(
        self,
        *,
        collected: Collected,
        settings: Settings,
        profile: Profile,
        content: npt.NDArray[np.int64],
        word_counts: npt.NDArray[np.int64],
        story_counts: npt.NDArray[np.int64],
        contents: Contents,
        links: Links,
        missed: Links,
        clusterings: Mapping[Level, Clustering],
        canonicals: list[tuple[int, str]],
        counts: Counts,
    ) -> None:
        """Hold what the pipeline made; use `cluster_stories` to make it."""
        self.stories = tuple(collected.stories)
        self.settings = settings
        self.profile = profile
        self.rejects: tuple[Reject, ...] = tuple(collected.rejects)
        self.unread_date_examples = tuple(collected.unread_date_examples)
        self.counts = counts
        self.positions = tuple(collected.positions)
        self._content = content
        self._word_counts = word_counts
        self._story_counts = story_counts
        self._contents = contents
        self._links = links
        self._missed = missed
        self._clusterings = clusterings
        self._clustering = clusterings[settings.level]
        self._canonicals = canonicals

    def __str__(self) -> str:
        """Stories, clusters, copies."""
        numbers = [(len(self.stories), "story", "stories"), (len(self), "cluster", "clusters")]
        drop = self._copies_to_drop
        counted = ", ".join(f"{number:,} {one if number == 1 else several}" for number, one, several in numbers)
        return f"StoryClusters: {counted}, {drop:,} {'copy' if drop == 1 else 'copies'} to drop"

    __repr__ = __str__

    @property
    def _copies_to_drop(self) -> int:
        """How many stories are copies of another that is kept, whatever the level of the clusters."""
        return len(self.stories) - len(self._clusterings["copy"])

    def __len__(self) -> int:
        """The number of clusters."""
        return len(self._clustering)

    def __iter__(self) -> Iterator[Cluster]:
        """The clusters in order of rank."""
        return iter(self.clusters)

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """All clusters, lone stories included, in the order of their first stories."""
        ids = [story.id for story in self.stories]
        members = [ids[story] for story in self._clustering.members.tolist()]
        edges = self._clustering.first_member.tolist()
        chosen = iter(self._canonicals)
        linked = {int(content) for side in (self._links.longer, self._links.shorter) for content in np.unique(side)}
        clusters = []
        for start, stop in pairwise(edges):
            own = tuple(members[start:stop])
            place, reason = next(chosen) if len(own) > 1 else (0, self._why_alone(start, linked))
            clusters.append(Cluster(own[0], self.settings.level, own[place], reason, own))
        return tuple(clusters)

    def _why_alone(self, place: int, linked: set[int]) -> str:
        story = self._clustering.members[place]
        words, story_words = int(self._word_counts[story]), int(self._story_counts[story])
        is_linked = int(self._content[story]) in linked
        fewest, status = self.settings.min_words, self.stories[story].status
        return why_alone(words, story_words, fewest, is_linked=is_linked, status=status)

    @cached_property
    def _number_of(self) -> dict[str, int]:
        return {story.id: number for number, story in enumerate(self.stories)}

    def _number(self, id: str) -> int:
        try:
            return self._number_of[id]
        except (KeyError, TypeError):
            raise UnknownStoryError(
                f"no story has the id {id!r}; expected one of the {len(self.stories)} ids of this result, as text"
            ) from None

    def story(self, id: str) -> Story:
        """The story of an id; UnknownStoryError if there is none."""
        return self.stories[self._number(id)]

    def cluster_of(self, id: str) -> Cluster:
        """The cluster a story is in; UnknownStoryError if there is no such story."""
        return self.clusters[int(self._clustering.of_story[self._number(id)])]

    def explain(self, id_a: str, id_b: str) -> Link:
        """Two stories compared, linked or not: passages with offsets, and in words why.

        ``link.relation`` is None where they are not linked. Two stories of one cluster need not be linked
        themselves: each may be a copy of a third.
        """
        return compare_stories(self.story(id_a), self.story(id_b), self.settings, self.profile)

    @cached_property
    def _pairs(self) -> StoryPairs:
        ids = [story.id for story in self.stories]
        return pair_stories(self._links.edges, self._content, len(self._contents), ids)

    def links(self, *, threads: int | None = None) -> Iterator[Link]:
        """All linked pairs, sorted by the two ids.

        Where more than 64 stories have the same words, each is paired with the 4 first of them only;
        `summary` says how many pairs that leaves out.
        """
        with Workers(threads) as workers:
            yield from self._story_links.each(workers)

    def link_columns(self, *, threads: int | None = None, progress: Progress | None = None) -> Iterator[Stretch]:
        """The same pairs as the columns of `storyclust.tables.LINKS`, a stretch at a time: quicker to write."""
        return tables.link_columns(self._story_links, threads, progress)

    @property
    def _story_links(self) -> StoryLinks:
        return StoryLinks(self._pairs, self._links, self._contents, self._content, self.stories, self.settings)

    def assignments(self) -> Iterator[dict[str, Any]]:
        """One row a story, by cluster and rank: the columns of `storyclust.tables.ASSIGNMENTS`."""
        figures = tables.figures_to_canonical(
            *(self._clustering, self._canonical_numbers, self._content),
            *(self._contents.narrated_counts, self._links.edges),
        )
        return tables.assignment_rows(
            [story.id for story in self.stories],
            self._clustering,
            self._canonical_numbers,
            figures,
            self._names("version"),
            self._names("copy"),
        )

    def _names(self, level: Level) -> list[str]:
        """The name of each story's cluster at a level, nested in those of the level asked for."""
        clustering = self._clusterings[level]
        heads = clustering.members[clustering.first_member[:-1]][clustering.of_story]
        return [self.stories[head].id for head in heads.tolist()]

    def at_level(self, level: Level) -> tuple[tuple[str, ...], ...]:
        """The members of each cluster at a level, by rank; the levels nest.

        >>> from storyclust import cluster_stories, load_newsroom
        >>> result = cluster_stories(load_newsroom().stories)
        >>> [len(result.at_level(level)) for level in ("partial", "version", "copy")] == sorted(
        ...     len(result.at_level(level)) for level in ("partial", "version", "copy")
        ... )
        True
        """
        if level not in self._clusterings:
            raise UsageError(f"level is {level!r}; expected one of {', '.join(self._clusterings)}")
        clustering = self._clusterings[level]
        members = [self.stories[story].id for story in clustering.members.tolist()]
        return tuple(tuple(members[start:stop]) for start, stop in pairwise(clustering.first_member.tolist()))

    @cached_property
    def _canonical_numbers(self) -> npt.NDArray[np.int64]:
        """The number of each cluster's canonical story."""
        return canonical_stories(self._clustering, self._canonicals)

    def kept_stories(self) -> list[Story]:
        """The canonical stories in the order of the input."""
        kept = self._canonical_numbers.tolist()
        return [self.stories[number] for number in sorted(kept, key=self.positions.__getitem__)]

    def kept_positions(self) -> list[int]:
        """Where the canonical stories stood in the input, rising, counted from 0 over readable records."""
        return sorted(self.positions[number] for number in self._canonical_numbers.tolist())

    def summary(self) -> dict[str, Any]:
        """Figures, settings and the profile's digest: what a result is to be filed with."""
        kept = self._canonical_numbers
        return {
            "format": tables.FORMAT,
            "stories": len(self.stories),
            "clusters": len(self),
            "clusters_of_several": len(self._canonicals),
            "largest_cluster": int(self._clustering.sizes.max(initial=0)),
            "copies_to_drop": self._copies_to_drop,
            "words": int(self._word_counts.sum()),
            "words_to_drop": int(self._word_counts.sum() - self._word_counts[kept].sum()),
            "links": len(self._pairs.a),
            "links_unlisted": self._pairs.unlisted,
            "rejects": len(self.rejects),
            **asdict(self.counts),
            **self.overview.to_dict(),
            "settings": self.settings.to_dict(),
            "profile": self.profile.digest,
        }

    @cached_property
    def overview(self) -> Overview:
        """The result at a glance: the largest clusters, the outlets and agencies of most stories, what to look at."""
        figures = Figures.of(
            self.stories,
            self.settings,
            rejects=len(self.rejects),
            links=len(self._pairs.a),
            links_unlisted=self._pairs.unlisted,
            unread_dates=self.counts.unread_dates,
            short=int(np.sum(self._content < 0)),
            hot_keys=self.counts.hot_keys,
        )
        largest = [
            (self.stories[self._canonical_numbers[cluster]], [self.stories[member] for member in members])
            for cluster, members in self._clustering.largest(CREDITED)
        ]
        return Overview.of(self.stories, largest, figures)

    def to_index(self, path: Path, *, threads: int | None = None) -> StoryIndex:
        """Make a new index of all stories, which goes on from here: with these settings, this profile, these clusters.

        If it fails, no file is left.

        Parameters
        ----------
        path : path of a file that is not there
        threads : int, optional
            How many threads to use, all processors by default.

        Returns
        -------
        StoryIndex
            Open, for a ``with`` block or until it is closed.

        Raises
        ------
        SettingsError
            If the settings have pairs of stories that must or cannot be linked: these are for batch jobs.
        OutputError
            If there is such a file, or it cannot be made.

        Examples
        --------
        >>> import tempfile
        >>> from storyclust import cluster_stories, load_newsroom
        >>> result = cluster_stories(load_newsroom().stories)
        >>> with tempfile.TemporaryDirectory() as folder, result.to_index(f"{folder}/wire.storyclust") as index:
        ...     tuple(index.clusters()) == result.clusters
        True
        """
        # The index stands on the results of jobs, and this is the one step from here to there.
        from storyclust.index.index import StoryIndex

        index = StoryIndex.create(path, settings=self.settings, profile=self.profile, threads=threads)
        try:
            for _ in index.add_many(self.stories):
                pass
        except BaseException:
            index.close()
            index.path.unlink()
            raise
        return index

    def report(
        self,
        path: Path | BinaryIO,
        *,
        text_bytes: int = 28_000_000,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Write a page to look at: figures, plots, the clusters with their texts, what they share marked in place.

        It goes to a path or a binary stream; any browser opens it, and it asks for nothing from anywhere. `text_bytes`
        bounds what the texts take, packed: the smallest clusters go without beyond that. See `docs/report.md`.
        """
        from storyclust.report import Evidence, write_report

        arrays = self._content, self._contents, self._word_counts, self._links, self._missed, self._clusterings
        shown = self.clusters, self.rejects, self.summary()
        evidence = Evidence(self.stories, self.settings, self.profile, *arrays, *shown)
        return write_report(evidence, path, text_bytes=text_bytes, threads=threads, progress=progress)

    def cluster_rows(self) -> Iterator[dict[str, Any]]:
        """One row a cluster of two stories or more: the columns of `storyclust.tables.CLUSTERS`."""
        return (tables.cluster_row(each, self.coverage(each.id)) for each in self.clusters if len(each) > 1)

    def coverage(self, id: str) -> Coverage:
        """Who ran the stories of the cluster that a story is in, of which agency it is, when first and last seen."""
        return Coverage.of([self.story(member) for member in self.cluster_of(id).members])

    def source_rows(self) -> Iterator[dict[str, Any]]:
        """How many stories of each agency every outlet carries: the columns of `storyclust.tables.SOURCES`.

        An agency is what the story came with; else the outlet itself, if it is one; else what the text credits.
        """
        return tables.source_rows(self.stories)

    def metadata(self) -> dict[str, str]:
        """What is saved inside Parquet files: format version, settings, profile digest."""
        return tables.metadata(self.settings, self.profile)
