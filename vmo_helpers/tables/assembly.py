"""From raw tables to a portfolio: header, cells, defaults, then the relations between rows; all problems in
one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from vmo_helpers.contract import cells
from vmo_helpers.contract.cells import numbers, text
from vmo_helpers.contract.cells.text import mask_of
from vmo_helpers.contract.problems import (
    InputProblems,
    Problem,
    agreeing,
    counted,
    did_you_mean,
    listed,
    nearest,
    quoted,
)
from vmo_helpers.contract.schema import TABLES, Column, Kind
from vmo_helpers.portfolio import Note, Portfolio, Settings
from vmo_helpers.tables import checks, derived, shapes
from vmo_helpers.tables.inspection import Draft, Inspection
from vmo_helpers.tables.raw import Raw, of_frame

__all__ = ["InputProblems", "assemble", "empty_table", "portfolio_of"]


def portfolio_of(
    tables: Mapping[str, pd.DataFrame | Sequence[Mapping[str, Any]]],
    settings: Settings | None = None,
    *,
    lenient: bool = False,
) -> Portfolio:
    """A portfolio from frames or lists of dicts in memory, held to the contract as files are; an empty list
    is no table.

    Raises InputProblems with every problem of every table. Without ``settings`` the review level is the only
    one present.
    """
    raws = [
        of_frame(name, frame)
        for name, frame in tables.items()
        if len(frame) or (isinstance(frame, pd.DataFrame) and len(frame.columns))
    ]
    return assemble(raws, settings or Settings(), level_stated=settings is not None, lenient=lenient)


def assemble(
    raws: Iterable[Raw],
    settings: Settings,
    *,
    level_stated: bool | None = True,
    lenient: bool = False,
    where: str = "",
    problems: Sequence[Problem] = (),
    notes: Sequence[Note] = (),
    unread: Iterable[str] = (),
) -> Portfolio:
    """Raw tables as a portfolio.

    ``level_stated``: somebody named the review level; None: what was named could not be read. ``problems``
    and ``notes`` are what the source itself met; ``unread`` are tables that it has but could not read. Nobody
    complains of references to these, nor to a table of which the source could not read every row. ``lenient``
    takes an offending cell as empty where its row can do without it, leaves out the other offending rows, and
    notes both; a problem that is not of a row is still refused. Raises InputProblems.
    """
    inspection = Inspection(list(problems), notes=list(notes), lenient=lenient)
    shaped = shapes.reshaped(_known(raws, inspection), inspection)
    settings = _review_level(shaped, settings, level_stated, inspection)
    drafts = {raw.name: _typed(raw, settings, inspection) for raw in shaped}
    for name, table in TABLES.items():
        drafts.setdefault(name, Draft(table, empty_table(name), name))
    if lenient:
        _lenient(drafts, settings, inspection, frozenset(unread))
    else:
        derived.derived(drafts, inspection)
        checks.relations(
            drafts, settings, inspection, unread={*unread, *(problem.table for problem in problems)}
        )
    if inspection.problems:
        raise InputProblems(inspection.problems, where)
    return Portfolio(
        {name: drafts[name].frame for name in TABLES},
        settings,
        notes=tuple(inspection.notes),
        inherited=inspection.inherited,
    )


def _lenient(
    drafts: dict[str, Draft], settings: Settings, inspection: Inspection, unread: frozenset[str]
) -> None:
    """Leaves out offending rows, and then those that needed them, until none offends; each is noted."""
    gone: dict[str, pd.Index] = {}
    _leave_out(drafts, inspection, gone)
    derived.derived(drafts, inspection)
    _leave_out(drafts, inspection, gone)
    while True:
        last = Inspection()
        checks.left_behind(drafts, gone, last)
        inspection.notes += last.notes
        last = Inspection(lenient=True)
        checks.relations(drafts, settings, last, unread=unread)
        inspection.problems += [problem for problem in last.problems if not problem.of_rows]
        if not last.offending:
            inspection.notes += last.notes
            break
        # other warnings are counted on what remains in the end
        last.notes = [note for note in last.notes if note.kind == "left_out"]
        gone = {}
        _leave_out(drafts, last, gone)
        inspection.notes += last.notes
    _nothing_left(drafts, inspection)


def _nothing_left(drafts: dict[str, Draft], inspection: Inspection) -> None:
    """A table of which every row was left out is told as such; without any work item there is nothing to
    review."""
    for name, draft in drafts.items():
        if not draft.held or len(draft):
            continue
        why = [note.sentence for note in inspection.notes if note.kind == "left_out" and note.table == name]
        what = "not one row can be used, so that nothing is left of the table"
        if name == "work_items":
            inspection.whole(name, f"{what} ({'; '.join(why)})", source=draft.source)
        else:
            inspection.notes.append(Note("left_out", name, f"{draft.source}: {what}"))


def empty_table(name: str) -> pd.DataFrame:
    """A table of the contract without rows: no evidence."""
    return _blank(name).copy(deep=False)


@cache
def _blank(name: str) -> pd.DataFrame:
    columns = {column.name: cells.empty(column, 0) for column in TABLES[name].columns}
    return pd.DataFrame(columns, index=pd.RangeIndex(2, 2, name="row"))


def _known(raws: Iterable[Raw], inspection: Inspection) -> list[Raw]:
    known = []
    for raw in raws:
        if raw.name in TABLES:
            known.append(raw)
        else:
            hint = did_you_mean(raw.name, TABLES)
            inspection.whole(raw.name, "is no table of the contract" + (f"; {hint}" if hint else ""))
    return known


def _review_level(
    raws: Sequence[Raw], settings: Settings, stated: bool | None, inspection: Inspection
) -> Settings:
    """The level that figures are counted at; where none was stated, the only one present."""
    items = next((raw for raw in raws if raw.name == "work_items"), None)
    if stated is None or items is None or "level" not in items.columns or not len(items):
        return settings
    level = cells.parse(items.columns["level"], Column("level", Kind.TEXT), cells.Reading()).values
    present = sorted(pd.Series(level).dropna().unique())
    if stated:
        if present and settings.review_level not in present and pd.Series(level).notna().all():
            inspection.whole(
                "work_items",
                f"no item has the review level “{settings.review_level}”; the levels are {listed(present)}",
                column="level",
                source=items.source,
            )
        return settings
    if len(present) > 1:
        inspection.whole(
            "work_items",
            f"several levels ({listed(present)}): say in portfolio.toml which of them is the review_level",
            column="level",
            source=items.source,
        )
    if len(present) == 1:
        return replace(settings, review_level=str(present[0]))
    return settings


def _typed(raw: Raw, settings: Settings, inspection: Inspection) -> Draft:
    table = TABLES[raw.name]
    lean, unseen = {}, {}
    for name, array in raw.columns.items():
        lean[name], unseen[name] = text.readable(_lean(array, table.column(name)))
    reading = cells.Reading(settings.timezone, raw.decimals or numbers.Decimals())
    index = _row_index(raw.rows)
    draft = Draft(table, pd.DataFrame(index=index), raw.source, frozenset(lean), reading, held=len(raw) > 0)
    values: dict[str, Any] = {}
    for column in table.columns:
        if column.name == "level" and table.name == "work_items":
            column = replace(column, default=settings.review_level)
        if column.name not in lean:
            values[column.name] = cells.filled(cells.empty(column, len(raw)), column)
            continue
        values[column.name] = _column(draft, lean[column.name], column, reading, inspection)
    for name, array in lean.items():
        if table.column(name) is None:
            values[name] = cells.untouched(array)
            inspection.notes.append(_stranger(draft, name))
        inspection.warn(draft, unseen[name], _replaced(draft.source, name), kind="assumed")
    draft.frame = pd.DataFrame(values, index=index, copy=False)
    return draft


def _replaced(source: str, column: str) -> Any:
    return lambda count: (
        f"{source}, column {column}: {counted(count, 'cell')} {agreeing(count, 'has', 'have')} "
        "characters that cannot be shown, read as “\ufffd”"
    )


def _lean(array: Any, column: Column | None) -> Any:
    """Cells without surrounding blanks: texts as texts (names in codes), what its source typed as it is."""
    return (
        text.encoded(array) if column is not None and column.kind is Kind.NAME else numbers.as_strings(array)
    )


def _stranger(draft: Draft, name: str) -> Note:
    """A column that the contract does not know passes through, and is named, for it may be a misspelt one."""
    absent = [column for column in draft.table.names if column not in draft.given]
    near = nearest(name, absent, 0.75)
    hint = f"; did you mean {near}?" if near else ""
    return Note(
        "unknown_column",
        draft.name,
        f"{draft.source} has a column {quoted(name)} that the contract does not know{hint}",
    )


def _column(draft: Draft, array: Any, column: Column, reading: cells.Reading, inspection: Inspection) -> Any:
    parsed = cells.parse(array, column, reading)
    values = parsed.values

    def value(position: int) -> Any:
        return cells.cell(array, position)

    spared = _spared(draft, column)
    for fault in parsed.faults:
        inspection.cells(draft, column.name, fault.mask, fault.what, value=value, spared=spared)
        if inspection.lenient and spared:
            values = pd.Series(values).mask(fault.mask).array
    if column.filled and not column.derived:
        empty = mask_of(pc.is_null(array, nan_is_null=True))
        inspection.cells(draft, column.name, empty, "every row must have a value", value=value)
    for remark in parsed.remarks:
        inspection.warn(draft, remark.mask, _remark(draft, column.name, remark), kind="assumed")
    return cells.filled(values, column)


def _spared(draft: Draft, column: Column) -> bool:
    """True where a row can do without a cell: an empty one would not make it another row, nor another version
    of one, nor another plan."""
    apart = (*draft.table.key, "recorded_at", "old_value")
    return not column.filled and column.name not in apart


def _remark(draft: Draft, column: str, remark: cells.Remark) -> Any:
    return lambda count: (
        f"{draft.source}, column {column}: {counted(count, 'cell')} "
        f"{agreeing(count, remark.one, remark.many)}"
    )


def _row_index(rows: np.ndarray) -> pd.Index:
    if len(rows) == 0 or (rows[0] == 2 and rows[-1] == len(rows) + 1 and bool((np.diff(rows) == 1).all())):
        return pd.RangeIndex(2, len(rows) + 2, name="row")
    index: pd.Index = pd.Index(rows, name="row", dtype="int64")
    return index


def _leave_out(drafts: dict[str, Draft], inspection: Inspection, gone: dict[str, pd.Index]) -> None:
    """Drops the offending rows, turns their problems into notes, keeps the other problems, and tells which
    keys are gone."""
    for name, mask in inspection.offending.items():
        draft = drafts[name]
        key = draft.table.key[0] if draft.table.key else None
        lost = draft.frame.loc[mask, key] if key else None
        draft.frame = draft.frame[~mask]
        if lost is not None and key is not None:
            keys = pd.Index(lost.dropna().unique())
            gone[name] = (
                gone.get(name, keys).union(keys).difference(pd.Index(draft.frame[key].dropna().unique()))
            )
    for problem in inspection.problems:
        if problem.of_rows:
            rows = tuple(cell.row for cell in problem.cells)
            sentence = f"{problem.place}: {counted(problem.total, 'row')} left out: {problem.what}"
            inspection.notes.append(Note("left_out", problem.table, sentence, problem.total, rows))
    inspection.problems = [problem for problem in inspection.problems if not problem.of_rows]
    inspection.offending = {}
