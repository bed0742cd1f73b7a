"""How well pages are taken apart: boundaries found, missed and false, on fiction and on real corpora.

    python -m benchmarks.pages [CORPORA] [--raise]

The fiction is the newsroom's stories, set on pages by the habits of sites in several languages, and pages of one story
that look like several. CORPORA is a folder of corpora: ``pages`` holds pages of several stories, of which
``afp_coalition`` has the stories; the stories of the others are each a page of one, and a cut is a false one, but for
the digests among them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import storyclust as sc

from ..quality.figures import Figures, count, digest
from .fiction import TruePage, pages
from .habits import ONE, SEVERAL

FLOORS = Path(__file__).parent / "floors.json"
SINGLE = ("afp_coalition", "helsinki", "basil", "ecbplus", "wiki_versions", "reuters21578", "saudinewsnet")
FICTION = ("habits", "one story")
# A story cut from a page by hand may begin with the name of its desk.
NEAR, HEAD = 100, 60


def measure_figures(name: str, folder: Path | None) -> tuple[str, Figures]:
    """The digest of the pages of a name, and their figures; the folder is that of all corpora."""
    if name in FICTION:
        habits, smallest, sizes = (SEVERAL, 2, 5) if name == "habits" else (ONE, 1, 1)
        made = [page for habit in habits for page in pages(habit, smallest=smallest, sizes=sizes)]
        text = "".join(page.text for page in made)
        return hashlib.sha256(text.encode()).hexdigest(), boundaries(made)
    if folder is None:
        raise ValueError(f"{name} is a real corpus; expected the folder it is in")
    if name == "pages":
        paths = sorted((folder / name).glob("*.txt"))
        return digest([*paths, folder / "afp_coalition" / "stories.jsonl"]), boundaries(true_pages(folder))
    path = next((folder / name).glob("stories.jsonl*"))
    return digest([path]), whole(path)


def boundaries(made: Iterable[TruePage]) -> Figures:
    """How many stories after a page's first begin where they do, how many are missed, and how many begin elsewhere."""
    found = missed = false = 0
    for page in made:
        begun = [story.start for story in sc.split_page(page.text).stories][1:]
        hits = [any(low <= start <= high for start in begun) for low, high in page.starts[1:]]
        found, missed = found + sum(hits), missed + len(hits) - sum(hits)
        false += sum(not any(low <= start <= high for low, high in page.starts[1:]) for start in begun)
    return {
        "boundaries found": count(found, better="higher"),
        "boundaries missed": count(missed),
        "boundaries false": count(false),
    }


def true_pages(folder: Path) -> Iterator[TruePage]:
    """The real pages, with the places of the stories that were cut from them by hand."""
    rows = (folder / "afp_coalition" / "stories.jsonl").read_text(encoding="utf-8").splitlines()
    heads = [json.loads(row)["text"][:HEAD] for row in rows]
    for path in sorted((folder / "pages").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        starts = sorted(text.index(head) for head in heads if head in text)
        yield TruePage(path.stem, text, tuple((start, start + NEAR) for start in starts))


def whole(path: Path) -> Figures:
    """How many stories of a corpus are taken for several, and how many of their words are dropped."""
    cut = dropped = words = 0
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as rows:
        for row in rows:
            page = sc.split_page(json.loads(row).get("text") or "")
            cut += len(page) > 1
            dropped += sum(page.dropped_words().values())
            words += len(page.text.split())
    return {"stories cut": count(cut), "words dropped, of a thousand": count(1000 * dropped / max(words, 1))}
