"""The service level expectation: how long work takes when what is still open counts too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Flags, Floats, Ints, micro, micros
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN
from vmo_helpers.window import Window

_Z95 = 1.959963984540054


def service_level_expectation(
    log: FlowLog,
    items: pd.DataFrame,
    window: Window,
    quantiles: Sequence[float] = (0.5, 0.85, 0.95),
    small: SmallN = SMALL_N,
) -> pd.DataFrame:
    """One row a quantile of cycle time, with unfinished work counted.

    Kaplan and Meier's estimate over all items in progress at some time in the window. Those started earlier
    enter at the age that they had when it began (left truncation). Those still open at its end, or cancelled,
    leave at their age without having finished (right censoring). The percentile of finished items alone is
    biased low while old work is open. 95 % limits are by Greenwood's variance on the log(−log) scale
    (Brookmeyer and Crowley 1982).

    Columns
        quantile: of the items, such as 0.85
        days (days): by this age so many have finished; missing where ``why`` says so
        low, high (days): its 95 % limits; missing beyond the oldest age
        n (items): in progress at some time in the window
        n_finished, n_censored (items): those that finished, and those that did not
        why: too few finished, beyond the oldest age, or ages at which too few items were seen
    """
    entry, exit_age, done = _seen(log.seen_from(window), items, window)
    counts = {"n": len(entry), "n_finished": int(done.sum()), "n_censored": int((~done).sum())}
    ages, survival, low, high, thin = _survival(entry, exit_age, done, small.middle)
    rows = []
    for q in quantiles:
        why = small.why(counts["n_finished"], q)
        reached = [_first(ages, curve, 1 - q) for curve in (survival, low, high)]
        if why is None and math.isnan(reached[0]):
            why = "not reached: too much of the work in progress is older than anything finished"
        elif why is None and thin <= reached[0]:
            why = f"too few to say: under {small.middle} items were seen at short ages in the window"
        known = reached if why is None else [math.nan] * 3
        rows.append(
            {"quantile": q, "days": known[0], "low": known[1], "high": known[2], **counts, "why": why}
        )
    return pd.DataFrame(
        rows, columns=["quantile", "days", "low", "high", "n", "n_finished", "n_censored", "why"]
    ).astype({"why": "str"})


def promises(
    log: FlowLog,
    items: pd.DataFrame,
    window: Window,
    stalled_percentile: float = TAIL,
    small: SmallN = SMALL_N,
) -> pd.DataFrame:
    """One row a quantile that people promise by: half, the percentile that judges, 95 %.

    Columns
        the columns of ``flow.service_level_expectation``
    """
    return service_level_expectation(log, items, window, sorted({0.5, stalled_percentile, 0.95}), small)


def survival_curve(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an age at which something finished.

    Columns
        days (days): the age
        finished_share (share 0–1): finished by that age
        low, high (share 0–1): its 95 % limits
        at_risk (items): seen at that age, and not finished before
    """
    entry, age, done = _seen(log.seen_from(window), items, window)
    ages, survival, low, high, _ = _survival(entry, age, done, 0)
    return pd.DataFrame(
        {
            "days": ages,
            "finished_share": 1 - survival,
            "low": 1 - high,
            "high": 1 - low,
            "at_risk": _at_risk(entry, age, ages),
        }
    )


def reached_by(ages: Floats, done: Flags, quantile: float) -> tuple[float, float, float]:
    """By which age so many have come, with its 95 % limits, by Kaplan and Meier: NaN where they have not.

    ``ages`` (days): how long each was seen; ``done``: it came then, else it had not come yet (censored).
    """
    at, survival, low, high, _ = _survival(np.full(len(ages), -1.0), ages, done, 0)
    age, first, last = (_first(at, curve, 1 - quantile) for curve in (survival, low, high))
    return age, first, last


def half_life(ages: Floats, done: Flags) -> tuple[float, float, float]:
    """By which age half has come, as ``reached_by``."""
    return reached_by(ages, done, 0.5)


def _seen(log: FlowLog, items: pd.DataFrame, window: Window) -> tuple[Floats, Floats, Flags]:
    """Of each item in progress in the window: entry age, exit age, and whether it finished then.

    It was at risk after the first and left, or was last seen, at the second. The window's first instant is
    in, so what finishes in it was at risk at that age.
    """
    started, finished, cancelled = (
        micros(items[name]) for name in ("started_at", "finished_at", "cancelled_at")
    )
    end, begin = np.minimum(np.minimum(finished, cancelled), log.now), micro(window.start)
    chosen = (started < NEVER) & (end >= begin) & (end >= started)
    started, end, done = started[chosen], end[chosen], (finished < NEVER)[chosen]
    at_begin = np.nextafter(log.calendar.days(started, np.full(len(started), begin)), -np.inf)
    return np.where(started < begin, at_begin, -1.0), log.calendar.days(started, end), done


def _survival(
    entry: Floats, age: Floats, done: Flags, least: int
) -> tuple[Floats, Floats, Floats, Floats, float]:
    """Ages of finishes, the share open after each, its limits, and the first age that is too thin.

    Thin: under ``least`` items were at risk although others come to be at risk later. What a few young items
    did would stand for all from there on.
    """
    ages, finished = np.unique(age[done], return_counts=True)
    at_risk: npt.NDArray[Any] = _at_risk(entry, age, ages)
    share = np.cumprod(1 - finished / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(np.where(at_risk > finished, finished / (at_risk * (at_risk - finished)), 0.0))
        inner = np.log(share)
        spread = np.where(inner < 0, _Z95 * np.sqrt(variance) / np.abs(inner), 0.0)
        low, high = share ** np.exp(spread), share ** np.exp(-spread)
    low, high = (np.where(share > 0, limit, 0.0) for limit in (low, high))
    thin = ages[(at_risk < least) & (ages < entry.max(initial=-1.0))]
    return ages, share, low, high, float(thin[0]) if len(thin) else math.inf


def _at_risk(entry: Floats, age: Floats, ages: Floats) -> Ints:
    """How many were seen at each of the ages, not finished before.

    In after their entry, out after their age.
    """
    entered, left = (np.searchsorted(np.sort(one), ages, side="left") for one in (entry, age))
    return np.asarray(entered - left, dtype=np.int64)


def _first(ages: Floats, share: Floats, line: float) -> float:
    """The first age at which no more than ``line`` is open."""
    below = np.flatnonzero(share <= line + 1e-12)
    return float(ages[below[0]]) if len(below) else math.nan
