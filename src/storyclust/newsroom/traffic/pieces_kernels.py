"""Pieces: what agencies and outlets write first, and the versions a running story goes through.

In: which pieces, as the schedule names them. Out: their codes, one after another. A piece is written anew for every
batch of pages that draws on it, which is why a wire of any length needs no more memory than a short one.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Integers, Numbers
from storyclust.compile import kernel
from storyclust.newsroom.traffic.prose_kernels import (
    OWN_WORDS,
    PARAGRAPH,
    START,
    STOP,
    after_next,
    copy_text,
    fill_own_words,
    write_prose,
    write_quotation,
    write_sentence,
)
from storyclust.newsroom.traffic.random_kernels import PIECE, QUOTATION, STEP, fraction, fraction_at, stream_of
from storyclust.newsroom.traffic.schedule_kernels import MOST_VERSIONS, event_facts
from storyclust.text.words_kernels import mix64

SHORTEST, MEDIAN, LONGEST, SPREAD = 120, 400.0, 1600, 1.1  # words
LONGEST_PIECE = 4096  # codes that a piece takes at most
QUOTATIONS_A_TOPIC, WORDS_BETWEEN = 3, 60
KEPT_SHARE, MOST_KEPT, LEAST_KEPT = 0.35, 0.35, 25  # of a version's paragraphs; of its words; words
NEW_TOP = 3  # a version's new top is one part in so many


@kernel
def write_pieces(seed: np.uint64, keys: Integers, draw: Numbers, codes: Numbers, stops: Integers) -> None:
    """Write pieces end to end; codes must have room for LONGEST_PIECE each."""
    own, spoken = np.empty(OWN_WORDS, np.int32), np.empty(OWN_WORDS, np.int32)
    former = np.empty(LONGEST_PIECE, np.int32)
    start = int(START)
    for number in range(len(keys)):
        event = keys[number] // MOST_VERSIONS
        _, happened, topic = event_facts(seed, event)
        fill_own_words(own, seed, topic, happened)
        fill_own_words(spoken, seed, topic, -1)
        stop = start
        for key in range(event * MOST_VERSIONS, keys[number] + 1):
            stream = stream_of(seed, PIECE, key)
            bell = fraction(stream) + fraction_at(stream, 1) + fraction_at(stream, 2) - 1.5
            words = min(max(int(MEDIAN * np.exp(SPREAD * bell)), SHORTEST), LONGEST)
            if key % MOST_VERSIONS == 0:
                stop = write_first(codes, start, words, seed, topic, own, spoken, draw, mix64(stream))
            else:
                former[: stop - start] = codes[start:stop]
                stop = write_version(former, stop - start, codes, start, words, own, draw, mix64(stream))
        stops[number] = stop
        start = stop


@kernel
def write_first(
    codes: Numbers,
    at: int,
    words: int,
    seed: np.uint64,
    topic: int,
    own: Numbers,
    spoken: Numbers,
    draw: Numbers,
    stream: np.uint64,
) -> int:
    """A story of so many words with up to three of the quotations that all on its topic were given."""
    stop = at + words
    which = int(fraction(stream) * 2 * QUOTATIONS_A_TOPIC)  # half of the stories begin beyond the last one
    while at < stop:
        stream += STEP
        between = min(int(WORDS_BETWEEN * (1.0 + fraction(stream))), stop - at)
        at = write_prose(codes, at, between, own, draw, mix64(stream))
        if which < QUOTATIONS_A_TOPIC and at < stop:
            quotation = stream_of(seed, QUOTATION, topic * QUOTATIONS_A_TOPIC + which)
            at = write_quotation(codes, at, spoken, draw, quotation)
            which += 1
    return at


@kernel
def write_version(
    former: Numbers,
    former_stop: int,
    codes: Numbers,
    start: int,
    words: int,
    own: Numbers,
    draw: Numbers,
    stream: np.uint64,
) -> int:
    """A story with a new top that keeps about a third of the paragraphs of its former version, and has more to say.

    Where no paragraph is short enough to be kept, some sentences of the second are.
    """
    at = write_prose(codes, start, words // NEW_TOP, own, draw, mix64(stream))
    most = int(MOST_KEPT * min(words, former_stop))
    kept, place = 0, after_next(PARAGRAPH, former, int(START), former_stop)
    while place < former_stop:
        end = after_next(PARAGRAPH, former, place, former_stop)
        stream += STEP
        fits = LEAST_KEPT <= end - place <= most - kept
        if fits and (kept == 0 or fraction(stream) < KEPT_SHARE):
            kept += end - place
            at = copy_text(former, place, end, codes, at)
            at = write_sentence(codes, at, own, draw, mix64(stream))
            codes[at - 1] |= PARAGRAPH
        place = end
    if kept == 0:
        place = after_next(PARAGRAPH, former, int(START), former_stop)
        end = place
        while end < min(place + LEAST_KEPT, former_stop):
            end = after_next(STOP, former, end, former_stop)
        at = copy_text(former, place, end, codes, at)
    return write_prose(codes, at, max(1, start + words - at), own, draw, mix64(stream + STEP))
