"""Phrases that give lines between stories away, as rows of a table.

In: ``phrases.tsv``. Out: a pattern a sign, which matches a line that begins with one of its phrases.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import regex

SIGNS = (
    *("stamp", "byline", "signed", "more", "list", "footer", "source", "together"),
    *("sender", "sent", "subject", "receiver", "month"),
)


@cache
def phrases(sign: str) -> tuple[str, ...]:
    """The phrases of a sign, in all languages."""
    table = (files("storyclust.pages") / "phrases.tsv").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in table.splitlines() if not row.startswith("#"))
    return tuple(phrase for of, _, phrase in rows if of == sign)


@cache
def opening_phrase(sign: str) -> regex.Pattern[str]:
    """A pattern for what a line begins with: a phrase of the sign, and the signs of punctuation around it.

    >>> opening_phrase("stamp").match("Posted on: 5 January 2026").group()
    'Posted on: '
    >>> opening_phrase("stamp").match("Postage goes up") is None
    True
    """
    return regex.compile(r"\W{0,3}\L<phrases>(?!\p{L})\W{0,4}", regex.IGNORECASE, phrases=list(phrases(sign)))


def label(sign: str, line: str) -> str | None:
    """What a line says behind a phrase of the sign and a colon, None if it has none.

    >>> label("subject", "Subject: Ferry aground")
    'Ferry aground'
    """
    phrase = opening_phrase(sign).match(line)
    if phrase is None or phrase.end() == len(line) or not regex.search(r"[:：]\s*$", phrase.group()):
        return None
    return " ".join(line[phrase.end() :].split())


@cache
def months() -> dict[str, int]:
    """The number of each month by its names, in lower case."""
    return {name: int(number) for name, number in (row.rsplit(" ", 1) for row in phrases("month"))}
