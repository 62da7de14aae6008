"""Money booked in the window, on items with their descendants and on streams alone."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vmo_helpers.lookup import codes
from vmo_helpers.measures.okr.goals import Goals
from vmo_helpers.portfolio import Portfolio
from vmo_helpers.portfolio.hierarchy import Tree
from vmo_helpers.vocabulary import SpendKind
from vmo_helpers.window import Window


def bookings(portfolio: Portfolio, window: Window) -> pd.DataFrame:
    """The rows of ``spend`` that count: actual, and of a month whose first day lies in the window."""
    return portfolio.spend[_counts(portfolio.spend, window)]


def _counts(spend: pd.DataFrame, window: Window) -> pd.Series:
    first, last = pd.Timestamp(window.start_day), pd.Timestamp(window.end_day)
    return spend["kind"].eq(SpendKind.ACTUAL) & spend["period"].ge(first) & spend["period"].le(last)


def item_spend(portfolio: Portfolio, window: Window, tree: Tree, items: pd.Series) -> pd.DataFrame:
    """One row an item of the review level (``items``), in the window: item_id, spend, spend_once.

    spend is its own and its descendants'. spend_once leaves out what lies under another of the items below
    it, so that sums count nothing twice. NaN where neither it nor a descendant has a booking in the whole
    table: not known, and not nothing.
    """
    spend = portfolio.spend
    place = tree.place(spend["item_id"])
    amount = np.where(_counts(spend, window), spend["amount"], 0.0)
    own = np.bincount(place[place >= 0], amount[place >= 0], minlength=len(tree.names))
    ever = np.bincount(place[place >= 0], minlength=len(tree.names)).astype(np.float64)
    at = tree.place(items)
    listed = np.zeros(len(tree.names), dtype=bool)
    listed[at] = True
    bearer = tree.reached(listed)
    once = np.bincount(bearer[bearer >= 0], own[bearer >= 0], minlength=len(tree.names))
    known = tree.sums(ever)[at] > 0
    total = tree.sums(own.astype(np.float64))
    return pd.DataFrame(
        {
            "item_id": items.array,
            "spend": np.where(known, total[at], np.nan),
            "spend_once": np.where(known, once[at], np.nan),
        }
    )


def bound_spend(portfolio: Portfolio, window: Window, goals: Goals) -> pd.DataFrame:
    """One row a budget drawn on in the window that binds a stream's money to a key result that counts.

    Columns: budget_id, value_stream_id, kr_id, objective_id, top_three, aligned (money). Month by month, what
    is booked on the stream alone draws on its budgets whose period holds the month's first day. It draws in
    proportion to what is left of each, until nothing is left. Months before the window have drawn first.
    """
    first, last = pd.Timestamp(window.start_day), pd.Timestamp(window.end_day)
    spend = portfolio.spend
    booked = spend[spend["kind"].eq(SpendKind.ACTUAL) & spend["period"].le(last) & spend["item_id"].isna()]
    results = goals.current_key_results[["kr_id", "objective_id", "top_three"]]
    budgets = portfolio.budgets[portfolio.budgets["amount"].gt(0)].merge(results, on="kr_id")
    stream, names = codes(budgets["value_stream_id"])
    months = booked.groupby(["period", "value_stream_id"], sort=True)["amount"].sum()
    left = budgets["amount"].to_numpy(dtype=np.float64).copy()
    aligned = np.zeros(len(budgets))
    for month in months.index.unique("period"):
        open_ = (budgets["from"].le(month) & budgets["to"].ge(month)).to_numpy()
        there = np.where(open_, left, 0.0)
        total = np.bincount(stream, there, minlength=len(names))
        wanted = months.loc[month].reindex(names).fillna(0.0).clip(lower=0.0).to_numpy()
        part = np.divide(np.minimum(wanted, total), total, out=np.zeros(len(names)), where=total > 0)
        drawn = there * part[stream]
        left = left - drawn
        aligned += drawn if month >= first else 0.0
    found = budgets.assign(aligned=aligned)[
        ["budget_id", "value_stream_id", "kr_id", "objective_id", "top_three", "aligned"]
    ]
    return found[found["aligned"].gt(0)].reset_index(drop=True)


def alone_spend(portfolio: Portfolio, window: Window) -> pd.Series:
    """Money booked in the window on a stream alone, by value_stream_id."""
    rows = bookings(portfolio, window)
    return rows[rows["item_id"].isna()].groupby("value_stream_id", sort=True)["amount"].sum()


def stream_spend(portfolio: Portfolio, window: Window, bound: pd.DataFrame) -> pd.DataFrame:
    """One row a value stream with money booked on it alone.

    Columns: value_stream_id, spend, aligned, top_three, not_traceable. aligned is what ``bound_spend`` binds
    to a key result, top_three the part of it under a top-three objective. not_traceable is the rest, which
    counts neither as aligned nor as not.
    """
    frame = alone_spend(portfolio, window).to_frame("spend")
    by_stream = bound["value_stream_id"]
    aligned = bound["aligned"].groupby(by_stream).sum().reindex(frame.index).fillna(0.0)
    top = (
        bound["aligned"]
        .where(bound["top_three"], 0.0)
        .groupby(by_stream)
        .sum()
        .reindex(frame.index)
        .fillna(0.0)
    )
    return (
        frame.assign(aligned=aligned, top_three=top, not_traceable=frame["spend"] - aligned)
        .rename_axis("value_stream_id")
        .reset_index()
    )
