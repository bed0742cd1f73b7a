"""Web pages: the article by trafilatura, what is said of it by JSON-LD and by the page's head; needs trafilatura.

In: the bytes of a page, and what is known of it from elsewhere. Out: an item, or the reason why there is none. A page
is what its canonical address says it is, so that copies of one page are one story.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from storyclust.io.news.documents import TooLong, read_document
from storyclust.io.news.extras import require
from storyclust.io.news.items import Item
from storyclust.io.records import Columns, Record, Unreadable, read_label

# Pages of stories have some thousands; a page of many takes trafilatura some tens of microseconds for each.
MOST_ELEMENTS = 50_000

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD = 1 << 12
# As browsers have it: what was said to be the smaller is the larger.
_LARGER = {"iso8859-1": "cp1252", "ascii": "cp1252"}
_ARTICLE = re.compile(r"article$|^blogposting$|^liveblogposting$|^report$", re.IGNORECASE)
_DEEPEST = 8


def require_trafilatura() -> Any:
    """Import trafilatura, with lxml.

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    require("lxml.html", "HTML pages need", "html")
    return require("trafilatura", "HTML pages need", "html")


def read_page(stream: io.BufferedReader, file: str, id: str, columns: Columns) -> Iterator[Record | Unreadable]:
    """Yield the one record of a page; ``id`` names it where it does not say what its address is.

    Raises
    ------
    BrokenInput
        If the stream breaks.
    """
    try:
        found = page_item(read_document(stream), id=id)
    except TooLong as problem:
        found = str(problem)
    yield Record(file, 1, found.fields(columns)) if isinstance(found, Item) else Unreadable(1, found)


def page_item(content: bytes, *, id: str | None = None, url: str = "", charset: str | None = None) -> Item | str:
    """The item of a page, or why there is none.

    Parameters
    ----------
    content : bytes
    id : str, optional
        What it is called where it names no address of its own; the address it was fetched from by default.
    url : str
        The address it was fetched from, where that is known.
    charset : str, optional
        The encoding it was sent in, where that is known.
    """
    trafilatura = require_trafilatura()
    html = require("lxml.html", "HTML pages need", "html")
    text = _decoded(content, charset)
    if isinstance(text, _Fault):
        return str(text)
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except require("lxml.etree", "HTML pages need", "html").ParserError:
        return "it is empty; expected a page of HTML"
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        return f"it has more than {MOST_ELEMENTS:,} elements, which no story has"
    about = _about(root, url)
    # Last of all, because the tree is taken apart.
    article = trafilatura.extract(root, include_comments=False) or about.text
    if not article:
        return "no article was found in it; expected a page that holds one"
    return Item(id=about.id or id or url, text=article, **about.rest)


class _Fault(str):
    """Why a page cannot be read."""


@dataclass(frozen=True, slots=True)
class _About:
    """What a page says of its article: its address, its text, and the rest under the names an item has for it."""

    id: str | None
    text: str
    rest: dict[str, str | None]


def _decoded(content: bytes, charset: str | None) -> str | _Fault:
    """The text of a page in the encoding it was sent in, or says it is in, or else that of most pages that say none."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    said = _CHARSET.search(content[:_HEAD])
    told = marked or charset or (said and said[1].decode())
    try:
        name = codecs.lookup(told or "utf-8").name
        return content.decode(_LARGER.get(name, name)).removeprefix("\ufeff")
    except LookupError:
        return _Fault(f"it says that it is in {told!r:.60}, which is no known encoding")
    except UnicodeDecodeError as problem:
        if told is None:
            return content.decode("cp1252", "replace")
        byte = content[problem.start]
        return _Fault(f"it is not in {told}, as it says: byte 0x{byte:02x} at byte offset {problem.start}")


def _about(root: Any, url: str) -> _About:
    said = _json_ld(root)
    text = read_label(said.get("articleBody")) or ""
    address = _attribute(root, "//link[@rel='canonical']", "href") or _address(said.get("mainEntityOfPage"))
    address = address or read_label(said.get("url")) or _meta(root, "og:url")
    rest = {
        "title": read_label(said.get("headline")) or _meta(root, "og:title") or _title(root),
        "source": _party(said.get("publisher")) or _meta(root, "og:site_name"),
        "published": read_label(said.get("datePublished"))
        or _meta(root, "article:published_time")
        or read_label(said.get("dateModified")),
        "agency": _party(said.get("creditText"))
        or _party(said.get("sourceOrganization"))
        or _party(said.get("provider")),
        "language": read_label(said.get("inLanguage")) or root.get("lang"),
        "status": read_label(said.get("creativeWorkStatus")),
        "version": read_label(said.get("version")),
        "evolved_from": _address(said.get("isBasedOn")),
    }
    base = urljoin(url, _attribute(root, "//base", "href") or "")
    return _About(urljoin(base, address) if address else None, text, rest)


def _json_ld(root: Any) -> Mapping[str, Any]:
    """The first article that the page describes as JSON-LD; empty if there is none."""
    for script in root.xpath("//script[@type='application/ld+json']"):
        try:
            waiting = [(json.loads(script.text or "", strict=False), 0)]
        except (ValueError, RecursionError):
            continue
        while waiting:
            found, depth = waiting.pop(0)
            if isinstance(found, list) and depth < _DEEPEST:
                waiting += [(item, depth + 1) for item in found]
            elif isinstance(found, dict):
                kinds = found.get("@type")
                if any(_ARTICLE.search(kind) for kind in _listed(kinds) if isinstance(kind, str)):
                    return found
                waiting.append((found.get("@graph", []), depth + 1))
    return {}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _party(value: object) -> str | None:
    """The name of a party, or of the first of several."""
    for party in _listed(value):
        name = party.get("name") if isinstance(party, dict) else party
        if found := read_label(name):
            return found
    return None


def _address(value: object) -> str | None:
    for thing in _listed(value):
        address = thing.get("@id") or thing.get("url") if isinstance(thing, dict) else thing
        if found := read_label(address):
            return found
    return None


def _meta(root: Any, name: str) -> str | None:
    return _attribute(root, f"//meta[@property='{name}' or @name='{name}']", "content")


def _attribute(root: Any, path: str, name: str) -> str | None:
    for element in root.xpath(path):
        value: str = (element.get(name) or "").strip()
        if value:
            return value
    return None


def _title(root: Any) -> str | None:
    return " ".join((root.findtext(".//title") or "").split()) or None
