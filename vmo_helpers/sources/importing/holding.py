"""What registers gave, held to the contract before it is written: what ``vmo check`` would refuse is left out
here, by name, so that the result of an import is never refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vmo_helpers.contract.problems import InputProblems, listed, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Note, Portfolio, Settings
from vmo_helpers.sources import folder, limits, portfolio_toml
from vmo_helpers.sources.importing import portfolio_file
from vmo_helpers.sources.importing.collected import ROW
from vmo_helpers.tables import assemble
from vmo_helpers.tables.raw import Raw, as_text, column_of

Tables = dict[str, dict[str, list[Any]]]
GOALS = ("goal", "goal_id", "subject_id")
"""Columns that lead to one of several tables."""
_REFERRED = {column.refers for table in TABLES.values() for column in table.columns} | {"benefits"}


def held(tables: Tables, out: Path, gone: Collection[str] = ()) -> tuple[Tables, list[str]]:
    """The tables without the rows that the contract refuses beside those that lie in the folder, with empty
    cells where a reference that a row can do without leads nowhere; and a sentence on each kind.

    ``gone``: tables of the folder that are taken away. A table that leaving out rows would not mend is left
    out whole. Raises InputProblems where that is work_items.
    """
    beside = _beside(out, tables, gone)
    told: list[str] = []
    while tables:
        try:
            portfolio = assemble(
                [*(raw_of(name, columns) for name, columns in tables.items()), *beside],
                settings_of(out, tables),
                level_stated=None,
                lenient=True,
            )
        except InputProblems as error:
            mine = [one for one in error.problems if one.table in tables]
            if not mine or any(one.table == "work_items" for one in mine):
                if mine:
                    raise InputProblems(mine) from error
                return tables, told  # what lies in the folder cannot be used, whatever comes beside it
            told += [str(one) for one in mine]
            tables = {name: columns for name, columns in tables.items() if name not in _named(mine)}
            continue
        told += [_sentence(note, tables[note.table]) for note in portfolio.notes if _of(note, tables)]
        return {name: _kept(name, columns, portfolio) for name, columns in tables.items()}, told
    return tables, told


def _named(problems: Iterable[Any]) -> set[str]:
    return {one.table for one in problems}


def _beside(out: Path, tables: Tables, gone: Collection[str]) -> list[Raw]:
    """The tables of the folder that others may refer to, but for those that come anew."""
    if not out.is_dir():
        return []
    wanted = _REFERRED - tables.keys() - {*gone} - (set() if "transitions" in tables else {"states"})
    return [raw for raw in folder.read(out, limits.usual()).raws if raw.name in wanted]


def settings_of(out: Path, tables: Tables) -> Settings:
    """The settings of the folder; without any, those that a first import would write."""
    file = out / portfolio_file.FILE
    if file.is_file():
        return portfolio_toml.read(file, out.name).settings
    return replace(
        Settings(), review_level=portfolio_file.level(tables.get("work_items", {}).get("level", ()))
    )


def raw_of(name: str, columns: Mapping[str, Sequence[Any]]) -> Raw:
    """A table as it will be read; its currency is the portfolio's to say."""
    there = {column: cells for column, cells in columns.items() if column not in (ROW, "currency")}
    length = max(map(len, columns.values()), default=0)
    arrays = {column: column_of([as_text(cell) for cell in cells]) for column, cells in there.items()}
    return Raw(name, arrays, np.arange(2, length + 2), f"{name}.csv")


def _of(note: Note, tables: Tables) -> bool:
    return note.kind == "left_out" and note.table in tables


def _sentence(note: Note, columns: Mapping[str, Sequence[Any]]) -> str:
    """A note, with the rows of the source in the place of those of the table, and what stands there."""
    places = columns.get(ROW, ())
    rows = [row - 2 for row in note.rows if 0 <= row - 2 < len(places)]
    by_source: dict[str, dict[str, None]] = {}
    for row in rows:
        source, _, number = places[row].rpartition(", row ")
        by_source.setdefault(source, {})[number] = None
    where = "; ".join(f"{source}, row {listed(numbers, 5)}" for source, numbers in by_source.items())
    column = re.match(rf"{note.table}\.csv, column (\w+):", note.sentence)
    cells = columns.get(column[1], ()) if column else ()
    said = dict.fromkeys(quoted(as_text(cells[row])) for row in rows if row < len(cells) and cells[row])
    told = f"{note.sentence} ({listed(said, 5)})" if said else note.sentence
    return f"{where}: {told}" if where else told


def _kept(name: str, columns: Mapping[str, list[Any]], portfolio: Portfolio) -> dict[str, list[Any]]:
    """The rows that the contract holds, without the references that it emptied."""
    frame = portfolio.tables[name]
    rows = [int(row) - 2 for row in frame.index.unique()]
    found = {column: [cells[row] for row in rows] for column, cells in columns.items()}
    if frame.index.has_duplicates:  # a row a month: a row of the source is several
        return found
    for column in TABLES[name].columns:
        if column.name in found and (column.refers or column.name in GOALS):
            there = frame[column.name].notna().tolist()
            found[column.name] = [
                cell if stays else None for cell, stays in zip(found[column.name], there, strict=True)
            ]
    return found
