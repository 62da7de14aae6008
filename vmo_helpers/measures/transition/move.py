"""What changed with the move: the same numbers in the windows before and after the day that it came."""

from __future__ import annotations

from functools import partial

import pandas as pd

from vmo_helpers.measures import flow
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.quantiles import SmallN, percentiles
from vmo_helpers.measures.transition.axes import outcome_metrics_read
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.budgets import falling, project_share
from vmo_helpers.window import Window, day_start

COLUMNS = ["measure", "unit", "before", "after", "change", "n_before", "n_after", "why"]
LEAD_TIME = "lead time to value, median"


def before_after(portfolio: Portfolio, log: FlowLog, small: SmallN) -> pd.DataFrame:
    """One row a measure, before and since ``vmo_since``; no row where ``portfolio.toml`` does not say it.

    After is from that day to as-of, before as long as that and just ahead of it. What the record does not
    reach back to is missing.

    Columns
        measure: in words
        unit: days or share
        before, after (as unit): missing where too little is known
        change (as unit): after − before
        n_before, n_after: items, budgets or metrics that they rest on
        why: in words why the record bears no comparison; missing where it does
    """
    since = portfolio.settings.vmo_since
    if since is None or portfolio.as_of is None:
        return pd.DataFrame(columns=COLUMNS)
    zone = portfolio.settings.timezone
    start = day_start(since, zone)
    if start >= portfolio.as_of:
        return pd.DataFrame(columns=COLUMNS)
    after = Window(start, portfolio.as_of, zone)
    record = flow.record(log, flow.items(log, after), after)
    not_compared = {LEAD_TIME: flow.no_comparison(record, flow.Kind.LEAD_TIME)}
    rows = []
    for name, unit, measured in (
        (LEAD_TIME, "days", partial(_lead_time, log, small)),
        ("money that funds value streams", "share", partial(_funding, portfolio)),
        ("metrics read that are of outcome or behaviour", "share", partial(_tracking, portfolio)),
    ):
        (before, n_before), (now, n_after) = measured(after.before), measured(after)
        why = not_compared.get(name)
        before = before if why is None else float("nan")
        rows.append([name, unit, before, now, now - before, n_before, n_after, why])
    return pd.DataFrame(rows, columns=COLUMNS)


def _lead_time(log: FlowLog, small: SmallN, window: Window) -> tuple[float, int]:
    leads = flow.lead_time_to_value(flow.items(log, window), window)["lead_time_days"]
    row = percentiles(leads, [0.5], small).iloc[0]
    return float(row["days"]), int(row["n"])


def _funding(portfolio: Portfolio, window: Window) -> tuple[float, int]:
    falls = falling(portfolio.budgets, window.first_day, window.last_day)
    return 1 - project_share(portfolio.budgets, falls), int(falls.gt(0).sum())


def _tracking(portfolio: Portfolio, window: Window) -> tuple[float, int]:
    seen = portfolio.observations[window.holds(portfolio.observations["at"])]
    return outcome_metrics_read(portfolio, window), int(seen["metric_id"].nunique()) if len(seen) else 0
