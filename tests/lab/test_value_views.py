"""Other weights, another tolerance, items that stop: what the panels of value and funding compute."""

from __future__ import annotations

import pandas as pd
import pytest

from vmo_helpers import measures
from vmo_helpers.explore import value_views
from vmo_helpers.explore.scene import Scene, Source


class TestWeights:
    def test_of_the_portfolio_move_no_rank(self, scene: Scene) -> None:
        view = value_views.ranks(scene, value_views.weights(scene))
        assert view.rows["ranks_up"].eq(0).all()
        assert "5 of the first 5 are those of the portfolio's own" in view.sentence

    def test_twice_as_large_are_the_same_weights(self, scene: Scene) -> None:
        twice = {name: 2 * one for name, one in value_views.weights(scene).items()}
        assert value_views.ranks(scene, twice).rows["ranks_up"].eq(0).all()

    def test_of_one_criterion_alone_rank_by_it(self, scene: Scene) -> None:
        alone = {name: float(name == "risk") for name in value_views.weights(scene)}
        rows = value_views.ranks(scene, alone).rows
        table = scene.portfolio.criteria_scores.query("criterion == 'risk'").set_index("item_id")["score"]
        assert rows["score"].tolist() == table.reindex(rows["item_id"]).tolist()
        assert rows["score"].is_monotonic_decreasing
        assert rows["ranks_up"].sum() == 0 and rows["ranks_up"].ne(0).any()

    def test_of_nothing_lead_to_no_conclusion(self, scene: Scene) -> None:
        view = value_views.ranks(scene, dict.fromkeys(value_views.weights(scene), 0.0))
        assert view.sentence.startswith("No conclusion on ranks") and str(view.severity) == "unknown"


@pytest.mark.parametrize(("tolerance", "broken"), [(0.0, True), (0.2, False)])
def test_a_tolerance_moves_what_is_broken(source: Source, tolerance: float, broken: bool) -> None:
    scene = source.scene(source.opened.with_threshold("guardrail_tolerance", tolerance))
    view = value_views.guardrails(scene)
    assert view.rows["breached"].fillna(False).any() == broken
    assert ("broken" in view.sentence) == broken


class TestWhatStops:
    def test_frees_what_it_still_costs_and_forgoes_what_lies_ahead(self, scene: Scene) -> None:
        going = value_views.in_progress(scene)
        assert len(going) == int(scene.items["age_days"].notna().sum())
        some = going[going["verdict"].isin(["stop", "fund"])]
        view = value_views.if_stopped(scene, some["item_id"].tolist())
        money = scene.money.set_index("item_id").loc[view.rows["item_id"]]
        assert view.rows["cost_to_go"].tolist() == money["cost_to_go"].tolist()
        assert view.rows["ahead"].tolist() == money["ahead"].tolist()
        costs = measures.decisions.waiting_cost(scene.portfolio).set_index("item_id")["spend_per_month"]
        pd.testing.assert_series_equal(
            view.rows.set_index("item_id")["spend_per_month"], costs.loc[some["item_id"]], check_names=False
        )
        assert "If 3 epics stop: EUR 493 k is freed" in view.sentence

    def test_counts_an_unknown_value_ahead_and_not_as_nothing(self, scene: Scene) -> None:
        going = value_views.in_progress(scene)
        blind = going.loc[going["ahead"].isna(), "item_id"].head(2).tolist()
        assert "of 2 the value ahead is not known" in value_views.if_stopped(scene, blind).sentence

    def test_is_asked_for_where_nothing_is_chosen(self, scene: Scene) -> None:
        view = value_views.if_stopped(scene, [])
        assert view.rows.empty and view.sentence.startswith("Choose items")
