"""How one sheet becomes one table: the section ``tables`` of map.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, did_you_mean, listed, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing import readings
from vmo_helpers.sources.importing.grid import Grid
from vmo_helpers.sources.importing.kinds import KINDS
from vmo_helpers.tables.months import month_of
from vmo_helpers.tables.shapes import BESIDE_CURRENT

SECTION = "tables"
SPREAD = ("spend", "budgets")
STANDING = "\u0000status"
"""Beside the columns of work_items while they are made: the status of today."""
TITLE = "title"
"""In the place of a fixed day: the one that the titles above the header name."""
CONTRIBUTORS = "\u0000contributors"
"""The same beside objectives and key results: the work items that contribute to them."""
AT, VALUE = "\u0000at", "\u0000value"
"""Headers of the columns that a sheet with a column a month is given."""
VALUES = {"status_reports": "overall", "observations": "value", "realisations": "value", "checkins": "value"}
"""Table → the column that the cells below a month fill. (Spend and budgets have columns of months anyway.)"""


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
    "objectives": ("contributors",),
    "key_results": ("current", "current_at", *BESIDE_CURRENT, "contributors"),
    "work_items": ("status",),
    **dict.fromkeys(SPREAD, ("scale",)),
    **{table: tuple(kinds) for table, (_, _, kinds) in KINDS.items()},
}


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


def below(grid: Grid, row: int, name: str) -> Iterable[Any]:
    """The cells of a column below its header."""
    place = grid.header(row).index(name)
    return (line[place] if place < len(line) else None for line in grid.rows[row:])
