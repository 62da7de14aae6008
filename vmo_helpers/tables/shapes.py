"""The other shapes in which people keep these tables, turned into the contract's before their cells are read.

Headers without regard to case and blanks; spend and budgets with a column per month; objectives and key
results without an id; a key result's current value beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vmo_helpers.contract.cells import numbers
from vmo_helpers.contract.cells.text import mask_of, readable, strings
from vmo_helpers.contract.cells.typed import is_typed, marked, typed
from vmo_helpers.contract.names import columns_meant
from vmo_helpers.contract.problems import listed, nearest
from vmo_helpers.contract.schema import TABLES, Kind
from vmo_helpers.tables import months
from vmo_helpers.tables.inspection import Inspection
from vmo_helpers.tables.raw import Raw

_TITLED = {"objectives": "objective_id", "key_results": "kr_id"}
_SPREAD = {"spend": ("period",), "budgets": ("from", "to")}
_CURRENT = ("current", "current_at")
BESIDE_CURRENT = ("confidence", "status", "comment")
"""Columns of a check-in that may stand beside a key result's value of today."""
_MEANT = {"spend": ("scale",), "budgets": ("scale",), "key_results": (*_CURRENT, *BESIDE_CURRENT)}
"""Columns that only another shape of a table has."""
NUMERIC = (Kind.NUMBER, Kind.SHARE, Kind.WHOLE)

_TOTALS = (
    "total totals sum sums subtotal sub_total grand_total overall_total summe gesamt gesamtsumme endsumme "
    "zwischensumme summe_gesamt total_général total_general sous_total somme totale suma soma totaal totalt"
)
TOTALS = frozenset(_TOTALS.split())
_MAY_BE_TOTAL = "|".join(sorted({word.split("_")[0] for word in TOTALS}))
"""What a word of totals begins with, to find the few cells worth a look in a long column."""
_OF_TOTALS = "is a row of totals: take it out of the table, for its numbers would count twice"


def fold(name: str) -> str:
    """A header as it is compared: lower case, blanks and dashes as one underscore."""
    return re.sub(r"[\s\-_]+", "_", name.strip().lower())


def reshaped(raws: Sequence[Raw], inspection: Inspection) -> list[Raw]:
    """All raw tables in the contract's shape, with problems of headers told."""
    result: dict[str, Raw] = {}
    for raw in raws:
        lean = _without_totals(_headed(raw, inspection))
        lean = _unfolded(replace(lean, decimals=_decimals(lean)), inspection)
        if lean.name in _TITLED and _TITLED[lean.name] not in lean.columns and "title" in lean.columns:
            lean = _with(lean, {_TITLED[lean.name]: lean.columns["title"]} | dict(lean.columns))
        result[lean.name] = lean
    _check_ins_beside(result, inspection)
    for raw in result.values():
        _missing_columns(raw, inspection)
    return list(result.values())


def _with(raw: Raw, columns: dict[str, Any], rows: np.ndarray | None = None) -> Raw:
    return replace(raw, columns=columns, rows=raw.rows if rows is None else rows)


def _headed(raw: Raw, inspection: Inspection) -> Raw:
    """Columns under the contract's names; the same of these names twice is refused. A column that the
    contract does not know may stand there as often as it likes."""
    known = {fold(name): name for name in (*TABLES[raw.name].names, *_MEANT.get(raw.name, ()))}
    columns: dict[str, Any] = {}
    for name, array in raw.columns.items():
        plain = str(readable(pa.array([name.strip()], pa.large_string()))[0][0])
        meant = known.get(fold(plain))
        if meant is None and raw.name in _SPREAD and plain in columns and months.month_of(plain) is not None:
            meant = plain
        if meant in columns:
            inspection.whole(raw.name, "two columns of this name", column=meant, source=raw.source)
        columns.setdefault(meant or _unused(plain, columns), array)
    return _with(raw, columns)


def _unused(name: str, columns: dict[str, Any]) -> str:
    """The name, with a number where it is taken."""
    place, free = 1, name
    while free in columns:
        place += 1
        free = f"{name} ({place})"
    return free


def _decimals(raw: Raw) -> numbers.Decimals:
    """How a table marks decimals, from all of its numbers: also those of months, and of columns that only
    another shape has."""
    table = TABLES[raw.name]
    numeric = [
        numbers.as_strings(array)
        for name, array in raw.columns.items()
        if ((column := table.column(name)) is not None and column.kind in NUMERIC)
        or name in ("scale", "current")
        or (raw.name in _SPREAD and months.month_of(name) is not None)
    ]
    return numbers.convention(numeric, commas_likely=raw.commas)


def _without_totals(raw: Raw) -> Raw:
    """A row that names nothing but a total is marked where it says so, to be refused like any other cell.

    It has a word such as "Total" in a column of keys or dates, and beside it numbers alone.
    """
    table = TABLES[raw.name]
    labels = [
        column.name
        for column in table.columns
        if column.kind in (Kind.KEY, Kind.DAY, Kind.INSTANT) and column.name in raw.columns
    ]
    texts = {name: strings(raw.columns[name]) for name in labels if _has_words(raw.columns[name])}
    total = {name: mask for name, text in texts.items() if (mask := _total_words(text)).any()}
    if not total:
        return raw
    other = [name for name in raw.columns if (c := table.column(name)) is not None and c.kind is Kind.TEXT]
    said = np.zeros(len(raw), dtype=np.int64)
    for name in (*labels, *other):
        said += mask_of(pc.is_valid(texts[name] if name in texts else strings(raw.columns[name])))
    found = {name: mask & (said == 1) for name, mask in total.items()}
    columns = dict(raw.columns)
    for name, mask in found.items():
        cells = columns[name] if is_typed(columns[name]) else texts[name]
        columns[name] = marked(cells, mask, _OF_TOTALS) if mask.any() else columns[name]
    return _with(raw, columns)


def _has_words(array: Any) -> bool:
    """False for a column of instants, days or numbers: no cell of it can say that it is a total."""
    kind = array.type
    return not (pa.types.is_temporal(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _total_words(text: Any) -> np.ndarray:
    """The cells that say that their row is a total."""
    likely = mask_of(pc.match_substring_regex(text, _MAY_BE_TOTAL, ignore_case=True))
    if not likely.any():
        return likely
    few = text.filter(pa.array(likely)).dictionary_encode()
    words = np.array([fold(word).strip(" :_") in TOTALS for word in few.dictionary.to_pylist()])
    likely[likely] = words[few.indices.to_numpy()]
    return likely


def _missing_columns(raw: Raw, inspection: Inspection) -> None:
    table = TABLES[raw.name]
    extra = [name for name in raw.columns if table.column(name) is None]
    meant = columns_meant(raw.name, [*raw.columns])
    for column in table.columns:
        if column.required and column.name not in raw.columns:
            near = nearest(column.name, extra, 0.7) or meant.get(column.name)
            hint = f"; did you mean it by {near}?" if near else f"; there are {listed(raw.columns)}"
            inspection.whole(raw.name, f"the column is missing{hint}", column=column.name, source=raw.source)


def _unfolded(raw: Raw, inspection: Inspection) -> Raw:
    """One row a month where spend or budgets have one column a month; ``scale`` multiplies."""
    if raw.name not in _SPREAD:
        return raw
    known = TABLES[raw.name].names
    found = {name: month for name in raw.columns if (month := months.month_of(name)) is not None}
    scale = raw.columns.get("scale")
    if not found and scale is None:
        return raw
    kept = {name: array for name, array in raw.columns.items() if name not in found and name != "scale"}
    doubled = [name for name in (*_SPREAD[raw.name], "amount") if name in kept]
    if found and doubled:
        inspection.whole(
            raw.name,
            f"has columns of months ({listed(found, 3)}) as well: expected one or the other",
            column=doubled[0],
            source=raw.source,
        )
        return raw
    if found:
        months.refuse_lost(raw, found, [name for name in kept if name not in known], inspection)
    factor = months.factors(raw, scale, inspection)
    if found:
        return months.unfolded(raw, kept, found, factor)
    if "amount" in kept:
        kept["amount"] = months.product(raw, kept["amount"], factor)
    return _with(raw, kept)


def _check_ins_beside(raws: dict[str, Raw], inspection: Inspection) -> None:
    """A key result's ``current`` at ``current_at`` becomes one row of check-ins, with what stands beside it
    and the key result's row."""
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
    value, at = (results.columns[name] for name in _CURRENT)
    value = months.product(results, value, np.ones(len(results)))
    there = mask_of(pc.or_(pc.is_valid(value), pc.is_valid(strings(at))))
    part = {"kr_id": results.columns["kr_id"], "at": at, "value": value}
    part |= {name: results.columns[name] for name in BESIDE_CURRENT if name in results.columns}
    part = {name: array.filter(pa.array(there)) for name, array in part.items()}
    rows = results.rows[there]
    raws["key_results"] = _with(
        results, {name: array for name, array in results.columns.items() if name not in _MEANT["key_results"]}
    )
    have = raws.get("checkins")
    if have is not None:
        names = list(dict.fromkeys([*have.columns, *part]))
        part = {
            name: pa.concat_arrays(
                [_as_typed(have.columns.get(name), len(have)), _as_typed(part.get(name), len(rows))]
            )
            for name in names
        }
        rows = np.concatenate([have.rows, rows])
    raws["checkins"] = replace(have or results, name="checkins", columns=part, rows=rows)


def _as_typed(array: Any | None, size: int) -> Any:
    if array is None:
        return typed(pa.nulls(size, pa.large_string()))
    if is_typed(array):
        return array
    number = None
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type) or pa.types.is_decimal(array.type):
        number = array.cast(pa.float64(), safe=False)
    return typed(strings(array), number)
