"""Six invented stories with all the metadata a story can have, for every format to carry.

The wire runs a story, corrects it, and takes it back in a canceled item that keeps the words; one paper runs the first
take as it came, another cuts the corrected one; the last story is about something else.
"""

from __future__ import annotations

from datetime import UTC, datetime

from storyclust import Story

WIRE, GAZETTE, COURIER = "Corvane Wire", "Marrek Gazette", "Ostrel Courier"
FORMATS = "formats"

_LEAD = (
    "The car ferry Anselm ran aground on the Teller bank off Marrek shortly before five on Monday morning with "
    "ninety-four people and thirty lorries on board.",
    "Lifeboats from two harbours took everyone off in just under three hours, and a tug held her bow against the tide "
    "until the last of the passengers had stepped ashore.",
)
_COUNT = "Two stewards were treated for cold at the cottage hospital; nobody else was hurt."
_INQUIRY = (
    "The harbour master has asked for the ship's voyage recorder & for the duty log of the pilot station, which had "
    "closed its radar for repairs on Saturday.",
    "Salvage divers will look at her hull at low water on Tuesday before anyone decides whether she can be towed.",
)
_CORRECTED = "Three stewards were treated for cold at the cottage hospital and one passenger for a broken wrist."
_BRIDGE = (
    "Road builders will close the upper deck of the Quillon bridge for eleven nights in March to renew its bearings.",
    "Buses will be turned at the toll house, cyclists may cross on the lower deck, and heavy lorries have to go round "
    "by the dam, a detour of forty kilometres for which the council will repay no one.",
)


def _at(hour: int, minute: int) -> datetime:
    return datetime(2026, 1, 5, hour, minute, tzinfo=UTC)


def _text(*paragraphs: str) -> str:
    return "\n".join(paragraphs)


FIRST = Story(
    "https://wire.example/items/anselm",
    _text(*_LEAD, _COUNT, *_INQUIRY),
    "Ferry aground off Marrek, all safe",
    WIRE,
    _at(6, 30),
    language="en-GB",
    version="1",
)
CORRECTED = Story(
    "https://wire.example/items/anselm-corrected",
    _text(*_LEAD, _CORRECTED, *_INQUIRY),
    "CORRECTED: Ferry aground off Marrek, five treated",
    WIRE,
    _at(7, 15),
    language="en-GB",
    version="3",
    evolved_from=FIRST.id,
)
CANCELED = Story(
    "https://wire.example/items/anselm-night",
    _text(*_LEAD, _COUNT, *_INQUIRY),
    "Ferry aground off Marrek",
    WIRE,
    _at(5, 10),
    language="en-GB",
    status="canceled",
    version="2",
)
PRINTED = Story(
    "https://gazette.example/2026/anselm",
    _text(*_LEAD, _COUNT, *_INQUIRY),
    "Anselm hits sandbank",
    GAZETTE,
    _at(8, 0),
    agency=WIRE,
    language="en",
    version="1",
    evolved_from=FIRST.id,
)
CUT = Story(
    "https://courier.example/news/19",
    _text(*_LEAD, _CORRECTED),
    "Ninety-four brought ashore",
    COURIER,
    _at(8, 40),
    agency=WIRE,
    language="en",
    version="1",
    evolved_from=CORRECTED.id,
)
BRIDGE = Story(
    "https://courier.example/news/23",
    _text(*_BRIDGE),
    "Bridge deck shut for eleven nights",
    COURIER,
    _at(9, 5),
    language="en",
    status="withheld",
    version="1",
)
STORIES = (FIRST, CORRECTED, CANCELED, PRINTED, CUT, BRIDGE)
