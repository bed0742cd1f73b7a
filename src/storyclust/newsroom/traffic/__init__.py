"""A wire of synthetic traffic of any length, with truth: the stages in order.

    happen -> publish -> write -> print

Events happen, outlets publish what each brings over the next hours, every story is written when its time comes, and
is printed as its outlet prints. Only what is still to be published is kept, so ten million stories need no more memory
than a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from storyclust.errors import UsageError
from storyclust.model import Story
from storyclust.newsroom.truth import Truth

SEEDS = 1 << 63


class WireStory(NamedTuple):
    """A story of the wire, and what is true of it."""

    story: Story
    truth: Truth


def wire(n: int, *, seed: int = 1) -> Iterator[WireStory]:
    """The first n stories of a synthetic news wire, in the order of publication.

    The language is invented. Stories of a topic share words, names, quotations and a caption; a tenth of the events run
    on in versions; agencies' pieces are run whole, edited, cut, as briefs and with local text, a few by hundreds of
    outlets; outlets take parts of pieces for their own stories; others tell the same event independently; formula
    reports refill a template; digests hold the leads of others; every outlet prints its own menus.

    Parameters
    ----------
    n : int
        How many, from 0. A shorter wire is the beginning of a longer one.
    seed : int
        Names the wire, 0 to 2**63 - 1. The same seed gives the same bytes.

    Yields
    ------
    WireStory
        A story and its truth. Memory does not grow with n; the first story takes the time to invent the language.

    Raises
    ------
    UsageError
        If n or the seed is out of its range.

    Examples
    --------
    >>> story, truth = next(wire(1))
    >>> story.id, truth.relation
    ('w00000000', 'original')
    """
    if not isinstance(n, int) or n < 0:
        raise UsageError(f"n is {n!r}; expected how many stories, a whole number from 0")
    if not isinstance(seed, int) or not 0 <= seed < SEEDS:
        raise UsageError(f"the seed is {seed!r}; expected a whole number from 0 to {SEEDS - 1}")
    return _first(n, seed)


def _first(n: int, seed: int) -> Iterator[WireStory]:
    # Imported here, so that the package loads without compiling anything.
    from storyclust.newsroom.traffic.lexicon import invent
    from storyclust.newsroom.traffic.printing import print_pages
    from storyclust.newsroom.traffic.publishing import publish
    from storyclust.newsroom.traffic.register import Register

    language = invent(seed)
    register = Register(language.sources)
    for rows in publish(seed):
        rows = rows[: n - register.stories]
        entries = register.enter(rows)
        pages = print_pages(seed, rows, language)
        for (id, source, published, truth), (headline, text) in zip(entries, pages, strict=True):
            yield WireStory(Story(id, text, headline, source, published), truth)
        if register.stories == n:
            return
