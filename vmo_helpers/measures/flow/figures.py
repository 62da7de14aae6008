"""The headline numbers of flow, each with its definition in one line: clock, averaging, unit."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd

from vmo_helpers.measures.flow.arrays import Floats, picked
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.pace import (
    on_record,
    progress_on_record,
    throughput,
    throughput_per_week,
    throughput_range,
)
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN, percentile
from vmo_helpers.measures.flow.record import Kind, comparable, record
from vmo_helpers.measures.flow.waits import wait_days
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.results.figure import Figure
from vmo_helpers.window import Window

_Z95 = 1.959963984540054
NONE = "there are no transitions"
_LONG = ("cycle_time_p50_days", "cycle_time_p85_days", "flow_efficiency", "flow_efficiency_median")
_MANY = ("finished", "throughput_per_week", "started", "started_unfinished", "reopened_items", "wait_days")
_KIND = {
    "lead_time_p50_days": Kind.LEAD_TIME,
    "lead_time_p85_days": Kind.LEAD_TIME,
    **dict.fromkeys(_LONG, Kind.CYCLE_TIME),
    **dict.fromkeys(_MANY, Kind.COUNTS),
}
"""What a figure over the window is compared as; what stands at its end compares with any other end."""
COUNTED = (
    "state",
    *(
        f"{event}_at"
        for event in ("created", "requested", "started", "finished", "cancelled", "lead_time_end")
    ),
    *(f"{event}_in_window" for event in ("started", "finished")),
    *(f"{length}_days" for length in ("cycle_time", "lead_time", "age", "active", "wait")),
    "lead_time_fell_back",
    "flow_efficiency",
    "reopened",
)
"""The columns of ``items`` that figures are made of."""


def figures(
    log: FlowLog, items: pd.DataFrame, window: Window, portfolio: Portfolio, small: SmallN = SMALL_N
) -> list[Figure]:
    """Every ``flow.*`` figure of figures.json: value with n, or None with why.

    A percentile of fewer items than ``small`` asks for is not printed. ``low`` and ``high`` bound percentiles
    by order statistics and the pooled flow efficiency by its linearised variance, at 95 %.
    """
    unit, day_unit = log.calendar.unit, log.calendar.day_unit
    level = portfolio.settings.review_level

    def figure(
        key: str,
        value: float | None,
        kind: str,
        n: int,
        definition: str,
        why: str | None = None,
        low: float = math.nan,
        high: float = math.nan,
    ) -> Figure:
        known = value is not None and math.isfinite(value)
        return Figure(
            f"flow.{key}",
            value if known else None,
            kind,
            n,
            window,
            definition,
            low=low if known and math.isfinite(low) else None,
            high=high if known and math.isfinite(high) else None,
            why=None if known else why or "nothing to measure in the window",
            **(compared[_KIND[key]] if key in _KIND else {}),
        )

    since = record(log, items, window)
    compared = comparable(since, window.timezone)
    recorded = on_record(items) or items.empty
    unmoved = _unmoved(portfolio)
    unrecorded = f"{unmoved}, nor dates of start and finish" if unmoved == NONE else unmoved

    def count(key: str, n: int, definition: str) -> Figure:
        return figure(key, n if recorded else None, "items", n, definition, unrecorded)

    def quantile(key: str, values: pd.Series, q: float, definition: str) -> Figure:
        days, low, high, n, why = percentile(values, q, small)
        return figure(key, days, day_unit, n, definition, why, low, high)

    finished = picked(
        items,
        items["finished_in_window"],
        ["cycle_time_days", "active_days", "wait_days", "flow_efficiency", "reopened"],
    )
    started = picked(items, items["started_in_window"], ["finished_at", "cancelled_at"])
    ages, cycles = items["age_days"].dropna(), finished["cycle_time_days"].dropna()
    delivered = window.holds(items["lead_time_end_at"]) & items["lead_time_days"].notna()
    leads = picked(items, delivered, ["lead_time_days", "lead_time_fell_back"])
    fell_back = int(leads["lead_time_fell_back"].sum())
    unfinished = started[started["finished_at"].isna()]
    weeks = throughput(items, window)
    waited, waiting = wait_days(log, window)
    lead_words = (
        f"delivery − request, {unit}, over items delivered in the window; finish and creation stand in "
        "where a date is missing "
        f"({fell_back} of {len(leads)}); linear interpolation"
    )
    cycle_words = (
        f"finish − start, {unit}, over items finished in the window that have a start; linear interpolation"
    )
    return [
        figure(
            "items", len(items), "items", len(items), f"items of level {level} created by the window's end"
        ),
        count(
            "finished",
            len(finished),
            "items whose last unbroken run of done begins in the window, with or without a start",
        ),
        figure(
            "wip",
            len(ages) if progress_on_record(items) or items.empty else None,
            "items",
            len(ages),
            "items started and neither finished nor cancelled at the window's end",
            f"{unmoved}, nor dates of a start" if unmoved == NONE else unmoved,
        ),
        quantile("lead_time_p50_days", leads["lead_time_days"], 0.5, "median of " + lead_words),
        quantile("lead_time_p85_days", leads["lead_time_days"], TAIL, "85th percentile of " + lead_words),
        quantile("cycle_time_p50_days", cycles, 0.5, "median of " + cycle_words),
        quantile("cycle_time_p85_days", cycles, TAIL, "85th percentile of " + cycle_words),
        *_efficiency(finished, figure, small),
        figure(
            "throughput_per_week",
            throughput_per_week(weeks) if recorded else None,
            "per_week",
            int(weeks["whole"].sum()),
            f"items finished ÷ whole ISO weeks of the window, in {window.timezone}; weeks cut by its "
            "ends, or before the first start or end on record, do not count; n is weeks; 95 % by the exact "
            "Poisson interval, too narrow where work is finished in batches",
            "the window holds no whole ISO week on record" if recorded else unrecorded,
            *throughput_range(weeks),
        ),
        quantile(
            "age_p85_days", ages, TAIL, f"85th percentile of as-of − start, {unit}, over items in progress"
        ),
        count(
            "reopened_items",
            int(finished["reopened"].fillna(False).sum()),
            "items finished in the window that had left done before",
        )
        if log.lives.has_log.any() or len(items) == 0
        else figure(
            "reopened_items",
            None,
            "items",
            0,
            "items finished in the window that had left done before",
            unmoved,
        ),
        count("started", len(started), "items whose first entry into active or wait lies in the window"),
        count(
            "started_unfinished",
            len(unfinished),
            "items started in the window and not finished by its end "
            f"({int(unfinished['cancelled_at'].notna().sum())} of them cancelled)",
        ),
        figure(
            "wait_days",
            waited if log.lives.has_log.any() else None,
            day_unit,
            waiting,
            f"{unit} inside the window in wait states or under a blocker, over all items between start "
            "and end; nothing counts twice",
            unmoved,
        ),
    ]


def _unmoved(portfolio: Portfolio) -> str:
    """Why no item has a move: there is none, none has a meaning, or none is of an item that is counted."""
    if not portfolio.has("transitions"):
        return NONE
    if not portfolio.has("states"):
        return (
            "there is no table of states to read the transitions by: `vmo check --propose-states` drafts one"
        )
    return f"no item of level {portfolio.settings.review_level} has a transition"


def _efficiency(finished: pd.DataFrame, figure: Callable[..., Figure], small: SmallN) -> list[Figure]:
    counted = finished[finished["flow_efficiency"].notna()]
    active, total = (
        counted["active_days"].to_numpy(),
        (counted["active_days"] + counted["wait_days"]).to_numpy(),
    )
    n = len(counted)
    value, low, high = pooled(active, total)
    middle, lowest, highest, _, too_few = percentile(counted["flow_efficiency"], 0.5, small)
    why = "no item with transitions finished in the window after work or waiting"
    words = "active ÷ (active + wait) between start and finish, time under a blocker being wait"
    return [
        figure(
            "flow_efficiency",
            value,
            "share",
            n,
            f"Σ active ÷ Σ (active + wait), pooled over items finished in the window: {words}",
            why,
            low,
            high,
        ),
        figure(
            "flow_efficiency_median",
            middle,
            "share",
            n,
            f"the median item's {words}, over items finished in the window",
            why if n == 0 else too_few,
            lowest,
            highest,
        ),
    ]


def pooled(active: Floats, total: Floats) -> tuple[float, float, float]:
    """Σ active ÷ Σ total with its 95 % interval (linearised variance of a ratio; none under two items)."""
    whole = float(total.sum())
    if not whole > 0:
        return math.nan, math.nan, math.nan
    value, n = float(active.sum()) / whole, len(total)
    if n < 2:
        return value, math.nan, math.nan
    error = _Z95 * math.sqrt(n / (n - 1) * float(((active - value * total) ** 2).sum())) / whole
    return value, max(0.0, value - error), min(1.0, value + error)
