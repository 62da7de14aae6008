"""A portfolio as it was known at an instant: its tables, settings, notes, value streams, calendar and
board."""

from __future__ import annotations

from vmo_helpers.portfolio.notes import Note
from vmo_helpers.portfolio.portfolio import Portfolio, Settings

__all__ = ["Note", "Portfolio", "Settings"]
