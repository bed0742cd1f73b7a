"""Files beside the stories that a user named: settings, rules, pairs, a profile.

In: a path and what it should be. Out: what reading it meets, as our errors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from storyclust.errors import DataError, MissingFileError


@contextmanager
def reading(path: str | os.PathLike[str], expected: str) -> Iterator[None]:
    """Tell of a file that is not there, that cannot be read, or that is not UTF-8, what was expected of it.

    Raises
    ------
    MissingFileError
        If there is no such file.
    DataError
        If it cannot be read.

    Examples
    --------
    >>> with reading("no/settings.json", "a file of settings, as JSON"):
    ...     open("no/settings.json")
    Traceback (most recent call last):
    ...
    storyclust.errors.MissingFileError: no such file: no/settings.json; expected a file of settings, as JSON. ...
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise MissingFileError(f"no such file: {os.fspath(path)}; expected {expected}. Check the spelling") from None
    except OSError as problem:
        raise DataError(f"cannot read {os.fspath(path)}: {problem.strerror}; expected {expected}") from problem
    except UnicodeDecodeError as problem:
        raise DataError(
            f"cannot read {os.fspath(path)}: it is not UTF-8 (byte 0x{problem.object[problem.start]:02x}); "
            f"expected {expected}, in UTF-8"
        ) from problem
