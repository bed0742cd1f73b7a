"""Stories of the straits as they are edited, cut and put together: what tests of laws draw from."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from storyclust import Link, Story, StoryClusters, cluster_stories
from storyclust.model import Level
from straits import STRAITS, TRUTH

TEXT = {story.id: story.text for story in STRAITS}
# Ten stories of the straits that have nothing to do with each other.
UNRELATED = (
    *("lannow-museum", "delmora-pensions", "corvane-ferry", "oudra-flood", "carrasson-transfer", "dovrel-recall"),
    *("ivrel-star", "lannow-post-chess", "hask-tidings-train", "lannow-market-tuesday"),
)
CLUTTER = "Home\nTides and timetables\nSign up for the harbour letter, every morning before the first ferry\n"
DAY_ONE = datetime(2026, 3, 10, 6, tzinfo=UTC)
STANDS_BY_ITSELF = "lannow-post-chess"

few = settings(max_examples=10, deadline=None)
quickly = settings(max_examples=15, deadline=None)
many = settings(max_examples=60, deadline=None)


def cut(text: str, start: int, stop: int) -> str:
    """The words from the start-th to the stop-th hundredth of a text, as they stand in it."""
    words = list(re.finditer(r"\S+", text))
    chosen = words[len(words) * start // 100 : len(words) * stop // 100]
    return text[chosen[0].start() : chosen[-1].end()] if chosen else ""


def invented(number: int) -> str:
    """A word of letters alone, another one for each number."""
    digits = []
    while number or not digits:
        number, digit = divmod(number, 40)
        digits.append("bdfgklmn"[digit % 8] + "aeiou"[digit // 8])
    return "qu" + "".join(digits)


def reworded(text: str, every: int, offset: int, salt: int) -> str:
    """The text with each so-manieth word replaced by an invented one; all marks stay."""
    words = re.split(r"(\s+)", text)
    for place in range(2 * (offset % every), len(words), 2 * every):
        words[place] = re.sub(r"\w+", invented(salt * 1000 + place), words[place], count=1)
    return "".join(words)


def strangers(*ids: str) -> list[Story]:
    """The stories of the straits that are of no cluster with any of these."""
    taken = {TRUTH[id].copy_cluster for id in ids}
    return [story for story in STRAITS if TRUTH[story.id].copy_cluster not in taken]


def one_job(*texts: str, **options: Any) -> StoryClusters:
    """The stories 0, 1, 2 ... clustered."""
    return cluster_stories([Story(str(number), text) for number, text in enumerate(texts)], **options)


LEVELS: tuple[Level, ...] = ("copy", "version", "partial")


def partition(result: StoryClusters, level: Level = "partial") -> set[frozenset[str]]:
    return {frozenset(members) for members in result.at_level(level)}


def groups(result: StoryClusters, level: Level = "partial") -> set[frozenset[str]]:
    """The clusters of two or more at a level."""
    return {members for members in partition(result, level) if len(members) > 1}


def link_row(link: Link) -> dict[str, Any]:
    """What a link says, put into a row of `tables.LINKS` by hand."""
    names = ("id_a", "id_b", "relation", "shared_words", "share", "quoted_words", "jaccard", "containment")
    later = ("origin", "passage_share", "longest_narrated", "likeness")
    parts = ("a_start", "a_stop", "b_start", "b_stop", "words", "kind")
    row = {name: getattr(link, name) for name in names}
    row["passages"] = [[getattr(passage, part) for part in parts] for passage in link.passages]
    row |= {name: getattr(link, name) for name in later}
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in row.items()}


def assert_nested(result: StoryClusters) -> None:
    for inner, outer in pairwise(LEVELS):
        around = {id: members for members in partition(result, outer) for id in members}
        for members in partition(result, inner):
            assert all(members <= around[id] for id in members)


def written(result: StoryClusters) -> bytes:
    """All that a result writes, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{name}.jsonl") for name in ("assignments", "links", "clusters")]
        for write, path in zip(
            (result.write_assignments, result.write_links, result.write_clusters), paths, strict=True
        ):
            write(path)
        figures = json.dumps(result.summary()) + str(result)
        return b"\0".join(path.read_bytes() for path in paths) + figures.encode()


EDITS: tuple[Callable[[str, int, int], str], ...] = (
    lambda text, a, b: text,
    lambda text, a, b: text.upper(),
    lambda text, a, b: cut(text, min(a, b), max(a, b)),
    lambda text, a, b: reworded(text, 3 + a % 20, b, a),
    lambda text, a, b: f"{text}\n\n{STRAITS[a % len(STRAITS)].text}",
    lambda text, a, b: f"{CLUTTER}{text}\n{CLUTTER}",
    lambda text, a, b: "",
)
EDITED = st.tuples(st.sampled_from(STRAITS), st.sampled_from(EDITS), st.integers(0, 99), st.integers(0, 99))


@st.composite
def collections(draw: st.DrawFn) -> list[Story]:
    """Stories of the straits, some as they are and some edited, at a few times or at none."""
    stories = [draw(st.sampled_from(STRAITS))]
    for number, (story, edit, a, b) in enumerate(draw(st.lists(EDITED, min_size=1, max_size=9))):
        published = DAY_ONE + timedelta(hours=a % 3) if b % 4 else None
        stories.append(Story(f"edit-{number}", edit(story.text, a, b), story.title, story.source, published))
    return stories


PLAIN_WORDS = re.findall(r"[a-z]+", TEXT["lannow-museum"])


def digest_of(*ids: str) -> list[Story]:
    """A digest of stories, and these: of one length, so that none of them is most of the digest."""
    items = {id: " ".join(TEXT[id].split()[:220]) for id in ids}
    return [Story("digest", "\n\n".join(items.values())), *(Story(id, text) for id, text in items.items())]
