"""A table as its source had it: cells not yet read, columns under the contract's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa


@dataclass(frozen=True)
class Raw:
    """One table before its cells are read.

    ``columns`` are Arrow arrays of one length, of any type. ``rows`` are the rows in the file (header = row
    1). ``source`` names the file, sheet or database table in messages. ``commas``: its cells were separated
    by semicolons or tabs, so that a comma may mark decimals.
    """

    name: str
    columns: Mapping[str, Any]
    rows: np.ndarray
    source: str = ""
    commas: bool = False

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


def of_frame(name: str, frame: pd.DataFrame | Sequence[Mapping[str, Any]]) -> Raw:
    """A pandas frame or a list of dicts; an index named "row" gives the rows, else the first row is row 2."""
    data = frame if isinstance(frame, pd.DataFrame) else pd.DataFrame(list(frame))
    columns = {str(column): _arrow(data[column]) for column in data.columns}
    rows = data.index.to_numpy(dtype="int64") if data.index.name == "row" else np.arange(2, len(data) + 2)
    return Raw(name, columns, rows, name)


def of_cells(
    name: str,
    header: Sequence[str],
    cells: Sequence[Sequence[Any]],
    *,
    source: str = "",
    rows: np.ndarray | None = None,
) -> Raw:
    """Rows of Python values, as a workbook or a database driver gives them."""
    arrays = [
        pa.array([as_text(row[place]) for row in cells], pa.large_string()) for place in range(len(header))
    ]
    return of_arrow(name, pa.Table.from_arrays(arrays, names=list(header)), source=source, rows=rows)


def single(chunked: Any) -> Any:
    """A chunked array in one piece, strings with 64-bit offsets so that any size fits; what is no plain value
    becomes text."""
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
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    if hasattr(value, "isoformat"):
        text = str(value.isoformat())
        return text.removesuffix("T00:00:00")
    return str(value)


def _arrow(series: pd.Series) -> Any:
    if series.dtype == object:
        return pa.array([as_text(value) for value in series], pa.large_string())
    return single(pa.array(series, from_pandas=True))
