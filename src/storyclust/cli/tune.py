"""``storyclust tune``: settings from labelled pairs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from storyclust.cli import options as o
from storyclust.cli.outputs import outputs, print_lines

if TYPE_CHECKING:
    from storyclust.metrics import LabelledPair

REQUIRED = ("id_a", "id_b", "label")
ONE_STRATUM = "all"


def tune(
    links: Annotated[
        str, typer.Argument(metavar="LINKS", help="Links of a run with loose settings, as cluster --links writes them.")
    ],
    pairs: Annotated[
        str,
        typer.Argument(
            metavar="PAIRS",
            help="Labelled pairs: a file of tab-separated values with the columns id_a, id_b and label, "
            "and, if you sampled them, weight and stratum.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="The settings, as JSON, for --settings of other commands."),
    ] = None,
    settings: Annotated[
        str | None,
        typer.Option("--settings", metavar="FILE", help="Settings to begin with.", show_default="the defaults"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not a table.")] = False,
    quiet: o.Quiet = False,
) -> None:
    """Learn the thresholds of a link from pairs that you labelled.

    Prints the thresholds, how sure they are, and what F1 to expect. A label is
    COPY, VERSION, PARTIAL, QUOTES, FORMULA or NONE. The links must hold pairs
    that are no links yet: those of a run with loose thresholds.
    """
    from storyclust.errors import UsageError
    from storyclust.settings import Settings
    from storyclust.tuning import tune as learn

    if quiet and output is None:
        raise UsageError("--quiet was given without --output, which leaves nothing to do; expected one of the two")
    base = Settings() if settings is None else Settings.from_dict(o.read_settings(settings))
    labelled = read_labelled(pairs)
    with outputs([output], inputs=[path for path in (links, pairs, settings) if path]) as files:
        file = files.json(output)
        tuning = learn(read_links(links), labelled, settings=base)
        if file is not None:
            file.write(json.dumps(tuning.settings(base).to_dict(), indent=2).encode() + b"\n")
    if not quiet:
        # Settings that go to standard output are to be read by a program.
        told = json.dumps(tuning.to_dict(), indent=2) if as_json else str(tuning)
        if output == "-":
            typer.echo(told, err=True)
        else:
            print_lines(told)


def read_links(path: str) -> Iterator[Mapping[str, Any]]:
    """The rows of a table of links; none, if it is empty."""
    from storyclust.errors import EmptyInputError
    from storyclust.io import Columns, StoryReader

    # The reader wants a text; for a table of pairs the other id will do.
    reader = StoryReader(path, columns=Columns(id="id_a", text="id_b"))
    try:
        yield from (located.record.fields for located in reader)
    except EmptyInputError:
        return


def read_labelled(path: str) -> list[LabelledPair]:
    """Labelled pairs from tab-separated values; each of weight 1 and all of one stratum, where none is told."""
    from storyclust.errors import DataError, MissingColumnError

    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t")
            named = rows.fieldnames or ()
            missing = [column for column in REQUIRED if column not in named]
            if missing:
                raise MissingColumnError(
                    f"{path}: no column {', '.join(missing)}; expected {', '.join(REQUIRED)}, separated by tabs, and "
                    f"got {', '.join(named) or 'none'}"
                )
            found = [_labelled(row, f"{path}:{rows.line_num}") for row in rows]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {path}: {error}; expected a readable UTF-8 file") from error
    if not found:
        raise DataError(f"{path}: no labelled pairs; expected at least one row below the header")
    return found


def _labelled(row: Mapping[str, str | None], where: str) -> LabelledPair:
    from storyclust.errors import RecordError
    from storyclust.metrics import LABELS, LabelledPair

    a, b, label = (row[column] for column in REQUIRED)
    if not a or not b or a == b:
        raise RecordError(f"{where}: the ids are {a!r} and {b!r}; expected those of two stories")
    if label not in LABELS:
        raise RecordError(f"{where}: the label is {label!r}; expected one of {', '.join(LABELS)}")
    told = row.get("weight") or "1"
    try:
        weight = float(told)
    except ValueError:
        weight = 0.0
    if not 0 < weight < float("inf"):
        raise RecordError(f"{where}: the weight is {told!r}; expected a number above 0")
    return LabelledPair(a, b, label, weight, row.get("stratum") or ONE_STRATUM)
