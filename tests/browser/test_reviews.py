"""Every page of whole reviews, as a reader has it: the sample, hostile text, and portfolios of none
and 1,500 items."""

import csv
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.browser import portfolios
from tests.browser.chromium import Watch, axe, opened, violations
from tests.review import small
from vmo_helpers.review import plan

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = [notebook.page for notebook in plan.available(plan.notebook_folder())]
SHELF = "../index.html"
OTHERS = [page for page in PAGES if page.startswith(("flow", "index"))]
"""Of the other kinds axe judges these: what differs from the sample's is text and length, not markup."""
A4 = 672
"""CSS pixels between the margins of the paper."""
FORMULA = tuple("=+-@\t\r＝＋－＠")
NUMBER = re.compile(r"[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?")

# Words of a chart that leave their figure, or that lie on others; a word under its own halo is one word.
MISPLACED = """() => {
  const found = [];
  for (const figure of document.querySelectorAll("figure.drawn")) {
    const place = figure.getBoundingClientRect(), slide = figure.closest("[data-slide]").id;
    const words = [...figure.querySelectorAll("svg.marks text")]
      .filter(word => word.textContent.trim() && word.checkVisibility({opacityProperty: true}))
      .map(word => [word.textContent.slice(0, 40), word.getBoundingClientRect()]).filter(([, box]) =>
          box.width);
    for (const [text, box] of words)
      if (box.left < place.left - 4 || box.right > place.right + 4) found.push([slide, "leaves its figure",
          text]);
    words.forEach(([text, box], at) => words.slice(at + 1).forEach(([other, its]) => {
      const wide = Math.min(box.right, its.right) - Math.max(box.left, its.left);
      const high = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
      if (wide > 8 && high > 4 && text !== other) found.push([slide, "lies on " + other, text]);
    }));
  }
  return found;
}"""

# Text blocks of the page that lie on each other, outside of tables whose cells may.
HEAPED = """() => {
  const blocks = [...document.querySelectorAll("h1, h2, h3, p, li, summary, figure, .scroll, dl")]
    .filter(block => block.checkVisibility() && !block.closest("figure, .scroll, .skip, .away") ||
        block.matches("figure, .scroll"))
    .filter(block => block.checkVisibility() && !block.querySelector("p, li, h1, h2, h3, figure, .scroll"))
    .map(block => [block, block.getBoundingClientRect()]).filter(([, box]) => box.width > 2 && box.height >
        2);
  const found = [];
  blocks.forEach(([block, box], at) => blocks.slice(at + 1, at + 12).forEach(([other, its]) => {
    const wide = Math.min(box.right, its.right) - Math.max(box.left, its.left);
    const high = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
    if (wide > 2 && high > 6 && !block.contains(other)) found.push([block.textContent.slice(0, 40),
        other.textContent.slice(0, 40)]);
  }));
  return found;
}"""


@pytest.fixture(scope="session")
def review(tmp_path_factory: pytest.TempPathFactory, latest: Path) -> Callable[[str], Path]:
    """The review of a kind of portfolio, made once."""
    made = {"sample": latest}

    def review(kind: str) -> Path:
        if kind not in made:
            folder = tmp_path_factory.mktemp(f"review-{kind}")
            data = portfolios.made(kind, folder / "data")
            run = small.vmo(
                "review", data, "--out", folder / "shelf", "--as-of", portfolios.DAY, "--quiet", timeout=600
            )
            assert run.returncode == 0, run.stderr
            (made[kind],) = small.reviews(folder / "shelf")
        return made[kind]

    return review


def of_pages(kinds: list[str], names: list[str], widths: list[int] | None = None) -> pytest.MarkDecorator:
    """Every page of the kinds. With widths it is ``shown``, whose opening the tests of it share: pytest lets
    them follow one another."""
    if widths is None:
        return pytest.mark.parametrize(("kind", "name"), list(product(kinds, names)), scope="module")
    every = list(product(kinds, names, widths))
    return pytest.mark.parametrize(("kind", "name", "width"), every, scope="module")


@pytest.fixture(scope="module")
def page_file(review: Callable[[str], Path], kind: str, name: str) -> Path:
    return review(kind) / name


@pytest.fixture(scope="module")
def shown(browser: Any, page_file: Path, width: int) -> Iterator[tuple[Any, Watch]]:
    """A page at a width, drawn; tests may move the focus in it, and nothing else."""
    with opened(browser, page_file, width=width) as (page, watch):
        yield page, watch


@pytest.mark.parametrize(
    ("kind", "name", "width"),
    [
        *product(["sample"], [*PAGES, SHELF], [390, 1440]),
        *product(["hostile"], [*PAGES, SHELF], [390]),
        *(
            pytest.param(*one, marks=pytest.mark.deep)
            for one in product(["0", "1500"], [*PAGES, SHELF], [390, 1440])
        ),
    ],
    scope="module",
)
def test_a_page_is_whole_and_quiet(shown: tuple[Any, Watch], page_file: Path, width: int) -> None:
    """Nothing is fetched, logged or run; every chart is drawn inside its figure; nothing is wider than the
    page or lies on another."""
    page, watch = shown
    assert (watch.console, watch.requests, watch.dialogs) == ([], [page_file.resolve().as_uri()], [])
    assert page.evaluate("window.__xss") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("figure.drawn").count() == page.locator("[data-chart]").count()
    assert page.evaluate(MISPLACED) == []
    assert page.evaluate(HEAPED) == []
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") or ""
    assert "default-src 'none'" in policy and "script-src 'sha256-" in policy
    assert "unsafe" not in policy


@of_pages(["sample"], PAGES, [1440])
def test_every_chart_has_its_words_and_a_table_behind_it(shown: tuple[Any, Watch]) -> None:
    page, _ = shown
    for figure in page.locator("figure").all():
        live, still = figure.locator("svg.marks"), figure.locator("img")
        alt = still.get_attribute("alt") or ""
        assert len(alt.split()) >= 4
        assert figure.locator(".live").get_attribute("aria-label") == alt
        assert live.count() == 1
        behind = figure.evaluate("f => f.closest('[data-slide]').querySelectorAll('.behind').length")
        assert behind == 1, alt


@of_pages(["sample"], PAGES, [1440])
def test_the_keyboard_reaches_every_slide_in_order(shown: tuple[Any, Watch]) -> None:
    page, _ = shown
    slides = page.evaluate("[...document.querySelectorAll('[data-slide]')].map(s => s.id)")
    assert len(set(slides)) == len(slides) > 3
    seen = []
    for _ in slides[1:]:
        page.keyboard.press("ArrowRight")
        seen.append(page.evaluate("document.activeElement.id"))
    assert seen == slides[1:]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *product(["sample"], [*PAGES, SHELF]),
        *product(["hostile"], OTHERS),
        *(pytest.param(*one, marks=pytest.mark.deep) for one in product(["0", "1500"], [*PAGES, SHELF])),
    ],
    scope="module",
)
def test_axe_finds_nothing_on_screen_and_on_paper_that_holds_it(browser: Any, page_file: Path) -> None:
    script = axe()
    if script is None:
        pytest.skip(
            "axe-core is not installed (pip install axe-playwright-python, or name axe.min.js in VMO_AXE)"
        )
    with opened(browser, page_file, width=A4, bypass_csp=True) as (page, _):
        assert violations(page, script) == []
        page.emulate_media(media="print")
        assert violations(page, script, contrast_alone=True) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= A4


@pytest.mark.parametrize("width", [390, 1440])
@of_pages(["sample"], PAGES)
def test_without_scripts_every_chart_is_its_picture(browser: Any, page_file: Path, width: int) -> None:
    with opened(browser, page_file, width=width, drawn=False, java_script_enabled=False) as (page, watch):
        pictures, figures = page.locator("figure img:visible"), page.locator("figure")
        assert pictures.count() == figures.count() > 0
        for picture in pictures.all():
            box = picture.bounding_box()
            assert box is not None and 200 < box["width"] <= width
        assert watch.console == []


def test_hostile_text_is_read_as_it_was_written(browser: Any, review: Callable[[str], Path]) -> None:
    """Title of a work item, its comment, a stream, a metric, a state: shown, never run; markup in them makes
    no element."""
    read = ""
    for name in PAGES:
        with opened(browser, review("hostile") / name) as (page, _):
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
            read += page.evaluate("document.body.innerText.replaceAll('\\u200b', '')")
            assert page.locator("main img:not([src^='data:image/svg']), main iframe, main b").count() == 0
            assert page.locator("a[href^='javascript:'], a[href^='data:']").count() == 0
    for text in portfolios.HOSTILE:
        if "\u202e" not in text:
            assert text[:60] in read, text[:60]
    assert "\u202e" not in read


def test_no_cell_of_any_table_would_be_run_by_a_spreadsheet(review: Callable[[str], Path]) -> None:
    cells = [cell for path in sorted(review("hostile").rglob("*.csv")) for cell in _cells(path)]
    assert len(cells) > 5000
    assert [cell for cell in cells if cell.startswith(FORMULA) and not NUMBER.fullmatch(cell)] == []
    assert sum(cell.startswith(("'=", "'+", "'-", "'@")) for cell in cells) > 20, (
        "what was dangerous is still there, as text"
    )


def _cells(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield from row
