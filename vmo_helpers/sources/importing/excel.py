"""Registers in spreadsheets and CSV files: any sheet as any table, by a map of its columns."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count, repeat
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, listed, quoted
from vmo_helpers.contract.schema import NAMED, TABLES
from vmo_helpers.sources import limits
from vmo_helpers.sources.importing import Asked, Imported
from vmo_helpers.sources.importing.boards import drafted_states
from vmo_helpers.sources.importing.grid import Grid, grids
from vmo_helpers.sources.importing.mapping import FILE
from vmo_helpers.sources.importing.plans import SECTION, Plan, below, plans, proposed, table_of
from vmo_helpers.sources.importing.registers import Out, Sheet, refused
from vmo_helpers.sources.importing.unfolding import unfolded
from vmo_helpers.tables.raw import as_text


def imported(asked: Asked) -> Imported:
    """Every sheet that the map names, or that means a table where guesses are asked for. The option ``table``
    asks for one of them alone. Raises InputProblems where nothing of it can be read."""
    found = grids(Path(asked.where), limits.usual())
    chosen, marks = _chosen(asked, found)
    out = Out()
    done: dict[str, Plan] = {}
    for section, (grid, plan) in chosen.items():
        table = table_of(section)
        asked.watch.read("sheets", len(done), len(chosen))
        made = Sheet(table, *unfolded(table, grid, plan), out, asked).made()
        done[section] = replace(plan, dates=made.dates)
    for grid in {id(grid): grid for grid, _ in chosen.values()}.values():
        what = f"cell of a merged range filled with the value of its first ({grid.source})"
        section = next(name for name, (one, _) in chosen.items() if one is grid)
        out.count(what, table_of(section), grid.merged)
    unread = [grid.name for grid in found if all(grid is not used for used, _ in chosen.values())]
    if "table" not in asked.options:
        out.count(f"sheet not read ({listed(unread, 5)})", "work_items", len(unread))
    if not out.tables:
        what = f"gives no table that can be used: {listed(out.lost, 5)}"
        raise InputProblems([Problem("source", what, source=Path(asked.where).name)])
    if asked.lenient:
        out.count(f"row not read whole: {listed(out.lost, 3)}", next(iter(out.tables)), len(out.lost))
        out.lost.clear()
    sections = {**asked.map.rest.get(SECTION, {}), **{table: plan.section for table, plan in done.items()}}
    known = replace(
        asked.map, rest={**asked.map.rest, SECTION: sections}, guess=asked.map.guess | frozenset(marks)
    )
    partial = "table" in asked.options
    there = "states" in out.tables or (partial and (asked.out / "states.csv").exists())
    boards = [plan.moves for section, plan in done.items() if table_of(section) == "work_items"]
    moved = list(dict.fromkeys(chain.from_iterable(boards)))
    if "transitions" in out.tables and (moved or not there):
        known, out.tables["states"] = drafted_states(known, asked.propose, out.tables["transitions"], moved)
    _linked(asked.out, out)
    beside = [
        f"not read: {listed(names, 12)} ({source}); map them in {FILE}, or leave them"
        for source, names in out.unread.items()
        if names
    ]
    return Imported(out.tables, known, out.told, out.lost, partial=partial, unread=beside)


def _chosen(asked: Asked, found: Sequence[Grid]) -> tuple[dict[str, tuple[Grid, Plan]], list[str]]:
    """Section of the map → the sheet that it reads and how; and the marks of those that are guesses."""
    wanted = asked.options.get("table")
    chosen: dict[str, tuple[Grid, Plan]] = {}
    for section, plan in plans(asked.map).items():
        if wanted in (None, table_of(section)):
            grid = next((one for one in found if one.name.casefold() == plan.sheet.casefold()), None)
            grid = found[0] if grid is None and len(found) == 1 else grid
            if grid is None:
                what = f"[{SECTION}.{section}] sheet: there is no {quoted(plan.sheet)}; there are "
                raise refused(what + listed(one.name for one in found))
            chosen[section] = (grid, plan)
    used = {grid.name for grid, _ in chosen.values()}
    free = [grid for grid in found if grid.name not in used] if asked.propose else []
    alike: dict[str, list[tuple[Grid, Plan]]] = {}
    for grid in free:
        for table, plan in proposed(grid, wanted).items():
            alike.setdefault(table, []).append((grid, plan))
    marks = []
    for table, these in alike.items():
        for sheet in _together(table, these, chosen.get(table)):
            names = chain([table], (f"{table} {number}" for number in count(2)))
            section = next(name for name in names if name not in chosen)
            chosen[section] = sheet
            marks.append(f"{SECTION}.{section}")
    if not chosen:
        there = listed(one.name for one in found)
        what = f"says nothing of {wanted or 'these sheets'} ({there}): add a section [{SECTION}.NAME]"
        what = (
            what
            if not asked.propose
            else f"no sheet looks like {wanted or 'a table'} ({there}): name one in it"
        )
        raise refused(what)
    return chosen, marks


Read = tuple[Grid, Plan]


def _together(table: str, these: Sequence[Read], lead: Read | None) -> list[Read]:
    """Of the sheets that seem to be one table the richest, and those with the same columns that say other
    rows of it: a sheet a month, a sheet a stream. ``lead``: the sheet that the map names."""
    taken = [lead or max(these, key=lambda one: len(one[1].columns) + len(one[1].moves))]
    for sheet in these:
        if sheet is not taken[0] and all(_adds(table, one, sheet) for one in taken):
            taken.append(sheet)
    order = [one for one in these if any(one is other for other in taken)]
    return order


def _adds(table: str, one: Read, other: Read) -> bool:
    """Whether two sheets have the same columns and no row of one key."""
    plans = one[1], other[1]
    same = plans[0].columns == plans[1].columns and tuple(plans[0].moves) == tuple(plans[1].moves)
    keys = [_row_keys(table, *sheet) for sheet in (one, other)] if same else []
    return same and all(keys) and not keys[0] & keys[1]


def _row_keys(table: str, grid: Grid, plan: Plan) -> set[tuple[str, ...]]:
    """What tells the rows of a sheet apart, as far as it has it: the columns of the key, else the names."""
    names = [name for name in TABLES[table].key if name in plan.columns or name in plan.fixed]
    if not any(name in plan.columns for name in names):
        names += [NAMED[table]] if NAMED.get(table) in plan.columns else []
    cells = [
        [as_text(cell) or "" for cell in below(grid, plan.header, plan.columns[name])]
        if name in plan.columns
        else repeat(plan.fixed[name])
        for name in names
    ]
    return (
        {key for key in zip(*cells, strict=False) if any(key)}
        if any(name in plan.columns for name in names)
        else set()
    )


def _linked(folder: Path, out: Out) -> None:
    """Where a table refers to another by names and not by keys, the keys: a register of status has the names
    of projects."""
    for table, columns in out.tables.items():
        for column in TABLES[table].columns:
            if column.refers in NAMED and column.name in columns and column.refers != table:
                known = _keys(folder, str(column.refers), out)
                cells, keys = columns[column.name], set(known.values())
                meant = [cell if cell in keys else known.get(str(cell).casefold(), cell) for cell in cells]
                changed = sum(one != other for one, other in zip(cells, meant, strict=True))
                what = f"name of {column.refers} in {table} read as a key"
                out.count(what, table, changed)
                columns[column.name] = meant


def _keys(folder: Path, table: str, out: Out) -> dict[str, str]:
    """Name → key of the rows of a table, of this import or of one that lies in the folder; names that stand
    twice lead to none."""
    key, name = TABLES[table].key[0], NAMED[table]
    rows: list[tuple[Any, Any]] = []
    if table in out.tables:
        rows = list(zip(out.tables[table][key], out.tables[table].get(name, []), strict=False))
    elif (file := folder / f"{table}.csv").is_file():
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = [(row.get(key), row.get(name)) for row in csv.DictReader(text)]
    count = Counter(str(said).casefold() for _, said in rows)
    return {str(said).casefold(): str(one) for one, said in rows if said and count[str(said).casefold()] == 1}
