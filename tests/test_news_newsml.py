"""NewsML-G2: what the IPTC's own library writes is read; what would take a reader down is not."""

from __future__ import annotations

import gzip
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import NewsMLG2 as g2  # noqa: N813 - as the trade calls it
import pytest
from lxml import etree

from containers import FORMATS, news_item
from harbour import CUT, FIRST, PRINTED, STORIES
from storyclust import Reject, Story, StoryReader, errors
from storyclust.io.news.documents import LARGEST

NAMESPACE = 'xmlns="http://iptc.org/std/nar/2006-10-01/"'


def read(*paths: Path, **options: Any) -> tuple[list[Story], list[Reject]]:
    reader = StoryReader(paths, on_error="skip", **options)
    return [located.story for located in reader], reader.rejects


def item(content: str = "", attributes: str = 'guid="urn:wire:7"') -> str:
    return f"<newsItem {NAMESPACE} {attributes}>{content}</newsItem>"


def message(*items: str) -> str:
    return f"<newsMessage {NAMESPACE}><itemSet>\n" + "\n".join(items) + "\n</itemSet></newsMessage>"


def plain(story: Story) -> str:
    return etree.tostring(news_item(story, f"<inlineData>{story.text.replace('&', '&amp;')}</inlineData>")).decode()


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_the_library_of_the_iptc_reads_the_same_of_the_fixture() -> None:
    tree = etree.parse(FORMATS / "newsml.xml")
    items = [g2.NewsItem(xmlelement=element) for element in tree.iterfind(".//{*}newsItem")]
    for story, found in zip(STORIES, items, strict=True):
        assert (found.guid, found.version) == (story.id, story.version)
        assert str(found.contentmeta.headline[0]) == story.title
        assert found.itemmeta.pubstatus.qcode == f"stat:{story.status}"
        assert found.contentmeta.language[0].tag == story.language


@pytest.mark.parametrize("name", ["item.xml", "item.xml.gz", "item.g2"])
def test_a_file_may_hold_one_item(name: str, tmp_path: Path) -> None:
    content = plain(FIRST).encode()
    path = write(tmp_path / name, gzip.compress(content) if name.endswith(".gz") else content)
    assert read(path, format="newsml") == ([FIRST], [])


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("<itemMeta><title>Ferry</title></itemMeta>", {"title": "Ferry"}),
        ("<contentMeta><headline>Ferry <span>aground</span></headline></contentMeta>", {"title": "Ferry aground"}),
        ('<itemMeta><provider qcode="nprov:CW"/></itemMeta>', {"source": "CW"}),
        ('<itemMeta><provider literal="Corvane"/></itemMeta>', {"source": "Corvane"}),
        ('<itemMeta><provider uri="http://cv.example/p/CW"/></itemMeta>', {"source": "CW"}),
        ("<contentMeta><creditline>A</creditline><infoSource literal='B'/></contentMeta>", {"agency": "A"}),
        ("<itemMeta><firstCreated>2026-01-05T06:30:00Z</firstCreated></itemMeta>", {"published": FIRST.published}),
        (
            '<itemMeta><pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/withheld"/></itemMeta>',
            {"status": "withheld"},
        ),
        ('<itemMeta><link rel="irel:derivedFrom" href="urn:wire:6"/></itemMeta>', {"evolved_from": "urn:wire:6"}),
        ('<itemMeta><link rel="irel:seeAlso" href="urn:wire:6"/></itemMeta>', {}),
        (
            "<contentSet><inlineData contenttype='text/html'>&lt;p&gt;It&lt;p&gt;sank.</inlineData></contentSet>",
            {"text": "It\nsank."},
        ),
        (
            "<contentSet><inlineXML><div><p>It<!-- x --></p><style/><p>sank.</p></div></inlineXML></contentSet>",
            {"text": "It\nsank."},
        ),
        ("<contentSet><inlineData encoding='x' contenttype='image/png'>AAAA</inlineData></contentSet>", {}),
    ],
)
def test_what_is_read_of_an_item(content: str, field: dict[str, Any], tmp_path: Path) -> None:
    path = write(tmp_path / "item.xml", item(content))
    assert read(path) == ([replace(Story("urn:wire:7", ""), **field)], [])


@pytest.mark.parametrize(
    ("bad", "id", "reason"),
    [
        (item("", ""), None, "its id (column 'id') is empty"),
        (item('<itemMeta><itemClass qcode="ninat:picture"/></itemMeta>'), "urn:wire:7", "its class is 'picture'"),
        (f'<packageItem {NAMESPACE} guid="urn:pack"/>', "urn:pack", "a packageItem holds no story"),
    ],
)
def test_a_bad_item_is_rejected_and_the_rest_goes_on(bad: str, id: str | None, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path / "wire.xml", message(plain(FIRST), bad, plain(CUT)))
    stories, [reject] = read(path)
    assert stories == [FIRST, CUT]
    assert reject.id == id
    assert reason in reject.reason


BOMB = "<!DOCTYPE newsItem [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f"{BOMB}]>{item('<contentSet><inlineData>&j;</inlineData></contentSet>')}", "declares a document type"),
        (f"<!DOCTYPE newsItem [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>{item('&x;')}", "declares a document type"),
        (f"<!DOCTYPE newsItem SYSTEM 'http://127.0.0.1:9/x.dtd'>{item('&x;')}", "declares a document type"),
        ("<NewsML><NewsItem/></NewsML>", "its root is <NewsML>; expected newsItem or newsMessage"),
        ("", "not XML"),
        ("The ferry sank.", "not XML"),
        (item("<x>" * 300 + "</x>" * 300), "not XML: Excessive depth"),
        (item(f"<x>{'y' * (11 << 20)}</x>"), "not XML"),
        (item(f"<x>{'y' * (1 << 20)}</x>" * (LARGEST >> 20)), "it has more than 16 MB"),
        (item("Grüße").encode("latin-1"), "not XML: "),
        (f"<?xml version='1.0' encoding='x-none'?>{item()}", "not XML: "),
    ],
    ids=range(11),
)
def test_a_bad_file_is_rejected_and_the_rest_of_the_input_goes_on(
    content: str | bytes, reason: str, tmp_path: Path
) -> None:
    bad, good = write(tmp_path / "bad.xml", content), write(tmp_path / "good.xml", plain(FIRST))
    stories, rejects = read(bad, good)
    assert stories == [FIRST]
    assert [reject.file for reject in rejects] == [str(bad)]
    assert reason in rejects[0].reason


def test_items_before_a_break_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "wire.xml", message(plain(FIRST), plain(CUT), "<newsItem").removesuffix("</newsMessage>"))
    stories, [reject] = read(path)
    assert stories == [FIRST, CUT]
    assert "not XML" in reject.reason
    assert reject.line == path.read_text().count("\n") + 1
    whole = gzip.compress(message(*[plain(FIRST)] * 2000).encode(), mtime=0)
    stories, [reject] = read(write(tmp_path / "cut.xml.gz", whole[: len(whole) // 2]))
    assert stories
    assert "the file ends early" in reject.reason


def test_a_message_of_any_length_is_read_an_item_at_a_time(tmp_path: Path) -> None:
    padding = " " * (LARGEST // 3)
    path = write(tmp_path / "wire.xml", message(*(plain(story) + padding for story in (FIRST, CUT, PRINTED) * 2)))
    assert path.stat().st_size > 1.9 * LARGEST
    assert [story.id for story in read(path)[0]] == [story.id for story in (FIRST, CUT, PRINTED) * 2]


def test_what_is_missing_is_named_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml.etree", None)
    with pytest.raises(errors.MissingDependencyError, match=r'lxml.*pip install "storyclust\[newsml\]"'):
        StoryReader(write(tmp_path / "wire.xml", plain(FIRST)))
