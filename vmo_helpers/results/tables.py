"""The tables that a review leaves beside its decks: which form each has, and reading one back.

A table of up to ``MOST_CSV_ROWS`` rows is CSV, which every spreadsheet opens. A longer one is Parquet, a
tenth of the size and with types: pandas, polars, DuckDB and Excel's "Get Data" read it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_CSV_ROWS = 10_000
CSV, PARQUET = ".csv", ".parquet"
FORMS = (CSV, PARQUET)


def form_of(rows: int) -> str:
    """How the file of a table with so many rows ends: ``.csv`` up to ``MOST_CSV_ROWS``, else ``.parquet``."""
    return CSV if rows <= MOST_CSV_ROWS else PARQUET


@dataclass(frozen=True)
class Kept:
    """The file of one table as its review wrote it: its form and its bytes."""

    form: str
    data: bytes

    def texts(self) -> Any:
        """Its rows as an Arrow table of texts, spelled as in a CSV; null where a cell is empty."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        if self.form == CSV:
            return _read_csv(self.data)
        table = pq.read_table(io.BytesIO(self.data))
        spelled = {
            name: pc.strftime(column.cast(pa.timestamp("s", "UTC")), "%Y-%m-%dT%H:%M:%SZ")
            if pa.types.is_timestamp(column.type)
            else column.cast(pa.string())
            for name, column in zip(table.column_names, table.columns, strict=True)
        }
        return pa.table(spelled)


def kept(folder: Path, digests: Mapping[str, Any], stem: str) -> Kept | None:
    """A table of a review; None where it is not there, or not as its review wrote it.

    ``stem``: ``tables/<notebook>/<name>``, whose file has one of ``FORMS``; ``digests``: SHA-256 by file, as
    ``output`` of the review's manifest.
    """
    for form in FORMS:
        if (digest := digests.get(f"{stem}{form}")) is None:
            continue
        try:
            data = (folder / f"{stem}{form}").read_bytes()
        except OSError:
            return None
        return Kept(form, data) if hashlib.sha256(data).hexdigest() == digest else None
    return None


def _read_csv(data: bytes) -> Any:
    import pyarrow as pa
    import pyarrow.csv as csv

    names = csv.open_csv(io.BytesIO(data)).schema.names
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
    )
    quoted = csv.ParseOptions(newlines_in_values=True)
    return csv.read_csv(io.BytesIO(data), parse_options=quoted, convert_options=options)
