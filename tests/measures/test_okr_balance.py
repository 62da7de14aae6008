"""Intent beside work and money, contribution, over-mapping, line of sight, orphans both ways, silos, goals at
odds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from okr_small import YEAR, aligned, below, epic, figure, key_result, link, objective, portfolio

from vmo_helpers.measures import okr


def booked(item: str, amount: float) -> dict[str, Any]:
    return {"period": "2026-03-01", "amount": amount, "item_id": item}


GOALS = [
    objective("O1", 1, weight=50),
    objective("O2", 2, weight=30),
    objective("O3", 3, weight=20),
    objective("O11", parent_id="O1"),
]


def test_a_goal_starves_by_its_share_of_intent_less_its_share_of_money_and_of_work() -> None:
    found = okr.starvation(
        aligned(
            work_items=[epic(f"E{n}") for n in range(4)],
            objectives=GOALS,
            spend=[booked("E0", 60), booked("E1", 6), booked("E2", 34)],
            links=[
                link("E0", "O11"),
                link("E1", "O2"),
                link("E2", "O1", share=0.5),
                link("E2", "O3", share=0.5),
            ],
        )
    ).set_index("objective_id")
    assert found["intent_share"].to_dict() == {"O1": 0.5, "O2": 0.3, "O3": 0.2}
    assert found["spend_share"].to_dict() == pytest.approx({"O1": 0.77, "O2": 0.06, "O3": 0.17})
    assert found["spend_gap"].to_dict() == pytest.approx({"O1": -0.27, "O2": 0.24, "O3": 0.03})
    assert found["wip_share"].to_dict() == pytest.approx({"O1": 1.5 / 4, "O2": 1 / 4, "O3": 0.5 / 4})
    assert found["items"].to_dict() == {"O1": 2, "O2": 1, "O3": 1}


def test_the_only_item_counts_for_the_goal_that_it_serves() -> None:
    found = okr.starvation(aligned(objectives=GOALS, links=[link("E1", "O2")])).set_index("objective_id")
    assert found["items"].to_dict() == {"O1": 0, "O2": 1, "O3": 0}
    assert found["wip_share"].to_dict() == {"O1": 0, "O2": 1, "O3": 0}


def test_without_weights_intent_is_unknown_and_the_highest_goals_are_compared() -> None:
    found = okr.starvation(
        aligned(
            objectives=[objective("O1", 1), objective("O11", parent_id="O1"), objective("O2")],
            links=[link("E1", "O11")],
        )
    )
    assert found["objective_id"].to_list() == ["O1", "O2"]
    assert found["intent_share"].isna().all()


def test_where_only_objectives_below_a_vision_bear_weights_they_are_compared() -> None:
    goals = [
        objective("V"),
        objective("O1", 1, parent_id="V", weight=2),
        objective("O2", 2, parent_id="V", weight=2),
    ]
    found = okr.starvation(aligned(objectives=goals, links=[link("E1", "O2")]))
    assert found[["objective_id", "intent_share", "wip_share"]].to_numpy().tolist() == [
        ["O1", 0.5, 0],
        ["O2", 0.5, 1],
    ]


def test_links_that_all_go_to_one_goal_are_one_effective_goal() -> None:
    goals = [objective("O1", 1), objective("O2", 2), objective("O3", 3), objective("O11", parent_id="O1")]
    work = [epic(f"E{n}") for n in range(4)]
    everything = aligned(
        work_items=work, objectives=goals, links=[link(f"E{n}", "O11" if n % 2 else "O1") for n in range(4)]
    )
    assert figure(everything, "effective_goals").value == 1
    even = aligned(
        work_items=work, objectives=goals, links=[link("E0", "O1"), link("E1", "O2"), link("E2", "O3")]
    )
    assert figure(even, "effective_goals").value == pytest.approx(3)
    uneven = aligned(
        work_items=work, objectives=goals, links=[*(link(f"E{n}", "O1") for n in range(3)), link("E3", "O2")]
    )
    assert figure(uneven, "effective_goals").value == pytest.approx(1 / (0.75**2 + 0.25**2))


PROMISES = [
    key_result("K1", baseline=20, target=60),
    key_result("K2", type="decrease", baseline=10, target=5),
    key_result("K3", type="reach", baseline=None, target=400),
    key_result("K4", type="maintain_above", baseline=None, target=4),
]


def promise(item: str, goal: str, delta: float, **more: Any) -> dict[str, Any]:
    return link(item, goal, expected_delta=delta, due="2026-12-31", **more)


def test_contribution_is_share_times_delta_over_the_way_and_ranks_items_per_key_result() -> None:
    found = okr.contributions(
        aligned(
            work_items=[epic("E1"), epic("E2"), epic("E3")],
            key_results=PROMISES,
            links=[
                promise("E1", "K1", 10),
                promise("E2", "K1", 20, share=0.2),
                promise("E2", "K2", -4, share=0.8),
                promise("E3", "K3", 100),
                promise("E3", "K4", 1),
            ],
        )
    ).set_index(["kr_id", "item_id"])
    assert found["contribution"].dropna().to_dict() == pytest.approx(
        {("K1", "E1"): 0.25, ("K1", "E2"): 0.1, ("K2", "E2"): 0.64, ("K3", "E3"): 0.125}
    )
    assert found.loc["K1", "place"].to_dict() == {"E1": 1, "E2": 2}
    assert np.isnan(found.at[("K4", "E3"), "contribution"])  # a goal to hold has no way to go


def test_the_promise_of_an_ancestor_is_not_repeated_for_each_item_below_it() -> None:
    found = aligned(
        work_items=[
            below("T1", None, "theme"),
            epic("E1", parent_id="T1"),
            epic("E2", parent_id="T1"),
            below("F1", "E1"),
            below("F2", "E1"),
        ],
        key_results=PROMISES,
        links=[promise("T1", "K1", 40), promise("F1", "K2", -1), promise("F2", "K2", -2)],
    )
    rows = okr.contributions(found)
    assert rows[["kr_id", "item_id", "expected_delta"]].to_numpy().tolist() == [["K2", "E1", -3]]
    promised = okr.promised(found).set_index("kr_id")
    assert promised["promised_share"].dropna().to_dict() == pytest.approx({"K1": 1, "K2": 0.6})
    assert promised.loc[["K1", "K2"], "against"].tolist() == [0, 0]


def test_of_two_promises_of_one_item_to_one_key_result_the_newer_holds() -> None:
    links = [
        promise("E1", "K1", delta, linked_at=day) for delta, day in ((16, "2026-03-01"), (8, "2026-02-01"))
    ]
    found = okr.promised(aligned(key_results=PROMISES, links=links)).set_index("kr_id")
    assert found.loc["K1", ["promised_share", "promising_items"]].tolist() == [pytest.approx(16 / 40), 1]


def test_what_is_promised_counts_delivered_work_and_not_cancelled_work() -> None:
    found = okr.promised(
        aligned(
            work_items=[
                epic("E1"),
                epic("E2", finished_at="2026-05-01"),
                epic("E3", cancelled_at="2026-05-01"),
                epic("E4", work_type="enabler"),
            ],
            key_results=PROMISES,
            links=[promise(f"E{n}", "K1", 16) for n in (1, 2, 3, 4)] + [promise("E1", "K2", 1)],
        )
    ).set_index("kr_id")
    assert found.loc["K1", ["promised_share", "promising_items", "items"]].to_list() == [
        pytest.approx(1.2),
        3,
        1,
    ]
    assert found.loc["K2", ["promised_share", "against"]].to_list() == [pytest.approx(-0.2), 1]


def test_a_team_is_compared_by_what_it_started_in_the_window_whatever_became_of_it() -> None:
    work = [epic(f"E{n}", team="Till") for n in range(3)] + [
        epic("E3", team="Till", finished_at="2026-04-01"),
        epic("E4", team="Hub"),
    ]
    work += [
        epic("E5", team="Till", started_at="2025-09-01", created_at="2025-01-01"),
        epic("E6", team="Till", work_type="run"),
    ]
    found = okr.pulled_against_wanted(
        aligned(
            work_items=work,
            objectives=GOALS,
            links=[
                link("E0", "O1"),
                link("E1", "O1"),
                link("E2", "O2", share=0.5),
                link("E3", "O11"),
                link("E5", "O3"),
            ],
        )
    ).set_index(["team", "objective_id"])
    assert found.loc["Till", "started_share"].to_dict() == pytest.approx(
        {"O1": 0.75, "O2": 0.125, "O3": 0, "": 0.125}
    )
    assert found.at[("Till", "O1"), "gap"] == pytest.approx(0.25)
    assert found.loc["Hub", "started_share"].to_dict() == pytest.approx({"O1": 0, "O2": 0, "O3": 0, "": 1})


def test_the_line_of_sight_runs_through_parents_of_items_and_of_objectives() -> None:
    found = aligned(
        work_items=[
            below("T1", None, "theme"),
            epic("E1", parent_id="T1"),
            epic("E2"),
            epic("E3"),
            epic("E4"),
        ],
        objectives=[
            objective("O1", level="enterprise"),
            objective("O11", parent_id="O1", level="portfolio"),
            objective("O2", level="team"),
        ],
        key_results=[key_result("K11", "O11"), key_result("K2", "O2")],
        links=[link("T1", "K11"), link("E2", "O11"), link("E3", "K2")],
    )
    rows = okr.line_of_sight(found).set_index("item_id")
    assert rows["broken_at"].fillna("").to_dict() == {
        "E1": "",
        "E2": "key result",
        "E3": "enterprise objective",
        "E4": "goal",
    }
    assert rows.loc["E1", ["key_result", "objective", "enterprise_objective", "origin"]].to_list() == [
        "Key result K11",
        "Objective O11",
        "Objective O1",
        "inherited",
    ]
    assert okr.coverage(found).set_index("step")["share"].to_dict() == {
        "key result": 0.5,
        "objective": 0.75,
        "enterprise objective": 0.5,
        "whole line": 0.25,
    }


def test_goals_without_work_are_those_that_nothing_in_progress_serves() -> None:
    found = aligned(
        work_items=[epic("E1"), epic("E2", finished_at="2026-06-01"), epic("E3", work_type="enabler")],
        objectives=[
            objective("O1", 1),
            objective("O11", parent_id="O1"),
            objective("O2"),
            objective("O3"),
            objective("O4", **{**YEAR, "to": "2026-06-30"}),
        ],
        key_results=[key_result("K11", "O11"), key_result("K1", "O1"), key_result("K2", "O2")],
        links=[link("E1", "K11"), link("E2", "K2"), link("E3", "O3")],
    )
    work = okr.goal_work(found).set_index("goal_id")
    assert work.index[work["without_work"]].to_list() == ["O2", "K1", "K2"]
    assert work.at["O1", "items"] == 1  # through the objective under it
    assert work.loc["O2", ["finished_items", "other_items"]].to_list() == [1, 0]
    assert figure(found, "goals_without_work").value == 3


TEAMS = [
    {"team": "Till", "department": "Stores"},
    {"team": "App", "department": "Stores"},
    {"team": "Hub", "department": "Logistics"},
    {"team": "New"},
]


def test_a_key_result_is_siloed_when_teams_of_one_department_alone_serve_it() -> None:
    krs = [key_result(f"K{n}") for n in range(1, 5)]
    found = okr.served_by(
        aligned(
            work_items=[
                epic("E1", team="Till"),
                epic("E2", team="App"),
                epic("E3", team="Hub"),
                epic("E4"),
                epic("E5", team="New"),
                below("F4", "E4", team="Hub"),
            ],
            key_results=krs,
            teams=TEAMS,
            links=[
                link("E1", "K1"),
                link("E2", "K1"),
                link("E1", "K2"),
                link("E3", "K2"),
                link("E4", "K3"),
                link("E1", "K4"),
                link("E5", "K4"),
            ],
        )
    ).set_index("kr_id")
    assert found["siloed"].astype(object).where(found["siloed"].notna(), None).to_dict() == {
        "K1": True,
        "K2": False,
        "K3": True,
        "K4": None,
    }
    assert found["department"].dropna().to_dict() == {"K1": "Stores", "K3": "Logistics", "K4": "Stores"}


def test_a_team_belongs_to_the_department_of_the_day() -> None:
    teams = [
        {"team": "Till", "department": "Stores", "from": "2025-01-01", "to": "2026-06-30"},
        {"team": "Till", "department": "Payments", "from": "2026-07-01"},
    ]
    departments = {
        day: okr.served_by(
            aligned(
                day,
                work_items=[epic("E1", team="Till")],
                teams=teams,
                key_results=[key_result("K1")],
                links=[link("E1", "K1")],
            )
        )
        for day in ("2026-06-30", "2026-07-01")
    }
    assert [frame["department"].iloc[0] for frame in departments.values()] == ["Stores", "Payments"]


METRICS = [
    {"metric_id": name, "name": name, "unit": "%", "direction": "increase", "kind": "outcome"}
    for name in ("M1", "M2", "M3", "M4", "M5", "M6")
]


def test_two_key_results_that_want_one_metric_to_go_both_ways_conflict() -> None:
    late = {"from": "2026-07-01", "to": "2026-12-31"}
    early = {"from": "2026-01-01", "to": "2026-06-30"}
    known = portfolio(
        metrics=METRICS,
        key_results=[
            key_result("A1", metric_id="M1", baseline=1, target=9),
            key_result("A2", metric_id="M1", type="decrease", baseline=9, target=4),
            key_result("B1", metric_id="M2"),
            key_result("B2", metric_id="M2"),
            key_result("C1", metric_id="M3", type="maintain_above", baseline=None, target=5),
            key_result("C2", metric_id="M3", type="maintain_below", baseline=None, target=3),
            key_result("D1", metric_id="M4", type="maintain_above", baseline=None, target=3),
            key_result("D2", metric_id="M4", type="maintain_below", baseline=None, target=5),
            key_result("E1", metric_id="M5", **early),
            key_result("E2", metric_id="M5", type="decrease", baseline=9, target=4, **late),
            key_result("F2", metric_id="M6", type="range", baseline=None, target=None, low=1, high=2),
            key_result("F1", metric_id="M6", type="reach", baseline=None, target=9),
        ],
    )
    found = okr.conflicting(okr.goals(known))
    assert found[["kr_id", "other_kr_id"]].to_numpy().tolist() == [["A1", "A2"], ["C1", "C2"], ["F1", "F2"]]
    assert found["because"].nunique() == 2


def test_a_large_matrix_shows_the_costliest_items_and_adds_the_rest_up() -> None:
    work = [epic(f"E{n:02d}") for n in range(12)]
    found = okr.item_goals(
        aligned(
            work_items=work,
            objectives=GOALS,
            spend=[booked(f"E{n:02d}", 100 - n) for n in range(12)],
            links=[link(f"E{n:02d}", "O1" if n < 10 else "O2") for n in range(12)],
        ),
        most=5,
    )
    assert found["item_id"].to_list() == ["E00", "E01", "E02", "E03", "E04", "", ""]
    rest = found[found["item_id"].eq("")].set_index("objective_id")
    assert rest["title"].unique().tolist() == ["and 7 more"]
    assert rest["spend_share"].to_dict() == pytest.approx({"O1": 5 / 7, "O2": 2 / 7})
