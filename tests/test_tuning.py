"""Thresholds from labelled pairs: planted ones are found, nothing depends on order, nothing gets worse."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import storyclust as sc
from edited import link_row
from storyclust.cli import main
from storyclust.errors import DataError, MissingColumnError, RecordError
from storyclust.match.links import RELATIONS
from storyclust.metrics import LabelledPair, score_links
from storyclust.tables import LINKS
from storyclust.tuning import GRIDS, LOOSE, Judged, Tuning, tune, with_thresholds
from storyclust.tuning.judged import figures_of
from storyclust.tuning.search import grids_around

LABELS = {None: "NONE", "partial": "PARTIAL", "version": "VERSION", "copy": "COPY"}
LOOSE_SETTINGS = with_thresholds(sc.Settings(), LOOSE)


def invented_link(number: int, draw: random.Random) -> dict[str, Any]:
    """A row of figures like those of a real pair, but that they are spread evenly."""
    share, longest = draw.random(), draw.randint(12, 80)
    return {
        "id_a": f"a{number}",
        "id_b": f"b{number}",
        "relation": "partial",
        "shared_words": longest + draw.randint(0, 60),
        "longest_narrated": longest,
        "share": share,
        "passage_share": min(1.0, max(0.0, share + draw.uniform(-0.1, 0.3))),
        "likeness": draw.random() * 0.7,
        "jaccard": share * 0.8,
        "containment": 0.96,
        "longest_run": longest,
    }


def invented(pairs: int, settings: sc.Settings, seed: int = 0) -> tuple[list[dict[str, Any]], list[LabelledPair]]:
    """Links, and the labels that the rules give them under some settings; as many pairs again share nothing."""
    draw = random.Random(seed)
    links = [invented_link(number, draw) for number in range(pairs)]
    strangers = [LabelledPair(f"a{number}", f"b{number + 1}", "QUOTES", 3.0, "strangers") for number in range(pairs)]
    judged = Judged.of(
        dict(map(figures_of, links)),
        [LabelledPair(link["id_a"], link["id_b"], "NONE", 1.0, "linked") for link in links],
    )
    relations = judged.relations(settings, {})[judged.kind]
    # The rows are held in the order of their ids.
    ordered = sorted(links, key=lambda link: (link["id_a"], link["id_b"]))
    labelled = [
        LabelledPair(link["id_a"], link["id_b"], LABELS[RELATIONS[relation]], 1.0, "linked")
        for link, relation in zip(ordered, relations.tolist(), strict=True)
    ]
    return links, labelled + strangers


PLANTED = {"sentence_words": 40, "partial_words": 60, "version_share": 0.4, "copy_share": 0.7, "alike": 0.4}


@pytest.fixture(scope="module")
def planted() -> Tuning:
    return tune(*invented(200, with_thresholds(sc.Settings(), PLANTED)))


def test_planted_thresholds_are_found(planted: Tuning) -> None:
    assert all(found.value == pytest.approx(1) for found in planted.f1.values())
    for name, value in PLANTED.items():
        grid = grids_around(sc.Settings())[name]
        assert abs(grid.index(planted.values[name]) - grid.index(value)) <= 1, (name, planted.values[name])
        low, high = planted.intervals[name]
        assert low <= value <= high or abs(grid.index(low) - grid.index(value)) <= 1
    assert all(found.value > 0.9 for found in planted.cross_validated.values())
    assert planted.warnings == ()


def test_the_learned_settings_keep_all_else(planted: Tuning) -> None:
    base = sc.Settings(min_words=30, preferred_sources=("Corvane Wire",), seed=4)
    assert planted.settings(base) == replace(base, **planted.values)  # type: ignore[arg-type]
    assert planted.settings() == replace(sc.Settings(), **planted.values)  # type: ignore[arg-type]
    assert sc.tune is tune
    assert sc.Tuning is Tuning


def test_the_table_says_what_was_learned(planted: Tuning) -> None:
    table = str(planted)
    assert table.startswith("400 labelled pairs\n")
    for name, value in planted.values.items():
        assert re.search(rf"^{name} +{planted.current[name]:g} +{value:g} +\S+ to \S+$", table, re.MULTILINE), table
    for level, found in planted.f1.items():
        assert re.search(rf"^{level} .*{re.escape(str(found))}", table, re.MULTILINE), table
    assert "beware" not in table


def test_the_order_of_links_and_pairs_changes_nothing() -> None:
    links, pairs = invented(30, sc.Settings(version_share=0.3), seed=3)
    first = tune(links, pairs)
    draw = random.Random(1)
    draw.shuffle(links)
    turned = [LabelledPair(pair.id_b, pair.id_a, pair.label, pair.weight, pair.stratum) for pair in pairs]
    draw.shuffle(turned)
    assert tune(links, turned) == first == tune(links, pairs)
    assert str(tune(links, turned)) == str(first)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_worse_than_before(seed: int) -> None:
    links, pairs = invented(40, sc.Settings(), seed=seed)
    draw = random.Random(seed)
    noisy = [replace(pair, label=draw.choice([pair.label, "COPY", "FORMULA", "NONE"])) for pair in pairs]
    before = replace(sc.Settings(), alike=draw.choice(GRIDS["alike"]), sentence_words=31)
    tuning = tune(links, noisy, settings=before)
    means = [np.mean([found.value for found in scores.values()]) for scores in (tuning.f1_before, tuning.f1)]
    assert means[1] >= means[0] - 1e-9
    # Where the settings are the best already, they stay.
    again = tune(links, noisy, settings=tuning.settings(before))
    assert np.mean([found.value for found in again.f1.values()]) == pytest.approx(means[1])


def test_f1_is_that_of_score_links() -> None:
    newsroom = sc.load_newsroom()
    pairs = [LabelledPair(pair.id_a, pair.id_b, pair.label, 1.0, "all") for pair in newsroom.pairs]
    links = list(sc.cluster_stories(newsroom.stories).links())
    figures = dict(map(figures_of, links))
    judged = Judged.of(figures, pairs)
    scores = score_links([(link.id_a, link.id_b, link.relation or "") for link in links], pairs)
    found = judged.f1(judged.relations(sc.Settings(), {}), judged.weights)
    # Links tell their figures to the word, so the rules say of them again what they said.
    assert found.tolist() == pytest.approx([scores[level]["f1"] for level in ("copy", "version", "partial")], abs=0.002)


def test_formulas_are_neither_wanted_nor_wrong_at_the_lowest_level() -> None:
    links, pairs = invented(40, sc.Settings(), seed=5)
    formulas = [replace(pair, label="FORMULA") if pair.label == "NONE" else pair for pair in pairs]
    relations = [("copy", link["id_a"], link["id_b"]) for link in links]
    scores = score_links([(a, b, relation) for relation, a, b in relations], formulas)
    judged = Judged.of(dict(map(figures_of, links)), formulas)
    copies = np.where(judged.links.shared_words > 0, 3, 0).astype(np.uint8)
    wanted = [scores[level]["f1"] for level in ("copy", "version", "partial")]
    assert judged.f1(copies, judged.weights).tolist() == pytest.approx(wanted)


@pytest.mark.parametrize("kind", ["objects", "jsonl", "csv", "parquet"])
def test_links_of_every_format_teach_the_same(kind: str, tmp_path: Path) -> None:
    newsroom = sc.load_newsroom()
    result = sc.cluster_stories(newsroom.stories[:80], settings=LOOSE_SETTINGS)
    pairs = [LabelledPair(pair.id_a, pair.id_b, pair.label, 1.0, "all") for pair in newsroom.pairs]
    links = [*result.links()]
    ids = {id for link in links for id in (link.id_a, link.id_b)}
    near = [pair for pair in pairs if pair.id_a in ids and pair.id_b in ids]
    wanted = [figures_of(link_row(link)) for link in links]
    if kind == "objects":
        assert [key for key, _ in map(figures_of, links)] == [key for key, _ in wanted]
        assert tune(links, near).pairs == len(near)
        return
    from storyclust.cli.tune import read_links

    result.write_links(tmp_path / f"links.{kind}")
    assert [figures_of(row) for row in read_links(str(tmp_path / f"links.{kind}"))] == wanted


def test_a_level_without_a_label_is_left_alone() -> None:
    links, pairs = invented(60, sc.Settings(), seed=2)
    weak = [replace(pair, label="PARTIAL") if pair.label in ("VERSION", "COPY") else pair for pair in pairs]
    tuning = tune(links, weak)
    for name in ("version_share", "copy_share", "alike"):
        assert tuning.values[name] == tuning.current[name] == getattr(sc.Settings(), name)
        assert tuning.intervals[name] == (tuning.current[name],) * 2
    assert list(tuning.f1) == list(tuning.cross_validated) == ["partial"]
    assert "no pair is labelled COPY or closer, so copy_share were left as they are" in str(tuning)
    assert "no pair is labelled VERSION or closer, so version_share and alike were left" in str(tuning)
    nothing = tune(links, [replace(pair, label="NONE") for pair in pairs])
    assert dict(nothing.values) == dict(nothing.current)
    assert nothing.f1 == {}
    assert len(nothing.warnings) == 3


def test_few_labels_are_said_to_be_few() -> None:
    links, pairs = invented(8, sc.Settings(version_share=0.3), seed=1)
    tuning = tune(links, pairs)
    assert "beware: 16 pairs are few" in str(tuning)
    one = tune(links, [replace(pairs[0], label="COPY")])
    assert one.pairs == 1
    assert "at the level copy, 1 pairs belong together and 0 do not" in str(one)


def test_links_that_are_not_loose_are_told() -> None:
    links, pairs = invented(40, sc.Settings(), seed=2)
    strict = [link for link in links if link["longest_narrated"] >= 24]
    tuning = tune(strict, pairs)
    assert "beware: each link shares enough for the current settings" in str(tuning)
    assert tuning.values["sentence_words"] >= 24
    assert tuning.values["partial_words"] >= 36


def bad_figure(**change: object) -> Callable[[], Tuning]:
    links, pairs = invented(3, sc.Settings())
    return lambda: tune([links[0] | change, *links[1:]], pairs)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: tune([], invented(3, sc.Settings())[1]), DataError, "there are no links; expected those of a run"),
        (lambda: tune(invented(3, sc.Settings())[0], []), DataError, "there are no labelled pairs; expected at least"),
        (
            lambda: tune(invented(3, sc.Settings())[0], [LabelledPair("x", "y", "COPY", 1, "")]),
            DataError,
            "none of the 2 ids of the labelled pairs, 'x' for one, is in the links; expected links and pairs",
        ),
        (
            lambda: tune(invented(3, sc.Settings())[0], [LabelledPair("a0", "b0", "SAME", 1, "")]),
            DataError,
            "the pair of 'a0' and 'b0' is labelled 'SAME'; expected one of NONE, QUOTES",
        ),
        (
            lambda: tune(invented(3, sc.Settings())[0], [LabelledPair("a0", "b0", "COPY", -1, "")]),
            DataError,
            "has the weight -1; expected a number above 0",
        ),
        (bad_figure(share="half"), RecordError, "the link of 'a0' and 'b0' has the share 'half'; expected a number"),
        (bad_figure(likeness=None), RecordError, "has the likeness None; expected a number"),
        (bad_figure(share=float("nan")), RecordError, "has the share nan; expected a number"),
        (bad_figure(passages="[[1"), RecordError, "has the passages '[[1'; expected a list of them"),
        (
            lambda: tune([{"id_a": "a0", "id_b": "b0"}], [LabelledPair("a0", "b0", "COPY", 1, "")]),
            MissingColumnError,
            "a link has no shared_words, longest_narrated, share, passage_share, likeness, jaccard, containment",
        ),
    ],
)
def test_bad_input_is_refused_in_words(call: Callable[[], Tuning], error: type[Exception], said: str) -> None:
    with pytest.raises(error) as raised:
        call()
    assert said in str(raised.value)


# storyclust tune


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


LEAD = (
    "The night ferry Anselm ran onto the sandbank off Marrek shortly before dawn on Monday with ninety passengers "
    "aboard, and two lifeboats took all of them off before the tide turned"
)
MORE = (
    "Engineers who looked into the hull found a tear as long as a man below the waterline, and the owners said that "
    "she would be towed to the yard at Dovrel once the wind had dropped"
)
OTHERS = (
    "Harvesters in the upper valley began to bring in the barley a fortnight early this summer, after the driest June "
    "that anyone at the growers' union could remember, and prices at the mill rose by a tenth",
    "The council of Skarrow voted by nine to six to close the old swimming bath in autumn and to build no other, "
    "although four hundred people had signed a petition that a teacher handed to the mayor",
    "Nobody won the chess open at Lannow, where the last round was broken off when the hall lost its light, and the "
    "three leaders agreed to share what prize money the sponsors had paid",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stories = {
        "wire": f"{LEAD}. {MORE}.",
        "echo": f"{LEAD}. {MORE}.\n\nRead more on the Echo's page.",
        "brief": f"{LEAD}.",
        "barley": f"{OTHERS[0]}.",
        "bath": f"{OTHERS[1]}.",
        "roundup": f"{OTHERS[0]}. {OTHERS[1]}. {OTHERS[2]}. {LEAD}.",
        "chess": f"{OTHERS[2]}.",
    }
    lines = [json.dumps({"id": id, "text": text, "source": id}) for id, text in stories.items()]
    (tmp_path / "stories.jsonl").write_text("\n".join(lines), encoding="utf-8")
    labels = {
        ("wire", "echo"): "COPY",
        ("wire", "brief"): "COPY",
        ("echo", "brief"): "COPY",
        ("barley", "bath"): "NONE",
        ("chess", "wire"): "NONE",
        ("roundup", "wire"): "PARTIAL",
        ("roundup", "chess"): "PARTIAL",
        ("roundup", "bath"): "PARTIAL",
        ("barley", "roundup"): "PARTIAL",
    }
    rows = ["id_a\tid_b\tlabel", *(f"{a}\t{b}\t{label}" for (a, b), label in labels.items())]
    (tmp_path / "pairs.tsv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


def loosely(folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    loose = [part for name, value in LOOSE.items() for part in ("--set", f"{name}={value}")]
    links = folder / "loose.jsonl.gz"
    status, _, said = run(
        capsys, "cluster", folder / "stories.jsonl", "-o", folder / "a.jsonl", "--links", links, *loose
    )
    assert status == 0, said
    return links


def test_from_stories_to_settings_and_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links, settings = loosely(folder, capsys), folder / "settings.json"
    status, out, err = run(capsys, "tune", links, folder / "pairs.tsv", "-o", settings)
    assert (status, err) == (0, "")
    assert out.startswith("9 labelled pairs\n")
    written = sc.Settings.from_dict(json.loads(settings.read_text(encoding="utf-8")))
    status, out, _ = run(capsys, "tune", links, folder / "pairs.tsv", "--json")
    printed = json.loads(out)
    learned = {name: found["learned"] for name, found in printed["thresholds"].items()}
    assert written == with_thresholds(sc.Settings(), learned)
    assert set(printed["levels"]["copy"]) == {"now", "learned", "held_out"}

    again = folder / "links.jsonl"
    status, _, _ = run(
        capsys, "cluster", folder / "stories.jsonl", "-o", folder / "b.jsonl", "--links", again, "--settings", settings
    )
    assert status == 0
    found = {(row["id_a"], row["id_b"]): row["relation"] for row in map(json.loads, again.read_text().splitlines())}
    assert found["echo", "wire"] == found["brief", "wire"] == "copy"
    assert ("barley", "bath") not in found


def test_settings_to_standard_output_and_quiet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    links = loosely(folder, capsys)
    status, out, err = run(capsys, "tune", links, folder / "pairs.tsv", "-o", "-")
    assert (status, json.loads(out)["min_words"]) == (0, 20)
    assert err.startswith("9 labelled pairs\n")
    status, out, err = run(capsys, "tune", links, folder / "pairs.tsv", "-o", folder / "s.json", "--quiet")
    assert (status, out, err) == (0, "", "")
    (folder / "base.json").write_text('{"min_words": 33, "sentence_words": 31}', encoding="utf-8")
    status, out, err = run(
        capsys, "tune", links, folder / "pairs.tsv", "-o", folder / "s.json", "--settings", folder / "base.json"
    )
    assert re.search(r"^sentence_words +31 ", out, re.MULTILINE)
    assert json.loads((folder / "s.json").read_text(encoding="utf-8"))["min_words"] == 33


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (
            "id_a\tid_b\nwire\techo\n",
            "no column label; expected id_a, id_b, label, separated by tabs",
        ),
        ("id_a\tid_b\tlabel\nwire\techo\tSAME\n", "pairs.tsv:2: the label is 'SAME'; expected one of NONE"),
        ("id_a\tid_b\tlabel\nwire\t\tCOPY\n", "pairs.tsv:2: the ids are 'wire' and ''; expected those of two stories"),
        ("id_a\tid_b\tlabel\nwire\n", "pairs.tsv:2: the ids are 'wire' and None; expected those of two stories"),
        ("id_a\tid_b\tlabel\tweight\nwire\techo\tCOPY\tbig\n", "pairs.tsv:2: the weight is 'big'; expected a number"),
        ("id_a\tid_b\tlabel\tweight\nwire\techo\tCOPY\t0\n", "pairs.tsv:2: the weight is '0'; expected a number"),
        ("id_a\tid_b\tlabel\n", "no labelled pairs; expected at least one row below the header"),
        ("", "no column id_a, id_b, label; expected id_a, id_b, label, separated by tabs, and got none"),
        ("id_a\tid_b\tlabel\nx\ty\tCOPY\n", "none of the 2 ids of the labelled pairs, 'x' for one, is in the links"),
    ],
)
def test_pairs_that_cannot_be_used(folder: Path, capsys: pytest.CaptureFixture[str], pairs: str, said: str) -> None:
    links = loosely(folder, capsys)
    (folder / "pairs.tsv").write_text(pairs, encoding="utf-8")
    status, out, err = run(capsys, "tune", links, folder / "pairs.tsv", "-o", folder / "s.json")
    assert (status, out) == (1, "")
    assert err.startswith("error: ")
    assert said in err
    assert not (folder / "s.json").exists()


def test_links_that_cannot_be_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, empty, other = folder / "pairs.tsv", folder / "empty.jsonl", folder / "other.jsonl"
    empty.write_text("", encoding="utf-8")
    other.write_text('{"id_a": "wire", "id_b": "echo", "relation": "copy"}\n', encoding="utf-8")
    for links, status, said in (
        (empty, 1, "there are no links; expected those of a run with loose settings: --set sentence_words=12"),
        (other, 1, "a link has no shared_words"),
        (folder / "stories.jsonl", 1, "id_a"),
        (folder / "gone.jsonl", 2, "no such file"),
    ):
        found, out, err = run(capsys, "tune", links, pairs, "-o", folder / "s.json")
        assert (found, out) == (status, ""), err
        assert said in err
    found, _, err = run(capsys, "tune", empty, pairs, "--quiet")
    assert (found, "leaves nothing to do" in err) == (2, True)
    found, _, err = run(capsys, "tune", other, pairs, "-o", other)
    assert (found, "would be overwritten" in err) == (2, True)


def test_every_figure_the_rules_need_is_in_the_table_of_links() -> None:
    row = {field.name: 0 for field in LINKS} | {"id_a": "a", "id_b": "b", "passages": []}
    assert figures_of(row)[0] == frozenset(("a", "b"))
