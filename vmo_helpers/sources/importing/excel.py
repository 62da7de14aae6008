"""Registers in spreadsheets and CSV files: any sheet as any table, by a map of its columns."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, count, repeat
from pathlib import Path
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, listed, quoted
from vmo_helpers.contract.schema import NAMED, TABLES
from vmo_helpers.sources import limits
from vmo_helpers.sources.importing import Asked, Imported, kept
from vmo_helpers.sources.importing.boards import drafted_states
from vmo_helpers.sources.importing.collected import ROW, Out, refused
from vmo_helpers.sources.importing.contents import day_above, of_a_year, yearless
from vmo_helpers.sources.importing.contributing import linked
from vmo_helpers.sources.importing.grid import Grid, grids
from vmo_helpers.sources.importing.grouping import grouped
from vmo_helpers.sources.importing.holding import held
from vmo_helpers.sources.importing.likeness import lacking, proposed, undated, why_not
from vmo_helpers.sources.importing.mapping import FILE, Map
from vmo_helpers.sources.importing.plans import SECTION, TITLE, Plan, below, plans, scaled, table_of
from vmo_helpers.sources.importing.references import keyed, parted
from vmo_helpers.sources.importing.registers import Sheet
from vmo_helpers.sources.importing.standing import meanings, settled
from vmo_helpers.sources.importing.unfolding import unfolded
from vmo_helpers.tables.raw import as_text


def imported(asked: Asked) -> Imported:
    """Every sheet that the map names, or that means a table where guesses are asked for. The option ``table``
    asks for one of them alone. Raises InputProblems where nothing of it can be read."""
    found = [of_a_year(grid) for grid in grids(Path(asked.where), limits.usual())]
    chosen, marks = _chosen(asked, found)
    out = Out(gone=_gone(asked))
    done: dict[str, Plan] = {}
    for section, (grid, plan) in chosen.items():
        table = table_of(section)
        asked.watch.read("sheets", len(done), len(chosen))
        guessed = f"{SECTION}.{section}" in asked.map.guess | frozenset(marks)
        plan = scaled(table, grid, titled(table, grid, plan))
        twin = {"objectives": "key_results", "key_results": "objectives"}.get(table)
        pair = (one for name, (of, one) in chosen.items() if of is grid and table_of(name) == twin)
        grid = coloured(table, grid, chosen[section][1])
        grid = grouped(table, grid, plan, next(pair, None), out)
        made = Sheet(table, *unfolded(table, grid, plan), out, asked, guessed).made()
        done[section] = replace(chosen[section][1], dates=made.dates, scale=plan.scale)
    for grid in {id(grid): grid for grid, _ in chosen.values()}.values():
        what = f"cell of a merged range filled with the value of its first ({grid.source})"
        section = next(name for name, (one, _) in chosen.items() if one is grid)
        out.count(what, table_of(section), grid.merged)
    unread = [grid for grid in found if all(grid is not used for used, _ in chosen.values())]
    if "table" not in asked.options:
        names = listed((grid.called for grid in unread), 5)
        out.count(f"sheet not read ({names})", "work_items", len(unread))
    settled(out, meanings(plan.words for plan in done.values()))
    keyed(asked.out, out)
    parted(asked.out, out)
    linked(asked.out, out)
    _first_rows(out)
    partial = "table" in asked.options
    known, states = _states(asked, out, done, partial)
    out.tables, refused_rows = held(out.tables | states, asked.out, out.gone)
    out.lost += refused_rows
    for columns in out.tables.values():
        columns.pop(ROW, None)
    if not out.tables:
        what = f"gives no table that can be used: {listed(out.lost, 5)}"
        raise InputProblems([Problem("source", what, source=Path(asked.where).name)])
    if asked.lenient:
        out.count(f"row not read whole: {listed(out.lost, 3)}", next(iter(out.tables)), len(out.lost))
        out.lost.clear()
    sections = {**asked.map.rest.get(SECTION, {}), **{table: plan.section for table, plan in done.items()}}
    known = replace(
        known, rest={**asked.map.rest, SECTION: sections}, guess=asked.map.guess | frozenset(marks)
    )
    beside = [
        f"not read: {listed(names, 12)} ({source}); map them in {FILE}, or leave them"
        for source, names in out.unread.items()
        if names
    ]
    if asked.propose and "table" not in asked.options:
        read = {table_of(section) for section in chosen}
        beside += [f"sheet {one.name}: {why_not(one, None, read)}" for one in unread if not one.hidden]
        if "status_reports" not in read:
            beside += filter(None, (undated(grid, plan) for grid, plan in chosen.values()))
    return Imported(out.tables, known, out.told, out.lost, partial=partial, unread=beside)


def titled(table: str, grid: Grid, plan: Plan) -> Plan:
    """The plan with the day that the titles above the header name, where it asks for that. Raises
    InputProblems where they name none."""
    if TITLE not in plan.fixed.values():
        return plan
    day = day_above(grid, plan.header)
    if day is None:
        what = "no title above the header names one day: write the day in its place"
        raise refused(f'[{SECTION}.{table}.fixed] "{TITLE}": {grid.source}: {what}')
    return replace(plan, fixed={name: day if one == TITLE else one for name, one in plan.fixed.items()})


def coloured(table: str, grid: Grid, plan: Plan) -> Grid:
    """A sheet of items that reports their status, too, without the rows of items that have no colour."""
    names = grid.header(plan.header)
    if table != "status_reports" or TITLE not in plan.fixed.values() or plan.columns["overall"] not in names:
        return grid
    place = names.index(plan.columns["overall"])
    bare = {at for at, row in enumerate(grid.rows, start=1) if not any(map(as_text, row[place : place + 1]))}
    rows = [[] if at in bare and at > plan.header else row for at, row in enumerate(grid.rows, start=1)]
    return replace(grid, rows=rows, empty={one: why for one, why in grid.empty.items() if one[0] not in bare})


def _gone(asked: Asked) -> frozenset[str]:
    """The tables of an earlier import that this one writes anew or takes away."""
    return frozenset(Path(name).stem for name in kept.replaced(asked.out, asked.options.get("table")))


def _states(
    asked: Asked, out: Out, done: Mapping[str, Plan], partial: bool
) -> tuple[Map, dict[str, dict[str, list[Any]]]]:
    """The map with the states of a board that was found, and their table. Where a table of states is there
    already, those that it lacks come below it; nothing new where it lacks none."""
    boards = [plan.moves for section, plan in done.items() if table_of(section) == "work_items"]
    moved = list(dict.fromkeys(chain.from_iterable(boards)))
    if "transitions" not in out.tables:
        return asked.map, {}
    there, file = out.tables.get("states", {}), asked.out / "states.csv"
    if not there and partial and not moved and file.exists():
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
        there = {name: [row[name] or None for row in rows] for name in (rows[0] if rows else ())}
    moves = out.tables["transitions"]
    if not there or moved:
        known, states = drafted_states(asked.map, asked.propose, moves, moved)
        return known, {"states": states}
    new = [place for place, name in enumerate(moves["to_state"]) if name not in there.get("state", ())]
    if not new:
        return asked.map, {}
    few = {name: [cells[place] for place in new] for name, cells in moves.items()}
    known, states = drafted_states(asked.map, asked.propose, few)
    last = max((float(one) for one in there.get("position", ()) if one), default=0.0)
    states["position"] = [f"{last + place:g}" for place in range(1, len(states["state"]) + 1)]
    both = Out({"states": there})
    both.add("states", {name: cells for name, cells in states.items() if any(cells)})
    return known, both.tables


def _first_rows(out: Out) -> None:
    """Of an item that stands in several rows the first counts, with its dates alone."""
    items, moves = out.tables.get("work_items", {}), out.tables.get("transitions", {})
    if ROW not in moves or ROW not in items:
        return
    first: dict[Any, Any] = {}
    for item, row in zip(items["item_id"], items[ROW], strict=True):
        first.setdefault(item, row)
    again = {row for item, row in zip(items["item_id"], items[ROW], strict=True) if first[item] != row}
    kept = [place for place, row in enumerate(moves[ROW]) if row not in again]
    out.tables["transitions"] = {name: [cells[place] for place in kept] for name, cells in moves.items()}


def _chosen(asked: Asked, found: Sequence[Grid]) -> tuple[dict[str, tuple[Grid, Plan]], list[str]]:
    """Section of the map → the sheet that it reads and how; and the marks of those that are guesses."""
    wanted = asked.options.get("table")
    chosen: dict[str, tuple[Grid, Plan]] = {}
    begun: list[str] = []
    apart = {Path(name).stem for name in (kept.record_in(asked.out) or {}).get("joined", {})}
    for section, plan in plans(asked.map).items():
        if wanted in (None, table_of(section)):
            if asked.propose and not plan.columns and not plan.moves:
                found_as = _completed(table_of(section), plan, found)
                if found_as is not None:
                    chosen[section], begun = found_as, [*begun, f"{SECTION}.{section}"]
                    continue
            grid = next((one for one in found if one.name.casefold() == plan.sheet.casefold()), None)
            if grid is None and not wanted and table_of(section) in apart:
                continue  # it came from elsewhere, and stays
            grid = found[0] if grid is None and len(found) == 1 else grid
            if grid is None:
                what = f"[{SECTION}.{section}] sheet: there is no {quoted(plan.sheet)}; there are "
                raise refused(what + listed(one.name for one in found))
            chosen[section] = (grid, plan)
    used = {grid.name for grid, _ in chosen.values()}
    free = [one for one in found if one.name not in used and not one.hidden] if asked.propose else []
    alike: dict[str, list[tuple[Grid, Plan]]] = {}
    for grid in free:
        for table, plan in proposed(grid, wanted).items():
            if (wanted or yearless(grid)) and lacking(grid, table, plan):
                continue
            alike.setdefault(table, []).append((grid, plan))
    marks = begun
    reports = alike.get("status_reports", [])
    of_their_own = [one for one in reports if TITLE not in one[1].fixed.values()]
    alike |= {"status_reports": of_their_own} if of_their_own else {}
    for table, these in alike.items():
        for sheet in _together(table, these, chosen.get(table)):
            names = chain([table], (f"{table} {number}" for number in count(2)))
            section = next(name for name in names if name not in chosen)
            chosen[section] = sheet
            marks.append(f"{SECTION}.{section}")
    if not chosen:
        there = listed(one.called for one in found)
        what = f"says nothing of {wanted or 'these sheets'} ({there}): add a section [{SECTION}.NAME]"
        if asked.propose:
            columns = (
                f"; no header means a column of it ({listed(TABLES[wanted].names, 8)})"
                if wanted in TABLES
                else ""
            )
            whole = wanted if wanted in TABLES else None
            why = "; ".join(f"sheet {one.name}: {why_not(one, whole, ())}" for one in found[:8])
            what = f"no sheet looks like {wanted or 'a table'} ({there}): name one in it{columns}. {why}"
        raise refused(what)
    return chosen, marks


Read = tuple[Grid, Plan]


def _completed(table: str, said: Plan, found: Sequence[Grid]) -> Read | None:
    """A section that names no columns, such as one that only says what holds of every row, with those that a
    sheet proposes."""
    for grid in found:
        plan = proposed(grid, table).get(table) if said.sheet in ("", grid.name) else None
        if plan is not None:
            own = {name: value for name, value in said.section.items() if name not in ("sheet", "header")}
            own["fixed"] = {**plan.fixed, **said.fixed}
            return grid, replace(plan, **own)
    return None


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
