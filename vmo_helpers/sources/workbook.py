"""One Excel workbook (.xlsx) with a sheet a table."""

from __future__ import annotations

import hashlib
import importlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vmo_helpers.contract.problems import Problem
from vmo_helpers.sources.found import Found, NoTable, chosen
from vmo_helpers.tables.raw import Raw, of_cells


def read(path: Path) -> Found:
    """The sheets that bear a table's name; their first row is the header. Formulas give the values last
    computed."""
    found = Found()
    try:
        openpyxl: Any = importlib.import_module("openpyxl")
    except ImportError:
        found.problems.append(
            Problem("source", "a workbook needs the package openpyxl: pip install openpyxl", source=path.name)
        )
        return found
    data = path.read_bytes()
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        why = (
            "it is empty"
            if not data
            else str(error).splitlines()[0]
            if str(error)
            else "damaged or protected by a password"
        )
        found.problems.append(
            Problem("source", f"is no Excel workbook that can be read: {why}", source=path.name)
        )
        return found
    for table, sheet in chosen([sheet.title for sheet in book.worksheets], found).items():
        try:
            found.raws.append(_sheet(book[sheet], table, f"{path.name}, sheet {sheet}"))
        except NoTable as error:
            found.refuse(table, str(error), f"{path.name}, sheet {sheet}")
    book.close()
    found.files.append(
        {
            "name": path.name,
            "sha256": hashlib.sha256(data).hexdigest(),
            "rows": sum(len(raw) for raw in found.raws),
        }
    )
    found.nothing(path.name)
    return found


def _sheet(sheet: Any, table: str, source: str) -> Raw:
    sheet.reset_dimensions()  # some programs write a wrong size of the sheet
    lines: Iterator[tuple[Any, ...]] = sheet.iter_rows(values_only=True)
    header = ["" if cell is None else str(cell).strip() for cell in next(lines, ())]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise NoTable("begins with an empty row: expected the header in row 1")
    names = [cell or f"column {place}" for place, cell in enumerate(header, start=1)]
    cells, rows, beyond = [], [], []
    for row, line in enumerate(lines, start=2):
        if any(cell is not None for cell in line):
            cells.append(line[: len(names)] + (None,) * (len(names) - len(line)))
            rows.append(row)
            if any(cell is not None for cell in line[len(names) :]):
                beyond.append(row)
    if beyond:
        raise NoTable(f"has cells beyond its header in row {beyond[0]:,}: expected a name above each column")
    return of_cells(table, names, cells, source=source, rows=np.array(rows, dtype=np.int64))
