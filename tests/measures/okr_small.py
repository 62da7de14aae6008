"""Small portfolios for the tests of alignment: five rows that a reader can check by head."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vmo_helpers.measures import flow, okr
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.results.figure import Figure
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import day_end, review_window

ZONE = "Europe/Berlin"
DAY = "2026-10-31"
YEAR = {"from": "2026-01-01", "to": "2026-12-31"}
Row = dict[str, Any]


def epic(item_id: str, **more: Any) -> Row:
    """An epic in progress since 2 February."""
    return {
        "item_id": item_id,
        "title": f"Epic {item_id}",
        "level": "epic",
        "created_at": "2025-12-01",
        "started_at": "2026-02-02",
        **more,
    }


def below(item_id: str, parent_id: str | None, level: str = "feature", **more: Any) -> Row:
    return {
        "item_id": item_id,
        "title": item_id,
        "level": level,
        "created_at": "2025-12-01",
        "parent_id": parent_id,
        **more,
    }


def objective(objective_id: str, rank: int | None = None, **more: Any) -> Row:
    return {"objective_id": objective_id, "title": f"Objective {objective_id}", "rank": rank, **YEAR, **more}


def key_result(
    kr_id: str,
    objective_id: str = "O1",
    type: str = "increase",
    baseline: float | None = 0,
    target: float | None = 10,
    **more: Any,
) -> Row:
    return {
        "kr_id": kr_id,
        "objective_id": objective_id,
        "title": f"Key result {kr_id}",
        "type": type,
        "baseline": baseline,
        "target": target,
        **YEAR,
        **more,
    }


def link(item_id: str, goal_id: str, **more: Any) -> Row:
    return {
        "item_id": item_id,
        "goal_type": "key_result" if goal_id.startswith("K") else "objective",
        "goal_id": goal_id,
        **more,
    }


def checkins(kr_id: str, *values: tuple[str, float | None], **more: Any) -> list[Row]:
    return [{"kr_id": kr_id, "at": at, "value": value, **more} for at, value in values]


def portfolio(day: str = DAY, **tables: Any) -> Portfolio:
    """As of the end of a day in Berlin; a default objective and epic stand in where none is given."""
    tables.setdefault("work_items", [epic("E1")])
    tables.setdefault("objectives", [objective("O1", 1)])
    return portfolio_of(tables, Settings(timezone=ZONE, review_level="epic")).known_at(day_end(day, ZONE))


def aligned(day: str = DAY, from_day: str | None = None, **tables: Any) -> okr.Alignment:
    known = portfolio(day, **tables)
    assert known.as_of is not None
    window = review_window(known.as_of, from_day, ZONE)
    return okr.read(known, flow.items(flow.read(known), window), window)


def results(day: str = DAY, **tables: Any) -> pd.DataFrame:
    """The key results of the day by id."""
    known = portfolio(day, **tables)
    return okr.key_results(known, okr.goals(known)).set_index("kr_id")


def verdict(day: str = DAY, **tables: Any) -> str:
    """The verdict of the only key result."""
    return str(results(day, **tables)["verdict"].iloc[0])


def figures(alignment: okr.Alignment) -> dict[str, Figure]:
    """Every figure of okr by its key without the topic."""
    every = okr.figures(alignment, okr.key_results(alignment.portfolio, alignment.goals))
    return {one.key.removeprefix("okr."): one for one in every}


def figure(alignment: okr.Alignment, key: str) -> Figure:
    return figures(alignment)[key]


def items(alignment: okr.Alignment) -> pd.DataFrame:
    return alignment.items.set_index("item_id")
