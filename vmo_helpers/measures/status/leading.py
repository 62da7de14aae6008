"""Which test leads an item: what a slide needs to draw its outcome against its plan."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class LeadingTest:
    """The benefit that speaks for an item, its metric, and what is reported of the item.

    All empty where no test speaks.
    """

    benefit_id: str = ""
    metric: str = ""
    unit: str = ""
    reported: str | None = None
    reported_since: pd.Timestamp | None = None


def leading_test(items: pd.DataFrame, tested: pd.DataFrame, item_id: str) -> LeadingTest:
    """Of ``status.items`` and ``outcomes.tests`` what belongs to one item.

    Empty for an id that no tested item has.
    """
    chosen = items[items["item_id"].eq(item_id) & items["benefit_id"].notna()]
    if chosen.empty:
        return LeadingTest()
    row = chosen.iloc[0]
    test = tested[tested["benefit_id"].eq(row["benefit_id"])].iloc[0]
    known = pd.notna(row["reported"])
    return LeadingTest(
        str(row["benefit_id"]),
        _said(test["metric"]),
        _said(test["unit"]),
        str(row["reported"]) if known else None,
        row["reported_since"] if known and pd.notna(row["reported_since"]) else None,
    )


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""
