"""Dates as pages print them, in many languages: where a line has one, and which day it certainly is.

In: a line. Out: the place of the first date in it, and the moment if it can be told; `storyclust.io.parse_date` reads
it once the month is a number, and refuses what could mean two days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import regex

from storyclust.errors import RecordError
from storyclust.io import parse_date
from storyclust.pages.phrases import months

ORDINAL = r"(?:st|nd|rd|th|er|[.ºª°])?"
YEAR = regex.compile(r"\d{4}")
# What may stand between the parts of a date.
OF = r"(?:\s|\p{Zs}|,|de[l]?\b|of\b|di\b){1,4}"
TIME = regex.compile(
    r"(?:T|[\s,]*(?:at|um|à|a las|alle|às|om|kl\.?|klo|в|الساعة|[-–—|•·@])?\s*)"
    r"(?P<clock>\d{1,2}:\d\d(?::\d\d)?(?:\.\d{1,6})?)(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?(?:\s?(?P<zone>Z\b|[A-Z]{2,4}\b|[+-]\d\d:?\d\d))?",
    regex.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date in a line: its place, the time of day included, and the moment if it is certain."""

    start: int
    stop: int
    moment: datetime | None


@cache
def _forms() -> tuple[regex.Pattern[str], ...]:
    names = "|".join(sorted(map(regex.escape, months()), key=len, reverse=True))
    name = rf"(?P<name>{names})\.?"
    written = (
        r"(?<!\d)(?P<year>\d{4})\s?[-/.年년]\s?(?P<month>\d{1,2})\s?[-/.月월]\s?(?P<day>\d{1,2})[日일]?(?!\d)",
        r"(?<!\d)(?P<numbers>\d{1,2}([-/.])\d{1,2}\2\d{4})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}}){ORDINAL}(?:{OF}|-){name}(?:{OF}|-)(?P<year>\d{{4}})(?!\d)",
        rf"(?<!\p{{L}}){name}\s{{1,3}}(?P<day>\d{{1,2}}){ORDINAL}{OF}(?P<year>\d{{4}})(?!\d)",
    )
    return tuple(regex.compile(form, regex.IGNORECASE) for form in written)


def printed_date(line: str) -> PrintedDate | None:
    """The first date of a line, None if it has none.

    >>> printed_date("Publié le 5 janvier 2026 à 14:02")
    PrintedDate(start=10, stop=32, moment=datetime.datetime(2026, 1, 5, 14, 2, tzinfo=datetime.timezone.utc))
    >>> printed_date("Issued on: 07/01/2026").moment is None  # the first of July, or the seventh of January
    True
    """
    if YEAR.search(line) is None:
        return None
    found = [match for match in (form.search(line) for form in _forms()) if match]
    if not found:
        return None
    date = min(found, key=regex.Match.start)
    time = TIME.match(line, date.end())
    return PrintedDate(date.start(), time.end() if time else date.end(), _moment(date, time))


def _moment(date: regex.Match[str], time: regex.Match[str] | None) -> datetime | None:
    parts = date.groupdict()
    if parts.get("numbers"):
        day = str(parts["numbers"])
    else:
        month = parts.get("month") or months()[str(parts["name"]).casefold()]
        day = f"{int(parts['year']):04}-{int(month):02}-{int(parts['day']):02}"
    # A time in a zone that nobody can read still has its day.
    for written in (*_with_time(day, time), day):
        try:
            return parse_date(written)
        except RecordError:
            continue
    return None


def _with_time(day: str, time: regex.Match[str] | None) -> tuple[str, ...]:
    if time is None:
        return ()
    half = f" {time['half']}m" if time["half"] else ""
    zone = f" {time['zone']}" if time["zone"] else ""
    return f"{day} {time['clock']}{half}{zone}", f"{day} {time['clock']}{half}"
