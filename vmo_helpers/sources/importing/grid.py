"""Sheets of a workbook and CSV files as rows of cells, whatever stands above their header."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, listed
from vmo_helpers.sources import delimited, limits, sheets
from vmo_helpers.sources.found import NoTable
from vmo_helpers.tables.raw import as_text

BOOKS, TEXTS = (".xlsx", ".xlsm"), (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Grid:
    """One sheet. ``rows[0]`` is row 1 of the sheet, cells are texts, numbers, flags or days. ``empty``: cells
    that hold a formula without a value, by row and column from 1. ``merged``: how many cells below the first
    of a merged range took its value. ``commas``: a comma may mark decimals in it. ``numbers``: the row of
    the sheet that a row came from, where it is another, and ``heads``: the header of its column there.
    ``hidden``: whoever opens the workbook does not see it."""

    name: str
    source: str
    rows: Sequence[Sequence[Any]]
    empty: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: int = 0
    commas: bool = False
    numbers: Mapping[int, int] = field(default_factory=dict)
    hidden: bool = False
    heads: Mapping[int, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        """Its name, and whether it is hidden."""
        return f"{self.name} (hidden)" if self.hidden else self.name

    def header(self, row: int) -> list[str]:
        """The names in a row (from 1); one that stands there again has its number, one without has none."""
        names: list[str] = []
        for cell in self.rows[row - 1] if 0 < row <= len(self.rows) else ():
            name, place = (as_text(cell) or "").strip(), 1
            free = name
            while free and free in names:
                place += 1
                free = f"{name} ({place})"
            names.append(free)
        return names


def grids(where: Path, limit: int) -> list[Grid]:
    """Every sheet of a workbook, a CSV file, or all of these in a folder. Raises InputProblems where there is
    none, or where one cannot be read."""
    if not where.exists():
        raise _problem("is not there", where.name)
    kinds = (*BOOKS, *TEXTS)
    files = (
        sorted(one for one in where.iterdir() if one.suffix.lower() in kinds) if where.is_dir() else [where]
    )
    files = [one for one in files if not one.name.startswith((".", "~"))]
    found: list[Grid] = []
    for file in files:
        if file.suffix.lower() not in kinds:
            old = " (an old workbook? save it as .xlsx)" if file.suffix.lower() == ".xls" else ""
            raise _problem(f"is no sheet{old}: expected a file that ends in {listed(kinds)}", file.name)
        try:
            data = limits.file_bytes(file, limit)
            found += _book(data, file.name, limit) if file.suffix.lower() in BOOKS else [_text(data, file)]
        except NoTable as error:
            raise _problem(str(error), file.name) from error
        except sheets.UNREADABLE as error:
            why = (str(error) or type(error).__name__).splitlines()[0]
            raise _problem(f"is no workbook that can be read: {why}", file.name) from error
    found = [grid for grid in found if grid.rows]
    if not found:
        raise _problem(f"holds no sheet with a cell: expected files that end in {listed(kinds)}", where.name)
    return found


def letter(place: int) -> str:
    """What a spreadsheet calls a column, by its place from 0: A, B … Z, AA."""
    return (letter(place // 26 - 1) if place > 25 else "") + chr(ord("A") + place % 26)


def _problem(what: str, source: str) -> InputProblems:
    return InputProblems([Problem("source", what, source=source)])


def _text(data: bytes, file: Path) -> Grid:
    text = delimited.utf8(data, file.stem, file.name)[0].decode("utf-8")
    best: list[list[str]] = []
    for separator in delimited.SEPARATORS:
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        except csv.Error:
            continue
        if not best or _filled(rows) > _filled(best):
            best, commas = rows, separator != ","
    if not best:
        raise NoTable("cannot be read as a table of any separator")
    return Grid(file.stem, file.name, [[cell.strip() or None for cell in row] for row in best], commas=commas)


def _filled(rows: Iterable[Sequence[Any]]) -> tuple[int, int]:
    """How many of the first rows have several cells, and how many cells these have."""
    widths = [sum(bool(cell) for cell in row) for row, _ in zip(rows, range(50), strict=False)]
    return sum(width > 1 for width in widths), sum(widths)


def _book(data: bytes, name: str, limit: int) -> list[Grid]:
    try:
        openpyxl: Any = importlib.import_module("openpyxl")
    except ImportError as error:
        raise NoTable("a workbook needs the package openpyxl: pip install openpyxl") from error
    sizes, parts = sheets.sizes(data), sheets.parts(data)
    if max(sizes.values(), default=0) > limit:
        raise limits.too_large(f"unpacks to {limits.in_words(max(sizes.values()))}", limit)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        while rows and not any(cell is not None for cell in rows[-1]):
            rows.pop()
        unsaid = sheets.unsaid(data, parts.get(sheet.title, ""))
        merged = _unmerged(rows, unsaid)
        empty = {place: why for place, why in unsaid.cells.items() if why is sheets.NO_VALUE}
        hidden = sheet.sheet_state != "visible"
        found.append(Grid(sheet.title, f"{name}, sheet {sheet.title}", rows, empty, merged, hidden=hidden))
    book.close()
    return found


def _unmerged(rows: list[list[Any]], unsaid: sheets.Unsaid) -> int:
    """Cells below the first of a merged range take its value; those beside it stay empty."""
    taken = 0
    for (row, column), (top, left) in unsaid.merged.items():
        if column == left and row <= len(rows) and len(rows[top - 1]) >= left:
            line = rows[row - 1]
            line += [None] * (column - len(line))
            line[column - 1] = rows[top - 1][left - 1]
            taken += 1
    return taken
