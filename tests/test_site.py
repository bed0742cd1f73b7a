"""The site of the documentation builds without a warning, and asks no other host for anything."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer

import storyclust as sc
from storyclust.cli.app import app

ROOT = Path(__file__).parent.parent
TAKEN_IN = {  # what a browser fetches by itself; other links are followed by readers
    "audio": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "script": "src",
    "source": "src",
    "video": "src",
}


class _Page(HTMLParser):
    """What a page takes in, and the anchors that can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.taken_in: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == TAKEN_IN.get(tag):
                self.taken_in.append(value or "")
            elif name == "id":
                self.anchors.add(value or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs", reason="the site needs pip install 'storyclust[docs]'")
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(build, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_in_the_site(site: Path) -> None:
    built = {path.stem for path in site.glob("*.html")}
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= built


def test_a_page_takes_in_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for path in pages:
        page = _Page(path.read_text(encoding="utf-8"))
        assert page.taken_in
        assert not [each for each in page.taken_in if re.match(r"(?i)\s*([a-z][a-z0-9+.-]*:)?//", each)], path
        for each in page.taken_in:
            place = path.parent / re.split("[?#]", each)[0]
            if path.name != "404.html":  # its links begin at the root of wherever the site stands
                assert place.exists(), f"{path}: {each}"


def test_styles_take_in_nothing_from_elsewhere(site: Path) -> None:
    taken_in = re.compile(r"""(?i)(?:@import\s*|url\()\s*["']?\s*(?:[a-z]+:)?//""")
    for path in [*site.rglob("*.css"), *site.rglob("*.svg"), *site.rglob("*.html")]:
        assert not taken_in.search(path.read_text(encoding="utf-8")), path


def test_it_is_searched_without_a_server_and_asks_nobody(site: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="a browser needs pip install playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium here; Debian's package of that name has it")
    asked: list[str] = []
    with playwright.sync_playwright() as browsers:
        options = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        page = browsers.chromium.launch(executable_path=chromium, args=options).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "index.html").as_uri())
        page.locator(".md-search__input").click()
        page.keyboard.type("window fingerprint")
        page.locator(".md-search-result__link").first.wait_for(timeout=20_000)
        assert "glossary.html" in " ".join(
            link.get_attribute("href") for link in page.locator(".md-search-result__link").all()
        )
    assert asked
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]


def test_all_public_names_are_in_the_reference(site: Path) -> None:
    anchors = _Page((site / "api.html").read_text(encoding="utf-8")).anchors
    assert {f"storyclust.{name}" for name in sc.__all__} <= anchors


def test_defaults_in_the_reference_are_those_of_the_signatures() -> None:
    griffe = pytest.importorskip("griffe", reason="the site needs pip install 'storyclust[docs]'")
    extensions = griffe.load_extensions("dataclasses", str(ROOT / "docsite" / "parameters.py"))
    package = griffe.load("storyclust", search_paths=[ROOT / "src"], docstring_parser="numpy", extensions=extensions)
    names = {name: getattr(sc, name) for name in sc.__all__}
    shown = 0
    for name in sc.__all__:
        for section in package[name].final_target.docstring.parsed:
            for parameter in section.value if section.kind.value == "parameters" else []:
                default = inspect.signature(names[name]).parameters[parameter.name].default
                assert (parameter.default is None) == (default is inspect.Parameter.empty), f"{name}: {parameter.name}"
                if parameter.default is not None:
                    named = vars(sys.modules[names[name].__module__])
                    # Where each object has a default of its own, the signature names none.
                    told = repr(eval(parameter.default, {**named}))
                    assert repr(default) in (told, "<factory>"), f"{name}: {parameter.name}"
                    shown += 1
    assert shown > 50


def test_every_error_has_its_remedy() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    below = [sc.StoryclustError]
    for error in below:
        assert f"`{error.__name__}`" in page
        below += error.__subclasses__()


def test_every_command_and_option_is_in_the_reference(site: Path) -> None:
    page = (site / "commands.html").read_text(encoding="utf-8")
    below = [("storyclust", typer.main.get_command(app))]
    for name, command in below:
        assert f">{name}<" in page
        for parameter in command.params:
            assert all(option in page for option in parameter.opts if option.startswith("-"))
        below += [(f"{name} {own}", each) for own, each in getattr(command, "commands", {}).items()]
    assert len(below) > 20


def test_what_is_copied_is_what_is_typed(site: Path) -> None:
    page = (site / "tutorial.html").read_text(encoding="utf-8")
    copied = re.findall(r'data-copy="([^"]*)"', page)
    assert copied
    assert not [each for each in copied if re.search(r"^(\$|&gt;&gt;&gt;) ", each, re.MULTILINE)]
