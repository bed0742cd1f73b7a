"""Which columns of a table a story is made of, and which of them must be there."""

from __future__ import annotations

from collections.abc import Collection

from storyclust.errors import MissingColumnError
from storyclust.io import Columns

ABOUT = "agency", "language", "status", "version", "evolved_from"


def story_columns(columns: Columns) -> tuple[str, ...]:
    """The names of all columns a story may be made of.

    >>> story_columns(Columns(id="guid"))
    ('guid', 'text', 'title', 'source', 'published', 'date', 'agency', 'language', 'status', 'version', 'evolved_from')
    """
    published = (columns.published,) if columns.published else ("published", "date")
    about = (getattr(columns, name) or name for name in ABOUT)
    return (columns.id, columns.text, columns.title or "title", columns.source or "source", *published, *about)


def present_columns(there: Collection[object], columns: Columns) -> list[str]:
    """Those of a table that a story is made of.

    Raises
    ------
    MissingColumnError
        If it has no text, or lacks a column that was asked for by name. An id column under its own name may be
        absent: then the place of a row names it.
    """
    wanted = {columns.text: "text", **columns.asked_for}
    if columns.id != Columns().id:
        wanted[columns.id] = "id"
    for column, option in wanted.items():
        if column not in there:
            raise missing_column(there, column, option)
    return [column for column in dict.fromkeys(story_columns(columns)) if column in there]


def missing_column(there: Collection[object], column: str, option: str) -> MissingColumnError:
    """What to raise where a column is not there."""
    return MissingColumnError(
        f"the stories have no {option} column {column!r}; the columns there are: "
        f"{', '.join(map(str, there)) or 'none'}",
        f"Name the right one: columns=storyclust.Columns({option}=...)",
        option,
    )
