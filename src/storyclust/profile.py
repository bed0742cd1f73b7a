"""What a corpus taught: in how many of its stories each word stands, and which lines and passages are nobody's.

Learned in a first pass over the stories, immutable from then on, and named by a digest, so that a
result can say which one it was made with.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from storyclust.errors import DataError, UsageError
from storyclust.io.atomic import output_file
from storyclust.named_files import reading

# Words are counted by the top bits of their hash; at 2**20 columns two of a language's frequent words
# rarely meet, and the table is 4 MB however large the corpus.
COLUMN_BITS = 20
COLUMNS = 1 << COLUMN_BITS

Array = TypeVar("Array", bound=npt.NDArray[Any])

# Its words are hashes: a format is one way of hashing them too. Before 3, accents were letters and many forms of one
# letter were several.
FORMAT = "storyclust profile 3"


def _nothing() -> npt.NDArray[np.uint64]:
    return np.empty(0, np.uint64)


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Profile:
    """Document frequencies of words, by hashed column; lines that outlets repeat; passages that everyone uses.

    Parameters
    ----------
    stories : int
        How many stories were counted.
    document_frequencies : uint32 array of shape (2**20,)
        In how many of them a word of each column stands.
    furniture : uint64 array
        Keys of lines that an outlet repeats on its pages, whatever they tell.
    stock : uint64 array
        Window fingerprints of passages in many stories that have nothing else in common.

    Examples
    --------
    >>> Profile.empty().stories
    0
    """

    stories: int
    document_frequencies: npt.NDArray[np.uint32]
    furniture: npt.NDArray[np.uint64] = field(default_factory=_nothing)
    stock: npt.NDArray[np.uint64] = field(default_factory=_nothing)

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
        object.__setattr__(self, "document_frequencies", _frozen(counts.copy()))
        for name in ("furniture", "stock"):
            keys = np.asarray(getattr(self, name))
            if keys.ndim != 1 or keys.dtype != np.uint64:
                raise UsageError(f"{name} has shape {keys.shape} and type {keys.dtype}; expected one row of uint64")
            object.__setattr__(self, name, _frozen(np.unique(keys)))

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
    def idf(self) -> npt.NDArray[np.float64]:
        """How much a word of each column weighs: ``log((1 + stories) / (1 + frequency)) + 1``, as scikit-learn has it.

        >>> float(Profile.empty().idf[0])
        1.0
        """
        return _frozen(np.log((1.0 + self.stories) / (1.0 + self.document_frequencies)) + 1.0)

    @cached_property
    def digest(self) -> str:
        """Names the profile: 16 hexadecimal digits of a hash of all it holds.

        >>> Profile.empty().digest == Profile.empty().digest
        True
        """
        sizes = f"{FORMAT}\0{self.stories}\0{len(self.furniture)}\0{len(self.stock)}\0"
        arrays = self.document_frequencies.astype("<u4"), self.furniture.astype("<u8"), self.stock.astype("<u8")
        return hashlib.sha256(sizes.encode() + b"".join(map(np.ndarray.tobytes, arrays))).hexdigest()[:16]

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
            "furniture": self.furniture,
            "stock": self.stock,
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
        MissingFileError
            If there is no such file.
        """
        with reading(path, _EXPECTED), open(path, "rb") as file:
            if not zipfile.is_zipfile(file):
                file.seek(0)
                raise DataError(f"{path}: not a profile, but {_what(file.read(_HEAD))}; expected {_EXPECTED}")
            try:
                with np.load(file, allow_pickle=False) as archive:
                    found = str(archive["format"])
                    if found == FORMAT:
                        names = "document_frequencies", "furniture", "stock"
                        return cls(archive["stories"].item(), *(archive[name] for name in names))
            except _NOT_A_PROFILE as error:
                raise DataError(f"{path}: not a profile, or a damaged one; expected {_EXPECTED}") from error
        raise DataError(
            f"{path}: a profile of the format {found!r}; this version reads {FORMAT!r}. Learn it again from its stories"
        )


_EXPECTED = "a file that --save-profile or Profile.save wrote"
_HEAD = 1 << 12


def _what(head: bytes) -> str:
    """What a file is that begins so.

    >>> _what(b'{"copy_share": 0.6}'), _what(b"PK\x03\x04")
    ('JSON', 'an archive cut short')
    """
    if not head:
        return "an empty file"
    if head.startswith(b"PK"):
        return "an archive cut short"
    if b"\0" in head:
        return "a file of another kind"
    return "JSON" if head.lstrip()[:1] in (b"{", b"[") else "text"


# What NumPy and zipfile raise for a file that is no archive, a damaged one, or one of other arrays.
_NOT_A_PROFILE = (KeyError, ValueError, TypeError, AttributeError, EOFError, OSError, zipfile.BadZipFile, zlib.error)
