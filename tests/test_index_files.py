"""What may be wrong with the file of an index, the disk, the calls and the stories: it is said, and does no harm."""

from __future__ import annotations

import gc
import os
import random
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import storyclust as sc
from storyclust import Settings, Story, StoryIndex
from storyclust.errors import DataError, DuplicateIdError, OutputError, RecordError, StoryclustError, UsageError
from test_index import PROFILE, STRAITS, edits, require_equal

FEW = STRAITS[:8]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wire.storyclust"


@pytest.fixture
def made(path: Path) -> Path:
    """An index of a few stories."""
    with StoryIndex.create(path, profile=PROFILE) as index:
        list(index.add_many(FEW))
    return path


# Not an index


def another_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE stories (id)")


def newer(path: Path) -> None:
    StoryIndex.create(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def older(path: Path) -> None:
    StoryIndex.create(path).close()
    make_older(path)


def make_older(path: Path, version: int = 1) -> None:
    """Make an older version of an index of version 3: by other hashes, and at first without what providers say."""
    with closing(sqlite3.connect(path)) as connection:
        if version == 1:
            connection.execute("DROP INDEX stories_by_standing")
            for column in ("agency", "language", "status", "edition", "evolved_from", "standing", "agencies"):
                connection.execute(f"ALTER TABLE stories DROP COLUMN {column}")
        connection.execute("UPDATE units SET hash = hash + 1, terms = NULL")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()


def broken_off(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text("Not a database. " * 999), "not an index of storyclust"),
        (another_database, "another SQLite database; nothing was changed"),
        (newer, "an index of version 99; this storyclust reads up to 3. Use a newer storyclust"),
        (
            older,
            r"version 1, made by an earlier storyclust; expected version 3\. Bring it up to date: storyclust index up",
        ),
        (broken_off, "whose making was broken off; remove it and create the index again"),
        (Path.touch, "an empty file, or an index whose making was broken off"),
        (Path.mkdir, "it is a folder; expected an index"),
    ],
)
def test_what_is_no_index_is_not_touched(path: Path, make: Callable[[Path], Any], said: str) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(DataError, match=said):
        StoryIndex.open(path)
    with pytest.raises(OutputError, match=r"there is such a file; nothing was overwritten"):
        StoryIndex.create(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert list(path.parent.iterdir()) == [path]
    gc.collect()  # a connection left open is a warning


@pytest.mark.parametrize(
    "wrong", [{"durability": "never"}, {"wait": "long"}, {"wait": -1}, {"wait": float("nan")}, {"threads": 0}]
)
def test_an_index_that_cannot_be_made_leaves_no_file(path: Path, wrong: Any) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        StoryIndex.create(path, **wrong)
    assert not list(path.parent.iterdir())


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_index_is_brought_up_to_date(made: Path, version: int) -> None:
    make_older(made, version)
    assert StoryIndex.upgrade(made) >= 0
    with StoryIndex.open(made) as index:
        index.verify()
        assert list(index.clusters()) == list(sc.cluster_stories(FEW).clusters)
        assert index.profile.digest == sc.learn_profile(FEW).digest
        assert index.add(replace(FEW[0], version="1", status="withheld")).is_new
    before = made.read_bytes()
    assert StoryIndex.upgrade(made) == 0
    assert made.read_bytes() == before
    for use in (StoryIndex.upgrade, StoryIndex.open):
        with pytest.raises(FileNotFoundError, match="no such file") as raised:
            use(made.with_name("none"))
        assert isinstance(raised.value, sc.StoryclustError)


@pytest.mark.parametrize("seed", range(6))
def test_damage_is_found_or_does_no_harm(made: Path, seed: int) -> None:
    data, draw = bytearray(made.read_bytes()), random.Random(seed)
    begin = draw.randrange(8192, len(data) - 400)
    data[begin : begin + 400] = draw.randbytes(400)
    made.write_bytes(data)
    with suppress_damage(), StoryIndex.open(made) as index:
        index.verify()
        list(index.assignments())
        list(index.add_many(STRAITS))
        index.export(made.with_suffix(".jsonl"))


@contextmanager
def suppress_damage() -> Iterator[None]:
    try:
        yield
    except StoryclustError as error:
        if "damaged" not in str(error):
            raise


def test_a_text_that_is_not_as_it_was_added_is_found(made: Path) -> None:
    with closing(sqlite3.connect(made, isolation_level=None)) as connection:
        connection.execute("UPDATE texts SET text = (SELECT max(text) FROM texts) WHERE story = 2")
        connection.execute("UPDATE texts SET text = x'789c00' WHERE story = 3")
    with StoryIndex.open(made) as index:
        with pytest.raises(DataError, match="the text of a story is another than was added"):
            index.verify()
        with pytest.raises(DataError, match="damaged"):
            index.story(FEW[2].id)


# The disk


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_a_full_disk_leaves_what_was_acknowledged(path: Path, batch: int) -> None:
    kept: list[str] = []
    with StoryIndex.create(path, profile=PROFILE) as index:
        index._connection.execute("PRAGMA max_page_count = 45")
        told = (kept.append(placement.id) for placement in index.add_many(edits(400, 1), commit_every=batch))
        with pytest.raises(OutputError, match="no space left on the disk; what was acknowledged is kept"):
            list(told)
        stories = edits(400, 1)[: len(kept)]
        assert len(index) == len(kept)
        require_equal(index, stories)
        index._connection.execute("PRAGMA max_page_count = 4000000")
        list(index.add_many(STRAITS))
        require_equal(index, [*stories, *STRAITS])
    with StoryIndex.open(path) as index:
        require_equal(index, [*stories, *STRAITS])


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions of POSIX")
@pytest.mark.parametrize("what", ["file", "folder", "above"])
def test_what_may_not_be_written_is_said(what: str) -> None:
    with tempfile.TemporaryDirectory() as above:
        os.chmod(above, 0o755)
        folder = Path(above, "folder")
        folder.mkdir(mode=0o755)
        made = folder / "wire.storyclust"
        with StoryIndex.create(made, profile=PROFILE) as index:
            list(index.add_many(FEW))
        target, forbidden = {"file": (made, 0o444), "folder": (folder, 0o555), "above": (folder, 0o000)}[what]
        mode, user = target.stat().st_mode, os.geteuid()
        target.chmod(forbidden)
        if not user:  # whom no permission holds up
            os.seteuid(65534)
        try:
            with pytest.raises(OutputError, match="permissions"), StoryIndex.open(made) as index:
                index.add(STRAITS[9])
        finally:
            if not user:
                os.seteuid(user)
            target.chmod(mode)
        with StoryIndex.open(made) as index:
            require_equal(index, FEW)


# A batch is added as a whole or not at all


@pytest.mark.parametrize(
    ("bad", "error"), [({"id": "x"}, RecordError), (replace(STRAITS[0], text="Another."), DuplicateIdError)]
)
def test_errors_in_a_batch_leave_nothing_of_it(made: Path, bad: Any, error: type[Exception]) -> None:
    with StoryIndex.open(made) as index:
        with pytest.raises(error):
            list(index.add_many([*STRAITS[8:12], bad, *STRAITS[12:]]))
        require_equal(index, FEW)
        told = index.add_many([*STRAITS[8:12], bad], commit_every=3)
        assert [next(told).id for _ in range(3)] == [story.id for story in STRAITS[8:11]]
        with pytest.raises(error):
            next(told)
        require_equal(index, STRAITS[:11])


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_the_last_text_of_an_id_stays_whatever_the_batches(made: Path, batch: int) -> None:
    one, other, third = (replace(FEW[0], text=story.text) for story in STRAITS[20:23])
    with StoryIndex.open(made) as index:
        list(index.add_many([one, other, FEW[0], third, other], commit_every=batch, on_existing="replace"))
        require_equal(index, [other, *FEW[1:]])


# Copies


def test_a_backup_takes_the_place_of_a_file_or_says_why_not(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_text("an older backup")
    with StoryIndex.open(made) as index:
        index.backup(copy)
        with StoryIndex.open(copy) as other:
            require_equal(other, FEW)
            with pytest.raises(OutputError, match="the index there is open, or was not closed"):
                index.backup(copy)
        with pytest.raises(OutputError, match="it is the index itself"):
            index.backup(tmp_path / "folder" / ".." / made.name if (tmp_path / "folder").mkdir() else made)
        with pytest.raises(OutputError, match="There is no folder"):
            index.backup(tmp_path / "nowhere" / "copy")
        with pytest.raises(OutputError, match="it is a folder"):
            index.backup(tmp_path)
        reader = index.clusters()
        next(reader)
        index.backup(copy)  # the moment that is being read
        reader.close()
    assert {file.name for file in tmp_path.iterdir()} == {made.name, "copy", "folder"}


def test_what_is_exported_makes_the_same_index(path: Path, tmp_path: Path) -> None:
    with StoryIndex.create(path, profile=PROFILE) as index:
        list(index.add_many(STRAITS))
        for kind in ("jsonl", "csv", "parquet"):
            file = tmp_path / f"stories.{kind}"
            assert index.export(file) == len(STRAITS)
            read = list(sc.read_stories(file)) if hasattr(sc, "read_stories") else None
            result = sc.cluster_stories(file, profile=PROFILE)
            assert list(result.clusters) == list(index.clusters())
            assert read is None or len(read) == len(STRAITS)


def test_compacting_while_another_reads(made: Path) -> None:
    with StoryIndex.open(made, wait=0.1) as index, StoryIndex.open(made) as other:
        reader = other.assignments()
        first = next(reader)
        index.remove(FEW[1].id)
        index.compact()
        assert len([first, *reader]) == len(FEW)
        rest = [FEW[0], *FEW[2:]]
        for one in (index, other):
            require_equal(one, rest)
        other.add(FEW[1])
        require_equal(index, [*rest, FEW[1]])


# Closed, another thread, half read

CALLS: list[Callable[[StoryIndex], object]] = [
    lambda index: index.add(STRAITS[9]),
    lambda index: list(index.add_many(STRAITS)),
    lambda index: index.remove(FEW[0].id),
    lambda index: index.expire(before=datetime(2026, 1, 1, tzinfo=UTC)),
    lambda index: index.refresh(),
    lambda index: index.query("Some text"),
    len,
    lambda index: index.placement(FEW[0].id),
    lambda index: next(index.clusters()),
    lambda index: next(index.changes()),
    lambda index: index.verify(),
    lambda index: index.compact(),
    lambda index: index.backup(index.path.with_suffix(".copy")),
    lambda index: index.export(index.path.with_suffix(".jsonl")),
]


@pytest.mark.parametrize("call", CALLS)
def test_a_closed_index_and_that_of_another_thread(made: Path, call: Callable[[StoryIndex], object]) -> None:
    said: list[str] = []

    def run() -> None:
        for used in (call, StoryIndex.close):
            with pytest.raises(UsageError, match="of another thread; expected to be used by the thread") as problem:
                used(index)
            said.append(str(problem.value))

    index = StoryIndex.open(made)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert len(said) == 2
    # Nothing of it did any harm: what is held in memory is there, and so are the threads.
    list(index.add_many(STRAITS))
    require_equal(index, STRAITS)
    index.close()
    index.close()
    with pytest.raises(UsageError, match=r"^\S+: the index is closed; expected one that is open\. Open it again"):
        call(index)
    assert list(made.parent.iterdir()) == [made]


def test_a_setting_given_to_create_is_told_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^StoryIndex\.create\(\) .* 'level', .*: settings=Settings\(level=\.\.\.\)$"):
        StoryIndex.create(tmp_path / "wire.storyclust", level="copy")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^StoryIndex\.create\(\) got an unexpected keyword argument 'speed'$"):
        StoryIndex.create(tmp_path / "wire.storyclust", speed=9)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_readers_within_one_another_see_one_moment(made: Path) -> None:
    with StoryIndex.open(made) as index, StoryIndex.open(made) as other:
        outer, inner = index.assignments(), index.clusters()
        next(outer)
        next(inner)
        outer.close()
        other.add(STRAITS[9])
        assert len(index) == len(FEW)
        for change in (lambda: index.add(STRAITS[10]), index.refresh, index.compact):
            with pytest.raises(UsageError, match="the index is being read; let the loop over it end"):
                change()
        inner.close()
        assert len(index) == len(FEW) + 1
        index.add(STRAITS[10])
        left = index.clusters()
        next(left)
    with pytest.raises(UsageError, match="closed"):
        list(left)
    del left
    gc.collect()


# Odd stories


def test_odd_stories_come_and_go(path: Path) -> None:
    long = "word " * 200_000
    texts = ["", "\0", "\ud800 \udfff", long, "x" * 1_000_000, "\n".join(["line"] * 50), FEW[0].text + "\0\ud800", long]
    dates = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC), None]
    stories = [
        Story(f"\n{number}\0\ud83d", text, title="\udc00", source="\0", published=dates[number % 3])
        for number, text in enumerate(texts)
    ]
    with StoryIndex.create(path, settings=Settings(window_days=3), profile=PROFILE) as index:
        list(index.add_many([*FEW, *stories], commit_every=1))
        require_equal(index, [*FEW, *stories])
        assert [index.story(story.id) for story in stories] == stories
        assert all(index.query(story.text) is not None for story in stories)
        assert index.expire(before=datetime(2, 1, 1, tzinfo=UTC)) == 3
        for story in stories:
            index.remove(story.id)
        require_equal(index, FEW)


@pytest.mark.parametrize("sources", [(), ("Echo",)])
def test_a_story_that_many_send(path: Path, sources: tuple[str, ...]) -> None:
    stories = [replace(FEW[0], id=f"{number:04}", source=("Echo", "Wire")[number % 2]) for number in range(1500)]
    with StoryIndex.create(path, settings=Settings(preferred_sources=sources), profile=PROFILE) as index:
        list(index.add_many(stories[:1490], commit_every=500))
        for story in stories[1490:]:
            assert index.add(story).size == int(story.id) + 1
        assert [match.cluster for match in index.query(FEW[0].text)] == ["0000"]
        for number in (0, 1, 1499):  # among them the one that names the cluster
            index.remove(stories[number].id)
        require_equal(index, stories[2:1499])
        index.add(stories[0])
        require_equal(index, [*stories[2:1499], stories[0]])
