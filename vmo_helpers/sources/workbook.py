"""One Excel workbook (.xlsx) with a sheet a table."""

from __future__ import annotations

import hashlib
import importlib
import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vmo_helpers.contract.cells.typed import marked
from vmo_helpers.contract.problems import Problem
from vmo_helpers.sources import limits, sheets
from vmo_helpers.sources.found import HEADER_ROWS, Found, NoTable, chosen, refuse_other_header
from vmo_helpers.tables.raw import Raw, of_arrow

_CHUNK = 5_000


def read(path: Path, limit: int) -> Found:
    """The sheets that bear a table's name; their first row is the header. Formulas give the values last
    computed."""
    found = Found()
    try:
        openpyxl: Any = importlib.import_module("openpyxl")
    except ImportError:
        return _refused(found, path, "a workbook needs the package openpyxl: pip install openpyxl")
    try:
        data = limits.file_bytes(path, limit)
        sizes = sheets.sizes(data)
        shared = max((size for part, size in sizes.items() if "sheets/" not in part), default=0)
        if shared > limit:
            raise limits.too_large(f"its texts unpack to {limits.in_words(shared)}", limit)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        parts = sheets.parts(data)
    except NoTable as error:
        return _refused(found, path, str(error))
    except sheets.UNREADABLE as error:
        why = str(error).splitlines()[0] if str(error) else "damaged or protected by a password"
        why = why if path.stat().st_size else "it is empty"
        return _refused(found, path, f"is no Excel workbook that can be read: {why}")
    for table, sheet in chosen([sheet.title for sheet in book.worksheets], found).items():
        source = f"{path.name}, sheet {sheet}"
        part = parts.get(sheet, "")
        try:
            if sizes.get(part, 0) > limit:
                raise limits.too_large(f"unpacks to {limits.in_words(sizes[part])}", limit)
            found.raws.append(_sheet(book[sheet], table, source, sheets.unsaid(data, part), limit))
        except NoTable as error:
            found.refuse(table, str(error), source)
        except sheets.UNREADABLE as error:
            found.refuse(table, f"is damaged: {str(error).splitlines()[0] or type(error).__name__}", source)
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


def _refused(found: Found, path: Path, what: str) -> Found:
    found.problems.append(Problem("source", what, source=path.name))
    return found


def _sheet(sheet: Any, table: str, source: str, unsaid: sheets.Unsaid, limit: int) -> Raw:
    sheet.reset_dimensions()  # some programs write a wrong size of the sheet
    lines: Iterator[tuple[Any, ...]] = sheet.iter_rows(values_only=True)
    head = list(islice(lines, HEADER_ROWS))
    header = [_name(cell) for cell in (head[0] if head else ())]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise NoTable("begins with an empty row: expected the header in row 1")
    refuse_other_header(table, [[_name(cell) for cell in line] for line in head])
    names = [cell or f"column {place}" for place, cell in enumerate(header, start=1)]
    rows: list[int] = []
    arrays = limits.gathered(len(names), _chunks(chain(head[1:], lines), len(names), unsaid, rows), limit)
    kept = np.array(rows, dtype=np.int64)
    for place, why in unsaid.by_column(len(names)):
        arrays[place - 1] = _marked(arrays[place - 1], kept, why)
    return of_arrow(table, pa.Table.from_arrays(arrays, names=names), source=source, rows=kept)


def _name(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _chunks(
    lines: Iterator[tuple[Any, ...]], width: int, unsaid: sheets.Unsaid, rows: list[int]
) -> Iterator[list[Sequence[Any]]]:
    """The rows that hold anything, a chunk at a time; ``rows`` takes their numbers."""
    chunk: list[Sequence[Any]] = []
    for row, line in enumerate(lines, start=2):
        if any(cell is not None for cell in line) or row in unsaid.rows:
            if any(cell is not None for cell in line[width:]):
                raise NoTable(
                    f"has cells beyond its header in row {row:,}: expected a name above each column"
                )
            chunk.append(line[:width] + (None,) * (width - len(line)))
            rows.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _marked(array: Any, rows: np.ndarray, why: dict[int, str]) -> Any:
    """The cells of these rows that cannot be used, and why."""
    for reason in dict.fromkeys(why.values()):
        mask = np.isin(rows, [row for row, one in why.items() if one == reason])
        array = marked(array, mask, reason) if mask.any() else array
    return array
