"""Registers of another shape than their table: a column a month, or a day, in tables of what was so when; a
column a kind in tables of what leads to goals or to things of several kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from vmo_helpers.sources.importing import readings
from vmo_helpers.sources.importing.grid import Grid
from vmo_helpers.sources.importing.kinds import KINDS
from vmo_helpers.sources.importing.plans import AT, VALUE, VALUES, Plan
from vmo_helpers.tables.months import month_of


def unfolded(table: str, grid: Grid, plan: Plan) -> tuple[Grid, Plan]:
    """The sheet with a row for each filled cell below a header that is a month or a day, and the plan for it;
    a month is its last day. Both as they are where the plan names a column of dates, or no header is one."""
    names = grid.header(plan.header)
    own = {*plan.columns.values()}
    days = {place: day for place, name in enumerate(names) if name not in own and (day := day_of(name))}
    if table in KINDS and KINDS[table][2].keys() & plan.columns.keys():
        return _of_kinds(table, grid, plan)
    if table not in VALUES or {"at", VALUES[table]} & plan.columns.keys() or not days:
        return grid, plan
    rows: list[list[Any]] = [[*names, AT, VALUE]]
    numbers, heads = {1: plan.header}, {}
    empty: dict[tuple[int, int], str] = {}
    for number, row in enumerate(grid.rows[plan.header :], start=plan.header + 1):
        cells = [*row, *[None] * (len(names) - len(row))]
        kept = [None if place in days else cell for place, cell in enumerate(cells[: len(names)])]
        for place, day in days.items():
            why = grid.empty.get((number, place + 1))
            if why or readings.plain(cells[place]) is not None:
                rows.append([*kept, day, cells[place]])
                numbers[len(rows)], heads[len(rows)] = number, names[place]
                empty |= {(len(rows), len(rows[0])): why} if why else {}
    columns = {**plan.columns, "at": AT, VALUES[table]: VALUE}
    return replace(grid, rows=rows, numbers=numbers, empty=empty, heads=heads), replace(
        plan, header=1, columns=columns
    )


def _of_kinds(table: str, grid: Grid, plan: Plan) -> tuple[Grid, Plan]:
    """The sheet with what each row leads to in one column, and its kind in another."""
    to, of, kinds = KINDS[table]
    names = grid.header(plan.header)
    places = {kind: names.index(plan.columns[kind]) for kind in kinds if plan.columns.get(kind) in names}
    rows: list[list[Any]] = [[*names, AT, VALUE]]
    for row in grid.rows[plan.header :]:
        cells = [*row, *[None] * (len(names) - len(row))]
        kind = next((one for one, at in places.items() if readings.plain(cells[at]) is not None), None)
        lead = cells[places[kind]] if kind else None
        kept = [None if place in places.values() else cell for place, cell in enumerate(cells[: len(names)])]
        rows.append([*kept, lead, kind])
    numbers = {place: place + plan.header - 1 for place in range(1, len(rows) + 1)}
    columns = {name: header for name, header in plan.columns.items() if name not in kinds}
    empty = {(row - plan.header + 1, column): why for (row, column), why in grid.empty.items()}
    found = replace(grid, rows=rows, numbers=numbers, empty=empty)
    return found, replace(plan, header=1, columns={**columns, to: AT, of: VALUE})


def day_of(header: str) -> str | None:
    """The last day of a month that a header names, or the day that it is."""
    month = month_of(header) if header else None
    if month is not None:
        return (month + pd.offsets.MonthEnd(0)).strftime("%Y-%m-%d")
    return header if header and readings.dates_in([header]) else None
