"""Files in and out: stories from any input, tables and records to any output.

In: paths. Out: ``StoryReader`` gives stories with the place they were read; ``TableWriter`` and
``RecordWriter`` make files that appear whole or not at all. One file a format, both ways.
"""

from storyclust.io.atomic import check_outputs
from storyclust.io.dates import parse_date
from storyclust.io.formats import Format, ReadFormat
from storyclust.io.reader import StoryReader
from storyclust.io.record_output import RecordWriter
from storyclust.io.records import Columns, LocatedStory, Record
from storyclust.io.tables import Field, FieldKind, TableWriter

__all__ = [
    "Columns",
    "Field",
    "FieldKind",
    "Format",
    "LocatedStory",
    "ReadFormat",
    "Record",
    "RecordWriter",
    "StoryReader",
    "TableWriter",
    "check_outputs",
    "parse_date",
]
