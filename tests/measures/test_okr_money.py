"""Money on items with their descendants and on streams alone; every euro of the window is in one place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from okr_small import aligned, below, epic, figure, items, key_result, link, objective

from vmo_helpers.measures import okr

GOALS = [objective("O1", 1), objective("O2", 4)]
KRS = [key_result("K1"), key_result("K2", "O2")]
STREAM = [{"value_stream_id": "S", "name": "Stores"}]


def booked(
    month: str, amount: float, item: str | None = None, stream: str | None = None, **more: Any
) -> dict[str, Any]:
    return {"period": f"{month}-01", "amount": amount, "item_id": item, "value_stream_id": stream, **more}


def test_an_items_spend_is_its_own_and_its_descendants() -> None:
    found = aligned(
        work_items=[epic("E1"), below("F1", "E1"), below("S1", "F1", "story"), epic("E2")],
        spend=[booked("2026-03", 10, "E1"), booked("2026-03", 5, "F1"), booked("2026-04", 2, "S1")],
        links=[link("E1", "O1")],
    )
    assert items(found).at["E1", "spend"] == 17
    assert np.isnan(items(found).at["E2", "spend"])  # never booked: not known, not nothing


def test_money_of_an_epic_inside_an_epic_is_shown_in_both_and_counted_once() -> None:
    found = aligned(
        work_items=[epic("E1"), epic("E2", parent_id="E1"), below("F2", "E2")],
        spend=[booked("2026-03", 10, "E1"), booked("2026-03", 30, "F2")],
        links=[link("E2", "O1")],
    )
    assert items(found)["spend"].to_dict() == {"E1": 40, "E2": 30}
    assert items(found)["spend_once"].to_dict() == {"E1": 10, "E2": 30}
    assert okr.money(found)["amount"].sum() == found.total_spend == 40
    assert okr.money(found)["amount"].min() >= 0


def test_only_actual_spend_of_months_that_begin_in_the_window_counts() -> None:
    spend = [
        booked("2025-10", 1, "E1"),
        booked("2025-11", 2, "E1"),
        booked("2026-10", 4, "E1"),
        booked("2026-11", 8, "E1"),
        booked("2026-09", 16, "E1", kind="forecast"),
    ]
    assert items(aligned(spend=spend, links=[link("E1", "O1")])).at["E1", "spend"] == 6


def test_a_share_under_one_leaves_the_rest_without_a_goal() -> None:
    found = aligned(spend=[booked("2026-03", 100, "E1")], links=[link("E1", "O1", share=0.7)])
    assert figure(found, "linked_share_by_spend").value == pytest.approx(0.7)
    assert figure(found, "spend_without_goal").value == pytest.approx(30)
    orphan = okr.orphan_items(found).iloc[0]
    assert (orphan["orphan"], orphan["unaligned_spend"]) == (False, pytest.approx(30))


def streams(budgets: list[dict[str, Any]], spend: list[dict[str, Any]], **tables: Any) -> okr.Alignment:
    return aligned(
        objectives=GOALS,
        key_results=KRS,
        value_streams=STREAM,
        budgets=budgets,
        spend=spend,
        links=[link("E1", "O2")],
        **tables,
    )


def budget(
    amount: float, kr_id: str | None, first: str = "2026-01-01", last: str = "2026-12-31", key: str = "B"
) -> dict[str, Any]:
    return {
        "budget_id": key,
        "value_stream_id": "S",
        "from": first,
        "to": last,
        "amount": amount,
        "kr_id": kr_id,
    }


def test_money_on_a_stream_alone_is_aligned_up_to_its_bound_budgets_and_the_rest_is_in_neither_number() -> (
    None
):
    found = streams([budget(30, "K1")], [booked("2026-03", 50, stream="S"), booked("2026-03", 70, "E1")])
    assert found.streams[["spend", "aligned", "top_three", "not_traceable"]].iloc[0].to_list() == [
        50,
        30,
        30,
        20,
    ]
    assert figure(found, "top_three_share_by_spend").value == pytest.approx(
        30 / 100
    )  # of 70 + 30, not of 120
    assert figure(found, "linked_share_by_spend").value == pytest.approx(1)


def test_a_budget_without_a_key_result_binds_nothing() -> None:
    found = streams([budget(1000, None)], [booked("2026-03", 50, stream="S")])
    assert found.streams[["aligned", "not_traceable"]].iloc[0].to_list() == [0, 50]


def test_one_euro_is_bound_by_a_budget_of_one_euro() -> None:
    found = streams([budget(1, "K1")], [booked("2026-03", 1, stream="S")])
    assert found.bound["aligned"].tolist() == [1]


def test_a_budget_pays_only_for_the_months_of_its_period() -> None:
    found = streams(
        [budget(1000, "K1", "2026-04-01", "2026-06-30")],
        [booked("2026-03", 50, stream="S"), booked("2026-06", 8, stream="S")],
    )
    assert found.streams["aligned"].iloc[0] == 8


def test_what_was_spent_before_the_window_has_used_the_budget_up() -> None:
    found = streams(
        [budget(100, "K1", "2025-01-01")],
        [booked("2025-06", 80, stream="S"), booked("2026-03", 50, stream="S")],
    )
    assert found.streams["aligned"].iloc[0] == 20


def test_budgets_of_one_period_share_in_proportion() -> None:
    found = streams(
        [budget(30, "K1", key="A"), budget(10, "K2", key="B")], [booked("2026-03", 20, stream="S")]
    )
    assert found.bound.set_index("kr_id")["aligned"].to_dict() == {"K1": 15, "K2": 5}
    assert found.streams["top_three"].iloc[0] == 15


def test_overlapping_budgets_share_a_month_and_never_align_more_than_was_spent() -> None:
    found = streams(
        [budget(90, "K1", key="A"), budget(30, "K2", "2026-04-01", key="B")],
        [
            booked("2026-03", 30, stream="S"),
            booked("2026-04", 30, stream="S"),
            booked("2025-12", 7, stream="S"),
        ],
    )
    # March draws 30 on A alone; in April 60 of A and 30 of B are left, so A bears two thirds; December has no
    # budget
    assert found.bound.set_index("kr_id")["aligned"].to_dict() == pytest.approx({"K1": 50, "K2": 10})
    assert found.streams["not_traceable"].iloc[0] == pytest.approx(7)


def test_every_euro_of_the_window_is_in_one_place() -> None:
    found = aligned(
        work_items=[
            epic("E1", parent_id="T1"),
            epic("E2"),
            epic("E3", work_type="run"),
            epic("E4", finished_at="2026-05-01"),
            below("T1", None, "theme"),
            below("F2", "E2"),
        ],
        objectives=GOALS,
        key_results=KRS,
        value_streams=STREAM,
        budgets=[budget(5, "K2")],
        links=[link("E1", "K1", share=0.5), link("E1", "K2", share=0.25)],
        spend=[
            *[booked("2026-03", 100, item) for item in ("E1", "E2", "E3", "E4", "T1", "F2")],
            booked("2026-03", 9, stream="S"),
        ],
    )
    amounts = okr.money(found).set_index("part")["amount"].to_dict()
    assert amounts == pytest.approx(
        {
            "top_three": 50,
            "other_goal": 25,
            "no_goal": 225,
            "stream_bound": 5,
            "other_work": 100,
            "not_in_progress": 100,
            "not_traceable": 4,
            "elsewhere": 100,
        }
    )
    assert sum(amounts.values()) == pytest.approx(found.total_spend)


def test_without_any_spend_the_share_by_spend_is_unknown() -> None:
    found = figure(aligned(links=[link("E1", "O1")]), "top_three_share_by_spend")
    assert (found.value, found.why) == (
        None,
        "no actual spend in the window is known of the items in progress",
    )


def test_items_without_a_planned_cost_are_not_counted_as_free() -> None:
    found = aligned(work_items=[epic("E1", planned_cost=100), epic("E2")], links=[link("E1", "O1")])
    one = figure(found, "top_three_share_by_planned_cost")
    assert (one.value, one.n) == (1, 1)
