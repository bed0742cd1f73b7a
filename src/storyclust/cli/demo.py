"""``storyclust demo``: the newsroom that ships, clustered and explained; or left as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import speaking
from storyclust.cli.explain import print_evidence
from storyclust.cli.outputs import outputs, print_lines
from storyclust.progress import ANALYSING, COMPARING, FINDING, JOINING, LEARNING, READING, WRITING, WRITING_REPORT

if TYPE_CHECKING:
    from storyclust.model import Level
    from storyclust.newsroom import Newsroom
    from storyclust.result import StoryClusters

# A brief of a recall story beside the agency's own: linked. Two reports of one vote, who quote the same people: not.
LINKED = ("dovrel-recall", "skarrow-echo-recall")
NOT_LINKED = ("delmora-pensions", "ambry-observer-pensions")
# The levels, and where the truth says what each holds.
TRUTH: dict[Level, str] = {"copy": "copy_cluster", "version": "version_cluster", "partial": "cluster"}
SHOWN_CLUSTERS, HEADLINE_WIDTH = 20, 60


def demo(
    write: Annotated[
        str | None,
        typer.Option("--write", metavar="FOLDER", help="Leave the stories and their truth there as files, no more."),
    ] = None,
    wire: Annotated[
        int | None,
        typer.Option("--wire", metavar="N", help="With --write: N stories of synthetic traffic instead."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="With --wire: which traffic.", show_default="1")] = None,
    report: o.ReportPath = None,
    threads: o.Threads = None,
    quiet: o.Quiet = False,
) -> None:
    """Cluster the invented stories that ship with storyclust, and explain two pairs of them."""
    from storyclust.errors import UsageError

    if wire is not None and write is None:
        raise UsageError(f"--wire {wire} was given without --write; expected the folder to write the stories to")
    if seed is not None and wire is None:
        raise UsageError(f"--seed {seed} was given without --wire; expected how many stories to write")
    if write is not None and report is not None:
        raise UsageError(f"--report {report} was given with --write, which clusters nothing; expected one of them")
    if write is not None:
        _write(write, wire, 1 if seed is None else seed, quiet=quiet)
        return
    asked = (WRITING_REPORT,) if report is not None else ()
    stages = (READING, ANALYSING, LEARNING, FINDING, COMPARING, JOINING, *asked)
    with speaking(quiet=quiet, stages=stages, outputs=[report]) as speaker, outputs([report], inputs=()) as files:
        report_file = files.page(report)
        # Loading these compiles the kernels the first time, and the user is told so.
        from storyclust.newsroom import load_newsroom
        from storyclust.pipeline import cluster_stories

        newsroom = load_newsroom()
        result = cluster_stories(newsroom.stories, threads=threads, progress=speaker.progress)
        if report_file is not None:
            page = result.report(report_file, threads=threads, progress=speaker.progress)
            speaker.say(f"{report}: {page}")
    print_lines(*_table(result), *_judgement(result, newsroom))
    _print_explanations(result)


def _write(folder: str, wire: int | None, seed: int, *, quiet: bool) -> None:
    with speaking(quiet=quiet, stages=(WRITING,)) as speaker:
        from storyclust.newsroom import load_newsroom, write_newsroom, write_wire

        if wire is None:
            write_newsroom(load_newsroom(), folder)
        else:
            write_wire(wire, folder, seed=seed, progress=speaker.progress)
        speaker.say(f"written to {folder}: stories.jsonl, truth.jsonl{'' if wire is not None else ', pairs.tsv'}")


def _table(result: StoryClusters) -> list[str]:
    """The largest clusters, a line each."""
    several = sorted((cluster for cluster in result if len(cluster) > 1), key=len, reverse=True)
    width = max((len(cluster.canonical) for cluster in several[:SHOWN_CLUSTERS]), default=0)
    lines = [str(result), "", f"{'stories':>7}  {'keep':<{width}}  headline"]
    for cluster in several[:SHOWN_CLUSTERS]:
        headline = result.story(cluster.canonical).title or ""
        shown = headline if len(headline) <= HEADLINE_WIDTH else f"{headline[: HEADLINE_WIDTH - 3].rstrip()}..."
        lines.append(f"{len(cluster):>7}  {cluster.canonical:<{width}}  {shown}")
    if len(several) > SHOWN_CLUSTERS:
        lines.append(f"{'':>7}  and {len(several) - SHOWN_CLUSTERS} more clusters of two or more")
    return lines


def _judgement(result: StoryClusters, newsroom: Newsroom) -> list[str]:
    """How the clusters compare with the truth, level by level."""
    from storyclust.metrics import score_clusters

    lines = ["", f"Of the pairs in one cluster, against the truth: {'precision':>11} {'recall':>8} {'f1':>7}"]
    truth = newsroom.truth
    for level in TRUTH:
        found = {id: members[0] for members in result.at_level(level) for id in members}
        scores = score_clusters(found, {id: getattr(truth[id], TRUTH[level]) for id in truth})
        figures = (scores[f"pairwise_{name}"] for name in ("precision", "recall", "f1"))
        lines.append(f"  {level:<44} {'{:>11.3f} {:>8.3f} {:>7.3f}'.format(*figures)}")
    return [*lines, ""]


def _print_explanations(result: StoryClusters) -> None:
    """Two pairs, and why."""
    stories = {story.id: story for story in result.stories}
    for pair in (LINKED, NOT_LINKED):
        print_evidence(result.explain(*pair), stories, as_json=False, full=False)
        print_lines("")
