"""The rivals: each reads stories as JSON lines and writes a cluster for every story, by its own fastest way.

All link stories whose sets of 5-word runs (shingles) are alike by MinHash, keep the candidates their own estimate
confirms, and join linked stories with union-find. What is tuned is in `settings.json`: bands, rows, the least estimate
and how text is split into words; `tuning.py` derives it. Run as a process of its own:

    python -m benchmarks.speed.rivals NAME stories.jsonl assignments.jsonl
"""

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

SETTINGS_FILE = Path(__file__).with_name("settings.json")
SHINGLE_WORDS, PERMUTATIONS = 5, 128
BATCH = 500
SPLITS: dict[str, Callable[[str], list[str]]] = {"regex": re.compile(r"\w+").findall, "whitespace": str.split}
_MULTIPLIERS = np.random.default_rng(5).integers(1 << 63, size=SHINGLE_WORDS, dtype=np.uint64) * np.uint64(
    2
) + np.uint64(1)

Hashes = NDArray[np.uint64]
Pairs = Iterator[tuple[int, int, float]]


@dataclass(frozen=True)
class Settings:
    """What a rival runs with; `f1` is its mean over the tuning corpora."""

    split: str
    bands: int
    rows: int
    least: float
    f1: float = 0.0


class Rival(Protocol):
    """One MinHash library, in the two steps that all of them have."""

    package: str
    splits: tuple[str, ...]
    bands: tuple[tuple[int, int], ...]

    def sign(self, texts: list[str], split: str) -> Any:
        """Turn texts into whatever the library compares."""

    def similar(self, signed: Any, bands: int, rows: int, least: float) -> Pairs:
        """Yield candidates as (number, number, estimate), those with an estimate of `least` or more."""


def shingles(text: str, split: str) -> Hashes:
    """The 64-bit hashes of a text's 5-word runs (a shorter text is one run), without a string for each run.

    A word's hash is Python's own, so the benchmark sets PYTHONHASHSEED. Joining the words of every run into bytes and
    hashing those with xxhash finds the same sets and took datasketch about an eighth longer to sign.
    """
    words = SPLITS[split](text.lower())
    words += [""] * (SHINGLE_WORDS - len(words))
    hashes = np.fromiter(map(hash, words), np.int64, len(words)).view(np.uint64)
    count = len(words) - SHINGLE_WORDS + 1
    runs: Hashes = hashes[:count] * _MULTIPLIERS[0]
    for place in range(1, SHINGLE_WORDS):
        runs += hashes[place : place + count] * _MULTIPLIERS[place]
    return runs


class Datasketch:
    """datasketch: MinHash.bulk over hashes made in advance, MinHashLSH asked before each insertion."""

    package = "datasketch"
    splits: tuple[str, ...] = ("regex", "whitespace")
    bands: tuple[tuple[int, int], ...] = ((16, 8), (25, 5), (32, 4), (42, 3), (64, 2))

    def sign(self, texts: list[str], split: str) -> Any:
        from datasketch import MinHash

        high_halves = ((shingles(text, split) >> np.uint64(32)).tolist() for text in texts)
        return MinHash.bulk(high_halves, num_perm=PERMUTATIONS, hashfunc=int)

    def similar(self, signed: Any, bands: int, rows: int, least: float) -> Pairs:
        from datasketch import MinHashLSH

        index = MinHashLSH(num_perm=PERMUTATIONS, params=(bands, rows))
        values = np.stack([minhash.hashvalues for minhash in signed])
        for number, minhash in enumerate(signed):
            if found := index.query(minhash):
                # MinHash.jaccard, of one with all of its candidates in one call.
                estimates = (values[found] == values[number]).mean(axis=1)
                yield from (
                    (number, other, e) for other, e in zip(found, estimates.tolist(), strict=True) if e >= least
                )
            index.insert(number, minhash, check_duplication=False)


class Rensa:
    """rensa: RMinHash.from_token_sets by the batch, RMinHashLSH filled in one call and asked by the batch."""

    package = "rensa"
    splits: tuple[str, ...] = ("regex", "whitespace")
    bands: tuple[tuple[int, int], ...] = ((16, 8), (32, 4), (64, 2))  # it wants a divisor of the permutations

    def sign(self, texts: list[str], split: str) -> Any:
        from rensa import RMinHash

        signed: list[Any] = []
        for start in range(0, len(texts), BATCH):  # it collects its input first, so one batch of tokens at a time
            tokens = [shingles(text, split).view("V8").tolist() for text in texts[start : start + BATCH]]
            signed += RMinHash.from_token_sets(tokens, PERMUTATIONS, 42)
        return signed

    def similar(self, signed: Any, bands: int, rows: int, least: float) -> Pairs:
        from rensa import RMinHashLSH

        if bands * rows != PERMUTATIONS:
            raise ValueError(f"rensa uses every permutation: {bands} bands of {rows} are not {PERMUTATIONS}")
        index = RMinHashLSH(threshold=least, num_perm=PERMUTATIONS, num_bands=bands)
        index.insert_many(signed)
        answers = (index.query_all(signed[start : start + BATCH]) for start in range(0, len(signed), BATCH))
        for number, found in enumerate(chain.from_iterable(answers)):
            minhash = signed[number]
            for other in found:
                if other < number and (estimate := minhash.jaccard(signed[other])) >= least:
                    yield number, other, estimate


class Gaoya:
    """gaoya: its own analyser in Rust (words between blanks), bulk insertion, bulk query that verifies by itself."""

    package = "gaoya"
    splits: tuple[str, ...] = ("regex", "whitespace")
    bands = Datasketch.bands

    def sign(self, texts: list[str], split: str) -> Any:
        if split == "whitespace":
            return texts
        return [" ".join(SPLITS[split](text)) for text in texts]

    def similar(self, signed: Any, bands: int, rows: int, least: float) -> Pairs:
        from gaoya.minhash import MinHashStringIndex

        shingle = (SHINGLE_WORDS, SHINGLE_WORDS)
        index = MinHashStringIndex(32, least, bands, rows, None, "word", True, shingle, "smallvec")
        index.par_bulk_insert_docs(list(range(len(signed))), signed)
        for number, found in enumerate(index.par_bulk_query(signed, return_similarity=True)):
            yield from ((number, other, estimate) for other, estimate in found if other < number)


RIVALS: dict[str, Rival] = {"datasketch": Datasketch(), "rensa": Rensa(), "gaoya": Gaoya()}


def installed(package: str) -> bool:
    """Whether `package` can be imported here."""
    return importlib.util.find_spec(package) is not None


def components(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Label `count` stories with the smallest number in their component of `pairs`."""
    parent = list(range(count))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return [root(number) for number in range(count)]


def read_stories(path: Path) -> tuple[list[str], list[str]]:
    """The ids and texts of a JSON lines file."""
    ids, texts = [], []
    with path.open("rb") as file:
        for line in file:
            row = orjson.loads(line)
            ids.append(row["id"])
            texts.append(row["text"])
    return ids, texts


def load_settings() -> dict[str, Settings]:
    """The tuned settings of each rival, from `settings.json`."""
    return {name: Settings(**values) for name, values in json.loads(SETTINGS_FILE.read_text())["rivals"].items()}


def save_settings(settings: dict[str, Settings], tuned_on: dict[str, Any]) -> None:
    """Write `settings.json`, with the corpus the settings were derived on."""
    document = {"tuned_on": tuned_on, "rivals": {name: asdict(value) for name, value in settings.items()}}
    SETTINGS_FILE.write_text(json.dumps(document, indent=2) + "\n")


def run_rival(name: str, stories: Path, assignments: Path) -> None:
    """The whole job of one rival: read, sign, link, join, write."""
    rival, settings = RIVALS[name], load_settings()[name]
    ids, texts = read_stories(stories)
    signed = rival.sign(texts, settings.split)
    del texts
    pairs = rival.similar(signed, settings.bands, settings.rows, settings.least)
    labels = components(len(ids), ((one, other) for one, other, _ in pairs))
    rows = ({"id": story, "cluster": ids[label]} for story, label in zip(ids, labels, strict=True))
    with assignments.open("wb") as file:
        file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


if __name__ == "__main__":
    run_rival(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
