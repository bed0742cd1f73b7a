"""``storyclust index create``."""

from __future__ import annotations

from typing import Annotated

import typer

from storyclust.cli import options as o
from storyclust.cli.console import speaking


def create(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The index to make, such as wire.storyclust.")],
    canonical: o.CanonicalOption = None,
    level: o.LevelOption = None,
    min_words: o.MinWords = None,
    settings: o.SettingsPath = None,
    set_: o.SetOption = None,
    prefer: o.PreferSources = None,
    rules: o.RulesPath = None,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="FILE",
            help="What an earlier run learned; refresh learns it from the stories.",
            show_default="one that knows nothing",
            rich_help_panel=o.RULES,
        ),
    ] = None,
    quiet: o.Quiet = False,
) -> None:
    """Make a new index; its settings stay with it."""
    chosen = o.settings_of(
        settings=settings,
        set_=set_,
        rules=rules,
        level=level,
        min_words=min_words,
        canonical=canonical,
        prefer=prefer,
    )
    known = o.read_profile(profile)
    with speaking(quiet=quiet, stages=()) as speaker:
        from storyclust.index.index import StoryIndex

        StoryIndex.create(file, settings=chosen, profile=known).close()
        speaker.say(f"{file}: an index of no stories; storyclust index add puts some in")
