"""A few decisions, and what hangs on them, as tables that are read like any others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import Window, instant, review_window

AS_OF = "2026-10-31"
ZONE = "Europe/Berlin"
Rows = Sequence[Mapping[str, Any]]

NONE_HELD = pd.DataFrame({"kept": pd.array([], dtype="str")})
"""Of nothing that is done is it known whether it was kept."""


def decision(key: str = "D-1", asked: str = "2026-09-01T10:00:00Z", **cells: Any) -> dict[str, Any]:
    """One row of the decisions table; open unless the cells say otherwise."""
    return {"decision_id": key, "asked_at": asked, "question": f"What of {key}?", **cells}


def portfolio(*decisions: Mapping[str, Any], **tables: Rows) -> Portfolio:
    """A portfolio with these decisions, of one epic E-1 unless other items are given, as known on
    ``AS_OF``."""
    items: Rows = [{"item_id": "E-1", "title": "Kiosk", "level": "epic"}]
    given = {"work_items": items, "decisions": list(decisions), **tables}
    given["work_items"] = [{"created_at": "2025-01-01", **row} for row in given["work_items"]]
    whole = portfolio_of(
        {name: pd.DataFrame(list(rows)) for name, rows in given.items() if rows},
        Settings(timezone=ZONE, currency="EUR"),
    )
    return whole.known_at(instant(AS_OF, ZONE, end_of_day=True))


def window() -> Window:
    """The year up to ``AS_OF``."""
    return review_window(instant(AS_OF, ZONE, end_of_day=True), None, ZONE)
