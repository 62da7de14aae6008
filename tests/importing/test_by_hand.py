"""A map that a person writes reads a sheet as a map that was guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.sheets import Rows, book, run, table

MAP = """[tables.work_items]
sheet = "Epics"
header = {header}
[tables.work_items.columns]
item_id = "Epic-ID"
title = "Name"
planned_cost = "{column}"
[tables.work_items.fixed]
level = "epic"
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def _rows(column: str, title: str = "") -> Rows:
    rows: Rows = [["Epic-ID", "Name", column], ["E-1", "One", 120], ["E-2", "Two", "1.250,50"]]
    return [[title], *rows] if title else rows


@pytest.mark.parametrize(
    ("column", "title", "factor"),
    [
        ("Budget (k€)", "", 1e3),
        ("Budget (T€)", "", 1e3),
        ("Budget TEUR", "", 1e3),
        ("Budget", "Angaben in k€", 1e3),
        ("Budget", "Epics 2026 by stream, T€", 1e3),
        ("Budget (€)", "in Mio. EUR", 1e6),
        ("Budget (€)", "", 1),
        ("Budget m", "Report EUR", 1),  # no scale: neither sign nor brackets
    ],
)
def test_the_scale_of_a_header_or_title_holds_for_a_map_by_hand(
    tmp_path: Path, out: Path, column: str, title: str, factor: float, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(MAP.format(header=2 if title else 1, column=column), encoding="utf-8")
    source = book(tmp_path / "b.xlsx", Epics=_rows(column, title))
    assert run(source, out, "--map", str(own)) == 0
    costs = [float(row["planned_cost"]) for row in table(out, "work_items")]
    assert costs == [120 * factor, 1250.5 * factor]
    told = capsys.readouterr().out
    said = f"1 column of work_items multiplied by {factor:,.0f} (b.xlsx, sheet Epics, {column})"
    assert (said in told) is (factor != 1) and ("multiplied" in told) is (factor != 1)
    assert run(source, out) == 0  # the map that was written says so, and nothing is multiplied twice
    assert [float(row["planned_cost"]) for row in table(out, "work_items")] == costs


def test_a_scale_of_the_map_is_nearer_than_the_header(tmp_path: Path, out: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        MAP.format(header=1, column="Budget (k€)") + "[tables.work_items.scale]\nplanned_cost = 1\n"
    )
    assert run(book(tmp_path / "b.xlsx", Epics=_rows("Budget (k€)")), out, "--map", str(own)) == 0
    assert [row["planned_cost"] for row in table(out, "work_items")] == ["120", "1250.5"]
