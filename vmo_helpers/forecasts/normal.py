"""Is the normal moving? Individuals and moving ranges of throughput, work in progress and lead time, by
month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Flags, Floats, Ints, micro, micros
from vmo_helpers.measures.flow.pace import first_fact
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN
from vmo_helpers.portfolio.calendar import day_starts
from vmo_helpers.window import Window

MONTHS, BASELINE, LEAST = 24, 12, 8
RUN = 8
_WIDE = 2.66
_LIFE = ("started_at", "finished_at", "cancelled_at")
MEASURES = ("throughput", "work in progress", "lead time")


def normal(items: pd.DataFrame, window: Window, small: SmallN = SMALL_N) -> pd.DataFrame:
    """One row a measure and whole month, the last 24 at most, none before the record begins.

    The limits are those of the first twelve months with a value that were steady: mean ± 2.66 × the mean
    moving range, with no signal among themselves. A record that is filling up is not what is normal. Under
    eight months, or where no twelve in a row were steady, there are none. A signal is a month since then
    outside, or one of eight in a row on one side of the mean. Source: Wheeler 1993; Nelson 1984.

    Columns
        measure: throughput (finished a week), work in progress (at the month's end), lead time (days, 85th
            percentile of what was delivered)
        month: its first day
        value: of the month; missing where too few were delivered
        mean, low, high: of the baseline; missing where there is none
        baseline: the month is one of those that the limits come from
        outside: over the one limit or under the other
        in_run: one of eight in a row on one side
    """
    months = _months(items, window)
    return pd.concat(
        [_charted(name, months, _values(name, items, months, window, small)) for name in MEASURES]
    )


def signals(values: Floats) -> tuple[float, float, float, Flags, Flags]:
    """Mean, limits, which values since the steady ones lie outside of them, and which are one of eight in a
    row on one side."""
    nothing = np.zeros(len(values), dtype=bool)
    usual = steady(values)
    if not len(usual):
        return np.nan, np.nan, np.nan, nothing, nothing.copy()
    mean, reach = _limits(values[usual])
    known = np.flatnonzero(np.isfinite(values))
    known = known[known >= usual[0]]
    outside, in_run = nothing.copy(), nothing.copy()
    outside[known] = np.abs(values[known] - mean) > reach
    in_run[known] = _in_run(values[known] - mean)
    return mean, mean - reach, mean + reach, outside, in_run


def steady(values: Floats) -> Ints:
    """The places of the first twelve known values in a row (of all, where there are eight to eleven) that
    have no signal among themselves; none where there are no such."""
    known = np.flatnonzero(np.isfinite(values))
    for start in range(max(1, len(known) - BASELINE + 1)):
        places = known[start : start + BASELINE]
        if len(places) < LEAST:
            break
        mean, reach = _limits(values[places])
        off = values[places] - mean
        if (np.abs(off) <= reach).all() and not _in_run(off).any():
            return places
    return known[:0]


def _limits(values: Floats) -> tuple[float, float]:
    """The mean, and how far from it the limits are."""
    return float(values.mean()), _WIDE * float(np.abs(np.diff(values)).mean())


def _in_run(off: Floats) -> Flags:
    """Which of these distances from the mean are one of eight in a row on one side."""
    side, found = np.sign(off), np.zeros(len(off), dtype=bool)
    for at in range(RUN, len(off) + 1):
        if side[at - 1] and (side[at - RUN : at] == side[at - 1]).all():
            found[at - RUN : at] = True
    return found


def _months(items: pd.DataFrame, window: Window) -> pd.DatetimeIndex:
    """The first days of the whole months that lie between the first fact and as-of."""
    end = pd.Timestamp(window.end_day) + pd.Timedelta(1, "D")
    first = first_fact(items)
    if first == NEVER:
        return pd.DatetimeIndex([])
    begin = pd.Timestamp(first, unit="us", tz="UTC").tz_convert(window.timezone).tz_localize(None)
    months = pd.date_range(end=end, periods=MONTHS + 1, freq="MS")
    return months[:-1][months[:-1] >= begin.normalize()]


def _values(
    name: str, items: pd.DataFrame, months: pd.DatetimeIndex, window: Window, small: SmallN
) -> Floats:
    if not len(months):
        return np.zeros(0)
    days = months.append(pd.DatetimeIndex([months[-1] + pd.DateOffset(months=1)]))
    number = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    starts = day_starts(int(number[0]), int(number[-1]), window.timezone)[number - number[0]]
    if name == "work in progress":
        started = items[items["started_at"].notna()]
        begun, done, given_up = (np.sort(micros(started[one])) for one in _LIFE)
        at = np.minimum(starts[1:], micro(window.end) + 1)
        gone = np.searchsorted(done, at) + np.searchsorted(given_up, at)
        return np.asarray(np.searchsorted(begun, at) - gone, dtype=np.float64)
    column = "finished_at" if name == "throughput" else "lead_time_end_at"
    place = np.searchsorted(starts, micros(items[column]), side="right") - 1
    inside = (place >= 0) & (place < len(months))
    if name == "throughput":
        weekly = np.bincount(place[inside], minlength=len(months)) / (np.diff(number) / 7)
        return np.asarray(weekly, dtype=np.float64)
    found = np.full(len(months), np.nan)
    lead = items["lead_time_days"].to_numpy(dtype=np.float64)
    for month in range(len(months)):
        mine = lead[(place == month) & np.isfinite(lead)]
        if small.why(len(mine), TAIL) is None:
            found[month] = np.quantile(mine, TAIL)
    return found


def _charted(name: str, months: pd.DatetimeIndex, values: Floats) -> pd.DataFrame:
    mean, low, high, outside, in_run = signals(values)
    return pd.DataFrame(
        {
            "measure": pd.array([name] * len(months), dtype="str"),
            "month": months.as_unit("us"),
            "value": values,
            "mean": mean,
            "low": max(0.0, low) if np.isfinite(low) else np.nan,
            "high": high,
            "baseline": np.isin(np.arange(len(values)), steady(values)),
            "outside": outside,
            "in_run": in_run,
        }
    )
