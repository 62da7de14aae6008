"""The contract held: tables in memory become a portfolio, or one report of all that is wrong."""

import pickle
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import empty_table, portfolio_of

Rows = list[dict[str, Any]]


def item(item_id: str | None, **more: Any) -> dict[str, Any]:
    return {
        "item_id": item_id,
        "title": f"Title {item_id}",
        "level": "epic",
        "created_at": "2026-01-01",
    } | more


def move(item_id: str, at: str, to_state: str, **more: Any) -> dict[str, Any]:
    return {"item_id": item_id, "at": at, "to_state": to_state} | more


STATES: Rows = [
    {"state": "Todo", "class": "backlog"},
    {"state": "Doing", "class": "active"},
    {"state": "Done", "class": "done"},
]


def problems_of(tables: dict[str, Any], settings: Settings | None = None) -> list[str]:
    with pytest.raises(InputProblems) as refused:
        portfolio_of(tables, settings)
    return [str(problem) for problem in refused.value.problems]


def only_problem(tables: dict[str, Any], settings: Settings | None = None) -> str:
    found = problems_of(tables, settings)
    assert len(found) == 1, found
    return found[0]


def sentences(portfolio: Portfolio, kind: str) -> list[str]:
    return [note.sentence for note in portfolio.notes if note.kind == kind]


def ids(frame: pd.DataFrame, column: str = "item_id") -> list[str]:
    return list(frame[column])


# ---- frames
# ------------------------------------------------------------------------------------------------------


def test_every_table_and_column_of_the_contract_is_there_typed_and_empty_where_the_source_has_none() -> None:
    portfolio = portfolio_of({"work_items": [item("E1")]})
    for name, table in TABLES.items():
        frame = portfolio.tables[name]
        assert set(table.names) <= set(frame.columns)
        assert {column.name: str(frame[column.name].dtype) for column in table.columns} == {
            c.name: c.kind.dtype for c in table.columns
        }
        assert frame.index.name == "row"
        assert portfolio.has(name) == (name == "work_items")


def test_the_index_is_the_row_of_the_file() -> None:
    portfolio = portfolio_of({"work_items": [item("E1"), item("E2")]})
    assert portfolio.work_items.index.tolist() == [2, 3]


def test_an_index_named_row_is_kept() -> None:
    frame = pd.DataFrame([item("E1"), item("E2")], index=pd.Index([7, 9], name="row"))
    assert portfolio_of({"work_items": frame}).work_items.index.tolist() == [7, 9]


def test_the_input_is_not_changed() -> None:
    frame = pd.DataFrame([item(" E1 ", planned_cost="12")])
    before = frame.copy(deep=True)
    portfolio_of({"work_items": frame})
    pd.testing.assert_frame_equal(frame, before)


def test_empty_cells_mean_what_the_contract_says_they_mean() -> None:
    portfolio = portfolio_of(
        {
            "work_items": [item("E1", level=None)],
            "states": [{"state": "Todo", "class": "backlog"}],
            "spend": [{"period": "2026-01-01", "amount": 5, "item_id": "E1"}],
            "surveys": [{"survey_id": "S", "at": "2026-01-05", "instrument": "nps", "score": 9}],
            "observations": [{"metric_id": "M", "at": "2026-01-05", "value": 1}],
        },
        Settings(review_level="epic"),
    )
    first = {
        name: portfolio.tables[name].iloc[0]
        for name in ("work_items", "states", "spend", "surveys", "observations")
    }
    assert (
        first["work_items"]["level"],
        first["work_items"]["work_type"],
        first["work_items"]["urgency"],
    ) == ("epic", "feature", "linear")
    assert (first["states"]["layer"], first["states"]["is_gate"], first["states"]["position"]) == (
        "team",
        False,
        1.0,
    )
    assert first["spend"]["kind"] == "actual"
    assert (first["surveys"]["count"], first["surveys"]["scale_min"], first["surveys"]["scale_max"]) == (
        1.0,
        0.0,
        10.0,
    )
    assert first["observations"]["segment"] == "all"


def test_headers_are_matched_without_case_and_blanks() -> None:
    portfolio = portfolio_of(
        {"work_items": [{"Item ID": "E1", "TITLE": "x", "Level": "epic", "created-at": "2026-01-01"}]}
    )
    assert ids(portfolio.work_items) == ["E1"]


def test_numeric_ids_become_their_digits_and_meet_their_references() -> None:
    portfolio = portfolio_of(
        {
            "work_items": pd.DataFrame([item(None, parent_id=None), item(None, parent_id=None)]).assign(
                item_id=[1001, 1002], parent_id=[np.nan, 1001.0]
            )
        }
    )
    assert ids(portfolio.work_items) == ["1001", "1002"]
    assert portfolio.work_items["parent_id"].iloc[1] == "1001"


def test_an_id_with_leading_zeros_keeps_them() -> None:
    assert ids(portfolio_of({"work_items": [item("007")]}).work_items) == ["007"]


def test_no_tables_at_all_are_no_evidence_and_no_error() -> None:
    assert not portfolio_of({}).has("work_items")


def test_a_table_with_a_header_and_no_rows_is_no_evidence() -> None:
    portfolio = portfolio_of(
        {
            "work_items": [item("E1", value_stream_id="VS1")],
            "value_streams": pd.DataFrame(columns=["value_stream_id", "name"]),
        }
    )
    assert not portfolio.has("value_streams")


# ---- problems of cells
# -------------------------------------------------------------------------------------------


def test_a_problem_names_table_column_row_value_and_what_was_expected() -> None:
    told = only_problem({"work_items": [item("E1"), item("E2", planned_cost="12x")]})
    assert told.splitlines() == [
        "work_items, column planned_cost: expected a number such as 1200 or 1200.50 (1 row)",
        "    row 3: “12x”",
    ]


def test_all_problems_of_all_tables_come_in_one_go() -> None:
    told = "\n".join(
        problems_of(
            {
                "work_items": [item("E1", planned_cost="12x", created_at="someday"), item(None)],
                "transitions": [move("E1", "2026-01-02", "Nowhere"), move("E9", "2026-01-02", "Doing")],
                "states": [*STATES, {"state": "Odd", "class": "odd"}],
                "links": [{"item_id": "E1", "goal_type": "wish", "goal_id": "O1"}],
            }
        )
    )
    for part in (
        "planned_cost",
        "created_at",
        "column item_id: every row must have a value",
        "Nowhere",
        "E9",
        "“odd”",
        "“wish”",
    ):
        assert part in told


def test_a_report_names_at_most_twenty_rows_of_a_problem_and_counts_the_rest() -> None:
    told = only_problem({"work_items": [item(f"E{n}", planned_cost="?") for n in range(1_224)]}).splitlines()
    assert len(told) == 22
    assert told[0].endswith("(1,224 rows)") and told[-1] == "    … and 1,204 more"


def test_a_million_bad_rows_give_a_short_report() -> None:
    size = 1_000_000
    frame = pd.DataFrame(
        {
            "item_id": pd.Series(np.arange(size)).astype("str"),
            "title": "x",
            "level": "epic",
            "created_at": "some day",
            "planned_cost": pd.Series(np.arange(size)).astype("str") + " euros",
        }
    )
    told = problems_of({"work_items": frame})
    assert len(told) == 2 and all("… and 999,980 more" in problem for problem in told)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("planned_cost", "-1", "expected 0 or more"),
        ("work_type", "epic", "expected one of feature, enabler, defect"),
        ("horizon", "later", "expected one of evaluating"),
        ("planned_end", "soon", "expected a day such as 2026-10-31"),
        ("created_at", "2026-02-30", "expected a day or an instant"),
        ("urgency", "now", "expected one of linear"),
        ("planned_cost", "1,234", "could be two numbers"),
        ("planned_end", "03/04/2026", "could be two days"),
        ("planned_cost", "inf", "expected a number"),
    ],
)
def test_a_cell_of_work_items_that_cannot_be_read_is_told(column: str, value: str, expected: str) -> None:
    told = only_problem({"work_items": [item("E1", **{column: value})]})
    assert f"column {column}: {expected}" in told and f"“{value}”" in told


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"criterion": "roi", "score": 11}, "expected a number from 1 to 10"),
        ({"criterion": "roi", "score": 0.5}, "expected a number from 1 to 10"),
    ],
)
def test_scores_stay_in_their_bounds(row: dict[str, Any], expected: str) -> None:
    assert expected in only_problem(
        {"work_items": [item("E1")], "criteria_scores": [{"item_id": "E1"} | row]}
    )


def test_a_share_outside_zero_to_one_is_refused_and_a_percentage_is_not() -> None:
    base = {"work_items": [item("E1")]}
    risk = {"risk_id": "R", "item_id": "E1", "impact": 5}
    assert "expected a share from 0 to 1" in only_problem(base | {"risks": [risk | {"probability": 70}]})
    assert portfolio_of(base | {"risks": [risk | {"probability": "70 %"}]}).risks["probability"].iloc[
        0
    ] == pytest.approx(0.7)


def test_a_survey_score_outside_its_scale_is_refused() -> None:
    survey = {"survey_id": "S", "at": "2026-01-05", "instrument": "csat"}
    assert "lies outside its scale" in only_problem({"surveys": [survey | {"score": 7}]})
    assert portfolio_of({"surveys": [survey | {"score": 7, "scale_min": 1, "scale_max": 10}]}).has("surveys")


def test_seq_must_be_whole() -> None:
    tables = {
        "work_items": [item("E1")],
        "states": STATES,
        "transitions": [move("E1", "2026-01-02", "Doing", seq="1.5")],
    }
    assert "expected a whole number" in only_problem(tables)
    tables["transitions"] = [move("E1", "2026-01-02", "Doing", seq="1.0")]
    assert portfolio_of(tables).transitions["seq"].iloc[0] == 1.0


def test_money_names_an_item_or_a_stream_and_the_first_day_of_its_month() -> None:
    told = "\n".join(
        problems_of(
            {
                "spend": [
                    {"period": "2026-01-15", "amount": 5, "item_id": "E1"},
                    {"period": "2026-01-01", "amount": 5},
                ]
            }
        )
    )
    assert "expected the first day of a month" in told and "names neither an item nor a value stream" in told


def test_serial_numbers_are_read_and_told() -> None:
    portfolio = portfolio_of({"work_items": [item("E1", created_at="45000")]})
    assert portfolio.work_items["created_at"].iloc[0] == pd.Timestamp("2023-03-15", tz="UTC")
    assert sentences(portfolio, "assumed") == [
        "work_items, column created_at: 1 cell is a spreadsheet's serial number, read as days since "
        "1899-12-30"
    ]


def test_times_are_the_portfolios_where_they_have_no_offset() -> None:
    portfolio = portfolio_of(
        {"work_items": [item("E1", created_at="2026-07-01")]}, Settings(timezone="Europe/Berlin")
    )
    assert portfolio.work_items["created_at"].iloc[0] == pd.Timestamp("2026-06-30T22:00Z")


# ---- headers
# -----------------------------------------------------------------------------------------------------


def test_a_missing_column_is_told_with_its_near_miss() -> None:
    told = only_problem(
        {"work_items": [{"item_id": "E1", "titel": "x", "level": "epic", "created_at": None}]}
    )
    assert told == "work_items, column title: the column is missing; did you mean it by titel?"


def test_an_unknown_column_passes_through_and_is_noted_with_its_near_miss() -> None:
    portfolio = portfolio_of({"work_items": [item("E1", planed_end="2026-05-01", colour="red")]})
    assert portfolio.work_items[["planed_end", "colour"]].iloc[0].tolist() == ["2026-05-01", "red"]
    assert sentences(portfolio, "unknown_column") == [
        "work_items has a column “planed_end” that the contract does not know; did you mean planned_end?",
        "work_items has a column “colour” that the contract does not know",
    ]


def test_two_columns_of_one_name_are_refused() -> None:
    frame = pd.DataFrame(
        [["E1", "E2", "x", "epic", None]], columns=["item_id", "Item ID", "title", "level", "created_at"]
    )
    assert only_problem({"work_items": frame}) == "work_items, column item_id: two columns of this name"


def test_a_table_that_the_contract_does_not_know_is_refused_with_the_nearest() -> None:
    assert (
        only_problem({"work_item": [item("E1")]})
        == "work_item: is no table of the contract; did you mean work_items?"
    )


# ---- keys and references
# -----------------------------------------------------------------------------------------


def test_a_repeated_key_is_told_with_the_row_that_has_it_first() -> None:
    told = only_problem({"work_items": [item("E1"), item("E2"), item("E1"), item("E1")]})
    assert told.splitlines() == [
        "work_items, column item_id: the key must be unique (2 rows)",
        "    row 4: “E1” (first in row 2)",
        "    row 5: “E1” (first in row 2)",
    ]


def test_a_key_of_several_columns_is_told_whole() -> None:
    report = {"item_id": "E1", "at": "2026-03-01", "overall": "G"}
    told = only_problem(
        {"work_items": [item("E1")], "status_reports": [report, report | {"at": "2026-04-01"}, report]}
    )
    assert "column item_id, at: the key must be unique" in told
    assert "row 4: “E1 · 2026-03-01T00:00:00Z” (first in row 2)" in told


def test_an_empty_part_of_a_key_equals_an_empty_part() -> None:
    state = {"state": "Todo", "class": "backlog"}
    assert "the key must be unique" in only_problem({"states": [state, state]})


def test_versions_of_a_fact_share_its_key_and_not_recorded_at() -> None:
    report = {"item_id": "E1", "at": "2026-03-01", "overall": "G", "recorded_at": "2026-03-02"}
    base = {"work_items": [item("E1")]}
    assert (
        len(
            portfolio_of(
                base | {"status_reports": [report, report | {"recorded_at": "2026-03-09", "overall": "R"}]}
            ).status_reports
        )
        == 2
    )
    assert "the key must be unique" in only_problem(base | {"status_reports": [report, report]})


def test_spend_of_one_key_adds_up() -> None:
    line = {"period": "2026-01-01", "amount": 5, "item_id": "E1"}
    assert len(portfolio_of({"work_items": [item("E1")], "spend": [line, line]}).spend) == 2


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ("transitions", {"item_id": "E9", "at": "2026-01-02", "to_state": "Todo"}, "item_id"),
        ("work_items", item("E2", parent_id="E9"), "parent_id"),
        ("work_items", item("E2", value_stream_id="VS9"), "value_stream_id"),
        ("dependencies", {"item_id": "E1", "needs_item_id": "E9"}, "needs_item_id"),
        (
            "benefits",
            {"benefit_id": "B", "item_id": "E1", "metric_id": "M9", "baseline": 1, "target": 2, "due": None},
            "metric_id",
        ),
        ("links", {"item_id": "E1", "goal_type": "objective", "goal_id": "O9"}, "goal_id"),
        ("links", {"item_id": "E1", "goal_type": "key_result", "goal_id": "O1"}, "goal_id"),
        ("targets", {"goal_id": "K9", "at": "2026-01-01", "value": 1}, "goal_id"),
        ("work_items", item("E2", goal="O9"), "goal"),
        ("checkins", {"kr_id": "K9", "at": "2026-01-02", "value": 1}, "kr_id"),
    ],
)
def test_a_reference_to_nothing_is_refused(table: str, row: dict[str, Any], column: str) -> None:
    tables: dict[str, Rows] = {
        "work_items": [item("E1")],
        "states": STATES,
        "value_streams": [{"value_stream_id": "VS1", "name": "One"}],
        "metrics": [
            {"metric_id": "M1", "name": "m", "unit": "%", "direction": "increase", "kind": "outcome"}
        ],
        "objectives": [{"objective_id": "O1", "title": "o", "from": "2026-01-01", "to": "2026-12-31"}],
        "key_results": [{"kr_id": "K1", "objective_id": "O1", "title": "k", "baseline": 1, "target": 2}],
    }
    tables[table] = [*tables.get(table, []), row]
    told = only_problem(tables)
    assert f"{table}, column {column}: leads to no row of" in told


def test_where_the_table_led_to_is_absent_nothing_can_be_said_against_a_reference() -> None:
    assert portfolio_of({"transitions": [move("E9", "2026-01-02", "Todo")]}).has("transitions")


def test_a_misspelt_key_is_told_with_the_nearest() -> None:
    assert "did you mean EPIC-0001?" in only_problem(
        {"work_items": [item("EPIC-0001"), item("EPIC-0002", parent_id="EPIC_0001")]}
    )
    assert "did you mean 1001?" in only_problem(
        {"work_items": [item("1001"), item("1002", parent_id="1001.0")]}
    )


def test_no_near_miss_is_offered_between_numbers() -> None:
    rows = [item("1001"), item("E-12"), item("a", parent_id="9001"), item("b", parent_id="E-112")]
    told = only_problem({"work_items": rows})
    assert "row 4: “9001”\n" in told and told.endswith("row 5: “E-112”") and "did you mean" not in told
    rows = [item("E-0012"), item("b", parent_id="E-12")]
    assert "did you mean E-0012?" in only_problem({"work_items": rows})


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (
            "work_items",
            [
                item("A", parent_id="B"),
                item("B", parent_id="C"),
                item("C", parent_id="A"),
                item("D", parent_id="A"),
                item("X"),
            ],
        ),
        (
            "objectives",
            [
                {
                    "objective_id": key,
                    "title": "t",
                    "from": "2026-01-01",
                    "to": "2026-12-31",
                    "parent_id": parent,
                }
                for key, parent in (("A", "B"), ("B", "C"), ("C", "A"), ("D", "A"), ("X", None))
            ],
        ),
        (
            "value_streams",
            [
                {"value_stream_id": key, "name": "t", "parent_id": parent}
                for key, parent in (("A", "B"), ("B", "C"), ("C", "A"), ("D", "A"), ("X", None))
            ],
        ),
    ],
)
def test_a_cycle_of_parents_is_printed(table: str, rows: Rows) -> None:
    told = only_problem({table: rows})
    assert "the parents form a cycle (3 rows)" in told
    assert "A → B → C → A" in told and "“D”" not in told


def test_a_row_that_is_its_own_parent_is_a_cycle() -> None:
    assert "A → A" in only_problem({"work_items": [item("A", parent_id="A")]})


def test_a_long_chain_of_parents_is_no_cycle() -> None:
    chain = [item(f"E{n}", parent_id=f"E{n - 1}" if n else None) for n in range(200)]
    assert len(portfolio_of({"work_items": chain}).work_items) == 200


# ---- transitions
# -------------------------------------------------------------------------------------------------


def log(*moves: dict[str, Any], states: Sequence[dict[str, Any]] = STATES) -> Portfolio:
    return portfolio_of(
        {"work_items": [item("E1"), item("E2")], "states": list(states), "transitions": list(moves)}
    )


def test_transitions_may_come_in_any_order_and_at_the_same_time() -> None:
    portfolio = log(
        move("E1", "2026-01-03", "Done"),
        move("E2", "2026-01-02", "Doing"),
        move("E1", "2026-01-02", "Todo"),
        move("E1", "2026-01-02", "Doing"),
    )
    assert len(portfolio.transitions) == 4 and portfolio.notes == ()


def test_of_two_transitions_with_the_same_time_and_seq_one_is_too_many() -> None:
    tables = {
        "work_items": [item("E1")],
        "states": STATES,
        "transitions": [move("E1", "2026-01-02", "Todo", seq=1), move("E1", "2026-01-02", "Doing", seq=1)],
    }
    assert "the key must be unique" in only_problem(tables)


def test_a_state_that_the_board_does_not_know_is_told_with_the_nearest() -> None:
    with pytest.raises(InputProblems, match=r"“Doin” \(did you mean Doing\?\)"):
        log(move("E1", "2026-01-02", "Doin"))


def test_an_origin_that_disagrees_is_a_counted_warning() -> None:
    portfolio = log(
        move("E1", "2026-01-02", "Todo"),
        move("E1", "2026-01-03", "Doing", from_state="Todo"),
        move("E1", "2026-01-04", "Done", from_state="Todo"),
        move("E2", "2026-01-04", "Todo", from_state="Elsewhere"),
    )
    assert sentences(portfolio, "warning") == [
        "1 row of transitions names another from_state than the state that the item was in; the entry holds"
    ]
    assert portfolio.notes[0].rows == (4,)


def test_origins_are_compared_in_the_order_of_time_and_seq_not_of_rows() -> None:
    ordered = [
        move("E1", "2026-01-02", "Todo", seq=0),
        move("E1", "2026-01-02", "Doing", from_state="Todo", seq=1),
        move("E1", "2026-01-04", "Done", from_state="Doing", seq=0),
        move("E2", "2026-01-04", "Todo", seq=0),
    ]
    for rows in (ordered, ordered[::-1], [ordered[i] for i in (2, 0, 3, 1)]):
        assert log(*rows).notes == ()


def test_the_row_of_states_with_most_matching_columns_holds_and_a_tie_is_refused() -> None:
    states = [
        *STATES,
        {"state": "Doing", "class": "wait", "level": "epic"},
        {"state": "Doing", "class": "done", "work_type": "feature"},
    ]
    with pytest.raises(InputProblems, match=re.escape("says as much as row 5")):
        log(move("E1", "2026-01-02", "Doing"), states=states)
    states.append({"state": "Doing", "class": "active", "level": "epic", "work_type": "feature"})
    assert log(move("E1", "2026-01-02", "Doing"), states=states).has("states")


def test_a_tie_that_no_item_meets_is_none() -> None:
    states = [
        *STATES,
        {"state": "Doing", "class": "wait", "level": "epic"},
        {"state": "Doing", "class": "done", "work_type": "defect"},
    ]
    assert log(move("E1", "2026-01-02", "Doing"), states=states).has("states")


def test_a_state_that_no_row_explains_for_the_item_is_refused_at_the_review_level_and_noted_below_it() -> (
    None
):
    states = [{"state": "Todo", "class": "backlog"}, {"state": "Doing", "class": "active", "level": "epic"}]
    tables = {"work_items": [item("E1"), item("F1", level="feature")], "states": states}
    portfolio = portfolio_of(
        tables | {"transitions": [move("E1", "2026-01-02", "Doing"), move("F1", "2026-01-02", "Doing")]},
        Settings(),
    )
    assert ["no row of states explains" in sentence for sentence in sentences(portfolio, "warning")] == [True]
    states[1]["level"] = "feature"
    told = only_problem(
        tables | {"transitions": [move("E1", "2026-01-02", "Doing"), move("F1", "2026-01-02", "Doing")]},
        Settings(),
    )
    assert "no row of states holds for this item's level" in told and "row 2" in told


# ---- the review level
# --------------------------------------------------------------------------------------------


def test_a_review_level_that_no_item_has_is_refused_with_the_levels() -> None:
    told = only_problem(
        {"work_items": [item("E1"), item("F1", level="feature")]}, Settings(review_level="initiative")
    )
    assert (
        told
        == "work_items, column level: no item has the review level “initiative”; the levels are epic, feature"
    )


def test_without_settings_the_only_level_is_the_review_level() -> None:
    assert portfolio_of({"work_items": [item("E1", level="story")]}).settings.review_level == "story"


def test_without_settings_several_levels_need_a_choice() -> None:
    told = only_problem({"work_items": [item("E1"), item("F1", level="feature")]})
    assert "several levels (epic, feature): say in portfolio.toml which of them is the review_level" in told


def test_items_of_other_levels_are_kept() -> None:
    assert (
        len(
            portfolio_of(
                {"work_items": [item("E1"), item("F1", level="feature", parent_id="E1")]}, Settings()
            ).work_items
        )
        == 2
    )


# ---- what is hard to believe
# -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            {"work_items": [item("E1", baselined_at="2026-05-01", planned_end="2026-04-01")]},
            "1 row of work_items has planned_end before baselined_at",
        ),
        (
            {
                "work_items": [item("E1")],
                "status_reports": [{"item_id": "E1", "at": "2025-12-01", "overall": "G"}],
            },
            "1 row of status_reports is dated before its item was created",
        ),
        (
            {"work_items": [item("E1", delivered_at="2206-01-01")]},
            "1 date of work_items.delivered_at lies before 1950 or after 2100",
        ),
        (
            {"work_items": [item("E1", started_at="2026-05-01", finished_at="2026-04-01")]},
            "1 row of work_items has finished_at before started_at",
        ),
        (
            {
                "risks": [
                    {
                        "risk_id": "R",
                        "item_id": "E",
                        "probability": 1,
                        "impact": 1,
                        "opened_at": "2026-02-01",
                        "closed_at": "2026-01-01",
                    }
                ]
            },
            "1 row of risks has closed_at before opened_at",
        ),
    ],
)
def test_dates_in_an_implausible_order_are_counted_warnings(tables: dict[str, Any], expected: str) -> None:
    portfolio = portfolio_of(tables)
    assert sentences(portfolio, "warning") == [expected]
    assert [(note.count, note.rows) for note in portfolio.notes] == [(1, (2,))]


def test_a_warning_speaks_in_the_plural_of_several_rows() -> None:
    late = {"baselined_at": "2026-05-01", "planned_end": "2026-04-01", "delivered_at": "2206-01-01"}
    reports = [{"item_id": name, "at": "2025-12-01", "overall": "G"} for name in ("E1", "E2")]
    told = portfolio_of({"work_items": [item("E1", **late), item("E2", **late)], "status_reports": reports})
    assert sentences(told, "warning") == [
        "2 dates of work_items.delivered_at lie before 1950 or after 2100",
        "2 rows of work_items have planned_end before baselined_at",
        "2 rows of status_reports are dated before their item was created",
    ]
    serial = portfolio_of({"work_items": [item("E1", created_at="45000"), item("E2", created_at="45001")]})
    assert sentences(serial, "assumed") == [
        "work_items, column created_at: 2 cells are a spreadsheet's serial numbers, read as days since "
        "1899-12-30"
    ]


# ---- plan changes
# ------------------------------------------------------------------------------------------------


def change(**more: Any) -> dict[str, Any]:
    return {
        "table": "work_items",
        "key": "E1",
        "column": "planned_end",
        "changed_at": "2026-03-01",
        "old_value": "2026-06-30",
    } | more


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"table": "work_item"}, "did you mean work_items?"),
        ({"table": "transitions"}, "expected a table with one key column"),
        ({"column": "planed_end"}, "did you mean planned_end?"),
        ({"column": "item_id"}, "expected a column of work_items other than its key"),
        ({"key": "E9"}, "leads to no row of work_items"),
        ({"old_value": "mid June"}, "expected a day such as 2026-10-31, as in work_items.planned_end"),
        ({"column": "planned_cost", "old_value": "much"}, "expected a number"),
    ],
)
def test_a_plan_change_that_speaks_of_nothing_is_refused(more: dict[str, str], expected: str) -> None:
    assert expected in only_problem({"work_items": [item("E1")], "plan_changes": [change(**more)]})


def test_the_old_value_of_a_plan_change_is_read_as_its_column_is() -> None:
    changes = [
        change(old_value="30.06.2026"),
        change(column="planned_cost", old_value="1 200,5"),
        change(column="title", old_value=None),
    ]
    portfolio = portfolio_of({"work_items": [item("E1")], "plan_changes": changes})
    assert [None if pd.isna(old) else old for old in portfolio.plan_changes["old_value"]] == [
        "2026-06-30",
        "1200.5",
        None,
    ]


# ---- far dates
# ---------------------------------------------------------------------------------------------------

ENDS = [(table.name, column.name) for table in TABLES.values() for column in table.columns if column.ends]
NO_END = ["9999-12-31", "31.12.9999", "12/31/9999", "9999-12-31T23:59:59Z", "99991231", "9999-12-31 00:00:00"]


@pytest.mark.parametrize("cell", NO_END)
def test_the_last_day_of_9999_means_no_end_in_every_column_that_ends_something(cell: str) -> None:
    rows = [item("E1", planned_end=cell, needed_by=cell, finished_at=cell, delivered_at=cell)]
    blocked = [{"item_id": "E1", "from_at": "2026-01-05", "to_at": cell}]
    portfolio = portfolio_of({"work_items": rows, "blockers": blocked}, Settings(timezone="America/New_York"))
    assert (
        portfolio.work_items[["planned_end", "needed_by", "finished_at", "delivered_at"]].isna().all().all()
    )
    assert portfolio.blockers["to_at"].isna().all()
    said = [note for note in sentences(portfolio, "assumed") if "9999-12-31, read as “no end”" in note]
    assert len(said) == 5


def test_a_period_that_must_have_an_end_and_has_none_ends_on_the_last_day_that_can_be_read() -> None:
    goals = [{"objective_id": "O1", "title": "o", "from": "2026-01-01", "to": "9999-12-31"}]
    results = [{"kr_id": "K1", "objective_id": "O1", "title": "k", "baseline": 0, "target": 1}]
    portfolio = portfolio_of({"objectives": goals, "key_results": results})
    for table in ("objectives", "key_results"):
        assert portfolio.tables[table]["to"].dt.strftime("%Y-%m-%d").tolist() == ["2261-12-31"]
    assert portfolio.known_at(pd.Timestamp("2026-05-01", tz="UTC")).has("key_results")


@pytest.mark.parametrize("day", ["9999-01-01", "2999-12-31", "0001-01-01", "1601-01-01", "12/31/9998"])
@pytest.mark.parametrize("column", ["created_at", "planned_end", "finished_at"])
def test_a_day_of_a_year_that_no_portfolio_knows_is_refused_by_row(day: str, column: str) -> None:
    told = only_problem({"work_items": [item("E1"), item("E2") | {column: day}]})
    assert f"column {column}: lies in a year that no portfolio knows" in told and f"row 3: “{day}”" in told


@pytest.mark.parametrize("column", ["created_at", "requested_at", "baselined_at", "started_at"])
def test_what_ends_nothing_has_no_end_to_be_without(column: str) -> None:
    told = only_problem({"work_items": [item("E1") | {column: "9999-12-31"}]})
    assert "9999-12-31 means “no end”, and this column ends nothing" in told


def test_every_column_of_an_end_may_say_that_there_is_none() -> None:
    assert ("links", "removed_at") in ENDS and ("budgets", "to") in ENDS and len(ENDS) == 19


# ---- names
# -------------------------------------------------------------------------------------------------------


def test_what_has_no_name_bears_its_key_also_in_the_plan_of_an_old_day() -> None:
    changes = {"table": "work_items", "key": "E2", "column": "title", "changed_at": "2026-03-01"}
    portfolio = portfolio_of(
        {
            "work_items": [item("E1", title=None), item("E2", title="New name")],
            "value_streams": [{"value_stream_id": "S1", "name": None}],
            "plan_changes": [changes | {"old_value": None}],
        }
    )
    assert ids(portfolio.work_items, "title") == ["E1", "New name"]
    assert ids(portfolio.value_streams, "name") == ["S1"]
    before = portfolio.known_at(pd.Timestamp("2026-02-01", tz="UTC"))
    assert ids(before.work_items, "title") == ["E1", "E2"]


# ---- lenient
# -----------------------------------------------------------------------------------------------------


def test_lenient_goes_on_without_the_offending_rows_and_says_so() -> None:
    portfolio = portfolio_of({"work_items": [item(None), item("E2"), item(None)]}, lenient=True)
    assert ids(portfolio.work_items) == ["E2"] and portfolio.work_items.index.tolist() == [3]
    note = portfolio.notes[0]
    assert (note.kind, note.table, note.count, note.rows) == ("left_out", "work_items", 2, (2, 4))
    assert note.sentence == "work_items, column item_id: 2 rows left out: every row must have a value"


def test_lenient_takes_a_cell_that_its_row_can_do_without_as_empty_and_says_so() -> None:
    rows = [
        item(
            "E1", planned_cost="?", horizon="far", planned_end="someday", work_type="odd", scope_planned="-1"
        ),
        item("E2", planned_cost=7),
    ]
    portfolio = portfolio_of({"work_items": rows}, lenient=True)
    first = portfolio.work_items.iloc[0]
    assert first[["planned_cost", "horizon", "planned_end", "scope_planned"]].isna().all()
    assert first["work_type"] == "feature"  # what an empty cell means
    assert portfolio.work_items["planned_cost"].iloc[1] == 7
    told = sentences(portfolio, "left_out")
    assert len(told) == 5
    why = "work_items, column planned_cost: 1 cell taken as empty: expected a number such as 1200 or 1200.50"
    assert why in told


def test_lenient_takes_a_parent_outside_the_export_as_empty() -> None:
    rows = [item("1001", parent_id="9001", goal="O9"), item("1002", parent_id="1001")]
    goals = [{"objective_id": "O1", "title": "o", "from": "2026-01-01", "to": "2026-12-31"}]
    portfolio = portfolio_of({"work_items": rows, "objectives": goals}, lenient=True)
    assert ids(portfolio.work_items) == ["1001", "1002"]
    assert portfolio.work_items["parent_id"].isna().tolist() == [True, False]
    assert portfolio.work_items["goal"].isna().all()
    assert sentences(portfolio, "left_out") == [
        "work_items, column parent_id: 1 cell taken as empty: leads to no row of work_items",
        "work_items, column goal: 1 cell taken as empty: leads to no row of objectives or key_results",
    ]


def test_lenient_cuts_a_cycle_of_parents_and_keeps_its_rows() -> None:
    rows = [item("A", parent_id="B"), item("B", parent_id="A"), item("C", parent_id="A")]
    found = portfolio_of({"work_items": rows}, lenient=True).work_items
    assert ids(found) == ["A", "B", "C"] and found["parent_id"].isna().tolist() == [True, True, False]


def test_lenient_leaves_out_a_row_whose_key_version_or_old_plan_cannot_be_read() -> None:
    portfolio = portfolio_of(
        {
            "work_items": [item("E1")],
            "status_reports": [
                {"item_id": "E1", "at": "2026-01-05", "overall": "G", "recorded_at": "later"},
                {"item_id": "E1", "at": "2026-02-05", "overall": "R", "recorded_at": None},
            ],
            "links": [{"item_id": "E1", "goal_type": "objective", "goal_id": "O", "linked_at": "soon"}],
        },
        lenient=True,
    )
    assert portfolio.status_reports["overall"].tolist() == ["red"] and not portfolio.has("links")
    assert "links: not one row can be used, so that nothing is left of the table" in sentences(
        portfolio, "left_out"
    )


def test_when_every_item_goes_that_is_what_is_said() -> None:
    with pytest.raises(InputProblems, match=r"not one row can be used.*2 rows left out: every row must have"):
        portfolio_of({"work_items": [item(None), item(None)]}, lenient=True)


def test_lenient_leaves_out_what_needs_a_row_that_was_left_out() -> None:
    benefit = {"item_id": "E1", "metric_id": "M1", "baseline": 1, "target": 2, "due": None}
    metric = {"name": "m", "unit": "n", "kind": "outcome"}
    portfolio = portfolio_of(
        {
            "work_items": [item("E1")],
            "states": STATES,
            "transitions": [move("E1", "2026-01-02", "Todo"), move("E9", "2026-01-02", "Todo")],
            "metrics": [
                metric | {"metric_id": "M1", "direction": "sideways"},
                metric | {"metric_id": "M2", "direction": "up"},
            ],
            "observations": [{"metric_id": "M1", "at": "2026-02-01", "value": 1}],
            "benefits": [benefit | {"benefit_id": "B1"}, benefit | {"benefit_id": "B2", "item_id": "E9"}],
            "realisations": [{"benefit_id": "B2", "at": "2026-02-01", "value": 1}],
        },
        lenient=True,
    )
    assert ids(portfolio.transitions) == ["E1"] and ids(portfolio.metrics, "metric_id") == ["M2"]
    assert ids(portfolio.benefits, "benefit_id") == ["B1"] and portfolio.benefits["metric_id"].isna().all()
    assert not portfolio.has("observations") and not portfolio.has("realisations")
    told = sentences(portfolio, "left_out")
    assert "2 rows of benefits lost metric_id, which led to a row of metrics that was left out" in told
    assert "metrics, column direction: 1 row left out: expected one of increase, decrease, maintain" in told
    assert "realisations, column benefit_id: 1 row left out: leads to no row of benefits" in told


def test_lenient_keeps_the_first_of_a_repeated_key() -> None:
    portfolio = portfolio_of(
        {
            "work_items": [item("E1", title="first"), item("E1", title="second")],
            "states": STATES,
            "transitions": [move("E1", "2026-01-02", "Todo")],
        },
        lenient=True,
    )
    assert ids(portfolio.work_items, "title") == ["first"] and portfolio.has("transitions")


def test_lenient_still_refuses_what_is_not_of_a_row() -> None:
    with pytest.raises(InputProblems, match="the column is missing"):
        portfolio_of({"work_items": [{"item_id": "E1", "level": "epic", "created_at": None}]}, lenient=True)


def test_lenient_changes_nothing_where_nothing_offends() -> None:
    tables = {
        "work_items": [item("E1"), item("E2", parent_id="E1")],
        "states": STATES,
        "transitions": [move("E1", "2026-01-02", "Todo")],
    }
    strict, lenient = portfolio_of(tables), portfolio_of(tables, lenient=True)
    assert strict.notes == lenient.notes
    for name in TABLES:
        pd.testing.assert_frame_equal(strict.tables[name], lenient.tables[name])


def test_a_report_survives_the_way_between_processes() -> None:
    with pytest.raises(InputProblems) as refused:
        portfolio_of({"work_items": [item("E1", planned_cost="?")]})
    there_and_back = pickle.loads(pickle.dumps(refused.value))
    assert str(there_and_back) == str(refused.value) and there_and_back.problems == refused.value.problems


def test_an_empty_table_has_its_columns() -> None:
    assert tuple(empty_table("risks").columns) == TABLES["risks"].names


# ---- money
# ---------------------------------------------------------------------------------------------


def _money(**rows: Rows) -> dict[str, Any]:
    return {"work_items": [item("E1")], "value_streams": [{"value_stream_id": "S", "name": "S"}], **rows}


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("spend", {"period": "2026-01-01", "amount": 1, "item_id": "E1"}),
        ("risks", {"risk_id": "R", "item_id": "E1", "probability": 0.5, "impact": 1}),
        ("realisations", {"benefit_id": "B", "at": "2026-01-01", "value": 1}),
        ("budgets", {"budget_id": "B", "value_stream_id": "S", "from": "2026-01-01", "to": "2026-12-31"}),
    ],
)
def test_money_in_another_currency_is_refused_by_row(table: str, row: dict[str, Any]) -> None:
    rows = [row | {"amount": 1, "currency": "USD"}]
    told = only_problem(_money(**{table: rows}))
    assert told.startswith(f"{table}, column currency")
    assert "expected EUR, the portfolio's one currency" in told and "row 2: “USD”" in told
    assert not portfolio_of(_money(**{table: [row | {"amount": 1, "currency": "eur"}]})).tables[table].empty


def test_a_yearly_benefit_without_an_end_is_named() -> None:
    row = {"benefit_id": "B1", "item_id": "E1", "metric_id": None, "baseline": 1, "target": 2, "due": None}
    rows = [
        row | {"value_basis": "yearly"},
        row | {"benefit_id": "B2", "value_basis": "yearly", "value_until": "2027-12-31"},
        row | {"benefit_id": "B3"},
    ]
    notes = [note for note in portfolio_of(_money(benefits=rows)).notes if note.kind == "warning"]
    assert [note.rows for note in notes] == [(2,)] and "yearly without a value_until" in notes[0].sentence


def test_budgets_that_count_money_twice_are_named() -> None:
    year = {"value_stream_id": "S", "from": "2026-01-01", "to": "2026-12-31", "amount": 100}
    streams = [
        {"value_stream_id": "S", "name": "S", "parent_id": "P"},
        {"value_stream_id": "T", "name": "T", "parent_id": "P"},
        {"value_stream_id": "P", "name": "P"},
    ]
    rows = [
        year | {"budget_id": "1"},
        year | {"budget_id": "2"},
        year | {"budget_id": "3", "amount": 50},
        year | {"budget_id": "4", "value_stream_id": "T"},
        year | {"budget_id": "5", "value_stream_id": "P", "amount": 350},
        year | {"budget_id": "6", "value_stream_id": "P", "amount": 340},
    ]
    told = {
        note.rows: note.sentence
        for note in portfolio_of({"value_streams": streams, "budgets": rows}).notes
        if note.table == "budgets"
    }
    assert set(told) == {(2, 3), (6,)}
    assert "the same but for budget_id" in told[2, 3] and "the sum of its streams' below" in told[6,]
