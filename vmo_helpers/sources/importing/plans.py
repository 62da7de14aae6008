"""How one sheet becomes one table: the section ``tables`` of map.toml, and what a sheet itself proposes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import islice
from typing import Any

import pandas as pd

from vmo_helpers.contract.dated import date_meant
from vmo_helpers.contract.names import columns_meant, table_meant
from vmo_helpers.contract.problems import InputProblems, Problem, did_you_mean, listed, quoted
from vmo_helpers.contract.schema import TABLES, Kind
from vmo_helpers.contract.words import words_of
from vmo_helpers.sources.found import HEADER_ROWS
from vmo_helpers.sources.guesses import class_by_name
from vmo_helpers.sources.importing import contents, readings
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.grid import Grid
from vmo_helpers.sources.importing.kinds import KINDS, kinds_in
from vmo_helpers.tables.months import month_of
from vmo_helpers.tables.shapes import fold
from vmo_helpers.vocabulary import ALIASES, Instrument, StateClass, WorkType

SECTION = "tables"
SPREAD = ("spend", "budgets")
STANDING = "\u0000status"
"""Beside the columns of work_items while they are made: the status of today."""
AT, VALUE = "\u0000at", "\u0000value"
"""Headers of the columns that a sheet with a column a month is given."""
VALUES = {"status_reports": "overall", "observations": "value", "realisations": "value", "checkins": "value"}
"""Table → the column that the cells below a month fill. (Spend and budgets have columns of months anyway.)"""
_GOALS = ("objectives", "key_results")
ENOUGH = 3
"""So much a header must look like one of a table that nothing else names."""
_LEVELS = frozenset({"initiative", "epic", "epos", "feature", "capability", "story", "user_story", "theme"})
_APART = {"targets": ("goal_id", "at"), "states": ("state", "class")}
"""Tables of which more than the first column of the key must be there: goals alone are no targets."""
_DATED, _NUMBERED, _LOOKED_AT = 0.8, 0.5, 50
"""A column is one of dates, or of numbers, where this share of its first cells are such."""


@dataclass(frozen=True)
class Plan:
    """``sheet``, ``header``: where the table is. ``columns``: column of the table → header. ``moves``:
    headers that are states, each cell the day on which the item came there. ``fixed``: what every row says.
    ``words``: column → what its words mean. ``scale``: column → what its amounts are multiplied by ("months":
    those of columns of months). ``dates`` and ``decimals``: how they are written, where no cell tells."""

    sheet: str = ""
    header: int = 1
    columns: Mapping[str, str] = field(default_factory=dict)
    moves: Sequence[str] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)
    dates: str = ""
    decimals: str = ""

    @property
    def section(self) -> dict[str, Any]:
        """The plan as the map writes it."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in said.items() if value
        }


def table_of(section: str) -> str:
    """The table that a section of the map fills: a second sheet of status_reports is "status_reports 2"."""
    return section.partition(" ")[0]


def plans(known: maps.Map) -> dict[str, Plan]:
    """The plans of a map by section. Raises InputProblems with each key that is none, or is of another
    kind."""
    problems: list[str] = []
    found: dict[str, Plan] = {}
    for section, given in known.rest.get(SECTION, {}).items():
        place, table = f"[{SECTION}.{section}]", table_of(section)
        if table not in TABLES or not isinstance(given, Mapping):
            problems.append(f"{place}: is no table of the contract; {did_you_mean(table, TABLES)}")
            continue
        kinds = {one.name: type(getattr(Plan(), one.name)) for one in fields(Plan)}
        kinds |= {"moves": list, "columns": dict, "fixed": dict, "words": dict, "scale": dict}
        problems += [
            f"{place} {name}: is not known; known are {listed(kinds)}" for name in given.keys() - kinds
        ]
        problems += [
            f"{place} {name}: expected {_KINDS[kinds[name]]}, not {quoted(str(value))}"
            for name, value in given.items()
            if name in kinds and not isinstance(value, kinds[name])
        ]
        parts = (given.get(name, {}) for name in ("columns", "fixed", "words", "scale"))
        strange = [name for part in parts if isinstance(part, Mapping) for name in part if name != "months"]
        known_columns = (*TABLES[table].names, *_BESIDE.get(table, ()))
        problems += [
            f"{place} {name}: is no column of {table}; {did_you_mean(name, known_columns)}"
            for name in strange
            if name not in known_columns
        ]
        if given.get("dates") not in (None, *readings.ORDERS):
            problems.append(f"{place} dates: expected {' or '.join(readings.ORDERS)}")
        found[section] = Plan(**{name: value for name, value in given.items() if name in kinds})
    if problems:
        raise InputProblems([Problem(maps.FILE, what.rstrip("; "), source=maps.FILE) for what in problems])
    return found


_KINDS = {str: "a text in quotes", int: "a whole number", list: "a list of texts", dict: "a section"}
_BESIDE: dict[str, tuple[str, ...]] = {
    "key_results": ("current", "current_at"),
    "work_items": ("status",),
    **dict.fromkeys(SPREAD, ("scale",)),
    **{table: tuple(kinds) for table, (_, _, kinds) in KINDS.items()},
}


_NOW = frozenset({("value",), ("value", "date"), ("value", "state"), ("progress",)})
"""What the value of today is called in a sheet of key results."""


def proposed(grid: Grid, wanted: str | None = None) -> dict[str, Plan]:
    """What a sheet seems to be: the table that is wanted, that its name means, or that most of its headers
    mean. A sheet of objectives and key results is both. Nothing where no header means a column."""
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
    both = _GOALS if table in _GOALS and (not wanted) and _is_both(grid, row) else (table,)
    return {one: _plan(grid, row, one) for one in both}


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
    moves = len(_moves(grid, row, names, meant)) if table == "work_items" and meant else 0
    needed = [column.name for column in TABLES[table].columns if column.required]
    whose = bool({"item_id", "value_stream_id"} & meant.keys())  # months of money that belongs to something
    there = len(needed) if (months or told) and whose else sum(name in meant for name in needed)
    score = 2 * there - (len(needed) - there) + len(meant) + 2 * bool(months or told) + 2 * moves
    kinds = kinds_in(table, names, meant)
    score += 3 * bool(kinds)
    told_apart = _APART.get(table, TABLES[table].key[:1])
    keyed = (bool(told_apart) and all(one in meant for one in told_apart)) or (moves > 0 and "title" in meant)
    keyed = keyed or (table in _GOALS and _is_both(grid, row))
    return _Likeness(score, len(meant) + bool(months), -row, table, keyed)


def _coloured(grid: Grid, row: int) -> bool:
    names = [name for name in grid.header(row) if name]
    meant = columns_meant("status_reports", names)
    return "item_id" in meant and _tells(grid, row, "status_reports", names, meant)


def _tells(grid: Grid, row: int, table: str, names: Sequence[str], meant: Mapping[str, str]) -> bool:
    """Whether the cells below columns of months say that this is a table of status: colours."""
    months = [name for name in names if month_of(name) is not None]
    if table != "status_reports" or not months or {"at", "overall"} & meant.keys():
        return False
    return contents.colours(cell for name in months for cell in below(grid, row, name)) >= _DATED


def lacking(grid: Grid, table: str, plan: Plan) -> list[str]:
    """The columns that a table must have and that neither the plan nor months as headers say."""
    there = {*plan.columns, *plan.fixed}
    if any(map(month_of, grid.header(plan.header))):
        there |= {"period", "from", "to", "amount"} if table in SPREAD else set()
        there |= {"at", VALUES[table]} if table in VALUES else set()
    if table in KINDS and there & KINDS[table][2].keys():
        there |= {*KINDS[table][:2]}
    return [name for name in contents.needed(table) if name not in there]


def why_not(grid: Grid, wanted: str | None, read: Collection[str]) -> str:
    """Why a sheet is no table, or not the one that is wanted: what its headers lack. ``read``: the tables
    that other sheets are read as."""
    named = [table_meant(grid.name), *map(table_meant, grid.name.split())]
    tables = [wanted] if wanted else [one for one in named if one] or [*TABLES]
    best = max((_likeness(grid, row, table) for row in _rows(grid) for table in tables), default=None)
    if best is None or not best.count:
        return f"no header means a column of {wanted or 'a table'}"
    plan = _plan(grid, -best.up, best.table)
    if missing := lacking(grid, best.table, plan):
        return f"looks like {best.table}, but no column says {listed(missing)}"
    also = ", which is read from another sheet" if best.table in read else " too little to be guessed"
    return f"looks like {best.table}{also}"


def _is_both(grid: Grid, row: int) -> bool:
    names = grid.header(row)
    goals, results = (columns_meant(table, names).get("title") for table in _GOALS)
    return goals is not None and results is not None and goals != results


def _plan(grid: Grid, row: int, table: str) -> Plan:
    names = [name for name in grid.header(row) if name]
    columns = columns_meant(table, names)
    moves = _moves(grid, row, names, columns) if table == "work_items" else ()
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
    fixed = {}
    if table == "surveys":
        told = next(
            (one for one in Instrument for name in (*names, grid.name) if one in name.casefold()), None
        )
        scores = [name for name in names if told and told in name.casefold()]
        fixed = {"instrument": str(told)} if told else {}
        columns |= {"score": scores[0]} if scores and "score" not in columns else {}
    month = month_of(grid.name)
    of_its_own = "at" in columns or any(month_of(name) is not None for name in names)
    if month is not None and TABLES[table].column("at") and not of_its_own:  # a sheet a month
        fixed["at"] = (month + pd.offsets.MonthEnd(0)).strftime("%Y-%m-%d")
    spans = [name for name in names if _share(grid, row, name, readings.spans_in) >= _DATED]
    if spans and {"from", "to"} <= set(TABLES[table].names) and not {"from", "to"} & columns.keys():
        columns |= {"from": spans[0], "to": spans[0]}
    months = any(month_of(name) is not None for name in names)
    if {"from", "to"} <= set(TABLES[table].names) and not {"from", "to"} & columns.keys() and not months:
        titles = (cell for line in grid.rows[: row - 1] for cell in line if isinstance(cell, str))
        span = next(filter(None, map(readings.span_named, (*titles, grid.name))), None)
        fixed |= dict(zip(("from", "to"), span, strict=True)) if span else {}
    said = {name: [header] for name, header in columns.items()}
    if table == "status_reports" and "overall" not in columns:
        said["overall"] = [name for name in names if month_of(name) is not None]
    words = {name: meant for name, these in said.items() if (meant := _words(grid, row, table, name, these))}
    words |= dict(zip(("status",), standing.values(), strict=False))
    return scaled(table, grid, Plan(grid.name, row, columns, tuple(moves), fixed, words))


def _fitting(
    grid: Grid, row: int, table: str, names: Sequence[str], columns: dict[str, str]
) -> dict[str, str]:
    """The columns without those of dates in which no cell is one: "Start" of a key result is a number. Its
    value of today counts where a day stands beside it."""
    kept = dict(columns)
    for column, name in columns.items():
        declared = TABLES[table].column(column)
        if declared is not None and declared.kind in readings.DATES and _share(grid, row, name, len):
            count = partial(readings.read_in, column=declared)
            if not _share(grid, row, name, count, declared.kind):
                del kept[column]
    if table not in _GOALS:
        return kept
    free = [name for name in names if name not in kept.values() or name == kept.get("objective_id")]
    numbers = [one for one in free if _share(grid, row, one, readings.numbers_in) >= _NUMBERED]
    goal = next((one for one in numbers if words_of(one) == ("objective",)), None)  # "Ziel" is both
    if goal and _is_both(grid, row) and "target" not in columns_meant("key_results", list(names)):
        kept = {column: name for column, name in kept.items() if name != goal}
        kept |= {"target": goal} if table == "key_results" else {}
    if table != "key_results":
        return kept
    free = [name for name in names if name not in kept.values()]
    start = next((one for one in numbers if one in columns.values()), None)
    kept |= {"baseline": start} if start and "baseline" not in kept else {}
    now = next((one for one in numbers if words_of(one) in _NOW), None)
    at = next((one for one in free if _share(grid, row, one, readings.dates_in) >= _DATED), None)
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
        levels
        >= _DATED
        > _share(grid, row, name, lambda cells: sum(fold(str(one)) in kinds for one in cells))
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


def scaled(table: str, grid: Grid, plan: Plan) -> Plan:
    """The plan with what amounts are multiplied by where it says nothing of it, whoever wrote it: as their
    header says, such as "Cost (k€)", else a title above it."""
    above = (readings.factor_in(cell) for line in grid.rows[: plan.header - 1] for cell in line)
    usual = next(filter(None, above), 0.0)
    money = {column: header for column, header in plan.columns.items() if column in readings.MONEY}
    found = {column: readings.factor_in(header) or usual for column, header in money.items()}
    months = [header for header in grid.header(plan.header) if month_of(header) is not None]
    found |= {"months": usual} if months and table in SPREAD else {}
    return replace(plan, scale={name: factor for name, factor in found.items() if factor} | {**plan.scale})


def _moves(grid: Grid, row: int, names: Sequence[str], columns: Mapping[str, str]) -> tuple[str, ...]:
    """The headers that are states of a board: columns of dates that mean nothing else, two or more, or one
    whose name says a class beside an end; and those of starts and ends among them. When an item was delivered
    is a state, the last, only where no other column ends the board."""
    meant = {name: column for column, name in columns.items()}
    shares = {name: _share(grid, row, name, readings.dates_in, Kind.INSTANT) for name in names}
    dated = [name for name in names if shares[name] >= _DATED]
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


def below(grid: Grid, row: int, name: str) -> Iterable[Any]:
    """The cells of a column below its header."""
    place = grid.header(row).index(name)
    return (line[place] if place < len(line) else None for line in grid.rows[row:])
