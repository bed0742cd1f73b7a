"""Which of two linked stories looks like the source of what they share.

In: the two stories, their relation and how many narrated words each has. Out: one of them, or None if it cannot be
told, and the sign it was told by.

1. One credits the other's outlet, near its beginning or its end, and not the other way round: the credited one.
2. One was published earlier: that one; but of two copies an earlier one that is cut came from somewhere else.
3. Of two copies of one time, the one that is clearly more complete.
"""

from __future__ import annotations

from functools import lru_cache

from storyclust.model import OriginSign, Relation, Story

# Characters at either end of a text where an outlet's name credits it, and does not tell of it.
NEAR = 200
# A copy has this part of the narrated words of the other at most, if it is cut.
CUT = 0.8


def find_origin(
    one: Story, other: Story, relation: Relation, one_words: int, other_words: int
) -> tuple[Story | None, OriginSign | None]:
    """The story that looks like the source, and the sign.

    >>> wire = Story("w", "The ferry sank.", source="Corvane Wire")
    >>> find_origin(wire, Story("o", "(Corvane Wire) The ferry sank."), "copy", 3, 5)[1]
    'credited'
    """
    of_one, of_other = _credits(other, one), _credits(one, other)
    if of_one != of_other:
        return (one if of_one else other), "credited"
    fuller = one if other_words < CUT * one_words else other if one_words < CUT * other_words else None
    if one.published is not None and other.published is not None and one.published != other.published:
        earlier = one if one.published < other.published else other
        if relation == "copy" and fuller is not None and fuller is not earlier:
            return None, None
        return earlier, "earlier"
    if relation == "copy" and fuller is not None:
        return fuller, "more complete"
    return None, None


def _credits(story: Story, other: Story) -> bool:
    """Whether a story names the outlet of another near its beginning or its end."""
    if other.source is None or story.source == other.source:
        return False
    name = other.source.casefold()
    beginning, end = _folded(story.text[:NEAR]), _folded(story.text[-NEAR:])
    return _names(beginning, name) or _names(end, name)


@lru_cache(maxsize=1 << 12)  # stories are compared with many others in a row
def _folded(text: str) -> str:
    return text.casefold()


def _names(text: str, name: str) -> bool:
    """Whether a name stands in a text, not as a part of a longer word."""
    place = text.find(name)
    while place >= 0:
        before, after = text[place - 1 : place], text[place + len(name) : place + len(name) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        place = text.find(name, place + 1)
    return False
