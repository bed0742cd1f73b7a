"""What is kept of each word beside its hash: one byte of flags."""

from __future__ import annotations

NARRATED = 1  # outside quotation marks
NUMERAL = 2  # holds a digit
FRESH = 4  # begins a shingle that the text has not had before
