"""IPTC NewsML-G2: news items in XML, one a file or many in a news message; needs lxml.

In: a stream. Out: a record a news item, read an item at a time. Codes are known by what follows their vocabulary, whose
catalogs are not looked up. A document that declares a type, and so entities, is rejected: the standard has none.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from storyclust.io.news.documents import Meter, TooLong, last_word
from storyclust.io.news.extras import require
from storyclust.io.news.items import Item
from storyclust.io.news.markup import text_of_element, text_of_markup
from storyclust.io.records import Columns, Record, Unreadable
from storyclust.io.streams import BrokenInput

_MESSAGE = "newsMessage"
_NEWS = "newsItem"
_OTHERS = ("packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
_TEXTS = ("", "text", "composite")
_ORIGINS = ("evolvedfrom", "derivedfrom")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def require_lxml() -> Any:
    """Import lxml, with what reads XML.

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    return require("lxml.etree", "NewsML-G2 needs", "newsml")


def read_newsml(stream: io.BufferedReader, file: str, columns: Columns) -> Iterator[Record | Unreadable]:
    """Yield a record for each news item, with the line it begins on.

    Raises
    ------
    BrokenInput
        If the stream breaks.
    """
    etree = require_lxml()
    line = 1
    try:
        for element in _elements(etree, Meter(stream)):
            line = element.sourceline or line
            found = _read_item(etree, element)
            if isinstance(found, Item):
                yield Record(file, line, found.fields(columns))
            else:
                yield Unreadable(line, found, element.get("guid"))
    except _NotNews as problem:
        yield Unreadable(line, str(problem))
    except TooLong as problem:
        yield Unreadable(line, f"what comes after this line is no item: {problem}")
    except etree.XMLSyntaxError as problem:
        yield Unreadable(problem.lineno or line, f"not XML: {problem.msg}; expected NewsML-G2")
    except BrokenInput as broken:
        raise BrokenInput(line + 1, broken.problem) from broken.problem


class _NotNews(Exception):  # noqa: N818 - a signal inside this module
    """The document is none that is read."""


def _elements(etree: Any, meter: Meter) -> Iterator[Any]:
    """The items of a document, each whole; what was read of it goes when the next is asked for."""
    events = etree.iterparse(
        meter, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    depth = 0
    for event, element in events:
        name = etree.QName(element).localname
        if event == "start":
            if depth == 0:
                _check_root(name, element)
            depth += 1
            continue
        depth -= 1
        if name == _NEWS or name in _OTHERS:
            meter.renew()
            yield element
            # What is done with is taken from the tree, so that a message may be of any length.
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _check_root(name: str, root: Any) -> None:
    if root.getroottree().docinfo.doctype:
        raise _NotNews(
            "it declares a document type, whose entities are not expanded; expected NewsML-G2, which has none"
        )
    if name not in (_MESSAGE, _NEWS, *_OTHERS):
        raise _NotNews(f"its root is <{name:.60}>; expected {_NEWS} or {_MESSAGE} of NewsML-G2")


def _read_item(etree: Any, element: Any) -> Item | str:
    name = etree.QName(element).localname
    if name != _NEWS:
        return f"a {name} holds no story; expected a {_NEWS}"
    text = _body(element)
    kind = _code(element.find("{*}itemMeta/{*}itemClass"))
    if not text and kind not in _TEXTS:
        return f"its class is {kind!r:.60} and it has no text; expected an item of text"
    language = element.find("{*}contentMeta/{*}language")
    return Item(
        id=element.get("guid"),
        text=text,
        title=_text(element, "contentMeta/headline") or _text(element, "itemMeta/title"),
        source=_party(element, "itemMeta/provider"),
        published=_text(element, "itemMeta/versionCreated") or _text(element, "itemMeta/firstCreated"),
        agency=_text(element, "contentMeta/creditline") or _party(element, "contentMeta/infoSource"),
        language=element.get(_LANGUAGE) if language is None else language.get("tag"),
        status=_code(element.find("{*}itemMeta/{*}pubStatus")) or None,
        version=element.get("version"),
        evolved_from=_evolved_from(element),
    )


def _body(element: Any) -> str:
    for data in element.iterfind("{*}contentSet/{*}inlineData"):
        if data.get("contenttype", "text/plain") == "text/plain" and data.text:
            return str(data.text).strip()
    for held in element.iterfind("{*}contentSet/{*}inlineXML/*"):
        # In NITF a head stands beside the body, and a body has a head of its own.
        content = held.find(".//{*}body.content")
        text = text_of_element(held if content is None else content)
        if text:
            return text
    for data in element.iterfind("{*}contentSet/{*}inlineData"):
        if data.get("contenttype", "").startswith(("text/", "application/xhtml")) and data.text:
            return text_of_markup(data.text, what="NewsML-G2 needs", extra="newsml")
    return ""


def _evolved_from(element: Any) -> str | None:
    links = element.findall("{*}itemMeta/{*}link")
    for relation in _ORIGINS:
        for link in links:
            if last_word(link.get("rel") or link.get("reluri")) == relation:
                named: str | None = link.get("residref") or link.get("href")
                return named
    return None


def _party(element: Any, path: str) -> str | None:
    """What a party is called: its name, or else what stands for it."""
    party = element.find(_any(path))
    if party is None:
        return None
    return _text(party, "name") or party.get("literal") or _code(party) or None


def _code(element: Any) -> str:
    """A code without the vocabulary it is of: stat:canceled is canceled."""
    if element is None:
        return ""
    return str(element.get("qcode") or element.get("uri") or "").replace(":", "/").rpartition("/")[2]


def _text(element: Any, path: str) -> str | None:
    found = element.find(_any(path))
    return None if found is None else " ".join("".join(found.itertext()).split()) or None


def _any(path: str) -> str:
    """A path of elements of any namespace."""
    return "/".join(f"{{*}}{name}" for name in path.split("/"))
