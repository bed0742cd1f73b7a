"""Where stories of a page may begin: forms of openings, as rows of a table over the letters of its lines.

In: the lines of a page. Out: openings, each with the line it begins at. One sign of an opening proves little: a page
of one story has dates, bylines, rules and links to other stories too. A form that a site prints but at the head of a
story stands for itself; of the others, several on a page must look alike.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import regex

from storyclust.pages.lines import Lines

# What may stand between the title and the text.
BESIDE = "[ACUKTNFBSq]"
LONGEST_TITLE = 3
LEAD = 8
# So many of the signs that a form is told by must be openings, if several must look alike.
MOST_ALIKE = 2 / 3
LABELS = 3


@dataclass(frozen=True, slots=True)
class Form:
    """A form of openings: what it is told by, and how often it must be there.

    `pattern` matches the letters of its lines; the group ``title`` is where the story begins, and the match ends with
    the first line of its text. A page must have `alike` of them at least, and among its lines with the letter `sign`
    there must be few others. Of a page that has them from the top, the first stands before any text.
    A form that sets stories apart may do so with briefs.
    """

    name: str
    alike: int
    sign: str
    pattern: str
    where: Literal["anywhere", "from the top"] = "anywhere"
    text: Literal["story", "brief"] = "story"


FORMS = (
    # A letter: From, Date, Subject, and then the text; or a record whose fields are labelled so.
    Form(
        "mail",
        1,
        "",
        rf"(?P<title>(?:E[ES]{{1,7}}|S{{1,3}}E[ES]{{0,5}})){BESIDE}{{0,3}}[HZ]?[PDq]",
        "from the top",
        "brief",
    ),
    # The headline, perhaps what the story is about and a caption, when it was published, the text.
    Form(
        "stamped",
        1,
        "",
        r"(?P<title>[HZ])[ACUKTBN]{0,5}[PDq]?[ACUKTBN]{0,5}S"
        r"(?:[SBTACUFKqN]{0,6}|[SBTACUFKqN]{0,3}H[ACUKTN]{0,3})[PD]",
    ),
    # The headline as the page's title and as the story's.
    Form("doubled", 1, "", rf"(?P<title>Z)[ACTUBSKNZ]{{0,7}}H{BESIDE}{{0,7}}[PD]"),
    # The headline, and a text that begins with its place and agency.
    Form("dateline", 1, "", r"(?P<title>[HZ])[ACTB]{0,3}D"),
    # When it was published, and then the headline.
    Form("roll", 2, "S", rf"S[SBTFKRU]{{0,3}}(?P<title>[HZ]){BESIDE}{{0,5}}H?[ACT]{{0,2}}[PD]"),
    # The link to the rest of the story before, the headline.
    Form("continued", 2, "M", rf"(?:^|M[KRFULTS]{{0,6}})(?P<title>[HZ]){BESIDE}{{0,6}}H?[ACT]{{0,2}}[PD]"),
    # A rule, the headline; or a rule, and a text that begins with its place.
    Form("ruled", 2, "R", rf"(?:^|R[KTS]{{0,3}})(?P<title>[HZ]){BESIDE}{{0,5}}H?[ACT]{{0,2}}[PD]", text="brief"),
    Form("ruled text", 2, "R", r"R(?P<title>D)"),
    # Whose the story before was, the headline.
    Form("credited", 2, "C", rf"(?:^|C[FULKR]{{0,4}})(?P<title>[HZ]){BESIDE}{{0,5}}[PD]"),
    # The headline, its writer, the text.
    Form("bylined", 3, "B", r"(?P<title>[HZ])[ACUKT]{0,4}[PDq]?[ACUK]{0,3}B[BTACUKN]{0,4}[PD]"),
)
BRIEF_FORMS = frozenset(form.name for form in FORMS if form.text == "brief")
PATTERNS = {form.name: regex.compile(form.pattern) for form in FORMS}


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """Where a story may begin, as numbers of lines.

    `title` is its title, `lead` the first line of what leads to it, `start` the first line of the story as it is kept,
    `body` the first of its text; `form` is the form it has.
    """

    title: int
    lead: int
    start: int
    body: int
    form: str


def openings(lines: Lines) -> list[Opening]:
    """The openings of a page, in its order; several forms may tell one."""
    leading = _stamps_lead(lines.kinds)
    labels = _labels(lines)
    found: list[Opening] = []
    for form in FORMS:
        if form.name == ("stamped" if leading else "roll"):
            continue
        own = [
            _opening(lines.kinds, labels, match, form.name)
            for match in PATTERNS[form.name].finditer(lines.kinds, overlapped=True)
        ]
        if form.where == "from the top" and own and regex.search("[PDq]", lines.kinds[: own[0].title]):
            continue
        if len(own) >= form.alike and (not form.sign or len(own) >= MOST_ALIKE * _signs(lines.kinds, form.sign)):
            found += own
    return sorted(found)


def _stamps_lead(kinds: str) -> bool:
    """Whether the stories of a page are dated above their headlines, from the first on."""
    groups = len(regex.findall("S+", kinds))
    leading = list(PATTERNS["roll"].finditer(kinds))
    if len(leading) < 2 or len(leading) < MOST_ALIKE * groups:
        return False
    return not regex.search("[PD]", kinds[: leading[0].start()])


def _signs(kinds: str, sign: str) -> int:
    """How often a form's sign stands between texts."""
    return len(regex.findall(f"(?<=[PDq][^PDq]{{0,{LEAD}}}){sign}+(?=[^PDq]{{0,{LEAD}}}[PDq])", kinds))


def _labels(lines: Lines) -> frozenset[int]:
    """The short lines that come again and again, such as the name of a desk above each headline."""
    short = [number for number, kind in enumerate(lines.kinds) if kind == "T"]
    times = Counter(lines[number] for number in short)
    return frozenset(number for number in short if times[lines[number]] >= LABELS)


def _opening(kinds: str, labels: frozenset[int], match: regex.Match[str], form: str) -> Opening:
    first = title = match.start("title")
    if kinds[title] in "HZ":
        while title > 0 and kinds[title - 1] in "HZ" and first - title <= LONGEST_TITLE:
            title -= 1
        # More lines than a title has are a list of headlines, and the last of them this one's.
        title = title if first - title < LONGEST_TITLE else first
    lead = title
    while lead > 0 and title - lead < LEAD and (kinds[lead - 1] in "SKRMLFU" or lead - 1 in labels):
        lead -= 1
    start = title
    while kinds[start] in "ES" and form == "mail":
        start += 1
    return Opening(title, lead, start, match.end() - 1, form)
