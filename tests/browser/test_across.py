"""The page over several portfolios in a browser: a telephone, a desk, paper, and the dark."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import axe, opened, violations
from tests.browser.test_reviews import A4, HEAPED
from tests.review import demo, shelves
from tests.review.shelves import asking, figure, finding, place, put

pytestmark = pytest.mark.browser

ASKS = [("Free the queue of the integration test until it holds its limit", 900_000.0), ("Stop it", None)]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven portfolios: one of hostile names, one late, one of another level, one broken, one that did not
    report."""
    shelf = tmp_path_factory.mktemp("shelf")
    for number in range(7):
        name = demo.HOSTILE[number % len(demo.HOSTILE)] if number == 3 else f"Portfolio {number}"
        asks = [(f"A-{at}", text if at else f"{text} {number}", cost) for at, (text, cost) in enumerate(ASKS)]
        rules = ("watermelon.watermelon", "okr.moved", "flow.started_not_finished")
        put(
            shelf,
            name,
            day="2026-08-31" if number == 4 else shelves.DAY,
            findings=[
                *asking(*asks),
                *(finding(rule, sentence=f"{rule} of {name}") for rule in rules),
                finding("places.fails", "S-1", value=3.0, sentence="Stream 1 is failing its customers"),
            ],
            figures={
                "flow.lead_time_p85_days": figure(
                    100.0 + number, "days", low=90.0, high=130.0, previous=99.0
                ),
                "watermelon.count": figure(3, previous=2),
                "watermelon.green": figure(12, previous=12),
                "okr.top_three_share": figure(None, "share", why="no link"),
                "value.realised": figure(1e6, "money", previous=9e5),
                "value.planned_to_date": figure(4e6, "money", previous=4e6),
            },
            signs=[
                row
                for at in range(6)
                for row in place(
                    f"S-{at}", f"Stream {at}", customers="against", flow=("for", "against")[number % 2]
                )
            ],
            **({"settings": {"review_level": "feature", "currency": "USD"}} if number == 5 else {}),
        )
        if number:
            put(shelf, name, day="2026-07-31")
    (max(shelf.glob("2026-10-31-*")) / "findings.json").write_text("[")
    (shelf / "portfolios.json").write_text('[{"id": "labs", "name": "Labs", "review": null, "message": "…"}]')
    (shelf / "index.html").write_text(shelves.index(shelf), encoding="utf-8")
    return shelf / "index.html"


@pytest.mark.parametrize("width", [390, 1440])
def test_it_is_whole_and_quiet(browser: Any, page_file: Path, width: int) -> None:
    with opened(browser, page_file, width=width) as (page, watch):
        assert (watch.console, watch.requests, watch.dialogs) == ([], [page_file.resolve().as_uri()], [])
        assert page.evaluate("window.__xss") is None
        for opened_up in (False, True):
            page.evaluate(
                f"document.querySelectorAll('details').forEach(d => d.open = {str(opened_up).lower()})"
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(HEAPED) == []


def test_axe_finds_nothing_in_the_light_in_the_dark_and_on_paper_that_holds_it(
    browser: Any, page_file: Path
) -> None:
    script = axe()
    assert script is not None, "pip install axe-playwright-python, or name axe.min.js in VMO_AXE"
    with opened(browser, page_file, bypass_csp=True) as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert violations(page, script) == []
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
        assert violations(page, script, contrast_alone=True) == []
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        page.set_viewport_size({"width": A4, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= A4
        assert violations(page, script, contrast_alone=True) == []
        page.emulate_media(media="screen", color_scheme="light")
