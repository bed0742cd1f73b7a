"""What of an index stands in a text that is not in it.

In: a text. Out: the stories it is linked with, the nearest first; nothing is changed.
"""

from __future__ import annotations

import numpy as np

from storyclust.index.pairs import UNIT, Analysed, link, with_texts
from storyclust.index.reading import places_of
from storyclust.index.shelf import Shelf
from storyclust.index.told import tell
from storyclust.match.links import COPY, RELATIONS
from storyclust.model import Match, Story


def ask(shelf: Shelf, story: Story) -> list[Match]:
    """The stories that a story would be linked with, one for each content."""
    told = tell([story], shelf.profile, shelf.settings, shelf.workers)
    if not told.compared[0]:
        return []
    content = int(told.hashes.view(np.int64)[0])
    query = "SELECT number FROM units JOIN texts ON story = teller WHERE hash = ?"
    equal = [unit for (unit,) in shelf.connection.execute(query, (content,))]
    units = np.setdiff1d(shelf.keys.candidates(told.keys), equal)
    there = with_texts(shelf, units)
    asked = np.array([[ASKED, content, ASKED, 0, 0, 0]], np.int64)
    low, high = there[:, UNIT], np.full(len(there), ASKED)
    found, _, _ = link(shelf, np.concatenate((asked, there)), low, high, [], Analysed(told.words, {ASKED: 0}))
    narrated = int(told.words.narrated_counts[0])
    answers = [(unit, COPY, narrated, 1.0) for unit in equal]
    answers += [
        (int(pair["other"]), int(pair["relation"]), int(pair["shared_words"]), float(pair["share"]))
        for pair in found[found["relation"] > 0]
    ]
    return _matches(shelf, answers)


ASKED = 0  # numbers of units and stories begin at 1


def _matches(shelf: Shelf, answers: list[tuple[int, int, int, float]]) -> list[Match]:
    """The answers with the names of stories and clusters; of equally near ones the first in rank comes first."""
    query = (
        f"SELECT units.number, s.id, s.published, {shelf.settings.level} FROM (SELECT value FROM json_each(?)) "
        "JOIN units ON units.number = value JOIN stories s ON s.number = teller"
    )
    heads = {row[0]: row[1:] for row in shelf.rows(query, [answer[0] for answer in answers])}
    answers.sort(key=lambda answer: (-answer[1], -answer[3], _rank(*heads[answer[0]][:2])))
    places = places_of(shelf, {row[2] for row in heads.values()})
    return [
        Match(
            id=heads[unit][0].decode("utf-8", "surrogatepass"),
            relation=RELATIONS[relation] or "partial",
            shared_words=words,
            share=share,
            cluster=places[heads[unit][2]].name,
            canonical=places[heads[unit][2]].canonical,
        )
        for unit, relation, words, share in answers
    ]


def _rank(id: bytes, published: int | None) -> tuple[bool, int, bytes]:
    return published is None, published or 0, id
