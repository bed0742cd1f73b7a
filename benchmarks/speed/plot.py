"""Draws how time per story and memory grow with the corpus; the same figures give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, NullLocator

INCHES = (7.0, 2.6)
# Text stays text, in the reader's own font: a small file. Ids are drawn from the salt.
STYLE = {"svg.hashsalt": "storyclust", "svg.fonttype": "none", "axes.spines.top": False, "axes.spines.right": False}
NO_TRACE = {"Date": None, "Creator": None}
THOUSANDS = EngFormatter(sep="")


def draw_growth(sizes: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the figures of `growth.json`, one panel for time and one for memory, as SVG."""
    stories = [point["stories"] for point in sizes]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=INCHES, layout="constrained")
        time, memory = figure.subplots(1, 2)
        _draw(time, "ms a story", stories, [point["story_ms"] for point in sizes])
        time.set_ylim(bottom=0)
        megabytes = [point["peak_mb"] or 1 for point in sizes]  # 1 where no system tells
        _draw(memory, "peak anonymous memory, MB", stories, megabytes)
        memory.set_yscale("log")  # what grows with the stories is a straight line
        memory.set_yticks(megabytes, [f"{peak:,.0f}" for peak in megabytes])
        memory.yaxis.set_minor_locator(NullLocator())
        figure.savefig(path, format="svg", metadata=NO_TRACE)


def _draw(axes: Axes, title: str, stories: Sequence[int], values: Sequence[float]) -> None:
    axes.plot(stories, values, marker="o", color="black", linewidth=1, clip_on=False)
    axes.set_xscale("log")
    axes.set_xticks(stories, [THOUSANDS(size) for size in stories])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("stories")
    axes.set_title(title, fontsize="medium")
