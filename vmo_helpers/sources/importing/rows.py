"""Which rows below the header of a sheet are rows of its table: totals, repeated headers and actuals among
plans are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vmo_helpers.contract.columns import Kind
from vmo_helpers.contract.problems import listed, quoted
from vmo_helpers.contract.schema import NAMED, TABLES
from vmo_helpers.sources.importing import contents, readings, totals
from vmo_helpers.sources.importing.collected import Out
from vmo_helpers.sources.importing.grid import Grid
from vmo_helpers.sources.importing.plans import AT, Plan
from vmo_helpers.tables.raw import as_text

Row = tuple[int, Sequence[Any]]
"""A row of a grid with its number there, from 1."""
_IDS = {column.name for table in TABLES.values() for column in table.columns if column.kind is Kind.KEY}


def rows_of(table: str, grid: Grid, plan: Plan, out: Out) -> list[Row]:
    """The rows below the header that hold anything, but for those that are no rows of the table: counted."""
    names = grid.header(plan.header)
    sums, there, unsaid = [], [], {at for at, _ in grid.empty}
    for number, row in enumerate(grid.rows[plan.header :], start=plan.header + 1):
        cells = [as_text(cell) for cell in row]
        if not any(cells) and number not in unsaid:
            continue
        if totals.is_total(row):
            sums.append(number)
        elif [cell or "" for cell in cells[: len(names)]] != names[: len(cells)]:
            there.append((number, row))
    body = [place for place, (_, row) in enumerate(there) if sum(cell is not None for cell in row) > 1]
    while body and _is_sum(table, names, plan, there[body[-1]][1]):
        sums.append(there.pop(body.pop())[0])
    rows = listed((f"{grid.numbers.get(row, row):,}" for row in sorted(sums)), 5)
    out.count(f"row of totals left out ({grid.source}, row {rows})", table, len(sums))
    key = {name for name in TABLES[table].key if name != "value_stream_id"} | {"item_id"}
    ids = {plan.columns[name] for name in key if name in plan.columns and name in _IDS}
    places = {place for place, name in enumerate(names) if name in ids}
    said = [place for place, name in enumerate(names) if name != AT]
    lean = [(row, [cells[place] for place in said if place < len(cells)]) for row, cells in there]
    groups = totals.subtotals(lean, places, unsaid)
    of = {grid.numbers.get(row, row): name for row, name in groups.items()}  # a row of months is several
    rows = listed((f"{quoted(name)} in row {row:,}" for row, name in of.items()), 5)
    out.count(f"row of subtotals left out ({rows}; {grid.source})", table, len(of))
    spent = contents.actuals(table, names, there)
    rows = listed((f"{row:,}" for row in sorted(spent)), 5)
    out.count(f"row of actuals left out of {table} ({grid.source}, row {rows})", table, len(spent))
    return [(number, row) for number, row in there if number not in groups and number not in spent]


def _is_sum(table: str, names: Sequence[str], plan: Plan, row: Sequence[Any]) -> bool:
    """Whether the last row says nothing but amounts, where the others have a name or an id: a total."""
    naming = {plan.columns.get(name) for name in (*TABLES[table].key, NAMED.get(table, ""))} - {None}
    filled = {name: cell for name, cell in zip(names, row, strict=False) if readings.plain(cell) is not None}
    amounts = all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in filled.values())
    return bool(naming) and bool(filled) and amounts and not naming & filled.keys()
