"""The way from idea to user, stage by stage: where it is long, what comes back, whether a local gain gets
there."""

import math

import numpy as np
import pandas as pd
import pytest
from flow_small import STATES, Small, small

from vmo_helpers.measures import flow

PATH = [
    ("Funnel", "2026-01-01"),
    ("Coding", "2026-01-05"),
    ("Legal", "2026-01-07"),
    ("Queue", "2026-01-10"),
    ("Test", "2026-01-16"),
    ("Resolved", "2026-01-18"),
]
REVIEW = {"start": "2026-01-01", "as_of": "2026-01-31"}


def test_concept_to_customer_runs_from_the_first_stage_to_delivery_and_its_stages_add_up() -> None:
    items = [
        {"item_id": "A", "created_at": "2025-12-20", "delivered_at": "2026-01-20"},
        {"item_id": "D", "created_at": "2026-01-02", "started_at": "2026-01-03", "finished_at": "2026-01-06"},
    ]
    found = small({"A": PATH}, items, **REVIEW)
    concepts = flow.concept_to_customer(found.log, found.items, found.window).set_index("item_id")
    assert concepts["concept_days"].to_dict() == {"D": 4, "A": 19}
    assert concepts["entered_stage"].to_dict() == {"D": False, "A": True}
    stages = flow.concept_stages(found.log, found.items, found.window).set_index("stage")["days"]
    assert stages.to_dict() == {"funnel": 4, "implementing": 13, "done": 2, "no state": 4}
    assert stages.sum() == concepts["concept_days"].sum()


def test_without_portfolio_stages_the_way_begins_with_creation() -> None:
    states = [{key: value for key, value in state.items() if key != "portfolio_stage"} for state in STATES]
    found = small({"A": PATH[1:]}, [{"item_id": "A", "created_at": "2026-01-01"}], states=states, **REVIEW)
    assert flow.concept_to_customer(found.log, found.items, found.window)["concept_days"].tolist() == [17]
    stages = flow.concept_stages(found.log, found.items, found.window).set_index("stage")["days"].to_dict()
    assert stages == {"before the board": 4, "Coding": 2, "Legal": 3, "Queue": 6, "Test": 2}


def test_the_queue_after_done_begins_when_the_team_let_go_for_the_last_time() -> None:
    back = [*PATH[:5], ("Coding", "2026-01-18"), ("Queue", "2026-01-19"), ("Resolved", "2026-01-24")]
    delivered = [{"item_id": name, "delivered_at": "2026-01-26"} for name in "AB"]
    found = small({"A": PATH, "B": back}, delivered, **REVIEW)
    queue = flow.queue_after_done(found.log, found.items, found.window).set_index("item_id")["queue_days"]
    assert queue.to_dict() == {"A": 16, "B": 7}


def test_what_no_team_worked_on_has_no_queue_after_done() -> None:
    moves = {
        "A": [("Funnel", "2026-01-01"), ("Queue", "2026-01-05"), ("Resolved", "2026-01-09")],
        "B": [*PATH[:4], ("Funnel", "2026-01-12"), ("Resolved", "2026-01-20")],
    }
    found = small(moves, **REVIEW)
    queue = flow.queue_after_done(found.log, found.items, found.window).set_index("item_id")["queue_days"]
    assert math.isnan(queue["A"]) and queue["B"] == 10


def test_where_no_state_has_another_layer_the_queue_after_done_is_not_known() -> None:
    states = [{key: value for key, value in state.items() if key != "layer"} for state in STATES]
    found = small({"A": PATH}, states=states, **REVIEW)
    assert flow.queue_after_done(found.log, found.items, found.window)["queue_days"].isna().all()
    assert flow.queue_by_stream(flow.queue_after_done(found.log, found.items, found.window))[
        "items"
    ].tolist() == [0]


def queues(**streams: list[float]) -> pd.DataFrame:
    rows = [
        (f"{name}-{place}", name, days) for name, every in streams.items() for place, days in enumerate(every)
    ]
    frame = pd.DataFrame(rows, columns=["item_id", "value_stream", "queue_days"])
    return frame.assign(title=frame["item_id"]).astype({"queue_days": "float64"})


def test_streams_whose_deliveries_waited_most_days_stand_first_and_the_rest_are_one_row() -> None:
    queue = queues(a=[1, 1, 1, 1, 1], b=[100], c=[30, 40, math.nan], d=[2], e=[3])
    by_stream = flow.queue_by_stream(queue, most=3)
    assert by_stream["value_stream"].tolist() == ["b", "c", "other streams"]
    assert by_stream["total_days"].tolist() == [100, 70, 10]
    assert by_stream["items"].tolist() == [1, 2, 7] and by_stream["unknown"].tolist() == [0, 1, 0]
    assert by_stream["p50_days"].isna().tolist() == [True, True, False] and by_stream["p50_days"].iloc[2] == 1
    assert flow.queue_by_stream(queue, most=5)["value_stream"].tolist() == ["b", "c", "a", "e", "d"]


def test_a_stream_that_is_called_as_the_rest_is_stands_with_the_rest() -> None:
    queue = queues(a=[9], b=[8], c=[7]).replace({"value_stream": {"a": "other streams"}})
    assert flow.queue_by_stream(queue, most=2)["value_stream"].tolist() == ["b", "other streams"]
    assert flow.queue_by_stream(queue, most=3)["value_stream"].tolist() == ["other streams", "b", "c"]


def test_deliveries_are_dots_of_their_rows_longest_first() -> None:
    queue = queues(a=[130, 5], b=[100], c=[3, math.nan], d=[2])
    dots = flow.queue_dots(queue, flow.queue_by_stream(queue, most=3), 120)
    assert dots["queue_days"].tolist() == [130, 100, 5, 3, 2] and dots["items"].eq(1).all()
    assert dots["row"].tolist() == ["a", "b", "a", "other streams", "other streams"]
    assert dots["value_stream"].tolist() == ["a", "b", "a", "c", "d"]


def test_thousands_of_deliveries_are_bins_and_each_one_over_the_line_is_still_a_dot() -> None:
    random = np.random.default_rng(4)
    queue = queues(a=[*random.uniform(0, 119, 3000), 120, 150, 190], b=[0.0] * 4000)
    dots = flow.queue_dots(queue, flow.queue_by_stream(queue), 120)
    over = dots[dots["queue_days"] >= 120]
    assert over["queue_days"].tolist() == [190, 150, 120] and over["items"].eq(1).all()
    assert dots["items"].sum() == len(queue) and len(dots) <= 2 * 24 + 3
    assert dots[dots["row"] == "b"][["queue_days", "items", "title"]].to_numpy().tolist() == [
        [0.0, 4000, "4,000 items"]
    ]
    assert float((dots["queue_days"] * dots["items"]).sum()) == pytest.approx(queue["queue_days"].sum())


def test_heaps_of_deliveries_lie_in_sixteen_equal_steps_up_to_the_line() -> None:
    queue = queues(a=[0.0] * 20 + [9.9] * 2 + [10.0] * 3 + [159.0], b=[161.0])
    dots = flow.queue_dots(queue, flow.queue_by_stream(queue), 160)
    assert dots[["queue_days", "items"]].to_numpy().tolist() == [
        [161, 1],
        [159, 1],
        [10, 3],
        [pytest.approx(0.9), 22],
    ]


def test_a_heap_of_deliveries_that_waited_no_time_is_one_dot_that_says_how_many() -> None:
    queue = queues(a=[0.0] * 30, b=[40.0])
    dots = flow.queue_dots(queue, flow.queue_by_stream(queue), 120)
    assert dots[["row", "items"]].to_numpy().tolist() == [["b", 1], ["a", 30]]
    assert len(flow.queue_dots(queues(a=[0.0] * 5), flow.queue_by_stream(queue), 120)) == 5
    late = flow.queue_dots(queues(a=[200.0] * 30, b=[5.0]), flow.queue_by_stream(queue), 120)
    assert late[["queue_days", "items"]].to_numpy().tolist() == [[200, 30], [5, 1]]
    assert flow.queue_dots(queues(a=[math.nan]), flow.queue_by_stream(queue), 120).empty


def test_a_limit_names_its_state_or_stream_once_with_what_stands_over_it_and_its_owner() -> None:
    states = pd.DataFrame(
        {
            "state": ["Test", "Legal", "Build"],
            "items": [13, 4, 1],
            "wip_limit": [8.0, 4.0, math.nan],
            "owner": "QA",
        }
    )
    streams = pd.DataFrame(
        {
            "value_stream_id": ["V"],
            "value_stream": ["Vans"],
            "wip": [10],
            "wip_limit": [5.0],
            "owner": ["Fleet"],
        }
    )
    limits = flow.wip_limits(streams, states)
    assert limits.columns.tolist() == [
        "state_or_stream_id",
        "state_or_stream",
        "limit_of",
        "wip",
        "wip_limit",
        "over",
        "owner",
    ]
    assert limits["state_or_stream"].tolist() == ["Vans", "Test", "Legal"] and limits["over"].tolist() == [
        5,
        5,
        0,
    ]
    assert limits["owner"].tolist() == ["Fleet", "QA", "QA"] and limits["state_or_stream_id"].iloc[0] == "V"


def test_hand_offs_are_changes_of_function_and_states_without_one_pass_nothing_on() -> None:
    around = [
        ("Coding", "2026-01-05"),
        ("Funnel", "2026-01-06"),
        ("Coding", "2026-01-07"),
        ("Queue", "2026-01-08"),
        ("Test", "2026-01-09"),
        ("Coding", "2026-01-10"),
        ("Resolved", "2026-01-12"),
    ]
    found = small({"A": PATH, "B": around}, **REVIEW)
    assert found.items.set_index("item_id")["handoffs"].to_dict() == {"A": 2, "B": 2}
    pairs = (
        flow.handoffs(found.log, found.items)
        .set_index(["from_function", "to_function"])["handoffs"]
        .to_dict()
    )
    assert pairs == {
        ("engineering", "legal"): 1,
        ("legal", "integration"): 1,
        ("engineering", "integration"): 1,
        ("integration", "engineering"): 1,
    }


def test_rework_is_the_time_behind_the_furthest_place_that_was_reached() -> None:
    moves = [
        ("Coding", "2026-01-05"),
        ("Test", "2026-01-07"),
        ("Coding", "2026-01-10"),
        ("Queue", "2026-01-14"),
        ("Test", "2026-01-15"),
        ("Resolved", "2026-01-18"),
    ]
    found = small({"A": moves, "B": PATH}, **REVIEW)
    table = found.items.set_index("item_id")
    assert table["backward_moves"].to_dict() == {"A": 1, "B": 0} and table["rework_days"].to_dict() == {
        "A": 5,
        "B": 0,
    }
    assert flow.rework(found.items)["item_id"].tolist() == ["A"]


def test_to_cancel_and_to_come_back_is_no_move_on_the_board() -> None:
    moves = [
        ("Coding", "2026-01-05"),
        ("Dropped", "2026-01-07"),
        ("Coding", "2026-01-10"),
        ("Resolved", "2026-01-14"),
    ]
    item = small({"A": moves}, **REVIEW).item("A")
    assert (item["backward_moves"], item["rework_days"], item["reopened"]) == (0, 0, False)


def test_money_in_a_queue_is_cost_of_delay_where_most_waiting_has_one_else_planned_cost() -> None:
    moves = {
        "A": [("Legal", "2026-01-05"), ("Resolved", "2026-01-19")],
        "B": [("Legal", "2026-01-05"), ("Resolved", "2026-01-12")],
    }
    priced = [
        {"item_id": "A", "cost_of_delay_per_week": 1000, "planned_cost": 62_000},
        {"item_id": "B", "planned_cost": 31_000},
    ]
    found = small(moves, priced, start="2026-01-01", as_of="2026-01-31T23:59:59.999999Z")
    row = flow.wait_pareto(found.log, found.items, found.window).iloc[0]
    assert (row["money"], row["money_basis"]) == (2000, "cost of delay")
    without = small(
        moves,
        [{**item, "cost_of_delay_per_week": None} for item in priced],
        start="2026-01-01",
        as_of="2026-01-31",
    )
    row = flow.wait_pareto(without.log, without.items, without.window).iloc[0]
    assert (
        row["money"] == pytest.approx((62_000 * 14 + 31_000 * 7) / 31)
        and row["money_basis"] == "planned cost standing"
    )
    nothing = small(moves, **REVIEW)
    row = flow.wait_pareto(nothing.log, nothing.items, nothing.window).iloc[0]
    assert math.isnan(row["money"]) and not isinstance(row["money_basis"], str)


def test_halving_a_queue_takes_half_of_its_days_from_the_whole() -> None:
    found = small({"A": PATH}, **REVIEW)  # 4 days of work, 3 in legal, 6 in the queue
    halves = flow.if_halved(found.log, found.items, found.window).set_index("cause")
    assert halves["flow_efficiency"].tolist() == pytest.approx([4 / 13] * 2)
    assert halves["flow_efficiency_if_halved"].to_dict() == pytest.approx(
        {"Queue": 4 / 10, "Legal": 4 / 11.5}
    )
    assert halves.loc["Queue", "days_saved_per_item"] == 3


def local_log(coding: tuple[int, int], queue: tuple[int, int]) -> Small:
    """Twelve items in each half of a year, with other times of coding and queue in the second."""
    moves = {"OLD": [("Coding", "2024-01-01"), ("Resolved", "2024-01-02")]}  # the record reaches far back
    for half, begin in enumerate(("2025-07-01", "2026-01-01")):
        for number in range(12):
            start = pd.Timestamp(begin) + pd.Timedelta(days=number * 5)
            waits = start + pd.Timedelta(days=coding[half] + number % 3)
            done = waits + pd.Timedelta(days=queue[half] + number % 4)
            moves[f"H{half}N{number}"] = [
                ("Coding", str(start)),
                ("Queue", str(waits)),
                ("Resolved", str(done)),
            ]
    return small(moves, start="2025-12-31", as_of="2026-06-30")


def test_a_stage_that_became_faster_stands_beside_a_customer_who_waits_as_long() -> None:
    found = local_log((20, 11), (30, 39))
    changes = flow.local_against_system(found.log, found.items, found.window).set_index("name")
    assert changes.loc["Coding", "change_days"] == -9 and changes.loc["Coding", "high"] < 0
    system = changes[changes["system"]].iloc[0]
    assert system["low"] <= 0 <= system["high"] and changes["system"].sum() == 1
    assert changes.loc["Legal", "n_after"] == 0 and math.isnan(changes.loc["Legal", "change_days"])


def test_the_change_of_two_windows_has_an_interval_and_says_when_it_is_clear() -> None:
    found = local_log((20, 40), (30, 50))
    changes = flow.before_after(found.log, found.window.before, found.window).set_index("measure")
    assert changes["clear"].all() and (changes["low"] > 30).all()
    assert changes.loc["cycle time, median", ["n_before", "n_after"]].tolist() == [12, 12]
    few = small({"A": PATH}, **REVIEW)
    assert flow.before_after(few.log, few.window.before, few.window)["clear"].isna().all()


def test_littles_law_holds_where_as_much_comes_as_goes() -> None:
    day = pd.Timestamp("2026-01-01")
    steady = {
        f"I{n}": [
            ("Coding", str(day + pd.Timedelta(days=n))),
            ("Resolved", str(day + pd.Timedelta(days=n + 10))),
        ]
        for n in range(90)
    }
    found = small(steady, start="2026-01-21", as_of="2026-03-21T12:00:00Z")
    law = flow.littles_law(found.log, found.window).iloc[0]
    assert law["ratio"] == pytest.approx(1, abs=0.02) and law["mean_wip"] == pytest.approx(10, abs=0.1)
    assert (law["wip_start"], law["wip_end"], law["mean_cycle_time_days"]) == (10, 10, 10)
    growing = {f"I{n}": [("Coding", str(day + pd.Timedelta(days=n)))] for n in range(60)} | {"X": PATH}
    found = small(growing, start="2026-01-01", as_of="2026-03-21")
    assert flow.littles_law(found.log, found.window).iloc[0]["ratio"] > 5


def test_what_was_cancelled_before_it_started_is_no_condition_of_littles_law() -> None:
    moves = {
        "A": PATH,
        "B": [*PATH[:2], ("Dropped", "2026-01-20")],
        "C": [PATH[0], ("Dropped", "2026-01-20")],
    }
    found = small(moves, **REVIEW)
    assert flow.littles_law(found.log, found.window).iloc[0][["departures", "cancelled"]].tolist() == [2, 1]


def test_release_rhythm_counts_days_between_deliveries_and_what_never_came() -> None:
    ends = ["2026-01-03", "2026-01-03", "2026-01-10", "2026-01-24"]
    moves = {f"I{n}": [("Coding", "2026-01-02"), ("Resolved", end)] for n, end in enumerate(ends)}
    moves["OLD"] = [("Coding", "2024-06-01")]
    items = [{"item_id": name, "value_stream_id": "V"} for name in moves]
    found = small(moves, items, value_streams=[{"value_stream_id": "V", "name": "Vans"}], **REVIEW)
    row = flow.release_rhythm(found.items, found.window).iloc[0]
    assert row[["deliveries", "delivery_days", "gap_p50_days", "gap_max_days", "overdue"]].tolist() == [
        4,
        3,
        10.5,
        14,
        1,
    ]
    assert row["since_last_days"] == pytest.approx(8, abs=1e-6)
    assert flow.overdue_items(found.items, found.window, 548)["item_id"].tolist() == ["OLD"]


def test_a_stream_is_quiet_until_its_first_delivery_too() -> None:
    moves = {
        "A": [("Coding", "2025-06-01"), ("Resolved", "2026-01-28")],
        "B": [("Coding", "2026-01-20"), ("Resolved", "2026-01-28")],
    }
    moves |= {"C": [("Coding", "2026-01-02")]}
    items = [{"item_id": name, "value_stream_id": name} for name in moves]
    streams = [{"value_stream_id": name, "name": name} for name in moves]
    found = small(moves, items, value_streams=streams, **REVIEW)
    rhythm = flow.release_rhythm(found.items, found.window).set_index("value_stream_id")["until_first_days"]
    assert rhythm[["A", "B"]].tolist() == [27, 8] and math.isnan(rhythm["C"])


def test_a_stream_that_closed_before_the_window_had_no_work_in_it() -> None:
    moves = {
        "A": [("Coding", "2024-06-01"), ("Resolved", "2024-06-20")],
        "B": [("Coding", "2025-06-01"), ("Resolved", "2026-01-28")],
        "C": [("Coding", "2026-01-02")],
    }
    items = [{"item_id": name, "value_stream_id": name} for name in moves]
    streams = [{"value_stream_id": name, "name": name} for name in moves]
    found = small(moves, items, value_streams=streams, **REVIEW)
    assert flow.release_rhythm(found.items, found.window)["at_work"].tolist() == [0, 1, 1]


def test_the_mix_of_work_is_that_of_this_window_beside_the_one_before() -> None:
    moves = {
        f"I{n}": [("Coding", f"2026-01-{n + 1:02d}"), ("Resolved", f"2026-01-{20 if n < 3 else 5:02d}")]
        for n in range(4)
    }
    items = [{"item_id": "I0", "work_type": "debt"}, {"item_id": "I3", "work_type": "risk"}]
    found = small(moves, items, start="2026-01-16", as_of="2026-01-31")
    mix = flow.distribution(found.log, found.items, found.window).set_index("work_type")
    assert (
        mix["finished"].to_dict() == {"feature": 2, "risk": 0, "debt": 1}
        and mix["finished_before"].to_dict()["risk"] == 1
    )
    months = flow.distribution_by_period(found.items, found.window)
    assert months["finished"].sum() == 3 and set(months["work_type"]) == {"feature", "debt"}


def test_the_load_is_the_work_in_progress_of_each_type() -> None:
    items = [
        {"item_id": name, "work_type": kind} for name, kind in {"A": "debt", "B": "debt", "C": "risk"}.items()
    ]
    found = small({"A": PATH[:2], "B": PATH[:3], "C": PATH, "D": PATH[:1]}, items, **REVIEW)
    mix = flow.distribution(found.log, found.items, found.window).set_index("work_type")
    assert mix["wip"].to_dict() == {"risk": 0, "debt": 2} and mix["finished"].to_dict() == {
        "risk": 1,
        "debt": 0,
    }


def test_every_figure_stands_beside_that_of_the_window_before_as_it_stood_then() -> None:
    moves = {f"I{n}": [("Coding", "2026-01-02"), ("Resolved", f"2026-01-{n + 5:02d}")] for n in range(5)}
    moves |= {
        "L": [("Coding", "2026-01-02"), ("Resolved", "2026-01-20")],
        "R": [*PATH, ("Coding", "2026-02-10")],
    }
    found = small(moves, start="2026-02-01", as_of="2026-02-28")
    earlier = flow.figures_before(found.log, found.window, found.portfolio)
    table = flow.window_change(list(found.figures.values()), earlier).set_index("figure")
    assert table.loc["flow.finished", ["before", "now", "change"]].tolist() == [
        7,
        0,
        -7,
    ]  # R was done then, and is open again now
    assert table.loc["flow.wip", ["before", "now"]].tolist() == [0, 1]
    assert table.loc["flow.cycle_time_p50_days", "before"] == 6 and math.isnan(
        table.loc["flow.cycle_time_p50_days", "change"]
    )


def test_predictability_is_all_achieved_over_what_was_committed() -> None:
    def objective(
        pi: str, team: str, planned: float, actual: float | None, committed: bool, to: str
    ) -> dict[str, object]:
        return {
            "pi": pi,
            "team": team,
            "objective": f"{team} {planned}",
            "planned_value": planned,
            "actual_value": actual,
            "committed": committed,
            "from": "2026-01-01",
            "to": to,
        }

    rows = [
        objective("P1", "x", 10, 8, True, "2026-01-20"),
        objective("P1", "x", 5, 4, False, "2026-01-20"),
        objective("P1", "y", 10, 6, True, "2026-01-20"),
        objective("P1", "y", 7, None, True, "2026-01-20"),
        objective("P2", "x", 10, None, True, "2026-03-20"),
    ]
    found = small({"A": PATH}, pi_objectives=rows, **REVIEW)
    table = flow.predictability(found.portfolio, found.window)
    assert table["pi"].tolist() == ["P1"]
    row = table.iloc[0]
    assert row["predictability"] == pytest.approx(18 / 20) and row["teams_mean"] == pytest.approx(
        (12 / 10 + 6 / 10) / 2
    )
    assert (row["objectives"], row["unscored"]) == (4, 1)


def test_age_lines_tell_how_old_finished_items_were_when_they_left_each_state() -> None:
    moves = {f"I{n}": [(state, at) for state, at in PATH] for n in range(10)}
    found = small(moves, **REVIEW)
    pace = flow.age_at_leaving(found.log, found.items, found.window).set_index("state")["p85_days"].dropna()
    assert pace.to_dict() == {"Coding": 2, "Legal": 5, "Queue": 11, "Test": 13}


def test_each_convention_moves_the_headline_as_far_as_by_hand() -> None:
    items = [
        {
            "item_id": "A",
            "created_at": "2026-01-01",
            "requested_at": "2025-12-27",
            "delivered_at": "2026-01-20",
        }
    ]
    blockers = [{"item_id": "A", "from_at": "2026-01-05", "to_at": "2026-01-06"}]
    found = small({"A": PATH}, items, blockers=blockers, **REVIEW)  # 3 at work, 10 waiting
    panel = flow.sensitivity(found.log, found.items, found.window).set_index("convention")
    assert (
        panel["used"].sum() == 1
        and panel.iloc[0]["flow_efficiency"] == found.figures["flow.flow_efficiency"].value
    )
    expected = {
        "from creation to finish": 3 / 17,
        "from request to finish": 3 / 22,
        "from start to delivery": 3 / 15,
        "active ÷ waiting, another number": 3 / 10,
        "blockers not looked at": 4 / 13,
    }
    assert panel["flow_efficiency"][list(expected)].to_dict() == pytest.approx(expected)
    assert panel.loc["working days", "flow_efficiency"] == pytest.approx(2 / 10)
    assert math.isnan(panel.loc["the median item", "flow_efficiency"])
    assert np.allclose(panel["change"].dropna(), panel["flow_efficiency"].dropna() - 3 / 13)


def test_a_blocker_still_open_on_finished_work_blocks_nothing_now() -> None:
    blockers = [{"item_id": name, "from_at": "2026-01-06", "reason": "vendor"} for name in "AB"]
    found = small(
        {"A": PATH, "B": PATH[:3]}, blockers=blockers, start="2026-01-01", as_of="2026-01-21T00:00:00Z"
    )
    now = flow.blocked_now(found.log, found.items)
    assert (
        now["item_id"].tolist() == ["B"]
        and now["blocked_now_days"].tolist() == [15]
        and now["reason"].tolist() == ["vendor"]
    )


def test_work_has_been_blocked_since_the_unbroken_stretch_began() -> None:
    blockers = [
        {"item_id": "A", "from_at": "2026-01-06", "to_at": "2026-01-16", "reason": "vendor"},
        {
            "item_id": "A",
            "from_at": "2026-01-08",
            "reason": "budget",
        },  # still open, and open while the vendor was
    ]
    found = small({"A": PATH[:3]}, blockers=blockers, start="2026-01-01", as_of="2026-01-21T00:00:00Z")
    row = flow.blocked_now(found.log, found.items).iloc[0]
    assert (row["reason"], row["blocked_now_days"]) == ("budget", 15)


def test_kanban_shows_the_board_as_it_stands() -> None:
    found = small(
        {"A": PATH, "B": PATH[:3], "C": PATH[:1]}, [{"item_id": "D", "started_at": "2026-01-03"}], **REVIEW
    )
    board = flow.kanban(found.items, found.portfolio).set_index("column")
    assert board["items"].to_dict() == {"funnel": 1, "implementing": 1, "done": 1, "no state": 1}
    assert board.loc["implementing", "oldest_age_days"] == pytest.approx(27, abs=1e-6) and math.isnan(
        board.loc["funnel", "oldest_age_days"]
    )
    assert flow.kanban_cards(found.items, found.portfolio)["item_id"].tolist() == ["C", "B", "D"]


def test_many_dots_become_bins_that_count_each_item_once() -> None:
    frame = pd.DataFrame(
        {
            "at": pd.date_range("2026-01-01", periods=5000, freq="h", tz="UTC").as_unit("us"),
            "days": np.linspace(0, 90, 5000),
        }
    )
    frame = frame.assign(item_id="x", title="x", value_stream="v")
    bins = flow.dots(frame, "at", "days")
    assert len(bins) < 2000 and bins["items"].sum() == 5000
    cut = flow.cycle_time_bins(pd.DataFrame({"cycle_time_days": np.append(np.linspace(0, 30, 99), 900)}))
    assert (
        cut["items"].sum() == 100
        and (cut["low_days"].iloc[1:].to_numpy() == cut["high_days"].iloc[:-1].to_numpy()).all()
    )


def test_many_deliveries_leave_one_mark_a_stream_and_day_or_longer() -> None:
    at = pd.date_range("2026-01-01", periods=4000, freq="2h", tz="UTC").as_unit("us")
    frame = pd.DataFrame({"at": at, "value_stream": ["a", "b"] * 2000})
    assert len(flow.first_a_day(frame.head(1500), "at", "UTC")) == 1500
    daily = flow.first_a_day(frame, "at", "UTC")
    assert (
        len(daily) == 2 * 334
        and daily.groupby("value_stream")["at"].min().eq(frame.groupby("value_stream")["at"].min()).all()
    )
    weekly = flow.first_a_day(frame, "at", "UTC", most=500)
    assert 90 < len(weekly) <= 100 and set(weekly.index) <= set(daily.index)


@pytest.mark.parametrize("span", [1, 7, 91, 364])
def test_the_steps_of_marks_are_a_day_a_week_thirteen_and_fifty_two_weeks(span: int) -> None:
    """Each step begins a multiple of its length after 1 January 1970, and 3,640 days after it all begin."""
    days = [0, 0.5, 1] if span == 1 else [0, span - 1, span]
    at = pd.Timestamp("1970-01-01", tz="UTC") + pd.to_timedelta([3640 + day for day in days], "D")
    frame = pd.DataFrame({"at": at.as_unit("us"), "value_stream": "a"})
    assert flow.first_a_day(frame, "at", "UTC", most=2).index.tolist() == [0, 2]


def test_the_trend_is_the_percentile_of_the_last_quarter_of_a_year() -> None:
    days = pd.date_range("2026-01-01", "2026-06-30", freq="D", tz="UTC").as_unit("us")
    frame = pd.DataFrame({"at": days, "days": np.arange(len(days), dtype=float)})
    found = small({"A": PATH}, start="2026-01-01", as_of="2026-06-30")
    path = flow.trend(frame, "at", "days", found.window)
    assert (
        path["day"].iloc[-1] == pd.Timestamp("2026-06-30") and path["n"].max() == 91 and path["n"].min() >= 10
    )
    assert path["days"].iloc[-1] == pytest.approx(np.quantile(np.arange(90, 181), 0.85))
    assert flow.trend(frame.head(3), "at", "days", found.window).empty


def test_the_longest_pause_is_between_two_finishes_or_an_end_of_the_window() -> None:
    moves = {
        name: [("Coding", "2026-01-01"), ("Resolved", end)]
        for name, end in {"A": "2026-01-05T09:00", "B": "2026-01-20"}.items()
    }
    found = small(moves, **REVIEW)
    assert flow.longest_pause(found.items, found.window) == (
        pd.Timestamp("2026-01-05"),
        pd.Timestamp("2026-01-20"),
    )
    idle = small({"A": PATH[:2]}, **REVIEW)
    # before the first start of all there was nothing to finish
    assert flow.longest_pause(idle.items, idle.window) == (
        pd.Timestamp("2026-01-05"),
        pd.Timestamp("2026-01-31"),
    )


def test_a_column_of_the_kanban_with_few_cards_has_no_median_age() -> None:
    moves = {f"I{n}": [("Coding", f"2026-01-{n + 2:02d}")] for n in range(5)}
    four, five = small(dict(list(moves.items())[:4]), **REVIEW), small(moves, **REVIEW)
    ages = [
        flow.kanban(found.items, found.portfolio).set_index("column").loc["implementing", "median_age_days"]
        for found in (four, five)
    ]
    assert math.isnan(ages[0]) and ages[1] == pytest.approx(28, abs=1e-6)
