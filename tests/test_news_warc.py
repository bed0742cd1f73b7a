"""WARC: what warcio writes is read, and an archive that lies costs the records it lies about."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from containers import page
from harbour import CUT, FIRST, PRINTED
from storyclust import Reject, Story, StoryReader, errors
from storyclust.io.news.documents import LARGEST

HTML = ("Content-Type: text/html; charset=utf-8",)


def read(*paths: Path, **options: Any) -> tuple[list[Story], list[Reject]]:
    reader = StoryReader(paths, on_error="skip", **options)
    return [located.story for located in reader], reader.rejects


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def http(content: bytes, *headers: str, status: str = "200 OK") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode() + content


def held(block: bytes, *, length: object = None, kind: str = "response", media: str = "application/http") -> bytes:
    told = len(block) if length is None else length
    lines = (
        "WARC/1.1",
        f"WARC-Type: {kind}",
        "WARC-Target-URI: <https://a.example/page>",
        f"Content-Type: {media}",
        *([f"Content-Length: {told}"] if told != "" else []),
    )
    return "\r\n".join((*lines, "", "")).encode() + block + b"\r\n\r\n"


def story_page(story: Story) -> bytes:
    return held(http(page(story).encode(), *HTML))


def ids(stories: Iterable[Story]) -> list[str]:
    return [story.id for story in stories]


def test_records_are_read_packed_one_by_one_all_together_or_not(tmp_path: Path) -> None:
    records = [story_page(FIRST), story_page(CUT)]
    whole = b"".join(records)
    for name, content in (
        ("plain.warc", whole),
        ("together.warc.gz", gzip.compress(whole)),
        ("each.warc.gz", b"".join(map(gzip.compress, records))),
    ):
        stories, rejects = read(write(tmp_path / name, content))
        assert (ids(stories), rejects) == ([FIRST.id, CUT.id], [])


@pytest.mark.parametrize(
    "record",
    [
        held(http(page(FIRST).encode(), *HTML, status="404 Not Found")),
        held(http(b"PNG", "Content-Type: image/png")),
        held(http(page(FIRST).encode())),
        held(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        held(b"software: by hand\r\n", kind="warcinfo"),
        held(b"", kind="revisit"),
    ],
    ids=range(6),
)
def test_what_is_no_page_is_passed_over(record: bytes, tmp_path: Path) -> None:
    assert read(write(tmp_path / "a.warc", record + story_page(CUT)))[1] == []
    assert ids(read(tmp_path / "a.warc")[0]) == [CUT.id]


def test_a_resource_is_a_page_without_headers_of_its_own(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc", held(page(FIRST).encode(), kind="resource", media="text/html"))
    assert ids(read(path)[0]) == [FIRST.id]


@pytest.mark.parametrize("bits", [31, 15, -15])
def test_pages_are_unpacked(bits: int, tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=bits)
    content = packer.compress(page(FIRST).encode()) + packer.flush()
    name = "gzip" if bits == 31 else "deflate"
    assert ids(read(write(tmp_path / "a.warc", held(http(content, *HTML, f"Content-Encoding: {name}"))))[0]) == [
        FIRST.id
    ]


BOMB = gzip.compress(b"x" * (20 * LARGEST))
FAULTS = [
    (held(http(b"<html></html>", *HTML)), "no article was found"),
    (held(http("<p>Grüße</p>".encode("latin-1"), *HTML)), "it is not in utf-8, as it says"),
    (held(http(b"x", *HTML, "Content-Encoding: br")), "it is packed as 'br'; expected gzip, deflate or none"),
    (held(http(b"x", *HTML, "Content-Encoding: gzip")), "it is packed as gzip and cannot be unpacked"),
    (held(http(BOMB, *HTML, "Content-Encoding: gzip")), "it has more than 16 MB"),
    (
        held(
            http(
                b"%x\r\n%s\r\n0\r\n\r\n" % (len(BOMB), BOMB),
                *HTML,
                "Content-Encoding: gzip",
                "Transfer-Encoding: chunked",
            )
        ),
        "it has more than 16 MB",
    ),
    (held(http(b"x" * LARGEST, *HTML)), "it has more than 16 MB"),
    (held(http(page(FIRST).encode(), *HTML), length=""), "its length is ''; expected a number"),
    (held(http(page(FIRST).encode(), *HTML), length=-5), "its length is '-5'; expected a number"),
    (held(http(page(FIRST).encode(), *HTML), length=100), "its length of 100 bytes is wrong"),
    (
        held(http(page(FIRST).encode(), *HTML), length=len(http(page(FIRST).encode(), *HTML)) + 9),
        "is wrong: no empty line",
    ),
    (b"Nothing of this kind.\r\n\r\nAnd more.\r\n\r\n", "begins no record; expected a line of WARC/"),
]


@pytest.mark.parametrize(("bad", "reason"), FAULTS, ids=range(len(FAULTS)))
def test_a_bad_record_is_rejected_and_the_rest_goes_on(bad: bytes, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc", story_page(CUT) + bad + story_page(PRINTED) + story_page(CUT))
    stories, rejects = read(path)
    found = ids(stories)
    # A length that is too long takes a part of the next record with it.
    assert found in ([CUT.id, PRINTED.id, CUT.id], [CUT.id, CUT.id])
    assert found[1:] == [CUT.id] if "no empty line" in reason else len(found) == 3
    assert reason in rejects[0].reason


def test_bombs_are_not_unpacked(tmp_path: Path) -> None:
    bad = held(http(gzip.compress(BOMB), *HTML, "Content-Encoding: gzip"))
    path = write(
        tmp_path / "a.warc.gz", gzip.compress(b"".join(bomb for bomb, _ in FAULTS[4:6]) + bad + story_page(CUT))
    )
    read(write(tmp_path / "warm.warc", story_page(CUT)))
    tracemalloc.start()
    assert ids(read(path)[0]) == [CUT.id]
    assert tracemalloc.get_traced_memory()[1] < 6 * LARGEST
    tracemalloc.stop()


@pytest.mark.parametrize(
    "endless",
    [
        b"WARC/1.0\r\nX: ",
        b"WARC/1.0\r\n" + b"X: y\r\n" * 1000,
        b"WARC/1.0\r\nContent-Length: 9999999999\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 ",
    ],
)
def test_headers_without_an_end_are_given_up(endless: bytes, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.warc", story_page(FIRST) + endless + endless[-6:] * (1 << 20))
    stories, [reject] = read(bad, write(tmp_path / "good.warc", story_page(CUT)))
    assert ids(stories) == [FIRST.id, CUT.id]
    assert "its headers have more than 1 MB" in reject.reason


@pytest.mark.parametrize("kept", [1, 20, 150, 400, 3000])
def test_an_archive_that_ends_early_gives_what_it_has(kept: int, tmp_path: Path) -> None:
    whole = story_page(FIRST) + story_page(CUT)
    path = write(tmp_path / "a.warc", whole[: len(story_page(FIRST)) + kept])
    stories, rejects = read(path)
    assert ids(stories)[0] == FIRST.id
    assert len(stories) + len(rejects) == 2
    packed = gzip.compress(story_page(FIRST)) + gzip.compress(story_page(CUT))[:-20]
    stories, rejects = read(write(tmp_path / "a.warc.gz", packed))
    assert ids(stories) == [FIRST.id]
    assert "the file ends early" in rejects[0].reason


@pytest.mark.parametrize("module", ["warcio", "trafilatura"])
def test_what_is_missing_is_named_before_anything_is_read(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(errors.MissingDependencyError, match=rf'{module}.*pip install "storyclust\[(warc|html)\]"'):
        StoryReader(write(tmp_path / "a.warc", b""))
