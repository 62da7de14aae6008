"""Faults that users of other flow tools have met, each as a test that it is not one of ours."""

import math

import numpy as np
import pandas as pd
import pytest
from flow_small import STATES, Small, portfolio, reviewed, small

from vmo_helpers.explore import numbers_flow
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.arrays import micro

DONE = [("Coding", "2026-01-05"), ("Legal", "2026-01-07"), ("Resolved", "2026-01-10")]


def test_an_offset_is_kept_ten_in_london_to_one_at_plus_fourteen_is_an_hour() -> None:
    moves = {"A": [("Coding", "2026-01-05T10:00Z"), ("Resolved", "2026-01-06T01:00+14:00")]}
    item = small(moves, start="2026-01-01", as_of="2026-01-31").item("A")
    assert item["cycle_time_days"] == pytest.approx(1 / 24)


def test_last_weeks_cumulative_flow_is_the_same_drawn_this_week() -> None:
    moves = {
        "A": [
            ("Coding", "2026-01-05"),
            ("Resolved", "2026-01-08"),
            ("Coding", "2026-01-16"),
            ("Funnel", "2026-01-18"),
        ],
        "B": [
            ("Coding", "2026-01-06"),
            ("Test", "2026-01-09"),
            ("Coding", "2026-01-17"),
            ("Dropped", "2026-01-18"),
        ],
    }
    built = portfolio(moves)
    then, now = (
        reviewed(built, start="2026-01-01", as_of="2026-01-14"),
        reviewed(built, start="2026-01-01", as_of="2026-01-21"),
    )
    early, late = (flow.cumulative_flow(found.log, found.window) for found in (then, now))
    pd.testing.assert_frame_equal(early, late[late["day"] <= "2026-01-14"].reset_index(drop=True))
    assert (
        flow.wip_by_day(then.log, then.window)["wip"].tolist()
        == flow.wip_by_day(now.log, now.window)["wip"].tolist()[:14]
    )


def test_a_backward_move_lowers_a_band_on_its_day_and_rewrites_no_earlier_one() -> None:
    moves = {"A": [("Coding", "2026-01-05"), ("Test", "2026-01-08"), ("Coding", "2026-01-11")]}
    found = small(moves, start="2026-01-05", as_of="2026-01-14")
    bands = flow.cumulative_flow(found.log, found.window).pivot(
        index="day", columns="state", values="at_or_past"
    )
    assert bands["Coding"].tolist() == [1] * 10
    assert bands["Test"].tolist() == [0] * 3 + [1] * 3 + [0] * 4


def test_a_cumulative_flow_is_cumulative_over_the_board() -> None:
    moves = {"A": DONE, "B": DONE[:2], "C": DONE[:1], "D": [("Funnel", "2026-01-02")]}
    found = small(moves, start="2026-01-05", as_of="2026-01-14")
    bands = flow.cumulative_flow(found.log, found.window)
    bands = bands[bands["state_class"] != "cancelled"].pivot(
        index="day", columns="position", values="at_or_past"
    )
    assert (bands.diff(axis=1).iloc[:, 1:] <= 0).all(axis=None)
    assert bands.iloc[-1].tolist() == [4, 3, 2, 1, 1, 1, 0]


def test_a_visit_that_only_touches_the_window_counts_with_the_part_inside() -> None:
    moves = {
        "A": [("Coding", "2026-01-01"), ("Legal", "2026-01-04"), ("Coding", "2026-01-14")],
        "B": [("Legal", "2025-06-01")],
    }
    found = small(moves, start="2026-01-12", as_of="2026-01-15T00:00:00Z")
    waits = flow.wait_pareto(found.log, found.items, found.window).set_index("cause")
    assert waits.loc["Legal", "wait_days"] == 2 + 3
    assert found.figures["flow.wait_days"].value == 5


def test_iso_weeks_of_two_years_do_not_share_a_key() -> None:
    ends = {
        "A": "2024-12-30",
        "B": "2025-01-02",
        "C": "2025-12-30",
        "D": "2026-01-02",
    }  # all in ISO week 1, of 2025 and of 2026
    moves = {name: [("Coding", "2024-12-02"), ("Resolved", end)] for name, end in ends.items()}
    found = small(moves, start="2024-12-23", as_of="2026-01-04")
    weeks = flow.throughput(found.items, found.window).set_index("week")["finished"]
    assert weeks[weeks > 0].to_dict() == {pd.Timestamp("2024-12-30"): 2, pd.Timestamp("2025-12-29"): 2}
    assert weeks.index.is_unique and len(weeks) == 54


def test_a_negative_span_is_left_out_with_its_reason_neither_huge_nor_a_day() -> None:
    wrong = {
        "item_id": "W",
        "created_at": "2026-01-01",
        "started_at": "2026-01-09",
        "finished_at": "2026-01-05",
        "requested_at": "2026-01-20",
    }
    found = small({"A": DONE}, [wrong], start="2026-01-01", as_of="2026-01-31")
    item = found.item("W")
    assert math.isnan(item["cycle_time_days"]) and math.isnan(item["lead_time_days"])
    assert (
        "finished before it started" in item["excluded_because"]
        and "before it was asked for" in item["excluded_because"]
    )
    assert flow.cycle_time(found.items, found.window)["item_id"].tolist() == ["A"]
    assert found.figures["flow.finished"].value == 2


def test_age_is_as_of_the_review_and_not_of_the_wall_clock() -> None:
    found = small({"A": DONE[:1]}, start="2026-01-01", as_of="2026-01-09T12:00:00Z")
    assert found.item("A")["age_days"] == 4.5


def test_blocked_time_is_waiting_in_flow_efficiency_and_nothing_counts_twice() -> None:
    blockers = [
        {
            "item_id": "A",
            "from_at": "2026-01-06",
            "to_at": "2026-01-08",
            "reason": "vendor",
        },  # a day of coding, a day of legal
        {
            "item_id": "A",
            "from_at": "2026-01-07",
            "to_at": "2026-01-09",
            "reason": "budget",
        },  # overlaps the first
        {"item_id": "A", "from_at": "2026-01-20", "reason": "forgotten"},  # opened after the finish
    ]
    found = small({"A": DONE}, start="2026-01-01", as_of="2026-01-31", blockers=blockers)
    item = found.item("A")
    assert (item["active_days"], item["wait_days"], item["blocked_days"]) == (1, 4, 3)
    assert item["flow_efficiency"] == pytest.approx(0.2)
    by_reason = flow.blockers(found.log, found.items, found.window).set_index("reason")["blocked_days"]
    assert by_reason.to_dict() == {"vendor": 2, "budget": 1}


def test_time_under_a_blocker_is_waiting_whatever_the_state_between_start_and_finish() -> None:
    moves = {
        "A": [
            ("Coding", "2026-01-05"),
            ("Funnel", "2026-01-06"),
            ("Coding", "2026-01-10"),
            ("Resolved", "2026-01-11"),
        ]
    }
    blockers = [
        {"item_id": "A", "from_at": "2026-01-07", "to_at": "2026-01-09"},
        {"item_id": "A", "from_at": "2026-01-01", "to_at": "2026-01-04"},
    ]
    item = small(
        moves,
        [{"item_id": "A", "created_at": "2026-01-01"}],
        start="2026-01-01",
        as_of="2026-01-31",
        blockers=blockers,
    ).item("A")
    assert (item["active_days"], item["wait_days"], item["other_days"], item["cycle_time_days"]) == (
        2,
        2,
        2,
        6,
    )


def test_waiting_is_told_by_its_cause() -> None:
    blockers = [{"item_id": "A", "from_at": "2026-01-06", "to_at": "2026-01-07", "reason": "vendor"}]
    found = small({"A": DONE}, start="2026-01-01", as_of="2026-01-31", blockers=blockers)
    told = {
        by: flow.wait_pareto(found.log, found.items, found.window, by=by)
        for by in ("state", "function", "gate", "owner", "reason")
    }
    days = {by: dict(zip(frame["cause"], frame["wait_days"], strict=True)) for by, frame in told.items()}
    assert days["state"] == {"Legal": 3, "Coding, blocked": 1}
    assert days["function"] == {"legal": 3, "blocked": 1}
    assert days["gate"] == {"Legal": 3, "blocked": 1}
    assert days["owner"] == {"General Counsel": 3, "blocked": 1}
    assert days["reason"] == {"no blocker": 3, "vendor": 1}
    assert all(frame["share"].sum() == pytest.approx(1) for frame in told.values())


def test_no_data_is_neither_nothing_nor_all() -> None:
    empty = small({"A": [("Funnel", "2026-01-02")]}, start="2026-01-01", as_of="2026-01-31")
    for key in (
        "flow_efficiency",
        "flow_efficiency_median",
        "cycle_time_p50_days",
        "lead_time_p85_days",
        "age_p85_days",
    ):
        figure = empty.figures[f"flow.{key}"]
        assert figure.value is None and figure.why, key
    none = small({}, [{"item_id": "A"}], start="2026-01-01", as_of="2026-01-31")
    for key in (
        "finished",
        "wip",
        "started",
        "started_unfinished",
        "throughput_per_week",
        "wait_days",
        "reopened_items",
    ):
        assert none.figures[f"flow.{key}"].value is None and "no transitions" in str(
            none.figures[f"flow.{key}"].why
        ), key
    assert none.figures["flow.items"].value == 1 and empty.figures["flow.finished"].value == 0
    assert math.isnan(none.item("A")["wait_days"]) and math.isnan(none.item("A")["handoffs"])


def test_two_charts_of_one_day_agree() -> None:
    moves = {
        "A": [("Coding", "2026-01-05"), ("Resolved", "2026-01-08"), ("Coding", "2026-01-12")],
        "B": DONE,
        "C": [("Coding", "2026-01-06"), ("Funnel", "2026-01-09")],
    }
    found = small(moves, start="2026-01-05", as_of="2026-01-20")
    by_day = flow.wip_by_day(found.log, found.window).set_index("day")["wip"]
    steps = flow.started_finished(found.log, found.items, found.window).set_index("day")["in_progress"]
    assert steps.to_dict() == by_day[steps.index].to_dict()
    assert by_day.iloc[-1] == found.figures["flow.wip"].value == len(flow.work_item_age(found.items))
    assert flow.wip_by_state(found.items, found.portfolio)["wip"].sum() == by_day.iloc[-1]
    assert flow.kanban(found.items, found.portfolio)["in_progress"].sum() == by_day.iloc[-1]


def test_age_and_cycle_time_run_on_one_clock() -> None:
    moves = {"A": [("Funnel", "2026-01-01"), ("Legal", "2026-01-05T08:00")]}
    open_one = small(moves, start="2026-01-01", as_of="2026-01-09T20:00:00Z")
    closed = small(
        {"A": [*moves["A"], ("Resolved", "2026-01-09T20:00:00Z")]}, start="2026-01-01", as_of="2026-01-31"
    )
    assert open_one.item("A")["age_days"] == closed.item("A")["cycle_time_days"] == 4.5


def test_every_exclusion_is_listed_with_its_reason() -> None:
    moves = {
        "A": DONE,
        "B": [("Funnel", "2026-01-02"), ("Resolved", "2026-01-05")],
        "C": [("Coding", "2026-01-05"), ("Resolved", "2026-01-05")],
    }
    dates = {
        "item_id": "D",
        "created_at": "2026-01-01",
        "started_at": "2026-01-04",
        "finished_at": "2026-01-08",
    }
    found = small(moves, [dates], start="2026-01-01", as_of="2026-01-31")
    assert flow.excluded(found.items).set_index("item_id")["excluded_because"].to_dict() == {
        "B": "finished without a start: no cycle time",
        "C": "no time at work or waiting: no flow efficiency",
        "D": "no transitions: not in flow efficiency, nor in figures by state",
    }
    assert found.figures["flow.finished"].value == 4 and found.figures["flow.flow_efficiency"].n == 1


def test_a_stream_that_finished_nothing_has_no_percentile_and_counts_all_the_same() -> None:
    streams = [
        {"value_stream_id": "V", "name": "Vans", "people": 4, "wip_limit": 1},
        {"value_stream_id": "W", "name": "Wagons"},
    ]
    items = [{"item_id": "A", "value_stream_id": "V"}, {"item_id": "B", "value_stream_id": "V"}]
    found = small(
        {"A": DONE[:2], "B": DONE[:1]}, items, start="2026-01-01", as_of="2026-01-31", value_streams=streams
    )
    table = flow.by_stream(found.log, found.items, found.window).set_index("value_stream_id")
    assert table.loc["V", ["items", "started", "finished", "wip", "throughput_per_week"]].tolist() == [
        2,
        2,
        0,
        2,
        0,
    ]
    assert table.loc["V", ["cycle_time_p50_days", "lead_time_p85_days", "flow_efficiency"]].isna().all()
    assert table.index.tolist() == ["V", "all"]
    wip = flow.wip_by_stream(found.items, found.portfolio).set_index("value_stream_id")
    assert wip.loc["V", ["wip", "wip_per_person", "over_limit"]].tolist() == [2, 0.5, True]
    assert wip.loc["W", "wip"] == 0 and wip.loc["W", "over_limit"] is pd.NA


@pytest.mark.parametrize(("people", "each"), [(0, None), (1, 2), (4, 0.5)])
def test_work_in_progress_is_shared_by_the_people_of_a_stream(people: int, each: float | None) -> None:
    items = [{"item_id": one, "value_stream_id": "V"} for one in ("A", "B")]
    streams = [{"value_stream_id": "V", "name": "Vans", "people": people}]
    moves = {"A": DONE[:1], "B": DONE[:1]}
    found = small(moves, items, start="2026-01-01", as_of="2026-01-31", value_streams=streams)
    share = flow.wip_by_stream(found.items, found.portfolio)["wip_per_person"].iloc[0]
    assert pd.isna(share) if each is None else share == each


def test_the_flow_efficiency_of_streams_is_pooled_over_what_finished_in_the_window() -> None:
    moves = {
        "before": [("Coding", "2025-11-01"), ("Resolved", "2025-12-01")],
        "half": [("Coding", "2026-01-01"), ("Legal", "2026-01-05"), ("Resolved", "2026-01-09")],
        "open": [("Coding", "2026-01-01"), ("Legal", "2026-01-02")],
    }
    found = small(moves, start="2026-01-01", as_of="2026-01-31")
    table = flow.by_stream(found.log, found.items, found.window)
    assert table["finished"].tolist() == [1, 1]
    assert table["flow_efficiency"].tolist() == [0.5, 0.5]


def test_a_stream_that_is_called_all_is_one_of_them() -> None:
    items = [{"item_id": "A", "value_stream_id": "all"}, {"item_id": "B", "value_stream_id": "V"}]
    streams = [{"value_stream_id": "all", "name": "Allotments"}, {"value_stream_id": "V", "name": "Vans"}]
    found = small(
        {"A": DONE, "B": DONE}, items, start="2026-01-01", as_of="2026-01-31", value_streams=streams
    )
    table = flow.by_stream(found.log, found.items, found.window).set_index("value_stream")["finished"]
    assert table.to_dict() == {"Vans": 1, "Allotments": 1, "All streams": 2}


@pytest.mark.parametrize("count", [0, 1])
def test_one_item_and_no_item_give_every_frame_and_every_figure(count: int) -> None:
    moves = {"A": DONE} if count else {}
    later = [{"item_id": "F", "created_at": "2027-01-01"}]
    built = portfolio(moves, later, states=STATES if count else [])
    found = reviewed(built, start="2026-01-01", as_of="2026-01-31")
    frames = every_frame(found)
    assert found.figures["flow.items"].value == count
    assert all(isinstance(frame, pd.DataFrame) for frame in frames.values())
    assert found.figures.keys() == numbers_flow.RECIPES.keys()


def test_a_board_with_states_of_one_work_type_is_read_where_no_item_is_known_yet() -> None:
    child = {"item_id": "F", "level": "feature", "created_at": "2026-01-01"}
    later = {"item_id": "A", "created_at": "2027-01-01"}
    bound = [*STATES, {"state": "Coding", "class": "wait", "position": 2, "work_type": "debt"}]
    moves = [{"item_id": "F", "at": "2026-01-05", "to_state": "Coding"}]
    found = small({}, [child, later], start="2026-01-01", as_of="2026-01-31", states=bound, transitions=moves)
    assert found.figures["flow.items"].value == 0 and all(
        isinstance(frame, pd.DataFrame) for frame in every_frame(found).values()
    )


def every_frame(found: Small) -> dict[str, pd.DataFrame]:
    """Each measure once."""
    log, items, window, built = found.log, found.items, found.window, found.portfolio
    concepts = flow.concept_to_customer(log, items, window)
    return {
        "age": flow.work_item_age(items),
        "cycle": flow.cycle_time(items, window),
        "lead": flow.lead_time_to_value(items, window),
        "throughput": flow.throughput(items, window),
        "started": flow.started_finished(log, items, window),
        **{
            by: flow.wait_pareto(log, items, window, by=by)
            for by in ("state", "function", "gate", "owner", "reason")
        },
        "cumulative": flow.cumulative_flow(log, window),
        "weekly": flow.arrivals_departures(log, window),
        "wip_stream": flow.wip_by_stream(items, built),
        "wip_state": flow.wip_by_state(items, built),
        "wip": flow.wip_by_day(log, window),
        "kanban": flow.kanban(items, built),
        "cards": flow.kanban_cards(items, built),
        "halved": flow.if_halved(log, items, window),
        "blockers": flow.blockers(log, items, window),
        "rhythm": flow.release_rhythm(items, window),
        "handoffs": flow.handoffs(log, items),
        "rework": flow.rework(items),
        "stages": flow.stage_times(log, items, window),
        "local": flow.local_against_system(log, items, window),
        "concepts": concepts,
        "concept_stages": flow.concept_stages(log, items, window),
        "queue": flow.queue_after_done(log, items, window),
        "queue_streams": flow.queue_by_stream(flow.queue_after_done(log, items, window)),
        "pace": flow.age_at_leaving(log, items, window),
        "sle": flow.service_level_expectation(log, items, window),
        "survival": flow.survival_curve(log, items, window),
        "change": flow.before_after(log, window.before, window),
        "streams": flow.by_stream(log, items, window),
        "law": flow.littles_law(log, window),
        "mix": flow.distribution(log, items, window),
        "months": flow.distribution_by_period(items, window),
        "predictability": flow.predictability(built, window),
        "sensitivity": flow.sensitivity(log, items, window),
        "bins": flow.cycle_time_bins(flow.cycle_time(items, window)),
        "blocked": flow.blocked_now(log, items),
        "decisions": flow.decision_latency(built),
        "overdue": flow.overdue_items(items, window, 548),
        "excluded": flow.excluded(items),
        "figures": flow.window_change(list(found.figures.values()), flow.figures_before(log, window, built)),
        "dots": flow.dots(flow.cycle_time(items, window), "finished_at", "cycle_time_days"),
        "ages": flow.age_dots(flow.work_item_age(items)),
    }


def test_a_stretch_that_is_still_open_does_not_reach_beyond_the_review() -> None:
    blockers = [{"item_id": "A", "from_at": "2026-01-06", "to_at": "2026-03-01"}]
    found = small({"A": DONE[:1]}, start="2026-01-01", as_of="2026-01-09T00:00:00Z", blockers=blockers)
    assert (found.item("A")["blocked_days"], found.item("A")["active_days"]) == (3, 1)
    assert micro(found.window.end) == found.log.now
    assert np.all(found.log.days_of() >= 0)
