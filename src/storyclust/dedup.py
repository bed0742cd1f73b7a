"""Keep one story of each cluster: the same kind of container back, canonical stories only.

`plan_deduplication` says what would go before anything does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from storyclust.carriers import Carrier, carrier_of
from storyclust.collect import Source, holds_paths
from storyclust.io import Columns, Record, StoryReader
from storyclust.io.reader import OnError
from storyclust.model import Level
from storyclust.pipeline import cluster_stories
from storyclust.profile import Profile
from storyclust.progress import Progress
from storyclust.result import StoryClusters
from storyclust.settings import CanonicalRule, Settings

# What is dropped at each level.
DROPPED_AS = {"copy": "copies", "version": "versions", "partial": "reuse"}


@dataclass(frozen=True)
class Deduplication:
    """What de-duplication would do, or has done. Print it.

    Attributes
    ----------
    result : StoryClusters
        The clusters, with the reason for every choice.
    kept_positions : list of int
        Where the stories to keep stand in the input, counted from 0 over readable records, rising.
    """

    result: StoryClusters
    kept_positions: list[int]

    def kept_records(self, reader: StoryReader) -> Iterator[Record]:
        """The records of the stories to keep, read once more from the reader the plan was made with."""
        wanted = iter(self.kept_positions)
        next_kept = next(wanted, None)
        for position, located in enumerate(reader):
            if position == next_kept:
                yield located.record
                next_kept = next(wanted, None)

    def ninjs_items(self) -> Iterator[dict[str, Any]]:
        """The stories to keep as items of IPTC ninjs 3.1, in the order of the input.

        The ``associations`` of each name the stories it stands for by what they are to it.
        """
        stories = zip(self.result.stories, self.result.positions, strict=True)
        position_of = {story.id: position for story, position in stories}
        kept = set(self.kept_positions)
        items = [item for item in self.result.ninjs_items() if position_of[item["uri"]] in kept]
        yield from sorted(items, key=lambda item: position_of[item["uri"]])

    def __str__(self) -> str:
        """What is saved."""
        summary = self.result.summary()
        stories, words = summary["stories"], summary["words"]
        share = summary["words_to_drop"] / words if words else 0.0
        dropped = stories - summary["clusters"]
        return (
            f"Deduplication: {summary['clusters']:,} of {stories:,} stories to keep, "
            f"{dropped:,} to drop as {DROPPED_AS[self.result.settings.level]}; "
            f"that saves {summary['words_to_drop']:,} of {words:,} words ({share:.1%})"
        )

    __repr__ = __str__


def plan_deduplication(
    stories: Source,
    *,
    level: Level = "copy",
    keep: CanonicalRule | None = None,
    columns: Columns | None = None,
    settings: Settings | None = None,
    profile: Profile | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    on_error: OnError = "fail",
    progress: Progress | None = None,
) -> Deduplication:
    """Work out what `deduplicate` would keep and drop; the arguments are the same.

    >>> from storyclust import load_newsroom
    >>> print(plan_deduplication(load_newsroom().stories))
    Deduplication: 170 of 243 stories to keep, 73 to drop as copies; that saves ... words (...%)
    """
    settings = replace(settings or Settings(), level=level)
    if keep is not None:
        settings = replace(settings, canonical=keep)
    result = cluster_stories(
        stories,
        columns=columns,
        settings=settings,
        profile=profile,
        threads=threads,
        memory=memory,
        on_error=on_error,
        progress=progress,
    )
    return Deduplication(result, result.kept_positions())


def deduplicate(
    stories: Any,
    *,
    level: Level = "copy",
    keep: CanonicalRule | None = None,
    columns: Columns | None = None,
    settings: Settings | None = None,
    profile: Profile | None = None,
    threads: int | None = None,
    memory: int | str | None = None,
    on_error: OnError = "fail",
    progress: Progress | None = None,
) -> Any:
    """The stories without their copies, in the order given.

    Parameters
    ----------
    stories : list or tuple of Story or dict, other iterable of them, data frame, column, data set, Texts, or paths
        All that `cluster_stories` takes.
    level : {"copy", "version", "partial"}
        One story is kept of each cluster at this level, whatever that of the settings.
    keep : {"centroid", "earliest", "longest"}, optional
        Which story of a cluster is kept, in place of ``settings.canonical``.
    columns, settings, profile, threads, memory, on_error, progress
        As for `cluster_stories`.

    Returns
    -------
    list, tuple, data frame, column, array or data set
        The same kind of container with the very items or rows given, a frame with its index and all its columns, lazy
        if it was. Of other iterables a list; from paths, a list of Story. Rows that are no stories, which
        ``on_error="skip"`` lets pass, are not among them: `plan_deduplication` tells of those.

    Examples
    --------
    >>> kept = deduplicate([{"id": name, "text": "One ferry, two outlets, the same words. " * 5} for name in "ba"])
    >>> [story["id"] for story in kept]
    ['a']
    """
    held = stories if holds_paths(stories) else carrier_of(list(stories) if isinstance(stories, Iterator) else stories)
    plan = plan_deduplication(
        held,
        level=level,
        keep=keep,
        columns=columns,
        settings=settings,
        profile=profile,
        threads=threads,
        memory=memory,
        on_error=on_error,
        progress=progress,
    )
    return held.keep(plan.kept_positions) if isinstance(held, Carrier) else plan.result.kept_stories()
