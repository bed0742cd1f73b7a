"""Which of two linked stories looks like the source of what they share.

In: pairs of stories, their relations and how many narrated words each has, as arrays. Out: of each pair one of the two,
or none if it cannot be told, and the sign it was told by.

1. One is said to have evolved from the other, and not the other way round: the other.
2. One credits the other's outlet, by its name near the beginning or the end, or as the agency that supplied it, and not
   the other way round: the credited one.
3. One was published earlier: that one; but of two copies an earlier one that is cut came from somewhere else.
4. Of two copies of one time, the one that is clearly more complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from storyclust.arrays import Bytes, Flags, Integers
from storyclust.match.links import COPY, NOT_LINKED
from storyclust.model import OriginSign, Story
from storyclust.text.suppliers import agencies_of, agency_named

# The signs, and what they are called.
NO_SIGN, EVOLVED, CREDITED, EARLIER, MORE_COMPLETE = range(5)
SIGNS: tuple[OriginSign | None, ...] = (None, "evolved", "credited", "earlier", "more complete")
# Characters at either end of a text where an outlet's name credits it, and does not tell of it.
NEAR = 200
# A copy has this part of the narrated words of the other at most, if it is cut.
CUT = 0.8

UNDATED = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Bylines:
    """Who published each story, when, and what it was made of.

    Attributes
    ----------
    outlets : tuple of str
        The names of the outlets, case folded.
    agencies : tuple of str or None
        Which agency each of them is, None where it is none that is known.
    outlet : int64 array, one a story
        -1 where it is not known.
    published : int64 array, one a story
        Microseconds since 1970, UNDATED where it is not known.
    evolved_from : int64 array, one a story
        The story it was made of, by its own word; -1 where none of these is.
    """

    outlets: tuple[str, ...]
    agencies: tuple[str | None, ...]
    outlet: Integers
    published: Integers
    evolved_from: Integers

    @classmethod
    def of(cls, stories: Sequence[Story]) -> Self:
        """The bylines of all stories."""
        numbers: dict[str | None, int] = {None: -1}
        outlet = np.array([numbers.setdefault(story.source, len(numbers) - 1) for story in stories], np.int64)
        times = (UNDATED if story.moment is None else story.moment for story in stories)
        names = [name for name in numbers if name is not None]
        agencies = tuple(agency_named(name) for name in names)
        return cls(
            tuple(name.casefold() for name in names),
            agencies,
            outlet,
            np.fromiter(times, np.int64, len(stories)),
            _named_as_origin(stories),
        )


def find_origins(
    one: Integers,
    other: Integers,
    relation: Bytes,
    one_words: Integers,
    other_words: Integers,
    stories: Sequence[Story],
    bylines: Bylines,
) -> tuple[Integers, Bytes]:
    """The story of each pair that looks like the source, -1 if it cannot be told, and the sign.

    >>> stories = Story("w", "The ferry sank.", source="Corvane Wire"), Story("o", "(Corvane Wire) The ferry sank.")
    >>> pair = *np.array([[0], [1]]), np.array([COPY], np.uint8), *np.array([[3], [5]])
    >>> origin, sign = find_origins(*pair, stories, Bylines.of(stories))
    >>> stories[origin[0]].id, SIGNS[sign[0]]
    ('w', 'credited')
    """
    credits = _credits(np.concatenate((other, one)), np.concatenate((one, other)), stories, bylines)
    of_one, of_other = np.split(credits, 2)
    one_time, other_time = bylines.published[one], bylines.published[other]
    dated = (one_time != UNDATED) & (other_time != UNDATED) & (one_time != other_time)
    earlier = np.where(one_time < other_time, one, other)
    fuller = np.where(other_words < CUT * one_words, one, np.where(one_words < CUT * other_words, other, -1))
    fuller[relation != COPY] = -1
    came_from_elsewhere = dated & (fuller >= 0) & (fuller != earlier)
    one_evolved, other_evolved = bylines.evolved_from[one] == other, bylines.evolved_from[other] == one
    rules = (
        (relation == NOT_LINKED, -1, NO_SIGN),
        (one_evolved != other_evolved, np.where(one_evolved, other, one), EVOLVED),
        (of_one != of_other, np.where(of_one, one, other), CREDITED),
        (came_from_elsewhere, -1, NO_SIGN),
        (dated, earlier, EARLIER),
        (fuller >= 0, fuller, MORE_COMPLETE),
    )
    origin, sign = np.full(len(one), -1), np.full(len(one), NO_SIGN, np.uint8)
    for holds, story, by in reversed(rules):  # the first that holds has the last word
        origin, sign = np.where(holds, story, origin), np.where(holds, np.uint8(by), sign)
    return origin, sign


def _named_as_origin(stories: Sequence[Story]) -> Integers:
    origins = {story.evolved_from for story in stories if story.evolved_from is not None}
    numbers = {story.id: number for number, story in enumerate(stories) if story.id in origins} if origins else {}
    return np.array([numbers.get(story.evolved_from or "", -1) for story in stories], np.int64)


def _credits(story: Integers, other: Integers, stories: Sequence[Story], bylines: Bylines) -> Flags:
    """Whether each story names the outlet of another near its beginning or its end; each asked once for each outlet."""
    outlets, outlet = len(bylines.outlets), bylines.outlet[other]
    asked = np.flatnonzero((outlet >= 0) & (outlet != bylines.outlet[story]))
    credits = np.zeros(len(story), np.bool_)
    keys, key = np.unique(story[asked] * outlets + outlet[asked], return_inverse=True)
    found, last, beginning, end = np.zeros(len(keys), np.bool_), -1, "", ""
    for place, (teller, named) in enumerate(zip((keys // outlets).tolist(), (keys % outlets).tolist(), strict=True)):
        if teller != last:
            text = stories[teller].text
            last, beginning, end = teller, text[:NEAR].casefold(), text[-NEAR:].casefold()
        name = bylines.outlets[named]
        found[place] = _names(beginning, name) or _names(end, name) or _is_supplied_by(stories[teller], named, bylines)
    credits[asked] = found[key]
    return credits


def _is_supplied_by(story: Story, outlet: int, bylines: Bylines) -> bool:
    """Whether an outlet is among the agencies of a story; no other outlet than an agency is looked for in the text."""
    agency = bylines.agencies[outlet]
    if not story.agency and agency is None:
        return False
    return (agency or bylines.outlets[outlet]).casefold() in map(str.casefold, agencies_of(story))


def _names(text: str, name: str) -> bool:
    """Whether a name stands in a text, not as a part of a longer word."""
    place = text.find(name)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(name) : place + len(name) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        place = text.find(name, place + 1)
    return False
