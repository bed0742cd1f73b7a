"""Texts built to be slow: each at a size and at twice the size, so that what is not linear shows.

    python -m benchmarks.speed.cliffs

Each case runs in a process of its own, kernels compiled before. A ratio of about 2 is linear. The peak is of anonymous
memory, the stories among it.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator

import storyclust as sc

from .measure import run_module

Story = dict[str, str]
WORDS = 30_000
PHRASES = (
    "The exchange at {} closed {} points {} on {}, at {} and {}, after {} trades worth {} crowns, the board said, and "
    "the mark stood at {} against the crown of the straits in the late session of the day."
)


def invented(draw: random.Random) -> list[str]:
    """Words of no language."""
    letters = "abcdefghijklmnoprstuvy"
    return ["".join(draw.choice(letters) for _ in range(draw.randint(3, 9))) for _ in range(WORDS)]


class Texts:
    """Makes texts of invented words, the same for the same seed."""

    def __init__(self, seed: int = 5) -> None:
        """Draw a vocabulary."""
        self.draw = random.Random(seed)
        self.words = invented(self.draw)

    def text(self, count: int) -> str:
        """So many words at random."""
        return " ".join(self.draw.choice(self.words) for _ in range(count))

    def identical(self, count: int) -> Iterator[Story]:
        """One story, so many times."""
        text = self.text(300)
        return ({"id": str(number), "text": text} for number in range(count))

    def boilerplate(self, count: int) -> Iterator[Story]:
        """Stories of 200 words under one notice of 300, on one line with it."""
        notice = self.text(300)
        return ({"id": str(number), "text": f"{self.text(200)}. {notice}"} for number in range(count))

    def formula(self, count: int) -> Iterator[Story]:
        """Reports from one template."""
        names = {0, 2, 3}
        for number in range(count):
            slots = [
                self.draw.choice(self.words) if slot in names else self.draw.randint(10, 99_999) for slot in range(9)
            ]
            yield {"id": str(number), "text": PHRASES.format(*slots)}

    def edits(self, count: int) -> Iterator[Story]:
        """One story in so many edits."""
        story = self.text(400).split()
        for number in range(count):
            words = list(story)
            for _ in range(12):
                words[self.draw.randrange(len(words))] = self.draw.choice(self.words)
            yield {"id": str(number), "text": " ".join(words)}

    def menu(self, count: int) -> Iterator[Story]:
        """One menu of 2,000 headlines on every page of an outlet."""
        headlines = "\n".join(self.text(8) for _ in range(2_000))
        for number in range(count):
            yield {"id": str(number), "text": f"{headlines}\n{self.text(300)}.", "source": "Echo"}

    def long(self, count: int) -> Iterator[Story]:
        """Two stories of so many words, one of them the half of the other."""
        text = self.text(count)
        return iter([{"id": "whole", "text": text}, {"id": "half", "text": text[: len(text) // 2]}])

    def lines(self, count: int) -> Iterator[Story]:
        """Stories of one line."""
        return ({"id": str(number), "text": self.text(9)} for number in range(count))

    def word(self, count: int) -> Iterator[Story]:
        """Two stories of one word, so many times."""
        return iter([{"id": "1", "text": "word " * count}, {"id": "2", "text": "word " * (count - 7)}])

    def periods(self, count: int) -> Iterator[Story]:
        """Texts whose windows all have the same few minima: eight words over and over."""
        period = f"{self.text(8)} "
        return ({"id": str(n), "text": f"{period * 40}{self.text(30)} {period * 10}"} for n in range(count))


# The smaller size of each case.
SIZES: dict[str, int] = {
    "identical": 100_000,
    "boilerplate": 50_000,
    "formula": 25_000,
    "edits": 10_000,
    "menu": 500,
    "long": 4_000_000,
    "lines": 500_000,
    "word": 2_000_000,
    "periods": 10_000,
}


def run_case(name: str, size: int) -> dict[str, float]:
    """Time one case in this process."""
    make: Callable[[int], Iterator[Story]] = getattr(Texts(), name)
    stories = list(make(size))
    begin = time.perf_counter()
    summary = sc.cluster_stories(stories).summary()
    return {
        "seconds": time.perf_counter() - begin,
        "pairs": summary["candidate_pairs"],
        "clusters": summary["clusters"],
        "stories": summary["stories"],
    }


def main(arguments: list[str] | None = None) -> int:
    """Print a table of all cases, or run one and print its figures as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.cliffs", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--case", choices=SIZES, help="one case alone, in this process")
    parser.add_argument("--size", type=int, help="its size")
    options = parser.parse_args(arguments)
    if options.case:
        print(json.dumps(run_case(options.case, options.size or SIZES[options.case])))
        return 0
    print("| case | size | s | s at twice | ratio | peak MB at twice | pairs | clusters of stories |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, size in SIZES.items():
        once, twice = (run_apart(name, times * size) for times in (1, 2))
        ratio = twice["seconds"] / once["seconds"]
        print(
            f"| {name} | {size:,} | {once['seconds']:.1f} | {twice['seconds']:.1f} | {ratio:.1f} "
            f"| {twice['peak_mb']:.0f} | {twice['pairs']:,} | {twice['clusters']:,} of {twice['stories']:,} |",
            flush=True,
        )
    return 0


def run_apart(name: str, size: int) -> dict[str, float]:
    """Time one case in a process of its own."""
    run, figures = run_module("benchmarks.speed.cliffs", "--case", name, "--size", size)
    return {**figures, "peak_mb": run.peak_mb or 0.0}


if __name__ == "__main__":
    sys.exit(main())
