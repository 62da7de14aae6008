"""From concept to customer: how long the way is from the idea to a user's hands, and what of it is queue."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import NEVER, Flags, Ints, instants, micro, micros, texts
from vmo_helpers.measures.flow.log import FlowLog
from vmo_helpers.measures.flow.stages import stage_of_visit, stage_table
from vmo_helpers.portfolio.board import ACTIVE, WAIT
from vmo_helpers.vocabulary import Layer
from vmo_helpers.window import Window

BEFORE_BOARD = "before the board"
NO_LOG = "no state"


def concept_to_customer(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an item delivered in the window, by delivery.

    The clock starts with the first visit to a state that has a portfolio_stage, else at created_at.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        entered_at: when the clock starts
        entered_stage: False where created_at stood in
        delivered_at: as in ``work_items``, else the finish
        concept_days (days): entered_at to delivered_at; missing where it cannot be told
        excluded_because: begun after it was delivered, or on no known day
    """
    log = log.seen_from(window)
    entered, staged = _entry(log)
    end = micros(items["lead_time_end_at"])
    place = log.places(items)
    begun = np.where(place >= 0, np.append(entered, NEVER)[place], NEVER)
    chosen = (end >= micro(window.start)) & (end <= micro(window.end))
    known = chosen & (begun < NEVER) & (begun <= end)
    days = np.full(len(items), np.nan)
    days[known] = log.calendar.days(begun[known], end[known])
    frame = items[["item_id", "title", "value_stream_id", "value_stream"]].assign(
        entered_at=instants(begun),
        entered_stage=np.append(staged, False)[place],
        delivered_at=items["lead_time_end_at"],
        concept_days=days,
        excluded_because=texts(np.where(known, -1, 0), ["begun after it was delivered, or on no known day"]),
    )
    return frame[chosen].sort_values("delivered_at", kind="stable")


def concept_stages(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a stage, in board order: the time of ``concept_to_customer``, split.

    A stage is the portfolio_stage where the state has one, else the state. Time before the first transition
    is "before the board", that of items without a known state "no state". Days add up to the total.

    Columns
        stage: its name
        order: 0, 1, … in board order
        days (days): of all items delivered in the window
        share (share 0–1): of the total
        items (items): that spent time there
        mean_days (days): days ÷ all items delivered in the window
    """
    log = log.seen_from(window)
    concepts = concept_to_customer(log, items, window)
    concepts = concepts[concepts["concept_days"].notna()]
    place = log.places(concepts)
    entry, end = np.full(log.items, NEVER), np.full(log.items, NEVER)
    entry[place], end[place] = micros(concepts["entered_at"]), micros(concepts["delivered_at"])
    table = stage_table(log, "portfolio_stage", everything=True)
    mine = entry[log.item] < NEVER
    low = np.maximum(log.start, entry[log.item])[mine]
    high = np.maximum(low, np.minimum(log.end, end[log.item])[mine])
    stage, who, days = (
        stage_of_visit(log, table, "portfolio_stage")[mine],
        log.item[mine],
        log.calendar.days(low, high),
    )
    named = np.bincount(stage, weights=days, minlength=len(table))
    spent = np.bincount(who, weights=days, minlength=log.items)[place]
    rest = concepts["concept_days"].to_numpy() - spent
    logged = log.lives.has_log[place]
    spells = (
        who[days > 0].astype(np.int64) * len(table) + stage[days > 0]
    )  # an item in a stage, as one number
    seen = np.unique(spells) % max(len(table), 1)
    frame = pd.DataFrame(
        {
            "stage": [BEFORE_BOARD, *table["stage"], NO_LOG],
            "days": [rest[logged].sum(), *named, rest[~logged].sum()],
            "items": [
                int((rest[logged] > 1e-9).sum()),
                *np.bincount(seen, minlength=len(table)),
                int((~logged).sum()),
            ],
        }
    )
    frame = frame[frame["days"] > 1e-9].reset_index(drop=True)
    total = frame["days"].sum()
    frame = frame.assign(
        order=np.arange(len(frame)),
        share=frame["days"] / total,
        mean_days=frame["days"] / max(len(concepts), 1),
    )
    return frame.astype({"stage": "str"})[["stage", "order", "days", "share", "items", "mean_days"]]


def queue_after_done(log: FlowLog, items: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row an item delivered in the window, longest queue first.

    Time from the last leaving of layer team to delivery. The team's last visit is the last one to a working
    or waiting state of layer team. What was delivered while still there waited 0 days. Missing where no state
    of the board has another layer, or the item has no such visit.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        left_team_at: end of the team's last visit
        delivered_at: as in ``work_items``, else the finish
        queue_days (days): left_team_at to delivered_at; missing where that is unknown
        lead_time_days (days): as in ``items``
    """
    log = log.seen_from(window)
    rows = log.board.rows
    team = rows["layer"].fillna(str(Layer.TEAM)).eq(str(Layer.TEAM)).to_numpy()
    delivered = items[window.holds(items["lead_time_end_at"])]
    place, end = log.places(delivered), micros(delivered["lead_time_end_at"])
    left = np.full(log.items, NEVER)
    if not team.all() and len(log.item):
        at = np.full(log.items, NEVER)
        at[place] = end
        works = np.flatnonzero(
            team[log.state] & np.isin(log.state_class, (ACTIVE, WAIT)) & (log.start < at[log.item])
        )
        left[log.item[works]] = np.minimum(
            log.end[works], at[log.item[works]]
        )  # visits stand in order: the last one is kept
    last = left[place]
    known = last < NEVER
    days = np.full(len(delivered), np.nan)
    days[known] = log.calendar.days(last[known], end[known])
    kept = ["item_id", "title", "value_stream_id", "value_stream"]
    return (
        delivered[kept]
        .assign(
            left_team_at=instants(last),
            delivered_at=delivered["lead_time_end_at"],
            queue_days=days,
            lead_time_days=delivered["lead_time_days"],
        )
        .sort_values("queue_days", ascending=False, kind="stable")
    )


def _entry(log: FlowLog) -> tuple[Ints, Flags]:
    """When each item came to its first portfolio stage, else its creation; and whether a stage was known."""
    entry = micros(log.item_column("created_at"))
    stage = np.flatnonzero(log.board.rows["portfolio_stage"].notna().to_numpy()[log.state])[::-1]
    staged = np.zeros(log.items, dtype=bool)
    entry[log.item[stage]], staged[log.item[stage]] = (
        log.start[stage],
        True,
    )  # in reverse: the first visit is written last
    return entry, staged
