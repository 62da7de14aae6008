"""Little's law as a check: where it does not hold, averages of this window tell little of the next."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Flags, Ints, micro
from vmo_helpers.measures.flow.cumulative import progress
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.portfolio.calendar import DAY_US
from vmo_helpers.window import Window


def littles_law(log: FlowLog, window: Window) -> pd.DataFrame:
    """One row: what arrived, what left, and whether Little's law holds over the window.

    It holds when as much arrives as departs and what starts is finished. WIP and its mean age must be the
    same at both ends, too (Little 1961; Vacanti 2015). Days are elapsed, whatever the calendar.
    What finishes at the very end has left.

    Columns
        days (days): the window's length
        mean_wip (items): in progress on an average instant
        arrivals, departures: into and out of progress, both ends of the window included
        cancelled (items): cancelled in the window after they had started
        throughput_per_day: departures ÷ days
        mean_cycle_time_days (days): in progress, of what left in the window; missing where nothing left
        expected_wip (items): throughput_per_day × mean_cycle_time_days
        ratio: mean_wip ÷ expected_wip; 1 where the law holds
        wip_start, wip_end (items): in progress at each end
        age_mean_start_days, age_mean_end_days (days): mean time in progress so far at each end
    """
    log = log.seen_from(window)
    item, start, end = progress(log)
    low, high = micro(window.start), log.now
    days = max((high - low) / DAY_US, 1e-9)
    overlap = np.maximum(np.minimum(end, high) - np.maximum(start, low), 0) / DAY_US
    arrived, left = _within(start, low, high), _within(end, low, high)
    spent = np.bincount(item, weights=(np.minimum(end, high) - start) / DAY_US, minlength=log.items)
    leavers = np.unique(item[left])
    departures = int(left.sum())
    mean = float(spent[leavers].sum() / departures) if departures else np.nan
    expected = departures / days * mean if departures else np.nan
    wip = float(overlap.sum() / days)
    dropped = _within(log.lives.cancelled, low, high) & (log.lives.started < NEVER)
    at_start, at_end = (start < low) & (end >= low), (start <= high) & (end > high)
    ages = [
        _mean_age(log, item, start, end, standing, when)
        for standing, when in ((at_start, low), (at_end, high))
    ]
    return pd.DataFrame(
        [
            {
                "days": days,
                "mean_wip": wip,
                "arrivals": int(arrived.sum()),
                "departures": departures,
                "cancelled": int(dropped.sum()),
                "throughput_per_day": departures / days,
                "mean_cycle_time_days": mean,
                "expected_wip": expected,
                "ratio": wip / expected if departures and expected else np.nan,
                "wip_start": int(at_start.sum()),
                "wip_end": int(at_end.sum()),
                "age_mean_start_days": ages[0],
                "age_mean_end_days": ages[1],
            }
        ]
    )


def _within(when: Ints, low: int, high: int) -> Flags:
    inside: Flags = (when >= low) & (when <= high) & (when < NEVER)
    return inside


def _mean_age(log: FlowLog, item: Ints, start: Ints, end: Ints, standing: Flags, when: int) -> float:
    """Mean days in progress so far of what stands at an instant; missing when nothing does."""
    if not standing.any():
        return float("nan")
    so_far = np.bincount(
        item, weights=np.maximum(np.minimum(end, when) - start, 0) / DAY_US, minlength=log.items
    )
    return float(so_far[item[standing]].mean())
