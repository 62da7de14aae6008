"""How far each convention moves the headline: clock, averaging, blockers, calendar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Flags, Floats, Ints, micro, micros
from vmo_helpers.measures.flow.blocks import Blocks
from vmo_helpers.measures.flow.log import WAITED, WORKED, FlowLog
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN, interpolated
from vmo_helpers.portfolio.calendar import Calendar
from vmo_helpers.window import Window

WEEKDAYS = (0, 1, 2, 3, 4)
THIS_DECK = "this deck"
NO_SHARE = "active ÷ waiting, another number"
_COLUMNS = {
    "dimension": "str",
    "convention": "str",
    "used": "bool",
    "flow_efficiency": "float64",
    "change": "float64",
    "cycle_time_p50_days": "float64",
    "cycle_time_p85_days": "float64",
}


def sensitivity(log: FlowLog, items: pd.DataFrame, window: Window, small: SmallN = SMALL_N) -> pd.DataFrame:
    """One row a convention: what flow efficiency and cycle time would be by it.

    All are over the same items: finished in the window, with transitions and a start. Each row changes one
    convention. Another clock adds the time outside of start and finish as waiting. "active ÷ waiting" is the
    other number that is often called flow efficiency. Without such items the frame is empty.

    Columns
        dimension: this deck, clock, averaging, blockers or calendar
        convention: in words
        used: True in the first row alone, which is what the deck prints
        flow_efficiency (share, over 1 for "active ÷ waiting"): by this convention
        change (share, of either sign): from the first row
        cycle_time_p50_days, cycle_time_p85_days (days): missing where the convention does not touch them
    """
    log = log.seen_from(window)
    mine = _counted(log, items, window)
    if not mine.any():
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _COLUMNS.items()})
    active, wait = _spent(log, mine)
    lives = log.lives
    asked, created, delivered = (
        micros(log.item_column(name))[mine] for name in ("requested_at", "created_at", "delivered_at")
    )
    start, finish = lives.started[mine], lives.finished[mine]
    from_creation = _span(log.calendar, np.where(created < NEVER, created, start), start)
    from_request = _span(
        log.calendar, np.where(asked < NEVER, asked, np.where(created < NEVER, created, start)), start
    )
    to_delivery = _span(log.calendar, finish, np.where(delivered < NEVER, delivered, finish))
    other = _other(log.calendar)
    cycle, total = log.calendar.days(start, finish), active + wait
    each = active[total > 0] / total[total > 0]
    enough = len(each) >= small.middle
    ours = _pooled(active, wait)
    rows = [
        (THIS_DECK, f"start to finish, pooled, blockers wait, {log.calendar.unit}", True, ours, cycle),
        (
            "clock",
            "from creation to finish",
            False,
            _pooled(active, wait + from_creation),
            cycle + from_creation,
        ),
        (
            "clock",
            "from request to finish",
            False,
            _pooled(active, wait + from_request),
            cycle + from_request,
        ),
        ("clock", "from start to delivery", False, _pooled(active, wait + to_delivery), cycle + to_delivery),
        ("averaging", "the median item", False, float(np.median(each)) if enough else np.nan, None),
        ("averaging", "the mean of the items", False, float(each.mean()) if enough else np.nan, None),
        ("averaging", NO_SHARE, False, float(active.sum() / wait.sum()) if wait.sum() else np.nan, None),
        (
            "blockers",
            "blockers not looked at",
            False,
            _pooled(*_spent(replace(log, blocks=_none()), mine)),
            None,
        ),
        (
            "calendar",
            other.unit,
            False,
            _pooled(*_spent(replace(log, calendar=other), mine)),
            other.days(start, finish),
        ),
    ]
    frame = pd.DataFrame(
        [
            (*row[:4], row[3] - ours, _quantile(row[4], 0.5, small), _quantile(row[4], TAIL, small))
            for row in rows
        ],
        columns=list(_COLUMNS),
    )
    return frame.astype(_COLUMNS)


def _counted(log: FlowLog, items: pd.DataFrame, window: Window) -> Flags:
    """The items of the headline: finished in the window, with transitions and a start."""
    lives = log.lives
    inside = (
        (lives.finished >= micro(window.start))
        & (lives.finished <= micro(window.end))
        & lives.has_log
        & (lives.started < NEVER)
    )
    counted: Flags = inside & log.among(items)
    return counted


def _spent(log: FlowLog, mine: Flags) -> tuple[Floats, Floats]:
    """Active and waiting days of each chosen item."""
    return log.days_by_item(log.piece_kind == WORKED)[mine], log.days_by_item(log.piece_kind == WAITED)[mine]


def _span(calendar: Calendar, start: Ints, end: Ints) -> Floats:
    """Days from start to end, none where end comes first."""
    return np.maximum(calendar.days(start, np.maximum(start, end)), 0.0)


def _other(calendar: Calendar) -> Calendar:
    """Working days where the log counts elapsed days, else elapsed days."""
    return (
        Calendar(calendar.timezone, WEEKDAYS, calendar.holidays)
        if calendar.working_days is None
        else Calendar(calendar.timezone)
    )


def _pooled(active: Floats, wait: Floats) -> float:
    total = float(active.sum() + wait.sum())
    return float(active.sum()) / total if total > 0 else float("nan")


def _quantile(days: Floats | None, q: float, small: SmallN) -> float:
    if days is None or small.why(len(days), q):
        return float("nan")
    return interpolated(np.sort(days), q)


def _none() -> Blocks:
    empty = np.empty(0, dtype=np.int64)
    return Blocks(empty, empty, empty, empty, [], empty)
