"""A small board and logs on it: what the tests of flow are written with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from vmo_helpers.contract.schema import TABLES
from vmo_helpers.measures import flow
from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.results.figure import Figure, by_key
from vmo_helpers.tables import portfolio_of
from vmo_helpers.window import Window, instant, review_window

Moves = Mapping[str, Sequence[tuple[str, str]]]
STATES: list[dict[str, Any]] = [
    {"state": "Funnel", "class": "backlog", "position": 1, "portfolio_stage": "funnel"},
    {
        "state": "Coding",
        "class": "active",
        "position": 2,
        "portfolio_stage": "implementing",
        "function": "engineering",
    },
    {
        "state": "Legal",
        "class": "wait",
        "position": 3,
        "portfolio_stage": "implementing",
        "function": "legal",
        "is_gate": True,
        "owner": "General Counsel",
    },
    {
        "state": "Queue",
        "class": "wait",
        "position": 4,
        "portfolio_stage": "implementing",
        "function": "integration",
        "layer": "system",
    },
    {
        "state": "Test",
        "class": "active",
        "position": 5,
        "portfolio_stage": "implementing",
        "function": "integration",
        "layer": "system",
    },
    {"state": "Resolved", "class": "done", "position": 6, "portfolio_stage": "done", "layer": "customer"},
    {"state": "Closed", "class": "done", "position": 7, "portfolio_stage": "done", "layer": "customer"},
    {"state": "Dropped", "class": "cancelled", "position": 8},
]


@dataclass(frozen=True)
class Small:
    """A log with what is measured of it."""

    portfolio: Portfolio
    window: Window
    log: flow.FlowLog
    items: pd.DataFrame

    def item(self, item_id: str) -> pd.Series:
        return self.items.set_index("item_id").loc[item_id]

    @property
    def figures(self) -> dict[str, Figure]:
        return by_key(flow.figures(self.log, self.items, self.window, self.portfolio))


def portfolio(
    moves: Moves | None = None,
    items: Sequence[Mapping[str, Any]] = (),
    *,
    states: Sequence[Mapping[str, Any]] = STATES,
    timezone: str = "UTC",
    working_days: tuple[int, ...] | None = None,
    holidays: tuple[str, ...] = (),
    **tables: Any,
) -> Portfolio:
    """A portfolio of epics that move as said; ``items`` adds columns to some of them, or items that never
    move."""
    moves = moves or {}
    said = {str(row["item_id"]): dict(row) for row in items}
    names = [*moves, *[name for name in said if name not in moves]]
    rows = [
        {
            "item_id": name,
            "title": f"Epic {name}",
            "level": "epic",
            "created_at": moves[name][0][1] if moves.get(name) else "2025-01-01",
        }
        | said.get(name, {})
        for name in names
    ]
    transitions = [
        {"item_id": name, "at": at, "to_state": state} for name, steps in moves.items() for state, at in steps
    ]
    chosen = {"work_items": rows, "states": list(states), "transitions": transitions, **tables}
    settings = Settings(timezone=timezone, review_level="epic", working_days=working_days, holidays=holidays)
    return portfolio_of({name: table for name, table in chosen.items() if len(table)}, settings)


def small(
    moves: Moves | None = None,
    items: Sequence[Mapping[str, Any]] = (),
    *,
    start: str,
    as_of: str,
    **more: Any,
) -> Small:
    """The portfolio of ``portfolio(...)`` reviewed from a day to an instant (or the end of a day)."""
    built = portfolio(moves, items, **more)
    return reviewed(built, start=start, as_of=as_of)


def reviewed(built: Portfolio, *, start: str, as_of: str) -> Small:
    zone = built.settings.timezone
    end = instant(as_of, zone, end_of_day=True)
    known, window = built.known_at(end), review_window(end, start, zone)
    log = flow.read(known)
    return Small(known, window, log, flow.items(log, window))


_EMPTY = {
    name: pd.DataFrame(
        {column.name: pd.Series(dtype=column.kind.dtype) for column in table.columns},
        index=pd.RangeIndex(2, 2, name="row"),
    )
    for name, table in TABLES.items()
}


def typed(as_of: str, timezone: str = "UTC", **tables: Mapping[str, Sequence[Any]]) -> Portfolio:
    """A portfolio from columns, without validation: fast enough for hundreds of random logs. Instants are
    naive UTC."""
    frames = {
        name: _typed(_EMPTY[name], tables[name]) if name in tables else empty
        for name, empty in _EMPTY.items()
    }
    return Portfolio(
        frames,
        Settings(timezone=timezone, review_level="epic"),
        as_of=pd.Timestamp(as_of, tz="UTC").as_unit("us"),
    )


def _typed(empty: pd.DataFrame, given: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    rows = len(next(iter(given.values())))
    columns: dict[str, Any] = {}
    for name, kind in empty.dtypes.items():
        if name not in given:
            columns[str(name)] = (
                empty[name].array.take([-1] * rows, allow_fill=True) if rows else empty[name].array
            )
        elif isinstance(kind, pd.DatetimeTZDtype):
            columns[str(name)] = pd.DatetimeIndex(list(given[str(name)])).as_unit("us").tz_localize("UTC")
        else:
            columns[str(name)] = pd.array(given[str(name)], dtype="category" if kind == "category" else kind)
    return pd.DataFrame(columns, index=pd.RangeIndex(2, rows + 2, name="row"))
