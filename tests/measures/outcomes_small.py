"""Small portfolios for the tests of outcomes and reported status: one item, one benefit, monthly readings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from vmo_helpers.measures import flow, outcomes, status
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import portfolio_of
from vmo_helpers.thresholds import Thresholds
from vmo_helpers.window import day_end

LIMITS = Thresholds()
FIRST = "2024-01-15"
DELIVERED = "2025-01-01"
DUE = "2025-09-30"
DAY = "2025-12-31"
Row = dict[str, Any]


def epic(item_id: str = "E1", **more: Any) -> Row:
    """An epic delivered on New Year's Day 2025."""
    return {
        "item_id": item_id,
        "title": f"Epic {item_id}",
        "level": "epic",
        "created_at": "2024-01-02",
        "delivered_at": DELIVERED,
        **more,
    }


def metric(metric_id: str = "M1", **more: Any) -> Row:
    return {
        "metric_id": metric_id,
        "name": f"Metric {metric_id}",
        "unit": "orders",
        "direction": "increase",
        "kind": "outcome",
        **more,
    }


def benefit(benefit_id: str = "B1", item_id: str = "E1", metric_id: str | None = "M1", **more: Any) -> Row:
    """From 0 to 100 orders until the end of September; effects show from 60 days after delivery on."""
    planned = {"baseline": 0, "target": 100, "due": DUE, "lag_days": 60}
    return {"benefit_id": benefit_id, "item_id": item_id, "metric_id": metric_id, **planned, **more}


def readings(values: Sequence[float], metric_id: str = "M1", first: str = FIRST) -> list[Row]:
    """Monthly readings from the 15th of January 2024 on."""
    at = pd.date_range(first, periods=len(values), freq=pd.DateOffset(months=1))
    return [
        {"metric_id": metric_id, "at": day.date().isoformat(), "value": value}
        for day, value in zip(at, values, strict=True)
    ]


def calm(after: Sequence[float], before: int = 12, noise: float = 5.0) -> list[float]:
    """``before`` readings that alternate around 0, then readings from January 2025 on."""
    return [noise * (1 if k % 2 else -1) for k in range(before)] + list(after)


RED = calm([0, 0, 0, 0, 5, 10, 8, 12, 9, 11, 10, 10])
GREEN = calm([0, 0, 5, 20, 38, 50, 65, 80, 98, 101, 99, 100])


def portfolio(day: str = DAY, **tables: Any) -> Portfolio:
    """As of the end of a day; an epic, its metric and its benefit stand in where none is given."""
    tables.setdefault("work_items", [epic()])
    tables.setdefault("metrics", [metric()])
    tables.setdefault("benefits", [benefit()])
    known = {name: rows for name, rows in tables.items() if rows}
    return portfolio_of(known, Settings(review_level="epic")).known_at(day_end(day, "UTC"))


def inside_of(made: Portfolio) -> outcomes.Inside:
    return outcomes.read(made, flow.read(made), attainment_line=LIMITS.attainment_line)


def found_in(made: Portfolio) -> pd.DataFrame:
    assert made.as_of is not None
    return outcomes.tests(inside_of(made), made.as_of, LIMITS).set_index("benefit_id", drop=False)


def items_of(made: Portfolio) -> pd.DataFrame:
    log = flow.read(made)
    return status.items(
        made, log, outcomes.read(made, log, attainment_line=LIMITS.attainment_line), LIMITS
    ).set_index("item_id", drop=False)


def report(overall: str = "green", at: str = "2025-12-01", item_id: str = "E1", **more: Any) -> Row:
    return {"item_id": item_id, "at": at, "overall": overall, **more}
