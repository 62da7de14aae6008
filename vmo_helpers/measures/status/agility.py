"""Signs of fake agility: the words changed, the money, the batches and the gates did not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.arrays import NEVER, Floats, micros
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.board import ACTIVE
from vmo_helpers.portfolio.budgets import A_YEAR, falling, length_days, project_share
from vmo_helpers.style import wording
from vmo_helpers.vocabulary import BudgetSource, PortfolioStage
from vmo_helpers.window import Window

PROJECT_FUNDING, ANNUAL_CADENCE, LARGE_BATCHES, APPROVAL_WAITS, UPFRONT_TIME = (
    "project_funding",
    "annual_cadence",
    "large_batches",
    "approval_waits",
    "upfront_time",
)


def fake_agility(portfolio: Portfolio, log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a sign, all five.

    ``items`` is the frame of ``flow.items``. Money is that of the budgets that falls in the window, by days.

    - project_funding: share of the money with a funding type that funds projects;
    - annual_cadence: share that is decided for 350 days and more at once, or of source annual;
    - large_batches: median number of parts (items directly below) of an item started or finished in the
      window that has any;
    - approval_waits: share of wait days in the window that stand before gates; missing where no state
      is one;
    - upfront_time: days before building begins as a share of all days from creation to the end, pooled over
      the items finished in the window. Building begins with the first entry into portfolio stage
      implementing; without stages into a state of class active.

    Columns
        sign: its key
        value (as unit): missing where there is nothing to compute it from
        unit: share or items
        n: budgets or items that it rests on
        definition: in words
    """
    projects, annual = _budgets(portfolio, window)
    parts, holders = _batches(portfolio, items)
    waits = flow.wait_pareto(log, items, window, by="gate")
    at_gates = flow.gates(waits)["wait_days"].sum()
    upfront, whole, n = _upfront(log, items)
    total_wait = float(waits["wait_days"].sum())
    days = wording.unit(log.calendar.day_unit)
    rows = [
        (
            PROJECT_FUNDING,
            projects,
            "share",
            len(portfolio.budgets),
            "money that funds projects ÷ money with a funding type",
        ),
        (
            ANNUAL_CADENCE,
            annual,
            "share",
            len(portfolio.budgets),
            "money decided for a year at once ÷ all budgets",
        ),
        (LARGE_BATCHES, parts, "items", holders, "median number of parts of an item"),
        (
            APPROVAL_WAITS,
            _ratio(float(at_gates), total_wait if portfolio.states["is_gate"].fillna(False).any() else 0.0),
            "share",
            int(waits["items"].sum()),
            f"wait {days} before gates ÷ all wait {days}",
        ),
        (
            UPFRONT_TIME,
            _ratio(upfront, whole),
            "share",
            n,
            f"{days} before building begins ÷ {days} from creation to the end",
        ),
    ]
    return pd.DataFrame(rows, columns=["sign", "value", "unit", "n", "definition"])


def _budgets(portfolio: Portfolio, window: Window) -> tuple[float, float]:
    """Share of the budgets' money in the window that funds projects, and that is fixed for a year at once."""
    table = portfolio.budgets
    falls = falling(table, window.first_day, window.last_day)
    yearly = length_days(table).ge(A_YEAR) | table["source"].eq(BudgetSource.ANNUAL)
    return project_share(table, falls), _ratio(float(falls[yearly].sum()), float(falls.sum()))


def _batches(portfolio: Portfolio, items: pd.DataFrame) -> tuple[float, int]:
    busy = items[items["started_in_window"] | items["finished_in_window"]]
    place = places(portfolio.work_items["parent_id"], busy["item_id"])
    parts = np.bincount(place[place >= 0], minlength=len(busy))
    parts = parts[parts > 0]
    return (float(np.median(parts)) if len(parts) else np.nan), len(parts)


def _upfront(log: FlowLog, items: pd.DataFrame) -> tuple[float, float, int]:
    chosen = items[items["finished_in_window"] & items["created_at"].notna()]
    place = places(chosen["item_id"], log.work["item_id"])
    begun = np.full(log.items, NEVER)
    stages = log.board.rows["portfolio_stage"].eq(PortfolioStage.IMPLEMENTING).to_numpy()
    building = stages[log.state] if stages.any() else log.state_class == ACTIVE
    np.minimum.at(begun, log.item[building], log.start[building])
    begun = begun[place]
    created = micros(chosen["created_at"])
    ended = log.lives.finished[place]
    known = (begun < NEVER) & (ended > created) & (begun <= ended)
    before: Floats = log.calendar.days(created[known], np.maximum(begun[known], created[known]))
    return float(before.sum()), float(log.calendar.days(created[known], ended[known]).sum()), int(known.sum())


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan
