"""Decks as a reader has them: in a browser without a network, on a telephone, on paper, without scripts, by
keyboard."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import axe, opened, violations, wait_until
from tests.review import demo

pytestmark = pytest.mark.browser

EVERY = ("demo", "hostile", "empty")
CHARTS = {"demo": 4, "hostile": 5, "empty": 1}
Pages = dict[str, Path]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("width", [390, 1440])
def test_every_chart_is_drawn_nothing_is_fetched_and_the_console_is_silent(
    browser: Any, pages: Pages, name: str, width: int
) -> None:
    with opened(browser, pages[name], width=width) as (page, watch):
        assert page.locator("figure.drawn svg.marks").count() == CHARTS[name]
        assert page.locator("figure picture:visible").count() == 0
        assert (watch.console, watch.requests, watch.dialogs) == ([], [pages[name].resolve().as_uri()], [])
        assert page.evaluate("window.__xss") is None
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for figure in page.locator("figure").all():
            assert figure.evaluate(
                "f => f.querySelector('svg.marks').getBoundingClientRect().width <= f.clientWidth + 1"
            )


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("media", ["screen", "print"])
def test_axe_finds_nothing(browser: Any, pages: Pages, name: str, media: str) -> None:
    script = axe()
    if script is None:
        pytest.skip(
            "axe-core is not installed (pip install axe-playwright-python, or name axe.min.js in VMO_AXE)"
        )
    with opened(browser, pages[name], bypass_csp=True) as (page, _):
        page.emulate_media(media=media)
        assert violations(page, script) == []


def test_axe_finds_what_is_wrong_and_leaves_the_page_as_it_was(browser: Any, pages: Pages) -> None:
    """Planted: pale words of a role that does not exist, and pale ones in the last row of a long table, where
    rows above differ in their words alone, or in a colour or an emptiness."""
    script = axe()
    if script is None:
        pytest.skip("axe-core is not installed")
    with opened(browser, pages["demo"], bypass_csp=True) as (page, _):
        page.evaluate("""() => {
            const pale = document.createElement('p'); pale.textContent = 'pale'; pale.style.color = '#ccc';
            pale.setAttribute('role', 'nonsense');
            document.querySelector('h1').after(pale);
            const row = (words, colour) => `<tr><td>${words}<td style="color:${colour}">${words}</tr>`;
            const rows = [row('', '#ddd'), ...Array(30).fill(row('dark', '#000')),
                ...['pale', 'ice'].map(words => row(words, '#ddd'))];
            pale.insertAdjacentHTML('afterend', `<table><tbody>${rows.join('')}</tbody></table>`);
        }""")
        before = page.locator("body").inner_html()
        found = {rule: elements for _, rule, elements in violations(page, script)}
        assert set(found) == {"aria-roles", "color-contrast"}
        assert len(found["aria-roles"]) == 1 and len(found["color-contrast"]) == 2
        assert all("pale" in element for elements in found.values() for element in elements)
        assert page.locator("body").inner_html() == before


def test_the_policy_stops_what_is_not_the_pages_own(browser: Any, pages: Pages) -> None:
    with opened(browser, pages["demo"]) as (page, watch):
        page.evaluate("""() => {
            window.__refused = 0;
            document.addEventListener('securitypolicyviolation', () => { window.__refused += 1; });
            const script = document.createElement('script'); script.textContent = 'window.__xss = 1';
                document.body.append(script);
            document.body.insertAdjacentHTML('beforeend',
                '<img src="https://example.org/x.png" onerror="window.__xss = 2">');
            const style = document.createElement('style'); style.textContent = 'body { display: none }';
                document.head.append(style);
        }""")
        wait_until(page, "window.__refused >= 3")
        assert page.evaluate("window.__xss") is None
        assert page.locator("h1").is_visible()
        assert len([line for line in watch.console if "Content Security Policy" in line]) >= 3


@pytest.mark.parametrize("width", [390, 1440])
def test_without_scripts_each_chart_is_a_picture_with_its_alt_text(
    browser: Any, pages: Pages, width: int
) -> None:
    with opened(browser, pages["demo"], width=width, drawn=False, java_script_enabled=False) as (page, watch):
        pictures = page.locator("figure img:visible")
        assert pictures.count() == CHARTS["demo"]
        for picture in pictures.all():
            box = picture.bounding_box()
            assert box is not None and box["width"] > 250 and box["height"] > 150
            assert len((picture.get_attribute("alt") or "").split()) > 5
        assert page.locator("figure .live:visible").count() == 0
        assert watch.console == []


def test_on_paper_each_chart_is_a_picture_that_no_page_cuts_or_parts_from_its_title(
    browser: Any, pages: Pages
) -> None:
    with opened(browser, pages["demo"], width=688) as (page, _):
        page.emulate_media(media="print")
        assert page.locator("figure img:visible").count() == CHARTS["demo"]
        assert page.locator("figure .live:visible").count() == 0
        broken = (
            "[...document.querySelectorAll('.whole')].filter(s => getComputedStyle(s).breakInside "
            "!== 'avoid').length"
        )
        assert page.evaluate(broken) == 0
        assert page.locator("figure").count() == page.locator(".whole:has(h2, h3) > figure").count()
        # the text of an A4 page is 275 mm high: a title with its chart that is higher would be cut all the
        # same
        highest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('.whole')].map(s => s.getBoundingClientRect().height))"
        )
        assert highest < 275 / 25.4 * 96


def test_on_paper_a_table_goes_on_overleaf_with_two_rows_at_the_least_on_either_page(
    browser: Any, pages: Pages
) -> None:
    rules = (
        "(row => { const s = getComputedStyle(row); return [s.breakInside, s.breakBefore, s.breakAfter]; })"
    )
    with opened(browser, pages["demo"], width=688) as (page, _):
        page.emulate_media(media="print")
        longest = (
            "[...document.querySelectorAll('.slide > .scroll tbody')].sort((a, b) => b.rows.length "
            "- a.rows.length)[0].rows"
        )
        rows = page.evaluate(f"[...{longest}].map({rules})")
        assert len(rows) > 4
        assert all(within == "avoid" for within, _, _ in rows)
        assert [after for _, _, after in rows[:3]] == ["avoid", "avoid", "auto"]
        assert [before for _, before, _ in rows[-3:]] == ["auto", "avoid", "avoid"]


@pytest.mark.parametrize("width", [390, 1440])
def test_a_table_wider_than_the_page_is_shaded_where_more_of_it_lies_and_scrolls_by_keyboard(
    browser: Any, pages: Pages, width: int
) -> None:
    with opened(browser, pages["demo"], width=width) as (page, _):
        table = page.locator(".slide > .scroll").first
        assert (
            table.evaluate("t => getComputedStyle(t).backgroundAttachment") == "local, local, scroll, scroll"
        )
        assert table.get_attribute("tabindex") == "0" and table.get_attribute("role") == "group"
        assert len((table.get_attribute("aria-label") or "").split()) > 1
        table.evaluate("t => { t.style.width = '120px'; t.focus(); }")
        page.keyboard.press("ArrowRight")
        wait_until(page, "document.activeElement.scrollLeft > 0")
        page.emulate_media(media="print")
        assert table.evaluate("t => getComputedStyle(t).backgroundImage") == "none"


def test_a_chart_lays_itself_out_anew_when_the_window_narrows(browser: Any, pages: Pages) -> None:
    with opened(browser, pages["demo"]) as (page, _):
        wide = page.locator("figure svg.marks").first.bounding_box()
        page.set_viewport_size({"width": 390, "height": 844})
        wait_until(page, "document.querySelector('figure svg.marks').getBoundingClientRect().width <= 350")
        narrow = page.locator("figure svg.marks").first.bounding_box()
        assert wide is not None and narrow is not None
        assert abs(wide["height"] - narrow["height"]) < 40  # laid out anew, not shrunk


class TestTheKeyboard:
    def place(self, page: Any) -> str:
        place: str = page.evaluate("document.activeElement.id")
        return place

    @pytest.mark.parametrize(
        ("there", "back"), [("ArrowRight", "ArrowLeft"), ("PageDown", "PageUp"), ("j", "k")]
    )
    def test_moves_slide_by_slide(self, browser: Any, pages: Pages, there: str, back: str) -> None:
        with opened(browser, pages["demo"]) as (page, watch):
            every = page.evaluate("[...document.querySelectorAll('[data-slide]')].map(s => s.id)")
            seen = []
            for _ in every[1:]:
                page.keyboard.press(there)
                seen.append(self.place(page))
                assert page.locator(f"#{seen[-1]}").evaluate(
                    "s => s.getBoundingClientRect().top < innerHeight"
                )
            assert seen == every[1:]
            page.keyboard.press(there)
            assert self.place(page) == every[-1]
            for expected in every[-2::-1]:
                page.keyboard.press(back)
                assert self.place(page) == expected
            assert watch.console == []

    @pytest.mark.parametrize(
        "options",
        ["key: 'ArrowDown'", "key: 'ArrowRight', altKey: true", "key: 'Enter'", "key: 'j', ctrlKey: true"],
    )
    def test_leaves_the_browsers_own_keys_alone(self, browser: Any, pages: Pages, options: str) -> None:
        with opened(browser, pages["demo"]) as (page, _):
            press = (
                f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{{options}, bubbles: "
                f"true, cancelable: true}}))"
            )
            assert page.evaluate(press) is True
            assert self.place(page) == ""

    def test_first_offers_a_way_past_the_navigation_and_always_shows_where_it_is(
        self, browser: Any, pages: Pages
    ) -> None:
        with opened(browser, pages["demo"]) as (page, _):
            page.keyboard.press("Tab")
            skip = page.locator(".skip")
            assert skip.evaluate("a => a === document.activeElement")
            box = skip.bounding_box()
            assert box is not None and box["x"] >= 0
            page.keyboard.press("Tab")
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"

    def test_opens_what_stands_behind_a_slide(self, browser: Any, pages: Pages) -> None:
        with opened(browser, pages["demo"]) as (page, _):
            summary = page.locator("#wait_queue .reasons summary")
            summary.focus()
            page.keyboard.press("Enter")
            assert page.locator("#wait_queue .reasons dl").is_visible()
            assert page.get_by_text("the queue holds under a quarter of all waiting").last.is_visible()


def test_a_tooltip_shows_text_from_the_data_as_text(browser: Any, pages: Pages) -> None:
    with opened(browser, pages["hostile"]) as (page, watch):
        for bar in (
            page.locator("figure.drawn").first.locator(".mark-rect path").all()[1:4]
        ):  # the first has no length
            bar.hover()
            page.wait_for_selector("#vg-tooltip-element.visible")
            assert page.locator("#vg-tooltip-element").locator("script, img, a").count() == 0
        assert page.evaluate("window.__xss") is None
        assert watch.console == [] and watch.dialogs == []


def test_hostile_titles_are_read_as_they_were_written(browser: Any, pages: Pages) -> None:
    with opened(browser, pages["hostile"]) as (page, _):
        read = page.inner_text("body")
        for text in (demo.HOSTILE[0], demo.HOSTILE[1], demo.HOSTILE[2], demo.HOSTILE[3], demo.HOSTILE[5]):
            assert text in read
