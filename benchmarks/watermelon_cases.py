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
from enum import StrEnum

import numpy as np
import pandas as pd

from vmo_helpers.portfolio import Portfolio, Settings
from vmo_helpers.tables import portfolio_of

MONTHS = 30
FIRST = pd.Timestamp("2023-01-31T12:00", tz="UTC")
DAYS_A_MONTH = 365.25 / 12


class Design(StrEnum):
    """In what a portfolio departs from monthly readings whose effect follows the stated ramp."""

    MONTHLY = "monthly"
    SECOND_MONTH = "every second month"
    QUARTERLY = "quarterly"
    COUNTS = "counts near zero"  # Poisson: 2–8 a month, to come down to a fifth of that
    STEP = "step at due"  # nothing shows before due, then all of it
    DELAYED = "delayed three months"
    DRIFT = "drift before delivery"  # ±.03 of the planned change a month, over at the delivery
    SHOCK = "common shock"  # three months in which every metric lies .3 of its planned change lower
    OUTLIERS = "outliers"  # one reading in twenty is off by one to two planned changes
    SEASONAL = "seasonal"  # every metric swings with the year, and says so
    LOWERED = "targets lowered"  # of the bad, in the last half year before due, to 1.05 of what is reached
    POSTPONED = "due dates moved"  # of the bad: a year later, in the last half year before due


EVERY = {Design.SECOND_MONTH: 2, Design.QUARTERLY: 3}


@dataclass(frozen=True)
class Cases:
    """A portfolio and what was planted; arrays have one entry an item, in the order of ``work_items``."""

    portfolio: Portfolio
    months: pd.DatetimeIndex
    bad: np.ndarray
    decays: np.ndarray
    green: np.ndarray  # reported
    due_month: np.ndarray
    level: np.ndarray  # the share of its plan that an item reaches, before any decay


def month_at(month: np.ndarray) -> pd.DatetimeIndex:
    """The instant of a month's reading; months are of equal length here, so that lags in days are whole
    months."""
    return pd.DatetimeIndex(FIRST + pd.to_timedelta(np.round(np.asarray(month) * DAYS_A_MONTH), unit="D"))


def cases(
    seed: int,
    *,
    items: int = 300,
    lag_error: int = 0,
    between: bool = False,
    design: Design = Design.MONTHLY,
    spread: tuple[float, float] | None = None,
) -> Cases:
    """One portfolio. Beside what the design departs in, the same seed gives the same portfolio.

    ``lag_error``: the stated lag is off by so many months, either way. ``between``: the bad reach .6–.8.
    ``spread``: none decays, and each reaches a share between these two, bad under .8.
    """
    rng, odd = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    bad = rng.random(items) < 1 / 3
    decays = bad & (rng.random(items) < 0.5) & (not between)
    low, high = (0.6, 0.8) if between else (0.05, 0.55)
    level = np.where(bad & ~decays, rng.uniform(low, high, items), rng.uniform(0.9, 1.15, items))
    if spread is not None:
        level = odd.uniform(*spread, items)
        bad, decays = level < 0.8, np.zeros(items, dtype=bool)
    lag, ramp = rng.integers(2, 9, items), rng.integers(6, 13, items)
    delivered = rng.integers(3, np.minimum(10, MONTHS - 1 - lag - ramp) + 1)
    turns = delivered + lag + ramp * rng.uniform(0.25, 0.75, items)
    late = rng.random(items) < 0.3
    green = ~late | (rng.random(items) < 0.4)
    stated = np.maximum(lag + rng.choice([-lag_error, lag_error], items), 0)

    owner = np.repeat(np.arange(items), rng.integers(1, 4, items))
    kpis, month = len(owner), np.arange(MONTHS)
    due = delivered + lag + ramp
    plan = np.clip(
        (month - (delivered + lag + 3 * (design is Design.DELAYED))[:, None]) / ramp[:, None], 0, 1
    )
    if design is Design.STEP:
        plan = (month >= due[:, None]).astype(np.float64)
    loss = np.where(decays[:, None], 0.08 * np.clip(month - turns[:, None], 0, None), 0.0)
    progress = (plan * level[:, None] * np.clip(1 - loss, 0, None))[owner]
    phi, noise = rng.uniform(0, 0.6, kpis), np.zeros((kpis, MONTHS))
    noise[:, 0] = rng.standard_normal(kpis)
    for step in range(1, MONTHS):
        noise[:, step] = phi * noise[:, step - 1] + np.sqrt(1 - phi**2) * rng.standard_normal(kpis)
    seasonal = (rng.random(kpis) < 0.25) | (design is Design.SEASONAL)
    swing = np.where(seasonal, rng.uniform(0.1, 0.3, kpis), 0.0)
    wave = swing[:, None] * np.sin(2 * np.pi * month / 12 + rng.uniform(0, 2 * np.pi, kpis)[:, None])
    progress = progress + rng.uniform(0.08, 0.35, kpis)[:, None] * noise + wave
    there = rng.random((kpis, MONTHS)) >= 0.12
    baseline, change = rng.uniform(20, 80, kpis), rng.choice([-1.0, 1.0], kpis) * rng.uniform(5, 40, kpis)
    if design in EVERY:
        there = np.broadcast_to(month % EVERY[design] == 0, there.shape)
    progress = progress + _oddity(design, odd, delivered[owner])
    value = baseline[:, None] + change[:, None] * progress
    if design is Design.COUNTS:
        baseline = odd.integers(2, 9, kpis).astype(np.float64)
        change = -0.8 * baseline
        reached = (plan * level[:, None] * np.clip(1 - loss, 0, None))[owner]
        value = odd.poisson(np.maximum(baseline[:, None] + change[:, None] * reached, 0)).astype(np.float64)
        seasonal[:] = False
    target, stated_due, changes = _moved(design, odd, bad, level, owner, baseline, change, due)

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
            {"metric_id": metric_ids[which], "at": month_at(when), "value": value[there]}
        ),
        "benefits": pd.DataFrame(
            {
                "benefit_id": np.char.add("B-", np.arange(kpis).astype(str)),
                "item_id": item_ids[owner],
                "metric_id": metric_ids,
                "baseline": baseline,
                "target": target,
                "due": month_at(stated_due[owner]).tz_localize(None).normalize(),
                "lag_days": np.round(stated[owner] * DAYS_A_MONTH),
            }
        ),
    }
    if len(changes):
        tables["plan_changes"] = changes
    months = month_at(month)
    return Cases(
        replace(portfolio_of(tables, Settings(review_level="epic")), as_of=months[-1]),
        months,
        bad,
        decays,
        green,
        due,
        level,
    )


def _oddity(design: Design, odd: np.random.Generator, delivered: np.ndarray) -> np.ndarray:
    """What the world adds to every reading, metrics × months, in planned changes."""
    month, shape = np.arange(MONTHS), (len(delivered), MONTHS)
    if design is Design.DRIFT:
        slope = odd.choice([-0.03, 0.03], len(delivered))
        return slope[:, None] * np.minimum(month - delivered[:, None], 0)
    if design is Design.SHOCK:
        begins = int(odd.integers(8, MONTHS - 6))
        return np.broadcast_to(np.where((month >= begins) & (month < begins + 3), -0.3, 0.0), shape)
    if design is Design.OUTLIERS:
        off = odd.choice([-1.0, 1.0], shape) * odd.uniform(1, 2, shape)
        return np.where(odd.random(shape) < 0.05, off, 0.0)
    return np.zeros(shape)


def _moved(
    design: Design,
    odd: np.random.Generator,
    bad: np.ndarray,
    level: np.ndarray,
    owner: np.ndarray,
    baseline: np.ndarray,
    change: np.ndarray,
    due: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Targets of today (a metric), due months (an item), and the plan changes that lead back to the first."""
    target, ids = baseline + change, np.char.add("B-", np.arange(len(owner)).astype(str))
    when = month_at(due - odd.integers(1, 7, len(bad)))[owner]
    if design is Design.LOWERED:
        moved = bad[owner]
        reached = np.where(level < 0.6, level, 0.4)  # what decays ends there
        old = pd.Series(target[moved]).map(repr)
        target = np.where(moved, baseline + change * 1.05 * reached[owner], target)
        column = "target"
    elif design is Design.POSTPONED:
        moved = bad[owner]
        old = pd.Series(month_at(due[owner][moved]).strftime("%Y-%m-%d"))
        due = np.where(bad, due + 12, due)
        column = "due"
    else:
        return target, due, pd.DataFrame()
    rows = {"table": "benefits", "key": ids[moved], "column": column}
    return target, due, pd.DataFrame({**rows, "changed_at": when[moved], "old_value": old.array})
