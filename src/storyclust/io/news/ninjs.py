"""IPTC ninjs, the news in JSON: items in, versions 1 to 3, and items out, version 3.1.

In: a stream that holds one item, an array of them, or an item a line. Out: a record an item; an associated item that
has a body of its own is one too. Versions differ in how they spell their properties, and not in what they mean, so
that capitals are left aside. Written items hold all of a story; ``associations`` say how it is related to others.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any

import orjson

from storyclust.io.jsonl import read_lines
from storyclust.io.news.documents import LARGEST, TooLong, last_word, read_document
from storyclust.io.news.items import Item
from storyclust.io.news.markup import text_of_markup
from storyclust.io.records import Columns, Record, Unreadable, read_label
from storyclust.io.streams import STREAM_FAILURES, BrokenInput
from storyclust.model import Story

STANDARD = {"name": "ninjs", "version": "3.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"}
EVOLVED_FROM = "evolvedFrom"

_TEXTS = (None, "text", "composite")
_PLAIN = "text/plain"


def read_ninjs(stream: io.BufferedReader, file: str, columns: Columns) -> Iterator[Record | Unreadable]:
    """Yield a record for each item of text, numbered by its line, or by its place in a document that holds several.

    Raises
    ------
    MissingDependencyError
        If a body is markup, and lxml is not installed.
    BrokenInput
        If the stream breaks.
    """
    for met in _objects(stream, file):
        if isinstance(met, Unreadable):
            yield met
            continue
        for item in _items(_folded(met.fields)):
            if isinstance(item, Item):
                yield Record(file, met.line, item.fields(columns))
            else:
                yield Unreadable(met.line, item, read_label(_folded(met.fields).get("uri")))


def _objects(stream: io.BufferedReader, file: str) -> Iterator[Record | Unreadable]:
    """The JSON objects of a stream, each where it stands."""
    try:
        first = stream.readline(LARGEST)
    except STREAM_FAILURES as problem:
        raise BrokenInput(1, problem) from problem
    if _is_object(first):
        # A line that has no end comes in pieces, which are no JSON.
        yield from read_lines(chain((first,), iter(partial(stream.readline, LARGEST), b"")), file)
        return
    try:
        document = json.loads(read_document(stream, begun=first).decode())
    except TooLong as problem:
        yield Unreadable(1, f"{problem}; expected an item a line, or a smaller document")
    except (ValueError, RecursionError) as problem:
        yield Unreadable(1, f"not JSON that can be read: {problem}; expected a ninjs item, or an array of them")
    else:
        for number, found in enumerate(document if isinstance(document, list) else [document], 1):
            if isinstance(found, dict):
                yield Record(file, number, found)
            else:
                yield Unreadable(number, f"the item is {found!r:.60}; expected a JSON object")


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _items(item: Mapping[str, Any]) -> Iterator[Item | str]:
    """A story of the item and of each associated one with a body, or the reason why the item is none."""
    kind = item.get("type")
    if kind in _TEXTS or _body(item):
        yield _read_item(item)
    else:
        yield f"its type is {kind!r:.60} and it has no body; expected an item of text"
    waiting = _associated(item)
    while waiting:
        associated = waiting.pop(0)
        if _body(associated):
            yield _read_item(associated)
        waiting += _associated(associated)


def _read_item(item: Mapping[str, Any]) -> Item:
    return Item(
        id=read_label(item.get("uri")),
        text=_body(item),
        title=_headline(item) or _text(item.get("title")),
        source=_party(item.get("provider")) or _text(item.get("copyrightholder")),
        published=_text(item.get("versioncreated")) or _text(item.get("firstcreated")),
        agency=_text(item.get("creditline")) or _party(item.get("infosources")) or _party(item.get("infosource")),
        language=_text(item.get("language")),
        status=_text(item.get("pubstatus")),
        version=read_label(item.get("version")),
        evolved_from=_evolved_from(item),
    )


def _body(item: Mapping[str, Any]) -> str:
    """The body in plain text where there is one, the first of the others otherwise."""
    bodies = [(_text(body.get("contenttype")), _text(body.get("value"))) for body in _objects_of(item.get("bodies"))]
    # In version 1 the name says what the body is: body_text, body_xhtml.
    kinds = ((name, _text(value)) for name, value in item.items() if name.startswith("body_"))
    bodies += [(_PLAIN if name == "body_text" else "text/html", value) for name, value in kinds]
    held = [(kind, value) for kind, value in bodies if value]
    for kind, value in sorted(held, key=lambda body: body[0] not in (_PLAIN, None)):
        return _as_text(kind, value)
    return ""


def _as_text(kind: str | None, value: str) -> str:
    is_markup = kind not in (_PLAIN, None) or (kind is None and value.lstrip().startswith("<"))
    return text_of_markup(value, what="ninjs bodies in HTML need", extra="ninjs") if is_markup else value


def _headline(item: Mapping[str, Any]) -> str | None:
    headlines = [headline for headline in _objects_of(item.get("headlines")) if _text(headline.get("value"))]
    for headline in sorted(headlines, key=lambda headline: headline.get("role") != "main"):
        return _as_text(_text(headline.get("contenttype")) or _PLAIN, headline["value"])
    return _text(item.get("headline"))


def _evolved_from(item: Mapping[str, Any]) -> str | None:
    """What the item was made of: said by a property of that name, or by what is associated with it under that name."""
    told = [
        (associated.get("rel") or associated.get("name"), associated.get("uri")) for associated in _associated(item)
    ]
    told += [(other.get("role"), other.get("value")) for other in _objects_of(item.get("altids"))]
    named = (_text(id) for role, id in told if last_word(role) == EVOLVED_FROM.lower())
    return _text(item.get("evolvedfrom")) or next((id for id in named if id), None)


def _associated(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    # In version 1 these are an object, by name.
    associations = item.get("associations")
    if isinstance(associations, dict):
        return [{"name": name} | _folded(own) for name, own in associations.items() if isinstance(own, dict)]
    return _objects_of(associations)


def _party(value: object) -> str | None:
    """The name of a party, or of the first of several."""
    for party in _objects_of([value] if isinstance(value, dict) else value):
        return _text(party.get("name")) or _text(party.get("literal"))
    return _text(value)


def _objects_of(value: object) -> list[dict[str, Any]]:
    return [_folded(found) for found in value if isinstance(found, dict)] if isinstance(value, list) else []


def _folded(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in found.items()}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def ninjs_item(story: Story, associations: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """A story as an item of ninjs 3.1.

    Parameters
    ----------
    story : Story
    associations : iterable of (str, str)
        What each of the associated stories is to this one, and its id.

    Examples
    --------
    >>> item = ninjs_item(Story("urn:wire:7", "The ferry sank.", language="en"), [("copy", "urn:wire:8")])
    >>> item["uri"], item["language"], item["bodies"][0]["value"], item["associations"]
    ('urn:wire:7', 'en', 'The ferry sank.', [{'name': 'copy', 'uri': 'urn:wire:8'}])
    """
    evolved = [(EVOLVED_FROM, story.evolved_from)] if story.evolved_from else []
    item = {
        "uri": story.id,
        "standard": STANDARD,
        "type": "text",
        "version": story.version,
        "versionCreated": story.published and story.published.isoformat(),
        "pubStatus": story.status,
        "language": story.language,
        "copyrightHolder": story.source,
        "infoSources": story.agency and [{"name": story.agency}],
        "headlines": story.title and [{"role": "main", "value": story.title}],
        "bodies": [{"role": "main", "contentType": _PLAIN, "value": story.text}],
        "associations": [{"name": name, "uri": id} for name, id in chain(associations, evolved)],
    }
    return {name: value for name, value in item.items() if value}
