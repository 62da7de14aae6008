"""Portfolios with planted truth for the watermelon benchmark: the truth comes from the generation alone.

300 items, 30 months. A third is bad inside: half of those reach .05–.55 of their plan from the start, half
are sound at first and then lose 8 % of plan a month, beginning between a quarter and three quarters up the
ramp. The healthy reach .9–1.15. Each item has 1–3 metrics, read monthly, 12 % of the readings missing; noise
of .08–.35 of the planned change (standard deviation), AR(1) with 0–.6; a quarter of the metrics swings with
the year by .1–.3 of the planned change and says so. Lag 2–8 months, ramp 6–12, delivery in month 3–10 so that
due lies in the data. Independently of all that 30 % of the items are late and over budget; those are reported
green in 40 %, the others always.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import portfolio_of

MONTHS = 30
FIRST = pd.Timestamp("2023-01-31T12:00", tz="UTC")
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Cases:
    """A portfolio and what was planted; arrays have one entry an item, in the order of ``work_items``."""

    portfolio: Portfolio
    months: pd.DatetimeIndex
    bad: np.ndarray
    decays: np.ndarray
    green: np.ndarray  # reported
    due_month: np.ndarray


def month_at(month: np.ndarray) -> pd.DatetimeIndex:
    """The instant of a month's reading; months are of equal length here, so that lags in days are whole
    months."""
    return pd.DatetimeIndex(FIRST + pd.to_timedelta(np.round(np.asarray(month) * DAYS_A_MONTH), unit="D"))


def cases(seed: int, *, items: int = 300, lag_error: int = 0, between: bool = False) -> Cases:
    """One portfolio. ``lag_error``: the stated lag is off by so many months, either way. ``between``: the bad
    reach .6–.8."""
    rng = np.random.default_rng(seed)
    bad = rng.random(items) < 1 / 3
    decays = bad & (rng.random(items) < 0.5) & (not between)
    low, high = (0.6, 0.8) if between else (0.05, 0.55)
    level = np.where(bad & ~decays, rng.uniform(low, high, items), rng.uniform(0.9, 1.15, items))
    lag, ramp = rng.integers(2, 9, items), rng.integers(6, 13, items)
    delivered = rng.integers(3, np.minimum(10, MONTHS - 1 - lag - ramp) + 1)
    turns = delivered + lag + ramp * rng.uniform(0.25, 0.75, items)
    late = rng.random(items) < 0.3
    green = ~late | (rng.random(items) < 0.4)
    stated = np.maximum(lag + rng.choice([-lag_error, lag_error], items), 0)

    owner = np.repeat(np.arange(items), rng.integers(1, 4, items))
    kpis, month = len(owner), np.arange(MONTHS)
    plan = np.clip((month - (delivered + lag)[:, None]) / ramp[:, None], 0, 1)
    loss = np.where(decays[:, None], 0.08 * np.clip(month - turns[:, None], 0, None), 0.0)
    progress = (plan * level[:, None] * np.clip(1 - loss, 0, None))[owner]
    phi, noise = rng.uniform(0, 0.6, kpis), np.zeros((kpis, MONTHS))
    noise[:, 0] = rng.standard_normal(kpis)
    for step in range(1, MONTHS):
        noise[:, step] = phi * noise[:, step - 1] + np.sqrt(1 - phi**2) * rng.standard_normal(kpis)
    seasonal = rng.random(kpis) < 0.25
    swing = np.where(seasonal, rng.uniform(0.1, 0.3, kpis), 0.0)
    wave = swing[:, None] * np.sin(2 * np.pi * month / 12 + rng.uniform(0, 2 * np.pi, kpis)[:, None])
    progress = progress + rng.uniform(0.08, 0.35, kpis)[:, None] * noise + wave
    there = rng.random((kpis, MONTHS)) >= 0.12
    baseline, change = rng.uniform(20, 80, kpis), rng.choice([-1.0, 1.0], kpis) * rng.uniform(5, 40, kpis)

    which, when = np.nonzero(there)
    item_ids = np.char.add("E-", np.arange(items).astype(str))
    metric_ids = np.char.add("M-", np.arange(kpis).astype(str))
    tables = {
        "work_items": pd.DataFrame(
            {
                "item_id": item_ids,
                "title": item_ids,
                "level": "epic",
                "created_at": month_at(np.zeros(items)),
                "delivered_at": month_at(delivered),
            }
        ),
        "metrics": pd.DataFrame(
            {
                "metric_id": metric_ids,
                "name": metric_ids,
                "unit": "points",
                "direction": np.where(change > 0, "increase", "decrease"),
                "kind": "outcome",
                "season_days": np.where(seasonal, 365.0, np.nan),
            }
        ),
        "observations": pd.DataFrame(
            {
                "metric_id": metric_ids[which],
                "at": month_at(when),
                "value": baseline[which] + change[which] * progress[there],
            }
        ),
        "benefits": pd.DataFrame(
            {
                "benefit_id": np.char.add("B-", np.arange(kpis).astype(str)),
                "item_id": item_ids[owner],
                "metric_id": metric_ids,
                "baseline": baseline,
                "target": baseline + change,
                "due": month_at((delivered + lag + ramp)[owner]).tz_localize(None).normalize(),
                "lag_days": np.round(stated[owner] * DAYS_A_MONTH),
            }
        ),
    }
    months = month_at(month)
    return Cases(
        replace(portfolio_of(tables, Settings(review_level="epic")), as_of=months[-1]),
        months,
        bad,
        decays,
        green,
        delivered + lag + ramp,
    )
