"""What a story of a page says of itself: its title, when it was published, whose it is.

In: the lines of a story and of what leads to it. Out: each of the three if it is certain, else None.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import regex

from storyclust.pages.dates import printed_date
from storyclust.pages.lines import LOOKED_AT, Lines
from storyclust.pages.openings import Opening
from storyclust.pages.phrases import label, opening_phrase

NAME = r"[\p{Lu}\p{Lo}\d][^\s()|]*(?:\s[\p{Lu}\p{Lo}\d&][^\s()|]*){0,4}"
# What follows a date, what a text ends with, what it is signed with.
BEHIND_DATE = regex.compile(rf"\s*[-–—|•·]\s*(?P<name>{NAME})\s*")
BRACKETS = regex.compile(
    rf"(?:^|[.。!?！？؟\"”’»]\s*|\s)[(（](?P<name>{NAME})(?:\s(?P<rest>\p{{Ll}}[^()]*|\p{{Lo}}[^()]*))?[)）]$"
)
SIGNED = regex.compile(r"^\S+--(?P<name>\p{Lu}{2,})$")
LONGEST_NAME = 40


def title_of(lines: Lines, opening: Opening) -> str | None:
    """The title at an opening."""
    if opening.form == "mail":
        return _labelled(lines, range(opening.title, opening.body), "subject")
    stop = opening.title
    while (
        stop < opening.body
        and lines.kinds[stop] in "HZ"
        and lines[stop] not in (lines[n] for n in range(opening.title, stop))
    ):
        stop += 1
    return " ".join(" ".join(lines[number].split()) for number in range(opening.title, stop)) or None


def published_of(lines: Lines, opening: Opening) -> datetime | None:
    """When the story was published: the first date at its opening that means one day; what leads to it comes last."""
    for number in (*range(opening.title, opening.body), *range(opening.lead, opening.title)):
        if lines.kinds[number] == "S":
            date = printed_date(lines[number])
            if date is not None and date.moment is not None:
                return date.moment
    return None


def source_of(lines: Lines, opening: Opening, stop: int) -> str | None:
    """Whose the story is, as it says at its opening or its end."""
    near = (*range(opening.lead, opening.body), *range(max(stop - 3, opening.body), stop))
    if opening.form == "mail":
        sender = _labelled(lines, range(opening.title, opening.body), "sender")
        return _name(regex.sub(r"\s*[<\[(].*", "", sender).strip("\"' ")) if sender else None
    for told in _behind_dates(lines, opening), _labelled(lines, near, "source"), _at_end(lines, near):
        if told:
            return told
    return None


def _behind_dates(lines: Lines, opening: Opening) -> str | None:
    for number in range(opening.title, opening.body):
        if lines.kinds[number] == "S":
            date = printed_date(lines[number])
            behind = BEHIND_DATE.fullmatch(lines[number], date.stop) if date else None
            if behind and not opening_phrase("stamp").match(behind["name"]):
                return _name(behind["name"])
    return None


def _at_end(lines: Lines, near: Iterable[int]) -> str | None:
    for number in near:
        line = lines[number]
        found = BRACKETS.search(line, max(len(line) - LONGEST_NAME, 0)) or SIGNED.search(line[:LOOKED_AT])
        if found and lines.kinds[number] in "PDqCHT" and not opening_phrase("together").match(found["name"].casefold()):
            rest = found.groupdict().get("rest")
            if rest is None or opening_phrase("together").match(rest):
                return _name(found["name"])
    return None


def _labelled(lines: Lines, near: Iterable[int], sign: str) -> str | None:
    found = (label(sign, lines[number]) for number in near if lines.stops[number] - lines.starts[number] <= LOOKED_AT)
    return next((told for told in found if told), None)


def _name(name: str) -> str | None:
    return name if 1 < len(name) <= LONGEST_NAME else None
