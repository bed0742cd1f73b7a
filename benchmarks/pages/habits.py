"""The habits of sites, desks and people who collect stories, as rows: how each sets several on one page.

A habit is three templates: what stands on top of the page, each story, what stands below. Story templates have the
fields ``title``, ``text``, ``source``, ``writer``, ``city``, ``dek`` (the first sentence), ``number`` and ``date``,
which may be formatted. ``{month}`` is the month in the language of the habit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cut = Literal["whole", "brief", "wrapped"]
"""What a story gives: all of its text, its first paragraph, all broken at 72 columns."""


@dataclass(frozen=True)
class Habit:
    """How stories are set on a page; ``language`` is that of the stories."""

    name: str
    story: str
    top: str = ""
    below: str = ""
    language: str = "en"
    cut: Cut = "whole"


MENU = "Home\nNews\nSport\nWeather\nOpinion\nAbout us\nContact\n\n"
HEADLINES = (
    "Council puts off vote on the new tram line\nSwimmers find a bell under the old pier\n"
    "Why the price of rye has doubled since autumn\nKeeper of the light retires after forty years\n"
    "Three held over theft of copper from the yard\nSchool choir sings for the crews of the ice fleet\n"
)
LIVE = "Three lines were reopened by noon, and the fourth will follow when its points are free of ice. "

SEVERAL = (
    Habit(
        "WordPress roll",
        "{title}\nPosted on {date:%B} {date.day}, {date.year} by {writer}\n\n{text}\n\n"
        "Posted in News | Leave a comment\n\n",
        "The Strait Observer\nNotes from both shores\nHome\nAbout\n\n",
        "Older posts\nRecent Posts\n" + HEADLINES,
    ),
    Habit(
        "Blogspot roll",
        "{date:%A, %B} {date.day}, {date.year}\n\n{title}\n\n{text}\n\n"
        "Posted by {writer} at {date:%H:%M} AM No comments:\n"
        "Labels: ferries, weather\n\n",
        "Salt and Iron\n\n",
        "Older Posts\nHome\nBlog Archive\n",
    ),
    Habit(
        "roll without its dates",
        "Posted on Leave a comment\n\n{title}\n\n{text} ({source})\n\n",
    ),
    Habit(
        "feed with desks",
        "World News\n\n{title}\n\nPublished\n\non\n\n{text}\n\nContinue Reading\n\n",
        "Connect with us\n\n",
        "Most Viewed\n" + HEADLINES,
    ),
    Habit(
        "feed to read more of",
        "{title}\n\nBy {writer} | {date:%d %b %Y}\n\n{text}\n\nRead more »\n\n",
        MENU,
    ),
    Habit(
        "pages copied one after another",
        "{title}\n\n{dek}\n\nIssued on: {date:%d/%m/%Y} - 14:02\n\n{text}\n\n(With newswires)\n",
    ),
    Habit(
        "pages with writer and day",
        "{title}\n\n{dek}\nCopyright {source}\n\nBy {writer}\nPublished on {date:%d/%m/%Y} - 9:15\n\n{text}\n\n\n",
    ),
    Habit(
        "headlines printed twice",
        "{title}\n\nThe quay at {city} on Monday. ({source})\n"
        "The quay at {city} on Monday. ({source})\nTT\n\n{title}\n\n"
        "The quay at {city} on Monday. ({source})\nThe quay at {city} on Monday. ({source})\n\n{text}\n\n\n",
    ),
    Habit("digest between rules", "{title}\n\n{text}\n\n----------------------------------------\n\n"),
    Habit("digest between stars", "* * *\n\n{title}\n{text}\n\n", "The morning in brief\n\n"),
    Habit("briefs between rules", "{title}\n{text}\n\n===\n\n", cut="brief"),
    Habit(
        "letters",
        "From: {source} <desk@wire.example>\nDate: {date:%a, %d %b %Y %H:%M:%S} +0000\n"
        "Subject: {title}\n\n{text}\n\n\n",
    ),
    Habit(
        "letters broken at a width",
        "From: {source} <desk@wire.example>\nTo: readers@wire.example\nSubject: {title}\n"
        "Date: {date:%d %B %Y %H:%M}\n\n{text}\n\n\n",
        cut="wrapped",
    ),
    Habit("records with labels", "Title: {title}\nDate: {date:%Y-%m-%d}\nSource: {source}\n\n{text}\n\n"),
    Habit("datelines", "{title}\n{city} ({source}) — {text}\n\n"),
    Habit("datelines of a wire", "{title}\n\n{city}, {date:%B} {date.day} (Reuters) - {text}\n\n"),
    Habit(
        "forum",
        "Re: {title}\nby {writer} » {date:%a %b %d, %Y} 3:04 pm\n\n{text}\n\nTop\n\n",
        "Board index\nNews of the strait\nSearch\n\n",
    ),
    Habit(
        "listings with a day each",
        "{title}\n{date:%d.%m.%Y}\n\n{text}\n\n",
    ),
    Habit(
        "French roll",
        "{title}\n\nPublié le {date.day} {month} {date.year} par {writer}\n\n{text}\n\nLaisser un commentaire\n\n",
        "Accueil\nÀ propos\n\n",
        language="fr",
    ),
    Habit(
        "Spanish feed",
        "{title}\n\n{date.day} de {month} de {date.year}\nPor {writer}\n\n{text}\n\nLeer más\n\n",
        "Inicio\nDeportes\nCultura\n\n",
        "Lo más leído\nEl faro cierra por obras hasta el otoño\n",
        language="es",
    ),
    Habit(
        "German roll",
        "{title}\n\nVeröffentlicht am {date.day}. {month} {date.year} von {writer}\n\n{text}\n\nWeiterlesen →\n\n",
        language="de",
    ),
    Habit(
        "Arabic feed",
        "{title}\n\nنشر في {date.day} {month} {date.year}\n\n{text}\n\nاقرأ المزيد\n\n",
        "الرئيسية\nأخبار\nرياضة\n\n",
        language="ar",
    ),
    Habit(
        "Chinese listing",
        "{title}\n\n发布时间：{date.year}年{date.month}月{date.day}日 来源：{source}\n\n{text}\n\n阅读全文\n\n",
        "首页\n新闻\n",
        "热门文章\n",
        language="zh",
    ),
    Habit(
        "Russian feed",
        "{title}\n\n{date.day} {month} {date.year}, {date:%H:%M}\n\n{text}\n\nЧитать далее\n\n",
        language="ru",
    ),
    Habit(
        "Greek roll",
        "{title}\n\nΔημοσιεύτηκε στις {date.day} {month} {date.year}\n\n{text}\n\nΑφήστε ένα σχόλιο\n\n",
        language="el",
    ),
    Habit("Hindi listing", "{title}\n\nप्रकाशित: {date.day} {month} {date.year}\n\n{text}\n\nऔर पढ़ें\n\n", language="hi"),
    Habit(
        "Japanese listing",
        "{title}\n\n{date.year}年{date.month}月{date.day}日\n\n{text}\n\n続きを読む\n\n",
        language="ja",
    ),
)

# Pages of one story, which must stay whole.
ONE = (
    Habit(
        "story below a list of headlines",
        "{title}\n{text}\n",
        "".join(f"-\n{line}\n" for line in HEADLINES.splitlines()),
    ),
    Habit("story with boxes", "{title}\nBy {writer}\n{date:%d %B %Y}\n\n{text}\n\nRelated stories\n" + HEADLINES),
    Habit(
        "story with dated teasers",
        "{title}\nBy {writer}\n{date:%d %B %Y}\n\n{text}\n\nMore from this site\n",
        below="".join(
            f"{line}\n{day} March 2026\n"
            "The council met on Monday and put the question off until the summer, to nobody's surprise.\n\n"
            for day, line in enumerate(HEADLINES.splitlines(), 2)
        ),
    ),
    Habit(
        "story with comments",
        "{title}\n{date:%d %B %Y}\n\n{text}\n\n3 comments\n",
        below="".join(
            f"{who}\n{day} March 2026 at 10:0{day}\n"
            + "I was there, and it was quite otherwise: nobody had told us anything. " * 6
            + "\nReply\n\n"
            for day, who in enumerate(("Anna K.", "salty_dog", "Michael J. Anderson"), 3)
        ),
    ),
    Habit(
        "live page",
        "{title}\nThe Latest on the snow (all times local):\n\n10:40 a.m.\n\n{text}\n\n___\n\n",
        below="".join(f"{hour}:15 a.m.\n\n{LIVE * 4}\n\n___\n\n" for hour in (9, 8, 7)),
    ),
    Habit(
        "story with headings between",
        "{title}\n\n{text}\n\nWhat happens to the boats now?\n\n"
        + LIVE * 4
        + "\n\nWho is to pay for all of it\n\n"
        + LIVE * 4
        + "\n\n",
    ),
    Habit(
        "story with rules between",
        "{title}\nBy {writer}\n\n{text}\n\n* * *\n\n" + LIVE * 5 + "\n\n* * *\n\n" + LIVE * 5 + "\n",
    ),
    Habit(
        "story with links between",
        "{title}\n{date:%d %B %Y}\n\n{text}\n\nREAD MORE: Council puts off vote on the new tram line\n\n"
        + LIVE * 4
        + "\n\nRelated: Swimmers find a bell under the old pier\n\n"
        + LIVE * 4
        + "\n",
    ),
    Habit(
        "chronicle",
        "{title}\n\n{text}\n\n",
        below="".join(f"{day} March 2026\n\n{LIVE * 4}\n\n" for day in range(2, 6)),
    ),
    Habit("letters in a story", "{title}\n\n{text}\n\nFrom: Ilse Brandt\nTo: the harbour office\n\n" + LIVE * 5 + "\n"),
    Habit("story broken at a width", "{title}\n\n{text}\n", cut="wrapped"),
)

MONTHS = {
    "en": "March",
    "fr": "mars",
    "es": "marzo",
    "de": "März",
    "ar": "مارس",
    "ru": "марта",
    "el": "Μαρτίου",
    "hi": "मार्च",
    "zh": "",
    "ja": "",
}
