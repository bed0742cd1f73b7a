"""The pairs of units that keys speak for: which are new, which are lost, and what comparing the new ones tells.

In: by how many keys pairs change, and the units that come and go. Out: the pairs as they are kept, and those whose
change may change a cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.fingerprint.kept import KeptWords
from storyclust.index.buckets import Changes
from storyclust.index.records import PAIR, Pairs, read_pairs, write_terms
from storyclust.index.shelf import Shelf, name_or_none, read_text
from storyclust.learning.first_pass import recognise_words
from storyclust.match.contents import Contents
from storyclust.match.terms import Terms
from storyclust.match.verify import link_pairs
from storyclust.match.window import Spans
from storyclust.model import Story


@dataclass(frozen=True, slots=True)
class Analysed:
    """Units whose words are at hand: rows of `words`."""

    words: KeptWords
    row: dict[int, int]


@dataclass(frozen=True, slots=True)
class PairChanges:
    """The pairs that came and went; int64 arrays.

    Attributes
    ----------
    low, high : units, ``low < high``
    linked : bool array
    """

    low: Integers
    high: Integers
    linked: Flags


def apply(shelf: Shelf, changes: Changes, gone: list[int], repeated: list[int], analysed: Analysed) -> PairChanges:
    """Keep pairs up to date; of the units that go all are lost. Which ones came and went."""
    highs = np.unique(changes.high)
    blobs = dict(
        shelf.rows(
            "SELECT number, pairs FROM (SELECT value FROM json_each(?)) JOIN units ON number = value", highs.tolist()
        )
    )
    pairs, sizes = read_pairs([blobs.get(unit) for unit in highs.tolist()])
    own = np.repeat(highs, sizes)
    codes = pairs["other"].astype(np.int64) << 32 | own
    order = np.argsort(codes)
    changed = changes.low << 32 | changes.high
    place = order[np.minimum(np.searchsorted(codes, changed, sorter=order), len(codes) - 1)] if len(codes) else changed
    known = codes[place] == changed if len(codes) else np.zeros(len(changed), np.bool_)

    counts = pairs["keys"].astype(np.int64)
    counts[place[known]] += changes.delta[known]
    of_gone = np.isin(pairs["other"], gone) | np.isin(own, gone)
    kept = (counts > 0) & ~of_gone
    new = ~known & (changes.delta > 0) & ~np.isin(changes.low, gone) & ~np.isin(changes.high, gone)
    low, high, keys = changes.low[new], changes.high[new], changes.delta[new]
    units = with_texts(shelf, np.concatenate((low, high, np.array(repeated, np.int64))))
    asked = _comparable(units, low, high, shelf.settings.window_days)
    low, high, keys = low[asked], high[asked], keys[asked]
    fresh = compare(shelf, units, low, high, repeated, analysed)
    fresh["keys"] = keys

    standing = pairs.copy()
    standing["keys"] = np.maximum(counts, 0)
    _keep(shelf, np.concatenate((own[kept], high)), np.concatenate((standing[kept], fresh)), highs, gone)
    lost = pairs[~kept]
    return PairChanges(
        np.concatenate((lost["other"].astype(np.int64), low)),
        np.concatenate((own[~kept], high)),
        np.concatenate((lost["relation"], fresh["relation"])) > 0,
    )


# The columns of `with_texts`.
UNIT, HASH, TELLER, EARLIEST, LATEST, TERMED, COLUMNS = range(7)


def with_texts(shelf: Shelf, units: Integers) -> Integers:
    """Those of some units that have a text, rising: int64 of shape (units, COLUMNS).

    The number, the content hash, the story that tells it, when it appeared first and last, and whether its terms are
    kept.
    """
    rows = shelf.rows(
        "SELECT number, hash, teller, earliest, latest, terms IS NOT NULL FROM (SELECT value FROM json_each(?)) "
        "JOIN units ON number = value JOIN texts ON story = teller",
        sorted(set(units.tolist())),
    )
    return np.array(sorted(rows), np.int64).reshape(-1, COLUMNS)


def compare(
    shelf: Shelf, units: Integers, low: Integers, high: Integers, repeated: list[int], analysed: Analysed
) -> Pairs:
    """What comparing pairs of units tells, in their order; the terms of those that are linked or repeated are kept.

    units: as of `with_texts`.
    """
    wanted = np.isin(units[:, UNIT], np.concatenate((low, high, np.array(repeated, np.int64))))
    found, contents, terms = link(shelf, units[wanted], low, high, repeated, analysed)
    termed = set(units[units[:, TERMED] > 0, UNIT].tolist())
    blobs = write_terms(terms.columns, terms.counts, terms.first_term)
    shelf.connection.executemany(
        "UPDATE units SET terms = ? WHERE number = ?",
        [(blob, unit) for blob, unit in zip(blobs, contents.tolist(), strict=True) if blob and unit not in termed],
    )
    return found


def link(
    shelf: Shelf, units: Integers, low: Integers, high: Integers, repeated: list[int], analysed: Analysed
) -> tuple[Pairs, Integers, Terms]:
    """Compare pairs of units, as of `with_texts`: the pairs; the units by content hash, and their terms."""
    found = np.zeros(len(low), PAIR)
    found["other"] = low
    units = units[np.argsort(units[:, HASH].view(np.uint64))]
    numbers, tellers = units[:, UNIT], units[:, TELLER]
    words, row = _words_of(shelf, dict(zip(numbers.tolist(), tellers.tolist(), strict=True)), analysed)
    contents = Contents.choose(words, np.array([row[unit] for unit in numbers.tolist()], np.int64))
    by_number = np.argsort(numbers)
    one, other = (by_number[np.searchsorted(numbers, side, sorter=by_number)].astype(np.int32) for side in (low, high))
    linked = link_pairs(contents, one, other, np.isin(numbers, repeated), shelf.profile, shelf.settings, shelf.workers)
    links, asked = linked.links, _codes(one, other, len(numbers))
    order = np.argsort(asked)
    place = order[np.searchsorted(asked, _codes(links.longer, links.shorter, len(numbers)), sorter=order)]
    for name in ("relation", "share", "shared_words"):
        found[name][place] = getattr(links, name)
    return found, numbers, linked.vectors.terms


def _codes(one: Numbers, other: Numbers, units: int) -> Integers:
    """One number for each pair, whichever way round."""
    codes: Integers = np.minimum(one, other).astype(np.int64) * units + np.maximum(one, other)
    return codes


def _words_of(shelf: Shelf, tellers: dict[int, int], analysed: Analysed) -> tuple[KeptWords, dict[int, int]]:
    """The words of units, told by these stories, and the row of each among them: those at hand first."""
    others = [unit for unit in tellers if unit not in analysed.row]
    if not others:
        return analysed.words, analysed.row
    asked = [tellers[unit] for unit in others]
    known = shelf.recent.known(asked)
    known |= _analysed_again(shelf, [story for story in asked if story not in known])
    before = len(analysed.words)
    row = analysed.row | {unit: before + place for place, unit in enumerate(others)}
    return KeptWords.joined([analysed.words, *(known[story] for story in asked)]), row


def _analysed_again(shelf: Shelf, stories: list[int]) -> dict[int, KeptWords]:
    """The words of stories, whose texts are read."""
    if not stories:
        return {}
    rows = shelf.rows(
        "SELECT number, source, text FROM (SELECT value FROM json_each(?)) JOIN stories ON number = value "
        "JOIN texts ON story = number",
        stories,
    )
    texts = [Story("-", read_text(text), source=name_or_none(source)) for _, source, text in rows]
    words = recognise_words(texts, shelf.profile, shelf.settings, shelf.workers)
    found = {row[0]: own for row, own in zip(rows, words.apart(), strict=True)}
    for story, own in found.items():
        shelf.recent.keep(story, own)
    return found


def _comparable(units: Integers, low: Integers, high: Integers, window_days: int | None) -> Flags:
    """Which pairs of units can be compared: both have a text still, and they appeared near enough in time."""
    if len(units) == 0:
        return np.zeros(len(low), np.bool_)
    one, other = (np.minimum(np.searchsorted(units[:, UNIT], side), len(units) - 1) for side in (low, high))
    there: Flags = (units[one, UNIT] == low) & (units[other, UNIT] == high)
    if window_days is not None:
        there &= Spans(units[:, EARLIEST], units[:, LATEST]).within(one, other, window_days)
    return there


def _keep(shelf: Shelf, owners: Integers, pairs: Pairs, touched: Integers, gone: list[int]) -> None:
    """Write the pairs of all units touched, each unit's in the order of the other ones."""
    order = np.lexsort((pairs["other"], owners))
    owners, pairs = owners[order], pairs[order]
    first = np.searchsorted(owners, touched)
    last = np.searchsorted(owners, touched, side="right")
    left = set(gone)
    shelf.connection.executemany(
        "UPDATE units SET pairs = ? WHERE number = ?",
        [
            (pairs[start:stop].tobytes() or None, unit)
            for unit, start, stop in zip(touched.tolist(), first.tolist(), last.tolist(), strict=True)
            if unit not in left
        ],
    )
