"""A result at a glance: its largest clusters, who carries most, and what to look at before it is used.

In: stories, the largest clusters, and figures. Out: frozen objects that a terminal, a report and a summary file show
alike. Texts are read of a bounded number of stories, so that a glance costs next to nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from storyclust.coverage import Coverage
from storyclust.model import Story
from storyclust.settings import Settings
from storyclust.text.suppliers import UNNAMED, agencies_of

# How many clusters, outlets and agencies a glance takes in.
SHOWN = 5
# The largest clusters, whose stories to keep are asked for their agency: reading a text takes a millisecond.
CREDITED = 25
# What is so of fewer stories than these says nothing.
ENOUGH = 20
# From these shares on something is out of the ordinary.
MANY_REJECTED, MANY_UNREAD, MANY_SHORT, MANY_HOT, MANY_UNDATED, LARGE_PART = 0.05, 0.05, 0.1, 0.1, 0.5, 0.25

NoticeKind = Literal[
    "nothing_linked",
    "rejected",
    "unread_dates",
    "undated",
    "no_sources",
    "too_short",
    "one_cluster",
    "hot_keys",
    "links_unlisted",
]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to look at before a result is used.

    Attributes
    ----------
    kind : str
        What it is, for programs: ``docs/file-formats.md`` lists the kinds.
    number : int
        How many stories, records, keys or pairs it is about.
    message : str
        What is so and what to do, in a sentence; options are named as the command line has them.
    """

    kind: NoticeKind
    number: int
    message: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a result that may call for a look.

    Attributes
    ----------
    stories, rejects, links : int
    unread_dates, undated : int
        Stories whose date could not be read, and stories without a date, those included.
    unnamed : int
        Stories without an outlet.
    short : int
        Stories of fewer words than `Settings.min_words`.
    empty : int
        Stories whose text has no word at all, which are short too.
    min_words : int
    hot_keys, links_unlisted : int
        As in the summary of the result.
    """

    stories: int
    rejects: int
    links: int
    unread_dates: int
    undated: int
    unnamed: int
    short: int
    empty: int
    min_words: int
    hot_keys: int
    links_unlisted: int

    @classmethod
    def of(
        cls,
        stories: Sequence[Story],
        settings: Settings,
        *,
        rejects: int,
        links: int,
        links_unlisted: int,
        unread_dates: int,
        short: int,
        hot_keys: int = 0,
    ) -> Self:
        """The figures of these stories, with those that a job has counted."""
        return cls(
            stories=len(stories),
            rejects=rejects,
            links=links,
            unread_dates=unread_dates,
            undated=sum(story.published is None for story in stories),
            unnamed=sum(story.source is None for story in stories),
            short=short,
            empty=sum(not any(map(str.isalnum, story.text)) for story in stories),
            min_words=settings.min_words,
            hot_keys=hot_keys,
            links_unlisted=links_unlisted,
        )


Headline = tuple[str | None, str | None]
"""An outlet, and what it calls a story."""


@dataclass(frozen=True, slots=True)
class LargeCluster:
    """One of the largest clusters.

    Attributes
    ----------
    cluster : str
        Its name.
    canonical : str
        The id of the story to keep.
    title : str or None
        That story's headline; where its outlet has it on stories of other clusters too, so that it is a name of the
        site, the commonest headline of the cluster of which that is not so.
    coverage : Coverage
        Who ran its stories, and when; the agencies are those of the story to keep.
    """

    cluster: str
    canonical: str
    title: str | None
    coverage: Coverage

    @classmethod
    def of(cls, canonical: Story, members: Sequence[Story], headlines: Counter[Headline]) -> Self:
        """That of some stories, by rank, one of which is to be kept; headlines: those of all stories."""
        coverage = Coverage.by(members, [agencies_of(canonical)])
        here = Counter(map(_headline, members))
        telling = (each for each in members if each.title and here[_headline(each)] == headlines[_headline(each)])
        own = Counter(story.title for story in telling)
        title = canonical.title if canonical.title in own or not own else own.most_common(1)[0][0]
        return cls(members[0].id, canonical.id, title, coverage)


@dataclass(frozen=True, slots=True)
class Carried:
    """How many stories are of an outlet, or in clusters of an agency's stories."""

    name: str
    stories: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A result at a glance.

    Attributes
    ----------
    largest : tuple of LargeCluster
        The largest clusters of two stories or more, five at most; of equals the first in rank.
    sources : tuple of Carried
        The outlets of most stories, five at most; none of a single story.
    agencies : tuple of Carried
        The agencies of the stories to keep of the 25 largest clusters, by the stories of these; five at most.
    notices : tuple of Notice
        What to look at, what weighs most first; none where all is well.

    Examples
    --------
    >>> from storyclust import cluster_stories, load_newsroom
    >>> overview = cluster_stories(load_newsroom().stories).overview
    >>> overview.largest[1].canonical, overview.largest[1].coverage.stories
    ('corvane-ferry', 8)
    >>> overview.notices
    ()
    """

    largest: tuple[LargeCluster, ...]
    sources: tuple[Carried, ...]
    agencies: tuple[Carried, ...]
    notices: tuple[Notice, ...]

    @classmethod
    def of(cls, stories: Sequence[Story], clusters: Sequence[tuple[Story, Sequence[Story]]], figures: Figures) -> Self:
        """The overview of stories and of the `CREDITED` largest clusters: the story to keep and all, largest first."""
        headlines = Counter(map(_headline, stories))
        large = [LargeCluster.of(*cluster, headlines) for cluster in clusters]
        sources = Counter(story.source for story in stories if story.source is not None)
        agencies: Counter[str] = Counter()
        for each in large:
            for agency in each.coverage.agencies:
                agencies[agency] += each.coverage.stories
        del agencies[UNNAMED]
        return cls(tuple(large[:SHOWN]), _most(sources), _most(agencies), notices_of(figures, large[:1]))

    def to_dict(self) -> dict[str, Any]:
        """The same as a summary file has it."""
        return {
            "largest_clusters": [_row(each) for each in self.largest],
            "top_sources": [{"source": each.name, "stories": each.stories} for each in self.sources],
            "top_agencies": [{"agency": each.name, "stories": each.stories} for each in self.agencies],
            "notices": [asdict(notice) for notice in self.notices],
        }


def _headline(story: Story) -> Headline:
    return story.source, story.title


def _most(counts: Counter[str]) -> tuple[Carried, ...]:
    by_number = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Carried(name, number) for name, number in by_number[:SHOWN] if number > 1)


def _row(large: LargeCluster) -> dict[str, Any]:
    coverage = large.coverage
    return {
        "cluster": large.cluster,
        "canonical": large.canonical,
        "title": large.title,
        "size": coverage.stories,
        "sources": len(coverage.outlets),
        "agencies": list(coverage.agencies),
        "first_published": coverage.first and coverage.first.isoformat(),
        "last_published": coverage.last and coverage.last.isoformat(),
    }


def notices_of(figures: Figures, largest: Sequence[LargeCluster] = ()) -> tuple[Notice, ...]:
    """What to look at in a result of these figures, and of this largest cluster, if it has one.

    >>> undated = [Story(str(number), "No word.", source="Echo") for number in range(40)]
    >>> nothing = Figures.of(undated, Settings(), rejects=0, links=0, links_unlisted=0, unread_dates=0, short=39)
    >>> [notice.kind for notice in notices_of(nothing)]
    ['nothing_linked', 'too_short', 'undated']
    """
    return (*_of_reading(figures), *_of_clusters(figures, largest))


def _of_reading(figures: Figures) -> Iterable[Notice]:
    """What may be wrong with what came in."""
    stories, rejects = figures.stories, figures.rejects
    if stories >= ENOUGH and not figures.links:
        yield Notice(
            "nothing_linked",
            stories,
            "No two stories are linked. Check that --text names the column of the whole text; storyclust explain says "
            "of any two why they are not",
        )
    if _is_many(rejects, stories + rejects, MANY_REJECTED):
        yield Notice(
            "rejected",
            rejects,
            f"{_part(rejects, stories + rejects)} records were rejected. --rejects FILE gives the reason of each; "
            "--id and --text name columns that go by other names",
        )
    # Where all are short nothing can be linked, however few they are.
    if _is_many(figures.short, stories, MANY_SHORT) or figures.short == stories >= 2:
        have = "has" if figures.empty == 1 else "have"
        empty = f"; {figures.empty:,} of these {have} no text at all" if figures.empty else ""
        yield Notice(
            "too_short",
            figures.short,
            f"{_part(figures.short, stories)} stories have fewer than {figures.min_words:,} words, and stand alone"
            f"{empty}. Check that --text names the column of the whole text, or lower --min-words",
        )
    if _is_many(figures.unread_dates, stories, MANY_UNREAD):
        yield Notice(
            "unread_dates",
            figures.unread_dates,
            f"{_part(figures.unread_dates, stories)} dates could not be read. Write them as 2026-03-09T06:10:00Z, or "
            "name another column with --published",
        )
    without = figures.undated - figures.unread_dates
    if _is_many(without, stories, MANY_UNDATED):
        yield Notice(
            "undated",
            without,
            f"{_part(without, stories)} stories have no date, so that nobody can tell which came first. Name the "
            "column with --published",
        )
    if figures.unnamed == stories >= ENOUGH:
        yield Notice(
            "no_sources",
            stories,
            "No story names its outlet, which helps to know the lines that an outlet repeats. Name the column with "
            "--source",
        )


def _of_clusters(figures: Figures, largest: Sequence[LargeCluster]) -> Iterable[Notice]:
    """What may be wrong with what came out."""
    for each in largest:
        size = each.coverage.stories
        if size >= ENOUGH and size >= LARGE_PART * figures.stories:
            yield Notice(
                "one_cluster",
                size,
                f"One cluster holds {_part(size, figures.stories)} stories. See with storyclust explain what two of "
                "them share; --level version or copy makes clusters narrower, --rules FILE names phrases that count "
                "for nothing",
            )
    if _is_many(figures.hot_keys, figures.stories, MANY_HOT):
        yield Notice(
            "hot_keys",
            figures.hot_keys,
            f"{figures.hot_keys:,} phrases stand in more than 64 stories each, and few pairs of these were compared. "
            "If they are clutter, name them in a file for --rules",
        )
    if figures.links_unlisted:
        yield Notice(
            "links_unlisted",
            figures.links_unlisted,
            f"{figures.links_unlisted:,} pairs of equal stories are not listed as links: of more than 64 equal ones "
            "each is listed with four. The clusters have them all",
        )


def _is_many(number: int, whole: int, share: float) -> bool:
    return whole >= ENOUGH and number >= share * whole


def _part(number: int, whole: int) -> str:
    return f"{number:,} of {whole:,}"
