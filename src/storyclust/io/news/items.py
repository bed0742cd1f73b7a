"""An item of news as its format tells it, before it is a record.

In: what a reader found, under the names this library has for it. Out: the fields of a record, under the names the
user's columns have. Every format fills the same ones, so that a story is the same whichever carried it.
"""

from __future__ import annotations

from dataclasses import dataclass

from storyclust.io.records import Columns


@dataclass(frozen=True, slots=True)
class Item:
    """An item: text as it was found, None for what the format does not tell.

    Attributes
    ----------
    id : str or None
        What names the item in all its versions; without one it becomes no story.
    text : str
        The body as plain text, a line a paragraph; empty where there is none.
    title, source, agency, language, evolved_from : str or None
        As in a story.
    published : str or None
        When this version was made, as it was written.
    status, version : str or None
        As they were written.
    """

    id: str | None
    text: str
    title: str | None = None
    source: str | None = None
    published: str | None = None
    agency: str | None = None
    language: str | None = None
    status: str | None = None
    version: str | None = None
    evolved_from: str | None = None

    def fields(self, columns: Columns) -> dict[str, object]:
        """The fields of its record.

        >>> list(Item("a1", "The ferry sank.").fields(Columns(id="key")).items())[:3]
        [('key', 'a1'), ('text', 'The ferry sank.'), ('title', None)]
        """
        return {getattr(columns, name) or name: getattr(self, name) for name in Item.__slots__}
