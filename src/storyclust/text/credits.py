"""What a story says of where it came from: the agencies it credits, the outlet, the place it was written at.

In: the text as given, its title and its outlet. Out: names, of which the text is asked at its two ends alone, where
credits stand:

1. A dateline, at the start of a line: a place, a name in brackets or set off by a dash, and a dash or a colon behind.
2. A line of credit: a name alone, a name behind a byline or behind a word like *by* or *source*, a copyright notice.
3. A name in brackets, in quotation marks or behind a dash that ends a line, behind a sentence that has ended.
4. Words of thanks: the name contributed to the report.

A name within a sentence is no credit: what someone *told AFP* any outlet may tell. Nor is the credit of a picture.
Names that are words or other names as well count in brackets and behind a word of credit only.
"""

from __future__ import annotations

from dataclasses import dataclass

from storyclust.text.credit_datelines import read_dateline
from storyclust.text.credit_lines import END, LONGEST, read_credit_line, read_line_end
from storyclust.text.credit_rows import AGENCY, OUTLET, NamedLine, name_line, names
from storyclust.text.marks import Mark, read_version

# Menus and captions stand before the dateline of many pages, and links behind the last credit.
HEAD, TAIL = 3000, 500


@dataclass(frozen=True, slots=True)
class Credits:
    """What a story says of itself.

    Attributes
    ----------
    agencies : tuple of str
        The agencies it credits, under one name each, in the order in which they are met. Unnamed ones are
        ``"agencies"``.
    outlet : str or None
        The outlet that its dateline names.
    place : str or None
        Where its dateline says that it was written.
    mark : {"urgent", "lead", "update", "correction", "repeat"} or None
        Which version of itself it says it is.
    number : int
        Which of these, such as the 2 of "UPDATE 2"; 0 where that is not said.
    withdrawn : bool
        Whether it says that it is withdrawn.
    """

    agencies: tuple[str, ...] = ()
    outlet: str | None = None
    place: str | None = None
    mark: Mark | None = None
    number: int = 0
    withdrawn: bool = False


def read_credits(text: str, *, title: str | None = None) -> Credits:
    """What a story says of itself: whom it credits, where it was written, which version it is.

    Parameters
    ----------
    text : str
        As scraped.
    title : str, optional
        Its headline, where marks like "UPDATE 2-" stand.

    Returns
    -------
    Credits

    Examples
    --------
    >>> read_credits("MARREK, Jan 5 (Reuters) - The ferry Anselm ran aground.", title="UPDATE 2-Ferry aground")
    Credits(agencies=('Reuters',), outlet=None, place='MARREK', mark='update', number=2, withdrawn=False)
    >>> read_credits("The harbour master told AFP that no one was hurt.").agencies
    ()
    """
    version = read_version(title, text)
    first, last = _lines_at_ends(text)
    datelines = [dateline for line in first if (dateline := read_dateline(line))]
    credited = [row for dateline in datelines for row in dateline.rows]
    outlets = (row.name for row in credited if row.kind == OUTLET)
    place = next((dateline.place for dateline in datelines if dateline.place), None)
    named = [line for line in (*first, *last) if line.rows]
    credited += [row for line in named for row in read_credit_line(line)]
    credited += [row for line in last if line.rows for row in read_line_end(line)]
    agencies = dict.fromkeys(row.name for row in credited if row.kind == AGENCY)
    return Credits(tuple(agencies), next(outlets, None), place, version.mark, version.number, version.withdrawn)


def _lines_at_ends(text: str) -> tuple[list[NamedLine], list[NamedLine]]:
    """The lines that begin in the head of a text, and those that end in its tail."""
    stop, start = text.find("\n", HEAD, 2 * HEAD), max(len(text) - TAIL, 0)
    # A line that goes on over the start is whole, or too long to be a line of credit.
    begin = text.rfind("\n", max(start - LONGEST, 0), start) + 1 or max(start - LONGEST - 1, 0)
    first, last = (_named_lines(end) for end in (text[: stop if stop >= 0 else 2 * HEAD], text[begin:]))
    return first, last


def _named_lines(text: str) -> list[NamedLine]:
    lines = [_shortened(line) for line in text.splitlines() if line and not line.isspace()]
    return [name_line(line) for line in lines] if names().may_be_in(text) else [NamedLine(line, ()) for line in lines]


def _shortened(line: str) -> str:
    """The line, without what stands in the middle of a long one."""
    return line if len(line) <= 2 * END else f"{line[:END]} … {line[-END:]}"
