"""When an item starts, ends, waits: five-row logs with the answer worked out by hand."""

import math

import pandas as pd
import pytest
from flow_small import STATES, small

from vmo_helpers.measures import flow

DONE = [
    ("Funnel", "2026-01-01"),
    ("Coding", "2026-01-05"),
    ("Legal", "2026-01-07"),
    ("Resolved", "2026-01-10"),
    ("Closed", "2026-01-12"),
]


def test_the_clock_starts_with_the_first_work_or_wait_and_stops_with_the_last_run_of_done() -> None:
    item = small({"A": DONE}, start="2026-01-01", as_of="2026-01-31").item("A")
    assert (item["started_at"], item["finished_at"]) == (
        pd.Timestamp("2026-01-05", tz="UTC"),
        pd.Timestamp("2026-01-10", tz="UTC"),
    )
    assert (item["cycle_time_days"], item["active_days"], item["wait_days"], item["flow_efficiency"]) == (
        5,
        2,
        3,
        0.4,
    )


def test_an_item_that_waits_first_has_started() -> None:
    item = small(
        {"A": [("Legal", "2026-01-05"), ("Resolved", "2026-01-08")]}, start="2026-01-01", as_of="2026-01-31"
    ).item("A")
    assert (item["cycle_time_days"], item["flow_efficiency"]) == (3, 0)


def test_going_back_to_the_backlog_does_not_undo_the_start() -> None:
    moves = {
        "A": [
            ("Coding", "2026-01-05"),
            ("Funnel", "2026-01-06"),
            ("Coding", "2026-01-16"),
            ("Resolved", "2026-01-18"),
        ]
    }
    item = small(moves, start="2026-01-01", as_of="2026-01-31").item("A")
    assert (item["cycle_time_days"], item["active_days"], item["wait_days"], item["other_days"]) == (
        13,
        3,
        0,
        10,
    )


def test_a_reopened_item_is_finished_when_it_is_done_for_good() -> None:
    moves = {
        "A": [
            ("Coding", "2026-01-05"),
            ("Resolved", "2026-01-06"),
            ("Coding", "2026-01-10"),
            ("Resolved", "2026-01-12"),
        ]
    }
    item = small(moves, start="2026-01-01", as_of="2026-01-31").item("A")
    assert item["finished_at"] == pd.Timestamp("2026-01-12", tz="UTC")
    assert (item["cycle_time_days"], item["active_days"], item["other_days"], item["reopened"]) == (
        7,
        3,
        4,
        True,
    )


def test_a_reopened_item_is_in_progress_since_its_first_start() -> None:
    moves = {"A": [("Coding", "2026-01-05"), ("Resolved", "2026-01-06"), ("Coding", "2026-01-10")]}
    item = small(moves, start="2026-01-01", as_of="2026-01-15T00:00:00Z").item("A")
    assert (
        item["status"],
        item["age_days"],
        item["active_days"] + item["wait_days"] + item["other_days"],
    ) == ("in_progress", 10, 10)


def test_a_move_from_resolved_to_closed_does_not_restart_the_finish() -> None:
    assert small({"A": DONE}, start="2026-01-11", as_of="2026-01-31").figures["flow.finished"].value == 0


def test_an_item_that_came_back_from_cancelled_lives() -> None:
    moves = {
        "A": [("Coding", "2026-01-05"), ("Dropped", "2026-01-06")],
        "B": [("Coding", "2026-01-05"), ("Dropped", "2026-01-06"), ("Coding", "2026-01-07")],
    }
    items = small(moves, start="2026-01-01", as_of="2026-01-31").items.set_index("item_id")
    assert items["status"].to_dict() == {"A": "cancelled", "B": "in_progress"}


def test_an_item_finished_in_the_instant_it_started_took_no_time() -> None:
    found = small(
        {"A": [("Coding", "2026-01-05T10:00"), ("Resolved", "2026-01-05T10:00")]},
        start="2026-01-01",
        as_of="2026-01-31",
    )
    item = found.item("A")
    assert (item["status"], item["cycle_time_days"]) == ("finished", 0)
    assert math.isnan(item["flow_efficiency"]) and "no flow efficiency" in item["excluded_because"]
    assert found.figures["flow.finished"].value == 1


def test_moves_at_one_instant_stand_in_the_order_of_seq_else_of_rows() -> None:
    rows = [("Resolved", 2), ("Coding", 1), ("Funnel", 0)]
    transitions = [{"item_id": "A", "at": "2026-01-05", "to_state": state, "seq": seq} for state, seq in rows]
    items = [{"item_id": "A", "created_at": "2026-01-01"}]
    assert (
        small({}, items, start="2026-01-01", as_of="2026-01-31", transitions=transitions).item("A")["state"]
        == "Resolved"
    )
    by_row = [{"item_id": "A", "at": "2026-01-05", "to_state": state} for state, _ in rows]
    assert (
        small({}, items, start="2026-01-01", as_of="2026-01-31", transitions=by_row).item("A")["state"]
        == "Funnel"
    )


def test_moves_that_lie_mixed_in_the_file_are_told_apart_by_item_and_time() -> None:
    steps = [(item, at, state) for item in "ABC" for state, at in DONE]
    mixed = [steps[place] for place in (14, 3, 7, 0, 11, 9, 1, 13, 5, 2, 12, 4, 8, 6, 10)]
    transitions = [{"item_id": item, "at": at, "to_state": state} for item, at, state in mixed]
    items = [{"item_id": item, "created_at": "2026-01-01"} for item in "ABC"]
    found = small({}, items, start="2026-01-01", as_of="2026-01-31", transitions=transitions)
    assert found.items["cycle_time_days"].tolist() == [5, 5, 5]
    assert found.log.visits.loc[:, "item_id"].tolist() == [item for item in "ABC" for _ in DONE]


def test_a_move_into_the_state_where_it_stands_changes_nothing() -> None:
    moves = {"A": [DONE[0], DONE[1], ("Coding", "2026-01-06"), *DONE[2:]]}
    item = small(moves, start="2026-01-01", as_of="2026-01-31").item("A")
    assert (item["active_days"], item["backward_moves"], item["handoffs"]) == (2, 0, 1)


def test_items_without_moves_live_by_their_dates_and_stay_out_of_states() -> None:
    dates = {
        "item_id": "D",
        "created_at": "2026-01-01",
        "started_at": "2026-01-04",
        "finished_at": "2026-01-08",
    }
    open_one = {"item_id": "E", "created_at": "2026-01-01", "started_at": "2026-01-04"}
    found = small({"A": DONE}, [dates, open_one], start="2026-01-01", as_of="2026-01-31")
    assert (found.item("D")["cycle_time_days"], found.item("E")["age_days"]) == (
        4,
        pytest.approx(28, abs=1e-6),
    )
    assert (
        math.isnan(found.item("D")["flow_efficiency"])
        and "no transitions" in found.item("D")["excluded_because"]
    )
    assert found.figures["flow.finished"].value == 2 and found.figures["flow.wip"].value == 1
    assert found.figures["flow.flow_efficiency"].n == 1
    assert flow.wip_by_day(found.log, found.window)["wip"].iloc[-1] == 1
    assert flow.cumulative_flow(found.log, found.window).groupby("day")["in_state"].sum().max() == 1


def test_moves_speak_where_an_item_has_them_and_not_its_dates() -> None:
    item = small(
        {"A": DONE},
        [{"item_id": "A", "started_at": "2020-01-01", "finished_at": "2020-02-01"}],
        start="2026-01-01",
        as_of="2026-01-31",
    )
    assert item.item("A")["cycle_time_days"] == 5


def test_the_row_with_most_matching_columns_says_what_a_state_is() -> None:
    special = [
        *STATES,
        {"state": "Legal", "class": "active", "position": 3, "work_type": "compliance"},
        {
            "state": "Legal",
            "class": "backlog",
            "position": 3,
            "level": "epic",
            "work_type": "compliance",
            "value_stream_id": "V",
        },
    ]
    stream = {"value_streams": [{"value_stream_id": "V", "name": "Vans"}]}
    moves = dict.fromkeys("ABC", DONE)
    items = [
        {"item_id": "B", "work_type": "compliance"},
        {"item_id": "C", "work_type": "compliance", "value_stream_id": "V"},
    ]
    found = small(moves, items, start="2026-01-01", as_of="2026-01-31", states=special, **stream)
    assert found.items["wait_days"].tolist() == [3, 0, 0]
    assert found.items["active_days"].tolist() == [2, 5, 2]
    assert set(found.log.visits.loc[found.log.visits["state"] == "Legal", "state_class"]) == {
        "wait",
        "active",
        "backlog",
    }
    labels = set(flow.cumulative_flow(found.log, found.window)["state"])
    assert {"Legal (wait)", "Legal (active)", "Legal (backlog)", "Coding"} <= labels


def test_children_do_not_count_at_the_review_level() -> None:
    child = {
        "item_id": "F",
        "level": "feature",
        "parent_id": "A",
        "created_at": "2026-01-01",
        "started_at": "2026-01-02",
    }
    found = small({"A": DONE}, [child], start="2026-01-01", as_of="2026-01-31")
    assert found.items["item_id"].tolist() == ["A"] and found.figures["flow.items"].value == 1


def test_lead_time_runs_from_the_request_to_the_customer_and_says_what_stood_in() -> None:
    whole = {"item_id": "A", "requested_at": "2025-12-01", "delivered_at": "2026-01-20"}
    found = small({"A": DONE, "B": DONE}, [whole], start="2026-01-01", as_of="2026-01-31")
    leads = flow.lead_time_to_value(found.items, found.window).set_index("item_id")
    assert leads["lead_time_days"].to_dict() == {"B": 9, "A": 50}
    assert leads["lead_time_fell_back"].to_dict() == {"B": True, "A": False}
    assert "(1 of 2)" in found.figures["flow.lead_time_p50_days"].definition


def test_half_and_85_percent_of_lead_times_are_those_of_the_table() -> None:
    days = [1, 2, 4, 8, 16, 31, 60]
    asked = pd.Timestamp("2026-01-20") - pd.to_timedelta(days, unit="D")
    rows = [
        {"item_id": str(n), "requested_at": str(day.date()), "delivered_at": "2026-01-20"}
        for n, day in enumerate(asked)
    ]
    found = small({row["item_id"]: DONE for row in rows}, rows, start="2026-01-01", as_of="2026-01-31")
    assert found.figures["flow.lead_time_p50_days"].value == 8
    assert found.figures["flow.lead_time_p85_days"].value is None, "seven are too few for it"


def test_both_ends_of_the_window_are_in() -> None:
    first, last = "2026-01-10T00:00:00Z", "2026-01-20T00:00:00Z"
    moves = {
        "A": [("Coding", "2026-01-05"), ("Resolved", first)],
        "B": [("Coding", "2026-01-06"), ("Resolved", last)],
    }
    assert small(moves, start="2026-01-10", as_of=last).figures["flow.finished"].value == 2


def test_a_window_that_ends_earlier_sees_the_log_as_it_stood_then() -> None:
    moves = {
        "A": [
            ("Coding", "2026-01-05"),
            ("Resolved", "2026-01-06"),
            ("Coding", "2026-01-10"),
            ("Resolved", "2026-01-12"),
        ]
    }
    late = small(moves, start="2026-01-09", as_of="2026-01-31")
    then = flow.items(late.log, small(moves, start="2026-01-01", as_of="2026-01-08").window).iloc[0]
    assert (then["status"], then["cycle_time_days"], then["reopened"]) == ("finished", 1, False)


def test_the_log_is_not_changed_by_measuring_it() -> None:
    found = small({"A": DONE, "B": DONE[:3]}, start="2026-01-01", as_of="2026-01-31")
    before = found.items.copy(deep=True), found.log.visits.copy(deep=True)
    flow.figures(found.log, found.items, found.window, found.portfolio)
    flow.wait_pareto(found.log, found.items, found.window)
    flow.sensitivity(found.log, found.items, found.window)
    pd.testing.assert_frame_equal(found.items, before[0])
    pd.testing.assert_frame_equal(found.log.visits, before[1])


def test_no_as_of_is_an_error_with_the_way_out() -> None:
    built = small({"A": DONE}, start="2026-01-01", as_of="2026-01-31").portfolio
    with pytest.raises(ValueError, match="known_at"):
        flow.read(type(built)(built.tables, built.settings))


def test_without_moves_delivered_is_finished_and_a_stated_finish_goes_before_it() -> None:
    items = [
        {"item_id": "A", "started_at": "2026-01-05", "delivered_at": "2026-01-09"},
        {
            "item_id": "B",
            "started_at": "2026-01-05",
            "delivered_at": "2026-01-09",
            "finished_at": "2026-01-07",
        },
        {"item_id": "C", "started_at": "2026-01-05", "delivered_at": "2026-02-09"},
        {
            "item_id": "D",
            "started_at": "2026-01-05",
            "delivered_at": "2026-01-09",
            "cancelled_at": "2026-01-12",
        },
        {"item_id": "E", "started_at": "2026-01-05", "delivered_at": "2026-01-09"},
    ]
    found = small({"E": [("Coding", "2026-01-05")]}, items, start="2026-01-01", as_of="2026-01-31")
    assert {name: found.item(name)["status"] for name in "ABCDE"} == {
        "A": "finished",
        "B": "finished",
        "C": "in_progress",  # delivered after as-of
        "D": "cancelled",
        "E": "in_progress",  # its moves say so
    }
    assert (found.item("A")["cycle_time_days"], found.item("B")["cycle_time_days"]) == (4, 2)
    assert [found.figures[f"flow.{key}"].value for key in ("finished", "wip")] == [2, 2]
