"""``storyclust explain``: two stories side by side, and why they are linked or not."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import speaking
from storyclust.cli.outputs import print_rows, print_text
from storyclust.errors import MissingFileError, UsageError
from storyclust.model import Link, Story
from storyclust.progress import ANALYSING, LEARNING, READING, Stages

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object: the link, its passages, both stories.")]
Full = Annotated[bool, typer.Option("--full", help="Show long passages whole.")]


def explain(
    inputs: o.InputsFirst,
    id_a: Annotated[str, typer.Argument(help="The id of a story.")],
    id_b: Annotated[str, typer.Argument(help="The id of another.")],
    as_json: AsJson = False,
    full: Full = False,
    min_words: o.MinWords = None,
    settings: o.SettingsPath = None,
    set_: o.SetOption = None,
    rules: o.RulesPath = None,
    profile: o.ProfilePath = None,
    id: o.IdColumn = "id",
    text: o.TextColumn = "text",
    title: o.TitleColumn = None,
    source: o.SourceColumn = None,
    published: o.PublishedColumn = None,
    format: o.InputFormat = None,
    on_error: o.OnErrorOption = o.OnError.fail,
    quiet: o.Quiet = False,
) -> None:
    """Print what two stories share, and why they are linked or not.

    Every passage stands in brackets between the words around it in either story, with its kind above it and where it
    begins and ends; on a terminal in colour. Long passages are cut in the middle.
    """
    if not inputs:
        raise UsageError(f"two arguments were given, {id_a} and {id_b}; expected files of stories and then two ids")
    chosen = o.settings_of(
        settings=settings,
        set_=set_,
        rules=rules,
        min_words=min_words,
    )
    known = o.read_profile(profile)
    try:
        reader = o.reader_of(
            inputs, id=id, text=text, title=title, source=source, published=published, format=format, on_error=on_error
        )
    except MissingFileError as problem:
        raise MissingFileError(f"{problem}. The files come first, and the two ids last") from None
    expected = (READING,) if known is not None else (READING, ANALYSING, LEARNING)
    with speaking(quiet=quiet, stages=expected) as speaker:
        # Loading these compiles the kernels the first time, and the user is told so.
        from storyclust.collect import collect
        from storyclust.match.story_links import compare_stories
        from storyclust.pipeline import learn_profile

        stages = Stages(speaker.progress)
        stages.begin(READING)
        collected = collect(reader, on_error=on_error.value, stages=stages)
        stages.end()
        stories = {story.id: story for story in collected.stories if story.id in (id_a, id_b)}
        one, other = _found(stories, id_a), _found(stories, id_b)
        # The link is that of a clustering of the same input, which learns what its stories teach.
        learned = known
        if learned is None:
            learned = learn_profile(collected.stories, settings=chosen, progress=speaker.progress)
        link = compare_stories(one, other, chosen, learned)
    print_evidence(link, stories, as_json=as_json, full=full)


def _found(stories: dict[str, Story], id: str) -> Story:
    from storyclust.errors import UnknownStoryError

    if id not in stories:
        raise UnknownStoryError(f"no story has the id {id!r}; expected an id of the input. Check the spelling")
    return stories[id]


def print_evidence(link: Link, stories: dict[str, Story], *, as_json: bool, full: bool) -> None:
    """Print a link as the options of a command have it."""
    from storyclust.cli import evidence

    if as_json:
        print_rows([evidence.as_json(link, stories)])
    else:
        print_text(partial(evidence.evidence, link, stories, "whole" if full else "shortened"))
