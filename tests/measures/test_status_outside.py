"""The outside: the newest report, how old it is, what delivery facts say against the first plan, what
shrank."""

from typing import Any

import pandas as pd
import pytest
from outcomes_small import LIMITS, benefit, epic, items_of, metric, portfolio, readings, report

from vmo_helpers.measures import flow, status
from vmo_helpers.portfolio import Portfolio

Row = dict[str, Any]


def facts(made: Portfolio) -> pd.DataFrame:
    return status.delivery(made, flow.read(made), LIMITS).set_index("item_id", drop=False)


def planned(**more: Any) -> Row:
    return epic(planned_end="2024-12-15", planned_cost=100, started_at="2024-05-10", **more)


def booked(*amounts: tuple[str, float], item_id: str = "E1") -> list[Row]:
    return [{"period": period, "item_id": item_id, "amount": amount} for period, amount in amounts]


@pytest.mark.parametrize(
    ("said", "shown", "outside"),
    [
        ("G", "green", "green"),
        ("Green ", "green", "green"),
        ("on track", "green", "green"),
        ("🟢", "green", "green"),
        ("green_amber", "green_amber", "amber"),
        ("Amber/Red", "amber_red", "red"),
        ("red", "red", "red"),
    ],
)
def test_the_newest_report_is_the_outside_whatever_words_it_uses(said: str, shown: str, outside: str) -> None:
    made = portfolio(status_reports=[report("red", "2025-06-01"), report(said, "2025-12-01")])
    assert items_of(made).loc["E1", ["reported", "outside"]].tolist() == [shown, outside]


def test_reported_since_is_the_first_report_of_the_unbroken_run_of_the_colour() -> None:
    words = ["green", "amber", "green", "green", "green"]
    made = portfolio(
        status_reports=[report(word, f"2025-{month:02d}-10") for month, word in enumerate(words, 6)]
    )
    assert items_of(made).loc["E1", "reported_since"] == pd.Timestamp("2025-08-10", tz="UTC")


def test_green_amber_after_amber_goes_on_with_amber() -> None:
    made = portfolio(status_reports=[report("amber", "2025-06-10"), report("green_amber", "2025-07-10")])
    assert items_of(made).loc["E1", "reported_since"] == pd.Timestamp("2025-06-10", tz="UTC")


@pytest.mark.parametrize(("newest", "stale"), [("2025-11-02", False), ("2025-10-30", True)])
def test_a_report_is_stale_when_older_than_twice_its_rhythm(newest: str, stale: bool) -> None:
    at = [*pd.date_range(end=newest, periods=5, freq="30D")]
    made = portfolio(status_reports=[report(at=day.date().isoformat()) for day in at])
    assert ("stale" in items_of(made).loc["E1", "suffixes"]) == stale


def test_a_single_report_keeps_the_rhythm_of_the_others_and_alone_has_none() -> None:
    lone = portfolio(status_reports=[report(at="2025-02-01")])
    assert pd.isna(items_of(lone).loc["E1", "report_rhythm_days"])
    assert items_of(lone).loc["E1", "suffixes"] == ""
    others = [report(at=f"2025-{month:02d}-01", item_id="E2") for month in range(1, 13)]
    made = portfolio(work_items=[epic(), epic("E2")], status_reports=[report(at="2025-02-01"), *others])
    assert items_of(made)["suffixes"].to_dict() == {"E1": "stale", "E2": ""}


def test_outcome_data_are_stale_by_the_rhythm_of_their_metric() -> None:
    for cadence, stale in ((30, True), (90, False)):
        made = portfolio(
            metrics=[metric(cadence_days=cadence)], observations=readings([1.0] * 20)
        )  # last read in August
        assert (items_of(made).loc["E1", "suffixes"] == "stale") == stale


def test_a_green_report_with_an_amber_part_contradicts_itself_and_an_amber_one_does_not() -> None:
    green = items_of(portfolio(status_reports=[report("green", scope="amber", benefits="red")])).loc["E1"]
    assert (green["suffixes"], green["worst_part"], green["contradiction"]) == (
        "self-contradicting",
        "benefits",
        1,
    )
    assert items_of(portfolio(status_reports=[report("amber", scope="red")])).loc["E1", "suffixes"] == ""
    before = [report("green", "2025-10-01", scope="red"), report("green", "2025-12-01", scope="green")]
    assert items_of(portfolio(status_reports=before)).loc["E1", "suffixes"] == ""


def test_what_is_reported_better_than_a_part_or_green_while_late_is_listed() -> None:
    usual = {"title": "A", "reported": "green", "worst_part": "green", "money": 1.0, "contradiction": 0.0}
    rows = [
        {**usual, "item_id": "part", "outside": "green", "delivery": "green", "contradiction": 1.0},
        {**usual, "item_id": "late", "outside": "green", "delivery": "red"},
        {**usual, "item_id": "in time", "outside": "green", "delivery": "green"},
        {**usual, "item_id": "says so", "outside": "red", "delivery": "red"},
        {**usual, "item_id": "unknown", "outside": "green", "delivery": None},
        {**usual, "item_id": "by delivery", "outside": "green", "delivery": "red", "reported": None},
    ]
    assert status.contradictions(pd.DataFrame(rows))["item_id"].tolist() == ["part", "late"]


def test_a_green_report_that_rates_no_part_can_not_contradict_itself() -> None:
    assert pd.isna(items_of(portfolio(status_reports=[report("green")])).loc["E1", "contradiction"])
    rated = items_of(portfolio(status_reports=[report("green", scope="green")]))
    assert rated.loc["E1", "contradiction"] == 0


@pytest.mark.parametrize(
    ("delivered", "spent", "colour"),
    [
        ("2025-06-15", 110, "green"),
        ("2025-06-16", 110, "amber"),
        ("2025-06-15", 111, "amber"),
        ("2025-06-16", 111, "red"),
    ],
)
def test_delivery_is_green_up_to_182_days_and_110_percent_of_the_first_plan(
    delivered: str, spent: float, colour: str
) -> None:
    made = portfolio(work_items=[planned(delivered_at=delivered)], spend=booked(("2024-05-01", spent)))
    found = items_of(made).loc["E1"]
    assert found["delivery"] == colour
    assert found["outside"] == colour
    assert pd.isna(found["reported"])


def test_what_is_not_delivered_is_late_as_of_the_review() -> None:
    made = portfolio("2025-12-31", work_items=[planned(delivered_at=None)])
    assert facts(made).loc["E1", ["days_late", "delivery"]].tolist() == [381, "amber"]


def test_delivery_is_held_against_the_first_plan_not_todays() -> None:
    changes = [
        {
            "table": "work_items",
            "key": "E1",
            "column": "planned_end",
            "changed_at": "2024-11-01",
            "old_value": "2024-03-31",
        },
        {
            "table": "work_items",
            "key": "E1",
            "column": "planned_cost",
            "changed_at": "2024-11-01",
            "old_value": "50",
        },
    ]
    made = portfolio(work_items=[planned()], spend=booked(("2024-05-01", 60)), plan_changes=changes)
    found = facts(made).loc["E1"]
    assert found["first_planned_end"] == pd.Timestamp("2024-03-31")
    assert found["cost_ratio"] == pytest.approx(1.2)
    assert found["delivery"] == "red"


def test_without_a_report_and_a_planned_end_an_item_is_not_reported() -> None:
    found = items_of(portfolio(work_items=[epic(planned_cost=100)])).loc["E1"]
    assert (found["outside"], found["label"]) == ("not_reported", "not_reported")
    assert pd.isna(found["delivery"])


def test_spend_counts_with_that_of_descendants_and_forecasts_do_not() -> None:
    tree = [
        planned(),
        {"item_id": "F1", "title": "F", "level": "feature", "created_at": "2024-01-02", "parent_id": "E1"},
        {"item_id": "T1", "title": "T", "level": "story", "created_at": "2024-01-02", "parent_id": "F1"},
    ]
    rows = (
        booked(("2024-05-01", 10))
        + booked(("2024-06-01", 20), item_id="F1")
        + booked(("2024-06-01", 40), item_id="T1")
    )
    made = portfolio(
        work_items=tree,
        spend=[*rows, {"period": "2024-07-01", "item_id": "E1", "amount": 500, "kind": "forecast"}],
    )
    assert facts(made).loc["E1", ["spend", "bookings"]].tolist() == [70, 2]
    assert pd.isna(facts(portfolio(work_items=tree)).loc["E1", "spend"])


@pytest.mark.parametrize(
    ("spend", "shrunk"),
    [
        ([("2024-05-01", 40), ("2024-09-01", 34)], True),  # from the month of the start on
        ([("2024-05-01", 40), ("2024-09-01", 35)], False),  # 75 % is enough
        ([("2024-06-01", 40), ("2024-09-01", 20)], False),  # the books begin late: there may be more
        ([("2025-01-01", 60)], True),  # one booking that closes it
        ([("2024-11-01", 60)], False),  # one booking on the way
        ([], False),
    ],
)
def test_an_item_shrank_when_complete_books_stay_under_75_percent(
    spend: list[tuple[str, float]], shrunk: bool
) -> None:
    found = facts(portfolio(work_items=[planned()], spend=booked(*spend))).loc["E1"]
    assert found["shrunk"] == shrunk
    assert (found["shrunk_by"] == "cost") == shrunk


@pytest.mark.parametrize(
    ("delivered", "scope", "shrunk"), [("2025-01-01", 74, True), ("2025-01-01", 75, False), (None, 10, False)]
)
def test_an_item_shrank_when_delivered_with_under_75_percent_of_its_scope(
    delivered: str | None, scope: float, shrunk: bool
) -> None:
    made = portfolio(work_items=[epic(delivered_at=delivered, scope_planned=100, scope_delivered=scope)])
    assert facts(made).loc["E1", "shrunk"] == shrunk


def test_a_shrunk_item_keeps_its_colour() -> None:
    made = portfolio(work_items=[planned(scope_planned=10, scope_delivered=5)])
    assert items_of(made).loc["E1", ["outside", "suffixes", "label"]].tolist() == [
        "green",
        "shrunk",
        "unknown_inside",
    ]


def test_estimates_are_held_against_both_plans_and_never_called_success() -> None:
    changes = [
        {
            "table": "work_items",
            "key": "E1",
            "column": "planned_end",
            "changed_at": "2024-11-01",
            "old_value": "2024-10-01",
        }
    ]
    made = portfolio(work_items=[planned()], spend=booked(("2024-05-01", 90)), plan_changes=changes)
    found = status.estimate_accuracy(made, flow.read(made), facts(made).set_axis(made.work_items.index)).iloc[
        0
    ]
    assert found[["days_late", "days_late_today", "cost_ratio", "cost_ratio_today"]].tolist() == [
        92,
        17,
        0.9,
        0.9,
    ]


@pytest.mark.parametrize(("planned_cost", "ratio"), [(0, None), (1, 3)])
def test_what_cost_more_than_a_plan_of_nothing_has_no_ratio(planned_cost: float, ratio: float | None) -> None:
    made = portfolio(work_items=[planned() | {"planned_cost": planned_cost}], spend=booked(("2024-05-01", 3)))
    found = status.estimate_accuracy(made, flow.read(made), facts(made).set_axis(made.work_items.index))
    for name in ("cost_ratio", "cost_ratio_today"):
        assert found[name].isna().all() if ratio is None else found[name].tolist() == [ratio]


def test_a_benefit_of_another_level_and_a_lone_metric_are_named() -> None:
    feature = {
        "item_id": "F1",
        "title": "F",
        "level": "feature",
        "created_at": "2024-01-02",
        "parent_id": "E1",
    }
    made = portfolio(
        work_items=[epic(), feature],
        metrics=[metric("M1"), metric("lone")],
        benefits=[
            benefit("B1", due="2025-01-31"),
            benefit("B2", "F1"),
            benefit("B3", target=0),
            benefit("B4", target=-5),
        ],
    )
    ends = status.loose_ends(made, flow.read(made), _inside(made)).set_index("subject")["kind"].to_dict()
    assert ends == {
        "lone": "metric of no item",
        "B3": "target equals baseline",
        "B4": "target against the metric's direction",
        "B1": "due before its effect can show",
        "B2": "benefit of an item of another level",
    }


def _inside(made: Portfolio) -> Any:
    from outcomes_small import inside_of

    return inside_of(made)
