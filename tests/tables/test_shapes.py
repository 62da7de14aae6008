"""Other shapes of the same tables."""

from typing import Any

import pandas as pd
import pytest

from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.tables import portfolio_of
from vmo_helpers.tables.months import month_of

ITEMS = [{"item_id": "E1", "title": "a", "level": "epic", "created_at": None}]


def refused(tables: dict[str, Any]) -> str:
    with pytest.raises(InputProblems) as error:
        portfolio_of(tables)
    return str(error.value)


@pytest.mark.parametrize(
    ("header", "month"),
    [
        ("2026-01", "2026-01-01"),
        ("2026-01-01", "2026-01-01"),
        ("Jan 2026", "2026-01-01"),
        ("January 2026", "2026-01-01"),
        ("Dec-26", "2026-12-01"),
        ("2026/3", "2026-03-01"),
        ("2026-01-01T00:00:00", "2026-01-01"),
        ("Item 2026", None),
        ("2026-13", None),
        ("amount", None),
        ("2026-01-15", None),
    ],
)
def test_headers_that_name_a_month(header: str, month: str | None) -> None:
    assert month_of(header) == (None if month is None else pd.Timestamp(month))


def test_spend_with_a_column_a_month_becomes_a_row_a_month_and_an_empty_cell_none() -> None:
    wide = [
        {"item_id": "E1", "line": "capex", "2026-01": 5, "Feb 2026": None, "Mar 2026": 7},
        {"item_id": "E1", "line": "opex", "2026-01": 1},
    ]
    spend = portfolio_of({"work_items": ITEMS, "spend": wide}).spend
    assert list(
        zip(spend.index, spend["line"], spend["period"].dt.strftime("%Y-%m-%d"), spend["amount"], strict=True)
    ) == [(2, "capex", "2026-01-01", 5.0), (2, "capex", "2026-03-01", 7.0), (3, "opex", "2026-01-01", 1.0)]


def test_a_scale_multiplies() -> None:
    wide = [{"item_id": "E1", "2026-01": "1.5", "scale": "1000"}, {"item_id": "E1", "2026-01": 2, "scale": 1}]
    assert list(portfolio_of({"work_items": ITEMS, "spend": wide}).spend["amount"]) == [1500.0, 2.0]
    long = [{"item_id": "E1", "period": "2026-01-01", "amount": 2, "scale": 1000}]
    assert list(portfolio_of({"work_items": ITEMS, "spend": long}).spend["amount"]) == [2000.0]


def test_a_scale_that_is_no_number_is_refused_and_so_is_an_amount() -> None:
    assert "column scale: expected a number" in refused(
        {"work_items": ITEMS, "spend": [{"item_id": "E1", "2026-01": 1, "scale": "k"}]}
    )
    told = refused({"work_items": ITEMS, "spend": [{"item_id": "E1", "2026-01": "much", "scale": 1000}]})
    assert "column amount: expected a number" in told and "row 2: “much”" in told


def test_columns_of_months_and_a_period_contradict_each_other() -> None:
    assert "expected one or the other" in refused(
        {"work_items": ITEMS, "spend": [{"item_id": "E1", "period": "2026-01-01", "amount": 1, "2026-02": 5}]}
    )


def test_budgets_with_a_column_a_month_become_budgets_of_months() -> None:
    budgets = portfolio_of(
        {"budgets": [{"budget_id": "B", "value_stream_id": "VS", "2026-01": 5, "2026-02": 6}]}
    ).budgets
    assert list(budgets["budget_id"]) == ["B 2026-01", "B 2026-02"]
    assert [str(day.date()) for day in budgets["to"]] == ["2026-01-31", "2026-02-28"]
    assert list(budgets["amount"]) == [5.0, 6.0]


OBJECTIVE = {"title": "Grow", "from": "2026-01-01", "to": "2026-06-30"}


def results(*rows: dict[str, Any]) -> Portfolio:
    return portfolio_of(
        {"objectives": [OBJECTIVE], "key_results": [{"objective_id": "Grow"} | row for row in rows]}
    )


def test_without_an_id_the_title_is_the_id() -> None:
    portfolio = results({"title": "More", "baseline": 1, "target": 2})
    assert (portfolio.objectives["objective_id"].iloc[0], portfolio.key_results["kr_id"].iloc[0]) == (
        "Grow",
        "More",
    )


def test_an_empty_period_of_a_key_result_is_its_objectives() -> None:
    portfolio = results(
        {"title": "a", "baseline": 1, "target": 2},
        {"title": "b", "baseline": 1, "target": 2, "from": "2026-02-01", "to": "2026-03-31"},
    )
    assert [str(day.date()) for day in portfolio.key_results["from"]] == ["2026-01-01", "2026-02-01"]
    assert [str(day.date()) for day in portfolio.key_results["to"]] == ["2026-06-30", "2026-03-31"]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"baseline": 1, "target": 2}, "increase"),
        ({"baseline": 2, "target": 1}, "decrease"),
        ({"target": 5}, "reach"),
        ({"low": 1, "high": 2}, "range"),
        ({"baseline": 1, "target": 2, "type": "Maintain above"}, "maintain_above"),
    ],
)
def test_an_empty_type_follows_from_baseline_and_target(row: dict[str, Any], kind: str) -> None:
    assert results({"title": "a"} | row).key_results["type"].iloc[0] == kind


@pytest.mark.parametrize("row", [{}, {"baseline": 1}, {"baseline": 1, "target": 1}])
def test_a_type_that_does_not_follow_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(
        InputProblems, match="column type: is empty and does not follow from baseline and target"
    ):
        results({"title": "a"} | row)


def test_a_type_that_is_no_word_is_told_once() -> None:
    with pytest.raises(InputProblems) as error:
        results({"title": "a", "type": "more", "baseline": 1})
    assert len(error.value.problems) == 1


def test_a_current_value_is_one_check_in() -> None:
    portfolio = results(
        {"title": "a", "baseline": 1, "target": 2, "current": "1.4", "current_at": "2026-03-01"},
        {"title": "b", "target": 2},
    )
    assert portfolio.checkins[["kr_id", "value"]].to_numpy().tolist() == [["a", 1.4]]
    assert portfolio.checkins.index.tolist() == [2] and "current" not in portfolio.key_results


def test_what_stands_beside_a_current_value_is_its_check_ins() -> None:
    beside = {"confidence": "70 %", "status": "on track", "comment": "slow"}
    current = {"current": 1.4, "current_at": "2026-03-01", **beside}
    portfolio = results(
        {"title": "a", "baseline": 1, "target": 2, **current},
        {"title": "b", "target": 2, "confidence": "50 %"},
    )
    [found] = portfolio.checkins[["kr_id", *beside]].to_numpy().tolist()
    assert found == ["a", pytest.approx(0.7), "on track", "slow"]
    assert not {*beside} & {*portfolio.key_results.columns}


def test_a_current_value_stands_beside_other_check_ins() -> None:
    portfolio = portfolio_of(
        {
            "objectives": [OBJECTIVE],
            "key_results": [
                {
                    "title": "a",
                    "objective_id": "Grow",
                    "baseline": 1,
                    "target": 2,
                    "current": 1.5,
                    "current_at": "2026-03-01",
                }
            ],
            "checkins": [{"kr_id": "a", "at": "2026-02-01", "value": 1.2, "confidence": "7/10"}],
        }
    )
    assert list(portfolio.checkins["value"]) == [1.2, 1.5] and portfolio.checkins["confidence"].iloc[
        0
    ] == pytest.approx(0.7)


def test_a_current_value_without_its_day_is_refused() -> None:
    with pytest.raises(InputProblems, match="needs a column current_at"):
        results({"title": "a", "baseline": 1, "target": 2, "current": 1.5})
    with pytest.raises(InputProblems, match="column at: every row must have a value"):
        results({"title": "a", "baseline": 1, "target": 2, "current": 1.5, "current_at": None})
