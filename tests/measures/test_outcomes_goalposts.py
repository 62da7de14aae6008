"""The first plan measures: what was moved without a decision shows, what was decided holds."""

from typing import Any

import pandas as pd
import pytest
from outcomes_small import (
    GREEN,
    RED,
    benefit,
    epic,
    found_in,
    inside_of,
    items_of,
    portfolio,
    readings,
    report,
)

from vmo_helpers.measures import outcomes
from vmo_helpers.portfolio import Portfolio

Row = dict[str, Any]


def change(column: str, old: object, at: str = "2025-07-01", **more: Any) -> Row:
    return {
        "table": "benefits",
        "key": "B1",
        "column": column,
        "changed_at": at,
        "old_value": str(old),
        **more,
    }


def decision(at: str, **more: Any) -> Row:
    return {
        "decision_id": "D1",
        "question": "Shall the plan change?",
        "item_id": "E1",
        "asked_at": "2025-05-01",
        "decided_at": at,
        "outcome": "continue",
        **more,
    }


def judged_items(
    changes: list[Row], values: list[float] = RED, **more: Any
) -> tuple[Portfolio, pd.DataFrame]:
    made = portfolio(observations=readings(values), plan_changes=changes, status_reports=[report()], **more)
    return made, items_of(made)


def judged(changes: list[Row], values: list[float] = RED, **more: Any) -> pd.Series:
    return judged_items(changes, values, **more)[1].loc["E1"]


LOWERED: dict[str, Any] = {"benefits": [benefit(target=12)]}


def test_a_target_that_was_lowered_to_what_was_reached_is_a_watermelon_by_the_first() -> None:
    found = judged([change("target", 100)], **LOWERED)
    assert (found["label"], found["suffixes"]) == ("watermelon", "moved-goalposts")
    assert found["inside_today"] in ("green", "open")
    assert found["plan_moved_at"] == pd.Timestamp("2025-07-01", tz="UTC")
    assert found["attainment"] == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(
    ("column", "old", "today"),
    [("due", "2025-09-30", {"due": "2027-12-31"}), ("lag_days", 60, {"lag_days": 600})],
)
def test_a_date_that_was_moved_away_changes_nothing_either(column: str, old: object, today: Row) -> None:
    found = judged([change(column, old)], benefits=[benefit(**today)])
    assert (found["label"], found["inside_today"]) == ("watermelon", "not_yet_due")
    assert found["suffixes"] == "moved-goalposts"


def test_a_baseline_that_was_moved_is_the_first_one_again() -> None:
    made = portfolio(
        observations=readings(
            RED[12:], first="2025-01-15"
        ),  # nothing was read before, so the stated one holds
        plan_changes=[change("baseline", 0)],
        benefits=[benefit(baseline=-900, target=100)],
    )
    found = items_of(made).loc["E1"]
    assert (found["inside"], found["inside_today"] == "red") == ("red", False)


@pytest.mark.parametrize(
    ("day", "holds"), [("2025-07-31", True), ("2025-06-01", True), ("2025-08-02", False)]
)
def test_only_a_decision_within_a_month_of_the_change_makes_today_s_plan_the_measure(
    day: str, holds: bool
) -> None:
    found = judged([change("target", 100)], decisions=[decision(day)], **LOWERED)
    assert (found["inside"] == "red") != holds
    assert found["suffixes"] == ("re-planned" if holds else "moved-goalposts")
    assert pd.isna(found["inside_today"]) == holds


def test_a_decision_on_another_item_or_not_taken_is_none() -> None:
    other = {"work_items": [epic(), epic("E2")], "decisions": [decision("2025-07-02", item_id="E2")]}
    assert judged([change("target", 100)], **LOWERED, **other)["suffixes"] == "moved-goalposts"
    open_one = decision("2025-07-02", decided_at=None, outcome=None)
    assert judged([change("target", 100)], **LOWERED, decisions=[open_one])["suffixes"] == "moved-goalposts"


def test_a_decision_on_the_date_leaves_the_target_where_it_was() -> None:
    changes = [change("target", 100, "2025-03-01"), change("due", "2025-09-30", "2025-09-01")]
    made = portfolio(
        benefits=[benefit(target=12, due="2025-11-30")],
        observations=readings(RED),
        plan_changes=changes,
        decisions=[decision("2025-09-02")],
    )
    row = inside_of(made).frame.iloc[0]
    assert (row["target"], str(row["due"].date())) == (100, "2025-11-30")


def test_what_changed_before_the_baseline_was_a_draft_and_after_the_delivery_never_is() -> None:
    drafted = judged(
        [change("target", 100, "2024-06-01")], work_items=[epic(baselined_at="2024-06-30")], **LOWERED
    )
    assert (drafted["inside"] != "red", drafted["suffixes"]) == (True, "")
    late = judged([change("target", 100)], work_items=[epic(baselined_at="2025-08-01")], **LOWERED)
    assert (late["inside"], late["suffixes"]) == ("red", "moved-goalposts")


def test_a_target_that_was_raised_is_no_moved_goalpost() -> None:
    found = judged([change("target", 100)], GREEN, benefits=[benefit(target=200)])
    assert (found["label"], found["inside_today"], found["suffixes"]) == ("sound", "red", "")


def test_a_target_that_was_lowered_and_is_missed_still_says_nothing_else() -> None:
    found = judged([change("target", 100)], benefits=[benefit(target=80)])
    assert (found["label"], found["inside_today"], found["suffixes"]) == ("watermelon", "red", "")


def test_phased_targets_that_were_lowered_with_the_target_lead_to_the_first() -> None:
    phased = [
        {"goal_id": "B1", "at": at, "value": value} for at, value in (("2025-06-30", 6), ("2025-09-30", 12))
    ]
    made = portfolio(
        observations=readings(RED), plan_changes=[change("target", 100)], targets=phased, **LOWERED
    )
    assert found_in(made).loc["B1", "planned"] == pytest.approx(1)
    assert items_of(made).loc["E1", "inside"] == "red"


def test_as_of_a_day_before_the_change_nothing_has_moved() -> None:
    made = portfolio(
        observations=readings(RED), plan_changes=[change("target", 100, "2026-02-01")], **LOWERED
    )
    assert items_of(made).loc["E1", "suffixes"] == ""


def test_both_lines_and_the_day_of_the_change_are_drawn() -> None:
    made = portfolio(observations=readings(RED), plan_changes=[change("target", 100)], **LOWERED)
    inside = inside_of(made)
    drawn = outcomes.plan_line(inside, "B1", made.as_of)
    assert (drawn["plan"].max(), drawn["today"].max()) == (100, 12)
    nothing = pd.DataFrame({"item_id": [], "adopted_at": [], "realised_at": []})
    marks = outcomes.marks(inside, "B1", nothing).set_index("mark")["at"]
    assert marks["moved"] == pd.Timestamp("2025-07-01", tz="UTC")


def test_targets_of_key_results_beside_no_benefit_read_nothing() -> None:
    made = portfolio(
        benefits=[],
        objectives=[{"objective_id": "O1", "title": "O", "from": "2025-01-01", "to": "2025-12-31"}],
        key_results=[{"kr_id": "K1", "objective_id": "O1", "title": "K", "baseline": 0, "target": 10}],
        targets=[{"goal_id": "K1", "at": "2025-06-30", "value": 5}],
    )
    assert inside_of(made).tests == 0
