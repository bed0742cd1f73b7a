"""MinHash signatures, bit for bit those of datasketch 2's "affine32" scheme.

In: shingle hashes. The high half of each is mixed once with MurmurHash3's 32-bit finalizer; then each
permutation is ``factor * value + offset`` in 32-bit arithmetic, and the signature keeps its minimum.

The signatures leave this file as band keys, one 64-bit hash of a few rows: equal keys, equal rows.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Hashes, Integers, Words32
from storyclust.compile import kernel
from storyclust.fingerprint.shingles_kernels import fill_shingles
from storyclust.text.words_kernels import mix64

MIX32_1 = np.uint32(0x85EBCA6B)
MIX32_2 = np.uint32(0xC2B2AE35)
SHIFT_16, SHIFT_13 = np.uint32(16), np.uint32(13)
BAND_FACTOR = np.uint64(0xE7037ED1A0B428DB)

# Permutations whose minima stay in vector registers while the shingles go by.
BLOCK = 64


@kernel
def mix32(value: np.uint32) -> np.uint32:
    """The 32-bit MurmurHash3 finalizer."""
    # Numba computes with 64 bits, so each product is cut back to 32.
    value = np.uint32(value ^ (value >> SHIFT_16))
    value = np.uint32(value * MIX32_1)
    value = np.uint32(value ^ (value >> SHIFT_13))
    value = np.uint32(value * MIX32_2)
    return np.uint32(value ^ (value >> SHIFT_16))


@kernel
def fill_signature(
    shingles: Hashes,
    count: int,
    factors: Words32,
    offsets: Words32,
    mixed: Words32,
    signature: Words32,
) -> None:
    """The minimum of each permutation over `count` shingles; all ones where there are none.

    shingles uint64; factors, offsets, signature uint32, one a permutation; mixed uint32 scratch, a shingle.
    """
    signature[:] = np.uint32(0xFFFFFFFF)
    for index in range(count):
        mixed[index] = mix32(np.uint32(shingles[index] >> np.uint64(32)))
    for low in range(0, len(signature), BLOCK):
        factor, offset, least = factors[low : low + BLOCK], offsets[low : low + BLOCK], signature[low : low + BLOCK]
        for index in range(count):
            value = mixed[index]
            for row in range(len(least)):
                permuted = np.uint32(factor[row] * value + offset[row])
                least[row] = min(least[row], permuted)


@kernel
def signatures_of(
    hashes: Hashes,
    first_word: Integers,
    size: int,
    factors: Words32,
    offsets: Words32,
    shingles: Hashes,
    mixed: Words32,
    signatures: Words32,
) -> None:
    """The signature of each text, a row of `signatures` (uint32, texts by permutations).

    shingles uint64 and mixed uint32: scratch, as long as the longest text.
    """
    for text in range(len(first_word) - 1):
        count = fill_shingles(hashes, first_word[text], first_word[text + 1], size, shingles)
        fill_signature(shingles, count, factors, offsets, mixed, signatures[text])


@kernel
def band_keys_of(signatures: Words32, rows: int, keys: Hashes) -> None:
    """A key a band, into `keys` (uint64, texts by bands): the hash of the band's number and rows."""
    for text in range(keys.shape[0]):
        for band in range(keys.shape[1]):
            key = np.uint64(band + 1)
            for row in range(band * rows, band * rows + rows):
                key = (key ^ np.uint64(signatures[text, row])) * BAND_FACTOR
                key ^= key >> np.uint64(29)
            keys[text, band] = mix64(key)
