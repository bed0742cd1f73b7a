"""Finds each rival's best settings on corpora of their own, so that no rival loses by a bad threshold.

For every way to split words and every (bands, rows) the candidates are made once, and the least estimate is then swept
over them. One false link can join two large clusters, so F1 falls off a cliff whose place differs from corpus to
corpus: the settings with the best mean over several corpora win; of those within TIE of it, the fastest. Run in a
process of its own, with the names of the rivals and then the corpora:

    python -m benchmarks.speed.tuning '{"seeds": [1001, 1002]}' datasketch,rensa,gaoya first second
"""

import json
import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from statistics import mean

import numpy as np

from .corpus import Corpus
from .quality import pairwise
from .rivals import RIVALS, Rival, Settings, components, installed, load_settings, read_stories, save_settings

THRESHOLDS = np.round(np.arange(0.20, 0.71, 0.025), 3).tolist()
TIE = 0.002


def tune(rival: Rival, corpora: list[Corpus]) -> Settings:
    """The settings with the best mean F1 over `corpora`; of those as good, the fastest."""
    scores: dict[Settings, list[float]] = defaultdict(list)
    seconds: dict[tuple[str, int, int], float] = defaultdict(float)
    for corpus in corpora:
        truth = corpus.truth()
        ids, texts = read_stories(corpus.stories)
        for split in rival.splits:
            start = time.perf_counter()
            signed = rival.sign(texts, split)
            signing = time.perf_counter() - start
            for bands, rows in rival.bands:
                start = time.perf_counter()
                pairs = list(rival.similar(signed, bands, rows, THRESHOLDS[0]))
                seconds[split, bands, rows] += signing + time.perf_counter() - start
                for least in THRESHOLDS:
                    scores[Settings(split, bands, rows, least)].append(_f1(truth, ids, pairs, least))
    means = {settings: mean(values) for settings, values in scores.items()}
    _print_table(means, seconds)
    return _choose(means, seconds)


def _choose(means: dict[Settings, float], seconds: dict[tuple[str, int, int], float]) -> Settings:
    top = max(means.values())
    as_good = [settings for settings, value in means.items() if value >= top - TIE]
    chosen = min(as_good, key=lambda found: (seconds[found.split, found.bands, found.rows], -means[found]))
    return replace(chosen, f1=round(means[chosen], 4))


def _print_table(means: dict[Settings, float], seconds: dict[tuple[str, int, int], float]) -> None:
    """The best threshold of every banding, and how far F1 falls one step to either side."""
    for (split, bands, rows), spent in seconds.items():
        curve = [means[Settings(split, bands, rows, least)] for least in THRESHOLDS]
        at = int(np.argmax(curve))
        near = ", ".join(f"{curve[n]:.4f}" for n in range(max(0, at - 1), min(len(curve), at + 2)))
        print(f"  {split:10s} {bands:3d} x {rows}: best at {THRESHOLDS[at]:.3f} ({near}), {spent:.1f} s", flush=True)


def _f1(truth: dict[str, str], ids: list[str], pairs: list[tuple[int, int, float]], least: float) -> float:
    labels = components(len(ids), ((one, other) for one, other, estimate in pairs if estimate >= least))
    return pairwise(truth, {story: ids[label] for story, label in zip(ids, labels, strict=True)})["f1"]


def main() -> None:
    """Tune the rivals named on the command line and write `settings.json`; the others keep what they had."""
    tuned_on, names = json.loads(sys.argv[1]), sys.argv[2].split(",")
    corpora = [Corpus(Path(folder)) for folder in sys.argv[3:]]
    try:
        settings = load_settings()
    except FileNotFoundError:
        settings = {}
    for name in names:
        if installed(RIVALS[name].package):
            print(f"tuning {name}", flush=True)
            settings[name] = tune(RIVALS[name], corpora)
            print(f"  chosen: {settings[name]}", flush=True)
    save_settings(settings, tuned_on)


if __name__ == "__main__":
    main()
