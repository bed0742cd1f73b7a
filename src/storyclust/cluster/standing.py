"""How a story stands among others that are as good: by what it says of its version, and by whose copy it is.

In: a story. Out: one number, which an index can keep. It decides between equals alone: the nearest to the centre, and
the most complete, are found without it.
"""

from __future__ import annotations

from storyclust.model import Story
from storyclust.text.marks import read_version
from storyclust.text.suppliers import is_own

# What may not be published stands below all others.
UNUSABLE = -(1 << 30)
PLAIN = 0


def standing(story: Story) -> int:
    """How a story stands: a later or corrected version above an earlier one, then an agency's own copy above others'.

    Returns
    -------
    int
        UNUSABLE if its provider withholds it or it says itself that it is withdrawn; 0 for a story that says nothing;
        its last bit is that it is an agency's own.

    Examples
    --------
    >>> marks = "", "UPDATE 1-", "CORRECTED-"
    >>> [standing(Story("a", "", title=f"{mark}Ferry aground")) for mark in marks]
    [0, 602, 800]
    >>> standing(Story("a", "", source="Reuters")), standing(Story("a", "", title="STORY WITHDRAWN")) == UNUSABLE
    (1, True)
    """
    if story.status != "usable":
        return UNUSABLE
    version = read_version(story.title, story.text)
    return UNUSABLE if version.withdrawn else 2 * version.revision + is_own(story)


def version_of(standing: int) -> int:
    """What a standing says of the version alone."""
    return standing >> 1
