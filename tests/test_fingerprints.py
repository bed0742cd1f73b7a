from __future__ import annotations

import math
import pickle
from dataclasses import fields

import numpy as np
import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from stages import content_hashes, fingerprints_of, kept_words
from storyclust import lean_minhash, shingle_hash32, signature
from storyclust.errors import UsageError
from storyclust.fingerprint.fingerprints import WINDOW, Fingerprints
from storyclust.fingerprint.kept import KeptWords
from storyclust.fingerprint.shingles import mark_fresh_shingles
from storyclust.fingerprint.signatures import (
    PERMUTATIONS,
    choose_bands,
    collision_probability,
    permutations,
    signatures,
)
from storyclust.fingerprint.signatures_kernels import band_keys_of, fill_signature
from storyclust.fingerprint.windows import window_fingerprints
from storyclust.match.contents import DistinctContents
from storyclust.memory import Memory
from storyclust.newsroom.strategies import texts
from storyclust.settings import Settings
from storyclust.text.words import analyse
from storyclust.text.words_kernels import FRESH, NARRATED
from strategies import (
    DOCKSIDE,
    FERRY,
    LIBRARY,
    MASK,
    dockside_texts,
    numerous_words,
    twin_mix64,
    twin_word_hash,
    twin_words,
)

sizes = st.integers(2, 7)
any_texts = st.one_of(texts(), dockside_texts())


# Shingles


def twin_shingles(text: str, size: int) -> list[list[str]]:
    """The runs of `size` words of a text, or the one run of all its words."""
    words = [word.folded for word in twin_words(text)]
    if 0 < len(words) < size:
        return [words]
    return [words[start : start + size] for start in range(len(words) - size + 1)]


def twin_shingle_hash(shingle: list[str]) -> int:
    """A polynomial in the hashes of the words, by its powers, mixed."""
    powers = range(len(shingle) - 1, -1, -1)
    terms = [
        twin_word_hash(word) * pow(0xD6E8FEB86659FD93, power, 2**64)
        for word, power in zip(shingle, powers, strict=True)
    ]
    return twin_mix64(sum(terms) & MASK)


def by_text(flat: np.ndarray, counts: np.ndarray) -> list[list[int]]:
    return [part.tolist() for part in np.split(flat, np.cumsum(counts))[:-1]]


@given(st.lists(any_texts, max_size=4), sizes)
def test_shingles_are_the_runs_of_words_each_once_in_order(batch: list[str], size: int) -> None:
    # In windows of one shingle, each shingle is the least.
    expected = [list(dict.fromkeys(map(twin_shingle_hash, twin_shingles(text, size)))) for text in batch]
    assert by_text(*window_fingerprints(analyse(batch), size, 1)) == expected


@given(st.lists(any_texts, max_size=4), sizes)
def test_words_are_flagged_where_a_shingle_stands_for_the_first_time(batch: list[str], size: int) -> None:
    words = analyse(batch)
    expected = []
    for text in batch:
        shingles = [tuple(shingle) for shingle in twin_shingles(text, size)]
        fresh = [shingle not in shingles[:place] for place, shingle in enumerate(shingles)]
        expected += fresh + [False] * (len(twin_words(text)) - len(fresh))
    flags = mark_fresh_shingles(words, size)
    assert ((flags & FRESH) != 0).tolist() == expected
    assert ((flags & NARRATED) != 0).tolist() == words.narrated.tolist()


def test_a_text_that_repeats_itself_has_few_shingles() -> None:
    _, counts = window_fingerprints(analyse(["fog fell and " * 1000, "fog fell", ""]), 5, 1)
    assert counts.tolist() == [3, 1, 0]


# Signatures


def datasketch_signature(text: str, size: int, seed: int) -> np.ndarray:
    minhash = MinHash(num_perm=PERMUTATIONS, seed=seed, scheme="affine32", hashfunc=shingle_hash32)
    for shingle in twin_shingles(text, size):
        minhash.update(" ".join(shingle))
    return minhash.hashvalues


@given(any_texts, sizes, st.integers(0, 2**32 - 1))
def test_signatures_are_those_datasketch_makes_from_text_alone(text: str, size: int, seed: int) -> None:
    own = signature(text, Settings(shingle_words=size, seed=seed))
    assert (own.dtype, own.shape) == (np.uint32, (PERMUTATIONS,))
    assert own.tolist() == datasketch_signature(text, size, seed).tolist()


@pytest.mark.parametrize("text", ["", "… “” \u2028\x00"])
def test_a_text_without_words_has_a_signature_of_all_ones(text: str) -> None:
    assert set(signature(text).tolist()) == {2**32 - 1}


@given(any_texts.filter(twin_words))
def test_the_public_shingle_hash_is_the_upper_half_of_the_twins(text: str) -> None:
    assert shingle_hash32(text) == twin_shingle_hash([word.folded for word in twin_words(text)]) >> 32


@given(st.lists(any_texts, max_size=5))
def test_signatures_of_a_batch_are_those_of_its_texts(batch: list[str]) -> None:
    rows = signatures(analyse(batch), Settings())
    assert rows.tolist() == [signature(text).tolist() for text in batch]


def test_lean_minhashes_work_in_a_datasketch_index() -> None:
    index = MinHashLSH(threshold=0.5, num_perm=PERMUTATIONS)
    index.insert("ferry", lean_minhash(FERRY))
    index.insert("library", lean_minhash(LIBRARY))
    assert index.query(lean_minhash(f"Late news. {FERRY.upper()}")) == ["ferry"]
    assert index.query(lean_minhash("Nothing of the kind was known on the quay this morning.")) == []


@given(any_texts, st.integers(0, 2**32 - 1))
def test_lean_minhashes_survive_datasketchs_serialization(text: str, seed: int) -> None:
    own = lean_minhash(text, Settings(seed=seed))
    buffer = bytearray(own.bytesize())
    own.serialize(buffer)
    assert LeanMinHash.deserialize(buffer) == own
    assert pickle.loads(pickle.dumps(own)) == own


def test_a_lean_minhash_compares_with_one_that_datasketch_made() -> None:
    theirs = LeanMinHash(MinHash(num_perm=PERMUTATIONS, seed=5, scheme="affine32", hashfunc=shingle_hash32))
    theirs.hashvalues = datasketch_signature(FERRY, 5, 5)
    assert lean_minhash(FERRY, Settings(seed=5)).jaccard(theirs) == 1.0


# Bands


def sets_of_similarity(jaccard: float, pairs: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Signatures of pairs of random sets of 200 values, and the exact similarity of each pair."""
    shared = round(200 * 2 * jaccard / (1 + jaccard))
    draw = np.random.default_rng(round(jaccard * 1000))
    factors, offsets = permutations(1)
    rows = np.empty((2, pairs, PERMUTATIONS), np.uint32)
    mixed = np.empty(200, np.uint32)
    for pair in range(pairs):
        values = draw.integers(0, 2**64, 400 - shared, dtype=np.uint64)
        for side, own in enumerate((values[:200], values[200 - shared :])):
            fill_signature(own, 200, factors, offsets, mixed, rows[side, pair])
    return rows[0], rows[1], shared / (400 - shared)


@pytest.mark.parametrize("jaccard", [0.5, 0.6, 0.7, 0.8])
def test_bands_find_as_many_pairs_as_the_formula_says(jaccard: float) -> None:
    pairs = 1500
    one, other, exact = sets_of_similarity(jaccard, pairs)
    for bands, rows in ((42, 3), (25, 5), (21, 6), (16, 8)):
        keys = np.empty((2, pairs, bands), np.uint64)
        band_keys_of(one, rows, keys[0])
        band_keys_of(other, rows, keys[1])
        found = (keys[0] == keys[1]).any(axis=1).mean()
        expected = collision_probability(exact, bands, rows)
        assert abs(found - expected) <= 4 * math.sqrt(expected * (1 - expected) / pairs) + 1 / pairs


@pytest.mark.parametrize("jaccard", [0.5, 0.8])
def test_equal_rows_estimate_the_jaccard_similarity_without_bias(jaccard: float) -> None:
    one, other, exact = sets_of_similarity(jaccard, 1500)
    assert abs(np.mean(one == other) - exact) <= 4 * 0.045 / math.sqrt(1500)


@given(st.floats(0, 1), st.integers(1, 64), st.integers(1, 16))
def test_collision_probability_is_one_minus_the_chance_that_every_band_misses(
    jaccard: float, bands: int, rows: int
) -> None:
    missed = math.prod(1 - math.prod([jaccard] * rows) for _ in range(bands))
    assert collision_probability(jaccard, bands, rows) == pytest.approx(1 - missed, abs=1e-12)


@given(st.floats(0.1, 0.99), st.floats(0.5, 0.99))
def test_chosen_bands_keep_their_promise_and_one_row_more_would_not(jaccard: float, recall: float) -> None:
    bands, rows = choose_bands(jaccard, recall)
    assert bands * rows <= PERMUTATIONS < (bands + 1) * rows
    assert collision_probability(jaccard, bands, rows) >= recall
    for more in range(rows + 1, PERMUTATIONS + 1):
        assert collision_probability(jaccard, PERMUTATIONS // more, more) < recall


def test_a_recall_out_of_reach_is_refused_with_both_numbers() -> None:
    with pytest.raises(UsageError, match=r"128 permutations .* similarity 0\.01 with recall 0\.999; expected"):
        choose_bands(0.01, 0.999)


@given(st.lists(st.lists(st.integers(0, 2), min_size=6, max_size=6), min_size=1, max_size=8), st.integers(1, 3))
def test_band_keys_are_equal_where_number_and_rows_are(choices: list[list[int]], rows: int) -> None:
    values = np.array([0, 2**32 - 1, 0x9D2C5680], np.uint32)
    keys = np.empty((len(choices), 6 // rows), np.uint64)
    band_keys_of(values[choices], rows, keys)
    bands = [(band, tuple(own[band * rows : band * rows + rows])) for own in choices for band in range(6 // rows)]
    pairs = set(zip(bands, keys.ravel().tolist(), strict=True))
    assert len(pairs) == len(set(bands)) == len({key for _, key in pairs})


# Windows


@given(st.lists(any_texts, max_size=4), sizes, st.integers(1, 9))
def test_window_fingerprints_are_the_minima_of_all_windows(batch: list[str], size: int, window: int) -> None:
    found = by_text(*window_fingerprints(analyse(batch), size, window))
    for text, own in zip(batch, found, strict=True):
        hashes = [twin_shingle_hash(shingle) for shingle in twin_shingles(text, size)]
        starts = range(max(len(hashes) - window, 0) + 1) if hashes else range(0)
        assert sorted(own) == sorted({min(hashes[start : start + window]) for start in starts})


@given(st.lists(st.sampled_from(DOCKSIDE), min_size=12, max_size=12), st.tuples(*[dockside_texts()] * 4))
def test_two_stories_that_share_twelve_words_share_a_window_fingerprint(
    run: list[str], around: tuple[str, ...]
) -> None:
    before, after, other_before, other_after = around
    batch = [f"{before} {' '.join(run)} {after}", f"{other_before} {' '.join(run).upper()} {other_after}"]
    one, other = by_text(*window_fingerprints(analyse(batch), Settings().shingle_words, WINDOW))
    assert set(one) & set(other)


@given(sizes, st.integers(1, 9), st.integers(0, 2**32))
def test_a_shared_run_as_long_as_a_window_of_any_size_is_found(size: int, window: int, seed: int) -> None:
    words = numerous_words(seed, 100 + window + size - 1)
    run = words[100:]
    batch = [" ".join(words[:25] + run + words[25:50]), " ".join(words[50:75] + run + words[75:100])]
    one, other = by_text(*window_fingerprints(analyse(batch), size, window))
    assert set(one) & set(other)


# Contents and keys


@given(st.lists(dockside_texts(0, 6), min_size=2, max_size=2), st.booleans())
def test_contents_are_equal_for_equal_words_and_flags_only(batch: list[str], shout: bool) -> None:
    described = [
        [(twin.folded, flag) for twin, flag in zip(twin_words(text), analyse([text]).narrated, strict=True)]
        for text in batch
    ]
    one, other = content_hashes([batch[0], batch[1].upper() if shout else batch[1]])
    assert (one == other) == (described[0] == described[1])


def test_contents_differ_by_order_by_flag_and_by_length() -> None:
    variants = [
        "fog fell",
        "fell fog",
        "“fog” fell",
        "fog “fell”",
        "“fog fell”",
        "fog",
        "fog fog",
        "fog fog fog",
        "fell",
        "",
    ]
    assert len(set(content_hashes(variants))) == len(variants)
    assert len(set(content_hashes(["Fog fell, at noon.", "FOG — fell\nat noon!", "«»fog\u00ad fell (at) noon"]))) == 1


def keys_by_story(fingerprints: Fingerprints) -> list[list[int]]:
    """The keys of each story: for one that has no windows, the bands."""
    windows = by_text(fingerprints.keys.values, np.diff(fingerprints.keys.first))
    return [bands + own for bands, own in zip(fingerprints.keys.rows.tolist(), windows, strict=True)]


@given(st.lists(dockside_texts(), max_size=6), st.integers(1, 40))
def test_keys_are_bands_and_windows_and_stories_of_too_few_words_have_no_windows(
    batch: list[str], min_words: int
) -> None:
    settings = Settings(min_words=min_words)
    words = analyse(batch)
    fingerprints = fingerprints_of(batch, settings)
    counts = [len(twin_words(text)) for text in batch]

    bands, rows = choose_bands(0.5, 0.99)
    band_keys = np.empty((len(batch), bands), np.uint64)
    band_keys_of(signatures(words, settings), rows, band_keys)
    windows = by_text(*window_fingerprints(words, settings.shingle_words, WINDOW))
    for count, own, of_bands, of_windows in zip(
        counts, keys_by_story(fingerprints), band_keys.tolist(), windows, strict=True
    ):
        # Bands are worked out for all, and asked of those that are compared; windows make the memory.
        assert sorted(own) == sorted(of_bands + of_windows if count >= min_words else of_bands)


@given(st.lists(dockside_texts(), max_size=6), st.integers(0, 6))
@hypothesis_settings(max_examples=50)
def test_batches_put_together_are_one_batch(batch: list[str], cut: int) -> None:
    assume(cut <= len(batch))
    whole = fingerprints_of(batch)
    parts = Memory().gather(fingerprints_of([]), (fingerprints_of(part) for part in (batch[:cut], batch[cut:])))
    assert keys_by_story(parts) == keys_by_story(whole)
    words = Memory().gather(kept_words([]), (kept_words(part) for part in (batch[:cut], batch[cut:])))
    for field in fields(KeptWords):
        assert getattr(words, field.name).tolist() == getattr(kept_words(batch), field.name).tolist()


@given(st.lists(st.sampled_from(["fog fell", "FOG fell!", "fell fog", "no", "“fog” fell"]), max_size=12))
def test_distinct_contents_say_who_bears_what(batch: list[str]) -> None:
    hashes = content_hashes(batch)
    distinct = DistinctContents.of(np.array(hashes, np.uint64), kept_words(batch).story_counts, 2)
    long_enough = [story for story, text in enumerate(batch) if text != "no"]
    expected = sorted({hashes[story] for story in long_enough})
    assert [hashes[story] for story in distinct.story.tolist()] == expected
    assert distinct.story.tolist() == [hashes.index(value) for value in expected]
    assert distinct.stories.tolist() == [hashes.count(value) for value in expected]
    assert distinct.of_story.tolist() == [
        expected.index(hashes[story]) if story in long_enough else -1 for story in range(len(batch))
    ]


@given(any_texts)
def test_a_shingle_may_be_given_as_the_bytes_datasketch_is_fed(text: str) -> None:
    assert shingle_hash32(text.encode("utf-8", "surrogatepass")) == shingle_hash32(text)
