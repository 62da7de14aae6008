"""A long table as Parquet: the cells of its CSV, with types."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.deck.harmless import safe

_SUSPECT = r"[^ -~]|^[=+\-@]"
"""What may have to be made harmless; of most columns nothing, so that no text is looked at one by one."""
DIGITS = 6
LEVEL = 6
"""Of zstd: from here on a table grows hardly smaller and takes longer."""


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as Parquet (zstd): texts harmless in a spreadsheet as in CSV, column names too; instants in
    UTC to the second, days as dates, numbers to six decimals, what is not known or infinite empty.

    The same frame gives the same bytes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [_array(frame.iloc[:, place]) for place in range(frame.shape[1])]
    table = pa.table(arrays, names=[safe(str(name)) for name in frame.columns])
    ways = {name: way for name, array in zip(table.column_names, arrays, strict=True) if (way := _way(array))}
    out = io.BytesIO()
    pq.write_table(
        table,
        out,
        compression="zstd",
        compression_level=LEVEL,
        column_encoding=ways or None,
        use_dictionary=[name for name in table.column_names if name not in ways],
    )
    return out.getvalue()


def _array(values: pd.Series) -> Any:
    import pyarrow as pa

    kind = values.dtype
    if isinstance(kind, pd.DatetimeTZDtype):
        whole = values.dt.tz_convert("UTC").dt.floor("s").astype("datetime64[ms, UTC]")
        return pa.array(whole, pa.timestamp("ms", "UTC"))
    if pd.api.types.is_datetime64_dtype(kind):
        return pa.array(values.astype("datetime64[s]"), pa.timestamp("s")).cast(pa.date32(), safe=False)
    if pd.api.types.is_bool_dtype(kind):
        return pa.array(values, pa.bool_())
    if pd.api.types.is_float_dtype(kind):
        numbers = values.to_numpy("float64", na_value=np.nan).round(DIGITS) + 0.0
        return pa.array(numbers, pa.float64(), mask=~np.isfinite(numbers))
    if pd.api.types.is_numeric_dtype(kind):
        return pa.array(values)
    return _texts(values)


def _texts(values: pd.Series) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    if values.dtype == "str":
        array = pa.array(values.array, pa.large_string())
    elif isinstance(values.dtype, pd.CategoricalDtype):
        names = pa.array([safe(str(name)) for name in values.cat.categories], pa.large_string())
        codes = values.cat.codes.to_numpy()
        return names.take(pa.array(codes, mask=codes < 0))
    else:
        known = values.notna().to_numpy()
        texts = [str(value) if there else None for value, there in zip(values, known, strict=True)]
        array = pa.array(texts, pa.large_string())
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if not pc.any(pc.match_substring_regex(array, _SUSPECT)).as_py():
        return array
    encoded = array.dictionary_encode()
    return pa.array([safe(text) for text in encoded.dictionary.to_pylist()], pa.large_string()).take(
        encoded.indices
    )


def _way(array: Any) -> str | None:
    """How a column is encoded where that is shorter than by a dictionary: instants as differences, and what
    mostly occurs once, texts as differences, numbers one by one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_timestamp(array.type):
        return "DELTA_BINARY_PACKED"
    way = {pa.large_string(): "DELTA_BYTE_ARRAY", pa.float64(): "PLAIN"}.get(array.type)
    return way if way and 2 * pc.count_distinct(array).as_py() > len(array) - array.null_count else None
