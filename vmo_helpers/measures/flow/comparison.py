"""This window against the one before, and stream beside stream."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import Flags, Floats, Ints, micros
from vmo_helpers.measures.flow.figures import COUNTED, figures
from vmo_helpers.measures.flow.items import cycle_time, lead_time_to_value
from vmo_helpers.measures.flow.items import items as item_table
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.pace import throughput
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN, by_group, change
from vmo_helpers.measures.flow.record import Kind, no_comparison, record
from vmo_helpers.measures.flow.waits import wait_days_by_item
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.calendar import local_days, monday
from vmo_helpers.results.figure import Figure, by_key
from vmo_helpers.window import Window

ALL = "all"
NO_STREAM = "no value stream"


def before_after(log: FlowLog, before: Window, after: Window, small: SmallN = SMALL_N) -> pd.DataFrame:
    """One row a measure and quantile: two windows side by side.

    Each window is seen as it stood at its end. Intervals are by bootstrap with a fixed seed.

    Columns
        measure: in words, with its quantile
        quantile: 0.5 or 0.85
        before_days, after_days (days): the quantile in each window; missing where too few
        change_days (days): after − before
        low, high (days): the 95 % interval of the change; missing where either side is too small
        n_before, n_after (items): how many each side rests on
        why: in words why the windows cannot be compared; missing where they can. Then nothing is said of the
            window before
        clear: the interval leaves zero; missing where there is none
    """
    recorded = record(log, item_table(log, after), after)
    tables = [(item_table(log, window), window) for window in (before, after)]
    lengths = {
        ("lead time to value", Kind.LEAD_TIME): [
            lead_time_to_value(items, window)["lead_time_days"] for items, window in tables
        ],
        ("cycle time", Kind.CYCLE_TIME): [
            cycle_time(items, window)["cycle_time_days"] for items, window in tables
        ],
    }
    rows = [
        {
            "measure": f"{name}, {'median' if q == 0.5 else '85th percentile'}",
            "quantile": q,
            **change(
                first,
                second,
                q,
                seed=10 * place + int(q * 100),
                small=small,
                why=no_comparison(recorded, kind),
            ),
        }
        for place, ((name, kind), (first, second)) in enumerate(lengths.items())
        for q, words in ((0.5, "median"), (TAIL, "85th percentile"))
    ]
    frame = pd.DataFrame(rows).rename(
        columns={"before": "before_days", "after": "after_days", "change": "change_days"}
    )
    clear = (frame["low"] > 0) | (frame["high"] < 0)
    return frame.assign(clear=clear.astype("boolean").mask(frame["low"].isna()))


def figures_before(
    log: FlowLog, window: Window, portfolio: Portfolio, small: SmallN = SMALL_N
) -> list[Figure]:
    """The flow figures of the window of equal length before this one, as the log stood at its end."""
    return _as_of(log, window.before, portfolio, small)


def _as_of(log: FlowLog, window: Window, portfolio: Portfolio, small: SmallN) -> list[Figure]:
    """The figures of a window as the log stood at its end."""
    then = log.seen_from(window)
    return figures(then, item_table(then, window, COUNTED), window, portfolio, small)


def month_ends(
    log: FlowLog, window: Window, portfolio: Portfolio, small: SmallN = SMALL_N, months: int = 12
) -> pd.DataFrame:
    """One row a month end before the window's end and figure: what a review of that day would have said.

    Each is over a window of equal length, as the log stood at its end. Month ends before the record begins,
    and figures that were unknown then, have no row. Facts that were changed since count as they are now.

    Columns
        day: the last day of the month, in the portfolio's zone
        first_day: the first day of its window
        key: of the figure
        value (as unit): the figure's
    """
    begins = record(log, item_table(log, window, COUNTED), window)["begins_at"].min()
    last = pd.Timestamp(window.end_day).replace(day=1) - pd.Timedelta(1, "D")
    rows = []
    for end in pd.date_range(end=last, periods=months, freq="ME"):
        span = window.until(end)
        if pd.isna(begins) or span.end < begins:
            continue
        found = _as_of(log, span, portfolio, small)
        day = str(end.date())
        rows += [(day, span.start_day, one.key, one.value) for one in found if one.value is not None]
    return pd.DataFrame(rows, columns=["day", "first_day", "key", "value"]).astype({"value": "float64"})


def window_change(now: Sequence[Figure], before: Sequence[Figure]) -> pd.DataFrame:
    """One row a figure that both windows have.

    Columns
        figure: its key
        unit: the figure's
        before, now (as unit): its value in each window
        change (as unit): now − before; missing where either is unknown
        n_before, n: how many each value rests on
    """
    earlier = by_key(before)
    rows = [
        (figure.key, figure.unit, earlier[figure.key].value, figure.value, earlier[figure.key].n, figure.n)
        for figure in now
        if figure.key in earlier
    ]
    frame = pd.DataFrame(rows, columns=["figure", "unit", "before", "now", "n_before", "n"]).astype(
        {"before": "float64", "now": "float64"}
    )
    return frame.assign(change=frame["now"] - frame["before"])[
        ["figure", "unit", "before", "now", "change", "n_before", "n"]
    ]


def by_stream(log: FlowLog, items: pd.DataFrame, window: Window, small: SmallN = SMALL_N) -> pd.DataFrame:
    """One row a value stream and, last, one for all.

    Too few items leave a percentile missing.

    Columns
        value_stream_id: key of the stream; "all" in the last row
        value_stream: its name
        items (items): created by the window's end
        started, finished (items): in the window
        wip (items): in progress at the window's end
        throughput_per_week (items): finished in whole weeks ÷ whole weeks
        cycle_time_p50_days, cycle_time_p85_days (days): of what finished in the window
        lead_time_p50_days, lead_time_p85_days (days): of what was delivered in the window
        age_p85_days (days): of what is in progress
        flow_efficiency (share 0–1): pooled over what finished in the window
        reopened (items): finished in the window, and reopened before
        wait_days (days): inside the window, of all items
    """
    log = log.seen_from(window)
    items = items.assign(wait_in_window=wait_days_by_item(log, window)[log.places(items)])
    stream, _ = pd.factorize(items["value_stream_id"], use_na_sentinel=False)
    count = int(stream.max(initial=-1)) + 2 if len(items) else 0
    group = np.concatenate(
        [stream, np.full(len(items), count - 1)]
    )  # all of them are a group of their own, whatever ids are called
    doubled = pd.concat([items, items])
    names = doubled.assign(group=group).drop_duplicates("group")
    last = names["group"].eq(count - 1).to_numpy()
    finished, going = (
        doubled["finished_in_window"].to_numpy(dtype=bool),
        doubled["status"].eq(str(Status.IN_PROGRESS)).to_numpy(),
    )
    delivered = window.holds(doubled["lead_time_end_at"]).to_numpy()
    weeks = throughput(items, window)
    whole = int(weeks["whole"].sum())
    in_whole = _in_whole_weeks(doubled, window, weeks)
    efficient = finished & doubled["flow_efficiency"].notna().to_numpy()

    def counted(flag: Flags) -> Ints:
        return np.asarray(np.bincount(group[flag], minlength=count), dtype=np.int64)

    def summed(column: str, flag: Flags) -> Floats:
        values = doubled[column].fillna(0.0).to_numpy()
        return np.asarray(np.bincount(group[flag], weights=values[flag], minlength=count), dtype=np.float64)

    def quantile(column: str, flag: Flags, q: float) -> Floats:
        return by_group(np.where(flag, doubled[column].to_numpy(), np.nan), group, count, q, small)

    total = summed("active_days", efficient) + summed("wait_days", efficient)
    every = np.ones(len(doubled), dtype=bool)
    frame = pd.DataFrame(
        {
            "value_stream_id": names["value_stream_id"].mask(last, ALL).array,
            "value_stream": np.where(last, "All streams", names["value_stream"].fillna(NO_STREAM)),
            "items": counted(every),
            "started": counted(doubled["started_in_window"].to_numpy(dtype=bool)),
            "finished": counted(finished),
            "wip": counted(going),
            "throughput_per_week": counted(in_whole) / whole if whole else np.nan,
            "cycle_time_p50_days": quantile("cycle_time_days", finished, 0.5),
            "cycle_time_p85_days": quantile("cycle_time_days", finished, TAIL),
            "lead_time_p50_days": quantile("lead_time_days", delivered, 0.5),
            "lead_time_p85_days": quantile("lead_time_days", delivered, TAIL),
            "age_p85_days": quantile("age_days", going, TAIL),
            "flow_efficiency": np.divide(
                summed("active_days", efficient), total, out=np.full(count, np.nan), where=total > 0
            ),
            "reopened": counted(finished & doubled["reopened"].fillna(False).to_numpy(dtype=bool)),
            "wait_days": summed("wait_in_window", every),
        }
    )
    return pd.concat([frame[~last].sort_values("value_stream_id"), frame[last]], ignore_index=True).astype(
        {"value_stream": "str"}
    )


def _in_whole_weeks(items: pd.DataFrame, window: Window, weeks: pd.DataFrame) -> Flags:
    """Which items were finished in a whole ISO week of the window."""
    whole = weeks.loc[weeks["whole"], "week"].to_numpy().astype("datetime64[D]").astype(np.int64)
    inside: Flags = items["finished_in_window"].to_numpy(dtype=bool).copy()
    inside[inside] = np.isin(
        monday(local_days(micros(items.loc[inside, "finished_at"]), window.timezone)), whole
    )
    return inside
