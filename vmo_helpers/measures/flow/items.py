"""One row an item: where it stands, how long it took, how much of that was work, and what leaves it out."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd

from vmo_helpers.lookup import places
from vmo_helpers.measures.flow import moves
from vmo_helpers.measures.flow.arrays import (
    NEVER,
    Flags,
    Floats,
    Ints,
    instants,
    micro,
    micros,
    picked,
    texts,
)
from vmo_helpers.measures.flow.lives import status_texts
from vmo_helpers.measures.flow.log import OTHER, OUTSIDE, WAITED, WORKED, FlowLog
from vmo_helpers.window import Window

NO_START = "finished without a start: no cycle time"
NO_LOG = "no transitions: not in flow efficiency, nor in figures by state"
NO_STATES = "no table of states: not in flow efficiency, nor in figures by state"
BACKWARDS = "finished before it started: no cycle time"
EARLY = "delivered before it was asked for: no lead time"
NO_CLOCK = "neither asked for nor created on a known day: no lead time"
NO_TIME = "no time at work or waiting: no flow efficiency"
_REASONS = (NO_START, NO_LOG, BACKWARDS, EARLY, NO_CLOCK, NO_TIME)
_SPENT = ("active_days", "wait_days", "blocked_days", "other_days")


def items(log: FlowLog, window: Window, only: Collection[str] | None = None) -> pd.DataFrame:
    """One row an item of the review level that was created by the window's end.

    Index: its row in ``work_items``. Days are elapsed or working days as the log's calendar says. Items
    without transitions have no state, no active, wait, other or blocked days. A window that ends before the
    log's as-of sees the log as it stood at its end. ``only``: the columns to compute, where not all are asked
    for.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        team, work_type: as in ``work_items``
        state, state_class: where it stands; missing without transitions
        position: of that state on the board
        portfolio_stage: of that state
        created_at, requested_at: as in ``work_items``
        started_at: first entry into active or wait
        finished_at: start of the last unbroken run of done that lasts until as-of; without transitions
            finished_at, else delivered_at
        cancelled_at: likewise, of cancelled
        delivered_at: as in ``work_items``
        status: backlog, in_progress, finished or cancelled
        finished_in_window, started_in_window: both ends of the window included
        cycle_time_days (days): finish − start; missing where it finished before it started
        lead_time_days (days): lead_time_end_at − requested_at, else − created_at; missing where that is
            backward
        lead_time_end_at: delivered_at, else the finish
        lead_time_fell_back: the finish stood in for the delivery, or the creation for the request
        age_days (days): as-of − start, of work in progress alone
        active_days (days): at work between start and end
        wait_days (days): waiting between start and end, or under a blocker whatever the state
        blocked_days (days): under a blocker between start and end
        other_days (days): back in backlog or done between start and end
        flow_efficiency (share 0–1): active ÷ (active + wait), of finished items alone
        reopened: left done after it was there; missing without transitions
        handoffs: changes of function; missing where no state names one
        backward_moves: moves to an earlier position of the board
        rework_days (days): work and wait behind the furthest position that it had reached
        planned_cost (portfolio's currency): as in ``work_items``
        cost_of_delay_per_week (portfolio's currency): as in ``work_items``
        excluded_because: which figures leave it out, and why; missing where none does
    """
    log = log.seen_from(window)
    lives = log.lives
    start, end = micro(window.start), micro(window.end)
    finished_in, started_in = _within(lives.finished, start, end), _within(lives.started, start, end)
    spent, history = cache(lambda: _spent(log)), cache(lambda: moves.by_item(log))
    cycle = _days(log, lives.started, lives.finished)
    asked, created = micros(log.item_column("requested_at")), micros(log.item_column("created_at"))
    delivered = micros(log.item_column("delivered_at"))
    begun = np.where(asked < NEVER, asked, created)
    value_at = np.where(delivered < NEVER, delivered, lives.finished)
    lead = _days(log, begun, value_at)
    # told by the instants: a span backward over a weekend is no working day long, and backward all the same
    backwards = (lives.started < NEVER) & (lives.finished < lives.started)
    early = (begun < NEVER) & (value_at < begun)
    stands = (
        np.where(lives.has_log, log.state[lives.last_visit], -1) if len(log.state) else np.full(log.items, -1)
    )
    age = np.where(lives.in_progress, _days(log, lives.started, np.full(log.items, end)), np.nan)
    rows = log.board.rows

    def because() -> object:
        worked = spent()["active_days"] + spent()["wait_days"] > 0
        reasons = [
            finished_in & (lives.started == NEVER),
            ~lives.has_log & ((lives.started < NEVER) | (lives.finished < NEVER)),
            backwards,
            early,
            (value_at < NEVER) & (begun == NEVER),
            (lives.finished < NEVER) & (lives.started < NEVER) & lives.has_log & ~worked,
        ]
        return _because(reasons, NO_LOG if len(rows) else NO_STATES)

    def told(*names: str) -> dict[str, Callable[[], Any]]:
        return {name: partial(log.item_column, name) for name in names}

    def of_state(column: str) -> object:
        return rows[column].array.take(stands, allow_fill=True)

    columns: dict[str, Callable[[], Any]] = {
        **told("item_id", "title", "value_stream_id"),
        "value_stream": lambda: stream_names(log.item_column("value_stream_id"), log.streams),
        **told("team", "work_type"),
        "state": lambda: of_state("state"),
        "state_class": lambda: of_state("class"),
        "position": lambda: _at(log.board.position, stands),
        "portfolio_stage": lambda: of_state("portfolio_stage"),
        **told("created_at", "requested_at"),
        "started_at": lambda: instants(lives.started),
        "finished_at": lambda: instants(lives.finished),
        "cancelled_at": lambda: instants(lives.cancelled),
        **told("delivered_at"),
        "status": lambda: status_texts(lives),
        "finished_in_window": lambda: finished_in,
        "started_in_window": lambda: started_in,
        "cycle_time_days": lambda: np.where(backwards, np.nan, cycle),
        "lead_time_days": lambda: np.where(early, np.nan, lead),
        "lead_time_end_at": lambda: instants(value_at),
        "lead_time_fell_back": lambda: (value_at < NEVER) & ((delivered == NEVER) | (asked == NEVER)),
        "age_days": lambda: age,
        **{name: partial(lambda name: spent()[name], name) for name in _SPENT},
        "flow_efficiency": lambda: _efficiency(log, spent()),
        "reopened": lambda: pd.arrays.BooleanArray(lives.reopened, ~lives.has_log),
        **{name: partial(lambda name: history()[name], name) for name in moves.BY_ITEM},
        **told("planned_cost", "cost_of_delay_per_week"),
        "excluded_because": because,
    }
    return pd.DataFrame(
        {name: made() for name, made in columns.items() if only is None or name in only},
        index=log.index,
        copy=False,
    )


def work_item_age(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item in progress, oldest first.

    Source: Kanban Guide, "work item age".

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        team: as in ``work_items``
        state, state_class, position: where it stands on the board; missing without transitions
        started_at: first entry into active or wait
        age_days (days): as-of − start
        planned_cost (portfolio's currency): as in ``work_items``
    """
    kept = [
        "item_id",
        "title",
        "value_stream_id",
        "value_stream",
        "team",
        "state",
        "state_class",
        "position",
        "started_at",
        "age_days",
        "planned_cost",
    ]
    return picked(items, items["age_days"].notna(), kept, by=-items["age_days"].to_numpy())


def cycle_time(items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an item that finished in the window and has a start, by finish.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        work_type: as in ``work_items``
        finished_at: start of the last unbroken run of done
        cycle_time_days (days): finish − start; 0 for one that finished in the instant it started
    """
    kept = [
        "item_id",
        "title",
        "value_stream_id",
        "value_stream",
        "work_type",
        "finished_at",
        "cycle_time_days",
    ]
    finished = window.holds(items["finished_at"]) & items["cycle_time_days"].notna()
    return picked(items, finished, kept, by=micros(items["finished_at"]))


def lead_time_to_value(items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an item delivered in the window, by delivery.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        work_type: as in ``work_items``
        lead_time_end_at: delivered_at, else the finish
        lead_time_days (days): from requested_at, else created_at, to that
        lead_time_fell_back: the finish stood in for the delivery, or the creation for the request
    """
    kept = [
        "item_id",
        "title",
        "value_stream_id",
        "value_stream",
        "work_type",
        "lead_time_end_at",
        "lead_time_days",
        "lead_time_fell_back",
    ]
    delivered = window.holds(items["lead_time_end_at"]) & items["lead_time_days"].notna()
    return picked(items, delivered, kept, by=micros(items["lead_time_end_at"]))


def excluded(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item that some figure leaves out.

    Columns
        item_id, title: key and title of the item
        value_stream: name of its stream
        status: backlog, in_progress, finished or cancelled
        excluded_because: which figures leave it out, and why
    """
    return items.loc[
        items["excluded_because"].notna(), ["item_id", "title", "value_stream", "status", "excluded_because"]
    ]


def stream_names(ids: pd.Series, streams: pd.DataFrame) -> pd.Series:
    """The name of each value stream, its id where it has none; an item without a stream has none."""
    named = streams["name"].array.take(places(ids, streams["value_stream_id"]), allow_fill=True)
    return pd.Series(named, index=ids.index, dtype="str").fillna(ids)


def _spent(log: FlowLog) -> dict[str, Floats]:
    """Days at work, waiting, neither and blocked per item, between its start and its end."""
    kind = log.piece_kind
    unknown = np.where(log.lives.has_log, 0.0, np.nan)
    blocked = (log.pieces.block >= 0) & (kind != OUTSIDE)
    chosen = zip(_SPENT, (kind == WORKED, kind == WAITED, blocked, kind == OTHER), strict=True)
    return {name: log.days_by_item(pieces) + unknown for name, pieces in chosen}


def _efficiency(log: FlowLog, spent: dict[str, Floats]) -> Floats:
    """Active ÷ (active + wait) of each finished item that has either."""
    active, total = spent["active_days"], spent["active_days"] + spent["wait_days"]
    counted = (log.lives.finished < NEVER) & log.lives.has_log & (total > 0)
    shares = np.divide(active, total, out=np.full(log.items, np.nan), where=counted)
    return np.asarray(shares, dtype=np.float64)


def _days(log: FlowLog, start: Ints, end: Ints) -> Floats:
    """Days between two instants of an item, missing where either has not come."""
    known = (start < NEVER) & (end < NEVER)
    days = np.full(len(start), np.nan)
    days[known] = log.calendar.days(start[known], end[known])
    return days


def _within(when: Ints, start: int, end: int) -> Flags:
    return (when >= start) & (when <= end)


def _at(values: Floats, places: Ints) -> Floats:
    return np.append(values, np.nan)[places]


def _because(reasons: list[Flags], no_log: str) -> object:
    """Each item's reasons in one text, missing where there is none."""
    words = [no_log if text == NO_LOG else text for text in _REASONS]
    bits = sum(
        (flag.astype(np.int64) << bit for bit, flag in enumerate(reasons)),
        np.zeros(len(reasons[0]), dtype=np.int64),
    )
    names = [
        "; ".join(text for bit, text in enumerate(words) if number >> bit & 1)
        for number in range(1 << len(_REASONS))
    ]
    return texts(np.where(bits == 0, -1, bits), names)
