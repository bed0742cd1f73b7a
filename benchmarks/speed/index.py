"""How long an index takes to load, to add and to answer, and how large it is, at two sizes.

    python -m benchmarks.speed.index --stories 300000

Each index is made in a process of its own, which reads a file: loaded in bulk, then given stories one by one and asked,
at each durability. The wire is in an order of chance, so that late stories belong to early clusters too. The profile is
learned from its first stories.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

import storyclust as sc
from storyclust.memory import release
from storyclust.newsroom import wire

from .measure import anonymous_mb, run_module
from .report import save, surroundings
from .run import RESULTS

SIZES = (10_000, 300_000)
SINGLY = 1_000
LEARNED = 20_000
WIRE, PROFILE = "wire.jsonl", "profile.npz"
# What is asked of 300,000 stories: at most, but for loading, at least.
TARGETS = {
    "commit": {
        "add_p50_ms": 4.0,
        "add_p99_ms": 15.0,
        "query_p99_ms": 5.0,
        "load_per_s": 2_000.0,
        "beside_bytes": 700.0,
    },
    "process": {"add_p50_ms": 2.0, "add_p99_ms": 8.0, "query_p99_ms": 5.0},
}


def write(folder: Path, stories: int, seed: int) -> None:
    """A wire in an order of chance, and a profile, for `measure`."""
    made = [story for story, _ in wire(stories + SINGLY * len(TARGETS), seed=seed)]
    sc.learn_profile(made[:LEARNED]).save(folder / PROFILE)
    random.Random(seed).shuffle(made)
    with (folder / WIRE).open("w", encoding="utf-8") as file:
        for story in made:
            row = {name: getattr(story, name) for name in ("id", "text", "title", "source")}
            published = None if story.published is None else story.published.isoformat()
            file.write(json.dumps({**row, "published": published}) + "\n")


def measure(folder: Path, stories: int) -> list[dict[str, Any]]:
    """One index of a wire, in this process: loaded, then given stories one by one; a row for each durability."""
    path = folder / "wire.storyclust"
    coming = (located.story for located in sc.StoryReader(folder / WIRE))
    with sc.StoryIndex.create(path, profile=sc.Profile.load(folder / PROFILE)) as index:
        begun = time.perf_counter()
        loaded = sum(1 for _ in index.add_many(islice(coming, stories), commit_every=20_000))
        figures = {"stories": loaded, "load_per_s": loaded / (time.perf_counter() - begun)}
    release()
    rows = []
    for durability in TARGETS:
        late = list(islice(coming, SINGLY))
        with sc.StoryIndex.open(path, durability=durability) as index:  # type: ignore[arg-type]
            row = figures | _singly(index, late)
            rows.append(row | {"durability": durability, "mb": anonymous_mb([os.getpid()])})
    with sc.StoryIndex.open(path) as index:
        index.compact()
        room = _room(index, path)
    return [row | room for row in rows]


def _singly(index: sc.StoryIndex, late: Sequence[sc.Story]) -> dict[str, float]:
    """How long stories take that are added and asked one by one."""
    touched: list[int] = []
    add = _times(late, lambda story: touched.append(index.add(story).touched))
    query = _times(late, lambda story: index.query(story.text, source=story.source))
    return _spread("add", add) | _spread("query", query) | _spread("touched", touched, "")


def _times(stories: Sequence[sc.Story], work: Callable[[sc.Story], object]) -> list[float]:
    """Milliseconds for each story."""
    times = []
    for story in stories:
        begun = time.perf_counter()
        work(story)
        times.append(1000 * (time.perf_counter() - begun))
    return times


def _spread(name: str, values: Sequence[float], unit: str = "_ms") -> dict[str, float]:
    at = {"p50": 50, "p99": 99, "max": 100}
    return {f"{name}_{mark}{unit}": float(np.percentile(values, part)) for mark, part in at.items()}


def _room(index: sc.StoryIndex, path: Path) -> dict[str, float]:
    """Bytes of a fingerprint, and of a story beside its text and 20 bytes a fingerprint."""
    connection = index._connection

    def total(query: str) -> int:
        return int(connection.execute(query).fetchone()[0] or 0)

    size, stories = path.stat().st_size, total("SELECT count(*) FROM stories")
    entries = total("SELECT entries FROM posting_hand")
    postings = total("SELECT sum(length(entries)) FROM posting_pages") + total(
        "SELECT sum(length(entries)) FROM posting_tail"
    )
    texts = total("SELECT sum(length(text)) FROM texts")
    beside = (size - texts - 20 * entries) / stories
    return {"fingerprint_bytes": postings / max(entries, 1), "beside_bytes": beside, "bytes": size / stories}


HEADINGS = {
    "stories": "stories",
    "durability": "durability",
    "load_per_s": "loaded a second",
    "add_p50_ms": "add p50 ms",
    "add_p99_ms": "p99",
    "add_max_ms": "max",
    "query_p50_ms": "query p50 ms",
    "query_p99_ms": "p99",
    "touched_p50": "touched p50",
    "touched_p99": "p99",
    "touched_max": "max",
    "fingerprint_bytes": "bytes a fingerprint",
    "beside_bytes": "a story beside",
    "mb": "MB",
}


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """One row an index."""
    lines = [f"| {' | '.join(HEADINGS.values())} |", f"|{' ---: |' * len(HEADINGS)}"]
    for row in rows:
        cells = [value if isinstance(value, str) else f"{value:,.1f}" for value in map(row.__getitem__, HEADINGS)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def missed(row: dict[str, Any]) -> list[str]:
    """What is asked of an index and not reached."""
    return [
        f"{row['durability']}: {name} is {row[name]:,.1f}, asked {asked:g}"
        for name, asked in TARGETS[row["durability"]].items()
        if (row[name] < asked if name == "load_per_s" else row[name] > asked)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table of all, with what was asked and not reached; or measure one and print its figures as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.index", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--stories", type=int, nargs="+", default=SIZES, help="how many are loaded in bulk")
    parser.add_argument("--seed", type=int, default=1, help="seed of the wire (1)")
    parser.add_argument("--folder", type=Path, help="one index in this process, of the wire in this folder")
    parser.add_argument("-o", "--output", type=Path, default=RESULTS / "index.json", help="the figures, as JSON")
    options = parser.parse_args(arguments)
    if options.folder:
        print(json.dumps({"indexes": measure(options.folder, options.stories[0])}))
        return 0
    rows = []
    for stories in sorted(options.stories):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), stories, options.seed)
            rows += run_module("benchmarks.speed.index", "--stories", stories, "--folder", folder)[1]["indexes"]
        print(f"{stories:,} stories: done", file=sys.stderr)
    print(markdown(rows))
    save(options.output, {"seed": options.seed, **surroundings(), "indexes": rows})
    for line in (line for row in islice(rows, len(rows) - len(TARGETS), None) for line in missed(row)):
        print(f"not reached at {rows[-1]['stories']:,} stories, {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
