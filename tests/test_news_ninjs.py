"""ninjs in and out: the official schemas say what it is, and every version of it is read."""

from __future__ import annotations

import gzip
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from containers import ninjs_2, ninjs_3
from harbour import CANCELED, CORRECTED, CUT, FIRST, PRINTED, STORIES
from storyclust import Reject, Story, StoryReader, cluster_stories, errors, load_newsroom
from storyclust.cli import main
from storyclust.io.news.ninjs import ninjs_item

SCHEMAS = Path(os.environ.get("STORYCLUST_CORPORA", "nowhere"), "ninjs")


def schema(version: str) -> Any:
    path = SCHEMAS / f"ninjs-schema_{version}.json"
    if not path.is_file():
        pytest.skip(f"the schema of ninjs {version}, of the IPTC, is not part of the project")
    return json.loads(path.read_text(encoding="utf-8"))


def write(path: Path, *lines: object) -> Path:
    path.write_bytes(
        b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    )
    return path


def read(path: Path, **options: Any) -> tuple[list[Story], list[Reject]]:
    reader = StoryReader(path, on_error="skip", **options)
    return [located.story for located in reader], reader.rejects


def item(**properties: Any) -> dict[str, Any]:
    return {"uri": "urn:wire:7", **properties}


def test_the_fixtures_are_ninjs() -> None:
    for story in STORIES:
        jsonschema.validate(ninjs_2(story), schema("2.2"))
        jsonschema.validate(ninjs_3(story), schema("3.1"))


# Out


def test_what_is_written_is_ninjs(tmp_path: Path) -> None:
    result = cluster_stories([*STORIES, Story("alone", "", title="")])
    for written in result.ninjs_items():
        jsonschema.validate(written, schema("3.1"))


def test_associations_tell_the_clusters() -> None:
    result = cluster_stories(STORIES)
    items = {written["uri"]: written for written in result.ninjs_items()}
    assert list(items) == [row["id"] for row in result.assignments()]
    for row in result.assignments():
        told = [
            (to["name"], to["uri"]) for to in items[row["id"]].get("associations", ()) if to["name"] != "evolvedFrom"
        ]
        if row["is_canonical"]:
            others = [other for other in result.assignments() if other["canonical"] == row["id"] != other["id"]]
            assert told == [(other["relation"], other["id"]) for other in others]
        else:
            assert told == [("canonical", row["canonical"])]


TEXT = st.text(max_size=20)
LABEL = st.none() | st.text(min_size=1, max_size=8)
MOMENT = st.none() | st.datetimes()


@settings(deadline=None)  # a file is written and read
@given(
    st.builds(
        Story,
        id=st.text(min_size=1, max_size=8),
        text=TEXT,
        title=LABEL,
        source=LABEL,
        published=MOMENT,
        agency=LABEL,
        language=LABEL,
        status=st.sampled_from(["usable", "withheld", "canceled"]),
        version=LABEL,
        evolved_from=LABEL,
    )
)
def test_any_story_that_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, story: Story) -> None:
    path = write(tmp_path_factory.getbasetemp() / "any.ninjs", ninjs_item(story, [("copy", "another")]))
    assert read(path) == ([story], [])


@pytest.mark.parametrize("name", ["wire.ninjs.json", "wire.ninjs", "wire.ninjs.jsonl.gz"])
def test_a_result_is_written_and_read(name: str, tmp_path: Path) -> None:
    stories = load_newsroom().stories
    cluster_stories(stories).write_ninjs(tmp_path / name)
    assert sorted(read(tmp_path / name)[0], key=lambda s: s.rank) == sorted(stories, key=lambda s: s.rank)


def test_the_command_writes_what_python_does(tmp_path: Path) -> None:
    given, ours, theirs = (tmp_path / name for name in ("in.ninjs.json", "ours.ninjs.json", "theirs.ninjs.json"))
    write(given, *map(ninjs_2, STORIES))
    with pytest.raises(SystemExit) as ended:
        main(["cluster", str(given), "-o", str(ours), "-q"])
    assert ended.value.code == 0
    cluster_stories(given).write_ninjs(theirs)
    assert ours.read_bytes() == theirs.read_bytes()


# In


@pytest.mark.parametrize(
    ("property", "field"),
    [
        ({"headline": "Ferry"}, {"title": "Ferry"}),
        ({"headlines": [{"role": "sub", "value": "No"}, {"role": "main", "value": "Yes"}]}, {"title": "Yes"}),
        ({"headlines": [{"contentType": "text/html", "value": "<b>Salt &amp; sand</b>"}]}, {"title": "Salt & sand"}),
        ({"title": "Ferry"}, {"title": "Ferry"}),
        ({"body_text": "It sank."}, {"text": "It sank."}),
        ({"body_xhtml": "<p>It</p><p>sank.</p>"}, {"text": "It\nsank."}),
        ({"bodies": [{"value": "It < them"}]}, {"text": "It < them"}),
        ({"bodies": [{"value": " <p>It sank.</p>"}]}, {"text": "It sank."}),
        ({"bodies": [{"contenttype": "text/html", "value": "<p>A"}, {"value": "B"}]}, {"text": "B"}),
        ({"firstCreated": "2026-01-05T06:30:00Z"}, {"published": FIRST.published}),
        ({"provider": {"name": "W"}}, {"source": "W"}),
        ({"provider": "W", "copyrightHolder": "X"}, {"source": "W"}),
        ({"creditline": "A", "infoSources": [{"name": "B"}]}, {"agency": "A"}),
        ({"infosource": [{"name": "B"}]}, {"agency": "B"}),
        ({"version": 3}, {"version": "3"}),
        ({"evolvedfrom": "urn:wire:6"}, {"evolved_from": "urn:wire:6"}),
        ({"altIds": [{"role": "evolvedFrom", "value": "urn:wire:6"}]}, {"evolved_from": "urn:wire:6"}),
        ({"associations": {"evolvedfrom": {"uri": "urn:wire:6"}}}, {"evolved_from": "urn:wire:6"}),
        ({"pubStatus": "cancelled"}, {"status": "canceled"}),
        ({"headlines": "odd", "bodies": {"a": 1}, "associations": [1], "language": 7, "version": []}, {}),
    ],
)
def test_every_version_has_its_own_spelling(property: dict[str, Any], field: dict[str, Any], tmp_path: Path) -> None:
    plain = Story("urn:wire:7", "")
    assert read(write(tmp_path / "wire.ninjs", item(**property))) == ([replace(plain, **field)], [])


def test_an_associated_item_with_a_body_is_a_story(tmp_path: Path) -> None:
    sidebar = {"name": "sidebar", "uri": "urn:wire:8", "body_text": "The bank moves."}
    inner = {"name": "inner", "uri": "urn:wire:9", "body_text": "Deeper.", "associations": [sidebar]}
    path = write(tmp_path / "wire.ninjs", item(body_text="It sank.", associations=[inner, {"name": "p", "uri": "p"}]))
    assert [story.id for story in read(path)[0]] == ["urn:wire:7", "urn:wire:9", "urn:wire:8"]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ninjs_3(FIRST), indent=2),
        json.dumps([ninjs_3(FIRST)]),
        json.dumps(ninjs_3(FIRST)),
        "\ufeff" + json.dumps(ninjs_3(FIRST)),
    ],
)
@pytest.mark.parametrize("ending", [".json", ".json.gz", ".ninjs", ".ninjs.jsonl"])
def test_what_it_is_shows_in_the_ending_or_the_first_bytes(content: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"wire{ending}"
    path.write_bytes(gzip.compress(content.encode()) if ending.endswith(".gz") else content.encode())
    assert read(path) == ([FIRST], [])


def test_json_lines_with_an_id_stay_json_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "wire.json", {"id": "a", "uri": "urn:a", "text": "It sank."})
    assert [story.id for story in read(path)[0]] == ["a"]


@pytest.mark.parametrize(
    ("line", "id", "reason"),
    [
        (b'{"uri": "urn:x", ', None, "not JSON"),
        (b"[1]", None, "expected a JSON object"),
        (b'{"uri": "\xff"}', None, "not UTF-8"),
        (b"[" * 100_000, None, "nested too deeply"),
        ({"headline": "No uri"}, None, "its id (column 'id') is empty"),
        ({"uri": "urn:x", "type": "picture"}, "urn:x", "its type is 'picture' and it has no body"),
        ({"uri": "urn:x", "type": ["text"]}, "urn:x", "and it has no body"),
    ],
)
def test_a_bad_item_is_rejected_and_the_rest_goes_on(line: object, id: str | None, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path / "wire.ninjs", ninjs_2(FIRST), line, ninjs_2(CUT))
    stories, [reject] = read(path)
    assert stories == [FIRST, CUT]
    assert (reject.line, reject.id) == (2, id)
    assert reason in reject.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'[\n{"uri": "urn:x"', "not JSON"),
        (b"[\n" * 10_000, "recursion depth"),
        (b'\n"text"', "the item is 'text'; expected a JSON object"),
        (b"[\n" + b" " * (1 << 25), "it has more than 16 MB"),
        ('[\n{"uri": "\xe9"}]'.encode("latin-1"), "not JSON"),
    ],
)
def test_a_bad_document_is_rejected_and_the_rest_of_the_input_goes_on(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    bad, good = tmp_path / "bad.ninjs", write(tmp_path / "good.ninjs", ninjs_2(FIRST))
    bad.write_bytes(content)
    reader = StoryReader([bad, good], on_error="skip")
    assert [located.story for located in reader] == [FIRST]
    [reject] = reader.rejects
    assert reason in reject.reason


def test_plain_text_needs_no_library_and_html_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml.html", None)
    assert read(write(tmp_path / "plain.ninjs", ninjs_2(PRINTED))) == ([PRINTED], [])
    with pytest.raises(errors.MissingDependencyError, match=r'lxml.*pip install "storyclust\[ninjs\]"'):
        read(write(tmp_path / "html.ninjs", ninjs_3(CORRECTED)))


def test_a_canceled_item_without_a_body_replaces_what_it_cancels(tmp_path: Path) -> None:
    gone = item(version="2", pubstatus="canceled")
    path = write(tmp_path / "wire.ninjs", item(version="1", body_text=CANCELED.text), gone)
    result = cluster_stories(StoryReader(path))
    assert [(story.text, story.status) for story in result.stories] == [("", "canceled")]
