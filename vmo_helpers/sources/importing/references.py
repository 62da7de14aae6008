"""What rows of registers lead to: keys in the place of names, and of several goals in a cell a link each."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vmo_helpers.contract.schema import NAMED, TABLES
from vmo_helpers.sources.importing.collected import ROW, Out
from vmo_helpers.vocabulary import GoalType

_BETWEEN = re.compile(r"\s*(?:[,;/&+|\n]|\b(?:and|und|et|y)\b)\s*")


def keyed(folder: Path, out: Out) -> None:
    """Where a table refers to another by names and not by keys, the keys: a register of status has the names
    of projects."""
    for table, columns in out.tables.items():
        for column in TABLES[table].columns:
            if column.refers in NAMED and column.name in columns and column.refers != table:
                known = _keys(folder, str(column.refers), out)
                ids = _ids(folder, str(column.refers), out)
                cells, keys = columns[column.name], {*known.values(), *ids.values()}
                same = [cell if cell in keys else ids.get(str(cell).casefold(), cell) for cell in cells]
                other = sum(one != cell for one, cell in zip(same, cells, strict=True))
                out.count(
                    f"id of {column.refers} in {table} matched without regard to its case", table, other
                )
                cells = same
                meant = [cell if cell in keys else known.get(str(cell).casefold(), cell) for cell in cells]
                changed = sum(one != other for one, other in zip(cells, meant, strict=True))
                what = f"name of {column.refers} in {table} read as a key"
                out.count(what, table, changed)
                columns[column.name] = meant

    for table, (goal, of, homes) in _LEADING.items():
        columns = out.tables.get(table, {})
        if goal not in columns:
            continue
        kinds = columns.get(of) or [None] * len(columns[goal])
        leads = {kind: any_of(folder, homes.get(kind, ()), out) for kind in {*kinds}}
        columns[goal] = [
            leads[kind].get(str(cell).casefold(), cell)
            for kind, cell in zip(kinds, columns[goal], strict=True)
        ]


_LEADING: dict[str, tuple[str, str, dict[str | None, tuple[str, ...]]]] = {
    "links": ("goal_id", "goal_type", {"objective": ("objectives",), "key_result": ("key_results",)}),
    "targets": ("goal_id", "", {None: ("key_results",)}),
    "work_items": ("goal", "", {None: ("objectives", "key_results")}),
    "shifts": (
        "subject_id",
        "subject_type",
        {
            "item": ("work_items",),
            "stream": ("value_streams",),
            "objective": ("objectives",),
            "metric": ("metrics",),
        },
    ),
}
"""Table → its column that leads to one of several tables, the column that says to which, and by that the
tables."""


def any_of(folder: Path, tables: Sequence[str], out: Out) -> dict[str, str]:
    """Name → key of the rows of several tables; what is a key of one is meant as it."""
    found: dict[str, str] = {}
    for table in tables:
        known = _keys(folder, table, out)
        found |= known | {key.casefold(): key for key in known.values()}
    return found


def _keys(folder: Path, table: str, out: Out) -> dict[str, str]:
    """Name → key of the rows of a table, of this import or of one that lies in the folder; names that stand
    twice lead to none."""
    rows = _rows(folder, table, out)
    count = Counter(str(said).casefold() for _, said in rows)
    return {str(said).casefold(): str(one) for one, said in rows if said and count[str(said).casefold()] == 1}


def _ids(folder: Path, table: str, out: Out) -> dict[str, str]:
    """Key in small letters → key, of the keys that differ from all others without regard to case."""
    keys = {str(one) for one, _ in _rows(folder, table, out) if one}
    count = Counter(one.casefold() for one in keys)
    return {one.casefold(): one for one in keys if count[one.casefold()] == 1}


def _rows(folder: Path, table: str, out: Out) -> list[tuple[Any, Any]]:
    """Key and name of the rows of a table, of this import or of one that lies in the folder."""
    key, name = TABLES[table].key[0], NAMED[table]
    rows: list[tuple[Any, Any]] = []
    if table in out.tables:
        keys = out.tables[table][key]
        rows = list(zip(keys, out.tables[table].get(name) or keys, strict=False))
    elif table not in out.gone and (file := folder / f"{table}.csv").is_file():
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = [(row.get(key), row.get(name)) for row in csv.DictReader(text)]
    return rows


def parted(folder: Path, out: Out) -> None:
    """Where one cell names several goals ("KR1, KR2"), a link each. A cell whose parts are not all goals, or
    whose row says a share or an amount of it, stays as it is."""
    homes = {GoalType.OBJECTIVE: "objectives", GoalType.KEY_RESULT: "key_results"}
    goals = {str(kind): any_of(folder, (table,), out) for kind, table in homes.items()}
    links = out.tables.get("links", {})
    if {"item_id", "goal_id"} <= links.keys():
        known = [_parts(cell, goals) for cell in links["goal_id"]]
        whole = [name for name in ("share", "expected_delta") if name in links]
        for name in whole:
            known = [
                () if cell is not None else parts for cell, parts in zip(links[name], known, strict=True)
            ]
        rows = [place for place, parts in enumerate(known) for _ in parts or (None,)]
        meant = [one for parts in known for one in parts or (None,)]
        out.tables["links"] = {name: [cells[row] for row in rows] for name, cells in links.items()}
        _led(out.tables["links"], meant)
        out.count("link of several goals in one cell read as one each", "links", sum(map(bool, known)))
    items = out.tables.get("work_items", {})
    if "goal" in items and (links or "links" in out.gone or not (folder / "links.csv").is_file()):
        known = [_parts(cell, goals) for cell in items["goal"]]
        rows = [place for place, parts in enumerate(known) for _ in parts]
        made: dict[str, list[Any]] = {
            name: [items[name][row] for row in rows] for name in ("item_id", ROW) if name in items
        }
        made |= {"goal_type": [None] * len(rows), "goal_id": [None] * len(rows)}
        _led(made, [one for parts in known for one in parts])
        if rows:
            out.add("links", made)
        items["goal"] = [None if parts else cell for cell, parts in zip(items["goal"], known, strict=True)]
        out.count("item of several goals in one cell given a link each", "links", sum(map(bool, known)))


Goal = tuple[str, str]


def _parts(cell: Any, goals: dict[str, dict[str, str]]) -> tuple[Goal, ...]:
    """Kind and key of each goal that a cell names, where it names two or more and nothing else; a cell that
    is the name of one goal is that goal."""
    said = str(cell or "").casefold()
    if any(said in keys for keys in goals.values()):
        return ()
    found = [
        next(((kind, keys[part]) for kind, keys in goals.items() if part in keys), None)
        for part in _BETWEEN.split(said)
        if part
    ]
    known = tuple(dict.fromkeys(one for one in found if one is not None))
    return known if len(found) > 1 and None not in found else ()


def _led(links: dict[str, list[Any]], meant: Sequence[Goal | None]) -> None:
    """Puts kind and key of each goal into the links that lead to it."""
    links.setdefault("goal_type", [None] * len(meant))
    for row, goal in enumerate(meant):
        if goal is not None:
            links["goal_type"][row], links["goal_id"][row] = goal
