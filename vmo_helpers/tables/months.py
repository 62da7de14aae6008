"""Spend and budgets with one column a month: which headers are months, and one row a month in their stead."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells import numbers
from vmo_helpers.contract.cells.months import month_number
from vmo_helpers.contract.cells.text import mask_of, strings
from vmo_helpers.contract.cells.typed import is_typed, marked, typed
from vmo_helpers.contract.problems import listed
from vmo_helpers.contract.schema import TABLES
from vmo_helpers.tables.inspection import Draft, Inspection
from vmo_helpers.tables.raw import Raw

_YEAR = r"(?P<year>(?:19|20)\d{2})"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"^{_YEAR}[-/. ]?M?(?P<month>\d{{1,2}})(?:-01)?(?:[T ]00:00(?::00)?)?$",  # 2026-01, 202601, 2026M01
        rf"^(?P<month>\d{{1,2}})[-/. ]{_YEAR}$",  # 01/2026
        rf"^01[/.](?P<month>\d{{1,2}})[/.]{_YEAR}$",  # 01.03.2026
        r"^(?P<name>[^\W\d_]{3,10})\.?[ \-/.']*(?P<year>(?:19|20)\d{2}|\d{2})$",  # Jan 2026, Jan-26
        rf"^{_YEAR}[ \-/.]*(?P<name>[^\W\d_]{{3,10}})\.?$",  # 2026 Jan
    )
)
_OF_A_YEAR = re.compile(r"(?<!\d)(19|20)\d{2}(?!\d)|^[^\W\d_]+\.?[ \-/.']+\d{2}$")
_NO_MONTH = [
    "total",
    "totals",
    "sum",
    "subtotal",
    "summe",
    "gesamt",
    "gesamtsumme",
    "somme",
    "totale",
    "suma",
    "soma",
    "ytd",
    "fy",
    "year",
    "jahr",
    "annee",
    "ano",
    "margin",
    "marge",
    "budget",
    "plan",
    "forecast",
    "actual",
    "actuals",
    "ist",
    "soll",
    "rest",
    "average",
    "mean",
]


def month_of(header: str) -> pd.Timestamp | None:
    """The month that a header names (2026-01, Jan 2026, Mrz-26), as its first day."""
    found = next((match for form in _FORMS if (match := form.match(header.strip()))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = month_number(parts["name"]) if parts.get("name") else int(parts["month"])
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    return pd.Timestamp(year, month, 1) if month is not None and 1 <= month <= 12 else None


def refuse_lost(
    raw: Raw, found: Mapping[str, pd.Timestamp], strangers: Sequence[str], inspection: Inspection
) -> None:
    """Beside columns of months no column of numbers that looks like a month may pass unread, and no month may
    stand there twice."""
    for name in strangers:
        words = re.findall(r"[^\W\d_]+", name.casefold())
        if not _OF_A_YEAR.search(name.strip()) or set(words) & set(_NO_MONTH):
            continue
        values, bad, two_ways = numbers.numbers(numbers.as_strings(raw.columns[name]), _decimals_of(raw))
        if two_ways.any() or (~np.isnan(values) & ~bad).any():
            inspection.whole(
                raw.name,
                "holds numbers of a year beside columns of months, and is no month that is known: name it as "
                "2026-01 or Jan 2026; a column of no month needs a name without a year",
                column=name,
                source=raw.source,
            )
    by_month: dict[pd.Timestamp, list[str]] = {}
    for name, month in found.items():
        by_month.setdefault(month, []).append(name)
    for same in by_month.values():
        if len(same) > 1:
            what = f"names the same month as {listed(same[1:])}: expected one column a month"
            inspection.whole(raw.name, what, column=same[0], source=raw.source)


def unfolded(raw: Raw, kept: Mapping[str, Any], found: Mapping[str, pd.Timestamp], factor: np.ndarray) -> Raw:
    """A row a month; an empty cell is no row."""
    parts, rows = [], []
    for name, month in found.items():
        cells = numbers.as_strings(raw.columns[name])
        there = mask_of(pc.is_valid(cells))
        part = {column: array.filter(pa.array(there)) for column, array in kept.items()}
        part["amount"] = product(raw, cells, factor).filter(pa.array(there))
        part |= _month_cells(raw.name, part, month, int(there.sum()))
        parts.append(part)
        rows.append(raw.rows[there])
    columns = {name: pa.concat_arrays([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(np.concatenate(rows), kind="stable")
    return Raw(
        raw.name,
        {name: array.take(pa.array(order)) for name, array in columns.items()},
        np.concatenate(rows)[order],
        raw.source,
        raw.commas,
        raw.decimals,
    )


def _month_cells(name: str, part: Mapping[str, Any], month: pd.Timestamp, size: int) -> dict[str, Any]:
    first = pa.array([str(month.date())] * size, pa.large_string())
    if name == "spend":
        return {"period": first}
    last = pa.array([str((month + pd.offsets.MonthEnd(0)).date())] * size, pa.large_string())
    cells = {"from": first, "to": last}
    if "budget_id" in part:
        own = part["budget_id"]
        suffix, between = pa.scalar(f" {month:%Y-%m}", pa.large_string()), pa.scalar("", pa.large_string())
        named = pc.binary_join_element_wise(strings(own), suffix, between)
        cells["budget_id"] = typed(named, None, pc.struct_field(own, "fault")) if is_typed(own) else named
    return cells


def factors(raw: Raw, scale: Any | None, inspection: Inspection) -> np.ndarray:
    """What each row's amounts are multiplied by; 1 without a column scale. A scale that is no number is
    refused."""
    if scale is None:
        return np.ones(len(raw))
    values, bad, two_ways = numbers.numbers(numbers.as_strings(scale), _decimals_of(raw))
    draft = Draft(TABLES[raw.name], pd.DataFrame(index=pd.Index(raw.rows, name="row")), raw.source)
    faulty = np.flatnonzero(bad | two_ways | np.isnan(values))
    if len(faulty):
        rows = listed(str(draft.rows[int(position)]) for position in faulty)
        what = f"{numbers.EXPECTED} in every row; not so in row {rows}"
        inspection.whole(raw.name, what, column="scale", source=raw.source)
    return np.where(np.isnan(values), 1.0, values)


def product(raw: Raw, cells: Any, factor: np.ndarray) -> Any:
    """Amounts times their scale, as numbers. What is no number stays as it stands, for the reading of cells
    to refuse; what could be two numbers is marked."""
    lean = numbers.as_strings(cells)
    values, bad, two_ways = numbers.numbers(lean, _decimals_of(raw))
    unread = bad | two_ways
    text = strings(lean)
    fault = pc.struct_field(lean, "fault") if is_typed(lean) else None
    amounts = typed(text, pa.array(np.where(unread, np.nan, values * factor), from_pandas=True), fault)
    return marked(amounts, two_ways, numbers.TWO_WAYS) if two_ways.any() else amounts


def _decimals_of(raw: Raw) -> numbers.Decimals:
    return raw.decimals or numbers.Decimals()
