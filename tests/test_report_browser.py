"""The report in a real browser: it opens, finds, filters, compares, and lets nothing out and nothing in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import storyclust as sc
from reports import ADDRESS, HOSTILE, LEAD, TAIL

CHROMIUM = Path("/usr/bin/chromium")
playwright = pytest.importorskip(
    "playwright.sync_api", reason="the browser tests need playwright: pip install playwright"
)
if not CHROMIUM.exists():
    pytest.skip(f"the browser tests need {CHROMIUM}: apt-get install chromium", allow_module_level=True)

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
NEWS = sc.load_newsroom().stories


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def result() -> sc.StoryClusters:
    return sc.cluster_stories(NEWS)


@pytest.fixture(scope="module")
def report(result: sc.StoryClusters, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    result.report(path)
    return path


Open = Callable[..., Any]


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Opens reports; whatever one complains of, or asks for beside its file, fails the test."""
    contexts, told, asked = [], [], []

    def visit_report(path: Path, address: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script("addEventListener('securitypolicyviolation', (e) => console.error(e.violatedDirective))")
        page.goto(f"{path.as_uri()}{address}")
        page.wait_for_selector("body[data-ready]")
        return page

    yield visit_report
    for context in contexts:
        context.close()
    assert told == []
    assert {url.partition("#")[0].partition(":")[0] for url in asked} <= {"file", "data"}
    assert sum(url.startswith("file:") for url in asked) == len(contexts)


def rows(page: Any) -> list[str]:
    """The headlines of the list."""
    found: list[str] = page.locator("#list .headline").all_inner_texts()
    return found


def go(page: Any, address: str) -> None:
    page.evaluate("(address) => { location.hash = address }", address)
    page.wait_for_function("(address) => document.body.dataset.ready === address", arg=address)


def has_no_sideways_scroll(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_it_opens_on_its_figures(visit: Open, report: Path, result: sc.StoryClusters) -> None:
    page = visit(report)
    summary = result.summary()
    told = {name: page.locator(f"[data-figure={name}] b").inner_text() for name in ("stories", "clusters", "copies")}
    wanted = summary["stories"], summary["clusters_of_several"], summary["copies_to_drop"]
    assert tuple(told.values()) == tuple(f"{number:,}" for number in wanted)
    assert page.locator("#largest-list a").count() == 6
    page.get_by_role("link", name="All clusters").first.click()
    assert page.locator("#view-clusters").is_visible()
    assert page.locator("#view-overview").is_hidden()


def test_the_search_finds_titles_outlets_and_ids(visit: Open, report: Path, result: sc.StoryClusters) -> None:
    page = visit(report, "#clusters")
    largest = max((cluster for cluster in result if len(cluster) > 1), key=len)
    story = result.story(largest.members[1])
    assert story.title
    for words in (story.title.upper(), story.id):
        page.fill("#search", words)
        assert result.story(largest.canonical).title in rows(page)
        assert page.locator("#list a").count() <= 3
    page.fill("#search", "zzz nowhere")
    assert page.locator("#list a").count() == 0
    assert "Nothing found" in page.inner_text("#count")


def test_filters_and_orders(visit: Open, report: Path, result: sc.StoryClusters) -> None:
    page = visit(report, "#clusters")
    page.locator("#more-filters summary").click()
    several = [cluster for cluster in result if len(cluster) > 1]

    def count() -> int:
        return int(page.inner_text("#count").split()[0].replace(",", ""))

    page.select_option("#size", "5")
    assert count() == sum(len(cluster) >= 5 for cluster in several)
    page.select_option("#size", "1")
    assert count() == len(result) - len(several)
    page.select_option("#size", "2")
    page.select_option("#source", label=page.locator("#source option").nth(1).inner_text())
    name = page.locator("#source option").nth(1).inner_text().rpartition(" (")[0]
    assert count() == sum(any(result.story(id).source == name for id in cluster.members) for cluster in several)
    page.get_by_role("button", name="Clear").click()
    page.fill("#from", "2026-03-12")
    times = {c.id: [s.published for id in c.members if (s := result.story(id)).published] for c in several}
    assert count() == sum(max(times[c.id]).date().isoformat() >= "2026-03-12" for c in several)
    page.fill("#from", "")
    page.select_option("#sort", "first")
    assert (
        page.locator("#list a").first.get_attribute("href")
        == f"#partial/{min(several, key=lambda c: min(times[c.id])).id}"
    )
    for level in ("version", "copy"):
        page.get_by_role("button", name=level).click()
        assert count() == sum(len(members) > 1 for members in result.at_level(level))  # type: ignore[arg-type]


def test_a_cluster_opens_with_its_members_and_the_one_to_keep(
    visit: Open, report: Path, result: sc.StoryClusters
) -> None:
    largest = max(result, key=len)
    page = visit(report, f"#partial/{largest.id}")
    assert page.locator(".members .member").count() == len(largest)
    assert page.locator(".members .id").first.inner_text() == largest.canonical
    assert largest.reason in page.inner_text(".detail .why")
    assert page.locator(".timeline circle").count() == len(largest)
    relations = {row["id"]: row["relation"] for row in result.assignments()}
    for row in page.locator(".members .member").all():
        assert row.locator(".badge").inner_text() == relations[row.locator(".id").inner_text()]


def test_a_member_stands_beside_the_one_to_keep_with_their_passages_marked(
    visit: Open, report: Path, result: sc.StoryClusters
) -> None:
    row = next(row for row in result.assignments() if row["relation"] == "version")
    link = result.explain(row["id"], row["canonical"])
    page = visit(report, f"#partial/{row['cluster']}/{row['id']}")
    sides = "a", "b"
    own, kept = sides if link.id_a == row["id"] else reversed(sides)
    for pane, side, id in ((0, own, row["id"]), (1, kept, row["canonical"])):
        text = result.story(id).text
        spans = sorted((getattr(p, f"{side}_start"), getattr(p, f"{side}_stop")) for p in link.passages)
        marks = page.locator(".pane").nth(pane).locator("mark")
        assert marks.evaluate_all("(all) => all.map((each) => each.textContent)") == [text[a:b] for a, b in spans]
        assert page.locator(".pane .text").nth(pane).evaluate("(each) => each.textContent") == text
    assert f"narrated {link.shared_words:,} words" in page.inner_text(".legend")


def test_every_shared_word_has_the_ink_of_its_kind_and_an_edit_has_none(visit: Open, tmp_path: Path) -> None:
    told = (
        "The night ferry to Orrin lost its rudder {}off the breakwater and drifted for an hour until a trawler came. "
    )
    said = (
        '"We gave everyone soup and blankets and counted them twice in the hall," the harbour master said afterwards.'
    )
    first, second = told.format("two miles ") + said, told.format("about three miles ") + said
    result = sc.cluster_stories([sc.Story("a", first), sc.Story("b", second)])
    (link,) = result.links()
    path = tmp_path / "report.html"
    result.report(path)
    page = visit(path, "#version/a/b")
    for pane in (0, 1):
        inks = page.locator(".pane").nth(pane).locator("mark .ink")
        shown = inks.evaluate_all("(all) => all.map((each) => [each.classList[1], each.textContent])")
        quoted = " ".join(text for kind, text in shown if kind == "quoted")
        narrated = " ".join(text for kind, text in shown if kind == "narrated")
        assert quoted.startswith("We gave everyone soup")
        assert "harbour master" not in quoted
        assert "lost its rudder" in narrated
        assert "three" not in narrated
        assert "two" not in narrated
    legend = page.inner_text(".legend")
    assert f"narrated {link.shared_words} words" in legend
    assert f"quoted {link.quoted_words} words" in legend


def test_keys_go_through_clusters_members_and_passages(visit: Open, report: Path, result: sc.StoryClusters) -> None:
    page = visit(report)
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement.id === 'search'")
    page.keyboard.type("ferry")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector(".members a")
    page.locator(".members a").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".comparison")
    page.keyboard.press("n")
    assert page.inner_text(".status").startswith("1 of ")
    assert page.locator("mark.chosen").count() == 2
    count = int(page.inner_text(".status").split()[2].rstrip(":"))
    page.keyboard.press("p")
    assert page.inner_text(".status").startswith(f"{count} of ")
    before = page.url
    page.keyboard.press("j")
    page.wait_for_function("(before) => location.href !== before", arg=before)
    page.keyboard.press("Escape")
    page.wait_for_selector(".members a")
    page.keyboard.press("Escape")
    page.wait_for_selector("#detail .empty")
    page.keyboard.press("?")
    assert page.locator("#help").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#help").is_hidden()


def test_a_passage_leads_to_its_partner(visit: Open, report: Path, result: sc.StoryClusters) -> None:
    row = next(row for row in result.assignments() if row["relation"] == "copy")
    page = visit(report, f"#partial/{row['cluster']}/{row['id']}", reduced_motion="reduce")
    mark = page.locator(".pane").first.locator("mark").last
    mark.hover()
    assert page.locator("mark.hot").count() == 2
    mark.click()
    partner = page.locator(".pane").nth(1).locator("mark.chosen")
    assert partner.evaluate("(each) => each === document.activeElement")
    pane, box = page.locator(".pane").nth(1).bounding_box(), partner.bounding_box()
    assert pane["y"] <= box["y"] < pane["y"] + pane["height"]


def test_pairs_near_a_threshold_open(visit: Open, report: Path) -> None:
    page = visit(report, "#thresholds")
    assert page.locator(".threshold").count() == 5
    link = page.locator(".near a").first
    titles = link.locator(".headline").all_inner_texts()
    link.click()
    page.wait_for_selector("#view-pair .comparison")
    assert page.locator("#view-pair .pane h2").all_inner_texts() == titles


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_can_be_read(visit: Open, report: Path, result: sc.StoryClusters, scheme: str) -> None:
    largest = max(result, key=len)
    page = visit(report, f"#partial/{largest.id}", color_scheme=scheme, reduced_motion="reduce")

    def assert_readable() -> None:
        contrast, element = page.evaluate(CONTRAST)
        assert contrast >= 4.5, element

    assert_readable()
    page.click("#theme")
    assert_readable()
    for address in ("#overview", "#thresholds", "#made", f"#partial/{largest.id}"):
        go(page, address)
        assert_readable()
    page.locator(".members a").nth(1).click()
    page.wait_for_selector(".comparison")
    assert_readable()


# The least contrast of any text that is seen with what it stands on, by the rule of WCAG 2.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = (colour) => colour.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const under = (element) => { for (let each = element; each; each = each.parentElement) {
    const colour = rgb(getComputedStyle(each).backgroundColor); if (colour[3] === 255) return colour; }
    return [255, 255, 255]; };
  const unseen = "svg, .off, .sr, :disabled, script";
  let least = [21, ""];
  for (const element of document.querySelectorAll("body *")) {
    const told = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!told || !element.checkVisibility({ opacityProperty: true }) || element.closest(unseen)) continue;
    const pair = [light(rgb(getComputedStyle(element).color)), light(under(element))].sort((one, other) => other - one);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (contrast < least[0]) least = [contrast, element.outerHTML];
  }
  return least;
}"""


def test_it_fits_a_phone(visit: Open, report: Path, result: sc.StoryClusters) -> None:
    page = visit(report, viewport=PHONE)
    largest = max(result, key=len)
    member = next(id for id in largest.members if id != largest.canonical)
    addresses = ("#overview", "#clusters", "#thresholds", "#made", "#pair/0")
    for address in (*addresses, f"#partial/{largest.id}", f"#partial/{largest.id}/{member}"):
        go(page, address)
        assert has_no_sideways_scroll(page), address
    page.locator(".detail a.back").click()
    assert page.locator(".list-pane").is_hidden()
    page.locator(".detail a.back").click()
    assert page.locator(".list-pane").is_visible()


def test_on_paper_texts_are_whole_and_tools_are_left_out(visit: Open, report: Path, result: sc.StoryClusters) -> None:
    row = next(row for row in result.assignments() if row["relation"] == "copy")
    page = visit(report, f"#partial/{row['cluster']}/{row['id']}", color_scheme="dark")
    page.emulate_media(media="print")
    contrast, element = page.evaluate(CONTRAST)
    assert contrast >= 4.5, element
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".steps").is_hidden()
    assert page.locator(".top nav").is_hidden()
    for pane in page.locator(".pane").all():
        assert pane.evaluate("(each) => each.scrollHeight <= each.clientHeight + 1")


def test_hostile_news_runs_nothing_and_is_shown_as_it_is(visit: Open, tmp_path: Path) -> None:
    result = sc.cluster_stories(HOSTILE)
    result.report(tmp_path / "hostile.html")
    page = visit(tmp_path / "hostile.html")
    (cluster,) = (cluster for cluster in result if len(cluster) > 1)
    for address in ("#overview", "#clusters", "#thresholds", "#made"):
        go(page, address)
        assert has_no_sideways_scroll(page)
    page.get_by_role("link", name="Clusters", exact=True).click()
    page.locator("#list a").first.click()
    page.wait_for_selector(".members a")
    assert page.locator(".members a").count() == len(cluster)
    shown = []
    for number in range(len(cluster)):
        page.locator(".members a").nth(number).click()
        page.wait_for_selector(".pane")
        shown.append(page.locator(".pane .text").first.evaluate("(each) => each.textContent"))
        assert page.locator(".pane mark").count() > 0 or number == 0
        href = page.locator(".pane a.id").first
        assert href.count() == 0 or href.get_attribute("href") == ADDRESS
        page.locator("a.back").first.click()
        page.wait_for_selector(".members a")
    texts = {story.text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass") for story in HOSTILE[:5]}
    assert set(shown) == texts
    assert page.evaluate("window.broken") is None
    assert page.locator("img, iframe, object, body style").count() == 0


def test_right_to_left_texts_run_right_to_left(visit: Open, report: Path, result: sc.StoryClusters) -> None:
    arabic = next(
        c for c in result if len(c) > 1 and "\u0600" <= (result.story(c.canonical).title or "a")[0] <= "\u06ff"
    )
    member = next(id for id in arabic.members if id != arabic.canonical)
    page = visit(report, f"#partial/{arabic.id}/{member}")
    assert page.locator(".pane .text").first.evaluate("(each) => getComputedStyle(each).direction") == "rtl"
    assert page.locator(".pane h2").first.evaluate("(each) => getComputedStyle(each).direction") == "rtl"


def test_texts_that_were_left_out_are_missed_in_words(visit: Open, result: sc.StoryClusters, tmp_path: Path) -> None:
    result.report(tmp_path / "small.html", text_bytes=0)
    page = visit(tmp_path / "small.html")
    assert "left out" in page.inner_text("#left-out")
    row = next(row for row in result.assignments() if row["relation"] == "copy")
    go(page, f"#partial/{row['cluster']}/{row['id']}")
    assert "left out" in page.inner_text("#detail")
    assert "copy" in page.inner_text("#detail")


def test_a_large_cluster_draws_its_members_as_they_come_into_sight(visit: Open, tmp_path: Path) -> None:
    result = sc.cluster_stories([sc.Story(f"{number:04}", LEAD + TAIL) for number in range(700)])
    path = tmp_path / "report.html"
    result.report(path)
    page = visit(path, "#version/0000")
    page.wait_for_selector(".members")
    assert 200 <= page.locator(".members a").count() < 700
    for _ in range(3):
        page.locator(".members li:last-child").scroll_into_view_if_needed()
        page.wait_for_timeout(200)
    assert page.locator(".members a").count() == 700
    page = visit(path, "#version/0000")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".members a").count() == 700
