"""The analyst's way in a real JupyterLab: Run All, move a slider, choose a stream, select points, and read
the right other rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.lab import jupyter
from tests.lab.jupyter import Notebook, Server
from vmo_helpers import measures
from vmo_helpers.explore import ahead_views, alignment_views, flow_views, limit_views, watermelon_views
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.forecasts.order import CD3, OURS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOWN = 10  # rows that a table shows
WAIT = 120_000


@pytest.fixture(scope="module")
def watched(lab: Server, lab_browser: Any) -> Iterator[dict[str, Notebook]]:
    """Each notebook once, opened and run when a test first asks for it."""
    with _Shelf(lab, lab_browser) as shelf:
        yield shelf


class _Shelf(dict[str, Notebook]):
    """Notebooks by name, opened on demand and closed together."""

    def __init__(self, server: Server, browser: Any) -> None:
        super().__init__()
        self._server, self._browser, self._open = server, browser, []

    def __missing__(self, name: str) -> Notebook:
        opening = jupyter.opened(self._browser, self._server, name)
        book = self[name] = opening.__enter__()
        self._open.append(opening)
        book.run_all()
        return book

    def __enter__(self) -> _Shelf:
        return self

    def __exit__(self, *reason: object) -> None:
        for opening in reversed(self._open):
            opening.__exit__(None, None, None)


def _expect(locator: Any) -> Any:
    from playwright.sync_api import expect

    expect.set_options(timeout=WAIT)
    return expect(locator)


def _says(panel: Any, sentence: str) -> None:
    """The panel's conclusion, waited for."""
    _expect(panel.locator("h3", has_text=sentence).first).to_be_visible()


def _head(panel: Any) -> str:
    return str(panel.locator(".vmo-right p.q").first.inner_text())


def _ids(panel: Any) -> list[str]:
    return [str(text) for text in panel.locator(".vmo-right tbody td:first-child").all_inner_texts()]


def _counts(panel: Any, text: str) -> None:
    """What stands above the rows, waited for."""
    _expect(panel.locator(".vmo-right p.q").first).to_contain_text(text)


def _drawn(panel: Any) -> Any:
    chart = panel.locator(".vmo-chart[data-drawn]")
    chart.wait_for(timeout=WAIT)
    return chart.locator("svg.marks")


def _chip(panel: Any, name: str) -> None:
    panel.get_by_role("button", name=name, exact=True).click()


DEEP = pytest.mark.deep


@pytest.mark.parametrize(
    "name",
    ["flow_analysis", *(pytest.param(one, marks=DEEP) for one in ("okr_alignment", "watermelon_metrics"))],
)
class TestEachNotebook:
    """Those whose panels are used below; every notebook is run whole by nbval."""

    def test_runs_whole_and_nothing_complains(
        self, watched: dict[str, Notebook], lab: Server, name: str
    ) -> None:
        book = watched[name]
        assert book.errors() == []
        assert book.watch.console == []
        assert book.watch.strangers == []
        assert lab.complaints() == []

    def test_draws_its_slides_without_a_network(self, watched: dict[str, Notebook], name: str) -> None:
        book = watched[name]
        book.show_cell_with(".slide(")
        chart = book.page.locator(".jp-RenderedVegaCommon5 :is(canvas, svg)").first
        chart.wait_for(timeout=WAIT)
        box = chart.bounding_box()
        assert box is not None and box["width"] > 300 and box["height"] > 100


def _between_dots(panel: Any, x: float, y: float) -> float:
    """The height next to ``y`` at which no dot lies at ``x``: a drag that begins on a dot is meant for the
    dot."""
    centre = (
        "nodes => nodes.map(node => {const r = node.getBoundingClientRect(); return [r.x + r.width "
        "/ 2, r.y + r.height / 2]})"
    )
    dots = _drawn(panel).locator(".mark-symbol path").evaluate_all(centre)
    return next(
        one
        for one in (y + step for step in range(0, 60, 3))
        if all(abs(dx - x) > 14 or abs(dy - one) > 14 for dx, dy in dots)
    )


class TestFlow:
    @pytest.fixture
    def panel(self, watched: dict[str, Notebook]) -> Iterator[Any]:
        panel = watched["flow_analysis"].panel("explore.flow(review)")
        _drawn(panel)
        yield panel
        if (chip := panel.locator(".vmo-chips:not(.widget-toggle-buttons) button.mod-active")).count():
            chip.first.click()  # as it was, for the next test

    def test_a_stream_leaves_its_rows_alone(self, panel: Any, source: Source) -> None:
        every = flow_views.ages(source.scene(source.opened))
        one = flow_views.ages(source.scene(replace(source.opened, streams=("VS-PAY",))))
        assert set(one.rows["item_id"]) < set(every.rows["item_id"])
        _counts(panel, f"{len(every.rows)} epics in progress")
        _chip(panel, "Payments & Fraud")
        _counts(panel, f"{len(one.rows)} epic")
        _says(panel, one.sentence)
        assert _ids(panel) == one.rows["item_id"].head(SHOWN).tolist()

    def test_the_percentile_moves_the_line_and_the_lines_to_copy(self, panel: Any, source: Source) -> None:
        handle = panel.locator(".noUi-handle").first
        handle.focus()
        handle.press("ArrowLeft")
        strict = flow_views.ages(source.scene(source.opened.with_threshold("stalled_percentile", 0.8)))
        _says(panel, strict.sentence)
        panel.get_by_role("button", name="Copy as parameters").click()
        lines = panel.locator("pre")
        _expect(lines).to_contain_text("--threshold stalled_percentile=0.8")
        _expect(lines).to_contain_text("papermill")
        handle.focus()
        handle.press("ArrowRight")
        _says(panel, flow_views.ages(source.scene(source.opened)).sentence)
        _expect(lines).to_have_count(0)

    def test_a_brush_over_ages_leaves_the_items_of_those_ages(self, panel: Any, scene: Scene) -> None:
        box = _drawn(panel).bounding_box()
        assert box is not None
        mouse, left = panel.page.mouse, box["x"] + box["width"] * 0.50
        middle = _between_dots(panel, left, box["y"] + box["height"] * 0.25)  # above the fold
        mouse.move(left, middle)
        mouse.down()
        mouse.move(box["x"] + box["width"] * 0.60, middle + 20, steps=4)
        mouse.move(box["x"] + box["width"] * 0.75, middle + 20, steps=4)
        mouse.up()
        _counts(panel, "days old")
        found = re.search(r"(\d+) of (\d+) epics in progress: ([\d,]+) to ([\d,]+) days old", _head(panel))
        assert found is not None, _head(panel)
        count, total, low, high = (int(text.replace(",", "")) for text in found.groups())
        ages = scene.items.set_index("item_id")["age_days"].dropna().sort_values(ascending=False)
        surely, perhaps = ages[ages.between(low + 0.6, high - 0.6)], ages[ages.between(low - 0.6, high + 0.6)]
        assert total == len(ages)
        assert 0 < len(surely) <= count <= len(perhaps) < total
        assert set(surely.index[:SHOWN]) <= set(_ids(panel)) <= set(perhaps.index)
        mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.3)  # beside the brush
        _expect(panel.locator(".vmo-right p.q").first).to_have_text(f"{len(ages)} epics in progress")
        assert _ids(panel) == ages.index[:SHOWN].tolist()

    def test_a_click_on_a_dot_leaves_its_value_stream(self, panel: Any, scene: Scene) -> None:
        _drawn(panel).locator(".mark-symbol path").last.click()
        items = scene.items[scene.items["age_days"].notna()]
        head = panel.locator(".vmo-right p.q").first
        _expect(head).to_have_text(re.compile(r"of 50 epics in progress: \D+$"))
        name = _head(panel).rpartition(": ")[2]
        theirs = items[items["value_stream"].eq(name)].sort_values("age_days", ascending=False, kind="stable")
        assert 0 < len(theirs) < len(items)
        assert _head(panel).startswith(f"{len(theirs)} of {len(items)}")
        assert _ids(panel) == theirs["item_id"].head(SHOWN).tolist()

    def test_a_click_on_a_queue_leaves_what_stands_in_it(self, panel: Any, scene: Scene) -> None:
        _chip(panel, "Queues")
        view = flow_views.queues(scene)
        _says(panel, view.sentence)
        _drawn(panel).locator(".mark-rect path").first.click()
        chosen = view.chosen({"picked": {"vlPoint": {"or": [{"tip0": "Integration test queue"}]}}})
        _counts(panel, f"{len(chosen.frame)} of {len(view.rows)}")
        assert _ids(panel) == chosen.frame["item_id"].head(SHOWN).tolist()
        _chip(panel, "Open work")
        _says(panel, flow_views.ages(scene).sentence)

    def test_another_window_and_one_that_cannot_be(self, panel: Any, source: Source) -> None:
        first, last = panel.locator("input[type=date]").all()
        last.fill("2026-06-30")
        earlier = flow_views.ages(
            source.scene(replace(source.opened, as_of="2026-06-30", from_day=source.window.start_day))
        )
        _says(panel, earlier.sentence)
        assert _ids(panel) == earlier.rows["item_id"].head(SHOWN).tolist()
        first.fill("2026-08-01")
        _expect(panel.get_by_text("This choice cannot be shown")).to_be_visible()
        first.fill(source.window.start_day)
        last.fill(source.window.end_day)
        _says(panel, flow_views.ages(source.scene(source.opened)).sentence)

    def test_a_limit_on_work_in_progress(self, watched: dict[str, Notebook], scene: Scene) -> None:
        panel = watched["flow_analysis"].panel("explore.wip_limit(review)")
        start = round(limit_views.in_progress(scene) * 0.75)
        _says(panel, limit_views.what_if(scene, start).sentence)
        handle = panel.locator(".noUi-handle").first
        handle.focus()
        handle.press("ArrowLeft")
        _says(panel, limit_views.what_if(scene, start - 1).sentence)
        assert panel.locator(".vmo-right tbody tr").count() == 4

    def test_a_number_is_explained(self, watched: dict[str, Notebook], scene: Scene) -> None:
        panel = watched["flow_analysis"].panel("explore.number(review)")
        _says(panel, "Lead time to value: 314 days")
        option = panel.locator("select option", has_text="Flow efficiency: 28 %").inner_text()
        panel.locator("select").last.select_option(label=option)
        _says(panel, "Flow efficiency: 28 %")
        _expect(panel.locator(".vmo-left p.q").first).to_contain_text("42 rows behind it")
        left = measures.flow.excluded(scene.items)
        shown = panel.locator(".vmo-right tbody td:first-child").all_inner_texts()
        assert len(shown) == 3 and set(shown) <= set(left["item_id"])


@DEEP
def test_a_cell_of_the_matrix_leaves_its_items(watched: dict[str, Notebook], scene: Scene) -> None:
    panel = watched["watermelon_metrics"].panel("explore.watermelon(review)")
    view = watermelon_views.matrix(scene)
    _says(panel, view.sentence)
    _drawn(panel).locator(".mark-rect path").first.click()
    melons = view.rows[view.rows["label"].eq("watermelon")]
    _counts(panel, f"{len(melons)} of {len(view.rows)}")
    assert _ids(panel) == melons["item_id"].head(SHOWN).tolist()


@DEEP
def test_an_order_is_changed_by_the_keyboard_by_arrows_and_by_dragging(
    watched: dict[str, Notebook], scene: Scene
) -> None:
    panel = watched["looking_ahead"].panel("explore.order(review)")
    best = ahead_views.by_rule(scene, OURS)
    rows = panel.locator(".vmo-ordering li")
    _expect(rows).to_have_count(len(best))
    _says(panel, ahead_views.in_order(scene, best).sentence)

    def shown(order: list[str]) -> None:
        for place in (0, 1, 2):
            _expect(rows.nth(place)).to_have_attribute("data-key", order[place])
        _says(panel, ahead_views.in_order(scene, order).sentence)

    one, two, three, *rest = best
    rows.nth(1).focus()
    panel.page.keyboard.press("Alt+ArrowUp")
    shown([two, one, three, *rest])
    _expect(panel.locator(".vmo-told")).to_contain_text(f"is now 1 of {len(best)}")
    focused = panel.page.evaluate("document.activeElement.dataset.key")
    assert focused == two  # who moved it goes on with it
    panel.page.keyboard.press("ArrowDown")
    assert panel.page.evaluate("document.activeElement.dataset.key") == one
    rows.nth(1).get_by_role("button", name="Later").click()
    shown([two, three, one, *rest])
    rows.nth(2).drag_to(rows.nth(0))
    shown([one, two, three, *rest])
    panel.get_by_role("button", name="By cost of delay ÷ length").click()
    shown(ahead_views.by_rule(scene, CD3))
    panel.get_by_role("button", name="Best order").click()
    shown(best)


@DEEP
class TestAlignment:
    def test_a_rung_leaves_the_items_that_stand_on_it(
        self, watched: dict[str, Notebook], scene: Scene
    ) -> None:
        panel = watched["okr_alignment"].panel("explore.alignment(review)")
        view = alignment_views.ladder(scene)
        _says(panel, view.sentence)
        _drawn(panel).locator(".mark-rect path").nth(2).click()
        chosen = view.chosen(
            {"picked": {"vlPoint": {"or": [{"tip0": "L2  serves a top-three key result"}]}}}
        ).frame
        _counts(panel, f"{len(chosen)} of {len(view.rows)}")
        assert _ids(panel) == chosen["item_id"].head(SHOWN).tolist()

    def test_links_move_the_ladder(self, watched: dict[str, Notebook], scene: Scene) -> None:
        panel = watched["okr_alignment"].panel("explore.links(review)")
        free = alignment_views.unmapped(scene).head(3)
        labels = [f"{title} ({name})" for name, title in zip(free["item_id"], free["title"], strict=True)]
        panel.locator("select[multiple]").select_option(label=labels)
        goal = next(iter(alignment_views.goals(scene).values()))
        view = alignment_views.if_linked(scene, free["item_id"].tolist(), alignment_views.Link(*goal))
        _says(panel, view.sentence)
        panel.locator(".vmo-right tbody td:last-child", has_text="3").first.wait_for()
        more = [
            int(text.replace("–", "-").replace("−", "-"))
            for text in panel.locator(".vmo-right tbody td:last-child").all_inner_texts()
        ]
        assert more == view.rows["items_more"].astype(int).tolist()
        assert max(more) == 3


@DEEP
def test_a_hundred_thousand_items_are_shown_as_quietly(
    hundred_thousand: Path, lab: Server, lab_browser: Any
) -> None:
    notebook = Path(lab.log).parent / "notebooks" / "large.ipynb"
    cells = [
        "from vmo_helpers import explore, open_review\n"
        f"review = open_review('flow_analysis', {str(hundred_thousand)!r})",
        "explore.flow(review)",
    ]
    notebook.write_text(json.dumps(jupyter.blank_notebook(cells)), encoding="utf-8")
    with jupyter.opened(lab_browser, lab, "large") as book:
        book.run_all()
        panel = book.panel("explore.flow(review)")
        dots = _drawn(panel).locator(".mark-symbol path").count()
        assert 100 < dots <= 600
        rows = int(_head(panel).split()[0].replace(",", ""))
        assert rows > 10_000
        panel.locator("select[multiple]").first.select_option(index=0)
        _expect(panel.locator(".vmo-right p.q").first).not_to_contain_text(f"{rows:,}")
        assert (book.errors(), book.watch.console, book.watch.strangers) == ([], [], [])


def test_after_all_this_nothing_has_complained(watched: dict[str, Notebook], lab: Server) -> None:
    assert {name: book.watch.console for name, book in watched.items() if book.watch.console} == {}
    assert {name: book.watch.strangers for name, book in watched.items() if book.watch.strangers} == {}
    assert lab.complaints() == []
    assert pd.Series([book.errors() for book in watched.values()]).str.len().sum() == 0
