"""Registers as offices keep them: colours dated by a title, amounts of a year or each year, a sum without a
name below."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.importing.sheets import Rows, book, run, table
from vmo_helpers.cli.main import main
from vmo_helpers.sources.importing import amounts, readings

HEADER = ["Initiative", "Value stream", "RAG", "Budget (£k)", "Approved", "Kick-off", "Live", "Spent to date"]


def _tracker(title: str) -> Rows:
    rows = [
        [f"Initiative {n}", "Stores", rag, 100 + n, date(2026, 1, n), date(2026, 2, n), None, 50]
        for n, rag in enumerate(("G", "Amber – late", "R", None, "grün/gelb", "Green"), start=1)
    ]
    return [
        [title],
        [],
        HEADER,
        *rows,
        [None, None, None, 621, None, None, None, 300],
        ["RAG: G is on track"],
    ]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def test_colours_of_a_status_list_are_reports_of_the_day_that_its_title_names(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = book(tmp_path / "b.xlsx", Tracker=_tracker("Weekly tracker, as of 27/10/2026"))
    assert run(source, out, "--propose-map") == 0
    reports = [(row["item_id"], row["at"], row["overall"]) for row in table(out, "status_reports")]
    assert reports == [
        ("Initiative 1", "2026-10-27", "green"),
        ("Initiative 2", "2026-10-27", "amber"),
        ("Initiative 3", "2026-10-27", "red"),
        ("Initiative 5", "2026-10-27", "green_amber"),
        ("Initiative 6", "2026-10-27", "green"),
    ]
    items = table(out, "work_items")
    assert [row["planned_cost"] for row in items[:2]] == ["101000", "102000"]
    assert len(items) == 6
    told = capsys.readouterr().out
    assert "1 row of totals left out (b.xlsx, sheet Tracker, row 10)" in told
    assert "not read: Spent to date (b.xlsx, sheet Tracker)" in told
    assert main(["check", str(out)]) == 0
    later = book(tmp_path / "b.xlsx", Tracker=_tracker("Weekly tracker, as of 30/11/2026"))
    assert run(later, out) == 0
    assert {row["at"] for row in table(out, "status_reports")} == {"2026-11-30"}
    undated = book(tmp_path / "b.xlsx", Tracker=_tracker("Weekly tracker"))
    assert run(undated, out) == 2
    assert "no title above the header names one day" in capsys.readouterr().err


def test_colours_that_nothing_dates_are_named_with_what_to_do_and_that_works(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = book(tmp_path / "b.xlsx", Tracker=_tracker("Weekly tracker"))
    assert run(source, out, "--propose-map") == 0
    told = capsys.readouterr().out
    assert "sheet Tracker: RAG says how things are, but no title above the header says on which day" in told
    assert not (out / "status_reports.csv").exists()
    section = '[tables.status_reports]\nsheet = "Tracker"\nfixed = { at = "2026-10-27" }\n'
    (out / "map.toml").write_text((out / "map.toml").read_text(encoding="utf-8") + section, encoding="utf-8")
    run(source, out, "--propose-map")
    assert len(table(out, "status_reports")) == 5
    assert len(table(out, "work_items")) == 6


def test_a_last_row_with_a_name_is_an_item(tmp_path: Path, out: Path) -> None:
    rows = _tracker("As of 27/10/2026")
    rows = [*rows[:-2], ["Initiative 7", None, None, 621, None, None, None, 300]]
    assert run(book(tmp_path / "b.xlsx", Tracker=rows), out, "--propose-map") == 0
    assert len(table(out, "work_items")) == 7


def test_a_budget_whose_header_names_its_year(tmp_path: Path, out: Path) -> None:
    rows: Rows = [
        ["Wertstrom", "Budget 2026 (T€)", "davon Invest (T€)", "Ist per 30.09. (T€)"],
        ["Filiale", "1.800", 600, 900],
        ["Online", 2400, 700, 800],
        ["Gesamt", 4200, 1300, 1700],
    ]
    assert run(book(tmp_path / "b.xlsx", Budget=rows, Tracker=_tracker("")), out, "--propose-map") == 0
    assert [
        (row["value_stream_id"], row["amount"], row["from"], row["to"]) for row in table(out, "budgets")
    ] == [
        ("Filiale", "1800000", "2026-01-01", "2026-12-31"),
        ("Online", "2400000", "2026-01-01", "2026-12-31"),
    ]


def test_a_benefit_that_comes_each_year_from_its_start_on(tmp_path: Path, out: Path) -> None:
    rows: Rows = [
        ["Nutzen-ID", "Vorhaben", "Nutzenart", "Start", "Plan p.a. (T€)", "Nutzenverantwortlich"],
        ["N1", "Initiative 1", "Einsparung", date(2026, 7, 1), "1.050", "Leitung Vertrieb"],
        ["N2", "Initiative 2", "Umsatz", date(2026, 8, 1), 120, "CFO"],
    ]
    assert (
        run(book(tmp_path / "b.xlsx", Nutzenregister=rows, Tracker=_tracker("")), out, "--propose-map") == 0
    )
    read = [
        (row["planned_value"], row["value_basis"], row["due"], row["value_type"])
        for row in table(out, "benefits")
    ]
    assert read == [
        ("1050000", "yearly", "2026-07-01", "cost"),
        ("120000", "yearly", "2026-08-01", "revenue"),
    ]


def test_a_due_day_of_its_own_is_not_the_start(tmp_path: Path, out: Path) -> None:
    rows: Rows = [
        ["Benefit", "Initiative", "Start", "Due", "Planned benefit"],
        ["B1", "Initiative 1", date(2026, 7, 1), date(2026, 12, 31), 100],
    ]
    assert run(book(tmp_path / "b.xlsx", Benefits=rows, Tracker=_tracker("")), out, "--propose-map") == 0
    assert [(row["due"], row.get("value_basis", "")) for row in table(out, "benefits")] == [
        ("2026-12-31", "")
    ]


@pytest.mark.parametrize("header", ["Actual p.a.", "Plan", "Ist p.a.", "Papa", "Owner p.a."])
def test_headers_that_say_nothing_of_what_is_planned_each_year(header: str) -> None:
    assert amounts.planned([header]) is None


def test_of_two_years_of_budgets_none_is_taken() -> None:
    assert amounts.of_a_year(["Budget 2026", "Budget 2027"]) is None
    assert amounts.of_a_year(["Stand 2026"]) is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("OKRs FY26 H2", "2026-07-01", "2026-12-31"),
        ("OKRs Q4/26", "2026-10-01", "2026-12-31"),
        ("H1 2026", "2026-01-01", "2026-06-30"),
        ("2026 Q3", "2026-07-01", "2026-09-30"),
    ],
)
def test_periods_in_names(text: str, first: str, last: str) -> None:
    assert readings.span_named(text) == (first, last)


@pytest.mark.parametrize("text", ["Stand 26.10.2026", "2026-10-26", "Version 26", "Q5 26", "OKRs"])
def test_days_and_numbers_are_no_periods(text: str) -> None:
    assert readings.span_named(text) is None


@pytest.mark.parametrize(("text", "factor"), [("Budget (£k)", 1e3), ("figures in £k unless stated", 1e3)])
def test_scales_behind_a_currency(text: str, factor: float) -> None:
    assert readings.factor_in(text) == factor
    assert readings.factor_in(text.replace("£k", "£key")) == 0


def test_a_value_of_today_has_the_day_of_the_title_or_is_named(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = ["Ziel", "Schlüsselergebnis", "Startwert", "Zielwert", "Aktuell"]
    rows: Rows = [["OKRs Q4 2026, Stand 26.10.2026"], header, ["Grow", "More", 1, 5, 2]]
    assert run(book(tmp_path / "b.xlsx", OKR=rows, Tracker=_tracker("")), out, "--propose-map") == 0
    result = table(out, "key_results")[0]
    assert (result["baseline"], result["current"], result["current_at"]) == ("1", "2", "2026-10-26")
    assert result["from"] == "2026-10-01"
    rows = [["OKRs Q4 2026"], [*header, "Stand"], ["Grow", "More", 1, 5, 2, date(2026, 10, 20)]]
    rows += [["Save", "Less", 9, 5, 7, None]]
    (out / "map.toml").unlink()
    assert run(book(tmp_path / "b.xlsx", OKR=rows, Tracker=_tracker("")), out, "--propose-map") == 3
    assert "row 4, column Aktuell: “7” without a day (the cell is empty)" in capsys.readouterr().err
    assert main(["check", str(out)]) == 0


def test_colours_below_days_whose_year_the_sheet_names(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: Rows = [["Initiative", "30-Jun", "31-Jul", "31-Aug"], ["Initiative 1", "G", "A", None]]
    source = book(tmp_path / "b.xlsx", **{"RAG history 2026": rows, "Tracker": _tracker("")})
    assert run(source, out, "--propose-map") == 0
    assert [(row["at"], row["overall"]) for row in table(out, "status_reports")] == [
        ("2026-06-30", "green"),
        ("2026-07-31", "amber"),
    ]
    source = book(tmp_path / "b.xlsx", **{"RAG history": rows, "Tracker": _tracker("")})
    (out / "map.toml").unlink()
    assert run(source, out, "--propose-map") == 0
    told = capsys.readouterr().out
    assert "sheet RAG history: its columns 30-Jun, 31-Jul, 31-Aug are of no single year" in told
