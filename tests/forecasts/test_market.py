"""Shifts of the market: what they reach, when they are known, both orders, and what moved."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_order import DAY, item

from vmo_helpers import findings, forecasts
from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.measures import decisions, flow
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.portfolio.shifts import factors
from vmo_helpers.tables import portfolio_of
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import day_end, review_window

STREAMS = [
    {"value_stream_id": "V", "name": "Stores", "wip_limit": 1},
    {"value_stream_id": "W", "name": "Tills", "parent_id": "V"},
]


def shift(kind: str, about: str, factor: object = 2.0, at: str = "2026-06-01", **more: Any) -> dict[str, Any]:
    return {"subject_type": kind, "subject_id": about, "factor": factor, "at": at, **more}


def portfolio(
    work: list[dict[str, Any]], *shifts: dict[str, Any], **tables: list[dict[str, Any]]
) -> Portfolio:
    known = {"work_items": work, "value_streams": STREAMS, **tables, "shifts": list(shifts)}
    return portfolio_of(known, Settings()).known_at(day_end(DAY, "UTC"))


def factor(made: Portfolio) -> dict[str, float]:
    return dict(zip(made.work_items["item_id"], factors(made), strict=True))


def test_a_shift_of_a_stream_reaches_the_streams_below_and_that_of_an_item_what_lies_below_it() -> None:
    work = [
        item("A", 2, 5),
        item("B", 2, 5, value_stream_id="W"),
        item("C", 2, 5, value_stream_id=None),
        item("D", 2, 5, value_stream_id=None, parent_id="B", level="feature"),
        item("E", 2, 5, value_stream_id=None, parent_id="D", level="feature"),
    ]
    assert factor(portfolio(work, shift("stream", "V"))) == {"A": 2, "B": 2, "C": 1, "D": 2, "E": 2}
    assert factor(portfolio(work, shift("stream", "W"))) == {"A": 1, "B": 2, "C": 1, "D": 2, "E": 2}
    assert factor(portfolio(work, shift("item", "D"))) == {"A": 1, "B": 1, "C": 1, "D": 2, "E": 2}
    several = portfolio(
        work, shift("stream", "V"), shift("item", "B", 0.25), shift("item", "B", 3, "2026-06-02")
    )
    assert factor(several)["B"] == factor(several)["E"] == pytest.approx(1.5)


def test_a_shift_of_a_goal_or_a_metric_reaches_what_is_linked_once() -> None:
    work = [item("A", 2, 5), item("B", 2, 5, goal="O2"), item("C", 2, 5), item("D", 2, 5)]
    work += [item("F", 2, 5, parent_id="A", level="feature")]
    metric = {"unit": "%", "direction": "increase", "kind": "outcome"}
    span = {"from": "2026-01-01", "to": "2026-12-31"}
    tables: dict[str, list[dict[str, Any]]] = {
        "objectives": [
            {"objective_id": "O1", "title": "One", **span},
            {"objective_id": "O2", "title": "Two", "parent_id": "O1", **span},
        ],
        "key_results": [
            {"kr_id": "K", "objective_id": "O1", "title": "K", "metric_id": "M", "baseline": 1, "target": 2}
        ],
        "metrics": [{"metric_id": name, "name": name, **metric} for name in ("M", "N")],
        "links": [
            {"item_id": "F", "goal_type": "key_result", "goal_id": "K"},
            {"item_id": "F", "goal_type": "objective", "goal_id": "O1"},
            {"item_id": "D", "goal_type": "objective", "goal_id": "O1", "removed_at": "2026-05-01"},
        ],
        "benefits": [
            {
                "benefit_id": "N1",
                "item_id": "C",
                "metric_id": "N",
                "baseline": 1,
                "target": 2,
                "due": "2027-01-01",
            }
        ],
    }
    every = {"A": 1, "B": 1, "C": 1, "D": 1, "F": 1}
    # the link of the feature counts for its epic, as it does everywhere; a link that was taken back does not
    assert factor(portfolio(work, shift("objective", "O1"), **tables)) == every | {"A": 2, "B": 2, "F": 2}
    assert factor(portfolio(work, shift("objective", "O2"), **tables)) == every | {"B": 2}
    assert factor(portfolio(work, shift("metric", "M"), **tables)) == every | {"A": 2, "F": 2}
    assert factor(portfolio(work, shift("metric", "N"), **tables)) == every | {"C": 2}


def test_a_shift_is_known_from_its_day_and_its_newest_version_holds() -> None:
    work = [item("A", 2, 5)]
    assert factor(portfolio(work, shift("item", "A", at=f"{DAY}T23:59"))) == {"A": 2}
    assert factor(portfolio(work, shift("item", "A", at="2026-06-29"))) == {"A": 1}
    versions = [shift("item", "A", 2), shift("item", "A", 5, recorded_at="2026-06-10")]
    assert factor(portfolio(work, *versions)) == {"A": 5}
    assert factor(portfolio(work, *versions, shift("item", "A", 9, recorded_at="2026-07-01"))) == {"A": 5}


@pytest.mark.parametrize("wrong", [0, -1, "a third", 1000.5, None])
def test_a_factor_that_is_none_is_refused_by_name(wrong: object) -> None:
    rows = [shift("item", "A", 1.5), shift("item", "A", wrong, "2026-06-02")]
    with pytest.raises(InputProblems) as refused:
        portfolio([item("A", 2, 5)], *rows)
    told = str(refused.value)
    assert "shifts" in told and "factor" in told and "row 3" in told
    assert str(wrong) in told if wrong is not None else "must have a value" in told


@pytest.mark.parametrize(
    ("kind", "about", "named"),
    [
        ("item", "B", "work_items"),
        ("stream", "A", "value_streams"),
        ("sector", "A", "stream, objective, metric, item"),
    ],
)
def test_a_shift_of_nothing_is_refused_by_name(kind: str, about: str, named: str) -> None:
    with pytest.raises(InputProblems, match=named):
        portfolio([item("A", 2, 5)], shift(kind, about))


def ordered(work: list[dict[str, Any]], *shifts: dict[str, Any]) -> tuple[Portfolio, forecasts.Order]:
    moves = [{"item_id": one["item_id"], "to_state": "Idea", "at": "2026-01-02"} for one in work]
    made = portfolio(work, *shifts, states=[{"state": "Idea", "class": "backlog"}], transitions=moves)
    window = review_window(day_end(DAY, "UTC"), None, "UTC")
    return made, forecasts.best_order(made, flow.items(flow.read(made), window), window)


def test_both_orders_stand_side_by_side_and_what_moved_three_places_is_named() -> None:
    work = [item(name, 4, cost) for name, cost in zip("ABCDE", (50, 40, 30, 20, 10), strict=True)]
    made, order = ordered(work, shift("item", "E", 3.5, reason="A rival left"), shift("item", "B", 0.9))
    table = forecasts.order_table(order).set_index("item_id")
    assert table["unshifted_place"].to_dict() == dict(zip("ABCDE", range(1, 6), strict=True))
    assert table["place"].to_dict() == {"A": 1, "B": 2, "E": 3, "C": 4, "D": 5}
    assert table.loc["E", "cost_of_delay_per_week"] == 35 and table.loc["A", "shift_factor"] == 1
    told = forecasts.market_table(made, order)
    assert told["item_id"].tolist() == ["E", "C", "D", "B"]
    row = told.set_index("item_id").loc["E"]
    assert (row["why"], row["shifted_on"]) == ("A rival left", pd.Timestamp("2026-06-01"))
    assert row["added_per_week"] == pytest.approx(25)
    assert told.set_index("item_id").loc["C", ["why", "shifted_on"]].isna().all()
    said = findings.forecast.market(told, table.reset_index(), Thresholds(), "EUR", "epic")
    assert said[0].sentence.startswith(
        "The market shifted the cost of delay of 2 of 5 waiting epics: none moves"
    )
    nearer = Thresholds().with_overrides({"market_moved_places": 2})
    first, one = findings.forecast.market(told, table.reset_index(), nearer, "EUR", "epic")
    assert first.sentence == (
        "The market moved 1 of 5 waiting epics 2 places or more: Epic E from 5 to 3; "
        "a month of waiting costs EUR 91 more"
    )
    assert (
        one.subject == "E"
        and "since 1 June 2026 its delay costs 3.5 times as much (A rival left)" in one.sentence
    )


def test_a_shift_of_all_alike_changes_no_place_and_without_any_there_is_one_order() -> None:
    work = [item(name, 4, cost) for name, cost in zip("ABC", (10, 30, 20), strict=True)]
    _, order = ordered(work, shift("stream", "V", 7))
    table = forecasts.order_table(order)
    assert (table["place"] == table["unshifted_place"]).all() and (table["shift_factor"] == 7).all()
    calm, none = ordered(work)
    assert none.unshifted is None and forecasts.market_table(calm, none).empty
    (said,) = findings.forecast.market(
        forecasts.market_table(calm, none), forecasts.order_table(none), Thresholds(), "EUR", "epic"
    )
    assert said.sentence == "No shift of the market on record reaches waiting work"


def test_a_month_of_waiting_costs_what_the_market_makes_of_it() -> None:
    costs = [
        decisions.waiting_cost(portfolio([item("A", 2, 70)], *rows)).set_index("item_id")["cost_per_month"]
        for rows in ((), (shift("item", "A", 3),))
    ]
    assert costs[1]["A"] == pytest.approx(3 * costs[0]["A"]) == pytest.approx(3 * 70 * 30.44 / 7)


def test_what_starts_at_once_stands_by_cost_of_delay_over_length() -> None:
    work = [item(name, 4, cost, value_stream_id=name) for name, cost in zip("ABC", (10, 30, 20), strict=True)]
    streams = [{"value_stream_id": name, "name": name} for name in "ABC"]
    moves = [{"item_id": name, "to_state": "Idea", "at": "2026-01-02"} for name in "ABC"]
    tables = {"work_items": work, "value_streams": streams, "transitions": moves}
    made = portfolio_of({**tables, "states": [{"state": "Idea", "class": "backlog"}]}, Settings())
    known = made.known_at(day_end(DAY, "UTC"))
    window = review_window(day_end(DAY, "UTC"), None, "UTC")
    order = forecasts.best_order(known, flow.items(flow.read(known), window), window)
    assert forecasts.order_table(order)["item_id"].tolist() == ["B", "C", "A"]
    assert np.ptp(order.best.start) == 0
