"""Throughput by ISO week, started against finished, and how often value reaches its users."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from vmo_helpers.measures.flow.arrays import (
    NEVER,
    Flags,
    Ints,
    day_ticks,
    instants,
    micro,
    micros,
    standing,
    tick_of,
)
from vmo_helpers.measures.flow.cumulative import progress
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.quantiles import SmallN, by_group
from vmo_helpers.portfolio.calendar import DAY_US, day_starts, days_between, local_days, monday
from vmo_helpers.window import Window

OVERDUE_DAYS = 548  # a year and a half
CONFIDENCE = 0.95


_FACTS = ("started_at", "finished_at", "cancelled_at")


def on_record(items: pd.DataFrame) -> bool:
    """Whether anything tells when work starts and ends: a move, or a date of a start or an end."""
    return bool(items[["state", *_FACTS]].notna().to_numpy().any())


def progress_on_record(items: pd.DataFrame) -> bool:
    """Whether anything tells what is in progress: a move, or a start."""
    return bool(items[["state", "started_at"]].notna().to_numpy().any())


def first_fact(items: pd.DataFrame) -> int:
    """The first start or end that is on record (µs): before it nothing is known, so nothing is 0."""
    return min((int(micros(items[name]).min()) for name in _FACTS if len(items)), default=NEVER)


def throughput(items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an ISO week that the window touches.

    Columns
        week: its Monday, a day of the portfolio's zone
        finished (items): finished in the window, with or without a start
        whole: all of the week lies in the window, and it ends after the first start or end on record; other
            weeks stay out of ``throughput_per_week``
    """
    first, last = _window_days(window)
    weeks = np.arange(int(monday(np.array([first]))[0]), last + 1, 7)
    finished = micros(items.loc[items["finished_in_window"], "finished_at"])
    week = monday(local_days(finished, window.timezone))
    starts = np.array([day_starts(int(w), int(w) + 6, window.timezone)[[0, -1]] for w in weeks])
    whole = (starts[:, 0] >= micro(window.start)) & (starts[:, 1] - 1 <= micro(window.end))
    whole &= starts[:, 1] > first_fact(items)
    return pd.DataFrame(
        {
            "week": weeks.astype("datetime64[D]").astype("datetime64[us]"),
            "finished": np.bincount((week - weeks[0]) // 7, minlength=len(weeks)),
            "whole": whole,
        }
    )


def throughput_per_week(weeks: pd.DataFrame) -> float:
    """Items finished in whole weeks ÷ whole weeks; missing when the window holds no whole week."""
    whole = weeks.loc[weeks["whole"], "finished"]
    return float(whole.mean()) if len(whole) else float("nan")


def throughput_range(weeks: pd.DataFrame) -> tuple[float, float]:
    """The 95 % interval of ``throughput_per_week`` if items finish independently; missing as it is.

    Source: Garwood, Biometrika 28 (1936).
    """
    whole = weeks.loc[weeks["whole"], "finished"]
    if whole.empty:
        return float("nan"), float("nan")
    count, tail = float(whole.sum()), (1 - CONFIDENCE) / 2
    low = gammaincinv(count, tail) if count else 0.0
    return float(low) / len(whole), float(gammaincinv(count + 1, 1 - tail)) / len(whole)


def started_finished(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a day on which something started or finished, plus both ends of the window.

    Columns
        day: in the portfolio's zone
        started, finished (items): added up since the window's start
        in_progress (items): at the end of the day, as it was then
    """
    log = log.seen_from(window)
    first, last = _window_days(window)
    counts = []
    for column in ("started_at", "finished_at"):
        when = micros(items.loc[window.holds(items[column]), column])
        counts.append(
            np.cumsum(np.bincount(local_days(when, window.timezone) - first, minlength=last - first + 1))
        )
    wip = _wip(log, first, last, window)
    moved = np.append(True, (np.diff(counts[0]) > 0) | (np.diff(counts[1]) > 0))
    moved[-1] = True
    frame = pd.DataFrame(
        {"day": days_between(first, last), "started": counts[0], "finished": counts[1], "in_progress": wip}
    )
    return frame[moved].reset_index(drop=True)


def wip_by_day(log: FlowLog, window: Window) -> pd.DataFrame:
    """One row a day of the window.

    wip = wip of the day before + arrivals − departures.

    Columns
        day: in the portfolio's zone
        wip (items): in progress at the day's end, as it was then; on the last day at as-of
        arrivals, departures: into and out of progress on that day; reopened work arrives again
        on_record: some work had started or ended when the day began
    """
    log = log.seen_from(window)
    first, last = _window_days(window)
    _, start, end = progress(log)
    known = min(
        (int(when.min()) for when in (log.lives.started, log.lives.ended) if len(when)), default=NEVER
    )
    ticks = day_ticks(first - 1, last, window.timezone, log.now)
    arrivals, departures = (
        np.bincount(tick_of(when, ticks), minlength=len(ticks) + 1)[1:-1] for when in (start, end)
    )
    return pd.DataFrame(
        {
            "day": days_between(first, last),
            "wip": _wip(log, first, last, window),
            "arrivals": arrivals,
            "departures": departures,
            "on_record": day_starts(first, last - 1, window.timezone) > known,
        }
    )


def release_rhythm(items: pd.DataFrame, window: Window, overdue_days: float = OVERDUE_DAYS) -> pd.DataFrame:
    """One row a value stream: how often it delivers.

    Delivery is delivered_at, else the finish. A gap needs two delivery days, its median two gaps.

    Columns
        value_stream_id, value_stream: key and name of the stream
        deliveries (items): delivered in the window
        delivery_days (days): distinct days with a delivery in the window
        gap_p50_days, gap_max_days (days): between successive delivery days in the window
        until_first_days (days): from the window's start, or the stream's first start if later, to its first
            delivery
        last_delivery: instant of the newest delivery by the window's end
        since_last_days (days): elapsed since then
        overdue (items): started over ``overdue_days`` days ago, neither delivered nor cancelled
        at_work (items): in progress at some time of the window
    """
    streams = items[["value_stream_id", "value_stream"]].drop_duplicates("value_stream_id")
    streams = streams.sort_values("value_stream_id", ignore_index=True)
    count = len(streams)
    stream = (
        pd.Index(streams["value_stream_id"]).get_indexer(pd.Index(items["value_stream_id"])).astype(np.int64)
    )
    delivered, end = micros(items["lead_time_end_at"]), micro(window.end)
    inside = (delivered >= micro(window.start)) & (delivered <= end)
    key = np.unique(np.stack([stream[inside], local_days(delivered[inside], window.timezone)]), axis=1)
    same = np.diff(key[0]) == 0
    of, gap = key[0][1:][same], np.diff(key[1])[same].astype(np.float64)
    longest, last = np.full(count, np.nan), np.full(count, -1)
    np.fmax.at(longest, of, gap)
    np.maximum.at(last, stream[delivered < NEVER], delivered[delivered < NEVER])
    started = micros(items["started_at"])
    begun, first = np.full(count, NEVER), np.full(count, NEVER)
    np.minimum.at(begun, stream, started)
    np.minimum.at(first, stream[inside], delivered[inside])
    waited = (begun < first) & (first < NEVER)
    until = np.full(count, np.nan)
    until[waited] = local_days(first[waited], window.timezone) - local_days(
        np.maximum(begun[waited], micro(window.start)), window.timezone
    )
    late = (
        (started < end - int(overdue_days * DAY_US))
        & (delivered == NEVER)
        & items["cancelled_at"].isna().to_numpy()
    )
    return streams.assign(
        deliveries=np.bincount(stream[inside], minlength=count),
        delivery_days=np.bincount(key[0], minlength=count),
        gap_p50_days=by_group(gap, of, count, 0.5, SmallN(2, 2)),
        gap_max_days=longest,
        until_first_days=until,
        last_delivery=instants(np.where(last >= 0, last, NEVER)),
        since_last_days=np.where(last >= 0, (end - last) / DAY_US, np.nan),
        overdue=np.bincount(stream[late], minlength=count),
        at_work=np.bincount(stream[_at_work(items, window)], minlength=count),
    )


def _at_work(items: pd.DataFrame, window: Window) -> Flags:
    """Which items were in progress at some time of the window."""
    started, finished, cancelled = (micros(items[name]) for name in _FACTS)
    in_time: Flags = (started <= micro(window.end)) & (np.minimum(finished, cancelled) >= micro(window.start))
    return in_time


def _window_days(window: Window) -> tuple[int, int]:
    both: Ints = local_days(np.array([micro(window.start), micro(window.end)]), window.timezone)
    return int(both[0]), int(both[1])


def _wip(log: FlowLog, first: int, last: int, window: Window) -> Ints:
    _, start, end = progress(log)
    ticks = day_ticks(first, last, window.timezone, log.now)
    return standing(start, np.minimum(end, NEVER), np.zeros(len(start), dtype=np.int64), 1, ticks)[:, 0]
