"""What a sheet is, by its cells where its headers and its name say several things; what a single doubtful
date is; and why a sheet is not read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.importing.sheets import Rows, book, run, table
from vmo_helpers.cli.main import main

DAY = dt.date
EPICS: Rows = [
    ["Epic-ID", "Titel", "Start", "Fertig"],
    *([f"E-{n}", f"Vorhaben {n}", DAY(2026, 1, n), DAY(2026, 5, n)] for n in range(1, 9)),
]
RESULTS: Rows = [
    ["Happy", "NPS", 10, 30, 20],
    ["Happy", "CSAT", 3, 4, 3.5],
    ["Fast", "Lead time", 30, 10, 20],
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


class TestDates:
    def test_a_start_an_end_and_a_stop_are_no_board(self, tmp_path: Path, out: Path) -> None:
        rows = [[*EPICS[0], "Abgebrochen am"], *([*row, None] for row in EPICS[1:])]
        rows[2][3:] = [None, DAY(2026, 4, 2)]
        assert run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map") == 0
        assert not (out / "transitions.csv").exists() and not (out / "states.csv").exists()
        first, second, *_ = table(out, "work_items")
        assert (first["started_at"], first["finished_at"], first["cancelled_at"]) == (
            "2026-01-01",
            "2026-05-01",
            "",
        )
        assert (second["finished_at"], second["cancelled_at"]) == ("", "2026-04-02")

    def test_the_same_beside_states_is_one(self, tmp_path: Path, out: Path) -> None:
        head = ["Epic-ID", "Titel", "Idee", "In Analyse", "In Umsetzung", "Fertig", "Abgebrochen am"]
        rows = [head, *([f"E-{n}", f"V {n}", *(DAY(2026, m, n) for m in (1, 2, 3, 4)), None] for n in (1, 2))]
        rows[2][5:] = [None, DAY(2026, 4, 5)]
        assert run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map") == 0
        states = {row["state"]: row["class"] for row in table(out, "states")}
        assert states["Abgebrochen am"] == "cancelled" and len(states) == 5

    def _dates(self, slashed: str, others: int = 11) -> Rows:
        rows: list[list[Any]] = [["Epic-ID", "Titel", "Start", "Fertig"]]
        rows += [[f"E-{n}", f"V {n}", f"{n + 12}.01.2026", f"{n + 13}.05.2026"] for n in range(others)]
        return [*rows, ["E-99", "V", "14.02.2026", slashed]]

    def test_one_that_would_lie_behind_all_others_is_refused_by_name(
        self, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(book(tmp_path / "b.xlsx", Epics=self._dates("03/12/2026")), out, "--propose-map") == 3
        said = capsys.readouterr()
        assert "column Fertig: “03/12/2026” may be 2026-12-03 or 2026-03-12, no cell tells" in said.err
        assert "read with the day first" not in said.out
        assert table(out, "work_items")[-1]["finished_at"] == ""
        assert "dates =" not in (out / "map.toml").read_text(encoding="utf-8")

    @pytest.mark.parametrize(
        ("slashed", "others", "wanted"),
        [
            ("12/05/2026", 11, "2026-05-12"),  # no order puts it behind the others of its column … (12 May)
            ("03/12/2026", 3, "2026-12-03"),  # too few others to tell what lies beyond
            ("25/12/2026", 11, "2026-12-25"),  # tells itself
            ("02/01/2026", 11, "2026-02-01"),  # goes back with the day first, behind the start of its row
        ],
    )
    def test_near_misses_are_read(
        self, tmp_path: Path, out: Path, slashed: str, others: int, wanted: str
    ) -> None:
        rows = self._dates(slashed, others)
        rows[-1][2] = "15.01.2026"
        run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map")
        assert table(out, "work_items")[-1]["finished_at"] == wanted

    def test_several_that_lie_outside_all_others_tell_the_order(
        self, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows: list[list[Any]] = [["Epic-ID", "Titel", "Fertig"]]
        rows += [[f"E-{n}", f"V {n}", DAY(2026, 2 + n % 4, 20)] for n in range(12)]
        rows += [[f"F-{n}", f"W {n}", f"0{3 + n % 2}/1{n % 3}/2026"] for n in range(4)]
        assert run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map") == 0
        assert [row["finished_at"] for row in table(out, "work_items")[-4:]] == [
            "2026-03-10",
            "2026-04-11",
            "2026-03-12",
            "2026-04-10",
        ]
        told = "4 dates such as 12/03/2024 read with the month first, for otherwise 4 dates more would lie"
        assert told in capsys.readouterr().out


class TestSheets:
    @pytest.mark.parametrize(
        "head",
        [
            ["Objective", "Key Result", "Baseline", "Target", "Current"],
            ["Objective", "Key Result", "Start", "Ziel", "Aktuell"],
            ["Objective", "Key Result", "Ausgangswert", "Zielwert", "Aktuell"],
        ],
    )
    @pytest.mark.parametrize("day", [[], ["Stand"]])
    @pytest.mark.parametrize("name", ["OKRs H2 2026", "Tabelle1"])
    def test_a_value_of_today_takes_no_sheet_of_goals_away(
        self, tmp_path: Path, out: Path, head: list[str], day: list[str], name: str
    ) -> None:
        rows = [["H2 2026"], [*head, *day], *([*row, *(DAY(2026, 10, 31) for _ in day)] for row in RESULTS)]
        assert run(book(tmp_path / "b.xlsx", Epics=EPICS, **{name: rows}), out, "--propose-map") == 0
        assert [(row["objective_id"], row["title"]) for row in table(out, "objectives")] == [
            ("Happy", "Happy"),
            ("Fast", "Fast"),
        ]
        found = [(row["objective_id"], row["baseline"], row["target"]) for row in table(out, "key_results")]
        assert found == [("Happy", "10", "30"), ("Happy", "3", "4"), ("Fast", "30", "10")]
        assert [row.get("current", "") for row in table(out, "key_results")] == (
            ["20", "3.5", "20"] if day else [""] * 3
        )
        assert main(["check", str(out)]) == 0

    def test_an_objective_by_number_is_no_target(self, tmp_path: Path, out: Path) -> None:
        rows: Rows = [["Ziel", "Title"], [1, "Grow"], [2, "Save"]]
        assert run(book(tmp_path / "b.xlsx", Epics=EPICS, **{"OKRs 2026": rows}), out, "--propose-map") == 0
        found = [(row["objective_id"], row["title"]) for row in table(out, "objectives")]
        assert found == [("1", "Grow"), ("2", "Save")]

    @pytest.mark.parametrize("name", ["RAG Verlauf", "RAG-Status", "Verlauf", "Sheet1"])
    def test_colours_below_months_are_reports_whatever_the_sheet_is_called(
        self, tmp_path: Path, out: Path, name: str
    ) -> None:
        rows: Rows = [
            ["Epic-ID", "Titel", "Jan 26", "Feb 26"],
            *([f"E-{n}", "V", "grün", "rot"] for n in (1, 2)),
        ]
        assert run(book(tmp_path / "b.xlsx", Epics=EPICS, **{name: rows}), out, "--propose-map") == 0
        found = {(row["item_id"], row["at"], row["overall"]) for row in table(out, "status_reports")}
        assert found == {
            (f"E-{n}", at, colour)
            for n in (1, 2)
            for at, colour in (("2026-01-31", "green"), ("2026-02-28", "red"))
        }

    def test_amounts_below_months_are_none(self, tmp_path: Path, out: Path) -> None:
        rows: Rows = [["Epic-ID", "Titel", "Jan 26", "Feb 26"], ["E-1", "V", 10, 20], ["E-2", "V", 1, 2]]
        assert run(book(tmp_path / "b.xlsx", Epics=EPICS, Sheet1=rows), out, "--propose-map") in (0, 3)
        assert not (out / "status_reports.csv").exists()

    @pytest.mark.parametrize("name", ["Statushistorie", "History", "Sheet1"])
    @pytest.mark.parametrize(
        "head",
        [
            ["Epic-ID", "Geändert am", "Status alt", "Status neu"],
            ["Epic-ID", "Changed at", "Old status", "New status"],
            ["Epic-ID", "Datum", "Von", "Nach"],
        ],
    )
    def test_a_change_with_its_day_is_a_transition(
        self, tmp_path: Path, out: Path, name: str, head: list[str]
    ) -> None:
        rows: Rows = [
            head,
            ["E-1", DAY(2026, 1, 2), None, "Idee"],
            ["E-1", DAY(2026, 2, 2), "Idee", "Umsetzung"],
            ["E-1", DAY(2026, 3, 2), "Umsetzung", "Gestoppt"],
        ]
        assert run(book(tmp_path / "b.xlsx", Epics=EPICS, **{name: rows}), out, "--propose-map") == 0
        assert [(row["at"], row["to_state"]) for row in table(out, "transitions")] == [
            ("2026-01-02", "Idee"),
            ("2026-02-02", "Umsetzung"),
            ("2026-03-02", "Gestoppt"),
        ]
        assert {row["state"]: row["class"] for row in table(out, "states")}["Gestoppt"] == "cancelled"

    def test_months_take_the_year_of_the_sheet_and_actuals_are_no_budget(
        self, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows: Rows = [
            ["Budget by stream, T€"],
            ["Bereich", "Typ", "Jan", "Feb", "Mär", "Summe"],
            ["Handel", "Plan", 10, 20, 30, 60],
            ["Handel", "Ist", 1, 2, None, 3],
            ["Gesamt", None, 11, 22, 30, 63],
        ]
        source = book(tmp_path / "b.xlsx", Epics=EPICS, **{"Budget 2026": rows})
        assert run(source, out, "--propose-map") == 0
        (row,) = table(out, "budgets")
        assert [row[f"{name} 2026"] for name in ("Jan", "Feb", "Mär")] == ["10000", "20000", "30000"]
        assert (
            "1 row of actuals left out of budgets (b.xlsx, sheet Budget 2026, row 4)"
            in capsys.readouterr().out
        )
        assert main(["check", str(out)]) == 0

    def test_months_of_no_year_or_of_two_are_none(
        self, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows: Rows = [["Stream", "Jan", "Feb", "Mar"], ["Retail", 1, 2, 3]]
        source = book(tmp_path / "b.xlsx", Epics=EPICS, Budget=rows, **{"Budget 2025-2026": rows})
        assert run(source, out, "--propose-map") == 0
        assert not (out / "budgets.csv").exists()
        told = capsys.readouterr().out
        assert "2 sheets not read (Budget, Budget 2025-2026)" in told
        assert "sheet Budget: its columns Jan, Feb, Mar are of no single year" in told

    def test_each_sheet_says_why_it_is_not_the_table_that_is_wanted(
        self, tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        source = book(tmp_path / "b.xlsx", Epics=EPICS, Legende=[["grün = im Plan"], ["gelb"]])
        assert run(source, out, "--table", "status_reports", "--propose-map") in (2, 3)
        told = capsys.readouterr().err
        assert "sheet Legende: no header means a column of status_reports" in told
        assert "sheet Epics: looks like status_reports, but no column says at, overall" in told

    def test_kinds_of_value_in_german_are_guessed_and_the_map_says_so(
        self, tmp_path: Path, out: Path
    ) -> None:
        rows: Rows = [["Epic-ID", "Nutzen", "Kategorie"], ["E-1", "A", "Umsatz"], ["E-2", "B", "Kosten"]]
        assert run(book(tmp_path / "b.xlsx", Epics=EPICS, Nutzenregister=rows), out, "--propose-map") == 0
        assert [row["value_type"] for row in table(out, "benefits")] == ["revenue", "cost"]
        assert 'Umsatz = "revenue"' in (out / "map.toml").read_text(encoding="utf-8")
