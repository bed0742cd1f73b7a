"""``storyclust explain``: two stories side by side, and why they are linked or not."""

from __future__ import annotations

from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import speaking
from storyclust.cli.outputs import print_lines
from storyclust.model import Link, Story
from storyclust.progress import ANALYSING, LEARNING, READING, Stages

# Words of a passage shown before it is cut in the middle.
SHOWN_CHARACTERS = 240


def explain(
    inputs: o.Inputs,
    id_a: Annotated[str, typer.Argument(help="The id of a story.")],
    id_b: Annotated[str, typer.Argument(help="The id of another.")],
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
) -> None:
    """Print what two stories share, and why they are linked or not.

    Example: storyclust explain stories.jsonl h77 h106
    """
    chosen = o.settings_of(
        settings=settings,
        set_=set_,
        rules=rules,
        min_words=min_words,
    )
    known = o.read_profile(profile)
    reader = o.reader_of(
        inputs, id=id, text=text, title=title, source=source, published=published, format=format, on_error=on_error
    )
    expected = (READING,) if known is not None else (READING, ANALYSING, LEARNING)
    with speaking(quiet=False, stages=expected) as speaker:
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
    print_lines(*describe(link, stories))


def _found(stories: dict[str, Story], id: str) -> Story:
    from storyclust.errors import UnknownStoryError

    if id not in stories:
        raise UnknownStoryError(f"no story has the id {id!r}; expected an id of the input. Check the spelling")
    return stories[id]


def describe(link: Link, stories: dict[str, Story]) -> list[str]:
    """The lines that show a link: who, why, the figures, and each passage once."""
    lines = [_headline(stories[link.id_a]), _headline(stories[link.id_b]), "", link.reason, ""]
    lines.append(
        f"shared: {link.shared_words:,} narrated and {link.quoted_words:,} quoted words "
        f"({link.share:.0%} of the shorter story's narration); "
        f"Jaccard {link.jaccard:.2f}, containment {link.containment:.2f}, likeness {link.likeness:.2f}"
    )
    if link.origin is not None:
        lines.append(f"source: {link.origin} ({link.origin_sign})")
    text = stories[link.id_a].text
    for passage in link.passages:
        shown = " ".join(text[passage.a_start : passage.a_stop].split())
        if len(shown) > SHOWN_CHARACTERS:
            half = SHOWN_CHARACTERS // 2
            shown = f"{shown[:half].rstrip()} [...] {shown[-half:].lstrip()}"
        lines += ["", f"{passage.words:,} words, {passage.kind}:", f"  {shown}"]
    return lines


def _headline(story: Story) -> str:
    when = story.published.strftime("%Y-%m-%d %H:%M") if story.published else "undated"
    return f"{story.id}: {story.title or '(no headline)'} [{story.source or 'no source'}, {when}]"
