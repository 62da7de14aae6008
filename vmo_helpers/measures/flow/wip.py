"""Work in progress against its limits, and the portfolio Kanban as it stands."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.measures.flow.arrays import Ints
from vmo_helpers.measures.flow.lives import Status
from vmo_helpers.measures.flow.quantiles import SMALL_N, TAIL, SmallN, by_group
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.board import CANCELLED, DONE, Board, board

NO_STREAM = "no value stream"
NO_STATE = "no state"


def wip_by_stream(items: pd.DataFrame, portfolio: Portfolio) -> pd.DataFrame:
    """One row a value stream, most work in progress first.

    Columns
        value_stream_id, value_stream: key and name of the stream
        wip (items): in progress
        wip_limit (items): as in ``value_streams``
        people: as in ``value_streams``
        wip_per_person (items): wip ÷ people
        over_limit: wip lies over the limit; missing without one
        wip_cost (portfolio's currency): planned cost of the work in progress; missing where none is known
        owner: as in ``value_streams``
    """
    going = items[items["status"].eq(str(Status.IN_PROGRESS))]
    streams = portfolio.value_streams
    known = pd.DataFrame(
        {
            "value_stream_id": streams["value_stream_id"],
            "value_stream": streams["name"].fillna(streams["value_stream_id"]),
            "wip_limit": streams["wip_limit"],
            "people": streams["people"],
            "owner": streams["owner"],
        }
    )
    strangers = going.loc[
        ~going["value_stream_id"].isin(known["value_stream_id"]), ["value_stream_id"]
    ].drop_duplicates()
    strangers["value_stream"] = strangers["value_stream_id"].fillna(NO_STREAM)
    every = pd.concat([known, strangers], ignore_index=True).astype(
        {"wip_limit": "float64", "people": "float64"}
    )
    counts = going["value_stream_id"].value_counts(dropna=False)
    cost = going.groupby("value_stream_id", dropna=False)["planned_cost"].sum(min_count=1)
    wip = every["value_stream_id"].map(counts).fillna(0).astype("int64")
    frame = every.assign(
        wip=wip,
        wip_per_person=wip / every["people"].where(every["people"] > 0),
        over_limit=_over(wip, every["wip_limit"]),
        wip_cost=every["value_stream_id"].map(cost).astype("float64"),
    )
    kept = [
        "value_stream_id",
        "value_stream",
        "wip",
        "wip_limit",
        "people",
        "wip_per_person",
        "over_limit",
        "wip_cost",
        "owner",
    ]
    return frame.sort_values("wip", ascending=False, kind="stable", ignore_index=True)[kept]


def wip_by_state(items: pd.DataFrame, portfolio: Portfolio, small: SmallN = SMALL_N) -> pd.DataFrame:
    """One row a state of the board that is neither done nor cancelled, in board order.

    Columns
        state: its name
        position: its place on the board
        state_class: backlog, active or wait
        items (items): that stand there
        wip (items): of them in progress
        wip_limit (items): as in ``states``
        over_limit: items lie over the limit; missing without one
        age_p50_days, age_p85_days (days): of the work in progress there; missing where too few
        owner: as in ``states``
    """
    the_board = board(portfolio.states, portfolio.settings.review_level)
    columns = the_board.columns
    place = _column(items, the_board)
    going = items["status"].eq(str(Status.IN_PROGRESS)).to_numpy()
    age = items["age_days"].to_numpy()
    standing = np.bincount(place[place >= 0], minlength=len(columns))
    frame = pd.DataFrame(
        {
            "state": columns["label"],
            "position": columns["position"],
            "state_class": columns["state_class"],
            "items": standing,
            "wip": np.bincount(place[(place >= 0) & going], minlength=len(columns)),
            "wip_limit": columns["wip_limit"],
            "over_limit": _over(pd.Series(standing), columns["wip_limit"]),
            "age_p50_days": by_group(age, place, len(columns), 0.5, small),
            "age_p85_days": by_group(age, place, len(columns), TAIL, small),
            "owner": columns["owner"],
        }
    )
    return frame[~columns["code"].isin([DONE, CANCELLED])].reset_index(drop=True)


def wip_limits(by_stream: pd.DataFrame, by_state: pd.DataFrame) -> pd.DataFrame:
    """One row a limit, the most exceeded first, from ``wip_by_stream`` and ``wip_by_state``.

    A limit that is just met is kept.

    Columns
        state_or_stream_id, state_or_stream: key and name of what is limited
        limit_of: "state" or "value stream"
        wip (items): what counts against the limit
        wip_limit (items): the limit
        over (items): how many stand over it; 0 where it is kept
        owner: who answers for it
    """
    states = by_state[by_state["wip_limit"].notna()].reindex(
        columns=["state", "state", "items", "wip_limit", "owner"]
    )
    streams = by_stream[by_stream["wip_limit"].notna()].reindex(
        columns=["value_stream_id", "value_stream", "wip", "wip_limit", "owner"]
    )
    states.columns = streams.columns = pd.Index(
        ["state_or_stream_id", "state_or_stream", "wip", "wip_limit", "owner"]
    )
    every = pd.concat(
        [states.assign(limit_of="state"), streams.assign(limit_of="value stream")], ignore_index=True
    )
    every = every.assign(over=(every["wip"] - every["wip_limit"]).clip(lower=0.0))
    order = (every["wip"] / every["wip_limit"]).sort_values(ascending=False, kind="stable").index
    kept = ["state_or_stream_id", "state_or_stream", "limit_of", "wip", "wip_limit", "over", "owner"]
    return every.loc[order, kept].reset_index(drop=True)


def kanban(items: pd.DataFrame, portfolio: Portfolio, small: SmallN = SMALL_N) -> pd.DataFrame:
    """One row a column of the board, in board order.

    Counted are items that are neither finished nor cancelled, and in the done column those finished in the
    window. Items without transitions stand under "no state".

    Columns
        column: portfolio_stage where the state has one, else the state
        order: 0, 1, … in board order
        items (items): that stand there
        in_progress (items): of them in progress
        wip_limit (items): the sum of its states' limits; missing where one has none
        over_limit: items lie over the limit; missing without one
        oldest_age_days (days): of the oldest in progress
        median_age_days (days): of those in progress; missing where too few
        done: its states are all done
    """
    cards = _cards(items, portfolio, finished=True)
    columns = _columns(portfolio)
    if cards["column"].eq(NO_STATE).any():
        homeless = pd.DataFrame(
            {"column": [NO_STATE], "order": [len(columns)], "wip_limit": [np.nan], "done": [False]}
        )
        columns = pd.concat([columns, homeless], ignore_index=True)
    by = cards.groupby("column")
    counts = columns["column"].map(by.size()).fillna(0).astype("int64")
    going = (
        columns["column"]
        .map(cards[cards["age_days"].notna()].groupby("column").size())
        .fillna(0)
        .astype("int64")
    )
    kept = [
        "column",
        "order",
        "items",
        "in_progress",
        "wip_limit",
        "over_limit",
        "oldest_age_days",
        "median_age_days",
        "done",
    ]
    return columns.assign(
        items=counts,
        in_progress=going,
        over_limit=_over(counts, columns["wip_limit"]),
        oldest_age_days=columns["column"].map(by["age_days"].max()).astype("float64"),
        median_age_days=columns["column"]
        .map(by["age_days"].median())
        .astype("float64")
        .where(going >= small.middle),
    )[kept].reset_index(drop=True)


def kanban_cards(items: pd.DataFrame, portfolio: Portfolio) -> pd.DataFrame:
    """One row an item that is neither finished nor cancelled, by column and age.

    Columns
        column: portfolio_stage where the state has one, else the state
        order: of the column
        item_id, title: key and title of the item
        value_stream_id, value_stream: key of its value stream, and the stream's name
        state: where it stands
        age_days (days): as-of − start; missing before its start
    """
    return _cards(items, portfolio, finished=False)


def _cards(items: pd.DataFrame, portfolio: Portfolio, *, finished: bool) -> pd.DataFrame:
    standing = items["status"].isin([str(Status.BACKLOG), str(Status.IN_PROGRESS)])
    shown = items[standing | items["finished_in_window"]] if finished else items[standing]
    columns = _columns(portfolio)
    column = shown["portfolio_stage"].fillna(shown["state"]).fillna(NO_STATE)
    frame = shown.assign(
        column=column,
        order=column.map(columns.set_index("column")["order"]).fillna(len(columns)).astype("int64"),
    )
    kept = ["column", "order", "item_id", "title", "value_stream_id", "value_stream", "state", "age_days"]
    return frame[kept].sort_values(["order", "age_days"], ascending=[True, False], kind="stable")


def _columns(portfolio: Portfolio) -> pd.DataFrame:
    """The columns of the board that are not cancelled, in order: column, order, wip_limit, done.

    A column is done where all its states are.
    """
    states = board(portfolio.states, portfolio.settings.review_level).columns
    states = states[states["code"] != CANCELLED]
    column = states["portfolio_stage"].fillna(states["state"])
    by = states.assign(
        column=column, limited=states["wip_limit"].notna(), finished=states["code"].eq(DONE)
    ).groupby("column", sort=False)
    frame = (
        pd.DataFrame(
            {
                "position": by["position"].min(),
                "wip_limit": by["wip_limit"].sum().where(by["limited"].all()),
                "done": by["finished"].all(),
            }
        )
        .sort_values("position", kind="stable")
        .reset_index()
    )
    return frame.assign(order=np.arange(len(frame)))[["column", "order", "wip_limit", "done"]]


def _column(items: pd.DataFrame, the_board: Board) -> Ints:
    """The board column that each item which is neither finished nor cancelled stands in, −1 without one."""
    keys = pd.MultiIndex.from_frame(the_board.columns[["state", "state_class"]])
    if len(items) == 0 or len(keys) == 0:
        return np.full(len(items), -1)
    place = keys.get_indexer(pd.MultiIndex.from_frame(items[["state", "state_class"]]))
    standing = items["status"].isin([str(Status.BACKLOG), str(Status.IN_PROGRESS)]).to_numpy()
    return np.where(standing, place, -1).astype(np.int64)


def _over(count: pd.Series, limit: pd.Series) -> pd.Series:
    return (count > limit).astype("boolean").mask(limit.isna())
