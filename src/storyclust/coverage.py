"""Who ran a story: its agency, its outlets, when it was first and last seen.

In: the stories of a cluster. Out: the same in one object, and in one line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from storyclust.model import Story
from storyclust.text.suppliers import UNNAMED, agencies_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who ran the stories of a cluster, and when. Print it, and it says so in a line.

    Attributes
    ----------
    stories : int
    outlets : tuple of str
        Each once, sorted.
    agencies : tuple of str
        Whom the stories are of or credit, the one of most of them first.
    first, last : datetime or None
        When the first and the last appeared; None if none is dated.

    Examples
    --------
    >>> ferry = "MARREK (Reuters) - The ferry Anselm ran aground at dawn."
    >>> print(Coverage.of([Story("a", ferry, source="Echo"), Story("b", ferry, source="Courier")]))
    Reuters story: 2 stories of 2 outlets, undated
    """

    stories: int
    outlets: tuple[str, ...]
    agencies: tuple[str, ...]
    first: datetime | None
    last: datetime | None

    @classmethod
    def of(cls, stories: Sequence[Story]) -> Self:
        """The coverage that some stories are."""
        return cls.by(stories, map(agencies_of, stories))

    @classmethod
    def by(cls, stories: Sequence[Story], agencies: Iterable[Sequence[str]]) -> Self:
        """The same where it is known which agencies supplied each story; their texts are not looked at."""
        published = [story.published for story in stories if story.published is not None]
        outlets = {story.source for story in stories if story.source is not None}
        credited = Counter(agency for named in agencies for agency in named)
        by_number = sorted(credited, key=lambda agency: (-credited[agency], agency))
        when = min(published, default=None), max(published, default=None)
        return cls(len(stories), tuple(sorted(outlets)), tuple(by_number), *when)

    def __str__(self) -> str:
        """The agency, how many ran it, first and last seen."""
        named = next((agency for agency in self.agencies if agency != UNNAMED), None)
        numbers = [(self.stories, "story", "stories"), (len(self.outlets), "outlet", "outlets")]
        stories, outlets = (f"{number:,} {one if number == 1 else several}" for number, one, several in numbers)
        first, last = (moment and f"{moment:%Y-%m-%d %H:%M}" for moment in (self.first, self.last))
        when = "undated" if first is None else f"seen {first} UTC" if first == last else f"seen {first} to {last} UTC"
        return f"{f'{named} story: ' if named else ''}{stories} of {outlets}, {when}"
