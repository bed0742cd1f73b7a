"""Where the default thresholds come from: labelled corpora and the fiction, each of which counts the same.

    python -m benchmarks.thresholds [CORPORA]

CORPORA is a folder of corpora, each a folder with ``stories.jsonl.gz`` and ``pairs.tsv``; ``STORYCLUST_CORPORA`` names
it where it is not given. The thresholds are learned as ``storyclust tune`` does, with a profile learned from each
corpus, for each number of words that may make a passage; what they are worth with an empty profile, which an index
begins with, stands beside. Labelled sets are small: look at the intervals before you believe a number.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from storyclust.cli.labelled import read_pairs
from storyclust.collect import Source, collect
from storyclust.learning.first_pass import analyse_all
from storyclust.match.candidates import Candidates
from storyclust.match.contents import Contents
from storyclust.match.likeness import Vectors
from storyclust.match.links import Links
from storyclust.match.relation import relate
from storyclust.match.terms import count_terms
from storyclust.match.verify import compare
from storyclust.metrics import LabelledPair
from storyclust.newsroom import load_newsroom
from storyclust.parallel import Workers
from storyclust.pipeline import find_pairs
from storyclust.profile import Profile
from storyclust.settings import Settings
from storyclust.tuning import ALL_FIGURES, Judged, Search, Tuning, cross_validate, tune_judged, with_thresholds

LABELLED = ("helsinki", "saudinewsnet")
LEVELS = ("copy", "version", "partial")
PASSAGE_WORDS = (5, 6, 7, 8, 9)
# A number of words is preferred to the current one if held-out F1 is better by more than this; less is chance.
WORTH_A_CHANGE = 0.01


@dataclass(frozen=True)
class Prepared:
    """The labelled pairs of a corpus with what is needed to compare them, under one profile."""

    pairs: Sequence[LabelledPair]
    content: Mapping[str, int]
    contents: Contents
    candidates: frozenset[tuple[int, int]]
    vectors: Vectors

    def judged(self, settings: Settings, workers: Workers) -> Judged:
        """The pairs with their figures under settings; a pair that is never compared has none."""
        keys = [(self.content[pair.id_a], self.content[pair.id_b]) for pair in self.pairs]
        compared = sorted({(max(key), min(key)) for key in keys} & self.candidates)
        one, other = (np.array([key[side] for key in compared], np.int32) for side in (0, 1))
        links = compare(self.contents, one, other, settings, workers)
        found = dict(_figures(relate(links, self.vectors, settings, workers)))
        figures = {}
        for pair, key in zip(self.pairs, keys, strict=True):
            if key[0] == key[1] >= 0:
                figures[frozenset((pair.id_a, pair.id_b))] = _equal(self.contents, key[0])
            elif (max(key), min(key)) in found:
                figures[frozenset((pair.id_a, pair.id_b))] = found[max(key), min(key)]
        return Judged.of(figures, self.pairs)


def _figures(links: Links) -> Iterator[tuple[tuple[int, int], dict[str, float]]]:
    """The figures of each link by its contents, the larger number first."""
    columns = zip(*(getattr(links, name).tolist() for name in ALL_FIGURES), strict=True)
    for longer, shorter, row in zip(links.longer.tolist(), links.shorter.tolist(), columns, strict=True):
        yield (max(longer, shorter), min(longer, shorter)), dict(zip(ALL_FIGURES, row, strict=True))


def _equal(contents: Contents, content: int) -> dict[str, float]:
    """Those of two stories that bear one content."""
    words = float(contents.narrated_counts[content])
    whole = ("jaccard", "containment", "passage_share", "share", "likeness")
    return dict.fromkeys(whole, 1.0) | dict.fromkeys(("shared_words", "longest_narrated", "longest_run"), words)


def prepare(stories: Source, pairs: Sequence[LabelledPair], settings: Settings, workers: Workers) -> list[Prepared]:
    """A corpus under the profile that it teaches, and under the empty one."""
    collected = collect(stories)
    first_pass = analyse_all(collected.stories, settings, workers)
    prepared = []
    for profile in (first_pass.learn(settings, workers), Profile.empty()):
        found = find_pairs(first_pass, profile, settings, workers)
        content = {story.id: int(found.distinct.of_story[number]) for number, story in enumerate(collected.stories)}
        asked = {content[id] for pair in pairs for id in (pair.id_a, pair.id_b)} - {-1}
        chosen = np.isin(np.arange(len(found.contents)), sorted(asked))
        vectors = Vectors.of(count_terms(found.contents, chosen, workers), profile, workers)
        prepared.append(Prepared(pairs, content, found.contents, _among(found.candidates, chosen), vectors))
    return prepared


def _among(candidates: Candidates, chosen: np.ndarray) -> frozenset[tuple[int, int]]:
    """The candidate pairs of chosen contents, the larger number first."""
    both = chosen[candidates.later] & chosen[candidates.earlier]
    return frozenset(zip(candidates.later[both].tolist(), candidates.earlier[both].tolist(), strict=True))


def corpora_of(folder: Path | None, workers: Workers) -> dict[str, list[Prepared]]:
    """The fiction, and the labelled corpora of a folder."""
    settings, newsroom = Settings(), load_newsroom()
    labelled = [LabelledPair(pair.id_a, pair.id_b, pair.label, 1.0, pair.label) for pair in newsroom.pairs]
    found = {"newsroom": prepare(newsroom.stories, labelled, settings, workers)}
    for own in [folder / name for name in LABELLED] if folder else ():
        pairs = read_pairs(str(own / "pairs.tsv"))
        found[own.name] = prepare(str(own / "stories.jsonl.gz"), pairs, settings, workers)
    return found


@dataclass(frozen=True)
class Trial:
    """What is learned with passages of so many words.

    Attributes
    ----------
    held_out : array of shape (halves, profiles, corpora, levels)
        F1 on the other half of what each half taught; NaN where no pair belongs together.
    settings : Settings
        Those learned from all pairs.
    """

    learned: list[Judged]
    empty: list[Judged]
    settings: Settings
    fitted: np.ndarray
    held_out: np.ndarray

    @classmethod
    def of(cls, corpora: Sequence[Sequence[Prepared]], settings: Settings, workers: Workers) -> Trial:
        learned, empty = ([own[profile].judged(settings, workers) for own in corpora] for profile in (0, 1))
        search, weights = Search(learned, settings), [judged.weights for judged in learned]
        found = with_thresholds(settings, search.fit(weights))
        held_out = [
            [_scores(judged, other, half) for judged in (learned, empty)] for half, other in cross_validate(search)
        ]
        return cls(learned, empty, found, _scores(learned, weights, found), np.array(held_out))

    def score(self) -> float:
        """The mean of held-out F1 over corpora and levels, with the learned profile."""
        return float(np.nanmean(self.held_out[:, 0]))


def _scores(corpora: Sequence[Judged], weights: Sequence[np.ndarray], settings: Settings) -> np.ndarray:
    """F1, one row a corpus, one column a level."""
    rows = zip(corpora, weights, strict=True)
    return np.array([judged.f1(judged.relations(settings, {}), own) for judged, own in rows])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was learned, as Markdown; 1 if the folder of corpora named is none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpora", nargs="?", default=os.environ.get("STORYCLUST_CORPORA"))
    options = parser.parse_args(arguments)
    if options.corpora is not None and not Path(options.corpora).is_dir():
        print(f"no folder of corpora: {options.corpora}; name another, or none for fiction alone", file=sys.stderr)
        return 1
    with Workers(None) as workers:
        corpora = corpora_of(Path(options.corpora) if options.corpora else None, workers)
        trials = {}
        for words in PASSAGE_WORDS:
            print(f"passages of {words} words", file=sys.stderr)
            trials[words] = Trial.of(list(corpora.values()), replace(Settings(), passage_words=words), workers)
    chosen = choose(trials)
    print_trials(trials, chosen)
    print()
    print_numbers(tune_judged(trials[chosen].learned, replace(Settings(), passage_words=chosen)), chosen)
    print()
    print_corpora(list(corpora), trials[chosen])
    return 0


def choose(trials: Mapping[int, Trial]) -> int:
    """The number of words with the best held-out F1; the current one, if none is clearly better."""
    current = Settings().passage_words
    best = max(trials, key=lambda words: trials[words].score())
    return best if trials[best].score() > trials[current].score() + WORTH_A_CHANGE else current


def print_trials(trials: Mapping[int, Trial], chosen: int) -> None:
    """One row a number of words in a passage."""
    names = ("sentence_words", "partial_words", "version_share", "copy_share", "alike")
    print(f"| passage_words | {' | '.join(names)} | F1 fitted | F1 held out |")
    print(f"| ---: {'| ---: ' * (len(names) + 2)}|")
    for words, trial in trials.items():
        values = " | ".join(f"{getattr(trial.settings, name):g}" for name in names)
        mark = " (chosen)" if words == chosen else ""
        print(f"| {words}{mark} | {values} | {np.nanmean(trial.fitted):.3f} | {trial.score():.3f} |")


def print_numbers(tuning: Tuning, passage_words: int) -> None:
    """What to put into `Settings`, how sure it is, and what it is worth over all corpora."""
    print(f"passage_words {passage_words}\n\n```\n{tuning}\n```")


def print_corpora(names: Sequence[str], trial: Trial) -> None:
    """F1 of each corpus and level under the chosen and the current numbers, and held out."""
    current = replace(Settings(), passage_words=trial.settings.passage_words)
    print("| corpus | level | current | current, empty profile | chosen | chosen, empty | held out | held out, empty |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    columns = [
        _scores(judged, [own.weights for own in judged], settings)
        for settings in (current, trial.settings)
        for judged in (trial.learned, trial.empty)
    ]
    mean, deviation = np.nanmean(trial.held_out, axis=0), np.nanstd(trial.held_out, axis=0)
    for row, name in enumerate(names):
        for column, level in enumerate(LEVELS):
            cells = [f"{scores[row, column]:.3f}" for scores in columns]
            cells += [f"{mean[profile, row, column]:.3f} ± {deviation[profile, row, column]:.3f}" for profile in (0, 1)]
            print(f"| {name} | {level} | {' | '.join(cells)} |")


if __name__ == "__main__":
    sys.exit(main())
