"""RSS and Atom: feeds of any length and any fault, an entry at a time."""

from __future__ import annotations

import gzip
import io
import sys
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import FORMATS, RSS_NAMESPACES, rss_item
from harbour import CUT, FIRST, PRINTED, STORIES
from storyclust import Reject, Story, StoryReader, errors
from storyclust.io.news.entries import LARGEST_ENTRY, cut

NAMES = "".join(f' xmlns:{name}="{uri}"' for name, uri in RSS_NAMESPACES.items())
UNTOLD: dict[str, Any] = {"status": "usable", "version": None}


def read(*paths: Path, **options: Any) -> tuple[list[Story], list[Reject]]:
    reader = StoryReader(paths, on_error="skip", **options)
    return [located.story for located in reader], reader.rejects


def rss(*items: str, head: str = "<title>Coast</title>") -> str:
    return f'<?xml version="1.0"?>\n<rss version="2.0"{NAMES}><channel>{head}\n' + "\n".join(items) + "</channel></rss>"


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("name", ["feed.rss", "feed.atom"])
def test_the_fixtures_are_feeds_without_a_fault(name: str) -> None:
    parsed = feedparser.parse(io.BytesIO((FORMATS / name).read_bytes()))
    assert not parsed.bozo
    assert parsed.version in ("rss20", "atom10")
    assert [entry.id for entry in parsed.entries] == [story.id for story in STORIES]


@pytest.mark.parametrize("name", ["wire.xml", "wire.rss"])
def test_what_it_is_shows_in_the_ending_or_the_root(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / name, rss(rss_item(FIRST)))
    assert read(path) == ([replace(FIRST, **UNTOLD)], [])


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("<guid>urn:a</guid><description>It &lt;b&gt;sank&lt;/b&gt;.</description>", {"text": "It sank."}),
        ("<link>urn:a</link><title>Salt &amp;amp; sand</title>", {"title": "Salt & sand"}),
        ("<guid>urn:a</guid><dc:publisher>Wire</dc:publisher>", {"source": "Wire"}),
        ("<guid>urn:a</guid><pubDate>Mon, 05 Jan 2026 06:30:00 GMT</pubDate>", {"published": FIRST.published}),
        ("<guid>urn:a</guid><source url='x'>Wire</source>", {"agency": "Wire"}),
        ("<guid>urn:a</guid><atom:link rel='via' href='urn:b'/>", {"evolved_from": "urn:b"}),
        ("<guid>urn:a</guid><description>Salt & sand <br> again</description>", {"text": "Salt & sand\nagain"}),
        ("<guid>urn:a</guid><!-- </item> --><title>Ferry</title>", {"title": "Ferry"}),
    ],
)
def test_what_is_read_of_an_item(content: str, field: dict[str, Any], tmp_path: Path) -> None:
    path = write(
        tmp_path / "wire.rss", rss(f"<item>{content}</item>", head="<title>Coast</title><language>en</language>")
    )
    [story], rejects = read(path)
    assert not rejects
    assert replace(story, language=None) == replace(Story("urn:a", "", source="Coast"), **field)
    assert story.language == "en"


def test_rss_1_and_an_entry_alone_are_feeds_too(tmp_path: Path) -> None:
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="x"><title>Coast</title><items/></channel>'
        '<item rdf:about="a"><title>Ferry</title><link>urn:a</link><description>It sank.</description></item></rdf:RDF>'
    )
    atom = '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>urn:b</a:id></a:entry></a:feed>'
    stories, rejects = read(write(tmp_path / "one.xml", rdf), write(tmp_path / "two.xml", atom))
    assert not rejects
    assert [(story.id, story.source, story.text) for story in stories] == [
        ("a", "Coast", "It sank."),
        ("urn:b", None, ""),
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("<item><title>No id</title></item>", "its id (column 'id') is empty"),
        ("<item><guid>urn:x</guid>", "it has no end tag </item>"),
        (f"<item>\n<guid>urn:x</guid><title>{'x' * 9 * LARGEST_ENTRY}</title>\n</item>", "it has more than 1 MB"),
        (f"<item><guid>urn:x</guid><title>{'x' * LARGEST_ENTRY}</title></item>", "it has more than 1 MB"),
        (f"<item><guid>urn:x</guid><![CDATA[{'</item>' * LARGEST_ENTRY}]]></item>", "it has more than 1 MB"),
    ],
    ids=range(5),
)
def test_a_bad_entry_is_rejected_and_the_rest_goes_on(bad: str, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path / "wire.rss", rss(rss_item(FIRST), bad, rss_item(CUT)))
    stories, [reject] = read(path)
    assert stories == [replace(FIRST, **UNTOLD), replace(CUT, **UNTOLD)]
    assert reason in reject.reason
    assert reject.line == path.read_text()[: path.read_text().index(bad)].count("\n") + 1


def test_an_entry_of_100_megabytes_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "wire.rss"
    with path.open("w") as file:
        file.write(rss(rss_item(FIRST)).removesuffix("</channel></rss>") + "<item><guid>urn:x</guid><description>")
        for _ in range(100):
            file.write("The ferry sank. " * (1 << 16))
        file.write(f"</description></item>{rss_item(CUT)}</channel></rss>")
    read(write(tmp_path / "warm.rss", rss(rss_item(PRINTED))))
    tracemalloc.start()
    stories, [reject] = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [story.id for story in stories] == [FIRST.id, CUT.id]
    assert "it has more than 1 MB" in reject.reason
    assert peak < 10 << 20


BOMB = "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize("doctype", [f"{BOMB}]>", "<!DOCTYPE rss [<!ENTITY j SYSTEM 'file:///etc/hostname'>]>"])
def test_declared_entities_are_not_expanded(doctype: str, tmp_path: Path) -> None:
    feed = rss("<item><guid>urn:a</guid><description>It sank. &j;</description></item>", rss_item(FIRST))
    [odd, good], rejects = read(write(tmp_path / "wire.rss", feed.replace("<rss", f"{doctype}<rss")))
    assert not rejects
    assert odd.text in ("It sank.", "It sank. &j;")
    assert good.id == FIRST.id


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<html><body>Not found</body></html>", "neither RSS nor Atom"),
        ("The ferry sank.", "neither RSS nor Atom"),
        (rss(rss_item(FIRST)).encode("utf-16"), "it is in UTF-16"),
        ("<rss>" + "x" * (2 * LARGEST_ENTRY) + rss_item(FIRST), "it has more than 1 MB"),
        (rss(rss_item(replace(FIRST, text="Grüße"))).encode("latin-1"), "not in the encoding it says"),
        (rss(rss_item(FIRST))[:-100], "the file ends before its end tag </item>"),
    ],
    ids=range(6),
)
def test_a_bad_file_is_rejected_and_the_rest_of_the_input_goes_on(
    content: str | bytes, reason: str, tmp_path: Path
) -> None:
    bad, good = write(tmp_path / "bad.rss", content), write(tmp_path / "good.rss", rss(rss_item(FIRST)))
    stories, rejects = read(bad, good)
    assert [story.id for story in stories] == [FIRST.id]
    assert [reject.file for reject in rejects] == [str(bad)]
    assert reason in rejects[0].reason


def test_a_charset_that_is_told_is_heeded(tmp_path: Path) -> None:
    feed = rss("<item><guid>urn:a</guid><description>Grüße</description></item>")
    feed = feed.replace('version="1.0"?', 'version="1.0" encoding="iso-8859-1"?')
    assert read(write(tmp_path / "wire.rss", feed.encode("latin-1")))[0][0].text == "Grüße"


PIECES = st.sampled_from(
    ["<item>", "</item>", "<a:entry >", "</a:entry>", "<![CDATA[", "]]>", "<!--", "-->", "<items>", "x\n"]
)


@given(st.lists(PIECES, max_size=20).map("".join), st.integers(1, 5))
def test_a_feed_is_cut_the_same_however_it_comes(text: str, at_once: int) -> None:
    class Drops(io.BufferedReader):
        def read1(self, size: int = -1, /) -> bytes:
            return super().read1(at_once)

    whole = list(cut(io.BufferedReader(io.BytesIO(text.encode()))))  # type: ignore[arg-type]
    assert list(cut(Drops(io.BytesIO(text.encode())))) == whole  # type: ignore[arg-type]
    for piece in whole[1:]:
        assert piece.fault or text.encode().find(piece.content) >= 0


@pytest.mark.parametrize("module", ["feedparser", "lxml.html"])
def test_what_is_missing_is_named_before_anything_is_read(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(errors.MissingDependencyError, match=r'pip install "storyclust\[feed\]"'):
        StoryReader(write(tmp_path / "wire.rss", rss(rss_item(FIRST))))


def test_entries_before_a_break_are_read(tmp_path: Path) -> None:
    whole = gzip.compress(rss(*map(rss_item, STORIES * 300)).encode())
    stories, [reject] = read(write(tmp_path / "wire.rss.gz", whole[: len(whole) // 2]))
    assert ids_of(stories[:6]) == ids_of(STORIES)
    assert "the file ends early" in reject.reason


def ids_of(stories: Iterable[Story]) -> list[str]:
    return [story.id for story in stories]
