"""What a figure leaves out, each reason with an item that has it and near misses that have not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from flow_small import Moves, Small, small

from vmo_helpers.findings import flow as findings
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.items import BACKWARDS, EARLY, NO_CLOCK, NO_LOG, NO_START, NO_TIME

REVIEW = {"start": "2026-01-04", "as_of": "2026-01-31"}
MOVES: Moves = {
    "no start": [("Funnel", "2026-01-02"), ("Resolved", "2026-01-05")],
    "no start, and done before the window": [
        ("Funnel", "2026-01-02"),
        ("Resolved", "2026-01-03T23:59:59.999999"),
    ],
    "no start, and cancelled": [("Funnel", "2026-01-02"), ("Dropped", "2026-01-05")],
    "a start of no length": [
        ("Funnel", "2026-01-02"),
        ("Coding", "2026-01-05"),
        ("Resolved", "2026-01-05T00:00:01"),
    ],
    "no time": [("Coding", "2026-01-05"), ("Resolved", "2026-01-05")],
    "no time but in the backlog": [
        ("Coding", "2026-01-05"),
        ("Funnel", "2026-01-05"),
        ("Resolved", "2026-01-09"),
    ],
    "no time at work but a second of waiting": [("Legal", "2026-01-05"), ("Resolved", "2026-01-05T00:00:01")],
    "no time yet": [("Coding", "2026-01-31T23:59:59.999999")],
    "two dates and moves": [("Coding", "2026-01-05"), ("Resolved", "2026-01-08")],
    "delivered early": [("Coding", "2026-01-05"), ("Resolved", "2026-01-08")],
    "delivered at once": [("Coding", "2026-01-05"), ("Resolved", "2026-01-08")],
    "finished before it was asked for": [("Coding", "2026-01-05"), ("Resolved", "2026-01-08")],
    "no clock": [("Coding", "2026-01-05"), ("Resolved", "2026-01-08")],
    "a clock by its request": [("Coding", "2026-01-05"), ("Resolved", "2026-01-08")],
    "no clock and not delivered": [("Coding", "2026-01-05")],
}
DATES: list[dict[str, Any]] = [
    {"item_id": "two dates and moves", "started_at": "2026-01-09", "finished_at": "2026-01-05"},
    {
        "item_id": "delivered early",
        "requested_at": "2026-01-07T00:00:00.000001",
        "delivered_at": "2026-01-07",
    },
    {"item_id": "delivered at once", "requested_at": "2026-01-07", "delivered_at": "2026-01-07"},
    {"item_id": "finished before it was asked for", "requested_at": "2026-01-20"},
    {"item_id": "no clock", "created_at": None},
    {"item_id": "a clock by its request", "created_at": None, "requested_at": "2026-01-03"},
    {"item_id": "no clock and not delivered", "created_at": None},
    {"item_id": "no moves", "started_at": "2026-01-04", "finished_at": "2026-01-08"},
    {"item_id": "no moves, a start", "started_at": "2026-01-04"},
    {"item_id": "no moves, a finish", "finished_at": "2026-01-08"},
    {"item_id": "no moves, no dates"},
    {"item_id": "no moves, given up", "cancelled_at": "2026-01-08"},
    {"item_id": "backwards", "started_at": "2026-01-08T00:00:00.000001", "finished_at": "2026-01-08"},
    {"item_id": "not backwards", "started_at": "2026-01-08", "finished_at": "2026-01-08"},
]
LEFT_OUT = {
    "no start": {NO_START},
    "no time": {NO_TIME},
    "no time but in the backlog": {NO_TIME},
    "delivered early": {EARLY},
    "finished before it was asked for": {EARLY},
    "no clock": {NO_CLOCK},
    "no moves": {NO_LOG},
    "no moves, a start": {NO_LOG},
    "no moves, a finish": {NO_LOG, NO_START},
    "backwards": {NO_LOG, BACKWARDS},
    "not backwards": {NO_LOG},
}


@pytest.fixture(scope="module")
def found() -> Small:
    return small(MOVES, DATES, **REVIEW)


def test_all_that_is_left_out_is_listed_with_every_reason_and_nothing_else_is(found: Small) -> None:
    told = flow.excluded(found.items).set_index("item_id")["excluded_because"]
    assert {item: set(reason.split("; ")) for item, reason in told.items()} == LEFT_OUT
    assert set().union(*LEFT_OUT.values()) == {NO_START, NO_LOG, BACKWARDS, EARLY, NO_CLOCK, NO_TIME}
    assert findings.excluded(found.items).value == len(LEFT_OUT)


def test_each_reason_names_the_figure_that_the_item_is_not_in(found: Small) -> None:
    items = found.items.set_index("item_id")
    cycles, leads = (
        flow.cycle_time(found.items, found.window)["item_id"],
        flow.lead_time_to_value(found.items, found.window)["item_id"],
    )
    finished = items.index[items["finished_in_window"]]
    without = {
        reason: {item for item, reasons in LEFT_OUT.items() if reason in reasons}
        for reason in set().union(*LEFT_OUT.values())
    }
    assert set(finished) - set(cycles) == without[NO_START] | without[BACKWARDS]
    assert set(finished) - set(leads) == without[EARLY] | without[NO_CLOCK]
    measured = set(items.index[items["flow_efficiency"].notna()])
    assert set(finished) - measured == without[NO_START] | without[NO_TIME] | (
        without[NO_LOG] & set(finished)
    )
    assert items.loc["no moves, a start", "age_days"] == pytest.approx(28) and math.isnan(
        items.loc["no moves, a start", "active_days"]
    )


@pytest.mark.parametrize("until", ["2026-01-05T01:00", "2026-01-06T12:00"])
def test_what_took_any_time_at_all_is_not_left_out(until: str) -> None:
    short = small({"short": [("Coding", "2026-01-05"), ("Resolved", until)]}, **REVIEW)
    assert flow.excluded(short.items).empty
    assert short.item("short")["flow_efficiency"] == 1


def test_of_one_item_without_moves_it_is_not_known_whether_it_was_reopened() -> None:
    found = small(items=[{"item_id": "A", "finished_at": "2026-01-08"}], **REVIEW)
    assert found.figures["flow.reopened_items"].value is None


def test_of_one_item_the_median_of_flow_efficiency_says_that_it_is_too_few() -> None:
    one = small({"A": [("Coding", "2026-01-05"), ("Resolved", "2026-01-08")]}, **REVIEW).figures
    assert one["flow.flow_efficiency_median"].why == "too few to say: 1 item, 5 are needed"
    assert one["flow.flow_efficiency"].value == 1
