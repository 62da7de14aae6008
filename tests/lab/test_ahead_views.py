"""Items that leave or stop, a place more, another order: what the panels of what lies ahead compute."""

from __future__ import annotations

import math
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from vmo_helpers import forecasts
from vmo_helpers.explore import ahead_views, numbers_ahead
from vmo_helpers.explore.explain import explained
from vmo_helpers.explore.scene import Scene, Source
from vmo_helpers.forecasts.order import CD3, OURS

ROOT = Path(__file__).parents[2]
STREAM = "VS-C2S"


@pytest.fixture(scope="module")
def alone(source: Source) -> Scene:
    """One stream, which has a forecast."""
    return source.scene(replace(source.opened, streams=(STREAM,)))


class TestWhatLeaves:
    def test_nothing_chosen_changes_nothing_and_asks_for_a_choice(self, scene: Scene) -> None:
        view = ahead_views.if_changed(scene, [], [], {})
        assert view.sentence.startswith("Choose what leaves")
        assert view.rows["open_before"].equals(view.rows["open_after"])
        pd.testing.assert_series_equal(view.rows["done_before"], view.rows["done_after"], check_names=False)

    def test_is_open_no_more_and_brings_the_day_nearer(self, alone: Scene) -> None:
        going, waiting = (ahead_views.open_items(alone, going=one) for one in (True, False))
        is_open = {*going["item_id"], *waiting["item_id"]}
        table = forecasts.by_stream(alone.ahead).iloc[-1]
        assert len(is_open) == table["open_items"] == len(going) + len(waiting)
        stopped = going["item_id"].head(4).tolist()
        view = ahead_views.if_changed(alone, [], stopped, {})
        row = view.rows.iloc[-1]
        assert row["open_before"] - row["open_after"] == 4
        assert row["done_after"] < row["done_before"]
        by_hand = forecasts.read(
            alone.items.assign(
                status=alone.items["status"].mask(alone.items["item_id"].isin(stopped), "cancelled")
            ),
            alone.window,
        )
        assert row["done_after"] == forecasts.by_stream(by_hand).iloc[-1]["done_p85"]
        assert view.sentence.startswith("If 4 epics stop, what is open in Click-to-Ship is done by ")
        assert view.sentence.endswith(" sooner")

    def test_a_place_more_makes_a_stream_faster_by_its_share(self, alone: Scene) -> None:
        places = forecasts.places_of(alone.portfolio, alone.items)
        assert places == {STREAM: 12}
        assert forecasts.gained(places, {STREAM: 6}) == {STREAM: 1.5}
        before, after = (alone.forecast((), pace).streams[0] for pace in (None, {STREAM: 1.5}))
        assert before.counts is not None and after.counts is not None
        assert after.counts.mean() / before.counts.mean() == pytest.approx(1.5, rel=0.03)
        view = ahead_views.if_changed(alone, [], [], {STREAM: 6})
        assert view.sentence.startswith("If Click-to-Ship has 6 places more, ") and "sooner" in view.sentence

    def test_all_streams_are_faster_by_what_each_finishes(self, scene: Scene) -> None:
        table = forecasts.by_stream(scene.ahead).set_index("value_stream_id")["finished"]
        pace = 1 + 0.5 * table[STREAM] / table.drop("all").sum()
        before, after = (scene.forecast((), one).whole.counts for one in (None, {STREAM: 1.5}))
        assert before is not None and after is not None
        assert after.mean() / before.mean() == pytest.approx(pace, rel=0.03)

    def test_of_a_stream_that_cannot_be_told_is_unknown_with_why(self, scene: Scene) -> None:
        item = scene.items.loc[scene.items["value_stream_id"].eq("VS-MKT") & scene.items["age_days"].notna()]
        view = ahead_views.if_changed(scene, [], [str(item["item_id"].iloc[0])], {})
        assert str(view.severity) == "unknown"
        assert "no day can be said for Marketplace: too few to say" in view.sentence


class TestAnOrder:
    def test_that_is_the_best_costs_as_much(self, scene: Scene) -> None:
        view = ahead_views.in_order(scene, ahead_views.by_rule(scene, OURS))
        assert "as much as by the best order" in view.sentence
        assert view.rows["place"].tolist() == view.rows["best_place"].tolist()

    def test_by_cd3_costs_what_cd3_costs(self, scene: Scene) -> None:
        chosen = forecasts.in_your_order(scene.order, ahead_views.by_rule(scene, CD3))
        cost = forecasts.rules_table(chosen).set_index("rule")["expected_cost"]
        assert cost[OURS] == pytest.approx(cost[CD3])
        best = forecasts.rules_table(scene.order).set_index("rule")["expected_cost"][OURS]
        assert cost["the best order"] == best <= cost[OURS] + 1e-6

    def test_turned_round_costs_more_and_needs_still_bind(self, scene: Scene) -> None:
        order = ahead_views.by_rule(scene, OURS)
        view = ahead_views.in_order(scene, order[::-1])
        assert " more than by the best order" in view.sentence
        starts = view.rows.set_index("item_id")["starts"]
        needs = scene.portfolio.dependencies
        held = needs[needs["item_id"].isin(starts.index) & needs["needs_item_id"].isin(starts.index)]
        assert all(starts[one] > starts[need] for one, need in held[["item_id", "needs_item_id"]].to_numpy())
        assert ahead_views.in_order(scene, []).rows["place"].tolist() == list(range(1, len(order) + 1))

    def test_of_nothing_says_what_it_takes(self, source: Source) -> None:
        scene = source.scene(replace(source.opened, streams=("VS-DAT",)))
        assert ahead_views.in_order(scene, []).sentence.startswith("No order: under two waiting items")


CHOICES = """
from vmo_helpers.explore import ahead_views
from vmo_helpers.explore.ahead_panels import AheadPanel, OrderPanel
from vmo_helpers.explore.scene import Source
from vmo_helpers.notebook.opening import open_review

source = Source.of(open_review("looking_ahead"))
panel = AheadPanel(source)
assert "Choose what leaves" in panel.said.value
assert not panel.leaving.options and panel.leaving.layout.display == "none"  # what waits are ideas
assert panel.stopping.options and panel.stopping.layout.display is None
panel.stopping.value = panel.stopping.options[0][1:]
panel.stream.value = "VS-C2S"
assert "If 1 epic stops and Click-to-Ship has 1 place more" in panel.said.value, panel.said.value

panel = OrderPanel(source)
best = list(panel.ordering.order)
assert best == ahead_views.by_rule(panel.scene(), "this order") and set(panel.ordering.names) == set(best)
panel.ordering.order = best[::-1]
assert "than by the best order" in panel.said.value
panel.cd3.click()
assert panel.ordering.order == ahead_views.by_rule(panel.scene(), "cost of delay ÷ length")
panel.best.click()
assert panel.ordering.order == best and "as much as by the best order" in panel.said.value
"""


def test_a_choice_is_said_at_once_and_a_move_is_priced() -> None:
    python = Path(os.environ.get("VMO_LAB", ROOT / ".venv-lab")) / "bin" / "python"
    if not python.exists():
        pytest.skip("there is no environment with ipywidgets (make test sets it up; VMO_LAB names another)")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([python, "-c", CHOICES], check=True, env=environment, cwd=ROOT / "notebooks")


def test_figures_that_the_whole_sample_cannot_say_come_from_their_rows_where_a_stream_can(
    alone: Scene,
) -> None:
    told = {figure.key: figure for figure in numbers_ahead.figures(alone)}
    for key in ("forecast.done_p50_days", "forecast.done_p85_days"):
        found = explained(told[key], numbers_ahead.RECIPES[key], alone)
        assert found.working is not None and told[key].value is not None
        assert math.isclose(found.working.value, told[key].value)
