"""What a sheet proposes once it is known which table it is: its columns, states, words and fixed values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import pandas as pd

from vmo_helpers.contract.dated import date_meant
from vmo_helpers.contract.names import columns_meant
from vmo_helpers.contract.schema import TABLES, Kind
from vmo_helpers.contract.words import words_of
from vmo_helpers.sources.guesses import class_by_name
from vmo_helpers.sources.importing import amounts, contents, readings
from vmo_helpers.sources.importing.contributing import contributors_in
from vmo_helpers.sources.importing.grid import Grid
from vmo_helpers.sources.importing.kinds import kinds_in
from vmo_helpers.sources.importing.plans import SPREAD, TITLE, Plan, below, scaled
from vmo_helpers.sources.importing.unfolding import day_of
from vmo_helpers.tables.months import month_of
from vmo_helpers.tables.shapes import BESIDE_CURRENT, fold
from vmo_helpers.vocabulary import ALIASES, Rag, StateClass, WorkType

GOALS = ("objectives", "key_results")
_LEVELS = frozenset({"initiative", "epic", "epos", "feature", "capability", "story", "user_story", "theme"})
DATED, _NUMBERED, _LOOKED_AT = 0.8, 0.5, 50
"""A column is one of dates, or of numbers, where this share of its first cells are such."""
_NOW = frozenset({("value",), ("value", "date"), ("value", "state"), ("progress",)})
"""What the value of today is called in a sheet of key results."""
NO_END = "9999-12-31"
"""How the contract writes that a period has no end."""


def plan_of(grid: Grid, row: int, table: str) -> Plan:
    """How a sheet whose header is in this row (from 1) is read as a table."""
    names = [name for name in grid.header(row) if name]
    columns = columns_meant(table, names)
    moves = moves_in(grid, row, names, columns) if table == "work_items" else ()
    columns = {
        column: name for column, name in columns.items() if column == "delivered_at" or name not in moves
    }
    if table == "work_items" and "level" not in columns and _says_levels(grid, row, columns.get("work_type")):
        columns["level"] = columns.pop("work_type")  # a column "Type" of epics and features
    columns = _fitting(grid, row, table, names, columns)
    standing = _standing(grid, row, names, columns) if table == "work_items" and not moves else {}
    columns |= dict(zip(("status",), standing, strict=False))
    if table in SPREAD and any(map(month_of, names)):  # beside months a "Sum" is theirs
        columns = {one: name for one, name in columns.items() if one not in ("amount", "period")}
    if kinds := kinds_in(table, names, columns):
        columns = {column: name for column, name in columns.items() if name not in kinds.values()} | kinds
    if table == "decisions":
        columns = _asked(grid, row, columns)
    if table in GOALS and (header := contributors_in(names, columns)):
        columns["contributors"] = header
    fixed: dict[str, str] = {}
    free = [name for name in names if name not in columns.values()]
    if table == "budgets" and "amount" not in columns and (budget := amounts.of_a_year(free)):
        columns["amount"], year = budget
        if not {"from", "to"} & columns.keys():
            fixed |= {"from": f"{year}-01-01", "to": f"{year}-12-31"}
    if table == "benefits":
        columns, fixed = _of_benefits(grid, row, free, columns)
    if table == "key_results" and "current_at" not in columns and contents.day_above(grid, row):
        now = next((one for one in free if words_of(one) in _NOW), None)
        if now and _share(grid, row, now, readings.numbers_in) >= _NUMBERED:
            columns["current"], fixed["current_at"] = now, TITLE
    if "current" in columns:
        beside = columns_meant("checkins", [name for name in names if name not in columns.values()])
        columns |= {one: name for one, name in beside.items() if one in BESIDE_CURRENT}
    if table == "surveys":
        told = next(filter(None, map(contents.instrument_of, (*names, grid.name))), None)
        scores = [name for name in names if told and contents.instrument_of(name) == told]
        fixed |= {"instrument": str(told)} if told else {}
        columns |= {"score": scores[0]} if scores and "score" not in columns else {}
    month = month_of(grid.name)
    of_its_own = "at" in columns or any(month_of(name) is not None for name in names)
    if month is not None and TABLES[table].column("at") and not of_its_own:  # a sheet a month
        fixed["at"] = (month + pd.offsets.MonthEnd(0)).strftime("%Y-%m-%d")
    if {"from", "to"} <= {*TABLES[table].names}:
        columns, fixed = _of_a_period(grid, row, table, names, columns, fixed)
    said = {name: [header] for name, header in columns.items()}
    if table == "status_reports" and "overall" not in columns:
        said["overall"] = [name for name in names if day_of(name)]
    words = {name: meant for name, these in said.items() if (meant := _words(grid, row, table, name, these))}
    words |= dict(zip(("status",), standing.values(), strict=False))
    return scaled(table, grid, Plan(grid.name, row, columns, tuple(moves), fixed, words))


def status_of(grid: Grid, row: int) -> Plan | None:
    """How a sheet of work items is read as reports of status, too: by its colours of today. ``at`` is the day
    that a title above names, as each import finds it. None where no column holds colours."""
    names = [name for name in grid.header(row) if name]
    meant = columns_meant("status_reports", names)
    rags = [one.name for one in TABLES["status_reports"].columns if one.words is Rag]
    shares = {one: contents.colours(below(grid, row, meant[one])) for one in rags if one in meant}
    columns = {one: meant[one] for one, share in shares.items() if share >= _NUMBERED}
    dated = "at" in meant and _share(grid, row, meant["at"], readings.dates_in) > 0
    if "item_id" not in meant or "overall" not in columns or dated:
        return None
    columns = {"item_id": meant["item_id"], **columns} | {
        one: meant[one] for one in ("comment",) if one in meant
    }
    said = {one: _words(grid, row, "status_reports", one, [columns[one]]) for one in rags if one in columns}
    words = {one: meaning for one, meaning in said.items() if meaning}
    return Plan(grid.name, row, columns, (), {"at": TITLE}, words)


def _of_benefits(
    grid: Grid, row: int, free: Sequence[str], columns: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The columns of a register of benefits with what is planned each year, or once, and the day from which
    on it is there; and what that says of every row."""
    fixed = {}
    numbers = [one for one in free if _share(grid, row, one, readings.numbers_in) >= _NUMBERED]
    if "planned_value" not in columns and (found := amounts.planned(numbers)):
        columns = {**columns, "planned_value": found[0]}
        fixed = {} if "value_basis" in columns else {"value_basis": found[1]}
    begins = amounts.begins(free)
    if "due" not in columns and begins:
        dated = (readings.dates_in, readings.spans_in)
        if sum(_share(grid, row, begins, count) for count in dated) >= DATED:
            columns = {**columns, "due": begins}
    return columns, fixed


def _of_a_period(
    grid: Grid, row: int, table: str, names: Sequence[str], columns: dict[str, str], fixed: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The columns and fixed values with the ends of a period that none says yet: as a column of periods has
    them, else a title above or the sheet's name. What goals lack still is unknown: without an end."""
    without = [one for one in ("from", "to") if one not in columns and one not in fixed]
    if len(without) < 2 and table not in GOALS:
        return columns, fixed
    spans = [name for name in names if _share(grid, row, name, readings.spans_in) >= DATED]
    if spans and len(without) == 2:
        return columns | dict.fromkeys(without, spans[0]), fixed
    if without and not any(month_of(name) is not None for name in names):
        titles = (cell for line in grid.rows[: row - 1] for cell in line if isinstance(cell, str))
        span = next(filter(None, map(readings.span_named, (*titles, grid.name))), None)
        ends = dict(zip(("from", "to"), span, strict=True)) if span else {}
        fixed = fixed | {one: day for one, day in ends.items() if one in without}
    if table == "objectives" and "to" not in columns and "to" not in fixed:
        fixed = fixed | {"to": NO_END}
    return columns, fixed


def is_both(grid: Grid, row: int) -> bool:
    """Whether a header names an objective and a key result in two columns."""
    names = grid.header(row)
    goals, results = (columns_meant(table, names).get("title") for table in GOALS)
    return goals is not None and results is not None and goals != results


def _fitting(
    grid: Grid, row: int, table: str, names: Sequence[str], columns: dict[str, str]
) -> dict[str, str]:
    """The columns without those of dates in which no cell is one: "Start" of a key result is a number. Its
    value of today counts where a day stands beside it."""
    kept = dict(columns)
    for column, name in columns.items():
        declared = TABLES[table].column(column)
        if declared is None or not _share(grid, row, name, len):
            continue
        if declared.words is Rag:
            holds = contents.colours(below(grid, row, name)) > 0
        elif declared.kind in readings.DATES or column in readings.MONEY:
            count = partial(readings.read_in, column=declared)
            holds = _share(grid, row, name, count, declared.kind) > 0
        else:
            continue
        if not holds:
            del kept[column]
    if table not in GOALS:
        return kept
    free = [name for name in names if name not in kept.values() or name == kept.get("objective_id")]
    numbers = [one for one in free if _share(grid, row, one, readings.numbers_in) >= _NUMBERED]
    goal = next((one for one in numbers if words_of(one) == ("objective",)), None)  # "Ziel" is both
    if goal and is_both(grid, row) and "target" not in columns_meant("key_results", list(names)):
        kept = {column: name for column, name in kept.items() if name != goal}
        kept |= {"target": goal} if table == "key_results" else {}
    if table != "key_results":
        return kept
    free = [name for name in names if name not in kept.values()]
    start = next((one for one in numbers if one in columns.values()), None)
    kept |= {"baseline": start} if start and "baseline" not in kept else {}
    now = next((one for one in numbers if words_of(one) in _NOW), None)
    at = next((one for one in free if _share(grid, row, one, readings.dates_in) >= DATED), None)
    return kept | ({"current": now, "current_at": at} if now and at else {})


def _asked(grid: Grid, row: int, columns: dict[str, str]) -> dict[str, str]:
    """The columns of a log of decisions: one called "Decision" that holds sentences is the question."""
    header, declared = columns.get("outcome"), TABLES["decisions"].column("outcome")
    if header is None or declared is None or declared.words is None:
        return columns
    known = {fold(str(word)) for word in declared.words} | {*ALIASES.get(declared.words, {})}
    if _share(grid, row, header, lambda cells: sum(fold(str(one)) in known for one in cells)) > 0:
        return columns
    rest = {column: name for column, name in columns.items() if column != "outcome"}
    return {"question": header, **rest}


def _standing(
    grid: Grid, row: int, names: Sequence[str], columns: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """The header of a column of today's status beside starts or ends, with the class of each of its words;
    nothing where none of them says that an item is over."""
    header = next((one for one in names if one not in columns.values() and words_of(one) == ("state",)), None)
    if header is None or not {"started_at", "finished_at"} & columns.keys():
        return {}
    cells = dict.fromkeys(cell for cell in below(grid, row, header) if isinstance(cell, str))
    found = {cell: str(one) for cell in cells if (one := class_by_name(cell))}
    over = {str(StateClass.DONE), str(StateClass.CANCELLED)} & {*found.values()}
    return {header: found} if over else {}


def _says_levels(grid: Grid, row: int, name: str | None) -> bool:
    """Whether the cells below a header are levels, and not the kinds of work that they might be, too."""
    if name is None:
        return False
    kinds = {str(word) for word in WorkType} | {*ALIASES.get(WorkType, {})}
    levels = _share(grid, row, name, lambda cells: sum(fold(str(cell)) in _LEVELS for cell in cells))
    return (
        levels >= DATED > _share(grid, row, name, lambda cells: sum(fold(str(one)) in kinds for one in cells))
    )


def _words(grid: Grid, row: int, table: str, column: str, headers: Sequence[str]) -> dict[str, str]:
    """What the cells of a column of words mean that say more than one word: "Green (stable)" is green."""
    words = TABLES[table].column(column)
    if words is None or words.words is None:
        return {}
    known = {str(word): str(word) for word in words.words} | ALIASES.get(words.words, {})
    found = {}
    cells = (cell for header in headers for cell in below(grid, row, header))
    for cell in dict.fromkeys(cell for cell in cells if isinstance(cell, str)):
        if meant := contents.SAID.get(words.words, {}).get(fold(cell)):
            found[cell] = meant
            continue
        parts = {known[part] for part in re.findall(r"[^\W_]{2,}|[^\w\s]", cell.casefold()) if part in known}
        if fold(cell) not in known and len(parts) == 1:
            found[cell] = parts.pop()
    return found


def moves_in(grid: Grid, row: int, names: Sequence[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """The headers that are states of a board: columns of dates that mean nothing else, two or more, or one
    whose name says a class beside an end; and those of starts and ends among them. When an item was delivered
    is a state, the last, only where no other column ends the board."""
    meant = {name: column for column, name in columns.items()}
    shares = {name: _share(grid, row, name, readings.dates_in, Kind.INSTANT) for name in names}
    dated = [name for name in names if shares[name] >= DATED]
    states = [name for name in dated if name not in meant and date_meant(words_of(name)) is None]
    ends = [name for name in dated if meant.get(name) in ("finished_at", "cancelled_at")]
    if len(states) < 2 and not (ends and any(map(class_by_name, states))):
        return ()
    over = ends or any(class_by_name(name) is StateClass.DONE for name in states)
    more = ("started_at", "finished_at", "cancelled_at")
    last = [name for name in dated if meant.get(name) == "delivered_at" and not over]
    return (*(name for name in dated if name in states or meant.get(name) in more), *last)


def _share(
    grid: Grid, row: int, name: str, count: Callable[[list[Any]], int], kind: Kind = Kind.NUMBER
) -> float:
    """The share of the first cells below a header that count; 0 where there is none. ``kind``: of what the
    column would be, which tells what says nothing."""
    cells = (readings.plain(one, kind) for one in below(grid, row, name))
    there = list(islice((one for one in cells if one is not None), _LOOKED_AT))
    return count(there) / len(there) if there else 0.0
