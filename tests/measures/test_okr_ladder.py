"""The ladder: who counts, which links count on a day, how firmly, and how far it is to the line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from okr_small import (
    YEAR,
    aligned,
    below,
    checkins,
    epic,
    figure,
    figures,
    items,
    key_result,
    link,
    objective,
)

from vmo_helpers.measures import okr
from vmo_helpers.measures.okr import Basis, Rung
from vmo_helpers.measures.okr.ladder import items_short_by
from vmo_helpers.measures.okr.links import effective_shares
from vmo_helpers.vocabulary import LinkOrigin, Moved

GOALS = [objective("O1", 1), objective("O2", 4), objective("O11", parent_id="O1")]
KRS = [key_result("K1"), key_result("K2", "O2"), key_result("K11", "O11")]
PROMISE = {"expected_delta": 2, "due": "2026-12-31"}


def share(alignment: okr.Alignment, rung: Rung, basis: Basis = Basis.COUNT) -> float:
    table = okr.ladder(alignment)
    return float(table.loc[table["rung"].eq(rung) & table["basis"].eq(basis), "share"].iloc[0])


def test_each_rung_needs_more_than_the_one_below() -> None:
    found = aligned(
        work_items=[epic(f"E{n}") for n in range(8)],
        objectives=GOALS,
        key_results=KRS,
        links=[
            link("E1", "O2"),
            link("E2", "O11"),
            link("E3", "K1"),
            link("E4", "K1", expected_delta=2),
            link("E5", "K11", **PROMISE),
            link("E6", "K2", **PROMISE),
            link("E7", "O1", **PROMISE),
        ],
    )
    assert items(found)["level"].to_dict() == {
        "E0": "L0",
        "E1": "L1",
        "E2": "L1",
        "E3": "L2",
        "E4": "L2",
        "E5": "L3",
        "E6": "L1",
        "E7": "L1",
    }
    assert items(found).index[items(found)["top_three"]].to_list() == ["E2", "E3", "E4", "E5", "E7"]
    assert [
        share(found, rung) * 8
        for rung in (Rung.NONE, Rung.LINKED, Rung.TOP_THREE, Rung.KEY_RESULT, Rung.CONTRIBUTION)
    ] == [1, 7, 5, 3, 1]


def test_a_rank_of_four_is_no_top_three_goal_and_an_empty_one_neither() -> None:
    found = aligned(
        work_items=[epic("E1"), epic("E2"), epic("E3")],
        objectives=[objective("O3", 3), objective("O4", 4), objective("O5")],
        links=[link("E1", "O3"), link("E2", "O4"), link("E3", "O5")],
    )
    assert items(found)["top_three"].to_list() == [True, False, False]


def test_the_denominator_is_the_features_of_the_review_level_in_progress() -> None:
    found = aligned(
        work_items=[
            epic("E1"),
            epic("E2", started_at=None),
            epic("E3", finished_at="2026-05-01"),
            epic("E4", cancelled_at="2026-05-01"),
            epic("E5", work_type="feature"),
            below("F1", "E1", started_at="2026-02-02"),
        ]
    )
    assert found.counted["item_id"].to_list() == ["E1", "E5"]
    assert items(found).loc[["E2", "E3", "E4"], "excluded_because"].to_list() == [
        "not in progress: backlog",
        "not in progress: finished",
        "not in progress: cancelled",
    ]


def test_enablers_are_not_silently_out_of_the_denominator() -> None:
    kinds = ["enabler", "defect", "risk", "debt", "compliance", "run"]
    found = aligned(
        work_items=[epic("E0"), *[epic(kind, work_type=kind) for kind in kinds]],
        links=[link("enabler", "O1")],
    )
    table = okr.items_table(found).set_index("item_id")
    assert table["excluded_because"].dropna().to_dict() == {kind: f"work type {kind}" for kind in kinds}
    assert figure(found, "linked_share").value == 0  # the enabler's link does not lift the features' share
    assert table.at["enabler", "level"] == "L1"  # and is not hidden either


def test_only_goals_whose_period_holds_the_day_count_with_the_last_day_in() -> None:
    tables: dict[str, Any] = {
        "work_items": [epic("E1"), epic("E2")],
        "objectives": [
            objective("O1", 1, **{"from": "2026-07-01", "to": "2026-09-30"}),
            objective("O2", 1, **{"from": "2026-10-01", "to": "2026-12-31"}),
        ],
        "key_results": [key_result("K1", "O1")],
        "links": [link("E1", "K1"), link("E2", "O2")],
    }
    assert items(aligned("2026-09-30", **tables))["level"].to_list() == ["L2", "L0"]
    assert items(aligned("2026-10-01", **tables))["level"].to_list() == ["L0", "L1"]


def test_a_goal_under_a_top_three_objective_that_is_over_is_not_top_three() -> None:
    found = aligned(
        objectives=[objective("O1", 1, **{**YEAR, "to": "2026-06-30"}), objective("O2", parent_id="O1")],
        links=[link("E1", "O2")],
    )
    assert items(found).loc["E1", ["level", "top_three"]].to_list() == ["L1", False]


def test_an_objective_in_between_whose_period_is_over_still_joins_the_two() -> None:
    chain = [
        objective("O1", 1),
        objective("O2", parent_id="O1", **{**YEAR, "to": "2026-06-30"}),
        objective("O3", parent_id="O2"),
    ]
    assert bool(items(aligned(objectives=chain, links=[link("E1", "O3")])).at["E1", "top_three"])


def test_a_link_counts_from_linked_at_to_removed_at() -> None:
    tables: dict[str, Any] = {
        "links": [link("E1", "O1", linked_at="2026-06-10T12:00", removed_at="2026-09-10T12:00")]
    }
    levels = {
        day: items(aligned(day, **tables)).at["E1", "level"]
        for day in ("2026-06-09", "2026-06-10", "2026-09-09", "2026-09-10")
    }
    assert levels == {"2026-06-09": "L0", "2026-06-10": "L1", "2026-09-09": "L1", "2026-09-10": "L0"}


def test_a_goal_named_on_the_item_is_a_link() -> None:
    found = aligned(
        work_items=[epic("E1", goal="K1"), epic("E2", goal="O2")], objectives=GOALS, key_results=KRS
    )
    assert items(found)["level"].to_list() == ["L2", "L1"]


def test_a_goal_named_on_the_item_and_in_the_links_counts_once_and_ends_with_the_link() -> None:
    tables: dict[str, Any] = {
        "work_items": [epic("E1", goal="O1")],
        "links": [link("E1", "O1", linked_at="2026-03-01", removed_at="2026-06-01")],
    }
    assert items(aligned("2026-05-01", **tables))[["level", "links"]].to_numpy().tolist() == [["L1", 1]]
    assert items(aligned("2026-10-31", **tables)).at["E1", "level"] == "L0"


TREE = [
    below("T0", None, "theme"),
    below("T1", "T0", "theme"),
    epic("E1", parent_id="T1"),
    epic("E2", parent_id="T1"),
    below("F1", "E1"),
    below("S1", "F1", "story"),
    below("F2", "E2"),
]


@pytest.mark.parametrize(
    ("holder", "origins"),
    [
        ("E1", {"E1": LinkOrigin.OWN}),
        ("T1", {"E1": LinkOrigin.INHERITED, "E2": LinkOrigin.INHERITED}),
        ("T0", {"E1": LinkOrigin.INHERITED, "E2": LinkOrigin.INHERITED}),
        ("F1", {"E1": LinkOrigin.FROM_CHILD}),
        ("S1", {"E1": LinkOrigin.FROM_CHILD}),
    ],
)
def test_links_of_ancestors_and_of_children_count_and_say_so_but_a_siblings_never(
    holder: str, origins: dict[str, str]
) -> None:
    found = items(aligned(work_items=TREE, key_results=KRS[:1], links=[link(holder, "K1")]))
    assert found["origin"].dropna().to_dict() == origins
    assert found["rung"].gt(0).sum() == len(origins)


def test_the_promise_of_a_child_lifts_its_epic_to_a_contribution() -> None:
    found = items(
        aligned(work_items=TREE, key_results=KRS[:1], links=[link("E1", "K1"), link("F1", "K1", **PROMISE)])
    )
    assert found.loc["E1", ["level", "links", "origin"]].to_list() == ["L3", 1, "from_child"]


def test_nothing_in_progress_is_no_share_at_all() -> None:
    found = aligned(work_items=[epic("E1", finished_at="2026-05-01")], links=[link("E1", "O1")])
    every = figures(found)
    for key in (
        "top_three_share",
        "linked_share",
        "items_short",
        "top_three_share_by_spend",
        "orphan_items",
        "effective_goals",
    ):
        assert (every[key].value, every[key].why) == (
            None,
            "n/a: no epic of work type feature is in progress",
        ), key
    assert okr.ladder(found)["share"].isna().all()


@pytest.mark.parametrize(
    ("tables", "key", "why"),
    [
        ({"objectives": []}, "linked_share", "there are no objectives"),
        (
            {"objectives": [objective("O1", 1, **{**YEAR, "to": "2026-05-01"})]},
            "linked_share",
            "no objective's period holds 2026-10-31",
        ),
        ({}, "linked_share", "there are no links between items and goals"),
        (
            {"objectives": [objective("O1")], "links": [link("E1", "O1")]},
            "top_three_share",
            "no objective that holds the day has rank 1, 2 or 3",
        ),
        (
            {"links": [link("E1", "O1")]},
            "key_result_share",
            "no key result stands under a top-three objective",
        ),
    ],
)
def test_what_is_absent_is_unknown_never_zero(tables: dict[str, Any], key: str, why: str) -> None:
    if tables.get("objectives") == []:
        tables = {
            "objectives": pd.DataFrame(
                {name: pd.Series(dtype="str") for name in ("objective_id", "title", "from", "to")}
            )
        }
    found = figure(aligned(**tables), key)
    assert (found.value, found.why) == (None, why)


@pytest.mark.parametrize(
    ("mapped", "total", "line", "short"),
    [
        (4, 5, 0.8, 0),
        (3, 5, 0.8, 1),
        (7996, 10000, 0.8, 4),
        (0, 1, 0.8, 1),
        (27, 35, 0.8, 1),
        (28, 35, 0.8, 0),
        (6, 100, 0.07, 1),
        (7, 100, 0.07, 0),
        (5, 9, 1.0, 4),
        (24, 45, 0.8, 12),
    ],
)
def test_items_short_is_how_many_more_must_be_mapped(
    mapped: int, total: int, line: float, short: int
) -> None:
    assert okr.items_short(mapped, total, line) == short
    assert (mapped + short) / total >= line
    assert short == 0 or (mapped + short - 1) / total < line


def test_eighty_per_cent_of_the_items_can_be_half_of_the_money() -> None:
    spend = [{"period": "2026-03-01", "item_id": f"E{n}", "amount": 100} for n in range(5)] + [
        {"period": "2026-04-01", "item_id": "E4", "amount": 300}
    ]
    found = aligned(
        work_items=[epic(f"E{n}", planned_cost=50) for n in range(5)],
        links=[link(f"E{n}", "O1") for n in range(4)],
        spend=spend,
    )
    every = figures(found)
    assert [every[f"top_three_share{basis}"].value for basis in ("", "_by_spend", "_by_planned_cost")] == [
        0.8,
        0.5,
        0.8,
    ]
    for basis, chosen in (("", False), ("_by_spend", True), ("_by_planned_cost", True)):
        assert ("the costliest first" in every[f"items_short{basis}"].definition) == chosen
    assert [every[f"items_short{basis}"].value for basis in ("", "_by_spend", "_by_planned_cost")] == [
        0,
        1,
        0,
    ]


def test_where_mapping_all_of_the_work_would_not_do_no_number_of_items_is_short() -> None:
    assert items_short_by(np.array([100.0, 100.0]), np.array([100.0, 0.0]), 0.8, more=1000.0) is None
    assert items_short_by(np.array([100.0, 100.0]), np.array([100.0, 0.0]), 0.8, more=50.0) == 1


def test_several_goals_share_the_money_as_stated_and_the_count_stays_whole() -> None:
    found = aligned(
        objectives=GOALS,
        links=[link("E1", "O1", share=0.6), link("E1", "O2", share=0.4)],
        spend=[{"period": "2026-03-01", "item_id": "E1", "amount": 100}],
    )
    every = figures(found)
    assert every["top_three_share"].value == 1
    assert every["top_three_share_by_spend"].value == pytest.approx(0.6)
    assert every["linked_share_by_spend"].value == pytest.approx(1)


@pytest.mark.parametrize(
    ("stated", "shares"),
    [
        ([None, None], [0.5, 0.5]),
        ([0.4, None, None], [0.4, 0.3, 0.3]),
        ([0.5, 0.3], [0.5, 0.3]),
        ([0.9, 0.6], [0.6, 0.4]),
        ([0.8, 0.6, None], [8 / 14, 6 / 14, 0]),
        ([1.0, None], [1, 0]),
        ([0.0, None], [0, 1]),
    ],
)
def test_empty_shares_divide_the_rest_under_one_leaves_it_over_one_is_scaled(
    stated: list[float | None], shares: list[float]
) -> None:
    values = np.array([np.nan if value is None else value for value in stated])
    assert effective_shares(np.zeros(len(values), dtype=np.int64), values, 1) == pytest.approx(shares)


def test_a_link_that_was_set_again_counts_once() -> None:
    found = aligned(
        objectives=GOALS,
        links=[
            link("E1", "O1", linked_at="2026-03-01"),
            link("E1", "O1", linked_at="2026-05-01"),
            link("E1", "O2"),
        ],
        spend=[{"period": "2026-03-01", "item_id": "E1", "amount": 100}],
    )
    assert items(found).at["E1", "links"] == 2
    assert figure(found, "top_three_share_by_spend").value == pytest.approx(0.5)


def test_days_in_progress_are_those_inside_the_window() -> None:
    rows = [epic("E1", started_at="2026-10-21T00:00"), epic("E2", started_at="2025-01-01")]
    found = items(
        aligned(
            from_day="2026-10-01",
            work_items=[{**row, "created_at": "2025-01-01"} for row in rows],
            links=[link("E1", "O1")],
        )
    )
    assert found["wip_days"].to_list() == pytest.approx(
        [11 + 1 / 24, 31 + 1 / 24]
    )  # the clocks went back on 25 October


def delivered(*values: tuple[str, float], kind: str = "increase", **tables: Any) -> Any:
    found = aligned(
        work_items=[epic("E1", delivered_at="2026-06-15T12:00", finished_at="2026-06-14")],
        objectives=GOALS,
        key_results=[key_result("K1", type=kind, low=1, high=2)],
        links=[link("E1", "K1", **PROMISE)],
        checkins=checkins("K1", *values),
        **tables,
    )
    return okr.moved_items(found).iloc[0]


BEFORE = (("2026-03-01", 1.0), ("2026-04-01", 2.0), ("2026-05-01", 1.5))


@pytest.mark.parametrize(
    ("since", "kind", "said"),
    [
        ((("2026-07-01", 3.0), ("2026-08-01", 3.0)), "increase", Moved.MOVED),
        ((("2026-07-01", 3.0), ("2026-08-01", 2.0)), "increase", Moved.NOT_MOVED),
        ((("2026-07-01", 0.5), ("2026-08-01", 0.4)), "increase", Moved.NOT_MOVED),
        ((("2026-07-01", 0.5), ("2026-08-01", 0.4)), "maintain_below", Moved.MOVED),
        ((("2026-07-01", 9.0), ("2026-08-01", 3.0), ("2026-09-01", 3.0)), "increase", Moved.MOVED),
        ((("2026-07-01", 3.0),), "increase", Moved.UNKNOWN),
        ((("2026-07-01", 3.0), ("2026-08-01", 3.0)), "range", Moved.UNKNOWN),
    ],
)
def test_a_key_result_moved_when_the_latest_two_lie_beyond_all_before_the_delivery(
    since: Any, kind: str, said: str
) -> None:
    assert delivered(*BEFORE, *since, kind=kind)["moved"] == said


def test_under_three_values_before_the_delivery_nothing_can_be_told() -> None:
    assert delivered(*BEFORE[:2], ("2026-07-01", 3.0), ("2026-08-01", 3.0))["moved"] == Moved.UNKNOWN


def test_with_enough_values_the_regression_decides() -> None:
    """A trend that only goes on would pass the latest-two rule; the regression sees no change of it."""
    rising = [
        (f"2026-{month:02d}-{day:02d}", month + day / 31 + (day % 2) * 0.1)
        for month in range(2, 11)
        for day in (1, 11, 21)
    ]
    found = delivered(*rising)
    assert (found["moved"], found["because"]) == (Moved.NOT_MOVED, "no move seen")


def test_the_moved_share_has_its_own_denominator_and_a_range_for_what_cannot_be_told() -> None:
    found = aligned(
        work_items=[epic(f"E{n}", delivered_at="2026-06-15", finished_at="2026-06-14") for n in range(4)]
        + [epic("E9")],
        objectives=GOALS,
        key_results=[key_result("K1"), key_result("K2")],
        links=[link("E0", "K1", **PROMISE), link("E1", "K2", **PROMISE), link("E2", "K1")],
        checkins=checkins("K1", *BEFORE, ("2026-07-01", 3.0), ("2026-08-01", 3.0)),
    )
    moved = figure(found, "moved_share")
    assert (moved.value, moved.low, moved.high, moved.n) == (0.25, 0.25, 0.5, 4)
    shown = okr.moved_table(okr.moved_items(found)).set_index("item_id")["moved"].to_dict()
    assert shown == {"E0": "moved", "E1": "unknown", "E2": "promised none", "E3": "promised none"}
    assert okr.items_table(found).set_index("item_id")["level"].to_dict() == {
        "E0": "L4",
        "E1": "L3",
        "E2": "L2",
        "E3": "L0",
        "E9": "L0",
    }


def test_nothing_delivered_is_no_moved_share() -> None:
    assert (
        figure(aligned(links=[link("E1", "O1")]), "moved_share").why
        == "n/a: nothing was delivered in the window"
    )


def test_the_same_instant_is_since_the_delivery() -> None:
    assert delivered(*BEFORE, ("2026-06-15T12:00", 3.0), ("2026-08-01", 3.0))["moved"] == Moved.MOVED
