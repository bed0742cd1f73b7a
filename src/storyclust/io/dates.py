"""Dates as newsrooms, feeds and archives write them.

In: the text of a date. Out: a ``datetime`` in UTC. Each form stands in one row of a table; a text
that fits none of them, or that could mean two days, is refused and never guessed at.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import Final

from storyclust.errors import RecordError

_LONGEST: Final = 100  # characters; a longer text is no date, and need not be searched for one

_MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MONTHS: Final = MappingProxyType({name[:3].lower(): number for number, name in enumerate(_MONTH_NAMES, 1)})
_ZONE_HOURS: Final = MappingProxyType(
    {"Z": 0, "GMT": 0, "UTC": 0, "BST": 1, "CET": 1, "CEST": 2, "MSK": 3}
    | {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
)

_MONTH: Final = f"(?P<month>{'|'.join(f'{name[:3]}(?:{name[3:]})?' for name in _MONTH_NAMES)}|Sept)"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>\d{4})"
_PREFIX: Final = r"(?:(?:first |last )?(?:issued|published|updated|posted|modified)(?: on| at)?:? )?"
_WEEKDAY: Final = r"(?:(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?,? )?"
_ZONE: Final = rf"(?P<zone>{'|'.join(_ZONE_HOURS)}|[+-]\d\d:?\d\d)"
_TIME: Final = (
    r"(?:(?:,? at |,? |T)(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    rf"(?: ?(?P<half>[ap])\.?m\.?)?(?: ?{_ZONE})?(?: \([A-Z ]+\))?)?"
)

# One row a form: the date's own pattern. The parts around it are the same for all.
_FORMS: Final = tuple(
    re.compile(rf"{_PREFIX}{_WEEKDAY}{form}", re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_DAY} {_MONTH}\.?,? {_YEAR}{_TIME}",  # 16 Jul 2018 08:37:26 -0400
        rf"{_DAY}-{_MONTH}-{_YEAR}{_TIME}(?: ?[A-Z]+)*",  # 26-FEB-1987 15:01:01.79 RM: letters of the archive
        rf"{_MONTH}\.? {_DAY},? {_YEAR}{_TIME}",  # January 5, 2026 at 3:04 PM
        rf"{_YEAR}(?P<mark>[-/])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?){_TIME}",  # 2026/01/05
        rf"(?P<day>\d\d?)\.(?P<month>\d\d?)\.{_YEAR}{_TIME}",  # 05.01.2026
        rf"(?P<either>\d\d?)(?P<mark>[-/])(?P<other>\d\d?)(?P=mark){_YEAR}{_TIME}",  # 16/07/2018, 07/16/2018
    )
)

# Bare digits, by how many there are.
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_DIGITS, _MILLISECONDS_DIGITS = 10, 13
_DIGIT_FORMS: Final = MappingProxyType({8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"})


def parse_date(text: str) -> datetime:
    """Read a written date.

    Parameters
    ----------
    text : str
        ISO 8601 (whole dates, times, offsets, ``T`` or a space, basic forms), RFC 2822, forms with
        English month names, ``2026/01/05``, ``05.01.2026`` (day first), ``16/07/2018`` or
        ``07/16/2018`` where one of the two is over 12, bare digits as feeds write them
        (``20260105``, ``20260105140200``, Unix seconds in 10 digits or milliseconds in 13).
        Weekdays and prefixes like ``Published:`` are passed over.

    Returns
    -------
    datetime
        In UTC. A time without a zone is taken as UTC, a date without a time as its first moment.

    Raises
    ------
    RecordError
        If the text has no known form, names no day of the calendar, or leaves open which of two
        numbers is the month.

    Examples
    --------
    >>> parse_date("Mon, 16 Jul 2018 08:37:26 -0400").isoformat()
    '2018-07-16T12:37:26+00:00'
    >>> parse_date("Published: January 5, 2026 at 3:04 PM CET").isoformat()
    '2026-01-05T14:04:00+00:00'
    """
    try:
        moment = _read(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise RecordError(f"the date {text!r:.60} falls outside the years 1-9999 in UTC") from None


def _read(text: str) -> datetime:
    if text[4:5] == "-":  # the common case, and the fast one
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    if len(text) > _LONGEST:
        raise _unknown_form(text)
    cleaned = " ".join(text.split())
    if cleaned.isdecimal():
        return _read_digits(cleaned)
    for form in _FORMS:
        match = form.fullmatch(cleaned)
        if match:
            return _assemble(match, text)
    try:
        return datetime.fromisoformat(cleaned)
    except ValueError:
        raise _unknown_form(text) from None


def _read_digits(text: str) -> datetime:
    if len(text) == _SECONDS_DIGITS:
        return _EPOCH + timedelta(seconds=int(text))
    if len(text) == _MILLISECONDS_DIGITS:
        return _EPOCH + timedelta(milliseconds=int(text))
    try:
        return datetime.strptime(text, _DIGIT_FORMS[len(text)])
    except (KeyError, ValueError):
        raise _unknown_form(text) from None


def _assemble(match: re.Match[str], text: str) -> datetime:
    parts = match.groupdict()
    day, month = _day_and_month(parts, text)
    second, fraction = parts["second"] or "0", (parts["fraction"] or "")[:6].ljust(6, "0")
    try:
        return datetime(
            *(int(parts["year"]), month, day, _hour(parts), int(parts["minute"] or 0), int(second), int(fraction)),
            tzinfo=_zone(parts["zone"]),
        )
    except ValueError as problem:
        raise RecordError(f"the date {text!r} is not in the calendar: {problem}; {_EXPECTED}") from None


def _day_and_month(parts: dict[str, str | None], text: str) -> tuple[int, int]:
    if "either" not in parts:
        month = str(parts["month"])
        return int(str(parts["day"])), int(month) if month.isdecimal() else _MONTHS[month[:3].lower()]
    first, second = int(str(parts["either"])), int(str(parts["other"]))
    if first <= 12 and second <= 12 and first != second:
        raise RecordError(
            f"the date {text!r} cannot be read: day and month cannot be told apart; "
            "write the year first, as in 2026-01-05"
        )
    return (first, second) if first > 12 else (second, first)


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts["hour"] or 0), parts["half"]
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"hour {hour} with a.m. or p.m. must be in 1..12")
    return hour % 12 + (12 if half in "pP" else 0)


def _zone(name: str | None) -> timezone | None:
    if name is None:
        return None
    if name.upper() in _ZONE_HOURS:
        return timezone(timedelta(hours=_ZONE_HOURS[name.upper()]))
    offset = timedelta(hours=int(name[1:3]), minutes=int(name[-2:]))
    return timezone(-offset if name[0] == "-" else offset)


_EXPECTED: Final = (
    "expected a form such as 2026-01-05, 2026-01-05T14:02:00+01:00, 'Mon, 05 Jan 2026 14:02:00 GMT', "
    "'January 5, 2026', '5 Jan 2026 14:02' or 05.01.2026"
)


def _unknown_form(text: str) -> RecordError:
    return RecordError(f"the date {text!r:.60} cannot be read; {_EXPECTED}")
