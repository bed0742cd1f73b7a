"""The credits that a story has beside its dateline: bylines, copyright notices, sources, thanks, a name at the end.

In: a line with a sign for each name. Out: the agencies credited. The credit of a picture is none of the text's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import regex

from storyclust.text.credit_rows import (
    FREE,
    FREE_NAME,
    NAME,
    CreditRow,
    NamedLine,
    Phrases,
    any_of,
    list_of,
    rows_of,
)

# A longer line is a paragraph, of which the end is read.
LONGEST, END = 160, 240


def read_credit_line(line: NamedLine) -> tuple[CreditRow, ...]:
    """Whom a line credits.

    >>> from storyclust.text.credit_rows import name_line
    >>> [row.name for row in read_credit_line(name_line("By Ada Quill and Tom Reed, Associated Press"))]
    ['AP']
    >>> read_credit_line(name_line("Photo: Ada Quill/AP"))
    ()
    """
    patterns, start = _patterns(), max(len(line.text) - END, 0)
    met = patterns.thanked.search(line.text, start)
    if met:
        return line.rows_in(met)
    if len(line.text) <= LONGEST and next(_pictures().find(line.text), None) is None:
        met = patterns.owned.search(line.text)
        if met:
            return line.rows_in(met)
        for pattern in (patterns.alone, patterns.byline, patterns.stamped):
            met = pattern.match(line.text)
            if met:
                return line.rows_in(met)
    return ()


def read_line_end(line: NamedLine) -> tuple[CreditRow, ...]:
    """Whom the end of a line credits, set off from the sentence before it.

    >>> from storyclust.text.credit_rows import name_line
    >>> [row.name for row in read_line_end(name_line("The ferry was towed free. (AFP, dpa)"))]
    ['AFP', 'dpa']
    >>> read_line_end(name_line("The ferry was towed free, its owner told AFP."))
    ()
    """
    met = _patterns().end.search(line.text, max(len(line.text) - END, 0))
    return line.rows_in(met) if met else ()


@cache
def _pictures() -> Phrases:
    return Phrases(rows_of("picture"))


@dataclass(frozen=True, slots=True)
class _Patterns:
    alone: regex.Pattern[str]
    byline: regex.Pattern[str]
    stamped: regex.Pattern[str]
    owned: regex.Pattern[str]
    thanked: regex.Pattern[str]
    end: regex.Pattern[str]


@cache
def _patterns() -> _Patterns:
    every, free, long = (rf"(?i:the\s)?(?P<names>{list_of(name)})" for name in (NAME, FREE_NAME, FREE))
    credit, by, with_ = any_of(rows_of("credit")), *(any_of(rows_of("credit", name=name)) for name in ("by", "with"))
    stamp, joint = any_of(rows_of("stamp")), any_of(rows_of("joint"))
    ended = rf"[\s.|,•·–—-]*+(?:$|(?:{stamp}|\d).*+$)"
    person = r"\p{Lu}[\p{L}.'’-]*+"
    persons = rf"{person}(?:(?:\s?,\s?|\s)(?:{joint}\s)?{person}){{1,11}}?"
    opening, closing = r"[\s(\[（【«\"“*—–_•-]{0,5}+", r"[\s)\]）】»\"”*/]*+"
    set_off = rf"(?:[(\[（【](?:(?:[^()\[\]\n/]{{0,40}}?\s)?{with_}\s)?|[—–*]\s?(?:{with_}\s)?|--?\s?|[«\"“‹])"
    return _Patterns(
        regex.compile(rf"{opening}(?:(?:{credit}[\s:：(«\"“]{{1,3}}+)++{every}|{free}){closing}{ended}"),
        regex.compile(
            rf"\s*+(?:{by}[\s:：]+{persons}(?:\s?[,|/]\s?|\s+[-–—]+\s+|\s(?i:of|for)\s|\s){every}|{persons},\s{long}){ended}"
        ),
        regex.compile(rf"\s*+{stamp}.{{0,60}}?\b{by}\s{free}\s?(?:[,|•·]|$)"),
        regex.compile(rf"(?:©|\([cC]\)|(?i:\bcopyright\b))(?:[\s\d,–-]|(?i:copyright|by)\b){{0,20}}+{free}"),
        regex.compile(rf"(?P<names>{NAME}[^.\n]{{0,160}}?)\s{any_of(rows_of('thanks'))}"),
        regex.compile(
            rf"(?:^|[.!?…。！？»”\"'’)])\s*+{set_off}\s?[«\"“{{]?(?P<names>{list_of(NAME)})"
            r"[\s.»\"”}]*+[)\]）】»\"”/]?[\s.]*+$"
        ),
    )
