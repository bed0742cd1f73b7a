"""``storyclust score``: how good a result is against the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from storyclust.cli.labelled import read_pairs
from storyclust.cli.outputs import print_lines


def score(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="Links or assignments, as cluster writes them.")],
    truth: Annotated[
        str,
        typer.Argument(
            metavar="TRUTH",
            help="For links: labelled pairs, a .tsv file with the columns id_a, id_b, label and, if you sampled them, "
            "weight and stratum. For assignments: stories with their true cluster.",
        ),
    ],
    id: Annotated[str, typer.Option("--id", help="Column of the id in the truth.")] = "id",
    cluster: Annotated[
        str,
        typer.Option(
            "--cluster", help="Column of the true cluster; of the assignments the same is scored, or else cluster."
        ),
    ] = "cluster",
) -> None:
    """Score links against labelled pairs, or assignments against true clusters; print JSON."""
    from storyclust.io.formats import ending
    from storyclust.metrics import score_clusters, score_links

    if ending(truth) == ".tsv":
        links = ((row["id_a"], row["id_b"], row["relation"]) for row in _rows(result, "id_a", ("id_b", "relation")))
        scores: Mapping[str, Any] = score_links(links, read_pairs(truth))
    else:
        found = {row["id"]: row.get(cluster, row["cluster"]) for row in _rows(result, "id", ("cluster",))}
        true = {row[id]: row[cluster] for row in _rows(truth, id, (cluster,))}
        scores = score_clusters(found, true)
    print_lines(json.dumps(scores, indent=2))


def _rows(path: str, id: str, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The records of a file, each with an id and the columns asked for."""
    from storyclust.errors import EmptyInputError, MissingColumnError, RecordError
    from storyclust.io import Columns, StoryReader

    # The reader wants a text; for a table of ids any column will do.
    reader = StoryReader(path, columns=Columns(id=id, text=id))
    try:
        for located in reader:
            fields = located.record.fields
            missing = [column for column in columns if column not in fields]
            if missing:
                raise MissingColumnError(
                    f"{located.file}:{located.line}: no column {missing[0]!r}; expected {', '.join((id, *columns))}, "
                    f"got {', '.join(fields)}"
                )
            for column in columns:
                if isinstance(fields[column], list | dict):
                    raise RecordError(
                        f"{located.file}:{located.line}: {column!r} is {fields[column]!r:.60}; "
                        "expected text or a number"
                    )
            yield fields
    except EmptyInputError:
        return  # a result without links is a result
