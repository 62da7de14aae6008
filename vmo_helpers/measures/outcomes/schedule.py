"""When a benefit is planned to come, whether or not its metric can be tested."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.outcomes import inside
from vmo_helpers.measures.outcomes.plan import DAY, Bools, Ints, Plans
from vmo_helpers.portfolio import Portfolio


def starts(log: FlowLog, item: Ints, timezone: str) -> Ints:
    """Delivery, else finish, else planned end of each item (its place in ``log.work``); ``NEVER`` without."""
    return inside.starts(log, item, timezone)[0]


def schedule(portfolio: Portfolio, benefits: pd.DataFrame, start: Ints) -> tuple[Plans, Bools]:
    """The plan of each benefit from a start each, and whether it has one.

    ``benefits`` are rows of the table with the fields to plan by. A plan needs a start, a lag and a due day.
    Phased targets count where baseline and target tell what share they are. What has no plan holds a
    placeholder that is never to be read.
    """
    due = inside.day_ends(benefits["due"], portfolio.settings.timezone)
    lag = benefits["lag_days"].to_numpy(dtype=np.float64)
    known: Bools = (start < NEVER) & (due < NEVER) & ~np.isnan(lag)
    effect = np.where(known, start, 0) + (np.where(known, lag, 0.0) * DAY).astype(np.int64)
    baseline = benefits["baseline"].to_numpy(dtype=np.float64)
    change = inside.levels(benefits).to_numpy(dtype=np.float64) - baseline
    phased = np.isfinite(change) & (change != 0)
    plans = inside.plans_of(
        portfolio,
        benefits,
        effect,
        np.where(known, due, 0),
        np.where(phased, baseline, np.nan),
        np.where(phased, change, 1.0),
    )
    return plans, known
