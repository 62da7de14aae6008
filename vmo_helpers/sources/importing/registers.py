"""One sheet of a register on its way to one table: rows below a header, cells by a plan, and what is left
out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from vmo_helpers.contract.cells.numbers import Decimals
from vmo_helpers.contract.columns import Column, Kind
from vmo_helpers.contract.problems import counted, did_you_mean, listed, quoted
from vmo_helpers.contract.schema import NAMED, TABLES
from vmo_helpers.sources import sheets
from vmo_helpers.sources.importing import Asked, orders, readings
from vmo_helpers.sources.importing.collected import ROW, Out, refused
from vmo_helpers.sources.importing.grid import Grid, letter
from vmo_helpers.sources.importing.people import ROLES, is_role, masked
from vmo_helpers.sources.importing.plans import AT, CONTRIBUTORS, SECTION, SPREAD, STANDING, VALUE, Plan
from vmo_helpers.sources.importing.readings import DATES, Reading
from vmo_helpers.sources.importing.rows import rows_of
from vmo_helpers.tables.months import month_of
from vmo_helpers.tables.raw import as_text
from vmo_helpers.tables.shapes import BESIDE_CURRENT, NUMERIC
from vmo_helpers.vocabulary import KeyResultType

_NOTE = 2
"""A single cell of more words than these is a note below the table, no row of it."""
_NUMBERED = ("baseline", "target", "low", "high")
_AMOUNT, _AT = Column("amount", Kind.NUMBER), Column("when", Kind.INSTANT)
_SAID = Column("said", Kind.TEXT)
_CONTRIBUTORS = {"contributors": CONTRIBUTORS}
_BESIDE = {"work_items": {"status": STANDING}, "objectives": _CONTRIBUTORS, "key_results": _CONTRIBUTORS}
"""Columns that a map may name beside those of the table, and under what they stand until they are used."""


class Sheet:
    """One sheet on its way to one table."""

    def __init__(
        self, table: str, grid: Grid, plan: Plan, out: Out, asked: Asked, guessed: bool = False
    ) -> None:
        self.guessed = guessed
        self.table, self.grid, self.plan, self.out, self.asked = table, grid, plan, out, asked
        self.names = grid.header(plan.header)
        self.rows = rows_of(table, grid, plan, out)
        self._unread()
        self.faults: dict[int, list[str]] = {}
        self.told, self.doubt = True, False
        self.scaled: dict[float, list[str]] = {}
        self.currencies: dict[int, str] = {}
        self.how = self._how()

    def made(self) -> Plan:
        """Puts the table, its counted sentences and its lost rows with the others; returns the plan as it was
        carried out."""
        columns = {name: self._column(name) for name in self.plan.columns}
        for name, value in self.plan.fixed.items():
            columns[name] = [value] * len(self.rows)
        if self.table in SPREAD:
            for name in self.names:
                if name and month_of(name) is not None and name not in self.plan.columns.values():
                    columns[name] = self._read(name, _AMOUNT)
        moves = {name: self._read(name, _AT) for name in self.plan.moves}
        for factor, names in self.scaled.items():
            where = f"{self.grid.source}, {listed(names, 3)}"
            what = f"column of {self.table} multiplied by {factor:,.10g} ({where})"
            self.out.count(what, self.table, len(names))
        self._undated(columns)
        columns = self._named(self._in_currency(columns))
        kept = self._kept(columns, {*columns, *moves})
        if kept is None:
            return self.plan
        whole = {name: [cells[place] for place in kept] for name, cells in columns.items()}
        beside = _BESIDE.get(self.table, {})
        whole |= {aside: whole.pop(name) for name, aside in beside.items() if name in whole}
        whole[ROW] = [f"{self.grid.source}, row {self._number(self.rows[place][0])}" for place in kept]
        if self.table == "key_results" and "type" not in whole:
            numbered = zip(*(whole.get(name, [None] * len(kept)) for name in _NUMBERED), strict=True)
            whole["type"] = [
                None if any(row) or self.faults.get(place) else str(KeyResultType.MILESTONE)
                for place, row in zip(kept, numbered, strict=True)
            ]
            what = f"milestone taken for want of a number ({self.grid.source})"
            self.out.count(what, self.table, sum(one is not None for one in whole["type"]))
        self.out.add(self.table, whole)
        if self.table == "objectives":
            self.out.once(self.table, "title")
        if moves and self.asked.history:
            self._transitions(columns["item_id"], moves, kept)
        return self.plan if self.doubt else replace(self.plan, dates=self.how.dates or self.plan.dates)

    def _unread(self) -> None:
        """Notes the columns with cells that no table of the sheet takes."""
        taken = {*self.plan.columns.values(), *self.plan.moves}
        taken |= {name for name in self.names if self.table in SPREAD and name and month_of(name) is not None}
        width = max((len(row) for _, row in self.rows), default=0)
        filled = {place for _, row in self.rows for place, cell in enumerate(row) if as_text(cell)}
        names = [*self.names, *[""] * (width - len(self.names))]
        left = [
            name or f"column {letter(place)}"
            for place, name in enumerate(names)
            if name not in taken and place in filled
        ]
        for place, name in enumerate(names):
            never = [row for row, column in self.grid.empty if column == place + 1 and row > self.plan.header]
            if name not in taken and never and place not in filled:
                where = f"{self.grid.source}, column {name or letter(place)}"
                told = f"{where}: {counted(len(never), 'cell')}, each of which {sheets.NO_VALUE}"
                self.out.lost += [told] if told not in self.out.lost else []
        before = self.out.unread.get(self.grid.source, left)
        self.out.unread[self.grid.source] = [name for name in before if name in left]

    def _how(self) -> Reading:
        """How the sheet writes its dates and amounts: as its cells tell, else as the map says."""
        kinds: dict[bool, list[list[Any]]] = {True: [], False: []}
        for column, name in self.plan.columns.items():
            kind = self._contract(column).kind
            if kind in DATES or kind in NUMERIC:
                kinds[kind in DATES].append(self._cells(name))
        kinds[True] += [self._cells(name) for name in self.plan.moves]
        order = self.plan.dates or readings.order_of(kinds[True])
        if order is None:
            if not self.asked.propose:
                both = " or ".join(quoted(one) for one in readings.ORDERS)
                what = f"no cell tells whether days or months come first in its dates: add dates = {both}"
                raise refused(f"[{SECTION}.{self.table}] {self.grid.source}: {what}")
            found = orders.guess(kinds[True])
            order, self.told = found.order, found.told
            what = f"date such as 12/03/2024 read with the {order}, {found.why} ({self.grid.source})"
            self.out.count(what, self.table, found.count)
        months = [self._cells(name) for name in self.names if name and month_of(name) is not None]
        decimals = readings.decimals_of(kinds[False] + months, self.grid.commas)
        decimals = Decimals(self.plan.decimals, certain=True) if self.plan.decimals else decimals
        return Reading(order or None, decimals, self.plan.words)

    def _number(self, row: int) -> int:
        return self.grid.numbers.get(row, row)

    def _contract(self, column: str) -> Column:
        if found := TABLES[self.table].column(column):
            return found
        if column in _BESIDE.get(self.table, {}):
            return _SAID
        beside = TABLES["checkins"].column(column) if column in BESIDE_CURRENT else None
        return beside or (_AT if column == "current_at" else _AMOUNT)

    def _cells(self, name: str) -> list[Any]:
        if name not in self.names:
            hint = did_you_mean(name, self.names) or f"there are {listed(filter(None, self.names))}"
            raise refused(f"[{SECTION}.{self.table}] {self.grid.source} has no column {quoted(name)}; {hint}")
        place = self.names.index(name)
        return [row[place] if place < len(row) else None for _, row in self.rows]

    def _column(self, column: str) -> list[str | None]:
        return self._read(self.plan.columns[column], self._contract(column))

    def _read(self, name: str, column: Column) -> list[str | None]:
        cells, place = self._cells(name), self.names.index(name) + 1
        at = {number: index for index, (number, _) in enumerate(self.rows)}
        empty = {at[row]: why for (row, one), why in self.grid.empty.items() if one == place and row in at}
        if column.kind in DATES and not self.told and self.how.dates:
            doubtful = orders.doubtful(cells, self.how.dates)
            self.doubt = self.doubt or bool(doubtful)
            empty |= doubtful
        months = self.table in SPREAD and column is _AMOUNT
        factor = self.plan.scale.get("months" if months else column.name, 1)
        cells = self._without_people(cells, column)
        read = readings.read(cells, column, self.how, empty, factor)
        if factor != 1:
            self.scaled.setdefault(factor, []).append(name)
        self.currencies |= read.currencies
        if column.kind in (Kind.NUMBER, Kind.WHOLE):
            percent = sum(readings.without_percent(cell) != cell for cell in cells)
            self.out.count(f"cell such as 12 % of {column.name} read as 12", self.table, percent)
        for index, why in read.faults.items():
            said = self.grid.heads.get(self.rows[index][0], name) if name in (AT, VALUE) else name
            what = f"column {said}: {quoted(as_text(cells[index]))} {why}"
            self.faults.setdefault(index, []).append(what)
        return read.values

    def _without_people(self, cells: list[Any], column: Column) -> list[Any]:
        """Cells without mail addresses; where roles are meant, and the map only guesses that the column holds
        them, without all that may be somebody's name."""
        cells = [masked(cell) for cell in cells]
        if column.name not in ROLES or not self.guessed:
            return cells
        kept = [cell if isinstance(cell, str) and is_role(cell) else None for cell in cells]
        what = (
            f"cell of {column.name} left empty, since a person may be named there ({self.grid.source}); to "
            "have roles that were not seen as such, confirm its section of the map"
        )
        here = [readings.plain(cell, Kind.TEXT) for cell in cells]
        self.out.count(
            what, self.table, sum(a is not None and b is None for a, b in zip(here, kept, strict=True))
        )
        return kept

    def _in_currency(self, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """The columns with the currency that cells name: a row each where there are several, so that each
        other than the portfolio's is refused; else told."""
        codes = sorted(set(self.currencies.values()))
        if len(codes) == 1:
            what = f"row with amounts in {codes[0]}: portfolio.toml must say so ({self.grid.source})"
            self.out.count(what, self.table, len(self.currencies))
        if len(codes) < 2 or "currency" in columns or TABLES[self.table].column("currency") is None:
            return columns
        return {**columns, "currency": [self.currencies.get(place) for place in range(len(self.rows))]}

    def _undated(self, columns: dict[str, list[Any]]) -> None:
        """Empties a key result's value of today where no day stands beside it: it would be no check-in."""
        if self.table != "key_results" or "current" not in columns:
            return
        days = columns.setdefault("current_at", [None] * len(self.rows))
        for index, (value, day) in enumerate(zip(columns["current"], days, strict=True)):
            if value is not None and day is None:
                columns["current"][index] = None
                what = f"column {self.plan.columns['current']}: {quoted(value)} without a day"
                self.faults.setdefault(index, []).append(what)

    def _named(self, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """The columns with a key: where the sheet has none, the names are it where they differ, else the
        numbers of the rows."""
        key, titled = TABLES[self.table].key, NAMED.get(self.table, "")
        if len(key) != 1 or key[0] in columns:
            return columns
        names = columns.get(titled, [])
        if self.table in ("objectives", "key_results"):
            return {key[0]: names, **columns} if names else columns
        said = [
            name
            for name, (_, row) in zip(names, self.rows, strict=False)
            if sum(cell is not None for cell in row) > 1  # a note below the table has no name
        ]
        unique = len({*said}) == len(said) and None not in said and bool(said)
        sheet = f"{self.grid.name} " if self.table in self.out.tables else ""  # another has rows, too
        found = names if unique else [f"{sheet}row {number}" for number, _ in self.rows]
        what = "name taken for want of an id" if unique else "row named by number for want of an id"
        self.out.count(f"{what} ({self.grid.source})", self.table, len(found))
        return {key[0]: found, **columns}

    def _kept(self, columns: Mapping[str, list[Any]], read: set[str]) -> list[int] | None:
        """The places of the rows that have all that a row must have; None where a column is missing, for all.
        A row with a cell that cannot be used is kept without it, and said to be lost where it needs it."""
        lacking = [one for one in TABLES[self.table].columns if one.filled and not one.derived]
        lacking = [one for one in lacking if one.default is None and one.name not in columns]
        months = any(month_of(name) is not None for name in columns)
        spread = ("period", "from", "to", "amount") if months else ()
        lacking = [one for one in lacking if one.name not in spread]
        if lacking:
            names = listed(f"{one.name} ({listed(one.words)})" if one.words else one.name for one in lacking)
            place = (
                f"[{SECTION}.{self.table}.columns], or a value for all rows in [{SECTION}.{self.table}.fixed]"
            )
            self.out.lost.append(
                f"{self.grid.source}: no column says {names} of {self.table}: name it in {place}"
            )
            return None
        for one in TABLES[self.table].columns:
            if one.required and one.name not in columns and one.name not in spread:
                columns[one.name] = [None] * len(self.rows)  # type: ignore[index]
        needed = [one.name for one in TABLES[self.table].columns if one.filled and one.name in columns]
        kept, notes = [], 0
        for index, (number, row) in enumerate(self.rows):
            without = [name for name in needed if columns[name][index] is None]
            why = self.faults.get(index, [])
            there = [cell for cell in row if cell is not None]
            if not why and len(there) == 1 and (without or len(str(there[0]).split()) > _NOTE):
                notes += 1
                continue
            if not without:
                kept.append(index)
            if why or without:
                missing = [f"no {listed(without)}"] if without and not why else []
                left = " (the row was left out)" if without else " (the cell is empty)"
                place = f"{self.grid.source}, row {self._number(number)}"
                self.out.lost.append(f"{place}, {listed([*why, *missing], 3)}{left}")
        self.out.count(f"row left out as a note ({self.grid.source})", self.table, notes)
        return kept

    def _transitions(
        self, ids: Sequence[Any], moves: Mapping[str, Sequence[Any]], kept: Sequence[int]
    ) -> None:
        """One row a day that an item came to a state; of one day the columns' order holds."""
        table: dict[str, list[Any]] = {name: [] for name in ("item_id", "at", "to_state", "seq", ROW)}
        back = []
        for index in kept:
            visits = [
                (at, place, name) for place, (name, cells) in enumerate(moves.items()) if (at := cells[index])
            ]
            if any(later[0] < earlier[0] for earlier, later in pairwise(visits)):
                back.append(self._number(self.rows[index][0]))
            row = f"{self.grid.source}, row {self._number(self.rows[index][0])}"
            for place, (at, _, name) in enumerate(sorted(visits), start=1):
                for column, cell in zip(table, (ids[index], at, name, place, row), strict=True):
                    table[column].append(cell)
        rows = listed((f"{row:,}" for row in back), 5)
        what = f"item with dates that go back, taken as they stand ({self.grid.source}, row {rows})"
        self.out.count(what, "transitions", len(back))
        self.out.add("transitions", table)
