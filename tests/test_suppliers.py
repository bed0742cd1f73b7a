"""Whose a story is: what it came with, its outlet, its text; and what that decides of copies."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from harbour import FIRST
from storyclust import Settings, Story, StoryClusters, cluster_stories, compare_stories
from storyclust.cli.app import app
from storyclust.cluster.standing import UNUSABLE, standing
from storyclust.coverage import Coverage
from storyclust.text.credit_rows import rows_of
from storyclust.text.suppliers import agencies_of, agency_named, is_own

SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"
MORNING = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def printed(id: str, outlet: str, credit: str = "", *, hours: int = 0, title: str | None = None, **more: str) -> Story:
    text = f"{FIRST.text}\n{credit}" if credit else FIRST.text
    return Story(id, text, title, outlet, MORNING + timedelta(hours=hours), **more)  # type: ignore[arg-type]


def kept(*stories: Story, rule: str = "centroid") -> tuple[str, str]:
    settings = Settings(canonical=rule)  # type: ignore[arg-type]
    results = [cluster_stories(order, settings=settings) for order in itertools.permutations(stories)]
    [cluster] = results[0]
    assert all(result.clusters == (cluster,) for result in results)
    return cluster.canonical, cluster.reason


# Whose it is


def test_what_a_story_came_with_goes_before_its_outlet_and_its_text() -> None:
    story = printed("a", "Reuters", "(AFP)", agency="Press Association")
    assert agencies_of(story) == ("PA",)
    assert agencies_of(replace(story, agency=None)) == ("Reuters",)
    assert agencies_of(replace(story, agency=None, source="Echo")) == ("AFP",)
    assert agencies_of(replace(story, agency=None, source="Echo", text=FIRST.text)) == ()
    assert agencies_of(replace(story, agency="dpa / AFP")) == ("dpa", "AFP")


def test_the_names_given_are_read_as_themselves() -> None:
    every = list(dict.fromkeys(row.name for row in rows_of("agency")))
    for names in (*([name] for name in every), every):
        assert agencies_of(Story("a", "", agency=", ".join(names))) == tuple(names)


OWN_OUTLETS = [
    *[("AFP", "AFP"), ("afp.com", "AFP"), ("apnews.com", "AP"), ("www.reuters.com", "Reuters"), ("PA", "PA")],
    *[("واس", "SPA"), ("The Associated Press", "AP"), ("Associated Press Street Echo", None), ("pa", None)],
    *[
        ("Trend", "Trend"),
        ("trend.com", None),
        ("Reuters Street Echo", None),
        ("agencies", None),
        ("", None),
        (None, None),
    ],
]


@pytest.mark.parametrize(("outlet", "agency"), OWN_OUTLETS)
def test_an_outlet_is_an_agency_by_its_whole_name(outlet: str | None, agency: str | None) -> None:
    assert agency_named(outlet) == agency
    assert is_own(Story("a", "", source=outlet)) == (agency is not None)


def test_an_agency_that_runs_what_another_supplied_is_not_its_own() -> None:
    assert not is_own(Story("a", "", source="APA", agency="Reuters"))


# What is kept


@pytest.mark.parametrize("rule", ["centroid", "longest"])
def test_of_equals_the_agencys_own_copy_is_kept(rule: str) -> None:
    stories = printed("a", "Echo", hours=0), printed("b", "Reuters", hours=1), printed("c", "Courier", hours=2)
    best, reason = kept(*stories, rule=rule)
    assert (best, "the agency's own" in reason) == ("b", True)


@pytest.mark.parametrize("rule", ["centroid", "longest"])
def test_of_equals_the_latest_version_is_kept_before_the_agencys_own(rule: str) -> None:
    stories = (
        printed("a", "Reuters", title="Ferry aground"),
        printed("b", "Echo", hours=1, title="UPDATE 1-Ferry aground"),
        printed("c", "Courier", hours=2, title="CORRECTED-Ferry aground"),
        printed("d", "Herald", hours=3, title="URGENT-Ferry aground"),
    )
    best, reason = kept(*stories, rule=rule)
    assert (best, "a later or corrected version" in reason) == ("c", True)
    assert kept(*stories[:2], stories[3], rule=rule)[0] == "b"


def test_several_that_stand_alike_leave_the_earliest() -> None:
    stories = printed("a", "Echo"), printed("b", "Reuters", hours=2), printed("c", "Reuters", hours=1)
    best, reason = kept(*stories)
    assert (best, "the earliest such of 3" in reason) == ("c", True)
    assert kept(printed("a", "Echo"), printed("b", "Courier", hours=1))[1].endswith(
        "the earliest of 2 that are complete"
    )


def test_the_earliest_is_the_earliest_whatever_it_says() -> None:
    corrected = printed("b", "Reuters", hours=1, title="CORRECTED-Ferry aground")
    assert kept(printed("a", "Echo"), corrected, rule="earliest")[0] == "a"


@pytest.mark.parametrize("rule", ["centroid", "earliest", "longest"])
def test_what_says_that_it_is_withdrawn_is_not_kept(rule: str) -> None:
    killed = printed("a", "Reuters", title="STORY WITHDRAWN-Ferry aground")
    best, reason = kept(killed, printed("b", "Echo", hours=1), rule=rule)
    assert (best, reason.startswith("1 withheld or canceled is left out; ")) == ("b", True)


def test_standing_is_one_number_with_the_unusable_below_all() -> None:
    stories = [replace(FIRST, title=title) for title in ("URGENT-x", "x", "LEAD 1-x", "UPDATE 99-x", "CORRECTED-x")]
    numbers = [standing(replace(story, source=outlet)) for story in stories for outlet in ("Echo", "AFP")]
    assert numbers == sorted(set(numbers))
    assert standing(replace(FIRST, status="withheld")) == UNUSABLE < numbers[0]


# Where it came from


def origin(one: Story, other: Story) -> tuple[str | None, str | None]:
    link = compare_stories(one, other)
    assert link.relation == "copy"
    return link.origin, link.origin_sign


def test_an_outlet_that_credits_an_agency_took_it_from_there() -> None:
    wire, credits = printed("w", "apnews.com", hours=2), printed("o", "Echo", "By The Associated Press")
    assert origin(wire, credits) == ("w", "credited")
    assert origin(wire, replace(credits, text=FIRST.text)) == ("o", "earlier")
    assert origin(replace(wire, source="Herald"), credits) == ("o", "earlier")


def test_an_outlet_that_was_supplied_took_it_from_there() -> None:
    wire, supplied = printed("w", "Corvane Wire", hours=2), printed("o", "Echo", agency="corvane wire")
    assert origin(wire, supplied) == ("w", "credited")
    assert origin(replace(wire, source="Agence France-Presse"), replace(supplied, agency="AFP")) == ("w", "credited")


# Who ran it


def ferry() -> StoryClusters:
    return cluster_stories(
        [
            printed("w", "Reuters"),
            printed("a", "Echo", "(Reuters)", hours=1),
            printed("b", "Courier", "(Courier with AFP and Reuters)", hours=2),
            printed("c", "Echo", hours=3),
        ]
    )


def test_a_cluster_is_summed_up() -> None:
    coverage = ferry().coverage("a")
    assert str(coverage) == "Reuters story: 4 stories of 3 outlets, seen 2026-01-05 09:30 to 2026-01-05 12:30 UTC"
    assert coverage.agencies == ("Reuters", "AFP")
    assert coverage.outlets == ("Courier", "Echo", "Reuters")


def test_a_summary_tells_what_is_known() -> None:
    assert str(Coverage.of([Story("a", "The ferry sank.")])) == "1 story of 0 outlets, undated"
    dated = Story("a", "The ferry sank.\n(With agencies)", source="Echo", published=MORNING)
    assert str(Coverage.of([dated])) == "1 story of 1 outlet, seen 2026-01-05 09:30 UTC"


def test_rows_say_who_carries_whom() -> None:
    rows = [tuple(row.values()) for row in ferry().source_rows()]
    assert rows == [
        ("Courier", "AFP", 1),
        ("Courier", "Reuters", 1),
        ("Echo", None, 1),
        ("Echo", "Reuters", 1),
        ("Reuters", "Reuters", 1),
    ]


def test_the_command_line_writes_both(tmp_path: Path) -> None:
    source, clusters, sources = (tmp_path / f"{name}.jsonl" for name in ("wire", "clusters", "sources"))
    result = ferry()
    lines = [{"id": s.id, "text": s.text, "source": s.source, "published": str(s.published)} for s in result.stories]
    source.write_text("".join(json.dumps(line) + "\n" for line in lines))
    arguments = [
        "cluster",
        str(source),
        "-o",
        str(tmp_path / "out.jsonl"),
        "--clusters",
        str(clusters),
        "--sources",
        str(sources),
    ]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    for path, rows, schema in ((clusters, result.cluster_rows(), "cluster"), (sources, result.source_rows(), "source")):
        written = [json.loads(line) for line in path.read_text().splitlines()]
        assert written == list(rows)
        for row in written:
            jsonschema.validate(row, json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))
