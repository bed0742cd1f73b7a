"""The command line: what each command prints and writes, and how it ends."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest

from storyclust import Settings, Story, StoryClusters, StoryReader, cluster_stories, load_newsroom, metrics
from storyclust.cli import main
from storyclust.cli.labelled import read_pairs
from straits import STRAITS, TRUTH

COPIES = {id: true.copy_cluster for id, true in TRUTH.items()}
SCHEMAS = Path(__file__).parent.parent / "docs" / "schemas"
ASSIGNMENT_COLUMNS = [
    *("id", "cluster", "canonical", "is_canonical", "relation", "shared_words", "share"),
    *("version_cluster", "copy_cluster"),
]
LINK_COLUMNS = [
    *("id_a", "id_b", "relation", "shared_words", "share", "quoted_words", "jaccard", "containment", "passages"),
    *("origin", "passage_share", "longest_narrated", "likeness"),
]
CLUSTER_COLUMNS = [
    *("cluster", "level", "size", "canonical", "reason", "first_published", "last_published", "sources", "members"),
    "agencies",
]
MATCH_COLUMNS = ["id", "match", "relation", "shared_words", "share", "matches"]
REJECT_COLUMNS = ["file", "line", "id", "reason"]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: object) -> Done:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Done(int(ended.value.code or 0), captured.out, captured.err)

    return run


def fields_of(story: Story) -> dict[str, Any]:
    published = story.published and story.published.isoformat()
    return {"id": story.id, "text": story.text, "title": story.title, "source": story.source, "published": published}


def lines_of(stories: list[Story]) -> list[bytes]:
    """One JSON line a story, each in another writing, with fields nobody asked for."""
    writings: list[dict[str, Any]] = [{}, {"ensure_ascii": False}, {"separators": (" , ", " :")}, {"sort_keys": True}]
    return [
        json.dumps(fields_of(story) | {"desk": number, "tags": ["night", None]}, **writings[number % 4]).encode()
        + b"\n"
        for number, story in enumerate(stories)
    ]


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stories of the straits, last one first."""
    path = tmp_path_factory.mktemp("wire") / "wire.jsonl"
    path.write_bytes(b"".join(lines_of(STRAITS[::-1])))
    return path


@pytest.fixture(scope="module")
def expected() -> StoryClusters:
    return cluster_stories(STRAITS)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def kept_of(level: str) -> set[str]:
    """The stories kept at a level."""
    return {cluster.canonical for cluster in cluster_stories(STRAITS, settings=Settings(level=level))}  # type: ignore[arg-type]


# storyclust cluster


def test_cluster_writes_what_the_library_finds(run: Run, wire: Path, expected: StoryClusters, tmp_path: Path) -> None:
    names = ("assignments", "links", "clusters")
    outputs = [tmp_path / f"{name}.jsonl" for name in names]
    done = run("cluster", wire, "-o", outputs[0], "--links", outputs[1], "--clusters", outputs[2])
    assert (done.status, done.out) == (0, "")
    assert done.err.splitlines()[0] == str(expected)
    for name, path in zip(names, outputs, strict=True):
        getattr(expected, f"write_{name}")(tmp_path / f"expected-{name}.jsonl")
        assert path.read_bytes() == (tmp_path / f"expected-{name}.jsonl").read_bytes()
    assert {row["id"]: row["copy_cluster"] for row in rows(outputs[0])} == COPIES


@pytest.fixture(scope="module")
def tables(wire: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every table that the commands write, with a reject in each kind of place."""
    folder = tmp_path_factory.mktemp("tables")
    spoilt = folder / "spoilt.jsonl"
    spoilt.write_bytes(wire.read_bytes() + b'not a record\n{"id": "listed", "text": ["a", "b"]}\n')
    paths = {name: folder / f"{name}.jsonl" for name in ("assignments", "links", "clusters", "rejects")}
    options = [f"--{name}={path}" for name, path in paths.items() if name != "assignments"]
    with pytest.raises(SystemExit):
        main(["cluster", str(spoilt), "-o", str(paths["assignments"]), "--on-error", "skip", "-q", *options])
    paths["matches"] = folder / "matches.jsonl"
    with pytest.raises(SystemExit):
        main(["match", str(wire), "--against", str(wire), "-o", str(paths["matches"]), "-q"])
    return paths


@pytest.mark.parametrize(
    ("table", "columns", "count"),
    [
        ("assignments", ASSIGNMENT_COLUMNS, 30),
        ("links", LINK_COLUMNS, 21),
        ("clusters", CLUSTER_COLUMNS, 6),
        ("rejects", REJECT_COLUMNS, 2),
        ("matches", MATCH_COLUMNS, 30),
    ],
)
def test_tables_have_exactly_these_columns(tables: dict[str, Path], table: str, columns: list[str], count: int) -> None:
    assert [list(row) for row in rows(tables[table])] == [columns] * len(rows(tables[table]))
    assert len(rows(tables[table])) >= count


@pytest.mark.parametrize("table", ["assignments", "links", "clusters", "rejects", "matches"])
def test_tables_are_as_their_schemas_say(tables: dict[str, Path], table: str) -> None:
    if not SCHEMAS.is_dir():
        pytest.skip("docs/schemas is not written yet")
    (schema_path,) = SCHEMAS.glob(f"{table.removesuffix('es') if table == 'matches' else table[:-1]}*.json")
    schema = json.loads(schema_path.read_text())
    validator = jsonschema.validators.validator_for(schema)
    validator.check_schema(schema)
    for row in rows(tables[table]):
        validator(schema).validate(row)
        spoilt = {name: value for name, value in row.items() if name != next(iter(row))}
        assert not validator(schema).is_valid(spoilt)


def test_rejects_say_where_and_why(tables: dict[str, Path]) -> None:
    unreadable, listed = rows(tables["rejects"])
    assert [(row["line"], row["id"]) for row in (unreadable, listed)] == [(31, None), (32, "listed")]
    assert unreadable["file"].endswith("spoilt.jsonl")
    assert "not JSON" in unreadable["reason"]
    assert "text" in listed["reason"]


@pytest.mark.parametrize("name", [f"out.{ending}{gz}" for ending in ("jsonl", "csv", "parquet") for gz in ("", ".gz")])
def test_cluster_writes_any_format(run: Run, wire: Path, name: str, tmp_path: Path, expected: StoryClusters) -> None:
    assert run("cluster", wire, "-o", tmp_path / name, "-q") == Done(0, "", "")
    content = (tmp_path / name).read_bytes()
    content = gzip.decompress(content) if name.endswith(".gz") else content
    if "parquet" in name:
        table = pq.read_table(io.BytesIO(content))
        columns, ids = table.column_names, table.column("id").to_pylist()
        assert json.loads(table.schema.metadata[b"storyclust_settings"]) == Settings().to_dict()
    elif "csv" in name:
        header, *cells = csv.reader(io.StringIO(content.decode(), newline=""))
        columns, ids = header, [row[0] for row in cells]
    else:
        parsed = [json.loads(line) for line in content.splitlines()]
        columns, ids = list(parsed[0]), [row["id"] for row in parsed]
    assert columns == ASSIGNMENT_COLUMNS
    assert ids == [row["id"] for row in expected.assignments()]


def test_results_alone_go_to_standard_output(run: Run, wire: Path, expected: StoryClusters) -> None:
    done = run("cluster", wire, "-o", "-")
    assert done.status == 0
    assert [json.loads(line) for line in done.out.splitlines()] == list(expected.assignments())
    assert done.err.splitlines()[0] == str(expected)
    links = run("cluster", wire, "-o", "/dev/null", "--format", "jsonl", "--links", "-", "-q")
    assert links.status == 2  # /dev/null has no ending
    assert "/dev/null" in links.err


def test_summary_is_written_as_json(run: Run, wire: Path, expected: StoryClusters, tmp_path: Path) -> None:
    done = run("cluster", wire, "-o", tmp_path / "a.jsonl", "--summary", tmp_path / "summary.json", "--prefer", "Wire")
    assert done.status == 0
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["settings"]["preferred_sources"] == ["Wire"]
    differing = {"settings": None, "preferred_unmatched": 1}
    assert summary | {"settings": None} == expected.summary() | differing


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (["--min-words", "400"], {"min_words": 400}),
        (["--set", "version_share=0.9", "--set", "copy_share = 1"], {"version_share": 0.9, "copy_share": 1}),
        (["--set", "partial_words=400", "--set", "sentence_words=400"], {"partial_words": 400, "sentence_words": 400}),
        (["--set", "level=copy", "--set", "copy_share=1"], {"level": "copy", "copy_share": 1}),
        (
            ["--set", "level=version", "--level", "copy", "--set", "copy_share=1"],
            {"level": "copy", "copy_share": 1},
        ),
        (["--set", "canonical=earliest", "--set", "canonical=longest"], {"canonical": "longest"}),
        (["--set", 'preferred_sources=["Hask Tidings"]'], {"preferred_sources": ("Hask Tidings",)}),
        (["--set", 'must_link=[["ivrel-star","oudra-flood"]]'], {"must_link": (("ivrel-star", "oudra-flood"),)}),
        (["--canonical", "earliest"], {"canonical": "earliest"}),
        (["--canonical=longest", "--level=copy"], {"canonical": "longest", "level": "copy"}),
        (
            ["--prefer", "Hask Tidings", "--prefer", "Ostrel Today"],
            {"preferred_sources": ("Hask Tidings", "Ostrel Today")},
        ),
    ],
)
def test_rules_are_the_settings(run: Run, wire: Path, options: list[str], settings: dict[str, Any]) -> None:
    done = run("cluster", wire, "-o", "-", *options)
    chosen = list(cluster_stories(STRAITS, settings=Settings(**settings)).assignments())
    assert [json.loads(line) for line in done.out.splitlines()] == chosen
    assert chosen != list(cluster_stories(STRAITS).assignments())


def test_any_number_of_threads_writes_the_same(run: Run, wire: Path, tmp_path: Path) -> None:
    for threads in (1, 3):
        folder = tmp_path / str(threads)
        folder.mkdir()
        done = run("cluster", wire, "-o", folder / "a.jsonl", "--links", folder / "l.csv", "--threads", threads)
        assert done.status == 0
    for name in ("a.jsonl", "l.csv"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "3" / name).read_bytes()


# What goes in


def test_too_little_memory_is_told(run: Run, wire: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("storyclust.learning.first_pass.analyse_all", too_much)
    ended = run("cluster", wire, "-o", tmp_path / "out.jsonl")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("error: there is not enough memory for these stories; no file was written")
    assert not (tmp_path / "out.jsonl").exists()


def test_standard_input(run: Run, wire: Path, monkeypatch: pytest.MonkeyPatch, expected: StoryClusters) -> None:
    for content in (wire.read_bytes(), gzip.compress(wire.read_bytes())):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        done = run("cluster", "-", "-o", "-", "-q")
        assert [json.loads(line) for line in done.out.splitlines()] == list(expected.assignments())


def test_standard_input_in_another_format(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"id,text\r\na,The ferry sank.\r\nb,Nobody drowned.\r\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    done = run("dedup", "-", "--format", "csv", "-o", "-", "-q", "--min-words", "1")
    assert [json.loads(line) for line in done.out.splitlines()] == [
        {"id": "a", "text": "The ferry sank."},
        {"id": "b", "text": "Nobody drowned."},
    ]


def test_several_files_of_several_formats(run: Run, tmp_path: Path, expected: StoryClusters) -> None:
    (tmp_path / "one.jsonl.gz").write_bytes(gzip.compress(b"".join(lines_of(STRAITS[:10]))))
    with (tmp_path / "two.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, fields_of(STRAITS[0]))
        table.writeheader()
        table.writerows(map(fields_of, STRAITS[10:]))
    done = run("cluster", tmp_path / "one.jsonl.gz", tmp_path / "two.csv", "-o", "-")
    assert [json.loads(line) for line in done.out.splitlines()] == list(expected.assignments())


def test_a_folder_of_text_files(run: Run, tmp_path: Path) -> None:
    for place, id in (("monday", "corvane-ferry"), ("tuesday/late", "marrek-courier-ferry"), (".", "orrin-strike")):
        (tmp_path / "wire" / place).mkdir(parents=True, exist_ok=True)
        text = next(story.text for story in STRAITS if story.id == id)
        (tmp_path / "wire" / place / f"{id}.txt").write_text(text)
    (tmp_path / "wire" / "notes.md").write_text("no story")
    done = run("cluster", tmp_path / "wire", "-o", "-")
    found = {row["id"]: row["cluster"] for row in map(json.loads, done.out.splitlines())}
    ferries = ["monday/corvane-ferry", "tuesday/late/marrek-courier-ferry"]
    assert found == {ferries[0]: ferries[0], ferries[1]: ferries[0], "orrin-strike": "orrin-strike"}


def test_columns_go_by_other_names(run: Run, tmp_path: Path, expected: StoryClusters) -> None:
    names = {"id": "url", "text": "body", "title": "headline", "source": "outlet", "published": "when"}
    renamed = [{names[name]: value for name, value in fields_of(story).items()} for story in STRAITS]
    path = tmp_path / "wire.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in renamed))
    options = [f"--{name}={column}" for name, column in names.items()]
    done = run("cluster", path, "-o", "-", "--clusters", tmp_path / "clusters.jsonl", *options)
    assert [json.loads(line) for line in done.out.splitlines()] == list(expected.assignments())
    # Sources and times have arrived too.
    assert rows(tmp_path / "clusters.jsonl") == list(expected.cluster_rows())
    kept = run("dedup", path, "-o", "-", *options)
    assert {row["url"] for row in map(json.loads, kept.out.splitlines())} == kept_of("copy")
    told = run("explain", path, "corvane-ferry", "oudra-flood", *options)
    assert told.out.startswith("corvane-ferry: Ferry with 212 aboard")


def test_dates_that_cannot_be_read_are_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_text(json.dumps({"id": "a", "text": STRAITS[0].text, "date": "the day before"}) + "\n")
    done = run("cluster", path, "-o", tmp_path / "a.jsonl")
    assert done.status == 0
    assert done.err.startswith(f"1 date could not be read and count as none: {path}:1 'the day before'\n")


# storyclust dedup


def test_dedup_copies_lines_byte_for_byte_in_input_order(run: Run, wire: Path, tmp_path: Path) -> None:
    kept, removed = tmp_path / "kept.jsonl", tmp_path / "removed.jsonl"
    done = run("dedup", wire, "-o", kept, "--removed", removed)
    assert (done.status, done.out) == (0, "")
    assert re.search(r"17 of 30 stories to keep.*13 ", done.err)
    canonical = kept_of("copy")
    lines = wire.read_bytes().splitlines(keepends=True)
    assert kept.read_bytes() == b"".join(line for line in lines if json.loads(line)["id"] in canonical)
    gone = rows(removed)
    assert [list(row) for row in gone] == [ASSIGNMENT_COLUMNS] * 13
    assert {row["id"] for row in gone} | canonical == set(COPIES)
    assert all(row["canonical"] in canonical and not row["is_canonical"] for row in gone)


def test_dedup_keeps_lines_without_end_and_several_files(run: Run, tmp_path: Path) -> None:
    one, two = lines_of(STRAITS[:4]), lines_of([Story("copy", STRAITS[0].text, published=None), *STRAITS[20:]])
    (tmp_path / "one.jsonl").write_bytes(b"\n".join(one).rstrip(b"\n"))
    (tmp_path / "two.jsonl").write_bytes(b"".join(two))
    done = run(
        "dedup", tmp_path / "one.jsonl", tmp_path / "two.jsonl", "-o", tmp_path / "kept.jsonl", "--keep=earliest"
    )
    assert done.status == 0
    kept = (tmp_path / "kept.jsonl").read_bytes().splitlines(keepends=True)
    assert kept[0] == one[0]
    given = [*one, *two]
    assert [given.index(line) for line in kept] == sorted(given.index(line) for line in kept)
    assert two[0] not in kept


def test_dedup_to_other_formats(run: Run, wire: Path, tmp_path: Path) -> None:
    assert run("dedup", wire, "-o", tmp_path / "kept.jsonl").status == 0
    kept = [row["id"] for row in rows(tmp_path / "kept.jsonl")]
    for name in ("kept.csv", "kept.parquet"):
        assert run("dedup", wire, "-o", tmp_path / name, "-q") == Done(0, "", "")
    with (tmp_path / "kept.csv").open(newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == kept
    assert pq.read_table(tmp_path / "kept.parquet").column("id").to_pylist() == kept
    removed, items = tmp_path / "removed.jsonl", tmp_path / "kept.ninjs.json"
    assert run("dedup", wire, "-o", items, "--removed", removed, "-q") == Done(0, "", "")
    assert [located.story.id for located in StoryReader(items)] == kept
    told = {
        (to["name"], to["uri"], item["uri"])
        for item in rows(items)
        for to in item.get("associations", ())
        if to["name"] != "evolvedFrom"
    }
    assert told == {(row["relation"], row["id"], row["canonical"]) for row in rows(removed)}


def test_dedup_reads_standard_input_twice(
    run: Run, wire: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("dedup", wire, "-o", tmp_path / "kept.jsonl")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(wire.read_bytes())))
    assert run("dedup", "-", "-o", "-", "-q").out.encode() == (tmp_path / "kept.jsonl").read_bytes()


def test_a_dry_run_writes_nothing(run: Run, wire: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = run("dedup", wire, "--dry-run")
    assert (told.status, told.out) == (0, "")
    assert told.err == run("dedup", wire, "-o", "kept.jsonl").err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.jsonl"]


@pytest.mark.parametrize("options", [[], ["--dry-run", "-o", "kept.jsonl"]])
def test_dedup_needs_an_output_or_a_dry_run(run: Run, wire: Path, options: list[str]) -> None:
    done = run("dedup", wire, *options)
    assert done.status == 2
    assert "--output" in done.err
    assert "--dry-run" in done.err


def test_keep_and_prefer(run: Run, wire: Path) -> None:
    for options, star in (
        (["--keep", "earliest"], "hask-tidings-star"),
        (["--keep", "centroid"], "ivrel-star"),
        (["--prefer", "Ostrel Today"], "ostrel-today-star"),
    ):
        kept = {json.loads(line)["id"] for line in run("dedup", wire, "-o", "-", *options).out.splitlines()}
        assert star in kept
        assert len(kept) == 17


# storyclust score


def write_pairs(path: Path, labelled: list[tuple[str, str, str, str, str]]) -> Path:
    header = ("id_a", "id_b", "label", "weight", "stratum")
    path.write_text("".join("\t".join(row) + "\n" for row in [header, *labelled]))
    return path


PAIRS = [
    ("oudra-flood", "ostrel-today-flood", "COPY", "10.5", "full"),
    ("oudra-flood", "oudra-flood-peak", "VERSION", "3", "some"),
    ("lannow-market-tuesday", "lannow-market-wednesday", "FORMULA", "2", "some"),
    ("dovrel-recall", "skarrow-echo-recall", "COPY", "4", "some"),
    ("delmora-pensions", "lannow-post-pensions", "QUOTES", "1", "some"),
]


def test_what_is_no_json_on_standard_input_may_be_of_another_format(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for lines, told in (("id,text\n1,Ferry\n", True), ('{"id": "1", "text": ""}\n{"id":\n', False)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
        done = run("cluster", "-", "-o", tmp_path / "out.jsonl")
        assert done.status == 1
        assert (
            "expected one JSON object. Standard input is read as JSON lines; name another format with --format"
            in done.err
        ) == told


def test_score_links(run: Run, wire: Path, tmp_path: Path, expected: StoryClusters) -> None:
    pairs = write_pairs(tmp_path / "pairs.tsv", PAIRS)
    links = ((link.id_a, link.id_b, link.relation or "") for link in expected.links())
    scores = metrics.score_links(links, read_pairs(str(pairs)))
    assert scores["copy"]["recall"] == 1.0
    assert scores["copy"]["precision"] == pytest.approx(14.5 / 15.5)
    assert scores["version"]["recall"] == pytest.approx(14.5 / 17.5)
    for name in ("links.jsonl", "links.csv", "links.parquet"):
        assert run("cluster", wire, "-o", tmp_path / "a.jsonl", "--links", tmp_path / name).status == 0
        done = run("score", tmp_path / name, pairs)
        assert (done.status, done.err) == (0, "")
        assert json.loads(done.out) == scores


def test_pairs_of_no_weight_weigh_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "links.jsonl").write_text(LINKED)
    (tmp_path / "plain.tsv").write_text("id_a\tid_b\tlabel\na\tb\tCOPY\na\tc\tCOPY\n")
    (tmp_path / "told.tsv").write_text("id_a\tid_b\tlabel\tweight\tstratum\na\tb\tCOPY\t1\tx\na\tc\tCOPY\t1\tx\n")
    plain, told = (run("score", tmp_path / "links.jsonl", tmp_path / f"{name}.tsv") for name in ("plain", "told"))
    assert json.loads(plain.out)["copy"]["recall"] == 0.5
    assert plain == told


@pytest.mark.parametrize(
    "arguments",
    [
        ["cluster", "WIRE", "-o", "-", "--profile", "GONE"],
        ["cluster", "WIRE", "-o", "-", "--rules", "GONE"],
        ["score", "links.jsonl", "GONE"],
        ["tune", "links.jsonl", "GONE"],
    ],
)
def test_a_named_file_that_is_not_there_is_told_as_stories_are(
    arguments: list[str], run: Run, wire: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("links.jsonl").write_text(LINKED)
    done = run(*({"WIRE": str(wire), "GONE": "gone.tsv"}.get(each, each) for each in arguments))
    assert (done.status, done.out) == (2, "")
    assert re.fullmatch(r"error: no such file: gone\.tsv; expected a file .*\. Check the spelling\n", done.err)


def test_score_assignments(run: Run, wire: Path, tmp_path: Path) -> None:
    assert run("cluster", wire, "-o", tmp_path / "a.csv", "--level", "copy").status == 0
    perfect, merged = tmp_path / "truth.jsonl", tmp_path / "merged.jsonl"
    perfect.write_text("".join(json.dumps({"id": id, "cluster": true}) + "\n" for id, true in COPIES.items()))
    done = run("score", tmp_path / "a.csv", perfect, "--cluster", "cluster")
    assert (done.status, done.err) == (0, "")
    assert set(json.loads(done.out).values()) == {1.0}
    merged.write_text("".join(json.dumps({"name": id, "event": true[:1]}) + "\n" for id, true in COPIES.items()))
    done = run("score", tmp_path / "a.csv", merged, "--id", "name", "--cluster", "event")
    scores = metrics.score_clusters(COPIES, {id: true[:1] for id, true in COPIES.items()})
    assert json.loads(done.out) == pytest.approx(scores)
    assert 0 < json.loads(done.out)["ari"] < 1


LINKED = '{"id_a": "a", "id_b": "b", "relation": "copy"}\n'
ASSIGNED = '{"id": "a", "cluster": "a"}\n'


@pytest.mark.parametrize(
    ("result", "truth_name", "truth", "message"),
    [
        (LINKED, "pairs.tsv", "id_a\tlabel\na\tCOPY\n", "no column id_b; expected id_a, id_b, label, separated by"),
        (LINKED, "pairs.tsv", "id_a\tid_b\tlabel\tweight\tstratum\n", "no labelled pairs; expected at least one row"),
        (LINKED, "pairs.tsv", "id_a\tid_b\tlabel\tweight\tstratum\na\tb\tCOPY\tmuch\t1\n", ":2: the weight is 'much'"),
        (LINKED, "pairs.tsv", "id_a\tid_b\tlabel\tweight\tstratum\na\tb\tSAME\t1\t1\n", ":2: the label is 'SAME'"),
        (
            ASSIGNED,
            "pairs.tsv",
            "id_a\tid_b\tlabel\tweight\tstratum\na\tb\tCOPY\t1\t1\n",
            "column 'id_a'; the columns there are: id, cluster",
        ),
        (ASSIGNED, "truth.jsonl", '{"id": "b", "cluster": "b"}\n', "1 of 1 ids, 'a' the first, are not in the truth"),
        (ASSIGNED, "truth.jsonl", '{"id": "a"}\n', "no column 'cluster'; expected id, cluster, got id"),
        (LINKED, "truth.jsonl", ASSIGNED, "column 'id'; the columns there are: id_a, id_b, relation"),
    ],
)
def test_score_says_what_is_wrong(
    run: Run, tmp_path: Path, result: str, truth_name: str, truth: str, message: str
) -> None:
    (tmp_path / "result.jsonl").write_text(result)
    (tmp_path / truth_name).write_text(truth)
    done = run("score", tmp_path / "result.jsonl", tmp_path / truth_name)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert message in done.err


# storyclust explain, storyclust demo, storyclust


def test_explain_wants_files_first_and_two_ids_last(run: Run, wire: Path) -> None:
    done = run("explain", wire, "dovrel-recall")
    assert (done.status, done.out) == (2, "")
    assert f"two arguments were given, {wire} and dovrel-recall; expected files of stories and then two ids" in done.err
    done = run("explain", "dovrel-recall", "skarrow-echo-recall", wire)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: no such file: dovrel-recall; expected a file or folder that exists. ")
    assert "The files come first, and the two ids last" in done.err


def test_explain_shows_the_passages(run: Run, wire: Path, expected: StoryClusters) -> None:
    done = run("explain", wire, "skarrow-echo-recall", "dovrel-recall")
    link = expected.explain("dovrel-recall", "skarrow-echo-recall")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == (
        "dovrel-recall: Dovrel recalls 380,000 loaves after plastic is found in bread "
        "[Corvane Telegraphic Service, 2026-03-10 16:20]"
    )
    assert lines[1].startswith("skarrow-echo-recall: Dovrel loaves recalled [Skarrow Echo, ")
    assert link.reason in lines
    for passage in link.passages:
        assert f"{passage.words} words, {passage.kind}:" in lines
        assert f"  dovrel-recall {passage.a_start}:{passage.a_stop}" in lines


def test_explain_tells_why_not(run: Run, wire: Path, expected: StoryClusters) -> None:
    done = run("explain", wire, "ambry-observer-pensions", "delmora-pensions")
    assert done.status == 0
    assert expected.explain("ambry-observer-pensions", "delmora-pensions").reason in done.out
    assert "words, quoted:" in done.out
    told = run("explain", wire, "lannow-post-chess", "ambry-observer-stub")
    assert "stories of fewer than 20 stand alone" in told.out
    assert "stand alone" not in run("explain", wire, "lannow-post-chess", "ambry-observer-stub", "--min-words", "1").out


def test_explain_by_other_rules(run: Run, wire: Path) -> None:
    pair = ("corvane-ferry", "ostrel-today-ferry")
    assert "copy: " in run("explain", wire, *pair).out
    for settings, relation in (
        (["copy_share=1"], "version: "),
        (["copy_share=1", "version_share=1"], "partial: "),
        (["partial_words=5000", "sentence_words=5000", "version_share=1"], "not linked: "),
    ):
        assert relation in run("explain", wire, *pair, *(part for one in settings for part in ("--set", one))).out


def test_rules_of_ones_own(run: Run, wire: Path, tmp_path: Path) -> None:
    rules = tmp_path / "mine.tsv"
    rules.write_text("".join(f"caption\tanywhere\t500\tany\ten\t{word}\n" for word in ("the", "dovrel")), "utf-8")
    pair = ("dovrel-recall", "skarrow-echo-recall")
    assert "copy: " in run("explain", wire, *pair).out
    assert "not linked: " in run("explain", wire, *pair, "--rules", rules).out
    rules.write_text("caption\n", "utf-8")
    for command in (("cluster", wire, "-o", tmp_path / "out.jsonl"), ("dedup", wire, "--dry-run")):
        done = run(*command, "--rules", rules)
        assert (done.status, done.out) == (1, "")
        assert f"error: {rules}:1: 1 columns; expected kind, place, " in done.err


def test_explain_an_unknown_id(run: Run, wire: Path) -> None:
    done = run("explain", wire, "corvane-ferry", "corvane-fery")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: no story has the id 'corvane-fery'; expected an id of the input")


def test_demo_clusters_the_newsroom_and_explains(run: Run) -> None:
    done = run("demo")
    assert (done.status, done.err) == (0, "")
    newsroom = load_newsroom()
    result = cluster_stories(newsroom.stories)
    assert done.out.startswith(f"{result}\n")
    several = sorted((len(cluster) for cluster in result if len(cluster) > 1), reverse=True)
    listed = re.findall(r"^ +(\d+)  ([a-z0-9-]+) +\S", done.out, re.MULTILINE)
    assert [int(size) for size, _ in listed] == several[:20]
    for size, id in listed:
        assert (len(result.cluster_of(id)), result.cluster_of(id).canonical) == (int(size), id)
    assert f" and {len(several) - 20} more clusters of two or more\n" in done.out
    for level, column in (("copy", "copy_cluster"), ("version", "version_cluster"), ("partial", "cluster")):
        found = {id: members[0] for members in result.at_level(level) for id in members}
        scores = metrics.score_clusters(found, {id: getattr(true, column) for id, true in newsroom.truth.items()})
        shown = [f"{scores[f'pairwise_{name}']:.3f}" for name in ("precision", "recall", "f1")]
        assert [level, *shown] in [line.split() for line in done.out.splitlines()]
    for linked, pair in (
        ("copy: ", ("dovrel-recall", "skarrow-echo-recall")),
        ("not linked: ", ("ambry-observer-pensions", "delmora-pensions")),
    ):
        reason = result.explain(*pair).reason
        assert reason.startswith(linked)
        assert reason in done.out.splitlines()


@pytest.mark.parametrize("command", ["cluster", "dedup", "explain", "score", "demo"])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(run: Run, command: str, option: str) -> None:
    done = run(command, option)
    assert (done.status, done.err) == (0, "")
    assert f"storyclust {command}" in done.out
    assert command in run("--help").out


def test_version(run: Run) -> None:
    done = run("--version")
    assert done.status == 0
    assert re.fullmatch(r"storyclust \d+\.\d+\.\d+\n", done.out)


@pytest.mark.parametrize(
    "arguments",
    [
        ["clutser"],
        ["cluster"],
        ["cluster", "WIRE"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--fast"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--level", "versions"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--canonical", "newest"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--on-error", "ignore"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--format", "xml"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--jaccard", "0.5"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--set", "copy_share"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--set", "copy_share=half"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--set", "speed=1"],
        ["dedup", "WIRE", "-o", "a.jsonl", "--level", "family"],
        ["explain", "WIRE", "a", "b", "--must-link", "pairs.tsv"],
        ["cluster", "WIRE", "-o", "a.jsonl", "--threads", "many"],
        ["explain", "WIRE", "one-id-only"],
        ["score", "a.jsonl"],
        ["demo", "--wire", "3"],
        ["demo", "--seed", "3"],
        ["demo", "--write", "a", "--seed", "3"],
        ["demo", "--write", "a", "--wire", "many"],
        ["demo", "--write", "a", "--wire", "-1"],
        ["demo", "--write", "a", "--wire", "3", "--seed", "-1"],
    ],
)
def test_bad_usage(run: Run, wire: Path, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*(wire if argument == "WIRE" else argument for argument in arguments))
    assert (done.status, done.out) == (2, "")
    assert done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--min-words", "ten"], "Invalid value for '--min-words': 'ten'; expected a whole number"),
        (["--level", "copies"], "Invalid value for '--level': 'copies' is not one of 'partial', 'version', 'copy'."),
    ],
)
def test_a_wrong_value_is_told_with_what_was_expected(run: Run, wire: Path, options: list[str], said: str) -> None:
    done = run("cluster", wire, "-o", "-", *options)
    assert (done.status, done.out) == (2, "")
    assert f" {said} " in " ".join(done.err.replace("│", " ").split()) + " "
    wait = run("index", "compact", "x.storyclust", "--wait", "soon").err
    assert "'soon'; expected a number" in wait


# As a program


def test_a_pipe_through_the_program(wire: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "storyclust", "dedup", "-", "-o", "-", "--removed", str(tmp_path / "removed.csv")]
    done = subprocess.run(command, input=wire.read_bytes(), capture_output=True, check=False)
    assert done.returncode == 0
    lines = wire.read_bytes().splitlines(keepends=True)
    kept = done.stdout.splitlines(keepends=True)
    assert len(kept) == 17
    assert kept == [line for line in lines if line in set(kept)]
    assert done.stderr.startswith(b"Deduplication: 17 of 30 stories to keep, 13 to drop")
    assert len((tmp_path / "removed.csv").read_text().splitlines()) == 14


@pytest.mark.parametrize(
    ("arguments", "status"), [(["cluster", "no-such-file.jsonl", "-o", "-"], 2), (["--version"], 0)]
)
def test_the_program_ends_with_the_status(arguments: list[str], status: int) -> None:
    done = subprocess.run([sys.executable, "-m", "storyclust", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == bool(status)
