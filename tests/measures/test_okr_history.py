"""Last quarter's deck can be run again, and a goal edited since does not rewrite it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from okr_small import aligned, below, checkins, epic, items, key_result, link, objective, portfolio, results

from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.measures import okr
from vmo_helpers.portfolio.hierarchy import Tree
from vmo_helpers.sources import load

QUARTER = {"from": "2026-07-01", "to": "2026-09-30"}
VALUES = checkins("K1", ("2026-08-01", 4), ("2026-09-01", 7), ("2026-09-29", 9.5))


def changed(column: str, old: str, at: str, table: str = "key_results", key: str = "K1") -> dict[str, Any]:
    return {"table": table, "key": key, "column": column, "old_value": old, "changed_at": at}


def test_a_goal_edited_after_the_quarter_does_not_rewrite_the_past() -> None:
    tables: dict[str, Any] = {
        "objectives": [objective("O1", 1, **QUARTER)],
        "key_results": [key_result("K1", target=9.5, **QUARTER)],
        "checkins": VALUES,
        "plan_changes": [changed("target", "12", "2026-10-10T09:00")],
    }
    then = results("2026-09-30", **tables)
    assert (then.at["K1", "target"], then.at["K1", "verdict"]) == (12, "missed")
    known = portfolio("2026-10-31", **tables)
    assert okr.late_edits(known, okr.goals(known))[
        ["key", "column", "old_value", "new_value"]
    ].to_numpy().tolist() == [["K1", "target", "12", "9.5"]]


def test_a_goal_edited_within_its_quarter_is_no_late_edit() -> None:
    known = portfolio(
        "2026-10-31",
        objectives=[objective("O1", 1, **QUARTER)],
        key_results=[key_result("K1", target=9.5, **QUARTER)],
        plan_changes=[changed("target", "12", "2026-09-30T23:00")],
    )
    assert okr.late_edits(known, okr.goals(known)).empty


def test_a_period_that_was_extended_after_its_end_is_a_late_edit() -> None:
    known = portfolio(
        "2026-10-31", key_results=[key_result("K1")], plan_changes=[changed("to", "2026-09-30", "2026-10-05")]
    )
    edit = okr.late_edits(known, okr.goals(known)).iloc[0]
    assert (f"{edit['ended']:%Y-%m-%d}", edit["new_value"]) == ("2026-09-30", "2026-12-31")


def test_a_rank_given_since_does_not_lift_last_quarters_share() -> None:
    tables: dict[str, Any] = {
        "links": [link("E1", "O1", linked_at="2026-03-01")],
        "plan_changes": [changed("rank", "5", "2026-10-10", "objectives", "O1")],
    }
    assert not items(aligned("2026-09-30", **tables)).at["E1", "top_three"]
    assert items(aligned("2026-10-31", **tables)).at["E1", "top_three"]


def test_what_was_recorded_later_is_not_known_then() -> None:
    late = {"kr_id": "K1", "at": "2026-09-10", "value": 9, "recorded_at": "2026-10-02"}
    tables: dict[str, Any] = {
        "key_results": [key_result("K1")],
        "checkins": [*checkins("K1", ("2026-08-01", 4)), late],
    }
    assert results("2026-09-30", **tables).at["K1", "value"] == 4
    assert results("2026-10-31", **tables).at["K1", "value"] == 9


def test_alignment_without_a_day_says_what_to_do() -> None:
    from okr_small import Settings, portfolio_of

    timeless = portfolio_of({"objectives": [objective("O1")]}, Settings(timezone="Europe/Berlin"))
    with pytest.raises(ValueError, match="known_at"):
        okr.goals(timeless)


def test_a_cycle_of_parents_is_an_error_that_prints_the_cycle(tmp_path: Path) -> None:
    (tmp_path / "work_items.csv").write_text(
        "item_id,title,level,created_at,parent_id\nA,a,epic,2026-01-01,C\nB,b,epic,2026-01-01,A\nC,c,epic,2026-01-01,B\nD,d,epic,2026-01-01,A\n"
    )
    with pytest.raises(InputProblems) as caught:
        load(tmp_path)
    said = str(caught.value)
    assert any(turn in said for turn in ("A → C → B → A", "A → B → C → A", "B → A → C → B", "C → B → A → C"))


def test_a_cycle_of_objectives_is_an_error_that_prints_the_cycle() -> None:
    with pytest.raises(InputProblems, match=r"O1 → O2 → O1|O2 → O1 → O2"):
        portfolio(objectives=[objective("O1", parent_id="O2"), objective("O2", parent_id="O1")])


def test_a_cycle_that_only_a_taken_back_plan_makes_is_printed_too() -> None:
    tables: dict[str, Any] = {
        "work_items": [epic("E1"), below("E2", "E1", "epic")],
        "plan_changes": [changed("parent_id", "E2", "2026-10-10", "work_items", "E1")],
    }
    with pytest.raises(ValueError, match="the parents of items run in a circle: E1 → E2 → E1"):
        aligned("2026-09-30", **tables)


def test_a_parent_that_is_not_there_is_no_parent() -> None:
    import pandas as pd

    tree = Tree.of(pd.Series(["a", "b"], dtype="str"), pd.Series(["x", "a"], dtype="str"), what="item")
    assert sorted(zip(tree.own.tolist(), tree.above.tolist(), tree.distance.tolist(), strict=True)) == [
        (0, 0, 0),
        (1, 0, 1),
        (1, 1, 0),
    ]


def test_a_key_result_without_dates_has_those_of_its_objective_on_the_day() -> None:
    tables: dict[str, Any] = {
        "objectives": [objective("O1", 1, **{"from": "2026-01-01", "to": "2026-06-15"})],
        "key_results": [
            key_result("K1", **{"from": None, "to": None}),
            key_result("K2", **{"from": "2026-01-01", "to": "2026-12-31"}),
            key_result(
                "K3", **{"from": "2026-01-01", "to": "2026-06-15"}
            ),  # its own date, the same by chance
        ],
        "plan_changes": [changed("to", "2026-12-31", "2026-08-01T10:00", "objectives", "O1")],
    }
    then = portfolio("2026-06-30", **tables).key_results.set_index("kr_id")["to"].astype(str)
    assert then.to_dict() == {"K1": "2026-12-31", "K2": "2026-12-31", "K3": "2026-06-15"}
    now = portfolio("2026-10-31", **tables).key_results.set_index("kr_id")["to"].astype(str)
    assert now.to_dict() == {"K1": "2026-06-15", "K2": "2026-12-31", "K3": "2026-06-15"}


def test_a_link_that_was_set_again_without_its_delta_counts_without_it() -> None:
    tables: dict[str, Any] = {
        "work_items": [epic("A")],
        "objectives": [objective("O1", 1)],
        "key_results": [key_result("K1")],
        "links": [
            link("A", "K1", linked_at="2026-02-01", expected_delta=3, due="2026-12-01"),
            link("A", "K1", linked_at="2026-05-01", expected_delta=None, due=None),
        ],
    }
    for order in (1, -1):
        made = aligned("2026-06-30", **{**tables, "links": tables["links"][::order]})
        assert made.links["goal_rung"].tolist() == [2]
