"""What the site is told while MkDocs builds it: the commands, the sources that pages link to, what is copied.

In go the pages of `docs/`, which are made to be read in the repository too. Out come the same pages with

- the help of every command, in place of the mark `<!-- commands -->`, so that it cannot differ from the program's;
- a page for each file outside `docs/` that a page links to;
- examples whose copy button gives what is to be typed, and not the prompts and the output.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from storyclust.cli.app import app

ROOT = Path(__file__).parent.parent
OUTSIDE = re.compile(r"\]\(\.\./([^)#]+)\)")
EXAMPLE = re.compile(r'<div class="language-(pycon|console) highlight">(.*?)</div>', re.DOTALL)
PROMPTS = {"pycon": (">>> ", "... "), "console": ("$ ", "> ")}
LANGUAGES = {".py": "python", ".md": "markdown", ".yml": "yaml", ".json": "json"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """A page for each file outside `docs/` that a page links to."""
    linked = {path for page in files.documentation_pages() for path in OUTSIDE.findall(page.content_string)}
    for path in sorted(linked):
        language = LANGUAGES.get(Path(path).suffix, "text")
        text = (ROOT / path).read_text(encoding="utf-8")
        content = f"---\nsearch:\n  exclude: true\n---\n\n# {path}\n\n````{language}\n{text}````\n"
        files.append(File.generated(config, f"source/{path}.md", content=content))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Links to sources lead to their pages, examples are known for such, and the commands stand in their place."""
    markdown = OUTSIDE.sub(r"](source/\1.md)", markdown)
    markdown = re.sub(r"^```python\n(?=>>> )", "```pycon\n", markdown, flags=re.MULTILINE)
    markdown = re.sub(r"^<BLANKLINE>$", "", markdown, flags=re.MULTILINE)
    return markdown.replace("<!-- commands -->", "\n".join(_help_of(typer.main.get_command(app), "storyclust")))


def on_page_content(content: str, **_: object) -> str:
    """Each example carries what is to be typed, for the copy button."""
    return EXAMPLE.sub(_with_typed, content)


def _with_typed(example: re.Match[str]) -> str:
    """An example as it is shown, with what is to be typed of it."""
    language, shown = example.groups()
    first, further = PROMPTS[language]
    typed: list[str] = []
    is_typed = False
    for line in html.unescape(re.sub("<[^>]+>", "", shown)).splitlines():
        is_typed = line.startswith(first) or (is_typed and line.startswith((further, further.rstrip())))
        if is_typed:
            typed.append(line[len(first) if line.startswith(first) else len(further) :])
    copied = html.escape("\n".join(typed), quote=True)
    return f'<div class="language-{language} highlight" data-copy="{copied}">{shown}</div>'


def _help_of(command: Any, name: str) -> Iterator[str]:
    """The help of a command, and of those below it, as a page has it."""
    context = typer.Context(command, info_name=name)
    about, *examples = re.split(r"^Example: ", command.help or "", flags=re.MULTILINE)
    yield f"## {name}\n\n{about.strip()}\n"
    yield f"```text\n{' '.join([name, *command.collect_usage_pieces(context)])}\n```\n"
    for example in examples:
        yield f"For example:\n\n```sh\n{example.strip()}\n```\n"
    panels: dict[str, list[str]] = {}
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None:
            is_option = parameter.param_type_name == "option"
            panel = getattr(parameter, "rich_help_panel", None) or ("Options" if is_option else "Arguments")
            typed = record[0] if is_option else parameter.metavar or parameter.name.upper()
            cells = (cell.replace("|", r"\|") for cell in (f"`{typed}`", html.escape(record[1], quote=False)))
            panels.setdefault(panel, []).append(f"| {' | '.join(cells)} |")
    for panel, rows in panels.items():
        yield f"| {panel} | |\n|---|---|\n" + "\n".join(rows) + "\n"
    for own, below in getattr(command, "commands", {}).items():
        yield from _help_of(below, f"{name} {own}")
