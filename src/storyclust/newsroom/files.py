"""The newsroom and the wire as files: the formats that users bring, with the truth beside.

``stories.jsonl`` holds id, title, source, published and text; ``truth.jsonl`` what is true of each story; ``pairs.tsv``
the label of every pair, as ``storyclust score`` reads it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from storyclust.errors import OutputError
from storyclust.io import Record, RecordWriter
from storyclust.io.atomic import output_file
from storyclust.model import Story
from storyclust.newsroom.newsroom import Newsroom, StoryTruth
from storyclust.newsroom.traffic import wire
from storyclust.newsroom.truth import PairTruth, Truth
from storyclust.progress import WRITING, Progress, Stages

PAIR_COLUMNS = ("id_a", "id_b", "label", "weight", "stratum")
CANONICALS = {"copy": "copy_canonicals", "version": "version_canonicals", "partial": "canonicals"}


def write_newsroom(newsroom: Newsroom, folder: str | os.PathLike[str]) -> None:
    """Write stories.jsonl, truth.jsonl and pairs.tsv into a folder, which is made if need be.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    path = _folder(folder)
    with output_file(path / "pairs.tsv") as pairs:
        pairs.write("\t".join(PAIR_COLUMNS).encode() + b"\n")
        pairs.writelines(_pair_line(pair) for pair in newsroom.pairs)
        _write_stories(path, ((story, _newsroom_truth(newsroom.truth[story.id])) for story in newsroom.stories))


def write_wire(n: int, folder: str | os.PathLike[str], *, seed: int = 1, progress: Progress | None = None) -> None:
    """Write stories.jsonl and truth.jsonl of the first n stories of a wire; memory does not grow with n.

    The progress is called with "writing" and the part (0-1) that is written.

    Raises
    ------
    OutputError
        If they cannot be written.
    UsageError
        If n or the seed is out of its range.
    """
    stories = wire(n, seed=seed)
    stages = Stages(progress)
    stages.begin(WRITING)
    _write_stories(_folder(folder), ((story, asdict(truth)) for story, truth in stages.over(stories, n)))
    stages.end()


def _folder(folder: str | os.PathLike[str]) -> Path:
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {path}: {error.strerror}; expected a folder to write to") from error
    return path


def _write_stories(folder: Path, stories: Iterable[tuple[Story, Mapping[str, Any]]]) -> None:
    """Stories and truth side by side, in one pass."""
    paths = folder / "stories.jsonl", folder / "truth.jsonl"
    with RecordWriter(paths[0]) as story_file, RecordWriter(paths[1]) as truth_file:
        for number, (story, truth) in enumerate(stories, 1):
            story_file.write(Record(str(paths[0]), number, _story_fields(story)))
            truth_file.write(Record(str(paths[1]), number, {"id": story.id, **truth}))


def _story_fields(story: Story) -> dict[str, Any]:
    published = story.published.isoformat() if story.published else None
    return {"id": story.id, "title": story.title, "source": story.source, "published": published, "text": story.text}


def _newsroom_truth(truth: StoryTruth) -> dict[str, Any]:
    shared = {name: getattr(truth, name) for name in Truth.__dataclass_fields__}
    return {
        **shared,
        "language": truth.language,
        "traps": list(truth.traps),
        "note": truth.note,
        **{CANONICALS[level]: list(ids) for level, ids in truth.canonicals.items()},
        "spans": [[span.start, span.stop, span.kind] for span in truth.spans],
    }


def _pair_line(pair: PairTruth) -> bytes:
    return f"{pair.id_a}\t{pair.id_b}\t{pair.label}\t1\tnewsroom\n".encode()
