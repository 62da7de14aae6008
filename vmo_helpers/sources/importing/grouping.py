"""Sheets of objectives and key results whose rows are grouped: an objective stands once, above its key
results."""

from __future__ import annotations

from dataclasses import replace

from vmo_helpers.contract.problems import listed
from vmo_helpers.sources.importing.collected import Out
from vmo_helpers.sources.importing.grid import Grid
from vmo_helpers.sources.importing.plans import Plan
from vmo_helpers.tables.raw import as_text

_NUMBERED = ("baseline", "target", "low", "high", "current")


def grouped(table: str, grid: Grid, plan: Plan, beside: Plan | None, out: Out) -> Grid:
    """The sheet with the objective in each row of a key result below it, counted, and without the rows that
    name an objective alone where it is read as key results.

    Only where no objective stands twice: in a sheet that says it again in each row, an empty cell is a gap.
    ``beside``: how the same sheet is read as the other of the two tables.
    """
    results, objectives = (plan, beside) if table == "key_results" else (beside, plan)
    if table not in ("objectives", "key_results") or results is None:
        return grid
    names = grid.header(plan.header)
    own = [names.index(one) for one in map(results.columns.get, ("title", "kr_id")) if one in names]
    said = [results.columns.get("objective_id")]
    said += [objectives.columns.get(name) for name in ("objective_id", "title")] if objectives else []
    leads = sorted({names.index(name) for name in said if name in names} - {*own})
    if not own or not leads:
        return grid
    numbered = [names.index(name) for name in map(results.columns.get, _NUMBERED) if name in names]
    header = plan.columns.get("contributors")
    contributing = names.index(header) if header in names else None
    rows = [[*row, *[None] * (len(names) - len(row))] for row in grid.rows]
    body = range(plan.header, len(rows))
    known = [[one for row in body if (one := as_text(rows[row][lead]))] for lead in leads]
    once = all(len(some) == len({*some}) for some in known)
    last: dict[int, object] = {}
    filled = []
    for row in body:
        cells = rows[row]
        result = any(as_text(cells[place]) for place in own)
        if any(as_text(cells[lead]) for lead in leads):
            last = {lead: cells[lead] for lead in leads}
            if table == "key_results" and not result and not any(as_text(cells[one]) for one in numbered):
                rows[row] = [None] * len(cells)
        elif result and once and last:
            filled.append(grid.numbers.get(row + 1, row + 1))
            for lead in leads:
                cells[lead] = last[lead]
        if result and table == "objectives" and contributing is not None:
            cells[contributing] = None  # it is the key result's
    if table == "key_results":
        where = f"{grid.source}, row {listed((f'{row:,}' for row in filled), 5)}"
        what = f"row without an objective taken to belong to the one above it ({where})"
        out.count(what, table, len(filled))
    return replace(grid, rows=rows)
