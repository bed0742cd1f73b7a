"""Which of two stories looks like the source: the rules, pair by pair in plain Python, and many pairs at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from storyclust import Story
from storyclust.match.direction import CUT, NEAR, SIGNS, Bylines, find_origins
from storyclust.match.links import RELATIONS

OUTLETS = (None, "Wire", "WIRE", "The Wire", "Echo", "Straße", "")
WORDS = ("wire", "The", "(Wire)", "wireless", "echo", "STRASSE", "ran", "aground", "“Echo”,", "-" * NEAR)
TIMES = (None, *(datetime(9999, 1, 1, tzinfo=UTC) + timedelta(microseconds=number) for number in range(3)))
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
EVOLVED = st.sampled_from([None, *"012345"])
COLLECTIONS = st.lists(
    st.tuples(TEXTS, st.sampled_from(OUTLETS), st.sampled_from(TIMES), EVOLVED), min_size=2, max_size=6
)


def twin_credits(story: Story, other: Story) -> bool:
    if other.source is None or other.source == story.source:
        return False
    name = other.source.casefold()
    for end in (story.text[:NEAR].casefold(), story.text[-NEAR:].casefold()):
        for place in range(len(end) + 1):
            around = f" {end} "[place], f" {end} "[place + len(name) + 1 :][:1]
            if end[place:].startswith(name) and not any(letter.isalnum() for letter in around):
                return True
    return False


def twin_origin(
    one: Story, other: Story, relation: str | None, one_words: int, other_words: int
) -> tuple[Story | None, str | None]:
    if relation is None:
        return None, None
    if (one.evolved_from == other.id) != (other.evolved_from == one.id):
        return (other if one.evolved_from == other.id else one), "evolved"
    if twin_credits(other, one) != twin_credits(one, other):
        return (one if twin_credits(other, one) else other), "credited"
    fuller = None
    if relation == "copy" and min(one_words, other_words) < CUT * max(one_words, other_words):
        fuller = max((one_words, 0, one), (other_words, 1, other))[2]
    if one.published and other.published and one.published != other.published:
        earlier = min(one, other, key=lambda story: story.rank)
        return (None, None) if fuller not in (None, earlier) else (earlier, "earlier")
    return fuller, fuller and "more complete"


@given(COLLECTIONS, st.data())
def test_sources_of_many_pairs_are_those_of_each_by_the_rules(
    collection: list[tuple[str, str | None, datetime | None, str | None]], data: st.DataObject
) -> None:
    stories = [
        Story(str(n), text, source=source, published=time, evolved_from=evolved)
        for n, (text, source, time, evolved) in enumerate(collection)
    ]
    numbers = st.integers(0, len(stories) - 1)
    pair = st.tuples(numbers, numbers, st.integers(0, 3), st.integers(0, 20), st.integers(0, 20))
    pairs = data.draw(st.lists(pair.filter(lambda drawn: drawn[0] != drawn[1]), max_size=12))
    one, other, relation, *words = np.array(pairs, np.int64).reshape(-1, 5).T
    origin, sign = find_origins(one, other, relation.astype(np.uint8), *words, stories, Bylines.of(stories))
    found = [(stories[o] if o >= 0 else None, SIGNS[s]) for o, s in zip(origin.tolist(), sign.tolist(), strict=True)]
    wanted = [twin_origin(stories[a], stories[b], RELATIONS[named], x, y) for a, b, named, x, y in pairs]
    assert found == [(story, sign) for story, sign in wanted]
