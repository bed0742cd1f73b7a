"""MinHash signatures and the bands that find near-complete copies.

Broder, "On the resemblance and containment of documents", 1997. The signatures are those of
datasketch 2 (scheme "affine32", 128 permutations), so they can be put into any datasketch index, and
anyone can build the same ones from text with datasketch alone: see `shingle_hash32`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from storyclust.errors import UsageError
from storyclust.fingerprint.shingles import scratch
from storyclust.fingerprint.shingles_kernels import shingle_hash
from storyclust.fingerprint.signatures_kernels import signatures_of
from storyclust.settings import Settings
from storyclust.text.words import Words, analyse

if TYPE_CHECKING:
    from datasketch import LeanMinHash

PERMUTATIONS = 128


def shingle_hash32(shingle: str | bytes) -> int:
    """The 32-bit hash of a shingle, all of whose words make it up; the `hashfunc` to give datasketch.

    With it, datasketch builds the very signature that `signature` does, from text alone:

    >>> from datasketch import MinHash
    >>> minhash = MinHash(num_perm=128, seed=1, hashfunc=shingle_hash32)
    >>> minhash.update_batch(["the old harbour was closed", "old harbour was closed today"])
    >>> bool((minhash.hashvalues == signature("The old harbour was closed today")).all())
    True

    Parameters
    ----------
    shingle : str or bytes
        The words of one shingle in any writing that separates them, such as single spaces, folded or not; bytes are
        UTF-8, as datasketch's own examples feed them.

    Returns
    -------
    int
        0 to 2**32 - 1: the high half of the 64-bit shingle hash.
    """
    text = shingle if isinstance(shingle, str) else shingle.decode("utf-8", "surrogatepass")
    hashes = analyse([text]).hashes
    return int(shingle_hash(hashes, 0, len(hashes))) >> 32


def signature(text: str, settings: Settings | None = None) -> npt.NDArray[np.uint32]:
    """The MinHash signature of a text: a uint32 array of shape (128,); all ones for a text without words.

    >>> signature("The old harbour was closed today").shape
    (128,)
    """
    row: npt.NDArray[np.uint32] = signatures(analyse([text]), settings or Settings())[0]
    return row


def lean_minhash(text: str, settings: Settings | None = None) -> LeanMinHash:
    """The signature of a text as a datasketch LeanMinHash, fit for any datasketch index.

    >>> lean_minhash("The old harbour was closed today").jaccard(lean_minhash("the OLD harbour was closed today!"))
    1.0
    """
    from datasketch import LeanMinHash

    settings = settings or Settings()
    return LeanMinHash(seed=settings.seed, hashvalues=signature(text, settings), scheme="affine32")


def signatures(words: Words, settings: Settings) -> npt.NDArray[np.uint32]:
    """The signature of each text, a row each: a uint32 array of shape (texts, 128)."""
    factors, offsets = permutations(settings.seed)
    rows = np.empty((len(words), PERMUTATIONS), np.uint32)
    shingles, _ = scratch(words)
    mixed = np.empty(len(shingles), np.uint32)
    signatures_of(words.hashes, words.first_word, settings.shingle_words, factors, offsets, shingles, mixed, rows)
    return rows


@cache
def permutations(seed: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """The factors (odd) and offsets of the 128 permutations, drawn as datasketch 2 draws them."""
    draw = np.random.RandomState(seed)
    factors = draw.randint(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, draw.randint(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)


def collision_probability(jaccard: float, bands: int, rows: int) -> float:
    """The chance that two stories of this Jaccard similarity share a band: 1 - (1 - jaccard**rows)**bands.

    >>> round(collision_probability(0.5, bands=42, rows=3), 4)
    0.9963
    """
    return float(1 - (1 - jaccard**rows) ** bands)


@cache
def choose_bands(jaccard: float, recall: float) -> tuple[int, int]:
    """Bands and rows, the most selective that still find this share of the pairs at this similarity.

    More rows let fewer unrelated pairs through; so the most rows are taken with which a pair at
    `jaccard` collides with a probability of at least `recall`.

    >>> choose_bands(0.5, recall=0.99)
    (42, 3)
    >>> choose_bands(0.8, recall=0.99)
    (21, 6)

    Raises
    ------
    UsageError
        If no split of the 128 permutations reaches that recall.
    """
    for rows in range(PERMUTATIONS, 0, -1):
        bands = PERMUTATIONS // rows
        if collision_probability(jaccard, bands, rows) >= recall:
            return bands, rows
    raise UsageError(
        f"no bands over {PERMUTATIONS} permutations find pairs of Jaccard similarity {jaccard} with recall {recall}; "
        "expected a similarity from 0.05 on or a recall further below 1"
    )
