"""Frames made small enough to be looked at: charts aggregate nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, micro, micros
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN, by_group, interpolated
from vmo_helpers.measures.flow.wip import NO_STREAM
from vmo_helpers.portfolio.calendar import DAY_US, day_starts, days_between, local_days
from vmo_helpers.vocabulary import WorkType
from vmo_helpers.window import Window

MOST_DOTS = 2000
MOST_BANDS = 40
OTHER_STREAMS = "other streams"
_MOST_STREAMS = 10


def age_dots(ages: pd.DataFrame, most: int = MOST_DOTS) -> pd.DataFrame:
    """One row an item of ``work_item_age``: the ``most`` oldest, so that a chart can show each as a dot.

    Columns
        the columns of ``ages``
    """
    return ages.head(most)


def cycle_time_bins(cycle_times: pd.DataFrame, bins: int = 24) -> pd.DataFrame:
    """One row a bin of equal width.

    The last bin holds what lies beyond the 98th percentile, too: a few very long items would press all others
    into one bar.

    Columns
        low_days (days): its lower edge, inclusive
        high_days (days): its upper edge, exclusive but for the last
        items (items): between the two
    """
    days = cycle_times["cycle_time_days"].dropna().to_numpy()
    if len(days) == 0:
        return pd.DataFrame({"low_days": [], "high_days": [], "items": pd.array([], dtype="int64")})
    top = max(float(np.quantile(days, 0.98)), 1e-6)
    width = top / bins
    place = np.minimum((days / width).astype(np.int64), bins)
    count = np.bincount(place, minlength=bins + 1)
    edges = np.append(np.arange(bins + 1) * width, max(float(days.max()), top + width))
    frame = pd.DataFrame({"low_days": edges[:-1], "high_days": edges[1:], "items": count})
    return frame if count[-1] else frame.iloc[:-1]


def bands(by_state: pd.DataFrame, most: int = MOST_BANDS) -> pd.DataFrame:
    """One row a day and state of ``cumulative_flow``, or one a day and class of a board of many states.

    So a chart can show each as a band: more than ``most`` states in use are added up. A class has its name as
    its state, the first of its positions, and one more column: how many ``states`` it adds up.

    Columns
        the columns of ``by_state``
    """
    if by_state.loc[by_state["in_state"] > 0, "state"].nunique() <= most:
        return by_state
    by = by_state.groupby(["day", "state_class"], as_index=False)
    each = by.agg(
        position=("position", "min"),
        at_or_past=("at_or_past", "max"),
        in_state=("in_state", "sum"),
        states=("state", "nunique"),
    )
    return each.assign(state=each["state_class"])[[*by_state.columns, "states"]]


def distribution_by_period(items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a month and work type; beyond 24 months one a quarter. Zeros are rows, too.

    Columns
        period: its first day
        work_type: as in ``work_items``
        finished (items): in the period
    """
    finished = items.loc[items["finished_in_window"], ["finished_at", "work_type"]]
    day = finished["finished_at"].dt.tz_convert(window.timezone).dt.tz_localize(None)
    start, end = pd.Timestamp(window.start_day), pd.Timestamp(window.end_day)
    unit = "M" if (end - start).days <= 731 else "Q"
    periods = pd.period_range(start.to_period(unit), end.to_period(unit), freq=unit)
    types = [str(word) for word in WorkType if finished["work_type"].eq(str(word)).any()]
    grid = pd.MultiIndex.from_product([periods, types], names=["period", "work_type"])
    counts = (
        pd.Series(1, index=pd.MultiIndex.from_arrays([day.dt.to_period(unit), finished["work_type"]]))
        .groupby(level=[0, 1])
        .sum()
    )
    frame = counts.reindex(grid, fill_value=0).rename("finished").reset_index()
    return frame.assign(
        period=frame["period"].dt.start_time.astype("datetime64[us]"),
        work_type=frame["work_type"].astype("str"),
    )


def queue_by_stream(queue: pd.DataFrame, small: SmallN = SMALL_N, most: int = _MOST_STREAMS) -> pd.DataFrame:
    """One row a value stream, most days first, from ``queue_after_done``.

    Of more than ``most`` streams those with fewest days are one last row, "other streams".

    Columns
        value_stream: name of the stream
        items (items): delivered, with a known queue
        total_days (days): their queues added up
        p50_days, p85_days (days): of a queue; missing where too few
        unknown (items): delivered, with a queue that is not known
    """
    named = queue["value_stream"].fillna(NO_STREAM)
    days = queue["queue_days"].to_numpy(dtype=np.float64)
    known = ~np.isnan(days)
    totals = (
        pd.Series(np.where(known, days, 0.0))
        .groupby(named.to_numpy(), sort=False)
        .sum()
        .sort_values(ascending=False, kind="stable")
    )
    if len(totals) > most:
        shown = totals.index[totals.index != OTHER_STREAMS][: most - 1]
        named = named.where(named.isin(shown), OTHER_STREAMS)
    code, names = pd.factorize(named)
    frame = pd.DataFrame(
        {
            "value_stream": pd.array(list(names), dtype="str"),
            "items": np.bincount(code[known], minlength=len(names)),
            "total_days": np.bincount(code[known], weights=days[known], minlength=len(names)),
            "p50_days": by_group(days, code, len(names), 0.5, small),
            "p85_days": by_group(days, code, len(names), TAIL, small),
            "unknown": np.bincount(code[~known], minlength=len(names)),
        }
    )
    frame = frame.assign(rest=frame["value_stream"].eq(OTHER_STREAMS) & (len(totals) > most))
    return frame.sort_values(
        ["rest", "total_days"], ascending=[True, False], kind="stable", ignore_index=True
    ).drop(columns="rest")


def trend(
    frame: pd.DataFrame,
    when: str,
    length: str,
    window: Window,
    stalled_percentile: float = TAIL,
    days: int = 91,
    small: SmallN = SMALL_N,
) -> pd.DataFrame:
    """One row a week of the window: a running quantile. Weeks with too few are left out.

    ``frame`` has an instant ``when`` and days ``length``, as ``lead_time_to_value`` and ``cycle_time`` return
    them.

    Columns
        day: the week's end, in the portfolio's zone
        days (days): that percentile of the lengths that ended in the 91 days up to then, inside the window
        n (items): that ended in those days
    """
    ended, took = micros(frame[when]), frame[length].to_numpy(dtype=np.float64)
    order = np.argsort(ended, kind="stable")
    ended, took = ended[order], took[order]
    last = local_days(np.array([micro(window.start), micro(window.end)]), window.timezone)
    ends = np.arange(last[1], last[0], -7)[::-1]
    ticks = day_starts(int(last[0]), int(last[1]), window.timezone)[1:][ends - last[0]]
    high = np.searchsorted(ended, ticks, side="left")
    low = np.searchsorted(ended, ticks - days * DAY_US, side="left")
    low[ticks - days * DAY_US < micro(window.start)] = np.searchsorted(
        ended, micro(window.start), side="left"
    )
    spans = [np.sort(took[a:b]) for a, b in zip(low, high, strict=True)]
    q = stalled_percentile
    known = np.array([small.why(len(span), q) is None for span in spans], dtype=bool)
    return pd.DataFrame(
        {
            "day": ends[known].astype("datetime64[D]").astype("datetime64[us]"),
            "days": [interpolated(span, q) for span, enough in zip(spans, known, strict=True) if enough],
            "n": (high - low)[known],
        }
    ).astype({"days": "float64"})


def longest_pause(items: pd.DataFrame, window: Window) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the window's longest stretch in which nothing finished; of equals the first.

    What lies before the very first start of any item is no pause: there was nothing to finish yet.
    """
    finished = np.sort(micros(items.loc[items["finished_in_window"], "finished_at"]))
    first_start = int(micros(items["started_at"]).min(initial=NEVER))
    begun = max(first_start, micro(window.start)) if first_start <= micro(window.end) else micro(window.start)
    edges = local_days(
        np.concatenate([[begun], finished[finished >= begun], [micro(window.end)]]), window.timezone
    )
    longest = int(np.argmax(np.diff(edges)))
    first, last = days_between(int(edges[longest]), int(edges[longest + 1]))[[0, -1]]
    return pd.Timestamp(first), pd.Timestamp(last)
