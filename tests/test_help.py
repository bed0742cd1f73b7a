"""Help and completion: what every command says of itself is true, in one order, and a shell knows it too."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from storyclust import load_newsroom
from storyclust.cli import main
from storyclust.cli.app import app
from storyclust.cli.examples import EXAMPLES

NEWS = load_newsroom().stories
GROUP = typer.main.get_command(app)
PANELS = ["Arguments", "Options", "Rules", "Reading", "Running", "Examples"]
# Done by a shell, and not by the program alone.
SHELL = re.compile(r"[|&>]|=1 ")
RUN = Path(sys.executable).parent


def commands_of(group: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, (*before, name))
        else:
            yield (*before, name), command


COMMANDS = dict(commands_of(GROUP))


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def shown(*arguments: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert not ended.value.code, capsys.readouterr().err
        return capsys.readouterr().out

    return shown


def test_every_command_has_examples() -> None:
    assert {" ".join(command) for command in COMMANDS} == set(EXAMPLES)
    for name, rows in EXAMPLES.items():
        assert any(f"storyclust {name}" in line for _, line in rows)


@pytest.mark.parametrize("name", COMMANDS, ids=" ".join)
def test_help_is_in_one_order(
    name: tuple[str, ...], shown: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    told = shown(*name, "--help")
    panels = re.findall(r"^╭─ (\w+) ─", told, re.MULTILINE) + re.findall(r"^ (Example)s?, after", told, re.MULTILINE)
    places = [PANELS.index(panel.replace("Example", "Examples")) for panel in panels]
    assert places == sorted(set(places))
    assert panels[-1] == "Example"
    for _, line in EXAMPLES[" ".join(name)]:
        assert line in told
    first = told.splitlines()[3].strip()
    assert first.endswith(".")
    assert first == (COMMANDS[name].help or "").partition("\n")[0]
    assert len(first) < 120


def test_options_of_a_panel_are_in_one_order() -> None:
    """Two options that several commands have come in the same order in all of them."""
    before: set[tuple[str, str]] = set()
    for command in COMMANDS.values():
        panels: dict[str | None, list[str]] = {}
        for option in command.params:
            if panel := getattr(option, "rich_help_panel", None):
                panels.setdefault(panel, []).append(option.name)
        for names in panels.values():
            before |= {(one, other) for place, one in enumerate(names) for other in names[place + 1 :]}
    assert before
    assert not {(one, other) for one, other in before if (other, one) in before}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples take beside the newsroom."""
    folder = tmp_path_factory.mktemp("examples")
    (folder / "page.txt").write_text(NEWS[0].text)
    (folder / "draft.txt").write_text(f"LATE. {NEWS[1].text}")
    cells = "\n".join(f'{number},"{story.text.replace(chr(34), "")}"' for number, story in enumerate(NEWS[:20]))
    (folder / "export.csv").write_text(f"url,body\n{cells}\n0,another\n")
    return folder


def test_examples_work_as_they_stand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{RUN}{os.pathsep}{os.environ['PATH']}")
    for _, line in (row for rows in EXAMPLES.values() for row in rows):
        if "spark-cluster" in line and shutil.which("java") is None:
            continue
        if SHELL.search(line) or "spark-cluster" in line:  # a session of Spark is one a process
            done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, check=False)
            assert done.returncode == 0, (line, done.stderr)
        else:
            program, *arguments = re.sub(r'"([^"]*)"', lambda quoted: quoted[1].replace(" ", "\0"), line).split()
            assert program == "storyclust"
            with pytest.raises(SystemExit) as ended:
                main([argument.replace("\0", " ") for argument in arguments])
            assert not ended.value.code, line
    for name in ("removed.jsonl", "links.jsonl", "matched.jsonl", "rejects.jsonl", "settings.json", "stories.jsonl.gz"):
        assert (folder / name).stat().st_size > 20


# Completion


def script(shell: str) -> str:
    """What a shell is taught."""
    done = subprocess.run(
        [RUN / "storyclust"],
        env={**os.environ, "_STORYCLUST_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def completed(shell: str, *words: str) -> list[str]:
    """What the program offers for the last of the words, as a shell asks for it."""
    asked = {
        "bash": {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": " ".join(words)},
        "fish": {"_TYPER_COMPLETE_ARGS": " ".join(words), "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    done = subprocess.run(
        [RUN / "storyclust"],
        env={**os.environ, "_STORYCLUST_COMPLETE": f"complete_{shell}", **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    if shell == "zsh":
        return re.findall(r'^(?:_arguments \'\*: :\(\()?"([^"]+)"', done.stdout, re.MULTILINE)
    return [line.partition("\t")[0] for line in done.stdout.split("\n") if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_taught(shell: str) -> None:
    assert "complete_" + shell in script(shell)
    assert set(completed(shell, "storyclust", "")) == {name for name, *_ in COMMANDS}
    assert completed(shell, "storyclust", "cl") == ["cluster"]
    assert {"cluster-of", "clusters"} <= set(completed(shell, "storyclust", "index", "cl"))
    assert completed(shell, "storyclust", "cluster", "wire.jsonl", "--lev") == ["--level"]
    assert completed(shell, "storyclust", "cluster", "wire.jsonl", "--level", "") == ["partial", "version", "copy"]
    assert completed(shell, "storyclust", "dedup", "wire.jsonl", "--keep", "e") == ["earliest"]
    assert completed(shell, "storyclust", "cluster", "wire.jsonl", "--set", "copy_s") == ["copy_share="]
    # For files the shell is left to what it does itself.
    assert (
        completed(shell, "storyclust", "cluster", "") == completed(shell, "storyclust", "cluster", "--links", "") == []
    )


BASH = """
source /dev/stdin
complete -p storyclust
COMP_WORDS=(storyclust cluster wire.jsonl --level v) COMP_CWORD=4
_storyclust_completion storyclust
echo "${COMPREPLY[@]}"
"""
FISH = "source (cat | psub); complete --do-complete 'storyclust cluster --level v'; complete -C 'storyclust cluster wi'"
ZSH = """
compdef() { echo compdef "$@" }
_arguments() { echo "$@" }
_files() { echo files }
source /dev/stdin
words=(storyclust cluster --level v) CURRENT=4; _storyclust_completion
words=(storyclust cluster wi) CURRENT=3; _storyclust_completion
"""
SHELLS = {
    "bash": (BASH, r"complete -o default -F _storyclust_completion storyclust\nversion\n"),
    "fish": (FISH, r"version\nwire\.jsonl\n"),
    "zsh": (ZSH, r'compdef _storyclust_completion storyclust\n\*: :\(\("version"\)\)\nfiles\n'),
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_works_in_its_shell(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "wire.jsonl").touch()
    commands, expected = SHELLS[shell]
    done = subprocess.run(
        [shell, "-c", commands],
        input=script(shell),
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{RUN}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.fullmatch(expected, done.stdout), (done.stdout, done.stderr)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed(shell: str, tmp_path: Path) -> None:
    told = {"HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    command = [RUN / "storyclust", "--install-completion", shell]
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=True)
    assert f"{shell} completion installed in" in done.stdout
    written = [path.read_text() for path in tmp_path.rglob("*storyclust*") if path.is_file()]
    assert [text.strip() for text in written] == [script(shell).strip()]
