"""Who publishes what, and when: events as they happen, and the stories each brings, now and hours later.

Every event is a pure function of the seed and its number. Most bring one story; some are run by others within minutes
or a day, a few by hundreds; some run on in versions, each with copies of its own; outlets take parts of some.
In: a seed and a range of events. Out: a row for each story they bring.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Integers
from storyclust.compile import kernel
from storyclust.newsroom.traffic.random_kernels import EVENT, PAGE, PUBLISHING, STEP, fraction, fraction_at, stream_of

# The columns of a row.
MINUTE, EVENT_NUMBER, VERSION, KIND, RECIPE, OUTLET_NUMBER, SERIAL = range(7)
COLUMNS = 7

ORIGINAL, COPY, PART, REPORT, DIGEST = range(5)

# What becomes of an agency's piece, and up to where in [0, 1) each recipe's draws lie.
FULL, EDITED, CUT, BRIEF, LOCAL_TEXT, PARAGRAPHS_DROPPED, CUT_AND_EDITED, CUT_WITH_LOCAL_TEXT = range(8)
RECIPE_BOUNDS = np.array((0.28, 0.50, 0.64, 0.72, 0.84, 0.90, 0.95))

AGENCIES, OUTLETS = 4, 60  # outlets have the numbers from 0, agencies those that follow
MINUTES_AN_EVENT = 1.0
DAY, SWING = 1440.0, 150.0  # by how many minutes the night thins out what happens
REPORTS, DIGESTS, RETOLD = 0.12, 0.15, 0.27  # up to where the draws lie of reports, digests, events told again
RETOLD_WITHIN, EVENTS_A_TOPIC, OPEN_TOPICS = 30, 8, 64
FIRST_DIGEST, LEAST_ITEMS, MOST_ITEMS, ITEMS_APART = 128, 4, 6, 10
COPIED_SHARE, COPIES_EXPONENT, MOST_COPIES = 0.42, 1.55, 400
RUNNING_SHARE, MOST_VERSIONS, VERSION_GAP = 0.10, 5, (40.0, 200.0)
PARTS_SHARE, MOST_PARTS = 0.12, 3
AGENCY_SHARE = 0.6
COPY_DELAY, DELAY_EXPONENT, LONGEST_DELAY = 18.0, 0.75, 2880.0  # minutes
STORIES_AN_EVENT = MOST_VERSIONS * (1 + MOST_COPIES + MOST_PARTS)  # at most


@kernel
def event_facts(seed: np.uint64, event: int) -> tuple[int, int, int]:
    """What an event brings (a story, a report or a digest), which happening it tells, and on what topic.

    An event may tell again, in another hand's words, what an earlier one told. The topic is one of those open at the
    time, the newest most often.
    """
    stream = stream_of(seed, EVENT, event)
    lot = fraction(stream)
    kind = REPORT if lot < REPORTS else DIGEST if lot < DIGESTS and event >= FIRST_DIGEST else ORIGINAL
    back = 1 + int(fraction_at(stream, 1) * RETOLD_WITHIN)
    happened = event - back if DIGESTS <= lot < RETOLD and event >= back else event
    age = fraction(stream_of(seed, EVENT, -1 - happened)) ** 2
    return kind, happened, OPEN_TOPICS + happened // EVENTS_A_TOPIC - int(age * OPEN_TOPICS)


@kernel
def clock(minute: float) -> int:
    """A minute of even traffic as a minute of the clock: fewer by night, more by day."""
    return int(minute + SWING * np.sin(2.0 * np.pi * minute / DAY))


@kernel
def delay(stream: np.uint64) -> float:
    """Minutes from an agency's piece to what an outlet makes of it: half of them within half an hour, some days."""
    return float(min(1.0 + COPY_DELAY * (fraction(stream) ** -(1.0 / DELAY_EXPONENT) - 1.0), LONGEST_DELAY))


@kernel
def copies_of(stream: np.uint64) -> int:
    """How many outlets run a piece: mostly none, now and then hundreds."""
    if fraction(stream) >= COPIED_SHARE:
        return 0
    return min(int((1.0 - fraction_at(stream, 1)) ** (-1.0 / COPIES_EXPONENT)), MOST_COPIES)


@kernel
def recipe_of(lot: float) -> int:
    """What an outlet makes of a piece."""
    recipe = 0
    for bound in RECIPE_BOUNDS:
        recipe += lot >= bound
    return recipe


@kernel
def schedule(seed: np.uint64, first: int, stop: int, rows: Integers) -> int:
    """Write the rows of the events from first to stop; returns how many there are."""
    count = 0
    for event in range(first, stop):
        kind, _, _ = event_facts(seed, event)
        stream = stream_of(seed, PUBLISHING, event)
        minute = (event + fraction(stream)) * MINUTES_AN_EVENT
        runs_on = kind == ORIGINAL and fraction_at(stream, 1) < RUNNING_SHARE
        versions = 2 + int(fraction_at(stream, 2) * (MOST_VERSIONS - 1)) if runs_on else 1
        serial = 0
        for version in range(versions):
            stream = stream_of(seed, PUBLISHING, -1 - event * MOST_VERSIONS - version)
            if version:
                minute += VERSION_GAP[0] + VERSION_GAP[1] * fraction_at(stream, 6)
            copies = copies_of(stream) if kind == ORIGINAL else 0
            parted = kind == ORIGINAL and fraction_at(stream, 2) < PARTS_SHARE
            parts = 1 + int(fraction_at(stream, 3) * MOST_PARTS) if parted else 0
            for number in range(1 + copies + parts):
                own = stream_of(seed, PAGE, event * STORIES_AN_EVENT + serial)
                row = rows[count]
                row[MINUTE] = clock(minute if number == 0 else minute + delay(own))
                row[EVENT_NUMBER], row[VERSION], row[SERIAL] = event, version, serial
                row[KIND] = kind if number == 0 else COPY if number <= copies else PART
                row[RECIPE] = recipe_of(fraction_at(own, 1))
                row[OUTLET_NUMBER] = int(fraction_at(own, 2) ** 1.5 * OUTLETS)
                if number == 0 and fraction_at(own, 3) < AGENCY_SHARE:
                    row[OUTLET_NUMBER] = OUTLETS + int(fraction_at(own, 4) * AGENCIES)
                count += 1
                serial += 1
    return count


@kernel
def list_pieces(seed: np.uint64, rows: Integers, keys: Integers, stops: Integers) -> int:
    """Which pieces each row draws on, as keys event * MOST_VERSIONS + version; returns how many there are.

    A story draws on one piece, a digest on four to six of the last hour, a report on none.
    """
    count = 0
    for number in range(len(rows)):
        event, kind = rows[number, EVENT_NUMBER], rows[number, KIND]
        if kind == DIGEST:
            stream = stream_of(seed, PAGE, event * STORIES_AN_EVENT)
            for _ in range(LEAST_ITEMS + int(fraction(stream) * (MOST_ITEMS - LEAST_ITEMS + 1))):
                stream += STEP
                event -= 1 + int(fraction(stream) * ITEMS_APART)
                while event_facts(seed, event)[0] != ORIGINAL:
                    event -= 1
                keys[count] = event * MOST_VERSIONS
                count += 1
        elif kind != REPORT:
            keys[count] = event * MOST_VERSIONS + rows[number, VERSION]
            count += 1
        stops[number] = count
    return count
