"""Cumulative flow and what crosses each boundary, as it was: a later move rewrites no earlier day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Ints, day_ticks, micro, standing, tick_of
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.portfolio.board import CANCELLED, DONE
from vmo_helpers.portfolio.calendar import day_starts, days_between, local_days, monday
from vmo_helpers.window import Window


def cumulative_flow(log: FlowLog, window: Window) -> pd.DataFrame:
    """One row a day of the window and state.

    A backward move lowers a band from its day on and changes no earlier day. A cancelled state is off the
    board: it counts for itself alone. Items without transitions are in no state. Source: Vacanti, Actionable
    Agile Metrics for Predictability, chapter 4.

    Columns
        day: in the portfolio's zone
        state: its name
        position: its place on the board
        state_class: backlog, active, wait, done or cancelled
        at_or_past (items): those that stand in it or in a state of the same or a later position
        in_state (items): those that stand in it at the end of the day; on the last day at as-of
    """
    log = log.seen_from(window)
    columns = log.board.columns
    first, last = (int(day) for day in local_days(np.array([micro(window.start), log.now]), window.timezone))
    ticks = day_ticks(first, last, window.timezone, log.now)
    inside = standing(log.start, log.end, log.board.column.astype(np.int16)[log.state], len(columns), ticks)
    past = _at_or_past(inside, columns)
    days, states = inside.shape
    return pd.DataFrame(
        {
            "day": np.repeat(days_between(first, last), states),
            "state": columns["label"].array.take(np.tile(np.arange(states), days)),
            "position": np.tile(columns["position"].to_numpy(), days),
            "state_class": columns["state_class"].array.take(np.tile(np.arange(states), days)),
            "at_or_past": past.ravel(),
            "in_state": inside.ravel(),
        }
    )


def arrivals_departures(log: FlowLog, window: Window) -> pd.DataFrame:
    """One row an ISO week that the window touches and state.

    arrivals − departures = change of in_state from one week to the next. The state named "in progress" is the
    boundary of commitment and finish. Work that arrives there again after it was done counts again.

    Columns
        week: its Monday
        state: its name, or "in progress"
        position: its place on the board; missing for "in progress"
        state_class: backlog, active, wait, done or cancelled; empty for "in progress"
        arrivals, departures: visits that begin and that end in the week's part of the window
        in_state (items): those that stand in it at the end of that part
        whole: all of the week lies in the window
    """
    log = log.seen_from(window)
    columns = log.board.columns
    start, now = micro(window.start), log.now
    ends = local_days(np.array([start, now]), window.timezone)
    weeks = np.arange(int(monday(ends[:1])[0]), int(ends[1]) + 1, 7)
    borders = np.array([day_starts(int(week), int(week) + 6, window.timezone)[[0, -1]] for week in weeks])
    ticks = np.minimum(borders[:, 1] - 1, now)
    whole = (borders[:, 0] >= start) & (borders[:, 1] - 1 <= now)
    _, begun, over = progress(log)
    group = np.concatenate([log.board.column[log.state], np.full(len(begun), len(columns))])
    begin, end = np.concatenate([log.start, begun]), np.concatenate([log.end, over])
    groups = len(columns) + 1
    arrivals, departures = (_weekly(when, group, groups, ticks, start, now) for when in (begin, end))
    inside = standing(begin, end, group, groups, ticks)
    place = np.tile(np.arange(groups), len(weeks))
    label = np.append(columns["label"].to_numpy(dtype=object), "in progress")
    word = np.append(columns["state_class"].to_numpy(dtype=object), "")
    return pd.DataFrame(
        {
            "week": np.repeat(weeks.astype("datetime64[D]").astype("datetime64[us]"), groups),
            "state": pd.array(label[place], dtype="str"),
            "position": np.append(columns["position"].to_numpy(), np.nan)[place],
            "state_class": pd.array(word[place], dtype="str"),
            "arrivals": arrivals.ravel(),
            "departures": departures.ravel(),
            "in_state": inside.ravel(),
            "whole": np.repeat(whole, groups),
        }
    )


def progress(log: FlowLog) -> tuple[Ints, Ints, Ints]:
    """Stretches in progress as they were: item, start, end.

    From an item's start on, all time outside of done and cancelled. Items without transitions: from
    started_at to their end. Touching stretches are one, stretches of no length none.
    """
    lives = log.lives
    on = (log.start >= lives.started[log.item]) & (log.state_class != DONE) & (log.state_class != CANCELLED)
    on &= log.end > log.start  # an instant's visit is no stretch, and must not cut one in two
    item, start, end = log.item[on], log.start[on], log.end[on]
    joined = np.append(False, (item[1:] == item[:-1]) & (start[1:] == end[:-1]))[: len(item)]
    head = np.flatnonzero(~joined)
    tail = np.append(head[1:], len(item)) - 1 if len(head) else head
    plain = np.flatnonzero(~lives.has_log & (lives.started < NEVER) & (lives.ended > lives.started))
    return (
        np.concatenate([item[head], plain]),
        np.concatenate([start[head], lives.started[plain]]),
        np.concatenate([end[tail], lives.ended[plain]]),
    )


def _at_or_past(inside: Ints, columns: pd.DataFrame) -> Ints:
    """Items at each position or a later one; cancelled states for themselves."""
    past = inside.copy()
    board = np.flatnonzero(columns["code"].to_numpy() != CANCELLED)
    position = columns["position"].to_numpy()[board]
    summed = np.cumsum(inside[:, board[::-1]], axis=1)[:, ::-1]
    past[:, board] = summed[:, np.searchsorted(position, position, side="left")]
    return past


def _weekly(when: Ints, group: Ints, groups: int, ticks: Ints, start: int, now: int) -> Ints:
    """``counts[week, group]`` of the instants within the window."""
    kept = (when >= start) & (when <= now)
    week = tick_of(when[kept], ticks)
    return np.bincount(week * groups + group[kept], minlength=len(ticks) * groups).reshape(len(ticks), groups)
