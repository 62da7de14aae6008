"""Labels, suffixes, suspicion, evidence, coverage, vanity metrics, signs of fake agility, figures."""

from typing import Any

import pandas as pd
import pytest
from outcomes_small import (
    GREEN,
    LIMITS,
    RED,
    benefit,
    calm,
    epic,
    inside_of,
    items_of,
    metric,
    portfolio,
    readings,
    report,
)

from vmo_helpers.measures import flow, outcomes, status
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import by_key
from vmo_helpers.vocabulary import Label
from vmo_helpers.window import review_window

Row = dict[str, Any]
OPEN = calm([0, 0, 5, 20, 30, 40, 60, 64, 78, 82, 73, 80])
INSIDES: dict[str, Row] = {
    "red": {"observations": readings(RED)},
    "green": {"observations": readings(GREEN)},
    "open": {"observations": readings(OPEN)},
    "not_yet_due": {"benefits": [benefit(due="2027-12-31", lag_days=300)]},
    "unknown": {"benefits": [benefit(target=None)]},
}
LABELS = {
    "green": ["watermelon", "sound", "open_inside", "green_unproven", "unknown_inside"],
    "amber": ["red_through", "better_inside", "red_open", "red_unproven", "red_unknown"],
    "red": ["red_through", "better_inside", "red_open", "red_unproven", "red_unknown"],
}


@pytest.mark.parametrize("outside", LABELS)
@pytest.mark.parametrize("place", range(len(INSIDES)), ids=list(INSIDES))
def test_the_label_is_read_from_outside_and_inside(outside: str, place: int) -> None:
    inside, tables = list(INSIDES.items())[place]
    found = items_of(portfolio(status_reports=[report(outside)], **tables)).loc["E1"]
    assert (found["outside"], found["inside"], found["label"]) == (outside, inside, LABELS[outside][place])


@pytest.mark.parametrize("inside", INSIDES)
def test_only_greens_that_are_red_or_open_are_listed_and_of_none_no_row(inside: str) -> None:
    found = status.red_or_open(items_of(portfolio(status_reports=[report("green")], **INSIDES[inside])))
    assert found["item_id"].tolist() == (["E1"] if inside in ("red", "open") else [])


def test_every_item_of_the_level_is_judged_finished_or_not_and_no_other() -> None:
    items = [
        epic("E1"),
        epic("E2", delivered_at=None),
        epic("E3", delivered_at=None, cancelled_at="2025-05-01"),
        epic("E4", created_at="2026-02-01", delivered_at=None),
        {**epic("F1"), "level": "feature", "parent_id": "E1"},
    ]
    assert items_of(portfolio(work_items=items))["item_id"].tolist() == ["E1", "E2", "E3"]


def test_the_table_has_the_columns_of_the_contract_and_days_in_the_portfolios_zone() -> None:
    made = portfolio(observations=readings(RED), status_reports=[report(at="2025-11-30T23:30:00-05:00")])
    table = status.table(items_of(made), "Europe/Berlin")
    assert table.columns.tolist() == [
        "item_id",
        "title",
        "reported",
        "reported_since",
        "outside",
        "delivery",
        "inside_customer",
        "inside_behaviour",
        "inside_business",
        "inside",
        "label",
        "suffixes",
        "suspicion",
        "attainment",
        "low",
        "high",
        "p_value",
        "tier",
        "red_since",
        "due",
        "further_readings",
        "inside_today",
        "plan_moved_at",
        "missing",
        "money",
        "evidence",
    ]
    assert table[["reported_since", "red_since", "due"]].iloc[0].tolist() == [
        "2025-12-01",
        "2025-08-15",
        "2025-09-30",
    ]


def test_evidence_names_the_rows_of_the_files() -> None:
    made = portfolio(observations=readings(RED), status_reports=[report("red", "2025-06-01"), report()])
    assert (
        items_of(made).loc["E1", "evidence"]
        == "work_items 2; status_reports 3; benefits 2; observations 21, 22, 23, 24, 25"
    )


def test_money_at_stake_is_the_planned_value_of_the_benefits_else_the_planned_cost() -> None:
    both = portfolio(
        work_items=[epic(planned_cost=7)],
        benefits=[benefit("B1", planned_value=30), benefit("B2", planned_value=12)],
    )
    assert items_of(both).loc["E1", ["money", "money_basis"]].tolist() == [42, "planned value"]
    assert items_of(portfolio(work_items=[epic(planned_cost=7)])).loc[
        "E1", ["money", "money_basis"]
    ].tolist() == [7, "planned cost"]


OBJECTIVE = {
    "pi": "1",
    "team": "A",
    "objective": "x",
    "planned_value": 10,
    "committed": True,
    "item_id": "E1",
}


def test_business_value_by_opinion_alone_is_named_when_the_outcome_is_red_or_flat() -> None:
    def scored(actual: float, values: list[float]) -> str:
        objective = {
            "pi": "1",
            "team": "A",
            "objective": "x",
            "planned_value": 10,
            "committed": True,
            "actual_value": actual,
            "item_id": "E1",
        }
        return str(
            items_of(portfolio(observations=readings(values), pi_objectives=[objective])).loc[
                "E1", "suffixes"
            ]
        )

    assert scored(8, RED) == "opinion-only"
    assert scored(7.9, RED) == ""
    assert scored(8, GREEN) == ""


def test_a_flat_outcome_that_is_not_yet_due_is_opinion_too() -> None:
    objective = {**OBJECTIVE, "actual_value": 9}
    flat = [5.0 * (1 if k % 2 else -1) for k in range(24)]
    made = portfolio(
        observations=readings(flat), pi_objectives=[objective], benefits=[benefit(due="2029-12-31")]
    )
    found = items_of(made).loc["E1"]
    assert (found["inside"], found["suffixes"]) == ("not_yet_due", "opinion-only")


@pytest.mark.parametrize(
    ("moved", "read", "frozen"),
    [
        ("2025-12-20", "2025-11-15", True),
        ("2025-12-20", "2025-11-25", False),
        ("2025-11-10", "2025-11-01", False),
    ],
)
def test_a_goal_is_frozen_when_work_moves_and_nobody_looks(moved: str, read: str, frozen: bool) -> None:
    states = [{"state": "Doing", "class": "active"}, {"state": "Done", "class": "done"}]
    moves = [{"item_id": "E1", "at": moved, "to_state": "Doing"}]
    seen = [{"metric_id": "M1", "at": read, "value": 1}]
    made = portfolio(
        work_items=[epic(delivered_at=None)],
        states=states,
        transitions=moves,
        observations=seen,
        metrics=[metric(cadence_days=90)],
    )
    assert items_of(made).loc["E1", "suffixes"] == ("frozen" if frozen else "")


def test_a_check_in_on_a_linked_key_result_is_a_look_and_without_a_goal_nothing_can_freeze() -> None:
    states, moves = (
        [{"state": "Doing", "class": "active"}],
        [{"item_id": "E1", "at": "2025-12-20", "to_state": "Doing"}],
    )
    year = {"from": "2025-01-01", "to": "2025-12-31"}
    goals: dict[str, Any] = {
        "objectives": [{"objective_id": "O", "title": "O", **year}],
        "key_results": [{"kr_id": "K", "objective_id": "O", "title": "K", "type": "increase", **year}],
        "links": [{"item_id": "E1", "goal_type": "key_result", "goal_id": "K"}],
    }
    base: dict[str, Any] = {
        "work_items": [epic(delivered_at=None)],
        "states": states,
        "transitions": moves,
        "metrics": [],
        "benefits": [],
    }
    assert items_of(portfolio(**base)).loc["E1", "suffixes"] == ""
    assert items_of(portfolio(**base, **goals)).loc["E1", "suffixes"] == "frozen"
    seen = [{"kr_id": "K", "at": "2025-12-01", "value": 1}]
    assert items_of(portfolio(**base, **goals, checkins=seen)).loc["E1", "suffixes"] == ""


CHANGED = {
    "table": "work_items",
    "key": "E1",
    "column": "planned_end",
    "changed_at": "2025-05-01",
    "old_value": "2025-09-01",
}
ASKED = {"decision_id": "D", "asked_at": "2025-05-01", "question": "?", "item_id": "E1"}


@pytest.mark.parametrize(
    ("baselined", "more", "days"),
    [
        ("2025-04-04", {}, 272),
        ("2025-04-08", {}, 268),
        ("2025-04-04", {"plan_changes": [CHANGED]}, 245),
        ("2025-04-04", {"decisions": [{**ASKED, "decided_at": "2025-05-02", "outcome": "continue"}]}, 244),
        ("2025-04-04", {"decisions": [ASKED]}, 272),
    ],
    ids=["270 days", "young", "changed since", "decided since", "asked only"],
)
def test_a_plan_is_aged_when_nobody_touched_it_for_270_days(baselined: str, more: Row, days: int) -> None:
    item = epic(delivered_at=None, started_at="2025-04-01", baselined_at=baselined)
    found = items_of(portfolio(work_items=[item], **more)).loc["E1"]
    assert found["plan_age_days"] == pytest.approx(days)
    assert found["suffixes"] == ("plan-aged" if days >= 270 else "")


@pytest.mark.parametrize("colour", ["green", None])
def test_what_belongs_to_the_test_of_one_item_is_said_with_its_report_if_there_is_one(
    colour: str | None,
) -> None:
    reports = [report(colour)] if colour else []
    made = portfolio(observations=readings(RED), status_reports=reports)
    assert made.as_of is not None
    tested = outcomes.tests(inside_of(made), made.as_of, LIMITS)
    found = status.leading_test(items_of(made).reset_index(drop=True), tested, "E1")
    assert (found.benefit_id, found.metric, found.unit) == ("B1", "Metric M1", "orders")
    assert found.reported == colour and (found.reported_since is None) is (colour is None)
    nothing = status.leading_test(items_of(made), tested, "nothing")
    assert (nothing.benefit_id, nothing.metric, nothing.reported) == ("", "", None)


def test_suspicion_is_the_evidence_of_the_test_and_else_the_signs_with_their_weights() -> None:
    tested = items_of(portfolio(observations=readings(RED))).loc["E1"]
    assert tested["suspicion"] == pytest.approx(1 - tested["p_value"])
    plain = epic(scope_planned=100)
    signs = [
        ({}, 1 - (1 - 0.15)),
        ({"scope_delivered": 60}, 1 - (1 - 0.15) * (1 - 0.9 * 0.4)),
        ({"scope_delivered": 20}, 1 - (1 - 0.15) * (1 - 0.9 * 0.8)),
    ]
    for more, wanted in signs:
        assert items_of(portfolio(work_items=[{**plain, **more}], benefits=[])).loc[
            "E1", "suspicion"
        ] == pytest.approx(wanted)
    said = items_of(
        portfolio(work_items=[plain], benefits=[], status_reports=[report("green", scope="amber")])
    ).loc["E1", "suspicion"]
    assert said == pytest.approx(1 - (1 - 0.15) * (1 - 0.8 * 0.5))


def covered(made: Portfolio, by: Any = "value_stream_id") -> pd.DataFrame:
    return status.coverage(made, flow.read(made), inside_of(made), stale_rhythms=2, by=by).set_index(
        "subject"
    )


def test_coverage_counts_what_could_be_known_by_stream_with_the_whole_first() -> None:
    made = portfolio(
        work_items=[
            epic("E1", value_stream_id="S1"),
            epic("E2", value_stream_id="S2"),
            epic("E3", delivered_at=None),
        ],
        value_streams=[{"value_stream_id": "S1", "name": "One"}, {"value_stream_id": "S2", "name": "Two"}],
        benefits=[benefit("B1", "E1", owner="Head of One"), benefit("B2", "E2", target=None)],
        observations=readings(GREEN),
        status_reports=[report(item_id="E2")],
    )
    found = covered(made)
    assert found["items"].to_dict() == {"portfolio": 2, "S1": 1, "S2": 1}  # E3 was not started
    assert found["name"].tolist() == ["portfolio", "One", "Two"]
    shares = ["outcome_metric_share", "target_share", "owner_share", "assessable_share", "reported_share"]
    assert found.loc["portfolio", shares].tolist() == [1, 0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(("last", "fresh"), [("59.999999", 1), ("59.999998", 0), (None, 0)])
def test_outcome_data_are_fresh_up_to_two_of_their_rhythms(last: str | None, fresh: int) -> None:
    """Twenty days before the end of the 31st, to the microsecond."""
    seen = [{"metric_id": "M1", "at": f"2025-12-11T23:59:{last}Z", "value": 1.0}] if last else []
    made = portfolio("2025-12-31", metrics=[metric(cadence_days=10)], observations=seen)
    assert covered(made).loc["portfolio", "fresh_share"] == fresh


def test_missing_elements_are_counted_over_the_greens_that_cannot_be_tested() -> None:
    made = portfolio(
        work_items=[epic("E1"), epic("E2"), epic("E3"), epic("E4")],
        benefits=[
            benefit("B1", "E1", lag_days=None, target=None),
            benefit("B2", "E2", lag_days=None),
            benefit("B3", "E3"),
        ],
        observations=[row for row in readings(GREEN) if row["at"] < "2025-04-01"],
        status_reports=[report(item_id=f"E{k}") for k in range(1, 5)],
    )
    found = status.missing_elements(items_of(made)).set_index("element")["items"].to_dict()
    assert found == {"lag": 2, "target": 1, "more observations": 1, "outcome metric": 1}


@pytest.mark.parametrize(
    ("rows", "reason", "replacement"),
    [
        (
            [metric("V", kind="output", name="Tills migrated", item_id="E1")],
            "no outcome beside it",
            "adoption",
        ),
        ([metric("V", name="Happy calls", banned=True)], "banned", "an outcome of the same item"),
        ([metric("V", name="Team velocity", kind="activity")], "raw velocity", "throughput and flow time"),
        ([metric("V", name="Utilization", kind="outcome")], "utilisation", "flow efficiency"),
        ([metric("V", name="Milestones met", kind="output")], "no outcome beside it", "objective attainment"),
        (
            [metric("V", name="Budget variance", kind="output"), metric("N", name="Lead", replaces="V")],
            "no outcome beside it",
            "Lead",
        ),
    ],
)
def test_a_vanity_metric_comes_with_its_replacement(rows: list[Row], reason: str, replacement: str) -> None:
    found = status.vanity_metrics(portfolio(metrics=rows, benefits=[])).set_index("metric_id")
    assert found.loc["V", ["reason", "replacement"]].tolist() == [reason, replacement]
    assert found.index.tolist() == ["V"]


def test_an_output_beside_an_outcome_flow_velocity_and_a_retired_metric_are_no_vanity() -> None:
    metrics = [
        metric("out", kind="output", item_id="E1"),
        metric("M1"),
        metric("flow", name="Flow velocity", kind="outcome"),
        metric("store", name="Warehouse utilisation by pallets", kind="outcome"),
        metric("old", name="Downloads", kind="activity"),
        metric("new", kind="behaviour", replaces="old"),
    ]
    seen = [
        {"metric_id": "old", "at": "2024-06-01", "value": 1},
        {"metric_id": "new", "at": "2024-07-01", "value": 1},
    ]
    assert status.vanity_metrics(portfolio(metrics=metrics, observations=seen)).empty


def agility(made: Portfolio) -> pd.Series:
    window = review_window(made.as_of, None, "UTC")
    log = flow.read(made)
    return status.fake_agility(made, log, flow.items(log, window), window).set_index("sign")["value"]


@pytest.mark.parametrize("children", [1, 3])
def test_signs_of_fake_agility_carry_their_numbers(children: int) -> None:
    states = [
        {"state": "Idea", "class": "backlog"},
        {"state": "Approval", "class": "wait", "is_gate": True},
        {"state": "Queue", "class": "wait"},
        {"state": "Build", "class": "active"},
        {"state": "Done", "class": "done"},
    ]
    path = [
        ("2025-01-01", "Idea"),
        ("2025-01-11", "Approval"),
        ("2025-02-10", "Queue"),
        ("2025-02-20", "Build"),
        ("2025-04-11", "Done"),
    ]
    year = {"value_stream_id": "S1", "from": "2025-01-01", "to": "2025-12-31"}
    made = portfolio(
        work_items=[
            epic(created_at="2025-01-01", delivered_at="2025-04-11"),
            *({**epic(f"F{k}"), "level": "feature", "parent_id": "E1"} for k in range(children)),
        ],
        states=states,
        transitions=[{"item_id": "E1", "at": at, "to_state": state} for at, state in path],
        value_streams=[{"value_stream_id": "S1", "name": "One"}],
        budgets=[
            {"budget_id": "1", **year, "amount": 30, "funding_type": "project"},
            {"budget_id": "2", **year, "to": "2025-06-30", "amount": 70, "funding_type": "value_stream"},
        ],
    )
    found = agility(made)
    assert found["project_funding"] == pytest.approx(0.3, abs=0.01)
    assert found["annual_cadence"] == pytest.approx(0.3, abs=0.01)
    assert found["large_batches"] == children
    assert found["approval_waits"] == pytest.approx(0.75)
    assert found["upfront_time"] == pytest.approx(0.5)


def test_without_budgets_and_transitions_no_sign_is_claimed() -> None:
    assert agility(portfolio()).isna().all()


def figures(made: Portfolio) -> dict[str, Any]:
    window = review_window(made.as_of, None, "UTC")
    return by_key(status.figures(made, items_of(made), status.vanity_metrics(made), window, LIMITS))


def test_figures_count_the_greens_and_say_why_where_nothing_is_known() -> None:
    full = figures(portfolio(observations=readings(RED), status_reports=[report()]))
    assert {key: figure.value for key, figure in full.items()} == {
        "watermelon.green": 1,
        "watermelon.count": 1,
        "watermelon.board": 1,
        "watermelon.watch": 0,
        "watermelon.open_inside": 0,
        "watermelon.unknown_inside": 0,
        "watermelon.not_yet_due": 0,
        "watermelon.shrunk": None,
        "watermelon.moved_goalposts": None,
        "watermelon.self_contradicting": 0,
        "watermelon.vanity_metrics": 0,
    }
    bare = figures(portfolio(benefits=[], metrics=[]))
    assert all(figure.value is None and figure.why for figure in bare.values())


def test_no_watermelon_is_counted_among_greens_that_nothing_can_test() -> None:
    made = portfolio(
        work_items=[epic("E1"), epic("E2")],
        observations=readings(RED),
        status_reports=[report("red"), report(item_id="E2")],
    )
    told = figures(made)
    assert told["watermelon.green"].value == 1
    for name in ("count", "board", "watch", "open_inside"):
        assert told[f"watermelon.{name}"].value is None
        assert told[f"watermelon.{name}"].why == "no green item can be tested"
    assert told["watermelon.unknown_inside"].value == 1


def test_the_matrix_holds_every_item_once() -> None:
    made = portfolio(
        work_items=[epic("E1"), epic("E2")],
        observations=readings(RED),
        status_reports=[report(), report("red", item_id="E2")],
    )
    cells = status.matrix(items_of(made))
    assert len(cells) == 15
    assert cells.set_index(["outside", "inside"])["items"].loc[
        [("green", "red"), ("amber_or_red", "unknown")]
    ].tolist() == [1, 1]
    assert cells["items"].sum() == 2
    assert set(cells["label"]) == {str(label) for label in Label}
