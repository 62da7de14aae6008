"""Hand-offs, backward moves, work done again: what a path over the board tells of an item."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import Codes
from vmo_helpers.measures.flow.arrays import NEVER, Flags, Floats, Ints
from vmo_helpers.measures.flow.log import OTHER, OUTSIDE, FlowLog
from vmo_helpers.portfolio.board import CANCELLED

BY_ITEM = ("handoffs", "backward_moves", "rework_days")


def by_item(log: FlowLog) -> dict[str, Floats]:
    """``BY_ITEM`` of each item.

    Missing without transitions; hand-offs also where no state names a function.
    """
    unknown = np.where(log.lives.has_log, 0.0, np.nan)
    backward, behind = _backward(log)
    again = log.pieces.of_visit(behind) & (log.piece_kind != OUTSIDE) & (log.piece_kind != OTHER)
    rework = log.days_by_item(again)
    function = function_of_row(log)[0]
    if (function >= 0).any():
        _, later = handoff_places(log)
        changes = np.asarray(np.bincount(log.item[later], minlength=log.items) + unknown, dtype=np.float64)
    else:
        changes = np.full(log.items, np.nan)
    moved = np.asarray(np.bincount(log.item[backward], minlength=log.items) + unknown, dtype=np.float64)
    return dict(zip(BY_ITEM, (changes, moved, rework + unknown), strict=True))


def function_of_row(log: FlowLog) -> tuple[Codes, list[str]]:
    """The function of each row of the board as a code, −1 where it names none."""
    codes, names = pd.factorize(log.board.rows["function"])
    return np.asarray(codes, dtype=np.int16), [str(name) for name in names]


def handoff_places(log: FlowLog) -> tuple[Ints, Ints]:
    """Visits before and after each change of function; a state that names none changes no hands."""
    function = function_of_row(log)[0][log.state]
    named = np.flatnonzero(function >= 0).astype(np.int32)
    before, after = named[:-1], named[1:]
    changed = (log.item[before] == log.item[after]) & (function[before] != function[after])
    return before[changed], after[changed]


def handoffs(log: FlowLog, items: pd.DataFrame) -> pd.DataFrame:
    """One row a pair of functions between which items went over, most frequent first.

    Counted are the items of ``items`` that started.

    Columns
        from_function, to_function: who handed over to whom
        handoffs: how often
        items (items): how many went over
        handoffs_per_item: handoffs ÷ items
    """
    names = function_of_row(log)[1]
    function = function_of_row(log)[0][log.state]
    before, after = handoff_places(log)
    kept = (log.among(items) & (log.lives.started < NEVER))[log.item[after]]
    before, after = before[kept], after[kept]
    pairs = pd.DataFrame({"from_code": function[before], "to_code": function[after], "item": log.item[after]})
    counted = pairs.groupby(["from_code", "to_code"], as_index=False).agg(
        handoffs=("item", "size"), items=("item", "nunique")
    )
    return pd.DataFrame(
        {
            "from_function": pd.array(names, dtype="str").take(counted["from_code"].to_numpy(dtype=np.int64)),
            "to_function": pd.array(names, dtype="str").take(counted["to_code"].to_numpy(dtype=np.int64)),
            "handoffs": counted["handoffs"],
            "items": counted["items"],
            "handoffs_per_item": counted["handoffs"] / counted["items"],
        }
    ).sort_values("handoffs", ascending=False, kind="stable", ignore_index=True)


def handed_on(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item in progress, or finished in the window, that changed hands; most often first.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        state: where it stands
        handoffs: changes of function along its path
    """
    kept = ["item_id", "title", "value_stream_id", "value_stream", "state", "handoffs"]
    chosen = items["age_days"].notna() | items["finished_in_window"]
    return items.loc[chosen & items["handoffs"].gt(0), kept].sort_values(
        "handoffs", ascending=False, kind="stable"
    )


def rework(items: pd.DataFrame) -> pd.DataFrame:
    """One row an item that moved backward or left done again, most days spent again first.

    Columns
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        state: where it stands
        status: backlog, in_progress, finished or cancelled
        backward_moves: moves to an earlier position of the board
        rework_days (days): work and wait behind the furthest position that it had reached
        reopened: left done after it was there
    """
    kept = [
        "item_id",
        "title",
        "value_stream_id",
        "value_stream",
        "state",
        "status",
        "backward_moves",
        "rework_days",
        "reopened",
    ]
    again = items["reopened"].fillna(False).astype(bool)
    return items.loc[(items["backward_moves"] > 0) | again, kept].sort_values(
        "rework_days", ascending=False, kind="stable"
    )


def _backward(log: FlowLog) -> tuple[Ints, Flags]:
    """Visits entered by a move to an earlier position; per visit: is it behind the furthest reached?

    A cancelled state is off the board: to go there or to come back from there is no move on it.
    """
    behind = np.zeros(len(log.item), dtype=bool)
    positions = np.unique(log.board.position)
    rank = np.searchsorted(positions, log.board.position).astype(np.int16)[log.state]
    placed = np.flatnonzero(log.state_class != CANCELLED).astype(np.int32)
    item, place = log.item[placed], rank[placed]
    backward = placed[1:][(item[1:] == item[:-1]) & (place[1:] < place[:-1])]
    moved = np.zeros(log.items, dtype=bool)
    moved[log.item[backward]] = True
    placed = placed[moved[item]]  # only these have a furthest position to be behind of
    if len(placed):
        run = np.cumsum(np.append(True, log.item[placed[1:]] != log.item[placed[:-1]])) * len(positions)
        furthest = np.maximum.accumulate(rank[placed] + run) - run
        behind[placed] = rank[placed] < furthest
    return backward, behind
