"""Web pages: the article without what is around it, and what the page says of it."""

from __future__ import annotations

import gzip
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from containers import page
from harbour import CUT, FIRST, STORIES
from storyclust import Reject, Story, StoryReader, errors
from storyclust.io.news.documents import LARGEST
from storyclust.io.news.page import MOST_ELEMENTS, page_item

ARTICLE = f"<article><p>{'</p><p>'.join(FIRST.text.replace('&', '&amp;').splitlines())}</p></article>"


def read(*paths: Path, **options: Any) -> tuple[list[Story], list[Reject]]:
    reader = StoryReader(paths, on_error="skip", **options)
    return [located.story for located in reader], reader.rejects


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def of_head(head: str, tmp_path: Path) -> Story:
    [story], rejects = read(write(tmp_path / "a" / "b.html", f"<html><head>{head}</head><body>{ARTICLE}</body></html>"))
    assert not rejects
    return story


def ld(**said: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **said})}</script>'


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("", {"id": "b"}),
        ("<link rel='canonical' href='https://a.example/x'>", {"id": "https://a.example/x"}),
        ("<meta property='og:url' content='https://a.example/x'>", {"id": "https://a.example/x"}),
        (ld(mainEntityOfPage={"@id": "https://a.example/x"}), {"id": "https://a.example/x"}),
        (ld(url="https://a.example/y", mainEntityOfPage="https://a.example/x"), {"id": "https://a.example/x"}),
        ("<base href='https://a.example/'><link rel='canonical' href='/x'>", {"id": "https://a.example/x"}),
        ("<title>Ferry</title>", {"title": "Ferry"}),
        ("<title>Ferry</title><meta property='og:title' content='Aground'>", {"title": "Aground"}),
        (ld(headline="Salt & sand"), {"title": "Salt & sand"}),
        ("<meta property='og:site_name' content='Coast'>", {"source": "Coast"}),
        (ld(publisher={"name": "Coast"}), {"source": "Coast"}),
        (ld(publisher=[{"name": ""}, {"name": "Coast"}]), {"source": "Coast"}),
        (ld(creditText="Wire", provider={"name": "No"}), {"agency": "Wire"}),
        ("<meta property='article:published_time' content='2026-01-05T06:30:00Z'>", {"published": FIRST.published}),
        (ld(dateModified="2026-01-05T06:30:00Z"), {"published": FIRST.published}),
        (ld(isBasedOn="https://a.example/x"), {"evolved_from": "https://a.example/x"}),
        (ld(creativeWorkStatus="Withheld"), {"status": "withheld"}),
        (ld(headline=7, publisher=7, isBasedOn={}, version=[], inLanguage={}), {"title": "7", "source": "7"}),
        ("<script type='application/ld+json'>{broken</script>" + ld(headline="Ferry"), {"title": "Ferry"}),
        (f"<script type='application/ld+json'>{'[' * 100_000}</script>" + ld(headline="Ferry"), {"title": "Ferry"}),
        ("<script type='application/ld+json'>[[{\"@type\": 7}, null]]</script>", {}),
    ],
)
def test_what_is_read_of_a_page(head: str, field: dict[str, Any], tmp_path: Path) -> None:
    assert of_head(head, tmp_path) == replace(Story("b", FIRST.text), **field)


def test_the_address_is_made_whole_by_where_it_was_fetched() -> None:
    content = f"<html><head><link rel='canonical' href='../x'></head><body>{ARTICLE}</body></html>".encode()
    found = page_item(content, url="https://a.example/b/c")
    assert not isinstance(found, str)
    assert found.id == "https://a.example/x"


def test_a_folder_holds_pages_where_it_holds_no_text(tmp_path: Path) -> None:
    write(tmp_path / "a" / "one.htm.gz", gzip.compress(page(FIRST).encode()))
    write(tmp_path / "b" / "two.xhtml", page(CUT))
    write(tmp_path / "b" / "notes.md", "no story")
    assert sorted(story.id for story in read(tmp_path)[0]) == sorted([FIRST.id, CUT.id])
    write(tmp_path / "b" / "three.txt", "It sank.")
    assert [story.id for story in read(tmp_path)[0]] == ["b/three"]
    assert len(read(tmp_path, format="html")[0]) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is empty"),
        ("<!-- nothing -->", "it is empty"),
        ("<html><body></body></html>", "no article was found in it"),
        ("<html><head><title>Moved</title></head><body><script>go()</script></body></html>", "no article was found"),
        (f"<meta charset='utf-8'>{ARTICLE}Grüße".encode("latin-1"), "it is not in utf-8, as it says: byte 0xfc"),
        (f"<meta charset='x-none'>{ARTICLE}", "it says that it is in 'x-none', which is no known encoding"),
        ("<br>" * MOST_ELEMENTS, "it has more than 50,000 elements"),
        ("x" * (LARGEST + 1), "it has more than 16 MB"),
        (gzip.compress(b"x" * (8 * LARGEST)), "it has more than 16 MB"),
        (gzip.compress(page(FIRST).encode())[:200], "the file ends early"),
    ],
    ids=range(10),
)
def test_a_bad_page_is_rejected_and_the_rest_goes_on(content: str | bytes, reason: str, tmp_path: Path) -> None:
    bad, good = write(tmp_path / "bad.html", content), write(tmp_path / "good.html", page(FIRST))
    stories, rejects = read(bad, good)
    assert [story.id for story in stories] == [FIRST.id]
    assert [reject.file for reject in rejects] == [str(bad)]
    assert reason in rejects[0].reason


@pytest.mark.parametrize("nested", ["<div>", "<b>", "<table><tr><td>", "<a href=x>"])
def test_a_page_nested_beyond_reason_hangs_nothing(nested: str, tmp_path: Path) -> None:
    read(write(tmp_path / "deep.html", nested * 20_000), write(tmp_path / "good.html", page(FIRST)))


@pytest.mark.parametrize(
    ("said", "encoding"),
    [("<meta charset=iso-8859-1>", "cp1252"), ("<meta http-equiv=x content='text/html; charset=Shift_JIS'>", "cp932")],
)
def test_a_charset_is_heeded_as_browsers_do(said: str, encoding: str, tmp_path: Path) -> None:
    text = FIRST.text.replace("Two", "‘Two’") if encoding == "cp1252" else FIRST.text.replace("Two", "二")
    body = f"<article><p>{text.replace('&', '&amp;')}</p></article>"
    path = write(tmp_path / "a.html", f"<html><head>{said}</head><body>{body}</body></html>".encode(encoding))
    assert read(path)[0][0].text.split() == text.split()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_page_that_says_nothing_of_its_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    content = f"<html><head><title>Grüße</title></head><body>{ARTICLE}</body></html>".encode(encoding)
    assert read(write(tmp_path / "a.html", content))[0][0].title == "Grüße"


def test_what_is_missing_is_named_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.html", page(FIRST))
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    for given in (path, tmp_path):
        with pytest.raises(errors.MissingDependencyError, match=r'trafilatura.*pip install "storyclust\[html\]"'):
            list(StoryReader(given))


def test_pages_are_known_by_their_addresses() -> None:
    for story in STORIES:
        found = page_item(page(story).encode(), id="saved")
        assert not isinstance(found, str)
        assert found.id == story.id
