"""An index in real processes: killed at any moment, written by two, read while it is written."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pytest

import storyclust as sc
from storyclust import Story, StoryIndex
from storyclust.errors import OutputError
from storyclust.index import postings
from storyclust.newsroom import wire
from straits import STRAITS
from test_index import PROFILE, edits, require_equal

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked from a warm one")

# How many times the index is killed; a long run asks for more.
KILLS = int(os.environ.get("STORYCLUST_KILLS", "4"))
STORIES = [*STRAITS, *edits(80, 3), *(story for story, _ in wire(200))]


@pytest.fixture(autouse=True)
def _pages_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    # So that the sweep of the postings goes on with every story, and its tail has many rows.
    for name, value in {"PAGE_ENTRIES": 64, "TAIL_LEAST": 4096, "ROWS": 16}.items():
        monkeypatch.setattr(postings, name, value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wire.storyclust"


@dataclass
class Child:
    """A process, what it says line by line, and the way to let it go on."""

    process: int
    said: IO[str]
    asked: IO[str]
    status: int | None = None

    def hear(self) -> str:
        return self.said.readline().strip()

    def tell(self) -> None:
        self.asked.write("\n")
        self.asked.flush()

    def end(self) -> int:
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        return self.status

    def kill(self) -> int:
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)
        return self.end()


Say = Callable[[str], None]
Wait = Callable[[], None]


@contextmanager
def fork(work: Callable[[Say, Wait], None]) -> Iterator[Child]:
    """A child that does some work; it must be forked before this process opens the index."""
    (out, into), (order, give) = os.pipe(), os.pipe()
    sys.stdout.flush()
    process = os.fork()
    for end in (into, order) if process else (out, give):
        os.close(end)
    if process:
        with os.fdopen(out) as said, os.fdopen(give, "w") as asked:
            child = Child(process, said, asked)
            try:
                yield child
            finally:
                child.kill()
        return
    status = 1
    try:
        with os.fdopen(into, "w") as said, os.fdopen(order) as asked:

            def say(line: str) -> None:
                said.write(line + "\n")
                said.flush()

            work(say, lambda: asked.readline() and None)
        status = 0
    except BaseException as problem:  # noqa: BLE001 - told by the status and on standard error
        os.write(2, "".join(traceback.format_exception(problem)).encode())
    finally:
        os._exit(status)


# Killed

Step = tuple[str, list[Story]]


def steps(have: dict[str, Story], draw: random.Random) -> Iterator[Step]:
    """Changes, each one transaction, from what is there on."""
    have = dict(have)
    while True:
        what = draw.choice(["add", "add", "batch", "remove", "replace"]) if have else "add"
        absent = [story for story in STORIES if story.id not in have]
        if what in ("remove", "replace"):
            own = draw.choice(sorted(have.values(), key=lambda story: story.id))
            step = [own] if what == "remove" else [replace(own, text=draw.choice(STORIES).text)]
        elif absent:
            step = draw.sample(absent, min(len(absent), draw.choice([5, 40]) if what == "batch" else 1))
        else:
            what, step = "remove", [draw.choice(sorted(have.values(), key=lambda story: story.id))]
        have = after(have, (what, step))
        yield what, step


def after(have: dict[str, Story], step: Step) -> dict[str, Story]:
    what, stories = step
    if what == "remove":
        return {id: story for id, story in have.items() if id != stories[0].id}
    same = what == "replace" and have[stories[0].id].text == stories[0].text
    return have if same else have | {story.id: story for story in stories}


def carry_out(index: StoryIndex, step: Step) -> None:
    what, stories = step
    if what == "remove":
        index.remove(stories[0].id)
    elif what == "replace":
        index.add(stories[0], on_existing="replace")
    else:
        list(index.add_many(stories))


def test_what_was_acknowledged_outlives_a_kill_at_any_moment(path: Path) -> None:
    StoryIndex.create(path, profile=PROFILE).close()
    have: dict[str, Story] = {}
    phases: Counter[str] = Counter()
    for kill in range(KILLS):
        draw = random.Random(kill)

        def work(say: Say, wait: Wait, kill: int = kill, have: dict[str, Story] = have) -> None:
            with StoryIndex.open(path) as index:
                # So that kills fall into writing the file from its log, too.
                index._connection.execute(f"PRAGMA wal_autocheckpoint = {1 + kill % 50}")
                say("open")
                for step in steps(have, random.Random(kill)):
                    carry_out(index, step)
                    say(step[0])

        coming = steps(have, random.Random(kill))
        with fork(work) as child:
            assert child.hear() == "open"
            for _ in range(draw.randrange(8)):
                step = next(coming)
                assert child.hear() == step[0]
                have = after(have, step)
            time.sleep(draw.random() * draw.choice([0.002, 0.02, 0.2]))
            os.kill(child.process, signal.SIGKILL)
            for said in child.said:
                step = next(coming)
                assert said.strip() == step[0]
                have = after(have, step)
            assert child.end() == -signal.SIGKILL
        begun = next(coming)
        with StoryIndex.open(path) as index:
            committed = have == after(have, begun) or not holds(index, have)
            have = after(have, begun) if committed else have
            assert holds(index, have)
            require_equal(index, list(have.values()))
        phases[f"{begun[0]}, {'committed and not acknowledged' if committed else 'undone'}"] += 1
    print(f"{KILLS} kills, {len(have)} stories at the end; while: {dict(phases)}")


def holds(index: StoryIndex, have: dict[str, Story]) -> bool:
    return len(index) == len(have) and all(id in index and index.story(id).text == have[id].text for id in have)


# Two processes


def test_a_second_writer_waits_and_then_says_so(path: Path) -> None:
    StoryIndex.create(path, profile=PROFILE).close()

    def work(say: Say, wait: Wait) -> None:
        with StoryIndex.open(path) as index, index._writing():
            say("writing")
            wait()
        say("done")

    with fork(work) as child:
        assert child.hear() == "writing"
        index = StoryIndex.open(path, wait=0.3)
        begun = time.monotonic()
        with pytest.raises(OutputError, match="another process is writing to the index, and has not let go of it"):
            index.add(STRAITS[0])
        assert 0.2 < time.monotonic() - begun < 5
        with pytest.raises(OutputError, match="another process is writing"):
            index.compact()
        assert len(index) == 0
        child.tell()
        assert child.hear() == "done"
        index.add(STRAITS[0])
        require_equal(index, STRAITS[:1])
        index.close()
        assert child.end() == 0


def test_readers_see_what_was_committed_while_one_writes(path: Path) -> None:
    StoryIndex.create(path, profile=PROFILE).close()
    order = random.Random(5).sample(STORIES, len(STORIES))
    batches = [order[start : start + 15] for start in range(0, len(order), 15)]

    def work(say: Say, wait: Wait) -> None:
        with StoryIndex.open(path) as index:
            for batch in batches:
                list(index.add_many(batch))
        say("done")

    sizes: list[int] = []
    with fork(work) as writer, StoryIndex.open(path) as index:
        while not sizes or sizes[-1] < len(order):
            rows = list(index.assignments())
            sizes.append(len(rows))
            assert len(rows) % 15 == 0 or len(rows) == len(order)
            if len(sizes) % 20 == 1:
                expected = sc.cluster_stories(order[: len(rows)], profile=PROFILE) if rows else ()
                assert rows == (list(expected.assignments()) if expected else [])
                index.verify()
            found = {match.id for match in index.query(order[0].text)}
            assert order[0].id in found or not rows
        require_equal(index, order)
        assert sizes == sorted(sizes)
        assert writer.hear() == "done"
        assert writer.end() == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_two_writers_in_turn(path: Path, seed: int) -> None:
    StoryIndex.create(path, profile=PROFILE).close()
    draw = random.Random(seed)
    order = draw.sample(STORIES[:160], 160)
    parts = [order[start : start + 10] for start in range(0, len(order), 10)]
    # The profile is learned anew by the one, and by the other, which each has to follow.
    anew = {5: 0, 9: 1, 13: 0}

    def turn(index: StoryIndex, number: int) -> None:
        if number in anew:
            index.refresh()
        for story in parts[number][:3]:
            index.add(story)
        list(index.add_many(parts[number][3:]))

    def whose(number: int) -> int:
        return anew.get(number, random.Random(f"{seed} {number}").randrange(2))

    def work(say: Say, wait: Wait) -> None:
        with StoryIndex.open(path) as index:
            for number in range(len(parts)):
                wait()
                if whose(number):
                    turn(index, number)
                say("done")

    with fork(work) as child, StoryIndex.open(path) as index:
        for number in range(len(parts)):
            if not whose(number):
                turn(index, number)
            child.tell()
            assert child.hear() == "done"
            require_equal(index, order[: 10 * (number + 1)])
        assert child.end() == 0
