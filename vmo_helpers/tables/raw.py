"""A table as its source had it: cells not yet read, columns under the contract's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from vmo_helpers.contract.cells.numbers import Decimals
from vmo_helpers.contract.cells.typed import TYPED, typed


@dataclass(frozen=True)
class Raw:
    """One table before its cells are read.

    ``columns`` are Arrow arrays of one length, of any type. ``rows`` are the rows in the file (header = row
    1). ``source`` names the file, sheet or database table in messages. ``commas``: its cells were separated
    by semicolons or tabs, so that a comma may mark decimals. ``decimals``: how its numbers mark them, where
    that was found out before the table got its shape.
    """

    name: str
    columns: Mapping[str, Any]
    rows: np.ndarray
    source: str = ""
    commas: bool = False
    decimals: Decimals | None = None

    def __len__(self) -> int:
        return len(self.rows)


def of_arrow(
    name: str, table: Any, *, source: str = "", rows: np.ndarray | None = None, commas: bool = False
) -> Raw:
    """An Arrow table, each column in one piece. A row without any value is no row; names that stand twice
    stay apart."""
    numbers = np.arange(2, table.num_rows + 2) if rows is None else rows
    columns = {}
    for place, field in enumerate(table.column_names):
        while field in columns:
            field += " "
        columns[field] = single(table.column(place))
    if columns and table.num_rows and all(array.null_count for array in columns.values()):
        there = np.zeros(len(numbers), dtype=bool)
        for array in columns.values():
            there |= np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
        if not there.all():
            columns = {field: array.filter(pa.array(there)) for field, array in columns.items()}
            numbers = numbers[there]
    return Raw(name, columns, numbers, source or name, commas)


def of_frame(name: str, frame: pd.DataFrame | Sequence[Mapping[str, Any]], *, source: str = "") -> Raw:
    """A pandas frame or a list of dicts; an index named "row" gives the rows, else the first row is row 2.
    ``source``: the file or sheet that a problem names; by default the table."""
    data = frame if isinstance(frame, pd.DataFrame) else pd.DataFrame(list(frame))
    columns = {str(column): _arrow(data[column]) for column in data.columns}
    rows = data.index.to_numpy(dtype="int64") if data.index.name == "row" else np.arange(2, len(data) + 2)
    return Raw(name, columns, rows, source or name)


_PLAIN_TEXT, _PLAIN_WHOLE = {str, type(None)}, {int, type(None)}


def column_of(values: Sequence[Any], faults: Sequence[str | None] | None = None) -> Any:
    """Python values of one column: texts, or typed cells where any is a number or cannot be used
    (``faults``)."""
    kinds = set(map(type, values))
    if kinds <= _PLAIN_TEXT:
        text = _strings(values)
    elif kinds <= _PLAIN_WHOLE:
        text = pa.array([None if value is None else str(value) for value in values], pa.large_string())
    else:
        text = _strings([as_text(value) for value in values])
    numeric = not kinds <= _PLAIN_TEXT and any(map(_is_number, values))
    if not numeric and faults is None:
        return text
    number = pa.array([_number_of(value) for value in values], pa.float64()) if numeric else None
    return typed(text, number, None if faults is None else pa.array(faults, pa.large_string()))


def _strings(values: Sequence[str | None]) -> Any:
    try:
        return pa.array(values, pa.large_string())
    except UnicodeEncodeError:  # half a pair of surrogates is no character
        return pa.array([None if value is None else _paired(value) for value in values], pa.large_string())


def _paired(value: str) -> str:
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal | np.number) and not isinstance(value, bool | np.bool_)


def _number_of(value: Any) -> float | None:
    """A value that was typed as a number; not a number is no value, and one beyond any float is infinite."""
    if not _is_number(value):
        return None
    try:
        number = float(value)
    except (OverflowError, ValueError):  # an integer of 400 digits; a signalling NaN
        return float("inf")
    return None if np.isnan(number) else number


def single(chunked: Any) -> Any:
    """A chunked array in one piece, strings with 64-bit offsets so that any size fits; what is no plain value
    becomes text."""
    if chunked.type == TYPED:
        return chunked.combine_chunks() if isinstance(chunked, pa.ChunkedArray) else chunked
    if not _plain(chunked.type):
        return pa.array([as_text(value) for value in chunked.to_pylist()], pa.large_string())
    if pa.types.is_dictionary(chunked.type):
        return _one_dictionary(chunked)
    if pa.types.is_string(chunked.type):
        chunked = chunked.cast(pa.large_string())
    if not isinstance(chunked, pa.ChunkedArray):
        return chunked
    if chunked.num_chunks == 1:
        return chunked.chunk(0)
    return pa.concat_arrays(chunked.chunks) if chunked.num_chunks else pa.array([], chunked.type)


def _one_dictionary(chunked: Any) -> Any:
    """Texts in codes stay in codes, of one dictionary; other values that a file keeps in codes are taken out
    of them."""
    array = chunked.combine_chunks() if isinstance(chunked, pa.ChunkedArray) else chunked
    values = single(array.dictionary)
    if not pa.types.is_large_string(values.type):
        return single(array.dictionary_decode())
    return pa.DictionaryArray.from_arrays(array.indices.cast(pa.int32()), values)


def _plain(kind: Any) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    odd = (
        pa.types.is_nested,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_fixed_size_binary,
        pa.types.is_duration,
    )
    return not isinstance(kind, pa.BaseExtensionType) and not any(is_odd(kind) for is_odd in odd)


def as_text(value: Any) -> str | None:
    """One Python value as a file would write it: 1001.0 as "1001", a midnight as its day, nothing as None."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        number = float(value)
        return (
            None
            if np.isnan(number)
            else str(int(number))
            if number.is_integer() and abs(number) < 2**53
            else repr(number)
        )
    if isinstance(value, Decimal):
        return None if value.is_nan() else f"{value.normalize():f}" if value.is_finite() else str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    if hasattr(value, "isoformat"):
        text = str(value.isoformat())
        return text.removesuffix("T00:00:00")
    return str(value)


def _arrow(series: pd.Series) -> Any:
    if series.dtype == object:
        return column_of(series.to_list())
    return single(pa.array(series, from_pandas=True))
