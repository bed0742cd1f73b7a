"""The plots of a report, as numbers that the templates draw: shapes in a box, labels beside them.

In: the evidence and its families. Out: bars and cells. There is no plotting library: the page draws with its own inks,
in the light and in the dark.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np

from storyclust.arrays import Integers
from storyclust.match.links import COPY, PARTIAL, RELATIONS, VERSION
from storyclust.report.evidence import Evidence
from storyclust.report.families import Families

SIZES = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, None))
SHARED = (0, 25, 50, 100, 200, 400, 800, 1600)
MOST_BARS = 60
SHADES = 6
ROWS, COLUMNS = 14, 10
DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = (datetime(1, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(seconds=1)
# Seconds of an hour to a week, and about a month and a year: what a bar over time may stand for.
SPANS = (
    *((3600, "an hour"), (10_800, "3 hours"), (21_600, "6 hours"), (43_200, "12 hours")),
    *((86_400, "a day"), (604_800, "a week"), (2_629_746, "a month"), (31_556_952, "a year")),
)
# Dates that were read wrongly lie years away: so few at the ends are left out where they take most of the time.
FEW, MOST = 0.06, 0.75


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, how many, and its height as a part (0-1) of the highest; `inner` is a part of it, as high."""

    label: str
    count: int
    height: float
    inner: int = 0
    inner_height: float = 0.0


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars side by side; `unit` says what one stands for, `low` and `high` where they begin and end, and `outside` how
    many there are beyond."""

    bars: Sequence[Bar]
    unit: str = ""
    low: str = ""
    high: str = ""
    outside: int = 0


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Counts by row and column, each with a shade from 0 to SHADES; `more` counts rows and columns not shown."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[tuple[int, int]]]
    more: tuple[int, int]


def sizes_plot(evidence: Evidence) -> Plot:
    """How many clusters there are of each size."""
    sizes = evidence.clusterings[evidence.settings.level].sizes
    labels = [str(low) if low == high else f"{low}+" if high is None else f"{low}–{high}" for low, high in SIZES]
    counts = [int(np.sum((sizes >= low) & (sizes <= (high or sizes.max(initial=0))))) for low, high in SIZES]
    while counts and not counts[-1]:
        counts.pop()
    return Plot(_bars(labels[: len(counts)], counts))


def shared_plots(evidence: Evidence) -> list[tuple[str, Plot]]:
    """How many narrated words the linked pairs of each relation share."""
    labels = [f"{low}–{high - 1}" for low, high in pairwise(SHARED)] + [f"{SHARED[-1]}+"]
    found = []
    for relation in (COPY, VERSION, PARTIAL):
        shared = evidence.links.shared_words[evidence.links.relation == relation]
        places = np.searchsorted(SHARED, shared, side="right") - 1
        found.append((RELATIONS[relation] or "", np.bincount(places, minlength=len(SHARED)).tolist()))
    highest = max((max(counts) for _, counts in found), default=0)
    return [(name, Plot(_bars(labels, counts, highest))) for name, counts in found]


def time_plot(evidence: Evidence, families: Families) -> Plot | None:
    """Stories over time, those of clusters within; None where there is no more than one moment."""
    clustered = {story for family in families.families for story in family}
    dated = [
        (story.moment // 1_000_000, number in clustered)
        for number, story in enumerate(evidence.stories)
        if story.moment is not None
    ]
    times, within = np.array([time for time, _ in dated], np.int64), np.array([own for _, own in dated], np.bool_)
    if len(times) < 2 or times[0] == times[-1]:
        return None
    first, last = _stretch(times)
    drawn = (times >= first) & (times <= last)
    seconds, unit = next((span for span in SPANS if (last - first) // span[0] < MOST_BARS - 1), SPANS[-1])
    start = first - first % seconds
    count = (last - start) // seconds + 1
    if count > MOST_BARS:
        seconds, unit, count = -(-(last - start + 1) // MOST_BARS), "a stretch of years", MOST_BARS
    counts, inner = (
        np.bincount((times[own] - start) // seconds, minlength=count).tolist() for own in (drawn, drawn & within)
    )
    labels = [_written(start + number * seconds, seconds) for number in range(count)]
    bars = _bars(labels, counts, inner=inner)
    return Plot(bars, unit, _written(first, DAY), _written(last, DAY), int(np.sum(~drawn)))


def _stretch(times: Integers) -> tuple[int, int]:
    """From when to when times (rising) are drawn: all of them, or all but few that are far from the others."""
    few = int(len(times) * FEW / 2)
    first, last, low, high = (int(times[place]) for place in (0, -1, few, -1 - few))
    return (low, high) if low < high and high - low < (1 - MOST) * (last - first) else (first, last)


def agency_map(evidence: Evidence, families: Families) -> HeatMap | None:
    """How many stories of each agency every outlet carries, within clusters."""
    pairs = (
        (source, agency)
        for story, agencies in families.agencies.items()
        for agency in agencies
        if (source := evidence.stories[story].source)
    )
    return heat_map(pairs)


def outlet_map(evidence: Evidence, families: Families) -> HeatMap | None:
    """In how many clusters each outlet ran a story that another was the first to run."""

    def pairs() -> Iterable[tuple[str, str]]:
        for family in families.families:
            first = evidence.stories[family[0]]
            if first.source and first.published:
                own = {evidence.stories[story].source for story in family[1:]} - {first.source, None}
                yield from ((source, first.source) for source in own if source)

    return heat_map(pairs())


def heat_map(pairs: Iterable[tuple[str, str]]) -> HeatMap | None:
    """The most frequent rows and columns of some pairs; None where there is no pair.

    >>> heat_map([("Echo", "AFP"), ("Echo", "AFP"), ("Post", "AFP")]).cells
    [[(2, 6)], [(1, 4)]]
    """
    counts = Counter(pairs)
    if not counts:
        return None
    rows, more_rows = _most_frequent(counts, lambda pair: pair[0], ROWS)
    columns, more_columns = _most_frequent(counts, lambda pair: pair[1], COLUMNS)
    shown = [[counts[row, column] for column in columns] for row in rows]
    highest = max(map(max, shown))
    cells = [[(count, _shade(count, highest)) for count in row] for row in shown]
    return HeatMap(rows, columns, cells, (more_rows, more_columns))


def _most_frequent(
    counts: Counter[tuple[str, str]], name: Callable[[tuple[str, str]], str], most: int
) -> tuple[list[str], int]:
    totals: Counter[str] = Counter()
    for pair, count in counts.items():
        totals[name(pair)] += count
    ranked = sorted(totals, key=lambda each: (-totals[each], each))
    return ranked[:most], len(ranked[most:])


def _shade(count: int, highest: int) -> int:
    """Of many counts most are small, so shades go by the logarithm."""
    return min(SHADES, math.ceil(SHADES * math.log1p(count) / math.log1p(highest))) if count else 0


def _bars(
    labels: Sequence[str], counts: Sequence[int], highest: int | None = None, inner: Sequence[int] | None = None
) -> list[Bar]:
    top = max(highest or max(counts, default=0), 1)
    within = [0] * len(counts) if inner is None else inner
    return [
        Bar(label, count, count / top, part, part / top)
        for label, count, part in zip(labels, counts, within, strict=True)
    ]


def _written(second: int, precision: int) -> str:
    """A moment, as a day where bars stand for a day or more."""
    moment = EPOCH + timedelta(seconds=max(second, EARLIEST))
    return f"{moment:%Y-%m-%d %H:%M}" if precision < DAY else f"{moment:%Y-%m-%d}"
