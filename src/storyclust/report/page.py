"""The page: everything set into the templates, and written whole or not at all.

In: the evidence. Out: one file of HTML with its own style, script and data, under a policy that lets it load nothing
and run nothing but that script. Text of stories is data everywhere: templates escape it, the script sets it as text.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, BinaryIO

from jinja2 import Environment, PackageLoader, StrictUndefined

from storyclust.io.atomic import output_file
from storyclust.parallel import Workers
from storyclust.progress import WRITING_REPORT, Progress, Stages
from storyclust.report import figures, plots
from storyclust.report.evidence import LEVELS, Compared, Evidence
from storyclust.report.families import Families, catalogue, facts, headline
from storyclust.report.nearest import Threshold, thresholds
from storyclust.report.packing import Packer, pack, pair_row

# Pairs that are compared together, and records told of that were rejected.
PAIRS_AT_ONCE = 20_000
REJECTS_SHOWN = 100
SCRIPTS = ("data", "dom", "list", "family", "compare", "main")
_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Report:
    """What a report holds. Print it, and it says so in a line.

    Attributes
    ----------
    clusters, stories : int
        The clusters of two or more at the widest level, and all stories that are listed.
    without_texts : int
        Of these clusters, how many are there without their texts, because all would take too much room.
    unlisted : int
        Stories that are not listed, because there are too many.
    size : int
        Bytes of the file.
    """

    clusters: int
    stories: int
    without_texts: int
    unlisted: int
    size: int

    def __str__(self) -> str:
        """The clusters, the size, and what was left out."""
        told = f"{figures.counted(self.clusters, 'cluster', 'clusters')}, {self.size / 1e6:.1f} MB"
        if self.without_texts:
            told += f"; {figures.counted(self.without_texts, 'cluster', 'clusters')} without texts"
        return f"{told}; {figures.counted(self.unlisted, 'story', 'stories')} not listed" if self.unlisted else told


def write_report(
    evidence: Evidence,
    output: str | os.PathLike[str] | BinaryIO,
    *,
    text_bytes: int,
    threads: int | None,
    progress: Progress | None,
) -> Report:
    """Write the report of a result to a path or a stream; `StoryClusters.report` describes it."""
    stages = Stages(progress)
    stages.begin(WRITING_REPORT)
    opened = output_file(output) if isinstance(output, str | os.PathLike) else nullcontext(output)
    with opened as stream, Workers(threads) as workers:
        families = Families.of(evidence, workers, stages)
        packer = _packed(evidence, families, text_bytes, workers, stages)
        near = thresholds(evidence)
        list_of_all = catalogue(evidence, families, packer.chunk_of, packer.with_texts)
        blocks = {"catalogue": pack(list_of_all), "pairs": _packed_pairs(evidence, near, workers)}
        blocks |= {f"chunk-{number}": chunk for number, chunk in enumerate(packer.chunks)}
        without = packer.with_texts.count(False)
        page = _render(evidence, families, near, blocks, without).encode()
        stream.write(page)
    stages.end()
    return Report(len(families.families), len(families.listed), without, families.left_out, len(page))


def _packed(evidence: Evidence, families: Families, text_bytes: int, workers: Workers, stages: Stages) -> Packer:
    """The families with their texts and comparisons, many pairs compared at a time."""
    packer, stories = Packer(text_bytes), evidence.stories
    place = {story: number for number, story in enumerate(families.listed)}
    pairs = families.pairs()
    compared = _compared(evidence, [pair for own in pairs for pair in own], workers)
    both = zip(families.families, pairs, strict=True)
    for family, own in stages.over(both, len(pairs)):
        rows = (
            pair_row(
                each,
                stories[member],
                stories[canonical],
                (place[member], place[canonical]),
                passages=packer.takes_texts,
            )
            for (member, canonical), each in zip(own, islice(compared, len(own)), strict=True)
        )
        packer.add(((place[story], stories[story].text) for story in family), rows)
    packer.close()
    return packer


def _compared(evidence: Evidence, pairs: Sequence[tuple[int, int]], workers: Workers) -> Iterator[Compared]:
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        yield from evidence.compare(pairs[start : start + PAIRS_AT_ONCE], workers)


def _packed_pairs(evidence: Evidence, near: Sequence[Threshold], workers: Workers) -> str:
    """The pairs near to thresholds, in the order of the page, with their texts and what is told of their stories."""
    pairs = [each.stories for threshold in near for each in (*threshold.missed, *threshold.reached)]
    own = sorted({story for pair in pairs for story in pair})
    place, stories = {story: number for number, story in enumerate(own)}, evidence.stories
    rows = [
        pair_row(compared, stories[one], stories[other], (place[one], place[other]), passages=True)
        for (one, other), compared in zip(pairs, evidence.compare(pairs, workers), strict=True)
    ]
    texts = [stories[story].text for story in own]
    return pack({"stories": [facts(evidence, story) for story in own], "texts": texts, "pairs": rows})


def _render(
    evidence: Evidence, families: Families, near: Sequence[Threshold], blocks: dict[str, str], without: int
) -> str:
    script, style = _script(), _template("report.css")
    return (
        _environment()
        .get_template("report.html")
        .render(
            script=script,
            style=style,
            script_hash=_hash(script),
            style_hash=_hash(style),
            headline_figures=figures.headline_figures(evidence.figures),
            met=figures.met_figures(evidence.figures),
            settings=figures.setting_rows(evidence.settings),
            profile=evidence.profile.digest,
            format=evidence.figures["format"],
            sizes=plots.sizes_plot(evidence),
            shared=plots.shared_plots(evidence),
            time=plots.time_plot(evidence, families),
            agencies=plots.agency_map(evidence, families),
            outlets=plots.outlet_map(evidence, families),
            near=near,
            stories=evidence.stories,
            rejects=evidence.rejects[:REJECTS_SHOWN],
            more_rejects=max(len(evidence.rejects) - REJECTS_SHOWN, 0),
            levels=LEVELS,
            level=evidence.settings.level,
            blocks=blocks,
            without_texts=without,
            unlisted=families.left_out,
            listed=len(families.listed),
        )
    )


def _script() -> str:
    """The script of the page: its parts in order, in a scope of their own."""
    parts = "\n".join(_template(f"script/{name}.js") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


@cache
def _template(name: str) -> str:
    return (files("storyclust.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("storyclust.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.filters["headline"] = headline
    environment.filters["figure"] = _figure
    return environment


def _printable(value: Any) -> Any:
    """What UTF-8 or HTML has no bytes for as the character that stands for such."""
    return type(value)(_UNPRINTABLE.sub("\ufffd", value)) if isinstance(value, str) else value


def _figure(value: float) -> str:
    """A count as it is, a fraction with two decimals."""
    return f"{value:,.0f}" if value == int(value) and value > 1 else f"{value:.2f}"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
