"""What the tests share beside the strategies that ship: invented news, and the word splitter's slow twin.

The twin says with regular expressions over whole texts what the library does in one pass over bytes.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import regex
from hypothesis import settings
from hypothesis import strategies as st

from storyclust import Story
from storyclust.text.characters import NEWER

# The first call of a kernel compiles it or loads its machine code: no example has a deadline.
settings.register_profile("storyclust", deadline=None)
settings.load_profile("storyclust")

# The word splitter's twin

IGNORED = regex.compile(
    r"[[\p{Default_Ignorable_Code_Point}\u0640[\p{M}&&[\u0590-\u06FF\u0750-\u077F\u0870-\u08FF\uFB1E]]]--\u200b]",
    regex.VERSION1,
)
SPACELESS = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tai_Le}\p{Javanese}]"
MARK = r"[\p{M}\u1160-\u11FF\uD7B0-\uD7FF]"
SINGLE = rf"[{SPACELESS}&&[[\p{{L}}\p{{N}}]--\p{{Nd}}]]"
LETTER = rf"[[\p{{L}}\p{{N}}\u2044]--{SINGLE}--{MARK}--[\u02bb\u02bc]]"
WORD = regex.compile(rf"{SINGLE}{MARK}*|{LETTER}[{LETTER}{MARK}]*", regex.VERSION1)
SINGLE_WORD = regex.compile(SINGLE, regex.VERSION1)
HANGING = regex.compile(MARK, regex.VERSION1)
# What is left away by habit: accents on Greek letters, the dot of an i, the two dots of ё.
SILENT = regex.compile(rf"(?<=[\u0370-\u03ff]{MARK}*){MARK}|(?<=i{MARK}*)\u0307|(?<=е{MARK}*)\u0308")
# The digits of a script stand in a row; Python does not know those of every script yet.
DIGITS = {
    digit: str(place % 10)
    for row in regex.finditer(r"\p{Nd}+", "".join(map(chr, range(0x20000))))
    for place, digit in enumerate(row[0])
}
HABITS = str.maketrans("ıٱىیکةہەۃ\u0327", "iايي\u0643هههه\u0326")


@dataclass(frozen=True)
class TwinWord:
    """A word: its folded letters, and where it stands in the text as given."""

    folded: str
    start: int
    stop: int


def stands_for(character: str) -> str:
    """A character decomposed and folded, by Python's own Unicode; what is newer than the oldest Python stays."""
    parts = character
    if not regex.fullmatch(NEWER, character):
        parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold()).translate(HABITS)
    return "".join(DIGITS.get(part, part) for part in parts)


def twin_words(text: str) -> list[TwinWord]:
    """The words of a text by regular expressions over what is left when characters are taken apart and some out."""
    parts = [
        (part, place)
        for place, character in enumerate(text)
        for part in stands_for(character)
        if not IGNORED.fullmatch(part)
    ]
    visible = "".join(part for part, _ in parts)
    # A mark that comes before letters in what one character stands for lies with these.
    parted = {
        number
        for number, ((part, place), (_, following)) in enumerate(itertools.pairwise(parts))
        if HANGING.fullmatch(part) and place == following
    }
    return [
        TwinWord(
            in_order(SILENT.sub("", found[0])),
            parts[found.start()][1],
            max(parts[number][1] for number in range(*found.span()) if number not in parted) + 1,
        )
        for found in WORD.finditer(visible)
    ]


def in_order(word: str) -> str:
    """A word with the marks of each letter in one order."""
    return regex.sub(rf"{MARK}+", lambda found: "".join(sorted(found[0])), word)


def longest_common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words stand in both in one order, at most."""
    row = [0] * (len(other) + 1)
    for word in one:
        before, row = row, [0]
        for place, against in enumerate(other):
            row.append(before[place] + 1 if word == against else max(before[place + 1], row[-1]))
    return row[-1]


MASK = 2**64 - 1


def twin_mix64(value: int) -> int:
    """The 64-bit finalizer of MurmurHash3, in Python's own integers."""
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & MASK
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


def twin_word_hash(letters: str) -> int:
    """A fold of exclusive or and multiplication over the letters, marks added as they come, mixed at the end."""
    value = 0xCBF29CE484222325
    for letter in letters:
        if HANGING.fullmatch(letter):
            scattered = ord(letter) * 0x9E3779B1 & 0xFFFFFFFF
            value = value + (((scattered ^ scattered >> 15) * 0x85EBCA6B & 0xFFFFFFFF) >> 4) & MASK
        else:
            value = (value ^ ord(letter)) * 0x9E3779B97F4A7C15 & MASK
    return twin_mix64(value)


# Stories from a small vocabulary, so that they share words, and invented words that are all different


FOGGY_MORNING = "the pilot said a crane fell on barge nine at dawn while fog lay over North Quay and 40 men ran"
DOCKSIDE = tuple(FOGGY_MORNING.split())


def dockside_texts(min_words: int = 0, max_words: int = 60) -> st.SearchStrategy[str]:
    """Texts of one small vocabulary: many repetitions, some of them in quotation marks."""
    piece = st.one_of(st.sampled_from(DOCKSIDE), st.sampled_from(DOCKSIDE).map("“{}”".format))
    return st.lists(piece, min_size=min_words, max_size=max_words).map(" ".join)


SYLLABLES = ("ka", "lo", "mir", "ten", "vu")
INVENTED = tuple("".join(parts) for parts in itertools.product(SYLLABLES, repeat=4))


def numerous_words(seed: int, count: int) -> list[str]:
    """So many words drawn from 625 invented ones, each possibly more than once."""
    return [INVENTED[choice] for choice in np.random.default_rng(seed).integers(0, len(INVENTED), count).tolist()]


def stories_of(texts: dict[str, str]) -> list[Story]:
    """Stories by id."""
    return [Story(id, text) for id, text in texts.items()]


# Invented news, each of about sixty words

FERRY = (
    "The night ferry Lindorm ran aground on a sandbank off Halmstrand shortly before two on Tuesday morning, and all "
    "212 passengers were brought ashore by lifeboats from three harbours before sunrise. Divers found a gash of four "
    "metres in the hull, the coastguard reported, and the vessel will be towed to the repair yard at Orrevik once "
    "the storm that drove it off course has passed over the sound."
)
LIBRARY = (
    "Councillors in Brennick voted nineteen to seven to keep the branch library open until next spring, after pupils "
    "of two schools delivered a petition with four thousand signatures. The building costs 310,000 crowns a year to "
    "heat, and its roof has leaked since a hailstorm broke the skylights; a charity has offered to pay for new glass "
    "if the borough signs a lease of ten years."
)
CHESS = (
    "Grandmaster Ilse Tarn drew the ninth game of the title match in Veldburg by perpetual check, leaving the "
    "challenger half a point behind with five rounds left to play. She gave up a rook on the thirty-first move, sat "
    "motionless for forty minutes, and then found the only sequence of queen moves that kept the black king from "
    "escaping to the corner."
)
ORCHARD = (
    "Apple growers along the upper Sarne expect the smallest harvest in two decades because frost in late April "
    "killed most of the blossom on southern slopes. Cooperative manager Piet Oldham says cider presses will buy "
    "fruit from abroad this autumn, while beekeepers who rent hives to the orchards have asked the ministry for "
    "relief payments before winter feeding begins."
)
TUNNEL = (
    "Engineers broke through the last metre of rock beneath Mount Kessel at noon, joining two halves of a railway "
    "tunnel that has taken eleven years and cost nine lives. Trains should cross the range in seventeen minutes from "
    "next summer, the operator announced, provided that signalling tests pass and the ventilation shafts dug from "
    "the eastern portal stay dry through the snowmelt."
)
THEATRE = (
    "The municipal theatre of Grauhafen opens its season with a comedy nobody has staged since 1923, pieced together "
    "by the dramaturge from prompt books she discovered behind a cellar wall. Critics at the rehearsal laughed aloud "
    "at a scene in which three notaries inherit the same donkey; tickets for the premiere were gone within an hour "
    "of the box office raising its shutters."
)
NEWS = {"ferry": FERRY, "library": LIBRARY, "chess": CHESS, "orchard": ORCHARD, "tunnel": TUNNEL, "theatre": THEATRE}

# A story in two parts that tell of one thing, and a notice that has nothing to do with any

HEAD = (
    "Skippers of the herring fleet at Orrevik refused to leave harbour on Monday because the fisheries ministry had "
    "cut the quota for the third year running. About sixty boats blocked the entrance with nets strung between "
    "buoys, and a herring auction planned for the afternoon was called off, the fleet committee said."
)
TAIL = (
    "The fisheries ministry answered that herring stocks in the sound have halved since the quota was introduced. "
    "Fleet committee chairwoman Runa Eskil wants a count by independent biologists before any skippers return to "
    "sea, and the Orrevik blockade will be lifted for boats that carry medicine or mail to the islands."
)
NOTICE = (
    "Readers are reminded that clocks go forward on Sunday, that the swing bridge stays shut to lorries while its "
    "bearings are greased, and that rubbish in the old quarter will be fetched one day later than usual throughout "
    "the holiday week."
)
