"""Sheets and databases as strangers keep them: other names, other places, other words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.importing.sheets import book, run, table
from vmo_helpers.cli.main import main
from vmo_helpers.sources import load
from vmo_helpers.sources.importing import portfolio_file

GUESS = "--propose-map"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def test_a_sheet_called_board_with_items_in_it_is_no_list_of_states(tmp_path: Path, out: Path) -> None:
    rows = [
        ["Delivery board (export)"],
        [],
        ["#", "Initiative", "Stream", "Idea", "Build", "Live", "Owner"],
        *(
            [n, f"Item {n}", "Retail", date(2026, 1, n), date(2026, 2, n), date(2026, 3, n), "J"]
            for n in (1, 2)
        ),
    ]
    assert run(book(tmp_path / "b.xlsx", Board=rows), out, GUESS) == 0
    assert [row["state"] for row in table(out, "states")] == ["Idea", "Build", "Live"]
    assert [row["value_stream_id"] for row in table(out, "work_items")] == ["Retail", "Retail"]
    board = [["State", "Class"], ["Idea", "backlog"], ["Live", "done"]]
    assert run(book(tmp_path / "c.xlsx", Board=board), tmp_path / "states", GUESS) == 0
    assert len(table(tmp_path / "states", "states")) == 2


def test_a_register_below_a_title_with_merged_programmes(tmp_path: Path, out: Path) -> None:
    rows = [
        ["Portfolio status report – Q3 2026"],
        [],
        ["Programme", "Project", "Overall RAG", "Schedule", "Report date"],
        ["Digital", "Checkout", "Green", "A", date(2026, 9, 30)],
        [None, "Returns", "A/R", "n/a", "30/09/2026"],
        ["Total", None, "2"],
        ["Legend: Green = on track, Amber = at risk, Red = off track"],
    ]
    source = book(tmp_path / "b.xlsx", [("Status", "A4:A5"), ("Status", "A1:E1")], Status=rows)
    assert run(source, out, GUESS) == 0
    found = [(row["item_id"], row["overall"], row["schedule"]) for row in table(out, "status_reports")]
    assert found == [("Checkout", "green", "amber"), ("Returns", "amber_red", "")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [(["Epic", "Feature", "Feature"], "level"), (["Feature", "Bug", "Feature"], "work_type")],
)
def test_a_column_type_is_a_level_where_its_cells_are(
    tmp_path: Path, out: Path, cells: list[str], column: str
) -> None:
    rows = [
        ["ID", "Type", "Name", "Start"],
        *([n, c, f"Item {n}", date(2026, 1, 5)] for n, c in enumerate(cells)),
    ]
    assert run(book(tmp_path / "b.xlsx", Portfolio=rows), out, GUESS) == 0
    assert table(out, "work_items")[0][column].casefold() == cells[0].casefold()
    assert load(out).settings.review_level in ("Feature", "epic")


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        (["epic"] * 12 + ["story"] * 50, '"epic"'),
        (["Epic"] * 12 + ["Feature"] * 50, '"Epic"'),
        (["epic"] * 3 + ["Story"] * 50, '"Story"'),
        (["Vorhaben"] * 3, '"Vorhaben"'),
        ([], '"epic"'),
    ],
)
def test_the_level_of_a_first_portfolio_is_spelt_as_its_items_are(
    tmp_path: Path, levels: list[str], told: str
) -> None:
    assert f"review_level = {told}" in portfolio_file.text(tmp_path, levels)


def test_a_database_of_other_names(tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tracker.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            """CREATE TABLE tickets (ticket_no INTEGER, subject TEXT, opened TEXT, reporter_mail TEXT);
            CREATE TABLE ticket_history (id INTEGER, ticket_no INTEGER, changed_on TEXT, old_status TEXT,
                                         new_status TEXT, changed_by TEXT);
            INSERT INTO tickets VALUES (1, 'Checkout', '2026-01-05 09:00', 'jane@example.com');
            INSERT INTO ticket_history VALUES (1, 1, '2026-01-05 09:00', NULL, 'Open', 'jane'),
                                              (2, 1, '2026-01-09 09:00', 'Open', 'Deployed', 'jane');"""
        )
    assert main(["import", "sql", str(file), "--out", str(out), GUESS]) == 0
    assert table(out, "work_items")[0] | {"item_id": "1", "title": "Checkout"} == table(out, "work_items")[0]
    assert [row["to_state"] for row in table(out, "transitions")] == ["Open", "Deployed"]
    assert "jane" not in "".join(path.read_text() for path in out.iterdir())
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as connection:
        connection.execute("CREATE TABLE weather (day TEXT)")
    capsys.readouterr()
    assert main(["import", "sql", str(tmp_path / "other.sqlite"), "--out", str(tmp_path / "o"), GUESS]) == 2
    assert "(there are weather)" in capsys.readouterr().err
