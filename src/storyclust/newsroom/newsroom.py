"""The newsroom: every desk file read, assembled and filed, with the truth of every story and pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from storyclust.errors import RecordError
from storyclust.io import parse_date
from storyclust.model import Level, Relation, Story
from storyclust.newsroom.assemble import Desk, Span, assemble
from storyclust.newsroom.markup import Draft, MarkupError, read_drafts, read_furniture
from storyclust.newsroom.truth import LEVELS, Filed, PairTruth, Truth, clusters, pair_truths

FILING = ("original", "running", "family")
NEVER = "never"  # the published header of an original that only its copies let us know of


@dataclass(frozen=True, slots=True)
class StoryTruth(Truth):
    """What is true of one story of the newsroom: all that :class:`Truth` says, and further:

    Attributes
    ----------
    language : str
        A tag of BCP 47.
    traps : tuple of str
        What makes it hard, as ``docs/newsroom.md`` lists.
    note : str
        The same in a clause.
    canonicals : mapping of level to tuple of str
        Which members of its cluster it is right to keep, at each level.
    spans : tuple of Span
        What each stretch of its text is; together they cover every word.
    """

    language: str
    traps: tuple[str, ...]
    note: str
    canonicals: Mapping[Level, tuple[str, ...]]
    spans: tuple[Span, ...]


class Newsroom:
    """Invented stories and all that is true of them.

    Attributes
    ----------
    stories : tuple of Story
        By time, then id.
    truth : mapping of str to StoryTruth
        By id.
    """

    def __init__(self, desk: Desk) -> None:
        """Assemble and file what the desk wrote."""
        self._drafts = desk.drafts
        self._filed = {draft.id: _file(draft, desk) for draft in desk.drafts.values()}
        stories = [
            _story(filed, desk.drafts[filed.id]) for filed in self._filed.values() if filed.published is not None
        ]
        self.stories = tuple(sorted(stories, key=lambda story: story.rank))

    def __len__(self) -> int:
        return len(self.stories)

    @cached_property
    def pairs(self) -> tuple[PairTruth, ...]:
        """The truth of every pair of stories, by their ids: n (n - 1) / 2 of them."""
        published = {story.id for story in self.stories}
        return tuple(pair for pair in self._all_pairs if {pair.id_a, pair.id_b} <= published)

    @cached_property
    def _all_pairs(self) -> tuple[PairTruth, ...]:
        return tuple(pair_truths(list(self._filed.values())))

    @cached_property
    def truth(self) -> Mapping[str, StoryTruth]:
        """The truth of every story, by id."""
        named = clusters(list(self._filed.values()))
        kept = self._kept(named)
        labelled = {(pair.id_a, pair.id_b): pair.relation for pair in self._all_pairs}
        return MappingProxyType({story.id: self._truth_of(story.id, named, kept, labelled) for story in self.stories})

    def _kept(self, named: Mapping[Level, Mapping[str, str]]) -> dict[tuple[Level, str], tuple[str, ...]]:
        """For each level and cluster, the members that the desk would keep."""
        kept: dict[tuple[Level, str], tuple[str, ...]] = {}
        for story in self.stories:
            for level in _keep(self._drafts[story.id]):
                key = level, named[level][story.id]
                kept[key] = (*kept.get(key, ()), story.id)
        return kept

    def _truth_of(
        self,
        id: str,
        named: Mapping[Level, Mapping[str, str]],
        kept: Mapping[tuple[Level, str], tuple[str, ...]],
        labelled: Mapping[tuple[str, str], Relation | None],
    ) -> StoryTruth:
        filed, headers = self._filed[id], self._drafts[id].headers
        made_from = next((other for other in (filed.original, filed.running, filed.family) if other != id), id)
        return StoryTruth(
            cluster=named["partial"][id],
            version_cluster=named["version"][id],
            copy_cluster=named["copy"][id],
            original=made_from,
            relation="original" if made_from == id else labelled[_pair(id, made_from)] or "indirect",
            agency=headers.get("agency"),
            language=headers.get("language", "en"),
            traps=tuple(headers["traps"].split(", ")),
            note=headers["note"],
            canonicals=MappingProxyType({level: kept.get((level, named[level][id]), ()) for level in LEVELS}),
            spans=filed.spans,
        )


def _pair(one: str, other: str) -> tuple[str, str]:
    return min(one, other), max(one, other)


def _keep(draft: Draft) -> tuple[Level, ...]:
    """The levels at which a story may be kept: all, for one written for itself, unless the desk says otherwise."""
    asked = draft.headers.get("keep")
    if asked is None:
        return LEVELS if draft.headers.get("original", draft.id) == draft.id else ()
    names = () if asked == "no" else tuple(asked.split(", "))
    unknown = set(names) - set(LEVELS)
    if unknown:
        raise MarkupError(draft.place, f"keep names {', '.join(sorted(unknown))}; expected no, or {', '.join(LEVELS)}")
    return tuple(level for level in LEVELS if level in names)


def _story(filed: Filed, draft: Draft) -> Story:
    return Story(filed.id, filed.text, draft.headers["title"], draft.headers["source"], filed.published)


def _file(draft: Draft, desk: Desk) -> Filed:
    text, spans = assemble(draft, desk)
    original, running, family = _filed_under(draft, desk, ())
    return Filed(draft.id, text, _published(draft), spans, original, running, family)


def _published(draft: Draft) -> datetime | None:
    asked = draft.headers["published"]
    try:
        return None if asked == NEVER else parse_date(asked)
    except RecordError as error:
        raise MarkupError(draft.place, str(error)) from error


def _filed_under(draft: Draft, desk: Desk, path: tuple[str, ...]) -> tuple[str, str, str]:
    """The original, running story and family of a draft, each named by the story at its head.

    What one header names is followed to what that story is filed under itself; the coarser ones default to
    those of the finer.
    """
    if draft.id in path:
        raise MarkupError(draft.place, f"the headers run in a circle: {' > '.join((*path, draft.id))}")
    filed = [draft.id] * len(FILING)
    for place, header in enumerate(FILING):
        name = draft.headers.get(header, draft.id)
        if name == draft.id:
            continue
        if name not in desk.drafts:
            raise MarkupError(draft.place, f"{header} is {name!r}, which no file holds")
        filed[place:] = _filed_under(desk.drafts[name], desk, (*path, draft.id))[place:]
    original, running, family = filed
    return original, running, family


def read_desk(folder: Path) -> Desk:
    """All that stands in the files of a folder: ``furniture*.txt`` and files of stories, ``*.txt``."""
    drafts: dict[str, Draft] = {}
    furniture: dict[str, str] = {}
    for path in sorted(folder.glob("*.txt")):
        if path.name.startswith("furniture"):
            furniture |= read_furniture(path.read_text(encoding="utf-8"))
            continue
        for draft in read_drafts(path.read_text(encoding="utf-8"), path.name):
            if draft.id in drafts:
                raise MarkupError(draft.place, f"{draft.id!r} is already at {drafts[draft.id].place}")
            drafts[draft.id] = draft
    return Desk(drafts, furniture)


@cache
def load_newsroom() -> Newsroom:
    """The newsroom that ships.

    >>> newsroom = load_newsroom()
    >>> newsroom.truth["skarrow-echo-recall"].original
    'dovrel-recall'
    """
    return Newsroom(read_desk(Path(str(files("storyclust.newsroom") / "desk"))))
