"""No number is changed in silence: it is the one that was written, or the cell is refused."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmo_helpers.contract.cells import numbers
from vmo_helpers.contract.problems import InputProblems
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.sources import delimited
from vmo_helpers.tables import assemble, portfolio_of
from vmo_helpers.tables.raw import Raw, column_of

ITEM = {"title": "t", "level": "epic", "created_at": "2026-01-05"}


def items(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"item_id": f"E{place}"} | ITEM | row for place, row in enumerate(rows, start=1)]


def refused(tables: dict[str, Any]) -> str:
    with pytest.raises(InputProblems) as error:
        portfolio_of(tables)
    return str(error.value)


def from_csv(name: str, text: str, **others: str) -> Portfolio:
    raws = [
        delimited.read(one.encode(), table, f"{table}.csv").raw
        for table, one in ({name: text} | others).items()
    ]
    return assemble(raws, Settings(timezone="Europe/Berlin"))


# ---- typed cells
# ---------------------------------------------------------------------------------------------------


def test_a_typed_number_has_one_reading_whatever_texts_stand_beside_it() -> None:
    found = portfolio_of(
        {
            "work_items": items(
                {"planned_cost": 1.234, "scope_planned": "0,5", "cost_of_delay_per_week": 12.75},
                {"planned_cost": 20.125, "scope_planned": "12,25", "cost_of_delay_per_week": "2.500"},
            )
        }
    ).work_items
    assert found["planned_cost"].tolist() == [1.234, 20.125]
    assert found["scope_planned"].tolist() == [0.5, 12.25]
    assert found["cost_of_delay_per_week"].tolist() == [12.75, 2500.0]  # a text, and the texts say commas


def test_a_typed_target_beside_a_decimal_comma_is_that_target() -> None:
    results = [
        {"kr_id": "K1", "objective_id": "O", "title": "a", "baseline": "0,5", "target": 0.1},
        {"kr_id": "K2", "objective_id": "O", "title": "b", "baseline": 1, "target": 2.125},
    ]
    objectives = [{"objective_id": "O", "title": "o", "from": "2026-01-01", "to": "2026-12-31"}]
    found = portfolio_of({"objectives": objectives, "key_results": results}).key_results
    assert found["target"].tolist() == [0.1, 2.125] and found["baseline"].tolist() == [0.5, 1.0]


def test_typed_numbers_among_texts_are_keys_by_their_digits_and_dates_by_their_days() -> None:
    found = portfolio_of(
        {
            "work_items": [
                {"item_id": 1001.0} | ITEM | {"created_at": 46025},
                {"item_id": "E-2"} | ITEM | {"created_at": "2026-01-03", "parent_id": 1001},
                {"item_id": 1.234} | ITEM | {"created_at": 20260104},
            ]
        }
    ).work_items
    assert found["item_id"].tolist() == ["1001", "E-2", "1.234"]
    assert [str(day.date()) for day in found["created_at"]] == ["2026-01-03", "2026-01-03", "2026-01-04"]
    assert found["parent_id"].tolist()[1] == "1001"


def test_whole_numbers_beyond_a_float_are_keys_with_all_their_digits() -> None:
    wide = pa.array([None, 12345678901234567890], pa.decimal128(38, 2))
    raw = Raw(
        "work_items",
        {
            "item_id": pa.array([9007199254740993, 9007199254740995], pa.int64()),
            "title": pa.array(["a", "b"], pa.large_string()),
            "level": pa.array(["epic", "epic"], pa.large_string()),
            "created_at": pa.nulls(2),
            "parent_id": pa.nulls(2),
            "release": wide,
        },
        np.array([2, 3]),
    )
    found = assemble([raw], Settings()).work_items
    assert found["item_id"].tolist() == ["9007199254740993", "9007199254740995"]
    assert found["release"].tolist()[1] == "12345678901234567890"


cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.decimals(allow_nan=False, allow_infinity=True),
    st.sampled_from(
        ["0,5", "1.234", "1,234", "12.75", "1.234,5", "70 %", "#N/A", "x", " ", "\uffff", "\x1b[2J"]
    ),
    st.text(max_size=6),
)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=12))
def test_a_cell_that_was_typed_as_a_number_is_that_number_or_refused(rows: list[tuple[Any, Any]]) -> None:
    raw = Raw(
        "work_items",
        {
            "item_id": pa.array([f"E{place}" for place in range(len(rows))], pa.large_string()),
            "title": column_of([row[1] for row in rows]),
            "level": pa.array(["epic"] * len(rows), pa.large_string()),
            "created_at": column_of([row[1] for row in rows]),
            "cost_of_delay_per_week": column_of([row[0] for row in rows]),
        },
        np.arange(2, len(rows) + 2),
    )
    found = assemble([raw], Settings(), lenient=True).work_items["cost_of_delay_per_week"]
    for (given_, _), read in zip(rows, found, strict=True):
        if given_ is None or isinstance(given_, bool | str):
            continue
        if math.isnan(float(given_)):
            assert math.isnan(read)
        else:
            assert read == float(given_) or (math.isinf(float(given_)) and math.isnan(read))


# ---- texts
# -------------------------------------------------------------------------------------------------------


def written(number: float, mark: str, group: str, places: int) -> str:
    return f"{number:,.{places}f}".replace(",", "_").replace(".", mark).replace("_", group)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(-(10**10), 10**10).map(lambda n: n / 1000), min_size=1, max_size=20),
    st.sampled_from([(".", ","), (",", "."), (".", ""), (",", ""), (",", " "), (".", "'"), (",", "\u00a0")]),
    st.sampled_from([0, 1, 2, 3]),
    st.sampled_from([",", ";", "\t"]),
)
def test_numbers_of_any_country_come_back_or_are_refused(
    values: list[float], marks: tuple[str, str], places: int, separator: str
) -> None:
    mark, group = marks
    texts = [written(value, mark, group, places) for value in values]
    lines = [
        f'E{row}{separator}t{separator}epic{separator}{separator}"{text}"' for row, text in enumerate(texts)
    ]
    header = separator.join(["item_id", "title", "level", "created_at", "cost_of_delay_per_week"])
    try:
        found = from_csv("work_items", "\n".join([header, *lines])).work_items["cost_of_delay_per_week"]
    except InputProblems as problems:
        assert "could be two numbers" in str(problems)
        return
    # without any certain cell, and among commas, "1.234" is a decimal by the contract: that alone may differ
    usual = (
        separator == "," and group == "." and not any(mark in text or text.count(".") > 1 for text in texts)
    )
    if not usual:
        assert found.tolist() == pytest.approx([round(value, places) for value in values])


def test_commas_in_one_column_and_points_in_another_contradict_each_other() -> None:
    told = refused(
        {
            "work_items": items(
                {"planned_cost": "1.234", "scope_planned": "0,5", "cost_of_delay_per_week": "12.75"},
                {"planned_cost": "20.125", "scope_planned": "12,25", "cost_of_delay_per_week": "3.5"},
            )
        }
    )
    assert "column planned_cost: could be two numbers" in told
    assert "row 2: “1.234”" in told and "row 3: “20.125”" in told and "1 problem" in told


@pytest.mark.parametrize(("certain", "value"), [("12,5", 1234.0), ("12.5", 1.234)])
def test_a_percentage_tells_how_decimals_are_marked_too(certain: str, value: float) -> None:
    tables = {"risks": [{"risk_id": "R1", "item_id": "E1", "probability": f"{certain} %", "impact": "1.234"}]}
    assert portfolio_of(tables).risks["impact"].tolist() == [value]


def test_old_values_of_plans_are_read_as_the_tables_that_they_speak_of() -> None:
    header = "item_id;title;level;created_at;planned_cost;scope_planned\n"
    changes = "table;key;column;changed_at;old_value\nwork_items;E1;planned_cost;2026-02-01;1.234\n"
    german = from_csv("work_items", header + "E1;t;epic;;2.000;0,5\n", plan_changes=changes)
    assert german.work_items["planned_cost"].tolist() == [2000.0]
    assert german.plan_changes["old_value"].tolist() == ["1234.0"]
    commas = changes.replace(";", ",")
    with pytest.raises(InputProblems, match="old_value: could be two numbers"):
        from_csv("work_items", header + "E1;t;epic;;2.000;0,5\n", plan_changes=commas)


def test_a_current_value_is_read_as_the_numbers_beside_it() -> None:
    objectives = "objective_id;title;from;to\nO;o;2026-01-01;2026-12-31\n"
    results = (
        "kr_id;objective_id;title;baseline;target;current;current_at\nK;O;k;0,5;2.000;1.234;2026-03-01\n"
    )
    more = "kr_id,at,value\nK,2026-02-01,1.5\n"
    found = from_csv("objectives", objectives, key_results=results, checkins=more)
    assert found.checkins["value"].tolist() == [1.5, 1234.0]
    with pytest.raises(InputProblems, match="column value: could be two numbers"):
        from_csv("objectives", objectives, key_results=results.replace("0,5", "5").replace("2.000", "9"))


# ---- months
# ------------------------------------------------------------------------------------------------------


LANGUAGES = {
    "de": "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "de long": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "no": "jan feb mars apr mai juni juli aug sep okt nov des",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["{} 2026", "{}-26", "2026 {}"])
def test_months_of_other_languages_are_months(language: str, form: str) -> None:
    months = LANGUAGES[language].split()
    spend = {"item_id": "E1"} | {form.format(month): 100 for month in months}
    found = portfolio_of({"work_items": items({}), "spend": [spend]}).spend
    assert found["amount"].sum() == 1200.0
    assert found["period"].dt.month.tolist() == list(range(1, 13))


@pytest.mark.parametrize(
    "header", ["Grudzień 2026", "Q1 2026", "Listopad-26", "2026 kwi", "Decision 2026", "Mayor 26"]
)
def test_a_column_of_numbers_of_a_year_beside_months_is_never_lost(header: str) -> None:
    told = refused({"work_items": items({}), "spend": [{"item_id": "E1", "2026-01": 100, header: 100}]})
    assert f"column {header}: holds numbers of a year beside columns of months" in told


@pytest.mark.parametrize("header", ["Margin 2026", "Total 2026", "Summe 2026", "Comment 2026"])
def test_a_margin_is_no_month(header: str) -> None:
    cell: Any = "none" if "Comment" in header else 100
    found = portfolio_of({"work_items": items({}), "spend": [{"item_id": "E1", "Mar 2026": 7, header: cell}]})
    assert found.spend["amount"].tolist() == [7.0]
    assert any(header in note.sentence for note in found.notes if note.kind == "unknown_column")


def test_one_month_twice_is_refused() -> None:
    told = refused({"work_items": items({}), "spend": [{"item_id": "E1", "2026-01": 1, "Jan 2026": 1}]})
    assert "column 2026-01: names the same month as Jan 2026" in told


@pytest.mark.parametrize(
    "cell", ["31 Okt 2026", "31. Oktober 2026", "31 oct. 2026", "Oct 31, 2026", "31 ott 2026"]
)
def test_a_day_may_name_its_month_in_another_language(cell: str) -> None:
    found = portfolio_of({"work_items": items({"planned_end": cell})}).work_items
    assert str(found["planned_end"].iloc[0].date()) == "2026-10-31"


def test_a_word_that_begins_as_a_month_is_none() -> None:
    assert "expected a day" in refused({"work_items": items({"planned_end": "5 Marble 2026"})})


# ---- rows that are none
# ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["Total", "TOTAL:", "Summe", "Grand total", "Sous-total"])
def test_a_row_of_totals_is_named_and_not_added(word: str) -> None:
    rows = [*items({"planned_cost": 10}), {"item_id": word, "planned_cost": 10}]
    told = refused({"work_items": rows})
    assert "column item_id: is a row of totals: take it out" in told and f"row 3: “{word}”" in told
    assert len(portfolio_of({"work_items": rows}, lenient=True).work_items) == 1


def test_totals_of_spend_by_month_are_named_and_not_added() -> None:
    rows = [{"value_stream_id": "A", "2026-01": 5}, {"value_stream_id": "Total", "2026-01": 5}]
    assert "value_stream_id: is a row of totals" in refused({"spend": rows})
    assert portfolio_of({"spend": rows, "work_items": items({})}, lenient=True).spend["amount"].tolist() == [
        5.0
    ]


def test_an_item_named_total_that_is_described_is_an_item() -> None:
    assert len(portfolio_of({"work_items": [{"item_id": "Total"} | ITEM]}).work_items) == 1


# ---- spreadsheets' errors
# ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?", "#BEZUG!", "#VALEUR!", "#¡REF!", "#SPILL!"])
@pytest.mark.parametrize(
    "column", ["title", "value_stream_id", "planned_cost", "planned_end", "horizon", "item_id"]
)
def test_a_spreadsheets_error_is_refused_in_every_kind_of_column(error: str, column: str) -> None:
    told = refused({"work_items": [*items({}), {"item_id": "E9"} | ITEM | {column: error}]})
    assert f"column {column}: is a spreadsheet's error" in told and f"row 3: “{error}”" in told
    assert told.count("row 3") == 1


def test_an_error_in_a_column_that_the_contract_does_not_know_does_no_harm() -> None:
    assert len(portfolio_of({"work_items": items({"colour": "#N/A"})}).work_items) == 1


# ---- every table, whatever it lacks
# -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_table_without_a_column_that_it_must_have_is_refused_or_read(table: str) -> None:
    """Nothing but a report comes of it."""
    every = {
        name: [{column.name: _sample(column.name) for column in TABLES[name].columns}]
        for name in {"work_items", "states", "transitions", table}
    }
    for column in (column for column in TABLES[table].columns if column.required):
        rows = [{name: cell for name, cell in row.items() if name != column.name} for row in every[table]]
        try:
            portfolio_of(every | {table: rows})
        except InputProblems as problems:
            assert problems.problems


def _sample(column: str) -> str:
    known = {"level": "epic", "class": "active", "state": "Doing", "to_state": "Doing", "at": "2026-01-05"}
    return known.get(column, "1")


def test_states_without_their_state_are_refused_by_name() -> None:
    tables = {
        "work_items": items({}),
        "states": [{"level": "epic", "class": "active"}, {"level": None, "class": "done"}],
        "transitions": [{"item_id": "E1", "at": "2026-01-06", "to_state": "Doing"}],
    }
    assert "states, column state: the column is missing" in refused(tables)


def test_decimals_of_a_column_of_typed_cells_alone_tell_nothing() -> None:
    typed = column_of([1.234, "7", None])
    assert numbers.convention([typed], commas_likely=True) == numbers.Decimals(None)
    assert pd.isna(numbers.numbers(typed, numbers.Decimals(None))[0][2])
