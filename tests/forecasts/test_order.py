"""The order of a small portfolio: who is in it, what holds a place, what is left out, what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from vmo_helpers import findings, forecasts
from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.forecasts import order as ordering
from vmo_helpers.forecasts import waiting
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Settings
from vmo_helpers.results.figure import by_key
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import day_end, review_window

DAY = "2026-06-28"
STATES = [
    {"state": "Idea", "class": "backlog", "position": 1},
    {"state": "Ready", "class": "wait", "position": 2, "portfolio_stage": "ready"},
    {"state": "Build", "class": "active", "position": 3, "portfolio_stage": "implementing"},
    {"state": "Done", "class": "done", "position": 4},
]


def item(name: str, weeks: float | None, cost: float | None, **more: Any) -> dict[str, Any]:
    return {
        "item_id": name,
        "title": f"Epic {name}",
        "level": "epic",
        "created_at": "2026-01-01",
        "value_stream_id": "V",
        "weeks_likely": weeks,
        "cost_of_delay_per_week": cost,
        **more,
    }


def ordered(
    *work: dict[str, Any],
    states: dict[str, tuple[str, str]] | None = None,
    needs: tuple[tuple[str, str], ...] = (),
    limit: float | None = 1,
    scores: dict[str, tuple[float, float, float]] | None = None,
) -> forecasts.Order:
    """``states``: of an item, where it stands and since when; by default in Idea."""
    standing = {one["item_id"]: ("Idea", "2026-01-02") for one in work} | (states or {})
    tables = {
        "work_items": list(work),
        "states": STATES,
        "transitions": [{"item_id": one, "to_state": to, "at": at} for one, (to, at) in standing.items()],
        "value_streams": [{"value_stream_id": "V", "name": "Stores", "wip_limit": limit}],
        "dependencies": [{"item_id": one, "needs_item_id": need} for one, need in needs],
        "criteria_scores": [
            {"item_id": one, "criterion": criterion, "score": score}
            for one, three in (scores or {}).items()
            for criterion, score in zip(ordering.WSJF, three, strict=True)
        ],
    }
    made = portfolio_of(tables, Settings()).known_at(day_end(DAY, "UTC"))
    window = review_window(day_end(DAY, "UTC"), None, "UTC")
    return forecasts.best_order(made, flow.items(flow.read(made), window), window)


def test_one_place_and_linear_costs_are_cd3_and_the_example_of_the_documents() -> None:
    found = ordered(item("A", 4, 10), item("B", 2, 10))
    table = forecasts.order_table(found)
    assert table["item_id"].tolist() == ["B", "A"]
    assert table["wait_cost"].tolist() == pytest.approx([20, 60])
    assert found.best.cost == pytest.approx(80) and found.plans[ordering.FIRST_COME].cost == pytest.approx(
        100
    )
    assert found.least == pytest.approx(80)
    rules = forecasts.rules_table(found).set_index("rule")
    assert rules.loc[ordering.CD3, "tie"] and rules.loc[ordering.CD3, "beaten_chance"] == 0.5
    assert rules.loc[ordering.FIRST_COME, "expected_cost"] > rules.loc[ordering.OURS, "expected_cost"]


def test_what_is_in_progress_holds_its_place_and_what_is_ready_does_not() -> None:
    found = ordered(
        item("A", 2, 10),
        item("R", 3, 5),
        item("G", 20, 5),
        item("L", 2, 5),
        states={"R": ("Ready", "2026-06-01"), "G": ("Build", "2026-05-03"), "L": ("Build", "2026-01-04")},
        limit=2,
    )
    assert found.work is not None
    # 20 weeks less the eight since its start; the other is over its length, and holds for one more week
    assert found.work.free == (pytest.approx((1.0, 20 - 57 / 7)),)
    assert set(found.items["item_id"]) == {"A", "R"}
    assert forecasts.order_table(found)["start_weeks"].tolist() == pytest.approx([1, 3])


def test_more_in_progress_than_the_limit_frees_a_place_when_it_is_under_it_again() -> None:
    going = {f"G{n}": ("Build", "2026-06-28") for n in range(3)}
    found = ordered(
        item("A", 2, 10), *(item(name, 4 + 2 * n, 1) for n, name in enumerate(going)), states=going, limit=2
    )
    assert found.work is not None
    assert found.work.free[0] == pytest.approx((6 - 1 / 7, 8 - 1 / 7))


def test_places_that_nothing_can_take_change_no_order() -> None:
    work = [item("A", 2, 10), item("B", 3, 40), item("C", 4, 20)]
    few, many = (ordered(*work, limit=limit) for limit in (3, 1e15))
    assert many.items["item_id"].tolist() == few.items["item_id"].tolist()
    assert many.work.free == few.work.free == ((0.0, 0.0, 0.0),)


def test_a_bound_that_would_take_too_many_weeks_is_not_solved() -> None:
    far = ordered(*(item(name, 5000, 10) for name in "ABCDEFGHIJKLMNOPQRSTU"))
    assert np.isnan(far.least)


def test_what_lacks_something_is_listed_with_what_it_lacks() -> None:
    found = ordered(
        item("A", 2, 10),
        item("B", 3, 10),
        item("C", None, 10),
        item("D", 3, None),
        item("E", 3, 10, urgency="late_penalty"),
        item("F", 3, 10),
        item("G", 5219, 10),
        needs=(("F", "D"),),
    )
    why = found.left_out.set_index("item_id")["why"].to_dict()
    assert why == {
        "C": "no likely length",
        "D": "no cost of delay",
        "E": "an urgency with a date, and no date",
        "F": "needs D, which nobody can date",
        "G": "a likely length over a hundred years",
    }
    assert set(found.items["item_id"]) == {"A", "B"}
    told = findings.forecast.left_out(found.left_out, "epic").sentence
    assert told.startswith("5 waiting epics cannot be put in order: ")


def test_of_too_many_those_of_least_cost_of_delay_by_length_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_ORDERED", 2)
    found = ordered(item("A", 10, 10), item("B", 3, 10), item("C", 2, 10), item("D", None, 99))
    assert set(found.items["item_id"]) == {"B", "C"}
    why = found.left_out.set_index("item_id")["why"].to_dict()
    assert why == {"A": "not among the 2 of most cost of delay a week of length", "D": "no likely length"}


def test_needs_bind_until_they_are_done() -> None:
    found = ordered(
        item("A", 2, 90),
        item("B", 3, 10),
        item("C", 2, 1),
        item("D", 9, 1),
        item("E", 1, 1),
        needs=(("A", "B"), ("C", "D"), ("B", "E")),
        states={"D": ("Build", "2026-06-28"), "E": ("Done", "2026-06-01")},
        limit=3,
    )
    table = forecasts.order_table(found).set_index("item_id")
    assert table.loc["A", "start_weeks"] == table.loc["B", "done_weeks"] == 3
    assert table.loc["C", "start_weeks"] == pytest.approx(9 - 1 / 7)


def test_a_cycle_of_dependencies_is_refused_and_printed() -> None:
    with pytest.raises(InputProblems, match="A → B → C → A"):
        ordered(*(item(one, 1, 1) for one in "ABCD"), needs=(("A", "B"), ("B", "C"), ("C", "A"), ("D", "A")))


def test_a_range_turned_round_and_an_urgency_without_its_date_are_named() -> None:
    rows = [item("A", 2, 1, weeks_low=9, weeks_high=3), item("B", 2, 1, urgency="fixed_date")]
    told = " ".join(note.sentence for note in portfolio_of({"work_items": rows}, Settings()).notes)
    assert "weeks_low" in told and "weeks_high" in told
    assert "1 row of work_items has the urgency fixed_date or late_penalty without needed_by" in told


def test_a_date_comes_before_cd3_where_missing_it_is_dear() -> None:
    found = ordered(
        item("A", 4, 12),
        item("B", 4, 10, urgency="fixed_date", needed_by="2026-08-02", late_cost=500),
        item("C", 4, 11),
    )
    assert forecasts.order_table(found)["item_id"].iloc[0] == "B"
    told = by_key(forecasts.order_figures(found, review_window(day_end(DAY, "UTC"), None, "UTC")))
    assert (told["sequence.saved_against_cd3"].value or 0) > 0
    assert told["sequence.saved_against_wsjf"].value is None
    assert 0 <= (told["sequence.gap"].value or 0) <= 1
    assert (told["sequence.probability_best"].value or 0) > 0.35


def test_wsjf_stands_beside_where_every_item_has_its_scores() -> None:
    scores = {"A": (1.0, 1.0, 1.0), "B": (9.0, 9.0, 9.0)}
    found = ordered(item("A", 2, 50), item("B", 2, 10), scores=scores)
    assert forecasts.order_table(found)["item_id"].tolist() == ["A", "B"]
    rules = forecasts.rules_table(found).set_index("rule")["expected_cost"]
    assert rules[ordering.BY_WSJF] > rules[ordering.OURS]
    assert ordering.BY_WSJF not in ordered(item("A", 2, 50), item("B", 2, 10), scores={"A": (1, 1, 1)}).plans


def test_scenarios_have_the_spread_that_the_range_says() -> None:
    found = ordered(item("A", 10, 4, weeks_low=5, weeks_high=20), item("B", 8, 4))
    assert found.work is not None
    weeks, value = ordering.scenarios(found.work, found.items)
    spread = np.hypot(np.log(4) / 2.563, 0.15), np.hypot(np.sqrt(np.log1p(0.25)), 0.15)
    assert np.median(weeks, axis=0) == pytest.approx([10, 8], rel=0.03)
    assert np.log(weeks).std(axis=0) == pytest.approx(spread, rel=0.03)
    assert value.mean(axis=0) == pytest.approx([4, 4], rel=0.03)
    assert value.std(axis=0) / value.mean(axis=0) == pytest.approx([0.6, 0.6], rel=0.05)


def test_the_same_portfolio_gives_the_same_order_to_the_byte() -> None:
    work = [item(f"E{n}", 2 + n % 5, 3 + 7 * n % 11) for n in range(9)]
    one, two = (forecasts.rules_table(ordered(*work, limit=2)) for _ in range(2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_nothing_to_put_in_order_says_what_it_would_take() -> None:
    found = ordered(item("A", 2, 10))
    table, rules = forecasts.order_table(found), forecasts.rules_table(found)
    told = findings.forecast.order(table, rules, "EUR", "epic")
    assert told.sentence.startswith("No order of work: 1 waiting epic has a cost of delay and a length")
    none = ordered()
    assert forecasts.order_table(none).empty and forecasts.rules_table(none).empty
    figures = by_key(forecasts.order_figures(none, review_window(day_end(DAY, "UTC"), None, "UTC")))
    assert [key for key, one in figures.items() if one.value is not None] == ["sequence.items"]
