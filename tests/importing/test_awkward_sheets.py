"""Awkward exports: nothing is lost without a word, nothing doubled, nobody named, one clear message each."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.importing.sheets import Rows, book, run, table
from vmo_helpers.cli.main import main
from vmo_helpers.sources.importing.people import is_role, masked

HEAD = ["Epic-ID", "Name", "Registered on", "In analysis", "In build", "Done"]


def _rows(count: int = 4, letter: str = "E") -> list[list[Any]]:
    first = dt.date(2025, 1, 6)
    return [
        [f"{letter}-{n}", f"Epic {n}", *(first + dt.timedelta(7 * n + day) for day in (0, 10, 30, 80))]
        for n in range(1, count + 1)
    ]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _whole(out: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in out.iterdir() if path.is_file())


def test_two_header_rows_merged_streams_totals_and_people(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[list[Any]] = [
        ["Portfolio 2025"],
        ["Item", None, None, "People", None, "Dates"],
        ["Stream", "Epic-ID", "Name", "Owner", "Mail of sponsor", *HEAD[2:]],
    ]
    rows += [
        ["Retail" if not place else None, *row[:2], "Anna Schmidt", "anna@corp.com", *row[2:]]
        for place, row in enumerate(_rows())
    ]
    rows.append(["Total", None, None, None, None, None, None, None, 4])
    merged = [("Epics", "A4:A7"), ("Epics", "F2:I2")]
    assert run(book(tmp_path / "b.xlsx", merged, Epics=rows), out, "--propose-map") == 0
    assert [row["value_stream_id"] for row in table(out, "work_items")] == ["Retail"] * 4
    assert len(table(out, "transitions")) == 12
    told = capsys.readouterr().out
    assert "1 row of totals left out (b.xlsx, sheet Epics, row 8)" in told
    assert "not read: Owner, Mail of sponsor (b.xlsx, sheet Epics)" in told
    assert "Anna" not in _whole(out) and "@" not in _whole(out)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_semicolons_encodings_local_dates_and_words_for_not_yet(
    tmp_path: Path, out: Path, encoding: str
) -> None:
    head = ["Nr.", "Bezeichnung", "Angelegt am", "Fällig am", "In Prüfung", "In Umsetzung", "Fertig"]
    rows = [
        [n, f"Größe {n}", f"0{n}.01.2025", f"0{n}.12.2025", f"0{n}. Feb. 2025", f"0{n}.03.25", "offen"]
        for n in range(1, 5)
    ]
    rows[0][-1] = "01. Mai 2025"
    with (tmp_path / "Vorhaben.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *rows])
    assert run(tmp_path / "Vorhaben.csv", out, "--propose-map") == 0
    assert [row["title"] for row in table(out, "work_items")] == [f"Größe {n}" for n in range(1, 5)]
    assert table(out, "work_items")[1]["planned_end"] == "2025-12-02"
    moves = [(row["item_id"], row["at"], row["to_state"]) for row in table(out, "transitions")]
    assert moves[:4] == [
        ("1", "2025-02-01", "In Prüfung"),
        ("1", "2025-03-01", "In Umsetzung"),
        ("1", "2025-05-01", "Fertig"),
        ("2", "2025-02-02", "In Prüfung"),
    ]
    assert len(moves) == 9


def test_decimal_marks_that_each_cell_tells_are_read_beside_one_another(tmp_path: Path, out: Path) -> None:
    rows = [["Month", "Epic", "Cost"], ["2025-01", "E-1", "1.234,56"], ["2025-02", "E-1", "1,234.56"]]
    with (tmp_path / "spend.csv").open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(rows)
    assert run(tmp_path / "spend.csv", out, "--propose-map") == 0
    assert [row["amount"] for row in table(out, "spend")] == ["1234.56", "1234.56"]


def test_a_workbook_that_counts_days_from_1904(tmp_path: Path, out: Path) -> None:
    whole = openpyxl.Workbook()
    whole.epoch = CALENDAR_MAC_1904
    sheet = whole.active
    sheet.title = "Epics"
    for row in [HEAD, *_rows()]:
        sheet.append(row)
    whole.save(tmp_path / "b.xlsx")
    assert run(tmp_path / "b.xlsx", out, "--propose-map") == 0
    assert table(out, "work_items")[0]["created_at"] == "2025-01-13"
    assert table(out, "transitions")[0]["at"] == "2025-01-23"


def test_hidden_sheets_are_told_and_taken_only_where_the_map_names_them(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = book(
        tmp_path / "b.xlsx", Epics=[HEAD, *_rows()], Old=[HEAD, *_rows(2, "O")], Lists=[["Status"], ["Open"]]
    )
    whole = openpyxl.load_workbook(source)
    whole["Old"].sheet_state, whole["Lists"].sheet_state = "hidden", "veryHidden"
    whole["Epics"].row_dimensions[3].hidden = True
    whole.save(source)
    assert run(source, out, "--propose-map") == 0
    assert "2 sheets not read (Old (hidden), Lists (hidden))" in capsys.readouterr().out
    assert [row["item_id"] for row in table(out, "work_items")] == ["E-1", "E-2", "E-3", "E-4"]
    text = (out / "map.toml").read_text(encoding="utf-8").replace('sheet = "Epics"', 'sheet = "Old"')
    (out / "map.toml").write_text(text, encoding="utf-8")
    assert run(source, out) == 0
    assert [row["item_id"] for row in table(out, "work_items")] == ["O-1", "O-2"]


def test_a_column_of_formulas_without_values_is_named_and_not_dropped_without_a_word(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = openpyxl.Workbook()
    sheet = whole.active
    sheet.title = "Epics"
    sheet.append(HEAD)
    for place, row in enumerate(_rows(), start=2):
        sheet.append([*row[:3], f"=C{place}+10", *row[4:]])
    whole.save(tmp_path / "b.xlsx")
    assert run(tmp_path / "b.xlsx", out, "--propose-map") == 3
    told = capsys.readouterr().err
    assert (
        "sheet Epics, column In analysis: 4 cells, each of which is a formula whose value was never" in told
    )
    assert {row["to_state"] for row in table(out, "transitions")} == {"In build", "Done"}


def test_what_may_name_a_person_is_not_written_until_the_map_is_confirmed(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets: dict[str, Rows] = {
        "Decisions": [
            ["No", "Date", "Question", "Decided by", "Owner"],
            ["D1", "2025-02-03", "Stop it? Ask maria@corp.com", "Maria Lopez", "Head of retail"],
            ["D2", "2025-02-04", "Fund it?", "CFO", "Lee"],
        ],
        "RAG": [
            ["Project", "Reported by", "Date", "RAG", "Comment"],
            ["A", "Kim Park", "2025-02-03", "red", "kim@x.org"],
        ],
    }
    source = book(tmp_path / "b.xlsx", **sheets)
    assert run(source, out, "--propose-map") == 0
    told = capsys.readouterr().out
    assert "1 cell of decided_by left empty, since a person may be named there" in told
    assert [(row["decided_by"], row["owner"]) for row in table(out, "decisions")] == [
        ("", "Head of retail"),
        ("CFO", ""),
    ]
    assert not any(one in _whole(out) for one in ("Maria", "Lee", "Kim", "@"))
    text = (out / "map.toml").read_text(encoding="utf-8")
    (out / "map.toml").write_text(
        "\n".join(line for line in text.splitlines() if not line.startswith("guess"))
    )
    assert run(source, out) == 0
    assert [row["decided_by"] for row in table(out, "decisions")] == ["Maria Lopez", "CFO"]
    assert "@" not in _whole(out)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("CFO", True),
        ("PMO", True),
        ("Head of Retail", True),
        ("Leiter Vertrieb", True),
        ("Maria Lopez", False),
        ("Anna", False),
        ("Dr. J. Müller", False),
        ("Steering committee", True),
        ("General Counsel", True),
        ("Participatory forum", True),
    ],
)
def test_a_role_is_told_from_a_name(text: str, role: bool) -> None:
    assert is_role(text) is role
    assert masked(f"{text} <a.b@c.org>, d@e.fr") == f"{text} …, …"


def test_an_okr_sheet_with_start_values_today_and_a_period_in_its_name(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["Objective", "Key result", "Start", "Target", "Current", "As of"],
        ["Grow", "Orders up", 100, "150", "120", "2025-08-01"],
        [None, "Churn down", "12,5 %", "5 %", "8 %", "2025-08-01"],
        ["Save", "Cost down", "a lot", "less", None, None],
    ]
    source = book(tmp_path / "b.xlsx", [("OKRs Q3 2025", "A2:A3")], **{"OKRs Q3 2025": rows})
    assert run(source, out, "--propose-map") == 3
    found = [
        (row["title"], row["baseline"], row["target"], row["current"], row["current_at"])
        for row in table(out, "key_results")
    ]
    assert found == [
        ("Orders up", "100", "150", "120", "2025-08-01"),
        ("Churn down", "12.5", "5", "8", "2025-08-01"),
    ]
    assert {(row["from"], row["to"]) for row in table(out, "objectives")} == {("2025-07-01", "2025-09-30")}
    told = capsys.readouterr().err
    assert "column Start: “a lot”" in told and "row 4: key_results.csv, column type: 1 row left out" in told


_OKR = ["Objective", "Key result", "Baseline", "Target", "Current", "As of", "Due date", "Confidence"]


def test_a_due_day_is_the_end_of_a_key_results_period(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ["Grow", "More", 2, 3, 2.4, "2026-10-20", "2026-12-31", "70 %"]
    rows = [_OKR, first, ["Grow", "Better", 3.9, 4.5, 4.1, "2026-10-20", "2027-06-30", "50 %"]]
    assert run(book(tmp_path / "b.xlsx", OKRs=rows), out, "--propose-map") == 0
    assert [(row["objective_id"], row["to"]) for row in table(out, "objectives")] == [("Grow", "2027-06-30")]
    found = table(out, "key_results")
    assert [row["to"] for row in found] == ["2026-12-31", "2027-06-30"] and "from" not in found[0]
    assert [row["confidence"] for row in found] == ["0.7", "0.5"]
    capsys.readouterr()
    main(["check", str(out)])
    assert "1 objective does not say when it began (from): taken as begun" in capsys.readouterr().out


def test_the_period_of_a_title_tells_the_begin_where_due_days_tell_the_end(tmp_path: Path, out: Path) -> None:
    rows = [["OKRs Q4 2026"], _OKR, ["Grow", "More", 2, 3, 2.4, "2026-10-20", "2026-12-15", "70 %"]]
    assert run(book(tmp_path / "b.xlsx", OKRs=rows), out, "--propose-map") == 0
    for name in ("objectives", "key_results"):
        assert [(row["from"], row["to"]) for row in table(out, name)] == [("2026-10-01", "2026-12-15")]


def test_goals_of_which_nobody_says_a_period_are_read_without_an_end(tmp_path: Path, out: Path) -> None:
    rows = [_OKR[:6], ["Grow", "More", 2, 3, 2.4, "2026-10-20"]]
    assert run(book(tmp_path / "b.xlsx", OKRs=rows), out, "--propose-map") == 0
    assert [row["to"] for row in table(out, "objectives")] == ["9999-12-31"]
    assert len(table(out, "key_results")) == 1 and 'to = "9999-12-31"' in (out / "map.toml").read_text()


def test_an_objective_of_two_quarters_holds_in_both(tmp_path: Path, out: Path) -> None:
    rows = [["Objective", "Key result", "Baseline", "Target", "Quarter"], ["Grow", "Better", 1, 2, "Q1 2027"]]
    rows += [["Grow", "More", 2, 3, "Q4 2026"]]
    assert run(book(tmp_path / "b.xlsx", OKRs=rows), out, "--propose-map") == 0
    assert [(row["from"], row["to"]) for row in table(out, "objectives")] == [("2026-10-01", "2027-03-31")]


def test_months_beside_quarters_and_totals_are_counted_once(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["Spend 2025, all figures in k€"],
        ["Stream", "Jan 25", "Feb 25", "Mar 25", "Q1", "Total"],
        ["Retail", "1.200,50", "(300)", "€ 400", "1.300,50", "1.300,50"],
        ["Sum", None, None, None, None, None],
    ]
    items = [["ID", "Name", "Created"], ["E1", "One", "2025-01-01"]]
    assert run(book(tmp_path / "b.xlsx", Spend=rows, Epics=items), out, "--propose-map") == 0
    row = table(out, "spend")[0]
    assert [row[name] for name in ("Jan 25", "Feb 25", "Mar 25")] == ["1200500", "-300000", "400000"]
    assert "not read: Q1, Total (b.xlsx, sheet Spend)" in capsys.readouterr().out
    assert main(["check", str(out)]) == 0


def test_a_workbook_in_french_is_recognised(tmp_path: Path, out: Path) -> None:
    head = ["Code", "Intitulé", "Flux de valeur", "Niveau", "Créé le", "Démarré le", "Terminé le", "Échéance"]
    rows = [["PF-1", "Portail", "Magasins", "Epic", "2026-01-05", "2026-02-01", None, "2026-09-30"]]
    rows += [["PF-2", "Retours", "En ligne", "Epic", "2026-01-09", "2026-02-05", "2026-06-01", "2026-05-31"]]
    months = [
        ["Projet", "juil. 2026", "août 2026"],
        ["Portail", "vert", "rouge"],
        ["Retours", "jaune", "vert"],
    ]
    goals = [
        "Objectif",
        "Résultat clé",
        "Valeur initiale",
        "Cible",
        "Actuel",
        "Date",
        "Échéance",
        "Confiance",
    ]
    told = ["Fidéliser", "Taux de réachat", 30, 36, 32, "2026-10-20", "2026-12-31", "70 %", "PF-1, Retours"]
    worth = ["ID", "Projet", "KPI", "Valeur de base", "Cible", "Échéance", "Valeur annuelle (k€)"]
    sheets = {
        "Portefeuille": [head, *rows],
        "Météo mensuelle": months,
        "OKR": [[*goals, "Épics contributeurs"], told],
        "Bénéfices": [worth, ["B1", "Portail", "NPS", 30, 36, "2026-08-31", 120]],
        "Enquête": [["Date", "Flux de valeur", "NPS"], ["2026-06-01", "Magasins", 9]],
    }
    assert run(book(tmp_path / "b.xlsx", **sheets), out, "--propose-map") == 0
    assert [row["planned_end"] for row in table(out, "work_items")] == ["2026-09-30", "2026-05-31"]
    said = [(row["item_id"], row["overall"]) for row in table(out, "status_reports")]
    assert said == [("PF-1", "green"), ("PF-1", "red"), ("PF-2", "amber"), ("PF-2", "green")]
    [result] = table(out, "key_results")
    names = ("title", "baseline", "target", "current", "to", "confidence")
    assert [result[name] for name in names] == ["Taux de réachat", "30", "36", "32", "2026-12-31", "0.7"]
    assert [row["item_id"] for row in table(out, "links")] == ["PF-1", "PF-2"]
    [benefit] = table(out, "benefits")
    assert (benefit["planned_value"], benefit["value_basis"], benefit["baseline"]) == (
        "120000",
        "yearly",
        "30",
    )
    assert [(row["instrument"], row["score"]) for row in table(out, "surveys")] == [("nps", "9")]


@pytest.mark.parametrize(
    ("header", "said"),
    [("NPS (0–10)", "nps"), ("Net promoter score", "nps"), ("CSAT", "csat"), ("Customer effort", "ces")],
)
def test_a_column_of_scores_by_its_instrument_makes_a_survey(
    tmp_path: Path, out: Path, header: str, said: str
) -> None:
    rows = [["Date", "Value stream", header], ["2026-06-01", "Stores", 4], ["2026-06-02", "Stores", 5]]
    assert run(book(tmp_path / "b.xlsx", Answers=rows), out, "--propose-map") == 0
    assert [(row["instrument"], row["score"]) for row in table(out, "surveys")] == [(said, "4"), (said, "5")]


def test_a_word_that_only_holds_an_instrument_is_none(tmp_path: Path, out: Path) -> None:
    rows = [["Date", "Value stream", "Processes"], ["2026-06-01", "Stores", 4]]
    run(book(tmp_path / "b.xlsx", Answers=rows), out, "--propose-map")
    assert not (out / "surveys.csv").exists()


def test_a_register_of_metrics_with_columns_of_months_holds_their_observations(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = ["KPI", "Unit", "Direction", "Kind", "Jul 2026", "Aug 2026", "Sep 2026"]
    rows = [
        head,
        ["Churn", "%", "decrease", "outcome", 5, "4,5", "#REF!"],
        ["Logins", "n", "up", "behaviour", 7, None, 9],
    ]
    assert run(book(tmp_path / "b.xlsx", KPIs=rows), out, "--propose-map") == 3
    assert "“#REF!”" in capsys.readouterr().err
    assert [row["metric_id"] for row in table(out, "metrics")] == ["Churn", "Logins"]
    found = [(row["metric_id"], row["at"], row["value"]) for row in table(out, "observations")]
    assert found == [
        ("Churn", "2026-07-31", "5"),
        ("Churn", "2026-08-31", "4.5"),
        ("Logins", "2026-07-31", "7"),
        ("Logins", "2026-09-30", "9"),
    ]
