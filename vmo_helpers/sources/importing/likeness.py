"""Which table a sheet seems to be, and why one is none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from vmo_helpers.contract.names import columns_meant, table_meant
from vmo_helpers.contract.problems import listed
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.sources.found import HEADER_ROWS
from vmo_helpers.sources.importing import amounts, contents
from vmo_helpers.sources.importing.grid import Grid
from vmo_helpers.sources.importing.kinds import KINDS, kinds_in
from vmo_helpers.sources.importing.plans import SPREAD, VALUES, Plan, below
from vmo_helpers.sources.importing.proposals import DATED, GOALS, is_both, moves_in, plan_of, status_of
from vmo_helpers.sources.importing.unfolding import day_of
from vmo_helpers.tables.months import month_of

ENOUGH = 3
"""So much a header must look like one of a table that nothing else names."""
_APART = {"targets": ("goal_id", "at"), "states": ("state", "class")}
"""Tables of which more than the first column of the key must be there: goals alone are no targets."""


def proposed(grid: Grid, wanted: str | None = None) -> dict[str, Plan]:
    """What a sheet seems to be: the table that is wanted, that its name means, or that most of its headers
    mean. A sheet of objectives and key results is both, and one of metrics with columns of months holds their
    observations. Nothing where no header means a column."""
    named = table_meant(grid.name)
    parts = [table for word in grid.name.split() if (table := table_meant(word))]
    if not wanted and any(_coloured(grid, row) for row in _rows(grid)):
        named = "status_reports"  # whatever the sheet is called
    for least, candidates in ((0, [wanted] if wanted else [named]), (0, parts), (ENOUGH, [*TABLES])):
        found = [_likeness(grid, row, table) for row in _rows(grid) for table in candidates if table]
        best = max(found, default=None)
        sure = best is not None and (bool(wanted) or best.keyed or not _elsewhere(grid, best))
        if best is not None and best.count and best.score >= least and (best.keyed if least else sure):
            break
        if wanted:
            return {}
    else:
        return {}
    row, table = -best.up, best.table
    both = GOALS if table in GOALS and (not wanted) and is_both(grid, row) else (table,)
    plans = {one: plan_of(grid, row, one) for one in both}
    status = status_of(grid, row) if table == "work_items" and not wanted else None
    if status and contents.day_above(grid, row):
        plans["status_reports"] = status
    if table == "metrics" and not wanted and any(day_of(name) for name in grid.header(row) if name):
        plans["observations"] = plan_of(grid, row, "observations")
    return plans


def _elsewhere(grid: Grid, named: _Likeness) -> bool:
    """Whether the headers mean another table than the sheet's name does, which lacks what tells its rows
    apart: a sheet called "Board" with items in it is no list of states."""
    others = (_likeness(grid, row, table) for row in _rows(grid) for table in TABLES if table != named.table)
    return any(one.keyed and one.score >= max(ENOUGH, named.score + 1) for one in others)


def _rows(grid: Grid) -> range:
    return range(1, min(len(grid.rows), HEADER_ROWS) + 1)


@dataclass(frozen=True, order=True)
class _Likeness:
    """How much a row (from the first up: −1, −2 …) looks like the header of a table: columns that must be
    there count twice. ``keyed``: what tells its rows apart is there."""

    score: int
    count: int
    up: int
    table: str
    keyed: bool


def _likeness(grid: Grid, row: int, table: str) -> _Likeness:
    names = [name for name in grid.header(row) if name]
    meant = columns_meant(table, names)
    months = sum(month_of(name) is not None for name in names) if table in SPREAD else 0
    told = _tells(grid, row, table, names, meant)
    moves = len(moves_in(grid, row, names, meant)) if table == "work_items" and meant else 0
    needed = [column.name for column in TABLES[table].columns if column.required]
    whose = bool({"item_id", "value_stream_id"} & meant.keys())  # months of money that belongs to something
    of_a_year = table == "budgets" and amounts.of_a_year(
        [name for name in names if name not in meant.values()]
    )
    there = len(needed) if (months or told or of_a_year) and whose else sum(name in meant for name in needed)
    score = 2 * there - (len(needed) - there) + len(meant) + 2 * bool(months or told) + 2 * moves
    kinds = kinds_in(table, names, meant)
    score += 3 * bool(kinds)
    asked = table == "surveys" and "at" in meant and any(map(contents.instrument_of, names))
    score += 3 * asked
    told_apart = _APART.get(table, TABLES[table].key[:1])
    keyed = (bool(told_apart) and all(one in meant for one in told_apart)) or (moves > 0 and "title" in meant)
    keyed = keyed or asked or (table in GOALS and is_both(grid, row))
    return _Likeness(score, len(meant) + bool(months), -row, table, keyed)


def _coloured(grid: Grid, row: int) -> bool:
    names = [name for name in grid.header(row) if name]
    meant = columns_meant("status_reports", names)
    return "item_id" in meant and _tells(grid, row, "status_reports", names, meant)


def _tells(grid: Grid, row: int, table: str, names: Sequence[str], meant: Mapping[str, str]) -> bool:
    """Whether the cells below columns of months say that this is a table of status: colours."""
    months = [name for name in names if table == "status_reports" and day_of(name)]
    if not months or {"at", "overall"} & meant.keys():
        return False
    return contents.colours(cell for name in months for cell in below(grid, row, name)) >= DATED


def lacking(grid: Grid, table: str, plan: Plan) -> list[str]:
    """The columns that a table must have and that neither the plan nor months as headers say."""
    there = {*plan.columns, *plan.fixed}
    header = grid.header(plan.header)
    there |= {"period", "from", "to", "amount"} if table in SPREAD and any(map(month_of, header)) else set()
    there |= {"at", VALUES[table]} if table in VALUES and any(map(day_of, header)) else set()
    if table in KINDS and there & KINDS[table][2].keys():
        there |= {*KINDS[table][:2]}
    return [name for name in contents.needed(table) if name not in there]


def undated(grid: Grid, plan: Plan) -> str | None:
    """A sentence on a sheet of items whose colours of status no title dates; None for any other."""
    status = status_of(grid, plan.header) if {"title", "item_id"} & plan.columns.keys() else None
    if status is None:
        return None
    return (
        f"sheet {grid.name}: {status.columns['overall']} says how things are, but no title above the header "
        f"says on which day: to have it read, add to the map [tables.status_reports] with sheet = "
        f'"{grid.name}" and fixed = {{ at = "YYYY-MM-DD" }}, and import again'
    )


def why_not(grid: Grid, wanted: str | None, read: Collection[str]) -> str:
    """Why a sheet is no table, or not the one that is wanted: what its headers lack. ``read``: the tables
    that other sheets are read as."""
    if months := contents.yearless(grid):
        told = "name one in the sheet's name or in a title above"
        return f"its columns {listed(months, 3)} are of no single year: {told}"
    named = [table_meant(grid.name), *map(table_meant, grid.name.split())]
    tables = [wanted] if wanted else [one for one in named if one] or [*TABLES]
    best = max((_likeness(grid, row, table) for row in _rows(grid) for table in tables), default=None)
    if best is None or not best.count:
        return f"no header means a column of {wanted or 'a table'}"
    plan = plan_of(grid, -best.up, best.table)
    if missing := lacking(grid, best.table, plan):
        return f"looks like {best.table}, but no column says {listed(missing)}"
    also = ", which is read from another sheet" if best.table in read else " too little to be guessed"
    return f"looks like {best.table}{also}"
