"""Cells as they stand in a file, read as what a column of the contract holds.

One function a kind; each takes a whole column as an Arrow array and returns its values, a mask of the cells
that cannot be read with what was expected of them, and remarks on cells that were read by a stated policy.
"""

from __future__ import annotations

from vmo_helpers.contract.cells.column import Fault, Parsed, Reading, Remark, empty, filled, parse, untouched
from vmo_helpers.contract.cells.typed import cell

__all__ = ["Fault", "Parsed", "Reading", "Remark", "cell", "empty", "filled", "parse", "untouched"]
