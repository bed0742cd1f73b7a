"""The stories of the harbour in every container, each built with the library or to the schema that the format has.

Run it to write ``tests/formats`` anew: ``python tests/containers.py``.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from harbour import STORIES
from storyclust import Story

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


WRITERS: dict[str, Callable[[Path], None]] = {
    "ninjs-2.ninjs.jsonl": write_ninjs_2,
    "ninjs-3.json": write_ninjs_3,
}


def write_all(folder: Path, writers: Iterable[Callable[[Path], None]] = tuple(WRITERS.values())) -> None:
    for write in writers:
        write(folder)


if __name__ == "__main__":
    write_all(FORMATS)
