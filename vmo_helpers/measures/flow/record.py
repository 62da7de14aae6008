"""Since when a figure is on record, and whether the window before can be compared with."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Floats, Ints, instants, micro, micros
from vmo_helpers.measures.flow.expectation import reached_by
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.portfolio.calendar import DAY_US, day_starts, local_days, monday
from vmo_helpers.results.figure import records_begin
from vmo_helpers.window import Window

REACH = 0.95
"""The quantile of a figure's own durations that the record must reach back before a window."""


class Kind(StrEnum):
    """What a comparison is of: counts are throughput, arrivals, work in progress and the mix of work."""

    LEAD_TIME = "lead_time"
    CYCLE_TIME = "cycle_time"
    COUNTS = "counts"


def record(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a kind of figure: since when it is on record, and why the window before is no comparison.

    No wait longer than the record can be in a window that begins soon after it. So the record must begin
    ``reach_days`` before a window of durations, and by the first whole week of a window of counts. Facts that
    lie after a window are none of it. Reach: Kaplan and Meier's 95th percentile over all that began, open
    work counted; the longest span seen where that is not reached. Source: left truncation (Klein and
    Moeschberger 2003, 3.4).

    Columns
        figure: lead_time, cycle_time or counts
        begins_at: lead time: the first creation, else request; else: the first transition, start or end
        reach_days (days): elapsed, that the record must begin before a window; 0 for counts
        comparable_from: the first instant at which a window can begin that is compared with
        why: in words why the window before cannot be compared with; missing where it can
    """
    asked, created = micros(items["requested_at"]), micros(items["created_at"])
    begun = np.where(asked < NEVER, asked, created)
    lives = {name: micros(items[f"{name}_at"]) for name in ("started", "finished", "cancelled")}
    first_created = _first(created)
    moved = _first(log.start, *lives.values())
    rows = [
        (
            Kind.LEAD_TIME,
            _first(asked) if first_created == NEVER else first_created,
            begun,
            micros(items["lead_time_end_at"]),
        ),
        (Kind.CYCLE_TIME, moved, lives["started"], lives["finished"]),
        (Kind.COUNTS, moved, None, None),
    ]
    now, zone = micro(window.end), window.timezone
    begins = np.array([begins for _, begins, *_ in rows], dtype=np.int64)
    reach = np.array([_reach(start, end, lives["cancelled"], now) for *_, start, end in rows])
    since = np.where(begins < NEVER, begins + (reach * DAY_US).astype(np.int64), NEVER)
    lines = [_line(kind, window.before) for kind, *_ in rows]
    whys = [
        None if earliest <= line else records_begin(None if first == NEVER else _day(first, zone))
        for first, earliest, line in zip(begins, since, lines, strict=True)
    ]
    return pd.DataFrame(
        {
            "figure": [str(kind) for kind, *_ in rows],
            "begins_at": instants(begins),
            "reach_days": reach,
            "comparable_from": instants(since),
            "why": pd.array(whys, dtype="str"),
        }
    )


def no_comparison(record: pd.DataFrame, kind: str) -> str | None:
    """Why the window before is no comparison for a kind of figure, in words; None where it is one."""
    why = record.loc[record["figure"].eq(kind), "why"].iloc[0]
    return why if isinstance(why, str) else None


def comparable(record: pd.DataFrame, timezone: str) -> dict[str, dict[str, str]]:
    """What a ``Figure`` of each kind says of its comparisons.

    By kind comparable_from and record_begins, days of the zone; nothing where the record has not begun.
    """
    begins, since = micros(record["begins_at"]), micros(record["comparable_from"])
    return {
        kind: {}
        if first == NEVER
        else {
            "comparable_from": _day(from_then + DAY_US - 1, timezone),
            "record_begins": _day(first, timezone),
        }
        for kind, first, from_then in zip(record["figure"], begins.tolist(), since.tolist(), strict=True)
    }


def _line(kind: Kind, before: Window) -> int:
    """By when a record must reach back to compare with a window.

    It is its start; for counts the first instant of its first whole week.
    """
    start = micro(before.start)
    if kind is not Kind.COUNTS:
        return start
    week = int(monday(local_days(np.array([start - 1]), before.timezone))[0]) + 7
    return int(day_starts(week, week, before.timezone)[0])


def _day(instant: int, timezone: str) -> str:
    return str(local_days(np.array([instant]), timezone).astype("datetime64[D]")[0])


def _first(*several: Ints) -> int:
    return min((int(one.min(initial=NEVER)) for one in several), default=NEVER)


def _reach(start: Ints | None, end: Ints | None, cancelled: Ints, now: int) -> float:
    """Elapsed days that a record must reach back; 0 without durations."""
    if start is None or end is None:
        return 0.0
    left = np.minimum(np.minimum(end, cancelled), now)
    chosen = (start < NEVER) & (left >= start)
    days: Floats = (left - start)[chosen] / DAY_US
    reached, *_ = reached_by(days, (end <= now)[chosen], REACH)
    return reached if math.isfinite(reached) else float(days.max(initial=0.0))
