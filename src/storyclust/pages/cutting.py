"""A page cut into its stories, and only where a story certainly begins.

In: the text of a page. Out: its stories and what lies between them, which together are the whole page. A stretch with
too little text for a story stays with the one before: it may be a teaser of another, or a box of this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

import regex

from storyclust.errors import UsageError
from storyclust.model import Story
from storyclust.pages.lines import Lines, read_lines
from storyclust.pages.openings import BRIEF_FORMS, Opening, openings
from storyclust.pages.page import Dropped, Page, PageStory, Reason
from storyclust.pages.telling import published_of, source_of, title_of

# A story has so many words: a brief among briefs fewer, and more where it may be a teaser beside the longest story.
STORY_WORDS, BRIEF_WORDS, TEASER_WORDS = 50, 15, 80
BRIEF_SHARE, TEASER_SHARE = 1 / 3, 1 / 10
# So many openings a page has at least that is cut, and so many if they are but those of briefs.
SEVERAL, BRIEFS = 2, 3
# A list of headlines or a menu has so many lines: before the only story of a page, and behind a story.
LISTED, LISTED_BEHIND = 6, 4
LIST = regex.compile(rf"[HZTKUMLFR]{{{LISTED},}}(?=[HZ][ACTUBSKNq]{{0,6}}[PD])")
TEXT = "PDq"
FIRST_TITLE = regex.compile(r"[^PDq]{0,40}?(?P<title>[HZ]{1,3})[ACTUBSKN]{0,6}(?P<body>[PDq])")
BEHIND_ALL = regex.compile("[^ML]*")
BEHIND = regex.compile(rf"(?:[ACNTBSK]|[HZ](?!(?:[TK]{{0,3}}[HZ]){{{LISTED_BEHIND - 1}}})){{0,12}}")


def split_page(text: str, *, name: str = "page") -> Page:
    """Take a page apart that may hold several stories.

    It is cut only where a story certainly begins: where unsure, a text stays whole.

    Parameters
    ----------
    text : str
        A page as text: rolls of posts, feeds of stories, collections pasted or mailed. Any string will do.
    name : str
        What the ids of the stories begin with; the number of the story on the page follows.

    Returns
    -------
    Page
        The stories, with titles, times and sources where the page gives them, and what was dropped, each with
        half-open code-point offsets. Every character of the page is in one of them. The time is linear in the text.

    Raises
    ------
    UsageError
        If the text is no str, or the name is empty.

    Examples
    --------
    >>> told = "The harbour of Marrek was closed by fog for another day, said its master. " * 4
    >>> posts = [
    ...     *("Fog shuts the harbour of Marrek", "Posted on 9 March 2026", told),
    ...     *("Second day of fog at Marrek", "Posted on 10 March 2026", told),
    ... ]
    >>> page = split_page("\\n".join(posts))
    >>> print(page)
    Page: 2 stories, 0 of 134 words dropped
    >>> for found in page.stories:
    ...     print(found.story.id, found.story.title, found.story.published.date(), found.start, found.stop)
    page-1 Fog shuts the harbour of Marrek 2026-03-09 0 350
    page-2 Second day of fog at Marrek 2026-03-10 352 699
    """
    if not isinstance(text, str):
        raise UsageError(f"the page is {type(text).__name__} {text!r:.60}; expected its text (str)")
    if not isinstance(name, str) or not name:
        raise UsageError(f"the name of the page is {name!r:.60}; expected text that the ids of its stories begin with")
    lines = read_lines(text)
    begun = _begun(lines)
    stops = [opening.lead for opening in begun[1:]] + [len(lines)]
    behind = BEHIND if len(begun) > 1 else BEHIND_ALL
    stories: list[PageStory] = []
    dropped: list[Dropped] = []
    place = line = 0
    for number, (opening, stop) in enumerate(zip(begun, stops, strict=False), 1):
        last = _last_line(lines.kinds, opening, stop, behind)
        start, end = lines.starts[opening.start], lines.stops[last]
        dropped += _dropped(lines, place, start, range(line, opening.start))
        title, source, published = (
            title_of(lines, opening),
            source_of(lines, opening, last + 1),
            published_of(lines, opening),
        )
        stories.append(PageStory(Story(f"{name}-{number}", text[start:end], title, source, published), start, end))
        place, line = end, last + 1
    dropped += _dropped(lines, place, len(text), range(line, len(lines)))
    return Page(name, text, tuple(stories), tuple(dropped))


def _begun(lines: Lines) -> Sequence[Opening]:
    """The openings of the stories; but one, if the page is not certainly several."""
    if not len(lines):
        return ()
    words = [0, *accumulate(size if kind in TEXT else 0 for size, kind in zip(lines.sizes, lines.kinds, strict=True))]
    found = openings(lines)
    whole = _whole(lines, found)
    if not found or words[found[0].title] > 0:
        found = [whole, *found]
    bounds = [words[opening.title] for opening in found[1:]] + [words[-1]]
    lengths = [stop - words[opening.title] for opening, stop in zip(found, bounds, strict=True)]
    least = least_words(max(lengths))
    told = [
        (opening, length)
        for opening, length in zip(found, lengths, strict=True)
        if length >= (BRIEF_WORDS if opening.form in BRIEF_FORMS else least)
    ]
    sure = [length for opening, length in told if opening is not whole]
    enough = SEVERAL if min(sure, default=0) >= STORY_WORDS else BRIEFS
    return [opening for opening, _ in told] if len(sure) >= enough else (whole,)


def least_words(longest: int) -> float:
    """How many words a story has at least on a page whose longest has so many.

    >>> [round(least_words(longest)) for longest in (30, 90, 300, 700, 2000)]
    [15, 30, 50, 70, 80]
    """
    return max(
        min(STORY_WORDS, max(BRIEF_WORDS, longest * BRIEF_SHARE)),
        min(TEASER_WORDS, longest * TEASER_SHARE),
    )


def _whole(lines: Lines, found: Sequence[Opening]) -> Opening:
    """The opening of a page of one story: all of it, but for a menu or a list of headlines on top."""
    listed = LIST.match(lines.kinds)
    start = listed.end() if listed else 0
    title = FIRST_TITLE.match(lines.kinds, start)
    if title is None:
        return Opening(start, 0, start, start, "untitled")
    stamped = [
        opening for opening in found if opening.body >= title.start("body") and opening.title <= title.start("title")
    ]
    if stamped and stamped[0].form != "mail":
        return replace(stamped[0], lead=0, start=start)
    return Opening(title.start("title"), 0, start, title.start("body"), "untitled")


def _last_line(kinds: str, opening: Opening, stop: int, signed: regex.Pattern[str]) -> int:
    """The last line of a story: of its text, and of what signs it."""
    text = max((kinds.rfind(kind, opening.start, stop) for kind in TEXT), default=-1)
    if text < 0:
        return stop - 1
    behind = signed.match(kinds, text + 1, stop)
    return behind.end() - 1 if behind else text


def _dropped(lines: Lines, start: int, stop: int, numbers: range) -> Iterator[Dropped]:
    """What lies between two stories, if anything."""
    if start < stop:
        yield Dropped(start, stop, _reason("".join(lines.kinds[number] for number in numbers)))


def _reason(kinds: str) -> Reason:
    if not kinds:
        return "blank"
    if regex.search("[PD]", kinds):
        return "masthead"
    headlines = len(regex.findall("[HZ]", kinds))
    if headlines >= LISTED_BEHIND and 2 * headlines >= len(kinds) - kinds.count("K"):
        return "headline list"
    return "date and byline" if regex.fullmatch("[SBEKT]*[SBE][SBEKT]*", kinds) else "menu"
