"""Reads reports as a browser does, and news that tries to be markup."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import storyclust as sc
from storyclust import Story

BLOCK = re.compile(r'<script type="application/gzip" id="([^"]+)">([^<]*)</script>')

LEAD = (
    "The night ferry to Orrin lost its rudder two miles off the breakwater and drifted for an hour before a trawler "
    "took it in tow, and the sixty people on board were given soup in the harbour office while divers looked at it. "
)
TAIL = "The company said that the morning crossing would sail from the old pier, with a smaller boat and fewer cars. "
BREAKING = (
    '</script><script>window.broken = 1</script><img src=x onerror="window.broken = 1"><style>*{color:red}</style>'
)
ADDRESS = "https://news.example/ferry?a=1&b=<b>"

# Equal news in hostile dress: markup in every field, half characters, NULs, characters beyond 16 bits, right to left.
HOSTILE = [
    Story(
        f'"><{BREAKING}', f"{BREAKING} {LEAD}{TAIL}", BREAKING, BREAKING, datetime(2026, 3, 1, 8, tzinfo=UTC), BREAKING
    ),
    Story(
        ADDRESS,
        f"\U0001d4a9\U0001f6a2 {LEAD}\U0001f6a2 {TAIL}",
        "\U0001f6a2 Ferry",
        "Echo \u202e",
        datetime(2026, 3, 1, 9, tzinfo=UTC),
    ),
    Story("javascript:alert(1)", f"\ud83d\ude00 \ud800 \0 {LEAD}{TAIL}", "half \udfff \0", "javascript:alert(1)"),
    Story("{{ 7 * 7 }}", f"مرفأ أورين {LEAD}{TAIL}", "עבורת לילה", "{% raw %}", datetime(2026, 3, 2, tzinfo=UTC)),
    Story("a/b#c?d e%f", f"{LEAD}{TAIL} ${{7*7}} `x` \u2028 &lt;b&gt;", None, None, datetime(2026, 3, 3, tzinfo=UTC)),
    Story(
        "alone", "Chess tonight: the champion has yet to move a rook in ten games, which she calls a plan.", BREAKING
    ),
]


def page_of(result: sc.StoryClusters, **options: Any) -> str:
    """The report of a result."""
    stream = io.BytesIO()
    result.report(stream, **options)
    return stream.getvalue().decode()


def blocks_of(page: str) -> dict[str, Any]:
    """The packed blocks of a page."""
    return {
        name: json.loads(gzip.decompress(base64.b64decode(packed)).decode("utf-8"))
        for name, packed in BLOCK.findall(page)
    }
