"""RSS and Atom: feeds of any length, an entry at a time; needs feedparser, and lxml for bodies in HTML.

In: a stream. Out: a record an entry. feedparser parses each with what stands before the first, so that it knows the
namespaces, the encoding and the feed; an entry that is no XML is read as well as may be. Entities that a feed declares
are not expanded.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from storyclust.io.news.documents import last_word
from storyclust.io.news.entries import cut
from storyclust.io.news.extras import require
from storyclust.io.news.items import Item
from storyclust.io.news.markup import text_of_markup
from storyclust.io.records import Columns, Record, Unreadable

_ROOT = re.compile(rb"<(?![?!])([^\s/>]+)")
_CHANNEL = re.compile(rb"<(/?)((?:[\w.-]+:)?channel)[\s>]")
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_ORIGINS = ("predecessor-version", "via")


def require_feedparser() -> Any:
    """Import feedparser, and see that lxml is there.

    Raises
    ------
    MissingDependencyError
        If either is not installed.
    """
    require("lxml.html", "feeds need", "feed")
    return require("feedparser", "feeds need", "feed")


def read_feed(stream: io.BufferedReader, file: str, columns: Columns) -> Iterator[Record | Unreadable]:
    """Yield a record for each entry of a feed, with the line it begins on.

    Raises
    ------
    BrokenInput
        If the stream breaks.
    """
    feedparser = require_feedparser()
    pieces = cut(stream)
    head = next(pieces)
    fault = head.fault or _fault_of_head(feedparser, head.content)
    if fault is not None:
        yield Unreadable(head.line, fault)
        return
    tail = _tail(head.content)
    for piece in pieces:
        found = piece.fault or _read_entry(feedparser, head.content + piece.content + tail)
        if isinstance(found, Item):
            yield Record(file, piece.line, found.fields(columns))
        else:
            yield Unreadable(piece.line, found)


def _fault_of_head(feedparser: Any, head: bytes) -> str | None:
    if head.startswith(_WIDE):
        return "it is in UTF-16; expected an encoding that writes ASCII as it is. Save it as UTF-8"
    if not head.strip() or _parse(feedparser, head + _tail(head)).version:
        return None
    return "it is neither RSS nor Atom; expected a feed"


def _tail(head: bytes) -> bytes:
    """What closes the elements that are open where the first entry begins."""
    root = _ROOT.search(_without_comments(head))
    channels = _CHANNEL.findall(head)
    is_open = bool(channels) and not channels[-1][0]
    return (b"</" + channels[-1][1] + b">" if is_open else b"") + (b"</" + root[1] + b">" if root else b"")


def _without_comments(head: bytes) -> bytes:
    return re.sub(rb"<!--.*?-->", b"", head, flags=re.DOTALL)


def _parse(feedparser: Any, content: bytes) -> Any:
    # What is left out of HTML here is left out of its text anyway.
    return feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)


def _read_entry(feedparser: Any, content: bytes) -> Item | str:
    parsed = _parse(feedparser, content)
    if isinstance(parsed.get("bozo_exception"), feedparser.CharacterEncodingOverride) and parsed.encoding != "utf-8":
        return f"it is not in the encoding it says, but perhaps in {parsed.encoding}; expected what it says"
    if not parsed.entries:
        return "it is no entry that can be read; expected RSS or Atom"
    feed, entry = parsed.feed, parsed.entries[0]
    body = _body(entry)
    return Item(
        id=entry.get("id") or entry.get("link"),
        text=_as_text(body),
        title=_as_text(entry.get("title_detail")) or None,
        source=entry.get("publisher") or feed.get("title"),
        published=entry.get("published") or entry.get("updated"),
        agency=entry.get("source", {}).get("title"),
        language=body.get("language") or entry.get("language") or feed.get("language"),
        evolved_from=_evolved_from(entry),
    )


def _body(entry: Any) -> Any:
    """The content, in plain text if there is such, or else what stands for it."""
    held = [content for content in entry.get("content", ()) if content.get("value")]
    for content in sorted(held, key=lambda content: content.get("type") != "text/plain"):
        return content
    return entry.get("summary_detail") or {}


def _as_text(detail: Any) -> str:
    value: str = (detail or {}).get("value") or ""
    if not value or detail.get("type") == "text/plain":
        return value.strip()
    return text_of_markup(value, what="feeds need", extra="feed")


def _evolved_from(entry: Any) -> str | None:
    links = entry.get("links", ())
    named = (link.get("href") for relation in _ORIGINS for link in links if last_word(link.get("rel")) == relation)
    return next((href for href in named if href), None)
