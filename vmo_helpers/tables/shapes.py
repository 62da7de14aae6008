"""The other shapes in which people keep these tables, turned into the contract's before their cells are read.

Headers without regard to case and blanks; spend and budgets with a column per month; objectives and key
results without an id; a key result's current value beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells import numbers
from vmo_helpers.contract.cells.text import mask_of, strings
from vmo_helpers.contract.problems import listed, nearest
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.tables.inspection import Draft, Inspection
from vmo_helpers.tables.raw import Raw

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"^(\d{4})[-/](\d{1,2})(?:-01)?(?:[T ]00:00(?::00)?)?$")
_NAME_FIRST = re.compile(r"^([A-Za-z]{3,9})\.?[ -](\d{4}|\d{2})$")
_TITLED = {"objectives": "objective_id", "key_results": "kr_id"}
_SPREAD = {"spend": ("period",), "budgets": ("from", "to")}
_CURRENT = ("current", "current_at")


def fold(name: str) -> str:
    """A header as it is compared: lower case, blanks and dashes as one underscore."""
    return re.sub(r"[\s\-_]+", "_", name.strip().lower())


def reshaped(raws: Sequence[Raw], inspection: Inspection) -> list[Raw]:
    """All raw tables in the contract's shape, with problems of headers told."""
    result: dict[str, Raw] = {}
    for raw in raws:
        lean = _unfolded(_headed(raw, inspection), inspection)
        if lean.name in _TITLED and _TITLED[lean.name] not in lean.columns and "title" in lean.columns:
            lean = _with(lean, {_TITLED[lean.name]: lean.columns["title"]} | dict(lean.columns))
        result[lean.name] = lean
    _check_ins_beside(result, inspection)
    for raw in result.values():
        _missing_columns(raw, inspection)
    return list(result.values())


def _with(raw: Raw, columns: dict[str, Any], rows: np.ndarray | None = None) -> Raw:
    return Raw(raw.name, columns, raw.rows if rows is None else rows, raw.source, raw.commas)


def _headed(raw: Raw, inspection: Inspection) -> Raw:
    """Columns under the contract's names; the same name twice is refused."""
    known = {fold(name): name for name in TABLES[raw.name].names}
    columns: dict[str, Any] = {}
    for name, array in raw.columns.items():
        meant = known.get(fold(name), name.strip())
        if meant in columns:
            inspection.whole(raw.name, "two columns of this name", column=meant, source=raw.source)
        columns.setdefault(meant, array)
    return _with(raw, columns)


def _missing_columns(raw: Raw, inspection: Inspection) -> None:
    table = TABLES[raw.name]
    extra = [name for name in raw.columns if table.column(name) is None]
    for column in table.columns:
        if column.required and column.name not in raw.columns:
            near = nearest(column.name, extra, 0.7)
            hint = f"; did you mean it by {near}?" if near else f"; there are {listed(raw.columns)}"
            inspection.whole(raw.name, f"the column is missing{hint}", column=column.name, source=raw.source)


def month_of(header: str) -> pd.Timestamp | None:
    """The month that a header names (2026-01, Jan 2026, Jan-26), as its first day."""
    if found := _YEAR_FIRST.match(header.strip()):
        year, month = int(found[1]), int(found[2])
    elif (found := _NAME_FIRST.match(header.strip())) and found[1][:3].lower() in _MONTHS:
        year, month = int(found[2]), _MONTHS.index(found[1][:3].lower()) + 1
        year += 2000 if year < 100 else 0
    else:
        return None
    return pd.Timestamp(year, month, 1) if 1 <= month <= 12 else None


def _unfolded(raw: Raw, inspection: Inspection) -> Raw:
    """One row a month where spend or budgets have one column a month; ``scale`` multiplies. An empty month is
    no row."""
    if raw.name not in _SPREAD:
        return raw
    months = {name: month for name in raw.columns if (month := month_of(name)) is not None}
    scale = raw.columns.get("scale")
    if not months and scale is None:
        return raw
    kept = {name: array for name, array in raw.columns.items() if name not in months and name != "scale"}
    doubled = [name for name in (*_SPREAD[raw.name], "amount") if name in kept]
    if months and doubled:
        inspection.whole(
            raw.name,
            f"has columns of months ({listed(months, 3)}) as well: expected one or the other",
            column=doubled[0],
            source=raw.source,
        )
        return raw
    decimals = numbers.convention(
        [numbers.as_strings(a) for n, a in raw.columns.items() if n in months or n == "scale"],
        commas_likely=raw.commas,
    )
    factor = np.ones(len(raw))
    if scale is not None:
        factor = _factors(raw, scale, decimals, inspection)
    if not months:
        return _scaled(raw, kept, factor, decimals)
    parts, rows = [], []
    for name, month in months.items():
        cells = numbers.as_strings(raw.columns[name])
        there = mask_of(pc.is_valid(cells))
        part = {column: array.filter(pa.array(there)) for column, array in kept.items()}
        part["amount"] = _product(cells.filter(pa.array(there)), factor[there], decimals)
        part |= _month_cells(raw.name, part, month, int(there.sum()))
        parts.append(part)
        rows.append(raw.rows[there])
    columns = {name: pa.concat_arrays([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(np.concatenate(rows), kind="stable")
    return _with(
        raw,
        {name: array.take(pa.array(order)) for name, array in columns.items()},
        np.concatenate(rows)[order],
    )


def _month_cells(name: str, part: dict[str, Any], month: pd.Timestamp, size: int) -> dict[str, Any]:
    first = pa.array([str(month.date())] * size, pa.large_string())
    if name == "spend":
        return {"period": first}
    last = pa.array([str((month + pd.offsets.MonthEnd(0)).date())] * size, pa.large_string())
    cells = {"from": first, "to": last}
    if "budget_id" in part:
        suffix = pa.scalar(f" {month:%Y-%m}", pa.large_string())
        cells["budget_id"] = pc.binary_join_element_wise(
            strings(part["budget_id"]), suffix, pa.scalar("", pa.large_string())
        )
    return cells


def _factors(raw: Raw, scale: Any, decimals: numbers.Decimals, inspection: Inspection) -> np.ndarray:
    values, bad, two_ways = numbers.numbers(numbers.as_strings(scale), decimals)
    draft = Draft(TABLES[raw.name], pd.DataFrame(index=pd.Index(raw.rows, name="row")), raw.source)
    faulty = np.flatnonzero(bad | two_ways | np.isnan(values))
    if len(faulty):
        rows = listed(str(draft.rows[int(position)]) for position in faulty)
        inspection.whole(
            raw.name,
            f"{numbers.EXPECTED} in every row; not so in row {rows}",
            column="scale",
            source=raw.source,
        )
    return np.where(np.isnan(values), 1.0, values)


def _product(cells: Any, factor: np.ndarray, decimals: numbers.Decimals) -> Any:
    """Amounts times their scale; what is no number stays as it stands, for the reading of cells to refuse."""
    if bool((factor == 1.0).all()):
        return strings(cells)
    values, bad, two_ways = numbers.numbers(cells, decimals)
    product = pa.array(values * factor).cast(pa.large_string())
    return pc.if_else(pa.array(bad | two_ways), strings(cells), product)


def _scaled(raw: Raw, kept: dict[str, Any], factor: np.ndarray, decimals: numbers.Decimals) -> Raw:
    if "amount" in kept:
        kept["amount"] = _product(numbers.as_strings(kept["amount"]), factor, decimals)
    return _with(raw, kept)


def _check_ins_beside(raws: dict[str, Raw], inspection: Inspection) -> None:
    """A key result's ``current`` at ``current_at`` becomes one row of check-ins, with the key result's
    row."""
    results = raws.get("key_results")
    if results is None or "current" not in results.columns or "kr_id" not in results.columns:
        return
    if "current_at" not in results.columns:
        inspection.whole(
            "key_results",
            "needs a column current_at beside it: a value without its day is no check-in",
            column="current",
            source=results.source,
        )
        return
    value, at = (strings(results.columns[name]) for name in _CURRENT)
    there = mask_of(pc.or_(pc.is_valid(value), pc.is_valid(at)))
    part = {"kr_id": strings(results.columns["kr_id"]), "at": at, "value": value}
    part = {name: array.filter(pa.array(there)) for name, array in part.items()}
    rows = results.rows[there]
    raws["key_results"] = _with(
        results, {name: array for name, array in results.columns.items() if name not in _CURRENT}
    )
    have = raws.get("checkins")
    if have is not None:
        blank = pa.nulls(len(rows), pa.large_string())
        none = pa.nulls(len(have), pa.large_string())
        names = list(dict.fromkeys([*have.columns, *part]))
        part = {
            name: pa.concat_arrays([strings(have.columns.get(name, none)), part.get(name, blank)])
            for name in names
        }
        rows = np.concatenate([have.rows, rows])
    raws["checkins"] = Raw("checkins", part, rows, have.source if have else results.source, results.commas)
