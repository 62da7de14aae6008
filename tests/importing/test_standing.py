"""A column of today's status beside starts and ends: what was stopped is not in progress."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.importing.sheets import Rows, book, run, table
from vmo_helpers.cli.main import main

DAY = dt.date
HEAD = ["Epic-ID", "Titel", "Status", "Start", "Fertig"]
ROWS: Rows = [
    HEAD,
    ["E-1", "A", "Erledigt", DAY(2026, 1, 1), DAY(2026, 5, 1)],
    ["E-2", "B", "Gestoppt", DAY(2026, 1, 2), None],
    ["E-3", "C", "In Arbeit", DAY(2026, 1, 3), None],
    ["E-4", "D", "Abgebrochen", DAY(2026, 1, 4), DAY(2026, 4, 4)],
    ["E-5", "E", "On hold", DAY(2026, 1, 5), None],
    ["E-6", "F", "Nordlicht", DAY(2026, 1, 6), None],
    ["E-7", "G", "Done", DAY(2026, 1, 7), None],
]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _dates(out: Path) -> dict[str, tuple[str, ...]]:
    names = ("started_at", "finished_at", "cancelled_at")
    return {
        row["item_id"]: tuple(row.get(name, "")[5:] for name in names) for row in table(out, "work_items")
    }


def test_what_is_over_by_its_status_is_not_in_progress(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = book(tmp_path / "b.xlsx", Epics=ROWS)
    assert run(source, out, "--propose-map") == 0
    wanted = {
        "E-1": ("01-01", "05-01", ""),
        "E-2": ("", "", ""),
        "E-3": ("01-03", "", ""),
        "E-4": ("01-04", "", "04-04"),
        "E-5": ("01-05", "", ""),
        "E-6": ("01-06", "", ""),
        "E-7": ("", "", ""),
    }
    assert _dates(out) == wanted
    told = capsys.readouterr().out
    assert "2 items over by the status (“Gestoppt”, “Done”) without a date of the end" in told
    assert "(E-2, E-7)" in told
    assert "1 end of an item that its status says was cancelled" in told
    assert main(["check", str(out)]) == 0 and "E-2, E-7" in capsys.readouterr().out
    assert run(source, out) == 0 and _dates(out) == wanted  # as the map says


def test_a_status_of_no_end_and_one_beside_a_history_change_nothing(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_: list[list[Any]] = [
        [*row[:2], "In Arbeit", *row[3:]] if row is not HEAD else [*row] for row in ROWS
    ]
    assert run(book(tmp_path / "b.xlsx", Epics=open_), out, "--propose-map") == 0
    assert _dates(out)["E-2"] == ("01-02", "", "") and "status =" not in (out / "map.toml").read_text()
    moves: Rows = [
        ["Epic-ID", "Datum", "Von", "Nach"],
        *([f"E-{n}", DAY(2026, 2, n), None, "Umsetzung"] for n in range(1, 8)),
    ]
    assert run(book(tmp_path / "c.xlsx", Epics=ROWS, History=moves), tmp_path / "two", "--propose-map") == 0
    assert _dates(tmp_path / "two")["E-2"] == ("01-02", "", "")
    assert "by the status" not in capsys.readouterr().out
