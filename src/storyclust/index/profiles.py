"""The profile of an index, kept in its file."""

from __future__ import annotations

import sqlite3
import zlib

import numpy as np

from storyclust.profile import Profile

_DIGEST = "digest"
_ARRAYS = {"document_frequencies": "<u4", "furniture": "<u8", "stock": "<u8"}


def write_profile(connection: sqlite3.Connection, profile: Profile) -> None:
    """Keep a profile in place of the one there is."""
    arrays = {name: getattr(profile, name).astype(kind) for name, kind in _ARRAYS.items()}
    rows = {"stories": np.array([profile.stories], "<u8"), **arrays}
    kept = {name: zlib.compress(array.tobytes()) for name, array in rows.items()}
    kept[_DIGEST] = profile.digest.encode()
    connection.executemany("REPLACE INTO profile VALUES (?, ?)", kept.items())


def read_digest(connection: sqlite3.Connection) -> str:
    """The digest of the profile that is kept, which is quicker to read."""
    (digest,) = connection.execute("SELECT value FROM profile WHERE name = ?", (_DIGEST,)).fetchone()
    return str(digest, "ascii")


def read_profile(connection: sqlite3.Connection) -> Profile:
    """The profile that is kept."""
    rows = connection.execute("SELECT name, value FROM profile WHERE name <> ?", (_DIGEST,))
    kept = {name: zlib.decompress(value) for name, value in rows}
    arrays = (np.frombuffer(kept[name], kind) for name, kind in _ARRAYS.items())
    return Profile(int(np.frombuffer(kept["stories"], "<u8")[0]), *arrays)
