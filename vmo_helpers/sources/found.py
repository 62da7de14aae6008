"""What any source hands over: raw tables, what went wrong on the way, and the files that they came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vmo_helpers.contract.names import columns_meant, table_meant
from vmo_helpers.contract.problems import Problem, listed, nearest, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Note
from vmo_helpers.tables.raw import Raw
from vmo_helpers.tables.shapes import fold

NEAR = 0.75
_STRANGER = "is no table of the contract and was not read"
EXPECTED = "expected work_items, transitions, states … as the contract names them"


HEADER_ROWS = 20
"""Rows among which a header is looked for where the first row is none."""


class NoTable(Exception):
    """What should be a table is none; the message says what it is and what was expected."""


@dataclass
class Found:
    """Raw tables, problems and notes met on reading them, files with their digests, and tables that could not
    be read."""

    raws: list[Raw] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    files: list[Mapping[str, Any]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def refuse(self, table: str, what: str, source: str) -> None:
        """A problem of the whole table, of which nothing more is to be read."""
        self.problems.append(Problem(table, what, source=source))
        self.unread.add(table)

    def stranger(self, name: str, stem: str) -> None:
        """A file, sheet or table that is none of the contract's, with the name that it may have been meant to
        have."""
        near = nearest(stem, TABLES, NEAR) or table_meant(stem)
        hint = f"; did you mean {near}?" if near else ""
        self.notes.append(Note("warning", stem, f"{name} {_STRANGER}{hint}"))

    def nothing(self, source: str) -> None:
        """No table of the contract at all is a problem of its own; so are no work items beside something that
        was not read and may be they."""
        strange = [note.sentence for note in self.notes if _STRANGER in note.sentence]
        if self.problems or any(raw.name == "work_items" for raw in self.raws):
            return
        if not self.raws or strange:
            what = "work_items among its tables" if self.raws else "table of the contract"
            near = "".join(f". {sentence}" for sentence in strange[:5])
            self.problems.append(Problem("source", f"holds no {what}: {EXPECTED}{near}", source=source))


def refuse_other_header(table: str, rows: Sequence[Sequence[str]]) -> None:
    """Raises NoTable where the first of these rows is no header of the table: it names no column of it, or a
    later row names many more (a title stands above them)."""
    known = {fold(column) for column in TABLES[table].names}
    named = [len({fold(cell) for cell in row} & known) for row in rows]
    best = max(range(len(rows)), key=lambda place: named[place])
    cells = [quoted(cell) for cell in rows[0] if cell.strip()]
    if best and named[best] > 2 * named[0] and named[best] > 1:
        title = ", ".join(cells[:3])
        raise NoTable(
            f"has its header in row {best + 1}, below {title or 'an empty row'}: delete the rows above it, "
            "for the header must be row 1"
        )
    if not named[0]:
        raise NoTable(
            f"has no column of {table} in its first row, where there is {listed(cells, 5)}: expected a "
            f"header such as {', '.join(TABLES[table].names[:4])}{_meant(table, rows[0])}"
        )


def _meant(table: str, header: Sequence[str]) -> str:
    """What each cell of a header may have been meant to be."""
    meant = [f"{column} by {quoted(cell)}" for column, cell in columns_meant(table, [*header]).items()]
    return f"; did you mean {listed(meant, 8)}?" if meant else ""


def table_named(name: str) -> str | None:
    """The contract's table of this name, without regard to case; blanks and dashes are underscores."""
    folded = fold(name)
    return folded if folded in TABLES else None


def chosen(names: Iterable[str], found: Found) -> dict[str, str]:
    """Table → the sheet or database table that bears its name; strangers are noted, doubles refused."""
    result: dict[str, str] = {}
    for name in names:
        table = table_named(name)
        if table is None:
            found.stranger(name, name.strip().lower())
        elif table in result:
            found.refuse(table, f"is there twice, as {result[table]} and {name}: expected one of them", name)
        else:
            result[table] = name
    return {table: name for table, name in result.items() if table not in found.unread}
