"""Workbooks and CSV files as people keep them, made of a few rows."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

from vmo_helpers.cli.main import main

Rows = Sequence[Sequence[Any]]


def book(path: Path, merged: Sequence[tuple[str, str]] = (), **sheets: Rows) -> Path:
    """A workbook with these sheets; ``merged``: ranges as (sheet, "A2:A4")."""
    whole = openpyxl.Workbook()
    whole.remove(whole.active)
    for name, rows in sheets.items():
        sheet = whole.create_sheet(name)
        for row, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells, start=1):
                sheet.cell(row, column).value = cell
                if isinstance(cell, str) and cell.startswith("=") and not cell.startswith("=SUM"):
                    sheet.cell(row, column).data_type = "s"  # a text, whatever it begins with
    for name, cells in merged:
        whole[name].merge_cells(cells)
    whole.save(path)
    return path


def text(path: Path, rows: Rows, separator: str = ",") -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def run(source: Path, out: Path, *options: str) -> int:
    return main(["import", "excel", str(source), "--out", str(out), *options])


def table(out: Path, name: str) -> list[dict[str, str]]:
    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
