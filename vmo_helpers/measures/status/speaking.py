"""Which test speaks for an item: what a slide needs to draw its outcome against its plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Speaking:
    """The benefit that speaks for an item, its metric, and what is reported of the item.

    All empty where no test speaks.
    """

    benefit_id: str = ""
    metric: str = ""
    unit: str = ""
    reported: str | None = None
    reported_since: pd.Timestamp | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What is said beside its readings, by the names that the chart has for it."""
        return {
            "metric": self.metric,
            "unit": self.unit,
            "reported": self.reported,
            "reported_since": self.reported_since,
        }


def speaking(items: pd.DataFrame, tested: pd.DataFrame, item_id: str) -> Speaking:
    """Of ``status.items`` and ``outcomes.tests`` what belongs to one item.

    Empty for an id that no tested item has.
    """
    chosen = items[items["item_id"].eq(item_id) & items["benefit_id"].notna()]
    if chosen.empty:
        return Speaking()
    row = chosen.iloc[0]
    test = tested[tested["benefit_id"].eq(row["benefit_id"])].iloc[0]
    known = pd.notna(row["reported"])
    return Speaking(
        str(row["benefit_id"]),
        _said(test["metric"]),
        _said(test["unit"]),
        str(row["reported"]) if known else None,
        row["reported_since"] if known and pd.notna(row["reported_since"]) else None,
    )


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""
