"""What holds work up right now: open blockers, work started long ago, decisions not taken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, instants, texts
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.window import Window


def blocked_now(log: FlowLog, items: pd.DataFrame) -> pd.DataFrame:
    """One row an item in progress under a blocker that is still open, longest first.

    Index: its row in ``work_items``. A blocker left open on finished or cancelled work blocks nothing.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        state: where it stands
        planned_cost (portfolio's currency): as in ``work_items``
        reason: of the open blocker; of several, of the one that opened first
        blocked_since: begin of the unbroken stretch under blockers
        blocked_now_days (days): from then to as-of
    """
    found = log.blocks
    joined = np.append(False, (found.item[1:] == found.item[:-1]) & (found.start[1:] == found.end[:-1]))[
        : len(found.item)
    ]
    begun = found.start[np.maximum.accumulate(np.where(joined, 0, np.arange(len(found.item))))]
    still = np.flatnonzero(found.end == NEVER)
    since, reason = np.full(log.items, NEVER), np.full(log.items, -1)
    since[found.item[still]], reason[found.item[still]] = begun[still], found.reason[still]
    place = log.places(items)
    days = log.calendar.days(np.minimum(since, log.now), np.full(log.items, log.now))
    frame = items[["item_id", "title", "value_stream_id", "value_stream", "state", "planned_cost"]].assign(
        reason=texts(reason[place], found.reasons or [""]),
        blocked_since=instants(since[place]),
        blocked_now_days=days[place],
    )
    going = items["status"].eq(str(Status.IN_PROGRESS)) & (since[place] < NEVER)
    return frame[going].sort_values("blocked_now_days", ascending=False, kind="stable")


def overdue_items(items: pd.DataFrame, window: Window, overdue_days: float) -> pd.DataFrame:
    """One row an item started over so many elapsed days ago, neither delivered nor cancelled, oldest first.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        state: where it stands
        started_at: first entry into active or wait
        planned_cost (portfolio's currency): as in ``work_items``
        since_start_days (days): elapsed to the window's end
    """
    since: pd.Series = (
        pd.Series(window.end - items["started_at"], index=items.index).dt.total_seconds() / 86_400
    )
    late = since.gt(overdue_days) & items["lead_time_end_at"].isna() & items["cancelled_at"].isna()
    kept = ["item_id", "title", "value_stream_id", "value_stream", "state", "started_at", "planned_cost"]
    return (
        items[late][kept]
        .assign(since_start_days=since[late])
        .sort_values("since_start_days", ascending=False, kind="stable")
    )


def decision_latency(portfolio: Portfolio) -> pd.DataFrame:
    """One row a decision asked for by as-of, slowest first.

    Index: its row in ``decisions``. Raises ValueError without an as-of.

    Columns
        decision_id, question: key and text of the decision
        item_id: what it is about
        owner: as in ``decisions``
        asked_at, decided_at: when it was asked for and when it was taken
        latency_days (days): elapsed from the one to the other, of an open one so far
        open: not decided yet
    """
    if portfolio.as_of is None:
        raise ValueError("decisions need an as-of: portfolio.known_at(as_of)")
    decisions = portfolio.decisions
    end = decisions["decided_at"].fillna(portfolio.as_of)
    frame = decisions[["decision_id", "question", "item_id", "owner", "asked_at", "decided_at"]].assign(
        latency_days=(end - decisions["asked_at"]).dt.total_seconds() / 86_400,
        open=decisions["decided_at"].isna(),
    )
    return frame.sort_values("latency_days", ascending=False, kind="stable")
