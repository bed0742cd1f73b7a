"""Fiction that ships: a newsroom of invented stories with labelled truth, and a wire of traffic of any length.

Nothing here happened. :func:`load_newsroom` gives stories written as scraped pages are, with the traps of the wire;
what each part of them is and which of them share a hand is known, because the desk wrote it down. :func:`wire` gives as
many stories as are asked for, in an invented language, with the same kinds of truth.
"""

from storyclust.newsroom.assemble import Origin, Span
from storyclust.newsroom.files import write_newsroom, write_wire
from storyclust.newsroom.newsroom import Newsroom, StoryTruth, load_newsroom
from storyclust.newsroom.traffic import WireStory, wire
from storyclust.newsroom.truth import PairTruth, Truth

__all__ = [
    "Newsroom",
    "Origin",
    "PairTruth",
    "Span",
    "StoryTruth",
    "Truth",
    "WireStory",
    "load_newsroom",
    "wire",
    "write_newsroom",
    "write_wire",
]
