"""``storyclust tune``: settings from labelled pairs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from storyclust.cli import options as o
from storyclust.cli.labelled import read_pairs
from storyclust.cli.outputs import outputs, print_lines


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
    labelled = read_pairs(pairs)
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
