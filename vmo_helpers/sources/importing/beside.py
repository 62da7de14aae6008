"""Tables of a folder that stay beside those of an import, where rows of them lead to what is gone.

A table that an earlier import wrote keeps the rows that hold. Whole it lies in ``as_imported``, from where
each import takes it again: a row comes back with what it leads to. A table that a person wrote is not
touched; what ``vmo check`` would refuse of it is said.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vmo_helpers.contract.problems import InputProblems, listed, quoted
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.portfolio import Note, Portfolio
from vmo_helpers.sources import folder, limits
from vmo_helpers.sources.importing.holding import GOALS, raw_of, settings_of
from vmo_helpers.sources.importing.kept import WHOLE
from vmo_helpers.tables import assemble
from vmo_helpers.tables.raw import Raw, as_text

_BACK = f"the table lies whole in {WHOLE}, and an import that finds these again puts the rows back"
_OWN = (
    "no import wrote this table, so it stays as it is: mend it, or have vmo check and vmo review leave "
    "such rows out with --lenient"
)


def held(
    tables: Mapping[str, Mapping[str, Sequence[Any]]], out: Path, stay: Collection[str], gone: Collection[str]
) -> tuple[dict[str, bytes | None], list[str]]:
    """The files of the tables that stay and do not hold as they lie there, and a sentence on each.

    ``stay``: tables that an earlier import wrote; ``gone``: those that are taken away. None is a file to be
    taken away.
    """
    there = {raw.name: raw for raw in _read(out) if raw.name not in tables and raw.name not in gone}
    whole = {raw.name: raw for raw in _read(out / WHOLE) if raw.name in stay}
    there |= whole
    files: dict[str, bytes | None] = {}
    told: list[str] = []
    new = [raw_of(name, columns) for name, columns in tables.items()]
    settings = settings_of(out, {name: dict(columns) for name, columns in tables.items()})  # type: ignore[arg-type]
    while there:
        try:
            portfolio = assemble([*new, *there.values()], settings, level_stated=None, lenient=True)
        except InputProblems as error:
            mine = [one for one in error.problems if one.table in there]
            if not mine:
                break  # what comes is at fault
            for one in mine:
                told.append(f"{one}; {_BACK if one.table in stay else _OWN}")
                files |= {f"{one.table}.csv": None} if one.table in stay else {}
                there.pop(one.table, None)
            continue
        for name, raw in there.items():
            notes = [
                one for one in portfolio.notes if one.kind == "left_out" and one.table == name and one.rows
            ]
            told += [f"{_sentence(note, raw)}; {_BACK if name in stay else _OWN}" for note in notes]
            if name in stay and (notes or name in whole):
                files[f"{name}.csv"] = _holding(_file(out, name), name, portfolio)
        break
    for name in [Path(file).stem for file in files]:
        data = _file(out, name).read_bytes()
        files[f"{WHOLE}/{name}.csv"] = None if data == files[f"{name}.csv"] else data
    return files, told


def _read(where: Path) -> list[Raw]:
    return folder.read(where, limits.usual()).raws if where.is_dir() else []


def _file(out: Path, table: str) -> Path:
    """Where a table lies as it came."""
    whole = out / WHOLE / f"{table}.csv"
    return whole if whole.is_file() else out / f"{table}.csv"


def _holding(file: Path, table: str, portfolio: Portfolio) -> bytes:
    """The rows of a file that hold, without the references that lead nowhere."""
    frame = portfolio.tables[table]
    with file.open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    kept = [list(rows[int(row) - 2]) for row in frame.index.unique()]
    if not frame.index.has_duplicates:  # of a column a month a row is several
        for column in TABLES[table].columns:
            if column.name in header and (column.refers or column.name in GOALS):
                place = header.index(column.name)
                for row, stands in zip(kept, frame[column.name].notna(), strict=True):
                    row[place] = row[place] if stands else ""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows([header, *kept])
    return written.getvalue().encode()


def _sentence(note: Note, raw: Raw) -> str:
    """A note with the rows that it is about, and what stands there."""
    column = re.match(rf"{raw.name}\.csv, column (\w+):", note.sentence)
    cells = raw.columns.get(column[1]) if column else None
    places = np.flatnonzero(np.isin(raw.rows, note.rows)).tolist() if cells is not None else []
    said = dict.fromkeys(quoted(as_text(cells[place].as_py())) for place in places)  # type: ignore[index]
    rows = f"row {listed((f'{row:,}' for row in note.rows), 5)}"
    return f"{note.sentence} ({': '.join(filter(None, (rows, listed(said, 5))))})"
