"""`StoryIndex`: the wire as it comes, kept on disk, with the clusters that a batch job would give at every moment."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, get_args

from storyclust import tables
from storyclust.collect import Source, as_story, stories_of
from storyclust.errors import UnknownStoryError, UsageError
from storyclust.index import reading
from storyclust.index.asking import ask
from storyclust.index.changes import Change
from storyclust.index.incoming import OnExisting, sort_out
from storyclust.index.session import Session
from storyclust.index.shelf import Shelf, bytes_of_name
from storyclust.index.update import Outcome, arrive, leave
from storyclust.index.upkeep import Undated, expire, find_faults, refresh
from storyclust.io import Columns, TableWriter
from storyclust.match.story_links import compare_stories
from storyclust.model import Cluster, Link, Match, Placement, Story

Given = Story | Mapping[str, Any]
# How many stories are added in one transaction by default: at this size going through all postings pays.
COMMIT_EVERY = 5000


class StoryIndex(Session):
    """Stories as they come, one by one or in batches, for years; the clusters are at every moment those of a batch job.

    `create` makes one and `open` opens one, either for a ``with`` block or until `close`. One process writes at a time:
    another one waits; any number read meanwhile, each what was committed last. Every method that changes the index does
    it as a whole or not at all.

    Attributes
    ----------
    path : Path
    settings : Settings
    profile : Profile
        What is known of the corpus: that which the index was made with, until `refresh` learns it anew.

    Examples
    --------
    >>> import tempfile
    >>> lead = "The ferry Anselm ran aground off Marrek at dawn and all of her ninety passengers were taken off by "
    >>> with tempfile.TemporaryDirectory() as folder, StoryIndex.create(f"{folder}/wire.storyclust") as index:
    ...     first = index.add({"id": "1", "text": lead + "lifeboats from two harbours, the coastguard said."})
    ...     second = index.add({"id": "2", "text": "FERRY AGROUND. " + lead + "lifeboats from two harbours."})
    ...     found = index.query(lead + "boats.")
    >>> second.cluster, second.canonical, second.relation, second.size
    ('1', '1', 'copy', 2)
    >>> [(match.id, match.relation) for match in found]
    [('1', 'copy'), ('2', 'copy')]

    It is there when it is opened again, by this process or another:

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/wire.storyclust"
    ...     with StoryIndex.create(path) as index:
    ...         _ = index.add({"id": "wire", "text": lead + "lifeboats.", "published": "2026-03-09"})
    ...     with StoryIndex.open(path) as index:
    ...         _ = index.add({"id": "echo", "text": lead + "lifeboats.", "published": "2026-03-10"})
    ...         print(index.cluster_of("echo").members, [row["relation"] for row in index.assignments()])
    ...         index.remove("wire")
    ...         print(index.cluster_of("echo").members, len(index), "wire" in index)
    ...         for change in index.changes(since=1):
    ...             print(change)
    ('wire', 'echo') ['canonical', 'copy']
    ('echo',) 1 False
    {'number': 2, 'what': 'added', 'cluster': 'wire', 'story': 'echo'}
    {'number': 3, 'what': 'removed', 'cluster': 'wire', 'story': 'wire'}
    {'number': 4, 'what': 'renamed', 'cluster': 'echo', 'was': 'wire'}
    """

    # What changes it

    def add(self, story: Given, *, on_existing: OnExisting = "fail") -> Placement:
        """Add a story, and tell where it stands.

        The very story again, id and text, changes nothing and is told where it stands: feeds deliver twice.

        Parameters
        ----------
        story : Story or dict
            As for `storyclust.cluster_stories`.
        on_existing : {"fail", "replace"}
            What to do where the id stands for another text: raise, or let the new story take the old one's place.

        Returns
        -------
        Placement

        Raises
        ------
        RecordError
            If it cannot become a story.
        DuplicateIdError
            If the id stands for another text.
        OutputError
            If the file cannot be written, or another process does not let go of it.
        """
        return self._add([as_story(story)], on_existing)[0]

    def add_many(
        self,
        stories: Source,
        *,
        columns: Columns | None = None,
        commit_every: int = COMMIT_EVERY,
        on_existing: OnExisting = "fail",
    ) -> Iterator[Placement]:
        """Add many stories, so many in one transaction, and tell of each where it stands when that was committed.

        Stories are taken and added as the placements are asked for. If it is broken off, what was told is kept, and the
        same stories can be given again: those that are there change nothing. In bulk a story takes a fraction of the
        time that `add` does.

        Parameters
        ----------
        stories : iterable of Story or dict, data frame, storyclust.Texts, path or paths
            Whatever `cluster_stories` takes; what is iterated is taken as it comes.
        columns : Columns, optional
            Which columns hold the fields.
        commit_every : int, at least 1
            Stories that are added in one transaction, whole or not at all: where one of them cannot be added, none is.
        on_existing : {"fail", "replace"}
            As for `add`; of two texts for one id among the stories the later takes the place.

        Yields
        ------
        Placement
            One for each story, in their order.

        Raises
        ------
        RecordError, DuplicateIdError, OutputError
            As `add`.
        MissingColumnError
            If the columns asked for are not there.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder, StoryIndex.create(f"{folder}/wire.storyclust") as index:
        ...     [placement.is_new for placement in index.add_many([{"id": "a", "text": ""}, {"id": "b", "text": ""}])]
        [True, True]
        """
        if isinstance(commit_every, bool) or not isinstance(commit_every, int) or commit_every < 1:
            raise UsageError(f"commit_every is {commit_every!r}; expected a whole number of at least 1")
        coming = stories_of(stories, columns=columns)
        while batch := list(islice(coming, commit_every)):
            yield from self._add(batch, on_existing)

    def _add(self, stories: list[Story], on_existing: OnExisting) -> list[Placement]:
        if on_existing not in get_args(OnExisting):
            raise UsageError(f"on_existing is {on_existing!r}; expected one of {', '.join(get_args(OnExisting))}")
        moment = time.time_ns() // 1000
        with self._writing() as shelf:
            new, replaced = sort_out(shelf, stories, on_existing)
            changes = leave(shelf, replaced) if replaced else []
            arrived = arrive(shelf, new, moment) if new else Outcome([], 0)
            ids = {each.story.id for each in new}
            asked = [(story.id, story.id in ids) for story in stories]
            return reading.placements(shelf, asked, Outcome([*changes, *arrived.changes], arrived.touched))

    def remove(self, id: str) -> None:
        """Remove a story: the index is what it would be if it had never been added.

        Raises
        ------
        UnknownStoryError
        """
        with self._writing() as shelf:
            leave(shelf, [_find(shelf, id)])

    def expire(self, *, before: datetime, undated: Undated = "keep") -> int:
        """Let go of the texts of stories that appeared before a moment, and of what they are found by; how many.

        Their ids and clusters are kept, so that no assignment changes; stories that come are compared with them no
        more. `compact` gives the space back.

        Parameters
        ----------
        before : datetime
            In UTC where it has no zone.
        undated : {"keep", "expire"}
            Whether a story without a date is kept, or counts from its arrival.
        """
        if not isinstance(before, datetime):
            raise UsageError(f"before is {before!r}; expected a datetime")
        if undated not in get_args(Undated):
            raise UsageError(f"undated is {undated!r}; expected one of {', '.join(get_args(Undated))}")
        moment = Story("-", "", published=before).moment or 0
        with self._writing() as shelf:
            return len(expire(shelf, moment, undated))

    def refresh(self) -> int:
        """Learn the profile anew from all stories, and form all clusters by it; how many changes that made.

        Afterwards the index is what `storyclust.cluster_stories` makes of the same stories; those that have expired
        stand alone. It takes as long as adding all stories anew.
        """
        with self._writing() as shelf:
            refreshed, changes = refresh(shelf)
        self._shelf = refreshed
        return len(changes)

    # What it says

    def query(self, text: str, *, source: str | None = None) -> tuple[Match, ...]:
        """The stories that a text is linked with, the strongest relation first; nothing is added.

        Parameters
        ----------
        text : str
            One of fewer words than `Settings.min_words` is linked with nothing.
        source : str, optional
            The outlet it is from: what its pages repeat is known to be no story.

        Returns
        -------
        tuple of Match
            By relation, share and rank. Of stories with the same words the first in rank that has not expired is told.
        """
        with self._reading() as shelf:
            return tuple(ask(shelf, Story("-", text, source=source)))

    def __len__(self) -> int:
        """How many stories it has, those that have expired among them."""
        with self._reading() as shelf:
            (count,) = shelf.connection.execute("SELECT count(*) FROM stories").fetchone()
        return int(count)

    def __contains__(self, id: object) -> bool:
        """Whether it has a story of this id."""
        with self._reading() as shelf:
            return isinstance(id, str) and _number(shelf, id) is not None

    def placement(self, id: str) -> Placement:
        """Where a story stands now, with nothing merged, split or renamed; UnknownStoryError if there is none."""
        with self._reading() as shelf:
            _find(shelf, id)
            return reading.placements(shelf, [(id, False)], Outcome([], 0))[0]

    def story(self, id: str) -> Story:
        """A story as it was added; UnknownStoryError if there is none, or its text has expired."""
        with self._reading() as shelf:
            found = shelf.stories([_find(shelf, id)])
        if not found:
            raise UnknownStoryError(f"the text of the story {id!r} has expired; expected the id of one that has not")
        return next(iter(found.values()))

    def clusters(self) -> Iterator[Cluster]:
        """All clusters, lone stories included, in order of rank, as they stand when the first is asked for."""
        with self._reading() as shelf:
            for gathered in reading.gather(shelf, reading.heads_by_rank(shelf)):
                yield reading.as_cluster(shelf, gathered)

    def cluster_of(self, id: str) -> Cluster:
        """The cluster a story is in; UnknownStoryError if there is no such story."""
        with self._reading() as shelf:
            (gathered,) = reading.gather(shelf, [reading.head_of(shelf, _find(shelf, id))])
            return reading.as_cluster(shelf, gathered)

    def explain(self, id_a: str, id_b: str) -> Link:
        """Two stories compared, linked or not: passages with offsets, and in words why; as `StoryClusters.explain`.

        UnknownStoryError if there is no such story, or its text has expired.
        """
        return compare_stories(self.story(id_a), self.story(id_b), self.settings, self.profile)

    def cluster_row(self, id: str) -> dict[str, Any]:
        """The cluster a story is in, as a row of `storyclust.tables.CLUSTERS`; UnknownStoryError if there is none."""
        with self._reading() as shelf:
            (gathered,) = reading.gather(shelf, [reading.head_of(shelf, _find(shelf, id))])
            return reading.cluster_row(shelf, gathered)

    def cluster_rows(self) -> Iterator[dict[str, Any]]:
        """One row a cluster of two stories or more, by rank: the columns of `storyclust.tables.CLUSTERS`."""
        with self._reading() as shelf:
            for gathered in reading.gather(shelf, reading.heads_by_rank(shelf)):
                if len(gathered.members) > 1:
                    yield reading.cluster_row(shelf, gathered)

    def assignments(self) -> Iterator[dict[str, Any]]:
        """One row a story, by cluster and rank: the columns of `storyclust.tables.ASSIGNMENTS`."""
        with self._reading() as shelf:
            for gathered in reading.gather(shelf, reading.heads_by_rank(shelf)):
                yield from reading.assignment_rows(shelf, gathered)

    def changes(self, *, since: int = 0) -> Iterator[Change]:
        """What changed after the change of that number, in order: dicts of ``number``, ``what``, ``cluster`` and more.

        Carried out one after another they lead from an empty index to this one: `docs/live-index.md` says how, with an
        example. They are those there are when the first is asked for; numbers rise, and none is given twice.
        """
        if isinstance(since, bool) or not isinstance(since, int) or since < 0:
            raise UsageError(f"since is {since!r}; expected the number of a change, or 0 for all")
        with self._reading() as shelf:
            yield from reading.changes_since(shelf, since)

    def stats(self) -> dict[str, Any]:
        """How much there is.

        Returns
        -------
        dict
            Counts: ``stories``, those ``expired`` and ``undated`` among them, ``clusters``, ``clusters_of_several``,
            ``largest_cluster``, ``copies_to_drop``, ``candidate_pairs``, ``linked_contents``, ``hot_keys`` (as
            `storyclust.counts.Counts` has them), the last number of ``changes``, ``bytes``; ``settings`` as a dict; the
            digest of the ``profile``.
        """
        with self._reading() as shelf:
            return reading.figures(shelf)

    def verify(self) -> None:
        """Read the whole file, and raise DamagedIndexError, a DataError, at what is not as it was written."""
        with self._reading() as shelf:
            find_faults(shelf)

    # What it is made into

    def export(self, path: str | os.PathLike[str]) -> int:
        """Write all stories that have a text to a file, as any job reads them: ``.jsonl``, ``.csv`` or ``.parquet``.

        How many. In the order in which they were added.
        """
        with self._reading() as shelf, TableWriter(path, tables.STORIES, metadata={}) as table:
            count = 0
            for story in reading.stories(shelf):
                table.write(tables.story_row(story))
                count += 1
        return count

    def write_assignments(self, path: str | os.PathLike[str]) -> None:
        """Write `assignments` to a file, as `StoryClusters.write_assignments`."""
        with TableWriter(path, tables.ASSIGNMENTS, metadata=tables.metadata(self.settings, self.profile)) as table:
            table.write_all(self.assignments())

    def write_clusters(self, path: str | os.PathLike[str]) -> None:
        """Write the clusters of two stories or more to a file, as `StoryClusters.write_clusters`."""
        with TableWriter(path, tables.CLUSTERS, metadata=tables.metadata(self.settings, self.profile)) as table:
            table.write_all(self.cluster_rows())


def _number(shelf: Shelf, id: str) -> int | None:
    row = shelf.connection.execute("SELECT number FROM stories WHERE id = ?", (bytes_of_name(id),)).fetchone()
    return None if row is None else int(row[0])


def _find(shelf: Shelf, id: str) -> int:
    number = _number(shelf, id) if isinstance(id, str) else None
    if number is None:
        raise UnknownStoryError(
            f"no story of the index has the id {id!r}; expected the id of one that was added, as text"
        )
    return number
