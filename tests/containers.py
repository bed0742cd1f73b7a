"""The stories of the harbour in every container, each built with the library or to the schema that the format has.

Run it to write ``tests/formats`` anew: ``python tests/containers.py``.
"""

from __future__ import annotations

import gzip
import html
import io
import json
from collections.abc import Callable, Iterable
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

import NewsMLG2 as g2  # noqa: N813 - as the trade calls it
from lxml import etree
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from harbour import STORIES
from storyclust import Story

RSS_NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "atom": "http://www.w3.org/2005/Atom",
}
PICTURE = (("Content-Type", "image/png"),)
FORMATS = Path(__file__).parent / "formats"


def paragraphs(story: Story) -> str:
    """The text as XHTML."""
    return "".join(f"<p>{html.escape(line, quote=False)}</p>\n" for line in story.text.splitlines())


def written(story: Story) -> str:
    """The time as the formats have it."""
    assert story.published is not None
    return story.published.strftime("%Y-%m-%dT%H:%M:%SZ")


def without_empty(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value}


def ninjs_2(story: Story) -> dict[str, Any]:
    """An item of ninjs 2.2, which knows no link but ``associations``: plain text and XHTML side by side."""
    return without_empty(
        {
            "uri": story.id,
            "type": "text",
            "standard": {"name": "ninjs", "version": "2.2"},
            "version": story.version,
            "firstcreated": "2026-01-05T05:00:00Z",
            "versioncreated": written(story),
            "pubstatus": story.status,
            "urgency": 3,
            "copyrightholder": story.source,
            "language": story.language,
            "infosources": story.agency and [{"role": "https://desk.example/role/agency", "name": story.agency}],
            "headlines": [{"role": "short", "value": "Anselm"}, {"role": "main", "value": story.title}],
            "bodies": [
                {"role": "rich", "contenttype": "application/xhtml+xml", "value": paragraphs(story)},
                {"role": "main", "contenttype": "text/plain", "value": story.text},
            ],
            "associations": [
                {
                    "name": "photo",
                    "type": "picture",
                    "uri": f"{story.id}/photo",
                    "headlines": [{"value": "The Anselm"}],
                },
                *([{"name": "evolvedfrom", "uri": story.evolved_from}] if story.evolved_from else []),
            ],
        }
    )


def ninjs_3(story: Story) -> dict[str, Any]:
    """An item of ninjs 3.1: the body in HTML alone, as many send it."""
    return without_empty(
        {
            "uri": story.id,
            "type": "text",
            "standard": {"name": "ninjs", "version": "3.1"},
            "version": story.version,
            "versionCreated": written(story),
            "pubStatus": story.status,
            "copyrightHolder": story.source,
            "language": story.language,
            "infoSources": story.agency and [{"literal": story.agency}],
            "headlines": [{"value": story.title}],
            "bodies": [{"contentType": "text/html", "value": f"<article>{paragraphs(story)}</article>"}],
            "associations": story.evolved_from
            and [{"name": "the first take", "rel": "irel:evolvedFrom", "uri": story.evolved_from}],
        }
    )


def write_ninjs_2(folder: Path) -> None:
    lines = (json.dumps(ninjs_2(story), ensure_ascii=False) for story in STORIES)
    (folder / "ninjs-2.ninjs.jsonl").write_text("".join(f"{line}\n" for line in lines))


def write_ninjs_3(folder: Path) -> None:
    (folder / "ninjs-3.json").write_text(json.dumps([ninjs_3(story) for story in STORIES], indent=1) + "\n")


def news_item(story: Story, body: str) -> Any:
    """A news item of NewsML-G2, made of the objects of the IPTC's library; the body as a string of XML."""
    item = g2.NewsItem()
    item.guid, item.version, item.xml_lang = story.id, story.version, "en"
    item.itemmeta = management = g2.ItemMeta()
    management.itemclass.qcode = "ninat:text"
    management.provider.qcode = "nprov:DESK"
    management.provider.name = story.source
    management.versioncreated = written(story)
    management.pubstatus.qcode = f"stat:{story.status}"
    if story.evolved_from:
        seen_also, link = g2.Link(), g2.Link()
        seen_also.rel, seen_also.residref = "irel:seeAlso", "https://wire.example/items/weather"
        link.rel, link.residref = "irel:evolvedFrom", story.evolved_from
        management.link = [seen_also, link]
    item.contentmeta = content = g2.NewsItemContentMeta()
    language, headline = g2.Language(), g2.Headline(text=story.title)
    language.tag = story.language
    content.language, content.headline = [language], [headline]
    if story.agency:
        source = g2.InfoSource()
        source.qcode, source.name = "isrc:CW", story.agency
        content.infosource = [source]
    tree = item.to_xml()
    tree.append(etree.fromstring(f'<contentSet xmlns="{tree.nsmap[None]}">{body}</contentSet>'))
    return tree


def write_newsml(folder: Path) -> None:
    """A news message: bodies in XHTML, in NITF, and in plain text by turns."""
    xhtml = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{title}</title></head><body>{text}</body></html>'
    head = "<body.head><hedline><hl1>{title}</hl1></hedline></body.head>"
    nitf = f"<nitf><body>{head}<body.content>{{text}}</body.content></body></nitf>"
    forms = (
        ("inlineXML", "application/xhtml+xml", xhtml),
        ("inlineXML", "application/nitf+xml", nitf),
        ("inlineData", "text/plain", "{plain}"),
    )
    message = g2.NewsMessage()
    message.header = g2.Header()
    message.header.sent = "2026-01-05T10:00:00Z"
    tree = message.to_xml()
    # The library has no objects for what a set of items holds.
    items = etree.SubElement(tree, f"{{{tree.nsmap[None]}}}itemSet")
    for number, story in enumerate(STORIES):
        name, kind, form = forms[number % len(forms)]
        plain = html.escape(story.text, quote=False)
        held = form.format(title=html.escape(story.title or "", quote=False), text=paragraphs(story), plain=plain)
        items.append(news_item(story, f'<{name} contenttype="{kind}">{held}</{name}>'))
    etree.ElementTree(tree).write(folder / "newsml.xml", encoding="utf-8", xml_declaration=True)


def rss_item(story: Story) -> str:
    """An item of RSS 2.0, after its specification: the body as content:encoded, in CDATA or escaped."""
    body = paragraphs(story)
    held = f"<![CDATA[{body}]]>" if story.agency else html.escape(body, quote=False)
    assert story.published is not None
    return f"""<item>
  <title>{html.escape(story.title or "", quote=False)}</title>
  <guid isPermaLink="false">{story.id}</guid>
  <link>{story.id}.html</link>
  <pubDate>{format_datetime(story.published)}</pubDate>
  <dc:publisher>{story.source}</dc:publisher>
  {f'<source url="https://wire.example/rss">{story.agency}</source>' if story.agency else ""}
  {f'<atom:link rel="via" href="{story.evolved_from}"/>' if story.evolved_from else ""}
  <description>A short word on it.</description>
  <content:encoded xml:lang="{story.language}">{held}</content:encoded>
</item>
"""


def write_rss(folder: Path) -> None:
    names = "".join(f' xmlns:{name}="{uri}"' for name, uri in RSS_NAMESPACES.items())
    items = "".join(map(rss_item, STORIES))
    head = "<title>All of the coast</title><link>https://coast.example/</link><description>News</description>"
    (folder / "feed.rss").write_text(
        f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"{names}><channel>{head}\n{items}</channel></rss>\n'
    )


def atom_entry(story: Story) -> str:
    """An entry of Atom, after RFC 4287: XHTML or plain text, with the feed it came from."""
    text = html.escape(story.text, quote=False)
    xhtml = f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{paragraphs(story)}</div></content>'
    link = f'<link rel="predecessor-version" href="{story.evolved_from}"/>' if story.evolved_from else ""
    return f"""<entry xml:lang="{story.language}">
  <id>{story.id}</id><title type="html">{html.escape(html.escape(story.title or "", quote=False))}</title>
  <updated>2026-01-06T00:00:00Z</updated><published>{written(story)}</published>
  <dc:publisher>{story.source}</dc:publisher>{link}
  {f"<source><id>urn:wire</id><title>{story.agency}</title></source>" if story.agency else ""}
  {xhtml if story.agency else f'<content type="text">{text}</content>'}
</entry>
"""


def write_atom(folder: Path) -> None:
    entries = "".join(map(atom_entry, STORIES))
    names = f'xmlns="http://www.w3.org/2005/Atom" xmlns:dc="{RSS_NAMESPACES["dc"]}"'
    head = "<id>urn:coast</id><title>All of the coast</title><updated>2026-01-06T00:00:00Z</updated>"
    (folder / "feed.atom").write_text(f'<?xml version="1.0"?>\n<feed {names}>{head}\n{entries}</feed>\n')


def page(story: Story) -> str:
    """A page as sites have them: a menu, a sidebar and a footer around the article, JSON-LD in the head."""
    name = urlsplit(story.id).path
    article = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "Not this one", "url": "https://nowhere.example/"},
            {
                "@type": ["ReportageNewsArticle", "NewsArticle"],
                "headline": story.title,
                "datePublished": written(story),
                "dateModified": "2026-01-06T00:00:00Z",
                "publisher": {"@type": "NewsMediaOrganization", "name": story.source},
                "inLanguage": story.language,
                "version": story.version,
                "creativeWorkStatus": story.status,
                **({"sourceOrganization": {"@type": "Organization", "name": story.agency}} if story.agency else {}),
                **({"isBasedOn": {"@type": "NewsArticle", "@id": story.evolved_from}} if story.evolved_from else {}),
            },
        ],
    }
    menu = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in ("Harbour", "Weather", "Chess", "Letters"))
    return f"""<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>{html.escape(story.title or "")} | Site</title>
<link rel="canonical" href="{name}"><base href="{story.id}">
<script type="application/ld+json">{json.dumps(article)}</script></head>
<body><nav><ul>{menu}</ul></nav>
<article>
{paragraphs(story)}</article>
<aside><h4>Most read</h4><ul>{menu}</ul></aside>
<footer><p>All rights reserved. Contact the desk.</p></footer></body></html>
"""


def write_pages(folder: Path) -> None:
    (folder / "pages").mkdir(exist_ok=True)
    for number, story in enumerate(STORIES, 1):
        (folder / "pages" / f"saved-{number}.html").write_text(page(story))


def write_warc(folder: Path) -> None:
    """An archive as warcio writes one: pages in every encoding a server sends, and what else a crawler keeps."""
    with (folder / "crawl.warc.gz").open("wb") as stream:
        archive = WARCWriter(stream, gzip=True)
        for number, story in enumerate(STORIES):
            content, headers = _sent(page(story).encode(), number)
            for kind, address, status, sent in (
                ("request", story.id, f"{urlsplit(story.id).path} HTTP/1.1", b""),
                ("response", f"{story.id}?from=rss", "302 Found", b"<html><body><p>It has moved.</p></body></html>"),
                ("response", f"{story.id}?from=app", "200 OK", content),
            ):
                archive.write_record(record(archive, kind, address, sent, status, headers if sent == content else ()))
        archive.write_record(record(archive, "response", "https://a.example/x.png", b"PNG", "200 OK", PICTURE))


def _sent(content: bytes, number: int) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    kind = ("Content-Type", "text/html; charset=utf-8")
    if number % 3 == 0:
        return content, (kind,)
    packed = gzip.compress(content, mtime=0)
    if number % 3 == 1:
        return packed, (kind, ("Content-Encoding", "gzip"))
    half = len(packed) // 2
    chunks = (packed[:half], packed[half:], b"")
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return chunked, (kind, ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))


def record(
    archive: Any, kind: str, address: str, content: bytes, status: str, headers: Iterable[tuple[str, str]]
) -> Any:
    """A record of an archive, the same on every day."""
    protocol = "GET" if kind == "request" else "HTTP/1.1"
    http = StatusAndHeaders(status, [("X-Desk", "coast"), *headers], protocol=protocol)
    identity = {
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, kind + address)}>",
        "WARC-Date": "2026-01-06T00:00:00Z",
    }
    return archive.create_warc_record(
        address,
        kind,
        payload=io.BytesIO(content),
        length=len(content),
        http_headers=http,
        warc_headers_dict=identity,
    )


WRITERS: dict[str, Callable[[Path], None]] = {
    "ninjs-2.ninjs.jsonl": write_ninjs_2,
    "ninjs-3.json": write_ninjs_3,
    "newsml.xml": write_newsml,
    "feed.rss": write_rss,
    "feed.atom": write_atom,
    "pages": write_pages,
    "crawl.warc.gz": write_warc,
}


def write_all(folder: Path, writers: Iterable[Callable[[Path], None]] = tuple(WRITERS.values())) -> None:
    for write in writers:
        write(folder)


if __name__ == "__main__":
    write_all(FORMATS)
