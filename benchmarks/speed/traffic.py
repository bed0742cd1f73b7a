"""A synthetic news wire with known truth: who copied whom, and everything that only looks like copying.

Events are told by independent originals; copies of an original are cut, edited and mixed with local text; stories of
one topic share words and quotations; formula reports share a template; digests take the lead paragraphs of others;
each outlet prints its menu on every page. Truth (`cluster`) joins an original with its copies and nothing else.

Every story is a pure function of the seed, the number of stories in the corpus and its own number, so any number of
them streams from constant memory. In goes a seed, out comes JSON lines: id, text, title, source, published, cluster.
"""

import argparse
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from .vocabulary import (
    BACKGROUND,
    CAPITAL,
    CLOSE_QUOTE_PARAGRAPH,
    COMMA,
    NAMES,
    NUMERALS,
    OPEN_QUOTE,
    PARAGRAPH,
    STOP,
    TABLE_SIZE,
    TOPICAL,
    WORDS,
    Codes,
    Vocabulary,
    paragraph_ends,
    sentence_ends,
    vocabulary,
)

OUTLETS, TEMPLATES, QUOTATIONS_A_TOPIC = 60, 20, 3
LONE_SHARE, REPORT_SHARE, DIGEST_SHARE = 0.5, 0.12, 0.03  # of all stories; of the lone ones; of the lone ones
LARGEST_CLUSTER_SHARE, LARGEST_ORDINARY_CLUSTER, CLUSTER_SIZE_EXPONENT = 0.01, 60, 2.1
STORY, REPORT, DIGEST = range(3)
RECIPES = ("full", "edited", "cut", "local text", "cut and edited", "cut with local text")
RECIPE_SHARES = (0.30, 0.22, 0.20, 0.16, 0.07, 0.05)
FIRST_DAY = datetime(2024, 3, 4, tzinfo=UTC)

# The streams of random numbers: each thing in the corpus draws from its own, named by (seed, stream, number).
_PLAN, _TOPIC, _EVENT, _TEMPLATE, _OUTLET, _PAGE, _QUOTATION = range(1, 8)


@dataclass(frozen=True)
class Plan:
    """What is to be written, one entry a story in the order of publication.

    Attributes:
        event: the number of the original told or copied; truth's cluster.
        topic: the topic of that event.
        kind: STORY, REPORT or DIGEST.
        recipe: index into RECIPES, or -1 for the original itself.
        outlet: who prints it.
        minute: minutes after FIRST_DAY.
    """

    seed: int
    event: NDArray[np.int64]
    topic: NDArray[np.int64]
    kind: NDArray[np.int64]
    recipe: NDArray[np.int64]
    outlet: NDArray[np.int64]
    minute: NDArray[np.int64]


def make_plan(stories: int, seed: int) -> Plan:
    """Lay out a corpus: cluster sizes with a heavy tail, topics, outlets and hours."""
    rng = np.random.default_rng([seed, _PLAN])
    sizes = _cluster_sizes(rng, stories)
    events = len(sizes)
    topic = (rng.random(events) ** 2 * max(1, events // 3)).astype(np.int64)  # squared: a few topics fill the news
    lots = rng.random(events)
    kind = np.where(lots < REPORT_SHARE, REPORT, np.where(lots < REPORT_SHARE + DIGEST_SHARE, DIGEST, STORY))
    kind[sizes > 1] = STORY
    event = np.repeat(np.arange(events), sizes)
    first = np.concatenate(([True], event[1:] != event[:-1]))
    recipe = np.where(first, -1, rng.choice(len(RECIPES), stories, p=RECIPE_SHARES))
    lag = np.where(first, 0, rng.exponential(360, stories)).astype(np.int64)
    minute = rng.integers(0, 3 * 1440, events)[event] + lag
    outlet = (rng.random(stories) ** 1.5 * OUTLETS).astype(np.int64)
    order = np.argsort(minute, kind="stable")
    columns = event, topic[event], kind[event], recipe, outlet, minute
    return Plan(seed, *(column[order] for column in columns))


def _cluster_sizes(rng: np.random.Generator, stories: int) -> NDArray[np.int64]:
    """About half the stories alone, one cluster of a hundredth of the corpus, the rest by a power law."""
    lone = int(stories * LONE_SHARE)
    sizes = [min(stories - lone, max(8, int(stories * LARGEST_CLUSTER_SHARE)))]
    choices = np.arange(2, LARGEST_ORDINARY_CLUSTER + 1)
    weights = choices**-CLUSTER_SIZE_EXPONENT
    while (left := stories - lone - sum(sizes)) > 0:
        drawn = rng.choice(choices, max(1, left // 4), p=weights / weights.sum())
        fits = np.cumsum(drawn) <= left
        sizes += drawn[fits].tolist() if fits.any() else [left]
    return np.array(sizes + [1] * lone)


class Wire:
    """The stories of a plan, each written when asked for."""

    def __init__(self, stories: int, seed: int) -> None:
        """Plan a corpus of `stories` stories; nothing is written yet."""
        self.plan = make_plan(stories, seed)
        self._seed = seed
        self._vocabulary = vocabulary(seed)
        # Pure functions all three, and a popular topic or event is asked for again and again.
        self._topic_words = lru_cache(4096)(self._make_topic_words)
        self._quotation = lru_cache(4096)(self._make_quotation)
        self._original = lru_cache(4096)(self._make_original)
        self._menus = [self._menu(outlet) for outlet in range(OUTLETS)]
        self._ids = [f"w{number:06d}" for number in range(stories)]
        self._cluster_name: dict[int, str] = {}
        for story_id, event in zip(self._ids, self.plan.event.tolist(), strict=True):
            self._cluster_name.setdefault(event, story_id)

    def __iter__(self) -> Iterator[dict[str, str]]:
        """Yield one row a story, in the order of publication."""
        for number in range(len(self._ids)):
            yield self.row(number)

    def row(self, number: int) -> dict[str, str]:
        """The story published at place `number`, with the truth about it."""
        plan = self.plan
        rng = self._stream(_PAGE, number)
        outlet = int(plan.outlet[number])
        words = self._topic_words(int(plan.topic[number]))
        headline = words[rng.integers(0, len(words), int(rng.integers(6, 12)))]
        headline[0] += CAPITAL
        return {
            "id": self._ids[number],
            "text": self._page(self._vocabulary.render(self._body(number, rng)), outlet),
            "title": self._vocabulary.render(headline),
            "source": f"outlet-{outlet:02d}",
            "published": (FIRST_DAY + timedelta(minutes=int(plan.minute[number]))).isoformat(),
            "cluster": self._cluster_name[int(plan.event[number])],
        }

    def _page(self, body: str, outlet: int) -> str:
        """The body as the outlet prints it: its quotation marks, its menu above or below."""
        if outlet % 3 == 0:
            body = body.replace("“", '"').replace("”", '"')
        menu = self._menus[outlet]
        return f"{menu}\n\n{body}" if outlet % 2 else f"{body}\n\n{menu}"

    def _body(self, number: int, rng: np.random.Generator) -> Codes:
        plan = self.plan
        event, topic = int(plan.event[number]), int(plan.topic[number])
        if plan.kind[number] == REPORT:
            return self._report(event, rng)
        if plan.kind[number] == DIGEST:
            others = rng.integers(0, len(plan.event), int(rng.integers(4, 7)))
            return np.concatenate([_lead(self._original(int(plan.event[o]), int(plan.topic[o]))) for o in others])
        original = self._original(event, topic)
        recipe = int(plan.recipe[number])
        return original if recipe < 0 else self._copy(original, RECIPES[recipe], self._topic_words(topic), rng)

    def _copy(self, original: Codes, recipe: str, topic: Codes, rng: np.random.Generator) -> Codes:
        """What an outlet makes of an agency's piece."""
        codes = original
        if "cut" in recipe:
            codes = _cut(codes, rng.uniform(0.3 if recipe == "cut" else 0.5, 0.9))
        if "edited" in recipe:
            codes = _edit(codes, rng.uniform(0.02, 0.08), self._vocabulary, rng)
        if "local text" in recipe:
            local = _prose(self._vocabulary, int(rng.integers(40, 121)), topic, rng)
            codes = np.concatenate((local, codes) if rng.random() < 0.5 else (codes, local))
        return codes

    def _make_original(self, event: int, topic: int) -> Codes:
        """The independent piece about an event, with up to two of the quotations everyone on the topic was given."""
        rng = self._stream(_EVENT, event)
        length = int(min(max(rng.lognormal(6.06, 0.38), 130), 1600))
        codes = _prose(self._vocabulary, length, self._topic_words(topic), rng)
        for which in rng.permutation(QUOTATIONS_A_TOPIC)[: int(rng.integers(0, 3))].tolist():
            places = paragraph_ends(codes) + 1
            codes = np.insert(codes, int(places[int(rng.integers(0, len(places)))]), self._quotation(topic, which))
        return codes

    def _make_quotation(self, topic: int, which: int) -> Codes:
        rng = self._stream(_QUOTATION, topic * QUOTATIONS_A_TOPIC + which)
        codes = _prose(self._vocabulary, int(rng.integers(30, 61)), self._topic_words(topic), rng)
        codes[paragraph_ends(codes)] += STOP - PARAGRAPH
        codes[0] += OPEN_QUOTE - CAPITAL
        codes[-1] += CLOSE_QUOTE_PARAGRAPH - STOP
        return codes

    def _report(self, event: int, rng: np.random.Generator) -> Codes:
        """A template refilled with other names and figures: the same sentences, another fact, no copy."""
        template = event % TEMPLATES
        mould = self._stream(_TEMPLATE, template)
        words = self._topic_words(-1 - template)
        codes = _prose(self._vocabulary, int(mould.integers(120, 251)), words, mould)
        gaps = mould.integers(4, 16, len(codes))
        slots = np.cumsum(gaps)
        slots = slots[slots < len(codes)]
        fillings = BACKGROUND + TOPICAL + rng.integers(0, NAMES + NUMERALS, len(slots)).astype(np.int32)
        codes[slots] = fillings + codes[slots] // WORDS * WORDS
        return codes

    def _menu(self, outlet: int) -> str:
        """The outlet's own site text, 30 to 120 words in short lines, the same on every page it prints."""
        rng = self._stream(_OUTLET, outlet)
        words = self._vocabulary.draw[rng.integers(0, TABLE_SIZE, int(rng.integers(30, 121)))]
        starts = np.cumsum(rng.integers(1, 7, len(words)))
        lines = np.split(words, starts[starts < len(words)])
        return "\n".join(self._vocabulary.render(np.append(line[:1] + CAPITAL, line[1:])) for line in lines)

    def _make_topic_words(self, topic: int) -> Codes:
        """The 72 words, 12 of them names, that stories of a topic use again and again."""
        rng = self._stream(_TOPIC, topic % (1 << 32))
        words = BACKGROUND + rng.integers(0, TOPICAL, 72, dtype=np.int32)
        words[::6] = BACKGROUND + TOPICAL + rng.integers(0, NAMES, 12, dtype=np.int32)
        return words

    def _stream(self, stream: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, stream, number])


def _prose(words: Vocabulary, length: int, topic: Codes, rng: np.random.Generator) -> Codes:
    """Sentences of 8 to 29 words in paragraphs of one to four; a quarter of the words are the topic's."""
    lots = rng.random((3, length))
    picked: Codes = words.draw[(lots[0] * TABLE_SIZE).astype(np.int32)]
    own = lots[1] < 0.25
    picked[own] = topic[(lots[1, own] * 4 * lots[2, own] * len(topic)).astype(np.int32)]  # a product: uneven use
    forms = (lots[2] > 0.95) * np.int32(COMMA)
    stops = np.cumsum(rng.integers(8, 30, length // 8 + 1))
    stops = stops[stops < length - 4]
    forms[stops - 1] = np.where(rng.random(len(stops)) < 0.4, PARAGRAPH, STOP)
    forms[stops] = CAPITAL
    forms[0], forms[-1] = CAPITAL, PARAGRAPH
    picked += forms
    return picked


def _lead(codes: Codes) -> Codes:
    """The first paragraph that ends after 30 words or more."""
    ends = paragraph_ends(codes)
    return codes[: int(ends[ends >= 29][0]) + 1]


def _cut(codes: Codes, share: float) -> Codes:
    """The top `share` of a piece, ended at the nearest end of a sentence, as editors cut."""
    ends = sentence_ends(codes)
    return codes[: int(ends[np.abs(ends + 1 - share * len(codes)).argmin()]) + 1]


def _edit(codes: Codes, share: float, words: Vocabulary, rng: np.random.Generator) -> Codes:
    """`share` of the words changed in scattered places: three of five replaced, one dropped, one inserted."""
    places = rng.choice(len(codes), max(1, int(share * len(codes))), replace=False)
    other = words.draw[rng.integers(0, TABLE_SIZE, len(places))]
    replaced, dropped, inserted = np.split(np.arange(len(places)), [len(places) * 3 // 5, len(places) * 4 // 5])
    codes = codes.copy()
    codes[places[replaced]] = other[replaced] + codes[places[replaced]] // WORDS * WORDS
    codes = np.insert(codes, places[inserted], other[inserted])
    plain = places[dropped][codes[places[dropped]] < CAPITAL]
    return np.delete(codes, plain)


def write_corpus(path: Path, *, stories: int, seed: int) -> str:
    """Write the corpus as JSON lines and return the SHA-256 of the file."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for row in Wire(stories, seed):
            line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
            digest.update(line)
            file.write(line)
    return digest.hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a synthetic wire corpus as JSON lines.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(write_corpus(options.path, stories=options.stories, seed=options.seed))
