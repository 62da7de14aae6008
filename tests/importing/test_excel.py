"""Registers in spreadsheets: every shape in which people keep them, and what each cell becomes."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from tests.importing.sheets import book, run, table, text
from vmo_helpers.cli.main import main
from vmo_helpers.sources import load

HEAD = ["Epic-ID", "Name", "Created", "Idea", "Analysis", "Waiting for legal", "Build", "Live"]
EPICS = [
    HEAD,
    ["E-1", "Returns", "2026-01-05", "2026-01-05", "2026-01-07", "2026-01-09", "2026-01-12", "2026-02-02"],
    ["E-2", "Parcels", "2026-01-06", "2026-01-06", "2026-01-08", "n/a", "2026-01-20", "-"],
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def moves(out: Path, item: str) -> list[tuple[str, str]]:
    return [(row["at"], row["to_state"]) for row in table(out, "transitions") if row["item_id"] == item]


def test_dates_by_state_become_a_history_and_a_board(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(book(tmp_path / "b.xlsx", Epics=EPICS), out, "--propose-map") == 0
    assert moves(out, "E-1") == [
        ("2026-01-05", "Idea"),
        ("2026-01-07", "Analysis"),
        ("2026-01-09", "Waiting for legal"),
        ("2026-01-12", "Build"),
        ("2026-02-02", "Live"),
    ]
    assert moves(out, "E-2") == [("2026-01-06", "Idea"), ("2026-01-08", "Analysis"), ("2026-01-20", "Build")]
    board = [(row["state"], row["class"], row["guessed"]) for row in table(out, "states")]
    assert board == [
        ("Idea", "backlog", "by its name"),
        ("Analysis", "active", "by its name"),
        ("Waiting for legal", "wait", "by its name"),
        ("Build", "active", "by its name"),
        ("Live", "done", "by its name"),
    ]
    assert main(["check", str(out)]) == 0
    told = capsys.readouterr().out
    assert "2 work items" in told and "can run" in told and "holds guesses that nobody has confirmed" in told
    assert "wait      Waiting for legal" in told


def test_a_confirmed_map_reads_the_same_and_warns_no_more(tmp_path: Path, out: Path) -> None:
    source = book(tmp_path / "b.xlsx", Epics=EPICS)
    assert run(source, out, "--propose-map") == 0
    first = (out / "transitions.csv").read_bytes()
    lines = (out / "map.toml").read_text(encoding="utf-8").splitlines()
    own = tmp_path / "map.toml"
    own.write_text("\n".join(line for line in lines if not line.startswith("guess")), encoding="utf-8")
    assert run(source, tmp_path / "again", "--map", str(own)) == 0
    assert (tmp_path / "again" / "transitions.csv").read_bytes() == first
    assert not [n for n in load(tmp_path / "again").notes if "guess" in n.sentence and n.kind == "warning"]


def test_dates_that_go_back_stand_as_they_are_and_are_told(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        *EPICS,
        ["E-3", "Back", "2026-01-01", "2026-01-10", "2026-01-08", None, "2026-01-09", "2026-01-09"],
    ]
    assert run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map") == 0
    assert moves(out, "E-3") == [
        ("2026-01-08", "Analysis"),
        ("2026-01-09", "Build"),
        ("2026-01-09", "Live"),
        ("2026-01-10", "Idea"),
    ]
    assert [row["seq"] for row in table(out, "transitions") if row["item_id"] == "E-3"] == [
        "1",
        "2",
        "3",
        "4",
    ]
    assert "1 item with dates that go back" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("other", "wanted"), [("13/03/2024", "2024-03-12"), ("03/13/2024", "2024-12-03"), ("2024-05-01", None)]
)
def test_the_order_of_days_and_months_is_that_of_any_cell_that_tells(
    tmp_path: Path, out: Path, other: str, wanted: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["Key", "Title", "Started", "Finished"],
        ["A", "One", "12/03/2024", None],
        ["B", "Two", None, other],
    ]
    source = text(tmp_path / "items.csv", rows)
    assert run(source, out, "--propose-map") == 0
    if wanted is None:
        assert "read with the day first, for no cell tells" in capsys.readouterr().out
    assert table(out, "work_items")[0]["started_at"] == (wanted or "2024-03-12")
    content = (out / "map.toml").read_text(encoding="utf-8")
    assert f'dates = "{"month first" if wanted == "2024-12-03" else "day first"}"' in content
    if wanted is None:  # without a guess a person must say it
        (tmp_path / "m.toml").write_text(content.replace('dates = "day first"', ""), encoding="utf-8")
        assert run(source, tmp_path / "x", "--map", str(tmp_path / "m.toml")) == 2
        assert "no cell tells whether days or months come first" in capsys.readouterr().err
        assert not (tmp_path / "x").exists()


def test_of_two_orders_that_are_guessed_the_one_in_which_fewer_dates_go_back(
    tmp_path: Path, out: Path
) -> None:
    rows = [["Key", "Title", "Analysis", "Build", "Done"]]
    rows += [[f"K{n}", f"T{n}", f"1{n % 3}/02/2024", f"0{n}/03/2024", "01/04/2024"] for n in range(1, 9)]
    swapped = [rows[0]] + [row[:2] + ["/".join((d[3:5], d[:2], d[6:])) for d in row[2:]] for row in rows[1:]]
    for number, (sheet, order) in enumerate([(rows, "day first"), (swapped, "month first")]):
        where = tmp_path / str(number)
        assert run(text(tmp_path / f"{number}.csv", sheet), where, "--propose-map") == 0
        assert f'dates = "{order}"' in (where / "map.toml").read_text(encoding="utf-8")
        assert table(where, "transitions")[0]["at"] == "2024-02-11"


def test_start_and_end_alone_are_no_history_and_a_column_of_days_is_not_taken_over(
    tmp_path: Path, out: Path
) -> None:
    rows = [
        ["ID", "Title", "Start date", "End date", "Cycle time"],
        ["A", "One", dt.date(2026, 1, 5), dt.datetime(2026, 1, 9, 12, 30), 5],
    ]
    assert run(book(tmp_path / "b.xlsx", Items=rows), out, "--propose-map") == 0
    assert table(out, "work_items") == [
        {
            "item_id": "A",
            "title": "One",
            "started_at": "2026-01-05",
            "finished_at": "2026-01-09T12:30:00",
            "level": "",
            "created_at": "",
        }
    ]
    assert not (out / "transitions.csv").exists()
    assert load(out).tables["work_items"]["started_at"].notna().all()


def test_without_ids_names_stand_for_them_and_without_names_rows(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["Title", "Dev", "QA"], ["One", "2026-01-01", "2026-01-02"], ["Two", "2026-01-03", "2026-01-04"]]
    assert run(text(tmp_path / "Sheet1.csv", rows), out, "--propose-map") == 0
    assert [row["item_id"] for row in table(out, "work_items")] == ["One", "Two"]
    assert "2 names taken for want of an id" in capsys.readouterr().out
    assert run(text(tmp_path / "Sheet1.csv", [*rows, rows[1]]), tmp_path / "x", "--propose-map") == 0
    assert [row["item_id"] for row in table(tmp_path / "x", "work_items")] == ["row 2", "row 3", "row 4"]


def test_a_title_above_merged_cells_totals_and_notes(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["Budget 2026 of the portfolio"],
        [],
        ["Value stream", "Line", "Jan 2026", "Feb 2026", "Total"],
        ["Retail", "opex", "€ 1,200.50", "€ 1,000", "€ 2,200.50"],
        [None, "capex", 300, "(50.00)", 250],
        ["Total", None, 1500.5, 950, 2450.5],
        ["All figures are provisional"],
    ]
    source = book(tmp_path / "b.xlsx", [("Spend", "A4:A5")], Spend=rows)
    assert run(source, out, "--propose-map") == 0
    assert table(out, "spend") == [
        {"value_stream_id": "Retail", "line": "opex", "Jan 2026": "1200.5", "Feb 2026": "1000"},
        {"value_stream_id": "Retail", "line": "capex", "Jan 2026": "300", "Feb 2026": "-50"},
    ]
    told = capsys.readouterr().out
    assert "1 row of totals left out (b.xlsx, sheet Spend, row 6)" in told
    assert "1 cell of a merged range filled with the value of its first" in told
    assert "1 row with amounts in EUR" in told


def test_error_cells_and_formulas_that_were_never_computed_are_named(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["Project", "Date", "RAG", "Budget"],
        ["P1", dt.date(2026, 10, 1), "On Track", "#REF!"],
        ["P2", "#N/A", "G", "R"],
        ["P3", dt.date(2026, 10, 1), "=SUM(A1:A2)", None],
        ["P4", dt.date(2026, 10, 1), "Gelb", "tbd"],
    ]
    assert run(book(tmp_path / "b.xlsx", RAG=rows), out, "--propose-map") == 3
    told = capsys.readouterr().err
    assert "row 2, column Budget: “#REF!” is a spreadsheet's error" in told and "(the cell is empty)" in told
    assert "row 3, column Date: “#N/A”" in told and "(the row was left out)" in told
    assert "row 4, column RAG: empty is a formula whose value was never computed" in told
    assert table(out, "status_reports") == [
        {"item_id": "P1", "at": "2026-10-01", "overall": "green"},
        {"item_id": "P4", "at": "2026-10-01", "overall": "amber"},
    ]


def test_words_that_a_map_gives(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [["Project", "Date", "RAG"], ["P1", "2026-10-01", "Sonnig"], ["P2", "2026-10-01", "Gewitter"]]
    source = text(tmp_path / "register.csv", rows, ";")
    own = tmp_path / "map.toml"
    own.write_text(
        '[tables.status_reports]\nsheet = "register"\nheader = 1\n[tables.status_reports.columns]\n'
        'item_id = "Project"\nat = "Date"\noverall = "RAG"\n'
        '[tables.status_reports.words.overall]\nsonnig = "green"\n',
        encoding="utf-8",
    )
    options = ("--table", "status_reports", "--map", str(own))
    assert run(source, out, *options) == 3
    assert "“Gewitter” expected one of green" in capsys.readouterr().err
    own.write_text(own.read_text(encoding="utf-8") + 'Gewitter = "red"\n', encoding="utf-8")
    assert run(source, out, *options) == 0
    assert [row["overall"] for row in table(out, "status_reports")] == ["green", "red"]


def test_an_okr_sheet_is_two_tables_and_a_quarter_a_period(tmp_path: Path, out: Path) -> None:
    rows = [
        ["Objective", "Key Result", "Baseline", "Target", "Quarter", "Owner"],
        ["Win back customers", "NPS up", 10, 40, "Q4 2026", "COO"],
        [None, "Churn down", "12 %", "5 %", "Q4 2026", "COO"],
        ["Launch", "App is live", None, None, "Q4 2026", "CTO"],
    ]
    assert run(book(tmp_path / "b.xlsx", [("OKRs", "A2:A3")], OKRs=rows), out, "--propose-map") == 0
    period = {"from": "2026-10-01", "to": "2026-12-31"}
    assert [{name: row[name] for name in ("objective_id", *period)} for row in table(out, "objectives")] == [
        {"objective_id": "Win back customers", **period},
        {"objective_id": "Launch", **period},
    ]
    results = [(r["kr_id"], r["objective_id"], r["baseline"], r["type"]) for r in table(out, "key_results")]
    assert results == [
        ("NPS up", "Win back customers", "10", ""),
        ("Churn down", "Win back customers", "12", ""),
        ("App is live", "Launch", "", "milestone"),
    ]
    assert len(load(out).tables["key_results"]) == 3


def test_a_register_joins_an_earlier_import_by_names_and_leaves_its_tables(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(book(tmp_path / "b.xlsx", Epics=EPICS), out, "--propose-map") == 0
    kept = {name: (out / f"{name}.csv").read_bytes() for name in ("work_items", "transitions", "states")}
    rows = [["Benefit ID", "Epic", "KPI", "Baseline", "Target", "Due", "Planned value", "Owner"]]
    rows += [["B1", "returns", "nps", 10, 40, "31.12.2026", "1.200.000 €", "COO"]]
    rows += [["B2", "E-2", "cost", "1.000,5", "900,25", "31.03.2027", "(50.000) €", "n/a"]]
    source = text(tmp_path / "Benefit register.csv", rows, ";")
    assert run(source, out, "--table", "benefits", "--propose-map") == 0
    assert "1 name of work_items in benefits read as a key" in capsys.readouterr().out
    told = [
        (row["item_id"], row["due"], row["planned_value"], row["baseline"]) for row in table(out, "benefits")
    ]
    assert told == [("E-1", "2026-12-31", "1200000", "10"), ("E-2", "2027-03-31", "-50000", "1000.5")]
    assert {name: (out / f"{name}.csv").read_bytes() for name in kept} == kept
    assert run(source, out, "--table", "benefits") == 0  # its map is there now, beside that of the items
    assert len(load(out).tables["benefits"]) == 2 and len(load(out).tables["transitions"]) == 8


def test_a_dump_of_answers_is_a_survey(tmp_path: Path, out: Path) -> None:
    rows = [
        ["Timestamp", "NPS score", "Why?"],
        ["10/31/2026 2:05 PM", 9, "=cmd"],
        ["11/01/2026 9:00 AM", 3, ""],
    ]
    assert run(book(tmp_path / "b.xlsx", Answers=[["x"]], **{"NPS survey": rows}), out, "--propose-map") == 0
    assert table(out, "surveys")[0] == {
        "at": "2026-10-31T14:05:00",
        "score": "9",
        "instrument": "nps",
        "survey_id": "",
    }
    assert "Why?" not in (out / "surveys.csv").read_text(encoding="utf-8")


NAMES = ["</script><script>alert(1)", "=cmd|' /C calc'!A0", "x" * 10_000, "🚀 Start", "שלום עולם", "审批中"]


def test_names_of_any_kind_stand_as_they_are(tmp_path: Path, out: Path) -> None:
    rows = [["Key", "Title", *NAMES]]
    rows += [[f"K{n}", name, *([f"2026-0{n}-0{m + 1}" for m in range(6)])] for n, name in enumerate(NAMES, 1)]
    for source in (book(tmp_path / "b.xlsx", Items=rows), text(tmp_path / "items.csv", rows)):
        where = out / source.suffix[1:]
        assert run(source, where, "--propose-map") == 0
        assert [row["title"] for row in table(where, "work_items")] == NAMES
        assert [state for _, state in moves(where, "K1")] == NAMES
        assert main(["check", str(where)]) == 0


def test_tables_of_two_currencies_are_told_by_row(tmp_path: Path, out: Path) -> None:
    rows = [["Budget ID", "Value stream", "From", "To", "Amount"]]
    rows += [
        ["B1", "V", "2026-01-01", "2026-12-31", "$1,000"],
        ["B2", "V", "2026-01-01", "2026-12-31", "1,000 €"],
    ]
    assert run(text(tmp_path / "budgets.csv", rows), out, "--propose-map") == 0
    assert [row["currency"] for row in table(out, "budgets")] == ["USD", "EUR"]


@pytest.mark.parametrize(
    ("map_text", "told"),
    [
        ("[tables.work_itms]\nheader = 1\n", "[tables.work_itms]: is no table of the contract; did you mean"),
        ("[tables.work_items]\nhead = 1\n", "head: is not known"),
        ("[tables.work_items]\nheader = 'x'\n", "header: expected a whole number"),
        ("[tables.work_items.columns]\nitem = 'x'\n", "item: is no column of work_items"),
        (
            "[tables.work_items.columns]\nitem_id = 'Epic ID'\n",
            "has no column “Epic ID”; did you mean Epic-ID",
        ),
        ("[tables.work_items]\nsheet = 'X'\ndates = 'us'\n", "dates: expected day first or month first"),
        ("[tables.spend]\n", "says nothing of these sheets"),
        ("", "says nothing of these sheets (Epics)"),
    ],
)
def test_a_map_that_cannot_hold_is_refused(
    tmp_path: Path, out: Path, map_text: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.toml").write_text(map_text, encoding="utf-8")
    options = ["--map", str(tmp_path / "map.toml")]
    if "spend" in map_text:
        options += ["--table", "status_reports"]
        told = told.replace("these sheets", "status_reports")
    assert run(book(tmp_path / "b.xlsx", Epics=EPICS), out, *options) == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx"),
        ("a.xlsx", b"PK\x03\x04", "is no workbook that can be read"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\x89PNG\r\n", "is a PNG picture"),
        ("a.pdf", b"%PDF", "is no sheet"),
        ("a.csv", b"colour,shape\nred,round\n", "no sheet looks like a table"),
    ],
)
def test_what_is_no_register_is_refused(
    tmp_path: Path, out: Path, name: str, content: bytes, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run(tmp_path / name, out, "--propose-map") == 2
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_of_files_is_a_workbook(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    text(source / "Epics.csv", EPICS)
    book(source / "more.xlsx", RAG=[["Project", "Date", "RAG"], ["Returns", "2026-10-01", "A"]])
    assert run(source, out, "--propose-map") == 0
    assert table(out, "status_reports") == [{"item_id": "E-1", "at": "2026-10-01", "overall": "amber"}]


def test_table_is_an_option_of_this_tool_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{}")
    given = ["import", "jira", str(tmp_path), "--out", str(tmp_path / "o"), "--table", "spend"]
    assert main(given) == 2
    assert "jira has no option --table" in capsys.readouterr().err


def test_fifty_thousand_rows_take_seconds(tmp_path: Path, out: Path) -> None:
    import time

    days = pd.date_range("2020-01-01", periods=1000).strftime("%Y-%m-%d")
    rows = [[f"K{n}", f"T{n}", days[n % 900], days[n % 900 + 5], days[n % 900 + 9]] for n in range(50_000)]
    source = text(tmp_path / "items.csv", [["Key", "Title", "Ready", "Dev", "Done"], *rows])
    begun = time.perf_counter()
    assert run(source, out, "--propose-map") == 0
    assert time.perf_counter() - begun < 60
    assert len(table(out, "transitions")) == 150_000


def test_a_status_of_each_month_is_a_report_at_its_end(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        ["Project", "Aug 2026", "Sep 2026", "Oct 2026"],
        ["P1", "G", "Green (stable)", "🔴 escalated"],
        ["P2", "n/a", "#N/A", "amber"],
    ]
    assert run(book(tmp_path / "b.xlsx", **{"Status report": rows}), out, "--propose-map") == 3
    assert "sheet Status report, row 3, column" in capsys.readouterr().err
    assert [(row["item_id"], row["at"], row["overall"]) for row in table(out, "status_reports")] == [
        ("P1", "2026-08-31", "green"),
        ("P1", "2026-09-30", "green"),
        ("P1", "2026-10-31", "red"),
        ("P2", "2026-10-31", "amber"),
    ]
    content = (out / "map.toml").read_text(encoding="utf-8")
    assert '"Green (stable)" = "green"' in content and "\\u0000" not in content
    assert run(tmp_path / "b.xlsx", out) == 3


def test_two_colours_in_one_cell_are_no_status(tmp_path: Path, out: Path) -> None:
    rows = [
        ["Project", "Date", "RAG"],
        ["P1", "2026-10-01", "red, was green"],
        ["P2", "2026-10-01", "Green!"],
    ]
    assert run(text(tmp_path / "RAG.csv", rows), out, "--propose-map") == 3
    assert [row["item_id"] for row in table(out, "status_reports")] == ["P2"]


def test_values_of_each_month_are_observations(tmp_path: Path, out: Path) -> None:
    rows = [["KPI", "Jan 2026", "Feb 2026"], ["nps", 10, "12,5"], ["cost", "1.200,5", None]]
    source = text(tmp_path / "KPI values.csv", rows, ";")
    assert run(source, out, "--table", "observations", "--propose-map") == 0
    assert [(row["metric_id"], row["at"], row["value"]) for row in table(out, "observations")] == [
        ("nps", "2026-01-31", "10"),
        ("nps", "2026-02-28", "12.5"),
        ("cost", "2026-01-31", "1200.5"),
    ]


@pytest.mark.parametrize(
    ("title", "header", "cells", "wanted"),
    [
        ("x", "Planned value (k€)", [120, "1,5"], ["120000", "1500"]),
        ("x", "Planned value (in Mio. EUR)", [1.2, "0,5"], ["1200000", "500000"]),
        ("All amounts in T€", "Planned value", [120, 5], ["120000", "5000"]),
        ("All amounts in T€", "Planned value (m€)", [1, 2], ["1000000", "2000000"]),
        ("x", "Planned value (€)", [120, "€ 1.2m"], ["120", "1200000"]),
        ("in time", "Planned value", ["3k", "2 Mio."], ["3000", "2000000"]),
    ],
)
def test_thousands_and_millions_are_multiplied_and_told(
    tmp_path: Path, out: Path, title: str, header: str, cells: list[object], wanted: list[str]
) -> None:
    rows = [[title], ["Benefit ID", "Epic", "KPI", "Baseline", "Target", "Due", header]]
    rows += [[f"B{n}", "E", "m", 1, 2, "2026-12-31", cell] for n, cell in enumerate(cells)]
    assert run(book(tmp_path / "b.xlsx", Benefits=rows), out, "--propose-map") == 0
    assert [row["planned_value"] for row in table(out, "benefits")] == wanted
    scaled = "k€" in header or "Mio" in header or "T€" in title
    assert ("[tables.benefits.scale]" in (out / "map.toml").read_text(encoding="utf-8")) == scaled
    assert any("multiplied by" in note.sentence for note in load(out).notes) == scaled


def test_a_history_of_its_own_gets_a_board_and_what_is_not_read_is_told(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    items = [["Key", "Titel", "Angelegt am"], [1001, "Eins", "05.01.2026"], [1002, "Zwei", "06.01.2026"]]
    history = [["Vorgang", "Datum", "Neuer Status"]]
    history += [[1001, "07.01.2026", "In Arbeit"], [1001, "09.01.2026", "Wartet auf Freigabe"]]
    history += [[1001, "12.01.2026", "Erledigt"], [1002, "08.01.2026", "In Arbeit"]]
    sheets = {"Projekte": items, "Verlauf": history, "Features": [["Key", "Title"]], "Notizen": [["x"]]}
    assert run(book(tmp_path / "b.xlsx", **sheets), out, "--propose-map") == 0
    assert "2 sheets not read (Features, Notizen)" in capsys.readouterr().out
    assert [row["item_id"] for row in table(out, "work_items")] == ["1001", "1002"]
    assert {row["state"]: row["class"] for row in table(out, "states")} == {
        "In Arbeit": "active",
        "Wartet auf Freigabe": "wait",
        "Erledigt": "done",
    }
    assert main(["check", str(out)]) == 0


def test_lenient_counts_what_cannot_be_read(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["Project", "Date", "RAG"], ["P1", "2026-10-01", "G"], ["P2", "2026-10-01", "???"]]
    source = text(tmp_path / "RAG.csv", rows)
    assert run(source, out, "--propose-map", "--lenient") == 0
    assert "1 row not read whole: RAG.csv, row 3, column RAG: “???”" in capsys.readouterr().out
    assert [row["item_id"] for row in table(out, "status_reports")] == ["P1"]
