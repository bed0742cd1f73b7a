"""WARC: archives of the web, of any length; the pages in them are stories; needs warcio, and what pages need.

In: a stream of records. Out: a record a page, numbered by its place among all records. Requests, images, redirects and
the like hold no story, and are passed over. An archive is not trusted: headers and contents are read within bounds, and
where a length is wrong the reading goes on at the next line that begins a record.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from storyclust.io.news.documents import LARGEST, Meter, TooLong
from storyclust.io.news.extras import require
from storyclust.io.news.items import Item
from storyclust.io.news.page import page_item, require_trafilatura
from storyclust.io.records import Columns, Record, Unreadable
from storyclust.io.streams import BrokenInput

_BEGINNING = b"WARC/"
_LARGEST_HEADERS = 1 << 20
_LINE = 1 << 14
_PIECE = 1 << 16
_HELD = ("response", "resource")
_PAGES = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
# What zlib is told to expect; some servers send deflate without its header.
_PACKED = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}


def require_warcio() -> Any:
    """Import warcio, and see that what pages need is there.

    Raises
    ------
    MissingDependencyError
        If any of it is not installed.
    """
    require_trafilatura()
    return require("warcio", "WARC archives need", "warc")


def read_warc(stream: io.BufferedReader, file: str, columns: Columns) -> Iterator[Record | Unreadable]:
    """Yield a record for each page that was fetched with success.

    Raises
    ------
    BrokenInput
        If the stream breaks.
    """
    require_warcio()
    archive = _Archive(stream)
    try:
        for held in archive.records():
            found = held.fault or _page(held)
            if isinstance(found, Item):
                yield Record(file, archive.number, found.fields(columns))
            else:
                yield Unreadable(archive.number, found, held.address)
    except TooLong:
        most = _LARGEST_HEADERS >> 20
        yield Unreadable(archive.number, f"its headers have more than {most} MB; nothing after them was read")
    except EOFError:
        yield Unreadable(archive.number, "the archive ends in its headers")
    except BrokenInput as broken:
        raise BrokenInput(archive.number + 1, broken.problem) from broken.problem


@dataclass(frozen=True, slots=True)
class _Held:
    """A page as the archive has it, or what is wrong with it."""

    address: str | None
    content: bytes = b""
    packed: str = ""
    charset: str | None = None
    fault: str | None = None


def _page(held: _Held) -> Item | str:
    try:
        content = _unpacked(held.content, held.packed)
    except TooLong as problem:
        return str(problem)
    except zlib.error as problem:
        return f"it is packed as {held.packed} and cannot be unpacked: {problem}"
    if content is None:
        return f"it is packed as {held.packed!r:.60}; expected gzip, deflate or none"
    return page_item(content, url=held.address or "", charset=held.charset)


def _unpacked(content: bytes, packed: str) -> bytes | None:
    if packed in ("", "identity"):
        return content
    for bits in _PACKED.get(packed, ()):
        member = zlib.decompressobj(bits)
        try:
            found = member.decompress(content, LARGEST + 1)
        except zlib.error:
            if bits == _PACKED[packed][-1]:
                raise
        else:
            if len(found) > LARGEST:
                raise TooLong
            if not member.eof:
                raise zlib.error("it ends early")
            return found
    return None


class _Archive:
    """The records of an archive, read within bounds.

    Attributes
    ----------
    number : int
        How many records began.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        readers, headers = require("warcio.bufferedreaders", "", "warc"), require("warcio.statusandheaders", "", "warc")
        self.number = 0
        self._meter = Meter(stream)
        self._reader = readers.BufferedReader(self._meter, block_size=_LINE)
        self._unchunked = readers.ChunkedDataReader
        self._limited = require("warcio.limitreader", "", "warc").LimitReader
        self._parser = headers.StatusAndHeadersParser([], verify=False)

    def records(self) -> Iterator[_Held]:
        """The pages, and what is wrong with records."""
        line, lost = self._line(), False
        while line:
            if line.startswith(_BEGINNING):
                self.number += 1
                lost = False
                held, line = self._record(line)
                if held is not None:
                    yield held
                continue
            if line.strip() and not lost:
                lost = True
                where = f"after record {self.number}" if self.number else "at the beginning"
                yield _Held(
                    None, fault=f"what stands {where} begins no record; expected a line of {_BEGINNING.decode()}"
                )
            line = self._line()

    def _line(self) -> bytes:
        self._meter.renew(_LARGEST_HEADERS)
        found: bytes = self._reader.readline(_LINE)
        return found

    def _record(self, line: bytes) -> tuple[_Held | None, bytes]:
        """The record that a line begins, if it is a page or wrong, and the line after it."""
        headers = self._parser.parse(self._reader, line)
        address = (headers.get_header("WARC-Target-URI") or "").strip("<>") or None
        length = headers.get_header("Content-Length") or ""
        if not re.fullmatch("[0-9]{1,18}", length):
            return _Held(address, fault=f"its length is {length!r:.40}; expected a number of bytes"), self._line()
        block = self._limited(self._reader, int(length))
        held = self._held(headers, address, int(length), block)
        left = self._drain(block)
        after = self._line()
        if left:
            fault = f"the archive ends {left:,} bytes before its end"
        elif after.strip() and not after.startswith(_BEGINNING):
            fault = f"its length of {length} bytes is wrong: no empty line comes after them"
        else:
            return held, after
        return _Held(address, fault=fault), after

    def _held(self, headers: Any, address: str | None, length: int, block: Any) -> _Held | None:
        kind = headers.get_header("WARC-Type")
        if kind not in _HELD or length == 0:
            return None
        if kind == "response":
            self._meter.renew(_LARGEST_HEADERS)
            headers = self._parser.parse(block)
            if headers.get_statuscode() != "200":
                return None
        media = headers.get_header("Content-Type") or ""
        if media.partition(";")[0].strip().lower() not in _PAGES:
            return None
        if length > LARGEST:
            return _Held(address, fault=str(TooLong()))
        self._meter.renew()
        is_chunked = kind == "response" and (headers.get_header("Transfer-Encoding") or "").lower() == "chunked"
        content = (self._unchunked(block) if is_chunked else block).read(length)
        charset = _CHARSET.search(media)
        packed = (headers.get_header("Content-Encoding") or "").strip().lower()
        return _Held(address, content, packed, charset and charset[1])

    def _drain(self, block: Any) -> int:
        """Read what is left of a record; return how many bytes of it are not there."""
        while block.limit:
            self._meter.renew()
            if not block.read(min(block.limit, _PIECE)):
                break
        left: int = block.limit
        return left
