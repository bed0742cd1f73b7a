from __future__ import annotations

import ast
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import storyclust
from stages import content_hashes, fingerprints_of
from storyclust import cluster_stories
from storyclust.compile import cache_folder, kernel, sources_digest
from storyclust.settings import Settings
from storyclust.text.words import analyse
from straits import STRAITS
from strategies import NEWS, twin_mix64

TEXTS = [*NEWS.values(), "“No,” she said.", ""]

# A kernel of one file that calls a helper of another, and compiles in a second.
HASH_A_SHINGLE = """
import numpy as np
import storyclust
from storyclust.fingerprint.shingles_kernels import shingle_hash
print(storyclust.__file__, shingle_hash(np.array([3, 4], np.uint64), 0, 2))
"""

COUNT_WARNINGS = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import storyclust
    from storyclust.fingerprint.shingles_kernels import shingle_hash
    from storyclust.text.words_kernels import mix64
    import numpy as np
    print(storyclust.__file__, mix64(np.uint64(5)), shingle_hash(np.array([3, 4], np.uint64), 0, 2))
print([(warning.category.__name__, str(warning.message)) for warning in caught])
"""


@pytest.fixture
def copied_package(tmp_path: Path) -> Path:
    """A copy of the sources alone, whatever is compiled left behind."""
    source = Path(storyclust.__file__).parent
    shutil.copytree(source, tmp_path / "site" / "storyclust", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "site" / "storyclust"


def run(program: str, package: Path, **environment: str) -> list[str]:
    """What a program prints in a process of its own that imports the copied package; without HOME."""
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=kept | {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    path, *printed = done.stdout.split(maxsplit=1)
    assert Path(path).parent == package
    return printed[0].splitlines()


def twin_shingle_hash(*hashes: int) -> int:
    value = 0
    for word in hashes:
        value = (value * 0xD6E8FEB86659FD93 + word) % 2**64
    return twin_mix64(value)


def test_where_nothing_can_be_written_the_package_works_and_says_so_once(copied_package: Path, tmp_path: Path) -> None:
    # Whoever runs the tests may write anywhere; but nobody can make a folder where a file is.
    (copied_package / "__pycache__").write_text("not a folder")
    (tmp_path / "file").write_text("not a folder")
    cache = tmp_path / "file" / "cache"
    hashes, caught = run(COUNT_WARNINGS, copied_package, XDG_CACHE_HOME=str(cache))
    assert hashes == f"{twin_mix64(5)} {twin_shingle_hash(3, 4)}"
    [(category, message)] = ast.literal_eval(caught)
    assert category == "RuntimeWarning"
    assert "cannot write its compiled kernels" in message
    assert str(copied_package / "__pycache__") in message
    assert str(cache) in message
    assert "make one of the two writable" in message


def test_without_a_writable_package_the_users_cache_is_taken(copied_package: Path, tmp_path: Path) -> None:
    (copied_package / "__pycache__").write_text("not a folder")
    cache = tmp_path / "cache"
    assert run(HASH_A_SHINGLE, copied_package, XDG_CACHE_HOME=str(cache)) == [str(twin_shingle_hash(3, 4))]
    assert list(cache.rglob("*shingle_hash*.nbc"))


def test_a_helper_that_was_edited_is_compiled_again(copied_package: Path) -> None:
    assert run(HASH_A_SHINGLE, copied_package) == [str(twin_shingle_hash(3, 4))]
    compiled = sorted((copied_package / "__pycache__").rglob("*shingle_hash*.nbc"))
    assert compiled
    stamps = [path.stat().st_mtime_ns for path in compiled]

    assert run(HASH_A_SHINGLE, copied_package) == [str(twin_shingle_hash(3, 4))]
    assert sorted((copied_package / "__pycache__").rglob("*shingle_hash*.nbc")) == compiled
    assert [path.stat().st_mtime_ns for path in compiled] == stamps

    helper = copied_package / "text" / "words_kernels.py"
    sources = helper.read_text()
    assert sources.count("0xFF51AFD7ED558CCD") == 1
    helper.write_text(sources.replace("0xFF51AFD7ED558CCD", "0xFF51AFD7ED558CCF"))
    edited = int(run(HASH_A_SHINGLE, copied_package)[0])
    assert edited != twin_shingle_hash(3, 4)

    helper.write_text(sources)
    assert run(HASH_A_SHINGLE, copied_package) == [str(twin_shingle_hash(3, 4))]


def test_the_digest_names_what_is_in_any_kernel_file(copied_package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storyclust.compile._PACKAGE", copied_package)
    names = {sources_digest()}
    for path in sorted(copied_package.rglob("*_kernels.py")):
        path.write_text(path.read_text() + "# edited\n")
        names.add(sources_digest())
        path.rename(path.with_name(f"renamed_{path.name}"))
        names.add(sources_digest())
    assert len(names) == 1 + 2 * len(list(copied_package.rglob("*_kernels.py")))
    assert all(len(name) == 16 and set(name) <= set("0123456789abcdef") for name in names)


def everything_computed() -> list[list[int]]:
    """All that the kernels of the first stages make of a few texts."""
    words = analyse(TEXTS)
    fingerprints = fingerprints_of(TEXTS, Settings(min_words=1))
    arrays = (words.hashes, words.starts, words.stops, words.narrated, fingerprints.bands, fingerprints.windows)
    return [*(array.tolist() for array in arrays), content_hashes(TEXTS)]


def in_a_forked_child(compute: Callable[[], object]) -> object:
    """What a function returns in a child forked from this very process."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sender.send(compute()))
    with warnings.catch_warnings():
        # Python warns of any fork in a process that has threads.
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()
    assert receiver.poll(60)
    computed = receiver.recv()
    child.join(60)
    assert child.exitcode == 0
    return computed


def test_a_child_forked_after_use_computes_the_same() -> None:
    expected = everything_computed()
    assert in_a_forked_child(everything_computed) == expected


def members_by_two_threads() -> list[tuple[str, ...]]:
    return [cluster.members for cluster in cluster_stories(STRAITS, threads=2)]


def test_a_child_forked_after_use_has_threads_of_its_own() -> None:
    expected = members_by_two_threads()
    assert in_a_forked_child(members_by_two_threads) == expected


def test_threads_that_compute_at_the_same_time_get_what_one_gets() -> None:
    expected = everything_computed()
    barrier = threading.Barrier(4)
    results: list[list[list[int]]] = []

    def compute() -> None:
        barrier.wait(30)
        results.extend(everything_computed() for _ in range(10))

    threads = [threading.Thread(target=compute) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert results == [expected] * 40


def test_threads_that_compile_at_the_same_time_get_what_one_gets(copied_package: Path) -> None:
    program = """
import threading
import numpy as np
import storyclust
from storyclust.fingerprint.shingles_kernels import shingle_hash
barrier, found = threading.Barrier(4), []
def compute():
    barrier.wait(30)
    found.append(int(shingle_hash(np.array([3, 4], np.uint64), 0, 2)))
threads = [threading.Thread(target=compute) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(storyclust.__file__, *found)
"""
    assert run(program, copied_package) == [" ".join([str(twin_shingle_hash(3, 4))] * 4)]


def test_a_kernel_defined_elsewhere_is_compiled_but_not_cached() -> None:
    @kernel
    def hashed(value):  # type: ignore[no-untyped-def]
        return value * np.uint64(3)

    assert hashed(np.uint64(7)) == 21
    folder = cache_folder()
    assert folder is not None
    assert not list(folder.rglob("*hashed*"))


def test_kernels_take_constants_and_helpers_from_kernel_files_only() -> None:
    # What stands elsewhere is compiled in as well, but no change of it would be seen.
    for path in Path(storyclust.__file__).parent.rglob("*_kernels.py"):
        taken = re.findall(r"^from (storyclust\S*) import", path.read_text(encoding="utf-8"), re.MULTILINE)
        unseen = [name for name in taken if not name.endswith(("_kernels", ".arrays", ".compile"))]
        assert unseen == [], path
