"""The contract's tables by name; ``docs/data.md`` explains them, the room ``tables`` holds frames to them."""

from __future__ import annotations

from vmo_helpers.contract.columns import Column, Kind, Table
from vmo_helpers.contract.value import VALUE
from vmo_helpers.contract.work import WORK

__all__ = ["NAMED", "TABLES", "Column", "Kind", "Table"]

TABLES: dict[str, Table] = {table.name: table for table in (*WORK, *VALUE)}

NAMED = {
    "work_items": "title",
    "value_streams": "name",
    "metrics": "name",
    "objectives": "title",
    "key_results": "title",
}
"""Table → the column that names its rows to people; where it is empty a row bears its key as its name."""
