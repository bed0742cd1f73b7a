"""The dateline that a line of a story begins with: who sent it, and from where.

In: a line with a sign for each name. Out: the agencies and outlets it names, and the place. A dateline is told by its
signs: the name in brackets or set off, and a dash or a colon behind. A place and a dash without a name are one too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

from storyclust.text.credit_rows import (
    BRIEF,
    FREE_NAME,
    NAME,
    SIGNS,
    CreditRow,
    NamedLine,
    Phrases,
    any_of,
    list_of,
    rows_of,
)

DASH = r"(?:\s*[—―]+\s*|\s*[-–]{1,2}\s+|\s+[-–]{1,2}\s*)"
COLON = r"\s?[:：]"
# What no place is written with.
PLACE = r"[^\n()\[\]（）【】:：;!?…«»“”\"|<>=]"
LONGEST = 120
# A shorter line is a heading, and a dash in it no dateline's.
LONG_LINE = 60
WORDS, CASELESS_WORDS, PLACE_WORDS, SMALL_WORDS, HEADING_WORDS = 12, 4, 5, 3, 2


@dataclass(frozen=True, slots=True)
class Dateline:
    """Whom a dateline names, and the place.

    Attributes
    ----------
    rows : tuple of CreditRow
        The agencies and outlets, none where it names a place alone.
    place : str or None
    """

    rows: tuple[CreditRow, ...]
    place: str | None


def read_dateline(line: NamedLine) -> Dateline | None:
    """The dateline that a line begins with.

    >>> from storyclust.text.credit_rows import name_line
    >>> read_dateline(name_line("MARREK, Jan 5 (Reuters) - The ferry ran aground.")).place
    'MARREK'
    >>> read_dateline(name_line("Marrek (population 900) is a port."))
    """
    patterns, begun = _patterns(), line.text[:LONGEST]
    if not line.rows or not SIGNS.search(begun):
        return read_place(line.text)
    bracketed = patterns.bracketed.match(begun)
    if bracketed and _is_around_brackets(bracketed, line.text):
        places = (_place(bracketed[part]) for part in ("place", "inside", "after"))
        return Dateline(line.rows_in(bracketed), next(filter(None, places), None))
    unspaced = patterns.unspaced.match(begun)
    if unspaced:
        return Dateline(line.rows_in(unspaced), unspaced["place"] or unspaced["after"] or None)
    for pattern in (patterns.behind_place, patterns.before_place):
        met = pattern.match(begun)
        if met and _is_set_off(met, line.text):
            return Dateline(line.rows_in(met), _place(met["place"]))
    ended = patterns.at_end.match(begun)
    if ended and _is_set_off(ended, line.text):
        # Without a date, what stands before the name is as often a reporter's.
        return Dateline(line.rows_in(ended), _place(ended["place"]) if _has_digit(ended["place"]) else None)
    return read_place(line.text)


def read_place(line: str) -> Dateline | None:
    """The dateline of a line that names no agency.

    >>> read_place("MARREK — The ferry Anselm ran aground at dawn and was towed free.").place
    'MARREK'
    """
    met = _patterns().place_alone.match(line) if len(line) >= LONG_LINE else None
    if not met or _is_no_place(met["place"]) or next(_stamps().find(met["place"]), (1,))[0] == 0:
        return None
    return Dateline((), _place(met["place"]))


def _is_around_brackets(met: regex.Match[str], line: str) -> bool:
    """Whether what is around a name in brackets is a dateline."""
    before, ends = met["place"], met.end() >= len(line.rstrip())
    if not _is_place(before) or _is_no_place(before):
        return False
    if met["closed"] or not before or _has_digit(before):
        return True
    return ends and (len(before.split()) == 1 or before.isupper() or "," in before)


def _is_set_off(met: regex.Match[str], line: str) -> bool:
    """Whether a name that no brackets set off stands in a dateline."""
    groups = met.groupdict()
    place, near = groups["place"] or "", (groups.get("near") or "").strip()
    if not _is_place(place) or _is_no_place(place) or (near and BRIEF in met["names"]):
        return False  # two letters behind a comma are a state
    if met.end() < len(line.rstrip()):
        return groups.get("stop") is None or _has_digit(place)
    # A line of its own: a headline, but in capitals, of few words, with a date or another name.
    cased = any(character.islower() or character.isupper() for character in place)
    few = place.isupper() if cased else len(place.split()) <= HEADING_WORDS
    return few or _has_digit(place) or SIGNS.search(place) is not None


def _is_place(text: str) -> bool:
    """Whether words may be a place, a date and a reporter: not many, and few of them with a small letter."""
    words = text.split()
    cased = any(character.isupper() for character in text)
    most = WORDS if cased or _has_digit(text) else CASELESS_WORDS
    return len(words) <= most and sum(word[0].islower() for word in words) <= SMALL_WORDS


def _is_no_place(text: str) -> bool:
    return next(_no_places().find(text), None) is not None


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


_DASH = regex.compile(DASH)
_DATE = regex.compile(r",[^,]*\d.*|\s\d.*|^\d.*")


def _place(text: str | None) -> str | None:
    """The place among the words before a dash: without a date, without what stands before another dash."""
    parts = [part.strip(" ,./*-–—\u200f\u200e\t\xa0") for part in _DASH.split(text or "")]
    named = [part for part in parts if part and not SIGNS.search(part)]
    place = _DATE.sub("", named[-1]).strip(" ,./") if named else ""
    return place if len(place.split()) <= PLACE_WORDS and any(map(str.isalpha, place)) else None


@cache
def _stamps() -> Phrases:
    return Phrases(rows_of("stamp"))


@cache
def _no_places() -> Phrases:
    return Phrases((*rows_of("picture", "mark", "withdrawn"), *rows_of("credit", name="by")))


@dataclass(frozen=True, slots=True)
class _Patterns:
    bracketed: regex.Pattern[str]
    unspaced: regex.Pattern[str]
    behind_place: regex.Pattern[str]
    before_place: regex.Pattern[str]
    at_end: regex.Pattern[str]
    place_alone: regex.Pattern[str]


@cache
def _patterns() -> _Patterns:
    every, free = rf"(?P<names>{list_of(NAME)})", rf"(?P<names>{list_of(FREE_NAME)})"
    with_ = any_of(rows_of("credit", name="with"))
    inside = (
        rf"(?:(?:[^()\n/=]{{0,40}}?\s)?{with_}\s|(?P<inside>[^()\n/=\s]{{1,12}})="
        r"|(?P<inside>[\p{Han}\p{Katakana}]{1,8}))?"
    )
    near = rf"(?:\s?(?P<near>[,/])\s?|{DASH})"
    capitals = r"\p{Lu}[\p{Lu}.'’]++(?:[ -]\p{Lu}[\p{Lu}.'’]++){0,3}"
    state, date = (
        r"(?:,\s\p{Lu}[\p{L}.]++(?:\s\p{Lu}[\p{L}.]++){0,2})?",
        r"(?:,\s[\p{L}. ]{0,12}\d{1,2}(?:\s\p{L}{3,10})?)?",
    )
    return _Patterns(
        regex.compile(
            rf"[\s\W]{{0,3}}?(?P<place>{PLACE}{{0,80}}?)\s*[(\[（【]\s?{inside}{every}\s?[)\]）】]"
            rf"(?P<closed>{DASH}(?:(?P<after>{PLACE}{{2,30}}?){DASH})?|{COLON})?"
        ),
        regex.compile(
            rf"[\s（(]*+(?P<place>\p{{Han}}{{0,12}}?){every}(?P<after>\p{{Han}}{{0,12}}?)(?:\d+月)?\d+{any_of(rows_of('dated'))}"
        ),
        regex.compile(rf"\s*+(?P<place>{PLACE}{{2,60}}?){near}{free}(?:{DASH}|{COLON}\s|/[.,]?\s|(?P<stop>\.\s))"),
        regex.compile(
            rf"\s*+(?:{free}(?=\s?[,/–—-])|{every}(?=\s?[–—-])){near}(?P<place>{PLACE}{{2,30}}?)(?:{COLON}|{DASH}|\s*$)"
        ),
        regex.compile(rf"\s*+(?P<place>{PLACE}{{2,80}}?)(?:{DASH}|(?<=\d[^\n]{{2,40}})\s){every}\s*+$"),
        regex.compile(
            rf"\s*+(?P<place>{capitals}{state}{date})"
            rf"(?:\s?[—–]\s?|\s--?\s)(?=\p{{Lu}}|[\"“'‘«])"
        ),
    )
