"""Draws how time per story and memory grow with the corpus; the same figures give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

INCHES = (7.0, 2.6)
# Text stays text, in the reader's own font: a small file. Ids are drawn from the salt.
STYLE = {"svg.hashsalt": "storyclust", "svg.fonttype": "none", "axes.spines.top": False, "axes.spines.right": False}
NO_TRACE = {"Date": None, "Creator": None}
PANELS = {"story_ms": "ms a story", "peak_mb": "peak anonymous memory, MB"}


def draw_growth(sizes: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the figures of `growth.json`, one panel for time and one for memory, as SVG."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=INCHES, layout="constrained")
        for place, (name, title) in enumerate(PANELS.items(), 1):
            axes = figure.add_subplot(1, len(PANELS), place)
            _draw(axes, sizes, name, title)
        figure.savefig(path, format="svg", metadata=NO_TRACE)


def _draw(axes: Axes, sizes: Sequence[Mapping[str, Any]], name: str, title: str) -> None:
    stories = [point["stories"] for point in sizes]
    axes.plot(stories, [point[name] or 0 for point in sizes], marker="o", color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_xticks(stories, [f"{size:,}" for size in stories])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(bottom=0)
    axes.set_xlabel("stories")
    axes.set_title(title, fontsize="medium")
