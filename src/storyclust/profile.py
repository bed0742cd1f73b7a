"""What a corpus taught: in how many of its stories each word stands.

Learned in a first pass over the stories, immutable from then on, and named by a digest, so that a
result can say which one it was made with.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from storyclust.errors import DataError, UsageError
from storyclust.io.atomic import output_file

# Words are counted by the top bits of their hash; at 2**20 columns two of a language's frequent words
# rarely meet, and the table is 4 MB however large the corpus.
COLUMN_BITS = 20
COLUMNS = 1 << COLUMN_BITS

FORMAT = "storyclust profile 1"


@dataclass(frozen=True, eq=False)
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
        if isinstance(self.stories, bool) or not isinstance(self.stories, int) or self.stories < 0:
            raise UsageError(f"{self.stories!r} stories were counted; expected a whole number of at least 0")
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

    def __eq__(self, other: object) -> bool:
        """Whether another profile holds the same."""
        return isinstance(other, Profile) and self.digest == other.digest

    def __hash__(self) -> int:
        """By what it holds."""
        return hash(self.digest)

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
        """Write the profile to a file, whole or not at all: NumPy's ``.npz`` format, without pickle.

        Raises
        ------
        OutputError
            If the path cannot be written.
        """
        arrays = {
            "format": np.array(FORMAT),
            "stories": np.array(self.stories),
            "document_frequencies": self.document_frequencies,
        }
        with output_file(path) as stream, zipfile.ZipFile(stream, "w") as archive:
            for name, array in arrays.items():
                content = io.BytesIO()
                np.lib.format.write_array(content, array, allow_pickle=False)
                # numpy.savez would put the time of day into the file.
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Profile:
        """Read a profile back.

        Raises
        ------
        DataError
            If the file is not a profile, or one of another format.
        FileNotFoundError
            If there is no such file.
        """
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                found = str(archive["format"])
                if found == FORMAT:
                    return cls(archive["stories"].item(), archive["document_frequencies"])
        except FileNotFoundError:
            raise
        except _NOT_A_PROFILE as error:
            raise DataError(f"{path}: not a profile ({error}); expected a file written by Profile.save") from error
        raise DataError(f"{path}: a profile of the format {found!r}; this version reads {FORMAT!r}")


# What NumPy and zipfile raise for a file that is no archive, a damaged one, or one of other arrays.
_NOT_A_PROFILE = (KeyError, ValueError, TypeError, AttributeError, EOFError, OSError, zipfile.BadZipFile, zlib.error)
