"""The errors a user can meet. Each is also the builtin a caller would expect.

StoryclustError                 every error raised on purpose
├── UsageError (ValueError)     the call is wrong: exit status 2
│   ├── SettingsError           a setting out of its range, or unknown
│   ├── MissingFileError (FileNotFoundError)    a file that is not there
│   ├── FormatError             a path whose format is not known or not given
│   ├── UnknownStoryError (KeyError)    an id no story has
│   └── MissingDependencyError (ImportError)    an extra that is not installed
├── DataError (ValueError)      the data are wrong: exit status 1
│   ├── EmptyInputError         an input without a single record
│   ├── RecordError             one record cannot become a story
│   ├── MissingColumnError      a column no record has
│   ├── DuplicateIdError        one id, two contents
│   ├── TruncatedFileError (EOFError)   a compressed file that ends early
│   ├── DamagedIndexError       an index that is not as it was written
│   └── MarkupError             a file of the newsroom's desk cannot be read
└── OutputError (OSError)       a result cannot be written: exit status 1

Messages say what was wrong, the value met, what was expected and what to do.
"""

from __future__ import annotations


class StoryclustError(Exception):
    """Base of every error storyclust raises on purpose."""

    exit_status = 1

    def __str__(self) -> str:  # KeyError would print the repr of its message
        return str(self.args[0]) if self.args else ""


class UsageError(StoryclustError, ValueError):
    """The call cannot be carried out as written; the data were not looked at."""

    exit_status = 2


class SettingsError(UsageError):
    """A setting is unknown or out of its range."""


class MissingFileError(UsageError, FileNotFoundError):
    """A file that was named is not there."""


class FormatError(UsageError):
    """A path's format is not one storyclust reads or writes."""


class UnknownStoryError(UsageError, KeyError):
    """No story has the id asked for."""


class MissingDependencyError(UsageError, ImportError):
    """A format, or the strategies for tests, need an optional dependency that is not installed."""


class DataError(StoryclustError, ValueError):
    """The data given cannot be used."""


class EmptyInputError(DataError):
    """The input holds no record at all."""


class RecordError(DataError):
    """One record cannot become a story."""


class MissingColumnError(DataError):
    """A column asked for is in none of the records.

    ``problem`` is what was wrong, ``field`` what a story has of that column, if it is one of a story; the remedy that
    follows differs with where the name was given.
    """

    def __init__(self, problem: str, remedy: str = "", field: str = "") -> None:
        """Hold them."""
        super().__init__(problem, remedy, field)
        self.problem = problem
        self.remedy = remedy
        self.field = field

    def __str__(self) -> str:
        return f"{self.problem}. {self.remedy}" if self.remedy else self.problem


class DuplicateIdError(DataError):
    """Two records have one id and different contents."""


class TruncatedFileError(DataError, EOFError):
    """A compressed file ends before its end mark."""


class DamagedIndexError(DataError):
    """The file of an index is not as it was written."""


class OutputError(StoryclustError, OSError):
    """A result cannot be written where it was asked for."""
