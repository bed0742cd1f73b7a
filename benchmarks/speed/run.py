"""The benchmark in one command: write a wire, run every contender on it several times, score, print, save.

    python -m benchmarks.speed --stories 20000

The rounds are interleaved and each begins with another contender, so that a machine that warms up or slows down treats
all alike. Before the rounds each contender runs once on a small corpus, unmeasured: compiled kernels and bytecode are
then cached, as they are on every day but the first. `--tune` first derives the rivals' settings anew, on corpora of
the same size and other seeds. After the rounds storyclust runs stage by stage. Last comes what is asked of its speed
(`targets`); with `--strict` the exit status tells whether all of it was reached.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .contenders import BASE, CONTENDERS, Contender
from .corpus import Corpus, file_digest, write_corpus
from .measure import ROOT, Run, python_module, run_command
from .quality import cluster_statistics, pairwise, read_column
from .report import Outcome, document, markdown_table, save
from .rivals import RIVALS, SETTINGS_FILE, load_settings
from .stages import Staged, markdown_stages, run_stages
from .targets import STORIES, answer_targets, markdown_targets

RESULTS = Path(__file__).with_name("results")
WARM_UP_STORIES, WARM_UP_SEED, TUNING_SEEDS = 500, 7, (1001, 1002, 1003)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; 0 if every installed contender finished and was scored, else 1.

    With ``--strict`` it is 1 as well if a target was not reached, or not measured.
    """
    options = _options(arguments)
    chosen = [contender for contender in CONTENDERS if contender.name in options.contenders]
    cpus = set(sorted(os.sched_getaffinity(0))[: options.cpus]) if options.cpus else None
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"note: the load average is {load:.1f}; the times will be noisy", file=sys.stderr)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.tune:
            _tune(folder, [contender.name for contender in chosen], options.stories)
        corpus = write_corpus(folder / "corpus", stories=options.stories, seed=options.seed)
        warm_up = write_warm_up(folder)
        description = {"seed": options.seed, **_describe(corpus)}
        print(json.dumps(description, indent=2), file=sys.stderr)
        outcomes = run_rounds(chosen, corpus, warm_up, repeats=options.repeats, cpus=cpus)
        print(markdown_table(outcomes), flush=True)
        staged = run_staged(outcomes, corpus, repeats=options.repeats, cpus=cpus)
    answers = answer_targets(outcomes, options.stories)
    for table in (*map(markdown_stages, staged), markdown_targets(answers)):
        print(f"\n{table}")
    settings = {name: asdict(values) for name, values in load_settings().items()}
    about: dict[str, Any] = {"corpus": description, "repeats": options.repeats, "cpus_allowed": options.cpus}
    about["stages"] = [{"stages": [asdict(stage) for stage in own.stages], "pairs": own.pairs} for own in staged]
    about["targets"] = [{**asdict(answer), "reached": answer.reached} for answer in answers]
    save(options.output, document(outcomes, **about, load_average_before=load, rival_settings=settings))
    print(f"saved {options.output}", file=sys.stderr)
    failed = any(outcome.note and outcome.note != "not installed" for outcome in outcomes)
    return int(failed or (options.strict and any(answer.reached != "yes" for answer in answers)))


def write_warm_up(folder: Path) -> Corpus:
    """A small corpus for an unmeasured run that leaves kernels and bytecode compiled."""
    return write_corpus(folder / "warm-up", stories=WARM_UP_STORIES, seed=WARM_UP_SEED)


def run_rounds(
    contenders: list[Contender], corpus: Corpus, warm_up: Corpus, *, repeats: int, cpus: set[int] | None = None
) -> list[Outcome]:
    """Every contender `repeats` times, interleaved; one that fails is out, with its last words as the note."""
    truth = corpus.truth()
    outcomes = {c.name: Outcome(c.name, note=None if c.is_installed else "not installed") for c in contenders}
    for contender in contenders:
        if not outcomes[contender.name].note:
            outcomes[contender.name].note = _run(contender, warm_up, cpus).failure
    for number in range(repeats):
        for place in range(len(contenders)):
            contender = contenders[(place + number) % len(contenders)]
            outcome = outcomes[contender.name]
            if outcome.note:
                continue
            run = _run(contender, corpus, cpus)
            outcome.runs.append(run)
            outcome.note = run.failure or _score(contender, outcome, corpus, truth)
            print(f"round {number + 1}: {contender.name} {run.wall:.2f} s", file=sys.stderr)
    return list(outcomes.values())


def run_staged(outcomes: Sequence[Outcome], corpus: Corpus, *, repeats: int, cpus: set[int] | None) -> list[Staged]:
    """The run of storyclust, stage by stage, whose time is the median; none if it is not among the contenders."""
    if not any(outcome.name == BASE and not outcome.note for outcome in outcomes):
        return []
    assignments, links = corpus.folder / "staged.jsonl", corpus.folder / "staged.links.jsonl"
    runs = [run_stages(corpus.stories, assignments, links=links, cpus=cpus) for _ in range(repeats)]
    return sorted(runs, key=lambda staged: staged.run.wall)[(repeats - 1) // 2 :][:1]


def _run(contender: Contender, corpus: Corpus, cpus: set[int] | None) -> Run:
    assignments = _assignments(contender, corpus)
    assignments.unlink(missing_ok=True)
    command = contender.command(corpus.stories, assignments)
    return run_command(command, log=assignments.with_suffix(".log"), cpus=cpus)


def _assignments(contender: Contender, corpus: Corpus) -> Path:
    return corpus.folder / f"by-{contender.name}.jsonl"


def _score(contender: Contender, outcome: Outcome, corpus: Corpus, truth: dict[str, str]) -> str | None:
    """Score the assignments of the run just done, unless an equal file was scored before; what is wrong, or None."""
    if contender.column is None:
        return None
    assignments = _assignments(contender, corpus)
    if not assignments.exists():
        return "failed: it wrote no assignments"
    try:
        digest = file_digest(assignments)
        if digest not in outcome.outputs:
            outcome.outputs.add(digest)
            outcome.score = pairwise(truth, read_column(assignments, contender.column))
    except (KeyError, ValueError) as error:
        return f"failed: {type(error).__name__}: {error}"
    return None


def _describe(corpus: Corpus) -> dict[str, Any]:
    megabytes = corpus.stories.stat().st_size / 1e6
    return {"sha256": corpus.digest(), "megabytes": megabytes, **cluster_statistics(corpus.truth())}


def _tune(folder: Path, names: list[str], stories: int) -> None:
    """Derive the rivals' settings on corpora of the same size and other seeds, in a process of its own."""
    rivals = ",".join(name for name in names if name in RIVALS)
    if not rivals:
        return
    corpora = [write_corpus(folder / f"tuning-{seed}", stories=stories, seed=seed) for seed in TUNING_SEEDS]
    digests = [corpus.digest() for corpus in corpora]
    tuned_on = json.dumps({"stories": stories, "seeds": TUNING_SEEDS, "sha256": digests})
    folders = [str(corpus.folder) for corpus in corpora]
    command = python_module("benchmarks.speed.tuning", tuned_on, rivals, *folders)
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "0"}, stdout=sys.stderr)
    for corpus in corpora:
        shutil.rmtree(corpus.folder)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    names = [contender.name for contender in CONTENDERS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=STORIES, help=f"stories in the corpus ({STORIES})")
    parser.add_argument("--seed", type=int, default=1, help="seed of the corpus (1)")
    parser.add_argument("--repeats", type=int, default=3, help="measured runs of each contender (3)")
    parser.add_argument("--contenders", nargs="+", choices=names, default=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--cpus", type=int, help="bind each contender to this many processors (all)")
    parser.add_argument("--tune", action="store_true", help=f"derive {SETTINGS_FILE.name} anew before the run")
    parser.add_argument("--strict", action="store_true", help="fail if a target is not reached")
    parser.add_argument("-o", "--output", type=Path, help="where to save all figures (results/STORIES.json)")
    options = parser.parse_args(arguments)
    name = f"{options.stories}-{options.cpus}cpu.json" if options.cpus else f"{options.stories}.json"
    options.output = options.output or RESULTS / name
    if options.seed in TUNING_SEEDS:
        parser.error(f"--seed {options.seed}: the rivals are tuned on {TUNING_SEEDS}, choose any other")
    return options
