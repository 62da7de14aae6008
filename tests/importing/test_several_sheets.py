"""Several sheets that feed one table: a sheet a month, a sheet a stream, and what is no second part."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.importing.sheets import book, run, table
from vmo_helpers.sources import load

BOARD = ["ID", "Epic", "Idea", "Build", "Live"]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def _board(first: int, *, days: int = 0) -> list[list[object]]:
    return [
        BOARD,
        *(
            [f"E-{n}", f"Epic {n}", date(2026, 1, 5), date(2026, 2, 2 + days), date(2026, 3, 2 + n)]
            for n in range(first, first + 3)
        ),
    ]


def test_a_sheet_a_stream_is_one_board(tmp_path: Path, out: Path) -> None:
    source = book(tmp_path / "b.xlsx", **{"Epics Retail": _board(1), "Epics Payments": _board(11)})
    assert run(source, out, "--propose-map") == 0
    ids = [row["item_id"] for row in table(out, "work_items")]
    assert ids == ["E-1", "E-2", "E-3", "E-11", "E-12", "E-13"]
    assert len(table(out, "transitions")) == 18
    assert [row["state"] for row in table(out, "states")] == ["Idea", "Build", "Live"]
    said = (out / "map.toml").read_text()
    assert '[tables."work_items 2"]' in said and '"tables.work_items 2"' in said
    before = (out / "work_items.csv").read_bytes()
    assert run(source, out) == 0
    assert (out / "work_items.csv").read_bytes() == before
    mine = said.replace(
        '[tables."work_items 2".columns]',
        '[tables."work_items 2".fixed]\nvalue_stream_id = "P"\n[tables."work_items 2".columns]',
    )
    (out / "map.toml").write_text(mine)
    assert run(source, out) == 0
    assert [row["value_stream_id"] for row in table(out, "work_items")] == [""] * 3 + ["P"] * 3


def test_a_sheet_a_month_has_reports_of_its_last_day(tmp_path: Path, out: Path) -> None:
    def reports(*colours: str) -> list[list[object]]:
        return [
            ["Project", "RAG", "Comment"],
            *([f"E-{n}", colour, "fine"] for n, colour in enumerate(colours, start=1)),
        ]

    source = book(
        tmp_path / "b.xlsx",
        Epics=_board(1),
        **{"Jan 2026": reports("green", "green"), "Feb 2026": reports("red", "amber")},
    )
    assert run(source, out, "--propose-map") == 0
    found = [(row["item_id"], row["at"], row["overall"]) for row in table(out, "status_reports")]
    assert found == [
        ("E-1", "2026-01-31", "green"),
        ("E-2", "2026-01-31", "green"),
        ("E-1", "2026-02-28", "red"),
        ("E-2", "2026-02-28", "amber"),
    ]
    assert len(load(out).tables["status_reports"]) == 4


@pytest.mark.parametrize(
    "other", [_board(3), [[*BOARD, "Value stream"], *([*row, "P"] for row in _board(11)[1:])]]
)
def test_sheets_that_share_an_item_or_differ_in_columns_are_not_put_together(
    tmp_path: Path, out: Path, other: list[list[object]], capsys: pytest.CaptureFixture[str]
) -> None:
    source = book(tmp_path / "b.xlsx", **{"Epics": _board(1), "Epics old": other})
    assert run(source, out, "--propose-map") == 0
    assert len(table(out, "work_items")) == 3
    assert "1 sheet not read" in capsys.readouterr().out


def test_a_new_sheet_joins_those_that_the_map_names(tmp_path: Path, out: Path) -> None:
    assert run(book(tmp_path / "b.xlsx", Epics=_board(1)), out, "--propose-map") == 0
    source = book(tmp_path / "b.xlsx", Epics=_board(1), **{"Epics new": _board(21)})
    assert run(source, out) == 0
    assert len(table(out, "work_items")) == 3
    assert run(source, out, "--propose-map") == 0
    assert len(table(out, "work_items")) == 6


def test_rows_without_names_are_told_apart_by_their_sheet(tmp_path: Path, out: Path) -> None:
    one = [["Start", "End", "Team"], *([f"2026-01-0{n}", "2026-02-01", "A"] for n in (1, 2))]
    section = (
        "[tables.{name}]\nsheet = '{sheet}'\nheader = 1\n[tables.{name}.columns]\nstarted_at = 'Start'\n"
    )
    mine = tmp_path / "my.toml"
    mine.write_text(
        section.format(name="work_items", sheet="A") + section.format(name="'work_items 2'", sheet="B")
    )
    fixed = "[tables.{name}.fixed]\nlevel = 'epic'\ntitle = 'x'\n"
    with mine.open("a") as file:
        file.write(fixed.format(name="work_items") + fixed.format(name="'work_items 2'"))
    assert run(book(tmp_path / "b.xlsx", A=one, B=one), out, "--map", str(mine)) == 0
    ids = [row["item_id"] for row in table(out, "work_items")]
    assert ids == ["row 2", "row 3", "B row 2", "B row 3"]
