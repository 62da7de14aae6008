"""What an import of sheets collects on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vmo_helpers.contract.problems import InputProblems, Problem, counted
from vmo_helpers.sources.importing import mapping as maps
from vmo_helpers.sources.importing.kept import Told

ROW = "\u0000row"
"""Beside the columns of a table while it is made: the row of the source that each came from."""


@dataclass
class Out:
    """What an import of sheets collects: tables, counted sentences, what could not be read whole, and by
    sheet the columns that hold something and mean nothing to it. ``gone``: tables of an earlier import that
    lie in the folder and that this one takes away."""

    tables: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unread: dict[str, list[str]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def add(self, table: str, columns: Mapping[str, list[Any]]) -> None:
        """Puts rows below those that another sheet gave."""
        before = self.tables.get(table, {})
        lengths = [max(map(len, some.values()), default=0) for some in (before, columns)]
        self.tables[table] = {
            name: [
                cell
                for some, length in zip((before, columns), lengths, strict=True)
                for cell in some.get(name, [None] * length)
            ]
            for name in {**before, **columns}
        }

    def once(self, table: str, by: str) -> None:
        """Keeps the first row of each name, with the earliest ``from`` and the latest ``to`` of them all: a
        register of key results says its objective in each row."""
        columns, rows = self.tables[table], dict[Any, list[int]]()
        for place, name in enumerate(columns[by]):
            rows.setdefault(name, []).append(place)
        kept = {name: [cells[some[0]] for some in rows.values()] for name, cells in columns.items()}
        for name, furthest in (("from", min), ("to", max)):
            if name in columns:
                days = ([columns[name][place] for place in some] for some in rows.values())
                kept[name] = [furthest(filter(None, some), default=None) for some in days]
        self.tables[table] = kept

    def count(self, what: str, table: str, count: int) -> None:
        """A counted sentence; ``what`` begins with the noun of one of them. One that names its place is told
        once, however many tables the place gives."""
        noun, _, rest = what.partition(" ")
        if count and not (what.endswith(")") and any(one.sentence.endswith(rest) for one in self.told)):
            self.told.append(Told(f"{counted(count, noun)} {rest}", table, count))


def refused(what: str) -> InputProblems:
    """A problem of the map."""
    return InputProblems([Problem(maps.FILE, what, source=maps.FILE)])
