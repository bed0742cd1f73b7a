"""Which agencies supplied a story, by all that is known of it, and whether an outlet is an agency itself.

In: stories and the names of outlets. Out: names of agencies. What a provider says goes before what the text
says, and a story keeps what it came with.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from storyclust.model import Story
from storyclust.text.credit_rows import AGENCY, Phrases, bare, rows_of
from storyclust.text.credits import read_credits

# An agency by no name of its own; it has no outlet.
UNNAMED = "agencies"


def agencies_of(story: Story) -> tuple[str, ...]:
    """The agencies that supplied a story: those it came with; else its outlet, if that is one; else those it credits.

    Parameters
    ----------
    story : Story
        Its ``agency`` may name several; one that is not known is taken as it is.

    Returns
    -------
    tuple of str
        Each once; none where nobody is credited.

    Examples
    --------
    >>> text = "MARREK (Reuters) - The ferry Anselm ran aground at dawn."
    >>> agencies_of(Story("a", text)), agencies_of(Story("a", text, agency="Agence France-Presse"))
    (('Reuters',), ('AFP',))
    >>> agencies_of(Story("a", text, agency="Corvane Wire"))
    ('Corvane Wire',)
    """
    if story.agency:
        named = dict.fromkeys(row.name for _, _, row in _names_of_agencies().find(story.agency))
        return tuple(named) or (story.agency,)
    own = agency_named(story.source)
    return (own,) if own else read_credits(story.text, title=story.title).agencies


def is_own(story: Story) -> bool:
    """Whether the outlet of a story is the agency that wrote it.

    >>> is_own(Story("a", "", source="Reuters")), is_own(Story("a", "", source="Echo", agency="Reuters"))
    (True, False)
    """
    own = agency_named(story.source)
    return own is not None and (not story.agency or own in agencies_of(story))


@cache
def agency_named(outlet: str | None) -> str | None:
    """The agency whose name an outlet has, or whose site it is; None if it is none.

    >>> agency_named("Agence France-Presse"), agency_named("www.reuters.com"), agency_named("Marrek Courier")
    ('AFP', 'Reuters', None)
    """
    if not outlet:
        return None
    free, exact = _outlets_of_agencies()
    host = outlet.casefold().removeprefix("www.").removeprefix("the ")
    site = host.partition(".")[0] if " " not in host else host
    return exact.get(outlet) or free.get(bare(site))


@cache
def _names_of_agencies() -> Phrases:
    """The agencies by any phrase, and each by the name it has here."""
    rows = rows_of(AGENCY)
    return Phrases([*rows, *(replace(row, phrase=row.name, case="exact") for row in rows)])


@cache
def _outlets_of_agencies() -> tuple[dict[str, str], dict[str, str]]:
    """Agencies by the letters of their names, and those whose names are words as well by exactly these."""
    rows = [row for row in rows_of(AGENCY) if row.name != UNNAMED]
    free = {bare(row.phrase): row.name for row in rows if row.place == "anywhere"}
    return free, {row.phrase: row.name for row in rows if row.case == "exact"} | {row.name: row.name for row in rows}
