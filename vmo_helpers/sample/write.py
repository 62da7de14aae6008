"""Tables to files: CSV that a spreadsheet reads, or Parquet with types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from vmo_helpers.contract.schema import TABLES, Kind
from vmo_helpers.sample.world import ZONE

_NUMBERS = {Kind.NUMBER, Kind.SHARE, Kind.WHOLE}
_ARROW = {
    Kind.INSTANT: pa.timestamp("us", "UTC"),
    Kind.DAY: pa.date32(),
    Kind.NUMBER: pa.float64(),
    Kind.SHARE: pa.float64(),
    Kind.WHOLE: pa.float64(),
    Kind.FLAG: pa.bool_(),
}

SETTINGS = """# What the reviews need to know of this portfolio beside its tables.
[portfolio]
name = "Northwind Retail"
currency = "EUR"
timezone = "Europe/Berlin"
review_level = "epic"
office = "vmo"
vmo_since = 2026-01-01

# [calendar]                     # without it durations are elapsed days
# working_days = ["mon", "tue", "wed", "thu", "fri"]
# holidays = ["2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01"]

[thresholds]
okr_alignment_share = 0.80

[value_framework]
version = "2026-07"
roi = 0.4
strategic_alignment = 0.3
risk = 0.2
stakeholder_satisfaction = 0.1

[guardrails]
evaluating = 0.05
emerging = 0.15
investing = 0.55
extracting = 0.20
retiring = 0.05

[guardrails.work_type]
feature = 0.85
compliance = 0.02

[assessment]
pm_maturity = 4
primary_objective = 3
authority = 3
strategic_alignment = 4
governance = 2
tracking = 3
control = 2
impact = 2
"""


def write_tables(
    tables: dict[str, pd.DataFrame], bulk: dict[str, pa.Table], out: Path, *, parquet: bool
) -> dict[str, int]:
    """One file a table, the cast's rows before the bulk's. Returns the rows of each; the same input gives the
    same bytes."""
    rows = {}
    for name, table in tables.items():
        more = bulk.get(name)
        rows[name] = len(table) + (more.num_rows if more is not None else 0)
        if parquet:
            whole = typed(name, table)
            if more is not None:
                whole = pa.concat_tables([whole, _shaped(name, more)], promote_options="permissive")
            pq.write_table(whole, out / f"{name}.parquet")
        else:
            _csv(table, out / f"{name}.csv", header=True)
            if more is not None:
                _csv(_spelled(more).reindex(columns=table.columns), out / f"{name}.csv", header=False)
    return rows


def _csv(table: pd.DataFrame, path: Path, *, header: bool) -> None:
    table.to_csv(
        path,
        mode="w" if header else "a",
        header=header,
        index=False,
        lineterminator="\n",
        float_format="%.10g",
        encoding="utf-8",
    )


def _spelled(table: pa.Table) -> pd.DataFrame:
    """The bulk's cells as a CSV spells them."""
    made: dict[str, object] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_timestamp(column.type):
            known = column.is_valid().to_numpy()
            text = np.datetime_as_string(
                column.cast(pa.timestamp("us")).to_numpy().astype("datetime64[s]"), unit="s"
            )
            made[name] = np.where(known, np.char.add(text, "Z"), "")
        else:
            made[name] = column.to_pandas()
    return pd.DataFrame(made)


def _shaped(name: str, table: pa.Table) -> pa.Table:
    schema = pa.schema([(column, _type(name, column)) for column in table.column_names])
    return table.cast(schema)


def _type(table: str, column: str) -> pa.DataType:
    spec = TABLES[table].column(column)
    return _ARROW.get(spec.kind, pa.string()) if spec else pa.string()


def typed(name: str, table: pd.DataFrame) -> pa.Table:
    """The cast's table with the types of the contract: instants in UTC, days as dates."""
    columns = {
        str(column): pa.array(_cells(name, str(column), table[column]), _type(name, str(column)))
        for column in table.columns
    }
    return pa.table(columns)


def _cells(table: str, column: str, cells: pd.Series) -> list[object]:
    spec = TABLES[table].column(column)
    kind = spec.kind if spec else Kind.TEXT
    known = [None if cell is None or cell != cell else cell for cell in cells.tolist()]
    if kind is Kind.INSTANT:
        return [None if cell is None else _instant(str(cell)) for cell in known]
    if kind is Kind.DAY:
        return [None if cell is None else pd.Timestamp(cell).date() for cell in known]
    if kind in _NUMBERS:
        return [None if cell is None else float(cell) for cell in known]
    if kind is Kind.FLAG:
        return [None if cell is None else cell == "true" for cell in known]
    return [None if cell is None else str(cell) for cell in known]


def _instant(text: str) -> pd.Timestamp:
    at = pd.Timestamp(text)
    return (at.tz_localize(ZONE) if at.tzinfo is None else at).tz_convert("UTC")
