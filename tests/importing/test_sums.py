"""Rows that sum others are no items, in any language and wherever they stand; an epic called after a total is
one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.importing.sheets import Rows, book, run, table

HEAD = ["Epic-ID", "Name", "Stream", "Start", "Finished", "Planned cost"]


def _epics(first: int, count: int, stream: str) -> list[list[Any]]:
    return [
        [f"E-{n}", f"Epic {n}", stream, dt.date(2026, 1, n), dt.date(2026, 5, n), 100 + n]
        for n in range(first, first + count)
    ]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("Summe Handel", 0),
        ("Total Retail", 1),
        ("Sub-total: Retail", 1),
        ("Zwischensumme Handel", 0),
        ("Sous-total Détail", 0),
        ("Suma minorista", 2),
        ("Retail Total", 2),
        ("Handel Ergebnis", 0),
        ("Average of retail", 1),
    ],
)
def test_a_subtotal_is_left_out_by_name_and_no_item(
    tmp_path: Path, out: Path, label: str, place: int, capsys: pytest.CaptureFixture[str]
) -> None:
    subtotal: list[Any] = [None, None, None, None, None, 600]
    subtotal[place] = label
    rows = [HEAD, *_epics(1, 5, "Retail"), subtotal, *_epics(6, 4, "Online"), ["Total", *[None] * 4, 1200]]
    assert run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map") == 0
    items = table(out, "work_items")
    assert [row["item_id"] for row in items] == [f"E-{n}" for n in range(1, 10)]
    assert sum(float(row["planned_cost"]) for row in items) == sum(100 + n for n in range(1, 10))
    told = capsys.readouterr().out
    assert f"1 row of subtotals left out (“{label}” in row 7; b.xlsx, sheet Epics)" in told
    assert "1 row of totals left out (b.xlsx, sheet Epics, row 12)" in told


@pytest.mark.parametrize(
    "row",
    [
        ["E-99", "Total Online Experience", "Online", dt.date(2026, 2, 1), None, 600],
        ["E-99", "Total Online Experience", "Online", None, None, 600],  # an id of its own, not yet begun
        [None, "Total Online Experience", "Online", dt.date(2026, 2, 1), None, 600],  # dates of its own
        ["Total-99", "Online", "Online", None, None, 600],  # an id of the others' kind
        ["E-99", "Totally new", "Online", dt.date(2026, 2, 1), dt.date(2026, 3, 1), 600],
    ],
)
def test_an_item_called_after_a_total_stays(
    tmp_path: Path, out: Path, row: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [HEAD, *_epics(1, 6, "Online"), row]
    run(book(tmp_path / "b.xlsx", Epics=rows), out, "--propose-map", "--lenient")
    said = capsys.readouterr()
    assert "subtotal" not in said.out
    if row[0]:
        assert [one["title"] for one in table(out, "work_items")][-1] == row[1]
    else:
        assert "row 8, no item_id" in said.out  # lost by name, and no total


def test_groups_without_ids_and_dates_are_known_by_what_they_sum(tmp_path: Path, out: Path) -> None:
    rows: Rows = [
        ["Stream", "2026-01", "2026-02"],
        ["Retail", 10, 20],
        ["Online", 1, 2],
        ["Total quality", 5, 5],  # a stream of this name: no row is called "Quality"
        ["Sum Retail", 10, 20],
    ]
    items: Rows = [["ID", "Name", "Created"], ["E1", "One", "2025-01-01"]]
    assert run(book(tmp_path / "b.xlsx", Spend=rows, Epics=items), out, "--propose-map") == 0
    assert [row["value_stream_id"] for row in table(out, "spend")] == ["Retail", "Online", "Total quality"]


def test_a_row_of_counts_below_columns_of_months_is_no_report(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: Rows = [
        ["Epic-ID", "Jan 26", "Feb 26"],
        ["E-1", "green", "red"],
        ["E-2", "amber", "red"],
        ["Anzahl rot", 0, 2],
    ]
    source = book(tmp_path / "b.xlsx", RAG=rows, Epics=[HEAD, *_epics(1, 3, "Retail")])
    assert run(source, out, "--propose-map") == 0
    assert len(table(out, "status_reports")) == 4
    assert "1 row of subtotals left out (“Anzahl rot” in row 4; b.xlsx, sheet RAG)" in capsys.readouterr().out
