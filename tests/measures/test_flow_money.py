"""The money that stands in queues, by each cause of waiting and on both bases, by hand."""

from __future__ import annotations

import math

import pytest
from flow_small import Moves, small

from vmo_helpers.measures import flow

BLOCKERS = [
    {"item_id": "A", "from_at": "2026-01-12", "to_at": "2026-01-19", "reason": "vendor"},  # a week of coding
    {"item_id": "B", "from_at": "2026-01-05", "to_at": "2026-01-06", "reason": "budget"},  # a day of legal
    {
        "item_id": "B",
        "from_at": "2026-01-05T12:00",
        "to_at": "2026-01-07",
    },  # and half a day, for no reason that was given
]
QUEUES: Moves = {
    "A": [
        ("Legal", "2025-12-25"),
        ("Coding", "2026-01-08"),
        ("Queue", "2026-01-19"),
        ("Resolved", "2026-01-26"),
    ],
    "B": [("Legal", "2026-01-01"), ("Queue", "2026-01-15"), ("Resolved", "2026-01-16")],
    "C": [("Queue", "2026-01-01"), ("Resolved", "2026-01-02")],
}
# item by cause: the days that it waited there in January
WAITED = {
    "state": {"Legal": {"A": 7, "B": 14}, "Coding, blocked": {"A": 7}, "Queue": {"A": 7, "B": 1, "C": 1}},
    "function": {"legal": {"A": 7, "B": 14}, "blocked": {"A": 7}, "integration": {"A": 7, "B": 1, "C": 1}},
    "gate": {"Legal": {"A": 7, "B": 14}, "blocked": {"A": 7}, "no gate": {"A": 7, "B": 1, "C": 1}},
    "owner": {
        "General Counsel": {"A": 7, "B": 14},
        "blocked": {"A": 7},
        "no owner named": {"A": 7, "B": 1, "C": 1},
    },
    "reason": {
        "vendor": {"A": 7},
        "budget": {"B": 1},
        "no reason given": {"B": 1},
        "no blocker": {"A": 14, "B": 13, "C": 1},
    },
}


@pytest.mark.parametrize("by", list(WAITED))
def test_money_in_queues_by_each_cause_is_the_cost_of_delay_of_the_weeks_waited(by: str) -> None:
    delay = {"A": 700.0, "B": 70.0}
    items = [
        {"item_id": item, "cost_of_delay_per_week": delay.get(item), "planned_cost": 5} for item in QUEUES
    ]
    found = small(QUEUES, items, blockers=BLOCKERS, start="2026-01-01", as_of="2026-01-31")
    table = flow.wait_pareto(found.log, found.items, found.window, by=by).set_index("cause")  # type: ignore[arg-type]
    expected = {
        cause: sum(delay[item] * days / 7 for item, days in who.items() if item in delay)
        for cause, who in WAITED[by].items()
    }
    assert table["money"].to_dict() == pytest.approx(expected) and set(table["money_basis"]) == {
        "cost of delay"
    }
    assert table["wait_days"].to_dict() == pytest.approx(
        {cause: sum(who.values()) for cause, who in WAITED[by].items()}
    )
    assert table["money"].sum() == pytest.approx(700 / 7 * 21 + 70 / 7 * 15)


@pytest.mark.parametrize("by", list(WAITED))
def test_money_in_queues_by_each_cause_is_else_the_planned_cost_that_stands_there_on_an_average_day(
    by: str,
) -> None:
    cost = {"A": 31_000.0, "B": 3_100.0}
    items = [
        {
            "item_id": item,
            "cost_of_delay_per_week": 9.0 if item == "C" else None,
            "planned_cost": cost.get(item),
        }
        for item in QUEUES
    ]
    found = small(QUEUES, items, blockers=BLOCKERS, start="2026-01-01", as_of="2026-01-31")
    table = flow.wait_pareto(found.log, found.items, found.window, by=by).set_index("cause")  # type: ignore[arg-type]
    expected = {
        cause: sum(cost[item] * days / 31 for item, days in who.items() if item in cost)
        for cause, who in WAITED[by].items()
    }
    assert table["money"].to_dict() == pytest.approx(expected) and set(table["money_basis"]) == {
        "planned cost standing"
    }


def test_the_money_of_a_queue_that_only_unpriced_work_waited_in_is_not_known() -> None:
    moves = {
        "A": [
            ("Legal", "2026-01-05"),
            ("Queue", "2026-01-05"),
            ("Resolved", "2026-01-19"),
        ],  # an instant in legal
        "B": [("Legal", "2026-01-05"), ("Resolved", "2026-01-08")],
    }
    found = small(
        moves, [{"item_id": "A", "cost_of_delay_per_week": 700}], start="2026-01-04", as_of="2026-01-31"
    )
    table = flow.wait_pareto(found.log, found.items, found.window).set_index("cause")["money"]
    assert table["Queue"] == pytest.approx(1400) and math.isnan(table["Legal"])


@pytest.mark.parametrize(("days", "basis"), [(7, "cost of delay"), (6, "planned cost standing")])
def test_half_of_the_waiting_must_be_priced_for_the_cost_of_delay_to_speak(days: int, basis: str) -> None:
    moves = {
        "A": [("Legal", "2026-01-05"), ("Resolved", f"2026-01-{5 + days:02d}")],
        "B": [("Legal", "2026-01-05"), ("Resolved", "2026-01-12")],
    }
    items = [
        {"item_id": "A", "cost_of_delay_per_week": 700, "planned_cost": 9},
        {"item_id": "B", "planned_cost": 9},
    ]
    found = small(moves, items, start="2026-01-04", as_of="2026-01-31")
    for by in WAITED:
        assert flow.wait_pareto(found.log, found.items, found.window, by=by)["money_basis"].tolist() == [
            basis
        ]  # type: ignore[arg-type]
