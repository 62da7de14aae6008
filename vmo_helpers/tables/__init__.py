"""The contract held: raw tables become a validated Portfolio, or one complete report of what is wrong with
them."""

from __future__ import annotations

from vmo_helpers.contract.problems import Cell, InputProblems, Problem
from vmo_helpers.tables.assembly import assemble, empty_table, portfolio_of

__all__ = ["Cell", "InputProblems", "Problem", "assemble", "empty_table", "portfolio_of"]
