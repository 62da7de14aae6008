"""Columns of which each cell has a type of its own, as workbooks, SQLite and objects in memory have them.

A number that its source typed has one reading, whatever texts stand beside it; and a cell may be there and
say nothing (a formula that was never computed). Both would be lost in a column of texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TYPED = pa.struct(
    [
        ("text", pa.large_string()),  # the cell as a file would write it
        ("number", pa.float64()),  # its value where the source typed it as a number
        ("fault", pa.large_string()),  # why it cannot be used
    ]
)


def is_typed(array: Any) -> bool:
    """True for a column in which each cell has its own type."""
    return bool(array.type == TYPED)


def typed(text: Any, number: Any = None, fault: Any = None) -> Any:
    """A column of typed cells; one without a text and without a fault is empty."""
    size = len(text)
    number = pa.nulls(size, pa.float64()) if number is None else number
    fault = pa.nulls(size, pa.large_string()) if fault is None else fault
    empty = pc.and_(pc.is_null(text), pc.is_null(fault))
    return pa.StructArray.from_arrays([text, number, fault], fields=list(TYPED), mask=empty)


def texts(array: Any) -> Any:
    """The cells as a file would write them."""
    return pc.struct_field(array, "text")


def typed_numbers(array: Any) -> np.ndarray:
    """float64: the value of each cell that its source typed as a number, NaN for the others."""
    number = pc.fill_null(pc.struct_field(array, "number"), float("nan"))
    return np.asarray(number.to_numpy(zero_copy_only=False), dtype="float64")


def faults(array: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Why cells cannot be used, each reason with the mask of its cells."""
    reasons = pc.struct_field(array, "fault")
    if reasons.null_count == len(reasons):
        return
    for reason in pc.drop_null(reasons.unique()).to_pylist():
        mask = pc.fill_null(pc.equal(reasons, pa.scalar(reason, reasons.type)), False)
        yield reason, np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)


def marked(array: Any, mask: np.ndarray, fault: str) -> Any:
    """A column of texts or typed cells in which the masked cells cannot be used, and why."""
    lean = array if is_typed(array) else typed(array)
    reason = pc.if_else(pa.array(mask), pa.scalar(fault, pa.large_string()), pc.struct_field(lean, "fault"))
    return typed(texts(lean), pc.struct_field(lean, "number"), reason)


def cell(array: Any, position: int) -> Any:
    """One cell as a report shows it."""
    value = array[position].as_py()
    return value["text"] if is_typed(array) and value is not None else value
