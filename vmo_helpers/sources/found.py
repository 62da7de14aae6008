"""What any source hands over: raw tables, what went wrong on the way, and the files that they came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vmo_helpers.contract.problems import Problem, did_you_mean, listed, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Note
from vmo_helpers.tables.raw import Raw
from vmo_helpers.tables.shapes import fold

NEAR = 0.75
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
        hint = did_you_mean(stem, TABLES, NEAR)
        sentence = f"{name} is no table of the contract and was not read" + (f"; {hint}" if hint else "")
        self.notes.append(Note("warning", stem, sentence))

    def nothing(self, source: str) -> None:
        """No table of the contract at all is a problem of its own."""
        if not self.raws and not self.problems:
            near = "".join(f". {note.sentence}" for note in self.notes[:5])
            self.problems.append(
                Problem("source", f"holds no table of the contract: {EXPECTED}{near}", source=source)
            )


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
            f"header such as {', '.join(TABLES[table].names[:4])}"
        )


def table_named(name: str) -> str | None:
    """The contract's table of this name, without regard to case and surrounding blanks."""
    lower = name.strip().lower()
    return lower if lower in TABLES else None


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
