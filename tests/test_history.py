"""What was known at an instant."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.portfolio.latest import latest_fact
from vmo_helpers.portfolio.streams import in_streams
from vmo_helpers.tables import portfolio_of

Rows = list[dict[str, Any]]
STATES: Rows = [
    {"state": "Todo", "class": "backlog"},
    {"state": "Doing", "class": "active"},
    {"state": "Done", "class": "done"},
]


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


def item(item_id: str, created_at: str | None = "2026-01-01", **more: Any) -> dict[str, Any]:
    return {"item_id": item_id, "title": item_id, "level": "epic", "created_at": created_at} | more


def known(as_of: str, settings: Settings | None = None, **tables: Any) -> Portfolio:
    return portfolio_of(tables, settings).known_at(at(as_of))


def ignored(portfolio: Portfolio) -> list[str]:
    return [note.sentence for note in portfolio.notes if note.kind in ("ignored", "later")]


# ---- dated and recorded
# ------------------------------------------------------------------------------------------


def test_a_fact_dated_at_as_of_is_known_and_a_later_one_is_ignored_and_counted() -> None:
    moves = [{"item_id": "E1", "at": f"2026-01-0{day}T12:00:00Z", "to_state": "Doing"} for day in (2, 3, 4)]
    portfolio = known("2026-01-03T12:00", work_items=[item("E1")], states=STATES, transitions=moves)
    assert portfolio.transitions.index.tolist() == [2, 3]
    assert portfolio.as_of == at("2026-01-03T12:00")
    assert ignored(portfolio) == ["1 row of transitions dated after 3 January 2026"]
    assert [(note.count, note.rows) for note in portfolio.notes] == [(1, (4,))]


def test_a_warning_about_the_data_speaks_of_the_rows_known_by_then() -> None:
    items = [
        item(name, day, weeks_low=5, weeks_likely=2)
        for name, day in (("E1", "2026-01-01"), ("E2", "2026-03-01"))
    ]
    for as_of, said in (
        ("2026-02-01", ["1 row of work_items"]),
        ("2026-04-01", ["2 rows of work_items"]),
        ("2025-12-01", []),
    ):
        warnings = [note for note in known(as_of, work_items=items).notes if note.kind == "warning"]
        assert [note.sentence.partition(" ha")[0] for note in warnings] == said
        assert [note.count for note in warnings] == [int(words[0]) for words in said]


def test_a_fact_recorded_later_is_not_known_yet() -> None:
    reports = [{"item_id": "E1", "at": "2026-02-01", "overall": "G", "recorded_at": "2026-02-20"}]
    assert not known("2026-02-10", work_items=[item("E1")], status_reports=reports).has("status_reports")
    assert known("2026-02-20", work_items=[item("E1")], status_reports=reports).has("status_reports")


def test_of_the_versions_of_a_fact_the_newest_recorded_up_to_as_of_holds() -> None:
    versions = [("G", None), ("A", "2026-02-05"), ("R", "2026-02-09")]
    reports = [
        {"item_id": "E1", "at": "2026-02-01", "overall": rag, "recorded_at": recorded}
        for rag, recorded in versions
    ]
    for as_of, expected in (
        ("2026-02-04", "green"),
        ("2026-02-05", "amber"),
        ("2026-02-08", "amber"),
        ("2026-03-01", "red"),
    ):
        portfolio = known(as_of, work_items=[item("E1")], status_reports=reports)
        assert list(portfolio.status_reports["overall"]) == [expected]


def test_looking_further_back_finds_the_version_that_was_replaced_since_and_never_what_came_later() -> None:
    versions = [("G", None), ("A", "2026-02-05"), ("R", "2026-02-09")]
    reports = [
        {"item_id": "E1", "at": "2026-02-01", "overall": rag, "recorded_at": recorded}
        for rag, recorded in versions
    ]
    cut = known("2026-02-08", work_items=[item("E1")], status_reports=reports)
    assert cut.status_reports["overall"].tolist() == ["amber"]
    assert cut.known_at(at("2026-02-03")).status_reports["overall"].tolist() == ["green"]
    assert cut.known_at(at("2026-02-20")).status_reports["overall"].tolist() == ["amber"]
    others = replace(cut, tables={**cut.tables, "status_reports": cut.status_reports.iloc[:0]})
    assert not others.known_at(at("2026-02-03")).has("status_reports")


def test_versions_that_were_replaced_are_counted() -> None:
    reports = [
        {"item_id": "E1", "at": "2026-02-01", "overall": "G", "recorded_at": f"2026-02-0{day}"}
        for day in (2, 3)
    ]
    assert ignored(known("2026-02-04", work_items=[item("E1")], status_reports=reports)) == [
        "1 row of status_reports replaced by a version recorded later"
    ]


def test_rows_of_spend_that_were_never_recorded_add_up_and_a_recorded_version_replaces_them() -> None:
    line = {"period": "2026-01-01", "item_id": "E1"}
    spend = [line | {"amount": 5}, line | {"amount": 6}, line | {"amount": 12, "recorded_at": "2026-03-01"}]
    assert list(known("2026-02-01", work_items=[item("E1")], spend=spend).spend["amount"]) == [5.0, 6.0]
    assert list(known("2026-03-01", work_items=[item("E1")], spend=spend).spend["amount"]) == [12.0]


def test_actual_spend_of_a_later_month_is_ignored_and_a_forecast_of_it_is_not() -> None:
    spend = [
        {"period": period, "item_id": "E1", "amount": 1, "kind": kind}
        for period in ("2026-02-01", "2026-03-01")
        for kind in ("actual", "forecast")
    ]
    portfolio = known("2026-02-15", work_items=[item("E1")], spend=spend)
    assert list(zip(portfolio.spend["period"].dt.month, portfolio.spend["kind"], strict=True)) == [
        (2, "actual"),
        (2, "forecast"),
        (3, "forecast"),
    ]


def test_a_day_is_known_from_its_start_in_the_portfolios_zone() -> None:
    settings = Settings(timezone="America/New_York")
    spend = [{"period": "2026-03-01", "item_id": "E1", "amount": 1}]
    assert not known("2026-03-01T04:59", settings, work_items=[item("E1")], spend=spend).has("spend")
    assert known("2026-03-01T05:00", settings, work_items=[item("E1")], spend=spend).has("spend")


# ---- what did not exist yet
# --------------------------------------------------------------------------------------


def test_an_item_created_later_is_not_there_and_what_needs_it_goes_with_it() -> None:
    portfolio = known(
        "2026-02-01",
        work_items=[item("E1"), item("E2", "2026-03-01"), item("E3", None, parent_id="E2")],
        states=STATES,
        transitions=[
            {"item_id": "E2", "at": "2026-01-15", "to_state": "Todo"},
            {"item_id": "E3", "at": "2026-01-15", "to_state": "Todo"},
        ],
        dependencies=[{"item_id": "E1", "needs_item_id": "E2"}],
        benefits=[
            {"benefit_id": "B", "item_id": "E2", "metric_id": None, "baseline": 1, "target": 2, "due": None}
        ],
        realisations=[{"benefit_id": "B", "at": "2026-01-20", "value": 1}],
    )
    assert list(portfolio.work_items["item_id"]) == ["E1", "E3"]
    assert list(portfolio.transitions["item_id"]) == ["E3"]
    assert portfolio.work_items["parent_id"].isna().all()
    assert (
        not portfolio.has("dependencies")
        and not portfolio.has("benefits")
        and not portfolio.has("realisations")
    )


def test_an_item_without_a_day_of_creation_was_always_there() -> None:
    assert known("1990-01-01", work_items=[item("E1", None)]).has("work_items")


# ---- later events
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column", ["delivered_at", "started_at", "finished_at", "cancelled_at", "requested_at", "baselined_at"]
)
def test_a_later_event_of_an_item_is_not_known_yet(column: str) -> None:
    rows = [item("E1", **{column: "2026-02-01T10:00"})]
    assert known("2026-02-01T09:59", work_items=rows).work_items[column].isna().all()
    assert known("2026-02-01T10:00", work_items=rows).work_items[column].notna().all()


def test_what_is_only_known_with_an_event_is_not_known_before_it() -> None:
    decision = {
        "decision_id": "D",
        "asked_at": "2026-02-01",
        "question": "?",
        "outcome": "stop",
        "decided_at": "2026-03-01",
        "decided_by": "board",
        "done_at": "2026-04-01",
    }
    portfolio = known(
        "2026-02-15",
        work_items=[item("E1", delivered_at="2026-05-01", scope_delivered=5)],
        decisions=[decision],
    )
    row = portfolio.decisions.iloc[0]
    assert row[["outcome", "decided_by", "decided_at", "done_at"]].isna().all() and row["question"] == "?"
    assert portfolio.work_items["scope_delivered"].isna().all()


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("blockers", {"item_id": "E1", "from_at": "2026-01-05", "to_at": "2026-03-01"}, "to_at"),
        (
            "risks",
            {"risk_id": "R", "item_id": "E1", "probability": 0.5, "impact": 1, "closed_at": "2026-03-01"},
            "closed_at",
        ),
        (
            "links",
            {"item_id": "E1", "goal_type": "objective", "goal_id": "O", "removed_at": "2026-03-01"},
            "removed_at",
        ),
    ],
)
def test_what_ends_later_has_not_ended(table: str, row: dict[str, Any], column: str) -> None:
    assert known("2026-02-01", work_items=[item("E1")], **{table: [row]}).tables[table][column].isna().all()


def test_the_actual_value_of_a_period_that_has_not_ended_is_not_known() -> None:
    objective = {
        "pi": "PI 1",
        "team": "T",
        "objective": "o",
        "planned_value": 8,
        "committed": True,
        "actual_value": 7,
        "from": "2026-01-01",
        "to": "2026-03-31",
    }
    assert known("2026-03-30", pi_objectives=[objective]).pi_objectives["actual_value"].isna().all()
    assert (
        known("2026-03-31T23:59:59.999999", pi_objectives=[objective])
        .pi_objectives["actual_value"]
        .notna()
        .all()
    )


# ---- plans
# -------------------------------------------------------------------------------------------------------


def change(
    changed_at: str,
    old_value: str | None,
    column: str = "planned_end",
    key: str = "E1",
    table: str = "work_items",
) -> dict[str, Any]:
    return {"table": table, "key": key, "column": column, "changed_at": changed_at, "old_value": old_value}


PLANNED = [item("E1", planned_end="2026-12-31", planned_cost=300), item("E2", planned_end="2026-11-30")]
CHANGES = [
    change("2026-05-01", "2026-09-30"),
    change("2026-03-01", "2026-06-30"),
    change("2026-05-01", "100", "planned_cost"),
]


@pytest.mark.parametrize(
    ("as_of", "planned_end", "planned_cost"),
    [
        ("2026-02-28", "2026-06-30", 100),
        ("2026-03-01", "2026-09-30", 100),
        ("2026-04-30", "2026-09-30", 100),
        ("2026-05-01", "2026-12-31", 300),
    ],
)
def test_a_review_sees_the_plan_of_its_day(as_of: str, planned_end: str, planned_cost: float) -> None:
    portfolio = known(as_of, work_items=PLANNED, plan_changes=CHANGES)
    first, other = portfolio.work_items.iloc[0], portfolio.work_items.iloc[1]
    assert (str(first["planned_end"].date()), first["planned_cost"]) == (planned_end, planned_cost)
    assert str(other["planned_end"].date()) == "2026-11-30"
    assert portfolio.plan_changes["changed_at"].le(at(as_of)).all()


@pytest.mark.parametrize("as_of", ["2026-02-01", "2026-04-01", "2026-10-01"])
def test_the_first_plan_is_the_oldest_known_whatever_the_day(as_of: str) -> None:
    portfolio = known(as_of, work_items=PLANNED, plan_changes=CHANGES)
    assert [str(day.date()) for day in portfolio.first_plan("planned_end")] == ["2026-06-30", "2026-11-30"]
    assert portfolio.first_plan("planned_cost").iloc[0] == 100.0
    assert portfolio.first_plan("planned_end").index.equals(portfolio.work_items.index)


def test_before_a_plan_was_made_there_was_none_and_the_first_plan_is_the_first_that_stood() -> None:
    portfolio = portfolio_of(
        {
            "work_items": PLANNED,
            "plan_changes": [change("2026-02-01", None), change("2026-03-01", "2026-06-30")],
        }
    )
    assert portfolio.known_at(at("2026-01-15")).work_items["planned_end"].isna().iloc[0]
    assert str(portfolio.first_plan("planned_end").iloc[0].date()) == "2026-06-30"


def test_words_and_references_of_a_plan_are_rolled_back_too() -> None:
    portfolio = known(
        "2026-02-01",
        work_items=[item("E1", work_type="debt", value_stream_id="B", title="New")],
        value_streams=[{"value_stream_id": key, "name": key} for key in "AB"],
        plan_changes=[
            change("2026-03-01", "bug", "work_type"),
            change("2026-03-01", "A", "value_stream_id"),
            change("2026-03-01", "Old", "title"),
        ],
    )
    assert portfolio.work_items.iloc[0][["work_type", "value_stream_id", "title"]].tolist() == [
        "defect",
        "A",
        "Old",
    ]


def test_plans_of_other_tables_are_rolled_back_as_well() -> None:
    benefit = {
        "benefit_id": "B",
        "item_id": "E1",
        "metric_id": None,
        "baseline": 1,
        "target": 20,
        "due": "2026-12-31",
    }
    portfolio = portfolio_of(
        {
            "work_items": [item("E1")],
            "benefits": [benefit],
            "plan_changes": [change("2026-03-01", "10", "target", "B", "benefits")],
        }
    )
    assert portfolio.known_at(at("2026-02-01")).benefits["target"].iloc[0] == 10.0
    assert portfolio.first_plan("target", "benefits").tolist() == [10.0]


# ---- properties
# --------------------------------------------------------------------------------------------------

days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)).map(str)
late = st.dates(dt.date(2027, 1, 1), dt.date(2027, 12, 31)).map(str)
few = how(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])


def reports(dates: st.SearchStrategy[str], recorded: st.SearchStrategy[str]) -> st.SearchStrategy[Rows]:
    row = st.fixed_dictionaries(
        {
            "item_id": st.sampled_from(["E1", "E2"]),
            "at": dates,
            "recorded_at": recorded,
            "overall": st.sampled_from("GAR"),
        }
    )
    return st.lists(row, max_size=6, unique_by=lambda one: (one["item_id"], one["at"], one["recorded_at"]))


def same(left: Portfolio, right: Portfolio) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(left.tables[name], right.tables[name], check_index_type=False)


@few
@given(
    reports(days, days),
    reports(days, late),
    reports(late, late),
    st.lists(late, max_size=3),
    st.lists(st.tuples(late, days), max_size=3, unique_by=lambda one: one[0]),
)
def test_rows_dated_or_recorded_later_change_nothing(
    base: Rows, corrections: Rows, later: Rows, created: list[str], changed: list[tuple[str, str]]
) -> None:
    items = [item("E1", planned_end="2026-06-30"), item("E2")]
    as_of = at("2026-12-31T23:59:59")
    before = portfolio_of({"work_items": items, "status_reports": base}, Settings()).known_at(as_of)
    more = [item(f"L{place}", day, parent_id="E1") for place, day in enumerate(created)]
    plan = [
        change(day, "2026-06-30" if place == 0 else old) for place, (day, old) in enumerate(sorted(changed))
    ]
    replanned = [items[0] | {"planned_end": "2028-01-01" if plan else "2026-06-30"}, items[1]]
    after = portfolio_of(
        {
            "work_items": [*replanned, *more],
            "status_reports": [*base, *corrections, *later],
            "plan_changes": plan,
        },
        Settings(),
    )
    same(before, after.known_at(as_of))


@few
@given(reports(days, days), days, days)
def test_looking_back_twice_is_looking_back_once(base: Rows, one: str, other: str) -> None:
    portfolio = portfolio_of(
        {
            "work_items": [item("E1", delivered_at="2026-06-01"), item("E2", "2026-04-01")],
            "status_reports": base,
        }
    )
    early, later = sorted((at(one), at(other)))
    same(portfolio.known_at(later).known_at(early), portfolio.known_at(early))


@few
@given(reports(days, days), days)
def test_every_reference_of_what_is_known_leads_to_a_row(base: Rows, as_of: str) -> None:
    portfolio = known(
        as_of,
        work_items=[item("E1", "2026-05-01"), item("E2", "2026-04-01", parent_id="E1")],
        status_reports=base,
    )
    assert set(portfolio.status_reports["item_id"]) <= set(portfolio.work_items["item_id"])
    assert set(portfolio.work_items["parent_id"].dropna()) <= set(portfolio.work_items["item_id"])


# ---- the latest fact
# ---------------------------------------------------------------------------------------------


def test_the_latest_fact_names_its_table_and_row() -> None:
    portfolio = portfolio_of(
        {
            "work_items": [item("E1", delivered_at="2026-02-01"), item("E2")],
            "states": STATES,
            "transitions": [
                {"item_id": "E1", "at": day, "to_state": "Doing"} for day in ("2026-02-20", "2026-02-10")
            ],
            "status_reports": [{"item_id": "E1", "at": "2026-01-05", "overall": "G"}],
        }
    )
    fact = latest_fact(portfolio)
    assert (fact.at, fact.table, fact.row) == (at("2026-02-20"), "transitions", 2)
    assert str(fact) == "transitions, row 2, at 2026-02-20T00:00:00Z"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("observations", {"metric_id": "M", "value": 1}),
        ("checkins", {"kr_id": "K"}),
        ("surveys", {"survey_id": "S", "instrument": "nps", "score": 3}),
        ("status_reports", {"item_id": "E1", "overall": "G"}),
        ("realisations", {"benefit_id": "B", "value": 1}),
    ],
)
def test_every_table_of_facts_counts(table: str, row: dict[str, Any]) -> None:
    assert latest_fact(portfolio_of({table: [row | {"at": "2026-03-04"}]})).table == table


@pytest.mark.parametrize(
    ("table", "row", "last"),
    [
        ("decisions", {"asked_at": "2026-03-04", "question": "?"}, "2026-03-04"),
        ("decisions", {"asked_at": "2026-03-01", "question": "?", "done_at": "2026-03-09"}, "2026-03-09"),
        ("spend", {"period": "2026-02-01", "amount": 1, "item_id": "E1"}, "2026-02-28T23:59:59.999999"),
        (
            "pi_objectives",
            {"to": "2026-03-04", "planned_value": 1, "actual_value": 1, "committed": True},
            "2026-03-04T23:59:59.999999",
        ),
    ],
)
def test_decisions_months_of_actual_spend_and_planning_intervals_count(
    table: str, row: dict[str, Any], last: str
) -> None:
    keys = {"decision_id": "D"} if table == "decisions" else {"pi": "P", "team": "T", "objective": "O"}
    own = row if table == "spend" else {**keys, **row}
    tables = {"work_items": [item("E1", "2026-01-02")], table: [own]}
    fact = latest_fact(portfolio_of(tables))
    assert (fact.table, fact.at) == (table, at(last))


def test_a_forecast_and_a_planning_interval_to_come_are_no_facts() -> None:
    tables = {
        "work_items": [item("E1", "2026-01-02")],
        "spend": [{"period": "2027-01-01", "amount": 1, "item_id": "E1", "kind": "forecast"}],
        "pi_objectives": [
            {
                "pi": "P",
                "team": "T",
                "objective": "O",
                "planned_value": 1,
                "committed": True,
                "to": "2027-02-01",
            }
        ],
    }
    assert latest_fact(portfolio_of(tables)).table == "work_items"


def test_an_item_without_transitions_counts_by_its_own_days_and_one_with_them_does_not() -> None:
    tables = {
        "work_items": [item("E1", finished_at="2026-02-01"), item("E2", finished_at="2026-02-09")],
        "states": STATES,
        "transitions": [{"item_id": "E2", "at": "2026-01-20", "to_state": "Done"}],
    }
    assert latest_fact(portfolio_of(tables)).at == at("2026-02-01")


def test_without_any_fact_the_newest_item_counts_and_without_any_date_the_day_must_be_named() -> None:
    assert latest_fact(portfolio_of({"work_items": [item("E1"), item("E2", "2026-02-03")]})).at == at(
        "2026-02-03"
    )
    with pytest.raises(InputProblems, match="no fact in the data has a date"):
        latest_fact(portfolio_of({"work_items": [item("E1", None)]}))


def test_a_fact_of_the_year_2206_is_taken_for_a_typing_error() -> None:
    moves = [
        {"item_id": "E1", "at": day, "to_state": "Doing"}
        for day in ("2026-02-20", "2206-02-21", "2026-02-10")
    ]
    portfolio = portfolio_of({"work_items": [item("E1")], "states": STATES, "transitions": moves})
    with pytest.raises(
        InputProblems,
        match=r"\(transitions, row 3, at 2206-02-21T00:00:00Z\) lies 65,744 days beyond the next one "
        r"\(transitions, row 2",
    ):
        latest_fact(portfolio)
    assert portfolio.known_at(at("2026-03-01")).transitions.index.tolist() == [2, 4]


def test_ninety_two_days_between_the_last_two_facts_are_still_believed() -> None:
    def newest(day: str) -> pd.Timestamp:
        return latest_fact(
            portfolio_of(
                {
                    "status_reports": [
                        {"item_id": "E1", "at": one, "overall": "G"} for one in ("2026-01-01", day)
                    ]
                }
            )
        ).at

    assert newest("2026-04-03") == at("2026-04-03")
    with pytest.raises(InputProblems):
        newest("2026-04-04")


def reports(*days: str, many: int = 1) -> Portfolio:
    return portfolio_of(
        {
            "status_reports": [
                {"item_id": f"E{row}", "at": day, "overall": "G"} for day in days for row in range(many)
            ]
        }
    )


MONTHS = [f"2026-{month:02d}-15" for month in range(1, 7)]


@pytest.mark.parametrize(
    ("far", "many"),
    [
        (["2099-12-31"], 20),  # many rows share a far day
        (["2027-06-30"], 20),
        (["2062-03-01", "2062-03-02"], 1),  # the two latest lie near each other
        (["2031-01-01", "2031-02-01", "2031-03-01"], 5),
        ([f"2036-{month:02d}-15" for month in range(1, 13)], 3),  # a whole year of them
        (["2026-12-31", "2027-03-31"], 1),
    ],
)
def test_facts_far_beyond_the_others_are_taken_for_typing_errors_however_many(
    far: list[str], many: int
) -> None:
    with pytest.raises(InputProblems, match=r"status_reports, at, row.*likely mistyped") as refused:
        latest_fact(reports(*MONTHS, *far, many=many))
    assert "2026-06-15" in str(refused.value)


@pytest.mark.parametrize(
    "days",
    [
        ["2021-03-31", "2022-03-31"],  # a report a year
        ["2019-03-31", "2020-03-31", "2021-03-31", "2022-03-31"],
        [*MONTHS, "2026-09-01"],
        [*MONTHS, *(f"2027-{month:02d}-15" for month in range(1, 6))],  # taken up again after half a year
    ],
)
def test_a_slow_rhythm_and_a_pause_are_believed(days: list[str]) -> None:
    assert latest_fact(reports(*days, many=5)).at == at(days[-1])


# ---- streams
# -----------------------------------------------------------------------------------------------------


def streams() -> Portfolio:
    return portfolio_of(
        {
            "value_streams": [
                {"value_stream_id": "A", "name": "a"},
                {"value_stream_id": "A1", "name": "a1", "parent_id": "A"},
                {"value_stream_id": "B", "name": "b"},
            ],
            "work_items": [
                item("E1", value_stream_id="A"),
                item("E2", value_stream_id="A1"),
                item("E3", value_stream_id="B"),
                item("E4", parent_id="E1"),
                item("E5", parent_id="E4"),
                item("E6"),
            ],
            "states": STATES,
            "transitions": [
                {"item_id": f"E{n}", "at": "2026-02-01", "to_state": "Todo"} for n in range(1, 7)
            ],
            "spend": [
                {"period": "2026-01-01", "amount": 1, "item_id": "E3"},
                {"period": "2026-01-01", "amount": 2, "value_stream_id": "A"},
            ],
            "budgets": [
                {
                    "budget_id": key,
                    "value_stream_id": key,
                    "from": "2026-01-01",
                    "to": "2026-12-31",
                    "amount": 1,
                }
                for key in ("A", "B")
            ],
            "objectives": [{"objective_id": "O", "title": "o", "from": "2026-01-01", "to": "2026-12-31"}],
            "links": [{"item_id": key, "goal_type": "objective", "goal_id": "O"} for key in ("E1", "E3")],
            "metrics": [
                {
                    "metric_id": key,
                    "name": key,
                    "unit": "%",
                    "direction": "increase",
                    "kind": "outcome",
                    "item_id": owner,
                }
                for key, owner in (("M1", "E1"), ("M3", "E3"), ("M0", None))
            ],
            "observations": [
                {"metric_id": key, "at": "2026-02-01", "value": 1} for key in ("M1", "M3", "M0")
            ],
        },
        Settings(),
    )


def test_a_stream_holds_its_items_those_of_streams_below_it_and_their_children() -> None:
    part = in_streams(streams(), ["A"])
    assert list(part.work_items["item_id"]) == list(part.transitions["item_id"]) == ["E1", "E2", "E4", "E5"]
    assert list(part.spend["amount"]) == [2.0] and list(part.budgets["budget_id"]) == ["A"]
    assert list(part.links["item_id"]) == ["E1"] and part.has("objectives")
    assert list(part.value_streams["value_stream_id"]) == ["A", "A1"]
    assert list(part.metrics["metric_id"]) == list(part.observations["metric_id"]) == ["M1", "M0"]


def test_no_selection_is_the_whole_portfolio() -> None:
    whole = streams()
    assert in_streams(whole, []) is whole


def test_an_unknown_stream_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputProblems, match=r"there is no value stream “a”; did you mean A \(a\)\?"):
        in_streams(streams(), ["a"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("payments & fraud", "did you mean VS-PAY (Payments & Fraud)?"),
        ("VS-PAI", "did you mean VS-PAY (Payments & Fraud)?"),
        ("Payments", "there are SELF, VS-PAY (Payments & Fraud)"),
    ],
)
def test_an_unknown_stream_is_told_the_streams_by_id_and_name(asked: str, said: str) -> None:
    rows = [
        {"value_stream_id": "VS-PAY", "name": "Payments & Fraud"},
        {"value_stream_id": "SELF", "name": None},
    ]
    items = [{"item_id": "E1", "title": "One", "level": "epic", "created_at": "2026-01-01"}]
    with pytest.raises(InputProblems, match=re.escape(f"there is no value stream “{asked}”; {said}")):
        in_streams(portfolio_of({"work_items": items, "value_streams": rows}), [asked])
