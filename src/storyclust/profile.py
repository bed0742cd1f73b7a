"""What a corpus taught: in how many of its stories each word stands.

Learned in a first pass over the stories, immutable from then on, and named by a digest, so that a
result can say which one it was made with.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from storyclust.errors import DataError, UsageError

# Words are counted by the top bits of their hash; at 2**20 columns two of a language's frequent words
# rarely meet, and the table is 4 MB however large the corpus.
COLUMN_BITS = 20
COLUMNS = 1 << COLUMN_BITS

FORMAT = "storyclust profile 1"


@dataclass(frozen=True)
class Profile:
    """Document frequencies of words, by hashed column.

    Parameters
    ----------
    stories : int
        How many stories were counted.
    document_frequencies : uint32 array of shape (2**20,)
        In how many of them a word of each column stands.

    Examples
    --------
    >>> Profile.empty().stories
    0
    """

    stories: int
    document_frequencies: npt.NDArray[np.uint32]

    def __post_init__(self) -> None:
        counts = np.asarray(self.document_frequencies)
        if counts.shape != (COLUMNS,) or counts.dtype != np.uint32:
            raise UsageError(
                f"document frequencies have shape {counts.shape} and type {counts.dtype}; "
                f"expected ({COLUMNS},) and uint32"
            )
        if self.stories < int(counts.max()):
            raise UsageError(
                f"{self.stories} stories cannot hold a word {int(counts.max())} times; expected at least so many"
            )
        counts = counts.copy()
        counts.flags.writeable = False
        object.__setattr__(self, "document_frequencies", counts)

    @classmethod
    def empty(cls) -> Profile:
        """The profile that knows nothing: no stories."""
        return cls(0, np.zeros(COLUMNS, np.uint32))

    @cached_property
    def digest(self) -> str:
        """Names the profile: 16 hexadecimal digits of a hash of all it holds.

        >>> Profile.empty().digest == Profile.empty().digest
        True
        """
        content = f"{FORMAT}\0{self.stories}\0".encode() + self.document_frequencies.astype("<u4").tobytes()
        return hashlib.sha256(content).hexdigest()[:16]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the profile to a file, whole or not at all (NumPy's ``.npz`` format, without pickle)."""
        target = Path(path)
        beside = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with beside.open("xb") as file:
                np.savez_compressed(
                    file,
                    format=np.array(FORMAT),
                    stories=np.array(self.stories),
                    document_frequencies=self.document_frequencies,
                )
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Profile:
        """Read a profile back.

        Raises
        ------
        DataError
            If the file is not a profile, or one of another format.
        """
        try:
            with np.load(path, allow_pickle=False) as archive:
                found = str(archive["format"])
                if found == FORMAT:
                    return cls(int(archive["stories"]), archive["document_frequencies"])
        except (KeyError, ValueError, EOFError, OSError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            raise DataError(f"{path}: not a profile ({error}); expected a file written by Profile.save") from error
        raise DataError(f"{path}: a profile of the format {found!r}; this version reads {FORMAT!r}")
